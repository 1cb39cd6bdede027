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


def _texts(filter_: IncidentFilter | None) -> Iterator[tuple[str, str]]:
    """Give the filter's names, each once, with its values joined as `parse_filter` reads them."""
    joined: dict[str, list[str]] = {}
    for name, value in filter_.to_pairs() if filter_ else ():
        joined.setdefault(name, []).append(value)
    for name, values in joined.items():
        yield name, ",".join(values)
