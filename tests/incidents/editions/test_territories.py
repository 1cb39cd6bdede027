"""What is known only to a region or a disc: which boxes it meets, over the antimeridian too."""

import json
import random
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely

from geodata.bbox import BBox
from geodata.locations import Found, RegionLink
from geodata.points import LonLat
from geodata.precision import Precision
from geodata.regions import Region
from incidents.editions.catalogue import list_collections
from incidents.editions.edition import Edition
from incidents.editions.footprints import make_discs
from incidents.editions.items import Items, Selection
from incidents.editions.used_regions import UsedRegions
from incidents.editions.writer import EditionWriter
from incidents.filters import IncidentFilter
from incidents.taxonomy import load_taxonomy
from tests.factories import make_location, make_manifest, make_public

# One as Russia lies, one as Fiji does, one that is no box, and one in the far north west, all of a few corners.
SHAPES: dict[str, Any] = {
    "RU": shapely.MultiPolygon(
        [
            shapely.Polygon([(28, 50), (50, 42), (135, 43), (180, 65), (180, 71), (30, 70)]),
            shapely.box(-180, 65, -170, 70),
        ]
    ),
    "FJ": shapely.MultiPolygon([shapely.box(177, -19, 180, -16), shapely.box(-180, -18, -178.5, -16.5)]),
    "L": shapely.Polygon([(0, 0), (20, 0), (20, 1), (1, 1), (1, 20), (0, 20)]),
    "US": shapely.MultiPolygon(
        [shapely.box(-170, 55, -125, 70), shapely.box(173, 52, 179.5, 53), shapely.box(-125, 25, -67, 49)]
    ),
}  # fmt: skip
DISCS = [(180.0, -17.0, 50_000.0), (-179.9, 65.0, 100_000.0), (10.0, 10.0, 25_000.0), (179.99, 0.0, 1_000.0),
         (30.0, 80.0, 400_000.0)]  # fmt: skip


def regions_of(codes: Collection[str]) -> Iterator[tuple[Region, Any]]:
    for code in set(codes) & SHAPES.keys():
        yield Region("own", code, 0, code, "", None, code), SHAPES[code]


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edition]:
    """Publish a record known only to each of the regions, and to each of the discs."""
    folder = tmp_path_factory.mktemp("territories") / "1"
    links = [RegionLink(0, code, "own", code, Found.NAMED) for code in SHAPES]
    places = [
        *(make_location(point=None, radius_m=None, precision=Precision.COUNTRY, regions=(link,)) for link in links),
        *(
            make_location(point=None, stand_in=LonLat(lon, lat), radius_m=radius, precision=Precision.AREA, regions=())
            for lon, lat, radius in DISCS
        ),
    ]
    with EditionWriter(folder, load_taxonomy(), regions_of) as writer:
        writer.add(make_public(number, location=place) for number, place in enumerate(places, 1))
        writer.finish(make_manifest("1"))
    edition = Edition(folder)
    yield edition
    edition.close()


def what(edition: Edition, numbers: Collection[int]) -> set[str]:
    """Name rows as they were made: by the region, or by the place of the disc."""
    names = [*SHAPES, *(f"{lon:g} {lat:g}" for lon, lat, _ in DISCS)]
    return {names[int(row["id"], 16) - 1] for row in edition.details_by_number(sorted(numbers))}


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        # Canada; Africa at Fiji's latitudes; the open ocean between.
        (BBox(-100, 50, -90, 60), set()),
        (BBox(0, -20, 10, -15), set()),
        (BBox(-160, -10, -150, 10), set()),
        (BBox(-176, 66, -172, 67), {"RU"}),
        (BBox(100, 55, 110, 60), {"RU"}),
        (BBox(178, -17, 179, -16.9), {"FJ"}),
        (BBox(179.9, -17, -179.9, -16.9), {"FJ", "180 -17"}),
        (BBox(-179.6, -17, -179.5, -16.9), {"FJ", "180 -17"}),
        # Within the box around it, not within itself.
        (BBox(5, 5, 9, 9), set()),
        (BBox(5, 0.5, 9, 9), {"L"}),
        (BBox(174, 52, 175, 53), {"US"}),
        (BBox(-180, -90, 180, 90), {*SHAPES, "180 -17", "-179.9 65", "10 10", "179.99 0", "30 80"}),
    ],
)
def test_a_box_finds_what_lies_there_and_no_more(edition: Edition, box: BBox, expected: set[str]) -> None:
    assert what(edition, edition.matches(IncidentFilter(bbox=box))) == expected
    assert what(edition, edition.numbers([IncidentFilter(bbox=box)]).tolist()) == expected
    assert set(edition.regions_meeting(box)) == expected & SHAPES.keys()
    # Sorted by title the rows are asked of the database, and areas with their counts.
    asked = {row["id"] for row in edition.details(IncidentFilter(bbox=box), "title")}
    assert asked == {row["id"] for row in edition.details(IncidentFilter(bbox=box))}
    regions = Items(edition, list_collections(edition.taxonomy)["regions"])
    page = regions.find(Selection((IncidentFilter(bbox=box),)), limit=10)
    found = json.loads(b"[%b]" % b",".join(regions.write(page.keys)))
    assert {feature["id"] for feature in found} == expected & SHAPES.keys()
    assert page.matched == len(expected & SHAPES.keys())


def test_boxes_find_what_shapes_do(edition: Edition) -> None:
    rng = random.Random(180)  # noqa: S311 - chooses examples
    places = [(lon, lat, radius, -180.0, -90.0, 180.0, 90.0) for lon, lat, radius in DISCS]
    discs = dict(zip((f"{lon:g} {lat:g}" for lon, lat, _ in DISCS), make_discs(places), strict=True))
    for _ in range(400):
        west, east = rng.uniform(-180, 180), rng.choice([rng.uniform(-180, 180), None])
        south = rng.uniform(-90, 85)
        box = BBox(west, south, min(180, west + rng.uniform(0, 4)) if east is None else east, rng.uniform(south, 90))
        wanted = shapely.union_all([shapely.box(one.west, one.south, one.east, one.north) for one in box.parts()])
        found = what(edition, edition.matches(IncidentFilter(bbox=box)))
        assert found & SHAPES.keys() == {code for code, shape in SHAPES.items() if wanted.intersects(shape)}, box
        # A disc is drawn with 64 corners, which all lie on its edge.
        assert {name for name, disc in discs.items() if wanted.intersects(disc)} <= found, box
        wide = {name for name, disc in discs.items() if wanted.intersects(disc.buffer(0.02))}
        assert found - SHAPES.keys() <= wide, box


def test_extents_over_the_antimeridian_have_west_greater_than_east(edition: Edition) -> None:
    assert {code: [*box] for code, box in edition._territories.boxes.items()} == {
        "RU": [28, 42, -170, 71],
        "FJ": [177, -19, -178.5, -16],
        "US": [173, 25, -67, 70],
        "L": [0, 0, 20, 20],
    }
    by_id = {row["id"]: row for table in edition.flat_rows() for row in table.to_pylist()}
    russia = by_id[f"{1:032x}"]
    assert [russia[f"extent_{side}"] for side in ("west", "south", "east", "north")] == [28, 42, -170, 71]
    (feature,) = edition.whole_features([next(row["number"] for row in edition.details() if row["id"] == f"{2:032x}")])
    assert b'"bbox":[177.0,-19.0,-178.5,-16.0]' in feature
    assert list(edition.manifest.bounds or ()) == pytest.approx([-180, -19, 180, 83.6], abs=0.01)


def test_editions_of_earlier_versions_are_asked_by_boundaries_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There the box around what lies on both sides is the whole band."""

    def add(self: UsedRegions, region: Region, polygon: Any) -> None:
        own(self, region, polygon)
        if polygon is not None:
            west, south, east, north = polygon.bounds
            used = self.known[region.code]
            self.known[region.code] = type(used)(used.region, polygon, None, BBox(west, south, east, north))

    own = UsedRegions._add
    monkeypatch.setattr(UsedRegions, "_add", add)
    link = RegionLink(0, "RU", "own", "RU", Found.NAMED)
    where = make_location(point=None, radius_m=None, precision=Precision.COUNTRY, regions=(link,))
    with EditionWriter(tmp_path / "1", load_taxonomy(), regions_of) as writer:
        writer.add([make_public(1, location=where)])
        assert writer.finish(make_manifest("1")).bounds == (-180, 42, 180, 71)
    edition = Edition(tmp_path / "1")
    assert [*edition._territories.boxes["RU"]] == [28, 42, -170, 71]
    assert edition.matches(IncidentFilter(bbox=BBox(-100, 50, -90, 60))) == []
    assert edition.matches(IncidentFilter(bbox=BBox(-176, 66, -172, 67))) == [0]
    edition.close()
