"""What can be wrong with an incident or what is done to it, each failure named for the fact."""

import datetime as dt


class IncidentError(Exception):
    """Something about incidents was asked or given wrongly; the message may be shown to any reader."""


class BadFilter(IncidentError):
    """A filter has an unknown name or a value that it cannot have."""

    def __init__(self, name: str, reason: str) -> None:
        """Keep the parameter's name beside the reason."""
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class BadDate(IncidentError):
    """A date is not EDTF, not in the calendar, or ends before it begins."""


class BadPolicy(IncidentError):
    """A location policy contradicts itself or is out of bounds."""


class BadEmbargo(IncidentError):
    """An embargo would end on a day that has come already, in UTC."""

    def __init__(self, until: dt.date) -> None:
        """Say that it would hold nothing back, and what to do instead."""
        super().__init__(
            f"an embargo until {until.isoformat()} holds nothing back: that day has come. "
            "Give a day to come, as --until YYYY-MM-DD in UTC, or lift the embargo with --lift; nothing was changed"
        )


class BadDraft(IncidentError):
    """A draft has a key that the taxonomy does not know, or contradicts itself."""


class DuplicateReference(IncidentError):
    """Another incident already has this id in this dataset."""


class UnknownIncident(IncidentError):
    """The ledger has no incident with this id."""


class UnknownBatch(IncidentError):
    """The ledger has no import with this number."""


class UnknownPerson(IncidentError):
    """The ledger knows nobody of this name."""


class PersonExists(IncidentError):
    """The ledger already knows somebody of this name."""


class BadName(IncidentError):
    """A person's name is empty, too long, or has characters that no name has."""


class SamePerson(IncidentError):
    """Who approves is who recorded: it takes two."""


class NotWaiting(IncidentError):
    """An incident does not wait for approval."""


class NotApproved(IncidentError):
    """An incident was never approved, so there is nothing to take back."""


class NothingToPublish(IncidentError):
    """Nothing of the ledger may stand in an edition, so that none is made."""


class BrokenHistory(IncidentError):
    """The history does not add up: something in it was changed, added or taken away."""


class StillInUse(IncidentError):
    """A payload may be erased only when neither the ledger nor the public reads from it."""


class LedgerExists(IncidentError):
    """There is a ledger already."""


class UnknownDatabase(IncidentError):
    """The ledger's address names a database that is neither SQLite nor PostgreSQL."""


class SpatiaLiteMissing(IncidentError):
    """The system has no SpatiaLite extension for SQLite."""


class PostGISMissing(IncidentError):
    """The PostgreSQL database has no PostGIS and cannot get it."""


class TooManyRows(IncidentError):
    """More rows are asked for than the format holds."""


class LedgerBusy(IncidentError):
    """Somebody else was writing to the embedded ledger for longer than one waits."""


class LedgerOutOfReach(IncidentError):
    """The ledger's database does not answer, or its file cannot be opened."""


class LedgerMissing(IncidentError):
    """The database holds no ledger."""


class LedgerTooNew(IncidentError):
    """The ledger's tables were made by a newer version."""


class BackupExists(IncidentError):
    """A backup would replace a file, or a restored one what is there already."""


class BadBackup(IncidentError):
    """A file is damaged, cut off, of a newer version, of another kind of database, or no backup."""


class BadSavedMap(IncidentError):
    """A map is to be saved with a value that it cannot have."""

    def __init__(self, name: str, reason: str) -> None:
        """Keep the value's name beside the reason."""
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class UnknownSavedMap(IncidentError):
    """There is no saved map of this name, or it was removed."""


class SavedMapOutdated(IncidentError):
    """A saved map's filter names what this version or its edition does not know, so that its limits mean nothing."""


class PinnedEditionGone(IncidentError):
    """The edition that a saved map stays with was pruned."""


class SavedMapsDamaged(IncidentError):
    """The file of saved maps cannot be read."""
