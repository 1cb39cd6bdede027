"""The public incident: what redaction lets through and the writer turns into a row.

It holds nothing private: whatever is in here may stand on a public page.
"""

from dataclasses import dataclass

from incidents.drafts import DatasetDraft, IncidentDraft


@dataclass(frozen=True, slots=True)
class PublicIncident:
    """One incident, fit to publish.

    id: 32 hex digits. revision: the approved revision it was made from. draft: redacted; private notes, digests
    of source rows and whatever a location policy withholds are gone. links: ids of incidents that are this same
    one; only those that are in the same edition are published. policy: the location policy that was applied, as
    text; it stays in the edition's folder. generalised: what was done to the place, None
    for nothing (Darwin Core dataGeneralizations). withheld: what was left out, None for nothing (Darwin Core
    informationWithheld).
    """

    id: str
    revision: int
    draft: IncidentDraft
    links: tuple[str, ...] = ()
    dataset: DatasetDraft | None = None
    policy: str | None = None
    generalised: str | None = None
    withheld: str | None = None
