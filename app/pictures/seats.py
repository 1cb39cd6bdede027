"""Where symbols of what lies somewhere in a disc ride on its edge, as assets/src/seats.js has it; it draws nothing."""

import math
from collections.abc import Sequence

from app.pictures.frames import Frame
from app.pictures.glyphs import Glyph, reach_of, symbol_size

_NEAR = 3
# Of so many places along the edge the first free one is taken, turn and turn about from the top.
_PLACES = 24
_TURNS = [(1 if nth % 2 else -1) * math.ceil(nth / 2) / _PLACES * 2 * math.pi for nth in range(_PLACES)]
# Pixels between two symbols; in the browser a ring may be as much wider for the sake of its number.
_CLEAR = 4.0

Seat = tuple[float, float]


def find_seats(glyphs: Sequence[Glyph], frame: Frame) -> dict[int, Seat]:
    """Give the place of each symbol that rides on the edge of its disc, by its glyph's: the top where none is free."""
    size = symbol_size(frame.zoom)
    seats: dict[int, Seat] = {}
    for at, own in enumerate(glyphs):
        reach = reach_of(own, frame) if own.rows == 1 and own.first.precision > _NEAR else 0.0
        # In a disc hardly larger than itself a symbol stands in the middle.
        if reach <= size * 2.5:
            continue
        others = [(one.x, one.y, one.radius) for number, one in enumerate(glyphs) if number != at]
        others += [(x, y, size) for x, y in seats.values()]
        places = [(own.x + reach * math.sin(turn), own.y - reach * math.cos(turn)) for turn in _TURNS]
        free = (
            (x, y)
            for x, y in places
            if all(math.hypot(other - x, below - y) >= radius + size + _CLEAR for other, below, radius in others)
        )
        seats[at] = next(free, places[0])
    return seats
