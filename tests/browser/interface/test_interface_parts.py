"""The pages of regions and aircraft in a browser: charts in the reader's colours, and everything without a script."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import hold, wait_until
from tests.browser.interface.conftest import Opened

pytestmark = pytest.mark.browser

CHARTS = re.compile(r"/charts/time\.svg")
LOADED = "images => images.map(image => image.complete && image.naturalWidth > 0)"


def test_the_chart_follows_the_choice_of_light_and_dark(open_page: Opened) -> None:
    page = open_page("/regions/MM", color_scheme="light")
    light, dark = page.locator(".chart__picture--light img"), page.locator(".chart__picture--dark img")
    expect(light).to_be_visible()
    expect(dark).to_be_hidden()
    page.locator("#theme").click()
    expect(dark).to_be_visible()
    expect(light).to_be_hidden()
    dark.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=dark.element_handle())


def test_a_chart_is_said_to_be_drawn_until_it_is(open_page: Opened) -> None:
    page = open_page("/about")
    held = hold(page, CHARTS)
    page.goto(f"{page.url.removesuffix('/about')}/regions/MM", wait_until="domcontentloaded")
    said = page.locator(".chart__figure [role=status]")
    chart = page.locator(".chart__picture--light img")
    chart.scroll_into_view_if_needed()
    expect(said).to_have_text("The chart is being drawn.")
    expect(said).to_be_in_viewport()
    expect(page.locator(".chart__figure .progress")).to_be_visible()
    wait_until(page, lambda: len(held) == 1)
    held.pop().fulfill(content_type="image/svg+xml", body="no picture")
    expect(said).to_have_text("The chart did not come. The figures below say the same.")
    page.get_by_role("button", name="Try again").click()
    expect(said).to_have_text("The chart is being drawn.")
    wait_until(page, lambda: len(held) == 1)
    held.pop().continue_()
    expect(said).to_be_empty()
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()
    expect(page.locator(".chart__figure .progress")).to_be_hidden()
    assert all(chart.evaluate_all(LOADED))
    page.locator("#theme").click()
    expect(said).to_have_text("The chart is being drawn.")
    wait_until(page, lambda: len(held) == 1)
    held.pop().continue_()
    expect(said).to_be_empty()


def test_on_a_phone_the_chart_is_drawn_for_its_width(open_page: Opened) -> None:
    page = open_page("/aircraft/aircraft", viewport={"width": 390, "height": 844})
    chart = page.locator(".chart__picture--light img")
    chart.scroll_into_view_if_needed()
    page.wait_for_function("image => image.currentSrc.includes('width=360')", arg=chart.element_handle())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_everything_is_there_without_a_script(open_page: Opened) -> None:
    page = open_page("/regions/MM-01", java_script_enabled=False)
    page.wait_for_load_state("networkidle")
    still = page.locator("noscript img, .small-map__still")
    expect(still).to_be_visible()
    assert all(still.evaluate_all(LOADED))
    expect(page.locator("#map")).to_be_hidden()
    page.get_by_text("The figures of this chart").click()
    expect(page.get_by_role("table", name="Incidents per")).to_be_visible()


def test_a_chart_that_is_opened_by_itself_needs_no_style(open_page: Opened) -> None:
    page = open_page("/charts/time.svg?region=MM", wait=False)
    fill = page.evaluate("getComputedStyle(document.querySelector('path[fill=\"#134df0\"]')).fill")
    assert fill == "rgb(19, 77, 240)"
