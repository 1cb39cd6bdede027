"""The outlines that a map of one scale shows: which regions are among them, and how far off they are."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from geodata.locations import Found, Location, RegionLink
from geodata.precision import Precision
from geodata.regions import world
from incidents.editions.edition import Edition
from incidents.editions.grids import Grid
from incidents.editions.outlines import PIXELS, Floats, Points, Rings, Sight, read_rings, thin, to_square
from incidents.editions.tombstones import add_tombstone
from tests.factories import CHIN, MYANMAR, SAGAING, make_id, make_location, make_public, make_store

RUSSIA = RegionLink(0, "Russia", "ISO 3166-1", "RU", Found.NAMED)
WHOLE = Grid(128, 0, 0, 127, 127)


def place(precision: Precision, **changes: Any) -> Location:
    return make_location(precision=precision, point=None, radius_m=None, **changes)


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    rows = (
        make_public(1, location=place(Precision.STATE, regions=(MYANMAR, SAGAING))),
        make_public(2, location=place(Precision.STATE, regions=(MYANMAR, CHIN))),
        make_public(3),
    )
    return make_store(tmp_path / "editions", rows).current()


def codes(edition: Edition, grid: Grid) -> set[str]:
    return {code for code, *_ in edition.outlines(grid)["areas"]}


def rings_of(steps: list[list[int]]) -> list[np.ndarray[Any, Any]]:
    return [np.cumsum(np.array(each).reshape(-1, 2), axis=0) for each in steps]


def test_regions_that_stand_for_rows_have_outlines_and_what_is_over_them(edition: Edition) -> None:
    assert codes(edition, WHOLE) == {"MM", "MM-01", "MM-14"}


def test_what_is_out_of_sight_has_none(edition: Edition) -> None:
    assert codes(edition, Grid(128, 0, 0, 41, 127)) == set()
    assert codes(edition, Grid(128, 120, 0, 41, 127)) == set()
    assert codes(edition, Grid(128, 96, 0, 101, 127)) == {"MM", "MM-01", "MM-14"}
    assert codes(edition, Grid(128, 120, 0, 101, 127)) == {"MM", "MM-01", "MM-14"}
    assert codes(edition, Grid(128, 0, 80, 127, 127)) == set()


def test_what_is_too_small_to_be_drawn_stands_with_its_country(edition: Edition) -> None:
    found = edition.outlines(Grid(1, 0, 0, 0, 0))
    assert [code for code, *_ in found["areas"]] == ["MM"]
    ((_, level, name, steps),) = found["areas"]
    assert (level, name) == (0, "Myanmar")
    (ring,) = rings_of(steps)
    assert (np.ptp(ring, axis=0) >= 1).all()


def test_outlines_are_those_of_the_regions(edition: Edition) -> None:
    found = edition.outlines(WHOLE)
    assert found["side"] == 128 * PIXELS
    areas = {feature["id"]: feature["geometry"] for feature in map(json.loads, edition.areas())}
    for code, _, _, steps in found["areas"]:
        if code not in areas:
            continue
        drawn = shapely.MultiPolygon([(ring, []) for ring in rings_of(steps)])
        known = shapely.transform(shapely.geometry.shape(areas[code]), lambda points: to_square(points) * found["side"])
        assert shapely.hausdorff_distance(drawn.boundary, known.boundary, densify=0.1) < 6
        assert abs(drawn.area - known.area) < 0.01 * known.area


def drawn(rings: list[Points]) -> list[Points]:
    return [ring for ring in rings if len(ring) > 3]


def thin_all(rings: list[Floats]) -> list[Points]:
    together = Rings.of(rings)
    return thin(together, np.ones(len(together.points), dtype=np.int64), np.zeros(len(rings), dtype=np.int64), 1.5)


def test_out_of_sight_an_outline_is_coarse_and_in_sight_as_it_was() -> None:
    side = 2048 * PIXELS
    grid = Grid(2048, 1552, 880, 1573, 897)
    box = shapely.box(1552 * PIXELS, 880 * PIXELS, 1574 * PIXELS, 898 * PIXELS)
    sight = Sight(grid, side)
    seen = 0
    for code in ("MM", "MM-01", "MM-14", "IN"):
        shape = shapely.to_wkb(world().polygon(code))
        assert shape is not None
        rings = [to_square(ring) * side for ring in read_rings(shape)]
        together = Rings.of(rings)
        fine = thin_all(rings)
        left = together.only(sight.leaves(together, np.zeros(len(rings), dtype=np.int64), 8))
        near = np.where(sight.is_near(left), 1, 16)
        coarse = thin(left, near, np.zeros(len(left.begins), dtype=np.int64), 1.5)
        assert sum(map(len, coarse)) < 0.8 * sum(map(len, fine))
        before, after = (shapely.intersection(shapely.MultiLineString(drawn(each)), box) for each in (fine, coarse))
        seen += before.length > 0
        assert (before.length > 0) == (after.length > 0)
        assert not before.length or shapely.hausdorff_distance(before, after, densify=0.1) < 4
        sizes = [max(np.ptp(ring, axis=0).max() for ring in each) for each in (fine, coarse)]
        assert abs(sizes[0] - sizes[1]) < 60 < sizes[0]
        assert all(np.array_equal(ring[0], ring[-1]) for ring in coarse)
    assert seen > 1


def test_what_neighbours_share_is_the_same_in_both() -> None:
    rng = np.random.default_rng(5)
    # A river between two regions, and a third beside it from its middle on.
    river = np.column_stack((np.linspace(0, 900, 3_000), 300 + np.cumsum(rng.normal(0, 0.6, 3_000))))
    west, east = river[:1_500], river[1_499:]
    (left, right), top, bottom = (river[0], river[-1]), [900, 900], [900, -300]
    north = np.vstack((river, [top, [0, 900], left]))
    south = np.vstack((west[::-1], [[0, -300], [450, -300], west[-1]]))
    other = np.vstack((east[::-1], [[450, -300], bottom, right]))
    thinned = thin_all([north, south, other])
    assert sum(map(len, thinned)) < 900
    regions = [shapely.Polygon(ring) for ring in thinned]
    whole = shapely.union_all(regions)
    assert shapely.get_num_interior_rings(whole) == 0
    assert sum(one.area for one in regions) == pytest.approx(whole.area, abs=1e-6)
    # On levels of their own each is thinned for itself.
    together = Rings.of([north, south, other])
    apart = [
        shapely.Polygon(one) for one in thin(together, np.ones(len(together.points), dtype=np.int64), np.arange(3), 1.5)
    ]
    assert sum(one.area for one in apart) > shapely.union_all(apart).area + 1


def filled(edition: Edition, grid: Grid, level: int | None, *codes: str) -> dict[str, Any]:
    found = edition.outlines_in_use(grid, level, codes)
    return {"level": found["level"]} | {code: steps for code, _, _, steps in found["areas"]}


def test_all_regions_in_use_of_a_level_are_given_and_those_that_are_named(edition: Edition) -> None:
    assert filled(edition, WHOLE, 0).keys() == {"level", "MM"}
    assert filled(edition, WHOLE, 1).keys() == {"level", "MM-01", "MM-14"}
    assert filled(edition, WHOLE, None, "MM-14", "IN").keys() == {"level", "MM-14"}
    assert filled(edition, WHOLE, 0, "MM-14").keys() == {"level", "MM", "MM-14"}
    assert filled(edition, Grid(128, 0, 0, 41, 127), 1).keys() == {"level"}


def test_of_a_level_without_boundaries_the_finest_coarser_one_is_given(edition: Edition) -> None:
    assert filled(edition, WHOLE, 9) == filled(edition, WHOLE, 1)
    assert filled(edition, WHOLE, 9)["level"] == 1


def test_a_region_that_is_smaller_than_a_pixel_is_filled_as_one(edition: Edition) -> None:
    found = filled(edition, Grid(1, 0, 0, 0, 0), 1)
    for code in ("MM-01", "MM-14"):
        (ring,) = rings_of(found[code])
        assert shapely.Polygon(ring).area >= 1


def test_a_region_on_both_sides_of_the_antimeridian_is_in_sight_on_each(tmp_path: Path) -> None:
    row = make_public(1, location=place(Precision.COUNTRY, regions=(RUSSIA,)))
    edition = make_store(tmp_path / "editions", [row]).current()
    for columns in ((70, 80), (127, 127), (0, 0), (126, 1)):
        grid = Grid(128, columns[0], 0, columns[1], 127)
        assert codes(edition, grid) == {"RU"}
        assert filled(edition, grid, 0).keys() == {"level", "RU"}
    assert codes(edition, Grid(128, 20, 0, 30, 127)) == set()


def test_regions_of_rows_that_were_taken_back_have_none(tmp_path: Path) -> None:
    rows = [
        make_public(number, location=place(Precision.STATE, regions=(MYANMAR, one)))
        for number, one in ((1, SAGAING), (2, CHIN))
    ]
    store = make_store(tmp_path / "editions", rows)
    add_tombstone(tmp_path / "editions", [make_id(2)], reason="safety", at="2026-01-02T03:04:05+00:00")
    assert codes(store.current(), WHOLE) == {"MM", "MM-01"}
    assert filled(store.current(), WHOLE, 1, "MM-14").keys() == {"level", "MM-01"}


def test_rings_are_read_as_shapely_reads_them() -> None:
    for code in ("MM-01", "NO", "ZA"):
        shape = world().polygon(code)
        for order in (0, 1):
            written = shapely.to_wkb(shape, byte_order=order)
            assert written is not None
            rings = list(read_rings(written))
            known = [ring for polygon in shapely.get_parts(shape) for ring in shapely.get_rings(polygon)]
            assert len(rings) == len(known)
            for ring, line in zip(rings, known, strict=True):
                assert np.array_equal(ring, shapely.get_coordinates(line))


def test_thinned_rings_keep_close_and_apart() -> None:
    rng = np.random.default_rng(3)
    turns = np.linspace(0, 2 * np.pi, 4_000)
    rings = []
    for at in range(20):
        radius = 200 + np.cumsum(rng.normal(0, 0.2, len(turns)))
        ring = np.column_stack((np.cos(turns), np.sin(turns))) * radius[:, None] + 500 * at
        ring[-1] = ring[0]
        rings.append(ring)
    thinned = thin_all(rings)
    assert len(thinned) == len(rings)
    for before, after in zip(rings, thinned, strict=True):
        assert np.array_equal(after[0], after[-1])
        assert len(after) < len(before) / 10
        assert shapely.hausdorff_distance(shapely.LineString(before), shapely.LineString(after)) < 5
    assert thin_all([]) == []
