"""Where every benchmark hands in its tables, and the one writer of RESULTS.md: `--results FILE`, as `make bench` does.

It measures nothing itself.
"""

import os
import platform
import subprocess
import time
import timeit
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.benchmarks.many_rows import write_many
from tests.benchmarks.tables import finish, make_table

ROOT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
_PACE = "Ten million numbers added up in a loop of Python took"
_KEPT = "Kept from an earlier run, made by "
PACKAGES = ("duckdb", "flask", "folium", "gunicorn", "numpy", "playwright", "pyarrow")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--results", help="Write the tables of the benchmarks that ran to this Markdown file.")


@dataclass
class Results:
    """The tables of a run, in the order in which they came. path: where they are written, if anywhere."""

    path: Path | None
    parts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._before = self.path.read_text(encoding="utf-8") if self.path and self.path.exists() else ""

    def add(
        self, title: str, head: Sequence[str], rows: Sequence[Sequence[object]], note: str = "", after: str = ""
    ) -> None:
        """Hand in a table: its title, the head of its columns, its rows, what to know for reading it, what follows.

        It is written at once, so that a run that is ended keeps what it has.
        """
        note = " ".join(filter(None, (note, f"{_PACE} {measure_pace():.2f} s on the machine as it was just then.")))
        self.parts.append(make_table(title, head, rows, note, after))
        print(f"\n{self.parts[-1]}")
        if self.path:
            parts = finish(join_runs(self._before, self.parts))
            self.path.write_text("\n\n".join((describe_run(), *parts)) + "\n", encoding="utf-8")


@pytest.fixture(scope="session")
def results(request: pytest.FixtureRequest) -> Results:
    """Take tables, and write them where `--results` says."""
    file = request.config.getoption("--results")
    return Results(Path(str(file)) if file else None)


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Give what gives the data folder of an edition of so many made-up rows, which is written once for a whole run.

    BEARING_BENCH_EDITIONS names a folder in which later runs find it again.
    """
    kept = os.environ.get("BEARING_BENCH_EDITIONS")
    root = Path(kept) if kept else tmp_path_factory.mktemp("many")

    def give(rows: int) -> Path:
        folder = root / str(rows)
        if not (folder / "editions" / "current").exists():
            begun = time.perf_counter()
            write_many(folder / "editions", rows)
            print(f"\n{rows:,} rows written in {time.perf_counter() - begun:.0f} s", flush=True)
        return folder

    return give


def measure_pace() -> float:
    """Give the seconds that a loop of Python takes which has always been the same: two tables' machines compare so.

    What one machine gives to its guests differs twofold from day to day.
    """

    def add_up() -> None:
        total = 0
        for number in range(10_000_000):
            total += number

    return min(timeit.repeat(add_up, number=1, repeat=3))


def join_runs(before: str, parts: Sequence[str]) -> list[str]:
    """Give a run's tables after those of earlier runs that it did not make anew: a title says what, and of how many.

    A shorter run so erases nothing of a longer one; what is kept says by which program it was made.
    """
    head, *old = before.rstrip().split("\n\n## ") if before else [""]
    made = next((line.removeprefix("- program: ") for line in head.splitlines() if line.startswith("- program: ")), "?")
    titles = {part.partition("\n")[0] for part in parts}
    kept = []
    for part in (f"## {text}" for text in old):
        title, _, rest = part.partition("\n\n")
        if title not in titles:
            kept.append(part if rest.startswith(_KEPT) else f"{title}\n\n{_KEPT}{made}.\n\n{rest}")
    return [*kept, *parts]


def describe_run() -> str:
    """Say on what machine, with which versions and by which command."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    chromium = _say(CHROMIUM, "--version")
    changed = " and what was not committed" if _say("git", "status", "--porcelain", "--untracked-files=no") else ""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    commit, day = (_say("git", "log", "-1", f"--format={what}") for what in ("%h", "%cs"))
    system = f"{platform.system()} {platform.release()}"
    return f"""\
# What was measured

Written by `make bench`, which repeats it; nothing here is written by hand.

- machine: {cpu}, {os.cpu_count()} cores, {memory_gb:.0f} GB, {system}; load {os.getloadavg()[1]:.1f} (5 minutes)
- program: {commit} of {day}{changed}
- versions: {platform.python_implementation()} {platform.python_version()}, {versions}; {chromium}"""


def _say(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()
