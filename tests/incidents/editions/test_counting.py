"""What the columns are counted to, held against plain Python over the same rows: the meaning said a second time."""

import bisect
import datetime as dt
import gzip
import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa
import pytest

from geodata.bbox import BBox
from geodata.locations import Location
from geodata.points import LonLat
from geodata.precision import Precision
from incidents.drafts import Extent
from incidents.editions import choosing, timelines
from incidents.editions.columns import NO_END, NO_START, Columns, from_bytes, place
from incidents.editions.edition import Edition
from incidents.editions.grids import Box, Grid
from incidents.editions.public import PublicIncident
from incidents.editions.reader import EditionStore
from incidents.editions.spreading import LEVELS
from incidents.editions.sweeping import FAMILIES
from incidents.editions.tombstones import add_tombstone
from incidents.errors import BadFilter, TooManyRows
from incidents.filters import NONE, IncidentFilter
from incidents.taxonomy import load_taxonomy
from tests.factories import MYANMAR, make_id, make_location, make_public, make_random_rows, make_store

TAXONOMY = load_taxonomy()


def varied_rows(count: int, seed: int) -> Iterator[PublicIncident]:
    """Make rows of which many share a place, some lie at the antimeridian, some are open, many are linked."""
    rng = random.Random(seed)  # noqa: S311 - chooses examples
    places = [LonLat(179.9, -17.0), LonLat(-179.9, -17.1), LonLat(0.0, 0.0), LonLat(96.1, 21.9), LonLat(20.0, 89.0)]
    for number, row in enumerate(make_random_rows(count, seed), 1):
        draft = row.draft
        if draft.location.precision.claims_point and rng.random() < 0.5:
            spot: Location = replace(draft.location, point=rng.choice(places))
            draft = replace(draft, location=spot)
        if rng.random() < 0.1:
            draft = replace(draft, earliest=None)
        links = (make_id(rng.randrange(1, count + 1)),) if rng.random() < 0.15 else row.links
        yield replace(row, id=make_id(number), draft=draft, links=links)


@pytest.fixture(scope="module", params=["whole", "with rows taken back"])
def edition(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    root = tmp_path_factory.mktemp("editions")
    store = make_store(root, varied_rows(500, seed=5))
    if request.param != "whole":
        add_tombstone(root, [make_id(number) for number in range(3, 500, 9)], reason="safety", at="2026-01-01T00:00Z")
    return store.current()


class Row:
    """A row read back from the columns, with keys instead of numbers."""

    def __init__(self, columns: Columns, number: int) -> None:
        terms = columns.terms
        self.number = number
        self.kind = terms.kinds[columns.kind[number]]
        self.family = TAXONOMY.kinds[self.kind].family
        self.precision = list(Precision)[columns.precision[number]]
        self.pattern = bool(columns.pattern[number])
        self.x, self.y = int(columns.x[number]), int(columns.y[number])
        self.area = terms.regions[columns.area[number]].code if columns.area[number] >= 0 else None
        self.regions = {terms.regions[at].code for at in terms.region_sets[columns.region_set[number]]}
        aircraft = terms.aircraft_sets[columns.aircraft_set[number]]
        self.certain = {terms.aircraft[at] for at in aircraft.certain}
        self.possible = {terms.aircraft[at] for at in aircraft.possible}
        self.earliest = None if columns.earliest[number] == NO_START else int(columns.earliest[number])
        self.latest = None if columns.latest[number] == NO_END else int(columns.latest[number])
        self.group = int(columns.group[number])
        self.grade = terms.grades[columns.grade[number]] if columns.grade[number] >= 0 else None

    @property
    def undated(self) -> bool:
        return self.earliest is None and self.latest is None


READ: WeakKeyDictionary[Edition, list[Row]] = WeakKeyDictionary()


def read_rows(edition: Edition) -> list[Row]:
    columns = edition.rows
    if edition not in READ:
        numbers = [number for number in range(len(columns)) if number not in columns.terms.withdrawn]
        READ[edition] = [Row(columns, number) for number in numbers]
    return READ[edition]


def day(date: dt.date) -> int:
    return (date - dt.date(1970, 1, 1)).days


def fails(row: Row, filter_: IncidentFilter, texts: set[int], boxes: set[int]) -> set[str]:
    """Name the parts of the filter that the row does not meet."""
    too_early = filter_.start is not None and row.latest is not None and row.latest < day(filter_.start)
    too_late = filter_.end is not None and row.earliest is not None and row.earliest > day(filter_.end)
    tests = {
        "kind": bool(filter_.kind) and row.kind not in filter_.kind,
        "aircraft": bool(filter_.aircraft) and not (row.certain | row.possible) & set(filter_.aircraft),
        "region": bool(filter_.region) and not row.regions & set(filter_.region),
        "grade": bool(filter_.grade) and row.grade not in filter_.grade,
        "precision": filter_.precision is not None and row.precision.rank > filter_.precision.rank,
        "time": too_early or too_late or (not filter_.undated and row.undated),
        "q": bool(filter_.words) and row.number not in texts,
        "bbox": filter_.bbox is not None and row.number not in boxes,
    }
    return {name for name, failed in tests.items() if failed}


def carriers(rows: Iterable[Row]) -> tuple[dict[int, Row], dict[int, Row]]:
    """Give, by group, the first row that is an incident, and where there is none the first pattern."""
    incidents: dict[int, Row] = {}
    patterns: dict[int, Row] = {}
    for row in rows:
        if not row.pattern:
            incidents.setdefault(row.group, row)
    for row in rows:
        if row.pattern and row.group not in incidents:
            patterns.setdefault(row.group, row)
    return incidents, patterns


def count(rows: Iterable[Row]) -> list[int]:
    return [len(each) for each in carriers(list(rows))]


def tally(rows: list[Row], keys: Callable[[Row], Iterable[str | None]]) -> dict[str, list[int]]:
    by_key: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for key in keys(row):
            if key is not None:
                by_key[key].append(row)
    return {key: count(each) for key, each in by_key.items()}


class Asked:
    """All rows of an edition, and which of a filter's parts each fails."""

    def __init__(self, edition: Edition, filter_: IncidentFilter) -> None:
        texts = set(edition.matches(IncidentFilter(words=filter_.words))) if filter_.words else set()
        boxes = set(edition.matches(IncidentFilter(bbox=filter_.bbox))) if filter_.bbox else set()
        self.rows = read_rows(edition)
        self.fails = [fails(row, filter_, texts, boxes) for row in self.rows]

    def without(self, *names: str) -> list[Row]:
        return [row for row, failed in zip(self.rows, self.fails, strict=True) if failed <= set(names)]


def random_filters(count: int, seed: int) -> Iterator[IncidentFilter]:
    rng = random.Random(seed)  # noqa: S311 - chooses examples

    def day_from() -> dt.date:
        return dt.date(1990, 1, 1) + dt.timedelta(days=rng.randrange(12_000))

    makers: list[Callable[[], dict[str, Any]]] = [
        lambda: {"kind": tuple(rng.sample(list(TAXONOMY.kinds), rng.randint(1, 12)))},
        lambda: {"aircraft": tuple(rng.sample(list(TAXONOMY.equipment), rng.randint(1, 20)))},
        lambda: {"region": tuple(rng.sample(["MM", "MM-01", "MM-14", "XX"], rng.randint(1, 3)))},
        lambda: {"grade": tuple(rng.sample(list(TAXONOMY.grades), 2))},
        lambda: {"start": day_from()},
        lambda: {"end": day_from()},
        lambda: dict(zip(("start", "end"), sorted((day_from(), day_from())), strict=True)),
        lambda: {"undated": False},
        lambda: {"precision": rng.choice(list(Precision))},
        lambda: {"words": (rng.choice(["mandalay", "kala", "ရန်ကုန်", "စစ်ကိုင်း", "mi-"]),)},
        lambda: {"bbox": BBox(rng.uniform(90, 97), rng.uniform(8, 20), rng.uniform(97, 103), rng.uniform(20, 30))},
        lambda: {"bbox": BBox(rng.uniform(97, 180), -20, rng.uniform(-180, 90), rng.uniform(20, 30))},
        lambda: {rng.choice(["kind", "region", "aircraft", "grade"]): NONE},
    ]
    yield IncidentFilter()
    for _ in range(count - 1):
        chosen: dict[str, Any] = {}
        for maker in rng.sample(makers, rng.choice([1, 1, 2, 2, 3])):
            chosen |= maker()
        yield IncidentFilter(**chosen)


def test_tallies_count_what_plain_python_counts(edition: Edition) -> None:
    shown_some = 0
    for filter_ in random_filters(150, seed=21):
        asked = Asked(edition, filter_)
        found = edition.tallies(filter_)
        shown = asked.without()
        shown_some += 0 < len(shown) < len(asked.rows)
        assert found["total"] == len(asked.rows)
        assert (found["shown"], [found["incidents"], found["patterns"]]) == (len(shown), count(shown)), filter_
        assert found["undated"] == sum(row.undated for row in asked.without("time"))
        assert found["placeless"] == sum(row.area is None and row.x < 0 for row in shown)
        assert found["kinds"] == tally(asked.without("kind"), lambda row: [row.kind]), filter_
        assert found["regions"] == tally(asked.without("region"), lambda row: row.regions), filter_
        assert found["grades"] == tally(asked.without("grade"), lambda row: [row.grade]), filter_
        assert found["precisions"] == tally(asked.without("precision"), lambda row: [row.precision.value]), filter_
        ways: dict[str, Callable[[Row], set[str]]] = {
            "certain": lambda row: row.certain,
            "possible": lambda row: row.possible,
        }
        for how, keys in ways.items():
            expected = tally(asked.without("aircraft"), keys)
            assert {key: each[how] for key, each in found["aircraft"].items() if each[how] != [0, 0]} == expected
        days = [each for row in asked.rows for each in (row.earliest, row.latest) if each is not None]
        assert found["span"] == [min(days), max(days)]
        check_beside(edition, filter_, asked, found["beside"])
        check_lifts(edition, filter_, asked, found["lifts"])
        check_spread(edition, filter_, shown, found)
        counts = edition.counts(filter_)
        assert (counts.total, counts.matched) == (len(asked.rows), len(shown))
        assert edition.matches(filter_) == [row.number for row in shown]
    assert shown_some > 75


def check_beside(edition: Edition, filter_: IncidentFilter, asked: Asked, found: list[dict[str, Any]]) -> None:
    holds = set(filter_.region)
    parents = {region["code"]: region["parent"] for region in edition.known_regions()}
    holds |= {parents[code] for code in filter_.region if parents.get(code)}
    expected: dict[str, int] = defaultdict(int)
    for row, failed in zip(asked.rows, asked.fails, strict=True):
        if failed and failed <= {"region", "precision"} and row.area and (not filter_.region or row.area in holds):
            expected[row.area] += 1
    assert {one["code"]: one["count"] for one in found} == expected, filter_


def check_spread(edition: Edition, filter_: IncidentFilter, shown: list[Row], tallies: dict[str, Any]) -> None:
    known = {region["code"]: region for region in edition.known_regions()}
    chosen = set(filter_.region)

    def is_chosen(code: str | None) -> bool:
        return code is not None and (not chosen or code in chosen or is_chosen(known[code]["parent"]))

    incidents: dict[int, list[Row]] = defaultdict(list)
    for row in shown:
        if not row.pattern:
            incidents[row.group].append(row)
    assert len(tallies["spread"]) == LEVELS
    for level, spread in enumerate(tallies["spread"]):
        parts = {
            code
            for code in chosen & set(known)
            if known[code]["level"] > level and not is_chosen(known[code]["parent"])
        }
        filled = parts | {code for code, region in known.items() if region["level"] == level and is_chosen(code)}
        places = Counter(
            "within"
            if any(row.regions & filled for row in rows)
            else rows[0].area or ("placeless" if rows[0].x < 0 else "nowhere")
            for rows in incidents.values()
        )
        codes = [region.code for region in edition.rows.terms.regions if places[region.code]]
        areas = sorted(((code, places[code]) for code in codes), key=lambda one: -one[1])
        assert spread == {
            **{name: places[name] for name in ("within", "nowhere", "placeless")},
            "areas": [list(area) for area in areas[:2]],
            "others": sum(number for _, number in areas[2:]),
        }, (filter_, level)
        assert sum(places.values()) == count(shown)[0], "every incident is in one of them, and in one alone"
        figures = [most for code, (most, _) in tallies["regions"].items() if code in filled]
        assert max(figures, default=0) <= spread["within"], "no region that is filled has more than all of them"


@pytest.mark.parametrize(("spot", "first"), [(LonLat(89.0, 20.0), "airstrike"), (LonLat(93.0, 17.0), "displacement")])
def test_an_incident_lies_where_any_of_its_records_does(tmp_path: Path, spot: LonLat, first: str) -> None:
    at_sea = make_location(precision=Precision.SITE, point=spot, radius_m=10.0, regions=(MYANMAR,))
    inland = make_public(2, kind="displacement", links=(make_id(1),))
    edition = make_store(tmp_path, [make_public(1, location=at_sea), inland]).current()
    assert edition.rows.terms.kinds[edition.rows.kind[0]] == first, "either may be the one that carries the count"
    for filter_, within in ((IncidentFilter(), 1), (IncidentFilter(kind=("airstrike",)), 0)):
        tallies = edition.tallies(filter_)
        assert tallies["incidents"] == 1
        assert tallies["regions"].get("MM-01", [0, 0]) == [within, 0]
        countries, regions, _ = tallies["spread"]
        assert countries == {"within": 1, "areas": [], "others": 0, "nowhere": 0, "placeless": 0}
        assert regions == {"within": within, "areas": [], "others": 0, "nowhere": 1 - within, "placeless": 0}


def check_lifts(edition: Edition, filter_: IncidentFilter, asked: Asked, found: dict[str, int]) -> None:
    lifted = {
        "kind": {"kind": ()},
        "aircraft": {"aircraft": ()},
        "region": {"region": ()},
        "grade": {"grade": ()},
        "precision": {"precision": None},
        "time": {"start": None, "end": None},
        "undated": {"undated": True},
        "q": {"words": ()},
        "bbox": {"bbox": None},
    }
    expected = {}
    for name, without in lifted.items():
        changed = replace(filter_, **without)  # type: ignore[arg-type]  # each has values of its own kind
        if changed != filter_:
            expected[name] = edition.counts(changed).matched
    assert found == expected, filter_


def test_clusters_gather_what_plain_python_gathers(edition: Edition) -> None:
    rng = random.Random(31)  # noqa: S311 - chooses examples
    world = 2**31
    for filter_ in random_filters(200, seed=22):
        asked = Asked(edition, filter_)
        across = rng.choice([1, 2, 7, 93, 1_000, 54_321, 2**24])
        if across <= 93:
            first_column, last_column = rng.choice([(0, across - 1), (rng.randrange(across), rng.randrange(across))])
            first_row, last_row = 0, across - 1
        else:
            middle = asked.rows[rng.randrange(len(asked.rows))]
            column, line = (max(at, 0) * across // world for at in (middle.x, middle.y))
            first_column, last_column = (column - 9) % across, (column + 9) % across
            first_row, last_row = max(0, line - 9), min(across - 1, line + 9)
        grid = Grid(across, first_column, first_row, last_column, last_row)
        clusters = edition.clusters(filter_, grid)
        answer = pa.ipc.open_stream(clusters.to_bytes()).read_all()
        values = {name: column.tolist() for name, column in clusters.columns.items()}
        found = {cell: {name: column[at] for name, column in values.items()} for at, cell in enumerate(values["cell"])}
        assert list(found) == sorted(found)
        shown = asked.without()
        incidents, patterns = carriers(shown)
        cells: dict[int, list[Row]] = defaultdict(list)
        for row in shown:
            column, line = row.x * across // world, row.y * across // world
            at = (column - first_column) % across
            if row.area is None and row.x >= 0 and at < grid.width and first_row <= line <= last_row:
                cells[(line - first_row) * grid.width + at].append(row)
        assert set(found) == set(cells), (filter_, grid)
        for cell, rows in cells.items():
            one = found[cell]
            assert one["rows"] == len(rows)
            assert one["count"] == sum(incidents.get(row.group) is row for row in rows), (filter_, grid)
            assert one["patterns"] == sum(patterns.get(row.group) is row for row in rows)
            assert [one[name] for name in FAMILIES] == [sum(row.family == name for row in rows) for name in FAMILIES]
            assert one["coarse"] == all(not row.precision.claims_point for row in rows)
            assert one["first"] == rows[0].number
            columns = edition.rows
            for name in ("kind", "precision", "pattern", "radius", "earliest", "latest"):
                assert one[name] == getattr(columns, name)[rows[0].number]
            check_place(one, rows, grid)
        check_about(answer, edition, filter_, grid, asked)


def check_place(one: dict[str, int], rows: list[Row], grid: Grid) -> None:
    """Check that the spread holds the rows and leaves the cell nowhere, and is exact for one place."""
    size = 2**31 / grid.across
    for axis, low, high in (("x", "west", "east"), ("y", "north", "south")):
        values = [getattr(row, axis) for row in rows]
        line = values[0] * grid.across // 2**31
        assert one[low] <= min(values)
        assert max(values) <= one[high]
        assert {one[low] * grid.across // 2**31, one[high] * grid.across // 2**31} == {line}
        assert abs(one[axis] - sum(values) / len(values)) <= max(1, size / 64)
        if len({(row.x, row.y) for row in rows}) == 1:
            assert one[axis] == one[low] == one[high] == values[0]


def check_about(answer: pa.Table, edition: Edition, filter_: IncidentFilter, grid: Grid, asked: Asked) -> None:
    import json

    about = json.loads(answer.schema.metadata[b"bearing"])
    tallies = edition.tallies(filter_)
    for name in ("shown", "total", "incidents", "patterns", "undated", "placeless"):
        assert about[name] == tallies[name]
    shown = asked.without()
    incidents, patterns = carriers(shown)
    areas: dict[str, list[Row]] = defaultdict(list)
    for row in shown:
        if row.area:
            areas[row.area].append(row)
    expected = {
        code: [
            len(rows),
            sum(incidents.get(row.group) is row for row in rows),
            sum(patterns.get(row.group) is row for row in rows),
            *(sum(row.family == name for row in rows) for name in FAMILIES),
        ]
        for code, rows in areas.items()
    }
    areas_told = answer.slice(len(answer) - about["areas"]).to_pydict()
    places = itertools.accumulate(areas_told["step"])
    codes = [edition.rows.terms.regions[place].code for place in places]
    further, patterns_of, *families = (areas_told[name] for name in ("further", "patterns", *FAMILIES))
    rows = [sum(counts) for counts in zip(*families, strict=True)]
    counted = zip(rows, further, patterns_of, *families, strict=True)
    found = {
        code: [all_, all_ - more - open_, open_, *rest]
        for code, (all_, more, open_, *rest) in zip(codes, counted, strict=True)
    }
    assert {code: expected[code] for code in found} == found
    check_left_out(edition, set(expected) - set(found), grid)


def check_left_out(edition: Edition, left_out: set[str], grid: Grid) -> None:
    """Check that regions of which nothing is told are of the finest level and lie, with their parents, elsewhere."""
    regions = {region.code: region for region in edition.rows.terms.regions}
    cells = range(grid.first_column, grid.first_column + grid.width)
    for code in left_out:
        assert regions[code].level == max(region.level for region in regions.values())
        for one in filter(None, (code, regions[code].parent)):
            west, south, east, north = edition._territories.boxes[one]
            lines = (at.tolist() for at in place(np.array([west, east]), np.array([south, north])))
            (first, last), (bottom, top) = ([at * grid.across >> 31 for at in pair] for pair in lines)
            columns = range(first, last + 1)
            level = top <= grid.last_row and bottom >= grid.first_row
            assert not level or {column % grid.across for column in cells}.isdisjoint(columns)


def test_a_place_of_many_cells_counts_each_linked_incident_once(edition: Edition) -> None:
    for filter_ in random_filters(30, seed=23):
        clusters = edition.clusters(filter_, Grid(199, 0, 0, 198, 198))
        totals = clusters.totals
        placeless = Asked(edition, filter_).without()
        incidents, patterns = carriers(placeless)
        nowhere = [row for row in placeless if row.area is None and row.x < 0]
        for name, all_of, carried in (
            ("count", totals.incidents, incidents),
            ("patterns", totals.patterns, patterns),
        ):
            in_areas = int(clusters.areas.counts[:, 1 if name == "count" else 2].sum())
            elsewhere = sum(carried.get(row.group) is row for row in nowhere)
            assert int(clusters.columns[name].sum()) + in_areas + elsewhere == all_of


def test_series_of_too_many_counts_are_refused(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    bins = len(edition.histogram(IncidentFilter(), "year")["bins"])
    kinds = len(edition.rows.terms.kinds)
    monkeypatch.setattr(timelines, "MOST_COUNTS", bins * kinds)
    edition.series(IncidentFilter(), "kind", "year")
    monkeypatch.setattr(timelines, "MOST_COUNTS", bins * kinds - 1)
    with pytest.raises(BadFilter, match="take a coarser one") as refused:
        edition.series(IncidentFilter(), "kind", "year")
    assert refused.value.name == "unit"


@pytest.mark.parametrize("unit", ["month", "year", "decade"])
def test_histograms_count_what_plain_python_counts(edition: Edition, unit: str) -> None:
    for filter_ in random_filters(40, seed=24):
        asked = Asked(edition, replace(filter_, start=None, end=None, undated=False))
        found = edition.histogram(filter_, unit)["bins"]
        check_bins(found, unit)
        starts = [each[0] for each in found]
        rows = asked.without()
        incidents, _ = carriers(rows)
        assert [each[2:] for each in found] == bars(incidents.values(), [r for r in rows if r.pattern], starts), filter_


def check_bins(bins: list[list[int]], unit: str) -> None:
    for start, end, *_ in bins:
        first, after = (dt.date(1970, 1, 1) + dt.timedelta(each) for each in (start, end + 1))
        for edge in (first, after):
            assert edge.day == 1
            assert unit == "month" or edge.month == 1
            assert unit != "decade" or edge.year % 10 == 0
    assert [each[0] for each in bins[1:]] == [each[1] + 1 for each in bins[:-1]]


def bars(incidents: Iterable[Row], patterns: Iterable[Row], starts: list[int]) -> list[list[int]]:
    found = [[0, 0, 0] for _ in starts]
    for row, is_pattern in [*((row, False) for row in incidents), *((row, True) for row in patterns)]:
        begin = 0 if row.earliest is None else bisect.bisect_right(starts, row.earliest) - 1
        end = len(starts) - 1 if row.latest is None else bisect.bisect_right(starts, row.latest) - 1
        sure = begin == end and row.earliest is not None and row.latest is not None
        for at in range(begin, end + 1):
            found[at][2 if is_pattern else 0 if sure else 1] += 1
    return found


KEYS: dict[str, Callable[[Row], Iterable[str]]] = {
    "kind": lambda row: [row.kind],
    "aircraft": lambda row: row.certain,
    "region": lambda row: [code for code in row.regions if code.startswith("MM-")],
}


@pytest.mark.parametrize("by", list(KEYS))
def test_series_count_what_plain_python_counts(edition: Edition, by: str) -> None:
    for filter_ in random_filters(25, seed=25):
        rows = Asked(edition, replace(filter_, start=None, end=None, undated=False)).without()
        found = edition.series(filter_, by, "year")
        given = {one["key"]: one for one in found["series"]}
        assert {key: lines(one) for key, one in given.items() if any(map(any, lines(one)))} == by_key(
            rows, KEYS[by], found["starts"]
        ), filter_
        if by == "aircraft":
            possible = {key: lines(one["possible"]) for key, one in given.items()}
            expected = by_key(rows, lambda row: row.possible, found["starts"])
            assert {key: each for key, each in possible.items() if any(map(any, each))} == expected


def lines(one: dict[str, Any]) -> list[list[int]]:
    return [list(each) for each in zip(one["solid"], one["light"], one["patterns"], strict=True)]


def by_key(rows: list[Row], keys: Callable[[Row], Iterable[str]], starts: list[int]) -> dict[str, list[list[int]]]:
    members: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for key in keys(row):
            members[key].append(row)
    found = {}
    for key, each in members.items():
        incidents, _ = carriers(each)
        found[key] = bars(incidents.values(), [row for row in each if row.pattern], starts)
    return {key: each for key, each in found.items() if any(map(any, each))}


def test_members_come_newest_first_and_paged(edition: Edition) -> None:
    rng = random.Random(41)  # noqa: S311 - chooses examples
    for filter_ in random_filters(40, seed=26):
        shown = Asked(edition, filter_).without()
        incidents, patterns = carriers(shown)
        carrying = {row.number for row in (*incidents.values(), *patterns.values())}
        placed = [row for row in shown if row.area is None and row.x >= 0]
        spots: list[tuple[dict[str, Any], list[Row]]] = [
            ({}, shown),
            ({"areas": ("MM-01",)}, [row for row in shown if row.area == "MM-01"]),
            ({"areas": ("XX",)}, []),
            ({"areas": ("MM", "MM-01")}, [row for row in shown if row.area in {"MM", "MM-01"}]),
            ({"placeless": True}, [row for row in shown if row.area is None and row.x < 0]),
        ]
        if placed:
            one, other = rng.choice(placed), rng.choice(placed)
            box = Box(one.x, min(one.y, other.y), other.x, max(one.y, other.y))
            inside = [
                row
                for row in placed
                if (box.west <= row.x <= box.east or (box.west > box.east and not box.east < row.x < box.west))
                and box.north <= row.y <= box.south
            ]
            spots.append(({"within": box}, inside))
        for spot, rows in spots:
            expected = sorted(rows, key=newest)
            pages = [edition.members(filter_, **spot, page=page, limit=7) for page in (1, 2, 3)]
            assert {page["total"] for page in pages} == {len(rows)}
            counted = [sum(row.pattern == pattern and row.number in carrying for row in rows) for pattern in (0, 1)]
            assert [pages[0]["incidents"], pages[0]["patterns"]] == counted, (filter_, spot)
            numbers = [detail["number"] for page in pages for detail in page["rows"]]
            assert numbers == [row.number for row in expected[:21]], (filter_, spot)


def test_what_certainly_lies_in_the_window_is_told_from_what_may(edition: Edition) -> None:
    some, none = 0, 0
    for filter_ in random_filters(150, seed=28):
        rows = [row for row in Asked(edition, filter_).without() if not row.undated]
        certain = [
            row
            for row in rows
            if (filter_.start is None or (row.earliest is not None and row.earliest >= day(filter_.start)))
            and (filter_.end is None or (row.latest is not None and row.latest <= day(filter_.end)))
        ]
        found = edition.certain_by_region(filter_)
        expected = tally(certain, lambda row: row.regions)
        assert {code: list(pair) for code, pair in found.items()} == expected, filter_
        may = tally(rows, lambda row: row.regions)
        some += any(0 < incidents < may[code][0] for code, (incidents, _) in found.items())
        none += any(code not in found for code in may)
    assert some > 10
    assert none > 3


@pytest.mark.parametrize("outcome", ["killed", "injured"])
def test_harm_is_added_up_as_plain_python_adds_it(edition: Edition, outcome: str) -> None:
    claims = {
        detail["number"]: [claim for claim in detail["harm"]["claims"] if claim["chosen"]]
        for detail in edition.details(limit=1_000)
    }
    figures_met, open_met, harmless_met = 0, 0, 0
    for filter_ in random_filters(40, seed=27):
        found = edition.harm_by_region(filter_, "civilians", outcome)
        members: dict[str, dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for row in Asked(edition, filter_).without():
            # Nobody is hurt by a visit: no figure is missing.
            harmful = row.family in {"air", "ground", "people"}
            has_figure = any(
                claim["group"] == "civilians" and (claim[outcome]["min"] or claim[outcome]["max"] is not None)
                for claim in claims[row.number]
            )
            harmless_met += not harmful and not has_figure
            for code in row.regions if not row.pattern and (harmful or has_figure) else ():
                members[code][row.group].append(row)
        assert set(found) == set(members)
        for code, incidents in members.items():
            least, most, figures, unknown = 0, 0, 0, 0
            bounded = True
            for rows in incidents.values():
                given = [
                    (claim[outcome]["min"], claim[outcome]["max"])
                    for row in rows
                    for claim in claims[row.number]
                    if claim["group"] == "civilians"
                ]
                known = [(low, high) for low, high in given if low or high is not None]
                figures, unknown = figures + bool(known), unknown + (not known)
                least += min((low or 0 for low, _ in known), default=0)
                most += max((high or 0 for _, high in known), default=0)
                bounded = bounded and all(high is not None for _, high in known)
            expected = (least if figures else None, most if figures and bounded else None, figures, unknown)
            one = found[code]
            assert (one["min"], one["max"], one["figures"], one["unknown"]) == expected, (filter_, code)
            figures_met, open_met = figures_met + figures, open_met + (not bounded)
    if outcome == "killed":
        assert figures_met > 100
        assert open_met > 10
        assert harmless_met > 100


def newest(row: Row) -> tuple[float, int]:
    known = row.earliest if row.earliest is not None else row.latest
    return (float("inf") if known is None else -known, row.number)


def test_the_file_of_columns_is_what_the_edition_counts(edition: Edition) -> None:
    content = gzip.decompress(edition.packed_columns())
    table = pa.ipc.open_file(content).read_all()
    assert [(field.name, str(field.type), field.nullable) for field in table.schema] == [
        ("kind", "uint8", False),
        ("precision", "uint8", False),
        ("pattern", "uint8", False),
        ("x", "int32", False),
        ("y", "int32", False),
        ("radius", "int32", False),
        ("area", "int16", False),
        ("region_set", "int32", False),
        ("aircraft_set", "int32", False),
        ("earliest", "int32", False),
        ("latest", "int32", False),
        ("group", "int32", False),
        ("grade", "int8", False),
    ]
    assert pa.ipc.open_file(content).num_record_batches == 1
    read = from_bytes(content)
    assert read.terms == edition.rows.terms
    for name, values in edition.rows.arrays().items():
        assert (getattr(read, name) == values).all()


def test_nothing_of_what_is_taken_back_is_in_the_columns(tmp_path: Path) -> None:
    rare = make_public(
        2,
        kind="port_call",
        location=make_location(point=LonLat(93.123456, 21.654321)),
        extent=Extent.PATTERN,
        links=(make_id(1), make_id(3)),
    )
    store = make_store(tmp_path, [make_public(1), rare, make_public(3)])
    before = store.current()
    detail = before.detail(make_id(2))
    assert detail is not None
    number = detail["number"]
    assert before.rows.terms.kinds == ("airstrike", "port_call")
    assert before.counts().incidents == 1
    add_tombstone(tmp_path, [make_id(2)], reason="safety", at="2026-01-02T03:04:05+00:00")
    after = EditionStore(tmp_path).current()
    columns = from_bytes(gzip.decompress(after.packed_columns()))
    assert columns.terms.withdrawn == (number,)
    assert columns.terms.kinds == ("airstrike",)
    assert columns.terms.total == 2
    assert [int(values[number]) for values in columns.arrays().values()][:7] == [0, 10, 0, -1, -1, -1, -1]
    assert columns.terms.region_sets[columns.region_set[number]] == ()
    assert columns.terms.aircraft_sets[columns.aircraft_set[number]].certain == ()
    assert (columns.earliest[number], columns.latest[number], columns.grade[number]) == (NO_START, NO_END, -1)
    assert columns.group[number] == number
    others = [row for row in range(3) if row != number]
    assert {int(columns.group[row]) for row in others} == {others[0]}, "the others are still the same incident"


def test_columns_of_a_filter_hold_its_rows_and_no_others(edition: Edition) -> None:
    hidden = set(edition.rows.terms.withdrawn)
    held = 0
    for filter_ in random_filters(60, seed=28):
        content = edition.columns_of(filter_)
        numbers = pa.ipc.open_file(content).read_all()["number"].to_pylist()
        assert numbers == edition.matches(filter_)
        assert hidden.isdisjoint(numbers)
        columns = from_bytes(content)
        terms = columns.terms
        expected = {row.number: row for row in Asked(edition, filter_).without()}
        groups: dict[int, int] = {}
        for at, number in enumerate(numbers):
            one, other = vars(Row(columns, at)), vars(expected[number])
            assert one.pop("group") == groups.setdefault(expected[number].group, at)
            assert {**one, "number": number} | {"group": other["group"]} == other
        # Nothing is told that its rows do not use, but how many the edition has, and from when to when.
        assert set(terms.kinds) == {row.kind for row in expected.values()}
        assert set(terms.aircraft) == {key for row in expected.values() for key in row.certain | row.possible}
        used = {code for row in expected.values() for code in row.regions | ({row.area} - {None})}
        assert used <= {region.code for region in terms.regions}
        assert {region.code for region in terms.regions} - used <= {region.parent for region in terms.regions}
        assert (terms.total, terms.withdrawn) == (edition.rows.terms.total, ())
        assert list(terms.span or ()) == edition.tallies()["span"]
        held += len(numbers)
    assert held > 1_000


def test_columns_of_too_many_rows_are_not_made(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    filter_ = IncidentFilter(kind=("airstrike",))
    rows = len(edition.matches(filter_))
    monkeypatch.setattr(choosing, "MOST_ROWS", rows)
    assert len(from_bytes(edition.columns_of(filter_))) == rows
    monkeypatch.setattr(choosing, "MOST_ROWS", rows - 1)
    with pytest.raises(TooManyRows, match=f"this one has {rows}"):
        edition.columns_of(filter_)


def test_units_that_would_give_too_many_bins_are_refused(tmp_path: Path) -> None:
    long_ago = make_public(1, date="0900", earliest=dt.date(900, 1, 1), latest=dt.date(900, 12, 31))
    edition = make_store(tmp_path, [long_ago, make_public(2)]).current()
    with pytest.raises(BadFilter, match="unit"):
        edition.histogram(IncidentFilter(), "day")
    bins = edition.histogram(IncidentFilter(), "year")["bins"]
    assert len(bins) == 2022 - 900 + 1
    assert bins[0][2:] == [1, 0, 0]


def test_an_edition_goes_with_the_last_who_holds_it(tmp_path: Path) -> None:
    """It closes its file when it goes; a collector that finds it later may do so in a forked process, which hangs."""
    import gc
    import weakref

    store = make_store(tmp_path, [make_public(1)])
    edition = store.current()
    edition.tallies()
    edition.clusters(IncidentFilter(words=("school",)), Grid(9, 0, 0, 8, 8))
    edition.series(IncidentFilter(), "kind", "year")
    gone = weakref.ref(edition)
    gc.disable()
    try:
        del store, edition
        assert gone() is None
    finally:
        gc.enable()


def test_an_edition_of_nothing_counts_nothing(tmp_path: Path) -> None:
    edition = make_store(tmp_path, []).current()
    for filter_ in random_filters(20, seed=1):
        assert edition.counts(filter_).matched == 0
        assert edition.tallies(filter_)["kinds"] == {}
        assert edition.histogram(filter_, "day") == {"unit": "day", "bins": []}
        assert edition.series(filter_, "kind", "month")["series"] == []
        assert edition.members(filter_, within=Box(0, 0, 5, 5))["total"] == 0
        answer = pa.ipc.open_stream(edition.clusters(filter_, Grid(9, 0, 0, 8, 8)).to_bytes()).read_all()
        assert answer.num_rows == 0
