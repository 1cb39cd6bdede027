"""Nasty texts stay texts: nothing in a record runs, opens or breaks a page."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.interface.conftest import BURMESE_ID, HOSTILE_ID, HOSTILE_TITLE, LONG_ID, RTL_ID, Opened

pytestmark = pytest.mark.browser


def _assert_inert(page: Page) -> None:
    page.wait_for_timeout(100)
    assert page.evaluate("window.hacked") is None
    assert page.locator("[onerror], script:not([src]):not([type='application/json']), [src='x']").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0


def test_panel_shows_markup_as_text(open_page: Opened) -> None:
    page = open_page("/?q=window.hacked")
    page.focus("#map")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_have_text(HOSTILE_TITLE)
    source = page.locator("#panel .sources li").first
    expect(source).to_contain_text("Click </script>")
    assert source.locator("a").count() == 0
    _assert_inert(page)


def test_incident_page_shows_markup_as_text(open_page: Opened) -> None:
    page = open_page(f"/incidents/{HOSTILE_ID}")
    expect(page.locator("h1")).to_have_text(HOSTILE_TITLE)
    assert page.locator(".sources li").first.locator("a").count() == 0
    _assert_inert(page)


def test_table_and_search_show_markup_as_text(open_page: Opened) -> None:
    page = open_page("/incidents?q=%3Cscript%3E")
    expect(page.locator(".chips")).to_contain_text("“<script>”")
    expect(page.locator("tbody")).to_contain_text("<img src=x")
    _assert_inert(page)


def test_filter_words_and_errors_show_markup_as_text(open_page: Opened) -> None:
    page = open_page("/?q=%3Cimg+src%3Dx+onerror%3D%22window.hacked%3D1%22%3E")
    expect(page.locator(".switches__active")).to_contain_text("<img src=x")
    _assert_inert(page)
    page = open_page("/incidents?kind=%3Cscript%3Ewindow.hacked=1%3C/script%3E")
    expect(page.locator("h1")).to_be_visible()
    _assert_inert(page)
    open_page.problems.clear()  # the browser itself notes the 400


def test_embed_code_cannot_be_broken_out_of(open_page: Opened) -> None:
    page = open_page("/?q=%22%3E%3Cscript%3Ewindow.hacked%3D1%3C%2Fscript%3E")
    page.get_by_role("button", name="Embed").click()
    code = page.locator("#embed-code").input_value()
    assert code.count("<") == 4
    assert "<script" not in code


def test_long_and_foreign_titles_fit(open_page: Opened) -> None:
    for size in ({"width": 1280, "height": 800}, {"width": 390, "height": 844}, {"width": 320, "height": 640}):
        records = [f"/incidents/{id_}" for id_ in (LONG_ID, RTL_ID, BURMESE_ID)]
        for path, page in open_page.each("/incidents", *records, "/about", viewport=size):
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, (path, size)


def test_right_to_left_titles_are_set_so(open_page: Opened) -> None:
    page = open_page(f"/incidents/{RTL_ID}")
    assert page.locator("h1").evaluate("(one) => getComputedStyle(one).direction") == "rtl"
    assert page.locator(".masthead").evaluate("(one) => getComputedStyle(one).direction") == "ltr"


def test_burmese_has_letters_of_our_own(open_page: Opened) -> None:
    page = open_page(f"/incidents/{BURMESE_ID}")
    families = page.locator("h1").evaluate("(one) => getComputedStyle(one).fontFamily")
    assert "Noto Sans Myanmar" in families
    assert page.evaluate("async () => (await document.fonts.load('16px \"Noto Sans Myanmar\"', 'မြန်မာ')).length") > 0
