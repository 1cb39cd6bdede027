"""Counts of what a filter selects, and of what each other choice would give: the numbers beside every switch.

It draws no row and knows no text. Incidents are selected rows that are no pattern, linked ones counted once; patterns
are groups of which no selected row is an incident. Each tally heeds all of the filter but its own name.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from geodata.precision import Precision
from incidents.editions.bitmaps import Words, count, pack, rows_of
from incidents.editions.codes import Chosen, Coded
from incidents.editions.columns import NO_END, NO_START, Bits, Columns, Ints, Numbers, RegionTerm
from incidents.editions.linking import Further, Keys, Linked
from incidents.editions.selecting import Selected, Selector
from incidents.filters import IncidentFilter

# Of so many rows one at least must be selected, and one not, for sets of all of them to be counted sooner than rows.
_MANY = 16

Found = tuple[int, int]
"""Incidents and patterns."""
Pairs = Numbers
"""The same of each key: two columns."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a selection comes to.

    shown: rows, patterns among them. undated: rows without any date that meet everything but the window. placeless:
    shown rows without any place.
    """

    shown: int
    total: int
    incidents: int
    patterns: int
    undated: int
    placeless: int

    def to_json(self) -> dict[str, Any]:
        """Give them by name."""
        return {
            "shown": self.shown,
            "total": self.total,
            "incidents": self.incidents,
            "patterns": self.patterns,
            "undated": self.undated,
            "placeless": self.placeless,
        }


@dataclass(frozen=True, slots=True)
class Tallies:
    """Totals, and incidents and patterns by key; keys that nothing has are left out, but for regions.

    beside: rows that the region or the precision filter leaves out only because they are known to no more than this
    region, which holds what is selected. regions: of each of the terms', in their order. span: first and last day that
    any row is bounded by, whatever is selected. lifts: rows if this part of the filter alone were lifted.
    """

    totals: Totals
    beside: Sequence[tuple[RegionTerm, int]]
    kinds: Mapping[str, Found]
    regions: Pairs
    certain: Mapping[str, Found]
    possible: Mapping[str, Found]
    grades: Mapping[str, Found]
    precisions: Mapping[str, Found]
    span: tuple[int, int] | None
    lifts: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """Keys of rows, several a row: distinct lists (sets), which the rows point to.

    entries: for each set and key, the set; keys: likewise the key. coded: of each row twice its set, and 1 more for a
    pattern. linked: the keys of linked rows; shared: those that several rows of an incident have.
    """

    entries: Ints
    keys: Ints
    sets: int
    most: int
    coded: Coded
    linked: Keys
    shared: Keys


class Tallier:
    """Counts over one edition's columns; safe for several threads."""

    def __init__(self, selector: Selector, linked: Linked) -> None:
        """Keep what selects, and the linked rows."""
        self._selector = selector
        self.linked = linked
        self.columns: Columns = selector.columns

    def totals(self, selected: Selected, further: Further | None = None) -> Totals:
        """Count the selection as a whole. further: of them, where that is known already."""
        chosen = selected.without()
        incidents, patterns = self._count(selected, further)
        return Totals(
            count(chosen),
            self.columns.terms.total,
            incidents,
            patterns,
            count(selected.without("time") & self._selector.undated),
            count(chosen & self._placeless),
        )

    def count(self, filter_: IncidentFilter) -> tuple[int, int, int]:
        """Give rows, incidents and patterns that a filter selects."""
        selected = self._selector.select(filter_)
        return count(selected.without()), *self._count(selected)

    def tallies(self, filter_: IncidentFilter, selected: Selected) -> Tallies:
        """Count everything that a reader could choose beside what is chosen. selected: what the filter selects."""
        terms = self.columns.terms
        totals = self.totals(selected)
        kinds, grades, precisions = (selected.but(name) for name in ("kind", "grade", "precision"))
        # What the filter does not name leaves the same rows when it is lifted.
        counted = {chosen: self._values.count(chosen) for chosen in {grades, precisions}}
        others = selected.but("aircraft")
        certain, possible = self._count_lists(others, self._certain, self._possible)
        return Tallies(
            totals,
            self._beside(selected, filter_),
            _name(terms.kinds, self._by_kind(kinds, counted)),
            self._count_lists(selected.but("region"), self.regions)[0],
            _name(terms.aircraft, certain),
            _name(terms.aircraft, possible),
            _name(terms.grades, self._by_value("grade", grades, counted[grades])),
            _name([*Precision], self._by_value("precision", precisions, counted[precisions])),
            self.span,
            self._lifts(selected, totals.shown),
        )

    @cached_property
    def span(self) -> tuple[int, int] | None:
        """First and last day that any row is bounded by; None when none is dated."""
        earliest, latest = self.columns.earliest, self.columns.latest
        if not len(earliest):
            return None
        first = int(np.where(earliest == NO_START, latest, earliest).min())
        last = int(np.where(latest == NO_END, earliest, latest).max())
        return (first, last) if first != NO_END and last != NO_START else None

    def _count(self, selected: Selected, further: Further | None = None) -> Found:
        further = further or self.linked.further(selected.without())
        shown, patterns = count(selected.without()), count(selected.without() & self._patterns)
        return shown - patterns - len(further.incidents), patterns - len(further.patterns)

    def _lifts(self, selected: Selected, shown: int) -> dict[str, int]:
        found = {name: count(selected.without(name)) for name in selected.parts if name != "time"}
        if "time" in selected.parts:
            free = selected.without("time")
            undated = self._selector.undated
            if selected.window:
                found["time"] = count(free if selected.undated else free & ~undated)
            if not selected.undated:
                # An undated row is hidden by its want of a date alone: it meets every window.
                found["undated"] = shown + count(free & undated)
        return found

    def _beside(self, selected: Selected, filter_: IncidentFilter) -> list[tuple[RegionTerm, int]]:
        if not {"region", "precision"} & set(selected.parts):
            return []
        left_out = rows_of(selected.without("region", "precision") & ~selected.without() & self._areas)
        regions = self.columns.terms.regions
        counted = np.bincount(self.columns.area[left_out], minlength=len(regions))
        holds = self._holders(filter_)
        return [
            (region, count)
            for region, count in zip(regions, counted.tolist(), strict=True)
            if count and (holds is None or region.code in holds)
        ]

    def _holders(self, filter_: IncidentFilter) -> set[str] | None:
        """Give the selected regions in use and all above them; None where no region is selected."""
        if not filter_.region:
            return None
        holds: set[str] = set()
        for code in filter_.region:
            at: str | None = code
            while at is not None and at in self._parents and at not in holds:
                holds.add(at)
                at = self._parents[at]
        return holds

    @cached_property
    def _parents(self) -> dict[str, str | None]:
        return {region.code: region.parent for region in self.columns.terms.regions}

    def by_kind(self, mask: Bits) -> dict[str, Found]:
        """Count some rows by kind."""
        chosen = Chosen(pack(mask), len(mask))
        return _name(self.columns.terms.kinds, self._by_value("kind", chosen, self._values.count(chosen)))

    def by_region(self, mask: Bits) -> dict[str, Found]:
        """Count some rows by region's code."""
        return _name(
            [region.code for region in self.columns.terms.regions],
            self._count_lists(Chosen(pack(mask), len(mask)), self.regions)[0],
        )

    def by_place(self, mask: Bits) -> dict[str, Found]:
        """Count some rows by first-level unit, by country what is in none of its units, under "" what is in neither."""
        codes = [*(region.code for region in self.columns.terms.regions), ""]
        return _name(codes, self._count_lists(Chosen(pack(mask), len(mask)), self._places)[0])

    def incidents_by_region(self, mask: Bits) -> Numbers:
        """Count the incidents among some rows by the index of each region."""
        return self._count_lists(Chosen(pack(mask), len(mask)), self.regions)[0][:, 0]

    def _by_kind(self, chosen: Chosen, counted: Mapping[Chosen, Numbers]) -> Pairs:
        """Count by kind; many rows that are not counted already, as where kinds alone are chosen, by sets of them."""
        selected = count(chosen.words)
        if chosen in counted or min(selected, chosen.rows - selected) * _MANY < chosen.rows:
            return self._by_value("kind", chosen, counted[chosen] if chosen in counted else self._values.count(chosen))
        patterns = chosen.words & self._patterns
        pairs = np.zeros((len(self._of_kind), 2), dtype=np.int64)
        for pair, one in zip(pairs, self._of_kind, strict=True):
            pair[:] = count(chosen.words & one), count(patterns & one)
        pairs[:, 0] -= pairs[:, 1]
        # The first value is none.
        return np.asarray(pairs - self._find_further(self._shared["kind"], chosen, len(pairs) + 1)[1:])

    def _by_value(self, name: str, chosen: Chosen, counted: Numbers) -> Pairs:
        """Count by a column of which each row has one value. counted: what `_values` counts of the same rows."""
        axis = [*self._sizes].index(name)
        by_value = counted.reshape(*self._sizes.values(), 2)
        pairs = by_value.sum(axis=tuple(at for at in range(len(self._sizes)) if at != axis))
        # The first value is none.
        pairs -= self._find_further(self._shared[name], chosen, len(pairs))
        return np.asarray(pairs[1:])

    def _count_lists(self, chosen: Chosen, *lists: Lists) -> list[Pairs]:
        """Count by key the same rows by one list or several, which share their sets."""
        by_set = lists[0].coded.count(chosen).reshape(-1, 2)
        return [
            np.stack([_spread(one, by_set[:, at]) for at in (0, 1)], axis=1)
            - self._find_further(one.shared, chosen, one.most)
            for one in lists
        ]

    def _find_further(self, keys: Keys, chosen: Chosen, most: int) -> Pairs:
        """Count by key what the same incident's other rows are counted for."""
        return np.stack(self.linked.further_by_key(keys, chosen.mask, most), axis=1)

    @cached_property
    def is_pattern(self) -> Bits:
        """True for each pattern."""
        return self.columns.pattern.view(bool)

    @cached_property
    def single_incident(self) -> Bits:
        """True for each row that is an incident and no other row is the same."""
        return self.linked.alone & ~self.is_pattern

    @cached_property
    def _patterns(self) -> Words:
        return pack(self.is_pattern)

    @cached_property
    def _placeless(self) -> Words:
        return pack((self.columns.area < 0) & (self.columns.x < 0))

    @cached_property
    def _areas(self) -> Words:
        """The rows for which a region stands."""
        return pack(self.columns.area >= 0)

    @cached_property
    def _sizes(self) -> dict[str, int]:
        """How many values each column has, and none."""
        terms = self.columns.terms
        return {"kind": len(terms.kinds) + 1, "grade": len(terms.grades) + 1, "precision": len(Precision) + 1}

    @cached_property
    def _values(self) -> Coded:
        """Of each row the values of those columns, and whether it is a pattern, in one number."""
        codes = np.zeros(len(self.columns), dtype=np.int32)
        for name, size in self._sizes.items():
            # A row that was taken back has a kind, too, where no other is left that has any.
            codes = codes * size + np.minimum(getattr(self.columns, name).astype(np.int32) + 1, size - 1)
        return Coded(codes * 2 + self.columns.pattern, 2 * math.prod(self._sizes.values()))

    @cached_property
    def _of_kind(self) -> list[Words]:
        """The rows of each kind."""
        # As `_values` has them.
        kinds = np.minimum(self.columns.kind.astype(np.int32), self._sizes["kind"] - 2)
        return [pack(kinds == kind) for kind in range(self._sizes["kind"] - 1)]

    @cached_property
    def _shared(self) -> dict[str, Keys]:
        found = {}
        for name, size in self._sizes.items():
            # Each value is a set of its own; the first set is that of no value.
            sets: list[tuple[int, ...]] = [(), *((value,) for value in range(1, size))]
            values = getattr(self.columns, name).astype(np.int32)
            found[name] = self.linked.shared(self.linked.keys(sets, values + 1))
        return found

    @cached_property
    def regions(self) -> Lists:
        """The regions of every row."""
        terms = self.columns.terms
        coded = self._code_sets("region_set", len(terms.region_sets))
        return self._list(terms.region_sets, "region_set", len(terms.regions), coded)

    @cached_property
    def _places(self) -> Lists:
        """The regions that every row is counted for where it is counted once: see `by_place`."""
        terms = self.columns.terms
        sets = []
        for one in terms.region_sets:
            units = tuple(at for at in one if terms.regions[at].level == 1)
            divided = {terms.regions[at].parent for at in units}
            countries = tuple(
                at for at in one if terms.regions[at].level == 0 and terms.regions[at].code not in divided
            )
            sets.append((*units, *countries) or (len(terms.regions),))
        return self._list(sets, "region_set", len(terms.regions) + 1, self.regions.coded)

    @cached_property
    def _certain(self) -> Lists:
        terms = self.columns.terms
        sets = [one.certain for one in terms.aircraft_sets]
        return self._list(sets, "aircraft_set", len(terms.aircraft), self._aircraft_coded)

    @cached_property
    def _possible(self) -> Lists:
        terms = self.columns.terms
        sets = [one.possible for one in terms.aircraft_sets]
        return self._list(sets, "aircraft_set", len(terms.aircraft), self._aircraft_coded)

    @cached_property
    def _aircraft_coded(self) -> Coded:
        return self._code_sets("aircraft_set", len(self.columns.terms.aircraft_sets))

    def _code_sets(self, column: str, sets: int) -> Coded:
        return Coded(getattr(self.columns, column) * 2 + self.columns.pattern, 2 * sets)

    def _list(self, sets: Sequence[tuple[int, ...]], column: str, most: int, coded: Coded) -> Lists:
        sized = np.array([len(one) for one in sets], dtype=np.int64)
        linked = self.linked.keys(sets, getattr(self.columns, column))
        return Lists(
            entries=np.repeat(np.arange(len(sized), dtype=np.int32), sized),
            keys=np.array([key for one in sets for key in one], dtype=np.int32),
            sets=len(sized),
            most=most,
            coded=coded,
            linked=linked,
            shared=self.linked.shared(linked),
        )


def _spread(lists: Lists, by_set: Numbers) -> Numbers:
    """Give counts by key from counts by set."""
    counted = np.bincount(lists.keys, weights=by_set[lists.entries], minlength=lists.most)
    return np.rint(counted).astype(np.int64)


def _name(labels: Sequence[str], pairs: Pairs) -> dict[str, Found]:
    found = zip(labels, pairs.tolist(), strict=True)
    return {str(label): (incidents, patterns) for label, (incidents, patterns) in found if incidents or patterns}
