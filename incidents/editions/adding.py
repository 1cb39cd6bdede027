"""Harm of selected incidents added up by region: one outcome of one group, as a range with the number of unknowns.

Groups are never added to each other. Incidents that are the same count once; patterns are left out, as in all counts
of incidents.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from incidents.editions.columns import Bits, Numbers
from incidents.editions.harms import OPEN, Figures
from incidents.editions.linking import Keys
from incidents.editions.tallying import Lists, Tallier

_NONE = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class HarmSum:
    """A range over incidents with a figure, and how many have none. most: None where one of them is open above."""

    least: int
    most: int | None
    figures: int
    unknown: int


@dataclass(slots=True, eq=False)
class _Sums:
    """Sums by key, of incidents with a figure."""

    least: Numbers
    most: Numbers
    figures: Numbers
    are_open: Numbers


def add_by_region(tallier: Tallier, mask: Bits, figures: Figures) -> Mapping[str, HarmSum]:
    """Add the figures of incidents by each region that one of them lies in. mask: True for each row that counts."""
    columns, lists = tallier.columns, tallier.regions
    singles = _add_singles(tallier, lists, mask, figures)
    others = _add_linked(lists.linked, mask & ~tallier.is_pattern, figures, lists.most)
    incidents = tallier.incidents_by_region(mask)
    found = {}
    for at in np.flatnonzero(incidents).tolist():
        counted = int(singles.figures[at] + others.figures[at])
        bounded = not singles.are_open[at] and not others.are_open[at]
        found[columns.terms.regions[at].code] = HarmSum(
            int(singles.least[at] + others.least[at]) if counted else 0,
            int(singles.most[at] + others.most[at]) if bounded and counted else None,
            counted,
            int(incidents[at]) - counted,
        )
    return found


def _add_singles(tallier: Tallier, lists: Lists, mask: Bits, figures: Figures) -> _Sums:
    """Add what stands for itself: by set of regions first, which are few."""
    chosen = np.flatnonzero((mask & tallier.single_incident)[figures.number])
    at = tallier.columns.region_set[figures.number[chosen]]

    def add(values: Numbers) -> Numbers:
        by_set = np.bincount(at, weights=values, minlength=lists.sets)
        by_key = np.bincount(lists.keys, weights=by_set[lists.entries], minlength=lists.most)
        return np.rint(by_key).astype(np.int64)

    least, most = figures.least[chosen], figures.most[chosen]
    return _Sums(
        add(least), add(np.maximum(most, 0)), add(np.ones(len(at), dtype=np.int64)), add(np.where(most == OPEN, 1, 0))
    )


def _add_linked(keys: Keys, chosen: Bits, figures: Figures, most: int) -> _Sums:
    """Add each linked incident once by region: its rows' lowest and highest figures bound it."""
    nothing = np.zeros(most, dtype=np.int64)
    if not len(keys.pairs) or not len(figures.number):
        return _Sums(nothing, nothing, nothing, nothing)
    at = np.minimum(np.searchsorted(figures.number, keys.rows), len(figures.number) - 1)
    has = (figures.number[at] == keys.rows) & chosen[keys.rows]
    is_open = np.logical_or.reduceat(has & (figures.most[at] == OPEN), keys.pairs)
    any_has = np.logical_or.reduceat(has, keys.pairs)
    lowest = np.minimum.reduceat(np.where(has, figures.least[at], _NONE), keys.pairs)
    highest = np.maximum.reduceat(np.where(has, figures.most[at], 0), keys.pairs)

    def add(values: Numbers) -> Numbers:
        counted = np.bincount(keys.key[any_has], weights=values[any_has], minlength=most)
        return np.rint(counted).astype(np.int64)

    return _Sums(add(lowest), add(highest), add(any_has.astype(np.int64)), add(is_open.astype(np.int64)))
