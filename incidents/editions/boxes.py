"""Where each row lies, as boxes in memory, in the order of their numbers: which rows meet a box.

It selects by nothing else. Neighbouring rows lie near each other, so that most blocks of them need no look.
"""

from functools import cached_property

import numpy as np
import numpy.typing as npt

from geodata.bbox import BBox
from incidents.editions.database import Database

_BLOCK = 512

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


class Boxes:
    """The extents of all rows, exactly as the edition has them; read when first asked for, 32 bytes a row."""

    def __init__(self, database: Database) -> None:
        """Keep what to ask."""
        self._database = database

    def meet(self, box: BBox) -> Numbers:
        """Give the numbers of the rows whose extent meets a box, rising, with those that have no place at all."""
        met = np.zeros(len(self._extents[0]), dtype=bool)
        met[self._placeless] = True
        for part in box.parts():
            west, south, east, north = self._blocks
            near = (west <= part.east) & (east >= part.west) & (south <= part.north) & (north >= part.south)
            rows = (np.flatnonzero(near)[:, np.newaxis] * _BLOCK + np.arange(_BLOCK)).ravel()
            rows = rows[: np.searchsorted(rows, len(met))]
            west, south, east, north = (values[rows] for values in self._extents)
            within = (west <= part.east) & (east >= part.west) & (south <= part.north) & (north >= part.south)
            met[rows[within]] = True
        return np.flatnonzero(met)

    @cached_property
    def _extents(self) -> tuple[Floats, ...]:
        """West, south, east, north; not a number for what has no place."""
        names = ("min_lon", "min_lat", "max_lon", "max_lat")
        with self._database.asking() as cursor:
            found = cursor.execute(f"SELECT {', '.join(names)} FROM incident ORDER BY number").fetchnumpy()
        return tuple(np.ma.filled(np.ma.asarray(found[name], np.float64), np.nan) for name in names)

    @cached_property
    def _placeless(self) -> Numbers:
        return np.flatnonzero(np.isnan(self._extents[0]))

    @cached_property
    def _blocks(self) -> tuple[Floats, ...]:
        """The extents of blocks of rows; nothing meets one of placeless rows alone."""
        starts = np.arange(0, len(self._extents[0]), _BLOCK)
        if not len(starts):
            return (np.empty(0),) * 4
        west, south, east, north = self._extents
        return (
            np.fmin.reduceat(west, starts),
            np.fmin.reduceat(south, starts),
            np.fmax.reduceat(east, starts),
            np.fmax.reduceat(north, starts),
        )
