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
from incidents.editions.copying import Copies, find_runs
from incidents.editions.dating import Dating
from incidents.editions.older import OlderRows, read_ids
from incidents.editions.rows import BODY_SCHEMA, ROW_SCHEMA, STAGED_SCHEMA

_ID = "S32"
# How many rows are put into their order and given at once.
_SPAN = 8_192
_POSITION = "position"
# Of more rows, or runs between them, each costs more than it saves.
_FEW = 4_000
_MOST_RUNS = 64


@dataclass(frozen=True, slots=True)
class _Keys:
    """What is known of rows while they are staged. open: made under no policy, so that their links may be shown."""

    curve: NDArray[np.int64]
    id: NDArray[np.bytes_]
    open: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where rows stand.

    inherited: how many are taken over. position: of these, in their order, then of the staged ones. linked: group and
    the others of it, by position. rejoined: positions of the rows whose groups are not what they were, rising. again:
    which of those that are taken over, rising, do not say all that they said.
    """

    inherited: int
    position: NDArray[np.int64]
    linked: Mapping[int, tuple[str, list[str]]]
    rejoined: NDArray[np.int64]
    again: NDArray[np.int64]


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
        """Numbers of the rows that were not taken over, rising; known when all are laid out."""

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

    def lay_out(self, dating: Dating) -> Layout:
        """Find where each row will stand: by curve, then by id."""
        older = _keys(self._older.keys()) if self._older is not None else _joined([])
        staged = _joined(self._keys)
        position, keys, inherited = _places(older, staged), _joined([older, staged]), len(older.id)
        groups = list(self._groups(keys))
        linked = {keys.id[row].decode(): (group, rest) for row, group, rest in groups}
        joined = dating.joined_anew({id_: rest for id_, (_, rest) in linked.items()})
        rejoined = np.array(sorted(_find(keys.id, joined).values()), np.int64)
        before = self._older.linked() if self._older is not None else {}
        otherwise = {id_ for id_ in {*linked, *before} if linked.get(id_) != before.get(id_)}
        again = np.union1d(
            np.array([*_find(older.id, otherwise).values()], np.int64), rejoined[rejoined < inherited]
        ).astype(np.int64)
        self.made_at = np.sort(position[inherited:])
        by_place = {int(position[row]): (group, rest) for row, group, rest in groups}
        return Layout(inherited, position, by_place, np.sort(position[rejoined]), again)

    def copies(self, layout: Layout, dating: Dating) -> Copies | None:
        """Give the rows as runs of the older edition's and few others; None where these are not few, or not known."""
        older = self._older
        if (
            older is None
            or not len(layout.position)
            or not older.is_of_this_version()
            or len(self.made_at) + len(layout.again) > _FEW
        ):
            return None
        there, here = older.numbers, layout.position[: layout.inherited]
        stays = np.ones(len(there), dtype=np.bool_)
        stays[layout.again] = False
        runs = find_runs(there[stays], here[stays])
        if len(runs) > _MOST_RUNS:
            return None
        made = [older.pick(there[layout.again])]
        for path, _ in self._files:
            with pa.memory_map(str(path)) as file:
                made.append(dating.date(pa.ipc.open_file(file).read_all().select(BODY_SCHEMA.names)))
        places = np.concatenate([here[layout.again], layout.position[layout.inherited :]])
        order = np.argsort(places)
        table = pa.concat_tables(made).take(pa.array(order))
        if len(changed := np.flatnonzero(np.isin(places[order], layout.rejoined))):
            table = _changed(table, changed, dating.number)
        return Copies(runs, _numbered(table, places[order], layout.linked))

    def rows(self, layout: Layout, dating: Dating) -> Iterator[pa.RecordBatch]:
        """Give all rows with the columns of ROW_SCHEMA, in the order of their numbers."""
        position, rejoined = layout.position, layout.rejoined
        if self._older is not None:
            self._older.begin()
        for start, made in self._spans(position[layout.inherited :], len(position)):
            end = min(start + _SPAN, len(position))
            table = dating.date(made.select(BODY_SCHEMA.names))
            if made.num_rows < end - start:
                assert self._older is not None  # noqa: S101 - only older rows fill the gaps
                taken = self._older.take(end - start - made.num_rows)
                table = merge_rows(table, made[_POSITION].to_numpy() - start, taken)
            if len(here := rejoined[slice(*np.searchsorted(rejoined, (start, end)))]):
                table = _changed(table, here - start, dating.number)
            yield from _numbered(table, np.arange(start, end), layout.linked).to_batches(max_chunksize=_SPAN)

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
        read_ids(table["id"]),
        table["open"].combine_chunks().to_numpy(zero_copy_only=False).astype(np.bool_),
    )


def _places(older: _Keys, staged: _Keys) -> NDArray[np.int64]:
    """Give the place of each among all rows: of older ones, which are in order already, then of staged ones."""
    there, new = _as_text(older), _as_text(staged)
    order = np.argsort(new)
    places = np.empty(len(there) + len(new), np.int64)
    places[len(there) + order] = np.searchsorted(there, new[order]) + np.arange(len(new))
    free = np.ones(len(places), np.bool_)
    free[places[len(there) :]] = False
    places[: len(there)] = np.flatnonzero(free)
    return places


def _as_text(keys: _Keys) -> NDArray[np.bytes_]:
    """Give curve and id as bytes that are in order as they are."""
    whole = np.empty((len(keys.id), 40), np.uint8)
    whole[:, :8] = keys.curve.astype(">i8").view(np.uint8).reshape(-1, 8)
    whole[:, 8:] = np.ascontiguousarray(keys.id).view(np.uint8).reshape(-1, 32)
    return whole.view("S40").ravel()


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


def _numbered(table: pa.Table, numbers: NDArray[np.int64], linked: Mapping[int, tuple[str, list[str]]]) -> pa.Table:
    """Fill in what only all rows together tell: each row's number, its group, and the others of it."""
    group, same_as = table["id"], pa.array([[]] * table.num_rows, pa.list_(pa.string()))
    here = [(at, linked[number]) for at, number in enumerate(numbers.tolist()) if number in linked] if linked else []
    if here:
        groups, others = group.to_pylist(), [list[str]() for _ in range(table.num_rows)]
        for at, (name, rest) in here:
            groups[at], others[at] = name, rest
        group, same_as = pa.array(groups, pa.string()), pa.array(others, pa.list_(pa.string()))
    values: dict[str, Callable[[], Any]] = {
        "number": lambda: pa.array(numbers.astype(np.int32)),
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
