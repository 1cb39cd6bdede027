"""What can be wrong with a file that is to be imported, each failure named for the fact."""

from incidents.errors import IncidentError
from incidents.importing.findings import Finding, Severity


class UnknownFormat(IncidentError):
    """Files of this format cannot be imported."""


class UnreadableFile(IncidentError):
    """The file as a whole is not what it should be: empty, not UTF-8, no CSV, or without a needed column.

    finding: the same as a line of the report.
    """

    def __init__(
        self, rule: str, action: str, *, row: int | None = None, column: str | None = None, filename: str = ""
    ) -> None:
        """Tell where it is, what is wrong and what to do."""
        where = "".join(f"{part}: " for part in (filename, f"row {row}" if row else "") if part)
        super().__init__(f"{where}{rule}; {action}")
        self.finding = Finding(Severity.ERROR, row, None, column, None, rule, action)

    def of(self, filename: str) -> "UnreadableFile":
        """Give the same fault with the file's name."""
        found = self.finding
        return UnreadableFile(found.rule, found.action, row=found.row, column=found.column, filename=filename)


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
