"""The filter as a condition in SQL, every value bound.

It is the one place that says what a filter means to an edition; a test holds it against plain Python.
"""

from typing import Any

from incidents.filters import IncidentFilter


def make_conditions(filter_: IncidentFilter) -> tuple[list[str], list[Any]]:
    """Give conditions over the table `incident`, to be joined by AND, and the values they bind."""
    found: list[str] = []
    values: list[Any] = []

    def add(condition: str, *bound: Any) -> None:
        found.append(condition)
        values.extend(bound)

    if filter_.kind:
        add("list_contains(?::VARCHAR[], kind)", list(filter_.kind))
    if filter_.aircraft:
        keys = list(filter_.aircraft)
        add(
            "(list_has_any(aircraft_certain, ?::VARCHAR[]) OR list_has_any(aircraft_possible, ?::VARCHAR[]))",
            keys,
            keys,
        )
    if filter_.region:
        add("list_has_any(regions, ?::VARCHAR[])", list(filter_.region))
    if filter_.grade:
        add("list_contains(?::VARCHAR[], grade)", list(filter_.grade))
    if filter_.start is not None:
        add("(latest IS NULL OR latest >= ?)", filter_.start)
    if filter_.end is not None:
        add("(earliest IS NULL OR earliest <= ?)", filter_.end)
    if not filter_.undated:
        add("(earliest IS NOT NULL OR latest IS NOT NULL)")
    if filter_.precision is not None:
        add("precision_rank <= ?", filter_.precision.rank)
    for word in filter_.words:
        add("contains(search, ?)", word)
    if filter_.bbox is not None:
        boxes = []
        for box in filter_.bbox.parts():
            boxes.append("(min_lon <= ? AND max_lon >= ? AND min_lat <= ? AND max_lat >= ?)")
            values.extend((box.east, box.west, box.north, box.south))
        found.append(f"(min_lon IS NULL OR {' OR '.join(boxes)})")
    return found, values
