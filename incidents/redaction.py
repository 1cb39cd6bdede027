"""Redaction: what of an approved incident the public may learn, by embargo, dataset terms and location policy.

It knows nothing of editions' files or of the ledger's tables; publishing asks it, incident by incident.
"""

import datetime as dt
from dataclasses import replace
from enum import StrEnum

from geodata.points import LonLat
from incidents.approved import Approval, ApprovedIncident
from incidents.coarsening import World, coarsen
from incidents.editions.public import PublicIncident
from incidents.policies import LocationPolicy, PolicyRule, coarseness, make_policy
from incidents.scrubbing import scrub


class LeftOut(StrEnum):
    """Why an approved incident is in no edition."""

    WITHDRAWN = "withdrawn"
    EMBARGOED = "embargoed"
    INTERNAL = "internal"
    AGGREGATE_ONLY = "aggregate only"


def why_left_out(approved: Approval | ApprovedIncident, today: dt.date) -> LeftOut | None:
    """Say why an incident is in no edition of this day, or None if it is in. Unknown dataset terms are internal."""
    if approved.withdrawn:
        return LeftOut.WITHDRAWN
    terms = approved.dataset.terms if approved.dataset else "public"
    if terms not in {"public", "aggregate only"}:
        return LeftOut.INTERNAL
    if approved.embargo_until is not None and today < approved.embargo_until:
        return LeftOut.EMBARGOED
    return LeftOut.AGGREGATE_ONLY if terms == "aggregate only" else None


def redact(approved: ApprovedIncident, world: World) -> PublicIncident:
    """Take out what is private and coarsen the whole record by its location policy.

    Raises NotFitToPublish when the title, the summary or the words about the dataset give away what is withheld.
    """
    draft = replace(
        approved.draft,
        private_notes=None,
        references=tuple(replace(reference, digest=None) for reference in approved.draft.references),
        same_as=(),
        location=replace(approved.draft.location, point=_round(approved.draft.location.point)),
    )
    public = PublicIncident(
        approved.id, approved.revision, draft, approved.same_as, approved.dataset, write_policy(approved.policy)
    )
    policy = approved.policy or LocationPolicy(PolicyRule.EXACT)
    if policy.rule == PolicyRule.EXACT:
        return public
    # Whatever is coarse enough already is scrubbed too: place text, codes and quotes may say more than the location.
    scrubbed = scrub(approved, draft, *coarsen(draft, policy, world), world)
    as_recorded = (scrubbed.location, scrubbed.place) == (draft.location, draft.place)
    return replace(
        public,
        draft=scrubbed,
        links=(),
        generalised=None if as_recorded else scrubbed.location.reason,
        withheld="place as recorded, source's own codes and references, titles and addresses of sources, quotes",
    )


def _round(point: LonLat | None) -> LonLat | None:
    """Round to 6 decimals of a degree, 11 cm: further ones would only feign precision (RFC 7946, section 11.2)."""
    return point and LonLat(round(point.lon, 6), round(point.lat, 6))


def write_policy(policy: LocationPolicy | None) -> str | None:
    """Write a policy as text: "township", "cell:10"; None for none."""
    if policy is None or policy.rule == PolicyRule.EXACT:
        return None
    return f"{policy.rule.value}:{policy.cell_km}" if policy.cell_km else policy.rule.value


def is_coarser(policy: LocationPolicy | None, shown: str | None) -> bool:
    """Whether a policy lets out less than the one, written by `write_policy`, that a row was made under."""
    return _coarseness(write_policy(policy)) > _coarseness(shown)


def _coarseness(policy: str | None) -> tuple[int, int]:
    rule, _, size_km = (policy or PolicyRule.EXACT.value).partition(":")
    return coarseness(make_policy(rule, int(size_km) if size_km else None))
