"""Finds the incident that an address names, or says why it is not there. It shows nothing."""

import re
from typing import Any

from app.errors import IncidentNotFound, IncidentWithdrawn
from app.reading import Asked
from app.site import site
from incidents.drafts import TimeSense
from incidents.when import describe_when

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)

# What the reason codes of a withdrawal say to a reader.
_WITHDRAWN_FOR = {
    "safety": "it may put somebody in danger",
    "privacy": "it says too much of somebody",
    "legal": "the law or a court demands it",
    "licence": "its source's terms do not allow it",
    "source_retracted": "its source took it back",
    "error": "it is wrong",
    "duplicate": "it is another record told again",
}


def find_incident(question: Asked, incident_id: str) -> dict[str, Any]:
    """Give the detail of an incident. Raises IncidentNotFound, IncidentWithdrawn."""
    detail = question.edition.detail(incident_id) if _ID.fullmatch(incident_id) else None
    if detail is not None:
        return detail
    stone = site().editions.taken_back(incident_id)
    # An embargo or a withheld place is nobody's business, and may be of a record that was never public.
    if stone and stone.reason in _WITHDRAWN_FOR:
        day = describe_when(stone.at[:10], TimeSense.WITHIN)
        msg = f"It was taken back on {day}: {_WITHDRAWN_FOR[stone.reason]}."
        raise IncidentWithdrawn(msg)
    msg = f"Edition {question.edition.name} has no such incident."
    raise IncidentNotFound(msg)
