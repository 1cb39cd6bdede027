"""Where a map stands: Web Mercator as the browser has it, and a view that holds what it is to show."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.pictures.frames import Frame, fit, stand, to_lat, to_lon, to_x, to_y
from app.pictures.picture import View

BOX = (24.0, 80.0, 900.0, 560.0)
_square = st.floats(0.001, 0.999)


def test_projection_is_that_of_web_maps() -> None:
    # EPSG:3857 of 96 E, 21 N is 10,686,671 m, 2,391,879 m of 20,037,508 m.
    assert to_x(96) == pytest.approx(0.5 + 10_686_671.1 / 40_075_016.7, abs=1e-8)
    assert to_y(21) == pytest.approx(0.5 - 2_391_878.6 / 40_075_016.7, abs=1e-8)
    assert (to_lon(to_x(96)), to_lat(to_y(21))) == pytest.approx((96, 21))


def test_a_view_stands_where_it_is_told() -> None:
    frame = stand(View(6, 21, 96), BOX)
    assert frame.place(to_x(96), to_y(21)) == pytest.approx((462, 320))
    assert frame.scale == 256 * 64


def test_nothing_beyond_the_poles_is_shown() -> None:
    for lat in (-90, -80, 80, 90):
        _, north, _, south = stand(View(2.5, lat, 0), BOX).edges()
        assert north >= -1e-9
        assert south <= 1 + 1e-9


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(_square, _square, _square, _square)
def test_a_fitted_view_holds_its_box(a: float, b: float, c: float, d: float) -> None:
    (west, east), (north, south) = sorted((a, c)), sorted((b, d))
    frame = fit((west, north, east, south), BOX)
    middle = (west + east) / 2, (north + south) / 2
    if frame.zoom > 1:
        x, y = frame.place(*middle)
        assert BOX[0] < x < BOX[2]
        assert BOX[1] < y < BOX[3]
    if 1 < frame.zoom < 10 and south - north < 0.5:
        assert (east - west) * frame.scale <= BOX[2] - BOX[0] - 96 + 1
        assert (south - north) * frame.scale <= BOX[3] - BOX[1] - 96 + 1
    assert frame.zoom <= 10


def test_a_place_is_drawn_on_the_copy_of_the_world_nearest_the_middle() -> None:
    frame = stand(View(4, 0, 179), BOX)
    x, _ = frame.place(to_x(-179), to_y(0))
    assert x > 462
    assert x == pytest.approx(462 + 2 / 360 * frame.scale)
    assert isinstance(frame, Frame)
