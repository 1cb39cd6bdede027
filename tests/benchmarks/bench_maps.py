"""Maps of the same incidents by Bearing and by stock Folium, in one interleaved run: bytes, server time, first events.

Run by `make bench`. It asserts no time: it prints medians and ratios, for whoever reads them to judge.
"""

import gzip
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import folium
import folium.plugins
import pytest
from playwright.sync_api import Browser, sync_playwright

from app import create_app
from app.settings import Settings
from incidents.editions.reader import EditionStore
from tests.factories import make_random_rows, write_edition
from tests.functional.conftest import Serve, serve  # noqa: F401 - the fixture

ROUNDS = 5
SIZES = (100, 1_000, 7_500)
CHROMIUM = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# Stock Folium loads its scripts from elsewhere; without a network its page cannot draw, so that only what the server
# does and sends is compared with it. Bearing's own page is also timed in the browser.
Made = tuple[float, bytes]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()


def make_markers(points: list[tuple[float, float, str]]) -> folium.Map:
    web_map = folium.Map(tiles=None)
    for lat, lon, title in points:
        folium.Marker((lat, lon), popup=title).add_to(web_map)
    return web_map


def make_cluster(points: list[tuple[float, float, str]]) -> folium.Map:
    web_map = folium.Map(tiles=None)
    web_map.add_child(folium.plugins.FastMarkerCluster([list(point) for point in points]))  # type: ignore[no-untyped-call]  # folium ships no types
    return web_map


def timed(make: Callable[[], bytes]) -> Made:
    started = time.perf_counter()
    body = make()
    return (time.perf_counter() - started) * 1000, body


@pytest.mark.parametrize("size", SIZES)
def test_page_bytes_and_server_time(tmp_path: Path, size: int) -> None:
    write_edition(tmp_path / "editions", make_random_rows(size))
    with EditionStore(tmp_path / "editions").reading() as edition:
        details = edition.details(limit=size)
    points = [(d["where"]["point"][1], d["where"]["point"][0], d["title"]) for d in details if d["where"]["point"]]
    client = create_app(Settings(data_dir=tmp_path)).test_client()
    number = iter(range(10_000))
    makers: dict[str, Callable[[], bytes]] = {
        "Bearing, page (new filter each time)": lambda: client.get(f"/?q=none{next(number)}").data,
        "Bearing, page (cached)": lambda: client.get("/").data,
        "Bearing, data of all records": lambda: client.get("/editions/1/columns.json").data,
        "Folium Marker": lambda: make_markers(points).get_root().render().encode(),
        "Folium FastMarkerCluster": lambda: make_cluster(points).get_root().render().encode(),
    }
    found: dict[str, list[Made]] = {name: [] for name in makers}
    for round_ in range(ROUNDS + 1):
        for name, make in makers.items():
            made = timed(make)
            if round_:
                found[name].append(made)
    reference = statistics.median(ms for ms, _ in found["Bearing, page (new filter each time)"])
    print(f"\n{size:,} incidents, {len(points):,} of them with a point; median of {ROUNDS} interleaved rounds")
    for name, made_all in found.items():
        ms = statistics.median(ms for ms, _ in made_all)
        body = made_all[-1][1]
        sent = body if body[:2] == b"\x1f\x8b" else gzip.compress(body, 6)
        print(f"  {name:38} {ms:9.2f} ms  x{ms / reference:8.2f}  {len(sent) / 1000:9.1f} kB gzipped")


@pytest.mark.parametrize("size", [*SIZES, 100_000])
def test_first_events_and_a_step_of_the_slider(tmp_path: Path, browser: Browser, serve: Serve, size: int) -> None:  # noqa: F811 - the fixture
    write_edition(tmp_path / "editions", make_random_rows(size))
    address = serve(tmp_path).address
    first, steps = [], []
    for _ in range(ROUNDS):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        page = context.new_page()
        page.goto(address)
        page.wait_for_function("performance.getEntriesByName('bearing:first-events').length > 0")
        first.append(page.evaluate("performance.getEntriesByName('bearing:first-events')[0].startTime"))
        page.evaluate("performance.clearMeasures('bearing:redraw')")
        page.locator("input[type=checkbox]").first.click()
        page.wait_for_function("performance.getEntriesByName('bearing:redraw').length > 0")
        steps.append(page.evaluate("performance.getEntriesByName('bearing:redraw').at(-1).duration"))
        context.close()
    print(
        f"\n{size:,} incidents in Chromium: first events after {statistics.median(first):.0f} ms, "
        f"a switch redrawn in {statistics.median(steps):.0f} ms (medians of {ROUNDS})"
    )
