"""Filled regions while what they are filled by, or drawn from, is on its way."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from geodata.points import LonLat
from tests.browser.conftest import hold, wait_until
from tests.browser.map.conftest import EXACT, Open, ink, position

pytestmark = pytest.mark.browser

OUTLINES = re.compile(r"outlines\.json.*level=")
FIGURES = re.compile(r"harm\.json")
# In the middle of Sagaing, far from its edges at this zoom; some is known to no more than the region.
SAGAING_MIDDLE, CLOSE = LonLat(95.0, 23.08), 7


def release(page: Page, url: re.Pattern[str], held: list[Route]) -> None:
    for route in held:
        route.continue_()
    page.unroute(url)


def test_what_is_waited_for_is_said(open_map: Open) -> None:
    page = open_map(f"/{position(EXACT, 4)}")
    key, progress = page.locator(".regions__key"), page.locator(".progress")
    held = hold(page, OUTLINES)
    page.get_by_label("Fill regions by").select_option("number")
    expect(progress).to_be_visible()
    expect(key).to_have_text("Incidents, by region: the figures are on their way.")
    assert not ink(page, "regions", 20)
    release(page, OUTLINES, held)
    expect(key).to_contain_text("Incidents, by country")
    expect(key).not_to_contain_text("on their way")
    expect(progress).to_be_hidden()
    assert ink(page, "regions", 20)


def test_the_old_fill_and_its_key_stay_until_the_new_ones_are_there(open_map: Open) -> None:
    page = open_map(f"/{position(EXACT, 4)}&regions=number")
    key = page.locator(".regions__key")
    expect(key).to_contain_text("Incidents, by country")
    held = hold(page, FIGURES)
    page.get_by_label("Fill regions by").select_option("killed")
    expect(key).to_contain_text("People killed, at least, by region: the figures are on their way.")
    expect(key).to_contain_text("Incidents, by country")
    assert ink(page, "regions", 20)
    # Elsewhere, too, the key speaks of what is on the map.
    page.focus("#map")
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_timeout(400)
    expect(key).to_contain_text("Incidents, by country")
    release(page, FIGURES, held)
    expect(key).to_contain_text("People killed, at least, by country")
    expect(key).not_to_contain_text("on their way")


def test_outlines_come_for_what_is_in_view_and_the_old_ones_stay_until_then(open_map: Open) -> None:
    page = open_map(f"/{position(EXACT, 4)}&regions=number")
    expect(page.locator(".regions__key")).to_contain_text("Incidents, by country")
    held = hold(page, OUTLINES)
    page.focus("#map")
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(400)
    assert not held, "what lies beside the view is there"
    page.get_by_role("button", name="Zoom in").click()
    wait_until(page, lambda: len(held) == 1)
    assert ink(page, "regions", 20)
    release(page, OUTLINES, held)
    expect(page.locator(".regions__key")).to_contain_text("Incidents, by region")
    assert ink(page, "regions", 20)


def test_among_filled_regions_a_hatch_is_what_their_key_says_and_nothing_else(open_map: Open) -> None:
    page = open_map(f"/?kind=displacement{position(SAGAING_MIDDLE, CLOSE)}")
    key, choice, legend = page.locator(".regions__key"), page.get_by_label("Fill regions by"), page.locator("#legend")
    page.get_by_role("button", name="Legend").click()
    expect(legend).to_contain_text("hatched with a count")
    assert ink(page, "areas", 30) > 60
    held = hold(page, OUTLINES)
    choice.select_option("number")
    expect(key).to_contain_text("on their way")
    assert ink(page, "areas", 30) > 60, "as long as nothing is filled"
    release(page, OUTLINES, held)
    expect(key).to_contain_text("Incidents, by region")
    expect(legend).to_contain_text("a dashed outline with a count")
    expect(legend).not_to_contain_text("hatched")
    assert not ink(page, "areas", 30)
    assert ink(page, "areas", 300), "its outline"
    assert ink(page, "counts", 320) > 1000, "its count"
    page.emulate_media(media="print")
    page.wait_for_timeout(200)
    assert not ink(page, "areas", 30)
    page.emulate_media(media="screen")
    choice.select_option("off")
    expect(legend).to_contain_text("hatched with a count")
    assert ink(page, "areas", 30) > 60


@pytest.mark.parametrize(
    "path",
    [
        f"/?kind=displacement{position(SAGAING_MIDDLE, CLOSE)}&regions=killed",
        f"/embed?kind=displacement&view={position(SAGAING_MIDDLE, CLOSE)[1:]}&regions=killed",
    ],
)
def test_a_map_that_opens_filled_has_no_other_hatch_than_its_key(open_map: Open, path: str) -> None:
    page = open_map(path)
    expect(page.locator(".regions__key")).to_contain_text("People killed, at least, by region")
    # Somebody who is known to be among the killed by a group alone is in no region's figure.
    expect(page.locator(".regions__key")).to_contain_text("of people in all and not of groups")
    assert not ink(page, "areas", 30)
    assert ink(page, "areas", 300)
