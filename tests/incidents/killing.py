"""Kills publishers and amenders, really and at many points, and looks at what readers find afterwards.

A program, not a test: it forks before anything starts a thread, which a test run cannot promise. Arguments: what to
do ("publish", "withdraw", or "ahead", which is to make the edition ahead and then publish it), a ledger's file, a
folder to work in, and how many points at most. It prints one line of JSON: how many points there were, how many it
killed at, and how often the old and the new edition was found.
"""

import collections
import faulthandler
import functools
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

import incidents.spatialite  # noqa: F401 - or each of the processes, which are many, would load the GIS wheels anew
from incidents import ahead, making, publications, publishing, taking_back
from incidents.database import open_engine, session_factory
from incidents.editions import amending, manifest, older, shelf, staging, tombstones, writer
from incidents.editions.reader import EditionStore
from incidents.models import Edition, Incident
from incidents.people import add_person, find_person
from incidents.recording import record
from incidents.review import approve
from incidents.taxonomy import load_taxonomy
from tests.factories import make_draft

_STEPS = [
    (publications, "reserve"),
    (publications, "reserve_amendment"),
    (publications, "mark_published"),
    (amending, "rewrite"),
    (shelf, "put_in_place"),
    (shelf, "switch_current"),
    (shelf, "tidy"),
    (taking_back, "add_tombstone"),
    (publishing, "catch_up"),
    (publishing, "prepare"),
    (publishing, "find_plan"),
    (ahead, "keep_plan"),
    (publishing, "adopt"),
    (shelf, "put_ahead"),
    (shelf, "drop_ahead"),
    (making, "write_rows"),
    (staging.Staging, "add_file"),
    (staging.Staging, "link"),
    (writer, "make_harms"),
    (writer.EditionWriter, "take_over"),
    (writer.EditionWriter, "follow"),
    (older.OlderRows, "begin"),
    (older.OlderRows, "take"),
    (writer, "write_manifest"),
    (writer, "make_columns"),
    (writer.EditionWriter, "add"),
    (writer.EditionWriter, "finish"),
    (writer.EditionWriter, "_write_database"),
    (writer.EditionWriter, "_write_parquet"),
    (tombstones, "sync_folder"),
]
_EVENTS = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.symlink", "shutil.rmtree"}


class Counter:
    """Counts the points that a publisher comes by, and kills the process at the chosen one."""

    def __init__(self, root: str, fatal: int | None) -> None:
        self.seen = 0
        self._root = root
        self._fatal = fatal

    def pass_by(self) -> None:
        if self.seen == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        self.seen += 1

    def watch(self) -> None:
        """Count every step before and after, every commit before and after, and every file-system call by Python."""
        for owner, name in _STEPS:
            setattr(owner, name, self._wrapped(getattr(owner, name)))
        event.listen(Session, "before_commit", lambda _: self.pass_by())
        event.listen(Session, "after_commit", lambda _: self.pass_by())
        sys.addaudithook(self._hear)

    def _wrapped(self, step: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(step)
        def run(*args: Any, **values: Any) -> Any:
            self.pass_by()
            result = step(*args, **values)
            self.pass_by()
            return result

        return run

    def _hear(self, name: str, args: tuple[Any, ...]) -> None:
        if name in _EVENTS and any(self._root in str(arg) for arg in args[:2] if isinstance(arg, str | Path)):
            self.pass_by()


def main(what: str, ledger: str, folder: str, most: str) -> None:
    """Prepare, count the points, kill at a spread of them from the first to the last, and look each time."""
    base, work = Path(folder) / "base", Path(folder) / "work"
    load_taxonomy()  # The processes inherit it.
    in_child(lambda: prepare(Path(ledger), base))
    shutil.copytree(base, work, symlinks=True)
    total = in_child(lambda: act(what, work, None))
    points = sorted({round(number * (total - 1) / (int(most) - 1)) for number in range(int(most))})
    found: collections.Counter[str] = collections.Counter()
    for point in points:
        shutil.rmtree(work)
        shutil.copytree(base, work, symlinks=True)
        killed = in_child(functools.partial(act, what, work, point), may_die=True)
        assert killed == -signal.SIGKILL, f"point {point} was not passed"
        found[("old", "new")[in_child(functools.partial(look, what, work))]] += 1
    print(json.dumps({"points": total, "killed": len(points), **found}))


def in_child(job: Callable[[], int], *, may_die: bool = False) -> int:
    """Do a job in a fork; give its number through a pipe, or the signal that ended it, negative."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, str(job()).encode())
        except BaseException:  # noqa: BLE001 - whatever it is, the parent is told by the exit status
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writing)
    text = os.read(reading, 100)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert may_die, "a child died"
        return -os.WTERMSIG(status)
    assert os.waitstatus_to_exitcode(status) == 0, "a child failed; what it said is above"
    return int(text)


def prepare(ledger: Path, base: Path) -> int:
    """Publish two editions of two incidents, and approve a third incident that waits for the next."""
    base.mkdir(parents=True)
    shutil.copyfile(ledger, base / "ledger.sqlite")
    engine = open_engine(f"sqlite:///{base / 'ledger.sqlite'}")
    store = EditionStore(base / "editions")
    with session_factory(engine).begin() as session:
        add_person(session, "Ada")
        add_person(session, "Bo")
    add(engine, "One")
    add(engine, "Two")
    publishing.publish(engine, store, by="Bo")
    publishing.publish(engine, store, by="Bo")
    add(engine, "Three")
    engine.dispose()
    return 0


def add(engine: Any, title: str) -> None:
    """Record and approve an incident."""
    with session_factory(engine).begin() as session:
        incident = record(session, make_draft(title=title), by=find_person(session, "Ada"))
        session.flush()
        approve(session, [incident], by=find_person(session, "Bo"))


def act(what: str, work: Path, fatal: int | None) -> int:
    """Publish, or withdraw the incident named One, dying at a point; give the number of points."""
    engine = open_engine(f"sqlite:///{work / 'ledger.sqlite'}")
    store = EditionStore(work / "editions")
    with session_factory(engine)() as session:
        (one,) = session.scalars(select(Incident.public_id).where(Incident.title == "One"))
    counter = Counter(str(store.root), fatal)
    counter.watch()
    if what == "ahead":
        ahead.make_ahead(engine, store, load_taxonomy(), address="", least=1)
    if what in {"publish", "ahead"}:
        publishing.publish(engine, store, by="Bo")
    else:
        publishing.withdraw(engine, store, [one], reason="error", by="Bo")
    return counter.seen


def look(what: str, work: Path) -> int:
    """Check what readers find, then that the next publication mends everything; give 1 for the new edition."""
    store = EditionStore(work / "editions")
    name = store.current().name
    assert manifest.verify(store.root / name) == []
    engine = open_engine(f"sqlite:///{work / 'ledger.sqlite'}")
    with session_factory(engine)() as session:
        withdrawn = session.scalars(select(Incident.withdrawn).where(Incident.title == "One")).one()
    if what in {"publish", "ahead"}:
        assert name in {"2", "3"}, name
        assert titles(store) == ({"One", "Two"} if name == "2" else {"One", "Two", "Three"})
    else:
        assert name in {"2", "2.1"}, name
        hidden = bool(tombstones.read_tombstones(store.root))
        assert withdrawn or not hidden, "nothing is hidden that the ledger does not know to be withdrawn"
        assert titles(store) == ({"Two"} if hidden else {"One", "Two"})
    publishing.publish(engine, store, by="Bo")
    names = store.names()
    for kept in names:
        assert manifest.verify(store.root / kept) == [], kept
        assert ("One" in titles(store, kept)) == (not withdrawn), kept
    assert names[-1] == store.current_name()
    assert int(names[-1]) > int(name.partition(".")[0])
    leftovers = {path.name for path in store.root.iterdir()}
    assert leftovers <= {*names, "current", "tombstones.json", ".tombstones.lock", ".publishing.lock"}, leftovers
    assert [path.name for path in work.iterdir() if path.is_dir()] == ["editions"]
    with session_factory(engine)() as session:
        states = {(row.number, row.amendment): row.state for row in session.scalars(select(Edition))}
    assert "reserved" not in states.values(), states
    for kept in names:
        number, _, amendment = kept.partition(".")
        assert states[int(number), int(amendment or 0)] == "published", states
    engine.dispose()
    return int(name in {"3", "2.1"})


def titles(store: EditionStore, name: str | None = None) -> set[str]:
    """Give the titles that an edition shows."""
    with store.reading(name) as edition:
        shown = {detail["title"] for detail in edition.details()}
        assert len(shown) == edition.counts().total
        assert sum(block.count(b'"type":"Feature"') for block in edition.features()) == len(shown)
        return shown


if __name__ == "__main__":
    faulthandler.enable()
    main(*sys.argv[1:])
