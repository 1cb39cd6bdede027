"""Gathers selected rows into the cells of a grid that is fixed to the world, for maps of any number of incidents.

It draws nothing. What goes through rows one by one is in `sweeping`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geodata.precision import Precision
from incidents.editions.bitmaps import Words, pack
from incidents.editions.columns import Bits, Columns, Numbers
from incidents.editions.compact import dump_json
from incidents.editions.compiling import MANY_ROWS, Held, Runner, as_unwritten, preparation
from incidents.editions.grids import Grid
from incidents.editions.reaching import Reach
from incidents.editions.selecting import Selected
from incidents.editions.sweeping import (
    CELL,
    FAMILIES,
    SENT,
    Boxes,
    Placed,
    Records,
    box_words,
    gather,
    gather_areas,
    name_numbers,
    tabulate,
)
from incidents.editions.tallying import Tallier, Totals

_OF_FIRST = ("kind", "precision", "pattern", "radius", "earliest", "latest")
_ABOUT = b"bearing"
# From narrow to wide, those without a sign first.
_TYPES = [
    (type_, int(np.iinfo(type_).min), int(np.iinfo(type_).max))
    for type_ in (np.uint8, np.uint16, np.uint32, np.int8, np.int16, np.int32)
]
_ARROW: dict[type[np.integer[Any]], pa.DataType] = {type_: pa.from_numpy_dtype(type_) for type_, _, _ in _TYPES}

Array = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Areas:
    """Regions that stand for rows. places: among the terms' regions, whose codes known has. found: AREA of each."""

    places: Numbers
    known: npt.NDArray[np.object_]
    found: Records

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the regions."""
        return tuple(self.known[self.places].tolist())

    @property
    def counts(self) -> Numbers:
        """Of each rows, incidents, patterns by what carries them, rows by family."""
        return _number_lines(self.found)


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """What lies in the cells. found: CELL of each that has rows, in the order of cells. rows: of the edition.

    totals: of the whole filter, not of the cells. areas: what is counted by each region that stands for rows, wherever;
    told: which of them a map of these cells says something of.
    """

    grid: Grid
    found: Records
    rows: Columns
    totals: Totals
    areas: Areas
    told: Bits
    runner: Runner

    @property
    def kinds(self) -> tuple[str, ...]:
        """What the column `kind` indexes."""
        return self.rows.terms.kinds

    @property
    def columns(self) -> dict[str, Array]:
        """What lies in the cells, by name of the column.

        cell: (row - first row) * width + column - first column. rows: how many. count, patterns: incidents and
        patterns, by the row that carries them. One column for each of FAMILIES: rows. x, y: their mean; west, north,
        east, south: their spread, in units of the columns. coarse: 1 where none claims a point. first: the lowest
        number, and of that row kind, precision, pattern, radius, earliest, latest.
        """
        lines = zip(name_numbers(CELL), _number_lines(self.found).T, strict=True)
        return {**dict(lines), **{name: getattr(self.rows, name)[self.found["first"]] for name in _OF_FIRST}}

    def to_bytes(self) -> bytes:
        """Write an Arrow IPC stream, each column as narrow as its values allow, with nothing that readers can work out.

        step: from the cell before. further: rows that neither count as an incident nor as a pattern, being counted
        elsewhere. x, y: 0 where rows lie apart, else from the cell's edge, and 1. Only where they do: mean_x, mean_y in
        64ths and west, east, north, south in 32nds of a cell (of the power of two that holds it). Only where they do
        not: precision, radius. Only for one row alone: first, kind, pattern, earliest, latest. Else 0. The last rows,
        as many as `areas` says, are areas: their steps among the terms' regions, and their counts. Left out are those
        of the finest level that, with what they are part of, lie nowhere near the cells.
        """
        places = self.areas.places[self.told]
        rows = self.rows
        of_rows = (
            *(as_unwritten(rows.kind), as_unwritten(rows.precision), as_unwritten(rows.pattern)),
            *(as_unwritten(rows.radius), as_unwritten(rows.earliest), as_unwritten(rows.latest)),
        )
        areas = self.areas.found[self.told]
        found = as_unwritten(self.found), as_unwritten(places), as_unwritten(areas)
        sent = self.runner.run(tabulate)(*found, of_rows, _tell(self.grid))
        arrays = [_wrap(values) for values in _narrow(_number_lines(sent))]
        names = name_numbers(SENT)
        fields = [pa.field(name, values.type, nullable=False) for name, values in zip(names, arrays, strict=True)]
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
        self._rows: _Rows | None = None

    def cluster(self, selected: Selected, grid: Grid) -> Clusters:
        """Gather the selected rows that lie in the grid's cells and have a place of their own."""
        rows = self._hold_rows()
        run, hold = rows.runner.run, rows.runner.hold
        chosen = selected.without()
        further = self._tallier.linked.further(chosen)
        more = hold(further.incidents), hold(further.patterns)
        cells = run(gather)(hold(chosen & rows.own), rows.placed, rows.boxes, more, _tell(grid))
        regions = len(self._codes_of_regions)
        found = run(gather_areas)(hold(chosen & self._area_rows), rows.area, rows.placed[2], more, regions)
        places = np.flatnonzero(found["rows"])
        return Clusters(
            grid,
            cells,
            self._columns,
            self._tallier.totals(selected, further),
            Areas(places, self._codes_of_regions, found[places]),
            self._reach.meet(grid)[places],
            rows.runner,
        )

    def _hold_rows(self) -> "_Rows":
        """Give the rows as they are read at present: many by what is compiled, from when on that is ready."""
        is_compiled = len(self._columns) >= MANY_ROWS and preparation.is_done()
        rows = self._rows
        if rows is None or rows.runner.is_compiled != is_compiled:
            rows = self._rows = _Rows(self._columns, self._families, Runner(is_compiled=is_compiled))
        return rows

    @cached_property
    def _codes_of_regions(self) -> npt.NDArray[np.object_]:
        return np.array([region.code for region in self._columns.terms.regions], dtype=object)

    @cached_property
    def _area_rows(self) -> Words:
        """The rows for which a region stands."""
        return pack((self._columns.area >= 0) & (self._columns.area < len(self._columns.terms.regions)))


class _Rows:
    """The rows of an edition as a runner holds them."""

    def __init__(self, columns: Columns, families: Sequence[int], runner: Runner) -> None:
        """Keep the columns. families: of each kind."""
        self.runner = runner
        self._columns = columns
        self._families = families

    @cached_property
    def own(self) -> Words:
        """Those that have a place of their own."""
        return pack((self._columns.area < 0) & (self._columns.x >= 0) & (self._columns.y >= 0))

    @cached_property
    def boxes(self) -> Boxes:
        """The boxes of those, as box_words has them."""
        x, y, _, _ = self.placed
        return self.runner.run(box_words)(self.runner.hold(self.own), x, y)

    @cached_property
    def area(self) -> Held:
        """The region that stands for each."""
        return self.runner.hold(self._columns.area)

    @cached_property
    def placed(self) -> Placed:
        """Where each lies, and what it is."""
        columns = self._columns
        # A row that was taken back has a kind, too, where no other is left that has any.
        families = np.take(np.array([*self._families, 0], dtype=np.uint8), columns.kind, mode="clip")
        patterns, claiming = columns.pattern > 0, columns.precision <= Precision.NEAR.rank
        sets = [*(families == family for family in range(len(FAMILIES))), patterns, claiming]
        hold = self.runner.hold
        codes = 4 * families + 2 * patterns + claiming
        return hold(columns.x), hold(columns.y), hold(codes.astype(np.uint8)), hold(np.stack([*map(pack, sets)]))


def _tell(grid: Grid) -> tuple[int, int, int, int, int]:
    """Give a grid as what is compiled takes it."""
    return grid.across, grid.first_column, grid.first_row, grid.last_column, grid.last_row


def _number_lines(records: Records) -> Numbers:
    """Give records as numbers, a line for each."""
    return records.view(np.int64).reshape(len(records), records.dtype.itemsize // 8)


def _wrap(values: Array) -> pa.Array:
    """Give values as an array of Arrow over the same memory, of which nothing must be found out first."""
    return pa.Array.from_buffers(_ARROW[values.dtype.type], len(values), [None, pa.py_buffer(values)])


def _narrow(table: Numbers) -> Iterator[Array]:
    """Give each column in the narrowest type that holds its values, signed only where one is negative."""
    lows, highs = (how(axis=0, initial=0).tolist() for how in (table.min, table.max))
    for values, low, high in zip(table.T, lows, highs, strict=True):
        yield values.astype(next(type_ for type_, least, most in _TYPES if least <= low and high <= most))
