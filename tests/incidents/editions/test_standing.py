"""Where a map stands at first, on both sides of the antimeridian too."""

from pathlib import Path

import numpy as np
import pytest

from geodata.points import LonLat
from geodata.precision import Precision
from incidents.editions.edition import Edition
from incidents.editions.reader import EditionStore
from incidents.editions.standing import stand_on
from incidents.editions.tombstones import add_tombstone
from tests.factories import MYANMAR, SAGAING, make_id, make_location, make_public, make_store


def open_at(tmp_path: Path, *lons: float) -> Edition:
    rows = (
        make_public(number, location=make_location(point=LonLat(lon, 60.0), radius_m=10.0, regions=()))
        for number, lon in enumerate(lons, 1)
    )
    return make_store(tmp_path / "editions", rows).current()


@pytest.mark.parametrize(
    ("lons", "west", "east"),
    [
        ((175.0, -177.0), 175.0, -177.0),
        ((98.0, -172.0, 150.0), 98.0, -172.0),
        ((-179.0, -170.0), -179.0, -170.0),
        ((92.0, 101.0), 92.0, 101.0),
        # More than half of the world, either way: the map that everybody knows.
        ((-100.0, 20.0, 140.0), -100.0, 140.0),
    ],
)
def test_the_smaller_side_of_the_world_is_shown(
    tmp_path: Path, lons: tuple[float, ...], west: float, east: float
) -> None:
    found, shown = open_at(tmp_path, *lons).stand()
    assert found
    assert (found.west, found.east) == pytest.approx((west, east), abs=0.01)
    assert shown == len(lons)


def test_what_is_taken_back_moves_no_map(tmp_path: Path) -> None:
    open_at(tmp_path, 175.0, 176.0, -177.0)
    add_tombstone(tmp_path / "editions", [make_id(3)], reason="safety", at="2026-03-02T00:00:00+00:00")
    found, shown = EditionStore(tmp_path / "editions").current().stand()
    assert found
    assert (found.west, found.east) == pytest.approx((175.0, 176.0), abs=0.01)
    assert shown == 2


@pytest.mark.parametrize(
    ("box", "west", "east"),
    [
        ((172.0, 50.0, 178.0, 62.0), 172.0, -178.0),
        ((175.0, 50.0, -179.0, 62.0), 175.0, -178.0),
        ((-180.0, 50.0, 180.0, 62.0), -180.0, 180.0),
    ],
)
def test_points_and_areas_are_joined_across_it(
    tmp_path: Path, box: tuple[float, float, float, float], west: float, east: float
) -> None:
    somewhere = make_location(precision=Precision.STATE, point=None, radius_m=None, regions=(MYANMAR, SAGAING))
    point = make_location(point=LonLat(-178.0, 60.0), radius_m=10.0, regions=())
    rows = [make_public(1, location=somewhere), make_public(2, location=point)]
    columns = make_store(tmp_path / "editions", rows).current().rows
    codes = [columns.terms.regions[at].code for at in columns.area if at >= 0]
    assert codes
    found = stand_on(columns, np.ones(len(columns), dtype=bool), {codes[0]: box})
    assert found
    assert (found.west, found.east) == pytest.approx((west, east), abs=0.01)
