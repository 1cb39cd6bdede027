"""The way there: a file's rows to a visible edition, each step as a whole process, with its time and greatest memory.

BEARING_BENCH_WAY_ROWS="10000 100000 1000000" says how many rows; a million takes minutes and some gigabytes of disk.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from incidents.editions.reader import EditionStore
from tests.benchmarks.conftest import Results
from tests.benchmarks.ucdp_file import write_ucdp_file

ROOT = Path(__file__).parents[2]
ROWS = [int(rows) for rows in os.environ.get("BEARING_BENCH_WAY_ROWS", "10000 100000").split()]
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
    steps = list(walk(tmp_path, rows))
    edition = EditionStore(tmp_path / "data" / "editions").current()
    assert edition.manifest.rows == rows + 9
    folder = tmp_path / "data" / "editions" / edition.name
    sizes = {path.name: path.stat().st_size / _MB for path in sorted(folder.iterdir())}
    ledger_mb = (tmp_path / "data" / "ledger.sqlite").stat().st_size / _MB
    files = ", ".join(f"{name} {mb:,.1f}" for name, mb in sizes.items())
    results.add(
        f"The way there: {rows:,} rows from file to visible edition (SpatiaLite)",
        ("step", "seconds", "rows/s", "peak MB"),
        [(step.name, f"{step.seconds:.1f}", f"{rows / step.seconds:,.0f}", f"{step.peak_mb:,.0f}") for step in steps],
        f"A file of {size_mb:,.0f} MB, a ledger of {ledger_mb:,.0f} MB, an edition of {sum(sizes.values()):,.1f} MB "
        f"({files}). Each step is a whole process; its memory is counted with that of its children.",
    )


def walk(folder: Path, rows: int) -> Iterator[Step]:
    """Go the whole way, yielding each step that is timed."""
    more = folder / "more" / "ged231.csv"
    more.parent.mkdir()
    write_ucdp_file(more, 10, seed=2)
    # Ids of their own, and dates within what there is already.
    more.write_text(more.read_text(encoding="utf-8").replace("\n1000", f"\n{1 + rows // 1000}9000"), encoding="utf-8")
    for command in (["init"], ["people", "add", "Ada"], ["people", "add", "Bo", "--by", "Ada"]):
        run(folder, command)
    yield run(folder, ["import", str(folder / "ged231.csv"), "--format", "ucdp", "--by", "Ada"], "import")
    yield run(folder, ["review", "approve", "--batch", "1", "--by", "Bo"], "approve, and make the edition ahead")
    yield run(folder, ["publish", "--by", "Bo"], "publish what was made ahead")
    run(folder, ["import", str(more), "--format", "ucdp", "--by", "Ada"])
    run(folder, ["review", "approve", "--batch", "2", "--by", "Bo"])
    yield run(folder, ["publish", "--by", "Bo"], "publish after 10 new rows")
    (first,) = EditionStore(folder / "data" / "editions").current().details(limit=1)
    yield run(folder, ["withdraw", first["id"], "--reason", "error", "--by", "Bo"], "withdraw one, 2 editions")


def run(folder: Path, command: list[str], name: str = "") -> Step:
    """Run a command of ours and watch its memory and that of its children, twenty times a second."""
    environ = {**os.environ, "BEARING_DATA_DIR": str(folder / "data")}
    begun = time.perf_counter()
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", *command], cwd=ROOT, env=environ, stdout=said, stderr=subprocess.STDOUT
        )
        peak = 0
        while process.poll() is None:
            peak = max(peak, resident(process.pid))
            time.sleep(0.05)
    seconds = time.perf_counter() - begun
    assert process.returncode == 0, (folder / "said").read_text()
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
