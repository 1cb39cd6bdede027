"""What a reader does: filters, clicks, keys and addresses, and how fast the map answers."""

import itertools
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import FloatRect, Page, expect

from tests.browser.conftest import wait_until
from tests.browser.map.conftest import (
    COUNTRY,
    CROWD,
    CROWD_AT,
    EXACT,
    HOSTILE,
    PAIR,
    PATTERN,
    STATE,
    TOTAL,
    TOWNSHIP,
    Open,
    click_middle,
    ink,
    pixel,
    position,
    said,
)

pytestmark = pytest.mark.browser


def rows_picked(page: Page) -> list[int]:
    """Read which rows the picks of this page were about."""
    found: list[int] = page.evaluate("window.picked ?? []")
    return found


def step_to(page: Page, wanted: str) -> None:
    """Go from symbol to symbol in reading order until one says what is wanted."""
    page.focus("#map")
    page.keyboard.press("Home")
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp") * 6:
        if wanted in said(page):
            return
        page.keyboard.press(key)
    pytest.fail(f"no symbol says {wanted!r}; the last said {said(page)!r}")


def test_filter_of_the_address_is_applied(open_map: Open) -> None:
    page = open_map("/?kind=airstrike")
    expect(page.locator("#timebar")).to_contain_text(f"{CROWD + 1} of {TOTAL} shown")


def test_switching_a_kind_off_takes_its_symbols_away(open_map: Open) -> None:
    page = open_map(f"/{position(EXACT, 9)}")
    assert pixel(page, "events")[3] == 255
    page.get_by_label(re.compile("^Airstrikes")).uncheck()
    wait_until(page, lambda: ink(page, "events", 20) == 0)
    page.wait_for_function("() => new URLSearchParams(location.search).has('kind')")
    assert "airstrike" not in parse_qs(urlsplit(page.url).query)["kind"]
    page.get_by_label(re.compile("^Airstrikes")).check()
    wait_until(page, lambda: pixel(page, "events")[3] == 255)


def test_window_of_time_is_applied(open_map: Open) -> None:
    page = open_map("/?from=2015-06&to=2015-07&undated=hide")
    expect(page.locator("#timebar")).to_contain_text(f"1 of {TOTAL} shown")


def test_words_are_asked_of_the_service(open_map: Open) -> None:
    page = open_map("/?q=township&kind=armed_clash")
    expect(page.locator("#timebar")).to_contain_text(f"1 of {TOTAL} shown")


def test_box_keeps_areas_that_meet_it_and_what_has_no_place(open_map: Open) -> None:
    page = open_map("/?bbox=94.9,23.9,95.1,24.1")
    expect(page.locator("#timebar")).to_contain_text(f"{1 + STATE + COUNTRY + 1} of {TOTAL} shown")


def test_click_on_a_symbol_opens_it_as_text(open_map: Open) -> None:
    page = open_map(f"/{position(EXACT, 9)}")
    click_middle(page)
    expect(page.locator("#panel h2")).to_have_text(HOSTILE)
    assert page.locator("#panel img").count() == 0


def test_click_beside_everything_opens_nothing(open_map: Open) -> None:
    page = open_map(f"/?kind=airstrike{position(EXACT, 9)}")
    click_middle(page, 120, 90)
    page.wait_for_timeout(200)
    expect(page.locator("#panel")).to_be_hidden()


def test_cluster_parts_when_zoomed(open_map: Open) -> None:
    page = open_map(f"/{position(PAIR[0], 6)}")
    before = page.evaluate("location.hash")
    click_middle(page)
    page.wait_for_function("(before) => location.hash !== before", arg=before)
    assert float(page.evaluate("location.hash").split("/")[0][1:]) > 6
    expect(page.locator("#panel")).to_be_hidden()


def test_what_is_there_after_a_cluster_has_parted_is_said(open_map: Open) -> None:
    page = open_map(f"/?kind=port_call&kind=shelling{position(PAIR[0], 6)}")
    step_to(page, "2 incidents, all at sea.")
    page.keyboard.press("Enter")
    expect(page.locator("#map [aria-live]")).to_contain_text(re.compile(r"Closer up: Port call, .* 1 of 2 in view\."))


def test_crowd_in_one_place_is_a_list(open_map: Open) -> None:
    page = open_map(f"/{position(CROWD_AT, 12)}")
    click_middle(page)
    expect(page.locator("#panel")).to_be_visible()
    for number in range(CROWD):
        expect(page.locator("#panel")).to_contain_text(f"Crowd {number}")


def test_keys_step_and_say(open_map: Open) -> None:
    page = open_map("/")
    page.focus("#map")
    page.keyboard.press("ArrowRight")
    # Its title is fetched, and said once it is there.
    expect(page.locator("#map [aria-live]")).to_have_text(re.compile(r"1 of \d+ in view\.\s*A record$"))
    first = said(page)
    page.keyboard.press("ArrowDown")
    assert said(page) != first
    page.keyboard.press("Escape")
    assert said(page) == ""


def test_keys_reach_a_hatched_area_and_open_its_list(open_map: Open) -> None:
    page = open_map("/")
    step_to(page, f"{STATE} incidents known only to Sagaing")
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_have_text(f"{STATE} incidents known only to Sagaing Region")


def test_of_a_disc_that_stands_for_a_boundary_is_said_what_it_lies_somewhere_in(open_map: Open) -> None:
    page = open_map(f"/{position(TOWNSHIP, 9)}")
    step_to(page, "place known to: township")
    expect(page.locator("#map [aria-live]")).to_contain_text("Township; somewhere in A place township")
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".bearing-tip")).to_contain_text("Township; somewhere in A place township")
    expect(page.locator(".bearing-tip")).to_contain_text("drawn as a disc of 30 km")


def test_a_disc_with_room_for_it_is_labelled(open_map: Open) -> None:
    page = open_map(f"/{position(TOWNSHIP, 9)}")
    wait_until(page, lambda: ink(page, "discs", 60) > 50)
    page = open_map(f"/{position(TOWNSHIP, 6)}")
    page.wait_for_load_state("networkidle")
    assert ink(page, "discs", 60) == 0


def test_the_panel_says_of_an_area_what_its_label_says(open_map: Open) -> None:
    page = open_map(f"/{position(EXACT, 2.5)}")
    step_to(page, "known only to Myanmar or parts of it")
    page.keyboard.press("Enter")
    words = f"{STATE + COUNTRY} incidents known only to Myanmar or parts of it"
    expect(page.locator("#panel h2")).to_have_text(words)


def test_what_is_known_only_to_one_part_is_called_by_it(open_map: Open) -> None:
    asked = "/?kind=displacement&region=MM-01"
    page = open_map(f"{asked}{position(EXACT, 4)}")
    step_to(page, f"{STATE} incidents known only to Sagaing Region")
    # Where it is too small to be drawn, its label stands in the country.
    page = open_map(f"{asked}{position(EXACT, 2.5)}")
    step_to(page, f"{STATE} incidents known only to a part of Myanmar")


def test_what_is_known_only_to_parts_is_not_said_of_the_whole(modules: Page) -> None:
    said = modules.evaluate(
        """async (cases) => {
            const { sayWhere } = await import("/src/words.js");
            return cases.map((codes) => sayWhere("UA", "Ukraine", codes));
        }""",
        [["UA"], ["UA", "UA-14"], ["UA-14", "UA-09"], ["UA-14"]],
    )
    assert said == ["Ukraine", "Ukraine or parts of it", "parts of Ukraine", "a part of Ukraine"]


def test_the_panel_says_how_many_stand_in_one_place(open_map: Open) -> None:
    page = open_map(f"/{position(CROWD_AT, 12)}")
    click_middle(page)
    expect(page.locator("#panel h2")).to_have_text(f"{CROWD} incidents here")


def _boxes(page: Page, *selectors: str) -> list[FloatRect]:
    found = [page.locator(selector).first.bounding_box() for selector in selectors]
    return [box for box in found if box]


def _lap(one: FloatRect, other: FloatRect) -> bool:
    return (
        one["x"] < other["x"] + other["width"]
        and other["x"] < one["x"] + one["width"]
        and one["y"] < other["y"] + other["height"]
        and other["y"] < one["y"] + one["height"]
    )


def test_nothing_in_the_corners_lies_over_another_when_the_panel_is_open(open_map: Open) -> None:
    page = open_map(f"/{position(CROWD_AT, 12)}")
    click_middle(page)
    expect(page.locator("#panel")).to_be_visible()
    boxes = _boxes(page, "#legend > button", ".leaflet-control-scale", ".bearing-credit", ".leaflet-control-zoom")
    assert len(boxes) == 4
    assert not any(_lap(one, other) for one, other in itertools.combinations(boxes, 2))


@pytest.mark.parametrize("touch", [False, True])
def test_half_of_a_small_embed_is_map(open_map: Open, *, touch: bool) -> None:
    page = open_map("/embed", viewport={"width": 360, "height": 480}, has_touch=touch)
    (shown,) = _boxes(page, "#map")
    assert shown["height"] >= 240
    page.get_by_text("Credits", exact=True).click()
    expect(page.get_by_role("region", name="Credits")).to_contain_text("Natural Earth")


def test_keys_open_a_symbol(open_map: Open) -> None:
    page = open_map(f"/?kind=airstrike{position(EXACT, 9)}")
    page.focus("#map")
    page.keyboard.press("ArrowRight")
    assert "Airstrike, 16 September 2022, place known to: exact spot" in said(page)
    expect(page.locator("#map [role=status] p").nth(1)).to_have_text(HOSTILE)
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_have_text(HOSTILE)


def test_a_year_is_read_out_as_a_year(open_map: Open) -> None:
    page = open_map(f"/?kind=arms_transfer{position(PATTERN, 9)}")
    step_to(page, "Arms transfer, a pattern, within 2015, place known to: site")


def test_tab_leaves_the_map(open_map: Open) -> None:
    page = open_map("/")
    page.focus("#map")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") != "map"


def test_keys_move_and_zoom_the_map(open_map: Open) -> None:
    page = open_map(f"/{position(EXACT, 9)}")
    page.focus("#map")
    page.keyboard.press("+")
    page.wait_for_function("() => location.hash.startsWith('#10/')")
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function(f"() => Number(location.hash.split('/')[2]) > {EXACT.lon}")


def test_address_keeps_the_view_and_survives_a_reload(open_map: Open) -> None:
    page = open_map(f"/?kind=airstrike{position(EXACT, 9)}")
    page.reload()
    page.wait_for_selector("#map[data-ready=all]")
    assert pixel(page, "events") == (0xD8, 0x57, 0x05, 255)
    assert parse_qs(urlsplit(page.url).query) == {"kind": ["airstrike"]}


def test_address_keeps_what_is_no_filter(open_map: Open) -> None:
    page = open_map("/?edition=1")
    page.get_by_label(re.compile("^Airstrikes")).uncheck()
    page.wait_for_function("() => new URLSearchParams(location.search).has('kind')")
    assert parse_qs(urlsplit(page.url).query)["edition"] == ["1"]


@pytest.mark.parametrize("fragment", ["#99/0/0", "#9/91/0", "#9/0/181", "#x", "#9/22.7", "#<script>"])
def test_bad_fragments_do_no_harm(open_map: Open, fragment: str) -> None:
    page = open_map(f"/{fragment}")
    expect(page.locator("#timebar")).to_contain_text(f"{TOTAL} of {TOTAL} shown")


def test_credits_and_disclaimer_are_on_the_map(open_map: Open) -> None:
    page = open_map("/")
    expect(page.locator(".bearing-credit")).to_contain_text("Natural Earth")
    expect(page.locator(".bearing-credit")).to_contain_text("GeoNames (CC BY 4.0)")
    expect(page.locator(".bearing-credit")).to_contain_text("do not imply any opinion")


def test_the_first_events_are_marked(open_map: Open) -> None:
    page = open_map("/")
    assert page.evaluate("performance.getEntriesByName('bearing:first-events').length") == 1
