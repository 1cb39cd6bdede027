"""A demonstration: the founding record in a ledger that holds nothing else of anybody's work.

It publishes nothing and commits nothing. Doing it again changes nothing.
"""

import hashlib

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from incidents.database import is_demonstration
from incidents.errors import UnknownPerson
from incidents.importing.errors import LedgerInUse
from incidents.importing.founding_record import FOUNDING_RECORD, read_founding_record
from incidents.models import ExternalReference, ImportBatch, Incident, Person
from incidents.people import add_person, find_person
from incidents.recording import record_many
from incidents.taxonomy import Taxonomy

PERSON = "Demonstration"


def fill(session: Session, *, taxonomy: Taxonomy | None = None) -> ImportBatch:
    """Record the founding record under the name of a person made for it; the batch's `recorded` says how much was new.

    A demonstration ledger approves by itself; in an empty real one the record waits for somebody's approval.
    Raises LedgerInUse for a real ledger that holds anything else.
    """
    dataset, drafts = read_founding_record(taxonomy=taxonomy)
    if not is_demonstration(session) and _holds_else(session, dataset.key):
        msg = "this is a real ledger with incidents in it: set BEARING_DATA_DIR to an empty folder for a demonstration"
        raise LedgerInUse(msg)
    return record_many(
        session,
        drafts,
        by=_demonstrator(session),
        dataset=dataset,
        file_hash=hashlib.sha256(FOUNDING_RECORD.read_bytes()).hexdigest(),
        filename=FOUNDING_RECORD.name,
        taxonomy=taxonomy,
    )


def _demonstrator(session: Session) -> Person:
    """Find the person in whose name the demonstration is recorded and published, or add them."""
    try:
        return find_person(session, PERSON)
    except UnknownPerson:
        return add_person(session, PERSON)


def _holds_else(session: Session, key: str) -> bool:
    ours = exists().where(ExternalReference.incident_id == Incident.id, ExternalReference.dataset == key)
    return bool(session.scalar(select(func.count()).select_from(Incident).where(~ours)))
