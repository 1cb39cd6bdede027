"""A saved map in a browser: its limits hold, whatever the reader and the address do."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.interface.conftest import HOSTILE_ID, Opened, Site

pytestmark = pytest.mark.browser

SHOWN = ".timebar__shown"


def _total(page: Page) -> int:
    found = re.fullmatch(r"([\d,]+) of ([\d,]+) shown", page.locator(SHOWN).inner_text())
    assert found
    return int(found[2].replace(",", ""))


def test_nothing_beyond_the_limits_is_offered_asked_or_counted(open_page: Opened, site: Site) -> None:
    page = open_page("/maps/strikes", wait=False)
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    page.reload()
    page.wait_for_selector("#map[data-ready=all]")
    expect(page.locator("h1")).to_have_text("Strikes since the coup")
    expect(page.locator(".map-head__state")).to_contain_text("Updated")
    assert 0 < _total(page) < site.total
    expect(page.locator(".timebar__when")).to_contain_text("2021 to 2023")
    kinds = page.locator("#switches input[name=kind]").evaluate_all("(all) => all.map((one) => one.value)")
    assert sorted(kinds) == ["airstrike", "drone_strike"]
    expect(page.get_by_label("Fill regions by")).to_have_value("number")
    expect(page.locator("#switches .chip")).to_have_count(0)
    for url in asked:
        parts = urlsplit(url)
        if parts.path.endswith(("clusters.arrow", "tallies.json", "harm.json", "series.json", "histogram.json")):
            assert parse_qs(parts.query)["kind"] == ["airstrike", "drone_strike"], url
        if parts.path.endswith(("clusters.arrow", "tallies.json", "harm.json")):
            assert parse_qs(parts.query)["from"] == ["2021-01-01"], url
    table = page.locator(".masthead__links a", has_text="Table").get_attribute("href")
    assert table
    given = parse_qs(urlsplit(table).query)
    assert (given["kind"], given["to"]) == (["airstrike", "drone_strike"], ["2023-12-31"])


def test_what_a_reader_does_narrows_and_is_undone(open_page: Opened) -> None:
    page = open_page("/maps/strikes")
    total = _total(page)
    whole = page.locator(SHOWN).inner_text()
    page.locator("#switches input[name=kind][value=drone_strike]").uncheck()
    expect(page.locator(SHOWN)).not_to_have_text(whole)
    assert _total(page) == total
    page.wait_for_function("() => location.search === '?kind=airstrike'")
    feed = page.locator("link[type='application/atom+xml']").get_attribute("href") or ""
    assert parse_qs(urlsplit(feed).query)["kind"] == ["airstrike"]
    page.go_back()
    expect(page.locator(SHOWN)).to_have_text(whole)
    # What it was saved with is shown by an address that says nothing else.
    fill = page.get_by_label("Fill regions by")
    expect(fill).to_have_value("number")
    fill.select_option("off")
    page.wait_for_url(re.compile(r"/maps/strikes#5/2[01][.]\d\d/9[56][.]\d\d$"))
    # Dates that reach beyond are no way out.
    page.evaluate("history.replaceState(null, '', '/maps/strikes?from=1900&to=2100&kind=armed_clash')")
    page.evaluate("window.dispatchEvent(new PopStateEvent('popstate'))")
    expect(page.locator(SHOWN)).to_have_text(f"0 of {total} shown")
    page.evaluate("history.replaceState(null, '', '/maps/strikes?from=1900&to=2100')")
    page.evaluate("window.dispatchEvent(new PopStateEvent('popstate'))")
    expect(page.locator(SHOWN)).to_have_text(whole)


def test_no_fragment_opens_what_lies_beyond(open_page: Opened) -> None:
    page = open_page("/incidents?kind=diplomatic_visit&limit=1")
    link = page.locator(".table__title a").first.get_attribute("href")
    assert link
    title = page.locator(".table__title a").first.inner_text()
    page = open_page(f"/maps/strikes#incident={link.rpartition('/')[2]}")
    expect(page.locator("#panel")).to_contain_text("This incident is not on this map.")
    expect(page.locator("#panel")).not_to_contain_text(title)
    inside = open_page(f"/maps/strikes#incident={HOSTILE_ID}")
    expect(inside.locator("#panel h2")).to_contain_text("onerror")


def test_its_embed_code_is_its_own(open_page: Opened, site: Site) -> None:
    page = open_page("/maps/strikes?kind=airstrike")
    page.get_by_role("button", name="Embed").click()
    code = page.locator("#embed-code").input_value()
    assert f'src="{site.address}/embed/strikes?kind=airstrike&amp;view=' in code
    expect(page.get_by_text("When the data changes")).to_have_count(0)
    assert page.locator("#embed-link").input_value().startswith(f"{site.address}/maps/strikes?kind=airstrike")
    frame = open_page("/embed/strikes?kind=airstrike")
    expect(frame).to_have_title("Strikes since the coup · Myanmar–Russia record")
    link = frame.get_by_role("link", name="Open in Bearing")
    expect(link).to_have_attribute("href", f"{site.address}/maps/strikes?kind=airstrike")


def test_paper_gets_the_picture_that_says_it_all(open_page: Opened) -> None:
    page = open_page("/maps/strikes")
    sheet = page.locator(".sheet")
    expect(sheet).to_be_hidden()
    assert not sheet.evaluate("(one) => one.complete && one.naturalWidth > 0"), "no reader of a screen waits for it"
    with page.expect_response(re.compile(r"/maps/strikes\.png\?")) as drawn:
        assert page.pdf()
    assert drawn.value.status == 200
    page.emulate_media(media="print")
    expect(sheet).to_be_visible()
    expect(page.locator(".frame")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()


def test_an_incident_is_embedded_with_what_is_known(open_page: Opened, site: Site) -> None:
    page = open_page(f"/embed/incidents/{HOSTILE_ID}?theme=dark")
    expect(page.locator("h1")).to_contain_text("onerror")
    expect(page.locator(".facts")).to_contain_text("16 September 2022")
    link = page.get_by_role("link", name="Open the whole record")
    expect(link).to_have_attribute("href", f"{site.address}/incidents/{HOSTILE_ID}")


def test_its_embed_fills_and_charts_alike_where_there_is_room(open_page: Opened) -> None:
    page = open_page("/embed/strikes", viewport={"width": 800, "height": 520})
    expect(page.locator(".regions__key")).to_contain_text("Incidents, by")
    expect(page.locator(".regions__key li").first).to_be_visible()
    page = open_page("/embed?kind=airstrike&chart=kind", viewport={"width": 800, "height": 520})
    expect(page.locator(".chart__title")).to_have_text(re.compile("Incidents by (month|year)"))
    page.set_viewport_size({"width": 300, "height": 250})
    expect(page.locator("#chart")).to_be_hidden()
    expect(page.locator(".chart__toggle")).to_be_hidden()
    map_box = page.locator("#map").bounding_box()
    assert map_box
    assert map_box["height"] > 125
