"""The time bar: dragging, stepping, playing and writing a window change what is shown, the counts and the address."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import wait_until
from tests.browser.interface.conftest import Opened, Site

pytestmark = pytest.mark.browser


def _query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def _shown(page: Page) -> int:
    return int(page.locator(".timebar__shown").inner_text().split()[0].replace(",", ""))


def _drag(page: Page, selector: str, part: float, by: float) -> None:
    """Drag from a part of an element's width by a part of the plot's width."""
    page.wait_for_timeout(50)
    box, plot = page.locator(selector).bounding_box(), page.locator(".timebar__plot").bounding_box()
    assert box
    assert plot
    x, y = box["x"] + box["width"] * part, plot["y"] + 20
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + plot["width"] * by, y, steps=6)
    page.mouse.up()
    page.wait_for_timeout(100)


def test_a_handle_dragged_narrows(open_page: Opened, site: Site) -> None:
    page = open_page("/")
    assert _shown(page) == site.total
    _drag(page, ".timebar__handle--start", 0.5, 0.7)
    expect(page).to_have_url(re.compile("from="))
    wait_until(page, lambda: _shown(page) < site.total)
    assert re.fullmatch(r"(19|20)\d\d-01-01", _query(page)["from"][0])
    assert "to" not in _query(page)


def _years(page: Page) -> tuple[int, int]:
    said = page.locator(".timebar__when > span").first
    expect(said).to_have_text(re.compile(r"^\d{4} to \d{4}$"))
    first, last = said.inner_text().split(" to ")
    return int(first), int(last)


def test_a_window_is_drawn_and_moved(open_page: Opened) -> None:
    page = open_page("/")
    _drag(page, ".timebar__plot", 0.5, 0.2)
    first = _years(page)
    assert first[1] > first[0]
    expect(page).to_have_url(re.compile(f"from={first[0]}-01-01&to={first[1]}-12-31"))
    _drag(page, ".timebar__plot > .timebar__window", 0.5, 0.1)
    expect(page.locator(".timebar__when > span").first).not_to_have_text(f"{first[0]} to {first[1]}")
    second = _years(page)
    assert second[0] > first[0]
    assert second[1] - second[0] == first[1] - first[0]
    expect(page).to_have_url(re.compile(f"from={second[0]}-01-01&to={second[1]}-12-31"))


def test_steps_by_year_month_and_day(open_page: Opened) -> None:
    page = open_page("/?from=2022&to=2022")
    forward = page.get_by_role("button", name="One step forward")
    back = page.get_by_role("button", name="One step back")
    for unit, expected in (("Year", "2023"), ("Month", "January 2023"), ("Day", "1 January 2023")):
        page.locator(".segments label", has_text=unit).click()
        if unit == "Year":
            forward.click()
        else:
            page.locator(".timebar").get_by_role("button", name="All time").click()
            page.evaluate("document.activeElement.blur()")
            _write_window(page, "2022-12" if unit == "Month" else "2022-12-31")
            forward.click()
        expect(page.locator(".timebar__when > span").first).to_have_text(expected)
    back.click()
    expect(page.locator(".timebar__when > span").first).to_have_text("31 December 2022")
    expect(page).to_have_url(re.compile("to=2022-12-31"))


def test_the_step_is_in_the_address(open_page: Opened) -> None:
    page = open_page("/")
    page.locator(".segments label", has_text="Month").click()
    expect(page).to_have_url(re.compile(r"#(.*&)?step=month"))
    page = open_page("/?from=2022-03&to=2022-03#step=day")
    expect(page.get_by_role("radio", name="Day")).to_be_checked()
    page = open_page("/?from=2022-03&to=2022-03")
    expect(page.get_by_role("radio", name="Month")).to_be_checked()
    page.get_by_role("button", name="One step forward").click()
    expect(page.locator(".timebar__when > span").first).to_have_text("April 2022")
    page = open_page("/#step=week")
    expect(page.get_by_text("“step” must be one of day, month, year")).to_be_visible()


def _write_window(page: Page, text: str) -> None:
    dates = page.get_by_role("button", name="Dates")
    if dates.get_attribute("aria-expanded") == "false":
        dates.click()
    for name in ("From", "To"):
        page.get_by_label(f"{name}: year, month or day").fill(text)
        page.keyboard.press("Enter")


def test_an_answer_takes_no_letter_from_who_writes_a_date(open_page: Opened) -> None:
    page = open_page("/?from=2022&to=2022")
    page.get_by_role("button", name="Dates").click()
    field = page.get_by_label("To: year, month or day")
    field.fill("2022-0")
    # Another part of the filter changes, and its counts come in, while the date is half written.
    page.evaluate("document.querySelector('.timebar__undated input, .timebar input[type=checkbox]').click()")
    expect(page).to_have_url(re.compile("undated"))
    expect(field).to_have_value("2022-0")
    field.press("9")
    field.press("Enter")
    expect(page).to_have_url(re.compile("to=2022-09"))


def test_playing_moves_on_and_pauses(open_page: Opened) -> None:
    page = open_page("/?from=2014&to=2014", reduced_motion="no-preference")
    said = page.locator(".timebar__when > span").first
    page.get_by_role("button", name="Play").click()
    expect(said).to_have_text("2016", timeout=4000)
    page.get_by_role("button", name="Pause").click()
    stood = said.inner_text()
    page.wait_for_timeout(1200)
    assert said.inner_text() == stood
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_playing_ends_at_the_last_unit(open_page: Opened) -> None:
    page = open_page("/?from=2023&to=2023", reduced_motion="no-preference")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible(timeout=6000)


def test_nothing_plays_for_a_reader_who_wants_no_motion(open_page: Opened) -> None:
    page = open_page("/?from=2014&to=2014", reduced_motion="no-preference")
    page.get_by_role("button", name="Play").click()
    page.emulate_media(reduced_motion="reduce")
    expect(page.get_by_role("button", name=re.compile("Play|Pause"))).to_have_count(0)
    said = page.locator(".timebar__when > span").first
    stood = said.inner_text()
    page.wait_for_timeout(1200)
    assert said.inner_text() == stood, "what was playing has stopped"
    page.get_by_role("button", name="One step forward").click()
    expect(said).not_to_have_text(stood)


def test_a_window_before_all_bars_is_taken_hold_of_at_the_edge(open_page: Opened) -> None:
    page = open_page("/?from=1700&to=1800")
    end = page.locator(".timebar__handle--end")
    expect(end).to_have_css("opacity", "1")
    before = _shown(page)
    _drag(page, ".timebar__handle--end", 0.75, 0.6)
    wait_until(page, lambda: _shown(page) > before)


def test_handles_are_sliders(open_page: Opened) -> None:
    page = open_page("/")
    start = page.get_by_role("slider", name="Window begins")
    start.focus()
    start.press("PageUp")
    start.press("ArrowRight")
    expect(start).to_have_attribute("aria-valuetext", "1 January 1959")
    expect(page.locator(".timebar__when > span").first).to_have_text("from 1959")
    start.press("Home")
    expect(page.locator(".timebar__when > span").first).to_have_text("All time")


def test_undated_ones_can_be_left_out(open_page: Opened, site: Site) -> None:
    page = open_page("/")
    box = page.get_by_role("checkbox", name=re.compile("undated"))
    undated = int(page.locator(".timebar .tick").inner_text().split()[0])
    assert undated > 0
    box.uncheck()
    expect(page.locator(".timebar__shown")).to_have_text(f"{site.total - undated} of {site.total} shown")
    expect(page).to_have_url(re.compile("undated=hide"))
    box.check()
    expect(page.locator(".timebar__shown")).to_have_text(f"{site.total} of {site.total} shown")


def test_bars_part_the_certain_from_the_possible(open_page: Opened) -> None:
    page = open_page("/?kind=diplomatic_act")
    assert page.locator(".timebar__solid").get_attribute("d")
    assert page.locator(".timebar__light").get_attribute("d")
    page = open_page("/?q=airstrike+let+yet+kone")
    assert page.locator(".timebar__solid").get_attribute("d")
    assert not page.locator(".timebar__light").get_attribute("d")


def test_the_address_opens_the_same_window(open_page: Opened) -> None:
    page = open_page("/?from=2014-11&to=2014-11")
    expect(page.locator(".timebar__when > span").first).to_have_text("November 2014")
    shown = _shown(page)
    page.reload()
    page.wait_for_selector("#map[data-ready=all]")
    assert _shown(page) == shown > 0


def test_a_day_that_is_none_is_refused_in_words(open_page: Opened, site: Site) -> None:
    page = open_page("/")
    page.get_by_role("button", name="Dates").click()
    field = page.get_by_label("From: year, month or day")
    field.fill("2022-02-30")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".switches [role=alert]")).to_have_text("Write 2022, 2022-09 or 2022-09-16.")
    assert _shown(page) == site.total


def test_a_rate_is_by_what_certainly_happened_in_the_window(open_page: Opened) -> None:
    """Transfers of some time in many years are of no June in particular."""
    page = open_page("/?kind=arms_transfer&from=2010-06&to=2010-06#4/20/96&regions=rate")
    key = page.locator(".regions__key")
    expect(key).to_contain_text(
        "Over 30 days; coloured by what certainly happened then. Undated incidents are left out."
    )
    expect(key.locator(".regions__classes li")).to_have_text(["most may have happened at another time"])
    key.get_by_text("Table", exact=True).click()
    words = key.locator("tbody td").first
    expect(words).to_have_text(re.compile(r"^0 to [6-9]\.\d a month, [6-9] incidents.* in all, 0 certainly then$"))
    page.locator(".timebar").get_by_role("button", name="All time").click()
    expect(key).to_contain_text("months, all that the data span.")
    expect(words).to_have_text(re.compile(r"^0\.\d+ a month, \d+ incidents.* in all$"))
