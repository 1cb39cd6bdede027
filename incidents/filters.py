"""The one filter vocabulary: what every door, the command line and the editions mean by a selection.

It knows nothing of HTTP; doors hand it pairs of name and text.
"""

import calendar
import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from geodata.bbox import BBox, parse_bbox
from geodata.errors import BadBBox
from geodata.names import fold
from geodata.precision import Precision
from incidents.errors import BadFilter
from incidents.taxonomy import GRADES, Taxonomy

REPEATABLE = ("kind", "aircraft", "region", "grade")
SINGLE = ("from", "to", "precision", "q", "bbox", "undated")
FILTER_NAMES = (*REPEATABLE, *SINGLE)
# What a repeatable name is given to let nothing of it through. No key and no code is called that.
NONE = ("none",)

_MOST_VALUES = 200
LONGEST_TEXT = 300
_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
REGION_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """A selection of incidents: values of one name are alternatives, names narrow each other.

    A name without values lets everything through; one that has NONE lets nothing through, so that nothing at all is
    selected: what is left when all switches of a map are off.

    kind: taxonomy keys of kinds. aircraft: taxonomy keys; each finds itself and everything below it, whether
    its part is certain or possible. region: codes of any level; an incident matches when the code is among its
    regions. start, end: the first and the last day of the window; an incident matches when its interval
    overlaps it, an open end being unbounded. undated: whether incidents without any date match (True by
    default: a missing date is unbounded at both ends). grade: grades of harm reporting. precision: this or
    finer. words: folded words that must each occur as a substring. bbox: degrees; an incident known only to an
    area matches when the area's extent meets the box, one with no place at all always does.
    """

    kind: tuple[str, ...] = ()
    aircraft: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    start: dt.date | None = None
    end: dt.date | None = None
    undated: bool = True
    grade: tuple[str, ...] = ()
    precision: Precision | None = None
    words: tuple[str, ...] = ()
    bbox: BBox | None = None

    def is_empty(self) -> bool:
        """Whether it selects everything."""
        return self == IncidentFilter()

    def is_closed(self) -> bool:
        """Whether one of its names lets nothing through, so that it selects nothing."""
        return any(getattr(self, name) == NONE for name in REPEATABLE)

    def to_pairs(self) -> list[tuple[str, str]]:
        """Give the filter as pairs of name and text, in one fixed order, which `parse_filter` reads back."""
        pairs = [(name, value) for name in REPEATABLE for value in getattr(self, name)]
        if self.start:
            pairs.append(("from", self.start.isoformat()))
        if self.end:
            pairs.append(("to", self.end.isoformat()))
        if self.precision:
            pairs.append(("precision", self.precision.value))
        if self.words:
            pairs.append(("q", " ".join(self.words)))
        if self.bbox:
            pairs.append(("bbox", f"{self.bbox.west!r},{self.bbox.south!r},{self.bbox.east!r},{self.bbox.north!r}"))
        if not self.undated:
            pairs.append(("undated", "hide"))
        return pairs


def parse_filter(pairs: Iterable[tuple[str, str]], taxonomy: Taxonomy) -> IncidentFilter:
    """Read pairs of name and text, such as a query string's, to a filter.

    Values of a repeatable name may also be joined by commas; `none` stands alone. Raises BadFilter, naming the
    parameter, for an unknown name, a value the taxonomy does not know, a day that is none, a window that ends before
    it begins.
    Region codes are checked for their form alone: which boundaries exist is the edition's to know.
    """
    given: dict[str, list[str]] = {}
    for name, text in pairs:
        if name not in FILTER_NAMES:
            raise BadFilter(name[:40], f"unknown; known are {', '.join(FILTER_NAMES)}")
        if "\x00" in text:
            raise BadFilter(name, "contains a NUL character")
        if "\ufffd" in text:
            raise BadFilter(name, "contains what is not UTF-8")
        given.setdefault(name, []).append(text.strip())
    for name in SINGLE:
        if len(given.get(name, ())) > 1:
            raise BadFilter(name, "given more than once")
    single = {name: values[0] for name, values in given.items() if name in SINGLE and values[0]}
    start = _first_day("from", single["from"]) if "from" in single else None
    end = _last_day("to", single["to"]) if "to" in single else None
    if start and end and end < start:
        raise BadFilter("to", "ends before the window begins (from)")
    return IncidentFilter(
        kind=_known("kind", given, taxonomy.kinds),
        aircraft=_known("aircraft", given, taxonomy.equipment),
        region=_codes(given),
        start=start,
        end=end,
        undated=_undated(single),
        grade=_known("grade", given, GRADES),
        precision=_precision(single),
        words=_words(single.get("q", "")),
        bbox=_bbox(single),
    )


def _values(name: str, given: dict[str, list[str]]) -> tuple[str, ...]:
    values = [value.strip() for text in given.get(name, ()) for value in text.split(",")]
    kept = tuple(dict.fromkeys(value for value in values if value))
    if len(kept) > _MOST_VALUES:
        raise BadFilter(name, f"more than {_MOST_VALUES} values")
    if len(kept) > 1 and set(NONE) & set(kept):
        raise BadFilter(name, "none lets nothing through, and stands alone")
    return kept


def _known(name: str, given: dict[str, list[str]], known: Iterable[str]) -> tuple[str, ...]:
    values = _values(name, given)
    allowed = {*known, *NONE}
    for value in values:
        if value not in allowed:
            raise BadFilter(name, f"{value[:60]!r} is not known")
    return values


def _codes(given: dict[str, list[str]]) -> tuple[str, ...]:
    values = _values("region", given)
    for value in values:
        if not REGION_CODE.fullmatch(value):
            raise BadFilter("region", f"{value[:60]!r} is not a region's code")
    return values


def _day_parts(name: str, text: str) -> tuple[int, int | None, int | None]:
    found = _DAY.fullmatch(text)
    if not found:
        raise BadFilter(name, "must be a year, a month or a day: 2022, 2022-09 or 2022-09-16")
    year, month, day = (int(part) if part else None for part in found.groups())
    if not year or (month is not None and not 1 <= month <= 12):
        raise BadFilter(name, f"{text!r} is not in the calendar")
    if day is not None and month is not None and not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise BadFilter(name, f"{text!r} is not in the calendar")
    return year, month, day


def _first_day(name: str, text: str) -> dt.date:
    year, month, day = _day_parts(name, text)
    return dt.date(year, month or 1, day or 1)


def _last_day(name: str, text: str) -> dt.date:
    year, month, day = _day_parts(name, text)
    month = month or 12
    return dt.date(year, month, day or calendar.monthrange(year, month)[1])


def _undated(single: dict[str, str]) -> bool:
    value = single.get("undated", "show")
    if value not in {"show", "hide"}:
        raise BadFilter("undated", "must be show or hide")
    return value == "show"


def _precision(single: dict[str, str]) -> Precision | None:
    if "precision" not in single:
        return None
    try:
        return Precision(single["precision"])
    except ValueError:
        raise BadFilter("precision", f"must be one of {', '.join(Precision)}") from None


def _words(text: str) -> tuple[str, ...]:
    if len(text) > LONGEST_TEXT:
        raise BadFilter("q", f"longer than {LONGEST_TEXT} characters")
    return tuple(dict.fromkeys(fold(text).split()))


def _bbox(single: dict[str, str]) -> BBox | None:
    if "bbox" not in single:
        return None
    try:
        return parse_bbox(single["bbox"])
    except BadBBox as error:
        raise BadFilter("bbox", str(error)) from None
