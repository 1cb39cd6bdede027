"""Beside how many are shown stands how many more may be counted only, and it follows what a reader chooses."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from incidents.saved_maps import SavedMap, save_map
from tests.browser.conftest import DRAWN, serving_editions
from tests.browser.interface.conftest import Opened
from tests.factories import make_public, write_edition

pytestmark = pytest.mark.browser

SAID = ".timebar__unshown"


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("counted")
    counts = {
        ("secretive", "MM-01", "2022-09", "airstrike"): 5,
        ("secretive", "MM-01", "2021-03", "airstrike"): 2,
        ("secretive", None, None, "shelling"): 1,
    }
    rows = [make_public(1), make_public(2, kind="shelling")]
    write_edition(folder / "editions", rows, counts=counts)
    save_map(folder / "editions", SavedMap("late", "Late ones", filter=(("from", "2022-01-01"),)), by=1)
    with serving_editions(folder) as address:
        yield address


@pytest.fixture
def opened(chromium: Browser, counted: str) -> Iterator[Opened]:
    made = Opened(chromium, (counted, "data:"))
    yield made
    made.close()


def test_it_follows_the_filter(opened: Opened) -> None:
    page = opened("/")
    said = page.locator(SAID)
    expect(said).to_have_text("8 more are counted only")
    expect(said.locator("a")).to_have_attribute("href", "/data#counted")
    page.locator("#switches input[name=kind][value=airstrike]").uncheck()
    expect(said).to_have_text("1 more is counted only")
    page.locator("#switches input[name=kind][value=shelling]").uncheck()
    expect(said).to_be_hidden()
    page.locator("#switches input[name=kind][value=shelling]").check()
    expect(said).to_have_text("1 more is counted only")
    page.get_by_role("searchbox").fill("school")
    page.keyboard.press("Enter")
    expect(said).to_have_text("8 in the whole edition are counted only")


def test_a_saved_map_counts_within_its_limits(opened: Opened) -> None:
    page = opened("/maps/late")
    expect(page.locator(SAID)).to_have_text("6 more are counted only")


def test_an_embed_says_it_with_its_time_bar_or_beneath(opened: Opened) -> None:
    for path, where in (("/embed?kind=airstrike", SAID), ("/embed?kind=airstrike&controls=none", "#unshown")):
        page = opened(path, viewport={"width": 300, "height": 250})
        link = page.locator(f"{where} a")
        expect(page.get_by_role("link", name="counted only")).to_have_count(1)
        expect(link).to_have_text("7 more are counted only")
        expect(link).to_have_attribute("target", "_blank")
        for one in (link, page.get_by_role("link", name="Open in Bearing")):
            box = one.bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 300
            assert box["y"] + box["height"] <= 250


def test_where_there_are_none_nothing_is_said_or_asked(open_page: Opened) -> None:
    page = open_page("/", wait=False)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_selector(DRAWN)
    expect(page.locator(SAID)).to_be_hidden()
    assert asked
    assert not [url for url in asked if "unshown" in url]
