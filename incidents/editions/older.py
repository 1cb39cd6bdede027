"""An older edition's file, from which rows are taken over untouched into a new one.

It tells which rows were made from what, by digests, and gives them; it decides nothing about which may stay public.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from incidents.editions.database import DATABASE, NUMBERED
from incidents.editions.errors import EditionDamaged
from incidents.editions.feature_texts import BEGINS, FEATURES, FeatureTexts
from incidents.editions.manifest import Manifest, hash_file, read_manifest
from incidents.editions.rows import BODY_SCHEMA, FEATURE, ROW_SCHEMA
from incidents.editions.schema import AGGREGATE_COLUMNS, FORMAT, REGION_COLUMNS

DIGEST_BYTES = 16
HASHED = (DATABASE, FEATURES, BEGINS)
"""Files whose hashes are compared with the manifest's whenever an older edition is opened."""

_CONFIG: Mapping[str, Any] = {"memory_limit": "160MB", "threads": 2}
_STEP = 8_192
_NO_DIGEST = bytes(DIGEST_BYTES)
_ID = np.dtype("S32")


class OlderEdition:
    """The newest edition, as far as the next one needs to know it."""

    def __init__(self, folder: Path) -> None:
        """Open it. Raises EditionDamaged for a file that is not what was published, or of another format."""
        self.folder = folder
        self.manifest: Manifest = read_manifest(folder)
        # Side by side: the two large ones take seconds each.
        with ThreadPoolExecutor(2) as hashing:
            as_published = self.manifest.format == FORMAT and all(hashing.map(self._is_as_published, HASHED))
        if not as_published:
            msg = f"edition {folder.name}: its rows cannot be taken over"
            raise EditionDamaged(msg)
        self._db = open_attached(folder / DATABASE, _CONFIG)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def find(self, digests: Sequence[bytes]) -> NDArray[np.int64]:
        """Give the numbers of the rows that were made from just this, -1 for each that is not here."""
        order, firsts, seconds = self._sorted
        if not len(order):
            return np.full(len(digests), -1, dtype=np.int64)
        first, second = _halves(np.frombuffer(b"".join(digests), dtype=np.uint8))
        at = np.minimum(np.searchsorted(firsts, first), len(order) - 1)
        # Two digests that begin alike would be one in a world of ages; then the row is made, which is always right.
        equal = (firsts[at] == first) & (seconds[at] == second)
        return np.where(equal, order[at], -1)

    def numbers(self, ids: Collection[str]) -> list[int]:
        """Give the numbers of the rows of those of the ids that have any."""
        rows = self._db.execute("SELECT number FROM incident WHERE list_contains(?::VARCHAR[], id)", [list(ids)])
        return [number for (number,) in rows.fetchall()]

    def not_plain(self) -> list[str]:
        """Give the ids of the rows that were made under a policy, or that do not say what they were made from."""
        made = f"octet_length(made_from) = {DIGEST_BYTES}" if "made_from" in self._names() else "false"
        rows = self._db.execute(f"SELECT id FROM incident WHERE policy IS NOT NULL OR {made} IS NOT true")
        return [id_ for (id_,) in rows.fetchall()]

    def regions(self) -> list[dict[str, Any]]:
        """Give the rows of its table of regions, by code."""
        rows = self._db.execute(f"SELECT {', '.join(REGION_COLUMNS)} FROM region ORDER BY code").fetchall()
        return [dict(zip(REGION_COLUMNS, row, strict=True)) for row in rows]

    def aggregates(self) -> dict[tuple[Any, ...], int]:
        """Give its counts of what is published in no row, by dataset, region, month and kind."""
        rows = self._db.execute(f"SELECT {', '.join(AGGREGATE_COLUMNS)} FROM aggregate").fetchall()
        return {row[:4]: row[4] for row in rows}

    def linked(self) -> dict[str, set[str]]:
        """Give the other ids of each row's group, where there are any."""
        rows = self._db.execute("SELECT id, same_as FROM incident WHERE len(same_as) > 0").fetchall()
        return {id_: set(others) for id_, others in rows}

    def find_open(self, ids: Collection[str]) -> set[str]:
        """Give those of the ids that have a row made under no policy."""
        question = (
            "SELECT id FROM incident WHERE policy IS NULL AND generalised IS NULL AND list_contains(?::VARCHAR[], id)"
        )
        return {id_ for (id_,) in self._db.execute(question, [sorted(ids)]).fetchall()}

    @cached_property
    def _sorted(self) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.uint64]]:
        """The rows' numbers in the order of their digests, and these in two halves. Who plans nothing needs none."""
        first, second = _halves(self._digests())
        order = np.argsort(first, kind="stable")
        return order, first[order], second[order]

    def _is_as_published(self, name: str) -> bool:
        said = self.manifest.files.get(name)
        return said is not None and hash_file(self.folder / name) == said["sha256"]

    def _names(self) -> set[str]:
        return {name for name, *_ in self._db.execute("DESCRIBE incident").fetchall()}

    def _digests(self) -> NDArray[np.uint8]:
        if "made_from" not in self._names():
            return np.empty(0, np.uint8)
        column = self._db.sql("SELECT coalesce(made_from, ''::BLOB) AS made_from FROM incident ORDER BY number")
        digests = column.to_arrow_table()["made_from"].combine_chunks()
        if len(digests) and pc.all(pc.equal(pc.binary_length(digests), DIGEST_BYTES)).as_py():
            fixed = digests.cast(pa.binary(DIGEST_BYTES))
            begin, end = fixed.offset * DIGEST_BYTES, (fixed.offset + len(fixed)) * DIGEST_BYTES
            return np.frombuffer(fixed.buffers()[1], dtype=np.uint8)[begin:end]
        whole = (digest if len(digest) == DIGEST_BYTES else _NO_DIGEST for digest in digests.to_pylist())
        return np.frombuffer(b"".join(whole), dtype=np.uint8)


class Queue:
    """Rows that come in batches, taken from the front in any numbers. kept: which of them, if not all."""

    def __init__(
        self, schema: pa.Schema, batches: Iterable[pa.RecordBatch], kept: NDArray[np.bool_] | None = None
    ) -> None:
        self._schema = schema
        self._batches = iter(batches) if kept is None else self._filtered(batches, kept)
        self._waiting: list[pa.Table] = []

    def take(self, count: int) -> pa.Table:
        """Give the next so many rows, with the columns and types of the schema."""
        have = sum(part.num_rows for part in self._waiting)
        while have < count:
            part = pa.Table.from_batches([next(self._batches)]).cast(self._schema)
            self._waiting.append(part)
            have += part.num_rows
        rows = pa.concat_tables([self._schema.empty_table(), *self._waiting])
        self._waiting = [rows.slice(count)]
        return rows.slice(0, count)

    @staticmethod
    def _filtered(batches: Iterable[pa.RecordBatch], kept: NDArray[np.bool_]) -> Iterator[pa.RecordBatch]:
        at = 0
        for batch in batches:
            here = kept[at : at + batch.num_rows]
            at += batch.num_rows
            yield batch if here.all() else batch.filter(pa.array(here))


class OlderRows:
    """The rows of an older edition's folder that are taken over: those whose numbers are marked in `kept`."""

    def __init__(self, folder: Path, kept: NDArray[np.bool_], config: Mapping[str, Any]) -> None:
        # Attached, since whoever reads that edition in this process has opened its file with other settings.
        self._db = open_attached(folder / DATABASE, config)
        self._texts = open_texts(folder)
        self._kept = kept
        self._rows = Queue(BODY_SCHEMA, ())

    def close(self) -> None:
        """Let go of the file."""
        self._rows = Queue(BODY_SCHEMA, ())
        self._db.close()

    @property
    def numbers(self) -> NDArray[np.int64]:
        """Give the numbers there of the rows that are kept, rising."""
        return np.flatnonzero(self._kept)

    def is_of_this_version(self) -> bool:
        """Whether its rows have all columns that rows have now."""
        return {*ROW_SCHEMA.names} - {FEATURE} <= self._names()

    def linked(self) -> dict[str, tuple[str, list[str]]]:
        """Give group and the others of it, by id, of each row that has any."""
        rows = self._db.execute("SELECT id, group_id, same_as FROM incident WHERE len(same_as) > 0").fetchall()
        return {id_: (group, others) for id_, group, others in rows}

    def pick(self, numbers: NDArray[np.int64]) -> pa.Table:
        """Give a few rows by their numbers, rising."""
        columns = ", ".join(name for name in BODY_SCHEMA.names if name != FEATURE)
        question = f"SELECT {columns} FROM incident WHERE {NUMBERED} ORDER BY number"
        found = self._db.sql(question, params=[numbers.tolist()]).to_arrow_table()
        at = BODY_SCHEMA.get_field_index(FEATURE)
        return found.add_column(at, FEATURE, self._texts.column(numbers)).cast(BODY_SCHEMA)

    def keys(self) -> pa.Table:
        """Give curve, id and `open` (made under no policy) of the rows that are kept, in the order of their numbers."""
        found = self._db.sql(
            "SELECT curve, id, policy IS NULL AND generalised IS NULL AS open FROM incident ORDER BY number"
        ).to_arrow_table()
        return found.filter(pa.array(self._kept))

    def begin(self) -> None:
        """Begin to read the rows themselves."""
        there = self._names()
        columns = (name if name in there else f"NULL AS {name}" for name in BODY_SCHEMA.names if name != FEATURE)
        # Rows lie in the order of their numbers.
        reader = self._db.sql(f"SELECT {', '.join(columns)} FROM incident").to_arrow_reader(_STEP)
        self._rows = Queue(BODY_SCHEMA, self._with_texts(reader), self._kept)

    def take(self, count: int) -> pa.Table:
        """Give the next so many of the rows that are kept."""
        return self._rows.take(count)

    def _names(self) -> set[str]:
        return {name for name, *_ in self._db.execute("DESCRIBE incident").fetchall()}

    def _with_texts(self, reader: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        at = 0
        for batch in reader:
            end = at + batch.num_rows
            texts = self._texts.column(np.arange(at, end))
            table = pa.Table.from_batches([batch])
            yield from table.add_column(BODY_SCHEMA.get_field_index(FEATURE), FEATURE, texts).to_batches()
            self._texts.let_go()
            at = end


def read_ids(column: pa.ChunkedArray) -> NDArray[np.bytes_]:
    """Give ids, all of 32 digits, in place where that can be."""
    ids = column.combine_chunks()
    ids = ids if isinstance(ids, pa.Array) else pa.concat_arrays(ids.chunks)
    if not len(ids) or ids.type != pa.string():
        return np.array(ids.to_pylist(), dtype=_ID)
    _, offsets, data = ids.buffers()
    begins = np.frombuffer(offsets, np.int32)[ids.offset : ids.offset + len(ids) + 1]
    if ids.null_count or not (np.diff(begins) == _ID.itemsize).all():
        return np.array(ids.to_pylist(), dtype=_ID)
    return np.frombuffer(data, _ID, len(ids), begins[0])


def open_texts(folder: Path) -> FeatureTexts:
    """Open the texts of an edition's features. Raises EditionDamaged."""
    try:
        return FeatureTexts(folder)
    except (OSError, ValueError) as error:
        msg = f"edition {folder.name}: one of its files is missing or cannot be read"
        raise EditionDamaged(msg) from error


def open_attached(database: Path, config: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
    """Open an edition's file for reading, whatever else in the process has it open. Raises EditionDamaged."""
    db = duckdb.connect(config=dict(config))
    try:
        path = str(database).replace("'", "''")
        db.execute(f"ATTACH '{path}' AS edition (READ_ONLY)")
        db.execute("USE edition")
    except duckdb.Error as error:
        db.close()
        msg = f"edition {database.parent.name}: one of its files is missing or cannot be read"
        raise EditionDamaged(msg) from error
    return db


def _halves(digests: NDArray[np.uint8]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    words = np.frombuffer(digests.tobytes(), dtype=np.uint64).reshape(-1, 2)
    return words[:, 0].copy(), words[:, 1].copy()
