"""JSON for programs that want less than features: counts, the taxonomy, the regions. It has no pages."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Response, request

from app.api.answers import JSON
from app.api.parameters import COUNTS_PARAMETERS, FIGURES_PARAMETERS
from app.api.questions import asked_of_edition, hold_edition, parse_figures_filter, single
from app.caching import answer, answer_stream, is_held
from app.params import refuse_unknown
from app.reading import Asked, given_pairs
from app.site import site
from incidents.editions.compact import dump_json
from incidents.editions.grouping import GROUPINGS
from incidents.editions.tabulating import Table, tabulate
from incidents.errors import BadFilter

figures = Blueprint("api_figures", __name__)

# Up to so many groups an answer is sent as one piece.
_FEW = 4096


@figures.get("/api/counts")
def give_counts() -> Response:
    """Count records, incidents and patterns by what `by` names, and what may be published as counts alone."""
    stack, question = hold_edition()
    try:
        refuse_unknown(given_pairs(), COUNTS_PARAMETERS)
        by = _parse_by()
        filter_ = parse_figures_filter(question.edition)
        etag = question.etag(request.query_string.decode("latin-1"), JSON)
        if is_held(etag):
            return answer_stream(etag, JSON, tuple, stack.close)
        table = tabulate(question.edition, filter_, by)
        manifest = question.edition.manifest
        before = {
            "edition": question.edition.name,
            "filter": _describe_filter(filter_.to_pairs()),
            "by": by,
            "totals": table.totals,
        }
        after = {
            "aggregate_only": table.aggregate_only,
            "licence": manifest.licence,
            "citation": manifest.cite(site().settings.public_url),
        }
        few = table.groups is None or len(table.groups) <= _FEW
        return answer_stream(etag, JSON, lambda: _write(before, table, after), stack.close, few=few)
    except BaseException:
        stack.close()
        raise


def _write(before: dict[str, Any], table: Table, after: dict[str, Any]) -> Iterator[bytes]:
    """Write one object of JSON block by block, its groups as `counts` in the middle."""
    yield f'{dump_json(before)[:-1]},"counts":['.encode()
    comma = ""
    for block in table.blocks():
        yield f"{comma}{dump_json(block)[1:-1]}".encode()
        comma = ","
    yield f"],{dump_json(after)[1:]}".encode()


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
