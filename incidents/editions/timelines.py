"""Incidents by time: how many lie in each bin, and how many may, for a whole selection or by key.

Solid are those that lie wholly in a bin, light those that may lie in it: an interval longer than a bin is light in each
of its bins. A pattern is never solid. Undated ones are in no bin. The window of the filter is not heeded.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from incidents.editions.calendars import Bins, make_bins
from incidents.editions.codes import Coded
from incidents.editions.columns import NO_END, NO_START, Bits, Ints, Numbers
from incidents.editions.linking import Keys, Linked
from incidents.editions.selecting import Selected, Selector
from incidents.editions.tallying import Tallier
from incidents.errors import BadFilter
from incidents.filters import IncidentFilter

# Rows, and a key of each.
_Keyed = tuple[npt.NDArray[np.integer[Any]], Ints]
_MOST_KEPT = 3
MOST_COUNTS = 2_000_000
"""How many keys times bins an answer may have: more would not fit into a worker that serves others, too."""


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """Counts by bin: incidents that lie in it, incidents that may, patterns that may."""

    solid: Numbers
    light: Numbers
    patterns: Numbers

    def is_empty(self) -> bool:
        """Whether nothing is counted in any bin."""
        return not (self.solid.any() or self.light.any() or self.patterns.any())


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Timelines by key, those with nothing in them left out. possible: by aircraft, where its part is not certain."""

    bins: Bins | None
    timelines: dict[str, Timeline]
    possible: dict[str, Timeline]


@dataclass(frozen=True, slots=True, eq=False)
class _Dealt:
    """Rows dealt to bins. begin, end: of each row its first and last bin. is_solid: whether that is surely one.

    begun, ended: the same bins, and whether the row is a solid incident, a light one or a pattern.
    """

    bins: Bins
    begin: Ints
    end: Ints
    is_solid: Bits
    begun: Coded
    ended: Coded


@dataclass(frozen=True, slots=True, eq=False)
class _KeyColumns:
    """The keys of every row, as columns: a row's n-th key stands in the n-th, -1 where it has fewer."""

    columns: tuple[Ints, ...]
    linked: Keys
    most: int


class Timekeeper:
    """Deals the rows of one edition to bins of time; safe for several threads."""

    def __init__(self, selector: Selector, linked: Linked, tallier: Tallier) -> None:
        """Keep what selects, the linked rows, and what knows the span."""
        self._selector = selector
        self._columns = selector.columns
        self._linked = linked
        self._tallier = tallier
        self._kept: dict[str, _Dealt] = {}
        self._lock = threading.Lock()

    def histogram(self, filter_: IncidentFilter, unit: str) -> tuple[Bins, Timeline] | None:
        """Count by bin; None where no row is dated. Raises BadFilter for a unit that gives too many bins."""
        dealt = self._deal(unit)
        if dealt is None:
            return None
        chosen = self._select(filter_).but()
        further = self._linked.further(chosen.words).incidents
        # Patterns that are the same are each drawn; of incidents one row.
        begun, ended = (
            (coded.count(chosen) - coded.of(further)).reshape(3, -1) for coded in (dealt.begun, dealt.ended)
        )
        light, patterns = _go_on(begun[1:], ended[1:])
        return dealt.bins, Timeline(begun[0], light, patterns)

    def series(self, filter_: IncidentFilter, by: str, unit: str, level: int = 1) -> Series:
        """Count by key and bin. by: kind, aircraft or region, the last of one level.

        By key, incidents that are the same count once, when their first row of that key happened.
        Raises BadFilter for a unit that gives too many bins, or too many for so many keys.
        """
        dealt = self._deal(unit)
        if dealt is None:
            return Series(None, {}, {})
        terms = self._columns.terms
        keys = {"kind": len(terms.kinds), "aircraft": len(terms.aircraft)}.get(
            by, sum(region.level == level for region in terms.regions)
        )
        if keys * len(dealt.bins) > MOST_COUNTS:
            said = f"{keys:,} lines of {len(dealt.bins):,} bins"
            raise BadFilter("unit", f"would give {said}, more than {MOST_COUNTS:,} counts; take a coarser one")
        mask = self._select(filter_).mask
        if by == "kind":
            return Series(dealt.bins, self._by(self._kinds, terms.kinds, dealt, mask), {})
        if by == "aircraft":
            return Series(
                dealt.bins,
                self._by(self._certain, terms.aircraft, dealt, mask),
                self._by(self._possible, terms.aircraft, dealt, mask),
            )
        codes = [region.code for region in terms.regions]
        return Series(dealt.bins, self._by(self._regions(level), codes, dealt, mask), {})

    def _by(self, keys: _KeyColumns, labels: Sequence[str], dealt: _Dealt, mask: Bits) -> dict[str, Timeline]:
        first_key, first_row = self._linked.first_incidents(keys.linked, mask, self._tallier.is_pattern)
        singles = np.flatnonzero(mask & self._tallier.single_incident)
        patterns = np.flatnonzero(mask & self._tallier.is_pattern)
        incidents = [*_with_keys(keys, singles), (first_row, first_key)]
        found = _count(dealt, keys.most, incidents, [*_with_keys(keys, patterns)])
        return {label: line for label, line in zip(labels, found, strict=True) if not line.is_empty()}

    def _select(self, filter_: IncidentFilter) -> Selected:
        return self._selector.select(replace(filter_, start=None, end=None, undated=False))

    def _deal(self, unit: str) -> _Dealt | None:
        span = self._tallier.span
        if span is None:
            return None
        with self._lock:
            dealt = self._kept.pop(unit, None)
            if dealt is not None:
                self._kept[unit] = dealt
        if dealt is None:
            dealt = self._deal_anew(make_bins(*span, unit))
            with self._lock:
                self._kept[unit] = dealt
                while len(self._kept) > _MOST_KEPT:
                    self._kept.pop(next(iter(self._kept)))
        return dealt

    def _deal_anew(self, bins: Bins) -> _Dealt:
        earliest, latest = self._columns.earliest, self._columns.latest
        # A day's bin is looked up in blocks of rows, which needs no copy of them all.
        begin = np.empty(len(earliest), dtype=np.int32)
        end = np.empty(len(earliest), dtype=np.int32)
        for at in range(0, len(earliest), 1 << 16):
            part = slice(at, at + (1 << 16))
            begin[part] = np.searchsorted(bins.starts, earliest[part], "right") - 1
            end[part] = np.searchsorted(bins.starts, latest[part], "right") - 1
        np.clip(begin, 0, len(bins) - 1, out=begin)
        np.clip(end, 0, len(bins) - 1, out=end)
        is_solid = (begin == end) & (earliest != NO_START) & (latest != NO_END)
        # 0 for a solid incident, 1 for a light one, 2 for a pattern.
        how = np.where(self._tallier.is_pattern, 2, ~is_solid).astype(np.int32) * len(bins)
        begun, ended = (Coded(how + bin_, 3 * len(bins)) for bin_ in (begin, end))
        return _Dealt(bins, begin, end, is_solid, begun, ended)

    @cached_property
    def _kinds(self) -> _KeyColumns:
        sets = [(kind,) for kind in range(len(self._columns.terms.kinds))]
        return self._key_columns(sets, self._columns.kind.astype(np.int32), len(sets))

    @cached_property
    def _certain(self) -> _KeyColumns:
        terms = self._columns.terms
        sets = [one.certain for one in terms.aircraft_sets]
        return self._key_columns(sets, self._columns.aircraft_set, len(terms.aircraft))

    @cached_property
    def _possible(self) -> _KeyColumns:
        terms = self._columns.terms
        sets = [one.possible for one in terms.aircraft_sets]
        return self._key_columns(sets, self._columns.aircraft_set, len(terms.aircraft))

    def _regions(self, level: int) -> _KeyColumns:
        terms = self._columns.terms
        sets = [tuple(key for key in one if terms.regions[key].level == level) for one in terms.region_sets]
        return self._key_columns(sets, self._columns.region_set, len(terms.regions))

    def _key_columns(self, sets: Sequence[Sequence[int]], set_of: Ints, most: int) -> _KeyColumns:
        deepest = max((len(one) for one in sets), default=0)
        tables = [np.array([one[at] if at < len(one) else -1 for one in sets], dtype=np.int32) for at in range(deepest)]
        return _KeyColumns(
            tuple(np.take(table, set_of, mode="clip") for table in tables), self._linked.keys(sets, set_of), most
        )


def _with_keys(keys: _KeyColumns, rows: Numbers) -> Iterator[_Keyed]:
    """Give rows with one key of each at a time."""
    for column in keys.columns:
        key = column[rows]
        has = np.flatnonzero(key >= 0)
        yield rows[has], key[has]


def _go_on(begun: Numbers, ended: Numbers) -> Numbers:
    """Count by bin the intervals that meet it, from how many begin in each and how many end."""
    met = np.cumsum(begun, axis=-1)
    met[..., 1:] -= np.cumsum(ended, axis=-1)[..., :-1]
    return met


def _count(
    dealt: _Dealt,
    keys: int,
    incidents: Sequence[_Keyed],
    patterns: Sequence[_Keyed],
) -> list[Timeline]:
    """Count rows, each given with its key, by key and bin."""
    bins = len(dealt.bins)
    solid = np.zeros(keys * bins, dtype=np.int64)
    # Steps up where an interval begins and down after it ends, so that their running sum counts those that go on.
    steps = np.zeros(keys * (bins + 1), dtype=np.int64)
    pattern_steps = np.zeros(keys * (bins + 1), dtype=np.int64)
    for rows, key in incidents:
        is_solid = dealt.is_solid[rows]
        sure = np.flatnonzero(is_solid)
        solid += np.bincount(key[sure] * bins + dealt.begin[rows[sure]], minlength=len(solid))
        _step(steps, dealt, rows[np.flatnonzero(~is_solid)], key[np.flatnonzero(~is_solid)])
    for rows, key in patterns:
        _step(pattern_steps, dealt, rows, key)
    light = steps.reshape(keys, bins + 1).cumsum(axis=1)[:, :-1]
    maybe = pattern_steps.reshape(keys, bins + 1).cumsum(axis=1)[:, :-1]
    return [Timeline(*each) for each in zip(solid.reshape(keys, bins), light, maybe, strict=True)]


def _step(steps: Numbers, dealt: _Dealt, rows: npt.NDArray[np.integer[Any]], key: Ints) -> None:
    begin = key.astype(np.int64) * (len(dealt.bins) + 1)
    steps += np.bincount(begin + dealt.begin[rows], minlength=len(steps))
    steps -= np.bincount(begin + dealt.end[rows] + 1, minlength=len(steps))
