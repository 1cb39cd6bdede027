"""The rows of GeoParquet carried over from an older edition's file, those made anew between them.

What a row says of itself stands there finished; only what hangs on its edition is said anew. It writes no file.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from incidents.editions.copying import Copies
from incidents.editions.flat import FLAT_SCHEMA, GEOMETRY
from incidents.editions.older import Queue

_SCHEMA = FLAT_SCHEMA.append(GEOMETRY)
_STEP = 8_192


@dataclass(frozen=True, slots=True, eq=False)
class Anew:
    """What a row hangs on its edition for: its name, and by the rows' numbers their dates and links.

    linked: the other ids of each row that has any.
    """

    edition: str
    added_in: NDArray[np.int32]
    changed_in: NDArray[np.int32]
    linked: Mapping[int, Sequence[str]]


def can_carry(path: Path, rows: int) -> bool:
    """Whether a file has so many rows, with just the columns that rows have now."""
    try:
        with pq.ParquetFile(path) as file:
            there = [(field.name, field.type) for field in file.schema_arrow]
            return there == [(field.name, field.type) for field in _SCHEMA] and file.metadata.num_rows == rows
    except (OSError, pa.ArrowInvalid):
        return False


def carry(
    older: Path, kept: NDArray[np.bool_], made: Path, places: NDArray[np.int64], anew: Anew
) -> pa.RecordBatchReader:
    """Give all rows of an edition in their order: those of an older file that are kept, and made ones at their places.

    made: a file of the rows made anew, in their order; places: their numbers, rising.
    """

    def batches() -> Iterator[pa.RecordBatch]:
        with pq.ParquetFile(made) as new:
            rows = new.iter_batches(_STEP, use_threads=False)
            yield from _merged(older, kept, rows, places, partial(_said_anew, anew=anew))

    return pa.RecordBatchReader.from_batches(_SCHEMA, batches())


def carry_runs(older: Path, copies: Copies, put: pa.Table, edition: str) -> pa.RecordBatchReader:
    """Give all rows of an edition in their order: those of an older file that stand in runs, and the others between.

    put: the others as such a file has them, in their order. Of the rows in runs nothing but the edition's name is said
    anew: those whose dates or links are other ones now are among the others.
    """

    def say(table: pa.Table, _: int) -> pa.Table:
        return _said(table, {"edition": pa.array([edition] * table.num_rows, pa.string())})

    with pq.ParquetFile(older) as old:
        kept = copies.kept(old.metadata.num_rows)
    return pa.RecordBatchReader.from_batches(_SCHEMA, _merged(older, kept, put.to_batches(), copies.places, say))


def _merged(
    older: Path,
    kept: NDArray[np.bool_],
    made: Iterable[pa.RecordBatch],
    places: NDArray[np.int64],
    say: Callable[[pa.Table, int], pa.Table],
) -> Iterator[pa.RecordBatch]:
    total = int(np.count_nonzero(kept)) + len(places)
    with pq.ParquetFile(older) as old:
        taken = Queue(_SCHEMA, old.iter_batches(_STEP, use_threads=False), kept)
        put = Queue(_SCHEMA, made)
        for start in range(0, total, _STEP):
            end = min(start + _STEP, total)
            here = places[slice(*np.searchsorted(places, (start, end)))] - start
            table = merge_rows(put.take(len(here)), here, taken.take(end - start - len(here)))
            # Whole: each piece would be a group of rows of its own in what is written.
            yield from say(table, start).combine_chunks().to_batches()


def merge_rows(made: pa.Table, places: NDArray[np.int64], taken: pa.Table) -> pa.Table:
    """Put made rows at their places, counted from the first row, and taken ones in their order at all others."""
    if not made.num_rows:
        return taken
    order = np.full(made.num_rows + taken.num_rows, -1, dtype=np.int64)
    order[places] = np.arange(made.num_rows)
    order[order < 0] = made.num_rows + np.arange(taken.num_rows)
    return pa.concat_tables([made, taken]).take(pa.array(order))


def _said_anew(table: pa.Table, start: int, anew: Anew) -> pa.Table:
    numbers = range(start, start + table.num_rows)
    linked = [list(anew.linked.get(number, ())) for number in numbers]
    values = {
        "edition": pa.array([anew.edition] * table.num_rows, pa.string()),
        "added_in": pa.array(anew.added_in[start : start + table.num_rows].astype(np.int64)),
        "changed_in": pa.array(anew.changed_in[start : start + table.num_rows].astype(np.int64)),
        "same_as": pa.array(linked, pa.list_(pa.string())),
    }
    return _said(table, values)


def _said(table: pa.Table, values: Mapping[str, pa.Array]) -> pa.Table:
    return pa.table([values.get(name, table[name]) for name in _SCHEMA.names], schema=_SCHEMA)
