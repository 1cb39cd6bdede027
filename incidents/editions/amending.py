"""Amends an edition: writes it anew without what was taken back, beside the old folder, which then goes.

It is told which rows go and what stands in their place; it knows no ledger.
"""

import hmac
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from incidents.editions.database import DATABASE
from incidents.editions.edition import Edition
from incidents.editions.errors import EditionDamaged
from incidents.editions.manifest import Amendment, Manifest, read_manifest
from incidents.editions.older import open_attached
from incidents.editions.public import PublicIncident
from incidents.editions.reader import make_name, parse_name
from incidents.editions.writer import Aggregate, EditionWriter, RegionSource

_CONFIG = {"memory_limit": "96MB"}
# With more differences than this, telling all is as quick as telling them.
_FEW = 5_000


@dataclass(frozen=True, slots=True)
class Shown:
    """What an edition shows of an incident: the revision it was made from, under which location policy."""

    revision: int
    policy: str | None


def find_shown(folder: Path, ids: Collection[str] | None = None) -> dict[str, Shown]:
    """Give those of the ids that an edition's rows have, hidden or not; all rows where no ids are given."""
    edition = Edition(folder)
    try:
        return {id_: Shown(revision, policy) for id_, revision, policy in edition.origins(ids)}
    finally:
        edition.close()


@dataclass(frozen=True, slots=True)
class Showing:
    """Which incidents an edition shows at which revisions, told by what another one shows.

    folder: the edition's. as_in: number and amendment of the other one, if any. but: ids that only that one shows, or
    at another revision. more: id and revision of what only this one shows so.
    """

    folder: Path
    as_in: tuple[int, int] | None = None
    but: tuple[str, ...] = ()
    more: tuple[tuple[str, int], ...] = ()

    def all(self) -> Iterator[tuple[str, int]]:
        """Give id and revision of every row, some at a time."""
        with open_attached(self.folder / DATABASE, _CONFIG) as db:
            for batch in db.sql("SELECT id, revision FROM incident").to_arrow_reader(20_000):
                yield from zip(batch["id"].to_pylist(), batch["revision"].to_pylist(), strict=True)


def compare(folder: Path, other: Path | None) -> Showing:
    """Say what an edition shows, by another one's folder where the two differ in little."""
    if other is None:
        return Showing(folder)
    try:
        with open_attached(folder / DATABASE, _CONFIG) as db:
            db.execute("ATTACH ? AS other (READ_ONLY)", [str(other / DATABASE)])
            here, there = (f"SELECT id, revision FROM {name}.incident" for name in ("edition", "other"))
            but = db.execute(f"{there} EXCEPT {here} LIMIT {_FEW + 1}").fetchall()
            more = db.execute(f"{here} EXCEPT {there} LIMIT {_FEW + 1}").fetchall()
    except (EditionDamaged, duckdb.Error):
        return Showing(folder)
    if max(len(but), len(more)) > _FEW:
        return Showing(folder)
    return Showing(folder, parse_name(other.name), tuple(id_ for id_, _ in but), tuple(more))


def find_counts(folder: Path) -> dict[Aggregate, int]:
    """Give an edition's counts of what is published in no row."""
    if not read_manifest(folder).aggregate_only:
        return {}
    with open_attached(folder / DATABASE, _CONFIG) as db:
        rows = db.execute("SELECT dataset, region, month, kind, records FROM aggregate").fetchall()
    return {(dataset, region, month, kind): records for dataset, region, month, kind, records in rows}


def next_name(manifest: Manifest) -> str:
    """Give the name of the edition's next amendment."""
    return make_name(manifest.number, manifest.amendment + 1)


def rewrite(
    old: Path,
    made: Path,
    about: Manifest,
    *,
    without: Collection[str],
    instead: Iterable[PublicIncident],
    regions: RegionSource,
    counts: Mapping[Aggregate, int],
) -> Manifest:
    """Write an edition's rows into a new folder, some left out and others put in, described as `about` says.

    counts: how the counts of what is in no row change.
    """
    edition = Edition(old)
    edition.close()
    with EditionWriter(made, edition.taxonomy, regions) as writer:
        writer.copy(old, edition.manifest, without=without)
        writer.add(instead)
        writer.add_aggregates(counts)
        return writer.finish(about)


def describe_amendment(
    old: Manifest, *, reason: str, at: str, tombstones: int, head: tuple[str, int], removed: int, key: bytes
) -> Manifest:
    """Say of the amended edition that and why it was amended; the old files' hashes are kept, sealed with `key`."""
    sealed = {name: hmac.digest(key, said["sha256"].encode(), "sha256").hex() for name, said in old.files.items()}
    amendment = Amendment(at, reason, old.edition, sealed, removed)
    return replace(
        old,
        edition=next_name(old),
        citation=old.citation.replace(f"edition {old.edition},", f"edition {next_name(old)},"),
        amendment=old.amendment + 1,
        amendments=(*old.amendments, amendment),
        tombstones=tombstones,
        history_head=head[0],
        history_length=head[1],
    )
