"""Without script: the map page leads to the table, and table and incident page do all they do."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.interface.conftest import LINKED_ID, TWIN_ID, Opened, Site, id_of

pytestmark = pytest.mark.browser


def _titles(page: Page) -> list[str]:
    return page.locator("tbody th a").all_inner_texts()


def test_map_page_leads_to_the_table(open_page: Opened) -> None:
    page = open_page("/?kind=airstrike", java_script_enabled=False)
    expect(page.locator(".no-script")).to_contain_text("The map needs a script")
    page.locator(".no-script a").first.click()
    expect(page).to_have_url(re.compile(r"/incidents\?kind=airstrike$"))
    expect(page.locator(".chips")).to_contain_text("Airstrikes")


def test_search_in_the_masthead_asks_the_table(open_page: Opened) -> None:
    page = open_page("/", java_script_enabled=False)
    page.locator("#search input[name=q]").fill("let yet kone school")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/incidents\?q=let"))
    assert "Airstrike on Let Yet Kone village" in _titles(page)


def test_headers_sort_both_ways(open_page: Opened) -> None:
    page = open_page("/incidents", java_script_enabled=False)
    page.locator("thead a", has_text="What happened").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("What happened")
    up = _titles(page)
    assert up == sorted(up)
    page.locator("thead a", has_text="What happened").click()
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("What happened")
    down = _titles(page)
    assert down == sorted(down, reverse=True)
    assert down != up


def test_pages_hold_every_record_once(open_page: Opened, site: Site) -> None:
    page = open_page("/incidents?limit=50&sort=title", java_script_enabled=False)
    seen = page.locator("tbody th a").evaluate_all("(all) => all.map((one) => one.href)")
    while page.locator("a[rel=next]").count():
        page.locator("a[rel=next]").click()
        seen += page.locator("tbody th a").evaluate_all("(all) => all.map((one) => one.href)")
    assert len(seen) == len(set(seen)) == site.total
    expect(page.locator(".pages [aria-current=page]")).to_contain_text("3")


def test_form_filters_and_chips_lift(open_page: Opened) -> None:
    page = open_page("/incidents", java_script_enabled=False)
    page.locator("input[name=kind][value=diplomatic_visit]").check()
    page.locator("#filter-from").fill("2014")
    page.locator("#filter-to").fill("2014-11")
    page.locator(".filters button[type=submit]").click()
    expect(page.locator(".chips .chip")).to_have_count(3)
    assert all("November 2014" in when for when in page.locator("td[data-label=When]").all_inner_texts()[:1])
    count = page.locator("tbody tr").count()
    expect(page.locator(".lead")).to_contain_text(f"{count} of ")
    page.locator(".chip", has_text="Diplomatic visits").click()
    expect(page.locator(".chips .chip")).to_have_count(2)


def test_same_filter_as_geojson(open_page: Opened, site: Site) -> None:
    page = open_page("/incidents?kind=airstrike", java_script_enabled=False)
    rows = page.locator("tbody tr").count()
    page.locator(".table-tools a", has_text="Download").click()
    link = page.locator("main a[href^='/incidents.geojson']").first.get_attribute("href")
    found = page.request.get(site.address + str(link)).json()
    assert len(found["features"]) == rows > 0


def test_empty_table_names_what_emptied_it(open_page: Opened) -> None:
    page = open_page("/incidents?kind=port_call&aircraft=mi-35", java_script_enabled=False)
    empty = page.locator(".empty")
    expect(empty).to_contain_text("Nothing matches these filters")
    empty.locator("li a").first.click()
    assert page.locator("tbody tr").count() > 0


def test_incident_page_says_everything(open_page: Opened) -> None:
    page = open_page(f"/incidents/{LINKED_ID}", java_script_enabled=False)
    main = page.locator("main")
    claims = main.locator("section[aria-labelledby=harm] tbody tr")
    expect(claims).to_have_count(2)
    expect(claims.nth(0)).to_contain_text("6")
    expect(claims.nth(0)).to_contain_text("not known")
    expect(claims.nth(0)).to_contain_text("a teacher")
    expect(claims.nth(1)).to_contain_text("13 to 18")
    expect(claims.nth(1)).to_contain_text("at most 4")
    same = main.locator("section[aria-labelledby=same]")
    expect(same.locator("a")).to_have_attribute("href", f"/incidents/{TWIN_ID}")
    expect(same).to_contain_text("UCDP GED")
    away = main.locator(".sources a")
    expect(away).to_have_attribute("rel", "noopener noreferrer")
    expect(main.locator(".cite")).to_contain_text(f"/incidents/{LINKED_ID}?edition=1")


def test_contradicting_sources_are_both_shown(open_page: Opened) -> None:
    page = open_page("/incidents/" + id_of("founding-record:coup-2021"), java_script_enabled=False)
    expect(page.locator(".disagree h2")).to_have_text("Sources disagree")
    assert page.locator(".disagree dd").all_inner_texts() == ["February 2021", "1 March 2021"]


def test_pattern_is_no_incident(open_page: Opened) -> None:
    page = open_page("/incidents/" + id_of("founding-record:yak130-chin"), java_script_enabled=False)
    expect(page.locator(".incident__head")).to_contain_text("Pattern, not one incident")
    expect(page.locator(".incident__head")).to_contain_text("never counted as one")


def test_every_page_says_that_it_is_a_demonstration(open_page: Opened) -> None:
    paths = ("/", "/incidents", f"/incidents/{LINKED_ID}", "/about", "/embed", "/nothing-here")
    for path, page in open_page.each(*paths, java_script_enabled=False):
        expect(page.locator(".masthead__mark").first, path).to_have_text("Demonstration")
    open_page.problems.clear()  # the browser itself notes the 404
