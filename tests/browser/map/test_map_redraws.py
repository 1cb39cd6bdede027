"""`bearing:redraw`: one entry for each input, which says which it was, and lasts until all that answers it is drawn.

And `bearing:first-events`, once the first of them are on the screen.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DRAWN, Watched, as_large, hold, wait_until
from tests.browser.map.conftest import EXACT, position

pytestmark = pytest.mark.browser

Do = Callable[[Page], Any]
INPUTS: dict[str, tuple[str, Do]] = {
    "step": ("step", lambda page: page.get_by_role("button", name="One step back").click()),
    "edge": ("edge", lambda page: press(page, page.get_by_role("slider", name="Window begins"), "ArrowLeft")),
    "all time": ("window", lambda page: page.get_by_role("button", name="All time").click()),
    "undated": ("undated", lambda page: page.get_by_label("undated").first.uncheck()),
    "kind": ("kind", lambda page: page.locator("#switches input[name=kind]").first.uncheck()),
    "all kinds": ("kind", lambda page: page.get_by_role("button", name=re.compile("^All on: kinds")).click()),
    "region": ("region", lambda page: page.locator("#switches input[name=region]").first.check()),
    "search": ("search", lambda page: page.locator("#search input[name=q]").fill("crowd")),
    "lift all": ("filter", lambda page: page.get_by_role("button", name="Lift all", exact=True).first.click()),
    "fill": ("fill", lambda page: fill(page, "number")),
    "another fill": ("fill", lambda page: fill(page, "rate")),
    "step with regions filled": ("step", lambda page: page.get_by_role("button", name="One step back").click()),
    "killed": ("fill", lambda page: fill(page, "killed")),
    "kind with regions filled": ("kind", lambda page: page.locator("#switches input[name=kind]").nth(1).uncheck()),
    "pan with regions filled": ("pan", lambda page: press(page, page.locator("#map"), "Shift+ArrowLeft")),
    "no fill": ("fill", lambda page: fill(page, "off")),
    "pan": ("pan", lambda page: press(page, page.locator("#map"), "Shift+ArrowRight")),
    "zoom in": ("zoom", lambda page: page.get_by_role("button", name="Zoom in").click()),
    "zoom by key": ("zoom", lambda page: press(page, page.locator("#map"), "-")),
    "chart": ("chart", lambda page: page.get_by_role("button", name="Chart", exact=True).click()),
    "no chart": ("chart", lambda page: page.get_by_role("button", name="Fold the chart").click()),
}


def press(page: Page, where: Any, key: str) -> None:
    where.focus()
    page.keyboard.press(key)


def fill(page: Page, by: str) -> None:
    page.get_by_label("Fill regions by").select_option(by)


def redraws(page: Page) -> list[str]:
    found: list[str] = page.evaluate("performance.getEntriesByName('bearing:redraw').map(({ detail }) => detail)")
    return found


@pytest.mark.parametrize("mode", ["points", "clusters"])
def test_each_input_has_one_entry(watched: Watched, address: str, mode: str) -> None:
    page = watched.blank()
    if mode == "clusters":
        page.route(re.compile(re.escape(address) + r"/(embed)?(\?[^/]*)?$"), as_large)
    page.goto(f"{address}/{position(EXACT, 4)}")
    page.wait_for_selector("#map[data-ready=all]")
    page.wait_for_timeout(300)
    assert not redraws(page), "nobody has done anything"
    for name, (detail, do) in INPUTS.items():
        page.evaluate("performance.clearMeasures('bearing:redraw')")
        do(page)
        wait_until(page, lambda: bool(redraws(page)))
        # What comes behind it, such as counts and bars, makes none.
        page.wait_for_timeout(500)
        assert redraws(page) == [detail], name
    page.evaluate("performance.clearMeasures('bearing:redraw')")
    page.set_viewport_size({"width": 1000, "height": 700})
    page.wait_for_timeout(500)
    assert not redraws(page), "a map that gets other room is nobody's input"


@pytest.mark.parametrize(
    ("url", "detail", "do"),
    [
        (r"found\.json", "step", INPUTS["step"][1]),
        (r"harm\.json", "fill", lambda page: fill(page, "killed")),
        (r"outlines\.json.*level=1", "zoom", INPUTS["zoom in"][1]),
        (r"series\.json", "chart", INPUTS["chart"][1]),
        (r"clusters\.arrow", "step", INPUTS["step"][1]),
    ],
    ids=["figures", "fill", "outlines", "chart", "map"],
)
def test_an_entry_lasts_until_all_is_drawn(watched: Watched, address: str, url: str, detail: str, do: Do) -> None:
    page = watched.blank()
    page.route(re.compile(re.escape(address) + r"/(embed)?(\?[^/]*)?$"), as_large)
    page.goto(f"{address}/{position(EXACT, 4)}&regions=number")
    page.wait_for_selector("#map[data-ready=all]")
    expect(page.locator(".regions__classes li")).not_to_have_count(0)
    held = hold(page, re.compile(url))
    do(page)
    wait_until(page, lambda: bool(held))
    page.wait_for_timeout(400)
    assert not redraws(page)
    for route in held:
        route.continue_()
    page.unroute(re.compile(url))
    wait_until(page, lambda: redraws(page) == [detail])
    lasted = page.evaluate("performance.getEntriesByName('bearing:redraw')[0].duration")
    assert lasted > 300


# Notes whether anything was drawn, and whether a frame with it had begun, when the first events are said to be there.
NOTED = """
let [isDrawn, isFramed] = [false, false];
const { prototype } = CanvasRenderingContext2D;
const { drawImage } = prototype;
prototype.drawImage = function (...given) {
    if (!isDrawn) {
        isDrawn = true;
        requestAnimationFrame(() => { isFramed = true; });
    }
    return drawImage.apply(this, given);
};
const { mark } = performance;
performance.mark = function (name, ...given) {
    if (name === "bearing:first-events") {
        window.firstEvents = { isDrawn, isFramed, bars: document.querySelectorAll("#timebar svg").length };
    }
    return mark.call(this, name, ...given);
};
"""


def test_first_events_are_on_the_screen_before_anything_is_made_beside_the_map(chromium: Browser, address: str) -> None:
    watched = Watched(chromium, (address, "data:"))
    page = watched.blank()
    page.add_init_script(NOTED)
    page.goto(address)
    page.wait_for_selector(DRAWN)
    assert page.evaluate("window.firstEvents") == {"isDrawn": True, "isFramed": True, "bars": 0}
    watched.close()


# Notes in which turn words are drawn on the map and what stands beside it is written.
TURNS = """() => {
    const turns = [];
    const note = (what) => turns.at(-1) === what || turns.push(what);
    const { fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function (...given) {
        note("map");
        return fillText.apply(this, given);
    };
    const { replaceChildren, setAttribute } = Element.prototype;
    Element.prototype.replaceChildren = function (...given) {
        this.matches(".switches__active") && note("beside");
        return replaceChildren.apply(this, given);
    };
    Element.prototype.setAttribute = function (name, value) {
        name === "aria-valuenow" && note("beside");
        return setAttribute.call(this, name, value);
    };
    return new Promise((done) => setTimeout(() => {
        document.querySelector("[aria-label='One step back']").click();
        requestAnimationFrame(() => done(turns));
    }));
}"""


def test_a_step_is_drawn_before_what_stands_beside_the_map_is_written_in_the_same_frame(
    watched: Watched, address: str
) -> None:
    page = watched.blank()
    page.goto(f"{address}/?from=2016&to=2025{position(EXACT, 4)}")
    page.wait_for_selector("#map[data-ready=all]")
    page.wait_for_timeout(300)
    assert page.evaluate(TURNS) == ["map", "beside"]
