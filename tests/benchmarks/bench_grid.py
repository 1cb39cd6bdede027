"""How long clusters and counts of an edition take at 10,000, 100,000 and 1,000,000 rows, beside the same asked in SQL.

Run by `make bench`. It asserts no time: it hands in medians for whoever reads them to judge. Each question and its
contender, plain DuckDB over the same file, take turns, so that both meet the same machine.
"""

import gzip
import http.client
import os
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import duckdb
import pytest

from incidents.editions.database import DATABASE
from incidents.editions.edition import Edition
from incidents.editions.grids import Grid
from incidents.editions.reader import EditionStore
from incidents.filters import parse_filter
from tests.benchmarks.conftest import Results
from tests.benchmarks.many_rows import write_many
from tests.functional.conftest import Serve, serve  # noqa: F401 - the fixture

SIZES = [int(rows) for rows in os.environ.get("BEARING_BENCH_ROWS", "10000 100000 1000000").split()]
ROUNDS = 7
READERS = 8
SECONDS = 8.0
# The first view of a map 1280 pixels wide and 800 high, at zoom 2.
WORLD = Grid(93, 0, 0, 92, 92)
QUERIES = {
    "everything": "",
    "one year": "from=2020&to=2020",
    "a kind, five years": "kind=airstrike&from=2015&to=2019",
    "a country, since 2010": "region=US&from=2010",
    "an aircraft": "aircraft=mi-24",
    "a precision": "precision=settlement",
}
_CELLS = """
    SELECT floor(x * 93)::INTEGER AS c, floor(y * 93)::INTEGER AS r, count(*),
           count(DISTINCT group_id) FILTER (extent = 'one'), count(*) FILTER (extent = 'pattern'),
           avg(x), avg(y), min(x), max(x), min(y), max(y), min(number), {families}
    FROM (
        SELECT *, (draw_lon + 180) / 360 AS x,
               0.5 - ln((1 + sin(radians(draw_lat))) / (1 - sin(radians(draw_lat)))) / (4 * pi()) AS y
        FROM incident WHERE draw_lon IS NOT NULL AND {where}
    ) GROUP BY ALL
"""
_WHERE = {
    "everything": "true",
    "one year": "(latest IS NULL OR latest >= '2020-01-01') AND (earliest IS NULL OR earliest <= '2020-12-31')",
    "a kind, five years": "kind = 'airstrike' AND (latest IS NULL OR latest >= '2015-01-01') "
    "AND (earliest IS NULL OR earliest <= '2019-12-31')",
    "a country, since 2010": "list_contains(regions, 'US') AND (latest IS NULL OR latest >= '2010-01-01')",
    "an aircraft": "(list_contains(aircraft_certain, 'mi-24') OR list_contains(aircraft_possible, 'mi-24'))",
    "a precision": "precision_rank <= 2",
}


@pytest.fixture(scope="module", params=SIZES)
def data_dir(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a data folder with an edition of so many rows."""
    folder = tmp_path_factory.mktemp(f"rows-{request.param}")
    begun = time.perf_counter()
    written = write_many(folder / "editions", request.param)
    size = sum(path.stat().st_size for path in written.iterdir())
    columns = (written / "columns.arrow").stat().st_size, (written / "columns.arrow.gz").stat().st_size
    print(
        f"\n{request.param:,} rows written in {time.perf_counter() - begun:.0f} s, {size / 1e6:.0f} MB; "
        f"columns {columns[0] / 1e6:.1f} MB, packed {columns[1] / 1e6:.1f} MB"
    )
    return folder


def timed(ask: Callable[[], object]) -> float:
    begun = time.perf_counter()
    ask()
    return (time.perf_counter() - begun) * 1000


def in_turn(*questions: Callable[[], object]) -> list[float]:
    """Give the median milliseconds of each, asked in turns."""
    found: list[list[float]] = [[] for _ in questions]
    for round_ in range(ROUNDS + 1):
        for times, ask in zip(found, questions, strict=True):
            taken = timed(ask)
            if round_:
                times.append(taken)
    return [statistics.median(times) for times in found]


def test_clusters_and_counts(data_dir: Path, results: Results) -> None:
    edition: Edition = EditionStore(data_dir / "editions").current()
    # The file under a name of its own: one process opens a name in one way only.
    (data_dir / "contender.duckdb").hardlink_to(data_dir / "editions" / "1" / DATABASE)
    contender = duckdb.connect(
        data_dir / "contender.duckdb",
        read_only=True,
        config={"threads": 2, "memory_limit": "1GB", "temp_directory": str(data_dir / "spilled")},
    )

    def contend(sql: str) -> bool:
        """Ask in SQL; give whether it could be answered in its gigabyte."""
        try:
            contender.execute(sql).fetchnumpy()
        except duckdb.OutOfMemoryException:
            return False
        return True

    families = ", ".join(f"count(*) FILTER (kind = '{kind}')" for kind in list(edition.rows.terms.kinds)[:7])
    rows = []
    for name, query in QUERIES.items():
        chosen = parse_filter(parse_qsl(query), edition.taxonomy)
        sql = _CELLS.format(where=_WHERE[name], families=families)
        clusters, plain, tallies, counts, months = in_turn(
            lambda chosen=chosen: edition.clusters(chosen, WORLD).to_bytes(),  # type: ignore[misc]
            lambda sql=sql: contend(sql),  # type: ignore[misc]
            lambda chosen=chosen: edition.tallies(chosen),  # type: ignore[misc]
            lambda chosen=chosen: edition.counts(chosen),  # type: ignore[misc]
            lambda chosen=chosen: edition.histogram(chosen, "month"),  # type: ignore[misc]
        )
        sent = len(gzip.compress(edition.clusters(chosen, WORLD).to_bytes(), 1))
        rows.append(
            (
                name,
                f"{edition.counts(chosen).matched:,}",
                f"{clusters:.1f}",
                f"{plain:.1f}" if contend(sql) else "more than 1 GB",
                *(f"{ms:.1f}" for ms in (tallies, counts, months)),
                f"{sent / 1000:.1f}",
            )
        )
    results.add(
        f"Clusters and counts of {edition.manifest.rows:,} rows, in process, ms",
        ("filter", "rows", "clusters", "the same in DuckDB", "tallies", "counts", "by month", "clusters, kB gzipped"),
        rows,
        f"Medians of {ROUNDS} rounds in turns; clusters are of the whole world, as a map asks for them at zoom 2.",
    )


def test_requests_over_http(data_dir: Path, serve: Serve, results: Results) -> None:  # noqa: F811 - the fixture
    running = serve(data_dir, "--workers", "2")
    address = urlsplit(running.address)

    def measure(make_path: Callable[[int], str]) -> tuple[float, float]:
        """Let readers ask for some seconds; give requests a second and the median milliseconds."""
        until = time.monotonic() + SECONDS
        taken: list[float] = []

        def read(first: int) -> None:
            connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
            number = first
            while time.monotonic() < until:
                begun = time.perf_counter()
                connection.request("GET", make_path(number), headers={"Accept-Encoding": "gzip"})
                answer = connection.getresponse()
                answer.read()
                assert answer.status == 200
                taken.append((time.perf_counter() - begun) * 1000)
                number += READERS
            connection.close()

        readers = [threading.Thread(target=read, args=(first,)) for first in range(READERS)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        return len(taken) / SECONDS, statistics.median(taken)

    def ask_anew(number: int) -> str:
        """Give a filter that nobody asked for before: two kinds, and a window that moves."""
        year, month, length = 1991 + number % 30, 1 + number // 30 % 12, 1 + number // 360 % 5
        return f"kind=airstrike,shelling&from={year}-{month:02d}&to={year + length}"

    def view(number: int) -> str:
        column, row = 100 + number % 50, 40 + number // 50 % 50
        return f"/editions/1/clusters.arrow?across=256&view={column},{row},{column + 97},{row + 61}"

    whole = "/editions/1/clusters.arrow?across=93&view=0,0,92,92"
    measure(lambda _: whole)
    rows = []
    for name, make_path in (
        ("clusters, filtered, never twice the same", lambda number: f"{view(number)}&{ask_anew(number)}"),
        ("clusters, cached", lambda _: whole),
        ("tallies, never twice the same", lambda number: f"/editions/1/tallies.json?{ask_anew(number)}"),
    ):
        rate, median = measure(make_path)
        rows.append((name, f"{rate:,.0f}", f"{median:.1f}"))
    total = EditionStore(data_dir / "editions").current().manifest.rows
    results.add(
        f"Requests over HTTP, {total:,} rows",
        ("asked for", "requests/s", "median ms"),
        rows,
        f"{READERS} readers, 2 workers; readers and server share the cores.",
    )
