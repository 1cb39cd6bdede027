"""What may be published: the approved revision of each incident, and what restricts it. Publishing reads nothing else.

It restricts nothing itself: embargoed, withdrawn and internal incidents are in it, and say so.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Text, cast, exists, func, literal, select
from sqlalchemy.orm import Session, aliased

from incidents.drafts import DatasetDraft, IncidentDraft, read_draft
from incidents.models import Dataset, ExternalReference, Incident, Revision, SameAs
from incidents.policies import LocationPolicy, make_policy

_Item = TypeVar("_Item")

_BLOCK = 1_000
_LINES = 10_000

# Columns, not whole objects, which the session would keep to the end.
_COLUMNS = (
    Incident.id,
    Incident.public_id,
    Incident.policy_rule,
    Incident.policy_cell_km,
    Incident.embargo_until,
    Incident.withdrawn,
    Incident.dataset_id,
    Revision.number,
    Revision.payload_digest,
)


class Approval(NamedTuple):
    """That and how an incident is approved, without what it says. key: the ledger's own, which never leaves it.

    digest: salted, of the payload of the approved revision. A million of them are made for an edition, which tuples
    are made for.
    """

    key: int
    id: str
    revision: int
    digest: str
    policy: LocationPolicy | None
    embargo_until: dt.date | None
    withdrawn: bool
    dataset: DatasetDraft | None


@dataclass(frozen=True, slots=True)
class ApprovedIncident:
    """An incident as it was approved. id: public, 32 hex digits. draft: of the approved revision.

    same_as: ids of approved incidents that are this same one, whichever of the two says so, withdrawn and
    embargoed ones among them; only direct links, so that groups are for the reader to close.
    """

    id: str
    revision: int
    draft: IncidentDraft
    policy: LocationPolicy | None
    embargo_until: dt.date | None
    withdrawn: bool
    dataset: DatasetDraft | None
    same_as: tuple[str, ...] = ()


def approved(session: Session) -> Iterator[ApprovedIncident]:
    """Give every approved incident in the order of recording, a block at a time, so that memory is bounded.

    That it was approved is read from the history, which takes nothing back. One state is given as a whole only
    within one snapshot: see `database.snapshot`.
    """
    linked = links(session)
    for approval, payload in with_payloads(session, (approval.key for approval in approvals(session))):
        yield make_incident(approval, payload, linked.get(approval.id, ()))


def approvals(session: Session, keys: Iterable[int] | None = None) -> Iterator[Approval]:
    """Give the approval of every approved incident whose payload is there, in the order of recording.

    keys: of the only ones that are given, rising.
    """
    datasets = _datasets(session)
    if keys is not None:
        for some in in_blocks(keys, _BLOCK):
            query = _approved(*_COLUMNS).where(Incident.id.in_(some)).order_by(Incident.id)
            yield from (_approval(row, datasets) for row in session.execute(query).all())
        return
    after = 0
    while True:
        query = _approved(*_COLUMNS).where(Incident.id > after).order_by(Incident.id).limit(_BLOCK)
        block = session.execute(query).all()
        for row in block:
            yield _approval(row, datasets)
        if len(block) < _BLOCK:
            return
        after = block[-1].id


def tell_approvals(session: Session, today: dt.date) -> Iterator[str]:
    """Give all that `approvals` gives but what datasets say, as lines of text, many at a time.

    Of an embargo they tell whether it is in force today. No part of a line can hold a space.
    """
    parts = (*_COLUMNS, Incident.embargo_until > today)
    line: ColumnElement[str] = literal("")
    for part in parts:
        if part is not Incident.embargo_until:
            line = line + func.coalesce(cast(part, Text), "-") + literal(" ")
    query = _approved(line).order_by(Incident.id).execution_options(yield_per=_LINES)
    for lines in session.scalars(query).partitions():
        yield "\n".join(lines)


def tell_datasets(session: Session) -> list[list[str | int | None]]:
    """Give all that the ledger says of datasets."""
    rows = session.execute(select(*Dataset.__table__.columns).order_by(Dataset.id))
    return [list(row) for row in rows]


def with_payloads(session: Session, keys: Iterable[int]) -> Iterator[tuple[Approval, str]]:
    """Give approvals, by key, with what their revisions say as canonical JSON; in the order of recording in a block."""
    datasets = _datasets(session)
    for block in in_blocks(keys, _BLOCK):
        query = _approved(*_COLUMNS, Revision.payload).where(Incident.id.in_(block)).order_by(Incident.id)
        for row in session.execute(query).all():
            yield _approval(row[:-1], datasets), row.payload


def make_incident(approval: Approval, payload: str, same_as: Sequence[str] = ()) -> ApprovedIncident:
    """Read what an approved revision says."""
    return ApprovedIncident(
        id=approval.id,
        revision=approval.revision,
        draft=read_draft(payload),
        policy=approval.policy,
        embargo_until=approval.embargo_until,
        withdrawn=approval.withdrawn,
        dataset=approval.dataset,
        same_as=tuple(same_as),
    )


def links(session: Session) -> dict[str, tuple[str, ...]]:
    """Give, by id, the ids of what is the same incident, both ways, where both revisions are approved."""
    sayer, other = aliased(Incident), aliased(Incident)
    query = (
        select(sayer.public_id, other.public_id)
        .select_from(SameAs)
        .join(sayer, (sayer.id == SameAs.incident_id) & (sayer.approved_revision == SameAs.revision))
        .join(
            ExternalReference,
            (ExternalReference.dataset == SameAs.dataset) & (ExternalReference.external_id == SameAs.external_id),
        )
        .join(other, other.id == ExternalReference.incident_id)
        .where(other.approved_revision.is_not(None), sayer.id != other.id)
    )
    found: dict[str, set[str]] = {}
    for one, two in session.execute(query):
        found.setdefault(one, set()).add(two)
        found.setdefault(two, set()).add(one)
    return {id_: tuple(sorted(others)) for id_, others in found.items()}


def count_left(session: Session) -> int:
    """Give how many incidents no publication has, since no revision of them is approved."""
    query = select(func.count()).select_from(Incident).where(Incident.approved_revision.is_(None))
    return session.scalars(query).one()


def _approved(*columns: Any) -> Any:  # noqa: ANN401 - a selection of columns has no name
    approval = aliased(Revision)
    return (
        select(*columns)
        .select_from(Incident)
        .join(Revision, (Revision.incident_id == Incident.id) & (Revision.number == Incident.approved_revision))
        .where(
            Revision.payload.is_not(None),
            exists().where(
                approval.incident_id == Incident.id,
                approval.approves == Incident.approved_revision,
                approval.action.in_(("approve", "demonstration")),
            ),
        )
    )


def _approval(row: Sequence[Any], datasets: Mapping[int, DatasetDraft]) -> Approval:
    key, id_, rule, cell_km, embargo_until, withdrawn, dataset, revision, digest = row
    policy = make_policy(rule, cell_km)
    return Approval(
        key, id_, revision, digest, policy, embargo_until, withdrawn, datasets[dataset] if dataset else None
    )


def _datasets(session: Session) -> dict[int, DatasetDraft]:
    return {dataset.id: _dataset(dataset) for dataset in session.scalars(select(Dataset))}


def _dataset(row: Dataset) -> DatasetDraft:
    return DatasetDraft(row.key, row.title, row.version or None, row.licence, row.attribution, row.url, row.terms)


def as_published(session: Session, revisions: Mapping[str, int]) -> Iterator[ApprovedIncident]:
    """Give incidents, by public id, at the revision that an edition shows, with what restricts them now.

    One whose payload was erased, or that the ledger does not know, is left out.
    """
    datasets, linked = _datasets(session), links(session) if revisions else {}
    for ids in in_blocks(sorted(revisions), _BLOCK):
        query = (
            select(*_COLUMNS, Revision.payload)
            .join(Revision, Revision.incident_id == Incident.id)
            .where(Incident.public_id.in_(ids), Revision.payload.is_not(None))
            .order_by(Incident.id)
        )
        for row in session.execute(query).all():
            if row.number == revisions[row.public_id]:
                yield make_incident(_approval(row[:-1], datasets), row.payload, linked.get(row.public_id, ()))


def in_blocks(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    """Part items into lists of a size, the last one shorter."""
    iterator = iter(items)
    while block := list(islice(iterator, size)):
        yield block
