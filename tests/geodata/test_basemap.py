"""The base map's files: what the docstring of geodata.basemap says of them, and how they draw contested lines."""

import gzip
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import shapely

from geodata.basemap import cell_of, files

POLYGONS = ("land", "lakes")
LINES = ("rivers", "borders", "disputed", "unit_borders")


@cache
def read(name: str) -> Any:
    return json.loads(files()[name].read_text(encoding="utf-8"))


def points(flat: list[int], scale: int) -> Iterator[tuple[float, float]]:
    x = y = 0
    for dx, dy in zip(flat[::2], flat[1::2], strict=True):
        x, y = x + dx, y + dy
        yield x / scale, y / scale


def land_at(name: str, lon: float, lat: float) -> bool:
    content = read(name)
    point = shapely.Point(lon, lat)
    for rings in content["land"]:
        outer, *holes = ([*points(ring, content["scale"])] for ring in rings)
        if shapely.Polygon(outer, holes).buffer(0).contains(point):
            return True
    return False


def near(name: str, kind: str, lon: float, lat: float, deg: float) -> bool:
    content = read(name)
    box = shapely.box(lon - deg, lat - deg, lon + deg, lat + deg)
    return any(shapely.LineString([*points(line, content["scale"])]).intersects(box) for line in content[kind])


def test_there_is_a_first_look_a_closer_one_and_cells() -> None:
    names = set(files())
    assert {"world.json", "medium.json", "index.json", "fine/9_2.json"} <= names
    index = read("index.json")
    assert {f"fine/{cell}.json" for cell in index["fine"]} == {name for name in names if name.startswith("fine/")}
    assert index["cell"] == 10


def test_the_first_paint_is_small() -> None:
    assert len(gzip.compress(files()["world.json"].read_bytes(), 9)) <= 60_000
    assert len(gzip.compress(files()["medium.json"].read_bytes(), 9)) <= 400_000
    assert max(path.stat().st_size for path in files().values()) < 1_500_000


@pytest.mark.parametrize(
    "name", ["world.json", "medium.json", "fine/9_2.json", "fine/9_1.json", "fine/3_4.json", "fine/-2_2.json"]
)
def test_each_file_is_as_documented(name: str) -> None:
    content = read(name)
    assert set(content) == {"scale", *POLYGONS, *LINES, "labels"}
    for kind in POLYGONS:
        for rings in content[kind]:
            assert rings
            for ring in rings:
                assert len(ring) >= 6
                assert len(ring) % 2 == 0
                assert all(abs(lon) <= 180.03 and abs(lat) <= 90.03 for lon, lat in points(ring, content["scale"]))
    for kind in LINES:
        assert all(len(line) >= 4 and len(line) % 2 == 0 for line in content[kind])
    for lon, lat, zoom, label, local, kind in content["labels"]:
        assert -180 <= lon <= 180
        assert -90 <= lat <= 90
        assert 0 <= zoom <= 12
        assert label
        assert isinstance(local, str)
        assert kind in {0, 1, 2, 3}


def test_a_cell_holds_what_lies_in_it_and_little_more() -> None:
    content = read("fine/9_2.json")
    for kind in (*POLYGONS, *LINES):
        for shape in content[kind]:
            for line in shape if kind in POLYGONS else [shape]:
                assert all(89.9 <= lon <= 100.1 and 19.9 <= lat <= 30.1 for lon, lat in points(line, content["scale"]))


@pytest.mark.parametrize(
    ("name", "lon", "lat", "is_land"),
    [
        ("world.json", 95.4, 22.7, True),
        ("world.json", 85.0, 10.0, False),
        ("world.json", 51.0, 42.0, False),  # the Caspian Sea is no land without an outlet to the ocean either
        ("medium.json", 96.16, 16.9, True),
        ("medium.json", 93.0, 17.0, False),
        ("fine/9_1.json", 96.3, 16.9, True),
        ("fine/9_1.json", 96.0, 15.0, False),
    ],
)
def test_land_is_land_and_sea_is_sea(name: str, lon: float, lat: float, is_land: bool) -> None:  # noqa: FBT001 - a case
    assert land_at(name, lon, lat) is is_land


@pytest.mark.parametrize(
    ("name", "lon", "lat", "deg"),
    [
        pytest.param("medium.json", 33.7, 46.15, 0.3, id="between Crimea and the mainland"),
        pytest.param("medium.json", 35.64, 33.05, 0.1, id="the Golan's west"),
        pytest.param("medium.json", 35.83, 33.05, 0.1, id="the Golan's east"),
        pytest.param("medium.json", -10.5, 27.67, 0.1, id="the north of Western Sahara"),
        pytest.param("medium.json", 75.5, 34.6, 0.3, id="in Kashmir"),
        pytest.param("medium.json", 21.2, 43.1, 0.3, id="between Kosovo and Serbia"),
        pytest.param("medium.json", 33.0, 35.15, 0.2, id="across Cyprus"),
        pytest.param("medium.json", 127.0, 38.1, 0.3, id="between the Koreas"),
    ],
)
def test_contested_lines_are_dashed(name: str, lon: float, lat: float, deg: float) -> None:
    assert near(name, "disputed", lon, lat, deg)
    assert not near(name, "borders", lon, lat, deg / 3)


def test_ordinary_borders_are_not() -> None:
    assert near("medium.json", "borders", 98.6, 16.7, 0.4)
    assert not near("medium.json", "disputed", 98.6, 16.7, 1.0)


def test_places_and_units_of_myanmar_are_named_in_burmese() -> None:
    labels = {label[3]: label for label in read("fine/9_2.json")["labels"] + read("fine/9_1.json")["labels"]}
    assert labels["Mandalay"][4] == "မန္တလေး"
    assert labels["Yangon"][4] == "ရန်ကုန်"
    assert labels["Tabayin"][4] == "ဒီပဲယင်း"
    assert labels["Chin State"][4] == "ချင်းပြည်နယ်"
    assert {label[3] for label in read("world.json")["labels"]} >= {"Myanmar", "Russia", "Malaysia"}


def test_labels_come_in_the_order_of_their_importance() -> None:
    for name in ("world.json", "medium.json", "fine/9_2.json"):
        zooms = [label[2] for label in read(name)["labels"]]
        assert zooms == sorted(zooms)


def test_the_cell_of_a_point() -> None:
    assert cell_of(95.4, 22.7) == "fine/9_2.json"
    assert cell_of(-0.1, -0.1) == "fine/-1_-1.json"
    assert cell_of(180, 90) == "fine/17_8.json"
