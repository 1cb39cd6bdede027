"""A reader with a keyboard alone gets from the first page to an incident's source."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.interface.conftest import Opened

pytestmark = pytest.mark.browser


def _press_until(page: Page, key: str, wanted: str, most: int = 60) -> None:
    """Press a key until what has the focus matches a selector."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("(selector) => document.activeElement?.matches(selector) ?? false", wanted):
            return
    pytest.fail(f"{key} never reached {wanted}")


def test_first_page_leads_to_a_source(open_page: Opened) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the map")
    _press_until(page, "Tab", "input[type=search][name=q]")
    page.keyboard.type("source on the web")
    expect(page.locator(".timebar__shown")).to_have_text("1 of 113 shown")
    page.keyboard.press("Shift+Tab")
    _press_until(page, "Tab", "#map", most=120)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_be_focused()
    expect(page.locator("#panel h2")).to_have_text("Strike with a source on the web")
    _press_until(page, "Tab", "#panel a[href^='https://']")
    assert page.locator(":focus").get_attribute("rel") == "noopener noreferrer"
    _press_until(page, "Tab", "#panel a.button--main")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Strike with a source on the web")
    _press_until(page, "Tab", ".sources a[href^='https://']")
    assert page.locator(":focus").get_attribute("rel") == "noopener noreferrer"


def test_skip_links_lead_past_the_switches(open_page: Opened) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#map")).to_be_focused()


def test_what_has_the_focus_shows_it(open_page: Opened) -> None:
    page = open_page("/")
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        ring = page.evaluate(
            """() => {
                const at = document.activeElement;
                const shown = [at, at.closest("label"), at.closest(".segments label")].filter(Boolean);
                const after = getComputedStyle(at, "::after");
                const ringed = shown.some((one) => getComputedStyle(one).outlineStyle !== "none")
                    || after.outlineStyle !== "none";
                return [at.outerHTML.slice(0, 120), ringed];
            }"""
        )
        seen.add(ring[0])
        assert ring[1], f"no ring on {ring[0]}"
    assert len(seen) > 30


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
    for path in ("/", "/incidents", "/about", "/embed"):
        page = open_page(path)
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("a, button, input, select, textarea, [role=slider]")]
                .filter((one) => one.checkVisibility() && one.type !== "hidden")
                .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim()
                    || [...(one.labels ?? [])].some((label) => label.textContent.trim())))
                .map((one) => one.outerHTML.slice(0, 120))"""
        )
        assert nameless == [], path


def test_pages_have_one_heading_of_the_first_order(open_page: Opened) -> None:
    for path in ("/", "/incidents", "/about", "/incidents?q=nothing+has+these+words"):
        assert open_page(path).locator("h1").count() == 1, path
