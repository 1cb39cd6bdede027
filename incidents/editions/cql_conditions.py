"""The tree of a CQL2 filter as a condition in SQL over the queryables of a collection, every value bound.

It runs nothing. Geometries are left to `footprints`: the condition names a table of rows for each of them.
"""

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geodata.bbox import BBox
from geodata.crs import CRS
from incidents.editions.cql_shapes import ShapeReader
from incidents.editions.queryables import Queryable, Type
from incidents.errors import BadFilter

_MOST_NODES = 600
_LONGEST_TEXT = 300
_DEEPEST = 60

_COMPARISONS = {"=": "=", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_ARRAYS = {
    "a_contains": "list_has_all({0}, {1})",
    "a_containedby": "list_has_all({1}, {0})",
    "a_overlaps": "list_has_any({0}, {1})",
    "a_equals": "(list_has_all({0}, {1}) AND list_has_all({1}, {0}))",
}
# Of two intervals: {0} and {1} are the ends of the first, {2} and {3} those of the second (CQL2, table 9).
_TIMES = {
    "t_after": "{0} > {3}",
    "t_before": "{1} < {2}",
    "t_disjoint": "({1} < {2} OR {0} > {3})",
    "t_equals": "({0} = {2} AND {1} = {3})",
    "t_intersects": "({0} <= {3} AND {1} >= {2})",
    "t_contains": "({0} < {2} AND {1} > {3})",
    "t_during": "({0} > {2} AND {1} < {3})",
    "t_finishedby": "({0} < {2} AND {1} = {3})",
    "t_finishes": "({0} > {2} AND {1} = {3})",
    "t_meets": "({1} = {2})",
    "t_metby": "({0} = {3})",
    "t_overlappedby": "({0} > {2} AND {0} < {3} AND {1} > {3})",
    "t_overlaps": "({0} < {2} AND {1} > {2} AND {1} < {3})",
    "t_startedby": "({0} = {2} AND {1} > {3})",
    "t_starts": "({0} = {2} AND {1} < {3})",
}
_OF_INSTANTS = {"t_after", "t_before", "t_disjoint", "t_equals", "t_intersects"}
_FOLDING = {"casei": "lower({0})", "accenti": "strip_accents({0})"}
_INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2})"
    r"(?:[Tt ]([01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,9})?(Z|z|[+-](?:[01]\d|2[0-3]):[0-5]\d))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition over a collection's table, with the values it binds.

    geometries: boxes, and GeoJSON geometries in degrees, longitude first. The n-th needs a table `met_n` whose column
    `key` has the row ids of what it meets.
    """

    sql: str
    values: tuple[Any, ...] = ()
    geometries: tuple[Mapping[str, Any] | BBox, ...] = ()


@dataclass(frozen=True, slots=True)
class _Term:
    """A part of the tree: SQL, its values, its type; of an interval, SQL and values of its two ends."""

    sql: str
    type: Type
    values: tuple[Any, ...] = ()
    queryable: Queryable | None = None
    ends: tuple["_Term", ...] = ()
    unbounded: bool = False


@dataclass(slots=True)
class _Builder:
    queryables: Mapping[str, Queryable]
    shapes: ShapeReader
    geometries: list[Mapping[str, Any] | BBox] = field(default_factory=list)
    nodes: int = 0


def make_condition(tree: Any, queryables: Mapping[str, Queryable], crs: CRS = CRS.CRS84) -> Condition:  # noqa: ANN401 - JSON is Any
    """Make the condition of a tree. crs: of the coordinates in it. Raises BadFilter, naming the parameter."""
    builder = _Builder(queryables, ShapeReader(crs))
    made = _predicate(builder, tree, 0)
    return Condition(made.sql, made.values, tuple(builder.geometries))


def parse_day(text: str) -> dt.date:
    """Read a date, or a time (RFC 3339) as the day that it lies in by UTC. Raises ValueError."""
    found = _INSTANT.fullmatch(text)
    if not found:
        msg = "must be a date or time such as 2022-09-16 or 2022-09-16T00:00:00Z"
        raise ValueError(msg)
    if not found[2]:
        return dt.date.fromisoformat(text)
    # A leap second belongs to the day that it ends.
    whole = re.sub(r":60(?=[.Zz+-])", ":59", text.upper().replace(" ", "T"))
    try:
        return dt.datetime.fromisoformat(whole).astimezone(dt.UTC).date()
    except OverflowError:
        msg = "is not in the calendar"
        raise ValueError(msg) from None


def _fill(template: str, *terms: _Term) -> tuple[str, tuple[Any, ...]]:
    """Put terms into a template that may name one several times; give the values in the order of their marks."""
    values = [value for found in re.findall(r"\{(\d)\}", template) for value in terms[int(found)].values]
    return template.format(*(term.sql for term in terms)), tuple(values)


def _boolean(template: str, *terms: _Term) -> _Term:
    sql, values = _fill(template, *terms)
    return _Term(sql, Type.BOOLEAN, values)


def _predicate(builder: _Builder, node: Any, depth: int) -> _Term:  # noqa: ANN401 - JSON is Any
    term = _term(builder, node, depth)
    if term.type is not Type.BOOLEAN:
        raise BadFilter("filter", "must be a condition, not a value")
    return term


def _term(builder: _Builder, node: Any, depth: int) -> _Term:  # noqa: ANN401 - JSON is Any
    builder.nodes += 1
    if builder.nodes > _MOST_NODES:
        raise BadFilter("filter", "has too many parts")
    if depth > _DEEPEST:
        raise BadFilter("filter", "is nested too deeply")
    if isinstance(node, bool | str | int | float):
        return _literal(node)
    if isinstance(node, list):
        return _Term("?::VARCHAR[]", Type.LIST, ([_text(item) for item in node],))
    if isinstance(node, dict):
        if "op" in node:
            return _operation(builder, node, depth)
        if set(node) == {"property"}:
            return _property(builder, node["property"])
        if set(node) in ({"date"}, {"timestamp"}):
            return _day(next(iter(node.values())))
        if set(node) == {"interval"}:
            return _interval(builder, node["interval"], depth)
    raise BadFilter("filter", "has a part that is none of a comparison, property, text, number, date, list or geometry")


def _literal(value: bool | str | float) -> _Term:  # noqa: FBT001 - JSON has them
    if isinstance(value, bool):
        return _Term("true" if value else "false", Type.BOOLEAN)
    if isinstance(value, str):
        return _Term("?::VARCHAR", Type.TEXT, (_text(value),))
    if abs(value) > 1e300 or not math.isfinite(value):
        raise BadFilter("filter", "has a number that is too large")
    return _Term("?::DOUBLE", Type.NUMBER, (float(value),))


def _text(value: Any) -> str:  # noqa: ANN401 - JSON is Any
    if not isinstance(value, str):
        raise BadFilter("filter", "lists hold texts alone")
    if len(value) > _LONGEST_TEXT:
        raise BadFilter("filter", f"has a text of more than {_LONGEST_TEXT} characters")
    if any("\ud800" <= character <= "\udfff" or character == "\x00" for character in value):
        raise BadFilter("filter", "has a text with a character that is none")
    return value


def _property(builder: _Builder, name: Any) -> _Term:  # noqa: ANN401 - JSON is Any
    queryable = builder.queryables.get(name) if isinstance(name, str) else None
    if queryable is None:
        raise BadFilter("filter", f"asks for {str(name)[:40]!r}; known are {', '.join(builder.queryables)}")
    return _Term(queryable.sql, queryable.type, (), queryable)


def _day(text: Any) -> _Term:  # noqa: ANN401 - JSON is Any
    try:
        return _Term("?::DATE", Type.DATE, (parse_day(str(text)),))
    except ValueError as error:
        raise BadFilter(
            "filter", f"has a date that {error}" if str(error).startswith("must") else "has a date that is none"
        ) from None


def _interval(builder: _Builder, ends: Any, depth: int) -> _Term:  # noqa: ANN401 - JSON is Any
    if not isinstance(ends, list) or len(ends) != 2:
        raise BadFilter("filter", "has an interval without two ends")
    terms = []
    for end, open_ in zip(ends, ("-infinity", "infinity"), strict=True):
        if end in ("..", ""):
            terms.append(_Term(f"'{open_}'::DATE", Type.DATE, unbounded=True))
            continue
        term = _as_date(_term(builder, end, depth + 1))
        terms.append(
            _Term(f"coalesce({term.sql}, '{open_}'::DATE)", Type.DATE, (), term.queryable) if term.queryable else term
        )
    start, end = terms
    if start.values and end.values and start.values > end.values:
        raise BadFilter("filter", "has an interval that ends before it begins")
    return _Term("", Type.INTERVAL, ends=(start, end))


def _as_date(term: _Term) -> _Term:
    if term.type is Type.TEXT and not term.queryable and term.values:
        return _day(term.values[0])
    if term.type is not Type.DATE:
        raise BadFilter("filter", "compares a date with something that is none")
    return term


def _operation(builder: _Builder, node: Mapping[str, Any], depth: int) -> _Term:
    name, arguments = node["op"], node.get("args")
    if not isinstance(name, str) or not isinstance(arguments, list) or set(node) != {"op", "args"}:
        raise BadFilter("filter", "has an operation without a name or without arguments")
    found = next((make for names, make in _OPERATIONS if name.lower() in names), None)
    if found is None:
        raise BadFilter("filter", f"uses {name[:40]!r}, which is not supported")
    return found(builder, name.lower(), arguments, depth + 1)


def _exactly(arguments: Sequence[Any], count: int, name: str) -> None:
    if len(arguments) != count:
        raise BadFilter("filter", f"gives {name} {len(arguments)} arguments instead of {count}")


def _junction(builder: _Builder, name: str, arguments: Sequence[Any], depth: int) -> _Term:
    if not arguments:
        raise BadFilter("filter", f"gives {name} no arguments")
    terms = [_predicate(builder, argument, depth) for argument in arguments]
    joined = f" {name.upper()} ".join(term.sql for term in terms)
    return _Term(f"({joined})", Type.BOOLEAN, tuple(value for term in terms for value in term.values))


def _negation(builder: _Builder, name: str, arguments: Sequence[Any], depth: int) -> _Term:
    _exactly(arguments, 1, name)
    return _boolean("(NOT {0})", _predicate(builder, arguments[0], depth))


def _absence(builder: _Builder, name: str, arguments: Sequence[Any], depth: int) -> _Term:
    _exactly(arguments, 1, name)
    term = _term(builder, arguments[0], depth)
    if term.queryable is None:
        raise BadFilter("filter", "asks whether something is null that is no property")
    return _Term(f"({term.queryable.missing})", Type.BOOLEAN)


def _scalars(builder: _Builder, arguments: Sequence[Any], depth: int) -> list[_Term]:
    """Give terms that can be compared with each other, texts that stand for dates made dates."""
    terms = [_term(builder, argument, depth) for argument in arguments]
    if any(term.type is Type.DATE for term in terms):
        terms = [_as_date(term) for term in terms]
    types = {term.type for term in terms}
    if len(types) != 1 or not types <= {Type.TEXT, Type.NUMBER, Type.DATE, Type.BOOLEAN}:
        raise BadFilter("filter", "compares what cannot be compared")
    return terms


def _comparison(builder: _Builder, name: str, arguments: Sequence[Any], depth: int) -> _Term:
    _exactly(arguments, 2, name)
    return _boolean(f"({{0}} {_COMPARISONS[name]} {{1}})", *_scalars(builder, arguments, depth))


def _range(builder: _Builder, name: str, arguments: Sequence[Any], depth: int) -> _Term:
    _exactly(arguments, 3, name)
    return _boolean("({0} BETWEEN {1} AND {2})", *_scalars(builder, arguments, depth))


def _membership(builder: _Builder, name: str, arguments: Sequence[Any], depth: int) -> _Term:
    _exactly(arguments, 2, name)
    if not isinstance(arguments[1], list) or not arguments[1]:
        raise BadFilter("filter", "gives IN no list")
    first, *items = _scalars(builder, [arguments[0], *arguments[1]], depth)
    marks = ", ".join(item.sql for item in items)
    values = tuple(value for term in (first, *items) for value in term.values)
    return _Term(f"({first.sql} IN ({marks}))", Type.BOOLEAN, values)


def _likeness(builder: _Builder, name: str, arguments: Sequence[Any], depth: int) -> _Term:
    _exactly(arguments, 2, name)
    text, pattern = (_term(builder, argument, depth) for argument in arguments)
    if text.type is not Type.TEXT or pattern.type is not Type.TEXT or not pattern.values:
        raise BadFilter("filter", "LIKE compares a text with a pattern")
    # An escape with nothing after it would be the engine's error.
    if pattern.values[0].replace("\\\\", "").endswith("\\"):
        raise BadFilter("filter", "has a pattern that ends in a backslash")
    return _boolean("({0} LIKE {1} ESCAPE '\\')", text, pattern)


def _folded(builder: _Builder, name: str, arguments: Sequence[Any], depth: int) -> _Term:
    _exactly(arguments, 1, name)
    term = _term(builder, arguments[0], depth)
    if term.type is not Type.TEXT:
        raise BadFilter("filter", f"gives {name.upper()} something else than a text")
    sql, values = _fill(_FOLDING[name], term)
    return _Term(sql, Type.TEXT, values)


def _array(builder: _Builder, name: str, arguments: Sequence[Any], depth: int) -> _Term:
    _exactly(arguments, 2, name)
    # In CQL2 text a list of one looks like a text in brackets.
    lists = [[argument] if isinstance(argument, str) else argument for argument in arguments]
    terms = [_term(builder, argument, depth) for argument in lists]
    if any(term.type is not Type.LIST for term in terms):
        raise BadFilter("filter", f"gives {name.upper()} something else than lists")
    return _boolean(_ARRAYS[name], *terms)


def _times(builder: _Builder, name: str, arguments: Sequence[Any], depth: int) -> _Term:
    _exactly(arguments, 2, name)
    terms = [_term(builder, argument, depth) for argument in arguments]
    if name not in _OF_INSTANTS and any(term.type is not Type.INTERVAL for term in terms):
        raise BadFilter("filter", f"gives {name.upper()} something else than intervals")
    ends = [end for term in terms for end in (term.ends or (_as_date(term),) * 2)]
    return _boolean(_TIMES[name], *ends)


def _meeting(builder: _Builder, name: str, arguments: Sequence[Any], depth: int) -> _Term:
    _exactly(arguments, 2, name)
    first, second = arguments
    if not (isinstance(first, dict) and "property" in first):
        first, second = second, first
    place = _term(builder, first, depth)
    if place.type is not Type.GEOMETRY or not isinstance(second, dict):
        raise BadFilter("filter", "S_INTERSECTS compares the property geometry with a geometry")
    if set(second) == {"bbox"}:
        builder.geometries.append(builder.shapes.read_box(second["bbox"]))
    else:
        builder.geometries.append(builder.shapes.read(second))
    # What has no place neither meets a geometry nor fails to.
    table = f"met_{len(builder.geometries) - 1}"
    return _Term(f"(CASE WHEN min_lon IS NOT NULL THEN rowid IN (SELECT key FROM {table}) END)", Type.BOOLEAN)


_Make = Callable[[_Builder, str, Sequence[Any], int], _Term]
_OPERATIONS: tuple[tuple[frozenset[str], _Make], ...] = (
    (frozenset({"and", "or"}), _junction),
    (frozenset({"not"}), _negation),
    (frozenset({"isnull"}), _absence),
    (frozenset(_COMPARISONS), _comparison),
    (frozenset({"between"}), _range),
    (frozenset({"in"}), _membership),
    (frozenset({"like"}), _likeness),
    (frozenset(_FOLDING), _folded),
    (frozenset(_ARRAYS), _array),
    (frozenset(_TIMES), _times),
    (frozenset({"s_intersects"}), _meeting),
)
