"""Counts of one aircraft by kind and by place, certain and possible apart, and of what regions stand for.

It draws no row and knows no text; what is counted once is as `tallying` has it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from incidents.editions.columns import Bits, Columns
from incidents.editions.linking import Keys, Linked
from incidents.editions.selecting import Selector
from incidents.editions.tallying import Found, Tallier
from incidents.filters import IncidentFilter


@dataclass(frozen=True, slots=True)
class Crossed:
    """Incidents and patterns of one aircraft by key of kind, and by place as `Tallier.by_place` has it.

    Keys that nothing has are left out.
    """

    kinds: Mapping[str, Found]
    places: Mapping[str, Found]


class Crosser:
    """Counts over one edition's columns; safe for several threads."""

    def __init__(self, selector: Selector, linked: Linked, tallier: Tallier) -> None:
        """Keep what selects, the linked rows, and what counts."""
        self._selector = selector
        self._linked = linked
        self._tallier = tallier
        self._columns: Columns = selector.columns

    def of_aircraft(self, filter_: IncidentFilter, key: str) -> dict[str, Crossed]:
        """Count, under "certain" and "possible", in which of its roles an aircraft or anything below it took part."""
        mask = self._selector.select(filter_).mask
        sets, terms = self._columns.terms.aircraft_sets, self._columns.terms
        at = terms.aircraft.index(key) if key in terms.aircraft else -1
        return {
            "certain": self._cross(mask & self._having([at in one.certain for one in sets])),
            "possible": self._cross(mask & self._having([at in one.possible for one in sets])),
        }

    def areas(self, filter_: IncidentFilter) -> dict[str, tuple[int, int, int]]:
        """Count rows, incidents and patterns that are known to no more than a region, by its code."""
        mask = self._selector.select(filter_).mask
        regions = self._columns.terms.regions
        rows = np.flatnonzero(mask & (self._columns.area >= 0))
        most = len(regions)
        coded = self._columns.area[rows].astype(np.int64) * 2 + self._columns.pattern[rows]
        counted = np.bincount(coded, minlength=2 * most).reshape(-1, 2)
        further_incidents, further_patterns = self._linked.further_by_key(self._area_keys, mask, most)
        return {
            regions[at].code: (
                int(counted[at].sum()),
                int(counted[at, 0] - further_incidents[at]),
                int(counted[at, 1] - further_patterns[at]),
            )
            for at in np.flatnonzero(counted.any(axis=1))
        }

    def _cross(self, mask: Bits) -> Crossed:
        return Crossed(self._tallier.by_kind(mask), self._tallier.by_place(mask))

    def _having(self, sets: Sequence[bool]) -> Bits:
        return np.take(np.array([*sets, False]), self._columns.aircraft_set, mode="clip")

    @cached_property
    def _area_keys(self) -> Keys:
        # Each region is a set of its own; the first set is that of no region.
        sets: list[tuple[int, ...]] = [(), *((at,) for at in range(len(self._columns.terms.regions)))]
        return self._linked.shared(self._linked.keys(sets, self._columns.area.astype(np.int32) + 1))
