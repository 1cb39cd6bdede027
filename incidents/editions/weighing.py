"""How much text stands in the rows that a filter selects: from this the sizes of files are told before they are made.

It looks at a few hundred rows at most, and makes no file.
"""

from dataclasses import dataclass

import numpy as np

from incidents.editions.database import NUMBERED
from incidents.editions.edition import Edition
from incidents.filters import IncidentFilter

_LOOKED_AT = 400


@dataclass(frozen=True, slots=True)
class Weight:
    """Rows, the bytes of their features' texts, and those of the boundaries that stand for their places."""

    rows: int
    text: int
    boundaries: int


def weigh(edition: Edition, filter_: IncidentFilter) -> Weight:
    """Weigh what a filter selects; `text` is exact for a few hundred rows, else as they are on average."""
    numbers = edition.numbers([filter_])
    chosen = numbers[np.linspace(0, len(numbers) - 1, _LOOKED_AT).astype(int)] if len(numbers) > _LOOKED_AT else numbers
    codes = sorted(edition.area_counts(filter_))
    with edition.asking() as cursor:
        average = cursor.execute(f"SELECT avg(strlen(feature)) FROM incident WHERE {NUMBERED}", [chosen.tolist()])
        text = average.fetchone()
        summed = "SELECT sum(strlen(polygon)) FROM region WHERE list_contains(?::VARCHAR[], code)"
        boundaries = cursor.execute(summed, [codes]).fetchone()
    assert text is not None  # noqa: S101 - an aggregate always gives one row
    assert boundaries is not None  # noqa: S101 - likewise
    return Weight(len(numbers), round((text[0] or 0) * len(numbers)), int(boundaries[0] or 0))
