"""Where an axis of time is marked, and how: as closely as the words leave room. It draws nothing."""

import datetime as dt
from collections.abc import Iterator, Sequence

_EPOCH = dt.date(1970, 1, 1)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STEPS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
_MONTH_DAYS = 30.4369
# Pixels between two marks, of years and of months.
_YEARS_APART, _MONTHS_APART = 44, 68


def find_ticks(starts: Sequence[int], unit: str, width: float) -> Iterator[tuple[int, str]]:
    """Give days, in days since 1970, and their words.

    starts: the first day of each bin, and the day after the last. unit: of a bin. width: of all of them, in pixels.
    """
    first, last = starts[0], starts[-1]
    pixels = width / max((last - first) / _MONTH_DAYS, 1)
    step = next(
        (step for step in _STEPS if step * pixels >= (_YEARS_APART if step >= 12 else _MONTHS_APART)), _STEPS[-1]
    )
    if unit == "year":
        step = max(step, 12)
    start = _EPOCH + dt.timedelta(days=first)
    month = -(-(start.year * 12 + start.month - 1) // step) * step
    while month // 12 <= dt.MAXYEAR and (day := (dt.date(month // 12, month % 12 + 1, 1) - _EPOCH).days) < last:
        yield day, str(month // 12) if step >= 12 else f"{_MONTHS[month % 12]} {month // 12}"
        month += step
