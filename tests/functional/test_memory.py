"""The server fits into a small machine, also after many readers at once have asked for everything."""

import re
from concurrent.futures import ThreadPoolExecutor
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
PICTURES = ("/map.png?theme=dark", "/map.svg?kind=airstrike", "/map.png?width=2400&height=1600&view=7/21/96")


def pss_mb(pids: list[int]) -> float:
    """Give the memory of processes together, in megabytes, shared pages counted once (proportional set size)."""
    kb = 0
    for pid in pids:
        found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        assert found
        kb += int(found[1])
    return kb * 1024 / MB


def ask(running: Running, address: str) -> tuple[int, bytes]:
    """Ask as browsers do."""
    return running.get(address, **{"Accept-Encoding": "gzip"})


def load(running: Running, readers: int = 8, rounds: int = 3) -> float:
    """Let readers ask for everything at once; give the most memory that was seen."""
    pids = [running.process.pid, *running.workers()]
    most = 0.0
    with ThreadPoolExecutor(readers) as pool:
        for _ in range(rounds):
            asked = [pool.submit(ask, running, address) for address in ADDRESSES for _ in range(readers)]
            for answer in asked:
                status, body = answer.result()
                assert status == 200
                assert body
                most = max(most, pss_mb(pids))
    return most


def test_the_founding_record_is_served_in_256_mb(serve: Serve, tmp_path: Path) -> None:
    done = CliRunner().invoke(bearing, ["demo"], env={"BEARING_DATA_DIR": str(tmp_path)})
    assert done.exit_code == 0, done.output
    most = load(serve(tmp_path, "--workers", "2"))
    print(f"founding record, 2 workers: {most:.0f} MB")
    assert most < 256


@pytest.mark.acceptance
def test_a_hundred_thousand_incidents_are_served_in_512_mb(serve: Serve, tmp_path: Path) -> None:
    write_edition(tmp_path / "editions", make_random_rows(100_000))
    most = load(serve(tmp_path, "--workers", "2"), rounds=1)
    print(f"100,000 incidents, 2 workers: {most:.0f} MB")
    assert most < 512
