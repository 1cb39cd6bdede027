"""The chart beside the map: its words stand beside its bars, and its table and files are of what it shows."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.interface.conftest import Opened

pytestmark = pytest.mark.browser

# Where the words of the tallest bar end, and where any bar begins.
PLACES = """() => {
    const bars = [...document.querySelectorAll(".chart__plot path[d*=v]")].filter((one) => one.checkVisibility());
    const tops = bars.map((one) => one.getBoundingClientRect()).filter(({ height }) => height).map(({ top }) => top);
    return [document.querySelector(".chart__most").getBoundingClientRect().bottom, Math.min(...tops)];
}"""


def links(page: Page) -> dict[str, str]:
    """Give the chart's links by their words."""
    found: dict[str, str] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("#chart a")].filter((one) => one.checkVisibility())
            .map((one) => [one.textContent, one.getAttribute("href")]))"""
    )
    return found


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
