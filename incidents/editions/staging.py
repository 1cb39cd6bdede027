"""Rows of an edition in the making: staged as they come, then given in the order of their numbers.

Rows of an older edition's file are merged in between, untouched. Memory is bounded whatever the number of rows. It
decides neither what is published nor how a row is made.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from incidents.editions.carrying import merge_rows
from incidents.editions.dating import Dating
from incidents.editions.older import OlderRows
from incidents.editions.rows import BODY_SCHEMA, ROW_SCHEMA, STAGED_SCHEMA

_ID = "S32"
# How many rows are put into their order and given at once.
_SPAN = 8_192
_POSITION = "position"


@dataclass(frozen=True, slots=True)
class _Keys:
    """What is known of rows while they are staged. open: made under no policy, so that their links may be shown."""

    curve: NDArray[np.int64]
    id: NDArray[np.bytes_]
    open: NDArray[np.bool_]


class Staging:
    """Takes rows, keeps them in files of a folder of its own, and gives all of them in the order of their numbers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._named = 0
        self._files: list[tuple[Path, int]] = []
        self._keys: list[_Keys] = []
        self._older: OlderRows | None = None
        self._links: dict[str, tuple[str, ...]] = {}
        self.made_at = np.empty(0, dtype=np.int64)
        """Numbers of the rows that were not taken over, rising; known when all rows were given."""

    def close(self) -> None:
        """Let go of the older edition's file."""
        if self._older is not None:
            self._older.close()

    def files(self) -> Iterator[Path]:
        """Give names for files of rows, each once."""
        while True:
            self._named += 1
            yield self._folder / f"staged-{self._named}.arrow"

    def add(self, table: pa.Table) -> None:
        """Stage rows."""
        path = next(self.files())
        write_rows(path, table)
        self.add_file(path)

    def add_file(self, path: Path) -> None:
        """Stage the rows that `write_rows` wrote to a file of the folder."""
        with pa.memory_map(str(path)) as file:
            table = pa.ipc.open_file(file).read_all()
            linked = table.filter(pc.greater(pc.list_value_length(table["links"]), 0)).select(["id", "links"])
            self._links |= {row["id"]: tuple(row["links"]) for row in linked.to_pylist()}
            is_open = pc.and_(pc.is_null(table["policy"]), pc.is_null(table["generalised"]))
            self._keys.append(_keys(table.select(["curve", "id"]).append_column("open", is_open)))
            self._files.append((path, table.num_rows))

    def take_over(self, older: OlderRows) -> None:
        """Merge rows of an older edition's file in between."""
        self._older = older

    def link(self, links: Mapping[str, Collection[str]]) -> None:
        """Say which ids are one incident, of any of all rows, beside what the staged rows say themselves."""
        self._links |= {id_: tuple(others) for id_, others in links.items()}

    def rows(self, dating: Dating) -> Iterator[pa.RecordBatch]:
        """Give all rows with the columns of ROW_SCHEMA, in the order of their numbers: by curve, then by id."""
        older = _keys(self._older.keys()) if self._older is not None else None
        keys = _joined([*([older] if older is not None else []), *self._keys])
        inherited = len(older.id) if older is not None else 0
        words = keys.id.view(">u8").reshape(-1, 4)
        order = np.lexsort((words[:, 3], words[:, 2], words[:, 1], words[:, 0], keys.curve))
        position = np.empty(len(order), dtype=np.int64)
        position[order] = np.arange(len(order))
        groups = list(self._groups(keys))
        linked = {int(position[row]): (group, rest) for row, group, rest in groups}
        joined = dating.joined_anew({keys.id[row].decode(): rest for row, _, rest in groups})
        rejoined = np.sort(position[list(_find(keys.id, joined).values())]) if joined else np.empty(0, np.int64)
        if self._older is not None:
            self._older.begin()
        self.made_at = np.sort(position[inherited:])
        for start, made in self._spans(position[inherited:], len(order)):
            end = min(start + _SPAN, len(order))
            table = dating.date(made.select(BODY_SCHEMA.names))
            if made.num_rows < end - start:
                assert self._older is not None  # noqa: S101 - only older rows fill the gaps
                taken = self._older.take(end - start - made.num_rows)
                table = merge_rows(table, made[_POSITION].to_numpy() - start, taken)
            if len(here := rejoined[slice(*np.searchsorted(rejoined, (start, end)))]):
                table = _changed(table, here - start, dating.number)
            yield from _numbered(table, start, linked).to_batches(max_chunksize=_SPAN)

    def _groups(self, keys: _Keys) -> Iterator[tuple[int, str, list[str]]]:
        """Join rows that are both here and under no policy by their links, both ways: row, group's id, the others."""
        if not self._links:
            return
        named = {*self._links, *(other for others in self._links.values() for other in others)}
        row_of = {id_: row for id_, row in _find(keys.id, named).items() if keys.open[row]}
        pairs = (
            (one, other)
            for one, others in self._links.items()
            for other in others
            if one in row_of and other in row_of and one != other
        )
        for group in join_linked(pairs):
            for member in group:
                yield row_of[member], group[0], [other for other in group if other != member]

    def _spans(self, position: NDArray[np.int64], total: int) -> Iterator[tuple[int, pa.Table]]:
        """Give the staged rows of each span of positions, in order, with their positions."""
        parts = max(1, -(-total // _SPAN))
        schema = STAGED_SCHEMA.append(pa.field(_POSITION, pa.int64()))
        paths = [self._folder / f"span-{part}.arrows" for part in range(parts)]
        writers: dict[int, pa.ipc.RecordBatchStreamWriter] = {}
        at = 0
        for path, count in self._files:
            places = position[at : at + count]
            at += count
            with pa.memory_map(str(path)) as file:
                table = pa.ipc.open_file(file).read_all().append_column(_POSITION, pa.array(places))
                for part in np.unique(places // _SPAN).tolist():
                    if part not in writers:
                        writers[part] = pa.ipc.new_stream(str(paths[part]), schema)
                    writers[part].write_table(table.filter(pa.array(places // _SPAN == part)))
            path.unlink()
        for writer in writers.values():
            writer.close()
        for part, path in enumerate(paths):
            if part not in writers:
                yield part * _SPAN, schema.empty_table()
                continue
            with pa.OSFile(str(path)) as file:
                table = pa.ipc.open_stream(file).read_all()
            path.unlink()
            yield part * _SPAN, table.take(pa.array(np.argsort(table[_POSITION].to_numpy())))


def write_rows(path: Path, table: pa.Table) -> None:
    """Write rows with the columns of STAGED_SCHEMA to a file for `Staging.add_file`."""
    with pa.ipc.new_file(str(path), STAGED_SCHEMA) as writer:
        writer.write_table(table)


def _keys(table: pa.Table) -> _Keys:
    return _Keys(
        table["curve"].to_numpy().astype(np.int64),
        np.array(table["id"].to_pylist(), dtype=_ID),
        table["open"].combine_chunks().to_numpy(zero_copy_only=False).astype(np.bool_),
    )


def _joined(keys: Collection[_Keys]) -> _Keys:
    return _Keys(
        np.concatenate([np.empty(0, np.int64), *(one.curve for one in keys)]),
        np.concatenate([np.empty(0, _ID), *(one.id for one in keys)]),
        np.concatenate([np.empty(0, np.bool_), *(one.open for one in keys)]),
    )


def _find(ids: NDArray[np.bytes_], wanted: Collection[str]) -> dict[str, int]:
    """Give the row of each wanted id that is here."""
    # The ids are random, so that a part of each is enough to pass over almost all rows.
    tails = np.ascontiguousarray(ids.view(">u8").reshape(-1, 4)[:, 3])
    sought = np.array(sorted(wanted), dtype=_ID).view(">u8").reshape(-1, 4)[:, 3]
    found = {ids[row].decode(): int(row) for row in np.flatnonzero(np.isin(tails, sought))}
    return {id_: row for id_, row in found.items() if id_ in wanted}


def _changed(table: pa.Table, rows: NDArray[np.int64], number: int) -> pa.Table:
    """Say of some rows that an edition changed them."""
    changed = table["changed_in"].to_numpy().copy()
    changed[rows] = number
    at = table.schema.get_field_index("changed_in")
    return table.set_column(at, table.schema.field(at), pa.array(changed))


def _numbered(table: pa.Table, start: int, linked: Mapping[int, tuple[str, list[str]]]) -> pa.Table:
    """Fill in what only all rows together tell: each row's number, its group, and the others of it."""
    count = table.num_rows
    group, same_as = table["id"], pa.array([[]] * count, pa.list_(pa.string()))
    here = [row for row in range(start, start + count) if row in linked] if linked else []
    if here:
        groups, others = group.to_pylist(), [list[str]() for _ in range(count)]
        for row in here:
            groups[row - start], others[row - start] = linked[row]
        group, same_as = pa.array(groups, pa.string()), pa.array(others, pa.list_(pa.string()))
    values: dict[str, Callable[[], Any]] = {
        "number": lambda: pa.array(np.arange(start, start + count, dtype=np.int32)),
        "group_id": lambda: group,
        "same_as": lambda: same_as,
    }
    columns = [values[name]() if name in values else table[name] for name in ROW_SCHEMA.names]
    return pa.table(columns, schema=ROW_SCHEMA)


def join_linked(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Give the sorted groups that the pairs join."""
    leader: dict[str, str] = {}

    def find(member: str) -> str:
        leader.setdefault(member, member)
        while leader[member] != member:
            leader[member] = leader[leader[member]]
            member = leader[member]
        return member

    for one, other in pairs:
        first, second = sorted((find(one), find(other)))
        leader[second] = first
    groups: dict[str, list[str]] = {}
    for member in sorted(leader):
        groups.setdefault(find(member), []).append(member)
    return list(groups.values())
