"""How far the features of each collection reach in space and time.

It measures and describes nothing.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from incidents.editions.catalogue import list_collections
from incidents.editions.edition import Edition
from incidents.editions.schema import BOUNDS

# The same longitudes from 0 to 360, as the world is when it is cut at Greenwich instead.
_OVER_GREENWICH = (
    "(min_lon < 0) <> (max_lon < 0) AND min_lon <= max_lon OR min_lon > max_lon AND (min_lon < 0 OR max_lon >= 0)"
)
_TURNED = (
    f"min(CASE WHEN {_OVER_GREENWICH} THEN 0 WHEN min_lon < 0 THEN min_lon + 360 ELSE min_lon END), "
    f"max(CASE WHEN {_OVER_GREENWICH} THEN 360 WHEN max_lon < 0 THEN max_lon + 360 ELSE max_lon END)"
)
_MEASURES = (
    f"{BOUNDS}, {_TURNED}, min(earliest), max(latest), "
    "coalesce(bool_or(earliest IS NULL AND latest IS NOT NULL), false), "
    "coalesce(bool_or(latest IS NULL AND earliest IS NOT NULL), false)"
)


@dataclass(frozen=True, slots=True)
class Extent:
    """The reach of a collection.

    box: west, south, east, north, None where nothing has a place; west is greater than east where it is narrower over
    the antimeridian (RFC 7946 section 5.2).
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
            f"SELECT count(*), {BOUNDS}, {_TURNED} FROM region WHERE list_contains(?::VARCHAR[], code)",
            [codes],
        ).fetchone()
        found["regions"] = _extent((*(row or ()), None, None, False, False))
    found |= {kind: extent for kind, extent in kinds.items() if kind in found and collections[kind].kind}
    return found


def _extent(row: Iterable[Any]) -> Extent:
    features, west, south, east, north, begin, end, first, last, begins_open, ends_open = row
    if west is not None and begin < 180 < end and end - begin < east - west:
        west, east = begin, round(end - 360, 5)
    return Extent(
        features,
        None if west is None else (west, south, east, north),
        None if begins_open else first,
        None if ends_open else last,
    )
