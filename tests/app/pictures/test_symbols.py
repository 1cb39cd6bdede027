"""Outlines of symbols: read from path data, and drawn where they are put."""

from typing import Any

import numpy as np
import pytest
from matplotlib.path import Path

from app.pictures.canvas import vertices
from app.pictures.symbols import SHAPES, read_path


@pytest.mark.parametrize("kind", SHAPES)
def test_every_outline_fits_its_square(kind: str) -> None:
    shape = SHAPES[kind]
    for data in filter(None, (shape.body, shape.cut)):
        points = vertices(read_path(data))
        assert np.abs(points).max() <= 1.6, data
        assert not np.isnan(points).any()


def test_an_arc_is_round() -> None:
    path: Any = read_path(SHAPES["airstrike"].body)  # Matplotlib types its curves in part
    curves = [curve for curve, code in path.iter_bezier() if code == Path.CURVE4]
    assert len(curves) == 4
    for curve in curves:
        assert np.allclose(np.hypot(*np.array([curve(t) for t in np.linspace(0, 1, 9)]).T), 0.9, atol=0.001)


def test_a_large_arc_goes_the_long_way() -> None:
    notched = read_path(SHAPES["drone_strike"].body)
    disc = read_path(SHAPES["airstrike"].body)
    assert notched.contains_point((0, 0.5))
    assert not notched.contains_point((0, -0.6))
    assert disc.contains_point((0, -0.6))


def test_lines_across_and_down_are_read() -> None:
    square = vertices(read_path("M-.8,-.8H.8V.8H-.8Z"))
    assert square[:4].tolist() == [[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]]
