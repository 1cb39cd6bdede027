"""The filter as a condition in SQL, every value bound.

It is the one place that says what a filter means to an edition; a test holds it against plain Python.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from incidents.filters import IncidentFilter


def make_conditions(filter_: IncidentFilter) -> tuple[list[str], list[Any]]:
    """Give conditions over the table `incident`, to be joined by AND, and the values they bind."""
    found: list[str] = []
    values: list[Any] = []
    if filter_.is_closed():
        return ["false"], []
    for condition, bound in (*_of_lists(filter_), *_of_time(filter_), *_of_place(filter_)):
        found.append(condition)
        values.extend(bound)
    for word in filter_.words:
        found.append("contains(search, ?)")
        values.append(word)
    return found, values


_Conditions = Iterator[tuple[str, Sequence[Any]]]


def _of_lists(filter_: IncidentFilter) -> _Conditions:
    if filter_.kind:
        yield "list_contains(?::VARCHAR[], kind)", [list(filter_.kind)]
    if filter_.aircraft:
        keys = list(filter_.aircraft)
        certain, possible = (f"list_has_any(aircraft_{how}, ?::VARCHAR[])" for how in ("certain", "possible"))
        yield f"({certain} OR {possible})", [keys, keys]
    if filter_.grade:
        yield "list_contains(?::VARCHAR[], grade)", [list(filter_.grade)]


def _of_time(filter_: IncidentFilter) -> _Conditions:
    if filter_.start is not None:
        yield "(latest IS NULL OR latest >= ?)", [filter_.start]
    if filter_.end is not None:
        yield "(earliest IS NULL OR earliest <= ?)", [filter_.end]
    if not filter_.undated:
        yield "(earliest IS NOT NULL OR latest IS NOT NULL)", []


def _of_place(filter_: IncidentFilter) -> _Conditions:
    if filter_.region:
        yield "list_has_any(regions, ?::VARCHAR[])", [list(filter_.region)]
    if filter_.precision is not None:
        yield "precision_rank <= ?", [filter_.precision.rank]
    if filter_.bbox is not None:
        boxes = [*filter_.bbox.parts()]
        meets = " OR ".join(["(min_lon <= ? AND max_lon >= ? AND min_lat <= ? AND max_lat >= ?)"] * len(boxes))
        bound = [value for box in boxes for value in (box.east, box.west, box.north, box.south)]
        yield f"(min_lon IS NULL OR {meets})", bound
