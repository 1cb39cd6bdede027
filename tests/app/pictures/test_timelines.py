"""The series of charts, held against plain Python over the same records."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from app.pictures.chart import BYS, By, Unit
from app.pictures.timelines import MOST_BINS, MOST_LINES, Timeline, make_timeline
from incidents.drafts import Extent
from incidents.editions.edition import Edition
from incidents.editions.public import PublicIncident
from incidents.errors import BadFilter
from incidents.filters import IncidentFilter
from tests.factories import make_public, make_random_rows, make_store

# No two of them are the same incident, so that plain Python may count row by row.
ROWS = tuple(replace(row, links=()) for row in make_random_rows(300, seed=5))


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return make_store(tmp_path_factory.mktemp("editions"), ROWS).current()


def bins_of(row: PublicIncident, timeline: Timeline) -> list[int]:
    first, last = row.draft.earliest or dt.date.min, row.draft.latest or dt.date.max
    return [at for at, (start, end) in enumerate(timeline.bins) if first <= end and last >= start]


def is_solid(row: PublicIncident, timeline: Timeline, bins: list[int]) -> bool:
    if not row.draft.earliest or not row.draft.latest or len(bins) != 1:
        return False
    start, end = timeline.bins[bins[0]]
    return start <= row.draft.earliest and row.draft.latest <= end


@pytest.mark.parametrize("unit", ["month", "year"])
@pytest.mark.parametrize(
    "selection",
    [IncidentFilter(), IncidentFilter(region=("MM-01",)), IncidentFilter(kind=("airstrike", "shelling", "protest"))],
)
def test_kinds_are_counted_as_plain_python_counts(edition: Edition, selection: IncidentFilter, unit: Unit) -> None:
    timeline = make_timeline(edition, selection, "kind", unit)
    assert timeline.lines
    rows = [
        row
        for row in ROWS
        if (row.draft.earliest or row.draft.latest)
        and (not selection.kind or row.draft.kind in selection.kind)
        and (not selection.region or selection.region[0] in {link.code for link in row.draft.location.regions})
    ]
    for line in (line for line in (*timeline.lines, *timeline.further) if line.key):
        solid, light, patterns = ([0] * len(timeline.bins) for _ in range(3))
        for row in (row for row in rows if row.draft.kind == line.key):
            bins = bins_of(row, timeline)
            for at in bins:
                if row.draft.extent is Extent.PATTERN:
                    patterns[at] += 1
                elif is_solid(row, timeline, bins):
                    solid[at] += 1
                else:
                    light[at] += 1
        assert line.solid == tuple(solid), line.key
        assert line.patterns == tuple(patterns), line.key
        # An open end reaches as far as the edition does, and a chart no further.
        assert all(mine <= theirs for mine, theirs in zip(line.light, light, strict=True)), line.key


@pytest.mark.parametrize("by", BYS)
@pytest.mark.parametrize("selection", [IncidentFilter(), IncidentFilter(region=("MM",)), IncidentFilter(undated=False)])
def test_totals_are_the_facets_and_rows_add_up(edition: Edition, selection: IncidentFilter, by: By) -> None:
    timeline = make_timeline(edition, selection, by)
    facets = edition.facets(selection)[by]
    for line in (line for line in (*timeline.lines, *timeline.further) if line.key):
        found = facets[line.key]
        if by == "aircraft":
            assert line.possible == (found["possible"]["incidents"], found["possible"]["patterns"])
            found = found["certain"]
        assert line.found == (found["incidents"], found["patterns"])
        assert sum(line.solid) <= line.found[0]
    assert timeline.rows == edition.counts(selection).matched
    assert 0 <= timeline.undated <= timeline.standing <= timeline.rows
    if by == "kind":
        assert timeline.standing == timeline.rows
        dated = edition.counts(replace(selection, undated=False)).matched
        assert timeline.rows - timeline.undated == dated


def test_smaller_kinds_are_joined_and_nothing_is_lost(edition: Edition) -> None:
    timeline = make_timeline(edition, IncidentFilter(), "kind", "year")
    assert len(timeline.lines) == MOST_LINES
    rest = timeline.lines[-1]
    assert rest.label == f"{timeline.joined} other kinds"
    assert rest.found[0] == sum(line.found[0] for line in timeline.further)
    assert rest.solid == tuple(map(sum, zip(*(line.solid for line in timeline.further), strict=True)))
    total = sum(line.found[0] for line in timeline.lines)
    assert total == edition.counts().incidents
    assert min(line.size for line in timeline.lines[:-1]) >= max(line.size for line in timeline.further)


def test_types_hold_those_below_them_and_are_not_added_up(edition: Edition) -> None:
    timeline = make_timeline(edition, IncidentFilter(aircraft=("helicopter",)), "aircraft", "year")
    first, *below = timeline.lines
    assert first.key == "helicopter"
    assert {line.key for line in below} <= {
        node.key for node in edition.taxonomy.equipment.values() if node.parent == "helicopter"
    }
    for line in below:
        for mine, whole in zip(line.solid, first.solid, strict=True):
            assert mine <= whole
    assert timeline.joined == 0


def test_regions_of_a_chart_lie_in_no_other(edition: Edition) -> None:
    parents = {region["code"]: region["parent"] for region in edition.known_regions()}
    for selection in (IncidentFilter(), IncidentFilter(region=("MM",)), IncidentFilter(region=("MM-01",))):
        codes = {line.key for line in make_timeline(edition, selection, "region").lines}
        assert codes
        assert not codes & {parents[code] for code in codes}


def test_the_window_ends_the_chart(edition: Edition) -> None:
    selection = IncidentFilter(start=dt.date(2001, 3, 15), end=dt.date(2003, 6, 30))
    timeline = make_timeline(edition, selection, "kind", "month")
    assert timeline.cut
    assert any(sum(line.solid) for line in timeline.lines)
    assert timeline.bins[0][0] >= dt.date(2001, 3, 1)
    assert timeline.bins[-1][1] <= dt.date(2003, 6, 30)
    whole = replace(selection, start=dt.date(2001, 3, 1))
    assert not make_timeline(edition, whole, "kind", "month").cut


def test_what_selects_nothing_has_no_bins(edition: Edition) -> None:
    for by in BYS:
        timeline = make_timeline(edition, IncidentFilter(words=("nowhere to be found",)), by)
        assert (timeline.starts, timeline.lines, timeline.rows) == ((), (), 0)


def test_a_type_that_is_asked_for_and_has_nothing_has_an_empty_line(edition: Edition) -> None:
    unused = next(key for key in edition.taxonomy.equipment if key not in edition.facets()["aircraft"])
    for selection in (
        IncidentFilter(aircraft=(unused,)),
        IncidentFilter(aircraft=("mi-35",), end=dt.date(1900, 12, 31), undated=False),
    ):
        timeline = make_timeline(edition, selection, "aircraft")
        assert timeline.rows == 0
        for line in timeline.lines:
            assert (line.found, line.possible) == ((0, 0), (0, 0))


def test_a_short_span_is_months_and_a_long_one_years(tmp_path: Path) -> None:
    def made(name: str, *dates: str) -> Timeline:
        rows = [
            make_public(at, earliest=dt.date.fromisoformat(day), latest=dt.date.fromisoformat(day))
            for at, day in enumerate(dates, 1)
        ]
        return make_timeline(make_store(tmp_path / name, rows).current(), IncidentFilter(), "kind")

    assert made("short", "2020-01-05", "2023-12-31").unit == "month"
    assert made("long", "2012-01-05", "2023-12-31").unit == "year"
    one = made("one", "2022-09-16")
    assert one.unit == "month"
    assert len(one.bins) == 12, "one bar does not fill the chart"
    assert sum(one.lines[0].solid) == 1
    old = made("old", "0001-01-01", "9999-12-31")
    assert len(old.bins) <= MOST_BINS
    assert old.left_out > 0
    assert sum(old.lines[0].solid) == 1
    typed = made("typed", "2021-03-01", "2021-04-01", "9998-01-01")
    assert typed.bins[0][0] <= dt.date(2021, 3, 1) <= typed.bins[-1][1], "one date far off hides all others"
    assert sum(typed.lines[0].solid) == 2


def test_a_date_far_off_refuses_no_chart_of_others_and_hides_nothing_in_the_data(tmp_path: Path) -> None:
    days = [dt.date(2021, 3, 1), dt.date(2021, 4, 1), dt.date(9998, 1, 1)]
    rows = [make_public(at, earliest=day, latest=day) for at, day in enumerate(days, 1)]
    edition = make_store(tmp_path, rows).current()
    chosen = IncidentFilter(start=dt.date(2021, 1, 1), end=dt.date(2021, 12, 31))
    assert sum(make_timeline(edition, chosen, "kind").lines[0].solid) == 2
    assert make_timeline(edition, IncidentFilter(words=("nowhere",)), "kind").rows == 0
    whole = make_timeline(edition, IncidentFilter(), "kind", most_bins=None)
    assert (sum(whole.lines[0].solid), whole.left_out) == (3, 0)
    with pytest.raises(BadFilter):
        make_timeline(edition, chosen, "kind", "month")


def test_undated_ones_are_in_no_bar_and_said(tmp_path: Path) -> None:
    rows = [make_public(1), make_public(2, date=None, earliest=None, latest=None)]
    timeline = make_timeline(make_store(tmp_path, rows).current(), IncidentFilter(), "kind")
    assert (timeline.rows, timeline.standing, timeline.undated) == (2, 2, 1)
    assert sum(timeline.lines[0].solid) + sum(timeline.lines[0].light) == 1
    assert timeline.lines[0].found == (2, 0)
