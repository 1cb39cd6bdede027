"""What a picture says of its filter and of what it shows, in words. It counts nothing."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from incidents.drafts import TimeSense
from incidents.filters import NONE, IncidentFilter
from incidents.taxonomy import Taxonomy
from incidents.when import describe_when

_NAMED = 3


def describe_filter(chosen: IncidentFilter, taxonomy: Taxonomy, regions: Mapping[str, tuple[str, str | None]]) -> str:
    """Say what a filter selects: "Airstrikes; Sagaing; since January 2022". Empty for a filter that selects all."""
    said = [
        _some("kind", chosen.kind, lambda key: taxonomy.kinds[key].plural or taxonomy.kinds[key].label),
        _some("aircraft", chosen.aircraft, lambda key: taxonomy.equipment[key].label),
        _some("region", chosen.region, lambda code: regions[code][0] if code in regions else code),
        describe_window(chosen.start, chosen.end),
    ]
    if chosen.grade:
        graded = _some("grade", chosen.grade, lambda key: taxonomy.grades[key].label)
        said.append(graded if chosen.grade == NONE else f"graded {graded}")
    if chosen.precision:
        said.append(f"place known to: {taxonomy.say_floor(chosen.precision.value).lower()}")
    if not chosen.undated:
        said.append("undated left out")
    if chosen.words:
        said.append(f"“{' '.join(chosen.words)}”")
    if chosen.bbox:
        said.append("a part of the map")
    return "; ".join(part for part in said if part)


def describe_window(start: dt.date | None, end: dt.date | None) -> str:
    """Say a window of days: "2021", "January 2022 to 5 March 2022", "since 2021", "until 2014"; empty for none."""
    if end is None:
        return f"since {describe_edge(start)}" if start else ""
    if start is None:
        return f"until {describe_edge(end, last=True)}"
    if start == end:
        return describe_day(start)
    coarsest = max(_fineness(start), _fineness(end, last=True))
    first, last = (describe_day(day, coarsest) for day in (start, end))
    return first if first == last else f"{first} to {last}"


def describe_edge(day: dt.date, *, last: bool = False) -> str:
    """Say where a window begins, or ends with `last`, no more closely than it does: "2021", "September 2022"."""
    return describe_day(day, _fineness(day, last=last))


def describe_day(day: dt.date, parts: int = 3) -> str:
    """Say a day: "16 September 2022"; with two parts its month, with one its year."""
    if parts < 3:
        return f"{day:%B} {day.year}" if parts == 2 else str(day.year)
    return describe_when(day.isoformat(), TimeSense.WITHIN)


def _fineness(day: dt.date, *, last: bool = False) -> int:
    """Give in how many parts of a date an edge is said: 1 where it is a year's, 2 where a month's, else 3."""
    if day == dt.date.max:
        return 1 if last else 3
    beside = day + dt.timedelta(days=1) if last else day
    return 3 if beside.day != 1 else 2 if beside.month != 1 else 1


def count_words(incidents: int, patterns: int) -> str:
    """Say "1 incident and 9 patterns", "9 patterns" or "0 incidents"."""
    said = []
    if incidents or not patterns:
        said.append(f"{incidents:,} {'incident' if incidents == 1 else 'incidents'}")
    if patterns:
        said.append(f"{patterns:,} {'pattern' if patterns == 1 else 'patterns'}")
    return " and ".join(said)


def _some(name: str, keys: Sequence[str], label: Callable[[str], str]) -> str:
    if keys == NONE:
        return f"no {name}"
    labels = [label(key) for key in keys]
    if len(labels) > _NAMED:
        return f"{', '.join(labels[: _NAMED - 1])} and {len(labels) - _NAMED + 1} more"
    return ", ".join(labels)
