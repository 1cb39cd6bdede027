"""An edition's rows laid on grids: which neighbours among them stand in one spot, and which spots lie in one cell.

It selects and counts nothing: what it finds hangs on the columns and the grid alone, so that it is found once.
"""

import threading
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from incidents.editions.bitmaps import Bounds, Ranks, Words, pack, pack_rows
from incidents.editions.columns import Bits, Columns, Ints, Numbers
from incidents.editions.grids import Grid
from incidents.editions.linking import begins_of

# Of all the grids that are kept together, twelve bytes each; the last one is always kept.
_MOST_RUNS = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Neighbours in one cell, for each column and row of a grid that is not cut off.

    spots: the first of each, and at the end how many spots there are.
    """

    spots: Ints
    column: Ints
    row: Ints


class Laying:
    """Lays the rows of one edition that have a place of their own; safe for several threads.

    placed: those rows. spots: the first row of each spot, which goes on to the next one's, and at the end how many rows
    the edition has. x, y: of each spot.
    """

    def __init__(self, columns: Columns) -> None:
        """Find the spots."""
        is_placed = (columns.area < 0) & (columns.x >= 0)
        rows = np.flatnonzero(is_placed)
        x, y = columns.x[rows], columns.y[rows]
        begins = begins_of(x.astype(np.int64) << 31 | y)
        self.placed: Words = pack(is_placed)
        self.spots: Ints = np.append(rows[begins], len(columns)).astype(np.int32)
        self.x: Ints = x[begins]
        self.y: Ints = y[begins]
        self._kept: dict[int, Runs] = {}
        self._lock = threading.Lock()

    @cached_property
    def bounds(self) -> Bounds:
        """The spots, to count by."""
        return Bounds(self.spots)

    def spots_of(self, rows: Numbers) -> Numbers:
        """Give the spots of some of those rows: there are so few that they stay at hand, as places of rows do not."""
        return self._ranks.last_up_to(rows)

    @cached_property
    def _ranks(self) -> Ranks:
        return Ranks(pack_rows(self.spots[:-1], int(self.spots[-1])))

    def runs(self, across: int) -> Runs:
        """Give the runs of a grid that divides the world so, from those that are kept or anew."""
        with self._lock:
            found = self._kept.pop(across, None)
            if found is not None:
                self._kept[across] = found
        if found is None:
            column, row = lines_of(self.x, across), lines_of(self.y, across)
            begins = begins_of(row.astype(np.int64) * across + column)
            spots = np.append(begins, len(self.x)).astype(np.int32)
            found = Runs(spots, column[begins], row[begins])
            with self._lock:
                self._kept[across] = found
                while len(self._kept) > 1 and sum(len(one.row) for one in self._kept.values()) > _MOST_RUNS:
                    self._kept.pop(next(iter(self._kept)))
        return found


def lines_of(at: Ints, across: int) -> Ints:
    """Give the columns of values of x, or the rows of values of y."""
    return (at.astype(np.int64) * across >> 31).astype(np.int32)


def is_within(column: Ints, row: Ints, grid: Grid) -> Bits:
    """Tell which of some cells the grid has."""
    found = (row >= grid.first_row) & (row <= grid.last_row)
    if grid.first_column > grid.last_column:
        found &= (column >= grid.first_column) | (column <= grid.last_column)
    else:
        found &= (column >= grid.first_column) & (column <= grid.last_column)
    return np.asarray(found)


def number_cells(column: Ints, row: Ints, grid: Grid) -> Ints:
    """Give the numbers of cells that the grid has, row by row."""
    return (row - grid.first_row) * grid.width + (column - grid.first_column) % grid.across
