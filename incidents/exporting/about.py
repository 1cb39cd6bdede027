"""What every file says of itself: its edition, filter, licences, how to cite it, and what is counted and not in it.

It writes no file.
"""

from collections.abc import Iterator
from typing import Any

from incidents.editions.edition import Edition
from incidents.filters import IncidentFilter


def describe(edition: Edition, filter_: IncidentFilter | None, address: str) -> dict[str, Any]:
    """Describe the file of what a filter selects. address: where readers find the service."""
    return edition.manifest.describe(address) | {"filter": dict(_texts(filter_))}


def say_about(about: dict[str, Any], rows: int, *more: str) -> list[tuple[str, str]]:
    """Say the same line by line, for formats that hold tables. rows: how many the file has."""
    filter_ = "; ".join(f"{name}: {value}" for name, value in about["filter"].items()) or "none: everything"
    lines = [
        ("records", f"{rows}"),
        ("edition", about["edition"]),
        ("published", about["published"]),
        ("filter", filter_),
        ("licence", about["licence"]),
        ("attribution", "; ".join(about["attribution"])),
        ("how to cite", about["citation"]),
        ("disclaimer", about["disclaimer"]),
        (
            "counted, not shown",
            f"{about['counted_not_shown']} records whose terms allow counts only, in the whole edition",
        ),
        ("unknown", "An empty cell is not known; it is never 0."),
        ("points", "Longitude and latitude stand only where a source claims a point; else the box is the area's."),
        *(("note", text) for text in more),
    ]
    if about["demonstration"]:
        lines.insert(0, ("demonstration", "Its records were approved by the program itself and checked by nobody."))
    return lines


def _texts(filter_: IncidentFilter | None) -> Iterator[tuple[str, str]]:
    """Give the filter's names, each once, with its values joined as `parse_filter` reads them."""
    joined: dict[str, list[str]] = {}
    for name, value in filter_.to_pairs() if filter_ else ():
        joined.setdefault(name, []).append(value)
    for name, values in joined.items():
        yield name, ",".join(values)
