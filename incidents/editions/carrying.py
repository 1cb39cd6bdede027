"""The rows of GeoParquet carried over from an older edition's file, those made anew between them.

What a row says of itself stands there finished; only what hangs on its edition is said anew. It writes no file.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

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
    return pa.RecordBatchReader.from_batches(_SCHEMA, _merged(older, kept, made, places, anew))


def _merged(
    older: Path, kept: NDArray[np.bool_], made: Path, places: NDArray[np.int64], anew: Anew
) -> Iterator[pa.RecordBatch]:
    total = len(anew.added_in)
    with pq.ParquetFile(older) as old, pq.ParquetFile(made) as new:
        taken = Queue(_SCHEMA, old.iter_batches(_STEP, use_threads=False), kept)
        put = Queue(_SCHEMA, new.iter_batches(_STEP, use_threads=False))
        for start in range(0, total, _STEP):
            end = min(start + _STEP, total)
            here = places[slice(*np.searchsorted(places, (start, end)))] - start
            table = merge_rows(put.take(len(here)), here, taken.take(end - start - len(here)))
            # Whole: each piece would be a group of rows of its own in what is written.
            yield from _said_anew(table, start, anew).combine_chunks().to_batches()


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
    return pa.table([values.get(name, table[name]) for name in _SCHEMA.names], schema=_SCHEMA)
