"""Rows that are the same incident: each incident counted once, by whichever of its rows are selected.

There are few of them. All other rows stand for themselves and need none of this.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from incidents.editions.bitmaps import Words
from incidents.editions.columns import Bits, Bytes, Columns, Ints, Numbers

_NONE = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """The keys of linked rows: an entry for each row and key, in the order of key, group, incidents first, and row.

    pair: of each entry, its pair of key and group. pairs: where the entries of each begin. key: of each pair.
    """

    rows: Ints
    pair: Ints
    pairs: Numbers
    key: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Further:
    """Selected rows by which nothing is counted, another one of the same incident being so already."""

    incidents: Ints
    patterns: Ints


class Linked:
    """The linked rows of an edition: those whose group has more than one."""

    def __init__(self, columns: Columns) -> None:
        """Find them."""
        group = columns.group
        further = np.flatnonzero(group != np.arange(len(group), dtype=np.int32))
        rows = np.union1d(further, group[further]).astype(np.int32)
        # Within a group incidents come first, by the first of which it is counted, and patterns after them.
        order = np.lexsort((columns.pattern[rows], group[rows]))
        self.rows: Ints = rows[order]
        self._is_pattern: Bits = columns.pattern[self.rows].view(bool)
        self._group_of: Ints = group
        self._group: Ints = group[self.rows]
        self.alone: Bits = np.ones(len(group), dtype=bool)
        self.alone[self.rows] = False
        # Where each of them stands in a set of rows, as an index of the machine's own width.
        self._byte: Numbers = (self.rows >> 3).astype(np.intp)
        self._bit: Bytes = (1 << (self.rows & 7)).astype(np.uint8)
        self._pattern_of: Bits = columns.pattern.view(bool)

    def others(self, numbers: Numbers) -> dict[int, Numbers]:
        """Give the other rows of the same incident, by the place of those numbers whose rows have any."""
        places = np.flatnonzero(~self.alone[numbers])
        group = self._group_of[numbers[places]]
        begins, ends = (np.searchsorted(self._group, group, side=side) for side in ("left", "right"))
        return {
            place: (same := np.sort(self.rows[begin:end]).astype(np.int64))[same != numbers[place]]
            for place, begin, end in zip(places.tolist(), begins.tolist(), ends.tolist(), strict=True)
        }

    def further(self, chosen: Words) -> Further:
        """Give what does not count of the selected ones: all but the first incident, else the first pattern."""
        further = _find_further((chosen.view(np.uint8)[self._byte] & self._bit).astype(bool), self._group)
        rows, is_pattern = self.rows[further], self._is_pattern[further]
        return Further(rows[~is_pattern], rows[is_pattern])

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
        # Within a key the entries are in the order of linked rows already.
        order = np.argsort(key, kind="stable")
        key, entry_of = key[order], entry_of[order]
        group = self._group[entry_of]
        pairs = begins_of(key.astype(np.int64) * (len(self.alone) + 1) + group)
        pair = np.repeat(np.arange(len(pairs), dtype=np.int32), np.diff(pairs, append=len(entry_of)))
        return Keys(self.rows[entry_of], pair, pairs, key[pairs])

    def shared(self, keys: Keys) -> Keys:
        """Give those of them that several rows of an incident have."""
        sizes = np.diff(keys.pairs, append=len(keys.rows))
        several = sizes > 1
        kept = several[keys.pair]
        pairs = np.cumsum(sizes[several]) - sizes[several]
        return Keys(keys.rows[kept], (np.cumsum(several) - 1)[keys.pair[kept]], pairs, keys.key[several])

    def further_by_key(self, keys: Keys, mask: Bits, most: int) -> tuple[Numbers, Numbers]:
        """Count by key what does not count of the selected ones: incidents, and patterns. most: how many keys."""
        further = _find_further(mask[keys.rows], keys.pair)
        key, is_pattern = keys.key[keys.pair[further]], self._pattern_of[keys.rows[further]]
        return np.bincount(key[~is_pattern], minlength=most), np.bincount(key[is_pattern], minlength=most)

    def first_incidents(self, keys: Keys, mask: Bits, is_pattern: Bits) -> tuple[Ints, Ints]:
        """Give, for each key and selected incident, the key and the first selected row that is no pattern."""
        if not len(keys.pairs):
            return keys.key, keys.rows
        chosen = mask[keys.rows] & ~is_pattern[keys.rows]
        firsts = np.minimum.reduceat(np.where(chosen, keys.rows, _NONE), keys.pairs)
        met = firsts != _NONE
        return keys.key[met], firsts[met]


def _find_further(chosen: Bits, own: Ints) -> Numbers:
    """Give the places of what is chosen after another of its own. own: of each, what it is part of; equals together."""
    places = np.flatnonzero(chosen)
    parts = own[places]
    return np.asarray(places[1:][parts[1:] == parts[:-1]])


def begins_of(values: npt.NDArray[np.integer]) -> Numbers:
    """Give where each run of equal values begins."""
    if not len(values):
        return np.zeros(0, dtype=np.int64)
    return np.concatenate(([0], np.flatnonzero(values[1:] != values[:-1]) + 1))
