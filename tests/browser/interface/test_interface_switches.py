"""Switches, search, legend and notices: what is chosen narrows, says so, and can be lifted again."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import DRAWN, as_large, wait_until
from tests.browser.interface.conftest import Opened, Site

pytestmark = pytest.mark.browser


def _row(page: Page, name: str) -> Locator:
    return page.locator(".switch", has=page.locator(f".switch__label:text-is('{name}')"))


def test_kinds_are_layers_with_counts(open_page: Opened, site: Site) -> None:
    page = open_page("/")
    row = _row(page, "Diplomatic visits")
    count = int(row.locator(".switch__count b").inner_text())
    row.locator("input").uncheck()
    expect(page.locator(".timebar__shown")).to_have_text(f"{site.total - count} of {site.total} shown")
    expect(page.locator(".switches__active")).to_contain_text("without diplomatic visits")
    page.get_by_role("button", name="Lift the filter: without diplomatic visits").click()
    expect(page.locator(".timebar__shown")).to_have_text(f"{site.total} of {site.total} shown")
    expect(page.locator(".switches__active")).to_be_hidden()


def test_patterns_stand_beside_the_count_of_incidents(open_page: Opened, site: Site) -> None:
    page = open_page("/")
    said = _row(page, "Airstrikes").locator(".switch__count .unseen").inner_text()
    found = re.fullmatch(r"(\d+) incidents?, (\d+) patterns", said)
    assert found, said
    count = _row(page, "Airstrikes").locator(".switch__count")
    assert count.locator("b").inner_text() == found[1]
    assert count.locator(".switch__patterns").inner_text() == f"+{found[2]}"
    assert count.locator(".switch__patterns svg").count() == 1
    # The table gives the same numbers in the same words.
    table = open_page("/incidents")
    assert _row(table, "Airstrikes").locator(".switch__count .unseen").inner_text() == said
    assert _row(table, "Airstrikes").locator(".switch__patterns").inner_text() == f"+{found[2]}"
    # Those together are what the map counts as patterns.
    patterns = page.locator("input[name=kind] ~ .switch__count .switch__patterns").all_inner_texts()
    assert f"{sum(int(one) for one in patterns)} patterns" in page.locator("#timebar").inner_text()
    assert site.total


def test_regions_out_of_sight_are_skipped_and_keep_their_room(open_page: Opened) -> None:
    page = open_page("/")
    # As far down as in an edition of many aircraft.
    page.locator("#switches .switches__list").first.evaluate("(list) => { list.style.paddingBlockEnd = '3000px'; }")
    last = page.locator("#switches input[name=region]").last
    skipped, high = "(box) => !box.checkVisibility({ contentVisibilityAuto: true })", "(list) => list.scrollHeight"
    wait_until(page, lambda: last.evaluate(skipped))
    before = page.locator("#switches").evaluate(high)
    last.scroll_into_view_if_needed()
    wait_until(page, lambda: not last.evaluate(skipped))
    assert page.locator("#switches").evaluate(high) == before


# For each kind where its name begins and where both of its counts stand; nulls for those that there are not.
STANDING = """() => [...document.querySelectorAll("input[name=kind]")].map((box) => {
    const within = (name) => box.parentElement.querySelector(name)?.getBoundingClientRect() ?? {};
    const [label, incidents, patterns] = [".switch__label", "b", ".switch__patterns"].map(within);
    return [label.top, label.height, incidents.right, incidents.bottom, patterns.right, patterns.top];
})"""


def _count_far_more(route: Route) -> None:
    """Answer what the service counted by kind, as if an edition of very many were open, but not within a window."""
    response = route.fetch()
    answer = response.json()
    if "from=" not in route.request.url:
        answer["kinds"] = {key: [one + 234_000, more + 10_300] for key, (one, more) in answer["kinds"].items()}
    route.fulfill(response=response, json=answer)


def test_large_counts_stand_in_one_way_and_smaller_ones_move_nothing(open_page: Opened) -> None:
    page = open_page.blank()
    page.route(re.compile(r"/tallies\.json"), _count_far_more)
    page.route(re.compile(re.escape(open_page.hosts[0]) + r"/(\?[^/]*)?$"), as_large)
    page.goto(open_page.hosts[0])
    page.wait_for_selector(DRAWN)
    expect(page.locator(".switch__count b").first).to_contain_text("234,0")
    rows = page.evaluate(STANDING)
    assert len({round(right) for _, _, right, _, _, _ in rows}) == 1
    assert len({round(right) for _, _, _, _, right, _ in rows}) == 1
    for _, _, _, bottom, _, top in rows:
        assert top >= bottom - 4, "patterns stand beneath, whatever the name"
    page.get_by_role("button", name="Dates").click()
    page.get_by_label("From: year, month or day").fill("2021")
    page.keyboard.press("Enter")
    expect(page.locator(".switch__count b").first).not_to_contain_text("234,0")
    heights = [height for _, height, *_ in rows]
    assert [height for _, height, *_ in page.evaluate(STANDING)] == heights, "no name wraps otherwise than before"


def test_a_kind_has_a_symbol_of_its_own(open_page: Opened) -> None:
    page = open_page("/")
    shapes = page.locator(".switches .bearing-symbol").evaluate_all("(all) => all.map((one) => one.innerHTML)")
    assert len(shapes) > 8
    assert len(set(shapes)) == len(shapes)


def test_aircraft_tell_certain_from_possible(open_page: Opened) -> None:
    page = open_page("/?kind=drone_strike")
    assert _row(page, "Aircraft").locator(".unseen").inner_text() == "certain: 1 incident; possible: 0 incidents"
    assert (
        _row(page, "Uncrewed aircraft").locator(".unseen").inner_text() == "certain: 0 incidents; possible: 1 incident"
    )
    _row(page, "Uncrewed aircraft").locator("input").check()
    expect(page.locator(".timebar__shown")).to_contain_text("1 of ")


def test_a_type_finds_what_is_below_it(open_page: Opened) -> None:
    page = open_page("/")
    page.get_by_role("button", name="Below Attack helicopter").click()
    _row(page, "Mi-24").locator("input").check()
    expect(page).to_have_url(re.compile("aircraft=mi-24"))
    # The record names a Mi-35, which is a Mi-24.
    shown = int(page.locator(".timebar__shown").inner_text().split()[0])
    assert shown > 0


def test_a_region_says_what_lies_beside_it(open_page: Opened) -> None:
    page = open_page("/")
    page.get_by_label("Find a region").fill("saga")
    expect(_row(page, "Kachin State")).to_be_hidden()
    page.locator("input[name=region][value=MM-01]").check()
    expect(page.locator(".timebar__beside")).to_have_text(re.compile(r"^\d+ more are known only to Myanmar$"))
    expect(page).to_have_url(re.compile("region=MM-01"))
    page.get_by_role("button", name="Clear: regions").click()
    expect(page.locator(".timebar__beside")).to_have_text("")


def test_a_region_is_found_by_its_burmese_name(open_page: Opened) -> None:
    page = open_page("/")
    page.get_by_label("Find a region").fill("စစ်ကိုင်း")
    expect(page.locator("input[name=region][value=MM-01]")).to_be_visible()
    expect(page.locator("input[name=region][value=MM-11]")).to_be_hidden()


def test_search_asks_after_a_pause_and_can_be_taken_back(open_page: Opened, site: Site) -> None:
    page = open_page("/")
    field = page.locator("#search input[name=q]")
    field.fill("let yet kone tabayin school")
    expect(page.locator(".timebar__shown")).not_to_have_text(f"{site.total} of {site.total} shown")
    expect(page).to_have_url(re.compile("q=let"))
    field.press("Escape")
    expect(page.locator(".timebar__shown")).to_have_text(f"{site.total} of {site.total} shown")


def test_an_empty_map_names_what_emptied_it(open_page: Opened) -> None:
    page = open_page("/?kind=port_call&aircraft=mi-35")
    notice = page.locator(".notice")
    expect(notice).to_contain_text("Nothing matches these filters")
    lift = notice.get_by_role("button", name="Lift Mi-35")
    assert int(lift.locator("xpath=..").inner_text().split()[-2]) > 0
    lift.click()
    expect(notice).to_be_hidden()
    assert not page.locator(".timebar__shown").inner_text().startswith("0 ")


def test_filters_that_only_together_leave_nothing_say_so(open_page: Opened) -> None:
    page = open_page("/?kind=port_call&aircraft=mi-35&from=1949&to=1950&undated=hide")
    expect(page.locator(".notice")).to_contain_text("Lifting one of these alone brings nothing back")
    page.locator(".notice").get_by_role("button", name="Lift all filters").click()
    expect(page.locator(".notice")).to_be_hidden()


def test_all_kinds_off_is_said_and_undone(open_page: Opened, site: Site) -> None:
    page = open_page("/")
    page.get_by_role("button", name="All off: kinds").click()
    expect(page.locator(".notice")).to_contain_text("Nothing matches")
    page.get_by_role("button", name="All on: kinds").click()
    expect(page.locator(".timebar__shown")).to_have_text(f"{site.total} of {site.total} shown")


def test_links_take_the_filter_along(open_page: Opened) -> None:
    page = open_page("/")
    page.locator("input[name=region][value=MM-01]").check()
    table, regions = (page.locator(".masthead a", has_text=text) for text in ("Table", "Regions"))
    expect(table).to_have_attribute("href", re.compile(r"/incidents\?region=MM-01$"))
    expect(regions).to_have_attribute("href", re.compile(r"/regions\?region=MM-01$"))
    shown = page.locator(".timebar__shown").inner_text().split()[0]
    table.click()
    expect(page.locator("tbody tr")).to_have_count(int(shown))


def test_legend_is_folded_until_wanted(open_page: Opened) -> None:
    page = open_page("/")
    button = page.get_by_role("button", name="Legend")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    legend = page.get_by_role("region", name="Legend")
    for word in (
        "Exact spot or site",
        "Settlement",
        "Near a place",
        "Township",
        "State or country",
        "Pattern",
        "Patterns beside a count",
        "Several together",
    ):
        expect(legend).to_contain_text(word)
    page.keyboard.press("Escape")
    expect(legend).to_be_hidden()
    expect(button).to_be_focused()


def test_an_answer_that_does_not_come_can_be_asked_for_again(open_page: Opened, site: Site) -> None:
    page = open_page("/")
    # When the columns have come the page asks the service for nothing but texts.
    page.wait_for_load_state("networkidle")
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(route.request.url)
            route.fulfill(status=503)

    page.route("**/matches.json*", refuse_once)
    page.locator("#search input[name=q]").fill("kone")
    notice = page.locator(".notice")
    # The map has not come. Numbers that come after it do not take the sentence away.
    expect(page.locator(".timebar__shown")).not_to_have_text(f"{site.total} of {site.total} shown")
    expect(notice).to_contain_text("The answer did not come")
    notice.get_by_role("button", name="Try again").click()
    expect(notice).to_be_hidden()
    open_page.problems.clear()  # the browser itself notes the 503
