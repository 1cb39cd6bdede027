"""Both modes of the map select and count what the edition says: the browser's own engine and the service's answers."""

import base64
import itertools
import json
import math
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest
import shapely
from playwright.sync_api import Page

from app.maps.standalone import inline
from app.maps.view import EditionSummary, MapView
from app.maps.web_map import WebMap
from incidents.editions.columns import to_bytes
from incidents.editions.edition import Edition
from incidents.editions.grids import Box, Grid
from incidents.filters import NONE, IncidentFilter, parse_filter
from incidents.taxonomy import Taxonomy
from tests.factories import make_random_rows, make_store

pytestmark = pytest.mark.browser

ROWS = 400
FILTERS = 2_000
AT_ONCE = 250
SETS = ("kind", "aircraft", "region", "grade")
TIMES_OF = ("from", "to", "undated")
# The world in 700 columns, and the part of it that the random rows lie in.
GRID = Grid(700, 528, 290, 552, 335)

LOAD = """async ([bytes, taxonomy]) => {
    const [{ LocalEngine }, { Rows }, { fromBase64, readArrow }] = await Promise.all(
        ["local_engine", "rows", "arrow"].map((name) => import(`/src/${name}.js`)),
    );
    const source = { matches: async ({ q, bbox }) => window.texts[JSON.stringify([q, bbox])], rows: async (n) => n };
    window.taxonomy = taxonomy;
    window.engine = new LocalEngine(new Rows(readArrow(fromBase64(bytes))), taxonomy, source);
    window.whole = window.engine;
    window.terms = window.engine.rows.terms;
}"""
# An engine of the rows that a filter selects; what it asks of a service fails.
CHOOSE = """async ([bytes, filter, rows]) => {
    const [{ LocalEngine }, { NearestEngine }, { Rows }, { fromBase64, readArrow }, { fromFilter }] = await Promise.all(
        ["local_engine", "nearest_engine", "rows", "arrow", "filter_state"].map((name) => import(`/src/${name}.js`)),
    );
    const source = { rows: async (numbers) => numbers };
    const load = async () => new LocalEngine(new Rows(readArrow(fromBase64(bytes))), window.taxonomy, source);
    window.engine = new NearestEngine({}, load, rows);
    await window.engine.bring(fromFilter(filter), rows);
    return [window.engine.here.local.rows.total];
}"""
NARROWS = """async (pairs) => {
    const { fromFilter, narrows } = await import("/src/filter_state.js");
    return pairs.map(([one, other]) => narrows(fromFilter(one), fromFilter(other)));
}"""
# Numbers as the service writes them, so that both can be compared as they are.
COUNT = """async ([filters, texts]) => {
    const { fromFilter, toQuery } = await import("/src/filter_state.js");
    window.texts = texts;
    const pair = ({ incidents, patterns }) => [incidents, patterns];
    const named = (map) => Object.fromEntries([...map].map(([key, found]) => [key, pair(found)]));
    const told = [];
    for (const filter of filters) {
        const state = fromFilter(filter);
        const counts = await window.engine.tallies(state);
        told.push({
            ...counts,
            kinds: named(counts.kinds),
            regions: named(counts.regions),
            grades: named(counts.grades),
            precisions: named(counts.precisions),
            aircraft: Object.fromEntries(
                [...counts.aircraft].map(([key, { certain, possible }]) => [
                    key,
                    { certain: pair(certain), possible: pair(possible) },
                ]),
            ),
            lifts: Object.fromEntries(counts.lifts),
            query: toQuery(state),
        });
    }
    return told;
}"""
CELLS = """async ([filters, texts, grid, served, windows]) => {
    const { fromFilter } = await import("/src/filter_state.js");
    const { ServedEngine } = await import("/src/served_engine.js");
    const { fromBase64, readArrow } = await import("/src/arrow.js");
    const plain = (picture) => ({
        areas: Object.fromEntries(picture.areas),
        parts: picture.parts.map((cells) => {
            const names = Object.keys(cells).filter((name) => !["length", "families", "kind"].includes(name));
            const families = (at) => `families ${cells.families.map((counts) => counts[at])}`;
            const kind = (at) => `kind ${cells.records[at] === 1 ? picture.kinds[cells.kind[at]] : "of many"}`;
            const say = (at) =>
                [families(at), kind(at), ...names.map((name) => `${name} ${cells[name][at]}`)].sort().join("; ");
            return Array.from({ length: cells.length }, (_, at) => say(at)).sort();
        }),
    });
    window.texts = texts;
    const found = [];
    for (const [at, filter] of filters.entries()) {
        const answers = served[at].map((bytes) => readArrow(fromBase64(bytes)));
        const engine = new ServedEngine({
            terms: async () => window.terms,
            clusters: async (query, across, window) => answers[windows.map(String).indexOf(String(window))],
        });
        const state = fromFilter(filter);
        // What is asked for beyond the grid is no other answer: it is asked for as it is.
        const there = await engine.ask(String(at), grid);
        found.push([plain(await window.engine.picture(state, grid)), plain(there)]);
    }
    return found;
}"""
TIMES = """async ([filters, texts, unit]) => {
    const { fromFilter } = await import("/src/filter_state.js");
    window.texts = texts;
    const found = [];
    for (const filter of filters) {
        const state = fromFilter(filter);
        const bins = await window.engine.histogram(state, unit);
        const { lines } = await window.engine.series(state, "kind", unit);
        found.push({
            bins: bins.map(({ start, end, solid, light, patterns }) => [start, end, solid, light, patterns]),
            series: Object.fromEntries(lines.map(({ key, solid, light, patterns }) => [key, [solid, light, patterns]])),
        });
    }
    return found;
}"""
MEMBERS = """async ([filters, texts, where, page]) => {
    const { fromFilter } = await import("/src/filter_state.js");
    window.texts = texts;
    const found = [];
    for (const filter of filters) found.push(await window.engine.members(fromFilter(filter), where, page));
    return found;
}"""
# Of a list.
COUNTED = ("total", "incidents", "patterns")
SEARCH = """async ([data, filters]) => {
    const { InlineSource } = await import("/src/inline_source.js");
    const source = new InlineSource(data);
    return Promise.all(filters.map((filter) => source.matches(filter)));
}"""


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edition]:
    """Open an edition of random rows."""
    store = make_store(tmp_path_factory.mktemp("selection"), make_random_rows(ROWS, seed=7))
    with store.reading(None) as held:
        yield held


@pytest.fixture(scope="module")
def local(modules: Page, edition: Edition) -> Page:
    """Give the edition's rows to an engine in the browser."""
    taxonomy = WebMap(MapView(EditionSummary("1", 1, ROWS), edition.taxonomy)).describe()
    kinds = [{"key": kind.key, "family": kind.family} for kind in edition.taxonomy.kinds.values()]
    modules.evaluate(LOAD, [encode(to_bytes(edition.rows)), {**taxonomy, "kinds": kinds}])
    return modules


def ask(page: Page, script: str, given: list[Any]) -> list[Any]:
    """Run a script; what it is given and answers goes as one text, since Playwright takes long over many values."""
    whole = f"async (given) => JSON.stringify(await ({script})(JSON.parse(given)))"
    found: list[Any] = json.loads(page.evaluate(whole, json.dumps(given)))
    return found


def encode(content: bytes) -> str:
    """Write bytes as they travel in JSON."""
    return base64.b64encode(content).decode()


def random_pairs(rng: random.Random, taxonomy: Taxonomy) -> Iterator[tuple[str, str]]:
    """Give a filter's pairs: each name now and then."""
    year, west, south = rng.randint(1988, 2022), rng.choice([91.5, 94.3, 96.7]), rng.choice([9.2, 14.4, 21.9])
    several = {
        "kind": (0.4, list(taxonomy.kinds)),
        "aircraft": (0.3, list(taxonomy.equipment)),
        "region": (0.4, ["MM", "MM-01", "MM-14", "RU"]),
        "grade": (0.2, list(taxonomy.grades)),
    }
    for name, (share, values) in several.items():
        if rng.random() < share:
            chosen = [*NONE] if rng.random() < 0.05 else rng.sample(values, rng.randint(1, 3))
            yield from ((name, value) for value in chosen)
    single = {
        "from": (0.4, [f"{year}-0{rng.randint(1, 9)}"]),
        "to": (0.4, [str(year + rng.randint(1, 9))]),
        "undated": (0.2, ["hide"]),
        "precision": (0.2, ["exact", "near", "township", "state"]),
        "q": (0.15, ["kalay", "Mandalay", "ရန်ကုန်", "UCDP mandalay", "no such word"]),
        "bbox": (0.15, [f"{west},{south},{west + 4},{south + 3}"]),
    }
    for name, (share, values) in single.items():
        if rng.random() < share:
            yield name, rng.choice(values)


def random_filters(edition: Edition, count: int, seed: int = 11) -> list[IncidentFilter]:
    """Give filters of every sort, the same ones every time."""
    rng = random.Random(seed)  # noqa: S311 - nothing secret hangs on it
    drawn = (parse_filter(random_pairs(rng, edition.taxonomy), edition.taxonomy) for _ in range(count - 1))
    return [IncidentFilter(), *drawn]


def describe(chosen: IncidentFilter, edition: Edition) -> Any:
    """Write a filter as the page's script gets it."""
    view = MapView(EditionSummary("1", 1, ROWS), edition.taxonomy, chosen)
    return WebMap(view).describe()["filter"]


def texts_of(filters: list[IncidentFilter], edition: Edition) -> dict[str, list[int]]:
    """Give what the service would answer to the words and boxes of filters, by both as the script names them."""
    found: dict[str, list[int]] = {}
    for chosen in filters:
        # What one of both alone would leave is asked for, too.
        for one in (chosen, replace(chosen, words=()), replace(chosen, bbox=None)):
            described = describe(one, edition)
            box = [int(edge) if edge == int(edge) else edge for edge in described["bbox"] or ()] or None
            key = json.dumps([described["q"], box], ensure_ascii=False, separators=(",", ":"))
            if key not in found:
                found[key] = edition.matches(IncidentFilter(words=one.words, bbox=one.bbox))
    return found


def nonzero(counts: dict[str, Any]) -> dict[str, Any]:
    """Leave out what nothing was counted for."""
    nothing: tuple[Any, ...] = ([0, 0], {"certain": [0, 0], "possible": [0, 0]})
    return {key: value for key, value in counts.items() if value not in nothing}


def test_browser_and_service_count_the_same(local: Page, edition: Edition) -> None:
    filters = random_filters(edition, FILTERS)
    for start in range(0, FILTERS, AT_ONCE):
        part = filters[start : start + AT_ONCE]
        asked = [describe(chosen, edition) for chosen in part]
        for chosen, told in zip(part, ask(local, COUNT, [asked, texts_of(part, edition)]), strict=True):
            served, said = edition.tallies(chosen), str(chosen.to_pairs())
            for name in ("shown", "total", "incidents", "patterns", "undated", "placeless"):
                assert told[name] == served[name], f"{name}: {said}"
            for name in ("kinds", "regions", "grades", "precisions", "aircraft"):
                assert nonzero(told[name]) == nonzero(served[name]), f"{name}: {said}"
            assert sorted(one["code"] for one in told["beside"]) == sorted(one["code"] for one in served["beside"]), (
                said
            )
            assert {one["code"]: one["count"] for one in told["beside"]} == {
                one["code"]: one["count"] for one in served["beside"]
            }, said
            assert told["spread"] == served["spread"], said
            if not told["shown"]:
                assert {name: told["lifts"][name] for name in served["lifts"]} == served["lifts"], said
            assert parse_filter(parse_qsl(told["query"]), edition.taxonomy) == chosen, said


def test_squares_are_the_same_in_both_modes(local: Page, edition: Edition) -> None:
    filters = random_filters(edition, 150, seed=12)
    windows = [[GRID.first_column, GRID.first_row, GRID.last_column, GRID.last_row]]
    grid = dict(zip(("west", "north", "east", "south"), windows[0], strict=True)) | {"across": GRID.across}
    answers = [[encode(edition.clusters(chosen, GRID).to_bytes())] for chosen in filters]
    asked = [describe(chosen, edition) for chosen in filters]
    found = ask(local, CELLS, [asked, texts_of(filters, edition), grid, answers, windows])
    assert sum(len(here["parts"][0]) for here, _ in found) > 1000
    for chosen, (here, there) in zip(filters, found, strict=True):
        assert here == there, str(chosen.to_pairs())


def random_choices(edition: Edition, count: int, each: int) -> Iterator[tuple[IncidentFilter, list[IncidentFilter]]]:
    """Give filters without a window, and of each some that select no more: with a window, with less of each sort."""
    rng = random.Random(15)  # noqa: S311 - nothing secret hangs on it
    for _ in range(count):
        pairs = [(name, value) for name, value in random_pairs(rng, edition.taxonomy) if name not in TIMES_OF]
        held = [value for name, value in pairs if name == "precision"]
        narrower = []
        for _ in range(each):
            less = [pair for pair in pairs if pair[0] not in SETS or rng.random() < 0.7]
            # Of what is given up altogether one must stay: without any there would be no such filter.
            less += [pair for pair in pairs if pair[0] not in {name for name, _ in less}]
            taken = {name for name, _ in less} | {"q", "bbox"}
            more = [pair for pair in random_pairs(rng, edition.taxonomy) if pair[0] not in taken]
            if held and rng.random() < 0.5:
                less = [("precision", "exact") if name == "precision" else (name, value) for name, value in less]
            narrower.append(parse_filter([*less, *more], edition.taxonomy))
        yield parse_filter(pairs, edition.taxonomy), narrower


@pytest.fixture
def chosen(local: Page) -> Iterator[Page]:
    """Let another engine answer for a while."""
    yield local
    local.evaluate("() => { window.engine = window.whole; }")


def test_columns_of_a_filter_answer_whatever_narrows_it(chosen: Page, edition: Edition) -> None:
    windows = [[GRID.first_column, GRID.first_row, GRID.last_column, GRID.last_row]]
    grid = dict(zip(("west", "north", "east", "south"), windows[0], strict=True)) | {"across": GRID.across}
    where = {"areas": ["MM", "MM-01"]}
    shown = 0
    for held, filters in random_choices(edition, 40, each=40):
        asked = [describe(one, edition) for one in filters]
        assert all(ask(chosen, NARROWS, [[one, describe(held, edition)] for one in asked])), str(held.to_pairs())
        if not (rows := len(edition.matches(held))):
            # Of nothing no rows come.
            continue
        assert ask(chosen, CHOOSE, [encode(edition.columns_of(held)), describe(held, edition), rows]) == [rows]
        answers = [[encode(edition.clusters(one, GRID).to_bytes())] for one in filters]
        pictures = ask(chosen, CELLS, [asked, {}, grid, answers, windows])
        bars = ask(chosen, TIMES, [asked, {}, "year"])
        for one, (here, there), told in zip(filters, pictures, bars, strict=True):
            said = f"{held.to_pairs()}, then {one.to_pairs()}"
            assert here == there, said
            assert told["bins"] == edition.histogram(one, "year")["bins"], said
            shown += len(here["parts"][0])
        for one, listed in zip(filters[:3], ask(chosen, MEMBERS, [asked[:3], {}, where, 0]), strict=True):
            served = edition.members(one, areas=where["areas"])
            numbers = [row["number"] for row in served["rows"]]
            assert listed == {**{name: served[name] for name in COUNTED}, "rows": numbers}
    assert shown > 1_000


def test_nothing_narrows_what_lacks_some_of_it(local: Page, edition: Edition) -> None:
    filters = random_filters(edition, 600, seed=16)
    pairs = list(itertools.pairwise(filters)) + [(one, IncidentFilter()) for one in filters[:50]]
    # Few filters narrow another: those of one part are taken with each other, too.
    simple = [chosen for chosen in filters if len({name for name, _ in chosen.to_pairs()}) == 1][:40]
    pairs += itertools.product(simple, simple)
    told = ask(local, NARROWS, [[describe(one, edition) for one in pair] for pair in pairs])
    found = {chosen: set(edition.matches(chosen)) for chosen in {one for pair in pairs for one in pair}}
    for (one, other), narrows in zip(pairs, told, strict=True):
        assert not narrows or found[one] <= found[other], f"{one.to_pairs()}, of {other.to_pairs()}"
    assert sum(told) > 200


def test_bars_are_the_same_in_both_modes(local: Page, edition: Edition) -> None:
    filters = random_filters(edition, 100, seed=13)
    asked, texts = [describe(chosen, edition) for chosen in filters], texts_of(filters, edition)
    for unit in ("month", "year"):
        for chosen, told in zip(filters, ask(local, TIMES, [asked, texts, unit]), strict=True):
            said = f"{unit}: {chosen.to_pairs()}"
            assert told["bins"] == edition.histogram(chosen, unit)["bins"], said
            served = {
                one["key"]: [one["solid"], one["light"], one["patterns"]]
                for one in edition.series(chosen, "kind", unit)["series"]
            }
            assert {key: line for key, line in told["series"].items() if any(map(any, line))} == served, said


@pytest.mark.parametrize(
    "where",
    [
        {"within": [1_600_000_000, 900_000_000, 1_660_000_000, 990_000_000]},
        {"areas": ["MM", "MM-01"]},
        {"placeless": True},
    ],
)
def test_lists_are_the_same_in_both_modes(local: Page, edition: Edition, where: dict[str, Any]) -> None:
    filters = random_filters(edition, 60, seed=14)
    asked, texts = [describe(chosen, edition) for chosen in filters], texts_of(filters, edition)
    box = dict(zip(("west", "north", "east", "south"), where.get("within", ()), strict=False))
    some = 0
    for page in (0, 1):
        for chosen, told in zip(filters, ask(local, MEMBERS, [asked, texts, where, page]), strict=True):
            served = edition.members(
                chosen,
                within=Box(**box) if box else None,
                areas=where.get("areas", ()),
                placeless="placeless" in where,
                page=page + 1,
            )
            numbers = [row["number"] for row in served["rows"]]
            assert told == {**{name: served[name] for name in COUNTED}, "rows": numbers}, str(chosen.to_pairs())
            some += len(numbers)
    assert some


def test_saved_file_finds_what_the_service_finds(modules: Page, edition: Edition) -> None:
    filters = [
        {"q": words, "bbox": None} for words in ("kalay", "KALAY ucdp", "ရန်ကုန်", "mi-24", "no such word", "sagaing")
    ]
    found = ask(modules, SEARCH, [inlined(edition), filters])
    for chosen, rows in zip(filters, found, strict=True):
        pairs = [("q", str(chosen["q"]))]
        assert rows == edition.matches(parse_filter(pairs, edition.taxonomy)), chosen


def inlined(edition: Edition) -> dict[str, Any]:
    """Write an edition's data as a saved file holds it."""
    data = inline(edition, IncidentFilter())
    return {"columns": encode(data.columns), "areas": data.areas, "rows": data.rows, "basemap": {}}


def test_saved_file_heeds_the_box(modules: Page, edition: Edition) -> None:
    rng = random.Random(3)  # noqa: S311 - nothing secret hangs on it
    boxes = [[170.0, -30.0, 95.0, 21.0], [-180.0, -90.0, 180.0, 90.0], [101.0, 10.0, 92.0, 28.0], [0.0, 0.0, 0.0, 0.0]]
    for _ in range(60):
        west, south = round(rng.uniform(91, 101), 2), round(rng.uniform(9, 28), 2)
        boxes.append([west, south, round(west + rng.uniform(0, 3), 2), round(south + rng.uniform(0, 3), 2)])
    found = ask(modules, SEARCH, [inlined(edition), [{"q": None, "bbox": box} for box in boxes]])
    for box, rows in zip(boxes, found, strict=True):
        chosen = parse_filter([("bbox", ",".join(map(str, box)))], edition.taxonomy)
        assert rows == edition.matches(chosen), box


def test_areas_meet_boxes_as_shapely_finds_it(modules: Page) -> None:
    rng = random.Random(5)  # noqa: S311 - nothing secret hangs on it
    areas: list[Any] = []
    boxes: list[Any] = []
    for _ in range(20):
        angles = sorted(rng.uniform(0, 2 * math.pi) for _ in range(9))
        star = [(5 + rng.uniform(1, 5) * math.cos(angle), 5 + rng.uniform(1, 5) * math.sin(angle)) for angle in angles]
        # A hole, and an island far off.
        area = shapely.Polygon(star).buffer(0) - shapely.box(4.5, 4.5, 5.5, 5.5)
        areas.append(shapely.union(area, shapely.box(20, 0, 21, 1)))
    for _ in range(200):
        west, south = rng.uniform(-1, 22), rng.uniform(-1, 11)
        boxes.append([west, south, west + rng.choice([0, 0.2, 4]), south + rng.choice([0, 0.2, 4])])
    script = """async ([areas, boxes]) => {
        const { areaMeets } = await import("/src/meeting.js");
        return areas.map((area) => boxes.map((box) => areaMeets(area, box)));
    }"""
    found = ask(modules, script, [[shapely.geometry.mapping(area) for area in areas], boxes])
    assert found == [[area.intersects(shapely.box(*box)) for box in boxes] for area in areas]
    assert 0.1 < sum(map(sum, found)) / 4000 < 0.9
