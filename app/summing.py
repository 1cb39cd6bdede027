"""Sums for the pages of regions and aircraft: harm in words, what is known to no more than a region, the tree in use.

It draws on an edition's own counts and adds no group of harm to another.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from incidents.drafts import Span
from incidents.editions.edition import Edition
from incidents.filters import IncidentFilter
from incidents.harm import HarmSum, Suffering, describe_sum
from incidents.taxonomy import Taxonomy

# Groups that overlap, and what befell them. The first is told also where nobody gives a figure.
_TOLD: tuple[tuple[str, Suffering], ...] = (
    ("total", "killed"),
    ("total", "injured"),
    ("total", "displaced"),
    ("civilians", "killed"),
    ("civilians", "injured"),
    ("children", "killed"),
    ("women", "killed"),
    ("belligerents", "killed"),
)


@dataclass(frozen=True, slots=True)
class Harm:
    """Harm of one sort to one group, in words."""

    group: str
    words: str


def add_harm(edition: Edition, selection: IncidentFilter, code: str) -> list[Harm]:
    """Say the harm of what a filter selects in a region: each group apart, and how many incidents give no figure.

    Empty where nobody can have come to harm.
    """
    said = []
    for group, what in _TOLD:
        added = edition.harm_by_region(selection, group, what).get(code)
        if added is None:
            continue
        if added["figures"] or (group, what) == _TOLD[0]:
            found = HarmSum(Span(added["min"], added["max"]), added["figures"] or 0, added["unknown"] or 0)
            said.append(Harm(edition.taxonomy.harm_groups[group].label, describe_sum(found, what)))
    return said


def grow_tree(edition: Edition, found: Mapping[str, Any], above: str | None = None) -> Iterator[dict[str, Any]]:
    """Give the aircraft and systems that took part directly below a node, each with what is below that in turn."""
    for node in edition.taxonomy.equipment.values():
        if node.parent == above and node.key in found:
            yield {"node": node, "found": found[node.key], "parts": list(grow_tree(edition, found, node.key))}


def roll_up(taxonomy: Taxonomy, keys: Iterable[str]) -> frozenset[str]:
    """Give types that a filter names with all below them, which it selects, too."""
    return frozenset(found for key in keys for found in (key, *taxonomy.descendants(key)))
