"""Gathers selected rows into the cells of a grid that is fixed to the world, for maps of any number of incidents.

It draws nothing. Rows lie along a space-filling curve, so that neighbours in the columns are mostly in one cell: what
is selected is counted run by run of them, and cells are made of runs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geodata.precision import Precision
from incidents.editions.bitmaps import Bounds, Words, count, first_from, pack, pack_rows, rows_of
from incidents.editions.columns import Bits, Bytes, Ints, Numbers
from incidents.editions.compact import dump_json
from incidents.editions.grids import WORLD, Grid
from incidents.editions.laying import Laying, Runs, is_within, number_cells
from incidents.editions.linking import Further, begins_of
from incidents.editions.reaching import Reach
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

# What is sent of a cell where it has one row alone, and all that is sent, in order.
_OF_ONE = ("first", "kind", "pattern", "earliest", "latest")
_SENT = (
    *("step", "further", "patterns", *FAMILIES, "coarse"),
    *("x", "mean_x", "west", "east", "y", "mean_y", "north", "south", "precision", "radius", *_OF_ONE),
)
# Where rows lie apart, means are rounded to a part of a cell of so many bits, a fifth of a pixel, and their spread to a
# larger one: what nobody sees would be most of an answer's bytes.
_MEAN_BITS = 6
_SPREAD_BITS = 5
_CODES = 4 * len(FAMILIES)
# A row costs so many times as much as a spot.
_FEW = 2
_ABOUT = b"bearing"
# From narrow to wide, those without a sign first.
_TYPES = [
    (type_, int(np.iinfo(type_).min), int(np.iinfo(type_).max))
    for type_ in (np.uint8, np.uint16, np.uint32, np.int8, np.int16, np.int32)
]
_ARROW: dict[type[np.integer[Any]], pa.DataType] = {type_: pa.from_numpy_dtype(type_) for type_, _, _ in _TYPES}
# How the places of rows, and of runs of them, are reduced.
_REDUCED: dict[str, np.ufunc] = {
    "x": np.add,
    "west": np.minimum,
    "east": np.maximum,
    "y": np.add,
    "north": np.minimum,
    "south": np.maximum,
}

Array = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Areas:
    """Regions that stand for rows. places: among the terms' regions, whose codes known has.

    counts: of each rows, incidents, patterns by what carries them, rows by family.
    """

    places: Numbers
    known: npt.NDArray[np.object_]
    counts: Numbers

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the regions."""
        return tuple(self.known[self.places].tolist())


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """What a grid shows of selected rows that have a place of their own (chosen): runs of neighbours in one cell.

    numbers: of those runs that have any, rising; rows: how many; cell: of each run.
    bounds: of stretches of rows, among which the runs are (held); seen: which of them are runs; counted: rows of each.
    """

    chosen: Words
    numbers: Numbers
    rows: Ints
    cell: Ints
    bounds: Bounds
    held: Numbers
    seen: Bits
    counted: Ints

    def find(self) -> Numbers:
        """Find the rows of the runs, rising."""
        return self.bounds.rows_of(self.chosen)[np.repeat(self.seen, self.counted)]

    def count(self, words: Words) -> Ints:
        """Count by run those that are in another set, too."""
        chosen = self.chosen & words
        if not chosen.any():
            return np.zeros_like(self.rows)
        return self.bounds.count(chosen)[self.held]


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """Where the rows of the runs stand: points, each for so many rows from `row` on (times), or for that row (None).

    begins: the first point of each run.
    """

    x: Ints
    y: Ints
    times: Ints | None
    row: Numbers
    begins: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """What lies in the cells, by name of the column, a value for each cell that has rows, in the order of cells.

    cell: (row - first row) * width + column - first column. rows: how many. count, patterns: incidents and patterns,
    by the row that carries them. One column for each of FAMILIES: rows. x, y: their mean; west, north, east, south:
    their spread, in units of the columns. coarse: 1 where none claims a point. first: the lowest number, and of that
    row kind, precision, pattern, radius, earliest, latest. totals: of the whole filter, not of the cells.
    areas: what is counted by each region that stands for rows, wherever; told: which of them a map of these cells says
    something of. kinds: what the column `kind` indexes.
    """

    grid: Grid
    columns: dict[str, Array]
    totals: Totals
    areas: Areas
    told: Bits
    kinds: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """Write an Arrow IPC stream, each column as narrow as its values allow, with nothing that readers can work out.

        step: from the cell before. further: rows that neither count as an incident nor as a pattern, being counted
        elsewhere. x, y: 0 where rows lie apart, else from the cell's edge, and 1. Only where they do: mean_x, mean_y in
        64ths and west, east, north, south in 32nds of a cell (of the power of two that holds it). Only where they do
        not: precision, radius. Only for one row alone: first, kind, pattern, earliest, latest. Else 0. The last rows,
        as many as `areas` says, are areas: their steps among the terms' regions, and their counts. Left out are those
        of the finest level that, with what they are part of, lie nowhere near the cells.
        """
        known, places = self.columns, self.areas.places[self.told]
        cells = len(known["cell"])
        table = np.zeros((len(_SENT), cells + len(places)), dtype=np.int64)
        line = dict(zip(_SENT, table, strict=True))
        # What is counted is so of cells and areas alike.
        rows, incidents, patterns, *families = self.areas.counts[self.told].T
        for name, of_cells, of_areas in (
            ("step", _steps(known["cell"]), _steps(places)),
            ("further", known["rows"] - known["count"] - known["patterns"], rows - incidents - patterns),
            ("patterns", known["patterns"], patterns),
            *((name, known[name], of) for name, of in zip(FAMILIES, families, strict=True)),
        ):
            line[name][:cells], line[name][cells:] = of_cells, of_areas
        apart = _lie_apart(known)
        mean, spread = _shifts(self.grid)
        begins = _edges(known["cell"], self.grid)
        for (axis, low, high), (begin, _) in zip((("x", "west", "east"), ("y", "north", "south")), begins, strict=True):
            at = known[axis] - begin
            np.add(at, 1, out=line[axis][:cells], where=~apart)
            np.right_shift(at, mean, out=line[f"mean_{axis}"][:cells], where=apart)
            for name in (low, high):
                np.right_shift(known[name] - begin, spread, out=line[name][:cells], where=apart)
        line["coarse"][:cells] = known["coarse"]
        for names, where in ((("precision", "radius"), ~apart), (_OF_ONE, known["rows"] == 1)):
            for name in names:
                np.copyto(line[name][:cells], known[name], where=where)
        arrays = [_wrap(values) for values in _narrow(table)]
        fields = [pa.field(name, values.type, nullable=False) for name, values in zip(_SENT, arrays, strict=True)]
        about = {**self.totals.to_json(), "kinds": self.kinds, "areas": len(places)}
        schema = pa.schema(fields, metadata={_ABOUT: dump_json(about).encode()})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, schema) as writer:
            writer.write_batch(pa.record_batch(arrays, schema=schema))
        held: bytes = sink.getvalue().to_pybytes()
        return held


class Clusterer:
    """Clusters the rows of one edition; safe for several threads."""

    def __init__(self, tallier: Tallier, families: Sequence[str], reach: Reach) -> None:
        """Keep what counts a selection as a whole. families: of each of the terms' kinds."""
        self._tallier = tallier
        self._columns = tallier.columns
        self._reach = reach
        self._families = [FAMILIES.index(family) for family in families]

    def cluster(self, selected: Selected, grid: Grid) -> Clusters:
        """Gather the selected rows that lie in the grid's cells and have a place of their own."""
        chosen = selected.without()
        further = self._tallier.linked.further(chosen)
        totals = self._tallier.totals(selected, further)
        areas = self._areas(chosen, further)
        cells = self._gather(chosen & self._laying.placed, further, grid)
        return Clusters(grid, cells, totals, areas, self._reach.meet(grid)[areas.places], self._columns.terms.kinds)

    def _gather(self, chosen: Words, further: Further, grid: Grid) -> dict[str, Array]:
        runs = self._laying.runs(grid.across)
        view = _look(chosen, self._laying, runs, grid)
        if view is None:
            return {name: np.zeros(0, dtype=np.int32) for name in COLUMNS}
        points = self._find_points(view, runs)
        # Sixteen bits are sorted by radix.
        order = np.argsort(view.cell.astype(np.uint16), kind="stable")
        in_order = view.cell[order]
        begins = begins_of(in_order)
        cells = in_order[begins]

        found: dict[str, Array] = {}
        for name, how in _REDUCED.items():
            values = points.x if name in {"x", "west", "east"} else points.y
            if how is np.add:
                values = values.astype(np.int64) * (1 if points.times is None else points.times)
            found[name] = how.reduceat(how.reduceat(values, points.begins)[order], begins)
        rows = np.add.reduceat(view.rows[order].astype(np.int64), begins)
        for axis in ("x", "y"):
            found[axis] //= rows
        _round(found, cells, grid)
        # Runs and points lie in the order of rows: a cell's first row is the first of its first point.
        first = points.row[points.begins[order[begins]]]
        found["first"] = first if points.times is None else first_from(chosen, first)
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.repeat(np.arange(len(cells)), np.diff(begins, append=len(order)))
        *families, patterns, claiming, further_incidents, further_patterns = self._tally(
            view, points, place, len(cells), further
        )
        found |= {
            "cell": cells,
            "rows": rows,
            "count": rows - patterns - further_incidents,
            "patterns": patterns - further_patterns,
            **dict(zip(FAMILIES, families, strict=True)),
            "coarse": (claiming == 0).astype(np.uint8),
            **{name: getattr(self._columns, name)[found["first"]] for name in _OF_FIRST},
        }
        return {name: found[name] for name in COLUMNS}

    def _tally(self, view: _View, points: _Points, place: Numbers, cells: int, further: Further) -> Sequence[Numbers]:
        """Count by cell the rows of each family, patterns, rows that claim a point, and further incidents and patterns.

        Those that are the same are counted by one row alone. place: each run's cell. The rows themselves are counted
        where they are the points, else sets of them.
        """
        if points.times is not None:
            rest = (pack_rows(rows, len(self._columns)) for rows in (further.incidents, further.patterns))
            *families, patterns, claiming, more, again = (
                _add(view.count(words), place, cells) for words in (*self._sets, *rest)
            )
            # The rows that are left are of the last family.
            return [*families, _add(view.rows, place, cells) - sum(families), patterns, claiming, more, again]
        cell = np.repeat(place, view.rows)
        coded = cell + np.multiply(self._coded[points.row], cells, dtype=np.int64)
        by_code = np.bincount(coded, minlength=_CODES * cells).reshape(len(FAMILIES), 2, 2, cells)
        by_claim = by_code.sum(axis=0)
        more, again = (
            np.bincount(cell[_find(rows, points.row)], minlength=cells)
            for rows in (further.incidents, further.patterns)
        )
        return [*by_code.sum(axis=(1, 2)), by_claim[1].sum(axis=0), by_claim[:, 1].sum(axis=0), more, again]

    def _find_points(self, view: _View, runs: Runs) -> _Points:
        """Find where the rows of some runs stand: by row where they are few, else by spot."""
        laying = self._laying
        begin, end = int(view.numbers[0]), int(view.numbers[-1]) + 1
        if int(view.rows.sum()) * _FEW <= int(runs.spots[end] - runs.spots[begin]):
            rows = view.find()
            at = laying.spots_of(rows)
            return _Points(laying.x[at], laying.y[at], None, rows, np.cumsum(view.rows) - view.rows)
        # From the first run that is seen to the last; all of them, whose bounds are known, where that is most.
        if int(runs.spots[end] - runs.spots[begin]) * _FEW > len(laying.x):
            begin, end = 0, len(runs.row)
        spots = runs.spots[begin : end + 1]
        bounds = laying.bounds if len(spots) == len(runs.spots) else Bounds(laying.spots[spots[0] : spots[-1] + 1])
        times = bounds.count(view.chosen)
        if len(view.numbers) < len(spots) - 1:
            seen = np.zeros(len(spots) - 1, dtype=bool)
            seen[view.numbers - begin] = True
            times *= np.repeat(seen, np.diff(spots))
        stands = np.flatnonzero(times)
        begins = np.searchsorted(stands, spots[view.numbers - begin] - spots[0])
        at = stands + spots[0]
        return _Points(laying.x[at], laying.y[at], times[stands], laying.spots[at], begins)

    def _areas(self, chosen: Words, further: Further) -> Areas:
        there = chosen & self._area_rows
        most = 2 * count(there) > count(self._area_rows)
        by_code = self._count_areas(rows_of(self._area_rows & ~chosen if most else there))
        if most:
            by_code = self._areas_of_all - by_code
        total = by_code.sum(axis=(0, 1))
        held = np.flatnonzero(total)
        total, by_code = total[held], by_code[:, :, held]
        patterns = by_code[:, 1].sum(axis=0)

        def count_held(rows: Ints) -> Numbers:
            at = self._columns.area[rows]
            return np.bincount(at[at >= 0], minlength=len(self._codes_of_regions))[held]

        counts = np.concatenate(
            [
                (
                    total,
                    total - patterns - count_held(further.incidents),
                    patterns - count_held(further.patterns),
                ),
                by_code.sum(axis=1),
            ]
        )
        return Areas(held, self._codes_of_regions, counts.T)

    def _count_areas(self, rows: Numbers) -> Numbers:
        """Count rows for which a region stands by family, whether they are patterns, and region."""
        most = len(self._codes_of_regions)
        codes = (self._coded[rows] >> 1).astype(np.int64) * most + self._columns.area[rows]
        return np.bincount(codes, minlength=2 * len(FAMILIES) * most).reshape(len(FAMILIES), 2, most)

    @cached_property
    def _codes_of_regions(self) -> npt.NDArray[np.object_]:
        return np.array([region.code for region in self._columns.terms.regions], dtype=object)

    @cached_property
    def _area_rows(self) -> Words:
        """The rows for which a region stands."""
        return pack(self._columns.area >= 0)

    @cached_property
    def _areas_of_all(self) -> Numbers:
        return self._count_areas(rows_of(self._area_rows))

    @cached_property
    def _coded(self) -> Bytes:
        """Of each row 4 * family, 2 for a pattern, 1 where it claims a point."""
        columns = self._columns
        # A row that was taken back has a kind, too, where no other is left that has any.
        code = np.take(
            np.array([*(4 * family for family in self._families), 0], dtype=np.uint8), columns.kind, mode="clip"
        )
        return code + 2 * columns.pattern + (columns.precision <= Precision.NEAR.rank)

    @cached_property
    def _sets(self) -> list[Words]:
        """The rows of each family but the last, patterns, and rows that claim a point."""
        code = self._coded
        return [*(pack(code >> 2 == at) for at in range(len(FAMILIES) - 1)), pack(code & 2 > 0), pack(code & 1 > 0)]

    @cached_property
    def _laying(self) -> Laying:
        return Laying(self._columns)


def _add(by_run: Ints, place: Numbers, cells: int) -> Numbers:
    """Add what was counted by run by the place of each run's cell."""
    held = np.flatnonzero(by_run)
    added = np.bincount(place[held], weights=by_run[held], minlength=cells)
    return added.astype(np.int64)


def _look(chosen: Words, laying: Laying, runs: Runs, grid: Grid) -> _View | None:
    """Give what a grid shows of selected rows that have a place of their own; None where that is nothing."""
    is_seen = is_within(runs.column, runs.row, grid)
    # Bounds are where a run that is seen begins, and where it ends.
    edges = np.zeros(len(runs.spots), dtype=bool)
    edges[:-1] = is_seen
    edges[1:] |= is_seen
    at = np.flatnonzero(edges)
    if not len(at):
        return None
    bounds = Bounds(laying.spots[runs.spots[at]])
    counted = bounds.count(chosen)
    seen = is_seen[at[:-1]]
    held = np.flatnonzero(seen & (counted > 0))
    if not len(held):
        return None
    numbers = at[held]
    cell = number_cells(runs.column[numbers], runs.row[numbers], grid)
    return _View(chosen, numbers, counted[held], cell, bounds, held, seen, counted)


def _lie_apart(found: dict[str, Array]) -> Bits:
    """Tell of which cells the rows do not all lie in one place."""
    return np.asarray((found["west"] != found["east"]) | (found["north"] != found["south"]))


def _edges(cells: Array, grid: Grid) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Give the least and the greatest x of each cell, and y."""
    row, column = np.divmod(cells, grid.width)
    columns = (grid.first_column + np.arange(grid.width)) % grid.across
    rows = np.arange(grid.first_row, grid.last_row + 1)
    # Of each line once, since dividing takes its time.
    x, y = (
        (_begin(lines, grid)[at], _begin(lines + 1, grid)[at] - 1) for lines, at in ((columns, column), (rows, row))
    )
    return x, y


def _begin(lines: Numbers, grid: Grid) -> Numbers:
    """Give what Grid.begin does, of several lines."""
    found: Numbers = -(-lines * WORLD // grid.across)
    return found


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


def _steps(rising: Array) -> Array:
    """Give the step from each number to the next, to the first from 0."""
    steps = rising.copy()
    steps[1:] -= rising[:-1]
    return steps


def _find(rows: Ints, rising: Numbers) -> Numbers:
    """Give where those of some rows stand that others have."""
    at = np.minimum(np.searchsorted(rising, rows), len(rising) - 1)
    found: Numbers = at[rising[at] == rows]
    return found


def _wrap(values: Array) -> pa.Array:
    """Give values as an array of Arrow over the same memory, of which nothing must be found out first."""
    return pa.Array.from_buffers(_ARROW[values.dtype.type], len(values), [None, pa.py_buffer(values)])


def _narrow(table: Numbers) -> Iterator[Array]:
    """Give each line in the narrowest type that holds its values, signed only where one is negative."""
    lows, highs = (how(axis=1, initial=0).tolist() for how in (table.min, table.max))
    for values, low, high in zip(table, lows, highs, strict=True):
        yield values.astype(next(type_ for type_, least, most in _TYPES if least <= low and high <= most))
