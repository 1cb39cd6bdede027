"""What may be published: the approved revision of each incident, and what restricts it. Publishing reads nothing else.

It restricts nothing itself: embargoed, withdrawn and internal incidents are in it, and say so.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, exists, func, select
from sqlalchemy.orm import Session, aliased

from incidents.drafts import DatasetDraft, IncidentDraft, from_payload
from incidents.models import Dataset, ExternalReference, Incident, Revision, SameAs
from incidents.policies import LocationPolicy, make_policy

_BLOCK = 500

# Columns, not whole objects, which the session would keep to the end.
_COLUMNS = (
    Incident.id,
    Incident.public_id,
    Incident.approved_revision,
    Incident.policy_rule,
    Incident.policy_cell_km,
    Incident.embargo_until,
    Incident.withdrawn,
    Incident.dataset_id,
    Incident.first_recorded_at,
)


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
    same_as: tuple[str, ...]
    first_recorded_at: dt.datetime


def approved(session: Session) -> Iterator[ApprovedIncident]:
    """Give every approved incident in the order of recording, a block at a time, so that memory is bounded.

    That it was approved is read from the history, which takes nothing back. One state is given as a whole only
    within one snapshot: see `database.snapshot`.
    """
    datasets = {dataset.id: _dataset(dataset) for dataset in session.scalars(select(Dataset))}
    after = 0
    while block := _block(session, after):
        links = _links(session, [row.id for row in block])
        for row in block:
            yield _approved(row, row.approved_revision, datasets, links)
        after = block[-1].id


def count_left(session: Session) -> int:
    """Give how many incidents no publication has, since no revision of them is approved."""
    query = select(func.count()).select_from(Incident).where(Incident.approved_revision.is_(None))
    return session.scalars(query).one()


def _block(session: Session, after: int) -> Sequence[Any]:
    approval = aliased(Revision)
    query = (
        select(*_COLUMNS, Revision.payload)
        .join(Revision, (Revision.incident_id == Incident.id) & (Revision.number == Incident.approved_revision))
        .where(
            Incident.id > after,
            Revision.payload.is_not(None),
            exists().where(
                approval.incident_id == Incident.id,
                approval.approves == Incident.approved_revision,
                approval.action.in_(("approve", "demonstration")),
            ),
        )
        .order_by(Incident.id)
        .limit(_BLOCK)
    )
    return session.execute(query).all()


def _links(session: Session, incidents: Sequence[int]) -> dict[int, set[str]]:
    """Give the ids of what is the same as each of these, both ways, where both revisions are approved."""
    sayer, other = aliased(Incident), aliased(Incident)
    query = (
        select(sayer.id, sayer.public_id, other.id, other.public_id)
        .select_from(SameAs)
        .join(sayer, (sayer.id == SameAs.incident_id) & (sayer.approved_revision == SameAs.revision))
        .join(
            ExternalReference,
            (ExternalReference.dataset == SameAs.dataset) & (ExternalReference.external_id == SameAs.external_id),
        )
        .join(other, other.id == ExternalReference.incident_id)
        .where(other.approved_revision.is_not(None), sayer.id != other.id)
    )
    found: dict[int, set[str]] = {}
    for column in (sayer.id, other.id):
        for one, one_id, two, two_id in session.execute(query.where(column.in_(incidents))):
            found.setdefault(one, set()).add(two_id)
            found.setdefault(two, set()).add(one_id)
    return found


def _dataset(row: Dataset) -> DatasetDraft:
    return DatasetDraft(row.key, row.title, row.version or None, row.licence, row.attribution, row.url, row.terms)


def as_published(session: Session, revisions: Mapping[str, int]) -> Iterator[ApprovedIncident]:
    """Give incidents, by public id, at the revision that an edition shows, with what restricts them now.

    One whose payload was erased, or that the ledger does not know, is left out.
    """
    datasets = {dataset.id: _dataset(dataset) for dataset in session.scalars(select(Dataset))}
    ids = sorted(revisions)
    for start in range(0, len(ids), _BLOCK):
        query = (
            select(*_COLUMNS, Revision.number, Revision.payload)
            .join(Revision, Revision.incident_id == Incident.id)
            .where(Incident.public_id.in_(ids[start : start + _BLOCK]), Revision.payload.is_not(None))
            .order_by(Incident.id)
        )
        block = [row for row in session.execute(query).all() if row.number == revisions[row.public_id]]
        links = _links(session, [row.id for row in block])
        for row in block:
            yield _approved(row, row.number, datasets, links)


def _approved(
    row: Row[*tuple[Any, ...]], revision: int, datasets: Mapping[int, DatasetDraft], links: Mapping[int, set[str]]
) -> ApprovedIncident:
    return ApprovedIncident(
        id=row.public_id,
        revision=revision,
        draft=from_payload(json.loads(row.payload)),
        policy=make_policy(row.policy_rule, row.policy_cell_km),
        embargo_until=row.embargo_until,
        withdrawn=row.withdrawn,
        dataset=datasets[row.dataset_id] if row.dataset_id else None,
        same_as=tuple(sorted(links.get(row.id, ()))),
        first_recorded_at=row.first_recorded_at,
    )
