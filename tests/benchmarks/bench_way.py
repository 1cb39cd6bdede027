"""The way there: a file's rows to a visible edition, each step as a whole process, with its time and greatest memory.

BEARING_BENCH_WAY_ROWS="10000 100000 1000000" says how many rows; a million takes many minutes and some gigabytes of
disk. BEARING_BENCH_WAY_LEDGER names a data folder that such a way has left, from which publishing and withdrawing are
measured anew without importing: it is changed, so name a copy.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

import pytest

from incidents.editions.reader import EditionStore
from tests.benchmarks.conftest import Results
from tests.benchmarks.ucdp_file import write_ucdp_file

ROOT = Path(__file__).parents[2]
ROWS = [int(rows) for rows in os.environ.get("BEARING_BENCH_WAY_ROWS", "10000 100000").split()]
LEDGER = os.environ.get("BEARING_BENCH_WAY_LEDGER")
# Of so many the edition is made ahead when they are approved.
_MANY = 5_000
_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Step:
    """One command: its name, seconds, and the greatest memory of it and its children together, in megabytes."""

    name: str
    seconds: float
    peak_mb: float


@pytest.mark.parametrize("rows", ROWS)
def test_the_way_there(rows: int, tmp_path: Path, results: Results) -> None:
    write_ucdp_file(tmp_path / "ged231.csv", rows)
    size_mb = (tmp_path / "ged231.csv").stat().st_size / _MB
    data_dir = tmp_path / "data"
    steps = [*go_there(data_dir, tmp_path / "ged231.csv"), *change(data_dir, rows)]
    assert EditionStore(data_dir / "editions").current().manifest.rows == rows + 9
    hand_in(
        results,
        f"The way there: {rows:,} rows from file to visible edition (SpatiaLite)",
        rows,
        steps,
        data_dir,
        f"A file of {size_mb:,.0f} MB, ",
    )


@pytest.mark.skipif(LEDGER is None, reason="no ledger of an earlier way is named")
def test_publishing_what_is_there(tmp_path: Path, results: Results) -> None:
    data_dir = Path(str(LEDGER))
    rows = EditionStore(data_dir / "editions").current().manifest.rows
    run(data_dir, ["upgrade"])
    write_more(tmp_path / "ged231.csv", _MANY, f"{1 + rows // 1000}3")
    run(data_dir, ["import", str(tmp_path / "ged231.csv"), "--format", "ucdp", "--by", "Ada"])
    steps = [
        run(
            data_dir,
            ["review", "approve", "--batch", "3", "--by", "Bo"],
            f"approve {_MANY:,} more rows, and make the edition ahead",
        ),
        run(data_dir, ["publish", "--by", "Bo"], "publish what was made ahead"),
        *change(data_dir, rows, batch=4),
    ]
    assert EditionStore(data_dir / "editions").current().manifest.rows == rows + _MANY + 9
    hand_in(
        results,
        f"Publishing from a ledger of {rows // 1000 * 1000:,} rows (SpatiaLite)",
        rows,
        steps,
        data_dir,
        "From where an earlier way there has ended. An edition made ahead takes over no row that another version of "
        "the program has made. Here there is ",
    )


def hand_in(results: Results, title: str, rows: int, steps: Sequence[Step], data_dir: Path, begins: str) -> None:
    """Hand in the table of some steps. begins: how its note does."""
    edition = EditionStore(data_dir / "editions").current()
    sizes = {path.name: path.stat().st_size / _MB for path in sorted((data_dir / "editions" / edition.name).iterdir())}
    ledger_mb = (data_dir / "ledger.sqlite").stat().st_size / _MB
    files = ", ".join(f"{name} {mb:,.1f}" for name, mb in sizes.items())
    results.add(
        title,
        ("step", "seconds", "rows/s", "peak MB"),
        [(step.name, f"{step.seconds:.1f}", f"{rows / step.seconds:,.0f}", f"{step.peak_mb:,.0f}") for step in steps],
        f"{begins}a ledger of {ledger_mb:,.0f} MB, an edition of {sum(sizes.values()):,.1f} MB ({files}). "
        "Each step is a whole process; its memory is counted with that of its children.",
    )


def go_there(data_dir: Path, file: Path) -> Iterator[Step]:
    """Go from a file to a visible edition, yielding each step that is timed."""
    for command in (["init"], ["people", "add", "Ada"], ["people", "add", "Bo", "--by", "Ada"]):
        run(data_dir, command)
    yield run(data_dir, ["import", str(file), "--format", "ucdp", "--by", "Ada"], "import")
    yield run(data_dir, ["review", "approve", "--batch", "1", "--by", "Bo"], "approve, and make the edition ahead")
    yield run(data_dir, ["publish", "--by", "Bo"], "publish what was made ahead")


def change(data_dir: Path, rows: int, batch: int = 2) -> Iterator[Step]:
    """Publish ten rows more, and withdraw one, yielding each step that is timed. batch: the number of their import."""
    with TemporaryDirectory() as folder:
        more = Path(folder) / "ged231.csv"
        write_more(more, 10, f"{1 + rows // 1000}{batch}")
        run(data_dir, ["import", str(more), "--format", "ucdp", "--by", "Ada"])
    run(data_dir, ["review", "approve", "--batch", str(batch), "--by", "Bo"])
    yield run(data_dir, ["publish", "--by", "Bo"], "publish after 10 new rows")
    store = EditionStore(data_dir / "editions")
    (first,) = store.current().details(limit=1)
    name = f"withdraw one, {len(store.names())} editions"
    yield run(data_dir, ["withdraw", first["id"], "--reason", "error", "--by", "Bo"], name)


def write_more(path: Path, rows: int, prefix: str) -> None:
    """Write a file of further rows with ids of their own, of dates within what there is already."""
    write_ucdp_file(path, rows, seed=int(prefix))
    path.write_text(re.sub(r"\n(?=\d)", f"\n{prefix}", path.read_text(encoding="utf-8")), encoding="utf-8")


def run(data_dir: Path, command: list[str], name: str = "") -> Step:
    """Run a command of ours and watch its memory and that of its children, twenty times a second."""
    environ = {**os.environ, "BEARING_DATA_DIR": str(data_dir)}
    begun = time.perf_counter()
    with TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", *command], cwd=ROOT, env=environ, stdout=said, stderr=subprocess.STDOUT
        )
        peak = 0
        while process.poll() is None:
            peak = max(peak, resident(process.pid))
            time.sleep(0.05)
        seconds = time.perf_counter() - begun
        said.seek(0)
        assert process.returncode == 0, said.read()
    return Step(name, seconds, peak / _MB)


def resident(pid: int) -> int:
    """Give the resident memory of a process and all below it in bytes; pages that they share count for each."""
    total = 0
    try:
        total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += sum(resident(int(child)) for child in (task / "children").read_text().split())
    except (OSError, IndexError):
        pass  # It ended meanwhile.
    return total
