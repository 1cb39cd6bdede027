"""Sweeps have the same outcome compiled and as they are, and set-up compiles them for what editions hold."""

import random
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from incidents.editions import clustering
from incidents.editions.columns import TYPES, Columns, read_columns, write_columns
from incidents.editions.compiling import Preparation, compiled
from incidents.editions.grids import Grid
from incidents.editions.reader import EditionStore
from incidents.editions.sweeping import CELL, box_words, compile_all, gather, gather_areas, tabulate
from incidents.filters import IncidentFilter
from incidents.taxonomy import load_taxonomy
from tests.factories import make_random_rows, make_store

SWEEPS = (box_words, gather, gather_areas, tabulate)


def random_grid(rng: random.Random) -> Grid:
    across = rng.choice([1, 7, 93, 256, 4096, 2**20])
    column, row = rng.randrange(across), rng.randrange(across)
    return Grid(across, column, row, (column + min(97, across - 1)) % across, min(across - 1, row + 61))


def test_compiled_sweeps_have_the_outcome_of_plain_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(7)  # noqa: S311 - chooses examples
    kinds = list(load_taxonomy().kinds)
    asked = [(IncidentFilter(), Grid(across, 0, 0, across - 1, across - 1)) for across in (1, 7, 93)]
    asked += [(IncidentFilter(kind=tuple(rng.sample(kinds, 5))), random_grid(rng)) for _ in range(60)]
    compile_all()
    known = [list(compiled(sweep).__wrapped__.signatures) for sweep in SWEEPS]
    make_store(tmp_path, make_random_rows(1500, seed=3))
    given = []
    for many in (1, 10**9):
        monkeypatch.setattr(clustering, "MANY_ROWS", many)
        edition = EditionStore(tmp_path).current()
        found = [edition.clusters(filter_, grid) for filter_, grid in asked]
        given.append([(one.to_bytes(), one.found.tobytes(), one.areas.found.tobytes()) for one in found])
    assert given[0] == given[1]
    assert any(len(cells) > 20 * CELL.itemsize for _, cells, _ in given[0])
    asked_for = [list(compiled(sweep).__wrapped__.signatures) for sweep in SWEEPS]
    assert asked_for == known, "what setting up compiles is what editions ask for"


def outcome(root: Path, grids: list[Grid]) -> list[object]:
    """Give what is counted, or of what kind the error is."""
    edition, found = EditionStore(root).current(), list[object]()
    for grid in grids:
        try:
            found.append(edition.clusters(IncidentFilter(), grid).to_bytes())
        except (IndexError, ValueError) as error:
            found.append(type(error))
    return found


def test_columns_of_nonsense_have_the_outcome_of_plain_sweeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(11)  # noqa: S311 - chooses examples
    grids = [Grid(93, 0, 0, 92, 92), *(random_grid(rng) for _ in range(4))]
    make_store(tmp_path, make_random_rows(300))
    columns = read_columns(tmp_path / "1")
    for name, type_ in TYPES.items():
        nonsense = np.frombuffer(rng.randbytes(300 * np.dtype(type_).itemsize), dtype=type_)
        (tmp_path / "1" / "columns.arrow").unlink()
        write_columns(tmp_path / "1", Columns(columns.terms, **{**columns.arrays(), name: nonsense}))
        given = []
        for many in (1, 10**9):
            monkeypatch.setattr(clustering, "MANY_ROWS", many)
            given.append(outcome(tmp_path, grids))
        assert given[0] == given[1], name


def test_nobody_waits_for_what_is_compiled_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, given, begun, may_end = 200, threading.Semaphore(0), threading.Event(), threading.Event()

    def prepare() -> None:
        begun.set()
        may_end.wait(20)
        given.release()

    beside = Preparation()
    beside.leave_to(prepare)
    monkeypatch.setattr(clustering, "preparation", beside)
    monkeypatch.setattr(clustering, "MANY_ROWS", rows + 1)
    make_store(tmp_path, make_random_rows(rows))
    edition, grid = EditionStore(tmp_path).current(), Grid(93, 0, 0, 92, 92)
    few = edition.clusters(IncidentFilter(), grid)
    assert not begun.is_set(), "so few rows have no use for it"
    monkeypatch.setattr(clustering, "MANY_ROWS", rows)
    first = edition.clusters(IncidentFilter(), grid)
    assert begun.wait(20)
    second = edition.clusters(IncidentFilter(), grid)
    may_end.set()
    assert given.acquire(timeout=20)
    for thread in [one for one in threading.enumerate() if one.name == "preparing"]:
        thread.join(20)
    last = edition.clusters(IncidentFilter(), grid)
    assert [one.runner.is_compiled for one in (few, first, second, last)] == [False, False, False, True]
    assert few.to_bytes() == first.to_bytes() == second.to_bytes() == last.to_bytes()
    assert not given.acquire(blocking=False), "it is prepared once"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_where_preparing_fails_the_next_reader_waits_for_the_compiler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare() -> None:
        raise MemoryError

    beside = Preparation()
    beside.leave_to(prepare)
    monkeypatch.setattr(clustering, "preparation", beside)
    monkeypatch.setattr(clustering, "MANY_ROWS", 300)
    make_store(tmp_path, make_random_rows(300))
    edition, grid = EditionStore(tmp_path).current(), Grid(93, 0, 0, 92, 92)
    first = edition.clusters(IncidentFilter(), grid)
    for thread in [one for one in threading.enumerate() if one.name == "preparing"]:
        thread.join(20)
    last = edition.clusters(IncidentFilter(), grid)
    assert last.runner.is_compiled
    assert first.to_bytes() == last.to_bytes()


def test_nothing_is_compiled_for_few_rows(tmp_path: Path) -> None:
    make_store(tmp_path, make_random_rows(100))
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["False"], done.stderr


SCRIPT = """
import sys
from pathlib import Path
from incidents.editions.grids import Grid
from incidents.editions.reader import EditionStore
from incidents.filters import IncidentFilter
EditionStore(Path(sys.argv[1])).current().clusters(IncidentFilter(), Grid(93, 0, 0, 92, 92)).to_bytes()
print("numba" in sys.modules)
"""
