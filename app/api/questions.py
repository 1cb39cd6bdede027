"""What a request asks of the API: its parameters become typed values here, once, or a 400 that names the parameter.

It asks no edition for features and makes no answer.
"""

import base64
import binascii
import datetime as dt
import re
from collections.abc import Collection as Names
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from flask import g, request

from app.api.parameters import FORMATS, MOST_LIMIT, REPEATABLE, USUAL_LIMIT, VOCABULARY
from app.params import parse_edition_name, refuse_unknown
from app.reading import Asked, given_pairs
from app.site import site
from geodata.bbox import BBox
from geodata.crs import CRS
from geodata.errors import BadBBox
from incidents.editions.catalogue import Collection
from incidents.editions.cql import LANGUAGES, parse_cql
from incidents.editions.cql_conditions import Condition, make_condition, parse_day
from incidents.editions.items import Selection
from incidents.editions.reader import Edition, parse_name
from incidents.errors import BadFilter
from incidents.filters import IncidentFilter

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,30}", re.ASCII)
_TOKEN = re.compile(r"([0-9.]{1,20})/(\d{1,12})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    """Where a page begins: an edition's name, and the key that the page comes after."""

    edition: str
    key: int

    def to_text(self) -> str:
        """Write it as it stands in an address."""
        return base64.urlsafe_b64encode(f"{self.edition}/{self.key}".encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class PageAsked:
    """A page of features as it is asked for. after: the key that it comes after, -1 for the first page."""

    selection: Selection
    crs: CRS
    limit: int
    after: int


def prefers_html() -> bool:
    """Whether the reader wants HTML: by the parameter `f`, else by the header Accept. Raises BadFilter."""
    if "prefers_html" not in g:
        g.prefers_html = _find_format() == "html"
    return bool(g.prefers_html)


def _find_format() -> str:
    format_ = single("f")
    if format_ is not None:
        if format_ not in FORMATS:
            raise BadFilter("f", f"must be one of {', '.join(FORMATS)}")
        return format_
    offered = {"application/json": "json", "application/geo+json": "json", "text/html": "html"}
    return offered[request.accept_mimetypes.best_match(offered, "application/json")]


def single(name: str) -> str | None:
    """Give the text of a parameter that may be given once; None where it is not given. Raises BadFilter."""
    values = request.args.getlist(name)
    if len(values) > 1:
        raise BadFilter(name, "given more than once")
    if values and "\x00" in values[0]:
        raise BadFilter(name, "contains a NUL character")
    return values[0].strip() if values else None


@contextmanager
def asked_of_edition(known: Names[str] | None) -> Iterator[Asked]:
    """Open the edition that the request names, in `edition` or in `after`; refuse parameters that are not known.

    known: None where the edition says what is known, so that the caller refuses.
    Raises BadFilter, EditionNotFound, EditionGone, EditionBusy, NoEditionYet.
    """
    if known is not None:
        refuse_unknown(given_pairs(), known)
    prefers_html()
    text = single("edition")
    name = parse_edition_name(text) if text is not None else None
    token = parse_token()
    if token and name and parse_name(token.edition)[0] != parse_name(name)[0]:
        raise BadFilter("after", f"belongs to edition {token.edition}")
    editions = site().editions
    if token:
        # All pages are of one amendment, whose rows alone have the numbers that pages begin at.
        edition = editions.get(token.edition)
    else:
        edition = editions.current() if name is None else editions.get_amended(name)
    g.edition, g.pinned = edition, name is not None
    yield Asked(edition, IncidentFilter(), pinned=name is not None)


def hold_edition() -> tuple[ExitStack, Asked]:
    """Open the same for an answer that is streamed; closing the stack lets the edition go. The caller refuses."""
    with ExitStack() as stack:
        opened = stack.enter_context(asked_of_edition(None))
        return stack.pop_all(), opened


def parse_token() -> Token | None:
    """Read `after`. Raises BadFilter."""
    text = single("after")
    if text is None:
        return None
    try:
        found = _TOKEN.fullmatch(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True).decode())
    except (binascii.Error, ValueError):
        found = None
    if not found:
        raise BadFilter("after", "must be taken from the link next of another page")
    try:
        return Token(parse_edition_name(found[1]), int(found[2]))
    except BadFilter:
        raise BadFilter("after", "must be taken from the link next of another page") from None


def parse_crs(name: str) -> CRS:
    """Read a parameter that names a coordinate reference system. Raises BadFilter."""
    uri = single(name)
    if uri is None:
        return CRS.CRS84
    try:
        return CRS.from_uri(uri)
    except ValueError as error:
        raise BadFilter(name, str(error)) from None


def parse_page(collection: Collection, edition: Edition) -> PageAsked:
    """Read everything that a page of a collection's features is asked by. Raises BadFilter."""
    filters = [_vocabulary(edition)] if not collection.of_regions else []
    box, window = _bbox(), _datetime()
    if box:
        filters.append(IncidentFilter(bbox=box))
    # Regions have no dates, so that every time matches them.
    if window and not collection.of_regions:
        filters.append(IncidentFilter(start=window[0], end=window[1]))
    token = parse_token()
    return PageAsked(
        Selection(tuple(one for one in filters if not one.is_empty()), _condition(collection)),
        parse_crs("crs"),
        _limit(),
        token.key if token else -1,
    )


def _vocabulary(edition: Edition) -> IncidentFilter:
    names = [name for name, _ in given_pairs() if name in VOCABULARY]
    for name in names:
        if name not in REPEATABLE:
            single(name)
    return edition.parse_filter([pair for pair in given_pairs() if pair[0] in VOCABULARY])


def parse_figures_filter(edition: Edition) -> IncidentFilter:
    """Read the filter of counts: the common vocabulary, with its bbox in degrees. Raises BadFilter."""
    return edition.parse_filter([pair for pair in given_pairs() if pair[0] in (*VOCABULARY, "bbox")])


def _limit() -> int:
    text = single("limit")
    if text is None:
        return USUAL_LIMIT
    if not _WHOLE.fullmatch(text) or int(text) < 1:
        raise BadFilter("limit", f"must be a whole number from 1 to {MOST_LIMIT}")
    return min(int(text), MOST_LIMIT)


def _bbox() -> BBox | None:
    text, crs = single("bbox"), parse_crs("bbox-crs")
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if not all(_NUMBER.fullmatch(part) for part in parts):
        raise BadFilter("bbox", "must be numbers joined by commas")
    try:
        return crs.bbox_from([float(part) for part in parts])
    except BadBBox as error:
        raise BadFilter("bbox", str(error)) from None


def _datetime() -> tuple[dt.date | None, dt.date | None] | None:
    """Read `datetime` (OGC API - Features part 1, 7.15.4) to its first and last day; None of them is an open end."""
    text = single("datetime")
    if text is None:
        return None
    parts = text.split("/")
    if len(parts) > 2 or not any(part not in ("", "..") for part in parts):
        raise BadFilter("datetime", "must be a date or time, or two joined by a slash, of which one may be ..")
    try:
        ends = [None if part in ("", "..") else parse_day(part) for part in parts]
    except ValueError as error:
        reason = str(error) if str(error).startswith("must") else "has a date that is not in the calendar"
        raise BadFilter("datetime", reason) from None
    start, end = ends[0], ends[-1]
    if start and end and end < start:
        raise BadFilter("datetime", "ends before it begins")
    return start, end


def _condition(collection: Collection) -> Condition | None:
    text, language, crs = single("filter"), single("filter-lang"), parse_crs("filter-crs")
    if language is not None and language not in LANGUAGES:
        raise BadFilter("filter-lang", f"must be one of {', '.join(LANGUAGES)}")
    if text is None:
        return None
    return make_condition(parse_cql(text, language or LANGUAGES[0]), collection.queryables, crs)


def given_without(names: Names[str]) -> list[tuple[str, str]]:
    """Give the request's parameters but for some."""
    return [pair for pair in given_pairs() if pair[0] not in names]


def with_changes(changes: Mapping[str, str]) -> list[tuple[str, str]]:
    """Give the request's parameters with some changed or added."""
    return [*given_without(changes), *changes.items()]
