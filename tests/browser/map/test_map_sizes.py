"""What maps of different sizes ask for: no more of the base map than is in sight, and of squares about as many."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import hold, wait_until
from tests.browser.map.conftest import Open

pytestmark = pytest.mark.browser

SMALL = {"width": 1280, "height": 800}
# Files of the base map, by whether they were asked for before the first events were drawn.
ASKED = """() => {
    const first = performance.getEntriesByName("bearing:first-events")[0].startTime;
    const found = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/basemap/"));
    const named = ({ name }) => name.split("/").slice(-2).join("/");
    const [before, after] = [(one) => one.startTime < first, (one) => one.startTime >= first];
    return [found.filter(before).map(named), found.filter(after).map(named)];
}"""
GRIDS = """async ([sizes, total]) => {
    const { coarsenessOf, gridOf, outlineGridOf } = await import("/src/grid.js");
    return sizes.map(([x, y]) => {
        const coarseness = coarsenessOf({ x, y }, total);
        const frame = { zoom: 6, scale: 16384, left: 8000, top: 5000, width: x, height: y };
        const [grid, outlines] = [gridOf(frame, coarseness), outlineGridOf(frame, coarseness)];
        return [(grid.east - grid.west + 1) * (grid.south - grid.north + 1), grid.across, outlines.across];
    });
}"""
SIZES = [[1000, 650], [1640, 936], [2280, 1296], [3560, 2016]]


def asked_for(page: Page) -> tuple[list[str], list[str]]:
    first, later = page.evaluate(ASKED)
    return first, later


def since(names: list[str]) -> set[str]:
    return {name.split("/")[0] for name in names}


@pytest.mark.parametrize(
    ("position", "closer"), [("#3/20/60", "0"), ("#4/50/10", "4"), ("#6.5/47/12", "6"), ("#12/47/12", "8")]
)
def test_a_page_asks_for_the_base_map_in_sight_as_finely_as_it_is_seen(
    open_map: Open, position: str, closer: str
) -> None:
    page = open_map(f"/{position}", viewport=SMALL)
    first, later = asked_for(page)
    assert since(first) == {closer}
    assert len(first) <= 8
    assert not later


@pytest.mark.parametrize(("width", "height", "farther"), [(1920, 1080, "5"), (2560, 1440, "4"), (3840, 2160, "4")])
def test_a_large_map_is_as_fine_as_a_small_one_behind_the_first_events(
    open_map: Open, width: int, height: int, farther: str
) -> None:
    first, later = asked_for(open_map("/#6/47/12", viewport={"width": width, "height": height}))
    assert since(first) == {farther}
    assert since(later) == {"6"}


def test_what_lies_around_the_view_comes_when_the_pointer_does(open_map: Open) -> None:
    page = open_map("/#7/47/12", viewport=SMALL)
    first, _ = asked_for(page)
    page.mouse.move(640, 400)
    wait_until(page, lambda: len(asked_for(page)[1]) > 0)
    later = asked_for(page)[1]
    assert since(later) == {"7"}
    assert not set(first) & set(later)


def test_what_is_late_leaves_the_map_there_is(open_map: Open) -> None:
    page = open_map("/#5/47/12", viewport=SMALL)
    held = hold(page, re.compile(r"/basemap/[^/]+/6/"))
    before = colours(page)
    page.focus("#map")
    page.keyboard.press("+")
    wait_until(page, lambda: bool(held))
    after = colours(page)
    # Land, and the sea beside it.
    assert len(before & after) >= 2
    for route in held:
        route.continue_()


def colours(page: Page) -> set[Any]:
    """Give the commonest colours of the base map."""
    found = page.evaluate("""() => {
        const canvas = document.querySelector(".leaflet-tile-pane canvas");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const counts = new Map();
        for (let at = 0; at < data.length; at += 4) {
            const colour = `${data[at]} ${data[at + 1]} ${data[at + 2]}`;
            counts.set(colour, (counts.get(colour) ?? 0) + 1);
        }
        return [...counts].filter(([, count]) => count > data.length / 400).map(([colour]) => colour);
    }""")
    return set(found)


def test_a_large_map_of_many_asks_for_about_as_much_as_a_small_one(modules: Page) -> None:
    found = modules.evaluate(GRIDS, [SIZES, 1_000_000])
    squares, across, outlines = zip(*found, strict=True)
    assert max(squares) < 1.5 * squares[0]
    assert list(across) == sorted(across, reverse=True)
    assert list(outlines) == sorted(outlines, reverse=True)
    assert outlines[-1] < outlines[0]
    few = modules.evaluate(GRIDS, [SIZES, 3_000])
    assert [one[1:] for one in few] == [[across[0], outlines[0]]] * len(SIZES), "of few no symbols are gathered sooner"
