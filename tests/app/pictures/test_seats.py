"""A symbol that rides on the edge of its disc keeps off whatever else is drawn, as near to the top as it can."""

import math
from typing import Any

import pytest

from app.pictures.frames import Frame, stand
from app.pictures.glyphs import Cell, Glyph, reach_of, symbol_size
from app.pictures.picture import View
from app.pictures.seats import find_seats

FRAME = stand(View(9, 0, 0), (0.0, 0.0, 800.0, 600.0))
RADIUS_M = 20_000.0


def make_glyph(x: float, y: float, rows: int = 1, radius: float = 10.0, **changes: Any) -> Glyph:
    """Make a disc, or a ring of several."""
    values: dict[str, Any] = {"precision": 4, "pattern": False, "radius_m": RADIUS_M} | changes
    # On the equator, where a metre is as long for all of them.
    cell = Cell(0.5, 0.5, rows, rows, 0, (rows, 0, 0, 0, 0, 0, 0), (0.5, 0.5, 0.5, 0.5), True, 0, "airstrike", **values)
    return Glyph(x, y, radius, rows, rows, 0, cell.families, cell.spread, cell.coarse, cell, [cell])


def reach() -> float:
    return reach_of(make_glyph(0, 0), FRAME)


def is_on_edge(seat: tuple[float, float], disc: Glyph, frame: Frame = FRAME) -> bool:
    return math.isclose(math.hypot(seat[0] - disc.x, seat[1] - disc.y), reach_of(disc, frame))


def test_a_symbol_rides_at_the_top_of_its_disc() -> None:
    disc = make_glyph(400, 300)
    assert find_seats([disc], FRAME)[0] == pytest.approx((400, 300 - reach()))


def test_it_gives_way_to_a_ring_and_to_another_one() -> None:
    disc, same = make_glyph(400, 300), make_glyph(401, 300)
    ring = make_glyph(400, 300 - reach() + 10, rows=40_000, radius=53)
    seats = find_seats([disc, ring, same], FRAME)
    assert sorted(seats) == [0, 2]
    size = symbol_size(FRAME.zoom)
    for at, own in ((0, disc), (2, same)):
        assert is_on_edge(seats[at], own)
        assert math.hypot(seats[at][0] - ring.x, seats[at][1] - ring.y) >= ring.radius + size
    assert math.dist(seats[0], seats[2]) >= 2 * size
    assert seats[0][1] < disc.y, "it stays as near to the top as it can"


def test_where_all_of_the_edge_is_taken_it_stays_at_the_top() -> None:
    disc = make_glyph(400, 300)
    ring = make_glyph(400, 300, rows=40_000, radius=reach() + 20, radius_m=0.0)
    assert find_seats([disc, ring], FRAME)[0] == pytest.approx((400, 300 - reach()))


def test_what_is_no_disc_or_hardly_a_larger_one_has_no_seat() -> None:
    near, small = make_glyph(100, 100, precision=3), make_glyph(200, 200, radius_m=10.0)
    assert find_seats([near, small, make_glyph(300, 300, rows=2)], FRAME) == {}
