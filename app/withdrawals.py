"""What a reader is told of an incident that is not in the edition: that it was taken back, and why, or nothing.

It takes nothing back itself.
"""

from typing import NoReturn

from app.errors import IncidentNotFound, IncidentWithdrawn
from app.site import site
from incidents.drafts import TimeSense
from incidents.when import describe_when

# What the reason codes of a withdrawal say to a reader.
WITHDRAWN_FOR = {
    "safety": "it may put somebody in danger",
    "privacy": "it says too much of somebody",
    "legal": "the law or a court demands it",
    "licence": "its source's terms do not allow it",
    "source_retracted": "its source took it back",
    "error": "it is wrong",
    "duplicate": "it is another record told again",
}


def refuse_missing(edition: str, incident_id: str) -> NoReturn:
    """Raise IncidentWithdrawn where the incident was public once, else IncidentNotFound."""
    stone = site().editions.taken_back(incident_id)
    # An embargo or a withheld place is nobody's business, and may be of a record that was never public.
    if stone and stone.reason in WITHDRAWN_FOR:
        day = describe_when(stone.at[:10], TimeSense.WITHIN)
        msg = f"It was taken back on {day}: {WITHDRAWN_FOR[stone.reason]}."
        raise IncidentWithdrawn(msg)
    msg = f"Edition {edition} has no such incident."
    raise IncidentNotFound(msg)
