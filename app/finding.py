"""Finds the incident that an address names, or says why it is not there. It shows nothing."""

from typing import Any

from app.params import INCIDENT_ID
from app.reading import Asked
from app.withdrawals import refuse_missing


def find_incident(question: Asked, incident_id: str) -> dict[str, Any]:
    """Give the detail of an incident. Raises IncidentNotFound, IncidentWithdrawn."""
    detail = question.edition.detail(incident_id) if INCIDENT_ID.fullmatch(incident_id) else None
    if detail is None:
        refuse_missing(question.edition, incident_id)
    return detail
