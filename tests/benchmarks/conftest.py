"""Where every benchmark hands in its tables, and the one writer of RESULTS.md: `--results FILE`, as `make bench` does.

It measures nothing itself.
"""

import os
import platform
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
_KEPT = "Kept from an earlier run, made by "
PACKAGES = ("duckdb", "flask", "folium", "gunicorn", "numpy", "playwright", "pyarrow")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--results", help="Write the tables of the benchmarks that ran to this Markdown file.")


@dataclass
class Results:
    """The tables of a run, in the order in which they came."""

    parts: list[str] = field(default_factory=list)

    def add(self, title: str, head: Sequence[str], rows: Sequence[Sequence[object]], note: str = "") -> None:
        """Hand in a table: its title, the head of its columns, its rows, and what to know for reading it."""
        lines = [" | ".join(str(cell) for cell in row) for row in (head, ["---"] * len(head), *rows)]
        table = "\n".join(f"| {line} |" for line in lines)
        part = "\n\n".join(filter(None, (f"## {title}", note, table)))
        self.parts.append(part)
        print(f"\n{part}")


@pytest.fixture(scope="session")
def results(request: pytest.FixtureRequest) -> Iterator[Results]:
    """Collect tables; at the end of the run, write them where `--results` says."""
    found = Results()
    yield found
    if (file := request.config.getoption("--results")) and found.parts:
        path = Path(str(file))
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text("\n\n".join((describe_run(), *join_runs(before, found.parts))) + "\n", encoding="utf-8")


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
