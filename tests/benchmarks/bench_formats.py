"""How much memory each format of download takes of the service while it is sent, and how long it takes.

Each is asked for alone, of a service just started: all rows of an edition; GeoParquet of a filter that nearly all rows
match, since of everything it is the edition's own file. As a program: FOLDER [FORMAT ...].
"""

import http.client
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from incidents.editions.edition import Edition
from incidents.editions.flat import FLAT_SCHEMA, GEOMETRY
from incidents.editions.geoparquet import write_geoparquet
from incidents.editions.schema import PARQUET
from tests.benchmarks.bench_api import SIZES, family_of, own_mb, run_bearing
from tests.benchmarks.conftest import Results

ADDRESSES = {
    "GeoJSON": "/incidents.geojson",
    "CSV": "/incidents.csv",
    "Excel workbook": "/incidents.xlsx",
    "GeoPackage": "/incidents.gpkg",
    "GeoParquet, filtered": "/incidents.parquet?undated=hide",
    "KML": "/incidents.kml",
}
HEAD = ("format", "first byte, ms", "all, s", "MB", "memory grew by, MB", "in its second half by, MB")
NOTE = (
    "Memory is that of all the service's processes that is no file's, pages that they share counted once, against what "
    "it was before. What DuckDB keeps of the edition's file, up to its limit, is in it; no row is held. A GeoPackage "
    "is made on disk, in a process of its own, all of whose memory is in it. The last column is how much came after "
    "half of the time."
)
_LOOK_S = 0.2
_READERS = 8
# Of warming: how many rounds may differ by how little, and how many there are at most.
_ROUNDS, _STEADY_MB, _MOST = 3, 4.0, 20


@pytest.mark.parametrize("rows", SIZES)
def test_formats(rows: int, many: Callable[[int], Path], results: Results) -> None:
    data_dir = many(rows)
    write_table(data_dir / "editions" / "1")
    found = [measured.to_line() for measured in measure_formats(data_dir)]
    results.add(f"Every format of {rows:,} rows", HEAD, found, NOTE)


def write_table(folder: Path) -> None:
    """Write an edition's file of its own for tables, as published ones have it."""
    edition = Edition(folder)
    batches = (batch for table in edition.flat_rows() for batch in table.combine_chunks().to_batches())
    with duckdb.connect() as db:
        db.register("told", pa.RecordBatchReader.from_batches(FLAT_SCHEMA.append(GEOMETRY), batches))
        write_geoparquet(db, "SELECT * FROM told", (), folder / PARQUET, edition.manifest)
    edition.close()


@dataclass(frozen=True)
class Measured:
    """What a download took: seconds to its first and last byte, its size, and by how much memory grew, in MB.

    later: how much of that came in the second half of the time.
    """

    name: str
    first_s: float
    took_s: float
    size: int
    grew: float
    later: float

    def to_line(self) -> tuple[str, ...]:
        """Give a line of the table."""
        numbers = (self.first_s * 1000, self.size / 1e6, self.grew, self.later)
        first, size, grew, later = (f"{number:.0f}" for number in numbers)
        return (self.name, first, f"{self.took_s:.1f}", size, grew, later)


def measure_formats(folder: Path, *names: str) -> Iterator[Measured]:
    """Download everything in each format, or in those named. folder: in whose `editions` an edition is."""
    for name in names or ADDRESSES:
        address = ADDRESSES[name]
        with run_bearing(folder, []) as asked:
            _warm(asked.port, asked.pid)
            _ask(asked.port, _narrow(address), asked.pid)
            yield replace(_ask(asked.port, address, asked.pid), name=name)


def _warm(port: int, pid: int) -> None:
    """Have each process load what answering takes at all, an edition's columns among it, until none takes more."""
    sizes: list[float] = []
    while len(sizes) < _ROUNDS or (max(sizes[-_ROUNDS:]) - min(sizes[-_ROUNDS:]) > _STEADY_MB and len(sizes) < _MOST):
        with ThreadPoolExecutor(_READERS) as pool:
            for address in ("/incidents.csv", "/incidents.geojson"):
                list(pool.map(_read, [f"http://127.0.0.1:{port}{_narrow(address)}"] * _READERS))
        sizes.append(own_mb(family_of(pid)))


def _read(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=120) as answer:  # noqa: S310 - our own server
        content: bytes = answer.read()
    return content


def _narrow(address: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}bbox=95,20,97,22"


def _ask(port: int, address: str, pid: int) -> Measured:
    before = own_mb(family_of(pid))
    seen = [(0.0, before)]
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", address)
    # A GeoPackage is made before it is answered: meanwhile memory is looked at, too.
    watched = _Watch(pid, begun, seen)
    watched.start()
    try:
        response = connection.getresponse()
        assert response.status == 200, response.read()[:300]
        size = len(response.read(1))
        first = time.perf_counter() - begun
        while block := response.read(1 << 20):
            size += len(block)
    finally:
        watched.end()
    took = time.perf_counter() - begun
    connection.close()
    most = max(mb for _, mb in seen)
    half = max(mb for at, mb in seen if at <= took / 2)
    return Measured(address, first, took, size, most - before, most - half)


class _Watch(threading.Thread):
    """Looks at a family of processes until it is ended."""

    def __init__(self, pid: int, begun: float, seen: list[tuple[float, float]]) -> None:
        super().__init__()
        self._pid, self._begun, self._seen = pid, begun, seen
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(_LOOK_S):
            self._seen.append((time.perf_counter() - self._begun, own_mb(family_of(self._pid))))

    def end(self) -> None:
        """Look no more."""
        self._over.set()
        self.join()


if __name__ == "__main__":
    for line in measure_formats(Path(sys.argv[1]), *sys.argv[2:]):
        print(" | ".join(line.to_line()), flush=True)
