"""How a stored feature's text is completed in SQL: links, edition and address, which are the reader's to add.

It gives expressions and their values, and runs none.
"""

from collections.abc import Sequence
from typing import Any

from incidents.editions.compact import dump_json


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
