import math

import pytest
from pyproj import Transformer

from geodata.bbox import BBox
from geodata.crs import CRS
from geodata.errors import BadBBox

PLACES = [(95.4012, 22.6834), (-179.5, -17), (180, 0), (-180, 60), (0, 85), (0, -85), (12.5, 0)]


@pytest.mark.parametrize(("lon", "lat"), PLACES)
def test_metres_are_those_of_a_projection_library(lon: float, lat: float) -> None:
    expected = Transformer.from_crs("OGC:CRS84", "EPSG:3857").transform(lon, lat)
    assert CRS.EPSG_3857.from_lonlat(lon, lat) == pytest.approx(expected, abs=0.01)
    assert CRS.EPSG_3857.to_lonlat(*expected) == pytest.approx((lon, lat), abs=1e-9)


def test_the_order_of_the_axes() -> None:
    assert CRS.CRS84.from_lonlat(95.4012, 22.6834) == (95.4012, 22.6834)
    assert CRS.EPSG_4326.from_lonlat(95.4012, 22.6834) == (22.6834, 95.4012)
    assert CRS.EPSG_4326.to_lonlat(22.6834, 95.4012) == (95.4012, 22.6834)
    assert CRS.EPSG_4326.bbox_from([22, 95, 23, 96]) == BBox(95, 22, 96, 23)
    assert CRS.EPSG_4326.bbox_of([95, 22, 96, 23]) == [22, 95, 23, 96]


def test_the_poles_are_given_at_the_edge_of_the_square_map() -> None:
    _, y = CRS.EPSG_3857.from_lonlat(0, 90)
    assert y == pytest.approx(20_037_508.34, abs=0.01)
    assert CRS.EPSG_3857.from_lonlat(0, -90) == (0, -y)


def test_heights_are_left_out() -> None:
    assert CRS.CRS84.bbox_from([1, 2, -5, 3, 4, 5]) == BBox(1, 2, 3, 4)


@pytest.mark.parametrize(
    ("crs", "numbers"),
    [
        (CRS.CRS84, [1, 2, 3]), (CRS.CRS84, [1, 2, 3, 4, 5]), (CRS.CRS84, [181, 0, 182, 1]), (CRS.CRS84, [0, 5, 1, 0]),
        (CRS.EPSG_4326, [95, 22, 96, 23]), (CRS.EPSG_3857, [2.1e7, 0, 2.2e7, 1]), (CRS.EPSG_3857, [0, -1e30, 1, 1e30]),
        (CRS.CRS84, [math.nan, 0, 1, 1]), (CRS.EPSG_3857, [0, 0, math.inf, 1]),
    ],
)  # fmt: skip
def test_boxes_outside_the_world_are_refused(crs: CRS, numbers: list[float]) -> None:
    with pytest.raises(BadBBox):
        crs.bbox_from(numbers)


def test_names_are_whole() -> None:
    assert [CRS.from_uri(crs.uri) for crs in CRS] == list(CRS)
    with pytest.raises(ValueError, match="must be one of"):
        CRS.from_uri("EPSG:4326")
