"""Gathers cells of incidents into glyphs, as assets/src/clusters.js does: a symbol alone, or a ring of several.

It draws nothing and counts nothing: cells come counted from an edition.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from app.pictures.frames import Frame

LARGEST = 60.0
# As in assets/src/clusters.js: up to which radius a ring's area grows with the count, and how much wider one of ten
# times as many is beyond.
_STEADY = 40.0
_BEYOND = 5.0
_GAP = 2.0
# The least radius of a ring with a number and a wave in it.
WITH_WAVE = 15.0
_SETTLEMENT, _NEAR = 2, 3
_PASSES = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """What lies in one cell of a grid over the unit square of Mercator.

    x, y: the mean of its rows' places. count: incidents, further rows of the same one left out. families: rows by
    family. spread: west, north, east and south of its rows. coarse: whether none of them claims a point. first: the
    lowest row's number, and of that row kind, rank of precision, whether it is a pattern, and radius in metres.
    """

    x: float
    y: float
    rows: int
    count: int
    patterns: int
    families: tuple[int, ...]
    spread: tuple[float, float, float, float]
    coarse: bool
    first: int
    kind: str
    precision: int
    pattern: bool
    radius_m: float


@dataclass(slots=True)
class Glyph:
    """A mark on the sheet: cells that would overlap, together. x, y, radius in pixels; first: of its heaviest cell."""

    x: float
    y: float
    radius: float
    rows: int
    count: int
    patterns: int
    families: tuple[int, ...]
    spread: tuple[float, float, float, float]
    coarse: bool
    first: Cell
    cells: list[Cell] = field(default_factory=list)


def symbol_size(zoom: float) -> float:
    """Give half the width of a symbol alone, in pixels."""
    return math.floor(2 * max(5.5, min(8.0, 5.5 + (zoom - 3) * 0.4)) + 0.5) / 2


def cells_across(zoom: float) -> int:
    """Give how many cells the world's side is cut into, so that a cell is as wide as a symbol."""
    return max(1, round(float(256 * 2.0**zoom) / (2 * symbol_size(zoom))))


def ring_radius(count: int) -> float:
    """Give a ring's radius in pixels: its area grows with the count, its radius with the logarithm of large ones."""
    radius = math.sqrt(130 + 1.1 * count)
    return radius if radius <= _STEADY else min(LARGEST, _STEADY + 2 * _BEYOND * math.log10(radius / _STEADY))


def lay_glyphs(cells: Iterable[Cell], frame: Frame) -> list[Glyph]:
    """Place cells on the sheet and join those that overlap, the larger taking in the smaller, in reading order."""
    size = symbol_size(frame.zoom)
    glyphs = [_place(cell, frame, size) for cell in cells]
    for _ in range(_PASSES):
        merged = _merge(glyphs)
        if len(merged) == len(glyphs):
            break
        glyphs = merged
    return sorted(glyphs, key=lambda one: (one.y, one.x))


def reach_of(glyph: Glyph, frame: Frame) -> float:
    """Give the radius in pixels of the circle within which one place lies; 0 where none is drawn."""
    size = symbol_size(frame.zoom)
    west, north, east, south = glyph.spread
    alone = glyph.rows == 1
    if glyph.first.precision < _SETTLEMENT or (not alone and max(east - west, south - north) > 0):
        return 0.0
    truth = frame.pixels(max(0.0, glyph.first.radius_m), glyph.first.y)
    if glyph.first.precision == _SETTLEMENT or not alone:
        return truth if truth > glyph.radius + size else 0.0
    return max(truth, size + 4)


def _place(cell: Cell, frame: Frame, size: float) -> Glyph:
    x, y = frame.place(cell.x, cell.y)
    if cell.rows > 1:
        radius = _ring(cell.count, cell.patterns)
    else:
        radius = size + (0 if cell.precision < _SETTLEMENT else 1 if cell.precision == _SETTLEMENT else 4)
    return Glyph(
        x, y, radius, cell.rows, cell.count, cell.patterns, cell.families, cell.spread, cell.coarse, cell, [cell]
    )


def _ring(count: int, patterns: int) -> float:
    return max(ring_radius(count + patterns), WITH_WAVE if patterns else 0.0)


def _merge(glyphs: Sequence[Glyph]) -> list[Glyph]:
    reach = 2 * LARGEST + _GAP
    near: dict[tuple[int, int], list[Glyph]] = {}
    kept: list[Glyph] = []
    for glyph in sorted(glyphs, key=lambda one: (-one.rows, one.first.first)):
        column, row = math.floor(glyph.x / reach), math.floor(glyph.y / reach)
        host, closest = None, 1.0
        for at in ((column + dx, row + dy) for dy in (-1, 0, 1) for dx in (-1, 0, 1)):
            for other in near.get(at, ()):
                room = other.radius + glyph.radius + (_GAP if other.rows > 1 else -_GAP)
                share = math.hypot(other.x - glyph.x, other.y - glyph.y) / room
                if share < closest:
                    host, closest = other, share
        if host is None:
            mine = replace(glyph, cells=list(glyph.cells))
            kept.append(mine)
            near.setdefault((column, row), []).append(mine)
        else:
            _join(host, glyph)
    return kept


def _join(host: Glyph, guest: Glyph) -> None:
    total = host.rows + guest.rows
    host.x += (guest.x - host.x) * guest.rows / total
    host.y += (guest.y - host.y) * guest.rows / total
    host.rows = total
    host.count += guest.count
    host.patterns += guest.patterns
    host.families = tuple(a + b for a, b in zip(host.families, guest.families, strict=True))
    host.coarse = host.coarse and guest.coarse
    (west, north, east, south), other = host.spread, guest.spread
    host.spread = (min(west, other[0]), min(north, other[1]), max(east, other[2]), max(south, other[3]))
    host.radius = _ring(host.count, host.patterns)
    host.cells += guest.cells
