"""The server fits into a small machine, also while many readers at once ask for everything: the kernel sees to that."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import bearing
from tests.benchmarks.bench_formats import measure_formats, write_table
from tests.benchmarks.many_rows import write_many
from tests.factories import make_random_rows, write_edition
from tests.functional.conftest import Running, Serve

MB = 1_000_000
GROUPS = Path("/sys/fs/cgroup")
ADDRESSES = (
    "/",
    "/incidents?limit=500",
    "/incidents?q=mandalay&sort=title",
    "/incidents.geojson",
    "/incidents.csv",
    "/incidents.parquet?undated=hide",
    "/regions.geojson",
    "/editions/1/columns.arrow",
    "/editions/1/columns.arrow?kind=airstrike",
    "/editions/1/clusters.arrow?across=93",
    "/editions/1/clusters.arrow?across=190&kind=airstrike&from=2001",
    "/editions/1/tallies.json?kind=airstrike",
    "/editions/1/histogram.json?unit=month",
    "/editions/1/series.json?by=aircraft",
    "/editions/1/members.json?placeless=1",
    "/editions/1/harm.json",
    "/editions/1/certain.json?from=2001",
    "/editions/1/found.json?from=2001",
    "/editions/1/areas.json",
    "/editions/1/outlines.json?across=64",
    "/editions/1/outlines.json?across=64&level=1",
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


@contextmanager
def limited_to(size: int) -> Iterator[Path]:
    """Let what is started meanwhile, and its children, have so many bytes of memory and no more; give its group.

    Version 1 and 2 of control groups differ in names. Whose machine has neither, or who is not root, is told so.
    """
    old = (GROUPS / "memory").is_dir()
    base = GROUPS / "memory" if old else GROUPS
    own = next(
        (
            path
            for _, names, path in (line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines())
            if names == ("memory" if old else "")
        ),
        "/",
    )
    group = base / f"bearing-test-{os.getpid()}"
    try:
        group.mkdir()
        (group / ("memory.limit_in_bytes" if old else "memory.max")).write_text(str(size))
        (group / "cgroup.procs").write_text(str(os.getpid()))
    except OSError as error:
        pytest.skip(f"the kernel lets nobody here limit memory: {error}")
    try:
        yield group
    finally:
        (base / own.strip("/") / "cgroup.procs").write_text(str(os.getpid()))


def killed_in(group: Path) -> int:
    """Give how many processes of a group the kernel ended because there was no memory left."""
    said = next(file for name in ("memory.oom_control", "memory.events") if (file := group / name).exists())
    return next(int(line.split()[1]) for line in said.read_text().splitlines() if line.startswith("oom_kill "))


def ask_for_everything(running: Running, readers: int = 8) -> None:
    """Let readers ask for everything at once, as browsers do, and for pictures one after the other."""
    with ThreadPoolExecutor(readers) as pool:
        asked = [pool.submit(ask, running, address) for address in ADDRESSES for _ in range(readers)]
        for answer in asked:
            status, body = answer.result()
            assert status == 200
            assert body
    for address in PICTURES:
        assert ask(running, address)[0] == 200


def ask(running: Running, address: str) -> tuple[int, bytes]:
    return running.get(address, **{"Accept-Encoding": "gzip"})


def serve_within(serve: Serve, data_dir: Path, size: int) -> None:
    """Serve a folder in so much memory, as it is served without being told how, and ask for everything."""
    with limited_to(size) as group:
        running = serve(data_dir)
    ask_for_everything(running)
    assert len(running.workers(1)) == 1, "where memory is short there is one worker"
    assert killed_in(group) == 0
    running.process.terminate()
    running.process.wait(30)
    group.rmdir()


def test_the_founding_record_is_served_and_drawn_in_256_mb(serve: Serve, tmp_path: Path) -> None:
    done = CliRunner().invoke(bearing, ["demo"], env={"BEARING_DATA_DIR": str(tmp_path)})
    assert done.exit_code == 0, done.output
    serve_within(serve, tmp_path, 256 * MB)


@pytest.mark.acceptance
def test_a_hundred_thousand_incidents_are_served_and_drawn_in_512_mb(serve: Serve, tmp_path: Path) -> None:
    write_edition(tmp_path / "editions", make_random_rows(100_000))
    serve_within(serve, tmp_path, 512 * MB)


@pytest.mark.acceptance
def test_no_format_takes_more_memory_for_more_rows(tmp_path: Path) -> None:
    grew: dict[str, list[float]] = {}
    for rows in (20_000, 120_000):
        write_table(write_many(tmp_path / str(rows) / "editions", rows))
        for measured in measure_formats(tmp_path / str(rows)):
            grew.setdefault(measured.name, []).append(measured.grew)
    print(grew)
    # A hundred thousand rows take 95 MB as GeoJSON, several times that as objects.
    assert {name: most for name, (least, most) in grew.items() if most > least + 60} == {}
