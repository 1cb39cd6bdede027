"""Gathers selected rows into the cells of a grid that is fixed to the world, for maps of any number of incidents.

It draws nothing. Rows lie along a space-filling curve, so that neighbours in the columns are mostly in one cell: runs
of them are reduced first, and cells are made of runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geodata.precision import Precision
from incidents.editions.blocks import blocks
from incidents.editions.columns import Bits, Ints, Numbers
from incidents.editions.compact import dump_json
from incidents.editions.grids import WORLD, Grid
from incidents.editions.linking import Carriers, begins_of
from incidents.editions.selecting import Selected
from incidents.editions.tallying import Tallier, Totals

FAMILIES = ("air", "ground", "people", "diplomacy", "sea", "arms", "other")
"""What groups kinds for the eye; the order of the counts in a cell."""

_OF_FIRST = ("kind", "precision", "pattern", "radius", "earliest", "latest")
COLUMNS = (
    *("cell", "rows", "count", "patterns", *FAMILIES),
    *("x", "west", "east", "y", "north", "south", "coarse", "first", *_OF_FIRST),
)
"""What is known of a cell, in order."""

# Where rows lie apart, means are rounded to a part of a cell of so many bits, a twentieth of a pixel, and their spread
# to a larger one: what nobody sees would be most of an answer's bytes.
_MEAN_BITS = 8
_SPREAD_BITS = 5
_CODES = 16
_ABOUT = b"bearing"
# What is kept of each run of rows, in which type, and how rows and runs are reduced to it.
_REDUCED: dict[str, tuple[type[np.integer[Any]], np.ufunc]] = {
    "first": (np.int64, np.minimum),
    "x": (np.int64, np.add),
    "west": (np.int32, np.minimum),
    "east": (np.int32, np.maximum),
    "y": (np.int64, np.add),
    "north": (np.int32, np.minimum),
    "south": (np.int32, np.maximum),
    "finest": (np.uint8, np.minimum),
}

Array = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Areas:
    """Regions that stand for rows. places: among the terms' regions.

    counts: of each rows, incidents, patterns by what carries them, rows by family.
    """

    places: Numbers
    codes: tuple[str, ...]
    counts: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """Neighbours in one cell, of one block of rows. cell, values: of each run; cells, codes: of each row."""

    cell: Ints
    values: dict[str, Array]
    cells: npt.NDArray[np.uint16]
    codes: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """What lies in the cells, by name of the column, a value for each cell that has rows, in the order of cells.

    cell: (row - first row) * width + column - first column. rows: how many. count, patterns: incidents and patterns,
    by the row that carries them. One column for each of FAMILIES: rows. x, y: their mean; west, north, east, south:
    their spread, in units of the columns. coarse: 1 where none claims a point. first: the lowest number, and of that
    row kind, precision, pattern, radius, earliest, latest. totals: of the whole filter, not of the cells.
    areas: what is counted by each region that stands for rows. kinds: what the column `kind` indexes.
    """

    grid: Grid
    columns: dict[str, Array]
    totals: Totals
    areas: Areas
    kinds: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """Write an Arrow IPC stream, each column as narrow as its values allow, with nothing that readers can work out.

        step: from the cell before. further: rows that neither count as an incident nor as a pattern, being counted
        elsewhere. x, y: -1 where rows lie apart. Only where they do: mean_x, mean_y in 256ths and west, east, north,
        south in 32nds of a cell (of the power of two that holds it). Only where they do not: precision, radius. Only
        for one row alone: first, kind, pattern, earliest, latest. Else 0. Areas: steps among the terms' regions, and
        their counts.
        """
        known = self.columns
        apart, alone = _lie_apart(known), known["rows"] == 1
        found = {
            "step": np.diff(known["cell"], prepend=0),
            "further": known["rows"] - known["count"] - known["patterns"],
            **{name: known[name] for name in ("patterns", *FAMILIES, "coarse")},
        }
        begins = dict(zip(("x", "y"), _edges(known["cell"], self.grid), strict=True))
        mean, spread = _shifts(self.grid)
        for axis, low, high in (("x", "west", "east"), ("y", "north", "south")):
            begin = begins[axis][0]
            found[axis] = np.where(apart, -1, known[axis])
            found[f"mean_{axis}"] = np.where(apart, (known[axis] - begin) >> mean, 0)
            for name in (low, high):
                found[name] = np.where(apart, (known[name] - begin) >> spread, 0)
        found |= {name: np.where(apart, 0, known[name]) for name in ("precision", "radius")}
        found |= {name: np.where(alone, known[name], 0) for name in ("first", "kind", "pattern", "earliest", "latest")}
        rows, incidents, patterns, *families = self.areas.counts.T
        areas = {
            "step": np.diff(self.areas.places, prepend=0),
            "further": rows - incidents - patterns,
            "patterns": patterns,
            **dict(zip(FAMILIES, families, strict=True)),
        }
        about = {
            **self.totals.to_json(),
            "kinds": self.kinds,
            "areas": {name: counts.tolist() for name, counts in areas.items()},
        }
        arrays = {name: pa.array(_narrow(values)) for name, values in found.items()}
        fields = [pa.field(name, values.type, nullable=False) for name, values in arrays.items()]
        schema = pa.schema(fields, metadata={_ABOUT: dump_json(about).encode()})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, schema) as writer:
            writer.write_batch(pa.record_batch(list(arrays.values()), schema=schema))
        held: bytes = sink.getvalue().to_pybytes()
        return held


class Clusterer:
    """Clusters the rows of one edition; safe for several threads."""

    def __init__(self, tallier: Tallier, families: Sequence[str]) -> None:
        """Keep what counts a selection as a whole. families: of each of the terms' kinds."""
        self._tallier = tallier
        self._columns = tallier.columns
        self._families = [FAMILIES.index(family) for family in families]

    def cluster(self, selected: Selected, grid: Grid) -> Clusters:
        """Gather the selected rows that lie in the grid's cells and have a place of their own."""
        mask = selected.mask
        carriers = self._tallier.linked.carriers(mask)
        totals = self._tallier.totals(selected, carriers)
        seen = self._in_view(mask, grid)
        return Clusters(
            grid, self._gather(seen, carriers, grid), totals, self._areas(mask, carriers), self._columns.terms.kinds
        )

    def _in_view(self, mask: Bits, grid: Grid) -> Bits:
        x, y = self._columns.x, self._columns.y
        seen = mask & self._placed
        west, east = grid.begin(grid.first_column), grid.begin(grid.last_column + 1)
        north, south = grid.begin(grid.first_row), grid.begin(grid.last_row + 1)
        if grid.width < grid.across:
            seen &= (x >= west) | (x < east) if west >= east else (x >= west) & (x < east)
        if south - north < WORLD:
            seen &= (y >= north) & (y < south)
        return seen

    def _gather(self, seen: Bits, carriers: Carriers, grid: Grid) -> dict[str, Array]:
        runs = [run for part in blocks(len(seen)) if (run := self._runs(seen, part, grid)) is not None]
        if not runs:
            return {name: np.zeros(0, dtype=np.int32) for name in COLUMNS}
        run_cells = np.concatenate([run.cell for run in runs])
        # Sixteen bits are sorted by radix.
        order = np.argsort(run_cells.astype(np.uint16), kind="stable")
        in_order = run_cells[order]
        begins = begins_of(in_order)
        cells = in_order[begins]

        def reduce(name: str) -> Array:
            values = np.concatenate([run.values[name] for run in runs])[order]
            reduced: Array = _REDUCED[name][1].reduceat(values, begins)
            return reduced

        found = {name: reduce(name) for name in _REDUCED}
        by_code = self._count_codes(runs, cells, grid)
        incidents, patterns = by_code[:, 0::2], by_code[:, 1::2]
        rows = by_code.sum(axis=1)
        for axis in ("x", "y"):
            found[axis] //= rows
        _round(found, cells, grid)
        # Those that are the same are counted by one row alone.
        further_incidents = self._count_in(cells, carriers.other_incidents, seen, grid)
        further_patterns = self._count_in(cells, carriers.other_patterns, seen, grid)
        found |= {
            "cell": cells,
            "rows": rows,
            "count": incidents.sum(axis=1) - further_incidents,
            "patterns": patterns.sum(axis=1) - further_patterns,
            **{name: incidents[:, at] + patterns[:, at] for at, name in enumerate(FAMILIES)},
            "coarse": (found["finest"] > Precision.NEAR.rank).astype(np.uint8),
            **{name: getattr(self._columns, name)[found["first"]] for name in _OF_FIRST},
        }
        return {name: found[name] for name in COLUMNS}

    def _runs(self, seen: Bits, part: slice, grid: Grid) -> _Runs | None:
        """Reduce the rows of a block to runs of neighbours in the same cell; None where it has no row."""
        columns = self._columns
        numbers = np.flatnonzero(seen[part])
        if not len(numbers):
            return None
        x, y = columns.x[part][numbers], columns.y[part][numbers]
        cell = _cell_of(x, y, grid)
        begins = begins_of(cell)
        given = {
            "first": numbers + part.start,
            "x": x,
            "west": x,
            "east": x,
            "y": y,
            "north": y,
            "south": y,
            "finest": columns.precision[part][numbers],
        }
        values = {
            name: how.reduceat(given[name], begins, dtype=np.int64 if how is np.add else None).astype(type_)
            for name, (type_, how) in _REDUCED.items()
        }
        return _Runs(cell[begins], values, cell.astype(np.uint16), self._coded[part][numbers])

    def _count_codes(self, runs: Sequence[_Runs], cells: Array, grid: Grid) -> Numbers:
        """Count rows by the place of their cell among `cells` and by their code."""
        place_of = np.zeros(grid.cells, dtype=np.int32)
        place_of[cells] = np.arange(len(cells)) * _CODES
        total = np.zeros(len(cells) * _CODES, dtype=np.int64)
        for run in runs:
            total += np.bincount(place_of[run.cells] + run.codes, minlength=len(total))
        return total.reshape(-1, _CODES)

    def _count_in(self, cells: Array, rows: Ints, seen: Bits, grid: Grid) -> Numbers:
        """Count some rows by the place of their cell among `cells`."""
        rows = rows[seen[rows]]
        cell = _cell_of(self._columns.x[rows], self._columns.y[rows], grid)
        return np.bincount(np.searchsorted(cells, cell), minlength=len(cells))

    def _areas(self, mask: Bits, carriers: Carriers) -> Areas:
        area = self._columns.area
        rows = self._area_rows[mask[self._area_rows]]
        most = len(self._codes_of_regions)
        coded = area[rows].astype(np.int32) * _CODES + self._coded[rows]
        by_code = np.bincount(coded, minlength=most * _CODES).reshape(-1, _CODES)

        def count(further: Ints) -> Numbers:
            at = area[further]
            return np.bincount(at[at >= 0], minlength=most)

        incidents, patterns = by_code[:, 0::2], by_code[:, 1::2]
        counts = np.column_stack(
            (
                by_code.sum(axis=1),
                incidents.sum(axis=1) - count(carriers.other_incidents),
                patterns.sum(axis=1) - count(carriers.other_patterns),
                (incidents + patterns)[:, : len(FAMILIES)],
            )
        )
        held = np.flatnonzero(counts[:, 0])
        return Areas(held, tuple(self._codes_of_regions[held].tolist()), counts[held])

    @cached_property
    def _codes_of_regions(self) -> npt.NDArray[np.object_]:
        return np.array([region.code for region in self._columns.terms.regions], dtype=object)

    @cached_property
    def _placed(self) -> Bits:
        return np.asarray((self._columns.area < 0) & (self._columns.x >= 0))

    @cached_property
    def _area_rows(self) -> Numbers:
        return np.flatnonzero(self._columns.area >= 0)

    @cached_property
    def _coded(self) -> npt.NDArray[np.uint8]:
        """Of each row 2 * family + pattern."""
        table = np.array([*(2 * family for family in self._families), 0], dtype=np.uint8)
        return np.take(table, self._columns.kind, mode="clip") + self._columns.pattern


def _cell_of(x: Ints, y: Ints, grid: Grid) -> Ints:
    column = x.astype(np.int64)
    column *= grid.across
    column >>= 31
    column -= grid.first_column
    if grid.first_column > grid.last_column:
        column %= grid.across
    row = y.astype(np.int64)
    row *= grid.across
    row >>= 31
    row -= grid.first_row
    row *= grid.width
    row += column
    return row.astype(np.int32)


def _lie_apart(found: dict[str, Array]) -> Bits:
    """Tell of which cells the rows do not all lie in one place."""
    return np.asarray((found["west"] != found["east"]) | (found["north"] != found["south"]))


def _edges(cells: Array, grid: Grid) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Give the least and the greatest x of each cell, and y."""
    column = grid.first_column + cells.astype(np.int64) % grid.width
    if grid.first_column > grid.last_column:
        column %= grid.across
    row = grid.first_row + cells.astype(np.int64) // grid.width
    x, y = ((-(-line * WORLD // grid.across), -(-(line + 1) * WORLD // grid.across) - 1) for line in (column, row))
    return x, y


def _shifts(grid: Grid) -> tuple[int, int]:
    """Give by how many bits means and spreads are rounded."""
    bits = (-(-WORLD // grid.across) - 1).bit_length()
    return max(0, bits - _MEAN_BITS), max(0, bits - _SPREAD_BITS)


def _round(found: dict[str, Array], cells: Array, grid: Grid) -> None:
    """Round means, and the spread outwards within the cell, but for cells whose rows all lie in one place."""
    apart = _lie_apart(found)
    mean, spread = _shifts(grid)
    by_axis = zip((("x", "west", "east"), ("y", "north", "south")), _edges(cells, grid), strict=True)
    for (middle, low, high), (least, most) in by_axis:
        at, first, last = (found[name].astype(np.int64) - least for name in (middle, low, high))
        rounded = (at >> mean << mean) + ((1 << mean) >> 1)
        found[middle] = np.where(apart, np.minimum(least + rounded, most), found[middle])
        found[low] = np.where(apart, least + (first >> spread << spread), found[low])
        found[high] = np.where(apart, np.minimum(least + ((last >> spread) + 1 << spread) - 1, most), found[high])


def _narrow(values: Array) -> Array:
    """Give the same values in the narrowest type that holds them, signed only where one is negative."""
    if not len(values):
        return values.astype(np.uint8)
    low, high = int(values.min()), int(values.max())
    types = (np.uint8, np.uint16, np.uint32) if low >= 0 else (np.int8, np.int16, np.int32)
    return values.astype(next(type_ for type_ in types if np.iinfo(type_).min <= low and high <= np.iinfo(type_).max))
