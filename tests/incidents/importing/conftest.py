"""Rows in the form of UCDP GED, made up for these tests, and what makes files of them."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

Rows = list[dict[str, str]]
MakeCSV = Callable[..., bytes]

ROWS = Path(__file__).with_name("ucdp_rows.csv")


@pytest.fixture
def ucdp_rows() -> Rows:
    """Give 31 rows of 49 columns: every precision of place and date, and the dataset's oddities."""
    with ROWS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def make_csv() -> MakeCSV:
    """Give a function that writes rows as CSV; columns: all of the first row's unless named."""

    def make(rows: Iterable[Mapping[str, str]], columns: Iterable[str] | None = None) -> bytes:
        rows = list(rows)
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(columns or rows[0]), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue().encode()

    return make
