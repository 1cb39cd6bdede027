"""The detail of a public incident: the one structure that panel, incident page and table read.

It decides nothing about what is public: it is given what is.
"""

from collections.abc import Mapping
from typing import Any

from geodata.precision import Precision
from incidents.drafts import CitationDraft, HarmDraft, IncidentDraft, SourceDraft, Span
from incidents.editions.public import PublicIncident
from incidents.editions.words import describe_aircraft, describe_place, describe_transfer
from incidents.harm import describe_claim, describe_harm
from incidents.taxonomy import Taxonomy
from incidents.when import describe_time, describe_when


def make_detail(
    incident: PublicIncident, taxonomy: Taxonomy, local_names: Mapping[str, str | None], disc_m: float | None = None
) -> dict[str, Any]:
    """Make the structure. local_names: of regions, by code.

    `number` and `same_as` are the edition's to fill in when it is read.
    """
    draft = incident.draft
    sources = collect_sources(draft)
    return {
        "id": incident.id,
        "number": None,
        "kind": draft.kind,
        "kind_label": taxonomy.kinds[draft.kind].label,
        "title": draft.title,
        "summary": draft.summary,
        "extent": draft.extent.value,
        "occurrences": _bounds(draft.occurrences),
        "when": {
            "edtf": draft.date,
            "words": describe_when(draft.date, draft.time_sense),
            "earliest": draft.earliest.isoformat() if draft.earliest else None,
            "latest": draft.latest.isoformat() if draft.latest else None,
            "sense": draft.time_sense.value,
            "time_of_day": describe_time(draft.time_of_day, draft.time_earliest, draft.time_latest, draft.time_zone),
            "duration": draft.duration,
            "reported": draft.reported,
        },
        "where": {**_where(incident, taxonomy, local_names), "disc_m": disc_m},
        "aircraft": {
            "match": draft.aircraft_match.value,
            "words": describe_aircraft(draft, taxonomy),
            "uses": [
                {
                    "type": use.type,
                    "label": taxonomy.equipment[use.type].label,
                    "count_min": use.count.minimum,
                    "count_max": use.count.maximum,
                    "role": use.role,
                    "certainty": use.certainty.value,
                }
                for use in draft.aircraft
            ],
        },
        "participants": [
            {
                "name": person.name,
                "role": person.role,
                "role_label": taxonomy.roles[person.role].label,
                "certainty": person.certainty.value,
                "as_spelled": person.as_spelled,
            }
            for person in draft.participants
        ],
        "targets": [
            {"type": target.type, "label": taxonomy.targets[target.type].label, "words": target.words}
            for target in draft.targets
        ],
        "transfer": _transfer(draft, taxonomy),
        "harm": {
            "words": describe_harm(draft.harm, taxonomy),
            "claims": [_claim(claim, taxonomy) for claim in draft.harm],
        },
        "sources": [
            {
                "key": source.key,
                "title": source.title,
                "publisher": source.publisher,
                "author": source.author,
                "url": source.url,
                "published": source.published,
                "note": source.note,
            }
            for source in sources
        ],
        "citations": [
            {
                "source": citation.source.key,
                "field": citation.field,
                "value": citation.value,
                "claimant": citation.claimant,
                "locator": citation.locator,
                "quote": citation.quote,
            }
            for citation in draft.citations
        ],
        "contradictions": find_contradictions(draft.citations),
        "references": [reference.text for reference in draft.references],
        "source_codes": dict(draft.source_codes),
        "same_as": [],
        "dataset": None
        if incident.dataset is None
        else {
            "key": incident.dataset.key,
            "title": incident.dataset.title,
            "licence": incident.dataset.licence,
            "attribution": incident.dataset.attribution,
        },
    }


def collect_sources(draft: IncidentDraft) -> list[SourceDraft]:
    """Give the sources of the citations, each once, in the order of first mention."""
    return list({citation.source.key: citation.source for citation in draft.citations}.values())


def choose_grade(draft: IncidentDraft, taxonomy: Taxonomy) -> str | None:
    """Give the strongest grade among the claims that stand; None until somebody grades."""
    given = {claim.grade for claim in draft.harm if claim.chosen and claim.grade}
    return next((grade for grade in taxonomy.grades if grade in given), None)


def _bounds(span: Span) -> dict[str, int | None]:
    return {"min": span.minimum, "max": span.maximum}


def _where(incident: PublicIncident, taxonomy: Taxonomy, local_names: Mapping[str, str | None]) -> dict[str, Any]:
    draft, location = incident.draft, incident.draft.location
    point = location.point if location.precision.claims_point else None
    withheld = location.precision == Precision.UNKNOWN and incident.generalised is not None
    return {
        "place": draft.place,
        "words": describe_place(draft, withheld=withheld),
        "precision": location.precision.value,
        "precision_label": taxonomy.precision[location.precision.value].label,
        "reason": location.reason,
        "method": location.method,
        "uncertainty_m": location.radius_m if point else None,
        "generalised": incident.generalised,
        "withheld": incident.withheld,
        "point": [point.lon, point.lat] if point else None,
        "regions": [
            {
                "level": link.level,
                "scheme": link.scheme,
                "code": link.code,
                "name": link.name,
                "local_name": local_names.get(link.code) if link.code else None,
                "how": link.how.value,
                "distance_m": link.distance_m,
            }
            for link in location.regions
        ],
    }


def _transfer(draft: IncidentDraft, taxonomy: Taxonomy) -> dict[str, Any] | None:
    transfer = draft.transfer
    if transfer is None:
        return None
    return {
        "stage": transfer.stage,
        "stage_label": taxonomy.stages[transfer.stage].label if transfer.stage else None,
        "value_min": transfer.value.minimum,
        "value_max": transfer.value.maximum,
        "currency": transfer.currency,
        "words": describe_transfer(transfer, taxonomy),
        "claimant": transfer.claimant,
        "goods": [
            {
                "types": list(item.types),
                "labels": [taxonomy.equipment[key].label for key in item.types],
                "what": item.what,
                "count_min": item.count.minimum,
                "count_max": item.count.maximum,
            }
            for item in transfer.goods
        ],
    }


def _claim(claim: HarmDraft, taxonomy: Taxonomy) -> dict[str, Any]:
    return {
        "group": claim.group,
        "group_label": taxonomy.harm_groups[claim.group].label,
        **{
            name: {"min": span.minimum, "max": span.maximum, "approximate": span.approximate}
            for name, span in (("killed", claim.killed), ("injured", claim.injured), ("displaced", claim.displaced))
        },
        "claimant": claim.claimant,
        "source": claim.source_key,
        "chosen": claim.chosen,
        "grade": claim.grade,
        "words": describe_claim(claim, taxonomy),
    }


def find_contradictions(citations: tuple[CitationDraft, ...]) -> list[dict[str, Any]]:
    """Give the fields of which two sources say different things, with what each says."""
    fields: dict[str, list[CitationDraft]] = {}
    for citation in citations:
        if citation.value is not None:
            fields.setdefault(citation.field, []).append(citation)
    return [
        {
            "field": field,
            "values": [
                {"source": said.source.key, "source_title": said.source.title, "value": said.value} for said in saying
            ],
        }
        for field, saying in fields.items()
        if len({said.value for said in saying}) > 1 and len({said.source.key for said in saying}) > 1
    ]
