"""How far the features of each collection reach in space and time.

It measures and describes nothing.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from incidents.editions.catalogue import list_collections
from incidents.editions.edition import Edition

_MEASURES = (
    "min(min_lon), min(min_lat), max(max_lon), max(max_lat), min(earliest), max(latest), "
    "coalesce(bool_or(earliest IS NULL AND latest IS NOT NULL), false), "
    "coalesce(bool_or(latest IS NULL AND earliest IS NOT NULL), false)"
)


@dataclass(frozen=True, slots=True)
class Extent:
    """The reach of a collection. box: west, south, east, north, None where nothing has a place.

    first, last: days; None where a feature's dates have no such end, or where nothing is dated.
    """

    features: int
    box: tuple[float, float, float, float] | None
    first: dt.date | None = None
    last: dt.date | None = None


def measure_extents(edition: Edition) -> dict[str, Extent]:
    """Measure every collection of an edition, by its id."""
    collections = list_collections(edition.taxonomy)
    hidden = list(edition.taken_back)
    shown, values = ("NOT list_contains(?::VARCHAR[], id)", [hidden]) if hidden else ("true", [])
    found = {id_: Extent(0, None) for id_ in collections}
    with edition.asking() as cursor:
        rows = cursor.execute(f"SELECT kind, count(*), {_MEASURES} FROM incident WHERE {shown} GROUP BY kind", values)
        kinds = {kind: _extent(row) for kind, *row in rows.fetchall()}
        row = cursor.execute(f"SELECT count(*), {_MEASURES} FROM incident WHERE {shown}", values).fetchone()
        found["incidents"] = _extent(row or ())
        where = collections["incident-areas"].where
        row = cursor.execute(f"SELECT count(*), {_MEASURES} FROM incident WHERE {where} AND {shown}", values).fetchone()
        found["incident-areas"] = _extent(row or ())
        codes = [region["code"] for region in edition.known_regions()]
        row = cursor.execute(
            "SELECT count(*), min(min_lon), min(min_lat), max(max_lon), max(max_lat) FROM region "
            "WHERE list_contains(?::VARCHAR[], code)",
            [codes],
        ).fetchone()
        found["regions"] = _extent((*(row or ()), None, None, False, False))
    found |= {kind: extent for kind, extent in kinds.items() if kind in found and collections[kind].kind}
    return found


def _extent(row: Iterable[Any]) -> Extent:
    features, west, south, east, north, first, last, begins_open, ends_open = row
    return Extent(
        features,
        None if west is None else (west, south, east, north),
        None if begins_open else first,
        None if ends_open else last,
    )
