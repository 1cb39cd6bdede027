"""What a format must be able to do so that its files can be imported, and how a cell is read or refused.

It knows no format in particular.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from geodata.errors import BadPoint
from geodata.points import LonLat
from incidents.drafts import DatasetDraft, IncidentDraft
from incidents.importing.findings import Findings, Place
from incidents.importing.tables import Row

# Nine digits are more people than ever died of anything, and what every database's integers hold.
_WHOLE = re.compile(r"-?\d{1,9}(?:\.0{1,9})?", re.ASCII)
# Times are dropped: the sources that write them know days alone.
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?", re.ASCII)


class Format(Protocol):
    """A format of files: which columns it needs and what a row means."""

    @property
    def needed(self) -> Sequence[str]:
        """Give the columns without which nothing can be read."""
        ...

    @property
    def known(self) -> Sequence[str]:
        """Give all columns whose meaning is known."""
        ...

    def dataset(self) -> DatasetDraft:
        """Give the dataset that the file's rows belong to."""
        ...

    def draft(self, row: Row, findings: Findings) -> IncidentDraft | None:
        """Read a row to a draft, or to None when `findings` now holds an error of it."""
        ...


@dataclass
class Reader:
    """Reads the cells of one row; what cannot be read becomes an error in the findings and None here."""

    row: Row
    place: Place
    findings: Findings
    failed: bool = False

    @property
    def cells(self) -> Mapping[str, str]:
        """Give all cells."""
        return self.row.cells

    def text(self, column: str) -> str:
        """Give a cell, with runs of space and line breaks as one space; empty when the column is not there."""
        cell = self.cells.get(column, "")
        # Most cells are codes and numbers, without any space.
        return cell if cell.isalnum() else " ".join(cell.split())

    def refuse(self, column: str, rule: str, action: str) -> None:
        """Note an error of a cell."""
        self.failed = True
        self.findings.error(self.place, column, self.cells.get(column), rule, action)

    def warn(self, column: str | None, value: str | None, rule: str, action: str) -> None:
        """Note something odd."""
        self.findings.warning(self.place, column, value, rule, action)

    def code(self, column: str, allowed: range) -> int:
        """Read a code that the codebook numbers; 0 when it is refused."""
        number = self.text(column)
        if not _WHOLE.fullmatch(number) or int(float(number)) not in allowed:
            self.refuse(
                column,
                f"must be a whole number from {allowed.start} to {allowed.stop - 1}",
                "look it up in the codebook, or correct the file",
            )
            return 0
        return int(float(number))

    def count(self, column: str) -> int | None:
        """Read a number of people: None when blank, which is not known and not zero."""
        number = self.text(column)
        if not number:
            return None
        if not _WHOLE.fullmatch(number) or float(number) < 0:
            self.refuse(column, "must be a whole number, zero or more", "correct it, or leave it blank if not known")
            return None
        return int(float(number))

    def day(self, column: str) -> dt.date | None:
        """Read a day as YYYY-MM-DD, dropping a time after it."""
        match = _DATE.fullmatch(self.text(column))
        try:
            return dt.date.fromisoformat(match[1] if match else "")
        except ValueError:
            self.refuse(column, "must be a day of the calendar as YYYY-MM-DD", "correct the date")
            return None

    def point(self, lon_column: str, lat_column: str, *, on_land: bool) -> LonLat | None:
        """Read a point in degrees of WGS 84; None when both are blank.

        on_land: whether the row names a country or unit, none of which has the point 0, 0.
        """
        if not self.text(lon_column) and not self.text(lat_column):
            return None
        degrees = []
        for column in (lon_column, lat_column):
            try:
                degrees.append(float(self.text(column)))
            except ValueError:
                self.refuse(column, "must be a number of degrees", "correct the coordinate, or leave both blank")
                return None
        if on_land and not any(degrees):
            self.refuse(
                lat_column,
                "is the point 0, 0, in the sea off Africa, which empty cells become; the row names a place on land",
                "leave both cells empty, or give the place",
            )
            return None
        try:
            return LonLat(*degrees)
        except BadPoint as error:
            self.refuse(lat_column if "latitude" in str(error) else lon_column, str(error), "correct the coordinate")
            return None
