"""Counts of what an edition shows in no row: under what each incident is counted, and what restrictions take from that.

An edition tells no incident of its counts, so what it counted is found again from the history as it then was.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from incidents.approved import ApprovedIncident, in_blocks
from incidents.coarsening import World, coarsen
from incidents.drafts import IncidentDraft, read_draft
from incidents.editions.manifest import Manifest
from incidents.editions.writer import Aggregate
from incidents.models import Dataset, Incident, Revision
from incidents.policies import LocationPolicy, PolicyRule, coarseness, make_policy

_BLOCK = 500


@dataclass(frozen=True, slots=True)
class Recounted:
    """How an edition's counts change, negative numbers being taken away, and the ids that this comes of."""

    changes: Mapping[Aggregate, int]
    ids: frozenset[str] = frozenset()


def aggregate_of(incident: ApprovedIncident, world: World) -> Aggregate:
    """Say under what an incident is counted that is published in no row."""
    return _aggregate(incident.draft, incident.policy, incident.dataset.key if incident.dataset else "", world)


def recount(
    session: Session,
    edition: Manifest,
    counts: Mapping[Aggregate, int],
    restricted: Collection[str],
    world: World,
) -> Recounted:
    """Find how the counts of an edition change since the ledger restricted these ids, none of which it has in rows.

    Restrictions alone count: what was released, corrected or approved since waits for the next edition.
    """
    changes: Counter[Aggregate] = Counter()
    changed: set[str] = set()
    for ids in in_blocks(sorted(restricted), _BLOCK) if counts else ():
        for past in _read(session, Incident.public_id.in_(ids)):
            before, after = past.counted(edition, edition.history_length, world), past.counted(edition, None, world)
            if before == _ERASED:
                return _recount_whole(session, edition, counts, restricted, world)
            if before != after:
                changed.add(past.id)
                changes[before] -= 1
                changes[after] += 1
    return Recounted(_only_counts(changes), frozenset(changed))


def _recount_whole(
    session: Session, edition: Manifest, counts: Mapping[Aggregate, int], restricted: Collection[str], world: World
) -> Recounted:
    """Count everything anew, where it was erased under what something was counted; never more than there was."""
    found: Counter[Aggregate] = Counter()
    last = 0
    query = select(Incident.id).join(Dataset, Dataset.id == Incident.dataset_id).where(Dataset.terms != "public")
    while keys := list(session.scalars(query.where(Incident.id > last).order_by(Incident.id).limit(_BLOCK))):
        last = keys[-1]
        found.update(past.counted(edition, None, world) for past in _read(session, Incident.id.in_(keys)))
    changes = Counter({key: min(found[key] - count, 0) for key, count in counts.items()})
    return Recounted(_only_counts(changes), frozenset(restricted) if any(changes.values()) else frozenset())


_NOT_COUNTED: Aggregate = ("", None, None, "not counted")
_ERASED: Aggregate = ("", None, None, "erased")


def _only_counts(changes: Mapping[Aggregate, int]) -> dict[Aggregate, int]:
    return {key: count for key, count in changes.items() if count and key not in {_NOT_COUNTED, _ERASED}}


@dataclass(frozen=True, slots=True)
class _Past:
    """An incident of a dataset whose rows are not public, with its history in order."""

    id: str
    dataset: str
    said: Sequence[Any]

    def counted(self, edition: Manifest, heeded: int | None, world: World) -> Aggregate:
        """Say under what an edition counts it, once restrictions up to a link of the chain are heeded; None: all."""
        made = edition.counted_at or edition.history_length
        then = [each for each in self.said if each.link <= made]
        since = [each for each in self.said if made < each.link and (heeded is None or each.link <= heeded)]
        approved = [each.approves for each in then if each.action in {"approve", "demonstration"}]
        day = dt.datetime.fromisoformat(edition.published_at).date()
        if (
            not approved
            or any(each.action == "withdraw" for each in (*then, *since))
            or any(day < _until(each) for each in _last(then, "embargo"))
            or any(each.at.date() < _until(each) for each in since if each.action == "embargo")
        ):
            return _NOT_COUNTED
        payload = next((each.payload for each in self.said if each.number == approved[-1]), None)
        if payload is None:
            return _ERASED
        policies = [_policy(each) for each in (*_last(then, "policy"), *(e for e in since if e.action == "policy"))]
        return _aggregate(read_draft(payload), max(policies, key=coarseness, default=None), self.dataset, world)


def _read(session: Session, which: ColumnElement[bool]) -> Iterator[_Past]:
    """Read the histories of those incidents of a selection whose datasets let no row out."""
    query = (
        select(
            Incident.public_id,
            Dataset.key,
            Revision.number,
            Revision.action,
            Revision.approves,
            Revision.payload,
            Revision.at,
            Revision.link,
        )
        .join(Dataset, Dataset.id == Incident.dataset_id)
        .join(Revision, Revision.incident_id == Incident.id)
        .where(which, Dataset.terms != "public")
        .order_by(Incident.id, Revision.number)
    )
    said: dict[tuple[str, str], list[Any]] = {}
    for row in session.execute(query):
        said.setdefault((row.public_id, row.key), []).append(row)
    for (id_, dataset), rows in said.items():
        yield _Past(id_, dataset, rows)


def _last(said: Sequence[Any], action: str) -> Sequence[Any]:
    """Give the last one that does this, or none."""
    return [each for each in said if each.action == action][-1:]


def _until(said: Any) -> dt.date:  # noqa: ANN401 - rows of a selection have no name
    """Read until when an embargo holds; one whose words were erased holds for ever."""
    if said.payload is None:
        return dt.date.max
    until = json.loads(said.payload)["until"]
    return dt.date.fromisoformat(until) if until else dt.date.min


def _policy(said: Any) -> LocationPolicy | None:  # noqa: ANN401 - as above
    """Read a policy; one whose words were erased lets nothing out."""
    if said.payload is None:
        return LocationPolicy(PolicyRule.WITHHELD)
    payload = json.loads(said.payload)
    return make_policy(payload["rule"], payload["cell_km"])


def _aggregate(draft: IncidentDraft, policy: LocationPolicy | None, dataset: str, world: World) -> Aggregate:
    location, _ = coarsen(draft, policy or LocationPolicy(PolicyRule.EXACT), world)
    region = next((link.code for link in location.regions if link.level == 1), None)
    first, last = draft.earliest, draft.latest
    month = f"{first:%Y-%m}" if first and last and f"{first:%Y-%m}" == f"{last:%Y-%m}" else None
    return (dataset, region, month, draft.kind)
