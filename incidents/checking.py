"""Whether a draft may be recorded: known keys, dates in order, a point only where one is claimed.

It reads no ledger.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from zoneinfo import available_timezones

from incidents.drafts import IncidentDraft
from incidents.errors import BadDraft
from incidents.rows import split_reference
from incidents.taxonomy import Taxonomy
from incidents.when import parse_when

_OFFSET = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d")
# Finding them reads many folders.
_zones = cache(available_timezones)


def check_draft(draft: IncidentDraft, taxonomy: Taxonomy) -> None:
    """Refuse a draft that contradicts itself or the taxonomy. Raises BadDraft or BadDate; no message holds a place."""
    if not draft.title.strip():
        msg = "a record needs a title"
        raise BadDraft(msg)
    for what, key, known in _keys(draft, taxonomy):
        if key not in known:
            msg = f"{what} {key[:60]!r} is not in the taxonomy"
            raise BadDraft(msg)
    for text in (draft.date, draft.reported):
        parse_when(text)
    if draft.earliest and draft.latest and draft.latest < draft.earliest:
        msg = "the latest day is before the earliest"
        raise BadDraft(msg)
    _check_time(draft)
    if draft.location.point is not None and not draft.location.precision.claims_point:
        msg = f"a place known only to {draft.location.precision} has no point"
        raise BadDraft(msg)
    if len({(reference.dataset, reference.id) for reference in draft.references}) < len(draft.references):
        msg = "the same reference is given twice"
        raise BadDraft(msg)
    for text in (*draft.same_as, *(reference.text for reference in draft.references)):
        split_reference(text)


def _check_time(draft: IncidentDraft) -> None:
    times = (draft.time_earliest, draft.time_latest)
    if (times[0] is None) != (times[1] is None):
        msg = "a time of day has a first and a last possible time, equal where it is exact"
        raise BadDraft(msg)
    if any(time is not None and time.tzinfo is not None for time in times):
        msg = "a time of day is local; its zone is said beside it"
        raise BadDraft(msg)
    zone = draft.time_zone
    if zone is not None and not _OFFSET.fullmatch(zone) and zone not in _zones():
        msg = f"{zone[:60]!r} is no time zone: write Asia/Yangon or +06:30"
        raise BadDraft(msg)


def _keys(draft: IncidentDraft, taxonomy: Taxonomy) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """Give every taxonomy key in a draft: what it is, itself, and where it must be known."""
    yield "kind", draft.kind, taxonomy.kinds
    for actor in draft.participants:
        yield "role", actor.role, taxonomy.roles
    for target in draft.targets:
        yield "target", target.type, taxonomy.targets
    for use in draft.aircraft:
        yield "aircraft", use.type, taxonomy.equipment
    for claim in draft.harm:
        yield "group", claim.group, taxonomy.harm_groups
        if claim.grade is not None:
            yield "grade", claim.grade, taxonomy.grades
    if draft.transfer is not None:
        if draft.transfer.stage is not None:
            yield "stage", draft.transfer.stage, taxonomy.stages
        for goods in draft.transfer.goods:
            for key in goods.types:
                yield "goods", key, taxonomy.equipment
