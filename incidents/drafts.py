"""What somebody says about an incident, in full, before and apart from the ledger's tables.

A draft is what importers and forms hand to `recording`, what a revision keeps as its payload, and what
publishing reads back. Every None means "not known"; none means zero or no.
"""

import dataclasses
import datetime as dt
import re
import typing
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

import msgspec

from geodata.locations import Location
from incidents.canonical import canonical_json


class Extent(StrEnum):
    """Whether a record is one incident, or an unknown number of them that is never counted as one."""

    ONE = "one"
    PATTERN = "pattern"


class TimeSense(StrEnum):
    """What an interval means."""

    WITHIN = "within"
    THROUGHOUT = "throughout"
    REPEATEDLY = "repeatedly"


class Match(StrEnum):
    """Whether all of the named aircraft took part, or any one of them."""

    ALL = "all"
    ANY = "any"


class Certainty(StrEnum):
    """How sure a source is that somebody or something took part."""

    KNOWN = "known"
    SUSPECTED = "suspected"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Span:
    """A count or an amount between two bounds, each of which may be unknown. minimum <= maximum."""

    minimum: int | None = None
    maximum: int | None = None
    approximate: bool = False

    def __post_init__(self) -> None:
        """Refuse bounds that cross or lie below zero."""
        if self.minimum is not None and self.minimum < 0:
            msg = "a lower bound cannot be less than zero"
            raise ValueError(msg)
        if self.maximum is not None and self.maximum < (self.minimum or 0):
            msg = "an upper bound cannot be less than the lower one"
            raise ValueError(msg)

    @property
    def is_known(self) -> bool:
        """Whether either bound is known."""
        return self.minimum is not None or self.maximum is not None


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """Who published what, where. key: stable within its dataset. published: EDTF text as given."""

    key: str
    title: str
    publisher: str | None = None
    author: str | None = None
    url: str | None = None
    published: str | None = None
    language: str | None = None
    rights: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CitationDraft:
    """One source's support for one field of an incident.

    field: "incident" for the whole, or "date", "place", "harm", "transfer", "aircraft", "participants" ...
    value: what this source gives for the field, in words, when it says something of its own. claimant: who says
    it behind the publisher.
    """

    source: SourceDraft
    field: str = "incident"
    value: str | None = None
    claimant: str | None = None
    locator: str | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class ParticipationDraft:
    """An actor in a role (taxonomy key)."""

    name: str
    role: str
    certainty: Certainty = Certainty.KNOWN
    as_spelled: str | None = None
    source_key: str | None = None


@dataclass(frozen=True, slots=True)
class TargetDraft:
    """What was hit: taxonomy key of its original use, and the source's words where they say more."""

    type: str
    words: str | None = None


@dataclass(frozen=True, slots=True)
class EquipmentDraft:
    """An aircraft or system that took part (taxonomy key). count: how many of it."""

    type: str
    count: Span = Span()
    role: str | None = None
    certainty: Certainty = Certainty.KNOWN


@dataclass(frozen=True, slots=True)
class GoodsDraft:
    """What was transferred. types: one taxonomy key, or several that the count holds for together; may be empty."""

    types: tuple[str, ...] = ()
    what: str | None = None
    count: Span = Span()


@dataclass(frozen=True, slots=True)
class TransferDraft:
    """A movement of arms or goods. stage: taxonomy key or None. value: whole units of `currency`."""

    stage: str | None = None
    value: Span = Span()
    currency: str | None = None
    goods: tuple[GoodsDraft, ...] = ()
    claimant: str | None = None


@dataclass(frozen=True, slots=True)
class HarmDraft:
    """One claim of harm to one group (taxonomy key). chosen: the one that stands when sources differ.

    Groups overlap and are never added to each other. grade: taxonomy key; None until somebody grades.
    """

    group: str
    killed: Span = Span()
    injured: Span = Span()
    displaced: Span = Span()
    claimant: str | None = None
    source_key: str | None = None
    chosen: bool = True
    grade: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ReferenceDraft:
    """The record's id in a dataset. digest: SHA-256 of the row as read, hex; the key for re-import."""

    dataset: str
    id: str
    digest: str | None = None

    @property
    def text(self) -> str:
        """Give `dataset:id`."""
        return f"{self.dataset}:{self.id}"


TERMS = ("public", "aggregate only", "internal")


@dataclass(frozen=True, slots=True)
class DatasetDraft:
    """Where records come from as a whole. terms: one of TERMS, what its maker allows to be shown."""

    key: str
    title: str
    version: str | None = None
    licence: str | None = None
    attribution: str | None = None
    url: str | None = None
    terms: str = "public"


@dataclass(frozen=True, slots=True)
class IncidentDraft:
    """An incident as somebody records it. See the fields' own types for their words.

    kind: taxonomy key. date: EDTF text or None. earliest, latest: its bounds, days included; None is unbounded.
    reported: EDTF text. time_of_day: the source's words ("about one"). time_earliest, time_latest: local times, equal
    where it is exact; the window goes over midnight where the latest is before the earliest. time_zone: their IANA
    zone ("Asia/Yangon") or offset ("+06:30"). duration: words. place: the place as the source names it. source_codes:
    the source's own codes beside ours, kept as given.
    same_as: references ("dataset:id") of records that are this same incident.
    private_notes: never leaves the ledger.
    """

    kind: str
    title: str
    location: Location
    summary: str | None = None
    private_notes: str | None = None
    extent: Extent = Extent.ONE
    occurrences: Span = Span()
    date: str | None = None
    earliest: dt.date | None = None
    latest: dt.date | None = None
    time_sense: TimeSense = TimeSense.WITHIN
    reported: str | None = None
    time_of_day: str | None = None
    time_earliest: dt.time | None = None
    time_latest: dt.time | None = None
    time_zone: str | None = None
    duration: str | None = None
    place: str | None = None
    participants: tuple[ParticipationDraft, ...] = ()
    targets: tuple[TargetDraft, ...] = ()
    aircraft: tuple[EquipmentDraft, ...] = ()
    aircraft_match: Match = Match.ALL
    transfer: TransferDraft | None = None
    harm: tuple[HarmDraft, ...] = ()
    citations: tuple[CitationDraft, ...] = ()
    references: tuple[ReferenceDraft, ...] = ()
    same_as: tuple[str, ...] = ()
    source_codes: dict[str, str] = field(default_factory=dict)


def to_payload(draft: Any) -> Any:  # noqa: ANN401, PLR0911 - any part of a draft; one line for each shape
    """Turn a draft, or any part of one, into plain JSON values."""
    kind = type(draft)
    if kind in _PLAIN:
        return draft
    if kind is float:
        # As canonical JSON writes whole numbers; whoever reads the field makes a float of it again.
        return int(draft) if draft.is_integer() and abs(draft) < _WHOLE else draft
    if kind is tuple or kind is list:
        return [to_payload(item) for item in draft]
    if kind is dict:
        return {key: value if type(value) in _PLAIN else to_payload(value) for key, value in draft.items()}
    if issubclass(kind, StrEnum):
        return draft.value
    if issubclass(kind, dt.date | dt.time):
        return draft.isoformat()
    values = ((name, getattr(draft, name)) for name in _field_names(typing.cast("Any", kind)))
    return {name: value if type(value) in _PLAIN else to_payload(value) for name, value in values}


def write_draft(draft: IncidentDraft) -> bytes:
    """Write a draft as canonical JSON (RFC 8785): what a revision keeps. Raises what `canonical_json` raises."""
    text = _WRITER.encode(draft)
    where = draft.location
    numbers = [("radius_m", where.radius_m), *(("distance_m", link.distance_m) for link in where.regions)]
    for point in (where.point, where.stand_in):
        if point is not None:
            numbers += [("lon", point.lon), ("lat", point.lat)]
    for name, number in numbers:
        if number is None:
            continue
        if not _LEAST <= abs(number) < _WHOLE:
            return canonical_json(to_payload(draft))
        if number.is_integer():
            # Canonical JSON writes whole numbers without a fraction. Within a text, the quotes would be escaped.
            for end in ",}":
                text = text.replace(f'"{name}":{number!r}{end}'.encode(), f'"{name}":{int(number)}{end}'.encode())
    if _LARGE.search(text) or (not text.isascii() and _BEYOND.search(text)):
        return canonical_json(to_payload(draft))
    return text


def read_draft(text: str | bytes) -> IncidentDraft:
    """Read what `write_draft` wrote to an equal draft; fields that it lacks get their defaults. Raises ValueError."""
    return _READER.decode(text)


_PLAIN = frozenset((str, int, bool, type(None)))
_WHOLE = 1e15
_LEAST = 1e-3
# Numbers whose canonical form the fast writer may miss, and texts whose keys it may sort otherwise.
_LARGE = re.compile(rb"\d{16}")
_BEYOND = re.compile(rb"[\xf0-\xf4]")
_WRITER = msgspec.json.Encoder(order="sorted")
_READER = msgspec.json.Decoder(IncidentDraft)


@cache
def _field_names(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - a dataclass
    return tuple(field.name for field in dataclasses.fields(kind))
