"""What is read from a page in a real browser: first events, bytes, redraws, long tasks and heap.

It knows no benchmark's sizes and no table.
"""

import json
import os
import re
import signal
import statistics
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page, sync_playwright

from tests.benchmarks.conftest import CHROMIUM
from tests.browser.conftest import FLAGS, SIZE

# A load, and each thing that is waited for on a page, may take so long.
LIMIT_S = 60
# Marks when the first of what a selector finds is painted, remembers tasks of more than 50 ms, and by name how long it
# is from where measures begin to the frame after them, be they taken while a frame is made or between two.
WATCH = """(() => {
    window.peerShown = [];
    const next = requestAnimationFrame.bind(window), measure = performance.measure.bind(performance);
    let isMade = false;
    window.requestAnimationFrame = (act) => next((at) => {
        isMade = true;
        try { act(at); } finally { isMade = false; }
    });
    performance.measure = (...all) => {
        const taken = measure(...all);
        const shown = () => setTimeout(() => peerShown.push([taken.name, performance.now() - taken.startTime]));
        isMade ? shown() : next(shown);
        return taken;
    };
    window.peerTasks = [];
    new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries()) window.peerTasks.push([startTime, duration]);
    }).observe({ type: "longtask", buffered: true });
    const selector = %s;
    const look = () => {
        if (!document.querySelector(selector)) return requestAnimationFrame(look);
        requestAnimationFrame(() => setTimeout(() => performance.mark("peer:first-events")));
    };
    if (selector) requestAnimationFrame(look);
})()"""
# Does something, and gives the milliseconds until the frame after it is painted.
TIMED = """(job) => new Promise((done) => {
    requestAnimationFrame(() => {
        const begun = performance.now();
        new Function(job)();
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
    });
})"""
LOADED = """() => {
    const first = performance.getEntriesByName("bearing:first-events")[0]?.startTime ?? Infinity;
    return performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
        .map(({ name, encodedBodySize, startTime, responseEnd }) =>
            [name, encodedBodySize, responseEnd, responseEnd > first, startTime > first]);
}"""


class NotInTimeError(Exception):
    """A browser was ended, since what it was to do took longer than it may. Its text says so."""


@contextmanager
def fresh_page(selector: str | None = None, *, within_s: float) -> Iterator[Page]:
    """Open an empty page in a browser of its own, so that nobody's memory or death is another's. Marks first events.

    The browser is killed after `within_s` seconds, since a page that is busy with itself heeds no other limit: what is
    then done with it raises NotInTimeError.
    """
    flag = f"--bearing-bench={uuid.uuid4().hex}"
    over = threading.Event()

    def end() -> None:
        over.set()
        kill_flagged(flag)

    timer = threading.Timer(within_s, end)
    with sync_playwright() as playwright:
        timer.start()
        try:
            flags = [*FLAGS, "--enable-precise-memory-info", flag]
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
            page = browser.new_context(
                viewport={"width": SIZE["width"], "height": SIZE["height"]}, reduced_motion="no-preference"
            ).new_page()
            page.set_default_timeout(LIMIT_S * 1000)
            page.add_init_script(WATCH % json.dumps(selector))
            yield page
        except Error as error:
            if over.is_set():
                msg = f"not within {within_s:.0f} s"
                raise NotInTimeError(msg) from error
            raise
        finally:
            # It is not asked to close, which a busy page would have to answer.
            kill_flagged(flag)
            timer.cancel()


def kill_flagged(flag: str) -> None:
    """Kill the processes that were started with a flag, and all that came of them."""
    children: dict[int, list[int]] = {}
    doomed = []
    for process in Path("/proc").glob("[0-9]*"):
        # Processes come and go while one looks.
        with suppress(OSError):
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(process.name))
            if flag.encode() in (process / "cmdline").read_bytes().split(b"\0"):
                doomed.append(int(process.name))
    for pid in doomed:
        doomed.extend(child for child in children.get(pid, ()) if child not in doomed)
    for pid in doomed:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def first_events_ms(page: Page, mark: str) -> float:
    """Wait for a mark; give the milliseconds from navigation to it."""
    page.wait_for_function("(mark) => performance.getEntriesByName(mark).length > 0", arg=mark)
    found: float = page.evaluate("(mark) => performance.getEntriesByName(mark)[0].startTime", mark)
    return found


def loaded_kb(page: Page, *, until_ms: float = float("inf")) -> dict[str, float]:
    """Give the kilobytes, as sent, of what came until then, by sort: html, scripts (styles too), basemap, events.

    behind: event data that is no part of the first view; columns: those among it. finer: what of the base map is asked
    for when the first events are drawn.
    """
    found = dict.fromkeys(("html", "scripts", "basemap", "finer", "events", "behind", "columns"), 0.0)
    for address, size, end, is_later, is_asked_later in page.evaluate(LOADED):
        if end > until_ms:
            continue
        if "/basemap/" in address:
            sort = "finer" if is_asked_later else "basemap"
        elif re.search(r"/(columns\.arrow|names\.json|tallies\.json(?!.*level=0))", address) or (
            # The squares of the view are drawn by then, and those around it come.
            is_later and "/clusters.arrow" in address
        ):
            sort = "behind"
        elif "/editions/" in address:
            sort = "events"
        elif address.partition("?")[0].endswith((".js", ".css")):
            sort = "scripts"
        else:
            sort = "html" if address.partition("#")[0] == page.url.partition("#")[0] else "other"
        found[sort] = found.get(sort, 0.0) + size / 1000
        if "/columns.arrow" in address:
            found["columns"] += size / 1000
    return found


def redraws_ms(page: Page, doings: int, do: Any, wait_ms: int = 150) -> tuple[float | None, float | None]:
    """Do something again and again; give the medians of Bearing's own measure, and until the frame after it is painted.

    None where there was none.
    """
    do(0)
    page.wait_for_timeout(3 * wait_ms)
    page.evaluate("performance.clearMeasures('bearing:redraw'); window.peerShown = []")
    for number in range(1, doings + 1):
        do(number)
        page.wait_for_timeout(wait_ms)
    page.wait_for_timeout(2 * wait_ms)
    drawn = page.evaluate("performance.getEntriesByName('bearing:redraw').map(({ duration }) => duration)")
    shown = page.evaluate("peerShown.filter(([name]) => name === 'bearing:redraw').map(([, duration]) => duration)")
    return statistics.median(drawn) if drawn else None, statistics.median(shown) if shown else None


def calls_ms(page: Page, jobs: list[str]) -> float:
    """Run lines of script one by one, and give the median time from the call to the frame after it."""
    taken: list[float] = [page.evaluate(TIMED, job) for job in jobs]
    return statistics.median(taken)


def longest_task_ms(page: Page, since: float) -> float:
    """Give the longest task since then, in milliseconds; 0 where none was longer than 50."""
    found: list[float] = page.evaluate(
        "(since) => window.peerTasks.filter(([at]) => at >= since).map(([, long]) => long)", since
    )
    return max(found, default=0.0)


def heap_mb(page: Page) -> float:
    """Give the heap that scripts use, in megabytes, after everything that nobody holds is gone.

    It is what objects take, the browser's own among them, and the buffers beneath arrays of numbers.
    """
    devtools = page.context.new_cdp_session(page)
    devtools.send("HeapProfiler.collectGarbage")
    used = devtools.send("Runtime.getHeapUsage")
    return float(sum(used[part] for part in ("usedSize", "embedderHeapUsedSize", "backingStorageSize"))) / 1e6
