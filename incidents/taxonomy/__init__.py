"""The taxonomy: kinds, aircraft and systems, targets, roles, stages, grades and the like, key and label together.

It is read from the TOML files beside this module. It knows nothing of the ledger, of editions or of who uses it.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from geodata.names import fold_name
from geodata.precision import Precision
from incidents.errors import IncidentError

_SHIPPED = Path(__file__).parent

GRADES: tuple[str, ...] = ("confirmed", "fair", "weak", "contested", "discounted")
"""Keys of the grades of harm reporting, strongest first; the filter knows them without reading a file."""
HARMFUL = ("air", "ground", "people")
"""Families of kinds by which people come to harm: where nobody is hurt by what happens, no figure is missing."""


class BadTaxonomy(IncidentError):
    """A file of the taxonomy contradicts another, itself, or its form."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of incident. family: what groups it for the eye (air, ground, people, diplomacy, sea, arms, other)."""

    key: str
    label: str
    plural: str
    family: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Equipment:
    """A node in the tree of aircraft, systems and munitions. source: where the type and its place come from."""

    key: str
    label: str
    parent: str | None
    aliases: tuple[str, ...]
    category: str
    source: str


@dataclass(frozen=True, slots=True)
class Term:
    """A word of one of the small vocabularies."""

    key: str
    label: str
    description: str


@dataclass(frozen=True)
class Taxonomy:
    """All vocabularies; each maps a key to its entry, in the order of the files."""

    kinds: Mapping[str, Kind]
    equipment: Mapping[str, Equipment]
    targets: Mapping[str, Term]
    roles: Mapping[str, Term]
    stages: Mapping[str, Term]
    grades: Mapping[str, Term]
    harm_groups: Mapping[str, Term]
    precision: Mapping[str, Term]
    _names: dict[str, str] = field(init=False, repr=False, compare=False)
    _children: dict[str, list[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index names and children, and refuse a tree that is none. Raises BadTaxonomy."""
        names: dict[str, str] = {}
        children: dict[str, list[str]] = {}
        for node in self.equipment.values():
            for name in (node.key, node.label, *node.aliases):
                known = names.setdefault(fold_name(name), node.key)
                if known != node.key:
                    msg = f"equipment: {name!r} names both {known} and {node.key}"
                    raise BadTaxonomy(msg)
            if node.parent is not None:
                if node.parent not in self.equipment:
                    msg = f"equipment {node.key}: its parent {node.parent} is not known"
                    raise BadTaxonomy(msg)
                children.setdefault(node.parent, []).append(node.key)
        object.__setattr__(self, "_names", names)
        object.__setattr__(self, "_children", children)
        for key in self.equipment:
            self.ancestors(key)

    def say_floor(self, key: str) -> str:
        """Say what a filter by precision lets through: "Settlement or closer". Raises KeyError.

        Nothing is closer than an exact spot, and a place at sea is no coarser than one on land.
        """
        ends = {Precision.EXACT: "Exact spot only", Precision.SEA: "Any known place", Precision.UNKNOWN: "Any or none"}
        return ends.get(Precision(key)) or f"{self.precision[key].label} or closer"

    def ancestors(self, key: str) -> tuple[str, ...]:
        """Give the keys above a node of the equipment, nearest first. Raises KeyError, or BadTaxonomy for a ring."""
        found: list[str] = []
        parent = self.equipment[key].parent
        while parent is not None:
            if parent in found or parent == key:
                msg = f"equipment {key}: is above itself"
                raise BadTaxonomy(msg)
            found.append(parent)
            parent = self.equipment[parent].parent
        return tuple(found)

    def descendants(self, key: str) -> tuple[str, ...]:
        """Give the keys of everything below a node of the equipment, parents before children, without the node."""
        found: list[str] = []
        for child in self._children.get(key, ()):
            found += [child, *self.descendants(child)]
        return tuple(found)

    def equipment_named(self, text: str) -> Equipment | None:
        """Find the node with this key, label or alias; case, accents, spaces and hyphens do not matter."""
        key = self._names.get(fold_name(text))
        return self.equipment[key] if key else None

    def to_json(self) -> str:
        """Write the whole taxonomy as JSON text; `from_json` gives back an equal one."""
        parts = {
            name: [
                {one.name: getattr(entry, one.name) for one in fields(kind)} for entry in getattr(self, name).values()
            ]
            for name, kind in _TYPES.items()
        }
        return json.dumps(parts, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Taxonomy":
        """Read what `to_json` wrote."""
        parts = json.loads(text)
        entries: dict[str, Any] = {
            name: {row["key"]: _make(kind, row) for row in parts[name]} for name, kind in _TYPES.items()
        }
        return cls(**entries)


_TYPES: dict[str, type[Kind | Equipment | Term]] = {
    "kinds": Kind,
    "equipment": Equipment,
    "targets": Term,
    "roles": Term,
    "stages": Term,
    "grades": Term,
    "harm_groups": Term,
    "precision": Term,
}


@cache
def load_taxonomy(extra: Path | None = None) -> Taxonomy:
    """Read the shipped taxonomy, and an operator's folder of files with the same names, which may only add keys.

    Raises BadTaxonomy for a file that redefines a shipped key, names an unknown parent, gives one name to two
    nodes, lacks a field or has an unknown one, or a kind or type called none.
    """
    tables: dict[str, dict[str, dict[str, Any]]] = {name: _read(_SHIPPED / f"{name}.toml") for name in _TYPES}
    if extra is not None:
        for name in _TYPES:
            path = extra / f"{name}.toml"
            for key, row in (_read(path) if path.exists() else {}).items():
                if key in tables[name]:
                    msg = f"{path.name}: {key} is already defined"
                    raise BadTaxonomy(msg)
                tables[name][key] = row
    for name in ("kinds", "equipment"):
        if "none" in tables[name]:
            msg = f"{name}: none is what a filter calls nothing of them, so no key may be"
            raise BadTaxonomy(msg)
    _fill_equipment(tables["equipment"])
    entries: dict[str, Any] = {
        name: {key: _make(_TYPES[name], {"key": key, **row}) for key, row in tables[name].items()} for name in _TYPES
    }
    if tuple(entries["precision"]) != tuple(Precision) or tuple(entries["grades"]) != GRADES:
        msg = "precision and grades are fixed scales: nothing may be added to them"
        raise BadTaxonomy(msg)
    return Taxonomy(**entries)


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{path.name}: {error}"
        raise BadTaxonomy(msg) from None


def _fill_equipment(rows: dict[str, dict[str, Any]]) -> None:
    """Give each node its optional fields; the category is written at a root alone and holds for all below it."""
    for row in rows.values():
        row.setdefault("parent", None)
        row.setdefault("aliases", [])
    for key, row in rows.items():
        above, steps = row, 0
        while "category" not in above and above["parent"] in rows and steps < len(rows):
            above, steps = rows[above["parent"]], steps + 1
        if "category" not in above:
            msg = f"equipment {key}: no category is given at the root of its branch"
            raise BadTaxonomy(msg)
        row["category"] = above["category"]


def _make(kind: type[Kind | Equipment | Term], row: dict[str, Any]) -> Kind | Equipment | Term:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    try:
        return kind(**values)
    except TypeError as error:
        msg = f"{row.get('key')}: {str(error).removeprefix(kind.__name__ + '.__init__() ')}"
        raise BadTaxonomy(msg) from None
