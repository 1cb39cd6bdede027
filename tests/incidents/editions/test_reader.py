import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from incidents.editions import database, shelf
from incidents.editions.columns import NO_START
from incidents.editions.database import Database
from incidents.editions.errors import (
    AlreadyPublishing,
    EditionBusy,
    EditionDamaged,
    EditionGone,
    EditionNotFound,
    NoEditionYet,
)
from incidents.editions.manifest import read_manifest, verify
from incidents.editions.reader import EditionStore
from incidents.editions.tombstones import add_tombstone, read_tombstones
from incidents.filters import IncidentFilter
from tests.factories import make_id, make_public, make_random_rows, make_store, write_edition

AT = "2026-01-02T03:04:05+00:00"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "editions"


def test_nothing_is_published_yet(root: Path) -> None:
    store = EditionStore(root)
    with pytest.raises(NoEditionYet):
        store.current()
    assert store.names() == []
    assert store.list() == []


def test_a_new_edition_is_noticed_without_restart(root: Path) -> None:
    store = make_store(root, [make_public(1)])
    assert store.current().name == "1"
    first = store.current()
    assert store.current() is first, "an edition is opened once"
    write_edition(root, [make_public(1), make_public(2)], "2")
    assert store.current().name == "2"
    assert store.current().counts().total == 2


def test_a_held_reading_ends_on_the_edition_it_began_with(root: Path) -> None:
    store = make_store(root, make_random_rows(1_200))
    with store.reading() as edition:
        blocks = edition.features()
        begun = next(blocks)
        write_edition(root, [make_public(1)], "2")
        for _ in range(5):
            assert store.current().name == "2"
        shelf.prune(root, 1)
        assert not (root / "1").exists()
        features = json.loads(b"[" + b",".join([begun, *blocks]) + b"]")
        assert len(features) == 1_200
        assert {feature["properties"]["edition"] for feature in features} == {"1"}
        assert edition.counts().total == 1_200
        assert len(edition.packed_columns()) > 1_000


def test_editions_have_names_and_nothing_else_is_one(root: Path) -> None:
    store = make_store(root, [make_public(1)])
    (root / ".making-2").mkdir()
    (root / "old").mkdir()
    assert store.names() == ["1"]
    for name in ("2", "../1", "current", "", "01", "1.0", "1/", "-1", "٣"):
        with pytest.raises(EditionNotFound):
            store.get(name)


def test_an_amended_edition_is_gone_and_a_pruned_one_not_found(root: Path) -> None:
    store = make_store(root, [make_public(1)])
    write_edition(root, [make_public(1)], "2")
    write_edition(root, [], "2.1")
    for _ in range(2):  # Before the old folder goes, and after.
        with pytest.raises(EditionGone) as moved:
            store.get("2")
        assert moved.value.successor == "2.1"
        shelf.tidy(root)
    assert store.names() == ["1", "2.1"]
    shelf.prune(root, 1)
    with pytest.raises(EditionNotFound):
        store.get("1")
    assert store.current().name == "2.1"


def test_a_tombstone_is_heeded_at_once(root: Path) -> None:
    store = make_store(root, [make_public(1, links=(make_id(2),)), make_public(2), make_public(3)])
    before = store.current()
    etag = before.etag
    add_tombstone(root, [make_id(2)], reason="safety", at=AT)
    edition = store.current()
    assert edition.hidden
    assert edition.etag != etag, "nobody may go on with what they cached"
    assert (edition.counts().total, edition.counts().matched, edition.counts().incidents) == (2, 2, 2)
    assert edition.detail(make_id(2)) is None
    assert {detail["id"] for detail in edition.details()} == {make_id(1), make_id(3)}
    assert [detail["same_as"] for detail in edition.details()] == [[], []]
    assert make_id(2).encode() not in b"".join(edition.features(IncidentFilter()))
    assert sum(count["incidents"] for count in edition.facets()["kind"].values()) == 2
    assert before.counts().total == 3, "who began before it ends as they began"


def test_columns_leave_out_what_a_tombstone_hides(root: Path) -> None:
    store = make_store(root, [make_public(number) for number in (1, 2, 3)])
    detail = store.current().detail(make_id(2))
    assert detail is not None
    add_tombstone(root, [make_id(2)], reason="safety", at=AT)
    columns = store.current().rows
    number = detail["number"]
    assert (columns.terms.total, columns.terms.withdrawn) == (2, (number,))
    assert [int(values[number]) for values in (columns.x, columns.y, columns.earliest)] == [-1, -1, NO_START]
    assert columns.terms.region_sets[columns.region_set[number]] == ()
    assert store.current().details_by_number([number]) == []


def test_kept_editions_are_busy_until_they_are_amended(root: Path) -> None:
    store = make_store(root, [make_public(1), make_public(2)])
    write_edition(root, [make_public(2)], "2")
    add_tombstone(root, [make_id(1)], reason="safety", at=AT)
    with pytest.raises(EditionBusy):
        store.get("1")
    assert not store.get("2").hidden, "an edition that never had it is none the worse"


def test_an_edition_made_after_a_tombstone_does_not_look_for_it(root: Path) -> None:
    write_edition(root, [make_public(1)])
    add_tombstone(root, [make_id(1)], reason="safety", at=AT)
    store = make_store(root, [make_public(1)], "2", tombstones=1)
    assert store.current().detail(make_id(1)) is not None


def test_tombstones_that_cannot_be_read_stop_every_answer(root: Path) -> None:
    store = make_store(root, [make_public(1)])
    store.current()
    (root / "tombstones.json").write_text("{half")
    with pytest.raises(EditionDamaged):
        store.current()


def test_tombstones_of_many_writers_are_all_kept(root: Path) -> None:
    def bury(number: int) -> None:
        add_tombstone(root, [make_id(number)], reason="safety", at=AT)

    threads = [threading.Thread(target=bury, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stones = read_tombstones(root)
    assert [stone.number for stone in stones] == list(range(1, 21))
    assert {stone.ids for stone in stones} == {(make_id(number),) for number in range(20)}


def test_verifying_names_what_is_wrong(root: Path) -> None:
    write_edition(root, [make_public(1)])
    assert verify(root / "1") == []
    (root / "1" / "taxonomy.json").write_text("{}")
    (root / "1" / "incidents.parquet").unlink()
    (root / "1" / "extra").write_text("")
    assert verify(root / "1") == [
        "incidents.parquet is missing",
        "taxonomy.json is not the file that was published",
        "extra does not belong to the edition",
    ]


def test_the_lock_is_one_person_s_at_a_time(root: Path) -> None:
    with shelf.exclusively(root), pytest.raises(AlreadyPublishing), shelf.exclusively(root, wait_s=0.2):
        pytest.fail("two hold the lock")
    with shelf.exclusively(root):
        pass


def test_tidying_finishes_what_a_killed_publisher_left(root: Path) -> None:
    store = make_store(root, [make_public(1)])
    write_edition(root, [make_public(1)], "2")
    shelf.switch_current(root, "1")  # As if killed between putting 2 in place and switching to it.
    (root / ".making-3").mkdir()
    (root / ".making-3" / "incidents.duckdb").write_bytes(b"half")
    (root / ".current.77").symlink_to("3")
    shelf.tidy(root)
    assert store.current().name == "2"
    assert sorted(path.name for path in root.iterdir() if path.name.startswith((".making", ".current"))) == []


def test_a_tagged_edition_is_kept_through_its_amendments(root: Path) -> None:
    for name in ("1", "2", "3"):
        write_edition(root, [make_public(1)], name)
    shelf.tag(root, "paper", "1")
    write_edition(root, [], "1.1")
    shelf.switch_current(root, "3")
    shelf.tidy(root)
    assert shelf.prune(root, 1) == ["2"]
    assert EditionStore(root).names() == ["1.1", "3"]
    shelf.untag(root, "paper")
    assert shelf.prune(root, 1) == ["1.1"]
    with pytest.raises(EditionNotFound):
        shelf.tag(root, "paper", "9")


# A program of its own, since nobody should fork beside the other threads of a test run.
FORKING = """
import os, sys
from pathlib import Path
from incidents.editions.reader import EditionStore
store = EditionStore(Path(sys.argv[1]))
before = store.current()
assert before.counts().total == 1
child = os.fork()
if not child:
    mine = store.current()
    os._exit(0 if mine is not before and mine.counts().total == 1 else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert store.current() is before
assert before.counts().total == 1
"""


def test_a_forked_worker_opens_its_own(root: Path) -> None:
    """Handles that were opened before a fork are never used after it."""
    make_store(root, [make_public(1)])
    done = subprocess.run(
        [sys.executable, "-c", FORKING, str(root)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def switching(root: Path) -> Iterator[EditionStore]:
    """Give a store whose editions another thread keeps switching and pruning."""
    store = make_store(root, [make_public(1)])
    stop = threading.Event()

    def publish() -> None:
        number = 2
        while not stop.is_set():
            write_edition(root, [make_public(one) for one in range(1, number + 1)], str(number))
            shelf.prune(root, 1)
            number += 1

    thread = threading.Thread(target=publish)
    thread.start()
    yield store
    stop.set()
    thread.join()


def test_readers_see_whole_editions_while_others_come_and_go(switching: EditionStore) -> None:
    import time

    seen: set[str] = set()
    deadline = time.monotonic() + 30
    while len(seen) < 8 and time.monotonic() < deadline:
        with switching.reading() as edition:
            assert edition.counts().total == edition.number == edition.manifest.rows
            assert len(edition.details(limit=500)) == edition.number
            seen.add(edition.name)
    assert len(seen) == 8


def test_one_edition_is_opened_by_one_thread_at_a_time(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_edition(root, make_random_rows(3))
    both, met = threading.Barrier(2), list[int]()

    def connect(*args: Any, **values: Any) -> Any:
        with suppress(threading.BrokenBarrierError):
            met.append(both.wait(0.2))
        return duckdb.connect(*args, **values)

    monkeypatch.setattr(database, "duckdb", SimpleNamespace(**{**vars(duckdb), "connect": connect}))
    threads = [threading.Thread(target=Database, args=(root / "1",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert met == []


def test_manifests_of_newer_programs_are_refused(root: Path) -> None:
    write_edition(root, [make_public(1)])
    path = root / "1" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99}))
    with pytest.raises(EditionDamaged, match="newer version"):
        read_manifest(root / "1")


def test_bare_hashes_of_files_replaced_long_ago_are_not_passed_on(root: Path) -> None:
    write_edition(root, [make_public(1)])
    path = root / "1" / "manifest.json"
    bare = {"at": AT, "reason": "safety", "replaced": "1", "files": {"columns.arrow": "5ea1" * 16}, "removed": 1}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"amendments": [bare]}))
    (amendment,) = read_manifest(root / "1").amendments
    assert (amendment.reason, amendment.removed, amendment.sealed) == ("safety", 1, {})


def test_reading_writes_nothing(root: Path) -> None:
    store = make_store(root, [make_public(1)])
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    edition = store.current()
    edition.details()
    list(edition.features())
    edition.facets()
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before
    assert (root / "current").readlink() == Path("1")
