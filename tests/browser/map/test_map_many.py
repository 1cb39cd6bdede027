"""What a map of very many says: rings tell more from many, charts say what they leave out, nothing lies beneath."""

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page

from app.pictures.glyphs import ring_radius

pytestmark = pytest.mark.browser

COUNTS = [2, 24, 1_336, 1_760, 15_972, 444_300, 1_000_000]

# Ten types, each below one parent, with the parent's own counts and one that is only possible.
CHARTED = """async () => {
    const { drawTotals, drawTypes } = await import("/src/chart_bars.js");
    const { makeTable } = await import("/src/chart_table.js");
    const steps = (solid) => ({ solid: [solid, 0], light: [0, 1], patterns: [0, 0] });
    const none = { solid: [0, 0], light: [0, 0], patterns: [0, 0] };
    const types = Array.from({ length: 10 }, (_, at) => ({ key: `t${at}`, ...steps(at + 1), possible: none }));
    const wide = { key: "wide", ...steps(60), possible: { ...none, solid: [7, 0] } };
    const unsure = { key: "unsure", ...none, possible: { ...none, solid: [3, 0] } };
    const lines = [wide, ...types, unsure, { key: "nothing", ...none, possible: none }];
    const above = (key) => (key === "wide" ? null : "wide");
    const equipment = lines.map(({ key }) => ({ key, label: key.toUpperCase(), parent: above(key) }));
    const taxonomy = { equipment, kinds: [{ key: "a", family: "air" }, { key: "b", family: "ground" }] };
    const series = { edges: [0, 365, 730], lines };
    const drawn = [198, 96].map((height) => {
        const { shapes, labels, legend } = drawTypes(series, taxonomy, 1000, height);
        return {
            note: legend[0].textContent,
            scale: legend[1].textContent,
            names: labels.map((label) => [label.children[0].textContent, parseFloat(label.style.top)]),
            tallest: labels.map((label) => label.children[1].textContent),
            guides: shapes.map((one) => one.getAttribute("d").split("M").length).filter((parts) => parts === 3),
            tops: shapes.filter((one) => one.getAttribute("d").includes("v")).map((one) =>
                Math.min(...[...one.getAttribute("d").matchAll(/M[\\d.]+ ([\\d.]+)/g)].map(([, y]) => Number(y)))),
        };
    });
    const kinds = { edges: [0, 365, 730], lines: [{ key: "a", ...steps(5) }, { key: "b", ...steps(3) }] };
    const say = (once) => drawTotals(kinds, taxonomy, 1000, 100, once).most;
    return { drawn, table: makeTable(series, "aircraft", taxonomy, "year").innerText, totals: [say(8), say(7)] };
}"""

# A world of two clusters, one at each edge of a canvas that shows it a little more than once.
COPIES = """async () => {
    const { layGlyphs } = await import("/src/clusters.js");
    const SIDE = 2 ** 31;
    const [across, scale] = [64, 1024];
    const places = [[0.03, 400], [0.05, 300], [0.99, 200]];
    const each = (of) => places.map(of);
    const zeros = each(() => 0);
    const cells = {
        length: places.length, records: each(([, n]) => n), count: each(([, n]) => n), patterns: zeros,
        families: [each(([, n]) => n), zeros, zeros, zeros, zeros, zeros, zeros],
        column: each(([x]) => Math.floor(x * across)), row: each(() => 32),
        x: each(([x]) => x * SIDE), y: each(() => 0.5 * SIDE),
        west: each(([x]) => x * SIDE), east: each(([x]) => x * SIDE), north: zeros, south: zeros, coarse: zeros,
        precision: zeros, radius: zeros, first: zeros, kind: zeros, pattern: zeros, earliest: zeros, latest: zeros,
    };
    const grid = { across, west: 0, east: 66, north: 0, south: 63 };
    const frame = { zoom: 2, scale, left: 0, top: 0, width: scale + 60, height: scale, copies: [0, 1], ratio: 1 };
    return layGlyphs({ across, parts: [cells], areas: new Map(), kinds: [] }, grid, frame).map(({ count }) => count);
}"""


def test_larger_rings_go_on_telling_more_from_many(modules: Page) -> None:
    radii = modules.evaluate('async (counts) => counts.map((await import("/src/clusters.js")).ringRadius)', COUNTS)
    assert radii == pytest.approx([ring_radius(count) for count in COUNTS])
    assert radii == sorted(set(radii))
    assert all(more - less > 3 for less, more in pairwise(radii[3:6]))
    assert radii[-1] <= 60


def test_a_cluster_counts_the_same_on_each_copy_of_the_world(modules: Page) -> None:
    assert len(set(modules.evaluate(COPIES))) == 1


def test_the_chart_says_what_it_leaves_out_and_its_table_has_it(modules: Page) -> None:
    told: dict[str, Any] = modules.evaluate(CHARTED)
    for drawn, rows in zip(told["drawn"], (6, 3), strict=True):
        assert drawn["note"].startswith(f"{rows} of 12 types shown")
        assert [name for name, _ in drawn["names"]] == [f"T{number}" for number in range(9, 9 - rows, -1)]
        # What each row's bars come to can be read off, and that all have one scale.
        assert drawn["tallest"] == [f"tallest bar: {number}" for number in range(10, 10 - rows, -1)]
        assert drawn["scale"] == "one scale for all rows, up to 10"
        assert len(drawn["guides"]) == rows
        # Two of each row's shapes are bars: none reaches up to its name.
        for at, top in enumerate(drawn["tops"]):
            assert top >= drawn["names"][at // 2][1] + 15, at
    for name in ("WIDE", "UNSURE", *(f"T{number}" for number in range(10))):
        assert name in told["table"]
    assert "NOTHING" not in told["table"]
    assert "60; possibly 7" in told["table"]
    assert told["totals"] == ["tallest bar: 8", "tallest bar: 8; 7 if each counts once"]


def test_regions_of_one_name_are_told_apart(modules: Page) -> None:
    names = modules.evaluate(
        """async () => {
            const { Selection } = await import("/src/selection.js");
            const selection = Object.create(Selection.prototype);
            const regions = [["DZ", "Algeria", null], ["MR", "Mauritania", null], ["DZ-01", "Adrar", "DZ"],
                ["MR-07", "Adrar", "MR"], ["DZ-02", "Chlef", "DZ"]];
            selection.regions = new Map(regions.map(([code, name, parent]) => [code, { code, name, parent }]));
            return [...selection.regions.keys(), "XX-1"].map((code) => selection.nameOf(code));
        }"""
    )
    assert names == ["Algeria", "Mauritania", "Adrar (Algeria)", "Adrar (Mauritania)", "Chlef", "XX-1"]


def test_the_label_of_the_rest_lies_beneath_nothing(modules: Page) -> None:
    place = modules.evaluate(
        """async () => {
            const { topOf } = await import("/src/label_places.js");
            const view = { left: 0, top: 0, right: 390, bottom: 560 };
            const select = { x: 260, y: 33, width: 240, height: 46 };
            const name = { x: 195, y: 80, width: 90, height: 20, isName: true };
            return [topOf(view, 26, [name, select]), topOf(view, 26, [])];
        }"""
    )
    assert place[0]["y"] - place[0]["height"] / 2 >= 33 + 46 / 2
    assert place[0]["y"] < 100, "nobody is misled where a name is hidden"
    assert place[1]["y"] == 26


def test_the_label_of_the_rest_hides_no_count_where_there_is_room(modules: Page) -> None:
    places = modules.evaluate(
        """async () => {
            const { placeRest } = await import("/src/label_places.js");
            const view = { left: 0, top: 0, right: 400, bottom: 200 };
            const label = () => ({ x: 200, y: 26, width: 260, height: 26 });
            const ring = (x, y, radius) => ({ x, y, radius, records: 9 });
            const put = (glyphs, boxes = []) => placeRest(label(), view, glyphs, boxes);
            const wall = [45, 145].flatMap((y) => [30, 98, 166, 234, 302, 370].map((x) => ring(x, y, 45)));
            return [put([]), put([ring(200, 30, 40)]), put(wall), put([], [{ x: 200, y: 20, width: 300, height: 60 }])];
        }"""
    )
    assert (places[0]["x"], places[0]["y"]) == (200, 26)
    assert places[1]["y"] - 13 >= 30 + 40
    assert all(abs(places[2]["y"] - row) >= 13 + 9 for row in (45, 145)), "the counts of rings can be read"
    assert places[3]["y"] - 13 >= 50


def test_a_label_that_the_label_of_the_rest_would_hide_is_counted_by_it(modules: Page) -> None:
    said = modules.evaluate(
        """async () => {
            const { countHidden } = await import("/src/label_places.js");
            const label = (text, x, y, width = 100) => ({ text, x, y, width, height: 26 });
            const of = (rest) => rest.map(({ text }) => text);
            const lay = (rest) => ({ ...label("rest", 200, 100, 160 + 40 * rest.length), of: of(rest) });
            const [under, beside] = [label("under", 260, 110), label("beside", 368, 100)];
            const above = label("above", 200, 60);
            const said = (labels) => labels.map(({ text, of }) => (of ? [text, ...of] : text));
            const rest = [{ text: "one" }];
            return [said(countHidden([above], rest, lay)), said(countHidden([under, beside, above], rest, lay))];
        }"""
    )
    assert said[0] == ["above", ["rest", "one"]]
    # Having one more to count it is wider, and so hides another.
    assert said[1] == ["above", ["rest", "one", "under", "beside"]]


def test_bars_are_months_where_those_of_the_window_have_room(modules: Page) -> None:
    found = modules.evaluate(
        """async () => {
            const { fitBars, chooseBars } = await import("/src/chart_range.js");
            const { fromParts } = await import("/src/days.js");
            const days = (from, to) => [fromParts(from, 0, 1), fromParts(to + 1, 0, 1) - 1];
            const window = (from, to) => ({ start: days(from, to)[0], end: days(from, to)[1] });
            const fit = (span, from, to, unit, width) => {
                const { room, note } = fitBars(days(...span), window(from, to), unit, width);
                return [String(room), note];
            };
            const edges = Array.from({ length: 101 }, (_, at) => fromParts(1900, at, 1));
            const begin = (month) => fromParts(1900, month, 1);
            const month = (first, last) => ({ start: begin(first), end: begin(last + 1) - 1 });
            return [
                [
                    fit([1950, 2025], 2014, 2016, "month", 1248),
                    fit([1950, 2025], 2014, 2016, "day", 1248),
                    fit([1950, 2025], 2000, 2009, "month", 1248),
                    fit([1950, 2025], 1990, 2025, "month", 1248),
                    fit([1950, 2025], 2000, 2019, "month", 366),
                    fit([1950, 2025], 2014, 2016, "month", 150),
                    fit([1950, 2025], 1950, 2025, "month", 1248),
                    fit([1950, 2025], 2014, 2016, "year", 1248),
                    fit([1990, 2025], 1990, 2025, "month", 1248),
                    fit([101, 2025], 2014, 2016, "month", 1248),
                ],
                [
                    chooseBars(edges, month(50, 52), 20, [0, 0]),
                    chooseBars(edges, month(50, 52), 20, [33, 53]),
                    chooseBars(edges, month(50, 52), 20, [34, 54]),
                    chooseBars(edges, month(50, 52), 20, [50, 70]),
                    chooseBars(edges, month(0, 2), 20, [0, 20]),
                    chooseBars(edges, month(97, 99), 20, [80, 100]),
                    chooseBars(edges, month(-30, -20), 20, [40, 60]),
                    chooseBars(edges, month(50, 52), Infinity, [40, 60]),
                    chooseBars([], month(50, 52), 20, [40, 60]),
                ],
            ];
        }"""
    )
    shorter = ": choose a shorter time"
    assert found[0] == [
        ["120", ""],
        ["120", ""],
        ["240", ""],
        ["432", ""],
        ["Infinity", f"no room for 240 months{shorter}"],
        ["93", ""],
        ["Infinity", f"no room for 912 months{shorter}"],
        ["Infinity", ""],
        ["Infinity", ""],
        ["Infinity", "no room for 36 months"],
    ]
    assert found[1] == [[42, 62], [42, 62], [34, 54], [42, 62], [0, 20], [80, 100], [0, 20], [0, 100], [0, 0]]


def test_limits_in_time_cut_what_is_possible_as_they_cut_what_is_certain(modules: Page) -> None:
    lines = modules.evaluate(
        """async () => {
            const { Selection } = await import("/src/selection.js");
            const steps = (...solid) => ({ solid, light: [0, 0, 0], patterns: [0, 0, 0] });
            const sure = { key: "sure", ...steps(1, 2, 3), possible: steps(4, 5, 6) };
            const lines = [sure, { key: "unsure", ...steps(0, 0, 0), possible: steps(0, 0, 7) }];
            const selection = Object.create(Selection.prototype);
            selection.answer = async () => ({ edges: [0, 10, 20, 30], lines });
            selection.limits = { meets: (first, last) => last >= 12 };
            const { edges, lines: cut } = await selection.series("aircraft", "month");
            return [edges, cut.map(({ key, solid, possible }) => [key, solid, possible.solid])];
        }"""
    )
    assert lines == [[10, 20, 30], [["sure", [2, 3], [5, 6]], ["unsure", [0, 0], [0, 7]]]]
