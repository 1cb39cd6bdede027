"""The columns of an edition as one JSON document, for readers that know no Arrow. It stays until none is left.

It knows the columns alone.
"""

import gzip
from typing import Any

import numpy as np

from incidents.editions.columns import NO_END, NO_START, Columns
from incidents.editions.compact import dump_json
from incidents.editions.grids import WORLD


def make_document(columns: Columns) -> bytes:
    """Make the document, gzip-compressed."""
    terms = columns.terms
    x, y = columns.x.astype(float) / WORLD, columns.y.astype(float) / WORLD
    lon = np.round(x * 360 - 180, 5).tolist()
    lat = np.round(np.degrees(2 * np.arctan(np.exp((0.5 - y) * 2 * np.pi)) - np.pi / 2), 5).tolist()
    placed = (columns.x >= 0).tolist()
    document: dict[str, Any] = {
        "edition": terms.edition,
        "total": terms.total,
        "kinds": terms.kinds,
        "regions": [
            {name: getattr(region, name) for name in ("code", "name", "local_name", "level", "parent")}
            for region in terms.regions
        ],
        "aircraft": terms.aircraft,
        "grades": terms.grades,
        "columns": {
            "kind": columns.kind.tolist(),
            "precision": columns.precision.tolist(),
            "extent": columns.pattern.tolist(),
            "lon": [value if is_placed else None for value, is_placed in zip(lon, placed, strict=True)],
            "lat": [value if is_placed else None for value, is_placed in zip(lat, placed, strict=True)],
            "radius": _known(columns.radius.tolist(), -1),
            "area": _known(columns.area.tolist(), -1),
            "regions": [terms.region_sets[at] for at in columns.region_set.tolist()],
            "earliest": _known(columns.earliest.tolist(), NO_START),
            "latest": _known(columns.latest.tolist(), NO_END),
            "certain": [terms.aircraft_sets[at].certain for at in columns.aircraft_set.tolist()],
            "possible": [terms.aircraft_sets[at].possible for at in columns.aircraft_set.tolist()],
            "group": columns.group.tolist(),
            "grade": _known(columns.grade.tolist(), -1),
        },
    }
    if terms.withdrawn:
        document["withdrawn"] = terms.withdrawn
    return gzip.compress(dump_json(document).encode(), 6, mtime=0)


def _known(values: list[int], unknown: int) -> list[int | None]:
    return [None if value == unknown else value for value in values]
