"""What a reader is told of an incident that is not in the edition: that it was taken back, and why, or nothing.

It takes nothing back itself.
"""

from typing import NoReturn

from app.errors import IncidentNotFound, IncidentWithdrawn
from app.reasons import WITHDRAWN_FOR
from app.site import site
from incidents.drafts import TimeSense
from incidents.editions.changes import find_first
from incidents.editions.reader import Edition
from incidents.when import describe_when


def refuse_missing(edition: Edition, incident_id: str) -> NoReturn:
    """Raise IncidentWithdrawn where the incident was public once, else IncidentNotFound."""
    stone = site().editions.taken_back(incident_id)
    # An embargo or a withheld place is nobody's business, and may be of a record that was never public.
    if stone and stone.reason in WITHDRAWN_FOR:
        day = describe_when(stone.at[:10], TimeSense.WITHIN)
        msg = f"It was taken back on {day}: {WITHDRAWN_FOR[stone.reason]}."
        raise IncidentWithdrawn(msg)
    msg = f"Edition {edition.name} has no such incident."
    current = site().editions.current()
    if current.number > edition.number and (first := find_first(current, incident_id)):
        msg = f"It is not in edition {edition.name} yet: edition {first} is the first that has it."
    raise IncidentNotFound(msg)
