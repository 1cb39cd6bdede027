"""How long an edition takes to write and to ask, and how much memory, with synthetic rows."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Each in a process of its own, so that its greatest memory is its own.
_WRITE = """
import json, resource, sys, time
from pathlib import Path
from tests.factories import make_random_rows, write_edition
begun = time.perf_counter()
write_edition(Path(sys.argv[1]), make_random_rows(int(sys.argv[2])))
peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps({"write_s": round(time.perf_counter() - begun, 1), "peak_mb": peak_mb}))
"""
_READ = """
import datetime as dt, json, resource, sys, time
from pathlib import Path
from geodata.bbox import BBox
from incidents.editions.reader import EditionStore
from incidents.filters import IncidentFilter
edition = EditionStore(Path(sys.argv[1])).current()
year = IncidentFilter(start=dt.date(2010, 1, 1), end=dt.date(2010, 12, 31))
town = IncidentFilter(bbox=BBox(96, 16, 96.5, 17))
questions = {
    "counts": edition.counts,
    "counts_year": lambda: edition.counts(year),
    "counts_words": lambda: edition.counts(IncidentFilter(words=("kalay", "mi-35"))),
    "page_of_100": edition.details,
    "page_500": lambda: edition.details(offset=50_000),
    "facets": lambda: edition.facets(year),
    "areas": lambda: list(edition.areas()),
    "features_town": lambda: list(edition.features(town)),
    "features_all": lambda: sum(map(len, edition.features())),
}
found = {}
for name, ask in questions.items():
    ask()
    begun = time.perf_counter()
    ask()
    found[name + "_ms"] = round(1000 * (time.perf_counter() - begun), 1)
found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps(found))
"""


@pytest.mark.parametrize("rows", [7_000, 100_000])
def test_write_and_ask(rows: int, tmp_path: Path) -> None:
    written = run(_WRITE, tmp_path, rows)
    asked = run(_READ, tmp_path, rows)
    print(f"\n{rows:,} rows: {written}; {asked}")
    assert written["peak_mb"] < 512
    assert asked["peak_mb"] < 512


def run(program: str, folder: Path, rows: int) -> dict[str, float]:
    command = [sys.executable, "-c", program, str(folder / "editions"), str(rows)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    # DuckDB may draw a progress bar above it, since a program given by -c looks interactive to it.
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer
