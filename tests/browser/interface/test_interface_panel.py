"""The panel: what it says of an incident, how its links are made, and lists of several."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import wait_until
from tests.browser.interface.conftest import CROWD, LINKED_ID, TWIN_ID, Opened

pytestmark = pytest.mark.browser


def _pick_first(page: Page) -> None:
    page.focus("#map")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#panel article, #panel ol.found").first).to_be_visible()


def _fact(page: Page, name: str) -> str:
    return page.locator("#panel .facts > div", has=page.locator(f"dt:text-is('{name}')")).locator("dd").inner_text()


def test_founding_airstrike_in_words(open_page: Opened) -> None:
    page = open_page("/?q=airstrike+let+yet+kone")
    _pick_first(page)
    panel = page.locator("#panel")
    expect(panel.locator("h2")).to_have_text("Airstrike on Let Yet Kone village")
    assert "16 September 2022" in _fact(page, "When")
    where = _fact(page, "Where")
    assert "Tabayin" in where
    assert "within about 2 km" in where
    assert "settlement" in where
    aircraft = _fact(page, "Aircraft and systems")
    assert "at least 2 × Mi-17" in aircraft
    assert "2 × Mi-35" in aircraft
    assert "at least 6 killed" in _fact(page, "Harm")
    expect(panel).to_contain_text("GlobalSecurity.org")


def test_sources_that_disagree_stand_side_by_side(open_page: Opened) -> None:
    page = open_page("/?q=military+coup+in+myanmar&kind=other")
    _pick_first(page)
    values = page.locator("#panel .disagree dd").all_inner_texts()
    assert values == ["February 2021", "1 March 2021"]
    boxes = [box.bounding_box() for box in page.locator("#panel .disagree__values > div").all()]
    assert boxes[0]
    assert boxes[1]
    assert abs(boxes[0]["y"] - boxes[1]["y"]) < 1


def test_links_out_say_nothing_of_the_reader(open_page: Opened) -> None:
    page = open_page("/?q=source+on+the+web")
    _pick_first(page)
    away = page.locator("#panel a[href^='http']:not([href*='127.0.0.1'])")
    assert away.count() == 1
    assert away.get_attribute("href") == "https://news.example/a?b=1&c=2"
    assert away.get_attribute("rel") == "noopener noreferrer"
    expect(page.locator("#panel a.button--main")).to_have_attribute("href", f"/incidents/{LINKED_ID}")


def test_the_same_incident_elsewhere_is_linked(open_page: Opened) -> None:
    page = open_page("/?q=source+on+the+web")
    _pick_first(page)
    same = page.locator("#panel .same")
    expect(same.locator("a")).to_have_attribute("href", f"/incidents/{TWIN_ID}")
    expect(same).to_contain_text("13 to 18 killed")


def test_many_in_one_place_are_a_list_of_pages(open_page: Opened) -> None:
    page = open_page("/?kind=armed_clash")
    _pick_first(page)
    panel = page.locator("#panel")
    expect(panel.locator("h2")).to_have_text(f"{CROWD} incidents here")
    expect(panel.locator(".found__item")).to_have_count(25)
    panel.get_by_role("button", name="Next").click()
    expect(panel.locator(".found__item")).to_have_count(CROWD - 25)
    expect(panel.get_by_role("button", name="Next")).to_be_disabled()
    title = panel.locator(".found__title").first.inner_text()
    panel.locator(".found__item").first.click()
    expect(panel.locator("h2")).to_have_text(title)
    panel.get_by_role("button", name="Back to the list").click()
    expect(panel.locator(".found__item")).to_have_count(CROWD - 25)


def test_an_open_list_follows_the_filter(open_page: Opened) -> None:
    page = open_page("/?kind=armed_clash")
    _pick_first(page)
    panel = page.locator("#panel")
    panel.get_by_role("button", name="Next").click()
    expect(panel.locator(".found__item")).to_have_count(CROWD - 25)
    search = page.locator("#search input[name=q]")
    search.fill("number 12")
    search.press("Enter")
    expect(panel.locator("h2")).to_have_text("1 incident here")
    expect(panel.locator(".found__item")).to_have_count(1)
    expect(search).to_be_focused()
    search.fill("nothing like it")
    search.press("Enter")
    expect(panel).to_contain_text("Nothing that the filters select is here.")
    search.fill("")
    search.press("Enter")
    expect(panel.locator("h2")).to_have_text(f"{CROWD} incidents here")


def test_a_list_of_areas_keeps_its_words_and_counts_what_is_left(open_page: Opened) -> None:
    """It goes on saying what it is of when the filter changes, with the numbers of that filter."""
    page = open_page("/#area=MM-14&area=MM")
    heading = page.locator("#panel h2")
    about = re.compile(r"^.* known only to Chin State, Myanmar$")
    expect(heading).to_have_text(about)
    first = heading.inner_text()
    page.locator(".switch", has=page.locator(".switch__label:text-is('Airstrikes')")).locator("input").uncheck()
    expect(heading).not_to_have_text(first)
    expect(heading).to_have_text(about)
    assert "record" not in heading.inner_text()
    page.goto(page.url)
    page.reload()
    again = heading.inner_text()
    expect(heading).to_have_text(about)
    expect(heading).to_have_text(again)


def test_an_area_is_a_list_named_after_it(open_page: Opened) -> None:
    page = open_page("/?region=MM-14&kind=airstrike")
    _pick_first(page)
    expect(page.locator("#panel")).to_contain_text("Chin State")


def test_details_that_do_not_come_are_told(open_page: Opened) -> None:
    page = open_page("/?q=source+on+the+web")
    page.route("**/rows.json*", lambda route: route.fulfill(status=500))
    page.focus("#map")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#panel [role=status]")).to_contain_text("The service answered with an error (500)")
    open_page.problems.clear()  # the browser itself notes the 500


def test_what_has_no_place_can_be_read_too(open_page: Opened) -> None:
    page = open_page("/")
    page.get_by_role("button", name="1 without a place").click()
    expect(page.locator("#panel h2")).to_contain_text("Mortar")
    expect(page.locator("#panel")).to_contain_text("lace not known")


VISIBLE_INK = """() => {
    const panel = document.getElementById("panel").getBoundingClientRect();
    const stage = document.getElementById("map").getBoundingClientRect();
    const canvas = document.querySelector(".leaflet-events-pane canvas");
    const box = canvas.getBoundingClientRect();
    const ratio = canvas.width / box.width;
    const right = panel.left > stage.left ? Math.min(stage.right, panel.left) : stage.right;
    const bottom = panel.left > stage.left ? stage.bottom : Math.min(stage.bottom, panel.top);
    const [x, y] = [(stage.left - box.left) * ratio, (stage.top - box.top) * ratio];
    const size = [(right - stage.left) * ratio, (bottom - stage.top) * ratio];
    const { data } = canvas.getContext("2d").getImageData(x, y, ...size);
    let painted = 0;
    for (let at = 3; at < data.length; at += 4) painted += data[at] > 200;
    return painted;
}"""


@pytest.mark.parametrize(
    ("size", "position"),
    [
        ({"width": 1280, "height": 800}, "#9/25.5/95.0"),  # the place is near the right edge
        ({"width": 390, "height": 844}, "#9/25.9/96.0"),  # the place is near the bottom
    ],
)
def test_panel_does_not_hide_its_own_place(open_page: Opened, size: dict[str, int], position: str) -> None:
    page = open_page(f"/?q=source+on+the+web{position}", viewport=size)
    page.focus("#map")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_be_visible()
    wait_until(page, lambda: page.evaluate(VISIBLE_INK) > 20)
