"""Pages of selected rows in the orders of time, without sorting all of them.

It reads no text: it gives the numbers of rows.
"""

import numpy as np
import numpy.typing as npt

from incidents.editions.columns import NO_END, NO_START, Columns, Numbers

Days = npt.NDArray[np.int64]


def newest_first(columns: Columns, rows: Numbers, offset: int, limit: int) -> list[int]:
    """Give a page of rows, those with the latest earliest day first, those without any date last."""
    earliest, latest = columns.earliest[rows].astype(np.int64), columns.latest[rows].astype(np.int64)
    return _page(-_known(earliest, NO_START, latest, NO_END), rows, offset, limit)


def by_date(columns: Columns, rows: Numbers, offset: int, limit: int, *, downwards: bool) -> list[int]:
    """Give a page of rows by their last day downwards or by their first day upwards, undated ones last."""
    earliest, latest = columns.earliest[rows].astype(np.int64), columns.latest[rows].astype(np.int64)
    if downwards:
        return _page(-_known(latest, NO_END, earliest, NO_START), rows, offset, limit)
    days = _known(earliest, NO_START, latest, NO_END)
    return _page(np.where(days == NO_START, NO_END, days), rows, offset, limit)


def _known(days: Days, is_open: int, others: Days, is_open_too: int) -> Days:
    """Give the days, or the others where they are open, or NO_START where both are."""
    other = np.where(others == is_open_too, NO_START, others)
    return np.where(days == is_open, other, days)


def _page(days: Days, rows: Numbers, offset: int, limit: int) -> list[int]:
    """Give a page of rows in the rising order of their days, and of their numbers where those are the same."""
    until = offset + limit
    # Undated ones are a day nearer, for there is one negative number more than there are positive ones.
    keys = (np.minimum(days, NO_END) << 32) + rows
    if until < len(keys):
        keys = np.partition(keys, until - 1)[:until] if until else keys[:0]
    page: list[int] = (np.sort(keys)[offset:until] & (2**32 - 1)).tolist()
    return page
