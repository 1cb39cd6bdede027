"""The outlines of regions as a map of one scale shows them: in pixels, with no more points than can be seen.

It selects no region and draws none. The full polygons are in shapes.py.
"""

import struct
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from incidents.editions.database import Database
from incidents.editions.grids import WORLD, Grid
from incidents.editions.schema import BOUNDS

PIXELS = 64
"""Into how many units a grid's cell is divided: about a pixel each on the map that it is asked for."""
FINEST = 4_096
"""Grids that divide the world into more columns are given the outlines of so many: finer ones are not recorded."""
# A country and a unit of one that are smaller than this from side to side, in units, are not drawn by themselves.
_SMALLEST = (10, 26)
# A unit that is smaller has no room for a label that names it.
_NAMED = 53
# An island so small is a dot.
_SPECK = 8
# How far, in units, an outline may be from the recorded one; and how often points between two others are looked at.
_TOLERANCE = 1.5
_PASSES = 9
# Out of sight, and farther from it than so many units, nothing is closer than to so many units.
_BESIDE = 40
_COARSE = 16
_POLYGON, _MULTIPOLYGON = 3, 6
# Points of a ring that goes there and back.
_LINE = 3

Floats = npt.NDArray[np.float64]
Points = npt.NDArray[np.int32]


def give_outlines(database: Database, codes: Collection[str], tops: Collection[str], grid: Grid) -> dict[str, Any]:
    """Give the outlines of regions in a grid's cells, as outlines.json has them.

    codes: regions that are drawn where they are large enough. tops: those that stand for the smaller ones below them,
    which are given whatever their size, as boxes where nothing more would be seen.
    `side` is how many units the world is wide; each area is a code, a level, a name where one may be written, and
    rings: the first point, then steps. Out of sight an outline is coarse, and of rings there the largest alone is
    given: it says how large the region is.
    """
    side = min(grid.across, FINEST) * PIXELS
    question = (
        f"SELECT code, level, name, {BOUNDS} FROM region "
        "WHERE polygon IS NOT NULL AND list_contains(?::VARCHAR[], code) GROUP BY ALL ORDER BY level, code"
    )
    with database.asking() as cursor:
        boxes = cursor.execute(question, [sorted({*codes, *tops})]).fetchall()
        names = {}
        large, small = [], []
        for code, level, name, *degrees in boxes:
            box = to_square(np.array(degrees).reshape(2, 2))
            if _is_in(box, grid):
                size = np.abs(box[1] - box[0]).max() * side
                names[code] = name if level == 0 or size >= _NAMED else ""
                if size >= _SMALLEST[min(level, 1)]:
                    large.append(code)
                elif code in tops:
                    small.append((code, box))
        rows = cursor.execute(
            "SELECT code, level, shape FROM region WHERE list_contains(?::VARCHAR[], code) ORDER BY level, code",
            [large],
        ).fetchall()
    sight = Sight(grid, side)
    drawn = [
        (code, level, sight.leave([to_square(ring) * side for ring in read_rings(shape)]))
        for code, level, shape in rows
    ]
    rings = [ring for _, _, of_one in drawn for ring in of_one]
    thinned = iter(thin(rings, [np.where(sight.is_near(ring), 1, _COARSE) for ring in rings]))
    # What is left of a ring may be a line, which has no inside.
    areas = [
        [code, level, names[code], [_say(ring) for ring in (next(thinned) for _ in of_one) if len(ring) > _LINE]]
        for code, level, of_one in drawn
    ]
    areas += [[code, 0, names[code], [_say(_around(box * side))]] for code, box in small]
    return {"side": side, "areas": areas}


class Sight:
    """What a map shows of the world, in units: from side to side none where it shows all of it, or goes round it."""

    def __init__(self, grid: Grid, side: int) -> None:
        unit = side / WORLD
        self._left, self._right, self._top, self._bottom = (
            grid.begin(edge) * unit
            for edge in (grid.first_column, grid.last_column + 1, grid.first_row, grid.last_row + 1)
        )
        self._around = self._left >= self._right

    def leave(self, rings: list[Floats]) -> list[Floats]:
        """Give the rings of a region that are more than specks and in sight, and its largest one."""
        sizes = [np.ptp(ring, axis=0).max() for ring in rings]
        largest = max(sizes, default=0)
        return [
            ring
            for ring, size in zip(rings, sizes, strict=True)
            if size >= _SPECK and (size == largest or self._meets(ring.min(axis=0), ring.max(axis=0)))
        ]

    def is_near(self, ring: Floats) -> npt.NDArray[np.bool_]:
        """Give for each point of a ring whether one of the two lines that end there may be in sight, or close by."""
        met = self._meets(np.minimum(ring[:-1], ring[1:]), np.maximum(ring[:-1], ring[1:]))
        near = np.zeros(len(ring), dtype=bool)
        near[:-1] |= met
        near[1:] |= met
        # It ends where it begins.
        near[[0, -1]] = near[[0, -1]].any()
        return near

    def _meets(self, low: Floats, high: Floats) -> npt.NDArray[np.bool_]:
        level = (high[..., 1] >= self._top - _BESIDE) & (low[..., 1] <= self._bottom + _BESIDE)
        across = (high[..., 0] >= self._left - _BESIDE) & (low[..., 0] <= self._right + _BESIDE)
        return np.asarray(level & (across | self._around))


def to_square(degrees: Floats) -> Floats:
    """Project longitudes and latitudes, a pair a row, into the unit square of spherical Mercator (EPSG:3857)."""
    lon, lat = degrees[:, 0], np.clip(degrees[:, 1], -85.06, 85.06)
    y = 0.5 - np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)) / (2 * np.pi)
    return np.column_stack((lon / 360 + 0.5, y))


def read_rings(shape: bytes) -> Iterator[Floats]:
    """Read the rings of a polygon or several from well-known binary, points of two numbers."""
    order = "<" if shape[0] else ">"
    kind, count = struct.unpack_from(order + "II", shape, 1)
    if kind == _MULTIPOLYGON:
        at = 9
        for _ in range(count):
            (rings,) = struct.unpack_from(order + "I", shape, at + 5)
            at += 9
            for _ in range(rings):
                ring, at = _read_ring(shape, at, order)
                yield ring
    elif kind == _POLYGON:
        at = 9
        for _ in range(count):
            ring, at = _read_ring(shape, at, order)
            yield ring


def _read_ring(shape: bytes, at: int, order: str) -> tuple[Floats, int]:
    (points,) = struct.unpack_from(order + "I", shape, at)
    ring = np.frombuffer(shape, np.dtype(f"{order}f8"), 2 * points, at + 4)
    return ring.reshape(-1, 2).astype(np.float64), at + 4 + 16 * points


def thin(rings: Sequence[Floats], steps: Sequence[npt.NDArray[np.int64]]) -> list[Points]:
    """Round rings to whole units, and leave out points that lie less than a tolerance off the line past them.

    steps: for each point to how many units it is rounded; the tolerance is as many times larger. All rings go at once.
    In each pass every other point at most is left out, so that errors do not add up.
    """
    if not rings:
        return []
    points = np.concatenate(rings)
    step = np.concatenate(steps)
    of = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    # What rounds to the point before it adds nothing.
    rounded = np.round(points / step[:, None]) * step[:, None]
    kept = np.ones(len(points), dtype=bool)
    kept[1:] = (rounded[1:] != rounded[:-1]).any(axis=1) | (of[1:] != of[:-1])
    points, of, step = rounded[kept], of[kept], step[kept]
    for parity in range(_PASSES):
        before, here, after = points[:-2], points[1:-1], points[2:]
        line, off = after - before, here - before
        length = np.hypot(line[:, 0], line[:, 1])
        across = np.abs(line[:, 0] * off[:, 1] - line[:, 1] * off[:, 0])
        along = (line * off).sum(axis=1)
        between = (along >= 0) & (along <= length**2)
        idle = between & (across <= _TOLERANCE * step[1:-1] * length) & (of[:-2] == of[2:])
        idle[parity % 2 :: 2] = False
        kept = np.ones(len(points), dtype=bool)
        kept[1:-1] = ~idle
        points, of, step = points[kept], of[kept], step[kept]
    ends = np.searchsorted(of, np.arange(1, len(rings)))
    return [ring.astype(np.int32) for ring in np.split(points, ends)]


def _around(box: Floats) -> Points:
    """Give a ring around a box, at least a unit from side to side."""
    (west, south), (east, north) = np.vstack((np.floor(box[0] + (0, 1)), np.ceil(box[1] - (0, 1))))
    ring = [[west, north], [east, north], [east, south], [west, south], [west, north]]
    return np.array(ring, dtype=np.int32)


def _say(ring: Points) -> list[int]:
    steps: list[int] = np.vstack((ring[:1], np.diff(ring, axis=0))).ravel().tolist()
    return steps


def _is_in(box: Floats, grid: Grid) -> bool:
    west, east, north, south = box[0, 0], box[1, 0], box[1, 1], box[0, 1]
    edges = (grid.first_column, grid.last_column + 1, grid.first_row, grid.last_row + 1)
    left, right, top, bottom = (grid.begin(edge) / WORLD for edge in edges)
    level = south >= top and north <= bottom
    across = west <= right or east >= left if left >= right else west <= right and east >= left
    return bool(level and (across or grid.width >= grid.across))
