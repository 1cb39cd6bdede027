"""How much text stands in the rows that a filter selects: from this the sizes of files are told before they are made.

It reads no text, and makes no file.
"""

from dataclasses import dataclass

from incidents.editions.edition import Edition
from incidents.filters import IncidentFilter


@dataclass(frozen=True, slots=True)
class Weight:
    """Rows, the bytes of their features' texts, and those of the boundaries that stand for their places."""

    rows: int
    text: int
    boundaries: int


def weigh(edition: Edition, filter_: IncidentFilter) -> Weight:
    """Weigh what a filter selects."""
    numbers = edition.numbers([filter_])
    codes = sorted(edition.area_counts(filter_))
    with edition.asking() as cursor:
        summed = "SELECT sum(strlen(polygon)) FROM region WHERE list_contains(?::VARCHAR[], code)"
        boundaries = cursor.execute(summed, [codes]).fetchone()
    assert boundaries is not None  # noqa: S101 - an aggregate always gives one row
    return Weight(len(numbers), edition.text_size(numbers), int(boundaries[0] or 0))
