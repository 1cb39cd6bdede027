"""Maps that stand alone: the data of one edition that a filter selects, put into the document itself.

For the self-contained file and for notebooks. It reads an edition and never the ledger.
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.maps.build import build_map
from app.maps.saving import Inlined
from app.maps.view import EditionSummary, MapUrls, MapView, Mode, attribute
from app.maps.web_map import WebMap
from geodata import basemap
from incidents.editions.edition import Edition
from incidents.editions.tabulating import count_unshown
from incidents.filters import IncidentFilter

# The base map of the whole world goes into a document as it is drawn below this zoom, and closer around what is shown.
_WHOLE_BELOW = 6
MOST_CELLS = 40
"""How many of the base map's finer files go into a document at most: about 10 kB each."""
_DETAILS_AT_ONCE = 1_000


def make_standalone(
    edition: Edition,
    chosen: IncidentFilter | None = None,
    *,
    mode: Mode = Mode.NOTEBOOK,
    title: str = "Incidents",
    disclaimer: str | None = None,
    public_url: str = "",
) -> WebMap:
    """Build a map of what a filter selects, with all of it inside.

    In a notebook the map shows itself; `save_self_contained` writes it to a file. public_url: where incident pages
    are, for the links to them; no link when it is empty. disclaimer: about boundaries, the edition's own by default.
    """
    manifest = edition.manifest
    chosen = chosen or IncidentFilter()
    inlined = inline(edition, chosen)
    bounds, shown = edition.stand(chosen)
    view = MapView(
        edition=EditionSummary(
            name=edition.name,
            number=edition.number,
            total=len(inlined.rows),
            published=manifest.published_at,
            demonstration=manifest.demonstration,
            unshown=count_unshown(edition).words,
        ),
        taxonomy=edition.taxonomy,
        urls=MapUrls(incident=f"{public_url}/incidents/", page=f"{public_url}/") if public_url else MapUrls(),
        mode=mode,
        bounds=bounds,
        shown=shown,
        basemap=tuple(basemap.files()),
        title=title,
        disclaimer=manifest.disclaimer if disclaimer is None else disclaimer,
        attribution=attribute(manifest.credits),
    )
    web_map = build_map(view)
    web_map.inlined = inlined
    return web_map


def inline(edition: Edition, chosen: IncidentFilter) -> Inlined:
    """Collect what a filter selects: columns, details and areas, rows numbered anew from 0, and the base map for it."""
    numbers = edition.matches(chosen)
    details: list[dict[str, Any]] = []
    for start in range(0, len(numbers), _DETAILS_AT_ONCE):
        details += edition.details_by_number(numbers[start : start + _DETAILS_AT_ONCE])
    for number, detail in enumerate(details):
        detail["number"] = number
    areas = {"type": "FeatureCollection", "features": [json.loads(feature) for feature in edition.areas(chosen)]}
    points = [detail["where"]["point"] or (None, None) for detail in details]
    cells = _read_basemap([lon for lon, _ in points], [lat for _, lat in points])
    return Inlined(edition.chosen_columns(numbers), areas, tuple(details), cells)


def cells_to_inline(lons: Sequence[float | None], lats: Sequence[float | None]) -> list[str]:
    """Name the base map's finer files around points, MOST_CELLS at most: the coarser and the fuller ones first."""
    points = [(lon, lat) for lon, lat in zip(lons, lats, strict=True) if lon is not None and lat is not None]
    places = np.array(points, dtype=float).reshape(-1, 2)
    found: list[str] = []
    for since, cells in basemap.cells().items():
        if since >= _WHOLE_BELOW:
            counts = {cell.name: _count_in(cell.edges_deg, places) for cell in cells}
            found += [name for name in sorted(counts, key=lambda name: -counts[name]) if counts[name]]
    return found[:MOST_CELLS]


def _count_in(edges: tuple[float, float, float, float], places: NDArray[np.float64]) -> int:
    south_west, north_east = np.array(edges).reshape(2, 2)
    return int(np.all((places >= south_west) & (places < north_east), axis=1).sum())


def _read_basemap(lons: Sequence[float | None], lats: Sequence[float | None]) -> dict[str, Any]:
    whole = [cell.name for since, cells in basemap.cells().items() if since < _WHOLE_BELOW for cell in cells]
    known = basemap.files()
    return {name: json.loads(known[name].read_bytes()) for name in [*whole, *cells_to_inline(lons, lats)]}
