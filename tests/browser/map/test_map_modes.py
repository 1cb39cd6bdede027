"""Two modes, one map: what the service answers and what the browser works out itself look and read the same."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from app.pictures.fills import class_of, find_limits, say_class, strength_of
from geodata.points import LonLat
from geodata.precision import Precision
from tests.browser.conftest import Watched, as_large, hold, serving_editions, wait_until
from tests.browser.map.conftest import (
    COUNTRY,
    CROWD,
    CROWD_AT,
    EXACT,
    SEEN,
    STATE,
    TOTAL,
    at,
    click_middle,
    ink,
    make,
    position,
    said,
)
from tests.factories import write_edition

pytestmark = pytest.mark.browser

MANY = 2_300
CROWDS = (2_400, 300)
# Of a pixel, at a zoom of 6.
DEGREES = 360 / 2**14
CITIES = (LonLat(20.0, 0.0), LonLat(20.0 - 58 * DEGREES, 0.0))


@pytest.fixture
def open_served(watched: Watched, address: str) -> Iterator[Callable[..., Page]]:
    """Open a path of the site as a page that asks the service for everything."""

    def open_(path: str = "/", **context: Any) -> Page:
        page = watched.blank(**context)
        page.route(re.compile(re.escape(address) + r"/(embed)?(\?[^/]*)?$"), as_large)
        page.on("request", lambda asked: seen.append(urlsplit(asked.url).path))
        page.goto(address + path)
        page.wait_for_selector("#map[data-ready=all]")
        return page

    seen: list[str] = []
    yield open_
    assert not any("columns" in path for path in seen)
    assert any(path.endswith("clusters.arrow") for path in seen)


def act(page: Page) -> Iterator[dict[str, Any]]:
    """Do what changes the map, and give what is seen after each act."""
    kinds = page.locator("#switches input[name=kind]")
    changes: tuple[Callable[[], Any], ...] = (
        lambda: kinds.nth(0).uncheck(),
        lambda: kinds.nth(0).check(),
        lambda: page.get_by_role("button", name="One step back").click(),
        lambda: page.get_by_role("button", name="All time").click(),
        page.locator("#switches input[name=region]").first.check,
        lambda: page.locator("#search input[name=q]").fill("crowd"),
        lambda: page.get_by_role("button", name="Lift all").click(),
    )
    asked: set[Request] = set()

    def begin(request: Request) -> None:
        asked.add(request)

    def end(request: Request) -> None:
        asked.discard(request)

    page.on("request", begin)
    page.on("requestfinished", end)
    for change in changes:
        change()
        page.wait_for_timeout(700)
        while asked:
            page.wait_for_timeout(200)
        yield page.evaluate(SEEN)


@pytest.mark.parametrize("path", ["/", "/?precision=near", f"/{position(CROWD_AT, 5.25)}"])
def test_nobody_can_tell_the_modes_apart(
    open_map: Callable[..., Page], open_served: Callable[..., Page], path: str
) -> None:
    # The first picture of both is the service's; every later one of the first page is the browser's own.
    here, there = open_map(path), open_served(path)
    for step, (one, other) in enumerate(zip(act(here), act(there), strict=True)):
        for name in ("words", "bars", "pictures"):
            assert one[name] == other[name], f"{name} after act {step}"


@pytest.mark.parametrize("width", [1280, 390])
def test_the_first_view_is_asked_for_once(watched: Watched, address: str, width: int) -> None:
    page = watched.blank(viewport={"width": width, "height": 800})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "clusters.arrow" in request.url else None)
    page.goto(address)
    page.wait_for_selector("#map[data-ready=all]")
    page.wait_for_timeout(300)
    assert len(asked) == 1, "the interface makes the map no larger, and what is in sight of a smaller one is there"


def test_lists_come_from_the_service(open_served: Callable[..., Page]) -> None:
    page = open_served(f"/{position(CROWD_AT, 12)}")
    click_middle(page)
    expect(page.locator("#panel h2")).to_have_text(f"{CROWD} incidents here")
    for number in range(CROWD):
        expect(page.locator("#panel")).to_contain_text(f"Crowd {number}")
    page.get_by_role("button", name="1 without a place").click()
    expect(page.locator("#panel h2")).to_have_text("Undated and nowhere")


def test_sliding_keeps_the_old_picture_until_the_new_one_is_there(open_served: Callable[..., Page]) -> None:
    page = open_served(f"/?kind=airstrike{position(EXACT, 9)}")
    held = hold(page, "**/clusters.arrow**")
    before = page.evaluate(SEEN)["pictures"][1]
    forward = page.get_by_role("button", name="One step back")
    for _ in range(3):
        forward.click()
    page.wait_for_timeout(300)
    assert page.evaluate(SEEN)["pictures"][1] == before
    assert len(held) == 1, "one question is on its way at a time"
    expect(page.locator(".progress")).to_be_visible()
    page.unroute("**/clusters.arrow**")
    for route in held:
        route.continue_()
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').filter(({ name }) => name.includes('clusters')).length >= 3"
    )
    expect(page.locator(".progress")).to_be_hidden()
    # The last step's picture comes.
    wait_until(page, lambda: page.evaluate(SEEN)["pictures"][1] != before)


# How much larger than it was drawn each pane's picture is shown; 0 where it is not.
SHOWN_LARGER = """() => ["areas", "discs", "events", "counts", "tile"].map((pane) => {
    const canvas = document.querySelector(`.leaflet-${pane}-pane canvas`);
    const hidden = getComputedStyle(canvas).visibility === "hidden";
    return hidden ? 0 : Math.round(canvas.getBoundingClientRect().width / parseFloat(canvas.style.width));
})"""


def test_the_old_picture_moves_with_a_zoom_and_is_never_a_blur(open_served: Callable[..., Page]) -> None:
    page = open_served(f"/{position(EXACT, 4)}")
    assert page.evaluate(SHOWN_LARGER) == [1, 1, 1, 1, 1]
    held = hold(page, "**/clusters.arrow**")
    closer = page.get_by_role("button", name="Zoom in")
    for quickly in (False, False, True):
        closer.click()
        if quickly:
            closer.click()
        # As sharp as it was, at its place, and nothing is missing, though no answer has come.
        wait_until(page, lambda: page.evaluate(SHOWN_LARGER) == [1, 1, 1, 1, 1])
        wait_until(page, lambda: ink(page, "events", 12) > 50)
    assert held
    page.unroute("**/clusters.arrow**")
    for route in held:
        route.continue_()
    wait_until(page, lambda: ink(page, "events", 12) > 50)


def test_what_does_not_come_is_said_and_asked_again(chromium: Browser, address: str) -> None:
    watched = Watched(chromium, (address, "data:"))
    page = watched.open(address + "/")
    page.route("**/matches.json**", lambda route: route.fulfill(status=503, body="busy"))
    page.locator("#search input[name=q]").fill("crowd")
    expect(page.locator(".notice")).to_contain_text("The answer did not come")
    page.unroute("**/matches.json**")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".timebar__shown")).to_have_text(f"{CROWD} of {TOTAL} shown")
    assert all("503" in problem for problem in watched.problems)
    watched.problems.clear()
    watched.close()


def test_nothing_of_a_kind_is_in_the_address(open_map: Callable[..., Page]) -> None:
    page = open_map("/")
    page.get_by_role("button", name="All off: kinds").click()
    page.wait_for_function("() => new URLSearchParams(location.search).get('kind') === 'none'")
    page.reload()
    page.wait_for_selector("#map[data-ready=all]")
    expect(page.locator(".timebar__shown")).to_have_text(f"0 of {TOTAL} shown")
    expect(page.locator(".notice")).to_contain_text("Nothing matches these filters")
    page.get_by_role("button", name="All on: kinds").click()
    expect(page.locator(".timebar__shown")).to_have_text(f"{TOTAL} of {TOTAL} shown")


def test_going_back_undoes_a_switch(open_map: Callable[..., Page]) -> None:
    page = open_map("/")
    box = page.locator("#switches input[name=kind]").first
    box.uncheck()
    page.wait_for_function("() => location.search.includes('kind=')")
    page.go_back()
    expect(box).to_be_checked()
    expect(page.locator(".timebar__shown")).to_have_text(f"{TOTAL} of {TOTAL} shown")
    page.go_forward()
    expect(box).not_to_be_checked()


def test_steps_through_time_are_no_acts_to_go_back_to(open_map: Callable[..., Page]) -> None:
    page = open_map("/")
    length = page.evaluate("history.length")
    for _ in range(3):
        page.get_by_role("button", name="One step back").click()
        page.wait_for_timeout(250)
    assert "from" in parse_qs(urlsplit(page.url).query)
    assert page.evaluate("history.length") == length


def test_regions_are_filled_by_a_figure_and_say_it(open_map: Callable[..., Page]) -> None:
    page = open_map(f"/{position(EXACT, 6)}")
    page.get_by_label("Fill regions by").select_option("number")
    key = page.locator(".regions__key")
    expect(key).to_contain_text("Incidents, by region")
    expect(key.locator(".regions__classes li").last).to_have_text(re.compile(r"^\d+( and more| to \d+)?$"))
    incidents = TOTAL - 1
    account = f"{incidents} incidents: {incidents - COUNTRY - 2} in these regions, {COUNTRY} known only to Myanmar"
    expect(key.locator("p")).to_have_text([f"{account}, 1 in no region, 1 without a place."])
    page.wait_for_function("() => location.hash.includes('regions=number')")
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2 - 14, box["y"] + box["height"] / 2 + 55)
    expect(page.locator(".bearing-tip")).to_have_text(re.compile(r"^Sagaing Region: \d+ incidents"))
    key.get_by_text("Table", exact=True).click()
    expect(key.locator("tbody tr").first).to_contain_text("Sagaing Region")
    expect(key.locator("tbody a").first).to_have_attribute("href", "/regions/MM-01")
    said = key.locator("tbody td").first.inner_text()
    page.locator("#switches input[name=kind][value=displacement]").uncheck()
    expect(key.locator("tbody td").first).not_to_have_text(said)
    page.reload()
    page.wait_for_selector("#map[data-ready=all]")
    expect(page.get_by_label("Fill regions by")).to_have_value("number")


def test_the_window_is_said_before_its_counts_have_come(open_served: Callable[..., Page]) -> None:
    page = open_served(f"/?from=2014-03&to=2014-03{position(EXACT, 6)}&regions=number")
    account = page.locator(".regions__key p").last
    when, counts = page.locator(".timebar__when > span").first, page.locator(".timebar__shown")
    chip = page.locator(".switches__active .chip")
    expect(when).to_have_text("March 2014")
    held = hold(page, "**/tallies.json**")
    for month in ("April", "May"):
        page.get_by_role("button", name="One step forward").click()
        expect(when).to_have_text(f"{month} 2014")
        expect(chip).to_contain_text(f"{month} 2014")
        expect(counts).to_have_css("opacity", "0.45")
        expect(account).to_have_css("opacity", "0.45")
    page.unroute("**/tallies.json**")
    for route in held:
        route.continue_()
    page.get_by_role("button", name="One step forward").click()
    expect(when).to_have_text("June 2014")
    expect(counts).to_have_css("opacity", "1")
    expect(account).to_have_css("opacity", "1")


def test_every_symbol_is_reached_by_keys_in_turn(open_map: Callable[..., Page]) -> None:
    page = open_map(position(EXACT, 4))
    voice = page.locator("#map [aria-live]")
    page.focus("#map")
    page.keyboard.press("PageDown")
    expect(voice).to_contain_text(re.compile(r"\b1 of \d+ in view"))
    found = re.search(r"1 of (\d+) in view", voice.inner_text())
    assert found
    most = int(found[1])
    assert most > 2
    for number in [*range(2, most + 1), most]:
        page.keyboard.press("PageDown")
        expect(voice).to_contain_text(re.compile(rf"\b{number} of {most} in view"))
    page.keyboard.press("PageUp")
    expect(voice).to_contain_text(re.compile(rf"\b{most - 1} of {most} in view"))
    page.keyboard.press("Escape")
    page.keyboard.press("PageUp")
    expect(voice).to_contain_text(re.compile(rf"\b{most} of {most} in view"))


def test_a_region_is_reached_by_keys(open_map: Callable[..., Page]) -> None:
    page = open_map(f"/?kind=displacement{position(EXACT, 4)}&regions=number")
    expect(page.locator(".regions__classes li")).not_to_have_count(0)
    page.focus("#map")
    page.keyboard.press("Home")
    said = [page.locator("#map [aria-live]").inner_text()]
    for _ in range(6):
        page.keyboard.press("ArrowDown")
        said.append(page.locator("#map [aria-live]").inner_text())
    assert any(re.match(rf"Myanmar: {STATE + COUNTRY} incidents\.", text) for text in said), said


def test_a_chosen_part_of_a_country_is_filled_in_its_stead(open_map: Callable[..., Page]) -> None:
    page = open_map(f"/?region=MM-01{position(EXACT, 4)}")
    seen: list[str] = []
    page.on("request", lambda asked: seen.extend(re.findall(r"outlines\.json.*(level=.*|area=.*)", asked.url)))
    page.get_by_label("Fill regions by").select_option("number")
    key = page.locator(".regions__key")
    expect(key).to_contain_text("Incidents, by region")
    key.get_by_text("Table", exact=True).click()
    # The count of the whole country is no answer to a question about a part of it.
    expect(key.locator("tbody a")).to_have_text(["Sagaing Region"])
    expect(key.locator(".regions__classes li")).not_to_have_count(0)
    wait_until(page, lambda: ink(page, "regions", 6) > 50)
    assert seen == ["level=0", "area=MM-01"]
    page.get_by_role("button", name="Lift the filter: Sagaing Region").click()
    expect(key).to_contain_text("Incidents, by country")


def test_a_chart_whose_answer_has_not_come_says_nothing(open_map: Callable[..., Page]) -> None:
    page = open_map()
    held = hold(page, re.compile(r"/(series\.json|columns\.arrow)"))
    page.goto(page.url.partition("#")[0] + "?undated=hide#chart=aircraft")
    legend = page.locator(".chart__legend")
    wait_until(page, lambda: any("series" in route.request.url for route in held))
    page.set_viewport_size({"width": 1000, "height": 700})
    page.wait_for_timeout(400)
    expect(legend).to_have_text("")
    for route in held:
        route.continue_()
    expect(legend).to_have_text("no aircraft named")


def test_figures_that_did_not_come_are_asked_for_again(chromium: Browser, address: str) -> None:
    watched = Watched(chromium, (address, "data:"))
    page = watched.open(address + "/")
    page.route("**/harm.json**", lambda route: route.fulfill(status=503, body="busy"))
    page.get_by_label("Fill regions by").select_option("killed")
    key = page.locator(".regions__key")
    expect(key).to_contain_text("The figures did not come")
    page.unroute("**/harm.json**")
    key.get_by_role("button", name="Try again").click()
    expect(key).to_contain_text("People killed, at least")
    assert all("503" in problem for problem in watched.problems)
    watched.problems.clear()
    watched.close()


def test_classes_are_round_and_whole(modules: Page) -> None:
    cases: list[list[float]] = [
        [0, 1, 2, 3],
        [1, 9, 40, 7374],
        [0.05, 0.5, 12.25],
        [0, 0],
        [500_000],
        [2, 6, 31],
        [0.004, 0.09],
        [0.0001, 0.0004, 0.002],
        [17, 0.5],
    ]
    found = modules.evaluate(
        """async (cases) => {
            const { classOf, findLimits, sayClass, strengthOf } = await import("/src/region_classes.js");
            return cases.map((values) => {
                const limits = findLimits(values);
                const classes = limits.map((_, at) => [sayClass(limits, at), strengthOf(limits, at)]);
                return [classes.map(([words]) => words), values.map((value) => classOf(limits, value)), classes];
            });
        }""",
        cases,
    )
    for values, (_, classes, sayings) in zip(cases, found, strict=True):
        # Pictures have the same.
        limits = find_limits(values)
        assert [[say_class(limits, at), strength_of(limits, at)] for at in range(len(limits))] == sayings
        assert [class_of(limits, value) for value in values] == classes
    assert found[0][:2] == [["1", "2", "3 and more"], [-1, 0, 1, 2]]
    words, classes, _ = found[1]
    assert len(words) == 5
    assert words[-1].endswith("and more")
    assert classes == sorted(classes)
    assert classes[0] == 0
    assert classes[-1] == 4
    assert found[2][1] == sorted(found[2][1])
    assert found[3][:2] == [[], [-1, -1]]
    assert found[4][1] == [4]
    assert found[7][0][0] == "less than 0.00015"


def test_the_chart_follows_and_sets_the_window(open_map: Callable[..., Page]) -> None:
    page = open_map("/")
    chart = page.locator("#chart")
    expect(chart).to_be_hidden()
    page.get_by_role("button", name="Chart", exact=True).click()
    expect(chart.locator(".chart__legend")).to_contain_text("from the air")
    page.wait_for_function("() => location.hash.includes('chart=kind')")
    assert "as a picture" in chart.inner_text().lower()
    box = page.locator(".chart__plot").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] - 4, box["y"] + 20)
    expect(page).to_have_url(re.compile(r"from=2022-\d\d-01&to=2022-"))
    chart.get_by_text("Table").click()
    expect(chart.locator("tbody tr")).not_to_have_count(0)
    page.get_by_label("Chart by").focus()
    page.locator(".chart__plot").focus()
    before = page.url
    page.keyboard.press("ArrowLeft")
    expect(page).not_to_have_url(before)
    chart.get_by_role("button", name="Fold the chart").click()
    expect(chart).to_be_hidden()


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve an edition of thousands in one place."""
    folder: Path = tmp_path_factory.mktemp("crowded")
    place = at(EXACT, Precision.SETTLEMENT, 2_000.0)
    days = [dt.date(2001, 1, 1) + dt.timedelta(days=number) for number in range(MANY)]
    dated = [{"date": day.isoformat(), "earliest": day, "latest": day} for day in days]
    rows = (make(number, "airstrike", place, f"Strike {number}", **dated[number]) for number in range(MANY))
    write_edition(folder / "editions", rows)
    with serving_editions(folder) as served:
        yield served


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve an edition of two crowds so close to each other that at a zoom of 6 they are one ring."""
    folder: Path = tmp_path_factory.mktemp("cities")
    crowds = [(at(point, Precision.SETTLEMENT, 2_000.0), rows) for point, rows in zip(CITIES, CROWDS, strict=True)]
    spots = [place for place, rows in crowds for _ in range(rows)]
    write_edition(folder / "editions", (make(number, "airstrike", spot) for number, spot in enumerate(spots)))
    with serving_editions(folder) as served:
        yield served


@pytest.mark.parametrize("most", [0, MANY * 10])
def test_a_ring_at_the_edge_counts_what_it_takes_in_from_beyond(watched: Watched, cities: str, most: int) -> None:
    page = watched.blank()
    watched.hosts = (cities, "data:")
    page.route(re.compile(re.escape(cities) + r"/$"), partial(as_large, most=most))
    page.goto(cities)
    page.wait_for_selector("#map[data-ready=all]")
    box = page.locator("#map").bounding_box()
    assert box
    # The larger crowd in sight, ten pixels from the edge; the smaller one so far beyond that no symbol reaches it.
    middle = LonLat(CITIES[0].lon + (box["width"] / 2 - 10) * DEGREES, 0)
    page.goto("about:blank")
    page.goto(f"{cities}/{position(middle, 6)}")
    page.wait_for_selector("#map[data-ready=all]")
    for presses in (0, 2):
        for _ in range(presses):
            page.keyboard.press("ArrowLeft")
            page.wait_for_timeout(400)
        page.focus("#map")
        page.keyboard.press("Home")
        assert f"{sum(CROWDS):,} incidents" in said(page)


def test_thousands_in_one_place_are_a_list_page_by_page(chromium: Browser, crowded: str) -> None:
    watched = Watched(chromium, (crowded, "data:"))
    page = watched.open(f"{crowded}/{position(EXACT, 9)}")
    click_middle(page)
    panel = page.locator("#panel")
    expect(panel.locator("h2")).to_have_text(f"{MANY:,} incidents here")
    expect(panel).to_contain_text(f"Strike {MANY - 1}")
    expect(panel.locator("li")).to_have_count(25)
    panel.get_by_role("button", name="Next").click()
    expect(panel).to_contain_text(f"26–50 of {MANY:,}")
    expect(panel.locator("li").first).to_contain_text(f"Strike {MANY - 26}")
    watched.close()
