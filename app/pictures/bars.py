"""What the chart beneath a map shows: bars of time, all kinds by family, or a row for each type of aircraft.

It asks an edition and draws nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.pictures.palette import FAMILIES
from app.pictures.timelines import Line, Timeline, make_timeline
from incidents.filters import IncidentFilter

if TYPE_CHECKING:
    # What draws gets bars from another process: it need not load what reads editions.
    from incidents.editions.edition import Edition

_MOST_TYPES = 6


@dataclass(frozen=True, slots=True)
class Bars:
    """Counts by bin of time, all rows on one scale.

    label: "" where the row is of everything. families: incidents that are certainly of a bin, by family, those that
    have any. light: those that may be. patterns: patterns that reach into it, which are no bars.
    """

    label: str
    families: Mapping[str, Sequence[int]]
    light: Sequence[int]
    patterns: Sequence[int]

    @property
    def tallest(self) -> int:
        """The height of the tallest bar."""
        return max((sum(counts) for counts in zip(*self.families.values(), self.light, strict=True)), default=0)


@dataclass(frozen=True, slots=True)
class BarChart:
    """See the module. starts: first day of each bin, in days since 1970, and the day after the last one.

    note: what the bars leave out.
    """

    title: str
    unit: str
    starts: tuple[int, ...]
    rows: tuple[Bars, ...]
    note: str


def find_bars(edition: "Edition", chosen: IncidentFilter, by: str) -> BarChart:
    """Count what a filter selects by time. by: kind or aircraft."""
    timeline = make_timeline(edition, chosen, "aircraft" if by == "aircraft" else "kind")
    lines = [line for line in (*timeline.lines, *timeline.further) if line.key]
    if not timeline.starts or not lines:
        rows: tuple[Bars, ...] = ()
    else:
        rows = (_all_of(lines),) if by == "kind" else _types(edition, chosen, timeline)
    return BarChart(
        title=f"Incidents by {timeline.unit}" + (" and aircraft, certain ones" if by == "aircraft" else ""),
        unit=timeline.unit,
        starts=timeline.starts,
        rows=rows,
        note=_say_missing(timeline),
    )


def _all_of(lines: Sequence[Line]) -> Bars:
    def add(counts: Sequence[Sequence[int]]) -> tuple[int, ...]:
        return tuple(map(sum, zip(*counts, strict=True)))

    families = {family: [line.solid for line in lines if line.family == family] for family in FAMILIES}
    return Bars(
        "",
        {family: added for family, counts in families.items() if counts and any(added := add(counts))},
        add([line.light for line in lines]),
        add([line.patterns for line in lines]),
    )


def _types(edition: "Edition", chosen: IncidentFilter, timeline: Timeline) -> tuple[Bars, ...]:
    """Give the types below which there is none with anything, those with the most first."""
    equipment = edition.taxonomy.equipment
    answer = edition.series(chosen, "aircraft", timeline.unit)
    places = {start: at for at, start in enumerate(answer["starts"])}
    part = [places.get(start) for start in timeline.starts[:-1]]
    found = [
        (
            one["key"],
            *([0 if at is None else int(one[name][at]) for at in part] for name in ("solid", "light", "patterns")),
        )
        for one in answer["series"]
    ]
    some = [one for one in found if any(map(any, one[1:]))]
    parents = {equipment[key].parent for key, *_ in some}
    finest = [one for one in some if one[0] not in parents]
    finest.sort(key=lambda one: (-sum(map(sum, one[1:])), one[0]))
    return tuple(
        Bars(equipment[key].label, {"air": solid}, light, patterns)
        for key, solid, light, patterns in finest[:_MOST_TYPES]
    )


def _say_missing(timeline: Timeline) -> str:
    """Say what of the selection the bars do not have."""
    said = []
    if timeline.undated:
        said.append(f"{timeline.undated:,} {'has' if timeline.undated == 1 else 'have'} no date")
    if timeline.left_out:
        said.append(f"{timeline.left_out:,} other {timeline.unit}s are left out")
    return "; ".join(said)
