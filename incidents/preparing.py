"""What the next edition will hold: which rows must be made, and which stand in the newest one just so already.

A row is taken over only under a digest of everything that its bytes hang on; whether it is in the edition at all is
asked of the ledger each time, wherever the answer may be another one by now. It writes nothing, and knows no number of
an edition.
"""

import datetime as dt
import hashlib
import json
import platform
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache, partial
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.approved import Approval, approvals, in_blocks, links, make_incident, with_payloads
from incidents.boundaries import regions_in_use
from incidents.coarsening import World
from incidents.counting import aggregate_of
from incidents.deciding import Anew, find_anew
from incidents.drafts import DatasetDraft
from incidents.editions.errors import EditionDamaged
from incidents.editions.older import DIGEST_BYTES, OlderEdition
from incidents.editions.schema import FORMAT
from incidents.editions.staging import join_linked
from incidents.editions.used_regions import UsedRegions
from incidents.editions.writer import Aggregate
from incidents.making import Said
from incidents.models import BoundarySet
from incidents.policies import LocationPolicy
from incidents.redaction import LeftOut, redact, why_left_out, write_policy
from incidents.scrubbing import NotFitToPublish
from incidents.surroundings import ShippedWorld
from incidents.taxonomy import Taxonomy

_BLOCK = 2_000
# So many rows are made only to see whether any of them is fit: what is unfit is in no edition to be taken over from.
_FEW = 2_000
_ROOT = Path(__file__).parents[1]
# All code and data that rows are made with; a change of anything else there costs no more than making them anew.
_CODE = ("incidents", "geodata")
_KINDS_OF_FILE = {".py", ".toml", ".csv", ".npz", ".zip", ".yaml"}
_LIBRARIES = ("edtf", "pyproj", "rapidfuzz", "shapely")


class Digests:
    """Gives, for an approval, the digest of everything that the bytes of its row hang on.

    That is the payload, by its salted digest; what the ledger says of location policy and dataset; the taxonomy, the
    boundary sets, and the program with its data and libraries. Embargoes, withdrawals, terms and links are no part of
    it: they are asked each time, for each incident.
    """

    def __init__(self, session: Session, taxonomy: Taxonomy) -> None:
        sets = select(BoundarySet.id, BoundarySet.key, BoundarySet.sha256).order_by(BoundarySet.id)
        boundaries = [list(row) for row in session.execute(sets)]
        common = json.dumps([FORMAT, _program(), taxonomy.to_json(), boundaries])
        self.common = hashlib.sha256(common.encode()).digest()
        """Of what the rows of all approvals hang on."""
        self._begun: hashlib._Hash | None = None
        self._dataset: DatasetDraft | None = None
        self._policy: LocationPolicy | None = None

    def of(self, approval: Approval) -> bytes:
        """Give the digest of an approval's row."""
        # Neighbours are of one dataset, as a rule, and comparing objects takes a fraction of looking them up.
        if self._begun is None or approval.dataset is not self._dataset or approval.policy != self._policy:
            self._dataset, self._policy = approval.dataset, approval.policy
            dataset = asdict(approval.dataset) if approval.dataset else None
            text = json.dumps([dataset, write_policy(approval.policy)], sort_keys=True)
            self._begun = hashlib.sha256(self.common + hashlib.sha256(text.encode()).digest())
        digest = self._begun.copy()
        digest.update(f"{approval.id} {approval.revision} {approval.digest}".encode())
        return digest.digest()[:DIGEST_BYTES]


class Known(NamedTuple):
    """Incidents that are to be in an edition, by their keys, and at which revisions."""

    keys: "array[int]"
    revisions: "array[int]"


@dataclass(frozen=True)
class Plan:
    """What one snapshot of the ledger lets into an edition.

    older: the edition that rows are taken over from, and kept, by its numbers, which; None where every row is made.
    make: keys of the incidents whose rows are made. known: all that are to be in it; None where only some were decided
    on. linked: ids of what is one incident, by id. aggregates: counts of what is published in no row. left_out: how
    many are in no row, and why. datasets: that rows and counts are of, by key; of several versions, the one recorded
    first.
    """

    digests: Digests
    older: OlderEdition | None
    kept: NDArray[np.bool_]
    make: "array[int]"
    known: Known | None
    linked: Mapping[str, tuple[str, ...]]
    aggregates: Counter[Aggregate]
    left_out: Counter[LeftOut]
    datasets: Mapping[str, DatasetDraft]

    def said(self, session: Session) -> Iterator[list[Said]]:
        """Give what is to be made, in blocks."""
        given = with_payloads(session, self.make)
        for block in in_blocks(given, _BLOCK):
            yield [Said(approval, payload, self.digests.of(approval)) for approval, payload in block]

    def changes_nothing(self, session: Session, world: World) -> bool:
        """Whether the edition would hold what the older one holds, row by row, link by link and count by count."""
        if self.older is None or not self.kept.all() or len(self.make) > _FEW:
            return False
        if self.older.aggregates() != dict(self.aggregates) or self.older.linked() != self._will_be_linked(self.older):
            return False
        return not any(_is_fit(said, world) for block in self.said(session) for said in block)

    def ids(self, session: Session) -> list[str]:
        """Give the public ids of what is to be made, where that is little."""
        return sorted(said.approval.id for block in self.said(session) for said in block)

    def close(self) -> None:
        """Let go of the older edition's file."""
        if self.older is not None:
            self.older.close()

    def _will_be_linked(self, older: OlderEdition) -> dict[str, set[str]]:
        here = older.find_open(self.linked) if self.linked else set()
        pairs = ((one, other) for one, others in self.linked.items() for other in others if {one, other} <= here)
        return {id_: {*group} - {id_} for group in join_linked(pairs) for id_ in group}


def prepare(
    session: Session,
    newest: Path | None,
    taxonomy: Taxonomy,
    world: World,
    *,
    today: dt.date,
    whole: bool = False,
    trusting: bool = True,
) -> Plan:
    """Plan an edition. newest: the folder of the newest one. whole: whether every row is to be made.

    So it is, too, wherever there is any doubt: another format, a file that is not what was published, other
    boundaries, or another world than the one shipped. trusting: whether only those incidents are decided on of which
    the ledger may say otherwise than when the newest edition was made; see `deciding`.
    """
    digests = Digests(session, taxonomy)
    older = None
    if newest is not None and not whole and isinstance(world, ShippedWorld):
        older = open_older(session, newest)
    anew = find_anew(session, older) if older is not None and trusting else None
    if anew is not None:
        plan = _decide(session, digests, older, anew, world, today=today)
        if anew.samples.isdisjoint(plan.make):
            return plan
    return _decide(session, digests, older, None, world, today=today)


def _decide(
    session: Session, digests: Digests, older: OlderEdition | None, anew: Anew | None, world: World, *, today: dt.date
) -> Plan:
    """Decide on all incidents, or on those that are to be decided on anew."""
    kept = np.zeros(older.manifest.rows if older else 0, dtype=np.bool_) if anew is None else anew.kept.copy()
    make: array[int] = array("q")
    keys: array[int] = array("q")
    revisions: array[int] = array("l")
    counted: array[int] = array("q")
    left_out: Counter[LeftOut] = Counter()
    datasets: dict[str, DatasetDraft] = {}
    for block in in_blocks(approvals(session, None if anew is None else anew.keys.tolist()), _BLOCK):
        wanted = []
        for approval in block:
            reason = why_left_out(approval, today)
            if approval.dataset is not None and reason in {None, LeftOut.AGGREGATE_ONLY}:
                datasets.setdefault(approval.dataset.key, approval.dataset)
            if reason is None:
                wanted.append(approval)
                continue
            left_out[reason] += 1
            if reason == LeftOut.AGGREGATE_ONLY:
                counted.append(approval.key)
        keys.extend(approval.key for approval in wanted)
        revisions.extend(approval.revision for approval in wanted)
        if older is None:
            make.extend(approval.key for approval in wanted)
            continue
        numbers = older.find([digests.of(approval) for approval in wanted]).tolist()
        make.extend(approval.key for approval, number in zip(wanted, numbers, strict=True) if number < 0)
        kept[[number for number in numbers if number >= 0]] = True
    aggregates = Counter(
        aggregate_of(make_incident(approval, payload), world) for approval, payload in with_payloads(session, counted)
    )
    known = Known(keys, revisions) if anew is None else None
    return Plan(digests, older, kept, make, known, links(session), aggregates, left_out, datasets)


def open_older(session: Session, newest: Path) -> OlderEdition | None:
    """Open the newest edition, unless it is damaged or its regions are not what the ledger has now."""
    try:
        older = OlderEdition(newest)
    except EditionDamaged:
        return None
    there = older.regions()
    now = UsedRegions(partial(regions_in_use, session))
    codes = [row["code"] for row in there]
    now.learn(codes)
    if there != list(now.rows(codes)):
        older.close()
        return None
    return older


def _is_fit(said: Said, world: World) -> bool:
    try:
        redact(make_incident(said.approval, said.payload), world)
    except NotFitToPublish:
        return False
    return True


@cache
def _program() -> str:
    """Give a digest of the code and data that rows are made with, and of what they are made on."""
    digest = hashlib.sha256()
    for folder in _CODE:
        for path in sorted((_ROOT / folder).rglob("*")):
            if path.suffix in _KINDS_OF_FILE and path.is_file():
                digest.update(str(path.relative_to(_ROOT)).encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    libraries = [metadata.version(name) for name in _LIBRARIES]
    ground = [platform.python_version(), unicodedata.unidata_version, shapely.geos_version, libraries]
    digest.update(json.dumps(ground).encode())
    return digest.hexdigest()
