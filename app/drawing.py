"""How a request becomes a map: the view of the edition that was asked for, built by `app.maps` into markup.

It chooses no symbol and holds no event: the page's script fetches those.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from markupsafe import Markup

from app.maps.build import build_map
from app.maps.view import EditionSummary, MapUrls, MapView, Mode, Tiles, attribute
from app.params import EmbedForm
from app.pictures.words import count_words
from app.reading import Asked
from app.site import site
from geodata.bbox import BBox
from incidents.editions.choosing import MOST_ROWS
from incidents.editions.tabulating import count_unshown
from incidents.filters import IncidentFilter
from incidents.limits import own_part

# Of the picture that stands in for the map where no script runs, and of the one that links are shown with.
_STILL = {"width": 1600, "height": 1000, "ratio": 1.5}
_STILL_OF_ONE = {"width": 900, "height": 720, "ratio": 1.5}
# The same on a phone, where the words of the large one would be a few pixels high.
_STILL_NARROW = {"width": 960, "height": 1200, "ratio": 2}
_CARD = {"width": 1200, "height": 630, "ratio": 1.5}
# A page of one incident, region or aircraft shows where things are; choosing among incidents is for the map.
_PART_CONTROLS = ("legend", "zoom")
# Which parts of the interface each control of an embed is.
_EMBED_PARTS = {"time": "timebar", "legend": "legend", "zoom": "zoom", "filters": "switches"}


@dataclass(frozen=True, slots=True)
class Still:
    """Where the still pictures of a map are. width, height: of the light and dark ones, in CSS pixels.

    narrow, narrow_dark: the same for a phone. card: an absolute address, as those need it that show a link to the page.
    alt: the picture in words.
    """

    light: str
    dark: str
    narrow: str
    narrow_dark: str
    width: int
    height: int
    card: str
    alt: str


def draw_map(question: Asked, *, mode: Mode, form: EmbedForm | None = None) -> dict[str, Any]:
    """Draw what was asked for; give the templates' `map_html`, `view` and `still`. form: of an embed."""
    bounds, shown = question.edition.stand(question.filter)
    start = _start(question, form)
    # What can be picked is always told, and what is filled or charted is shown with its key.
    look = (name for name, _ in parse_qsl(start) if name in {"regions", "chart"})
    controls = ("panel", *(_EMBED_PARTS[name] for name in form.controls), *look) if form else ()
    view = make_view(
        question,
        mode=mode,
        selection=own_part(question.limits.filter, question.filter) if question.limits else question.filter,
        bounds=bounds,
        shown=shown,
        start=start,
        controls=(*controls, "sheets") if "switches" in controls else controls,
    )
    counts = question.edition.counts(question.filter)
    found = count_words(counts.incidents, counts.patterns)
    total = question.limits.total if question.limits else counts.total
    alt = f"Map: {counts.matched:,} of {total:,} records shown, {found}. The table has the same in words."
    path = f"/maps/{question.name}.png" if question.saved else "/map.png"
    still = _find_still(path, question.own_pairs(), _STILL, alt)
    return {"map_html": Markup(build_map(view).fragment()), "view": view, "still": still}  # noqa: S704 - the fragment escapes its own JSON


def _start(question: Asked, form: EmbedForm | None) -> str:
    """Say where a map begins and what it fills and charts, as the fragment of an address does."""
    saved = question.saved
    view = form.view.to_text() if form and form.view else saved.view if saved else ""
    look = {"regions": saved.regions, "chart": saved.chart} if saved else {}
    if form:
        look |= {name: word for name, word in (("regions", form.regions), ("chart", form.chart)) if word}
    return "&".join(part for part in (view, urlencode({k: v for k, v in look.items() if v != "off"})) if part)


def draw_incident_map(question: Asked, detail: dict[str, Any], *, mode: Mode = Mode.PAGE) -> dict[str, Any]:
    """Draw the one incident of a detail; give the same as `draw_map`."""
    alt = f"Map: {detail['where']['words']}."
    still = _find_still(f"/incidents/{detail['id']}/map.png", question.to_pairs(), _STILL_OF_ONE, alt)
    return {**draw_rows_map(question, [detail["number"]], mode=mode), "still": still}


def draw_rows_map(
    question: Asked, numbers: Sequence[int], *, mode: Mode = Mode.PAGE, outlined: str = ""
) -> dict[str, Any]:
    """Draw some rows of the edition by their numbers; give `map_html` and `view`. outlined: as `MapView` has it."""
    bounds, shown = question.edition.stand_on_rows(numbers)
    view = make_view(
        question,
        mode=mode,
        selection=IncidentFilter(),
        columns=base64.b64encode(question.edition.chosen_columns(numbers)).decode(),
        bounds=bounds,
        shown=shown,
        controls=_PART_CONTROLS,
    )
    view = replace(view, outlined=outlined)
    return {"map_html": Markup(build_map(view).fragment()), "view": view}  # noqa: S704 - the fragment escapes its own JSON


def _find_still(path: str, pairs: list[tuple[str, str]], size: dict[str, float], alt: str) -> Still:
    def address(shape: dict[str, Any], **more: str) -> str:
        return f"{path}?{urlencode([*pairs, *({**shape, **more}).items()])}"

    return Still(
        light=address(size),
        dark=address(size, theme="dark"),
        narrow=address(_STILL_NARROW),
        narrow_dark=address(_STILL_NARROW, theme="dark"),
        width=round(size["width"] / size["ratio"]),
        height=round(size["height"] / size["ratio"]),
        card=site().settings.public_url + address(_CARD),
        alt=alt,
    )


def draw_regions_map(question: Asked, codes: Sequence[str], *, outlined: str) -> dict[str, Any]:
    """Draw some regions, and what happened in them. outlined: as `MapView` has it."""
    bounds = question.edition.enclose(codes)
    return _draw_part(question, IncidentFilter(region=tuple(codes)), bounds=bounds, outlined=outlined)


def draw_part_map(question: Asked) -> dict[str, Any]:
    """Draw what the filter selects beside other things of a page."""
    return _draw_part(question, question.filter)


def _draw_part(
    question: Asked, selection: IncidentFilter, *, bounds: BBox | None = None, outlined: str = ""
) -> dict[str, Any]:
    found, shown = question.edition.stand(selection)
    view = make_view(
        question,
        mode=Mode.PAGE,
        selection=selection,
        bounds=bounds or found,
        shown=shown,
        controls=_PART_CONTROLS,
    )
    view = replace(view, outlined=outlined)
    return {"map_html": Markup(build_map(view).fragment()), "view": view}  # noqa: S704 - the fragment escapes its own JSON


def make_view(
    question: Asked,
    *,
    mode: Mode,
    selection: IncidentFilter,
    columns: str = "",
    bounds: BBox | None = None,
    shown: int = 0,
    start: str = "",
    controls: tuple[str, ...] = (),
) -> MapView:
    """Put together the view of an edition on this site."""
    here, edition, manifest = site(), question.edition, question.edition.manifest
    settings, saved = here.settings, question.saved
    stays = urlencode(question.edition_pairs)
    tiles_url = None if saved and saved.base_map == "own" else settings.tiles_url
    return MapView(
        edition=EditionSummary(
            name=edition.name,
            number=edition.number,
            total=manifest.rows,
            most=MOST_ROWS,
            published=manifest.published_at,
            demonstration=manifest.demonstration,
            unshown=count_unshown(edition).words,
        ),
        taxonomy=edition.taxonomy,
        filter=selection,
        urls=MapUrls(
            data=f"/editions/{edition.name}/",
            basemap=here.basemap_url,
            table="/incidents",
            incident="/incidents/",
            stays=stays,
            # Copied to other people's pages, so absolute, and never from what a request calls this host.
            embed=settings.public_url + (f"/embed/{question.name}" if saved else "/embed"),
            page=settings.public_url + (f"/maps/{question.name}" if saved else "/"),
            download="/incidents.geojson",
            counted=f"/data{f'?{stays}' if stays else ''}#counted",
        ),
        mode=mode,
        columns=columns,
        bounds=bounds,
        shown=shown,
        basemap=here.basemap.names,
        tiles=Tiles(tiles_url, settings.tiles_attribution) if tiles_url else None,
        start=start,
        limits=question.limits,
        controls=controls,
        title=saved.title if saved else settings.site_title,
        disclaimer=settings.disclaimer,
        attribution=attribute(manifest.credits),
    )
