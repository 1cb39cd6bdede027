"""Drafts as rows of the ledger's tables, written in bulk. It decides nothing and appends nothing to the history."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from geodata.locations import Location
from incidents.bulk import insert_rows, take_keys
from incidents.canonical import canonical_json
from incidents.drafts import IncidentDraft, SourceDraft, Span, TransferDraft, to_payload
from incidents.errors import BadDraft
from incidents.models import (
    Base,
    Citation,
    EquipmentUse,
    ExternalReference,
    Goods,
    HarmClaim,
    IncidentPoint,
    IncidentRegion,
    Participation,
    Region,
    SameAs,
    Source,
    Target,
    Transfer,
)

# Children before parents, so that a correction can take them away in this order.
_PARTS: tuple[type[Base], ...] = (
    Goods,
    Transfer,
    Citation,
    EquipmentUse,
    ExternalReference,
    HarmClaim,
    IncidentPoint,
    IncidentRegion,
    Participation,
    Target,
)


def incident_columns(draft: IncidentDraft) -> dict[str, Any]:
    """Give the columns of the incident's own row that a draft says."""
    where = draft.location
    return {
        "kind": draft.kind,
        "title": draft.title,
        "summary": draft.summary,
        "private_notes": draft.private_notes,
        "extent": draft.extent.value,
        **_span("occurrences", draft.occurrences),
        "date": draft.date,
        "earliest": draft.earliest,
        "latest": draft.latest,
        "time_sense": draft.time_sense.value,
        "reported": draft.reported,
        "time_of_day": draft.time_of_day,
        "time_earliest": draft.time_earliest,
        "time_latest": draft.time_latest,
        "time_zone": draft.time_zone,
        "duration": draft.duration,
        "place": draft.place,
        "precision": where.precision.value,
        "precision_reason": where.reason,
        "precision_method": where.method,
        "radius_m": where.radius_m,
        "aircraft_match": draft.aircraft_match.value,
        "source_codes": dict(draft.source_codes),
    }


def write_parts(session: Session, said: Sequence[tuple[int, int, IncidentDraft]], scope: str) -> None:
    """Write what belongs to incidents: each is its key, the number of the revision that says it, and the draft.

    scope: the dataset's key that the sources' keys belong to, or "". Raises BadDraft for a source key that the
    draft does not cite.
    """
    sources = _write_sources(session, (draft for _, _, draft in said), scope)
    sets = _boundary_sets(session, (draft for _, _, draft in said))
    parents_first: tuple[type[Base], ...] = (Transfer, *_PARTS, SameAs)
    rows: dict[type[Base], list[dict[str, Any]]] = {part: [] for part in parents_first}
    for incident, number, draft in said:
        for part, row in _parts(draft, sources, sets):
            rows[part].append({"incident_id": incident, **row})
        rows[SameAs] += [
            {"incident_id": incident, "revision": number, "dataset": dataset, "external_id": key}
            for dataset, key in dict.fromkeys(split_reference(text) for text in draft.same_as)
        ]
    for part, given in rows.items():
        if given:
            insert_rows(session, part.__table__, given)  # type: ignore[arg-type]  # all are tables


def take_parts_away(session: Session, incident: int) -> None:
    """Delete what belongs to an incident's newest state; what earlier revisions said of same_as stays with them."""
    for part in _PARTS:
        session.execute(delete(part).where(part.incident_id == incident))  # type: ignore[attr-defined]  # all have it


def split_reference(text: str) -> tuple[str, str]:
    """Part `dataset:id`. Raises BadDraft."""
    dataset, colon, key = text.partition(":")
    if not (dataset and colon and key):
        msg = f"a reference is written dataset:id, not {text[:60]!r}"
        raise BadDraft(msg)
    return dataset, key


def _parts(
    draft: IncidentDraft, sources: Mapping[SourceDraft, int], sets: Mapping[tuple[str, str], int]
) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    cited = {citation.source.key: sources[citation.source] for citation in draft.citations}

    def source(key: str | None) -> int | None:
        if key is not None and key not in cited:
            msg = f"no citation of the record names the source {key[:60]!r}"
            raise BadDraft(msg)
        return None if key is None else cited[key]

    yield from _location(draft.location, sets)
    for actor in draft.participants:
        yield (
            Participation,
            {
                "actor": actor.name,
                "role": actor.role,
                "certainty": actor.certainty.value,
                "as_spelled": actor.as_spelled,
                "source_id": source(actor.source_key),
            },
        )
    for target in draft.targets:
        yield Target, {"type": target.type, "words": target.words}
    for use in draft.aircraft:
        yield (
            EquipmentUse,
            {"type": use.type, **_span("count", use.count), "role": use.role, "certainty": use.certainty.value},
        )
    if draft.transfer is not None:
        yield from _transfer(draft.transfer)
    for claim in draft.harm:
        yield (
            HarmClaim,
            {
                "harm_group": claim.group,
                **_span("killed", claim.killed),
                **_span("injured", claim.injured),
                **_span("displaced", claim.displaced),
                "claimant": claim.claimant,
                "source_id": source(claim.source_key),
                "chosen": claim.chosen,
                "grade": claim.grade,
                "note": claim.note,
            },
        )
    for citation in draft.citations:
        row = {name: getattr(citation, name) for name in ("field", "value", "claimant", "locator", "quote")}
        yield Citation, {"source_id": sources[citation.source], **row}
    for reference in draft.references:
        yield (
            ExternalReference,
            {"dataset": reference.dataset, "external_id": reference.id, "digest": reference.digest},
        )


def _transfer(transfer: TransferDraft) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    said = {"stage": transfer.stage, "currency": transfer.currency, "claimant": transfer.claimant}
    yield Transfer, {**said, **_span("value", transfer.value)}
    for goods in transfer.goods:
        yield Goods, {"types": list(goods.types), "what": goods.what, **_span("count", goods.count)}


def _location(where: Location, sets: Mapping[tuple[str, str], int]) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    point = where.point or where.stand_in
    if point is not None:
        ewkt = f"SRID=4326;POINT({point.lon!r} {point.lat!r})"
        yield IncidentPoint, {"claimed": where.point is not None, "point": ewkt}
    for region in where.regions:
        boundary_set = sets.get((region.scheme or "", region.code or ""))
        said = {name: getattr(region, name) for name in ("level", "name", "scheme", "code", "distance_m")}
        yield IncidentRegion, {**said, "how": region.how.value, "boundary_set_id": boundary_set}


def _span(name: str, span: Span) -> dict[str, Any]:
    return {f"{name}_min": span.minimum, f"{name}_max": span.maximum, f"{name}_approximate": span.approximate}


def _write_sources(session: Session, drafts: Iterable[IncidentDraft], scope: str) -> dict[SourceDraft, int]:
    """Find or write the sources that drafts cite, and give the key of each."""
    cited = dict.fromkeys(citation.source for draft in drafts for citation in draft.citations)
    digests = {source: _digest(source) for source in cited}
    known = {
        (key, digest): number
        for number, key, digest in session.execute(
            select(Source.id, Source.key, Source.digest).where(
                Source.scope == scope, Source.key.in_(sorted({source.key for source in cited}))
            )
        )
    }
    rows = [
        {"scope": scope, "digest": digest, **to_payload(source)}
        for source, digest in digests.items()
        if (source.key, digest) not in known
    ]
    if rows:
        table = cast("Table", Source.__table__)
        for number, row in zip(take_keys(session, table, len(rows)), rows, strict=True):
            row["id"] = known[row["key"], row["digest"]] = number
        insert_rows(session, table, rows)
    return {source: known[source.key, digest] for source, digest in digests.items()}


@lru_cache(maxsize=20_000)
def _digest(source: SourceDraft) -> str:
    return hashlib.sha256(canonical_json(to_payload(source))).hexdigest()


def _boundary_sets(session: Session, drafts: Iterable[IncidentDraft]) -> dict[tuple[str, str], int]:
    """Find, for each scheme and code that drafts name, the first boundary set that has it."""
    codes = sorted({region.code for draft in drafts for region in draft.location.regions if region.code})
    query = (
        select(Region.scheme, Region.code, Region.boundary_set_id)
        .where(Region.code.in_(codes))
        .order_by(Region.boundary_set_id.desc())
    )
    return {(scheme, code): number for scheme, code, number in session.execute(query)}
