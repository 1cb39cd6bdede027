"""An edition's rows copied from an older edition's in the runs that they stand in there, and made ones put between.

Where almost all rows stay, this takes less than half of the work of giving each of them. It makes no row and orders
none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from incidents.editions.database import DATABASE
from incidents.editions.feature_texts import FeatureTexts, FeatureTextsWriter
from incidents.editions.rows import FEATURE, ROW_SCHEMA

_BLOCK = 8_192
_OLDER = "older"
_PUT = "put"


@dataclass(frozen=True, slots=True)
class Run:
    """Rows that stand together in both editions: begin and end in the older one, and the first one's number here."""

    begin: int
    end: int
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Copies:
    """What makes up all rows: runs of an older edition's, and the others, with the columns of ROW_SCHEMA, in order."""

    runs: Sequence[Run]
    put: pa.Table

    @property
    def places(self) -> NDArray[np.int64]:
        """The numbers of the rows between the runs, rising."""
        return np.asarray(self.put["number"].to_numpy().astype(np.int64))

    def kept(self, rows: int) -> NDArray[np.bool_]:
        """Tell which of the older edition's rows, so many, are in a run."""
        found = np.zeros(rows, dtype=np.bool_)
        for run in self.runs:
            found[run.begin : run.end] = True
        return found


def find_runs(there: NDArray[np.int64], here: NDArray[np.int64]) -> list[Run]:
    """Find the runs of rows, given their numbers in the older edition, rising, and here."""
    cuts = np.flatnonzero((np.diff(there) != 1) | (np.diff(here) != 1)) + 1
    bounds = [0, *cuts.tolist(), len(there)] if len(there) else []
    return [Run(int(there[begin]), int(there[end - 1]) + 1, int(here[begin])) for begin, end in pairwise(bounds)]


def copy_rows(db: duckdb.DuckDBPyConnection, *, older: Path, copies: Copies) -> None:
    """Write all rows to the table `incident` of the database in use. older: a folder. Raises duckdb.Error."""
    path = str(older / DATABASE).replace("'", "''")
    db.execute(f"ATTACH '{path}' AS {_OLDER} (READ_ONLY)")
    db.register(_PUT, copies.put.drop_columns([FEATURE]))
    # One question, whose parts are given in their order, and one thread: two would each write blocks of their own, many
    # of which are written again.
    (threads,) = db.execute("SELECT current_setting('threads')").fetchall()[0]
    db.execute("SET threads = 1")
    db.execute("INSERT INTO incident " + " UNION ALL ".join(_pieces(copies)))
    db.execute(f"SET threads = {threads}")
    db.unregister(_PUT)
    db.execute(f"DETACH {_OLDER}")


def copy_texts(older: Path, copies: Copies, texts: FeatureTextsWriter) -> None:
    """Write the texts of the features of all rows. Raises OSError, ValueError."""
    told, put = FeatureTexts(older), 0
    for run, between in _in_order(copies):
        texts.add(copies.put[FEATURE].slice(put, between).combine_chunks())
        put += between
        for block in told.blocks(np.arange(run.begin, run.end), _BLOCK):
            texts.add(block)


def _in_order(copies: Copies) -> Iterator[tuple[Run, int]]:
    """Give each run with the number of rows that are put before it; the last one, empty, ends all."""
    at = put = 0
    for run in copies.runs:
        yield run, run.number - at
        put += run.number - at
        at = run.number + run.end - run.begin
    yield Run(0, 0, at + copies.put.num_rows - put), copies.put.num_rows - put


def _pieces(copies: Copies) -> Iterator[str]:
    names = [name for name in ROW_SCHEMA.names if name != FEATURE]
    for run, between in _in_order(copies):
        if between:
            where = f"number BETWEEN {run.number - between} AND {run.number - 1}"
            yield f"SELECT {', '.join(names)} FROM {_PUT} WHERE {where}"
        if run.end > run.begin:
            moved = f"(number + {run.number - run.begin})::INTEGER AS number"
            columns = (moved if name == "number" else name for name in names)
            where = f"rowid BETWEEN {run.begin} AND {run.end - 1}"
            yield f"SELECT {', '.join(columns)} FROM {_OLDER}.incident WHERE {where}"
