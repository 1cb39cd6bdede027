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
    if start is None and end is None:
        return ""
    if start is None or end is None:
        day = start or end
        assert day is not None  # noqa: S101 - one of the two is given
        if start:
            words = str(day.year) if (day.month, day.day) == (1, 1) else describe_day(day)
            return f"since {words}"
        return f"until {day.year if (day.month, day.day) == (12, 31) else describe_day(day)}"
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return str(start.year) if start.year == end.year else f"{start.year} to {end.year}"
    return describe_day(start) if start == end else f"{describe_day(start)} to {describe_day(end)}"


def describe_day(day: dt.date) -> str:
    """Say a day: "16 September 2022"."""
    return describe_when(day.isoformat(), TimeSense.WITHIN)


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
