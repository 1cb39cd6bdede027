"""The rows of an edition as tables have them: neighbours from its own GeoParquet, scattered ones by a question.

It selects nothing: it is told which rows.
"""

import mmap
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from incidents.editions.columns import Numbers
from incidents.editions.database import NUMBERED, PATIENCE_S, WAIT_S, Database
from incidents.editions.errors import EditionDamaged
from incidents.editions.feature_texts import FeatureTexts
from incidents.editions.flat import AREA, FLAT_SCHEMA, GEOMETRY, select_flat
from incidents.editions.schema import PARQUET

_SCHEMA = FLAT_SCHEMA.append(GEOMETRY)
_WITH_AREAS = pa.schema([*_SCHEMA, *AREA])
# What a link begins with is the reader's to say.
_KEPT = [name for name in _SCHEMA.names if name != "url"]
# Unpacking a whole group takes as long as asking for this share of its rows; opening the file, for so many rows.
_SHARE = 16
_FEW = 500
# Who is given a table makes texts of it, and holds all of them until they are sent.
_MOST = 4_096
_AREAS = (
    "SELECT area_code AS area, draw_lon AS disc_lon, draw_lat AS disc_lat, draw_radius_m AS disc_radius_m "
    "FROM incident WHERE number BETWEEN ? AND ? ORDER BY number"
)


@dataclass(frozen=True, slots=True, eq=False)
class _Groups:
    """The file, opened. begins: the number of each group's first row, and how many rows there are."""

    file: Any
    begins: Numbers


class FlatRows:
    """The rows of one edition; safe for several threads. hidden: ids that no answer names."""

    def __init__(self, folder: Path, database: Database, features: FeatureTexts, hidden: Sequence[str]) -> None:
        """Map the file into memory, if there is one. Raises OSError, or ValueError where it is empty."""
        self._name = folder.name
        self._whole: mmap.mmap | None = None
        with suppress(FileNotFoundError), (folder / PARQUET).open("rb") as file:
            self._whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._database = database
        self._features = features
        self._hidden = list(hidden)
        # Several blocks made at once would need more memory than all questions together have.
        self._turn = threading.Lock()

    def tables(self, numbers: Numbers, edition: str, address: str, *, areas: bool = False) -> Iterator[pa.Table]:
        """Give rows by their numbers, rising: FLAT_SCHEMA and the geometry, block by block; none is empty.

        address: what comes before the id in each row's permalink. areas: whether the columns of AREA come, too.
        """
        schema, waits_s = _WITH_AREAS if areas else _SCHEMA, WAIT_S
        groups = self._open() if len(numbers) >= _FEW else None
        for group, some in _split(numbers, groups):
            with self._turn:
                if groups is None or group is None:
                    table = self._ask(some, edition, address, waits_s, areas=areas)
                else:
                    table = self._read(groups, group, some, address)
                    table = self._add_areas(table, some, waits_s) if areas else table
            waits_s = PATIENCE_S
            for start in range(0, len(some), _MOST):
                yield table.slice(start, _MOST).select(schema.names).cast(schema)
            del table
            # What many readers' blocks have left free between each other's is given back: it would add up.
            pa.default_memory_pool().release_unused()

    def _open(self) -> _Groups | None:
        """Open the file; None where there is none, or not with the columns of now, as an earlier version wrote it."""
        if self._whole is None:
            return None
        import pyarrow.parquet as pq  # noqa: PLC0415 - who is asked for maps alone never needs it

        with self._reading():
            file = pq.ParquetFile(pa.BufferReader(pa.py_buffer(self._whole)))
        there = {field.name: field.type for field in file.schema_arrow}
        if any(there.get(field.name) != field.type for field in _SCHEMA):
            return None
        sizes = [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)]
        if sum(sizes) != len(self._features):
            raise self._damaged()
        return _Groups(file, np.cumsum([0, *sizes]))

    def _read(self, groups: _Groups, group: int, numbers: Numbers, address: str) -> pa.Table:
        with self._reading():
            table = groups.file.read_row_group(group, columns=_KEPT, use_threads=False)
        # Pages that were read count as this process's memory until then.
        if self._whole is not None:
            with suppress(OSError):
                self._whole.madvise(mmap.MADV_DONTNEED)
        if len(numbers) < len(table):
            table = table.take(pa.array(numbers - groups.begins[group]))
        if self._hidden:
            at = table.schema.get_field_index("same_as")
            table = table.set_column(at, "same_as", self._shown(table.column(at)))
        return table.append_column("url", pc.binary_join_element_wise(address, table.column("id"), ""))

    def _shown(self, linked: pa.ChunkedArray) -> pa.Array:
        hidden = set(self._hidden)
        return pa.array([[one for one in some if one not in hidden] for some in linked.to_pylist()], linked.type)

    def _add_areas(self, table: pa.Table, numbers: Numbers, waits_s: float) -> pa.Table:
        first, last = int(numbers[0]), int(numbers[-1])
        with self._database.asking(waits_s) as cursor:
            areas = cursor.sql(_AREAS, params=[first, last]).to_arrow_table()
        if len(numbers) < len(areas):
            areas = areas.take(pa.array(numbers - first))
        for name in AREA.names:
            table = table.append_column(name, areas.column(name))
        return table

    def _ask(self, numbers: Numbers, edition: str, address: str, waits_s: float, *, areas: bool) -> pa.Table:
        select, values = select_flat(edition, address, self._hidden, f"WHERE {NUMBERED} ORDER BY number", areas=areas)
        with self._database.asking(waits_s) as cursor:
            cursor.register("told", pa.table({"feature": self._features.column(numbers)}))
            table = cursor.sql(select, params=[*values, numbers.tolist()]).to_arrow_table()
        self._features.let_go()
        return table

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (OSError, pa.ArrowInvalid) as error:
            raise self._damaged() from error

    def _damaged(self) -> EditionDamaged:
        return EditionDamaged(f"edition {self._name}: one of its files cannot be read")


def _split(numbers: Numbers, groups: _Groups | None) -> Iterator[tuple[int | None, Numbers]]:
    """Give rows in blocks: a group of the file and the rows in it, or None and few rows of several groups."""
    begun = 0
    places = np.searchsorted(numbers, groups.begins).tolist() if groups else []
    sizes = np.diff(groups.begins).tolist() if groups else []
    for group, ((first, end), size) in enumerate(zip(pairwise(places), sizes, strict=True)):
        if (end - first) * _SHARE >= size:
            yield from ((None, some) for some in _pieces(numbers[begun:first]))
            yield group, numbers[first:end]
            begun = end
    yield from ((None, some) for some in _pieces(numbers[begun:]))


def _pieces(numbers: Numbers) -> Iterator[Numbers]:
    for start in range(0, len(numbers), _MOST):
        yield numbers[start : start + _MOST]
