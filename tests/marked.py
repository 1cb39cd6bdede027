"""Makes incidents that carry a mark in every text, so that a search for it finds whatever got out.

It knows neither what may get out nor where to search; the tests of redaction and of the public doors do.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from geodata.locations import Location
from incidents.drafts import (
    CitationDraft,
    EquipmentDraft,
    GoodsDraft,
    HarmDraft,
    IncidentDraft,
    ParticipationDraft,
    ReferenceDraft,
    SourceDraft,
    Span,
    TargetDraft,
    TransferDraft,
)

MARKED_DAY = dt.date(1987, 6, 5)


def make_marked_draft(
    say: Callable[[str], str],
    *,
    key: str,
    location: Location,
    published: str = "1987-06-06",
    killed: int = 1,
    value: int | None = None,
    count: int = 2,
    **changes: Any,
) -> IncidentDraft:
    """Make an incident with every field filled in.

    say: gives the text of a field from the field's name. key: what keys, codes and addresses hold of the mark; it is
    written in small letters where they must be. published: the source's date. killed, value, count: figures of the
    harm, the transfer and the aircraft.
    """
    source = SourceDraft(
        key=f"{key}-source",
        title=say("source title"),
        publisher=say("publisher"),
        author=say("author"),
        url=f"https://{key.partition('-')[0].lower()}.example/{key}",
        published=published,
        language="en",
        rights=say("rights"),
        note=say("source note"),
    )
    dataset = f"{key.partition('-')[0].lower()}-set"
    values: dict[str, Any] = {
        "kind": "airstrike",
        "title": say("title"),
        "location": location,
        "summary": say("summary"),
        "private_notes": say("private notes"),
        "occurrences": Span(1, 1),
        "date": MARKED_DAY.isoformat(),
        "earliest": MARKED_DAY,
        "latest": MARKED_DAY,
        "reported": "1987-06-07",
        "time_of_day": say("time of day"),
        "time_earliest": dt.time(4, 5),
        "time_latest": dt.time(6, 7, 8),
        "time_zone": "Asia/Yangon",
        "duration": say("duration"),
        "place": say("place"),
        "participants": (
            ParticipationDraft(say("actor"), "operator", as_spelled=say("spelling"), source_key=source.key),
            ParticipationDraft(say("other actor"), "target", as_spelled=say("other spelling"), source_key=source.key),
        ),
        "targets": (TargetDraft("school", say("target")),),
        "aircraft": (EquipmentDraft("mi-35", Span(count, count)),),
        "transfer": TransferDraft(
            stage="contract",
            value=Span(value, value),
            currency="USD",
            goods=(GoodsDraft(("su-30",), say("goods"), Span(count, count)),),
            claimant=say("transfer claimant"),
        ),
        "harm": (
            HarmDraft(
                "civilians",
                killed=Span(killed),
                claimant=say("harm claimant"),
                source_key=source.key,
                note=say("harm note"),
            ),
        ),
        "citations": tuple(
            CitationDraft(
                source,
                field,
                say(f"{field} value"),
                say(f"{field} claimant"),
                say(f"{field} locator"),
                say(f"{field} quote"),
            )
            for field in ("incident", "place", "harm")
        ),
        "references": (ReferenceDraft(dataset, key, "f" * 64),),
        "same_as": (f"{dataset}:{key.partition('-')[0]}-other",),
        "source_codes": {f"{key.partition('-')[0]}_code": say("code"), "where_coordinates": say("coordinates")},
    }
    return IncidentDraft(**(values | changes))
