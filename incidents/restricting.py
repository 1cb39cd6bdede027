"""What the public may learn: location policies, embargoes, and taking incidents back. Each is said in the history.

It changes no edition: publishing does.
"""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents import history
from incidents.canonical import canonical_json
from incidents.database import is_demonstration
from incidents.errors import NotApproved, SamePerson
from incidents.models import Incident, Person, Revision
from incidents.policies import LocationPolicy, coarseness, make_policy


class Reason(StrEnum):
    """Why something is taken back. The manifest of the amended edition names it, and no more than it."""

    SAFETY = "safety"  # it may put somebody in danger
    PRIVACY = "privacy"  # it says too much of somebody
    LEGAL = "legal"  # the law or a court demands it
    LICENCE = "licence"  # its source's or dataset's terms do not, or no longer, allow it
    SOURCE_RETRACTED = "source_retracted"  # who published it took it back
    ERROR = "error"  # it is wrong
    DUPLICATE = "duplicate"  # it is another incident told again


def set_policy(session: Session, incident: Incident, policy: LocationPolicy | None, *, by: Person) -> None:
    """Say how closely the public may learn the place; None is as closely as it is recorded.

    Raises SamePerson when it would let out more of what is approved, and its author says so.
    """
    now = make_policy(incident.policy_rule, incident.policy_cell_km)
    if policy == now:
        return
    if coarseness(policy) < coarseness(now):
        _need_two(session, incident, by)
    incident.policy_rule = policy.rule.value if policy else None
    incident.policy_cell_km = policy.cell_km if policy else None
    _say(session, incident, "policy", {"rule": incident.policy_rule, "cell_km": incident.policy_cell_km}, by)


def set_embargo(session: Session, incident: Incident, until: dt.date | None, *, by: Person) -> None:
    """Say that it is not to be published before a day; None lifts the embargo.

    Raises SamePerson when it would let out earlier what is approved, and its author says so.
    """
    if until == incident.embargo_until:
        return
    if incident.embargo_until is not None and (until is None or until < incident.embargo_until):
        _need_two(session, incident, by)
    incident.embargo_until = until
    _say(session, incident, "embargo", {"until": until.isoformat() if until else None}, by)


def withdraw(session: Session, incident: Incident, *, reason: Reason | str, by: Person) -> None:
    """Take an incident back from the public; doing it twice says it once.

    Raises NotApproved when the public never got it, and ValueError for an unknown reason.
    """
    reason = Reason(reason)
    if incident.approved_revision is None:
        msg = "it was never approved, so there is nothing to take back"
        raise NotApproved(msg)
    if incident.withdrawn:
        return
    incident.withdrawn = True
    _say(session, incident, "withdraw", {"reason": reason.value}, by)


def _need_two(session: Session, incident: Incident, by: Person) -> None:
    """Refuse to let its author alone release more of an approved incident: that, too, takes two people."""
    if incident.approved_revision is None or is_demonstration(session):
        return
    author = session.scalar(
        select(Revision.by_id).where(Revision.incident_id == incident.id, Revision.number == incident.approved_revision)
    )
    if author == by.id:
        msg = f"{by.name} recorded the incident: somebody else must release more of it"
        raise SamePerson(msg)


def _say(session: Session, incident: Incident, action: str, payload: dict[str, Any], by: Person) -> None:
    incident.last_number += 1
    with history.act(session, by) as link:
        said = canonical_json(payload)
        link.add([history.Entry(incident.id, incident.public_id, incident.last_number, action, said)])
