"""Filters in CQL2 (OGC 21-065r2), text or JSON, read into one tree and held within limits.

It knows neither what can be asked for nor SQL: `cql_conditions` does.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import cql2

from incidents.errors import BadFilter

LANGUAGES = ("cql2-text", "cql2-json")

_LONGEST = 4_000
_DEEPEST = 10
_MOST_TOKENS = 1_500
# The parser's own recursion has no limit: enough of these in a row would end the process.
_MOST_NOTS = 50
_MOST_COMPARISONS = 200
# Everything that the supported part of the language is made of. Arithmetic is not, and a minus belongs to a number.
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^']|'')*')|(?P<name>"(?:[^"]|"")*")|(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"""
    r"""|(?P<word>[A-Za-z_][\w.:]*)|(?P<comparison><>|<=|>=|[=<>])|(?P<mark>[(),]))""",
)


def parse_cql(text: str, language: str) -> Any:  # noqa: ANN401 - JSON is Any
    """Read a filter into the tree of CQL2's JSON encoding.

    Raises BadFilter, naming the parameter, for what is not CQL2 or is more than is allowed.
    """
    if len(text) > _LONGEST:
        raise BadFilter("filter", f"longer than {_LONGEST} characters")
    if "\x00" in text:
        raise BadFilter("filter", "contains a NUL character")
    if language == "cql2-json":
        return _read_json(text)
    return _read_text(text)


def _read_text(text: str) -> Any:  # noqa: ANN401 - JSON is Any
    tokens = list(_split(text))
    _refuse_depth(mark for kind, mark in tokens if kind == "mark")
    if len(tokens) > _MOST_TOKENS:
        raise BadFilter("filter", "has too many parts")
    if sum(kind == "word" and word.lower() == "not" for kind, word in tokens) > _MOST_NOTS:
        raise BadFilter("filter", f"has more than {_MOST_NOTS} NOTs")
    if sum(kind == "comparison" for kind, _ in tokens) > _MOST_COMPARISONS:
        raise BadFilter("filter", f"has more than {_MOST_COMPARISONS} comparisons")
    try:
        return cql2.parse_text(text).to_json()
    except Exception:  # noqa: BLE001 - for geometries without coordinates it raises no type of its own
        # The parser's own words are about its grammar and quote the text.
        raise BadFilter("filter", "is not a filter in CQL2 text") from None


def _split(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise BadFilter("filter", f"cannot be read from character {at + 1} on")
        assert found.lastgroup  # noqa: S101 - every alternative has a name
        yield found.lastgroup, found[found.lastgroup]
        at = found.end()


def _refuse_depth(marks: Iterable[str]) -> None:
    depth = 0
    for mark in marks:
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(mark, 0)
        if depth > _DEEPEST * (1 if mark == "(" else 4):
            raise BadFilter("filter", "is nested too deeply")
        if depth < 0:
            break
    if depth:
        raise BadFilter("filter", "has brackets that do not match")


def _read_json(text: str) -> Any:  # noqa: ANN401 - JSON is Any
    _refuse_depth(mark for mark in re.sub(r'"(?:[^"\\]|\\.)*"', "", text) if mark in "[]{}")
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BadFilter("filter", "is not JSON") from None


def _refuse_constant(name: str) -> None:
    msg = f"{name} is no JSON"
    raise ValueError(msg)
