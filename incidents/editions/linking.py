"""Rows that are the same incident: each incident counted once, by whichever of its rows are selected.

There are few of them. All other rows stand for themselves and need none of this.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from incidents.editions.columns import Bits, Columns, Ints, Numbers

_NONE = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """The keys of linked rows: an entry for each row and key, in the order of key, group and row.

    pair: of each entry, its pair of key and group. pairs: where the entries of each begin. key: of each pair.
    """

    rows: Ints
    pair: Ints
    pairs: Numbers
    key: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Carriers:
    """The rows by which incidents are counted, one for each, and patterns. others: selected, but counted by these."""

    incidents: Ints
    patterns: Ints
    other_incidents: Ints
    other_patterns: Ints


class Linked:
    """The linked rows of an edition: those whose group has more than one."""

    def __init__(self, columns: Columns) -> None:
        """Find them."""
        group = columns.group
        further = np.flatnonzero(group != np.arange(len(group), dtype=np.int32))
        rows = np.union1d(further, group[further]).astype(np.int32)
        order = np.argsort(group[rows], kind="stable")
        self.rows: Ints = rows[order]
        self.is_pattern: Bits = columns.pattern[self.rows] == 1
        self._group_of: Ints = group
        self._group: Ints = group[self.rows]
        self._starts = begins_of(self._group)
        self.alone: Bits = np.ones(len(group), dtype=bool)
        self.alone[self.rows] = False

    def others(self, numbers: Numbers) -> dict[int, Numbers]:
        """Give the other rows of the same incident, by the place of those numbers whose rows have any."""
        places = np.flatnonzero(~self.alone[numbers])
        group = self._group_of[numbers[places]]
        begins, ends = (np.searchsorted(self._group, group, side=side) for side in ("left", "right"))
        return {
            place: (same := self.rows[begin:end].astype(np.int64))[same != numbers[place]]
            for place, begin, end in zip(places.tolist(), begins.tolist(), ends.tolist(), strict=True)
        }

    def carriers(self, mask: Bits) -> Carriers:
        """Give what counts of the selected ones: the first row that is an incident, else the first pattern."""
        if not len(self.rows):
            none = np.zeros(0, dtype=np.int32)
            return Carriers(none, none, none, none)
        selected = np.flatnonzero(mask[self.rows])
        rows, group, is_pattern = self.rows[selected], self._group[selected], self.is_pattern[selected]
        # They lie in the order of group and row.
        incidents, groups = rows[~is_pattern], group[~is_pattern]
        first_incidents = begins_of(groups)
        patterns, pattern_groups = rows[is_pattern], group[is_pattern]
        first_patterns = begins_of(pattern_groups)
        wanted = pattern_groups[first_patterns]
        begin, end = (np.searchsorted(groups, wanted, side=side) for side in ("left", "right"))
        first_patterns = first_patterns[begin == end]
        return Carriers(
            incidents[first_incidents],
            patterns[first_patterns],
            np.delete(incidents, first_incidents),
            np.delete(patterns, first_patterns),
        )

    def keys(self, sets: Sequence[Sequence[int]], set_of: Ints) -> Keys:
        """Find the keys of the linked rows. set_of: of every row of the edition, its place among the sets."""
        sizes = np.array([len(one) for one in sets], dtype=np.int64)
        offsets = np.concatenate(([0], np.cumsum(sizes)))
        values = np.array([key for one in sets for key in one], dtype=np.int32)
        at = set_of[self.rows]
        count = sizes[at]
        entry_of = np.repeat(np.arange(len(at)), count)
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        key = values[offsets[at][entry_of] + within]
        # Within a key the entries are in the order of group and row already.
        order = np.argsort(key, kind="stable")
        key, entry_of = key[order], entry_of[order]
        group = self._group[entry_of]
        pairs = begins_of(key.astype(np.int64) * (len(self.alone) + 1) + group)
        pair = np.repeat(np.arange(len(pairs), dtype=np.int32), np.diff(pairs, append=len(entry_of)))
        return Keys(self.rows[entry_of], pair, pairs, key[pairs])

    def tally(self, keys: Keys, mask: Bits, is_pattern: Bits, most: int) -> tuple[Numbers, Numbers]:
        """Count incidents and patterns by key: those that are the same once, and as an incident if any row is one.

        is_pattern: of every row of the edition. most: how many keys there are.
        """
        chosen = np.flatnonzero(mask[keys.rows])
        pattern = is_pattern[keys.rows[chosen]]
        incident, either = np.zeros(len(keys.pairs), dtype=bool), np.zeros(len(keys.pairs), dtype=bool)
        incident[keys.pair[chosen[~pattern]]] = True
        either[keys.pair[chosen]] = True
        return (
            np.bincount(keys.key[incident], minlength=most),
            np.bincount(keys.key[either & ~incident], minlength=most),
        )

    def first_incidents(self, keys: Keys, mask: Bits, is_pattern: Bits) -> tuple[Ints, Ints]:
        """Give, for each key and selected incident, the key and the first selected row that is no pattern."""
        if not len(keys.pairs):
            return keys.key, keys.rows
        chosen = mask[keys.rows] & ~is_pattern[keys.rows]
        firsts = np.minimum.reduceat(np.where(chosen, keys.rows, _NONE), keys.pairs)
        met = firsts != _NONE
        return keys.key[met], firsts[met]


def begins_of(values: npt.NDArray[np.integer]) -> Numbers:
    """Give where each run of equal values begins."""
    if not len(values):
        return np.zeros(0, dtype=np.int64)
    return np.concatenate(([0], np.flatnonzero(values[1:] != values[:-1]) + 1))
