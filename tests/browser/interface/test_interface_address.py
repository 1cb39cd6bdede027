"""The address says what the panel shows, so that whoever is sent it sees the same; what cannot be shown is said."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import hold, wait_until
from tests.browser.interface.conftest import CROWD, LINKED_ID, Opened

pytestmark = pytest.mark.browser
NOBODY = f"{7:032x}"


def _pick_first(page: Page) -> None:
    page.focus("#map")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#panel article, #panel ol.found").first).to_be_visible()


@pytest.fixture(params=["/", "/embed", "/?edition=1", "/embed?edition=1"])
def door(request: pytest.FixtureRequest) -> Iterator[str]:
    """Give an address of the map, with a query or without."""
    return request.param  # type: ignore[no-any-return]


def test_an_open_incident_is_in_the_address(open_page: Opened, door: str) -> None:
    page = open_page(f"{door}{'&' if '?' in door else '?'}q=source+on+the+web")
    _pick_first(page)
    page.wait_for_url(re.compile(f"[#&]incident={LINKED_ID}"))
    assert ("edition=1" in page.url) == ("edition=1" in door)
    other = open_page(page.url)
    expect(other.locator("#panel h2")).to_have_text("Strike with a source on the web")
    assert other.url == page.url
    page.go_back()
    expect(page.locator("#panel")).to_be_hidden()
    page.go_forward()
    expect(page.locator("#panel h2")).to_have_text("Strike with a source on the web")
    page.locator("#panel").get_by_role("button", name="Close").click()
    page.wait_for_url(lambda url: "incident" not in url)


def test_going_back_and_forward_brings_the_map_to_where_it_stood(open_page: Opened) -> None:
    page = open_page("/#6/21.00/96.00")
    held = hold(page, "**/rows.json*")
    page.focus("#map")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    # The panel has its room before what it is to show, and the address says neither.
    expect(page.locator("#panel")).to_have_text(re.compile("Loading"))
    page.wait_for_timeout(400)
    assert page.url.endswith("#6/21.00/96.00")
    for route in held:
        route.continue_()
    page.unroute("**/rows.json*")
    page.wait_for_url(re.compile("incident=|within=|area="))
    # The panel takes room from the map, whose middle moves with that.
    opened = page.url
    assert "#6/21.00/96.00" not in opened
    for expected, go in (("#6/21.00/96.00", page.go_back), (opened, page.go_forward)) * 2:
        go()
        expect(page.locator("#panel")).to_be_visible(visible=expected == opened)
        # Whatever would write the address anew has waited longer than it waits.
        page.wait_for_timeout(400)
        assert page.url.endswith(expected)


def test_an_address_without_a_step_or_a_place_is_the_first_view_again(open_page: Opened) -> None:
    page = open_page("/")
    first = _pictured(page)
    page.locator("#switches input[name=kind]").first.uncheck()
    page.wait_for_url(re.compile(r"\?kind="))
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_url(re.compile(r"#[\d.]+/"))
    page.wait_for_timeout(1000)  # acts closer to each other are undone together
    zoomed = page.url
    page.locator(".timebar").get_by_text("Month", exact=True).click()
    page.wait_for_url(re.compile("&step=month$"))
    stepped = page.url
    page.go_back()
    expect(page.locator(".timebar input[type=radio]:checked")).to_have_value("year")
    assert page.url == zoomed
    page.go_back()
    wait_until(page, lambda: _pictured(page) == pytest.approx(first, abs=2))
    page.wait_for_timeout(400)  # whatever would write the address anew has waited longer than it waits
    assert "#" not in page.url
    page.go_forward()
    page.go_forward()
    expect(page.locator(".timebar input[type=radio]:checked")).to_have_value("month")
    page.wait_for_timeout(400)
    assert page.url == stepped


def _pictured(page: Page) -> list[float]:
    """Measure what of the map's symbols is painted, in pixels: left, top, right, bottom."""
    return page.evaluate(  # type: ignore[no-any-return]
        """() => {
            const canvas = document.querySelector(".leaflet-events-pane canvas");
            const { width, height } = canvas;
            const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
            const box = [width, height, 0, 0];
            for (let at = 3; at < data.length; at += 4) {
                if (data[at]) {
                    const [x, y] = [((at - 3) / 4) % width, Math.floor(at / 4 / width)];
                    box[0] = Math.min(box[0], x);
                    box[1] = Math.min(box[1], y);
                    box[2] = Math.max(box[2], x);
                    box[3] = Math.max(box[3], y);
                }
            }
            return box;
        }"""
    )


def test_a_list_its_page_and_one_of_it_are_in_the_address(open_page: Opened) -> None:
    page = open_page("/?kind=armed_clash")
    _pick_first(page)
    page.locator("#panel").get_by_role("button", name="Next").click()
    page.wait_for_url(re.compile(r"within=\d+,\d+,\d+,\d+&page=2"))
    expect(page.locator("#panel .found__item")).to_have_count(CROWD - 25)
    other = open_page(page.url)
    expect(other.locator("#panel h2")).to_have_text(f"{CROWD} incidents here")
    expect(other.locator("#panel .found__item")).to_have_count(CROWD - 25)
    page.locator("#panel .found__item").first.click()
    page.wait_for_url(re.compile(r"page=2&incident=[0-9a-f]{32}"))
    other = open_page(page.url)
    expect(other.locator("#panel h2")).to_have_text(page.locator("#panel h2").inner_text())
    other.get_by_role("button", name="Back to the list").click()
    expect(other.locator("#panel .found__item")).to_have_count(CROWD - 25)


def test_an_area_and_what_has_no_place_are_in_the_address(open_page: Opened) -> None:
    page = open_page("/?region=MM-14&kind=airstrike#area=MM-14")
    expect(page.locator("#panel h2")).to_have_text(re.compile("^[0-9].* known only to Chin State$"))
    both, joined = open_page("/#area=MM-14&area=MM"), open_page("/#area=MM,MM-14")
    expect(both.locator("#panel h2")).to_contain_text("known only to Chin State, Myanmar")
    expect(joined.locator("#panel h2")).to_contain_text("known only to Myanmar, Chin State")
    titles = [one.locator("#panel .found__title").all_inner_texts() for one in (both, joined)]
    assert titles[0] == titles[1]
    assert len(titles[0]) > 1
    page = open_page("/")
    page.get_by_role("button", name="1 without a place").click()
    page.wait_for_url(re.compile("placeless=1|incident="))
    expect(open_page(page.url).locator("#panel h2")).to_contain_text("Mortar")


def test_an_incident_that_is_not_there_says_so(open_page: Opened) -> None:
    page = open_page(f"/#incident={NOBODY}")
    expect(page.locator("#panel [role=status]")).to_have_text("No such incident here. Edition 1 has no such incident.")
    open_page.problems.clear()  # the browser itself notes the 404


@pytest.mark.parametrize(
    ("fragment", "said"),
    [
        ("incident=7", "“incident” must be an incident’s id"),
        ("incident=<b>x", "“incident” must be an incident’s id"),
        ("within=1,2,3", "“within” must be four whole numbers"),
        ("area=../etc", "“area” must be codes of regions"),
        ("area=MM-01&placeless=1", "only one of"),
        ("area=MM-01&area=../etc", "“area” must be codes of regions"),
        ("placeless=1&page=1&page=2", "“page” can be given once only"),
        ("regions=rate&regions=number", "“regions” can be given once only"),
        ("regions=all", "“regions” must be one of"),
        ("chart=pie", "“chart” must be one of"),
        ("99/400/400", "where the map stands"),
        ("area=XX-99", "“area” must be codes of regions in this edition"),
    ],
)
def test_what_cannot_be_shown_is_said_and_left_aside(open_page: Opened, fragment: str, said: str) -> None:
    page = open_page(f"/#{fragment}")
    expect(page.locator(".notice__card")).to_contain_text(said)
    expect(page.locator(".timebar")).to_contain_text("shown")
    page.locator(".notice__card").get_by_role("button", name="Close").click()
    expect(page.locator(".notice")).to_be_hidden()


@pytest.mark.parametrize(("size", "most"), [((1280, 800), 1.2), ((1600, 900), 1.3), ((390, 844), 1.0)])
def test_a_first_view_of_the_world_shows_it_about_once(open_page: Opened, size: tuple[int, int], most: float) -> None:
    page = open_page("/?bbox=-180,-55.9,180,83.6", viewport={"width": size[0], "height": size[1]})
    width = page.evaluate("document.getElementById('map').clientWidth")
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_url(re.compile(r"#[\d.]+/"))
    zoom = float(page.url.partition("#")[2].split("/")[0])
    world = 256 * 2 ** (zoom - 1)
    assert width / world <= most
    assert world <= width * (1.03 if width > 512 else 1.2)


@pytest.mark.parametrize(("path", "told"), [("/", True), ("/?edition=1", False)])
def test_an_open_page_tells_of_a_newer_edition(open_page: Opened, path: str, told: bool) -> None:  # noqa: FBT001 - a case
    """From the next answer that it gets on, and without asking for that; who has chosen an edition is not told."""
    page = open_page(path)
    line = page.locator(".newer")
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        response = route.fetch()
        route.fulfill(response=response, headers={**response.headers, "bearing-newer-edition": "7"})

    page.route("**/editions/**", answer)
    page.wait_for_timeout(300)
    assert not asked
    search = page.locator("#search input[name=q]")
    search.fill("strike")
    search.press("Enter")
    expect(page.locator(".timebar__shown")).not_to_contain_text("113 of 113")
    assert asked
    expect(line).to_be_visible(visible=told)
    if told:
        expect(line).to_have_text(re.compile("^A newer edition \\(7\\) is out"))
        line.get_by_role("button", name="Close").click()
        expect(line).to_be_hidden()


@pytest.mark.parametrize(
    ("path", "what"), [("/", "page"), ("/?edition=1", "page"), ("/embed?controls=filters,zoom", "map")]
)
def test_an_open_map_tells_that_its_edition_was_amended(open_page: Opened, path: str, what: str) -> None:
    """Something on it may have been taken back, whichever edition its reader has chosen and wherever it stands."""
    page = open_page(path)
    body = '{"error": {"code": "edition_amended", "title": "This edition was amended", "what": ""}}'
    page.route("**/editions/**", lambda route: route.fulfill(status=410, body=body, content_type="application/json"))
    page.locator("#switches input[name=kind]").first.uncheck()
    page.get_by_role("button", name="Zoom in").click()
    line = page.locator(".newer")
    expect(line).to_contain_text(f"This edition was amended: something on this {what} may have been taken back")
    page.unroute("**/editions/**")
    line.get_by_role("button", name="Reload").click()
    page.wait_for_selector("#map[data-ready=all]")
    expect(line).to_be_hidden()
    open_page.problems.clear()  # the browser itself notes each 410


@pytest.mark.parametrize("path", ["/", "/regions/MM", "/aircraft/aircraft"])
def test_a_page_that_has_all_asks_now_and_then_whether_its_edition_stands(open_page: Opened, path: str) -> None:
    page = open_page(path)
    body = '{"error": {"code": "edition_amended", "title": "This edition was amended", "what": ""}}'
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=410, body=body, content_type="application/json")

    page.route("**/editions/**/terms.json", refuse)
    page.locator("#map").focus()
    page.keyboard.press("Home")
    page.wait_for_timeout(300)
    assert not asked, "who has just been answered is not asked for at every step"
    page.evaluate("() => { const now = performance.now.bind(performance); performance.now = () => now() + 61_000; }")
    page.keyboard.press("End")
    expect(page.locator(".newer")).to_contain_text("This edition was amended")
    page.keyboard.press("Home")
    page.wait_for_timeout(300)
    assert len(asked) == 1
    open_page.problems.clear()  # the browser itself notes each 410
