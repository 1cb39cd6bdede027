"""How a stored feature's text is completed: links, edition and address, which are the reader's to add.

It chooses no row.
"""

from collections.abc import Sequence
from typing import Any

import duckdb

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
