"""How many answers a second the service gives over HTTP, and how many the web server alone could give.

Run by `make bench`. It asserts no figure. Views and filters are those of `views`.
"""

import http.client
import itertools
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request

import pytest

from tests.benchmarks import views
from tests.benchmarks.conftest import ROOT, Results
from tests.functional.conftest import Serve, clean_env, serve  # noqa: F401 - the fixture

SIZES = [int(rows) for rows in os.environ.get("BEARING_BENCH_ROWS", "10000 100000 1000000").split()]
READERS, WORKERS = 8, 2
ROUNDS, SECONDS, WARMING_S = 3, 3.0, 1.0
PROMISED = 300
_GZIP = {"Accept-Encoding": "gzip"}


@pytest.mark.parametrize("rows", SIZES)
def test_requests_over_http(
    rows: int,
    many: Callable[[int], Path],
    tmp_path: Path,
    serve: Serve,  # noqa: F811 - the fixture
    results: Results,
) -> None:
    bearing = serve(many(rows), "--workers", str(WORKERS)).address
    clusters = "/editions/1/clusters.arrow?"
    whole = clusters + views.WORLD
    with urllib.request.urlopen(Request(bearing + whole, headers=_GZIP)) as answer:  # noqa: S310 - our own server
        body: bytes = answer.read()
    (tmp_path / "body").write_bytes(body)
    numbers = itertools.count()

    def anew(make_query: Callable[[int], str], path: str = clusters) -> Callable[[], str]:
        return lambda: path + make_query(next(numbers))

    with running_bare(tmp_path / "body") as bare:
        asked: dict[str, tuple[str, Callable[[], str], str]] = {
            "clusters of filtered views of all sorts": (bearing, anew(views.view_of), f"{PROMISED}"),
            "clusters from a day on, of the whole world": (bearing, anew(views.from_a_day_on), "–"),
            "tallies with filters of all sorts": (bearing, anew(views.filter_of, "/editions/1/tallies.json?"), "–"),
            "clusters of everything, cached": (bearing, lambda: whole, "the next line"),
            "the same bytes from the web server alone": (bare, lambda: "/", "–"),
        }
        taken: dict[str, list[float]] = {name: [] for name in asked}
        for round_ in range(ROUNDS + 1):
            for name, (address, make_path, _) in asked.items():
                # The first is for warming.
                found = ask_for_a_while(address, make_path, SECONDS if round_ else WARMING_S)
                if round_:
                    taken[name] += found
    lines = [
        (name, promised, f"{len(found) / SECONDS / ROUNDS:,.0f}", f"{statistics.median(found):.1f}")
        for (name, found), (_, _, promised) in zip(taken.items(), asked.values(), strict=True)
    ]
    results.add(
        f"Requests over HTTP, {rows:,} rows",
        ("asked for", "promised", "requests/s", "median ms"),
        lines,
        f"{READERS} readers, {WORKERS} workers; readers and server share the cores. Asked in turns, {ROUNDS} times "
        f"{SECONDS:.0f} s each, and never for the same twice but for what is cached. Views of all sorts are "
        f"{views.SAID}. The web server alone is gunicorn with the same settings, around what gives the {len(body):,} "
        "bytes of the cached answer to whoever asks.",
    )


@contextmanager
def running_bare(body: Path) -> Iterator[str]:
    """Run the web server alone; give its address."""
    command = [sys.executable, "-m", "tests.benchmarks.bare", str(body), str(WORKERS)]
    with subprocess.Popen(command, cwd=ROOT, env=clean_env(), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def ask_for_a_while(address: str, make_path: Callable[[], str], seconds: float) -> list[float]:
    """Let readers ask for so long; give the milliseconds that each answer took."""
    parts = urlsplit(address)
    until = time.monotonic() + seconds

    def read() -> list[float]:
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=30)
        taken: list[float] = []
        while time.monotonic() < until:
            path = make_path()
            begun = time.perf_counter()
            connection.request("GET", path, headers=_GZIP)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == http.HTTPStatus.OK, path
            taken.append((time.perf_counter() - begun) * 1000)
        connection.close()
        return taken

    with ThreadPoolExecutor(READERS) as pool:
        return [ms for found in [pool.submit(read) for _ in range(READERS)] for ms in found.result()]
