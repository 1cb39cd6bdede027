"""Parameters of a request: pairs of name and text become typed values here, once, or a 400 that names the parameter.

It knows no request object and no edition: it gets pairs and a taxonomy.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from app.pictures.picture import (
    DEEPEST,
    LEAST_HEIGHT,
    LEAST_WIDTH,
    MOST_HEIGHT,
    MOST_WIDTH,
    RATIOS,
    THEMES,
    USUAL_HEIGHT,
    USUAL_WIDTH,
    Shape,
    View,
)
from incidents.errors import BadFilter
from incidents.filters import FILTER_NAMES, IncidentFilter, parse_filter
from incidents.taxonomy import Taxonomy

Pairs = Iterable[tuple[str, str]]

PAGING_NAMES = ("sort", "page", "limit")
PICTURE_NAMES = ("width", "height", "ratio", "theme", "view")
USUAL_LIMIT = 50
MOST_A_PAGE = 500
MOST_ROWS = 500

_EDITION = re.compile(r"[1-9]\d{0,8}(\.[1-9]\d{0,8})?", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_VIEW = re.compile(r"(\d{1,2}(?:\.\d{1,6})?)/(-?\d{1,2}(?:\.\d{1,9})?)/(-?\d{1,3}(?:\.\d{1,9})?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a table is asked for. sort: an order that the edition knows. page: from 1."""

    sort: str
    page: int = 1
    limit: int = USUAL_LIMIT

    @property
    def offset(self) -> int:
        """Rows before the page."""
        return (self.page - 1) * self.limit

    def to_pairs(self) -> list[tuple[str, str]]:
        """Give the paging back as pairs."""
        return [("sort", self.sort), ("page", str(self.page)), ("limit", str(self.limit))]


def parse_edition(pairs: Pairs) -> str | None:
    """Read `edition`, a name such as "7" or "7.1"; None is the current one. Raises BadFilter."""
    text = _single(pairs, "edition")
    return parse_edition_name(text) if text else None


def parse_edition_name(text: str) -> str:
    """Check the form of an edition's name. Raises BadFilter."""
    if not _EDITION.fullmatch(text):
        raise BadFilter("edition", "must be an edition's number, such as 7 or 7.1")
    return text


def parse_filter_beside(pairs: Pairs, taxonomy: Taxonomy, beside: Collection[str] = ()) -> IncidentFilter:
    """Read the filter from pairs among which those named `beside` are somebody else's. Raises BadFilter."""
    pairs = list(pairs)
    for name, _ in pairs:
        if name not in FILTER_NAMES and name not in beside:
            raise BadFilter(name[:40], f"unknown; known are {', '.join((*FILTER_NAMES, *beside))}")
    return parse_filter([pair for pair in pairs if pair[0] not in beside], taxonomy)


def refuse_unknown(pairs: Pairs, known: Collection[str] = ()) -> None:
    """Refuse parameters where none, or only the known ones, are understood. Raises BadFilter."""
    for name, _ in pairs:
        if name not in known:
            raise BadFilter(
                name[:40], f"unknown; known are {', '.join(known)}" if known else "unknown; none is known here"
            )


def parse_paging(pairs: Pairs, sorts: Collection[str], usual: str) -> Paging:
    """Read `sort`, `page` and `limit` (at most MOST_A_PAGE). Raises BadFilter."""
    pairs = list(pairs)
    sort = _single(pairs, "sort") or usual
    if sort not in sorts:
        raise BadFilter("sort", f"must be one of {', '.join(sorts)}; a minus is downwards")
    return Paging(
        sort=sort,
        page=_whole(pairs, "page", 1, least=1, most=10_000_000),
        limit=_whole(pairs, "limit", USUAL_LIMIT, least=1, most=MOST_A_PAGE),
    )


def parse_rows(pairs: Pairs, total: int) -> list[int]:
    """Read `n`, numbers of rows joined by commas or repeated, each once, in the order given. Raises BadFilter."""
    numbers = [part for name, text in pairs if name == "n" for part in text.split(",")]
    if not all(_NUMBER.fullmatch(number) for number in numbers) or not numbers:
        raise BadFilter("n", "must be numbers of rows, such as 0,5,17")
    rows = list(dict.fromkeys(int(number) for number in numbers))
    if len(rows) > MOST_ROWS:
        raise BadFilter("n", f"more than {MOST_ROWS} rows")
    if max(rows) >= total:
        raise BadFilter("n", f"rows are numbered from 0 to {total - 1}" if total else "the edition has no rows")
    return rows


def parse_shape(pairs: Pairs) -> Shape:
    """Read a picture's `width`, `height`, `ratio`, `theme` and `view` (zoom/lat/lon). Raises BadFilter."""
    pairs = list(pairs)
    ratios = {f"{ratio:g}": ratio for ratio in RATIOS}
    ratio, theme = _single(pairs, "ratio") or "1", _single(pairs, "theme") or THEMES[0]
    if ratio not in ratios:
        raise BadFilter("ratio", f"must be one of {', '.join(ratios)}")
    if theme not in THEMES:
        raise BadFilter("theme", f"must be one of {', '.join(THEMES)}")
    width = _whole(pairs, "width", USUAL_WIDTH, least=LEAST_WIDTH, most=MOST_WIDTH)
    height = _whole(pairs, "height", USUAL_HEIGHT, least=LEAST_HEIGHT, most=MOST_HEIGHT)
    for name, given, least in (("width", width, LEAST_WIDTH), ("height", height, LEAST_HEIGHT)):
        if given / ratios[ratio] < least:
            raise BadFilter(name, f"must be at least {least * ratios[ratio]:.0f} at a ratio of {ratio}")
    return Shape(width, height, ratios[ratio], theme, _view(_single(pairs, "view")))


def _view(text: str) -> View | None:
    if not text:
        return None
    found = _VIEW.fullmatch(text)
    if found:
        zoom, lat, lon = (float(part) for part in found.groups())
        if zoom <= DEEPEST and abs(lat) <= 90 and abs(lon) <= 180:
            return View(zoom, lat, lon)
    raise BadFilter("view", f"must be zoom/latitude/longitude, such as 6/21.5/96, with a zoom of {DEEPEST:.0f} at most")


def _single(pairs: Pairs, name: str) -> str:
    values = [text.strip() for given, text in pairs if given == name]
    if len(values) > 1:
        raise BadFilter(name, "given more than once")
    return values[0] if values else ""


def _whole(pairs: Pairs, name: str, usual: int, *, least: int, most: int) -> int:
    text = _single(pairs, name)
    if not text:
        return usual
    if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
        raise BadFilter(name, f"must be a whole number from {least} to {most}")
    return int(text)
