"""Bearing's map against stock Folium's, in one interleaved run in real Chromium, at sizes up to a million incidents.

BEARING_BENCH_ROWS="10000 100000 200000 1000000" says which. It asserts no time. A contender that does not come through
is written down with the reason, and not tried at larger sizes.
"""

import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, Locator, Page, ViewportSize

from tests.benchmarks import folium_site, views, watching
from tests.benchmarks.conftest import ROOT, Results
from tests.benchmarks.folium_pages import CONTENDERS
from tests.browser.conftest import SIZE, build_once
from tests.functional.conftest import Serve, serve  # noqa: F401 - the fixture

ROWS = [int(rows) for rows in os.environ.get("BEARING_BENCH_ROWS", "10000 100000 200000 1000000").split()]
ROUNDS = 3
FRESH = itertools.count(1)
# Who needs longer than this for a round gets no second one, and whose browser needs longer than the next is ended, so
# that the whole run stays within ten minutes. Bearing's round does more than a stock page's, and waits between.
SLOW_S = 12.0
STOCK_S = 45.0
BEARING_S = 180.0
# Where a page may begin close up on dense land: zoom, latitude, longitude.
CLOSE = ("3/45/15", "6/47/12", "4/50/10")
LARGE: ViewportSize = {"width": 1920, "height": 1080}
FILLED = "5/47/12"
# How a map looks that is played with all that it can show: the world, and close up.
PLAYED = ("regions=killed&chart=kind", f"{FILLED}&regions=number&chart=aircraft")
PLAYED_MS = 4_000
# How long a pointer rests before it presses, and how long it presses.
HAND_MS = 80
# What shows that a stock page has drawn an event, and how each page's map and layers are reached from a script.
SHOWN = ".leaflet-marker-icon, .marker-cluster, .leaflet-overlay-pane path.leaflet-interactive"
MAP = "const map = window[Object.keys(window).find((name) => /^map_[0-9a-f]{32}$/.test(name))];"
BOX = "document.querySelectorAll('.leaflet-control-layers-overlays input')[0].click();"
STEP = MAP + "map.timeDimension.nextTime(1, true);"

# What is measured, one by one, so that it is kept where the next thing fails. None: there is no such thing here.
Measured = Iterator[tuple[str, float | None]]
# Of each: what it is called, and what it is promised to be at most, up to 200,000 incidents and beyond.
LINES: dict[str, tuple[str, tuple[float, float] | None]] = {
    "html": ("page, kB gzipped", (30, 30)),
    "scripts": ("scripts and styles, kB gzipped", (200, 200)),
    "basemap": ("base map of the first view, kB gzipped", (60, 60)),
    "events": ("event data until the first events, kB gzipped", (100, 100)),
    "settled": ("event data of the whole first view, kB gzipped", (100, 100)),
    "close": ("the same where the page begins close up on dense land", (100, 100)),
    "close basemap": ("base map of the first view close up, kB gzipped", (60, 60)),
    "large": ("event data of the whole first view at 1920x1080, close up too, kB gzipped", (100, 100)),
    "large basemap": ("base map of the first view at 1920x1080, close up too, kB gzipped", (60, 60)),
    "finer": ("a finer base map behind it at 1920x1080, kB gzipped", None),
    "behind": ("what is around the view, names, counts of all regions and columns behind it, kB gzipped", None),
    "server": ("server, page not cached, ms", (30, 30)),
    "cached": ("server, page cached, ms", (2, 2)),
    "world": ("server, clusters of the world, all time, ms", (25, 25)),
    "clusters": ("server, clusters of filtered views of all sorts, ms", (8, 8)),
    "dearest": ("server, the dearest of them: of the world from a day on, ms", None),
    "rate": ("server, clusters of filtered views of all sorts, requests/s", (300, 300)),
    "first": ("first events after, ms", (1000, 1000)),
    "step": ("a step of the time slider, ms", (17, 33)),
    "step shown": ("a step of the time slider, until the frame after it, ms", None),
    "edge": ("an edge of the window moved, ms", None),
    "kind": ("a kind switched by hand, ms", (17, 33)),
    "kind shown": ("a kind switched by hand, until the frame after it, ms", None),
    "region": ("a region switched by hand, ms", (17, 33)),
    "kind at once": ("a kind switched by script, ms", (17, 33)),
    "region at once": ("a region switched by script, ms", (17, 33)),
    "fill data": ("regions filled: data, kB gzipped", None),
    "fill": ("regions filled: fill after, ms", None),
    "fill step": ("a step of the time slider with regions filled, ms", (17, 33)),
    "fill step shown": ("a step of the time slider with regions filled, until the frame after it, ms", None),
    "pan": ("pan, ms", (70, 70)),
    "pan shown": ("pan, until the frame after it, ms", None),
    "zoom": ("zoom, ms", (70, 70)),
    "zoom shown": ("zoom, until the frame after it, ms", None),
    "task": ("longest task while playing, ms", (100, 100)),
    "fill task": ("the same with regions filled and the chart open, ms", (100, 100)),
    "heap": ("heap, MB", (150, 150)),
    "chosen first": ("of one kind: first events after, ms", (1000, 1000)),
    "chosen columns": ("of one kind: columns behind the first view, kB gzipped", None),
    "chosen step": ("of one kind: a step of the time slider, ms", (17, 17)),
    "chosen pan": ("of one kind: pan, ms", (70, 70)),
    "chosen zoom": ("of one kind: zoom, ms", (70, 70)),
    "chosen heap": ("of one kind: heap, MB", (150, 150)),
}
FEW = 200_000
# Of a million nearly as many as a page loads.
CHOSEN = "kind=drone_strike"


@dataclass
class Contender:
    """One way of showing the same incidents. found: what each round measured. failed: why there are no more rounds."""

    name: str
    measure: Callable[[], Measured]
    found: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: str | None = None
    slow: bool = False

    def go(self) -> None:
        """Measure one round."""
        begun = time.monotonic()
        try:
            for name, value in self.measure():
                if value is not None:
                    self.found[name].append(value)
        except (Error, watching.NotInTimeError, subprocess.SubprocessError, OSError, HTTPException) as error:
            self.failed = say_failure(error)
        took_s = time.monotonic() - begun
        self.slow = took_s > SLOW_S
        print(f"{self.name}: {took_s:.0f} s{f', {self.failed}' if self.failed else ''}", flush=True)

    def median(self, name: str) -> float | None:
        """Give the median of what was measured."""
        values = self.found.get(name)
        return statistics.median(values) if values else None

    def cell(self, name: str) -> str:
        """Give the same as text."""
        return say(self.median(name))


def say(value: float | None) -> str:
    """Give a number as a table has it."""
    return "–" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def say_failure(error: Exception) -> str:
    """Give the reason why somebody did not come through, in few words."""
    if isinstance(error, watching.NotInTimeError):
        return str(error)
    if isinstance(error, subprocess.TimeoutExpired):
        return f"page not made within {STOCK_S:.0f} s"
    if isinstance(error, subprocess.CalledProcessError):
        return "page not made: " + (str(error.stderr).strip().splitlines() or ["ended by the system"])[-1][:80]
    if isinstance(error, (OSError, HTTPException)):
        return f"the server: {error!r}"[:80]
    first = str(error).splitlines()[0]
    return f"nothing shown within {watching.LIMIT_S} s" if "Timeout" in first else f"the browser: {first[:80]}"


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    folium_site.install()
    build_once()


@pytest.fixture(scope="module")
def failed_before() -> set[str]:
    """Remember who failed at a smaller size."""
    return set()


@pytest.mark.parametrize("rows", ROWS)
def test_bearing_and_folium(
    rows: int,
    many: Callable[[int], Path],
    tmp_path: Path,
    serve: Serve,  # noqa: F811 - the fixture
    results: Results,
    failed_before: set[str],
) -> None:
    edition = many(rows) / "editions" / "1"
    address = serve(many(rows), "--workers", "2").address
    pages = tmp_path / "pages"
    pages.mkdir()
    with folium_site.serving_pages(pages) as stock:
        parts = [measure_server, measure_bearing, *([measure_chosen] if rows > FEW else [])]
        # The first round takes it: these are as many bytes in any.
        once = iter([measure_sizes])
        contenders = [
            Contender("Bearing", lambda: itertools.chain.from_iterable(go(address) for go in (*parts, *once)))
        ]
        for name in CONTENDERS:
            if name in failed_before:
                contenders.append(Contender(name, lambda: iter(()), failed="not tried: failed with fewer"))
                continue
            contenders.append(Contender(name, folium_round(name, edition, pages, stock)))
        for number in range(ROUNDS):
            for contender in contenders:
                if not contender.failed and not (number and contender.slow and contender.name != "Bearing"):
                    contender.go()
    failed_before |= {contender.name for contender in contenders if contender.failed}
    hand_in(results, rows, contenders)


def hand_in(results: Results, rows: int, contenders: list[Contender]) -> None:
    """Make the table: a line for each thing measured, a column for each contender, and how Folium's best compares."""
    own, *stock = contenders
    table = []
    for name, (said, promised) in LINES.items():
        most = promised and promised[rows > FEW]
        mine, others = own.median(name), [value for each in stock if (value := each.median(name)) is not None]
        times = f"{min(others) / mine:,.1f} ×" if mine and others else "–"
        table.append([said, say(most), own.cell(name), times, *(each.cell(name) for each in stock)])
    table.append(["rounds", "", *(str(max(map(len, each.found.values()), default=0)) for each in contenders)])
    table.append(["did not come through", "", *(each.failed or "" for each in contenders)])
    for line in table[-2:]:
        line.insert(3, "")
    note = (
        "`make bench` repeats it; `BEARING_BENCH_ROWS` says with how many incidents. What is promised is the most that "
        "it may be, of requests/s the least; what Folium takes is the least that one of its pages takes, as a multiple "
        f"of Bearing's. Medians of at most {ROUNDS} interleaved rounds, each in a browser of its own, {SIZE['width']}x"
        f"{SIZE['height']}, on loopback. A dash: there is no such thing, or it was not reached.\n\n"
        "Bearing's steps, switches and moves are its own `bearing:redraw`: from the input - for pan and zoom from the "
        "end of the movement, through which the old picture moves along - until what answers it is drawn, which the "
        "browser shows with its next frame. No two steps, edges or switches ask for the same; pan and zoom go there "
        "and back. Bars and counts are asked for when nothing has changed for a quarter of a second, so that they keep "
        "no next picture waiting. Steps and edges going on in one direction are foreseen by the page, and switches "
        "from when a "
        f"pointer comes to them: here it rests {HAND_MS} ms and presses as long. Switched by script, nothing is "
        "foreseen. The whole first view is terms, counts, clusters, bars and outlines; squares around the view and the "
        "names and counts of regions that are part of others load behind it, and so do the columns of an edition of up "
        f"to 200,000 rows, or of what a filter selects of a larger one: here `{CHOSEN}`, whose steps and moves ask for "
        f"nothing. Close up, at {', '.join(CLOSE[:-1])} and {CLOSE[-1]} (zoom/latitude/longitude), the largest one is "
        "written down, and so is at 1920x1080. On maps of more than 800,000 pixels the base map of the first view is "
        "the one that smaller maps have a zoom or two farther out, whose coasts and borders lie some pixels beside "
        "those of the finer one that comes behind, and squares are half as wide again from a million pixels on, "
        f"twice as wide from two million on. Regions are filled at {FILLED}, by incidents; such a step lasts until the "
        "fill is that of its window. With the chart open, the world is played with regions filled by "
        f"those killed, and {FILLED} by incidents and with the chart by aircraft; the longer of the two longest tasks "
        "is written down. "
        f"The server is asked for clusters with filters of all sorts, {views.SAID}, never twice the same.\n\n"
        "Folium's times run from the call in its map, without animation, to the frame after it, and stand beside "
        "Bearing's until then, which wait for the next sixtieth of a second. Its pages hold their "
        "events, have no base map and a layer for each kind; only points are in them, which nine of ten incidents here "
        "have."
    )
    results.add(
        f"{rows:,} incidents in Chromium",
        ["", "promised", own.name, "Folium takes", *(each.name for each in stock)],
        table,
        note,
        say_short(rows, own),
    )


def say_short(rows: int, own: Contender) -> str:
    """Say what falls short of what is promised."""
    short = []
    for name, (said, promised) in LINES.items():
        value = own.median(name)
        if promised and value is not None and (value < promised[0] if name == "rate" else value > promised[rows > FEW]):
            short.append(f"{said}: {say(value)} instead of {say(promised[rows > FEW])}")
    return f"Falls short of what is promised: {'; '.join(short)}." if short else "Everything is as promised."


def folium_round(name: str, edition: Path, pages: Path, stock: str) -> Callable[[], Measured]:
    """Give what makes a stock page, once, and measures it."""
    made: list[float] = []

    def measure() -> Measured:
        out = pages / f"{name}.html"
        if not made:
            command = [sys.executable, "-m", "tests.benchmarks.folium_pages", name, str(edition), str(out)]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=STOCK_S)
            made.append(json.loads(done.stdout)["ms"])
            out.write_text(folium_site.take_in(out.read_text(encoding="utf-8")), encoding="utf-8")
        yield "server", made[0]
        yield from measure_folium(f"{stock}/{name}.html", timed=name == "TimestampedGeoJson")

    return measure


def measure_folium(address: str, *, timed: bool) -> Measured:
    """Measure a stock page."""
    with watching.fresh_page(SHOWN, within_s=STOCK_S) as page:
        page.goto(address, wait_until="commit")
        first = watching.first_events_ms(page, "peer:first-events")
        page.wait_for_timeout(300)
        kb = watching.loaded_kb(page)
        yield from (("html", kb["html"]), ("scripts", kb["scripts"]), ("events", kb["html"]), ("first", first))
        yield "settled", kb["html"]
        yield "heap", watching.heap_mb(page)
        pan, zoom = "map.panBy([{}, 0], {{animate: false}});", "map.setZoom(map.getZoom() + {}, {{animate: false}});"
        yield "pan shown", watching.calls_ms(page, [MAP + pan.format(by) for by in (160, -160) * 3])
        # In, and back: the first view is where most has to be drawn.
        yield "zoom shown", watching.calls_ms(page, [MAP + zoom.format(by) for by in (1, -1) * 3])
        if not timed:
            yield "kind shown", watching.calls_ms(page, [BOX] * 6)
            return
        yield "step shown", watching.calls_ms(page, [STEP] * 6)
        since = page.evaluate("performance.now()")
        page.locator(".timecontrol-play").first.click()
        page.wait_for_timeout(PLAYED_MS)
        yield "task", watching.longest_task_ms(page, since)


def measure_bearing(address: str) -> Measured:
    """Measure Bearing's page: the first view, then with a window of two years what readers do."""
    with watching.fresh_page(within_s=BEARING_S) as page:
        page.goto(address)
        first = watching.first_events_ms(page, "bearing:first-events")
        kb = watching.loaded_kb(page, until_ms=first)
        yield from ((name, kb[name]) for name in ("html", "scripts", "events"))
        yield "first", first
        page.wait_for_selector("#map[data-ready=all]")
        whole = watching.loaded_kb(page)
        yield from (("settled", whole["events"]), ("behind", whole["behind"]), ("basemap", whole["basemap"]))
        page.goto(f"{address}/?from=2014&to=2015")
        page.wait_for_selector("#map[data-ready=all]")
        page.wait_for_timeout(1_000)
        yield from do_what_readers_do(page)
        yield "heap", watching.heap_mb(page)
        yield "task", play_ms(page)
        yield from fill_regions(page, f"{address}/?from=2014&to=2015#{FILLED}")
        longest = []
        for look in PLAYED:
            page.goto("about:blank")
            page.goto(f"{address}/?from=2014&to=2015#{look}")
            page.wait_for_selector("#map[data-ready=all]")
            page.wait_for_timeout(1_000)
            longest.append(play_ms(page))
        yield "fill task", max(longest)


def measure_sizes(address: str) -> Measured:
    """Measure what first views take that begin close up, and on a large screen."""
    closer = [f"{address}/#{position}" for position in CLOSE]
    with watching.fresh_page(within_s=BEARING_S) as page:
        found = first_views_kb(page, closer)
        yield from (("close", found["events"]), ("close basemap", found["basemap"]))
        page.set_viewport_size(LARGE)
        found = first_views_kb(page, [f"{address}/", *closer])
        yield from (("large", found["events"]), ("large basemap", found["basemap"]), ("finer", found["finer"]))


def measure_chosen(address: str, query: str = CHOSEN) -> Measured:
    """Measure the page of what a filter selects, whose rows are few enough to come behind the first view."""
    with watching.fresh_page(within_s=BEARING_S) as page:
        page.goto(f"{address}/?{query}")
        yield "chosen first", watching.first_events_ms(page, "bearing:first-events")
        page.wait_for_selector("#map[data-ready=all]")
        yield "chosen columns", watching.loaded_kb(page)["columns"]
        page.wait_for_timeout(1_000)
        forward = page.get_by_role("button", name="One step forward")
        yield from redraw("chosen step", page, lambda _number: forward.click())
        page.get_by_role("button", name="All time").click()
        page.focus("#map")
        yield from move(page, "chosen pan", "chosen zoom")
        yield "chosen heap", watching.heap_mb(page)


def play_ms(page: Page) -> float:
    """Play for a while; give the longest task meanwhile."""
    since = page.evaluate("performance.now()")
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(PLAYED_MS)
    return watching.longest_task_ms(page, since)


def first_views_kb(page: Page, addresses: list[str]) -> dict[str, float]:
    """Give the most kilobytes of each sort that any of the pages' first views takes."""
    found = []
    for address in addresses:
        # An address that differs by its fragment alone loads nothing.
        page.goto("about:blank")
        page.goto(address)
        page.wait_for_selector("#map[data-ready=all]")
        found.append(watching.loaded_kb(page))
    return {sort: max(one[sort] for one in found) for sort in found[0]}


def do_what_readers_do(page: Page) -> Measured:
    """Step, switch, pan and zoom, and give the median of each."""
    forward = page.get_by_role("button", name="One step forward")
    yield from redraw("step", page, lambda _number: forward.click())
    # Steps forward may have come to the end of time; backwards there is room.
    page.get_by_role("slider", name="Window begins").focus()
    yield from redraw("edge", page, lambda _number: page.keyboard.press("ArrowLeft"))
    for name, again in (("kind", "All on: kinds"), ("region", "Clear: regions")):
        boxes = page.locator(f"input[type=checkbox][name={name}]:visible")
        if most := boxes.count():
            # Each switch once, so that no answer is there already: kinds are on at first, regions off.
            for line, how in ((name, switch_one), (f"{name} at once", switch_at_once)):
                yield from redraw(line, page, partial(how, boxes, most), doings=min(8, most - 1))
                page.get_by_role("button", name=again).click()
    page.focus("#map")
    yield from move(page, "pan", "zoom")


def fill_regions(page: Page, address: str) -> Measured:
    """Fill regions and step through time. The data are all that comes for the fill."""
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector("#map[data-ready=all]")
    before = watching.loaded_kb(page)["events"]

    page.evaluate("performance.clearMeasures('bearing:redraw')")
    page.get_by_label("Fill regions by").select_option("number")
    page.wait_for_function("(name) => performance.getEntriesByName(name).length > 0", arg="bearing:redraw")
    yield "fill", page.evaluate("performance.getEntriesByName('bearing:redraw')[0].duration")
    yield "fill data", watching.loaded_kb(page)["events"] - before
    back = page.get_by_role("button", name="One step back")
    yield from redraw("fill step", page, lambda _number: back.click(), wait_ms=400)


def move(page: Page, pan: str, zoom: str) -> Measured:
    """Pan and zoom there and back with the keys, and give the median of each by the names given."""
    yield from redraw(pan, page, lambda number: press(page, "Shift+ArrowLeft", "Shift+ArrowRight", number))
    yield from redraw(zoom, page, lambda number: press(page, "+", "-", number), wait_ms=300)


def redraw(name: str, page: Page, do: Callable[[int], object], doings: int = 8, wait_ms: int = 150) -> Measured:
    """Do something again and again, and give the medians until it was drawn and until it was shown."""
    drawn, shown = watching.redraws_ms(page, doings, do, wait_ms)
    yield name, drawn
    yield f"{name} shown", shown


def switch_one(boxes: Locator, most: int, number: int) -> None:
    """Switch one box the other way with the pointer, which comes to rest and presses as quickly as a practised hand."""
    box = boxes.nth(number % most)
    box.hover()
    box.page.wait_for_timeout(HAND_MS)
    box.click(delay=HAND_MS)


def switch_at_once(boxes: Locator, most: int, number: int) -> None:
    """Switch one box, from the other end, by script, so that nothing tells beforehand and nothing was asked for."""
    boxes.nth(most - 1 - number % most).evaluate("(box) => box.click()")


def press(page: Page, one: str, other: str, number: int) -> None:
    """Press the one key and the other in turn."""
    page.keyboard.press(other if number % 2 else one)


def measure_server(address: str) -> Measured:
    """Ask the server over one kept connection, and at the end from four sides at once."""
    parts = urlsplit(address)
    # Days that no other question has, so that each answer is made anew.
    days = (f"{1995 + number // 336}-{1 + number // 28 % 12:02d}-{1 + number % 28:02d}" for number in FRESH)
    clusters = "/editions/1/clusters.arrow?"

    def ask(paths: Iterator[str]) -> list[float]:
        connection = HTTPConnection(parts.hostname or "", parts.port or 0, timeout=watching.LIMIT_S)
        taken = []
        for path in paths:
            begun = time.perf_counter()
            connection.request("GET", path, headers={"Accept-Encoding": "gzip", "Host": "localhost"})
            answer = connection.getresponse()
            answer.read()
            taken.append((time.perf_counter() - begun) * 1000)
            if answer.status != HTTPStatus.OK:
                msg = f"{answer.status} {path}"
                raise HTTPException(msg)
        connection.close()
        return taken

    ask(iter(["/"] * 8))
    yield "cached", statistics.median(ask(iter(["/"] * 60)))
    yield "server", statistics.median(ask(f"/?from={next(days)}" for _ in range(20)))
    # Each with another grid, since there is no day that would tell one of them from another.
    grids = (64 + next(FRESH) % 128 for _ in range(20))
    yield "world", statistics.median(ask(f"{clusters}across={n}&view=0,0,{n - 1},{n - 1}" for n in grids))
    yield "clusters", statistics.median(ask(clusters + views.view_of(next(FRESH)) for _ in range(40)))
    yield "dearest", statistics.median(ask(clusters + views.from_a_day_on(next(FRESH)) for _ in range(20)))
    sides = [[clusters + views.view_of(next(FRESH)) for _ in range(60)] for _ in range(4)]
    begun = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        answered = sum(len(taken) for taken in pool.map(lambda side: ask(iter(side)), sides))
    yield "rate", answered / (time.perf_counter() - begun)
