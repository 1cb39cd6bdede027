"""On a phone: the map first, switches and details as sheets from below, targets that a thumb can hit."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.interface.conftest import Opened

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


def test_map_comes_first_and_the_time_bar_stays(open_page: Opened) -> None:
    page = open_page("/", **PHONE)
    expect(page.locator("#switches")).to_be_hidden()
    stage, time = page.locator("#stage").bounding_box(), page.locator("#timebar").bounding_box()
    assert stage
    assert time
    assert stage["height"] > 420
    assert time["y"] + time["height"] <= 844.5


def test_what_is_counted_stands_in_whole_lines(open_page: Opened) -> None:
    page = open_page("/", **PHONE)
    for name in (".timebar__shown", ".timebar__what span", ".timebar__what button"):
        assert page.locator(name).evaluate("(one) => one.getClientRects().length") == 1, name
        box = page.locator(name).bounding_box()
        assert box
        assert box["height"] < 30, name
    tools = [page.locator(name).bounding_box() for name in (".timebar__row", ".segments")]
    assert tools[0]
    assert tools[1]
    assert abs(tools[0]["y"] - tools[1]["y"]) < 2, "one line of tools"
    search = page.locator("#search").bounding_box()
    assert search
    assert search["y"] >= 4


def test_the_smallest_phone_has_a_map(open_page: Opened) -> None:
    page = open_page("/", **PHONE | {"viewport": {"width": 320, "height": 568}})
    stage, time = page.locator("#stage").bounding_box(), page.locator("#timebar").bounding_box()
    assert stage
    assert time
    assert stage["height"] > 180
    assert time["y"] + time["height"] <= 568.5


def test_filters_are_a_sheet(open_page: Opened) -> None:
    page = open_page("/", **PHONE)
    toggle = page.get_by_role("button", name="Filters")
    toggle.tap()
    sheet = page.locator("#switches")
    expect(sheet).to_be_visible()
    box = sheet.bounding_box()
    assert box
    assert box["width"] == 390
    assert box["y"] > 100
    sheet.locator("label.switch", has_text="Airstrikes").tap()
    page.get_by_role("button", name="Show on the map").tap()
    expect(sheet).to_be_hidden()
    expect(page.get_by_role("button", name="Filters (1)")).to_be_focused()


def test_a_window_is_one_filter(open_page: Opened) -> None:
    page = open_page("/?from=2014&to=2016&q=source&precision=settlement", **PHONE)
    expect(page.get_by_role("button", name="Filters (2)")).to_be_visible()
    expect(page.locator(".switches__active .chip")).to_have_count(3)


def test_details_are_a_sheet_that_gives_way(open_page: Opened) -> None:
    page = open_page("/?q=source+on+the+web", **PHONE)
    page.focus("#map")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    sheet = page.locator("#panel")
    expect(sheet).to_contain_text("Strike with a source on the web")
    box = sheet.bounding_box()
    assert box
    assert box["y"] > 844 * 0.3
    assert abs(box["y"] + box["height"] - 844) < 1
    sheet.get_by_role("button", name="Close").tap()
    expect(sheet).to_be_hidden()


def _too_small(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("button, .switch, .segments label, .masthead a, .field, .leaflet-bar a")]
            .filter((one) => one.checkVisibility() && !one.closest(".unseen, .timebar__said"))
            .map((one) => [one, one.getBoundingClientRect()])
            .filter(([one, box]) => box.height < 43 && !one.matches(".link, .masthead__mark, .masthead__brand"))
            .map(([one, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${one.outerHTML.slice(0, 80)}`)"""
    )
    return found


def test_targets_are_large_enough(open_page: Opened) -> None:
    page = open_page("/", **PHONE)
    assert _too_small(page) == []
    page.get_by_role("button", name="Filters").tap()
    assert _too_small(page) == []


def test_nothing_is_wider_than_the_screen(open_page: Opened) -> None:
    for width, height in ((390, 700), (320, 700), (640, 400), (621, 400), (620, 400)):
        screen: dict[str, Any] = {"viewport": {"width": width, "height": height}, "has_touch": True, "is_mobile": True}
        for path, page in open_page.each("/", "/incidents?kind=airstrike", "/embed", **screen):
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


def test_table_is_cards_and_still_a_table(open_page: Opened) -> None:
    page = open_page("/incidents?kind=airstrike", **PHONE)
    first = page.locator("tbody tr").first
    title, when = first.locator("th").bounding_box(), first.locator("td[data-label=When]").bounding_box()
    assert title
    assert when
    assert when["y"] > title["y"]
    assert page.get_by_role("table").get_by_role("row").count() > 5
    expect(page.locator(".filters__body")).to_be_hidden()
    page.get_by_label("Show the filter").check()
    expect(page.locator(".filters__body")).to_be_visible()


def test_half_a_laptop_works_like_a_phone(open_page: Opened) -> None:
    """A laptop's window at 200 % zoom is 640 pixels wide and 400 high."""
    page = open_page("/", viewport={"width": 640, "height": 400})
    stage = page.locator("#stage").bounding_box()
    assert stage
    assert stage["height"] > 180
    # What is counted, and what is not on the map, is said here too.
    expect(page.locator(".timebar__what")).to_be_visible()
    page.get_by_role("button", name="Filters").click()
    expect(page.locator("#switches")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#switches")).to_be_hidden()


def test_motion_is_left_out_for_who_asks(open_page: Opened) -> None:
    page = open_page("/", reduced_motion="reduce")
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((one) => {
            const style = getComputedStyle(one);
            return !["0s", ""].includes(style.transitionDuration.split(",")[0]) && style.transitionProperty !== "none";
        }).map((one) => one.className.toString()).slice(0, 5)"""
    )
    assert moving == []


INSIDE = """() => {
    const map = document.getElementById("map").getBoundingClientRect();
    const names = ".bearing-credit, .leaflet-control-zoom, #legend > *, #sheets > *, #regions";
    const over = document.querySelectorAll(names);
    const canvas = document.querySelector(".leaflet-events-pane canvas");
    const box = canvas.getBoundingClientRect();
    const ratio = canvas.width / box.width;
    let hidden = 0;
    for (const element of over) {
        const part = element.getBoundingClientRect();
        if (!part.width || !part.height) continue;
        const [x, y] = [(part.left - box.left) * ratio, (part.top - box.top) * ratio];
        const { data } = canvas.getContext("2d").getImageData(x, y, part.width * ratio, part.height * ratio);
        for (let at = 3; at < data.length; at += 4) hidden += data[at] > 200;
    }
    return { hidden, height: map.height };
}"""


@pytest.mark.parametrize("size", [(1280, 800), (1100, 700), (390, 844)])
@pytest.mark.parametrize("fragment", ["", "#chart=kind"])
def test_the_first_view_hides_no_symbol(open_page: Opened, size: tuple[int, int], fragment: str) -> None:
    page = open_page(f"/?region=MM{fragment}", viewport={"width": size[0], "height": size[1]})
    page.wait_for_timeout(400)
    seen = page.evaluate(INSIDE)
    assert seen["hidden"] == 0
    assert seen["height"] > 0.4 * size[1]
