"""The dialog of downloads: what it says before, by keyboard, and that without script a page says the same."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.interface.conftest import Opened

pytestmark = pytest.mark.browser


def _open(page: Page) -> None:
    link = page.locator(".masthead__links a[data-download]")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Download")).to_be_visible()


def test_the_dialog_says_count_size_and_terms_before(open_page: Opened) -> None:
    page = open_page("/?kind=airstrike&from=2021")
    _open(page)
    dialog = page.get_by_role("dialog")
    found = page.evaluate("fetch('/incidents.geojson?kind=airstrike&from=2021').then((said) => said.json())")
    matched = len(found["features"])
    expect(dialog).to_contain_text(re.compile(rf"{matched} of [\d,]+ records: "))
    expect(dialog.get_by_role("radio")).to_have_count(6)
    expect(dialog.get_by_role("radio", checked=True)).to_have_value("csv")
    expect(dialog).to_contain_text("To cite: ")
    button = dialog.get_by_role("link", name=re.compile("^Download CSV, about "))
    expect(button).to_have_attribute("href", "/incidents.csv?kind=airstrike&from=2021-01-01")
    dialog.get_by_role("checkbox").check()
    expect(button).to_have_attribute("href", "/incidents.csv?kind=airstrike&from=2021-01-01&hxl=1")
    dialog.get_by_role("radio", checked=True).focus()
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("checkbox")).to_be_hidden()
    with page.expect_download() as started:
        dialog.get_by_role("link", name=re.compile("^Download Excel workbook, about ")).click()
    assert re.fullmatch(r"bearing-edition-\d+-airstrike-2021-01-01\.xlsx", started.value.suggested_filename)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(".masthead__links a[data-download]")).to_be_focused()


def test_the_dialog_leads_to_the_map_as_a_picture(open_page: Opened) -> None:
    page = open_page("/?kind=airstrike#5.5/21.9/96.1&regions=number&chart=kind")
    _open(page)
    address = page.get_by_role("dialog").get_by_role("link", name="Picture, SVG").get_attribute("href")
    assert address is not None
    parts = urlsplit(address)
    assert parts.path == "/map.svg"
    assert dict(parse_qsl(parts.query)) == {
        "kind": "airstrike",
        "view": "5.5/21.9/96.1",
        "regions": "number",
        "chart": "kind",
    }
    words = page.evaluate("(address) => fetch(address).then((said) => said.text())", address)
    assert "Airstrikes." in words
    assert "Regions are filled by incidents, by region." in words
    assert "Chart: Incidents by" in words


def test_without_script_a_page_says_the_same(open_page: Opened) -> None:
    page = open_page("/incidents?kind=airstrike", java_script_enabled=False)
    page.locator(".table-tools").get_by_role("link", name="Download").click()
    expect(page).to_have_url(re.compile(r"/download\?kind=airstrike$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Download")
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV with HXL hashtags").click()
    assert started.value.suggested_filename.endswith("-airstrike.csv")
