"""What is wrong or odd in a file's rows: each finding names row, column, value, rule and what to do.

It decides nothing: an error stops the import, a warning is only told, and both are written to the report.
"""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from enum import StrEnum
from typing import IO

from incidents.mentions import is_number

# Spreadsheets run a cell that begins with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_VALUE = 300


class Severity(StrEnum):
    """Whether a finding stops the import."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. row: as a spreadsheet numbers it, the header being row 1; None for the file as a whole.

    id: the row's own id, where it has one. value: the cell as given. rule: what it breaks or why it is odd.
    action: what to do, or what was done.
    """

    severity: Severity
    row: int | None
    id: str | None
    column: str | None
    value: str | None
    rule: str
    action: str


class Findings:
    """The findings of one file, in the order in which they were made."""

    def __init__(self) -> None:
        self._all: list[Finding] = []

    def error(self, row: "Place", column: str | None, value: str | None, rule: str, action: str) -> None:
        """Note what stops the import."""
        self._add(Severity.ERROR, row, column, value, rule, action)

    def warning(self, row: "Place", column: str | None, value: str | None, rule: str, action: str) -> None:
        """Note what is odd, and what was made of it."""
        self._add(Severity.WARNING, row, column, value, rule, action)

    def _add(  # a finding has these parts
        self, severity: Severity, row: "Place", column: str | None, value: str | None, rule: str, action: str
    ) -> None:
        shown = value if value is None or len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]} ..."
        self._all.append(Finding(severity, row.number, row.id, column, shown, rule, action))

    @property
    def errors(self) -> int:
        """How many of them stop the import."""
        return sum(finding.severity is Severity.ERROR for finding in self._all)

    @property
    def warnings(self) -> int:
        """How many of them are only told."""
        return len(self._all) - self.errors

    def all(self) -> tuple[Finding, ...]:
        """Give all of them, errors and warnings, by row."""
        return tuple(sorted(self._all, key=lambda finding: finding.row or 0))


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something was found: the row's number and its own id, as far as there are any."""

    number: int | None = None
    id: str | None = None


def count_rules(findings: Iterable[Finding]) -> list[tuple[Severity, str, int]]:
    """Count findings by severity and rule, errors first, then the most frequent."""
    counts = Counter((finding.severity, finding.rule) for finding in findings)
    return [
        (severity, rule, count)
        for (severity, rule), count in sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
    ]


def write_report(file: IO[str], findings: Iterable[Finding]) -> None:
    """Write findings as CSV with a header (RFC 4180), safe to open in a spreadsheet; open `file` with newline=""."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([field.name for field in fields(Finding)])
    writer.writerows([_cell(value) for value in astuple(finding)] for finding in findings)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    # A number keeps its sign; anything else that a spreadsheet would run is marked as text.
    if text.startswith(_FORMULA) and not is_number(text):
        return f"'{text}"
    return text
