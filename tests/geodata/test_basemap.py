"""The base map's files: what the docstring of geodata.basemap says of them, and how they draw contested lines."""

import gzip
import json
import math
from functools import cache
from typing import Any

import pytest
import shapely

from geodata.basemap import Cell, cells, files, parse_cell, read_line

POLYGONS = ("land", "lakes")
LINES = ("rivers", "borders", "disputed", "unit_borders")
# Maps in pixels, those of pages of 1280x800, 1440x900, 1920x1080, 2560x1440 and 3840x2160 among them, and by how many
# zooms farther out each begins: see app/assets/src/basemap.js.
SIZES = (
    (390, 600, 0),
    (1000, 656, 0),
    (1060, 750, 0),
    (1160, 756, 1),
    (1080, 1700, 1),
    (1640, 936, 1),
    (2000, 1200, 1),
    (2280, 1296, 2),
    (3560, 2016, 2),
)
# Zoom, latitude and longitude.
BEGINNINGS = [
    (zoom, lat, lon)
    for zoom in (2.5, 3.75, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8, 9, 11)
    for lat, lon in ((21, 96), (47, 12), (50, 10), (45, 15), (5, 20), (55, 60), (40, -85), (36, 137))
]
MOST, MOST_FILES = 60_000, 8


@cache
def read(name: str) -> Any:
    return json.loads(files()[name].read_text(encoding="utf-8"))


def holding(since: int, lon: float, lat: float) -> str:
    """Give the name of the file that a point lies in."""
    (cell,) = (cell for cell in cells()[since] if is_in(cell, lon, lat))
    return cell.name


def is_in(cell: Cell, lon: float, lat: float) -> bool:
    west, south, east, north = cell.edges_deg
    return west <= lon < east and south <= lat < north


def points(text: str, scale: int) -> list[tuple[float, float]]:
    return [(x / scale, y / scale) for x, y in read_line(text)]


def land_at(since: int, lon: float, lat: float) -> bool:
    content = read(holding(since, lon, lat))
    point = shapely.Point(lon, lat)
    for rings in content["land"]:
        outer, *holes = (points(ring, content["scale"]) for ring in rings)
        if shapely.Polygon(outer, holes).buffer(0).contains(point):
            return True
    return False


def near(since: int, kind: str, lon: float, lat: float, deg: float) -> bool:
    box = shapely.box(lon - deg, lat - deg, lon + deg, lat + deg)
    around = [cell.name for cell in cells()[since] if shapely.box(*cell.edges_deg).intersects(box)]
    return any(
        shapely.LineString(points(line, content["scale"])).intersects(box)
        for content in map(read, around)
        for line in content[kind]
    )


@cache
def gzipped(name: str) -> int:
    return len(gzip.compress(files()[name].read_bytes(), 9))


def test_there_are_maps_of_the_world_in_ever_smaller_parts() -> None:
    assert list(cells()) == [0, 4, 5, 6, 7, 8]
    assert [cell.name for cell in cells()[0]] == ["0/0_0_0.json"]
    counts = [len(found) for found in cells().values()]
    assert counts == sorted(counts)
    assert {cell.name for found in cells().values() for cell in found} == set(files())


def test_a_name_says_which_part_it_is() -> None:
    cell = parse_cell("4/2_3_1.json")
    assert cell == Cell(since=4, zoom=2, x=3, y=1)
    assert cell.name == "4/2_3_1.json"
    assert cell.box == (0.75, 0.25, 1.0, 0.5)
    assert cell.edges_deg == pytest.approx((90, 0, 180, 66.513), abs=0.001)
    assert [part.name for part in cell.parts()] == [f"4/3_{x}_{y}.json" for y in (2, 3) for x in (6, 7)]


@pytest.mark.parametrize("since", [0, 4, 5, 6, 7, 8])
def test_parts_of_one_map_do_not_lap_over_each_other(since: int) -> None:
    boxes = [shapely.box(*cell.box) for cell in cells()[since]]
    assert shapely.area(shapely.union_all(boxes)) == pytest.approx(sum(map(shapely.area, boxes)))


def test_a_line_is_as_the_format_says() -> None:
    # The first example of "Encoded Polyline Algorithm Format", whose points have the latitude before the longitude.
    assert read_line("_p~iF~ps|U_ulLnnqC_mqNvxq`@") == [
        (3850000, -12020000),
        (4070000, -12095000),
        (4325200, -12645300),
    ]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("at", BEGINNINGS)
def test_the_first_view_is_small(at: tuple[float, float, float], size: tuple[int, int, int]) -> None:
    zoom, lat, lon = at
    width, height, farther = size
    since = max((since for since in cells() if since <= zoom - farther), default=0)
    scale = 256 * 2.0**zoom
    x, y = lon / 360 + 0.5, 0.5 - math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) / (2 * math.pi)
    west, east = x - width / scale / 2, x + width / scale / 2
    north, south = y - height / scale / 2, y + height / scale / 2
    seen = []
    for cell in cells()[since]:
        left, top, right, bottom = cell.box
        columns = any(right + copy >= west and left + copy <= east for copy in (-1, 0, 1))
        if columns and bottom >= north and top <= south:
            seen.append(cell)
    assert 0 < sum(gzipped(cell.name) for cell in seen) <= MOST
    assert len(seen) <= MOST_FILES


@pytest.mark.parametrize(
    "name",
    ["0/0_0_0.json"]
    + [
        holding(since, lon, lat) for since in (4, 5, 6, 7, 8) for lon, lat in ((96, 21), (35, 45), (-15, 27), (179, 68))
    ],
)
def test_each_file_is_as_documented(name: str) -> None:
    content = read(name)
    assert set(content) == {"scale", "box", *POLYGONS, *LINES, "labels"}
    west, south, east, north = content["box"]
    for kind in POLYGONS:
        for rings in content[kind]:
            assert rings
            for ring in rings:
                assert len(read_line(ring)) >= 3
                assert all(west <= x <= east and south <= y <= north for x, y in read_line(ring))
    edges = parse_cell(name).edges_deg
    # More than a pixel over the edges, where the map begins to be drawn, but for the poles.
    over = 360 / 256 / 2 ** parse_cell(name).since
    assert west / content["scale"] < edges[0] - over
    assert east / content["scale"] > edges[2] + over
    inside = shapely.box(*edges).buffer(1 / content["scale"])
    for kind in LINES:
        for line in content[kind]:
            assert inside.contains(shapely.LineString(points(line, content["scale"])))
    for lon, lat, zoom, label, local, kind in content["labels"]:
        assert is_in(parse_cell(name), lon, lat)
        assert 0 <= zoom <= 12
        assert label
        assert isinstance(local, str)
        assert kind in {0, 1, 2, 3}


@pytest.mark.parametrize("since", [0, 4, 5, 6, 7, 8])
def test_land_goes_on_over_180_degrees_without_a_line(since: int) -> None:
    for lon in (-179.99, 179.99):
        content = read(holding(since, lon, 67.5))
        edge = math.copysign(180, lon)
        land = [shapely.Polygon(points(rings[0], content["scale"])).buffer(0) for rings in content["land"]]
        across = shapely.LineString([(edge - 0.003, 67.5), (edge + 0.003, 67.5)])
        assert any(shape.contains(across) for shape in land)


@pytest.mark.parametrize(
    ("since", "lon", "lat", "is_land"),
    [
        (0, 95.4, 22.7, True),
        (0, 85.0, 10.0, False),
        (0, 51.0, 42.0, False),  # the Caspian Sea is no land without an outlet to the ocean either
        (5, 96.16, 16.9, True),
        (5, 93.0, 17.0, False),
        (8, 96.3, 16.9, True),
        (8, 96.0, 15.0, False),
    ],
)
def test_land_is_land_and_sea_is_sea(since: int, lon: float, lat: float, is_land: bool) -> None:  # noqa: FBT001 - a case
    assert land_at(since, lon, lat) is is_land


@pytest.mark.parametrize(
    ("since", "lon", "lat", "deg"),
    [
        pytest.param(5, 33.7, 46.15, 0.3, id="between Crimea and the mainland"),
        pytest.param(5, 35.64, 33.05, 0.1, id="the Golan's west"),
        pytest.param(5, 35.83, 33.05, 0.1, id="the Golan's east"),
        pytest.param(5, -10.5, 27.67, 0.1, id="the north of Western Sahara"),
        pytest.param(5, 75.5, 34.6, 0.3, id="in Kashmir"),
        pytest.param(5, 21.2, 43.1, 0.3, id="between Kosovo and Serbia"),
        pytest.param(5, 33.0, 35.15, 0.2, id="across Cyprus"),
        pytest.param(5, 127.0, 38.1, 0.3, id="between the Koreas"),
    ],
)
def test_contested_lines_are_dashed(since: int, lon: float, lat: float, deg: float) -> None:
    assert near(since, "disputed", lon, lat, deg)
    assert not near(since, "borders", lon, lat, deg / 3)


def test_ordinary_borders_are_not() -> None:
    assert near(5, "borders", 98.6, 16.7, 0.4)
    assert not near(5, "disputed", 98.6, 16.7, 1.0)


def test_places_and_units_of_myanmar_are_named_in_burmese() -> None:
    around = [cell for cell in cells()[8] if shapely.box(*cell.edges_deg).intersects(shapely.box(92, 9, 102, 29))]
    labels = {label[3]: label for cell in around for label in read(cell.name)["labels"]}
    assert labels["Mandalay"][4] == "မန္တလေး"
    assert labels["Yangon"][4] == "ရန်ကုန်"
    assert labels["Tabayin"][4] == "ဒီပဲယင်း"
    assert labels["Chin State"][4] == "ချင်းပြည်နယ်"
    assert {label[3] for label in read("0/0_0_0.json")["labels"]} >= {"Myanmar", "Russia", "Malaysia"}


def test_labels_come_in_the_order_of_their_importance() -> None:
    for since in cells():
        zooms = [label[2] for label in read(holding(since, 96, 21))["labels"]]
        assert zooms == sorted(zooms)
        assert len(zooms) > 1


def test_every_name_is_once_in_the_closest_map() -> None:
    found = [tuple(label[:4]) for cell in cells()[8] for label in read(cell.name)["labels"]]
    assert len(found) == len(set(found))
    farther = {tuple(label[:4]) for cell in cells()[5] for label in read(cell.name)["labels"]}
    assert farther < set(found)
