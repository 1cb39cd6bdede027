"""How a request becomes a map: the view of the edition that was asked for, built by `app.maps` into markup.

It chooses no symbol and holds no event: the page's script fetches those.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from app.maps.build import build_map
from app.maps.view import EditionSummary, MapUrls, MapView, Mode, Tiles, attribute
from app.pictures.words import count_words
from app.reading import Asked
from app.site import site
from geodata.bbox import BBox
from incidents.filters import IncidentFilter

# Of the picture that stands in for the map where no script runs, and of the one that links are shown with.
_STILL = {"width": 1600, "height": 1000, "ratio": 1.5}
_STILL_OF_ONE = {"width": 900, "height": 720, "ratio": 1.5}
_CARD = {"width": 1200, "height": 630, "ratio": 1.5}
# A page of one incident, region or aircraft shows where things are; choosing among incidents is for the map.
_PART_CONTROLS = ("legend",)


@dataclass(frozen=True, slots=True)
class Still:
    """Where the still pictures of a map are. width, height: of the light and dark ones, in CSS pixels.

    card: an absolute address, as those need it that show a link to the page. alt: the picture in words.
    """

    light: str
    dark: str
    width: int
    height: int
    card: str
    alt: str


def draw_map(question: Asked, *, mode: Mode) -> dict[str, Any]:
    """Draw what was asked for; give the templates' `map_html`, `view` and `still`."""
    bounds, shown = question.edition.stand(question.filter)
    view = make_view(question, mode=mode, selection=question.filter, bounds=bounds, shown=shown)
    counts = question.edition.counts(question.filter)
    found = count_words(counts.incidents, counts.patterns)
    alt = f"Map: {counts.matched:,} of {counts.total:,} records shown, {found}. The table has the same in words."
    still = _find_still("/map.png", question.to_pairs(), _STILL, alt)
    return {"map_html": Markup(build_map(view).fragment()), "view": view, "still": still}  # noqa: S704 - the fragment escapes its own JSON


def draw_incident_map(question: Asked, detail: dict[str, Any]) -> dict[str, Any]:
    """Draw the one incident of a detail; give the same as `draw_map`."""
    alt = f"Map: {detail['where']['words']}."
    still = _find_still(f"/incidents/{detail['id']}/map.png", question.to_pairs(), _STILL_OF_ONE, alt)
    return {**draw_rows_map(question, [detail["number"]]), "still": still}


def draw_rows_map(question: Asked, numbers: Sequence[int]) -> dict[str, Any]:
    """Draw some rows of the edition by their numbers; give `map_html` and `view`."""
    bounds, shown = question.edition.stand_on_rows(numbers)
    view = make_view(
        question,
        mode=Mode.PAGE,
        selection=IncidentFilter(),
        columns=base64.b64encode(question.edition.chosen_columns(numbers)).decode(),
        bounds=bounds,
        shown=shown,
        controls=_PART_CONTROLS,
    )
    return {"map_html": Markup(build_map(view).fragment()), "view": view}  # noqa: S704 - the fragment escapes its own JSON


def _find_still(path: str, pairs: list[tuple[str, str]], size: dict[str, float], alt: str) -> Still:
    def address(shape: dict[str, Any], **more: str) -> str:
        return f"{path}?{urlencode([*pairs, *({**shape, **more}).items()])}"

    return Still(
        light=address(size),
        dark=address(size, theme="dark"),
        width=round(size["width"] / size["ratio"]),
        height=round(size["height"] / size["ratio"]),
        card=site().settings.public_url + address(_CARD),
        alt=alt,
    )


def draw_regions_map(question: Asked, codes: Sequence[str]) -> dict[str, Any]:
    """Draw what happened in some regions."""
    return _draw_part(question, IncidentFilter(region=tuple(codes)))


def draw_part_map(question: Asked) -> dict[str, Any]:
    """Draw what the filter selects beside other things of a page."""
    return _draw_part(question, question.filter)


def _draw_part(question: Asked, selection: IncidentFilter) -> dict[str, Any]:
    bounds, shown = question.edition.stand(selection)
    view = make_view(question, mode=Mode.PAGE, selection=selection, bounds=bounds, shown=shown, controls=_PART_CONTROLS)
    return {"map_html": Markup(build_map(view).fragment()), "view": view}  # noqa: S704 - the fragment escapes its own JSON


def make_view(
    question: Asked,
    *,
    mode: Mode,
    selection: IncidentFilter,
    columns: str = "",
    bounds: BBox | None = None,
    shown: int = 0,
    controls: tuple[str, ...] = (),
) -> MapView:
    """Put together the view of an edition on this site."""
    here, edition, manifest = site(), question.edition, question.edition.manifest
    settings = here.settings
    return MapView(
        edition=EditionSummary(
            name=edition.name,
            number=edition.number,
            total=manifest.rows,
            published=manifest.published_at,
            demonstration=manifest.demonstration,
        ),
        taxonomy=edition.taxonomy,
        filter=selection,
        urls=MapUrls(
            data=f"/editions/{edition.name}/",
            basemap=here.basemap_url,
            table="/incidents",
            incident="/incidents/",
            stays=urlencode(question.edition_pairs),
            # Copied to other people's pages, so absolute, and never from what a request calls this host.
            embed=f"{settings.public_url}/embed",
            page=f"{settings.public_url}/",
            download="/incidents.geojson",
        ),
        mode=mode,
        columns=columns,
        bounds=bounds,
        shown=shown,
        basemap=here.basemap.names,
        tiles=Tiles(settings.tiles_url, settings.tiles_attribution) if settings.tiles_url else None,
        controls=controls,
        title=settings.site_title,
        disclaimer=settings.disclaimer,
        attribution=attribute(manifest.credits),
    )
