"""What readers of a map ask for: views with filters, of all sorts and never the same twice.

It asks nobody and measures nothing.
"""

import datetime as dt

# Each as its filter, with days that move on with every question, and whether it is asked for the whole world, as a
# first view at zoom 2 does, or for a view as large farther in.
SORTS = (
    ("kind=airstrike,shelling&from={day}&to={later}", False),
    ("from={day}&to={year_on}", True),
    ("region=US&from={day}", False),
    ("aircraft=mi-24&from={day}&to={later}", True),
    ("grade=confirmed,fair&from={day}&to={later}", False),
    ("precision=settlement&from={day}&to={later}", False),
    ("kind=airstrike&to={later}", True),
    ("from={day}", True),
)
SAID = (
    "in turn two kinds, a region, grades of harm and a precision with some years in a view of a map's size, and a "
    "year, an aircraft, a kind up to a day and all from a day on in the whole world"
)
WORLD = "across=93&view=0,0,92,92"
_FIRST = dt.date(1995, 1, 1)
# No multiple of how many sorts there are, so that a sort comes to each of its days before any comes again.
_DAYS = 9_001


def filter_of(number: int) -> str:
    """Give the filter of a question, as an address has it."""
    return _fill(SORTS[number % len(SORTS)][0], number)


def view_of(number: int) -> str:
    """Give grid and filter of a question for clusters, as an address has them."""
    text, is_world = SORTS[number % len(SORTS)]
    return f"{WORLD if is_world else _part(number)}&{_fill(text, number)}"


def from_a_day_on(number: int) -> str:
    """Give the dearest of them: nearly all rows, in the whole world."""
    return f"{WORLD}&{_fill(SORTS[-1][0], number)}"


def _part(number: int) -> str:
    column, row = 100 + number % 50, 40 + number // 50 % 50
    return f"across=256&view={column},{row},{column + 97},{row + 61}"


def _fill(text: str, number: int) -> str:
    day = _FIRST + dt.timedelta(number % _DAYS)
    return text.format(day=day, later=day + dt.timedelta(1_500), year_on=day + dt.timedelta(364))
