"""Which series a chart over time has, over which bins, and how many records stand in it.

It counts nothing by itself: an edition does. It draws nothing.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from app.pictures.chart import By, Unit
from incidents.errors import BadFilter
from incidents.filters import IncidentFilter

if TYPE_CHECKING:
    # What draws gets timelines from another process: it need not load what reads editions.
    from incidents.editions.edition import Edition

MOST_LINES = 8
MOST_BINS = 360
_MONTHS_UP_TO_YEARS = 8
_FEWEST = 12
_EPOCH = dt.date(1970, 1, 1)
_NOTHING = {"incidents": 0, "patterns": 0}


@dataclass(frozen=True, slots=True)
class Line:
    """One series. found, possible: incidents and patterns in all; of aircraft, certain and possible apart, else None.

    Counts are by bin: solid certainly in it, light possibly; doubtful by an aircraft that possibly took part.
    """

    key: str
    label: str
    family: str
    found: tuple[int, int]
    possible: tuple[int, int] | None
    solid: tuple[int, ...]
    light: tuple[int, ...]
    patterns: tuple[int, ...]
    doubtful: tuple[int, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """What lines are ranked by."""
        more = self.possible or (0, 0)
        return self.found[0] + more[0], self.found[1] + more[1]


@dataclass(frozen=True, slots=True)
class _Series:
    """What an edition counts by key over all of its bins, with the facets of the same filter."""

    by: By
    starts: Sequence[int]
    lines: Sequence[Mapping[str, Any]]
    facets: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Series over the same bins.

    starts: first day of each bin, in days since 1970, and the day after the last one. lines: those to draw; further:
    smaller ones that only the data hold. joined: how many smaller ones the last line adds up. rows: records selected;
    standing: those that belong to some line; undated: those of them without any date, which no bin has. cut: whether
    the window begins or ends within a bin, which stands whole. left_out: bins that have no place
    in a chart, being more than it has.
    """

    by: By
    unit: Unit
    starts: tuple[int, ...]
    lines: tuple[Line, ...]
    further: tuple[Line, ...]
    joined: int
    rows: int
    standing: int
    undated: int
    cut: bool
    left_out: int

    @property
    def bins(self) -> list[tuple[dt.date, dt.date]]:
        """Give first and last day of each bin."""
        return [(to_date(first), to_date(after - 1)) for first, after in pairwise(self.starts)]


def make_timeline(
    edition: "Edition", selection: IncidentFilter, by: By, unit: Unit | None = None, most_bins: int | None = MOST_BINS
) -> Timeline:
    """Put together the series of what a filter selects.

    unit: None for months up to some years, else years. most_bins: how many bins are kept, those neighbours that have
    most in them; None for all. Raises BadFilter for a unit that is asked for and gives too many bins.
    """
    facets = edition.facets(selection)[by]
    wanted = _choose_keys(edition, selection, by, facets)
    series = _ask(edition, selection, by, unit or "year", wanted, facets)
    if unit is None:
        unit = "year"
        found = _filled(series, selection, unit)
        if found is None or to_date(found[1]).year - to_date(found[0]).year < _MONTHS_UP_TO_YEARS:
            # Months are counted over all of an edition: one date far off makes them too many, which nobody asked for.
            with suppress(BadFilter):
                series = _ask(edition, selection, by, "month", wanted, facets)
                unit = "month"
    found = _filled(series, selection, unit)
    starts = list(_bins(found, series, selection, unit)) if found else []
    places = {start: at for at, start in enumerate(series.starts)}
    part = [places.get(start) for start in starts[:-1]]
    left_out = 0
    if most_bins is not None and len(part) > most_bins:
        left_out = len(part) - most_bins
        begin = _find_fullest(series, part, most_bins)
        part, starts = part[begin : begin + most_bins], starts[begin : begin + most_bins + 1]
    lines = sorted(_read(edition, series, part), key=_rank(by, wanted))
    drawn, further, joined = _divide(lines, by)
    counts, standing = edition.counts(selection), edition.counts(_narrow(selection, by, wanted))
    dated = edition.counts(replace(_narrow(selection, by, wanted), undated=False))
    return Timeline(
        by=by,
        unit=unit,
        starts=tuple(starts),
        lines=drawn,
        further=further,
        joined=joined,
        rows=counts.matched,
        standing=standing.matched,
        undated=standing.matched - dated.matched,
        cut=_is_cut(selection, unit),
        left_out=left_out,
    )


def to_date(day: int) -> dt.date:
    """Give the date of a number of days since 1970."""
    return _EPOCH + dt.timedelta(days=day)


def children_of(edition: "Edition", codes: Iterable[str]) -> list[str]:
    """Give the codes of the regions in use directly below some."""
    above = set(codes)
    return [region["code"] for region in edition.known_regions() if region["parent"] in above]


def _choose_keys(edition: "Edition", selection: IncidentFilter, by: By, facets: Mapping[str, Any]) -> list[str]:
    if by == "kind":
        return [key for key in edition.taxonomy.kinds if key in facets and key in (selection.kind or [key])]
    if by == "region":
        return _choose_regions(edition, selection, set(facets))
    return _choose_aircraft(edition, selection, facets)


def _choose_regions(edition: "Edition", selection: IncidentFilter, found: set[str]) -> list[str]:
    """Choose regions that do not lie in each other: those below the chosen one, or the coarsest that differ."""
    if len(selection.region) > 1:
        return [code for code in selection.region if code in found]
    if selection.region:
        below = [code for code in children_of(edition, selection.region) if code in found]
        return below or [code for code in selection.region if code in found]
    levels: dict[int, list[str]] = {}
    for region in edition.known_regions():
        if region["code"] in found:
            levels.setdefault(region["level"], []).append(region["code"])
    several = [codes for _, codes in sorted(levels.items()) if len(codes) > 1]
    return several[0] if several else next(iter(levels.values()), [])


def _choose_aircraft(edition: "Edition", selection: IncidentFilter, found: Mapping[str, Any]) -> list[str]:
    """Choose the one that is asked for and those directly below it; without any, the tree's upper two floors."""
    equipment = edition.taxonomy.equipment
    if len(selection.aircraft) > 1:
        return [key for key in selection.aircraft if key in found]
    above = set(selection.aircraft) or {key for key, node in equipment.items() if node.parent is None}
    chosen = [key for key, node in equipment.items() if key in found and (key in above or node.parent in above)]
    return list(selection.aircraft) if selection.aircraft and not chosen else chosen


def _ask(
    edition: "Edition", selection: IncidentFilter, by: By, unit: Unit, wanted: Sequence[str], facets: Mapping[str, Any]
) -> _Series:
    if by == "region":
        levels = {region["level"] for region in edition.known_regions() if region["code"] in wanted}
        answers = [edition.series(selection, by, unit, level) for level in sorted(levels)]
    else:
        answers = [edition.series(selection, by, unit)]
    lines = [line for answer in answers for line in answer["series"] if line["key"] in wanted]
    return _Series(by, answers[0]["starts"] if answers else (), lines, facets)


def _read(edition: "Edition", series: _Series, part: Sequence[int | None]) -> Iterator[Line]:
    for one in series.lines:
        key, label, family = one["key"], one["label"], "other"
        # A type that is asked for has its line even where nothing is found of it.
        nothing = {"certain": _NOTHING, "possible": _NOTHING} if series.by == "aircraft" else _NOTHING
        found, possible = series.facets.get(key, nothing), None
        doubtful: tuple[int, ...] = ()
        patterns = _take(one["patterns"], part)
        if series.by == "kind":
            family = edition.taxonomy.kinds[key].family
        elif series.by == "aircraft":
            family, more = "air", one["possible"]
            found, possible = found["certain"], (found["possible"]["incidents"], found["possible"]["patterns"])
            doubtful = _add(_take(more["solid"], part), _take(more["light"], part))
            patterns = _add(patterns, _take(more["patterns"], part))
        solid, light = _take(one["solid"], part), _take(one["light"], part)
        total = (found["incidents"], found["patterns"])
        yield Line(key, label, family, total, possible, solid, light, patterns, doubtful)


def _find_fullest(series: _Series, part: Sequence[int | None], length: int) -> int:
    """Find where so many neighbouring bins have most in them."""
    kinds = ("solid", "light", "patterns")
    filled = _add(*(_take(line[kind], part) for line in series.lines for kind in kinds))
    sums = [0, *accumulate(filled)]
    return max(range(len(part) - length + 1), key=lambda at: sums[at + length] - sums[at])


def _take(counts: Sequence[int], places: Sequence[int | None]) -> tuple[int, ...]:
    return tuple(0 if at is None else int(counts[at]) for at in places)


def _add(*several: Sequence[int]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*several, strict=True)))


def _rank(by: By, wanted: Sequence[str]) -> Any:  # noqa: ANN401 - a key to sort by
    """Aircraft stand in the tree's order, what holds others above them; all else by number."""
    if by == "aircraft":
        return lambda line: wanted.index(line.key)
    return lambda line: (-line.size[0], -line.size[1], line.label)


def _divide(lines: Sequence[Line], by: By) -> tuple[tuple[Line, ...], tuple[Line, ...], int]:
    if len(lines) <= MOST_LINES:
        return tuple(lines), (), 0
    if by == "aircraft":
        # Types hold each other, so that adding them up would count twice; the smallest are left to the data.
        kept = set(sorted(lines, key=lambda line: line.size, reverse=True)[:MOST_LINES])
        return tuple(line for line in lines if line in kept), tuple(line for line in lines if line not in kept), 0
    rest = lines[MOST_LINES - 1 :]
    return (*lines[: MOST_LINES - 1], _join(rest, by)), tuple(rest), len(rest)


def _join(lines: Sequence[Line], by: By) -> Line:
    incidents, patterns = _add(*(line.found for line in lines))
    solid, light, waves = (_add(*(getattr(line, name) for line in lines)) for name in ("solid", "light", "patterns"))
    return Line("", f"{len(lines)} other {by}s", "other", (incidents, patterns), None, solid, light, waves)


def _filled(series: _Series, selection: IncidentFilter, unit: Unit) -> tuple[int, int] | None:
    """Give the first days of the first and of the last bin in the window that have anything."""
    filled = []
    for at, start in enumerate(series.starts):
        if selection.end is not None and to_date(start) > selection.end:
            continue
        if selection.start is not None and _next(start, unit) <= (selection.start - _EPOCH).days:
            continue
        if any(_has_any(line, at) for line in series.lines):
            filled.append(start)
    return (filled[0], filled[-1]) if filled else None


def _has_any(line: Mapping[str, Any], at: int) -> bool:
    parts = (line, line["possible"]) if "possible" in line else (line,)
    return any(part["solid"][at] or part["light"][at] or part["patterns"][at] for part in parts)


def _bins(found: tuple[int, int], series: _Series, selection: IncidentFilter, unit: Unit) -> Iterator[int]:
    """Give the first days of all bins, and the day after.

    Months of whole years, as far as the edition reaches, since beyond its last day an open end would seem to be one,
    and as far as the window does. Without a window there are some bins around a few: alone they would look like all
    there is of time.
    """
    first, last = (to_date(day) for day in found)
    if unit == "month":
        reach = [to_date(day) for day in (series.starts[0], series.starts[-1])]
        edges = (selection.start or dt.date.min, selection.end or dt.date.max)
        first = max(reach[0], edges[0].replace(day=1), first.replace(month=1))
        last = min(reach[1], edges[1].replace(day=1), last.replace(month=12, day=1))
    if selection.start is None:
        months = (last.year - first.year) * 12 + last.month - first.month
        first = _earlier(first, max(0, (_FEWEST - 1) * (1 if unit == "month" else 12) - months))
    at, end = (first - _EPOCH).days, (last - _EPOCH).days
    while at <= end:
        yield at
        at = _next(at, unit)
    yield at


def _earlier(day: dt.date, months: int) -> dt.date:
    year, month = divmod(max(12, day.year * 12 + day.month - 1 - months), 12)
    return dt.date(year, month + 1, 1)


def _narrow(selection: IncidentFilter, by: By, wanted: Sequence[str]) -> IncidentFilter:
    keys = tuple(wanted)
    if not keys:
        return selection
    if by == "kind":
        return replace(selection, kind=keys)
    return replace(selection, region=keys) if by == "region" else replace(selection, aircraft=keys)


def _is_cut(selection: IncidentFilter, unit: Unit) -> bool:
    edges = (
        selection.start,
        selection.end + dt.timedelta(days=1) if selection.end and selection.end < dt.date.max else None,
    )
    return any(edge is not None and (edge.day != 1 or (unit == "year" and edge.month != 1)) for edge in edges)


def _next(day: int, unit: Unit) -> int:
    date = to_date(day)
    months = date.year * 12 + date.month - 1 + (1 if unit == "month" else 12)
    year, month = divmod(months, 12)
    return (dt.date(year, month + 1, 1) - _EPOCH).days if year <= dt.MAXYEAR else day + 365
