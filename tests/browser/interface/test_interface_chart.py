"""The chart beside the map: its words stand beside its bars, and its table and files are of what it shows."""

import csv
import io
import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DRAWN, as_large, wait_until
from tests.browser.interface.conftest import Opened, Site

pytestmark = pytest.mark.browser

MONTHS = "#4/25/90&chart=kind&step=month"
THREE_YEARS = f"/?from=2014&to=2016{MONTHS}"

# Where the words of the tallest bar end, and where any bar begins.
PLACES = """() => {
    const bars = [...document.querySelectorAll(".chart__plot path[d*=v]")].filter((one) => one.checkVisibility());
    const tops = bars.map((one) => one.getBoundingClientRect()).filter(({ height }) => height).map(({ top }) => top);
    return [document.querySelector(".chart__most").getBoundingClientRect().bottom, Math.min(...tops)];
}"""
# The table as {month: {kind: cell}}.
FIGURES = """() => {
    const [head, ...rows] = [...document.querySelectorAll(".chart__scroll tr")].map((row) =>
        [...row.children].map((cell) => cell.textContent));
    return Object.fromEntries(rows.map(([when, ...cells]) =>
        [when, Object.fromEntries(cells.map((cell, at) => [head[at + 1], cell]).filter(([, cell]) => cell))]));
}"""


def links(page: Page) -> dict[str, str]:
    """Give the chart's links by their words."""
    found: dict[str, str] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("#chart a")].filter((one) => one.checkVisibility())
            .map((one) => [one.textContent, one.getAttribute("href")]))"""
    )
    return found


def show_large(opened: Opened, site: Site, path: str) -> Page:
    """Open a page that asks the service for everything."""
    page = opened.blank()
    page.route(re.compile(re.escape(site.address) + r"/(\?[^/]*)?$"), as_large)
    page.goto(site.address + path)
    page.wait_for_selector(DRAWN)
    return page


@pytest.mark.parametrize("width", [1280, 390, 360, 240])
def test_what_the_tallest_bar_stands_for_lies_over_no_bar(open_page: Opened, width: int) -> None:
    page = open_page("/#chart=kind", viewport={"width": width, "height": 844})
    label = page.locator(".chart__most")
    expect(label).to_have_text(re.compile(r"^tallest bar: \d"))
    label.evaluate("(label) => { label.textContent = 'tallest bar: 66,835; 65,528 if each counts once' }")
    words, bars = page.evaluate(PLACES)
    assert words <= bars
    height = label.evaluate("(label) => label.clientHeight / parseFloat(getComputedStyle(label).lineHeight)")
    assert (height < 1.5) is (width > 300)


@pytest.mark.parametrize("name", ["ကက်ဒီ" * 30, "Helicopter of a very long name " * 10], ids=["burmese", "latin"])
def test_a_long_name_takes_one_line_and_what_its_bars_come_to_is_read(open_page: Opened, name: str) -> None:
    page = open_page("/#chart=aircraft", viewport={"width": 360, "height": 844})
    row = page.locator(".chart__type").first
    scale = row.locator(".chart__tallest")
    expect(scale).to_be_attached()
    for part, text in ((row.locator("span").first, name), (scale, "tallest bar: 66,835")):
        part.evaluate("(one, text) => { one.textContent = text }", text)
    assert row.evaluate("(row) => row.getBoundingClientRect().height") <= 16
    plot, said = page.locator(".chart__plot").bounding_box(), scale.bounding_box()
    assert plot
    assert said
    assert said["x"] + said["width"] <= plot["x"] + plot["width"]


@pytest.mark.parametrize("path", ["/?kind=airstrike", "/?edition=1&from=2021", "/maps/strikes?kind=drone_strike"])
def test_figures_are_offered_as_the_picture_is(open_page: Opened, path: str) -> None:
    page = open_page(f"{path}#chart=aircraft")
    expect(page.locator(".chart__title")).to_have_text(re.compile("Incidents by"))
    found = links(page)
    assert set(found) == {"Figures as CSV", "As a picture"}
    figures, picture = (urlsplit(found[name]) for name in ("Figures as CSV", "As a picture"))
    assert (figures.path, picture.path) == ("/charts/time.csv", "/charts/time.svg")
    assert figures.query == picture.query
    asked = parse_qs(figures.query)
    assert asked["by"] == ["aircraft"]
    assert asked.get("edition") == (["1"] if "edition" in path else None)
    if "strikes" in path:
        assert (asked["kind"], asked["from"], asked["to"]) == (["drone_strike"], ["2021-01-01"], ["2023-12-31"])
    with page.expect_download() as loading:
        page.get_by_role("link", name="Figures as CSV").click()
    assert loading.value.suggested_filename == "incidents-by-aircraft.csv"


def test_a_frame_of_somebody_elses_links_to_no_figures(open_page: Opened) -> None:
    page = open_page("/embed?chart=kind", viewport={"width": 800, "height": 520})
    expect(page.locator(".chart__title")).to_have_text(re.compile("Incidents by"))
    assert links(page) == {}


@pytest.mark.parametrize("mode", ["points", "clusters"])
def test_months_of_the_window_are_drawn_where_all_have_no_room(open_page: Opened, site: Site, mode: str) -> None:
    page = open_page(f"/{MONTHS}") if mode == "points" else show_large(open_page, site, f"/{MONTHS}")
    title, legend, table = page.locator(".chart__title"), page.locator(".chart__legend"), page.locator("#chart table")
    fold = page.locator("#chart").get_by_text("Table")
    expect(title).to_have_text("Incidents by year")
    expect(legend).to_contain_text(re.compile(r"no room for \d{3} months: choose a shorter time"))
    fold.click()
    expect(table).to_contain_text("No room for")
    fold.click()
    assert "unit=year" in links(page)["As a picture"]

    page.get_by_role("button", name="Dates").click()
    for name, text in (("From", "2014"), ("To", "2016")):
        page.get_by_label(f"{name}: year, month or day").fill(text)
        page.keyboard.press("Enter")
    expect(title).to_have_text("Incidents by month")
    note = legend.locator("li").first
    expect(note).to_have_text(re.compile(r"120 of \d{3} months shown"))
    # By the keyboard: the bars above it may still be growing under a pointer.
    fold.press("Enter")
    expect(table).to_contain_text(note.inner_text())
    # The window stands in the middle, whole, with as many months before it as after it.
    frame, plot = (
        page.locator(".chart__plot .timebar__window").bounding_box(),
        page.locator(".chart__plot").bounding_box(),
    )
    assert frame
    assert plot
    assert frame["width"] / plot["width"] == pytest.approx(36 / 120, abs=0.01)
    assert frame["x"] - plot["x"] == pytest.approx(plot["width"] * 42 / 120, abs=2)

    href = links(page)["Figures as CSV"]
    asked = parse_qs(urlsplit(href).query)
    assert asked == {"by": ["kind"], "unit": ["month"], "from": ["2010-07-01"], "to": ["2020-06-30"]}
    assert page.evaluate(FIGURES) == read_figures(page.request.get(site.address + href).text())
    picture = page.request.get(site.address + links(page)["As a picture"])
    assert "Incidents per month by kind" in picture.text()


def read_figures(text: str) -> dict[str, dict[str, str]]:
    """Give a chart's CSV as its table says the same."""
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        sure, maybe, patterns = (
            int(row[name]) for name in ("incidents_certainly_then", "incidents_possibly_then", "patterns")
        )
        incidents = f"{sure} + {maybe}" if maybe else str(sure) if sure else ""
        among = f"{patterns} pattern{'' if patterns == 1 else 's'}" if patterns else ""
        when = f"{date.fromisoformat(row['from']):%b %Y}"
        found.setdefault(when, {})[row["label"]] = ", ".join(filter(None, (incidents, among)))
    return found


def test_a_window_dragged_over_its_months_keeps_its_length(open_page: Opened) -> None:
    page = open_page(THREE_YEARS)
    frame, plot = page.locator(".chart__plot .timebar__window"), page.locator(".chart__plot")
    expect(page.locator(".chart__title")).to_have_text("Incidents by month")
    before = links(page)["As a picture"]
    box, whole = frame.bounding_box(), plot.bounding_box()
    assert box
    assert whole
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(whole["x"] + 2, box["y"] + 30, steps=12)
    # As far as the bars reach, which stay where they are under the pointer.
    expect(page).to_have_url(re.compile("from=2010-07-01&to=2013-06-30"))
    assert links(page)["As a picture"] == before
    page.mouse.up()
    # Now there are months before it again.
    wait_until(page, lambda: "from=2007-01-01" in links(page)["As a picture"])
    expect(page).to_have_url(re.compile("from=2010-07-01&to=2013-06-30"))


def test_months_follow_steps_and_go_with_the_window(open_page: Opened) -> None:
    page = open_page(f"/?from=2014-01&to=2014-01{MONTHS}")
    expect(page.locator(".chart__title")).to_have_text("Incidents by month")
    forward = page.get_by_role("button", name="One step forward")
    picture = links(page)["As a picture"]
    first, last = (date.fromisoformat(parse_qs(urlsplit(picture).query)[name][0]) for name in ("from", "to"))
    assert first < date(2014, 1, 1) < last
    forward.click()
    expect(page).to_have_url(re.compile("from=2014-02-01"))
    assert links(page)["As a picture"] == picture
    # Beyond what is drawn others are.
    page.get_by_role("button", name="Dates").click()
    beyond = (last + timedelta(days=1)).isoformat()[:7]
    for name in ("To", "From"):
        page.get_by_label(f"{name}: year, month or day").fill(beyond)
        page.keyboard.press("Enter")
    wait_until(page, lambda: links(page)["As a picture"] != picture)
    page.get_by_role("button", name="All time").click()
    expect(page.locator(".chart__title")).to_have_text("Incidents by year")
    page.locator(".segments label", has_text="Year").click()
    expect(page.locator(".chart__legend")).not_to_contain_text("no room")
