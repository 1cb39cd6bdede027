"""A reader with a keyboard alone gets from the first page to an incident's source."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.interface.conftest import Opened

pytestmark = pytest.mark.browser


# What has the focus, as text, and whether a ring of two pixels or more is drawn around it or its label.
FOCUSED = """() => {
    const at = document.activeElement;
    const ringed = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const around = [at, at.closest("label"), at.closest(".segments label")].filter(Boolean);
    // Past the last element the focus is the browser's own, and so is its ring.
    return [at.outerHTML.slice(0, 120), at === document.body
        || around.some((one) => ringed(getComputedStyle(one)))
        || ringed(getComputedStyle(at, "::after"))];
}"""


# By how many pixels a page is higher than what is seen of it.
OVERFLOW = "document.scrollingElement.scrollHeight - innerHeight"


def _press(page: Page, key: str) -> str:
    """Press a key; whatever has the focus then shows it. Gives that."""
    page.keyboard.press(key)
    focused, ringed = page.evaluate(FOCUSED)
    assert ringed, f"no ring on {focused}"
    return str(focused)


def _press_until(page: Page, key: str, wanted: str, most: int = 60) -> None:
    """Press a key until what has the focus matches a selector; on the way the focus is always seen."""
    for _ in range(most):
        _press(page, key)
        if page.evaluate("(selector) => document.activeElement?.matches(selector) ?? false", wanted):
            return
    pytest.fail(f"{key} never reached {wanted}")


def test_first_page_leads_to_a_source(open_page: Opened) -> None:
    page = open_page("/")
    _press(page, "Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the map")
    _press_until(page, "Tab", "input[type=search][name=q]")
    page.keyboard.type("source on the web")
    expect(page.locator(".timebar__shown")).to_have_text("1 of 113 shown")
    _press(page, "Shift+Tab")
    _press_until(page, "Tab", "#map", most=120)
    _press(page, "ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_be_focused()
    assert page.evaluate(FOCUSED)[1]
    expect(page.locator("#panel h2")).to_have_text("Strike with a source on the web")
    _press_until(page, "Tab", "#panel a[href^='https://']")
    assert page.locator(":focus").get_attribute("rel") == "noopener noreferrer"
    _press_until(page, "Tab", "#panel a.button--main")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Strike with a source on the web")
    _press(page, "Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    _press_until(page, "Tab", ".sources a[href^='https://']")
    assert page.locator(":focus").get_attribute("rel") == "noopener noreferrer"


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_skip_links_lead_past_the_switches_and_move_no_map(open_page: Opened, size: tuple[int, int]) -> None:
    width, height = size
    for path, page in open_page.each("/maps/strikes", "/embed", "/", viewport={"width": width, "height": height}):
        assert page.evaluate(OVERFLOW) <= 0, path
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the map")
    page.keyboard.press("Enter")
    expect(page.locator("#map")).to_be_focused()
    assert page.evaluate("[scrollX, scrollY]") == [0, 0]
    assert "#" not in page.url, "the address says how the map stands"


def test_second_skip_link_leads_to_the_table_with_the_same_filters(open_page: Opened) -> None:
    page = open_page("/?kind=airstrike")
    _press(page, "Tab")
    _press(page, "Tab")
    expect(page.locator(":focus")).to_have_text("Read the table instead of the map")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/incidents\?kind=airstrike$"))
    _press(page, "Tab")
    page.keyboard.press("Enter")
    _press(page, "Tab")
    expect(page.locator("#content .chips a:focus")).to_have_count(1)


@pytest.mark.parametrize("path", ["/", "/incidents?kind=protest", "/embed"])
def test_what_has_the_focus_shows_it(open_page: Opened, path: str) -> None:
    page = open_page(path)
    seen = {_press(page, "Tab") for _ in range(60 if path == "/" else 25)}
    assert len(seen) > (30 if path == "/" else 8)


def test_escape_closes_the_panel_and_gives_the_focus_back(open_page: Opened) -> None:
    page = open_page("/?q=source+on+the+web")
    page.focus("#map")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator("#map")).to_be_focused()


def test_everything_that_acts_has_a_name(open_page: Opened) -> None:
    for path, page in open_page.each("/", "/incidents", "/about", "/embed"):
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("a, button, input, select, textarea, [role=slider]")]
                .filter((one) => one.checkVisibility() && one.type !== "hidden")
                .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim()
                    || [...(one.labels ?? [])].some((label) => label.textContent.trim())))
                .map((one) => one.outerHTML.slice(0, 120))"""
        )
        assert nameless == [], path


def test_pages_have_one_heading_of_the_first_order(open_page: Opened) -> None:
    for path, page in open_page.each("/", "/incidents", "/about", "/incidents?q=nothing+has+these+words"):
        assert page.locator("h1").count() == 1, path


def test_a_map_that_moves_says_what_is_in_view_then(open_page: Opened) -> None:
    page = open_page("/#5/19.7/96.1")
    said = page.locator("#map [aria-live]")
    page.focus("#map")
    page.keyboard.press("Home")
    expect(said).to_contain_text(re.compile(r"1 of \d+ in view"))
    page.keyboard.press("Shift+ArrowRight")
    expect(said).to_have_text(re.compile(r"^\d+ symbols in view, around \d+° north, \d+° east\.$"))
    for _ in range(12):
        page.keyboard.press("Shift+ArrowDown")
    expect(said).to_have_text(re.compile(r"^Nothing in view, around \d+° south, \d+° east\.$"))
    for key in ("Home", "End", "Enter"):
        page.keyboard.press(key)
        expect(said).to_contain_text("Nothing in view")
    for _ in range(6):
        page.keyboard.press("-")
    expect(said).to_contain_text(re.compile(r"\d+ symbols in view"))
    page.keyboard.press("Home")
    expect(said).to_contain_text(re.compile(r"1 of \d+ in view"))
