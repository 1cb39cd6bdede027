"""How quickly the API answers pages of features, against pygeoapi and tipg on PostGIS with the same rows.

The question is that of a map in a desktop program: a box, a window of five years, a page of 1,000 in one order and the
exact count. All contenders give the same properties, as text of the same length within a tenth. ROWS chooses the sizes;
PEERS names a folder with a virtual environment of requirements-peers.txt (pip install --require-hashes), without which
only PostGIS itself is asked. SECONDS is how long each is asked.
"""

# ruff: noqa: E501 - commands and what is printed read best in one line
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from incidents.editions.catalogue import list_collections
from incidents.editions.items import Items
from incidents.editions.reader import EditionStore
from tests.benchmarks.many_rows import write_many
from tests.conftest import PostGISServer
from tests.functional.conftest import ROOT, clean_env

SIZES = [int(text) for text in os.environ.get("ROWS", "10000,100000").split(",")]
PEERS = Path(os.environ["PEERS"]) if "PEERS" in os.environ else None
SECONDS = float(os.environ.get("SECONDS", "5"))
LIMIT = 1_000
CITIES = [(96, 21), (36, 50), (44, 33), (38, 35), (31, 12), (70, 34), (-74, 5), (3, 9), (28, -2), (77, 28)]

Ask = Callable[[str], tuple[int, int]]


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


def measure(port: int, paths: list[str], clients: int) -> dict[str, Any]:
    """Ask for SECONDS with some clients, each with a connection of its own; give what they got and how long it took."""
    times: list[float] = []
    sizes: list[int] = []
    lock = threading.Lock()
    until = time.monotonic() + SECONDS

    def ask(first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        at = first
        while time.monotonic() < until:
            begun = time.perf_counter()
            connection.request("GET", paths[at % len(paths)], headers={"Accept": "application/geo+json"})
            response = connection.getresponse()
            body = response.read()
            took = time.perf_counter() - begun
            assert response.status == 200, body[:300]
            with lock:
                times.append(took * 1000)
                sizes.append(len(body))
            at += clients
        connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    return {
        "requests_s": round(len(times) / (time.perf_counter() - begun), 1),
        "p50_ms": round(statistics.median(times), 1),
        "p99_ms": round(times[min(len(times) - 1, int(len(times) * 0.99))], 1),
        "kB": round(statistics.mean(sizes) / 1000),
    }


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
    """Load an edition's rows: their columns for the filters, and the same properties as one value."""
    edition = EditionStore(folder / "editions").current()
    items = Items(edition, list_collections(edition.taxonomy)["incidents"])
    with psycopg.connect(address, autocommit=True) as db:
        db.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        db.execute(
            "CREATE TABLE incident (number integer PRIMARY KEY, geom geometry(Point, 4326), datetime timestamptz, "
            "properties jsonb NOT NULL)"
        )
        total = edition.manifest.rows
        with db.cursor() as cursor, cursor.copy("COPY incident FROM STDIN") as copy:
            for start in range(0, total, 1_000):
                keys = range(start, min(start + 1_000, total))
                for key, feature in zip(keys, json.loads(f"[{','.join(items.write(keys))}]"), strict=True):
                    properties, geometry = feature["properties"], feature["geometry"]
                    place = (
                        f"SRID=4326;POINT({geometry['coordinates'][0]} {geometry['coordinates'][1]})"
                        if geometry
                        else None
                    )
                    copy.write_row((key, place, properties["earliest"], json.dumps(properties, ensure_ascii=False)))
        db.execute("CREATE INDEX ON incident USING gist (geom)")
        db.execute("CREATE INDEX ON incident (datetime)")
        db.execute("VACUUM ANALYZE incident")


@contextmanager
def running(command: list[str], port: int, ready: str, **env: str) -> Iterator[None]:
    """Run a server until it answers, and end it."""
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
        yield
    finally:
        process.terminate()
        process.wait(30)


def tell(name: str, rows: int, port: int, paths: list[str]) -> None:
    measure(port, paths[:20], 1)
    features, weight = weigh(port, paths[:30])
    for clients in (1, 8):
        print(
            f"{name:10} {rows:>9,} rows, {clients} clients, {features:.0f} features a page, {weight:.0f} bytes each: "
            f"{measure(port, paths, clients)}"
        )


@pytest.mark.parametrize("rows", SIZES)
def test_pages(rows: int, tmp_path: Path, postgis_server: PostGISServer) -> None:
    write_many(tmp_path / "editions", rows)
    # So that most pages are full whatever the number of rows.
    side = min(50, 8 * (1_000_000 / rows) ** 0.5)
    asked = [(",".join(f"{value:.4f}" for value in box), quote(window)) for box, window in make_questions(side)]
    print()
    address = postgis_server.url(postgis_server.create_database())
    load_postgis(address, tmp_path)
    queries = [f"bbox={box}&datetime={window}&limit={LIMIT}" for box, window in asked]
    port = 8910
    command = [sys.executable, "-m", "app", "serve", "--port", str(port), "--workers", "2"]
    with running(command, port, "/healthz", HERE=str(ROOT), BEARING_DATA_DIR=str(tmp_path)):
        tell("Bearing", rows, port, [f"/api/collections/incidents/items?{query}" for query in queries])
        export(rows, port, address)
    if PEERS is not None:
        ask_tipg(rows, address, queries)
        ask_pygeoapi(rows, address, tmp_path, queries)


def export(rows: int, port: int, address: str) -> None:
    """Time everything as GeoJSON: the service's stream, and PostGIS's own COPY of the same features."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    begun = time.perf_counter()
    connection.request("GET", "/incidents.geojson")
    response = connection.getresponse()
    size = len(response.read(1))
    first = time.perf_counter() - begun
    while block := response.read(1 << 20):
        size += len(block)
    connection.close()
    print(
        f"Bearing    {rows:>9,} rows as GeoJSON: first byte {first * 1000:.0f} ms, all {time.perf_counter() - begun:.2f} s, {size / 1e6:.0f} MB"
    )
    begun, size = time.perf_counter(), 0
    question = "COPY (SELECT ST_AsGeoJSON(row)::text FROM (SELECT number AS id, geom, properties FROM incident ORDER BY number) AS row) TO STDOUT"
    with psycopg.connect(address) as db, db.cursor() as cursor, cursor.copy(question) as copy:
        for part in copy:
            size += len(bytes(part))
    print(f"PostGIS    {rows:>9,} rows by COPY ST_AsGeoJSON: {time.perf_counter() - begun:.2f} s, {size / 1e6:.0f} MB")


def ask_tipg(rows: int, address: str, queries: list[str]) -> None:
    assert PEERS is not None
    port = 8911
    command = [
        str(PEERS / "bin/uvicorn"),
        "tipg.main:app",
        "--port",
        str(port),
        "--workers",
        "2",
        "--log-level",
        "error",
    ]
    env = {"DATABASE_URL": address, "TIPG_DB_SCHEMAS": '["public"]', "TIPG_MAX_FEATURES_PER_QUERY": str(LIMIT)}
    with running(command, port, "/collections/public.incident", **env):
        tell("tipg", rows, port, [f"/collections/public.incident/items?{query}&sortby=number" for query in queries])


def ask_pygeoapi(rows: int, address: str, folder: Path, queries: list[str]) -> None:
    assert PEERS is not None
    port = 8912
    parts = psycopg.conninfo.conninfo_to_dict(address)
    config = {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port}, "url": f"http://127.0.0.1:{port}", "mimetype": "application/json",
            "encoding": "utf-8", "gzip": False, "languages": ["en-US"], "limits": {"default_items": 10, "max_items": LIMIT},
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
                "time_field": "datetime",
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
    with running(command, port, "/collections/incident", **env):
        tell("pygeoapi", rows, port, [f"/collections/incident/items?{query}&sortby=number" for query in queries])


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-s"]))
