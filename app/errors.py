"""What can be wrong with a setting, a request or the set-up, and the one table from errors to HTTP statuses.

It holds no rule about incidents: the rooms below name their failures, here they get their numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.pictures.errors import DrawingBusy, DrawingFailed, DrawingTooSlow
from incidents.editions.errors import (
    EditionBusy,
    EditionDamaged,
    EditionGone,
    EditionNotFound,
    NoEditionYet,
    QueryTooSlow,
    QuestionTooLarge,
)
from incidents.errors import (
    BadFilter,
    PinnedEditionGone,
    SavedMapOutdated,
    SavedMapsDamaged,
    TooManyRows,
    UnknownSavedMap,
)


class AppError(Exception):
    """Something about the set-up or a request is wrong; the message may be shown to whoever asked."""


class BadSetting(AppError):
    """An environment variable has a value that the setting cannot have."""

    def __init__(self, variable: str, reason: str) -> None:
        """Keep the variable's name beside the reason; the value is not repeated, since it may be a secret."""
        super().__init__(f"{variable}: {reason}")
        self.variable = variable
        self.reason = reason


class BadSettings(AppError):
    """Several environment variables have values that their settings cannot have. every: one error for each."""

    def __init__(self, every: Sequence[BadSetting]) -> None:
        """Tell all at once, a line each."""
        super().__init__("\n".join(map(str, every)))
        self.every = tuple(every)


class NoLedger(AppError):
    """There is no ledger where the settings say that it is."""


class LedgerOutdated(AppError):
    """The ledger's tables are those of another version."""


class NobodyNamed(AppError):
    """A writing command was not told who writes."""


class CannotServe(AppError):
    """Something that serving needs is missing or taken."""


class UntrustedHost(AppError):
    """A request names a host that the site does not answer to."""


class IncidentNotFound(AppError):
    """The edition has no such incident."""


class RegionNotFound(AppError):
    """The edition has nothing in such a region."""


class AircraftNotFound(AppError):
    """The taxonomy has no such aircraft or system."""


class IncidentWithdrawn(IncidentNotFound):
    """The incident was public once and was taken back."""


class AddressNotFound(AppError):
    """An address has no embed: it is another site's, or none of a map or an incident."""


class FormatNotOffered(AppError):
    """A format is asked for that is not offered."""


class CollectionNotFound(AppError):
    """The API has no such collection."""


class FeatureNotFound(AppError):
    """The collection has no such feature."""


@dataclass(frozen=True, slots=True)
class Status:
    """What an error means to a reader: HTTP status, stable code, title, and what can be done about it.

    tells: whether the error's own message is for readers.
    """

    status: int
    code: str
    title: str
    todo: str
    tells: bool = True


STATUS: dict[type[Exception], Status] = {
    BadFilter: Status(400, "bad_parameter", "That cannot be asked", "Correct the parameter, or leave it out."),
    TooManyRows: Status(
        400, "too_many_rows", "Too much for this format", "Narrow the filter, or choose CSV, GeoPackage or GeoParquet."
    ),
    QuestionTooLarge: Status(
        400, "too_much", "Too much for one question", "Narrow the filter, or ask for less at a time."
    ),
    UntrustedHost: Status(400, "bad_host", "Not this site", "Use the address that the site's owner gave.", tells=False),
    IncidentNotFound: Status(
        404,
        "no_such_incident",
        "No such incident here",
        "It may have been withdrawn, or belong to another edition. Search the table for it.",
    ),
    RegionNotFound: Status(
        404,
        "no_such_region",
        "No such region here",
        "It may have another code, or nothing in this edition lies in it. Choose one from the list of regions.",
    ),
    AircraftNotFound: Status(
        404,
        "no_such_aircraft",
        "No such aircraft here",
        "It may have another key. Choose one from the list of aircraft.",
    ),
    IncidentWithdrawn: Status(
        410,
        "incident_withdrawn",
        "This record was taken back",
        "It is in no edition any more. Please do not pass it on.",
    ),
    UnknownSavedMap: Status(
        404, "no_such_map", "No such map here", "Check the address, or see the list of maps at /maps."
    ),
    PinnedEditionGone: Status(
        410,
        "edition_pruned",
        "This map's edition is no longer kept",
        "Ask the owner of the site to save the map with a newer edition. The map shows what is published now.",
    ),
    SavedMapOutdated: Status(
        503, "map_outdated", "This map cannot be shown", "The owner of the site must save it again.", tells=False
    ),
    SavedMapsDamaged: Status(
        503, "damaged", "Not readable just now", "The owner of the site must repair it.", tells=False
    ),
    AddressNotFound: Status(
        404, "no_such_address", "Nothing to embed there", "Give the address of a map or of an incident of this site."
    ),
    FormatNotOffered: Status(501, "format_not_offered", "Not in that format", "Ask for json or xml."),
    CollectionNotFound: Status(
        404, "no_such_collection", "No such collection", "See /api/collections for what there is."
    ),
    FeatureNotFound: Status(
        404, "no_such_feature", "No such feature here", "It may belong to another collection or another edition."
    ),
    EditionNotFound: Status(
        404, "no_such_edition", "No such edition", "Editions are given up after a while. Use the current one."
    ),
    EditionGone: Status(410, "edition_amended", "This edition was amended", "Use the edition that took its place."),
    EditionBusy: Status(503, "busy", "Not ready just now", "Try again in a minute."),
    QueryTooSlow: Status(503, "too_slow", "That takes too long", "Narrow the filter, or try again in a minute."),
    DrawingBusy: Status(503, "busy", "Not ready just now", "Try again in a minute."),
    DrawingFailed: Status(503, "not_drawn", "Not drawn this time", "Try again in a minute.", tells=False),
    DrawingTooSlow: Status(503, "too_slow", "That takes too long", "Ask for a smaller picture, or narrow the filter."),
    EditionDamaged: Status(
        503, "damaged", "Not readable just now", "The owner of the site must repair it.", tells=False
    ),
    NoEditionYet: Status(503, "nothing_published", "Nothing is published yet", "Come back later."),
}


def status_of(error: Exception) -> Status | None:
    """Find the error, or the nearest of its base classes, in the table."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), None)
