"""The map away from its own page: in another site's sandboxed frame, and as a file without a network."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect
from werkzeug.wrappers import Response

from app.maps.standalone import make_standalone
from app.maps.view import Mode
from incidents.editions.reader import EditionStore
from incidents.filters import IncidentFilter
from tests.browser.conftest import DRAWN, Watched, serving, serving_editions, wait_until
from tests.browser.map.conftest import CROWD, EXACT, HOSTILE, TOTAL, click_middle, ink, pixel, position
from tests.factories import make_id

pytestmark = pytest.mark.browser

HEAD = '<!doctype html><title>Somebody else</title><link rel="icon" href="data:,">'

# Notes whoever takes hold of what keeps something in a browser, or runs beside a page.
NOTED = """
window.taken = [];
for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches", "Worker", "SharedWorker", "cookieStore"]) {
    Object.defineProperty(window, name, { get: () => { window.taken.push(name); } });
}
for (const [owner, name] of [[Navigator.prototype, "serviceWorker"], [Document.prototype, "cookie"]]) {
    Object.defineProperty(owner, name, { get: () => { window.taken.push(name); } });
}
"""


@pytest.fixture
def host(address: str) -> Iterator[str]:
    """Serve somebody else's page, on an origin of its own, that frames the embed as strictly as it can."""

    def make(_address: str) -> Any:
        framed = f"{address}/embed?kind=airstrike{position(EXACT, 9)}"
        frame = f'<iframe sandbox="allow-scripts" width="900" height="600" src="{framed}"></iframe>'
        return Response(HEAD + frame, mimetype="text/html")

    with serving(make) as served:
        yield served


def test_embed_works_in_a_sandboxed_frame_of_another_origin(chromium: Browser, address: str, host: str) -> None:
    watched = Watched(chromium, (address, host, "data:"))
    page = watched.open(host, drawn=False)
    frame = next(frame for frame in page.frames if frame.parent_frame)
    frame.wait_for_selector(DRAWN)
    assert frame.evaluate("self.origin") == "null"
    expect(frame.locator("#timebar")).to_contain_text(f"{CROWD + 1} of {TOTAL} shown")
    expect(frame.locator(".bearing-credit")).to_contain_text("Natural Earth")
    box = frame.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(frame.locator("#panel h2")).to_have_text(HOSTILE)
    watched.close()


@pytest.mark.parametrize("path", ["/embed?kind=airstrike", f"/embed/incidents/{make_id(1)}", "/embed?kind=nothing"])
def test_embeds_keep_nothing_and_run_nothing_beside_the_page(chromium: Browser, address: str, path: str) -> None:
    watched = Watched(chromium, (address, "data:"))
    page = watched.blank()
    page.add_init_script(NOTED)
    answer = page.goto(address + path)
    if answer and answer.ok:
        page.wait_for_selector(DRAWN)
    else:
        watched.problems.clear()
    assert page.evaluate("window.taken") == []
    # Any other page has kept whether it is to be light or dark.
    page.goto(address)
    assert page.evaluate("window.taken") != []
    watched.close()


def test_pages_other_than_the_embed_cannot_be_framed(chromium: Browser, address: str) -> None:
    def make(_address: str) -> Any:
        return Response(
            f'<!doctype html><link rel="icon" href="data:,"><iframe src="{address}/"></iframe>', mimetype="text/html"
        )

    with serving(make) as host:
        watched = Watched(chromium, (address, host, "data:"))
        page = watched.open(host, drawn=False)
        said = ("frame-ancestors", "X-Frame-Options")
        wait_until(page, lambda: any(word in problem for problem in watched.problems for word in said))
        assert not any(frame.locator("#map").count() for frame in page.frames)


@pytest.fixture
def saved(data_dir: Path, address: str, tmp_path: Path) -> Path:
    """Save the airstrikes as one file. The site is there, so that the front end is built."""
    del address
    path = tmp_path / "strikes.html"
    with EditionStore(data_dir / "editions").reading(None) as edition:
        chosen = IncidentFilter(kind=("airstrike",))
        make_standalone(edition, chosen, mode=Mode.FILE, title=HOSTILE).save_self_contained(path)
    return path


def test_file_opens_from_disk_without_a_network(chromium: Browser, saved: Path) -> None:
    watched = Watched(chromium, ("file://", "data:"))
    page = watched.open(f"file://{saved}{position(EXACT, 9)}", offline=True)
    expect(page.locator("#timebar")).to_contain_text(f"{CROWD + 1} of {CROWD + 1} shown")
    assert pixel(page, "events") == (0xD8, 0x57, 0x05, 255)
    assert ink(page, "tile", 100) == 200 * 200
    click_middle(page)
    expect(page.locator("#panel h2")).to_have_text(HOSTILE)
    expect(page.locator(".masthead__name")).to_have_text(HOSTILE)
    watched.close()


def test_file_has_the_chart_with_its_table_and_links_to_no_service(chromium: Browser, saved: Path) -> None:
    watched = Watched(chromium, ("file://", "data:"))
    page = watched.open(f"file://{saved}#chart=kind", offline=True)
    chart = page.locator("#chart")
    expect(chart.locator(".chart__title")).to_have_text("Incidents by month")
    expect(chart.get_by_text("Table")).to_be_visible()
    expect(chart.locator("a:visible")).to_have_count(0)
    watched.close()


def test_file_can_be_searched(chromium: Browser, saved: Path) -> None:
    watched = Watched(chromium, ("file://", "data:"))
    page = watched.open(f"file://{saved}", offline=True)
    page.locator("#search input").fill("cröwd 3")
    expect(page.locator("#timebar")).to_contain_text(f"1 of {CROWD + 1} shown")
    watched.close()


def test_notebook_shows_the_map_in_its_frame(chromium: Browser, data_dir: Path, address: str, tmp_path: Path) -> None:
    with EditionStore(data_dir / "editions").reading(None) as edition:
        shown = make_standalone(edition)._repr_html_()
    page_file = tmp_path / "notebook.html"
    page_file.write_text(f"<!doctype html><meta charset=utf-8><title>Notebook</title>{shown}", "utf-8")
    watched = Watched(chromium, ("file://", "data:", "about:"))
    page = watched.open(f"file://{page_file}", drawn=False, offline=True)
    frame = next(frame for frame in page.frames if frame.parent_frame)
    frame.wait_for_selector(DRAWN)
    expect(frame.locator("#timebar")).to_contain_text(f"{TOTAL} of {TOTAL} shown")
    watched.close()


def test_tiles_come_from_the_operators_provider_and_nobody_else(chromium: Browser, data_dir: Path) -> None:
    tiles = {"tiles_url": "https://tiles.example/{z}/{x}/{y}.png", "tiles_attribution": "A tile maker"}
    dot = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
    with serving_editions(data_dir, **tiles) as address:
        watched = Watched(chromium, (address, "data:", "https://tiles.example/"))
        page = watched.blank()
        asked: list[str] = []

        def answer(route: Route) -> None:
            asked.append(route.request.url)
            route.fulfill(body=dot, content_type="image/png")

        page.route("https://tiles.example/**", answer)
        page.goto(f"{address}/{position(EXACT, 9)}")
        page.wait_for_selector(DRAWN)
        expect(page.locator(".bearing-credit")).to_contain_text("A tile maker")
        page.wait_for_load_state("networkidle")
        assert asked
        assert pixel(page, "events") == (0xD8, 0x57, 0x05, 255)
        assert page.locator(".leaflet-tile-loaded").count() > 0
        watched.close()
