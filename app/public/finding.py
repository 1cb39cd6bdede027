"""Finds the incident that an address names, or says why it is not there. It shows nothing."""

import re
from typing import Any

from app.reading import Asked
from app.withdrawals import refuse_missing

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


def find_incident(question: Asked, incident_id: str) -> dict[str, Any]:
    """Give the detail of an incident. Raises IncidentNotFound, IncidentWithdrawn."""
    detail = question.edition.detail(incident_id) if _ID.fullmatch(incident_id) else None
    if detail is None:
        refuse_missing(question.edition, incident_id)
    return detail
