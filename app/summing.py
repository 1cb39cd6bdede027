"""Sums for the pages of regions and aircraft: harm in words, what is known to no more than a region, the tree in use.

It draws on an edition's own counts and adds no group of harm to another.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from incidents.drafts import Extent, HarmDraft, Span
from incidents.editions.edition import Edition
from incidents.filters import IncidentFilter
from incidents.harm import Suffering, describe_sum
from incidents.harm import add_harm as sum_harm

# Families of kinds by which people come to harm: where nobody is hurt by what happens, no figure is missing.
HARMFUL = ("air", "ground", "people")
_MOST_ADDED = 2_000
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


def add_harm(edition: Edition, selection: IncidentFilter) -> list[Harm] | None:
    """Say the harm of what a filter selects: each group apart, and how many incidents give no figure.

    Empty where nobody can have come to harm. None where there are too many incidents to add up for a page.
    """
    kinds = [kind.key for kind in edition.taxonomy.kinds.values() if kind.family in HARMFUL]
    harmful = replace(selection, kind=tuple(key for key in kinds if not selection.kind or key in selection.kind))
    counts = edition.counts(harmful) if harmful.kind else None
    if counts is None or not counts.incidents:
        return []
    if counts.matched > _MOST_ADDED:
        return None
    incidents = list(_claims(edition.details(harmful, limit=_MOST_ADDED)))
    said = []
    for group, what in _TOLD:
        found = sum_harm(incidents, group, what)
        if found.counted or (group, what) == _TOLD[0]:
            said.append(Harm(edition.taxonomy.harm_groups[group].label, describe_sum(found, what)))
    return said


def _claims(details: Iterable[Mapping[str, Any]]) -> Iterator[list[HarmDraft]]:
    """Give the claims of each incident, patterns left out; records of the same incident together."""
    ones = [detail for detail in details if detail["extent"] == Extent.ONE.value]
    together: dict[str, list[HarmDraft]] = {}
    for detail in ones:
        # Whatever record of an incident was met first speaks for it; the claims of the others join its own.
        same = next((other["id"] for other in detail["same_as"] if other["id"] in together), detail["id"])
        together.setdefault(same, []).extend(_claim(claim) for claim in detail["harm"]["claims"])
    yield from together.values()


def _claim(claim: Mapping[str, Any]) -> HarmDraft:
    spans = [
        Span(claim[what]["min"], claim[what]["max"], approximate=claim[what]["approximate"])
        for what in ("killed", "injured", "displaced")
    ]
    return HarmDraft(claim["group"], killed=spans[0], injured=spans[1], displaced=spans[2], chosen=claim["chosen"])


def grow_tree(edition: Edition, found: Mapping[str, Any], above: str | None = None) -> Iterator[dict[str, Any]]:
    """Give the aircraft and systems that took part directly below a node, each with what is below that in turn."""
    for node in edition.taxonomy.equipment.values():
        if node.parent == above and node.key in found:
            yield {"node": node, "found": found[node.key], "parts": list(grow_tree(edition, found, node.key))}


def count_areas(edition: Edition, selection: IncidentFilter) -> dict[str, dict[str, int]]:
    """Count what is known to no more than a region, by its code."""
    found = {}
    for feature in edition.areas(selection):
        told = json.loads(feature)["properties"]
        found[told["code"]] = {name: told[name] for name in ("records", "incidents", "patterns")}
    return found
