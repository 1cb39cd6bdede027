"""The public data that the map draws, and areas. Any page may fetch it; no request of it carries a cookie."""

from collections.abc import Callable, Mapping
from dataclasses import asdict

from flask import Blueprint, Response

from app.caching import answer, answer_packed
from app.finding import find_incident
from app.params import (
    SPOT_NAMES,
    parse_by,
    parse_edition_name,
    parse_grid,
    parse_incident,
    parse_level,
    parse_one_of,
    parse_page,
    parse_rows,
    parse_spot,
    parse_unit,
)
from app.reading import Asked, asked, given_pairs
from app.site import site
from incidents.editions.calendars import UNITS
from incidents.editions.compact import dump_json
from incidents.editions.edition import Edition
from incidents.editions.errors import EditionNotFound
from incidents.editions.tabulating import count_unshown
from incidents.errors import BadFilter
from incidents.exporting.geojson import area_blocks
from incidents.filters import IncidentFilter
from incidents.harm import OUTCOMES

data = Blueprint("data", __name__)

_FINEST_LEVEL = 9
_GEOJSON = "application/geo+json"
_JSON = "application/json"
# Registered with IANA: https://www.iana.org/assignments/media-types/application/vnd.apache.arrow.file
_ARROW_FILE = "application/vnd.apache.arrow.file"
_ARROW_STREAM = "application/vnd.apache.arrow.stream"


@data.get("/regions.geojson")
def give_regions() -> Response:
    """Give the regions that incidents are known only to, as GeoJSON."""
    with asked() as question:
        return answer(question.etag(), _GEOJSON, lambda: _areas(question))


@data.get("/editions/<name>/areas.json")
def give_areas(name: str) -> Response:
    """Give the polygons of the regions that incidents are known only to."""
    with asked(name=_edition_name(name)) as question:
        return answer(question.etag(), _JSON, lambda: _areas(question))


@data.get("/editions/<name>/outlines.json")
def give_outlines(name: str) -> Response:
    """Give outlines as a map of one scale shows them: of those regions, or of all in use of a level and those named."""
    with asked(name=_edition_name(name), beside=("across", "view", "level", "area"), filtered=False) as question:
        pairs = given_pairs()
        grid, codes = parse_grid(pairs), parse_spot(pairs).areas
        level = parse_level(pairs, 0) if any(given == "level" and text for given, text in pairs) else None

        def make() -> str:
            edition = question.edition
            filled = codes or level is not None
            return dump_json(edition.outlines_in_use(grid, level, codes) if filled else edition.outlines(grid))

        return answer(question.etag(repr(grid), str(level), *codes), _JSON, make)


@data.get("/editions/<name>/rows.json")
def give_rows(name: str) -> Response:
    """Give the details of the rows that `n` names, in its order, or of the one incident that `id` names."""
    with asked(name=_edition_name(name), beside=("n", "id"), filtered=False) as question:
        if incident_id := parse_incident(given_pairs()):
            found = find_incident(question, incident_id)
            return answer(
                question.etag(incident_id),
                _JSON,
                lambda: dump_json({"edition": question.edition.name, "rows": [found]}),
            )
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


@data.get("/editions/<name>/columns.arrow")
def give_columns(name: str) -> Response:
    """Give the typed columns of the rows that the filter selects, if they are not too many, as an Arrow IPC file."""
    with asked(name=_edition_name(name)) as question:
        edition, filter_ = question.edition, question.filter
        if filter_.is_empty():
            # Those of all rows lie there, however many there are.
            return answer_packed(question.etag(), _ARROW_FILE, edition.packed_columns())
        return answer(question.etag(), _ARROW_FILE, lambda: edition.columns_of(filter_), quick=True)


@data.get("/editions/<name>/terms.json")
def give_terms(name: str) -> Response:
    """Give what the numbers in columns and clusters stand for."""
    with asked(name=_edition_name(name), filtered=False) as question:
        return answer(question.etag(), _JSON, lambda: dump_json(question.edition.terms()))


@data.get("/editions/<name>/names.json")
def give_names(name: str) -> Response:
    """Give the names of the regions in the terms."""
    with asked(name=_edition_name(name), filtered=False) as question:
        return answer(question.etag(), _JSON, lambda: dump_json(question.edition.names()))


@data.get("/editions/<name>/clusters.arrow")
def give_clusters(name: str) -> Response:
    """Give what the filter selects, gathered into the cells of a grid, as an Arrow IPC stream."""
    with asked(name=_edition_name(name), beside=("across", "view")) as question:
        grid = parse_grid(given_pairs())
        return answer(
            question.etag(repr(grid)),
            _ARROW_STREAM,
            lambda: question.edition.packed_clusters(question.filter, grid),
            quick=True,
        )


@data.get("/editions/<name>/tallies.json")
def give_tallies(name: str) -> Response:
    """Give the counts of what the filter selects, and of what each other choice would give."""
    with asked(name=_edition_name(name), beside=("level",)) as question:
        level = parse_level(given_pairs(), _FINEST_LEVEL)
        return answer(
            question.etag(str(level)),
            _JSON,
            lambda: dump_json(question.edition.tallies(question.filter, level)),
            quick=True,
        )


@data.get("/editions/<name>/unshown.json")
def give_unshown(name: str) -> Response:
    """Give how many records are counted only, beside what the filter selects."""
    with asked(name=_edition_name(name)) as question:

        def make() -> str:
            unshown = count_unshown(question.edition, question.filter)
            return dump_json({**asdict(unshown), "words": unshown.words})

        return answer(question.etag(), _JSON, make)


@data.get("/editions/<name>/histogram.json")
def give_histogram(name: str) -> Response:
    """Give incidents by time, whatever the window."""
    with asked(name=_edition_name(name), beside=("unit",)) as question:
        unit = parse_unit(given_pairs(), UNITS)
        return answer(
            question.etag(unit),
            _JSON,
            lambda: dump_json(question.edition.histogram(question.filter, unit)),
            quick=True,
        )


@data.get("/editions/<name>/series.json")
def give_series(name: str) -> Response:
    """Give incidents by time and by kind, aircraft or region, whatever the window."""
    with asked(name=_edition_name(name), beside=("by", "unit", "level")) as question:
        by = parse_by(given_pairs(), ("kind", "aircraft", "region"))
        unit = parse_unit(given_pairs(), ("month", "year"))
        level = parse_level(given_pairs(), 1)
        return answer(
            question.etag(by, unit, str(level)),
            _JSON,
            lambda: dump_json(question.edition.series(question.filter, by, unit, level)),
        )


@data.get("/editions/<name>/members.json")
def give_members(name: str) -> Response:
    """Give a page of the details of what stands in one place, newest first."""
    with asked(name=_edition_name(name), beside=(*SPOT_NAMES, "page", "limit")) as question:
        spot = parse_spot(given_pairs())
        page, limit = parse_page(given_pairs(), usual=25, most=100)
        return answer(
            question.etag(repr(spot), str(page), str(limit)),
            _JSON,
            lambda: dump_json(
                question.edition.members(
                    question.filter,
                    within=spot.within,
                    areas=spot.areas,
                    placeless=spot.placeless,
                    page=page,
                    limit=limit,
                )
            ),
        )


@data.get("/editions/<name>/harm.json")
def give_harm(name: str) -> Response:
    """Give the harm to one group, added up by region."""
    with asked(name=_edition_name(name), beside=("by", "group", "outcome")) as question:
        parse_by(given_pairs(), ("region",))
        groups = question.edition.taxonomy.harm_groups
        group = parse_one_of(given_pairs(), "group", tuple(groups), "total")
        outcome = parse_one_of(given_pairs(), "outcome", OUTCOMES, OUTCOMES[0])
        return answer(
            question.etag(group, outcome),
            _JSON,
            lambda: dump_json(question.edition.harm_by_region(question.filter, group, outcome)),
        )


@data.get("/editions/<name>/found.json")
def give_found(name: str) -> Response:
    """Give how many incidents and patterns the filter selects, by region."""
    return _count_regions(name, Edition.counts_by_region)


@data.get("/editions/<name>/certain.json")
def give_certain(name: str) -> Response:
    """Give how many incidents and patterns certainly happened in the filter's window, by region."""
    return _count_regions(name, Edition.certain_by_region)


def _count_regions(name: str, count: Callable[[Edition, IncidentFilter], Mapping[str, tuple[int, int]]]) -> Response:
    with asked(name=_edition_name(name)) as question:
        return answer(question.etag(), _JSON, lambda: dump_json(count(question.edition, question.filter)), quick=True)


def _edition_name(name: str) -> str:
    try:
        return parse_edition_name(name)
    except BadFilter:
        msg = "An edition's name is a number, such as 7 or 7.1."
        raise EditionNotFound(msg) from None


def _areas(question: Asked) -> bytes:
    return b"".join(area_blocks(question.edition, question.filter, site().settings.public_url))
