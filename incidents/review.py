"""Review: what waits for a second person, and what that person says. Author and approver are two people.

It changes nothing of what was recorded, and commits nothing.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from incidents import history
from incidents.canonical import canonical_json
from incidents.errors import NotWaiting, SamePerson, UnknownBatch
from incidents.models import Dataset, ImportBatch, Incident, Person, Revision

_BLOCK = 1_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """An incident that waits for approval. id: its public one. batch: the import that brought it."""

    id: str
    kind: str
    title: str
    author: str
    said_at: dt.datetime
    batch: int | None


@dataclass(frozen=True, slots=True)
class WaitingBatch:
    """An import of which some incidents wait for approval."""

    number: int
    dataset: str
    filename: str
    author: str
    imported_at: dt.datetime
    waiting: int


def list_waiting(session: Session, *, batch: int | None = None) -> Iterator[Waiting]:
    """Give what waits for approval, oldest first: of one import, or what was recorded singly."""
    query = (
        select(Incident, Person.name, Revision.at)
        .join(Revision, (Revision.incident_id == Incident.id) & (Revision.number == Incident.revision))
        .join(Person, Person.id == Revision.by_id)
        .where(Incident.status == "submitted", Incident.import_batch_id.is_not_distinct_from(batch))
        .order_by(Incident.id)
        .execution_options(yield_per=_BLOCK)
    )
    for incident, author, said_at in session.execute(query):
        yield Waiting(incident.public_id, incident.kind, incident.title, author, said_at, incident.import_batch_id)


def list_waiting_batches(session: Session) -> list[WaitingBatch]:
    """Give the imports of which something waits for approval."""
    query = (
        select(ImportBatch, Dataset.title, Person.name, func.count())
        .join(Incident, Incident.import_batch_id == ImportBatch.id)
        .join(Dataset, Dataset.id == ImportBatch.dataset_id)
        .join(Person, Person.id == ImportBatch.person_id)
        .where(Incident.status == "submitted")
        .group_by(ImportBatch.id, Dataset.title, Person.name)
        .order_by(ImportBatch.id)
    )
    return [
        WaitingBatch(batch.id, title, batch.filename, author, batch.imported_at, waiting)
        for batch, title, author, waiting in session.execute(query)
    ]


def approve(session: Session, incidents: Iterable[Incident], *, by: Person) -> int:
    """Approve the newest revision of each; gives how many. All of them, or none.

    Raises NotWaiting for one that does not wait, and SamePerson for one whose author is `by`.
    """
    return _decide(session, [incident.id for incident in incidents], "approve", {}, by)


def approve_batch(session: Session, batch: int, *, by: Person) -> int:
    """Approve what waits of an import; gives how many.

    Raises UnknownBatch, NotWaiting when nothing of it waits, and SamePerson for the importer.
    """
    return _decide(session, _waiting_of(session, batch), "approve", {}, by)


def return_(session: Session, incidents: Iterable[Incident], *, by: Person, reason: str | None = None) -> int:
    """Send the newest revision of each back to its author; gives how many. Raises NotWaiting."""
    return _decide(session, [incident.id for incident in incidents], "return", {"reason": reason}, by)


def return_batch(session: Session, batch: int, *, by: Person, reason: str | None = None) -> int:
    """Send what waits of an import back; gives how many. Raises UnknownBatch and NotWaiting."""
    return _decide(session, _waiting_of(session, batch), "return", {"reason": reason}, by)


def _waiting_of(session: Session, batch: int) -> list[int]:
    if session.get(ImportBatch, batch) is None:
        msg = f"the ledger has no import number {batch}"
        raise UnknownBatch(msg)
    query = select(Incident.id).where(Incident.import_batch_id == batch, Incident.status == "submitted")
    waiting = list(session.scalars(query.order_by(Incident.id)))
    if not waiting:
        msg = f"nothing of import {batch} waits for approval"
        raise NotWaiting(msg)
    return waiting


def _decide(session: Session, incidents: list[int], action: str, said_why: dict[str, Any], by: Person) -> int:
    """Say one thing about the newest revision of each incident, as one link of the history."""
    session.flush()  # The database is asked below what waits.
    incidents = list(dict.fromkeys(incidents))
    payload = canonical_json(said_why)
    with history.act(session, by) as link:
        for start in range(0, len(incidents), _BLOCK):
            block = incidents[start : start + _BLOCK]
            rows = session.execute(_newest(block)).all()
            if len(rows) < len(block):
                msg = f"{len(block) - len(rows)} of the incidents do not wait for approval"
                raise NotWaiting(msg)
            if action == "approve" and any(row.by_id == by.id for row in rows):
                msg = f"{by.name} recorded these incidents, or some of them: somebody else must approve them"
                raise SamePerson(msg)
            link.add(
                [
                    history.Entry(row.id, row.public_id, row.last_number + 1, action, payload, approves=row.revision)
                    for row in rows
                ]
            )
            said: dict[str, Any] = {"last_number": Incident.last_number + 1}
            if action == "approve":
                said |= {"status": "approved", "approved_revision": Incident.revision}
            else:
                said |= {"status": "returned"}
            session.execute(update(Incident).where(Incident.id.in_(block)).values(said))
    return len(incidents)


def _newest(incidents: list[int]) -> Any:  # noqa: ANN401 - rows of a selection have no name
    return (
        select(Incident.id, Incident.public_id, Incident.last_number, Incident.revision, Revision.by_id)
        .join(Revision, (Revision.incident_id == Incident.id) & (Revision.number == Incident.revision))
        .where(Incident.id.in_(incidents), Incident.status == "submitted")
        .order_by(Incident.id)
    )
