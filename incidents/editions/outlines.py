"""The outlines of regions as a map of one scale shows them: in pixels, with no more points than can be seen.

It selects no region and draws none. The full polygons are in shapes.py.
"""

import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass
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
# A unit that is smaller from side to side, in units, has no room for a label that names it.
_NAMED = 53
# How often points between two others are looked at.
_PASSES = 9
# Out of sight, and farther from it than so many units, nothing is closer than to so many units.
_BESIDE = 40
_COARSE = 16
_POLYGON, _MULTIPOLYGON = 3, 6
# Points of a ring that goes there and back.
_LINE = 3
# More than any coordinate.
_ROOM = 2 * FINEST * PIXELS
# An odd number whose multiples lie all over the numbers of 64 bits.
_SPREAD = 0x9E3779B97F4A7C15

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]
Points = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Look:
    """How closely regions are drawn, in units.

    country, unit, island: what is smaller from side to side is not drawn by itself. off: how far a line may be from the
    recorded one.
    """

    country: int
    unit: int
    island: int
    off: float


HATCHED = Look(10, 26, 8, 1.5)
# A border of the base map lies beside it.
FILLED = Look(0, 0, 2, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Rings:
    """Rings of points, one after the other. begins: of each ring, its first point's place."""

    points: Floats
    begins: Numbers

    @classmethod
    def of(cls, rings: Collection[Floats]) -> "Rings":
        """Put rings together."""
        begins = np.cumsum([0, *map(len, rings)])[:-1]
        return cls(np.concatenate([np.empty((0, 2)), *rings]), begins)

    @property
    def ring_of(self) -> Numbers:
        """Of each point, which ring it is of."""
        return np.repeat(np.arange(len(self.begins)), np.diff([*self.begins, len(self.points)]))

    @property
    def boxes(self) -> tuple[Floats, Floats]:
        """Of each ring, the least and the greatest coordinates."""
        if not len(self.begins):
            return np.empty((0, 2)), np.empty((0, 2))
        return np.minimum.reduceat(self.points, self.begins), np.maximum.reduceat(self.points, self.begins)

    def only(self, kept: Marks) -> "Rings":
        """Give some of the rings."""
        counts = np.diff([*self.begins, len(self.points)])
        return Rings(self.points[np.repeat(kept, counts)], np.cumsum([0, *counts[kept]])[:-1])


def give_outlines(
    database: Database, codes: Collection[str], tops: Collection[str], grid: Grid, look: Look
) -> dict[str, Any]:
    """Give the outlines of regions in a grid's cells, as outlines.json has them.

    codes: regions that are drawn where they are large enough. tops: those that are given whatever their size, as boxes
    where nothing more would be seen.
    `side` is how many units the world is wide; each area is a code, a level, a name where one may be written, and
    rings: the first point, then steps. What two regions share is the same in both. Out of sight an outline is coarse,
    and of rings there the largest alone is given: it says how large the region is.
    """
    side = min(grid.across, FINEST) * PIXELS
    sight = Sight(grid, side)
    question = (
        f"SELECT code, level, name, {BOUNDS} FROM region "
        "WHERE polygon IS NOT NULL AND list_contains(?::VARCHAR[], code) GROUP BY ALL ORDER BY level, code"
    )
    with database.asking() as cursor:
        found = cursor.execute(question, [sorted({*codes, *tops})]).fetchall()
        corners = to_square(np.array([row[3:] for row in found], dtype=np.float64).reshape(-1, 2)) * side
        (west, south), (east, north) = corners[::2].T, corners[1::2].T
        sizes = np.maximum((east - west) % side, south - north)
        # What lies on both sides of the antimeridian is looked at all around the world.
        over = west > east
        low = np.column_stack((np.where(over, 0, west), north))
        high = np.column_stack((np.where(over, side, east), south))
        seen = sight.meets(low, high)
        levels = np.array([row[1] for row in found], dtype=np.int64)
        large = seen & (sizes >= np.where(levels == 0, look.country, look.unit))
        names = {
            code: name if level == 0 or size >= _NAMED else ""
            for (code, level, name, *_), size in zip(found, sizes, strict=True)
        }
        rows = cursor.execute(
            "SELECT code, level, shape FROM region WHERE list_contains(?::VARCHAR[], code) ORDER BY level, code",
            [[found[at][0] for at in np.flatnonzero(large)]],
        ).fetchall()
    read = [[*read_rings(shape)] for _, _, shape in rows]
    rings = Rings.of([ring for of_one in read for ring in of_one])
    rings = Rings(to_square(rings.points) * side, rings.begins)
    area_of = np.repeat(np.arange(len(rows)), [len(of_one) for of_one in read])
    kept = sight.leaves(rings, area_of, look.island)
    rings, area_of = rings.only(kept), area_of[kept]
    level_of = np.array([level for _, level, _ in rows], dtype=np.int64)[area_of]
    thinned = thin(rings, np.where(sight.is_near(rings), 1, _COARSE), level_of, look.off)
    said: list[list[list[int]]] = [[] for _ in rows]
    for at, ring in zip(area_of.tolist(), thinned, strict=True):
        # What is left of a ring may be a line, which has no inside.
        if len(ring) > _LINE:
            said[at].append(_say(ring))
    edges = np.stack(rings.boxes, axis=1)
    # The last one of each, the largest, stands.
    rising = np.argsort(np.ptp(edges, axis=1).max(axis=1, initial=0))
    for at, ring_at in dict(zip(area_of[rising].tolist(), rising.tolist(), strict=True)).items():
        if not said[at] and rows[at][0] in tops:
            said[at] = [_say(_around(*edges[ring_at]))]
    areas = [[code, level, names[code], of_one] for (code, level, _), of_one in zip(rows, said, strict=True) if of_one]
    areas += [
        [code, level, names[code], [_say(_around(low[at], high[at]))]]
        for at, (code, level, *_) in enumerate(found)
        if seen[at] and not large[at] and code in tops
    ]
    return {"side": side, "areas": areas}


class Sight:
    """What a map shows of the world, in units: from side to side none where it shows all of it, or goes round it."""

    def __init__(self, grid: Grid, side: int) -> None:
        unit = side / WORLD
        self._left, self._right, self._top, self._bottom = (
            grid.begin(edge) * unit
            for edge in (grid.first_column, grid.last_column + 1, grid.first_row, grid.last_row + 1)
        )
        self._around = grid.width >= grid.across
        self._over = self._left >= self._right

    def leaves(self, rings: Rings, area_of: Numbers, island: int) -> Marks:
        """Say of each ring whether it is more than a speck and in sight, or the largest of a region that is in sight.

        area_of: of each ring, which region it is of.
        """
        low, high = rings.boxes
        sizes = (high - low).max(axis=1, initial=0)
        met = self.meets(low, high, _BESIDE)
        areas = area_of.max(initial=-1) + 1
        seen = np.bincount(area_of, met, areas) > 0
        largest = np.zeros(areas)
        np.maximum.at(largest, area_of, sizes)
        return np.asarray(met & (sizes >= island) | seen[area_of] & (sizes == largest[area_of]))

    def is_near(self, rings: Rings) -> Marks:
        """Give for each point whether one of the two lines that end there may be in sight, or close by."""
        points, ring_of = rings.points, rings.ring_of
        same = ring_of[1:] == ring_of[:-1]
        met = same & self.meets(np.minimum(points[:-1], points[1:]), np.maximum(points[:-1], points[1:]), _BESIDE)
        near = np.zeros(len(points), dtype=bool)
        near[:-1] |= met
        near[1:] |= met
        # A ring ends where it begins.
        ends = np.append(rings.begins, len(points))[1:] - 1
        either = near[rings.begins] | near[ends]
        near[rings.begins], near[ends] = either, either
        return near

    def meets(self, low: Floats, high: Floats, beside: int = 0) -> Marks:
        """Say of boxes whether they are in sight, or no more than so many units beside it."""
        level = (high[:, 1] >= self._top - beside) & (low[:, 1] <= self._bottom + beside)
        right, left = high[:, 0] >= self._left - beside, low[:, 0] <= self._right + beside
        return np.asarray(level & (self._around | (right | left if self._over else right & left)))


def to_square(degrees: Floats) -> Floats:
    """Project longitudes and latitudes, a pair a row, into the unit square of spherical Mercator (EPSG:3857)."""
    lon, lat = degrees[:, 0], np.clip(degrees[:, 1], -85.06, 85.06)
    y = 0.5 - np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)) / (2 * np.pi)
    return np.column_stack((lon / 360 + 0.5, y))


def read_rings(shape: bytes) -> Iterator[Floats]:
    """Read the rings of a polygon or several from well-known binary, points of two numbers."""
    for rings in read_polygons(shape):
        yield from rings


def read_polygons(shape: bytes) -> Iterator[list[Floats]]:
    """Read the same polygon by polygon: the outer ring of each, and those of its holes."""
    order = "<" if shape[0] else ">"
    kind, count = struct.unpack_from(order + "II", shape, 1)
    at = 9
    if kind == _MULTIPOLYGON:
        for _ in range(count):
            (rings,) = struct.unpack_from(order + "I", shape, at + 5)
            polygon, at = _read_polygon(shape, at + 9, order, rings)
            yield polygon
    elif kind == _POLYGON:
        yield _read_polygon(shape, at, order, count)[0]


def _read_polygon(shape: bytes, at: int, order: str, count: int) -> tuple[list[Floats], int]:
    rings = []
    for _ in range(count):
        ring, at = _read_ring(shape, at, order)
        rings.append(ring)
    return rings, at


def _read_ring(shape: bytes, at: int, order: str) -> tuple[Floats, int]:
    (points,) = struct.unpack_from(order + "I", shape, at)
    ring = np.frombuffer(shape, np.dtype(f"{order}f8"), 2 * points, at + 4)
    return ring.reshape(-1, 2).astype(np.float64), at + 4 + 16 * points


def thin(rings: Rings, step: Numbers, level_of: Numbers, off: float) -> list[Points]:
    """Round rings to whole units, and leave out points that lie less than so far off the line past them.

    step: for each point to how many units it is rounded; `off` is as many times larger. level_of: of each ring.
    What is left of a line that two rings of a level share is the same in both: a point goes from all of them or from
    none, and never where three lines meet. In each pass no two neighbours go, so that errors do not add up.
    """
    points = (np.round(rings.points / step[:, None]) * step[:, None]).astype(np.int64)
    ring_of = rings.ring_of
    places, spot = np.unique((level_of[ring_of] * _ROOM + points[:, 0]) * _ROOM + points[:, 1], return_inverse=True)
    for turn in range(_PASSES):
        # What lies where the point before it lies adds nothing.
        kept = np.ones(len(spot), dtype=bool)
        kept[1:] = (spot[1:] != spot[:-1]) | (ring_of[1:] != ring_of[:-1])
        points, ring_of, step, spot = points[kept], ring_of[kept], step[kept], spot[kept]
        # Each turn has an order of its own, by the places alone, so that lines of idle points become few soon.
        rank = (places.astype(np.uint64) * np.uint64(_SPREAD * (2 * turn + 1) % 2**64)) >> np.uint64(1)
        free = np.where(
            _find_idle(points, spot, ring_of, off * step.astype(np.float64), len(places)), rank.astype(np.int64), -1
        )[spot]
        kept = np.ones(len(spot), dtype=bool)
        kept[1:-1] = (free[1:-1] <= free[:-2]) | (free[1:-1] <= free[2:])
        points, ring_of, step, spot = points[kept], ring_of[kept], step[kept], spot[kept]
    ends = np.searchsorted(ring_of, np.arange(1, len(rings.begins)))
    return [ring.astype(np.int32) for ring in np.split(points, ends)] if len(rings.begins) else []


def _find_idle(points: Numbers, spot: Numbers, ring_of: Numbers, off: Floats, spots: int) -> Marks:
    """Say of each spot whether its points lie on the line past them, between the same two others in every ring."""
    before, here, after = points[:-2], points[1:-1], points[2:]
    line, aside = after - before, here - before
    length = np.hypot(line[:, 0], line[:, 1])
    across = np.abs(line[:, 0] * aside[:, 1] - line[:, 1] * aside[:, 0])
    along = (line * aside).sum(axis=1)
    between = (along >= 0) & (along <= length**2) & (ring_of[:-2] == ring_of[2:])
    idle = np.zeros(len(spot), dtype=bool)
    idle[1:-1] = between & (across <= off[1:-1] * length)
    low, high = np.zeros_like(spot), np.zeros_like(spot)
    low[1:-1], high[1:-1] = np.minimum(spot[:-2], spot[2:]), np.maximum(spot[:-2], spot[2:])
    # All are the same where each is as great as their mean.
    times = np.bincount(spot, minlength=spots)
    for neighbours in (low, high):
        idle &= neighbours * times[spot] == np.bincount(spot, neighbours, spots)[spot]
    found = np.ones(spots, dtype=bool)
    found[spot[~idle]] = False
    return found


def _around(low: Floats, high: Floats) -> Points:
    """Give a ring around a box, at least a unit from side to side."""
    (west, north), (east, south) = np.floor(low), np.maximum(np.ceil(high), np.floor(low) + 1)
    ring = [[west, north], [east, north], [east, south], [west, south], [west, north]]
    return np.array(ring, dtype=np.int32)


def _say(ring: Points) -> list[int]:
    steps: list[int] = np.vstack((ring[:1], np.diff(ring, axis=0))).ravel().tolist()
    return steps
