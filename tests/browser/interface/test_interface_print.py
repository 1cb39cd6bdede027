"""On paper: nothing that can only be clicked, addresses written out, ink on white whatever the screen was."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.interface.conftest import LINKED_ID, Opened

pytestmark = pytest.mark.browser


def test_incident_page_prints_its_addresses(open_page: Opened) -> None:
    page = open_page(f"/incidents/{LINKED_ID}", color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    for gone in (".masthead__search", ".masthead__links", ".back"):
        expect(page.locator(gone)).to_be_hidden()
    after = page.locator(".sources a.away").evaluate("(one) => getComputedStyle(one, '::after').content")
    assert "https://news.example/a?b=1" in after or "attr(href)" in after
    expect(page.locator(".cite__text")).to_be_visible()
    assert page.locator("html").evaluate("(one) => getComputedStyle(one).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("h1").evaluate("(one) => getComputedStyle(one).color") == "rgb(0, 0, 0)"


def test_table_prints_without_its_form(open_page: Opened) -> None:
    page = open_page("/incidents?kind=airstrike")
    page.emulate_media(media="print")
    for gone in (".filters", ".chips", ".table-tools"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator("thead")).to_be_visible()
    assert page.locator("thead").evaluate("(one) => getComputedStyle(one).display") == "table-header-group"


def test_map_prints_with_counts_and_disclaimer(open_page: Opened) -> None:
    page = open_page("/?kind=airstrike&from=2022&to=2022")
    page.emulate_media(media="print")
    for gone in ("#switches", ".timebar__tools", ".leaflet-control-zoom", "#regions"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator("#map")).to_be_visible()
    expect(page.locator(".timebar__shown")).to_be_visible()
    expect(page.locator(".bearing-credit")).to_contain_text("boundaries")
    # What a screen tells by its switches stands in words, and the legend need not be open.
    said = page.locator(".frame__printed")
    expect(said).to_be_visible()
    expect(said).to_have_text(re.compile(r"Only: Airstrikes; 2022\.\s+Edition 1, published \d+ \w+ \d{4}\."))
    expect(page.locator("#legend-sheet")).to_be_visible()
    map_, legend = (page.locator(one).bounding_box() for one in ("#map", "#legend-sheet"))
    assert map_ is not None
    assert legend is not None
    assert legend["y"] >= map_["y"] + map_["height"], "it hides nothing"
