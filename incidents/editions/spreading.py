"""How many incidents lie in the regions of each level that a map fills, and where the others are.

It draws no row and knows no text; what is counted once is as `tallying` has it. Patterns are counted for none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from incidents.editions.codes import Coded
from incidents.editions.columns import Bits, Columns, Ints, Numbers
from incidents.editions.linking import begins_of
from incidents.editions.selecting import Selected
from incidents.editions.tallying import Tallier
from incidents.filters import IncidentFilter

LEVELS = 3
"""Of so many levels a map fills regions, countries among them."""

_NAMED = 2
_BITS = [1 << level for level in range(LEVELS)]


@dataclass(frozen=True, slots=True)
class Spread:
    """The incidents of a selection, by where they stand on a map that fills regions of one level; together all of them.

    within: in a region that is filled, however many of these, by any selected row of the incident; of the others the
    first such row decides. areas: those that are known only to a region, by its code, the most first, but for a few
    alone; others: to any other region. nowhere: with a place of their own that is in none of them. placeless: without
    any place.
    """

    within: int
    areas: Sequence[tuple[str, int]]
    others: int
    nowhere: int
    placeless: int

    @property
    def incidents(self) -> int:
        """All of them."""
        return self.within + sum(count for _, count in self.areas) + self.others + self.nowhere + self.placeless

    def to_json(self) -> dict[str, Any]:
        """Give them by name."""
        return {
            "within": self.within,
            "areas": [list(area) for area in self.areas],
            "others": self.others,
            "nowhere": self.nowhere,
            "placeless": self.placeless,
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Stands:
    """The ways in which rows stand in regions, each once.

    sets: of each, the set of its regions; areas: index of the region that stands for the place, -1 for none;
    placeless: whether there is no place. at: of each row its way; coded: twice that, and 1 more for a pattern.
    """

    sets: Ints
    areas: Ints
    placeless: Bits
    at: Ints
    coded: Coded


class Spreader:
    """Counts over one edition's columns; safe for several threads."""

    def __init__(self, tallier: Tallier) -> None:
        """Keep what counts."""
        self._tallier = tallier
        self._columns: Columns = tallier.columns

    def spread(self, filter_: IncidentFilter, selected: Selected) -> list[Spread]:
        """Count the selected incidents for each of the levels, coarse to fine."""
        stands = self._stands
        filled = (self._filled(filter_) if filter_.region else self._all_filled)[stands.sets]
        # Linked rows, those of each incident together, the first of which decides where none is in what is filled.
        linked = self._linked[selected.mask[self._linked]]
        begins = begins_of(self._columns.group[linked])
        at = stands.at[linked]
        counted = stands.coded.count(selected.but())[::2] - np.bincount(at, minlength=len(filled))
        firsts, reached = at[begins], np.bitwise_or.reduceat(filled[at], begins)
        return [self._share(counted, filled & bit != 0, firsts, reached & bit != 0) for bit in _BITS]

    def _share(self, counted: Numbers, filled: Bits, firsts: Ints, reached: Bits) -> Spread:
        """Part the incidents of each way to stand. filled: whether one of its regions is.

        counted: those of one row. firsts: of each of the others how its first row stands; reached: whether one is in
        what is filled.
        """
        stands, regions = self._stands, self._columns.terms.regions
        counted = counted + np.bincount(firsts[~reached], minlength=len(counted))
        known = ~filled & (stands.areas >= 0)
        by_area = np.bincount(stands.areas[known], weights=counted[known], minlength=len(regions))
        most = [at for at in np.argsort(-by_area, kind="stable")[:_NAMED].tolist() if by_area[at]]
        return Spread(
            within=int(counted[filled].sum() + reached.sum()),
            areas=[(regions[at].code, int(by_area[at])) for at in most],
            others=int(by_area.sum() - by_area[most].sum()),
            nowhere=int(counted[~filled & ~known & ~stands.placeless].sum()),
            placeless=int(counted[~filled & ~known & stands.placeless].sum()),
        )

    def _filled(self, filter_: IncidentFilter) -> Ints:
        """Give, for each set of regions, a bit for each level of which a map fills one of them.

        Of chosen regions it fills the parts that are of the level, and those that are finer in its stead.
        """
        chosen = set(filter_.region)
        # Each region comes after the one that it is a part of.
        within: dict[str | None, bool] = {None: not chosen}
        bits = np.zeros(len(self._columns.terms.regions), dtype=np.int32)
        for at, region in enumerate(self._columns.terms.regions):
            within[region.code] = region.code in chosen or within.get(region.parent, not chosen)
            if within[region.code]:
                bits[at] = (2 << region.level) - 1 if region.code in chosen else 1 << region.level
        lists = self._tallier.regions
        filled = np.zeros(lists.sets, dtype=np.int32)
        np.bitwise_or.at(filled, lists.entries, bits[lists.keys])
        return filled

    @cached_property
    def _all_filled(self) -> Ints:
        return self._filled(IncidentFilter())

    @cached_property
    def _linked(self) -> Ints:
        """The linked rows that are no patterns, in their order."""
        rows = self._tallier.linked.rows
        return np.asarray(rows[self._columns.pattern[rows] == 0])

    @cached_property
    def _stands(self) -> _Stands:
        columns = self._columns
        area = columns.area.astype(np.int64)
        codes = (columns.region_set * np.int64(len(columns.terms.regions) + 1) + area + 1) * 2
        codes += (area < 0) & (columns.x < 0)
        _, firsts, at = np.unique(codes, return_index=True, return_inverse=True)
        return _Stands(
            sets=columns.region_set[firsts],
            areas=columns.area[firsts].astype(np.int32),
            placeless=(area[firsts] < 0) & (columns.x[firsts] < 0),
            at=at.astype(np.int32),
            coded=Coded(at * 2 + columns.pattern, 2 * len(firsts)),
        )
