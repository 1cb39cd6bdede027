"""Where each row lies, in memory, in the order of their numbers: which rows meet a box.

A point meets it within, a disc where the box is nearer than its radius, an area where its region's boundary does. It
selects by nothing else. Neighbouring rows lie near each other, so that most blocks of them need no look.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geodata.bbox import BBox
from incidents.editions.columns import Columns
from incidents.editions.database import Database
from incidents.editions.territories import Territories

_BLOCK = 512
_METRES_A_DEGREE = 111_195.0
_RADIUS_M = 6_371_009.0
# Extents are rounded to five decimals.
_SLACK_M = 2.0

Bits = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


class Boxes:
    """The extents of all rows, exactly as the edition has them; read when first asked for, 32 bytes a row."""

    def __init__(self, database: Database, columns: Columns, territories: Territories) -> None:
        """Keep what to ask, and what tells which region stands for a row."""
        self._database = database
        self._columns = columns
        self._territories = territories

    def meet(self, box: BBox) -> Numbers:
        """Give the numbers of the rows that meet a box, rising, with those that have no place at all."""
        met = np.zeros(len(self._extents[0]), dtype=bool)
        met[self._placeless] = True
        for part in box.parts():
            west, south, east, north = self._blocks
            near = (west <= part.east) & (east >= part.west) & (south <= part.north) & (north >= part.south)
            rows = (np.flatnonzero(near)[:, np.newaxis] * _BLOCK + np.arange(_BLOCK)).ravel()
            rows = rows[: np.searchsorted(rows, len(met))]
            west, south, east, north = (values[rows] for values in self._extents)
            within = (west <= part.east) & (east >= part.west) & (south <= part.north) & (north >= part.south)
            rows = np.concatenate([rows[within], self._across])
            west, south, east, north = (values[rows] for values in self._extents)
            whole = (west >= part.west) & (east <= part.east) & (south >= part.south) & (north <= part.north)
            whole[np.count_nonzero(within) :] = False
            met[rows[whole]] = True
            self._look_closely(met, rows[~whole], part)
        return np.flatnonzero(met)

    def _look_closely(self, met: Bits, rows: Numbers, part: BBox) -> None:
        """Mark those rows that meet a part; none of them lies in it as a whole."""
        area = self._columns.area[rows]
        discs = rows[area < 0]
        met[discs[_reach([values[discs] for values in self._extents], part)]] = True
        indices = np.unique(area[area >= 0]).tolist()
        codes = {self._columns.terms.regions[at].code: at for at in indices}
        # A row that was taken back has no area any more, and one whose region has no boundary has no extent.
        found = self._territories.meet(part, codes.keys() & self._territories.boxes.keys())
        met[rows[np.isin(area, [codes[code] for code in found])]] = True

    @cached_property
    def _extents(self) -> tuple[Floats, ...]:
        """West, south, east, north; not a number for what has no place. West is greater over the antimeridian."""
        names = ("min_lon", "min_lat", "max_lon", "max_lat")
        with self._database.asking() as cursor:
            found = cursor.execute(f"SELECT {', '.join(names)} FROM incident ORDER BY number").fetchnumpy()
        return tuple(np.ma.filled(np.ma.asarray(found[name], np.float64), np.nan) for name in names)

    @cached_property
    def _placeless(self) -> Numbers:
        return np.flatnonzero(np.isnan(self._extents[0]))

    @cached_property
    def _across(self) -> Numbers:
        """The rows over the antimeridian, which are few: no box around neighbours is worth having with one in it."""
        west, _, east, _ = self._extents
        return np.flatnonzero(west > east)

    @cached_property
    def _blocks(self) -> tuple[Floats, ...]:
        """The extents of blocks of rows, without those over the antimeridian; nothing meets one of placeless rows."""
        starts = np.arange(0, len(self._extents[0]), _BLOCK)
        if not len(starts):
            return (np.empty(0),) * 4
        west, south, east, north = (values.copy() for values in self._extents)
        west[self._across] = east[self._across] = np.nan
        return (
            np.fmin.reduceat(west, starts),
            np.fmin.reduceat(south, starts),
            np.fmax.reduceat(east, starts),
            np.fmax.reduceat(north, starts),
        )


def _reach(extents: Sequence[Floats], part: BBox) -> Bits:
    """Tell which discs reach a box that does not cross the antimeridian, by their extents.

    The way from a place to a box goes along a parallel or to a meridian, where it ends at the foot of the arc that
    meets it at a right angle, or at a corner. One around a pole is its extent, as it is drawn.
    """
    west, south, east, north = extents
    lat = np.radians((south + north) / 2)
    radius_m = (north - south) / 2 * _METRES_A_DEGREE
    middle = (west + np.where(west > east, east + 360, east)) / 2
    beyond = np.stack([(part.west - middle) % 360, (middle - part.east) % 360])
    inside = (middle - part.west) % 360 <= part.east - part.west
    away = np.radians(np.where(inside, 0, beyond.min(axis=0)))
    foot = np.where(away < np.pi / 2, np.arctan2(np.sin(lat), np.cos(lat) * np.cos(away)), lat)
    near = np.clip(foot, np.radians(part.south), np.radians(part.north))
    arc = np.sin((near - lat) / 2) ** 2 + np.cos(lat) * np.cos(near) * np.sin(away / 2) ** 2
    metres = 2 * _RADIUS_M * np.arcsin(np.sqrt(np.clip(arc, 0, 1)))
    reached: Bits = (metres <= radius_m + _SLACK_M) | (east - west >= 360)
    return reached
