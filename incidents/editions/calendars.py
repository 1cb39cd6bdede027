"""The calendar's units as whole days since 1970-01-01, and the bins of time that they make.

It counts nothing and knows no time zone: a date is the date that a source gave.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from incidents.errors import BadFilter

UNITS = ("day", "week", "month", "year", "decade")
MOST_BINS = 40_000

_EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """Neighbouring bins of time. starts: the first day of each; ends: the last day of each."""

    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]

    def __len__(self) -> int:
        """How many bins."""
        return len(self.starts)


def make_bins(first: int, last: int, unit: str) -> Bins:
    """Make the bins of a unit from that of the first day to that of the last. Weeks begin on Monday.

    Raises BadFilter for a unit that would give more than MOST_BINS.
    """
    if unit in {"day", "week"}:
        length = 7 if unit == "week" else 1
        start = first - (first + 3) % 7 if unit == "week" else first
        _refuse_too_many((last - start) // length + 1)
        starts = np.arange(start, last + 1, length, dtype=np.int64)
        return Bins(starts, starts + length - 1)
    begin, end = _EPOCH + dt.timedelta(first), _EPOCH + dt.timedelta(last)
    step = {"month": 1, "year": 12, "decade": 120}[unit]
    from_month = (begin.year - 1970) * 12 + begin.month - 1
    if step > 1:
        from_month = (begin.year // (step // 12) * (step // 12) - 1970) * 12
    until_month = (end.year - 1970) * 12 + end.month - 1
    _refuse_too_many((until_month - from_month) // step + 1)
    months = np.arange(from_month, until_month + step + 1, step)
    days = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    count = (until_month - from_month) // step + 1
    return Bins(days[:count], days[1 : count + 1] - 1)


def _refuse_too_many(bins: int) -> None:
    if bins > MOST_BINS:
        raise BadFilter("unit", f"would give {bins:,} bins, more than {MOST_BINS:,}; take a coarser one")
