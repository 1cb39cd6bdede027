"""When something happened, as precisely as its source says: EDTF text, its bounds, and the words for it.

Dates are days; times of day and zones are kept beside them, as words, elsewhere.
"""

import calendar
import datetime as dt
import re
import warnings
from dataclasses import dataclass
from functools import lru_cache

from incidents.drafts import TimeSense
from incidents.errors import BadDate

_LONGEST = 100
_PLAIN = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
# ISO 8601-2 numbers seasons 21 to 24 for no hemisphere, 25 to 28 for the north, 29 to 32 for the south. No source
# means exact days by them, so a season is bounded by its year, and by February after it where December may begin it.
_SEASON = re.compile(r"(\d{4})-(2[1-9]|3[0-2])", re.ASCII)
_SEASONS = ("spring", "summer", "autumn", "winter")
_OVER_NEW_YEAR = {22, 24, 28, 30}


@dataclass(frozen=True, slots=True)
class When:
    """A date as EDTF text with its first and last possible day; None is unknown and unbounded on that side."""

    edtf: str | None = None
    earliest: dt.date | None = None
    latest: dt.date | None = None


@dataclass(frozen=True, slots=True)
class _Side:
    """One end of an interval, or a date that is none."""

    earliest: dt.date
    latest: dt.date
    approximate: bool
    uncertain: bool
    season: str | None = None


def parse_when(text: str | None) -> When:
    """Read EDTF (ISO 8601-2), level 1 and what else of single dates the `edtf` package knows.

    `~` and `?` are kept and shown and never widen the bounds. An unknown (`2021-02/`) or open (`2021-02/..`)
    end is None. Raises BadDate.
    """
    text = (text or "").strip()
    if not text:
        return When()
    start, end = _sides(text)
    earliest = start.earliest if start else None
    latest = end.latest if end else None
    return When(text, earliest, latest)


@lru_cache(maxsize=20_000)
def describe_when(edtf: str | None, sense: TimeSense = TimeSense.WITHIN) -> str:
    """Say a date in words, as precisely as it is known and no more. Raises BadDate."""
    text = (edtf or "").strip()
    if not text:
        return "date not given" if sense == TimeSense.WITHIN else f"{sense.value}, date not given"
    start, end = _sides(text)
    first, _, last = text.partition("/")
    if start and end:
        return _between(start, end, sense) if "/" in text else _single(start, sense)
    if start:
        lead = {
            TimeSense.WITHIN: "some time since",
            TimeSense.THROUGHOUT: "since",
            TimeSense.REPEATEDLY: "repeatedly since",
        }
        tail = "end not known" if last != ".." else "still going on"
        return f"{lead[sense]} {_words(start)}, {tail}"
    assert end  # noqa: S101 - tells the type checker that one of the two is there
    lead = {
        TimeSense.WITHIN: "some time up to",
        TimeSense.THROUGHOUT: "up to",
        TimeSense.REPEATEDLY: "repeatedly up to",
    }
    tail = ", beginning not known" if first != ".." else ""
    return f"{lead[sense]} {_words(end)}{tail}"


def describe_time(words: str | None, earliest: dt.time | None, latest: dt.time | None, zone: str | None) -> str | None:
    """Say a local time of day: "13:05 (Asia/Yangon)", "between 13:00 and 15:00; “after lunch”"; None where unknown."""
    if earliest is None or latest is None:
        return words
    first, last = (time.isoformat("seconds" if time.second else "minutes") for time in (earliest, latest))
    said = first if first == last else f"between {first} and {last}"
    return said + (f" ({zone})" if zone else "") + (f"; “{words}”" if words else "")


def _between(start: _Side, end: _Side, sense: TimeSense) -> str:
    if sense == TimeSense.THROUGHOUT:
        return f"throughout {_words(start)} to {_words(end)}"
    return f"{'repeatedly ' if sense == TimeSense.REPEATEDLY else ''}between {_words(start)} and {_words(end)}"


def _single(side: _Side, sense: TimeSense) -> str:
    words = _words(side)
    if side.earliest == side.latest:
        lead = {TimeSense.WITHIN: "", TimeSense.THROUGHOUT: "throughout ", TimeSense.REPEATEDLY: "repeatedly on "}
        return lead[sense] + words
    if side.approximate and sense == TimeSense.WITHIN:
        return words
    if sense == TimeSense.THROUGHOUT:
        return f"throughout {words}"
    if sense == TimeSense.REPEATEDLY:
        return f"repeatedly in {words}"
    if _is_month(side):
        return f"some day in {words}"
    return f"some time in {words}"


def _words(side: _Side) -> str:
    first, last = side.earliest, side.latest
    if side.season:
        words = f"{side.season} {first.year}"
    elif first == last:
        words = _day(first)
    elif _is_month(side):
        words = f"{calendar.month_name[first.month]} {first.year}"
    elif (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        words = str(first.year) if first.year == last.year else f"the years {first.year} to {last.year}"
    else:
        words = f"the days from {_day(first)} to {_day(last)}"
    return f"{'about ' if side.approximate else ''}{words}{' (uncertain)' if side.uncertain else ''}"


def _day(day: dt.date) -> str:
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def _is_month(side: _Side) -> bool:
    first, last = side.earliest, side.latest
    return first.day == 1 and (first.year, first.month) == (last.year, last.month) and _month_end(last) == last


def _month_end(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _sides(text: str) -> tuple[_Side | None, _Side | None]:
    """Part an interval at its slash; a date that is none is both its own beginning and its own end."""
    if len(text) > _LONGEST:
        msg = f"longer than {_LONGEST} characters"
        raise BadDate(msg)
    first, slash, last = text.partition("/")
    if not slash:
        side = _side(first)
        return side, side
    ends = tuple(None if part in {"", ".."} else _side(part) for part in (first, last))
    if ends == (None, None):
        msg = f"{text!r} has neither a beginning nor an end"
        raise BadDate(msg)
    if ends[0] and ends[1] and ends[1].latest < ends[0].earliest:
        msg = f"{text!r} ends before it begins"
        raise BadDate(msg)
    return ends[0], ends[1]


@lru_cache(maxsize=10_000)
def _side(text: str) -> _Side:
    bare = text.rstrip("~?%")
    approximate, uncertain = any(c in text for c in "~%"), any(c in text for c in "?%")
    if len(text) - len(bare) <= 1:
        if plain := _PLAIN.fullmatch(bare):
            year, month, day = (int(part) if part else None for part in plain.groups())
            if month is None or month <= 12 or day is not None:
                return _Side(*_plain_bounds(text, year or 0, month, day), approximate, uncertain)
        if season := _SEASON.fullmatch(bare):
            year, code = int(season[1]), int(season[2])
            first, last = _plain_bounds(text, year, None, None)
            last = _month_end(dt.date(year + 1, 2, 1)) if code in _OVER_NEW_YEAR and year < dt.MAXYEAR else last
            return _Side(first, last, approximate, uncertain, _SEASONS[(code - 21) % 4])
    if "/" in text or ":" in text:
        msg = f"{text!r} is more than one interval, or has a time of day"
        raise BadDate(msg)
    return _Side(*_edtf_bounds(text), approximate, uncertain)


def _plain_bounds(text: str, year: int, month: int | None, day: int | None) -> tuple[dt.date, dt.date]:
    try:
        first = dt.date(year, month or 1, day or 1)
    except ValueError:
        msg = f"{text!r} is not in the calendar"
        raise BadDate(msg) from None
    if day is not None:
        return first, first
    return first, _month_end(first if month is not None else first.replace(month=12))


def _edtf_bounds(text: str) -> tuple[dt.date, dt.date]:
    """Ask the `edtf` package for the strict bounds of unspecified digits, quarters, sets and the like."""
    # It is imported late, since its grammar takes long to build; pyparsing finds fault with that grammar.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import edtf  # noqa: PLC0415
    try:
        found = edtf.parse_edtf(text)
        first, last = (dt.date(*moment[:3]) for moment in (found.lower_strict(), found.upper_strict()))
    except (edtf.EDTFParseException, ValueError, TypeError, AttributeError, IndexError, OverflowError):
        msg = f"{text!r} is no date that EDTF knows"
        raise BadDate(msg) from None
    if last < first:
        msg = f"{text!r} is not in the calendar"
        raise BadDate(msg)
    return first, last
