"""How quickly the API answers pages of features, against pygeoapi and tipg on PostGIS with the same rows.

The question is that of a map in a desktop program: a box, a window of five years, a page of 1,000 in one order and the
exact count. All contenders give the same properties of the same features; the links of each feature, which tipg alone
writes, are left out. They are asked in turns, three rounds of BEARING_BENCH_SECONDS each. BEARING_BENCH_ROWS chooses the
sizes; BEARING_BENCH_PEERS names the virtual environment of requirements-peers.txt that `make bench` makes, without which
only PostGIS itself is asked.
"""

# ruff: noqa: E501 - commands and what is printed read best in one line
import http.client
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from incidents.editions.catalogue import list_collections
from incidents.editions.items import Items
from incidents.editions.reader import EditionStore
from tests.benchmarks.conftest import Results
from tests.benchmarks.many_rows import write_many
from tests.conftest import PostGISServer
from tests.functional.conftest import ROOT, clean_env

SIZES = [int(text) for text in os.environ.get("BEARING_BENCH_ROWS", "10000 100000 1000000").split()]
PEERS = Path(os.environ["BEARING_BENCH_PEERS"]) if "BEARING_BENCH_PEERS" in os.environ else None
SECONDS = float(os.environ.get("BEARING_BENCH_SECONDS", "3"))
ROUNDS = 3
CLIENTS = (1, 8)
_LOOK_S = 0.2
LIMIT = 1_000
# What peers are asked for everything by, page by page, and of how many rows they are asked for it at all.
LARGEST_PAGE, MOST_PAGED = 10_000, 100_000
CITIES = [(96, 21), (36, 50), (44, 33), (38, 35), (31, 12), (70, 34), (-74, 5), (3, 9), (28, -2), (77, 28)]


def make_questions(side: float, count: int = 300) -> list[tuple[list[float], str]]:
    """Make boxes of some degrees a side around cities, each with five years; the same ones every time."""
    rng = random.Random(1)  # noqa: S311 - nothing secret hangs on it
    found = []
    for _ in range(count):
        lon, lat = rng.choice(CITIES)
        west, south = lon - side / 2 + rng.uniform(-2, 2), lat - side / 2 + rng.uniform(-2, 2)
        year = rng.randrange(2000, 2021)
        found.append(([west, south, west + side, south + side], f"{year}-01-01T00:00:00Z/{year + 4}-12-31T23:59:59Z"))
    return found


@dataclass
class Contender:
    """A service that is asked: where, what, and how long its answers took, in ms, by the number of clients."""

    name: str
    port: int
    paths: list[str]
    pid: int
    times: dict[int, list[float]] = field(default_factory=lambda: {clients: [] for clients in CLIENTS})
    seconds: dict[int, float] = field(default_factory=lambda: dict.fromkeys(CLIENTS, 0.0))

    def rate(self, clients: int) -> float:
        """Give the answers a second."""
        return len(self.times[clients]) / self.seconds[clients]

    def quantile(self, clients: int, share: float) -> float:
        """Give the time, in ms, within which a share of the answers came."""
        times = sorted(self.times[clients])
        return times[min(len(times) - 1, int(len(times) * share))]


def measure(asked: Contender, clients: int, seconds: float) -> None:
    """Ask for some seconds with some clients, each with a connection of its own, and keep how long answers took."""
    lock = threading.Lock()
    begun = time.perf_counter()
    begins = len(asked.times[clients])

    def ask(first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", asked.port, timeout=120)
        at = begins + first
        while time.perf_counter() - begun < seconds:
            since = time.perf_counter()
            connection.request("GET", asked.paths[at % len(asked.paths)], headers={"Accept": "application/geo+json"})
            response = connection.getresponse()
            body = response.read()
            took = time.perf_counter() - since
            assert response.status == 200, body[:300]
            with lock:
                asked.times[clients].append(took * 1000)
            at += clients
        connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked.seconds[clients] += time.perf_counter() - begun


def weigh(port: int, paths: list[str]) -> tuple[float, float]:
    """Give features a page and bytes a feature."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    features = size = 0
    for path in paths:
        connection.request("GET", path, headers={"Accept": "application/geo+json"})
        body = connection.getresponse().read()
        features, size = features + len(json.loads(body)["features"]), size + len(body)
    connection.close()
    return features / len(paths), size / max(1, features)


def load_postgis(address: str, folder: Path) -> None:
    """Load an edition's features as peers like them best: a point, and a column for each property."""
    edition = EditionStore(folder / "editions").current()
    items = Items(edition, list_collections(edition.taxonomy)["incidents"])
    (first,) = json.loads(b"[%b]" % b",".join(items.write(range(1))))
    kinds = {key: "jsonb" if isinstance(value, list | dict) else "text" for key, value in first["properties"].items()}
    # By this one they select: all rows are of one day.
    kinds |= {"earliest": "timestamptz", "coordinate_uncertainty_m": "double precision"}
    with psycopg.connect(address, autocommit=True) as db:
        db.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        columns = sql.SQL(", ").join(sql.SQL("{} " + kind).format(sql.Identifier(key)) for key, kind in kinds.items())
        db.execute(
            sql.SQL("CREATE TABLE incident (number integer PRIMARY KEY, geom geometry(Point, 4326), {})").format(
                columns
            )
        )
        total = edition.manifest.rows
        with db.cursor() as cursor, cursor.copy("COPY incident FROM STDIN") as copy:
            for start in range(0, total, 1_000):
                keys = range(start, min(start + 1_000, total))
                for key, feature in zip(keys, json.loads(b"[%b]" % b",".join(items.write(keys))), strict=True):
                    lon, lat = feature["geometry"]["coordinates"]
                    values = [
                        json.dumps(feature["properties"][name], ensure_ascii=False)
                        if kind == "jsonb"
                        else feature["properties"][name]
                        for name, kind in kinds.items()
                    ]
                    copy.write_row((key, f"SRID=4326;POINT({lon} {lat})", *values))
        db.execute("CREATE INDEX ON incident USING gist (geom)")
        db.execute("CREATE INDEX ON incident (earliest)")
        db.execute("VACUUM ANALYZE incident")


def free_port() -> int:
    """Give a port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, ready: str, **env: str) -> Iterator[int]:
    """Run a server until it answers, give its process's id, and end it."""
    process = subprocess.Popen(
        command,
        env=clean_env(**env),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=env.get("HERE", "/"),
    )
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            try:
                connection.request("GET", ready)
                if connection.getresponse().status == 200:
                    break
            except OSError:
                time.sleep(0.2)
            finally:
                connection.close()
        else:
            pytest.fail(f"{command[0]} did not answer")
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.parametrize("rows", SIZES)
def test_pages(rows: int, tmp_path: Path, postgis_server: PostGISServer, results: Results) -> None:
    write_many(tmp_path / "editions", rows, plain=True)
    # So that most pages are full whatever the number of rows.
    side = min(50, 8 * (1_000_000 / rows) ** 0.5)
    questions = [
        f"bbox={','.join(f'{value:.4f}' for value in box)}&datetime={quote(window)}&limit={LIMIT}"
        for box, window in make_questions(side)
    ]
    address = postgis_server.url(postgis_server.create_database())
    load_postgis(address, tmp_path)
    with ExitStack() as running:
        contenders = [running.enter_context(run_bearing(tmp_path, questions))]
        if PEERS is not None:
            contenders.append(running.enter_context(run_tipg(address, questions)))
            contenders.append(running.enter_context(run_pygeoapi(address, tmp_path, questions)))
        found = [(each, *weigh(each.port, each.paths[:30])) for each in contenders]
        for clients in CLIENTS:
            for _ in range(ROUNDS):
                for each in contenders:
                    measure(each, clients, SECONDS)
        streams: dict[str, Callable[[], Iterator[bytes]]] = {
            contenders[0].name: partial(stream_bearing, contenders[0].port)
        }
        streams["PostGIS, COPY ST_AsGeoJSON"] = partial(stream_postgis, address)
        if rows <= MOST_PAGED:
            streams |= {f"{each.name}, page by page": partial(stream_pages, each, rows) for each in contenders[1:]}
        everything = export(contenders[0], streams)
    results.add(
        f"Pages of up to 1,000 features from {rows:,} rows: box, five years, order and count",
        (
            "service", "features a page", "bytes each",
            *(f"{what}, {clients} client{'s'[: clients - 1]}" for clients in CLIENTS
              for what in ("requests/s", "p50 ms", "p99 ms", "times Bearing's rate")),
        ),
        [
            (
                each.name, f"{features:.0f}", f"{weight:.0f}",
                *(text for clients in CLIENTS for text in (
                    f"{each.rate(clients):.1f}", f"{each.quantile(clients, 0.5):.1f}", f"{each.quantile(clients, 0.99):.1f}",
                    f"1/{contenders[0].rate(clients) / each.rate(clients):.1f}",
                )),
            )
            for each, features, weight in found
        ],
        "The same properties everywhere. tipg would write links into each feature, which make it slower and its answers a "
        "quarter larger: here it does not.",
    )  # fmt: skip
    results.add(
        f"All {rows:,} rows as GeoJSON",
        ("from", "first byte, ms", "all, s", "MB", "memory grew by, MB"),
        everything,
        "Memory is that of all the service's processes, pages that they share counted once, against what it was before. "
        f"Peers are asked for pages of {LARGEST_PAGE:,}.",
    )


def export(asked: Contender, streams: dict[str, Callable[[], Iterator[bytes]]]) -> list[tuple[str, ...]]:
    """Time everything as GeoJSON, in turns. asked: the service whose memory is watched, under the same name."""
    times: dict[str, list[tuple[float, float, int]]] = {name: [] for name in streams}
    before, most = pss_mb(family_of(asked.pid)), 0.0
    for _ in range(ROUNDS):
        for name, begin in streams.items():
            begun = time.perf_counter()
            stream = begin()
            size = len(next(stream))
            first, looked = time.perf_counter() - begun, begun
            for block in stream:
                size += len(block)
                if name == asked.name and time.perf_counter() - looked > _LOOK_S:
                    most, looked = max(most, pss_mb(family_of(asked.pid))), time.perf_counter()
            times[name].append((first, time.perf_counter() - begun, size))
    return [
        (
            name,
            f"{statistics.median(first for first, _, _ in took) * 1000:.0f}",
            f"{statistics.median(whole for _, whole, _ in took):.2f}",
            f"{took[0][2] / 1e6:.0f}",
            f"{max(0.0, most - before):.0f}" if name == asked.name else "-",
        )
        for name, took in times.items()
    ]


def pss_mb(pids: list[int]) -> float:
    """Give the memory of processes together, in megabytes, shared pages counted once (proportional set size)."""
    kb = 0
    for pid in pids:
        # A process may end while it is looked at.
        with suppress(OSError):
            found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
            kb += int(found[1]) if found else 0
    return kb * 1024 / 1e6


def own_mb(pids: list[int]) -> float:
    """Give the memory of processes together that is no file's, in megabytes, pages shared among them counted once.

    A file's pages are counted to each that has it open, so that processes which have nothing to do with these change
    how many are theirs when they end.
    """
    kb = 0
    for pid in pids:
        with suppress(OSError):
            said = Path(f"/proc/{pid}/smaps_rollup").read_text()
            kb += sum(int(found) for found in re.findall(r"^Pss_(?:Anon|Shmem):\s+(\d+) kB", said, re.MULTILINE))
    return kb * 1024 / 1e6


def family_of(pid: int) -> list[int]:
    """Give a process and all that come from it and have not ended."""
    try:
        # The kernel lists children by the thread that began them.
        children = [
            one for task in Path(f"/proc/{pid}/task").iterdir() for one in (task / "children").read_text().split()
        ]
    except OSError:
        return []
    return [pid, *(one for child in children for one in family_of(int(child)))]


def stream_bearing(port: int) -> Iterator[bytes]:
    """Give everything as it comes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", "/incidents.geojson")
    response = connection.getresponse()
    yield response.read(1)
    while block := response.read(1 << 20):
        yield block
    connection.close()


def stream_pages(asked: Contender, rows: int) -> Iterator[bytes]:
    """Give everything that a peer has, in pages as large as it gives them."""
    connection = http.client.HTTPConnection("127.0.0.1", asked.port, timeout=600)
    items = asked.paths[0].partition("?")[0]
    for offset in range(0, rows, LARGEST_PAGE):
        address = f"{items}?limit={LARGEST_PAGE}&offset={offset}&sortby=number"
        connection.request("GET", address, headers={"Accept": "application/geo+json"})
        response = connection.getresponse()
        assert response.status == 200
        yield response.read()
    connection.close()


def stream_postgis(address: str) -> Iterator[bytes]:
    """Give the same features as the database writes them."""
    question = "COPY (SELECT ST_AsGeoJSON(row)::text FROM (SELECT * FROM incident ORDER BY number) AS row) TO STDOUT"
    with psycopg.connect(address) as db, db.cursor() as cursor, cursor.copy(question) as copy:
        for part in copy:
            yield bytes(part)


@contextmanager
def run_bearing(folder: Path, questions: list[str]) -> Iterator[Contender]:
    """Run it on the edition in a folder."""
    port = free_port()
    command = [sys.executable, "-m", "app", "serve", "--port", str(port), "--workers", "2"]
    with running(command, port, "/healthz", HERE=str(ROOT), BEARING_DATA_DIR=str(folder)) as pid:
        yield Contender(
            "Bearing", port, [f"/api/collections/incidents/items?{question}" for question in questions], pid
        )


@contextmanager
def run_tipg(address: str, questions: list[str]) -> Iterator[Contender]:
    """Run it on a database."""
    assert PEERS is not None
    port = free_port()
    command = [
        str(PEERS / "bin/uvicorn"),
        "tipg_plain:app",
        "--app-dir",
        str(Path(__file__).parent),
        "--port",
        str(port),
        "--workers",
        "2",
        "--log-level",
        "error",
    ]
    env = {"DATABASE_URL": address, "TIPG_DB_SCHEMAS": '["public"]', "TIPG_MAX_FEATURES_PER_QUERY": str(LARGEST_PAGE)}
    with running(command, port, "/collections/public.incident", **env) as pid:
        yield Contender(
            "tipg", port, [f"/collections/public.incident/items?{text}&sortby=number" for text in questions], pid
        )


@contextmanager
def run_pygeoapi(address: str, folder: Path, questions: list[str]) -> Iterator[Contender]:
    """Run it on a database, its configuration in a folder."""
    assert PEERS is not None
    port = free_port()
    parts = psycopg.conninfo.conninfo_to_dict(address)
    config = {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port}, "url": f"http://127.0.0.1:{port}", "mimetype": "application/json",
            "encoding": "utf-8", "gzip": False, "languages": ["en-US"], "limits": {"default_items": 10, "max_items": LARGEST_PAGE},
            "map": {"url": "http://127.0.0.1/{z}/{x}/{y}", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {"title": "peer", "description": "peer", "keywords": ["x"], "keywords_type": "theme",
                               "terms_of_service": "http://127.0.0.1", "url": "http://127.0.0.1"},
            "license": {"name": "none", "url": "http://127.0.0.1"},
            "provider": {"name": "none", "url": "http://127.0.0.1"},
            "contact": {"name": "none", "email": "none@example.org", "url": "http://127.0.0.1"},
        },
        "resources": {"incident": {
            "type": "collection", "title": "incident", "description": "incident", "keywords": ["x"], "links": [],
            "extents": {"spatial": {"bbox": [-180, -90, 180, 90]}},
            "providers": [{
                "type": "feature", "name": "PostgreSQL", "id_field": "number", "table": "incident", "geom_field": "geom",
                "time_field": "earliest",
                "data": {"host": parts["host"], "port": int(str(parts["port"])), "dbname": parts["dbname"], "user": parts["user"],
                         "password": "x", "search_path": ["public"]},
            }],
        }},
    }  # fmt: skip
    written, described = folder / "pygeoapi.yml", folder / "openapi.yml"
    written.write_text(json.dumps(config))
    env = {"PYGEOAPI_CONFIG": str(written), "PYGEOAPI_OPENAPI": str(described), "HERE": str(folder)}
    subprocess.run(
        [str(PEERS / "bin/pygeoapi"), "openapi", "generate", str(written), "--output-file", str(described)],
        env=clean_env(**env), check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    command = [
        str(PEERS / "bin/gunicorn"),
        "pygeoapi.flask_app:APP",
        "-w",
        "2",
        "-b",
        f"127.0.0.1:{port}",
        "--log-level",
        "error",
    ]
    with running(command, port, "/collections/incident", **env) as pid:
        yield Contender(
            "pygeoapi", port, [f"/collections/incident/items?{text}&sortby=number" for text in questions], pid
        )


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-s"]))
