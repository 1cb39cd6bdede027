"""How long clusters and counts of an edition take at 10,000, 100,000 and 1,000,000 rows, beside the same asked in SQL.

Run by `make bench`. It asserts no time: it hands in medians for whoever reads them to judge. Each question and its
contender, plain DuckDB over the same file, take turns, so that both meet the same machine.
"""

import datetime as dt
import gzip
import itertools
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl

import duckdb
import pytest

from incidents.editions.database import DATABASE
from incidents.editions.edition import Edition
from incidents.editions.grids import Grid
from incidents.editions.reader import EditionStore
from incidents.filters import IncidentFilter, parse_filter
from tests.benchmarks.conftest import Results

SIZES = [int(rows) for rows in os.environ.get("BEARING_BENCH_ROWS", "10000 100000 1000000").split()]
ROUNDS = 7
# Of questions of which some take seconds.
FEW_ROUNDS = 3
# The first view of a map 1280 pixels wide and 800 high, at zoom 2.
WORLD = Grid(93, 0, 0, 92, 92)
# Filters with days that move on with every question, so that no part with days was asked for before, and the same in
# SQL. What narrows by kind, region and so on is the same each time, as on a map whose window moves.
QUERIES = {
    "everything": ("", "true"),
    "one year": (
        "from={start}&to={end}",
        "(latest IS NULL OR latest >= '{start}') AND (earliest IS NULL OR earliest <= '{end}')",
    ),
    "a kind, five years": (
        "kind=airstrike&from={first}&to={last}",
        "kind = 'airstrike' AND (latest IS NULL OR latest >= '{first}') AND (earliest IS NULL OR earliest <= '{last}')",
    ),
    "a country, since 2010": (
        "region=US&from={since}",
        "list_contains(regions, 'US') AND (latest IS NULL OR latest >= '{since}')",
    ),
    "an aircraft": (
        "aircraft=mi-24",
        "(list_contains(aircraft_certain, 'mi-24') OR list_contains(aircraft_possible, 'mi-24'))",
    ),
    "a precision": ("precision=settlement", "precision_rank <= 2"),
    "grades of harm, five years": (
        "grade=confirmed,fair&from={first}&to={last}",
        (
            "grade IN ('confirmed', 'fair') AND (latest IS NULL OR latest >= '{first}') "
            "AND (earliest IS NULL OR earliest <= '{last}')"
        ),
    ),
    "from a day on": ("from={early}", "(latest IS NULL OR latest >= '{early}')"),
}
_DAYS = {
    name: dt.date.fromisoformat(day)
    for name, day in {
        "start": "2020-01-01", "end": "2020-12-31", "first": "2015-01-01", "last": "2019-12-31",
        "since": "2010-01-01", "early": "1995-01-01",
    }.items()
}  # fmt: skip
# What clusters are promised to take, in milliseconds: of everything, and at the median of the filters.
PROMISED = (25.0, 8.0)
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


@pytest.fixture(scope="module", params=SIZES)
def data_dir(request: pytest.FixtureRequest, many: Callable[[int], Path]) -> Path:
    """Give a data folder with an edition of so many rows."""
    return many(request.param)


def timed(ask: Callable[[], object]) -> float:
    begun = time.perf_counter()
    ask()
    return (time.perf_counter() - begun) * 1000


def in_turn(*questions: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Give the median milliseconds of each, asked in turns, once more than is timed."""
    found: list[list[float]] = [[] for _ in questions]
    for round_ in range(rounds + 1):
        for times, ask in zip(found, questions, strict=True):
            taken = timed(ask)
            if round_:
                times.append(taken)
    return [statistics.median(times) for times in found]


def moving(text: str) -> Iterator[str]:
    """Give a filter again and again, each time with days one later."""
    for number in itertools.count():
        yield text.format(**{name: day + dt.timedelta(number) for name, day in _DAYS.items()})


def say(ms: float) -> str:
    """Give milliseconds so that their growth can be read from them."""
    return f"{ms:.1f}" if ms >= 10 else f"{ms:.2f}"


def test_clusters_and_counts(data_dir: Path, tmp_path: Path, results: Results) -> None:
    edition: Edition = EditionStore(data_dir / "editions").current()
    # The file under a name of its own: one process opens a name in one way only.
    named = data_dir / "contender.duckdb"
    named.unlink(missing_ok=True)
    named.hardlink_to(data_dir / "editions" / "1" / DATABASE)
    contender = duckdb.connect(
        named,
        read_only=True,
        config={"threads": 2, "memory_limit": "1GB", "temp_directory": str(tmp_path / "spilled")},
    )

    def contend(sql: str) -> bool:
        """Ask in SQL; give whether it could be answered in its gigabyte."""
        try:
            contender.execute(sql).fetchnumpy()
        except duckdb.OutOfMemoryException:
            return False
        return True

    families = ", ".join(f"count(*) FILTER (kind = '{kind}')" for kind in list(edition.rows.terms.kinds)[:7])
    rows, taken = [], []
    for name, (query, where) in QUERIES.items():
        queries, wheres = moving(query), moving(where)

        def ask(how: Callable[[IncidentFilter], object], queries: Iterator[str] = queries) -> Callable[[], object]:
            return lambda: how(parse_filter(parse_qsl(next(queries)), edition.taxonomy))

        def in_sql(wheres: Iterator[str] = wheres) -> bool:
            return contend(_CELLS.format(where=next(wheres), families=families))

        clusters, plain, tallies, counts, months = in_turn(
            ask(lambda chosen: edition.packed_clusters(chosen, WORLD)),
            in_sql,
            ask(edition.tallies),
            ask(edition.counts),
            ask(lambda chosen: edition.histogram(chosen, "month")),
        )
        chosen = parse_filter(parse_qsl(next(moving(query))), edition.taxonomy)
        sent = len(gzip.compress(edition.packed_clusters(chosen, WORLD), 1))
        taken.append(clusters)
        rows.append(
            (
                name,
                f"{edition.counts(chosen).matched:,}",
                say(clusters),
                say(plain) if in_sql() else "more than 1 GB",
                *(say(ms) for ms in (tallies, counts, months)),
                f"{sent / 1000:.1f}",
            )
        )
    # The first is everything.
    figures = taken[0], statistics.median(taken[1:])
    results.add(
        f"Clusters and counts of {edition.manifest.rows:,} rows, in process, ms",
        ("filter", "rows", "clusters", "the same in DuckDB", "tallies", "counts", "by month", "clusters, kB gzipped"),
        rows,
        f"Medians of {ROUNDS} rounds in turns; clusters are of the whole world, as a map asks for them at zoom 2. Days "
        "are never the same twice; what else a filter asks for is kept from the first time on.",
        f"Clusters of everything: {figures[0]:.1f} ms, promised {PROMISED[0]:.0f}; filtered, at the median of these: "
        f"{figures[1]:.1f} ms, promised {PROMISED[1]:.0f}.",
    )


def test_further_questions(data_dir: Path, results: Results) -> None:
    edition: Edition = EditionStore(data_dir / "editions").current()
    world = Grid(64, 0, 0, 63, 63)
    # Words stand in titles, whose numbers are all different: none is asked for twice.
    words = itertools.count(1_000)
    filters = {"of everything": "", "from a day on": "from={early}", "of a year": "from={start}&to={end}"}
    asked: dict[str, Callable[[IncidentFilter], object]] = {
        "by region, what certainly happened then": edition.certain_by_region,
        "harm by region": lambda chosen: edition.harm_by_region(chosen, "total", "killed"),
        "series by aircraft and year": lambda chosen: edition.series(chosen, "aircraft", "year"),
        "series by region and month": lambda chosen: edition.series(chosen, "region", "month"),
        "a list of what has no place": lambda chosen: edition.members(chosen, placeless=True),
        "a list of all that is selected": edition.members,
        "a page of the table": edition.details,
        "numbers of what has a word": lambda chosen: edition.matches(replace(chosen, words=(str(next(words)),))),
        "counts by region, month and kind": lambda chosen: edition.groups(chosen, ("region", "month", "kind")),
    }
    # These heed no filter.
    shapes: dict[str, Callable[[IncidentFilter], object]] = {
        "outlines of regions that stand for rows": lambda _: edition.outlines(world),
        "outlines of all regions, to be filled": lambda _: edition.outlines_in_use(world, 1),
    }
    rows = []
    for name, how in (asked | shapes).items():
        each = list(filters.values())[: 1 if name in shapes else None]
        taken = in_turn(*(_moved(edition, how, text) for text in each), rounds=FEW_ROUNDS)
        rows.append((name, *map(say, taken), *["–"] * (len(filters) - len(each))))
    results.add(
        f"Further questions of {edition.manifest.rows:,} rows, in process, ms",
        ("asked for", *filters),
        rows,
        f"Medians of {FEW_ROUNDS} rounds in turns; what every map asks for stands above. Days and words are never the "
        "same twice.",
    )


def _moved(edition: Edition, how: Callable[[IncidentFilter], object], text: str) -> Callable[[], object]:
    """Give what asks with a filter whose days move on."""
    queries = moving(text)
    return lambda: how(parse_filter(parse_qsl(next(queries)), edition.taxonomy))
