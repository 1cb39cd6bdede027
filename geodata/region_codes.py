"""Which codes of regions the world has: those of ISO 3166 are known, others may be.

It reads no name and no polygon, so that whoever only checks a code loads neither.
"""

import csv
import re
from functools import cache
from pathlib import Path

_ISO = re.compile(r"[A-Za-z]{2}(-[A-Za-z0-9]{1,3})?")
_FILE = Path(__file__).parent / "data" / "regions.csv"


def is_code(code: str) -> bool:
    """Tell whether a region may have the code: one of ISO 3166 that is shipped, or another scheme's, with a digit."""
    return code in _shipped() or (not _ISO.fullmatch(code) and any(letter.isdigit() for letter in code))


@cache
def _shipped() -> frozenset[str]:
    """Give the codes of the countries (ISO 3166-1) and first-level units (ISO 3166-2)."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return frozenset(row["code"] for row in csv.DictReader(file))
