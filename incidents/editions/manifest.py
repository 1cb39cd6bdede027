"""The manifest of an edition: its number, time, counts, licences, and the SHA-256 of each of its files.

It is the last file written into an edition's folder; a folder without one is no edition.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from incidents.editions.errors import EditionDamaged, EditionOutdated
from incidents.editions.schema import FORMAT

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Licence:
    """A dataset in the edition, its licence and how its makers want to be named. rows: 0 where it is only counted."""

    dataset: str
    title: str
    version: str | None
    licence: str | None
    attribution: str | None
    url: str | None
    rows: int


@dataclass(frozen=True, slots=True)
class Amendment:
    """Something that was taken back: when (UTC), by which reason code, and the sealed hashes of the files before it.

    sealed: HMAC-SHA-256 of each replaced file's SHA-256, keyed by the ledger: its keeper can show that a file was the
    edition's, while nobody else can try places until the hash of the file that had the right one is met.
    removed: how many rows left the edition; what is only given more coarsely stays in it.
    """

    at: str
    reason: str
    replaced: str
    sealed: Mapping[str, str] = field(default_factory=dict)
    removed: int = 0

    @property
    def codes(self) -> tuple[str, ...]:
        """Each of the reason codes."""
        return tuple(self.reason.split(", ")) if self.reason else ()


@dataclass(frozen=True, slots=True)
class Earlier:
    """An edition as it was when the next one was published: what it added to the one before it, and what it changed.

    removed, removed_for: how many rows of the one before it did not have any more, and the reason codes of those that
    were taken back.
    """

    number: int
    published_at: str
    note: str
    rows: int
    added: int
    changed: int
    removed: int
    removed_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an edition says of itself. Times are UTC in ISO 8601; `rows` counts aggregate-only ones nowhere.

    bounds: west, south, east, north of all places in it. first, last: its earliest and latest known days.
    tombstones: how many tombstones its rows already heed. history_head, history_length: of the ledger's chain.
    address: where readers find the service, as permalinks in its files have it; empty in editions before it was kept.
    counted_at: the chain's length when it was first made; what is counted and shown in no row was counted then.
    added, changed, removed, removed_for: against the edition before, as `Earlier` has them of that one; the rows say
    which of them were added and changed. earlier: all editions before it, the first one first, kept or not.
    """

    edition: str
    number: int
    amendment: int
    published_at: str
    note: str
    demonstration: bool
    citation: str
    disclaimer: str
    address: str = ""
    rows: int = 0
    incidents: int = 0
    patterns: int = 0
    aggregate_only: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    removed_for: tuple[str, ...] = ()
    bounds: tuple[float, float, float, float] | None = None
    first: str | None = None
    last: str | None = None
    licences: tuple[Licence, ...] = ()
    boundary_sets: tuple[dict[str, str | None], ...] = ()
    history_head: str | None = None
    history_length: int = 0
    counted_at: int = 0
    tombstones: int = 0
    amendments: tuple[Amendment, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def amended_at(self) -> str | None:
        """When it was last amended; None when it never was."""
        return self.amendments[-1].at if self.amendments else None

    def describe(self, address: str = "") -> dict[str, Any]:
        """Say of a file what it is from, whose it is, how to cite it, and what is counted and not in it.

        address: as `cite` has it.
        """
        return {
            "edition": self.edition,
            "published": self.amended_at or self.published_at,
            "demonstration": self.demonstration,
            "licence": self.licence,
            "attribution": list(self.attribution),
            "citation": self.cite(address),
            "disclaimer": self.disclaimer,
            "counted_not_shown": self.aggregate_only,
        }

    def cite(self, address: str = "") -> str:
        """Say how to cite the edition. address: where readers find the service, which the files cannot know.

        The edition is found by its number, which outlives every amendment.
        """
        mark = " (demonstration: approved by nobody)" if self.demonstration else ""
        return f"{self.citation}{f', {address}/data?edition={self.number}' if address else ''}{mark}"

    @property
    def shown(self) -> tuple[Licence, ...]:
        """Its datasets of which there are rows."""
        return tuple(item for item in self.licences if item.rows)

    @property
    def licence(self) -> str:
        """The licences of all that is in its files, in one line."""
        said = [f"{item.title}: {item.licence or 'licence not stated'}" for item in self.shown]
        return "; ".join(said) or "licence not stated"

    @property
    def credits(self) -> tuple[str, ...]:
        """Name its datasets with their licences, each in a few words for the edge of a map."""
        return tuple(f"{item.title} ({item.licence})" if item.licence else item.title for item in self.shown)

    @property
    def attribution(self) -> tuple[str, ...]:
        """How the makers of its datasets want to be named."""
        return tuple(item.attribution for item in self.shown if item.attribution)


def read_manifest(folder: Path, *, outdated: bool = False) -> Manifest:
    """Read a folder's manifest. outdated: whether one of an older version, whose rows nobody can read, will do.

    Raises EditionDamaged when it is missing or cannot be read, EditionOutdated.
    """
    try:
        parts = json.loads((folder / MANIFEST).read_bytes())
        if parts["format"] < FORMAT and not outdated:
            msg = f"edition {folder.name} was written by an older version of this program: publish a new one"
            raise EditionOutdated(msg)
        parts["licences"] = tuple(Licence(**item) for item in parts["licences"])
        parts["amendments"] = tuple(_read_amendment(item) for item in parts["amendments"])
        parts["earlier"] = tuple(_read_earlier(item) for item in parts.get("earlier", ()))
        parts["removed_for"] = tuple(parts.get("removed_for", ()))
        parts["boundary_sets"] = tuple(parts["boundary_sets"])
        parts["bounds"] = tuple(parts["bounds"]) if parts["bounds"] else None
        known = {item.name for item in dataclasses.fields(Manifest)}
        manifest = Manifest(**{name: value for name, value in parts.items() if name in known})
    except (OSError, ValueError, TypeError, KeyError) as error:
        msg = f"edition {folder.name}: its manifest is missing or cannot be read"
        raise EditionDamaged(msg) from error
    if manifest.format > FORMAT:
        msg = f"edition {folder.name} was written by a newer version of this program"
        raise EditionDamaged(msg)
    return manifest


def follow(folder: Path) -> dict[str, Any]:
    """Give what the manifest of the next edition says of the one in a folder, and of all before: names of its fields.

    Of a folder whose manifest cannot be read nothing is known.
    """
    try:
        before = read_manifest(folder, outdated=True)
    except EditionDamaged:
        return {}
    here = {item.name: getattr(before, item.name) for item in dataclasses.fields(Earlier)}
    return {
        "earlier": (*before.earlier, Earlier(**here)),
        # What was taken back since it was published has left it already.
        "removed": sum(one.removed for one in before.amendments),
        "removed_for": tuple(sorted({code for one in before.amendments if one.removed for code in one.codes})),
    }


def write_manifest(folder: Path, manifest: Manifest, known: Mapping[str, str] = MappingProxyType({})) -> Manifest:
    """Hash the folder's files, write the manifest beside them, and give it back as written.

    known: hashes of files, by their names, which were hashed just now.
    """
    files = {
        path.name: {"bytes": path.stat().st_size, "sha256": known.get(path.name) or hash_file(path)}
        for path in sorted(folder.iterdir())
        if path.name != MANIFEST
    }
    whole = dataclasses.replace(manifest, files=files)
    text = json.dumps(dataclasses.asdict(whole), ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return whole


def _read_amendment(item: dict[str, Any]) -> Amendment:
    # Amendments before hashes were sealed had them as they are, under another name.
    return Amendment(**{name: value for name, value in item.items() if name != "files"})


def _read_earlier(item: dict[str, Any]) -> Earlier:
    return Earlier(**{**item, "removed_for": tuple(item["removed_for"])})


def verify(folder: Path) -> list[str]:
    """Compare the folder with its manifest; give one sentence for each thing that is wrong."""
    manifest = read_manifest(folder)
    wrong = []
    for name, said in manifest.files.items():
        path = folder / name
        if not path.is_file():
            wrong.append(f"{name} is missing")
        elif path.stat().st_size != said["bytes"] or hash_file(path) != said["sha256"]:
            wrong.append(f"{name} is not the file that was published")
    wrong += [
        f"{path.name} does not belong to the edition"
        for path in sorted(folder.iterdir())
        if path.name not in {MANIFEST, *manifest.files}
    ]
    return wrong


def hash_file(path: Path) -> str:
    """Give a file's SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
