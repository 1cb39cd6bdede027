"""How much text stands in the rows that a filter selects: from this the sizes of files are told before they are made.

It reads no text, and makes no file.
"""

from dataclasses import dataclass

from incidents.editions.edition import Edition
from incidents.filters import IncidentFilter


@dataclass(frozen=True, slots=True)
class Weight:
    """Rows, the bytes of their features' texts, and those of boundaries, as text.

    boundaries: of the regions that stand for places. around: of all regions that a row lies in.
    """

    rows: int
    text: int
    boundaries: int
    around: int


def weigh(edition: Edition, filter_: IncidentFilter) -> Weight:
    """Weigh what a filter selects."""
    numbers = edition.numbers([filter_])
    alone, lain_in = edition.area_counts(filter_), edition.counts_by_region(filter_)
    with edition.asking() as cursor:
        boundaries, around = cursor.execute(
            "SELECT coalesce(sum(strlen(polygon)) FILTER (list_contains(?::VARCHAR[], code)), 0), "
            "coalesce(sum(strlen(polygon)), 0) FROM region WHERE list_contains(?::VARCHAR[], code)",
            [sorted(alone), sorted({*alone, *lain_in})],
        ).fetchall()[0]
    return Weight(len(numbers), edition.text_size(numbers), int(boundaries), int(around))
