"""The public pages: map, table, one incident, about. They show what an edition holds and compute nothing."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, render_template

from app.caching import answer
from app.drawing import draw_incident_map, draw_map
from app.finding import find_incident
from app.maps.view import Mode
from app.params import PAGING_NAMES, parse_paging
from app.reading import Asked, asked, given_pairs
from incidents.editions.changes import find_dates
from incidents.editions.schema import SORTS
from incidents.editions.tabulating import count_unshown
from incidents.errors import BadFilter
from incidents.filters import IncidentFilter

pages = Blueprint("pages", __name__)

_HTML = "text/html"


@pages.get("/")
def show_map() -> Response:
    """Show the map."""
    with asked() as question:
        return answer(
            question.etag(),
            _HTML,
            lambda: render_template("map.html", **draw_map(question, mode=Mode.PAGE), filter_pairs=question.to_pairs()),
        )


@pages.get("/incidents")
def show_table() -> Response:
    """Show a page of the table."""
    with asked(beside=PAGING_NAMES) as question:
        paging = parse_paging(given_pairs(), SORTS, next(iter(SORTS)))

        def make() -> str:
            counts = question.edition.counts(question.filter)
            last = max(1, -(-counts.matched // paging.limit))
            if paging.page > last:
                raise BadFilter("page", f"the last page is {last}")
            return render_template(
                "incidents.html",
                rows=question.edition.details(question.filter, paging.sort, paging.limit, paging.offset),
                counts=counts,
                unshown=count_unshown(question.edition, question.filter),
                filter=question.filter,
                pairs=question.to_pairs(),
                sort=paging.sort,
                page=paging.page,
                pages=last,
                limit=paging.limit,
                pinned=question.pinned,
                facets=question.edition.facets(question.filter),
                regions=question.edition.known_regions(),
                lifts=[] if counts.matched else list(find_lifts(question)),
                taxonomy=question.edition.taxonomy,
            )

        return answer(question.etag(repr(paging)), _HTML, make)


# What a reader would call each name of the filter that emptied the table.
_CALLED = {
    "kind": "the kinds",
    "aircraft": "the aircraft",
    "region": "the regions",
    "start": "the first day",
    "end": "the last day",
    "undated": "the choice of dated ones",
    "grade": "the grades",
    "precision": "the precision of place",
    "words": "the words",
    "bbox": "the box",
}


def find_lifts(question: Asked) -> Iterator[dict[str, Any]]:
    """Give the parts of a filter that finds nothing, each with what lifting it alone would find."""
    for name, called in _CALLED.items():
        lifted = replace(question.filter, **{name: getattr(IncidentFilter(), name)})
        if lifted != question.filter:
            pairs = Asked(question.edition, lifted, question.pinned).to_pairs()
            yield {"label": called, "pairs": pairs, "found": question.edition.counts(lifted).matched}


@pages.get("/incidents/<incident_id>")
def show_incident(incident_id: str) -> Response:
    """Show one incident."""
    with asked(filtered=False) as question:

        def make() -> str:
            detail = find_incident(question, incident_id)
            drawn = draw_incident_map(question, detail)
            known = {region["code"] for region in question.edition.known_regions()}
            dates = find_dates(question.edition, [detail["number"]])[detail["number"]]
            return render_template(
                "incident.html", incident=detail, regions=known, dates=dates, pairs=question.to_pairs(), **drawn
            )

        return answer(question.etag(), _HTML, make)


@pages.get("/about")
def show_about() -> Response:
    """Show what this is, whence it comes and how to cite it."""
    with asked(filtered=False) as question:
        return answer(
            question.etag(),
            _HTML,
            lambda: render_template(
                "about.html",
                manifest=question.edition.manifest,
                taxonomy=question.edition.taxonomy,
                pairs=question.to_pairs(),
            ),
        )
