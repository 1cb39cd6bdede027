"""Where each row lies, in memory, in the order of their numbers: which rows meet a box.

A point meets it within, a disc where the box is nearer than its radius, an area where its region's boundary does. It
selects by nothing else. Neighbouring rows lie near each other, so that most blocks of them need no look.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geodata.bbox import BBox
from incidents.editions.columns import Columns
from incidents.editions.database import Database
from incidents.editions.territories import Territories, holds, meets

_BLOCK = 512
_METRES_A_DEGREE = 111_195.0
_RADIUS_M = 6_371_009.0
# Extents are rounded to five decimals.
_SLACK_M = 2.0

Bits = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Laid:
    """The rows by what tells which boxes they meet.

    extents: west, south, east and north of blocks of rows, not numbers but for those that lie at a place of their own
    on one side of the antimeridian, which are `own`. bounds: around each block. across: the few others with a place of
    their own, of which no box around neighbours is worth having, with their extents. of_areas: rows by the code of the
    region that stands for them. placeless: those that have no place at all.
    """

    extents: Floats
    own: Bits
    bounds: Floats
    across: Numbers
    extents_across: Floats
    of_areas: Mapping[str, Numbers]
    placeless: Numbers


class Boxes:
    """The extents of all rows, exactly as the edition has them; read when first asked for, 33 bytes a row."""

    def __init__(self, database: Database, columns: Columns, territories: Territories) -> None:
        """Keep what to ask, and what tells which region stands for a row."""
        self._database = database
        self._columns = columns
        self._territories = territories

    def meet(self, box: BBox) -> Numbers:
        """Give the numbers of the rows that meet a box, rising, with those that have no place at all."""
        laid = self._laid
        found = [laid.placeless]
        if laid.of_areas:
            found += [laid.of_areas[code] for code in self._territories.meet(box, laid.of_areas.keys())]
        for part in box.parts():
            found.append(_meet_own(laid, part))
            if len(laid.across):
                found.append(laid.across[_reach(laid.extents_across, part)])
        found = [rows for rows in found if len(rows)]
        if len(found) == 1:
            return found[0]
        met = np.zeros(len(self._columns), dtype=bool)
        for rows in found:
            met[rows] = True
        return np.flatnonzero(met)

    @cached_property
    def _laid(self) -> _Laid:
        names = ("min_lon", "min_lat", "max_lon", "max_lat")
        with self._database.asking() as cursor:
            found = cursor.execute(f"SELECT {', '.join(names)} FROM incident ORDER BY number").fetchnumpy()
        rows, area = len(self._columns), self._columns.area
        extents = np.full((4, -(-rows // _BLOCK) * _BLOCK), np.nan)
        for side, name in enumerate(names):
            extents[side, :rows] = np.ma.filled(np.ma.asarray(found.pop(name), np.float64), np.nan)
        placed = ~np.isnan(extents[0, :rows])
        # A row that was taken back has no area any more, and one whose region has no boundary has no extent.
        of_areas = np.flatnonzero(placed & (area >= 0))
        of_areas = of_areas[np.argsort(area[of_areas], kind="stable")]
        used, begins = np.unique(area[of_areas], return_index=True)
        codes = [self._columns.terms.regions[at].code for at in used.tolist()]
        across = np.flatnonzero((extents[0, :rows] > extents[2, :rows]) & (area < 0))
        extents_across = extents[:, across]
        extents[:, across] = extents[:, :rows][:, area >= 0] = np.nan
        blocks = extents.reshape(4, -1, _BLOCK)
        return _Laid(
            blocks,
            ~np.isnan(blocks[0]),
            np.concatenate([np.fmin.reduce(blocks[:2], axis=2), np.fmax.reduce(blocks[2:], axis=2)]),
            across,
            extents_across,
            dict(zip(codes, np.split(of_areas, begins[1:]), strict=bool(codes))),
            np.flatnonzero(~placed),
        )


def _meet_own(laid: _Laid, part: BBox) -> Numbers:
    """Give the rows at places of their own that meet a box which does not cross the antimeridian, rising."""
    blocks = np.flatnonzero(meets(part, laid.bounds))
    met = laid.own[blocks]
    edge = np.flatnonzero(~holds(part, laid.bounds[:, blocks]))
    extents = laid.extents[:, blocks[edge]]
    within = holds(part, extents)
    block, row = np.nonzero(meets(part, extents) ^ within)
    if len(row):
        within[block, row] = _reach(extents[:, block, row], part)
    met[edge] = within
    at = np.flatnonzero(met)
    return np.asarray((blocks * _BLOCK)[at // _BLOCK] + at % _BLOCK)


def _reach(extents: Floats, part: BBox) -> Bits:
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
