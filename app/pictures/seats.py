"""Where symbols of what lies somewhere in a disc ride on its edge, as assets/src/seats.js has it; it draws nothing."""

import math
from collections.abc import Sequence

import numpy as np

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
    # What a symbol's middle keeps so far from: all that is drawn, and then each symbol that has its seat.
    taken = np.array([(one.x, one.y, one.radius + size + _CLEAR) for one in glyphs] * 2).reshape(-1, 3)
    count = len(glyphs)
    seats: dict[int, Seat] = {}
    for at, own in enumerate(glyphs):
        reach = reach_of(own, frame) if own.rows == 1 and own.first.precision > _NEAR else 0.0
        # In a disc hardly larger than itself a symbol stands in the middle.
        if reach <= size * 2.5:
            continue
        x, y, clear = taken[:count].T
        near = np.abs(np.hypot(x - own.x, y - own.y) - reach) < clear
        near[at] = False
        x, y, clear = taken[:count][near].T
        places = [(own.x + reach * math.sin(turn), own.y - reach * math.cos(turn)) for turn in _TURNS]
        free = ((left, top) for left, top in places if (np.hypot(x - left, y - top) >= clear).all())
        seats[at] = next(free, places[0])
        taken[count] = *seats[at], 2 * size + _CLEAR
        count += 1
    return seats
