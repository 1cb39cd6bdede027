"""What can be wrong with a file that is to be imported, each failure named for the fact."""

from incidents.errors import IncidentError
from incidents.importing.findings import Finding


class UnknownFormat(IncidentError):
    """Files of this format cannot be imported."""


class UnreadableFile(IncidentError):
    """The file as a whole is not what it should be: empty, not UTF-8, no CSV, or without a needed column."""


class RowsRefused(IncidentError):
    """Some rows have errors, so that nothing was imported. findings: all errors and warnings of the whole file."""

    def __init__(self, message: str, findings: tuple[Finding, ...]) -> None:
        """Keep the findings beside the message."""
        super().__init__(message)
        self.findings = findings


class BadFoundingRecord(IncidentError):
    """An entry of the founding record's file is not in the form that the file itself describes."""


class LedgerInUse(IncidentError):
    """A demonstration is asked for in a ledger that holds real work."""
