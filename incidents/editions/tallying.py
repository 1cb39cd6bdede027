"""Counts of what a filter selects, and of what each other choice would give: the numbers beside every switch.

It draws no row and knows no text. Incidents are selected rows that are no pattern, linked ones counted once; patterns
are groups of which no selected row is an incident. Each tally heeds all of the filter but its own name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from geodata.precision import Precision
from incidents.editions.bitmaps import Words, count, pack, rows_of, unpack
from incidents.editions.blocks import count_codes
from incidents.editions.columns import NO_END, NO_START, Bits, Columns, Ints, Numbers
from incidents.editions.linking import Carriers, Keys, Linked
from incidents.editions.selecting import Selected, Selector
from incidents.filters import IncidentFilter

Found = tuple[int, int]
"""Incidents and patterns."""


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
    """Totals, and incidents and patterns by key; keys that nothing has are left out.

    beside: rows that the region or the precision filter leaves out only because they are known to no more than this
    region, which holds what is selected, by code. span: first and last day that any row is bounded by, whatever is
    selected. lifts: rows if this part of the filter alone were lifted.
    """

    totals: Totals
    beside: Mapping[str, int]
    kinds: Mapping[str, Found]
    regions: Mapping[str, Found]
    certain: Mapping[str, Found]
    possible: Mapping[str, Found]
    grades: Mapping[str, Found]
    precisions: Mapping[str, Found]
    span: tuple[int, int] | None
    lifts: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """Keys of rows, several a row: distinct lists (sets), which the rows point to.

    column: the column that points to them. entries: for each set and key, the set; keys: likewise the key. linked: the
    same of linked rows.
    """

    column: str
    entries: Ints
    keys: Ints
    sets: int
    most: int
    linked: Keys


class Tallier:
    """Counts over one edition's columns; safe for several threads."""

    def __init__(self, selector: Selector, linked: Linked) -> None:
        """Keep what selects, and the linked rows."""
        self._selector = selector
        self.linked = linked
        self.columns: Columns = selector.columns

    def totals(self, selected: Selected, carriers: Carriers | None = None) -> Totals:
        """Count the selection as a whole. carriers: of its linked rows, where they are known already."""
        chosen = selected.without()
        incidents, patterns = self._count(selected, carriers)
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

    def tallies(self, filter_: IncidentFilter) -> Tallies:
        """Count everything that a reader could choose beside what is chosen."""
        selected = self._selector.select(filter_)
        terms = self.columns.terms
        totals = self.totals(selected)
        kinds, regions, others, grades, precisions = (
            unpack(selected.without(name), selected.rows)
            for name in ("kind", "region", "aircraft", "grade", "precision")
        )
        by_aircraft = self._count_sets(self._certain, others)
        return Tallies(
            totals,
            self._beside(selected, filter_),
            self._by_one("kind", kinds, terms.kinds),
            self._by_list(self.regions, regions, [region.code for region in terms.regions]),
            self._by_list(self._certain, others, terms.aircraft, by_aircraft),
            self._by_list(self._possible, others, terms.aircraft, by_aircraft),
            self._by_one("grade", grades, terms.grades),
            self._by_one("precision", precisions, [*Precision]),
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

    def _count(self, selected: Selected, carriers: Carriers | None = None) -> Found:
        linked = carriers or self.linked.carriers(selected.mask)
        chosen = selected.without()
        return (
            count(chosen & self._single_incidents) + len(linked.incidents),
            count(chosen & self._single_patterns) + len(linked.patterns),
        )

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

    def _beside(self, selected: Selected, filter_: IncidentFilter) -> dict[str, int]:
        if not {"region", "precision"} & set(selected.parts):
            return {}
        left_out = rows_of(selected.without("region", "precision") & ~selected.without() & self._areas)
        regions = self.columns.terms.regions
        counted = np.bincount(self.columns.area[left_out], minlength=len(regions))
        holds = self._holders(filter_)
        return {
            regions[at].code: int(counted[at])
            for at in np.flatnonzero(counted)
            if holds is None or regions[at].code in holds
        }

    def _holders(self, filter_: IncidentFilter) -> set[str] | None:
        """Give the selected regions in use and all above them; None where no region is selected."""
        if not filter_.region:
            return None
        parents = {region.code: region.parent for region in self.columns.terms.regions}
        holds: set[str] = set()
        for code in filter_.region:
            at: str | None = code
            while at in parents and at not in holds:
                holds.add(at)
                at = parents[at]
        return holds

    def _by_one(self, name: str, mask: Bits, labels: Sequence[str]) -> dict[str, Found]:
        """Count by a column of which each row has one value; a negative one is none."""
        most = len(labels)
        counted = count_codes(self._coded[name], mask, 2 * most + 2)
        incidents, patterns = self.linked.tally(self._linked_one[name], mask, self.is_pattern, most)
        return _name(labels, counted[2::2] + incidents, counted[3::2] + patterns)

    def by_kind(self, mask: Bits) -> dict[str, Found]:
        """Count some rows by kind."""
        return self._by_one("kind", mask, self.columns.terms.kinds)

    def by_region(self, mask: Bits) -> dict[str, Found]:
        """Count some rows by region's code."""
        return self._by_list(self.regions, mask, [region.code for region in self.columns.terms.regions])

    def incidents_by_region(self, mask: Bits) -> Numbers:
        """Count the incidents among some rows by the index of each region."""
        return self._count_by_list(self.regions, mask)[0]

    def _by_list(
        self, lists: Lists, mask: Bits, labels: Sequence[str], by_set: tuple[Numbers, Numbers] | None = None
    ) -> dict[str, Found]:
        return _name(labels, *self._count_by_list(lists, mask, by_set))

    def _count_by_list(
        self, lists: Lists, mask: Bits, by_set: tuple[Numbers, Numbers] | None = None
    ) -> tuple[Numbers, Numbers]:
        incidents, patterns = by_set or self._count_sets(lists, mask)
        more_incidents, more_patterns = self.linked.tally(lists.linked, mask, self.is_pattern, lists.most)
        return _spread(lists, incidents) + more_incidents, _spread(lists, patterns) + more_patterns

    def _count_sets(self, lists: Lists, mask: Bits) -> tuple[Numbers, Numbers]:
        counted = count_codes(self._coded[lists.column], mask, 2 * lists.sets + 2)
        return counted[2::2], counted[3::2]

    @cached_property
    def is_pattern(self) -> Bits:
        """True for each pattern."""
        return self.columns.pattern.view(bool)

    @cached_property
    def single_incident(self) -> Bits:
        """True for each row that is an incident and no other row is the same."""
        return self.linked.alone & ~self.is_pattern

    @cached_property
    def _single_incidents(self) -> Words:
        return pack(self.single_incident)

    @cached_property
    def _single_patterns(self) -> Words:
        return pack(self.linked.alone & self.is_pattern)

    @cached_property
    def _placeless(self) -> Words:
        return pack((self.columns.area < 0) & (self.columns.x < 0))

    @cached_property
    def _areas(self) -> Words:
        """The rows for which a region stands."""
        return pack(self.columns.area >= 0)

    @cached_property
    def _coded(self) -> dict[str, npt.NDArray[np.unsignedinteger[Any]]]:
        """Of each row that stands for itself twice its value, and 2, and 1 more for a pattern, else 0; by column."""
        terms = self.columns.terms
        found: dict[str, npt.NDArray[np.unsignedinteger[Any]]] = {}
        for name, most in (
            ("kind", len(terms.kinds)),
            ("grade", len(terms.grades)),
            ("precision", len(Precision)),
            ("region_set", len(terms.region_sets)),
            ("aircraft_set", len(terms.aircraft_sets)),
        ):
            values = getattr(self.columns, name).astype(np.int32)
            coded = values * 2 + self.columns.pattern + 2
            coded[(values < 0) | ~self.linked.alone] = 0
            found[name] = coded.astype(np.min_scalar_type(2 * most + 1))
        return found

    @cached_property
    def _linked_one(self) -> dict[str, Keys]:
        found = {}
        for name in ("kind", "grade", "precision"):
            values = getattr(self.columns, name).astype(np.int32)
            # Each value is a set of its own; the first set is that of no value.
            sets: list[tuple[int, ...]] = [(), *((value,) for value in range(int(values.max(initial=-1)) + 1))]
            found[name] = self.linked.keys(sets, values + 1)
        return found

    @cached_property
    def regions(self) -> Lists:
        """The regions of every row."""
        terms = self.columns.terms
        return self._list(terms.region_sets, "region_set", len(terms.regions))

    @cached_property
    def _certain(self) -> Lists:
        terms = self.columns.terms
        sets = [one.certain for one in terms.aircraft_sets]
        return self._list(sets, "aircraft_set", len(terms.aircraft))

    @cached_property
    def _possible(self) -> Lists:
        terms = self.columns.terms
        sets = [one.possible for one in terms.aircraft_sets]
        return self._list(sets, "aircraft_set", len(terms.aircraft))

    def _list(self, sets: Sequence[tuple[int, ...]], column: str, most: int) -> Lists:
        sized = np.array([len(one) for one in sets], dtype=np.int64)
        return Lists(
            column=column,
            entries=np.repeat(np.arange(len(sized), dtype=np.int32), sized),
            keys=np.array([key for one in sets for key in one], dtype=np.int32),
            sets=len(sized),
            most=most,
            linked=self.linked.keys(sets, getattr(self.columns, column)),
        )


def _spread(lists: Lists, by_set: Numbers) -> Numbers:
    """Give counts by key from counts by set."""
    counted = np.bincount(lists.keys, weights=by_set[lists.entries], minlength=lists.most)
    return np.rint(counted).astype(np.int64)


def _name(labels: Sequence[str], incidents: Numbers, patterns: Numbers) -> dict[str, Found]:
    found = np.flatnonzero((incidents > 0) | (patterns > 0)).tolist()
    return {str(labels[at]): (int(incidents[at]), int(patterns[at])) for at in found}
