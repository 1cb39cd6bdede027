"""An edition above the limit: rows of a filter come behind the picture, answer from then on, and nobody can tell."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.wrappers import Response

from app import drawing
from tests.browser.conftest import DRAWN, Watched, as_large, hold, serving, serving_editions, wait_until
from tests.browser.map.conftest import CROWD, CROWD_AT, SEEN, TOTAL, click_middle, position

pytestmark = pytest.mark.browser

# All airstrikes may be loaded, and nothing with anything else.
MOST = CROWD + 1


@dataclass
class Opened:
    """A page, and the addresses that it has asked the service for."""

    page: Page
    asked: list[str] = field(default_factory=list)

    def count(self, name: str) -> int:
        """Count the questions to one door so far."""
        return sum(urlsplit(url).path.endswith(f"/{name}") for url in self.asked)

    def rest(self) -> None:
        """Wait until nothing has been asked for a while."""
        before = -1
        while before != len(self.asked):
            before = len(self.asked)
            self.page.wait_for_timeout(350)


Open = Callable[..., Opened]


@pytest.fixture
def open_limited(watched: Watched, address: str) -> Open:
    """Open a path of the site as a page of a large edition, of which so many rows may be loaded."""

    def open_(path: str, most: int = MOST) -> Opened:
        page = watched.blank()
        opened = Opened(page)
        page.route(re.compile(re.escape(address) + r"/(embed)?(\?[^/]*)?$"), partial(as_large, most=most))
        page.on("request", lambda asked: opened.asked.append(asked.url))
        page.goto(address + path)
        page.wait_for_selector(DRAWN)
        return opened

    return open_


def test_rows_of_a_filter_come_behind_and_answer_what_is_asked_then(open_limited: Open) -> None:
    opened = open_limited(f"/{position(CROWD_AT, 5)}")
    page = opened.page
    assert opened.count("columns.arrow") == 0, "all of them are too many"
    page.get_by_role("button", name="All off: kinds").click()
    expect(page.locator(".timebar__shown")).to_have_text(f"0 of {TOTAL} shown")
    page.locator("#switches input[name=kind][value=airstrike]").check()
    expect(page.locator(".timebar__shown")).to_have_text(f"{CROWD + 1} of {TOTAL} shown")
    wait_until(page, lambda: opened.count("columns.arrow") == 1)
    (columns,) = [url for url in opened.asked if "columns.arrow" in url]
    assert parse_qs(urlsplit(columns).query) == {"kind": ["airstrike"]}
    opened.rest()
    clusters = opened.count("clusters.arrow")
    for _ in range(3):
        page.get_by_role("button", name="One step back").click()
    page.focus("#map")
    for key in ("+", "ArrowLeft", "ArrowLeft", "-", "ArrowUp"):
        page.keyboard.press(key)
        page.wait_for_timeout(350)
    page.get_by_role("button", name="All time").click()
    opened.rest()
    assert opened.count("clusters.arrow") == clusters, "steps, pans and zooms are answered by what is here"
    assert opened.count("columns.arrow") == 1
    # Wider than what is here: the service answers at once, and these are too many to come.
    page.locator("#switches input[name=kind][value=shelling]").check()
    expect(page.locator(".timebar__shown")).to_have_text(f"{CROWD + 2} of {TOTAL} shown")
    opened.rest()
    assert opened.count("clusters.arrow") > clusters
    assert opened.count("columns.arrow") == 1
    # Words narrow it again, and rows that are few come anew.
    page.locator("#search input[name=q]").fill("crowd")
    wait_until(page, lambda: opened.count("columns.arrow") == 2)
    opened.rest()
    clusters = opened.count("clusters.arrow")
    page.get_by_role("button", name="One step back").click()
    opened.rest()
    assert opened.count("clusters.arrow") == clusters


def test_a_list_of_what_is_here_is_of_the_editions_own_rows(open_limited: Open) -> None:
    opened = open_limited(f"/?kind=airstrike{position(CROWD_AT, 12)}")
    assert opened.count("columns.arrow") == 1
    click_middle(opened.page)
    panel = opened.page.locator("#panel")
    expect(panel.locator("h2")).to_have_text(f"{CROWD} incidents here")
    for number in range(CROWD):
        expect(panel).to_contain_text(f"Crowd {number}")
    assert opened.count("members.json") == 0


def acts(page: Page) -> list[Callable[[], Any]]:
    """Give what a reader does: narrow, step and widen."""
    kinds = page.locator("#switches input[name=kind]")
    return [
        page.get_by_role("button", name="One step back").click,
        page.get_by_role("button", name="One step back").click,
        page.get_by_role("button", name="All time").click,
        page.locator("#switches input[name=region]").first.check,
        kinds.nth(1).check,
        lambda: page.locator("#search input[name=q]").fill("crowd"),
        page.get_by_role("button", name="One step back").click,
        page.get_by_role("button", name="Lift all", exact=True).click,
    ]


def test_nobody_can_tell_who_answers(open_limited: Open) -> None:
    path = f"/?kind=airstrike{position(CROWD_AT, 5.25)}"
    here, there = open_limited(path), open_limited(path, most=0)
    for step, doings in enumerate(zip(acts(here.page), acts(there.page), strict=True)):
        for do in doings:
            do()
        here.rest()
        there.rest()
        one, other = (opened.page.evaluate(SEEN) for opened in (here, there))
        for name in ("words", "bars", "pictures"):
            assert one[name] == other[name], f"{name} after act {step}"
    assert here.count("columns.arrow") >= 2
    assert there.count("columns.arrow") == 0


def test_the_first_picture_is_the_services_and_rows_that_do_not_come_are_not_missed(
    chromium: Browser, address: str
) -> None:
    watched = Watched(chromium, (address, "data:"))
    page = watched.blank()
    page.route(re.compile(re.escape(address) + r"/(\?[^/]*)?$"), partial(as_large, most=MOST))
    held = hold(page, "**/columns.arrow**")
    page.goto(f"{address}/?kind=airstrike")
    expect(page.locator(".timebar__shown")).to_have_text(f"{CROWD + 1} of {TOTAL} shown")
    wait_until(page, lambda: len(held) == 1)
    assert page.evaluate("performance.getEntriesByName('bearing:first-events').length") == 1
    held[0].fulfill(status=503, body="busy")
    page.wait_for_selector(DRAWN)
    expect(page.locator(".notice")).to_be_hidden()
    page.get_by_role("button", name="One step back").click()
    expect(page.locator(".timebar__shown")).to_contain_text(f"of {TOTAL} shown")
    assert all("503" in problem for problem in watched.problems)
    watched.problems.clear()
    watched.close()


def test_rows_of_a_filter_come_into_a_sandboxed_frame(
    chromium: Browser, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A page that a test has written anew is not of this machine any more, and gets no script from it.
    monkeypatch.setattr(drawing, "MOST_ROWS", MOST)

    def make(address: str) -> Any:
        framed = (
            f'<iframe sandbox="allow-scripts" width="900" height="600" src="{address}/embed?kind=airstrike"></iframe>'
        )
        return Response(f'<!doctype html><link rel="icon" href="data:,">{framed}', mimetype="text/html")

    with serving_editions(data_dir) as address, serving(lambda _address: make(address)) as host:
        watched = Watched(chromium, (address, host, "data:"))
        opened = Opened(watched.blank())
        opened.page.on("request", lambda asked: opened.asked.append(asked.url))
        opened.page.goto(host)
        frame = next(each for each in opened.page.frames if each.parent_frame)
        frame.wait_for_selector(DRAWN)
        assert frame.evaluate("self.origin") == "null"
        assert opened.count("columns.arrow") == 1
        clusters = opened.count("clusters.arrow")
        frame.get_by_role("button", name="One step back").click()
        opened.rest()
        assert opened.count("clusters.arrow") == clusters
        watched.close()
