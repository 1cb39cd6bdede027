import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from incidents import publications, publishing
from incidents.database import open_engine, session_factory
from incidents.editions import shelf
from incidents.editions.errors import AlreadyPublishing
from incidents.editions.manifest import verify
from incidents.editions.reader import EditionStore
from incidents.editions.tombstones import read_tombstones
from incidents.people import add_person
from incidents.policies import LocationPolicy, PolicyRule
from incidents.recording import record
from incidents.review import approve
from tests.conftest import LedgerTemplates
from tests.factories import make_draft


@pytest.fixture
def store(tmp_path: Path) -> EditionStore:
    return EditionStore(tmp_path / "editions")


def add(engine: Engine, *titles: str) -> list[str]:
    with session_factory(engine).begin() as session:
        ada, bo = add_person(session, "Ada"), add_person(session, "Bo")
        incidents = [record(session, make_draft(title=title), by=ada) for title in titles]
        approve(session, incidents, by=bo)
        return [incident.public_id for incident in incidents]


def titles(store: EditionStore) -> set[str]:
    with store.reading() as edition:
        return {detail["title"] for detail in edition.details()}


class Meanwhile:
    """Does something in a thread when a step of publishing is reached, once its tombstone is there, and goes on."""

    def __init__(self, store: EditionStore, job: Callable[[], Any]) -> None:
        self._store = store
        self._thread = threading.Thread(target=job)
        self._begun = False

    def at(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        step = getattr(owner, name)

        def run(*args: Any, **values: Any) -> Any:
            if not self._begun:
                self._begun = True
                stones = len(read_tombstones(self._store.root))
                self._thread.start()
                deadline = time.monotonic() + 60
                while len(read_tombstones(self._store.root)) == stones:
                    assert time.monotonic() < deadline, "no tombstone came"
                    time.sleep(0.02)
            return step(*args, **values)

        monkeypatch.setattr(owner, name, run)

    def join(self) -> None:
        assert self._begun
        self._thread.join(120)
        assert not self._thread.is_alive()


@pytest.mark.parametrize("step", ["catch_up", "put_in_place", "switch_current"])
@pytest.mark.parametrize("how", ["withdraw", "restrict"])
def test_taking_back_during_a_publication_is_not_undone_by_it(
    ledger_engine: Engine, store: EditionStore, monkeypatch: pytest.MonkeyPatch, step: str, how: str
) -> None:
    gone, _ = add(ledger_engine, "Wrong", "Right")
    state = LocationPolicy(PolicyRule.STATE)
    jobs = {
        "withdraw": lambda: publishing.withdraw(ledger_engine, store, [gone], reason="error", by="Bo"),
        "restrict": lambda: publishing.restrict(ledger_engine, store, [gone], policy=state, by="Bo"),
    }
    meanwhile = Meanwhile(store, jobs[how])
    meanwhile.at(monkeypatch, publishing if step == "catch_up" else shelf, step)
    published = publishing.publish(ledger_engine, store, by="Bo")
    assert_is_taken_back(store, gone, how)
    meanwhile.join()
    assert_is_taken_back(store, gone, how)
    # What was taken back before the last look was never in the edition; what came later made an amendment.
    assert store.names() == ["1" if step == "catch_up" else "1.1"]
    assert published.counted == (1 if step == "catch_up" and how == "withdraw" else 2)
    assert verify(store.root / store.current_name()) == []


def assert_is_taken_back(store: EditionStore, id_: str, how: str) -> None:
    with store.reading() as edition:
        detail = edition.detail(id_)
        if how == "withdraw":
            assert detail is None
        else:
            assert detail is None or detail["where"]["point"] is None


def test_readers_find_an_edition_at_every_moment_of_an_amendment(ledger_engine: Engine, store: EditionStore) -> None:
    gone, _ = add(ledger_engine, "Wrong", "Right")
    publishing.publish(ledger_engine, store, by="Bo")
    seen: list[set[str]] = []
    looked = threading.Semaphore(0)
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.append(titles(store))
            looked.release()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert looked.acquire(timeout=60)
        publishing.withdraw(ledger_engine, store, [gone], reason="error", by="Bo")
        after = len(seen)
        while len(seen) < after + 5:
            assert looked.acquire(timeout=60)
    finally:
        stop.set()
        reader.join()
    assert seen[0] == {"Wrong", "Right"}
    # A look that had begun before the amendment may show what was there then.
    assert all(shown == {"Right"} for shown in seen[after + 1 :])


_PUBLISH = """
import sys, time
from pathlib import Path
from incidents.database import open_engine
from incidents.editions.errors import AlreadyPublishing
from incidents.editions.reader import EditionStore
from incidents.publishing import publish
url, root, mark = sys.argv[1:]
engine = open_engine(url)
Path(mark).touch()
while not Path(mark).with_name("go").exists():
    time.sleep(0.01)
try:
    print(publish(engine, EditionStore(Path(root)), by="Bo").name)
except AlreadyPublishing:
    print("refused")
"""


def test_two_processes_that_publish_at_once(ledger_url: str, store: EditionStore, tmp_path: Path) -> None:
    engine = open_engine(ledger_url)
    add(engine, "One", "Two")
    engine.dispose()
    marks = [tmp_path / "first", tmp_path / "second"]
    command = [sys.executable, "-c", _PUBLISH, ledger_url, str(store.root)]
    workers = [subprocess.Popen([*command, str(mark)], stdout=subprocess.PIPE, text=True) for mark in marks]
    deadline = time.monotonic() + 120
    while not all(mark.exists() for mark in marks):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    (tmp_path / "go").touch()
    said = sorted(worker.communicate(timeout=120)[0].strip() for worker in workers)
    assert [worker.returncode for worker in workers] == [0, 0]
    # Either one was refused, or one came after the other had finished.
    assert said in (["1", "refused"], ["1", "2"])
    assert titles(store) == {"One", "Two"}
    for name in store.names():
        assert verify(store.root / name) == []


@pytest.mark.postgis
def test_two_machines_that_share_a_ledger_do_not_publish_at_once(
    ledger_templates: LedgerTemplates, tmp_path: Path
) -> None:
    url = ledger_templates.make_url("postgis", demonstration=False)
    engine = open_engine(url)
    one, other = tmp_path / "one", tmp_path / "other"
    with (
        publications.alone(engine, one),
        pytest.raises(AlreadyPublishing),
        publications.alone(engine, other),
    ):
        pytest.fail("two machines publish at once")
    with publications.alone(engine, other):
        pass
    engine.dispose()
    ledger_templates.throw_away(url)
