"""The saved maps: the list of those that are listed, and each at its own address. They are saved elsewhere."""

from typing import Any

from flask import Blueprint, Response, render_template, request

from app.caching import answer, make_etag
from app.drawing import draw_map
from app.maps.view import Mode
from app.params import refuse_unknown
from app.reading import asked_of_map, given_pairs, open_edition_of
from app.site import site
from incidents.drafts import TimeSense
from incidents.errors import PinnedEditionGone
from incidents.saved_maps import SavedMap
from incidents.when import describe_when

maps = Blueprint("maps", __name__)

_HTML = "text/html"


@maps.get("/maps")
def list_maps() -> Response:
    """List the maps that are listed."""
    refuse_unknown(given_pairs())
    # A card says of which edition it is, and so hangs on the editions that are there.
    editions = site().editions
    names = ",".join((*editions.names(), editions.current_name()))
    return answer(
        make_etag(request.path, site().maps.etag, names),
        _HTML,
        lambda: render_template("maps/list.html", cards=[_describe(one) for one in site().maps.listed()]),
    )


@maps.get("/maps/<slug>")
def show_saved_map(slug: str) -> Response:
    """Show one."""
    with asked_of_map(slug) as question:
        return answer(
            question.etag(),
            _HTML,
            lambda: render_template(
                "maps/map.html",
                **draw_map(question, mode=Mode.PAGE),
                saved=question.saved,
                name=question.name,
                said=question.said,
                filter_pairs=question.to_pairs(),
                own_pairs=question.own_pairs(),
                pinned=question.pinned,
            ),
        )


def _describe(saved: SavedMap) -> dict[str, Any]:
    """Describe a map for its card. state: of which edition it is, or None where that is no longer kept."""
    try:
        edition = open_edition_of(saved)
    except PinnedEditionGone:
        return {"saved": saved, "state": None}
    manifest = edition.manifest
    day = describe_when((manifest.amended_at or manifest.published_at)[:10], TimeSense.WITHIN)
    return {"saved": saved, "state": f"Edition {edition.name}, {day}" if saved.edition else f"Updated {day}"}
