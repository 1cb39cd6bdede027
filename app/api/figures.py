"""JSON for programs that want less than features: counts, the taxonomy, the regions. It has no pages."""

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from app.api.answers import JSON
from app.api.parameters import COUNTS_PARAMETERS, FIGURES_PARAMETERS
from app.api.questions import asked_of_edition, parse_figures_filter, single
from app.caching import answer
from app.reading import Asked
from app.site import site
from incidents.editions.compact import dump_json
from incidents.editions.tabulating import GROUPINGS, tabulate
from incidents.errors import BadFilter

figures = Blueprint("api_figures", __name__)


@figures.get("/api/counts")
def give_counts() -> Response:
    """Count records, incidents and patterns by what `by` names, and what may be published as counts alone."""
    with asked_of_edition(COUNTS_PARAMETERS) as question:
        by = _parse_by()
        filter_ = parse_figures_filter(question.edition)

        def describe() -> dict[str, Any]:
            table = tabulate(question.edition, filter_, by)
            manifest = question.edition.manifest
            return {
                "edition": question.edition.name,
                "filter": _describe_filter(filter_.to_pairs()),
                "by": by,
                "totals": table.totals,
                "counts": table.rows,
                "aggregate_only": table.aggregate_only,
                "licence": manifest.licence,
                "citation": manifest.cite(site().settings.public_url),
            }

        return _answer(question, describe)


def _describe_filter(pairs: list[tuple[str, str]]) -> dict[str, str]:
    return {name: ",".join(text for other, text in pairs if other == name) for name, _ in pairs}


def _parse_by() -> list[str]:
    text = single("by")
    names = list(dict.fromkeys(part.strip() for part in text.split(","))) if text else []
    for name in names:
        if name not in GROUPINGS:
            raise BadFilter("by", f"must be names joined by commas, of {', '.join(GROUPINGS)}")
    if text == "" or ("month" in names and "year" in names):
        raise BadFilter("by", "must be one or more names, and either month or year")
    return names


@figures.get("/api/taxonomy")
def give_taxonomy() -> Response:
    """Give the words that records are described by: kinds, aircraft and systems, precision, grades and the like."""
    with asked_of_edition(FIGURES_PARAMETERS) as question:
        edition = question.edition
        return _answer(question, lambda: {"edition": edition.name, **json.loads(edition.taxonomy.to_json())})


@figures.get("/api/regions")
def give_regions() -> Response:
    """Give the regions in use, coarse to fine, without their boundaries."""
    with asked_of_edition(FIGURES_PARAMETERS) as question:
        edition = question.edition
        return _answer(question, lambda: {"edition": edition.name, "regions": edition.known_regions()})


def _answer(question: Asked, describe: Callable[[], dict[str, Any]]) -> Response:
    etag = question.etag(request.query_string.decode("latin-1"), JSON)
    return answer(etag, JSON, lambda: dump_json(describe()))
