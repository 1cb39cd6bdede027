"""Which rows a filter selects, over the columns: part by part, so that one part can be lifted without the others.

It counts nothing, and reads no text: which rows have some words or meet a box it is told.
"""

import datetime as dt
import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from incidents.editions.bitmaps import Sliced, Words, pack, pack_rows
from incidents.editions.codes import Chosen
from incidents.editions.columns import NO_END, NO_START, Bits, Columns, Ints, Numbers
from incidents.filters import IncidentFilter

FindRows = Callable[[IncidentFilter], Ints]
"""Gives the numbers of the rows that a filter of words or of a box selects."""

_EPOCH = dt.date(1970, 1, 1)
# An eighth of a byte for each row and part: 8 MB for a million rows.
_MOST_KEPT = 64


@dataclass(frozen=True, eq=False)
class Selected:
    """The rows that a filter selects.

    rows: how many there are to select from. standing: those that were not withdrawn. parts: for each part of the filter
    that restricts anything, the rows that meet it; named kind, aircraft, region, grade, precision, time, q and bbox.
    window: whether `time` has a first or a last day; undated: whether it lets rows without any date pass.
    """

    rows: int
    standing: Words
    parts: dict[str, Words]
    window: bool = False
    undated: bool = True
    _held: dict[frozenset[str], Chosen] = field(default_factory=dict)

    @property
    def mask(self) -> Bits:
        """True for each row that is selected. Not to be written to."""
        return self.but().mask

    def without(self, *names: str) -> Words:
        """Give the rows that meet every part but the named ones. Not to be written to."""
        return self.but(*names).words

    def but(self, *names: str) -> Chosen:
        """Give the same in all its forms; what names leave out the same parts give the same."""
        parts = frozenset(self.parts) - set(names)
        if parts not in self._held:
            words = self.standing
            for name in sorted(parts):
                words = words & self.parts[name]
            self._held[parts] = Chosen(words, self.rows)
        return self._held[parts]


class Selector:
    """Selects rows of one edition's columns; safe for several threads."""

    def __init__(self, columns: Columns, find_rows: FindRows) -> None:
        """Keep the columns. find_rows: what knows words and boxes."""
        self.columns = columns
        self._find_rows = find_rows
        self._kept: dict[IncidentFilter, Words] = {}
        self._lock = threading.Lock()

    def select(self, filter_: IncidentFilter) -> Selected:
        """Select what a filter means by incidents.filters.IncidentFilter."""
        parts = dict(self._parts(filter_))
        window = filter_.start is not None or filter_.end is not None
        if window or not filter_.undated:
            parts["time"] = self._in_time(filter_)
        return Selected(len(self.columns), self._standing, parts, window, filter_.undated)

    @cached_property
    def undated(self) -> Words:
        """The rows without any date; withdrawn ones, too."""
        return pack((self.columns.earliest == NO_START) & (self.columns.latest == NO_END))

    @cached_property
    def _standing(self) -> Words:
        standing = np.ones(len(self.columns), dtype=bool)
        standing[list(self.columns.terms.withdrawn)] = False
        return pack(standing)

    def _parts(self, filter_: IncidentFilter) -> Iterator[tuple[str, Words]]:
        terms = self.columns.terms
        if filter_.kind:
            one = IncidentFilter(kind=tuple(sorted(filter_.kind)))
            yield "kind", self._keep(one, lambda: pack(_among(self.columns.kind, _indices(terms.kinds, one.kind))))
        if filter_.aircraft:
            one = IncidentFilter(aircraft=tuple(sorted(filter_.aircraft)))
            yield "aircraft", self._keep(one, lambda: self._of_aircraft(one.aircraft))
        if filter_.region:
            one = IncidentFilter(region=tuple(sorted(filter_.region)))
            yield "region", self._keep(one, lambda: self._of_regions(one.region))
        if filter_.grade:
            one = IncidentFilter(grade=tuple(sorted(filter_.grade)))
            yield "grade", self._keep(one, lambda: pack(_among(self.columns.grade, _indices(terms.grades, one.grade))))
        if filter_.precision is not None:
            rank = filter_.precision.rank
            one = IncidentFilter(precision=filter_.precision)
            yield "precision", self._keep(one, lambda: pack(self.columns.precision <= rank))
        if filter_.words:
            words = IncidentFilter(words=tuple(sorted(filter_.words)))
            yield "q", self._keep(words, lambda: self._found(words))
        if filter_.bbox is not None:
            box = IncidentFilter(bbox=filter_.bbox)
            yield "bbox", self._keep(box, lambda: self._found(box))

    def _in_time(self, filter_: IncidentFilter) -> Words:
        found, start, end = self._standing, filter_.start, filter_.end
        # One edge stays while the other is moved.
        if start is not None:
            found = found & self._keep(IncidentFilter(start=start), lambda: self._latest.at_least(to_day(start)))
        if end is not None:
            found = found & self._keep(IncidentFilter(end=end), lambda: self._earliest.at_least(-to_day(end)))
        return found if filter_.undated else found & ~self.undated

    @cached_property
    def _latest(self) -> "_Days":
        return _Days(self.columns.latest.astype(np.int64), self.columns.latest == NO_END)

    @cached_property
    def _earliest(self) -> "_Days":
        """Before the epoch, so that no later is no less."""
        return _Days(-self.columns.earliest.astype(np.int64), self.columns.earliest == NO_START)

    def _of_regions(self, codes: Collection[str]) -> Words:
        terms = self.columns.terms
        wanted = set(_indices([region.code for region in terms.regions], codes))
        return pack(
            _look_up([not wanted.isdisjoint(indices) for indices in terms.region_sets], self.columns.region_set)
        )

    def _of_aircraft(self, keys: Collection[str]) -> Words:
        terms = self.columns.terms
        wanted = set(_indices(terms.aircraft, keys))
        meets = [not wanted.isdisjoint((*one.certain, *one.possible)) for one in terms.aircraft_sets]
        return pack(_look_up(meets, self.columns.aircraft_set))

    def _found(self, filter_: IncidentFilter) -> Words:
        return pack_rows(self._find_rows(filter_), len(self.columns))

    def _keep(self, one: IncidentFilter, make: Callable[[], Words]) -> Words:
        """Give a part from those that are kept, or make it and keep it instead of the oldest."""
        with self._lock:
            words = self._kept.pop(one, None)
            if words is not None:
                self._kept[one] = words
        if words is None:
            words = make()
            with self._lock:
                self._kept[one] = words
                while len(self._kept) > _MOST_KEPT:
                    self._kept.pop(next(iter(self._kept)))
        return words


class _Days:
    """Days of all rows, of which some are later than any."""

    def __init__(self, days: Numbers, is_open: Bits) -> None:
        self._open = int(days[~is_open].max(initial=0)) + 1
        self._sliced = Sliced(np.where(is_open, self._open, days))

    def at_least(self, day: int) -> Words:
        return self._sliced.at_least(min(day, self._open))


def to_day(date: dt.date) -> int:
    """Give days since 1970-01-01."""
    return (date - _EPOCH).days


def _indices(keys: Collection[str], wanted: Collection[str]) -> list[int]:
    return [at for at, key in enumerate(keys) if key in wanted]


def _among(values: npt.NDArray[np.integer[Any]], wanted: list[int]) -> Bits:
    """Say of each value, of one byte, whether it is wanted; those below zero never are."""
    table = np.zeros(256, dtype=bool)
    table[wanted] = True
    found: Bits = table[values.view(np.uint8)]
    return found


def _look_up(table: list[bool], at: Ints) -> Bits:
    # Indices always lie within the table; saying how to clip them spares looking for those that do not.
    return np.take(np.array([*table, False]), at, mode="clip")
