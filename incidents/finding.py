"""Finds the incidents that people name, by id or by what their source calls them.

It reads the ledger and changes nothing.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.errors import UnknownIncident
from incidents.models import ExternalReference, Incident


def find_incidents(session: Session, names: Iterable[str]) -> list[Incident]:
    """Find incidents by id (32 hex digits) or by reference (dataset:id), in the order given. Raises UnknownIncident."""
    found = []
    for name in names:
        dataset, colon, key = name.strip().partition(":")
        query = select(Incident).where(Incident.public_id == dataset.lower())
        if colon:
            query = (
                select(Incident)
                .join(ExternalReference, ExternalReference.incident_id == Incident.id)
                .where(ExternalReference.dataset == dataset, ExternalReference.external_id == key)
            )
        incident = session.scalars(query).first()
        if incident is None:
            msg = f"the ledger has no incident {name.strip()[:80]!r}"
            raise UnknownIncident(msg)
        found.append(incident)
    return found
