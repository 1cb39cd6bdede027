"""How a request becomes a chart over time: the picture's words around an edition's figures, and its table.

It counts nothing and draws nothing: `app.pictures` does.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.pictures.chart import By, Strip, TimeChart, Unit
from app.pictures.timelines import MOST_BINS, Line, Timeline, make_timeline
from app.picturing import drawing_turn
from app.reading import Asked
from app.site import site
from incidents.drafts import TimeSense
from incidents.editions.tabulating import count_unshown
from incidents.when import describe_when

_MOST_NAMED = 3
# A chart takes milliseconds to draw, so that waiting for several, or for a map, is worth it.
_PATIENCE_S = 20.0
_CALLED = {"kind": "kind", "aircraft": "aircraft", "region": "region"}
_ELSEWHERE = {
    "aircraft": ("{count} names no aircraft of these", "{count} name no aircraft of these"),
    "region": ("{count} is known to none of these regions", "{count} are known to none of these regions"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A bin of the table: what it is called, and for each line what stands in it."""

    label: str
    cells: tuple[dict[str, int], ...]


def read_timeline(
    question: Asked, by: By = "kind", unit: Unit | None = None, most_bins: int | None = MOST_BINS
) -> Timeline:
    """Put together the series that a request asks for. most_bins: None for all of them, as data have."""
    return make_timeline(question.edition, question.filter, by, unit, most_bins)


def draw_chart(chart: TimeChart, *, theme: str, width: int) -> bytes:
    """Draw a chart as SVG, when it is its turn. Raises DrawingBusy."""
    if draughtsman := site().draughtsman:
        task = "app.pictures.charts:draw_time_chart"
        return draughtsman.order(task, chart, wait_s=_PATIENCE_S, theme=theme, width=width)
    with drawing_turn(_PATIENCE_S):
        from app.pictures.charts import draw_time_chart  # noqa: PLC0415 - loads what draws when the first chart is asked for

        return draw_time_chart(chart, theme=theme, width=width)


def say_choice(question: Asked) -> str:
    """Name what a filter chooses by region, aircraft and kind, as a heading may; empty where it chooses none."""
    selection, taxonomy = question.filter, question.edition.taxonomy
    regions = {region["code"]: region["name"] for region in question.edition.known_regions()}
    labels = [regions.get(code, code) for code in selection.region]
    labels += [taxonomy.equipment[key].label for key in selection.aircraft if key in taxonomy.equipment]
    labels += [taxonomy.kinds[key].plural for key in selection.kind if key in taxonomy.kinds]
    return ", ".join(labels) if len(labels) <= _MOST_NAMED else f"{', '.join(labels[:2])} and {len(labels) - 2} more"


def describe_chart(question: Asked, timeline: Timeline, about: str = "") -> TimeChart:
    """Put the words around the series. about: what they are of, such as a region's name."""
    edition = question.edition
    manifest = edition.manifest
    unshown = count_unshown(edition, question.filter).words
    notes = [*say_notes(timeline), *([f"{unshown}."] if unshown else [])]
    title = f"Incidents per {timeline.unit} by {_CALLED[timeline.by]}{f': {about}' if about else ''}"
    day = describe_when(manifest.published_at[:10], TimeSense.WITHIN)
    return TimeChart(
        title=title,
        description=" ".join([f"{title}.", *_say_lines(timeline), *notes]),
        unit=timeline.unit,
        starts=timeline.starts,
        strips=[_make_strip(line) for line in timeline.lines] if timeline.starts else [],
        notes=notes,
        source=f"Source: {site().settings.site_title}, edition {edition.name}, published {day}. {manifest.licence}."
        + (" A demonstration: approved by nobody." if manifest.demonstration else ""),
    )


def say_notes(timeline: Timeline) -> list[str]:
    """Say how many of how many records stand in the chart, and what does not."""
    dated, rows = timeline.standing - timeline.undated, timeline.rows
    if not rows:
        return ["Nothing is in this choice."]
    drawn = dated if timeline.starts else 0
    missing = []
    if dated > drawn:
        missing.append(f"{dated:,} {'lies' if dated == 1 else 'lie'} beyond the days that the chart reaches")
    if timeline.undated:
        missing.append(f"{timeline.undated:,} {'has' if timeline.undated == 1 else 'have'} no date")
    if rows > timeline.standing and timeline.by in _ELSEWHERE:
        one, many = _ELSEWHERE[timeline.by]
        missing.append((one if rows - timeline.standing == 1 else many).format(count=f"{rows - timeline.standing:,}"))
    said = [f"{drawn:,} of {rows:,} {'record' if rows == 1 else 'records'} shown{': ' if missing else ''}"]
    said[0] += " and ".join(missing) + "."
    if timeline.by == "aircraft" and len(timeline.lines) > 1:
        said.append("A type counts everything below it, so that the strips are not to be added up.")
    if timeline.by == "region" and len(timeline.lines) > 1:
        said.append("An incident of several regions stands in each of them.")
    if timeline.by == "aircraft" and timeline.further:
        said.append(f"{len(timeline.further):,} more types stand in the data alone.")
    if timeline.cut:
        said.append(f"The first and the last {timeline.unit} of the window stand whole.")
    if timeline.left_out:
        said.append(f"{timeline.left_out:,} other {timeline.unit}s are left out, and stand in the data alone.")
    return said


def say_found(line: Line) -> str:
    """Say how much a line has: certain and possible apart where it is of aircraft."""
    incidents, patterns = line.found
    if line.possible is None:
        return _say_count(incidents, patterns)
    return f"{_say_amount(incidents, patterns)} certain, {_say_amount(*line.possible)} possible"


def say_bin(timeline: Timeline, at: int) -> str:
    """Name a bin: "September 2022", "2022"."""
    first = timeline.bins[at][0]
    return f"{first:%B} {first.year}" if timeline.unit == "month" else str(first.year)


def tabulate(timeline: Timeline) -> list[Row]:
    """Give the bins that hold anything, with their counts by line."""
    rows = []
    for at in range(len(timeline.bins)):
        cells = tuple(_cell(line, at) for line in timeline.lines)
        if any(any(cell.values()) for cell in cells):
            rows.append(Row(say_bin(timeline, at), cells))
    return rows


def chart_of(question: Asked, by: By) -> dict[str, Any]:
    """Give what a page needs to show a chart with its table. elsewhere: records that belong to none of its lines."""
    timeline = read_timeline(question, by)
    return {
        "chart": {
            "by": by,
            "unit": timeline.unit,
            "about": say_choice(question),
            "pairs": question.to_pairs(),
            "heads": [{"label": line.label, "found": say_found(line)} for line in timeline.lines],
            "rows": tabulate(timeline),
            "notes": say_notes(timeline),
            "elsewhere": timeline.rows - timeline.standing,
            "first": say_bin(timeline, 0) if timeline.starts else None,
            "last": say_bin(timeline, len(timeline.bins) - 1) if timeline.starts else None,
        }
    }


def write_csv(timeline: Timeline, window: tuple[dt.date | None, dt.date | None]) -> str:
    """Write all series, the smaller ones, too: a line for each bin and series that has anything.

    window: first and last day of what was asked for. The last column says of a bin that reaches beyond it, for it is
    counted whole.
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    of_aircraft = timeline.by == "aircraft"
    writer.writerow(
        ["from", "to", timeline.by, "label", "incidents_certainly_then", "incidents_possibly_then"]
        + (["incidents_aircraft_possible"] if of_aircraft else [])
        + ["patterns", "reaches_beyond_window"]
    )
    start, end = window
    drawn = [line for line in timeline.lines if line.key]
    for at, (first, last) in enumerate(timeline.bins):
        beyond = (start is not None and first < start) or (end is not None and last > end)
        for line in (*drawn, *timeline.further):
            cell = _cell(line, at)
            if any(cell.values()):
                counts = [cell["solid"], cell["light"], *([cell["doubtful"]] if of_aircraft else []), cell["patterns"]]
                when = [first.isoformat(), last.isoformat()]
                writer.writerow([*when, line.key, _harmless(line.label), *counts, "yes" if beyond else "no"])
    return written.getvalue()


def _cell(line: Line, at: int) -> dict[str, int]:
    return {
        "solid": line.solid[at],
        "light": line.light[at],
        "doubtful": line.doubtful[at] if line.doubtful else 0,
        "patterns": line.patterns[at],
    }


def _make_strip(line: Line) -> Strip:
    return Strip(line.label, say_found(line), line.family, line.solid, line.light, line.patterns, line.doubtful)


def _say_lines(timeline: Timeline) -> Iterator[str]:
    for line in timeline.lines:
        yield f"{line.label}: {say_found(line)}."
    if timeline.starts:
        yield f"From {say_bin(timeline, 0)} to {say_bin(timeline, len(timeline.bins) - 1)}."


def _say_count(incidents: int, patterns: int) -> str:
    if not incidents and patterns:
        return _say_patterns(patterns).removeprefix(", ")
    return f"{incidents:,} incident{'' if incidents == 1 else 's'}{_say_patterns(patterns)}"


def _say_amount(incidents: int, patterns: int) -> str:
    """Say "5", "5 and 3 patterns" or, of what is known as patterns alone, "3 patterns": their number is no zero."""
    if not patterns:
        return f"{incidents:,}"
    waves = _say_patterns(patterns).removeprefix(", ")
    return f"{incidents:,} and {waves}" if incidents else waves


def _say_patterns(patterns: int) -> str:
    return f", {patterns:,} pattern{'' if patterns == 1 else 's'}" if patterns else ""


def _harmless(text: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
