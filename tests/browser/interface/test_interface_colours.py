"""Light and dark: by the system, by the reader's switch, and always to be read."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.interface.conftest import Opened, id_of

pytestmark = pytest.mark.browser

LIGHT_PANEL, DARK_PANEL = "rgb(255, 255, 255)", "rgb(27, 31, 35)"
COUP = "/incidents/" + id_of("founding-record:coup-2021")

# Text against what it stands on, after WCAG 2.2: 4.5 to 1, or 3 for large text.
CONTRAST = Path(__file__).with_name("contrast.js").read_text("utf-8")


def _panel_colour(page: Page) -> str:
    return str(page.locator(".masthead").evaluate("(one) => getComputedStyle(one).backgroundColor"))


def test_dark_follows_the_system(open_page: Opened) -> None:
    assert _panel_colour(open_page("/incidents", color_scheme="light")) == LIGHT_PANEL
    assert _panel_colour(open_page("/incidents", color_scheme="dark")) == DARK_PANEL


def test_the_key_of_filled_regions_keeps_its_colours(open_page: Opened) -> None:
    page = open_page("/#regions=number", forced_colors="active")
    expect(page.locator(".regions__swatch").first).to_be_visible()
    read = "(all) => all.map((one) => getComputedStyle(one).backgroundColor)"
    colours = page.locator(".regions__swatch").evaluate_all(read)
    assert len(colours) > 1
    assert len(set(colours)) == len(colours)


def test_switch_overrules_the_system_and_is_kept(open_page: Opened) -> None:
    page = open_page("/", color_scheme="light")
    page.get_by_role("button", name="Dark colours").click()
    assert _panel_colour(page) == DARK_PANEL
    page.goto(page.url.split("?")[0] + "incidents")
    assert _panel_colour(page) == DARK_PANEL
    page.get_by_role("button", name="Light colours").click()
    assert _panel_colour(page) == LIGHT_PANEL
    page.reload()
    assert _panel_colour(page) == LIGHT_PANEL


def test_choice_holds_before_anything_is_painted(open_page: Opened) -> None:
    page = open_page("/about", color_scheme="light")
    page.get_by_role("button", name="Dark colours").click()
    page.route("**/bearing.*.js", lambda route: route.abort())
    page.reload()
    assert _panel_colour(page) == DARK_PANEL
    open_page.problems.clear()  # the browser itself notes the script that did not come


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(open_page: Opened, scheme: str) -> None:
    paths = (
        "/?from=2021&to=2023",
        "/incidents?kind=airstrike",
        COUP,
        "/about",
        "/embed",
        "/incidents?q=nothinghasthis",
    )
    for path, page in open_page.each(*paths, color_scheme=scheme):
        if path.startswith("/?"):
            page.get_by_role("button", name="Legend").click()
            page.focus("#map")
            page.keyboard.press("ArrowRight")
            page.keyboard.press("Enter")
            expect(page.locator("#panel h2")).to_be_visible()
        assert page.evaluate(CONTRAST) == [], (path, scheme)


def test_names_of_aircraft_are_not_faded_with_the_bars_beside_the_window(open_page: Opened) -> None:
    page = open_page("/?from=2022#chart=aircraft", color_scheme="light")
    name = page.locator(".chart__type").first
    expect(name).to_be_visible()
    letters = Image.open(io.BytesIO(page.screenshot(clip=name.bounding_box()))).convert("L")
    assert min(letters.tobytes()) < 60


def test_no_text_is_too_small(open_page: Opened) -> None:
    for path, page in open_page.each("/", "/incidents", COUP, "/embed"):
        small = page.evaluate(
            """() => [...document.querySelectorAll("body *")]
                .filter((one) => one.checkVisibility() && !one.closest("svg, script, .unseen")
                    && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
                    && parseFloat(getComputedStyle(one).fontSize) < 12.9)
                .map((one) => `${getComputedStyle(one).fontSize} ${one.outerHTML.slice(0, 80)}`)"""
        )
        assert small == [], path
