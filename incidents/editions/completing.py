"""How a stored feature's text is completed: links, edition and address, which are the reader's to add.

It chooses no row.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from incidents.editions.columns import Numbers
from incidents.editions.compact import dump_json
from incidents.editions.database import NUMBERED

# Where the id of 32 digits stands in every stored feature: it begins {"type":"Feature","id":"...
_ID_FROM = len('{"type":"Feature","id":"')
_ID_TO = _ID_FROM + 32


def complete_feature(edition: str, base_url: str, hidden: Sequence[str]) -> tuple[str, list[Any]]:
    """Give the expression of a whole feature over the table `incident`, and the values it binds.

    base_url: what comes before `/incidents/<id>` in the feature's `url`, without a slash at its end. hidden: ids that
    are taken back, so that no link names them.
    """
    same_as = "[other FOR other IN same_as IF NOT list_contains(?::VARCHAR[], other)]" if hidden else "same_as"
    linked = f"CASE WHEN len({same_as}) = 0 THEN '[]' ELSE '[\"' || array_to_string({same_as}, '\",\"') || '\"]' END"
    address = f',"edition":{dump_json(edition)},"url":{dump_json(base_url + "/incidents/")[:-1]}'
    values = [list(hidden), list(hidden)] if hidden else []
    return f"feature || ',\"same_as\":' || {linked} || ? || id || '\"}}}}'", [*values, address]


def complete_features(
    cursor: duckdb.DuckDBPyConnection,
    numbers: Sequence[int],
    linked: Sequence[int],
    completion: tuple[str, str, Sequence[str]],
) -> list[str]:
    """Give the whole features of rows by their numbers, rising; the same texts as `complete_feature` gives.

    It is quicker for a page: lists of links are read for those few rows alone that have any. linked: which those are.
    completion: edition, base_url and hidden, as `complete_feature` has them.
    """
    edition, base_url, hidden = completion
    select = "SELECT rowid, feature FROM incident WHERE"
    if numbers[-1] - numbers[0] == len(numbers) - 1:
        rows = cursor.execute(f"{select} number BETWEEN ? AND ?", [numbers[0], numbers[-1]]).fetchall()
    else:
        rows = cursor.execute(f"{select} {NUMBERED}", [list(numbers)]).fetchall()
    rows.sort()
    links = {}
    if linked:
        question = f"SELECT rowid, same_as FROM incident WHERE {NUMBERED}"
        gone = set(hidden)
        for number, ids in cursor.execute(question, [list(linked)]).fetchall():
            links[number] = dump_json([id_ for id_ in ids if id_ not in gone])
    middle = f',"edition":{dump_json(edition)},"url":{dump_json(base_url + "/incidents/")[:-1]}'
    return [f'{text},"same_as":{links.get(number, "[]")}{middle}{text[_ID_FROM:_ID_TO]}"}}}}' for number, text in rows]


def complete_block(
    cursor: duckdb.DuckDBPyConnection,
    numbers: Numbers,
    linked: Sequence[int],
    completion: tuple[str, str, Sequence[str]],
) -> bytes:
    """Give the same features in UTF-8, joined by commas, for as many rows as fit into memory; empty for none.

    It is quicker for many: the database writes them into one piece of memory, into which the links of those that have
    any are put.
    """
    edition, base_url, hidden = completion
    opened, rest = ',"same_as":[', f'],"edition":{dump_json(edition)},"url":{dump_json(base_url + "/incidents/")[:-1]}'
    where, bound = rows_where(numbers)
    select = f"SELECT number, feature || ? || id || '\"}}}},' AS whole FROM incident WHERE {where}"
    table = cursor.sql(select, params=[opened + rest, *bound]).to_arrow_table()
    if not len(table):
        return b""
    found = table.column("number").to_numpy()
    if np.any(found[1:] < found[:-1]):
        table = table.take(pa.array(np.argsort(found)))
    links = _links(cursor, linked, frozenset(hidden))
    return _put_links(table, links, after=len(rest.encode()) + (_ID_TO - _ID_FROM) + len('"}},'))


def rows_where(numbers: Numbers) -> tuple[str, list[Any]]:
    """Give the condition of rows by their numbers, rising, and the values it binds."""
    if len(numbers) and numbers[-1] - numbers[0] == len(numbers) - 1:
        return "number BETWEEN ? AND ?", [int(numbers[0]), int(numbers[-1])]
    return NUMBERED, [numbers.tolist()]


def _links(cursor: duckdb.DuckDBPyConnection, linked: Sequence[int], gone: frozenset[str]) -> Mapping[int, bytes]:
    """Give what stands between the brackets of a row's links, by its number."""
    if not linked:
        return {}
    rows = cursor.execute(f"SELECT rowid, same_as FROM incident WHERE {NUMBERED}", [list(linked)]).fetchall()
    return {number: dump_json([id_ for id_ in ids if id_ not in gone])[1:-1].encode() for number, ids in rows}


def _put_links(table: pa.Table, links: Mapping[int, bytes], after: int) -> bytes:
    """Give the texts of a table as one, without the last comma. after: bytes of each text behind where its links go."""
    texts = table.column("whole").combine_chunks()
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    whole = memoryview(data)
    if not links:
        return bytes(whole[ends[0] : ends[-1] - 1])
    parts: list[bytes | memoryview] = []
    at = ends[0]
    places = np.flatnonzero(np.isin(table.column("number").to_numpy(), list(links)))
    for place, number in zip(places, table.column("number").take(pa.array(places)).to_pylist(), strict=True):
        cut = ends[place + 1] - after
        parts += [whole[at:cut], links[number]]
        at = cut
    return b"".join([*parts, whole[at : ends[-1] - 1]])
