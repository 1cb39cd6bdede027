"""The server fits into a small machine, also after many readers at once have asked for everything."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import bearing
from tests.factories import make_random_rows, write_edition
from tests.functional.conftest import Running, Serve

MB = 1_000_000
ADDRESSES = (
    "/",
    "/incidents?limit=500",
    "/incidents?q=mandalay&sort=title",
    "/incidents.geojson",
    "/incidents.csv",
    "/incidents.parquet?undated=hide",
    "/regions.geojson",
    "/editions/1/columns.arrow",
    "/editions/1/clusters.arrow?across=93",
    "/editions/1/clusters.arrow?across=190&kind=airstrike&from=2001",
    "/editions/1/tallies.json?kind=airstrike",
    "/editions/1/histogram.json?unit=month",
    "/editions/1/series.json?by=aircraft",
    "/editions/1/members.json?placeless=1",
    "/editions/1/harm.json",
    "/editions/1/areas.json",
    "/editions/1/outlines.json?across=64",
    "/editions/1/matches.json?bbox=92,10,101,28",
    "/embed",
    "/about",
    "/regions",
    "/regions/MM",
    "/aircraft",
    "/aircraft/aircraft",
    "/charts/time.svg?by=aircraft",
    "/charts/time.svg?by=region&theme=dark",
    "/charts/time.csv",
)
PICTURES = ("/map.png", "/map.svg?kind=airstrike", "/map.png?theme=dark&view=6/21/96")


def pss_mb(pids: list[int]) -> float:
    """Give the memory of processes together, in megabytes, shared pages counted once (proportional set size)."""
    kb = 0
    for pid in pids:
        # A process may end while it is looked at.
        with suppress(OSError):
            found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
            kb += int(found[1]) if found else 0
    return kb * 1024 / MB


def ask(running: Running, address: str) -> tuple[int, bytes]:
    """Ask as browsers do."""
    return running.get(address, **{"Accept-Encoding": "gzip"})


def family_of(pid: int) -> list[int]:
    """Give a process and all that come from it and have not ended."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in family_of(int(child)))]


def draw(running: Running) -> float:
    """Ask for pictures, one after the other; give the most memory that was seen meanwhile."""
    most = 0.0
    with ThreadPoolExecutor(1) as pool:
        for address in PICTURES:
            asked = pool.submit(ask, running, address)
            while not asked.done():
                most = max(most, pss_mb(family_of(running.process.pid)))
                time.sleep(0.01)
            assert asked.result()[0] == 200
    return most


def load(running: Running, readers: int = 8, rounds: int = 3) -> float:
    """Let readers ask for everything at once; give the most memory that was seen."""
    most = 0.0
    with ThreadPoolExecutor(readers) as pool:
        for _ in range(rounds):
            asked = [pool.submit(ask, running, address) for address in ADDRESSES for _ in range(readers)]
            for answer in asked:
                status, body = answer.result()
                assert status == 200
                assert body
                most = max(most, pss_mb(family_of(running.process.pid)))
    return most


def test_one_worker_needs_no_more_memory_for_the_founding_record_than_it_did(serve: Serve, tmp_path: Path) -> None:
    most = load(serve_founding_record(serve, tmp_path, 1))
    print(f"founding record, 1 worker: {most:.0f} MB")
    assert most < 288


@pytest.mark.acceptance
@pytest.mark.parametrize("workers", [1, 2])
def test_the_founding_record_is_served_and_drawn_in_256_mb(serve: Serve, tmp_path: Path, workers: int) -> None:
    running = serve_founding_record(serve, tmp_path, workers)
    loaded, drawing = load(running), draw(running)
    print(f"founding record, {workers} workers: {loaded:.0f} MB, {drawing:.0f} MB while pictures are drawn")
    assert max(loaded, drawing) < 256


def serve_founding_record(serve: Serve, data_dir: Path, workers: int) -> Running:
    """Serve it from some workers."""
    done = CliRunner().invoke(bearing, ["demo"], env={"BEARING_DATA_DIR": str(data_dir)})
    assert done.exit_code == 0, done.output
    return serve(data_dir, "--workers", str(workers))


@pytest.mark.acceptance
def test_a_hundred_thousand_incidents_are_served_in_512_mb(serve: Serve, tmp_path: Path) -> None:
    write_edition(tmp_path / "editions", make_random_rows(100_000))
    running = serve(tmp_path, "--workers", "1")
    loaded, drawing = load(running, rounds=1), draw(running)
    print(f"100,000 incidents, 1 worker: {loaded:.0f} MB, {drawing:.0f} MB while pictures are drawn")
    assert max(loaded, drawing) < 512
