"""An import that is killed leaves the ledger as it was, and can be done again; real SIGKILL, on both databases."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from incidents import history
from incidents.database import open_engine, session_factory, snapshot
from incidents.importing.files import check_file, record_file
from incidents.models import ExternalReference, ImportBatch, Incident, Revision
from incidents.people import add_person, find_person

Rows = list[dict[str, str]]

# Records the file, tells its progress, and stops to be killed once so many rows are done; commits when told to.
_IMPORT = """
import sys
from pathlib import Path
from incidents import recording
from incidents.database import open_engine, session_factory
from incidents.importing.files import check_file, record_file
from incidents.people import find_person

url, path, stop_at = sys.argv[1], sys.argv[2], int(sys.argv[3])

def tell(done, total):
    print(done, flush=True)
    if done >= stop_at:
        sys.stdin.readline()

recording._BLOCK = 100
checked = check_file(Path(path), format_key="ucdp", version="23.1")
with session_factory(open_engine(url)).begin() as session:
    record_file(session, checked, by=find_person(session, "Ada"), progress=tell)
print("committed", flush=True)
"""


@pytest.fixture
def large_file(tmp_path: Path, ucdp_rows: Rows, make_csv: Callable[..., bytes]) -> Path:
    """Write 131 rows, which are two blocks of the bulk insert."""
    path = tmp_path / "ged231.csv"
    path.write_bytes(make_csv([{**ucdp_rows[n % 31], "id": str(1_000_000 + n)} for n in range(131)]))
    return path


def start(url: str, file: Path, stop_at: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _IMPORT, url, str(file), str(stop_at)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_for(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdout is not None
    for said in process.stdout:
        if said.strip() == line:
            return
    pytest.fail("the import ended by itself")


def kill(process: subprocess.Popen[str]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        pipe.close()


def counts(url: str) -> list[int | None]:
    engine = open_engine(url)
    # The server may still be committing what a killed client asked for: one snapshot shows one state.
    with snapshot(engine) as session:
        history.verify_chain(session)
        found = [
            session.scalar(select(func.count()).select_from(table))
            for table in (Incident, Revision, ImportBatch, ExternalReference)
        ]
    engine.dispose()
    return found


@pytest.fixture
def with_ada(ledger_url: str) -> str:
    engine = open_engine(ledger_url)
    with session_factory(engine).begin() as session:
        add_person(session, "Ada")
    engine.dispose()
    return ledger_url


@pytest.mark.parametrize("stop_at", [100, 131])
def test_killed_before_the_commit_it_leaves_nothing_and_can_be_done_again(
    with_ada: str, large_file: Path, stop_at: int
) -> None:
    process = start(with_ada, large_file, stop_at)
    wait_for(process, str(stop_at))
    kill(process)
    assert counts(with_ada) == [0, 0, 0, 0]
    engine = open_engine(with_ada)
    with session_factory(engine).begin() as session:
        record_file(session, check_file(large_file, format_key="ucdp"), by=find_person(session, "Ada"))
    engine.dispose()
    assert counts(with_ada) == [131, 131, 1, 131]


@pytest.mark.parametrize("after_ms", [0, 20])
def test_killed_about_the_commit_it_is_all_there_or_nothing(with_ada: str, large_file: Path, after_ms: int) -> None:
    process = start(with_ada, large_file, 131)
    wait_for(process, "131")
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
    time.sleep(after_ms / 1000)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert counts(with_ada) in ([0, 0, 0, 0], [131, 131, 1, 131])
