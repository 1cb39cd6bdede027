"""What somebody says about an incident, in full, before and apart from the ledger's tables.

A draft is what importers and forms hand to `recording`, what a revision keeps as its payload, and what
publishing reads back. Every None means "not known"; none means zero or no.
"""

import dataclasses
import datetime as dt
import types
import typing
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from geodata.locations import Location


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


@dataclass(frozen=True, slots=True)
class DatasetDraft:
    """Where records come from as a whole. terms: "public", "aggregate only" or "internal"."""

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
    reported: EDTF text. time_of_day: the source's words ("about 13:00"). duration: words. place: the place as
    the source names it. source_codes: the source's own codes beside ours, kept as given.
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
    """Turn a draft, or any part of one, into plain JSON values; `from_payload` gives back an equal one."""
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
    if issubclass(kind, dt.date):
        return draft.isoformat()
    values = ((name, getattr(draft, name)) for name in _field_names(typing.cast("Any", kind)))
    return {name: value if type(value) in _PLAIN else to_payload(value) for name, value in values}


def from_payload(payload: dict[str, Any]) -> IncidentDraft:
    """Read a revision's payload back to the draft that it was; fields that it lacks get their defaults."""
    draft = _reader(IncidentDraft)(payload)
    assert isinstance(draft, IncidentDraft)  # noqa: S101 - tells the type checker what the reader makes
    return draft


_PLAIN = frozenset((str, int, bool, type(None)))
_WHOLE = 1e15
_MOST_SHARED = 2_000


@cache
def _field_names(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - a dataclass
    return tuple(field.name for field in dataclasses.fields(kind))


@cache
def _reader(hint: Any) -> Callable[[Any], Any]:  # noqa: ANN401, PLR0911 - one line for each shape of a type hint
    """Make the function that reads a field of this type, once for each, since drafts come by the hundred thousand."""
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        (inner,) = (_reader(arg) for arg in typing.get_args(hint) if arg is not type(None))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        item = _reader(typing.get_args(hint)[0])
        return lambda value: tuple([item(each) for each in value])
    if origin is dict:
        return dict
    if dataclasses.is_dataclass(hint):
        return _dataclass_reader(typing.cast("type", hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        members = {member.value: member for member in hint}
        return lambda value: members.get(value) or hint(value)
    if hint is float:
        return float
    if isinstance(hint, type) and issubclass(hint, dt.date):
        return hint.fromisoformat
    return lambda value: value


def _dataclass_reader(kind: type) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    # Most fields are texts and numbers, which JSON gives as they are.
    readers = {name: _reader(hint) for name, hint in hints.items() if not _is_one_of(hint, _PLAIN)}
    names = frozenset(hints)

    def read(payload: dict[str, Any]) -> Any:  # noqa: ANN401 - an object of that kind
        values = payload.copy() if payload.keys() <= names else {k: v for k, v in payload.items() if k in names}
        for name, reader in readers.items():
            if name in values:
                values[name] = reader(values[name])
        return kind(**values)

    is_small = all(_is_one_of(hint, {*_PLAIN, float, StrEnum}) for hint in hints.values())
    return _shared(read) if is_small and not _is_one_of(next(iter(hints.values())), {float}) else read


def _shared(read: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    """Read a small part, such as a source or a region, to the same object wherever it is said again."""
    known: dict[tuple[Any, ...], Any] = {}

    def read_once(payload: dict[str, Any]) -> Any:  # noqa: ANN401 - what `read` gives
        # One equals True and 1.0, and yet they are not the same.
        key = (*payload, *payload.values(), *map(type, payload.values()))
        found = known.get(key)
        if found is None:
            if len(known) >= _MOST_SHARED:
                known.clear()
            found = known[key] = read(payload)
        return found

    return read_once


def _is_one_of(hint: Any, kinds: Collection[object]) -> bool:  # noqa: ANN401 - a type hint
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return all(_is_one_of(arg, kinds) for arg in typing.get_args(hint))
    return hint in kinds or (StrEnum in kinds and isinstance(hint, type) and issubclass(hint, StrEnum))
