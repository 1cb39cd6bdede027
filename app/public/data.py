"""The public data: GeoJSON, and what the map draws. Any page may fetch it; no request of it carries a cookie."""

from flask import Blueprint, Response

from app.caching import answer, answer_packed, answer_stream
from app.params import parse_edition_name, parse_rows
from app.reading import Asked, asked, asked_to_hold, given_pairs
from app.site import site
from incidents.editions.compact import dump_json
from incidents.editions.errors import EditionNotFound
from incidents.errors import BadFilter
from incidents.exporting.geojson import area_blocks, collection_blocks

data = Blueprint("data", __name__)

_GEOJSON = "application/geo+json"
_JSON = "application/json"


@data.get("/incidents.geojson")
def give_incidents() -> Response:
    """Give the incidents as GeoJSON (RFC 7946), in a stream."""
    stack, question = asked_to_hold()
    return answer_stream(
        question.etag(),
        _GEOJSON,
        lambda: collection_blocks(question.edition, question.filter, site().settings.public_url),
        stack.close,
        filename="incidents.geojson",
    )


@data.get("/regions.geojson")
def give_regions() -> Response:
    """Give the regions that incidents are known only to, as GeoJSON."""
    with asked() as question:
        return answer(question.etag(), _GEOJSON, lambda: _areas(question))


@data.get("/editions/<name>/columns.json")
def give_columns(name: str) -> Response:
    """Give every row's typed columns."""
    with asked(name=_edition_name(name), filtered=False) as question:
        return answer_packed(question.etag(), _JSON, question.edition.columns())


@data.get("/editions/<name>/areas.json")
def give_areas(name: str) -> Response:
    """Give the polygons of the regions that incidents are known only to."""
    with asked(name=_edition_name(name)) as question:
        return answer(question.etag(), _JSON, lambda: _areas(question))


@data.get("/editions/<name>/rows.json")
def give_rows(name: str) -> Response:
    """Give the details of the rows that `n` names, in its order."""
    with asked(name=_edition_name(name), beside=("n",), filtered=False) as question:
        numbers = parse_rows(given_pairs(), question.edition.manifest.rows)
        return answer(
            question.etag(repr(numbers)),
            _JSON,
            lambda: dump_json({"edition": question.edition.name, "rows": question.edition.details_by_number(numbers)}),
        )


@data.get("/editions/<name>/matches.json")
def give_matches(name: str) -> Response:
    """Give the numbers of the rows that the filter selects."""
    with asked(name=_edition_name(name)) as question:
        return answer(
            question.etag(),
            _JSON,
            lambda: dump_json({"edition": question.edition.name, "rows": question.edition.matches(question.filter)}),
        )


def _edition_name(name: str) -> str:
    try:
        return parse_edition_name(name)
    except BadFilter:
        msg = "An edition's name is a number, such as 7 or 7.1."
        raise EditionNotFound(msg) from None


def _areas(question: Asked) -> str:
    return "".join(area_blocks(question.edition, question.filter, site().settings.public_url))
