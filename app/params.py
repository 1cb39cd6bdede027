"""Parameters of a request: pairs of name and text become typed values here, once, or a 400 that names the parameter.

It knows no request object and no edition: it gets pairs, and for a filter whoever reads it.
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from app.pictures.chart import BYS, NARROWEST, UNITS, WIDEST, ChartForm
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
from incidents.editions.grids import MOST_ACROSS, MOST_CELLS, WORLD, Box, Grid
from incidents.errors import BadFilter
from incidents.filters import FILTER_NAMES, REGION_CODE, IncidentFilter
from incidents.saved_maps import CHARTS, FILLS

Pairs = Iterable[tuple[str, str]]

PAGING_NAMES = ("sort", "page", "limit")
# Of any picture; and of one of many incidents.
SHAPE_NAMES = ("width", "height", "ratio", "theme", "view")
PICTURE_NAMES = (*SHAPE_NAMES, "regions", "chart")
_MOST_AREAS = 500
# What others add to links: networks their click, newsletters their reader, counters of visits their campaign.
_TAGS = frozenset(
    (
        "amp", "dclid", "fbclid", "gad_source", "gbraid", "gclid", "igsh", "igshid", "li_fat_id", "mc_cid", "mc_eid",
        "mibextid", "mkt_tok", "msclkid", "ref", "ref_src", "ref_url", "srsltid", "ttclid", "twclid", "wbraid", "yclid",
    )
)  # fmt: skip
_TAGGED = ("utm_", "mtm_", "pk_", "hsa_", "_hs")
SPOT_NAMES = ("within", "area", "placeless")
CHART_NAMES = ("by", "unit", "theme", "width")
EMBED_NAMES = ("controls", "theme", "view", "regions", "chart")
# What an embed has beside the map; the first ones are there where nothing is said.
EMBED_CONTROLS = ("time", "legend", "zoom", "filters")
USUAL_CONTROLS = EMBED_CONTROLS[:3]
EMBED_THEMES = ("auto", "light", "dark")
USUAL_LIMIT = 50
MOST_A_PAGE = 500
MOST_ROWS = 500

_Word = TypeVar("_Word", bound=str)

_EDITION = re.compile(r"[1-9]\d{0,8}(\.[1-9]\d{0,8})?", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_VIEW = re.compile(r"(\d{1,2}(?:\.\d{1,6})?)/(-?\d{1,2}(?:\.\d{1,9})?)/(-?\d{1,3}(?:\.\d{1,9})?)", re.ASCII)
_WHOLE = re.compile(r"\d{1,10}", re.ASCII)
INCIDENT_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_KEY = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}", re.ASCII)


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


@dataclass(frozen=True, slots=True)
class EmbedForm:
    """How an embed looks. controls: of EMBED_CONTROLS. theme: of EMBED_THEMES. view: where it begins; None: fitted.

    regions, chart: what it fills and charts, of FILLS and CHARTS; None: as the map was saved, and else neither.
    """

    controls: tuple[str, ...] = USUAL_CONTROLS
    theme: str = EMBED_THEMES[0]
    view: View | None = None
    regions: str | None = None
    chart: str | None = None


def parse_edition(pairs: Pairs) -> str | None:
    """Read `edition`, a name such as "7" or "7.1"; None is the current one. Raises BadFilter."""
    text = _single(pairs, "edition")
    return parse_edition_name(text) if text else None


def parse_edition_name(text: str) -> str:
    """Check the form of an edition's name. Raises BadFilter."""
    if not _EDITION.fullmatch(text):
        raise BadFilter("edition", "must be an edition's number, such as 7 or 7.1")
    return text


def parse_filter_beside(
    pairs: Pairs, parse: Callable[[Pairs], IncidentFilter], beside: Collection[str] = ()
) -> IncidentFilter:
    """Read the filter from pairs among which those named `beside` are somebody else's. Raises BadFilter.

    parse: reads the filter's own pairs, as an edition does with its words.
    """
    pairs = list(pairs)
    for name, _ in pairs:
        if name not in FILTER_NAMES and name not in beside:
            raise BadFilter(name[:40], f"unknown; known are {', '.join((*FILTER_NAMES, *beside))}")
    return parse([pair for pair in pairs if pair[0] not in beside])


def without_tags(pairs: Pairs) -> list[tuple[str, str]]:
    """Leave out what networks, newsletters and counters put at the end of every link that leads to a page."""
    return [(name, text) for name, text in pairs if name not in _TAGS and not name.startswith(_TAGGED)]


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


def parse_chart(pairs: Pairs) -> ChartForm:
    """Read `by`, `unit`, `theme` and `width` (in CSS pixels). Raises BadFilter."""
    pairs = list(pairs)
    usual = ChartForm()
    return ChartForm(
        by=_word_or_none(pairs, "by", BYS) or usual.by,
        unit=_word_or_none(pairs, "unit", UNITS),
        theme=_word_or_none(pairs, "theme", THEMES) or usual.theme,
        width=_whole(pairs, "width", usual.width, least=NARROWEST, most=WIDEST),
    )


def parse_region_code(text: str) -> str:
    """Check the form of a region's code. Raises BadFilter."""
    if not REGION_CODE.fullmatch(text):
        raise BadFilter("region", "must be a region's code, such as MM-01")
    return text


def parse_key(text: str) -> str:
    """Check the form of a key of the taxonomy. Raises BadFilter."""
    if not _KEY.fullmatch(text):
        raise BadFilter("aircraft", "must be a key of the taxonomy, such as mi-24")
    return text


def parse_incident(pairs: Pairs) -> str:
    """Read `id`, one incident's public id; "" where it is left out. Raises BadFilter."""
    pairs = list(pairs)
    text = _single(pairs, "id")
    if any(name == "id" for name, _ in pairs) and not INCIDENT_ID.fullmatch(text):
        raise BadFilter("id", "must be an incident's id: 32 of the digits 0 to 9 and letters a to f")
    if text and any(name == "n" for name, _ in pairs):
        raise BadFilter("n", "cannot be given beside id")
    return text


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
    """Read a picture's `width`, `height`, `ratio`, `theme`, `view`, `regions` and `chart`. Raises BadFilter."""
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
    return Shape(
        width,
        height,
        ratios[ratio],
        theme,
        parse_view(pairs),
        parse_one_of(pairs, "regions", FILLS, FILLS[0]),
        parse_one_of(pairs, "chart", CHARTS, CHARTS[0]),
    )


def parse_embed(pairs: Pairs) -> EmbedForm:
    """Read an embed's `controls` (joined by commas, or none), `theme`, `view`, `regions`, `chart`. Raises BadFilter."""
    pairs = list(pairs)
    text = _single(pairs, "controls")
    given = [part.strip() for part in text.split(",")] if text not in {"", "none"} else []
    if not set(given) <= set(EMBED_CONTROLS):
        raise BadFilter("controls", f"must be none, or some of {','.join(EMBED_CONTROLS)}")
    usual = USUAL_CONTROLS if not text else ()
    return EmbedForm(
        controls=tuple(name for name in EMBED_CONTROLS if name in (given or usual)),
        theme=parse_one_of(pairs, "theme", EMBED_THEMES, EMBED_THEMES[0]),
        view=parse_view(pairs),
        regions=_word_or_none(pairs, "regions", FILLS),
        chart=_word_or_none(pairs, "chart", CHARTS),
    )


@dataclass(frozen=True, slots=True)
class CodeWanted:
    """What somebody who wants to embed an address asks for (https://oembed.com, section 2.2)."""

    url: str
    format: str
    most_width: int
    most_height: int


def parse_oembed(pairs: Pairs) -> CodeWanted:
    """Read `url`, `format`, `maxwidth` and `maxheight`; which formats there are is not known here. Raises BadFilter."""
    pairs = list(pairs)
    url = _single(pairs, "url")
    if not url:
        raise BadFilter("url", "must be the address of a map or of an incident")
    most = 100_000
    return CodeWanted(
        url=url,
        format=_single(pairs, "format") or "json",
        most_width=_whole(pairs, "maxwidth", most, least=1, most=most),
        most_height=_whole(pairs, "maxheight", most, least=1, most=most),
    )


def parse_view(pairs: Pairs) -> View | None:
    """Read `view`, zoom/latitude/longitude of a map's middle; None where it is not given. Raises BadFilter."""
    text = _single(pairs, "view")
    if not text:
        return None
    found = _VIEW.fullmatch(text)
    if found:
        zoom, lat, lon = (float(part) for part in found.groups())
        if zoom <= DEEPEST and abs(lat) <= 90 and abs(lon) <= 180:
            return View(zoom, lat, lon)
    raise BadFilter("view", f"must be zoom/latitude/longitude, such as 6/21.5/96, with a zoom of {DEEPEST:.0f} at most")


def parse_grid(pairs: Pairs) -> Grid:
    """Read `across`, into how many columns and rows the world is divided, and `view`, those asked for.

    view: first column, first row, last column, last row, inclusive; the first column may be greater than the last,
    which goes over the antimeridian. Without it all of the world is meant. Raises BadFilter, also for more than
    MOST_CELLS.
    """
    pairs = list(pairs)
    if not _single(pairs, "across"):
        raise BadFilter("across", "must say into how many columns the world is divided")
    across = _whole(pairs, "across", 0, least=1, most=MOST_ACROSS)
    view = _single(pairs, "view") or f"0,0,{across - 1},{across - 1}"
    first_column, first_row, last_column, last_row = _integers("view", view, 4)
    lines = (first_column, first_row, last_column, last_row)
    if not all(0 <= line < across for line in lines) or first_row > last_row:
        raise BadFilter("view", f"must be first column, first row, last column, last row, from 0 to {across - 1}")
    grid = Grid(across, first_column, first_row, last_column, last_row)
    if grid.cells > MOST_CELLS:
        raise BadFilter("view", f"more than {MOST_CELLS:,} cells")
    return grid


def parse_unit(pairs: Pairs, units: Collection[str]) -> str:
    """Read `unit`, one of the calendar's; month when it is not given. Raises BadFilter."""
    return parse_one_of(pairs, "unit", units, "month")


def parse_by(pairs: Pairs, known: Collection[str]) -> str:
    """Read `by`, the first of the known ones when it is not given. Raises BadFilter."""
    return parse_one_of(pairs, "by", known, next(iter(known)))


def parse_level(pairs: Pairs, usual: int) -> int:
    """Read `level`, 0 for countries and rising for their units. Raises BadFilter."""
    return _whole(pairs, "level", usual, least=0, most=9)


@dataclass(frozen=True, slots=True)
class Spot:
    """One place whose incidents are asked for: a box, regions that stand for places, no place at all, or anywhere."""

    within: Box | None = None
    areas: tuple[str, ...] = ()
    placeless: bool = False


def parse_spot(pairs: Pairs) -> Spot:
    """Read `within` (west,north,east,south, as x and y), `area` or `placeless=1`. Raises BadFilter.

    Areas may be repeated or joined by commas, as regions of a filter are.
    """
    pairs = list(pairs)
    areas = tuple(dict.fromkeys(part.strip() for name, text in pairs if name == "area" for part in text.split(",")))
    given = [name for name in SPOT_NAMES if (areas if name == "area" else _single(pairs, name))]
    if len(given) > 1:
        raise BadFilter(given[1], f"cannot be given beside {given[0]}")
    within = None
    if text := _single(pairs, "within"):
        west, north, east, south = _integers("within", text, 4)
        if not all(0 <= edge < WORLD for edge in (west, north, east, south)) or north > south:
            raise BadFilter("within", f"must be west,north,east,south from 0 to {WORLD - 1}")
        within = Box(west, north, east, south)
    if _single(pairs, "placeless") not in {"", "1"}:
        raise BadFilter("placeless", "must be 1")
    if len(areas) > _MOST_AREAS or not all(REGION_CODE.fullmatch(code) for code in areas):
        raise BadFilter("area", f"must be a region's code, or up to {_MOST_AREAS} of them")
    return Spot(within, areas, "placeless" in given)


def parse_flag(pairs: Pairs, name: str) -> bool:
    """Read a parameter that is 1 or is left out. Raises BadFilter."""
    text = _single(pairs, name)
    if text not in {"", "0", "1"}:
        raise BadFilter(name, "must be 1 or 0")
    return text == "1"


def parse_page(pairs: Pairs, usual: int, most: int) -> tuple[int, int]:
    """Read `page`, from 1, and `limit`. Raises BadFilter."""
    pairs = list(pairs)
    page = _whole(pairs, "page", 1, least=1, most=10_000_000)
    return page, _whole(pairs, "limit", usual, least=1, most=most)


def _integers(name: str, text: str, count: int) -> list[int]:
    parts = text.split(",")
    if len(parts) != count or not all(_WHOLE.fullmatch(part) for part in parts):
        raise BadFilter(name, f"must be {count} whole numbers joined by commas")
    return [int(part) for part in parts]


def parse_one_of(pairs: Pairs, name: str, known: Collection[str], usual: str) -> str:
    """Read a parameter that has one of some values, the usual one when it is not given. Raises BadFilter."""
    value = _single(pairs, name) or usual
    if value not in known:
        raise BadFilter(name, f"must be one of {', '.join(known)}")
    return value


def _single(pairs: Pairs, name: str) -> str:
    values = [text.strip() for given, text in pairs if given == name]
    if len(values) > 1:
        raise BadFilter(name, "given more than once")
    return values[0] if values else ""


def _word_or_none(pairs: Pairs, name: str, known: tuple[_Word, ...]) -> _Word | None:
    text = _single(pairs, name)
    for word in known:
        if word == text:
            return word
    if text:
        raise BadFilter(name, f"must be one of {', '.join(known)}")
    return None


def _whole(pairs: Pairs, name: str, usual: int, *, least: int, most: int) -> int:
    text = _single(pairs, name)
    if not text:
        return usual
    if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
        raise BadFilter(name, f"must be a whole number from {least} to {most}")
    return int(text)
