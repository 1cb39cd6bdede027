"""Backups: restored and compared row by row, made while in use, and never half a file that looks whole."""

import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, func, select, text

from geodata.locations import Location
from geodata.precision import Precision
from incidents import history, review
from incidents.backup import back_up, restore
from incidents.database import migration_config, open_engine, session_factory, snapshot
from incidents.drafts import IncidentDraft
from incidents.editions.reader import EditionStore
from incidents.errors import BackupExists, BadBackup, BrokenHistory, LedgerExists
from incidents.importing.founding_record import read_founding_record
from incidents.models import Base, Incident
from incidents.people import add_person, find_person
from incidents.publishing import publish
from incidents.recording import record, record_many
from tests.conftest import BACKENDS, LedgerTemplates

Place = dict[str, Any]


def somewhere(title: str = "A strike") -> IncidentDraft:
    return IncidentDraft("airstrike", title, Location(Precision.UNKNOWN, "The source names no place.", "none"))


@pytest.fixture(scope="module", params=BACKENDS)
def original(
    request: pytest.FixtureRequest, ledger_templates: LedgerTemplates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """Make a ledger with the founding record, published; a draft; and a piece of evidence. Nobody changes them."""
    folder = tmp_path_factory.mktemp("original")
    url = ledger_templates.make_url(request.param, demonstration=False)
    engine = open_engine(url)
    dataset, drafts = read_founding_record()
    with session_factory(engine).begin() as session:
        ada, bo = add_person(session, "Ada"), add_person(session, "Bo")
        batch = record_many(session, drafts, by=ada, dataset=dataset, file_hash="0" * 64, filename="f.yaml")
        review.approve_batch(session, batch.id, by=bo)
    publish(engine, EditionStore(folder / "editions"), by="Bo", note="first")
    with session_factory(engine).begin() as session:
        record(session, somewhere("A draft"), by=find_person(session, "Ada"))
    engine.dispose()
    (folder / "evidence").mkdir()
    (folder / "evidence" / "ab12").write_bytes(bytes(range(256)) * 5_000)
    yield url, folder
    ledger_templates.throw_away(url)


@pytest.fixture
def ledger_url(original: tuple[str, Path], ledger_templates: LedgerTemplates) -> Iterator[str]:
    """Give the address of a copy of that ledger."""
    url = ledger_templates.copy(original[0])
    yield url
    ledger_templates.throw_away(url)


@pytest.fixture
def full(original: tuple[str, Path], tmp_path: Path) -> Place:
    """Copy what lies beside it."""
    shutil.copytree(original[1], tmp_path / "here", symlinks=True)
    return {"editions": tmp_path / "here" / "editions", "evidence": tmp_path / "here" / "evidence"}


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, ledger_engine: Engine, tmp_path: Path) -> Iterator[Place]:
    """Give an empty place of the same kind of database."""
    place: Place = {"editions": tmp_path / "there" / "editions", "evidence": tmp_path / "there" / "evidence"}
    if ledger_engine.dialect.name == "sqlite":
        yield {**place, "url": f"sqlite:///{tmp_path}/there/ledger.sqlite"}
        return
    server = request.getfixturevalue("postgis_server")
    name = server.create_database()
    yield {**place, "url": server.url(name)}
    server.drop_database(name)


def rows(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Give every row of every table, in order, as the database has it."""
    with snapshot(engine) as session:
        return {
            name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))]
            for name, table in Base.metadata.tables.items()
        }


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def is_empty(place: Place) -> bool:
    folders = [place["editions"], place["evidence"]]
    if any(path.exists() and any(path.iterdir()) for path in folders):
        return False
    if place["url"].startswith("sqlite"):
        return not any(Path(place["url"].removeprefix("sqlite:///")).parent.glob("*ledger*"))
    engine = open_engine(place["url"])
    with engine.connect() as connection:
        found = connection.scalar(
            text("SELECT count(*) FROM pg_tables WHERE tablename IN ('ledger', 'alembic_version')")
        )
    engine.dispose()
    return not found


def test_what_is_restored_is_what_was_saved(
    ledger_engine: Engine, full: Place, elsewhere: Place, tmp_path: Path
) -> None:
    file = tmp_path / "save.bearing"
    saved = back_up(ledger_engine, file, **full)
    assert restore(file=file, **elsewhere) == saved
    engine = open_engine(elsewhere["url"])
    assert rows(engine) == rows(ledger_engine)
    for folder in ("editions", "evidence"):
        assert files(elsewhere[folder]) == files(full[folder])
    assert EditionStore(elsewhere["editions"]).current().name == "1"
    with session_factory(engine).begin() as session:
        history.verify_chain(session)
        record(session, somewhere("After it"), by=find_person(session, "Ada"))
        history.verify_chain(session)
    assert publish(engine, EditionStore(elsewhere["editions"]), by="Bo").name == "2"
    engine.dispose()


def test_only_its_owner_may_read_it_and_what_comes_back(
    ledger_engine: Engine, full: Place, elsewhere: Place, tmp_path: Path
) -> None:
    file = tmp_path / "save.bearing"
    back_up(ledger_engine, file, **full)
    assert file.stat().st_mode & 0o777 == 0o600
    place = elsewhere["evidence"].parent
    restore(elsewhere["url"], file, editions=elsewhere["editions"], evidence=elsewhere["evidence"])
    assert [path.stat().st_mode & 0o777 for path in (place, elsewhere["evidence"])] == [0o700, 0o700]
    assert [path.stat().st_mode & 0o777 for path in elsewhere["evidence"].iterdir()] == [0o600]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_it_is_one_state_of_a_ledger_in_use(
    ledger_engine: Engine, full: Place, elsewhere: Place, tmp_path: Path
) -> None:
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            with session_factory(ledger_engine).begin() as session:
                record(session, somewhere(), by=find_person(session, "Ada"))

    def links(engine: Engine) -> int:
        with snapshot(engine) as session:
            return history.verify_chain(session).length

    before = links(ledger_engine)
    worker = threading.Thread(target=work)
    worker.start()
    try:
        back_up(ledger_engine, tmp_path / "save.bearing", **full)
    finally:
        stop.set()
        worker.join()
    restore(file=tmp_path / "save.bearing", **elsewhere)
    engine = open_engine(elsewhere["url"])
    assert before <= links(engine) <= links(ledger_engine)
    engine.dispose()


def test_nothing_is_overwritten(ledger_engine: Engine, full: Place, elsewhere: Place, tmp_path: Path) -> None:
    file = tmp_path / "save.bearing"
    file.write_bytes(b"precious")
    with pytest.raises(BackupExists):
        back_up(ledger_engine, file, **full)
    assert file.read_bytes() == b"precious"
    file.unlink()
    back_up(ledger_engine, file, **full)
    with pytest.raises(BackupExists, match="not empty"):
        restore(elsewhere["url"], file, editions=full["editions"], evidence=elsewhere["evidence"])
    with pytest.raises(BackupExists, match="not empty"):
        restore(elsewhere["url"], file, editions=elsewhere["editions"], evidence=full["evidence"])
    assert is_empty(elsewhere)
    restore(file=file, **elsewhere)
    before = files(elsewhere["editions"])
    with pytest.raises(LedgerExists):
        restore(elsewhere["url"], file, editions=tmp_path / "new", evidence=tmp_path / "newer")
    assert files(elsewhere["editions"]) == before
    assert not (tmp_path / "new").exists()


@pytest.fixture(scope="module")
def backup(ledger_templates: LedgerTemplates, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a backup where the database makes no difference, beside the evidence that is in it."""
    folder = tmp_path_factory.mktemp("backup")
    url = ledger_templates.make_url("spatialite", demonstration=False)
    engine = open_engine(url)
    with session_factory(engine).begin() as session:
        record(session, somewhere(), by=add_person(session, "Ada"))
    (folder / "evidence").mkdir()
    (folder / "evidence" / "ab12").write_bytes(bytes(range(251)) * 400)
    file = folder / "save.bearing"
    back_up(engine, file, editions=folder / "editions", evidence=folder / "evidence")
    engine.dispose()
    ledger_templates.throw_away(url)
    return file


@pytest.fixture
def saved(backup: Path, tmp_path: Path) -> Path:
    """Copy it, to be damaged."""
    return shutil.copyfile(backup, tmp_path / "save.bearing")


@pytest.fixture
def target(tmp_path: Path) -> Place:
    there = tmp_path / "there"
    return {"url": f"sqlite:///{there}/ledger.sqlite", "editions": there / "editions", "evidence": there / "evidence"}


@pytest.mark.parametrize("part", [0, 0.001, 0.5, 0.999])
def test_a_file_that_is_cut_off_is_refused(saved: Path, target: Place, part: float) -> None:
    content = saved.read_bytes()
    saved.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(BadBackup):
        restore(file=saved, **target)
    assert is_empty(target)


def test_a_changed_byte_anywhere_is_noticed_or_means_nothing(
    saved: Path, backup: Path, target: Place, tmp_path: Path
) -> None:
    content = saved.read_bytes()
    for at in range(len(content) // 7, len(content), len(content) // 7):
        changed = bytearray(content)
        changed[at] ^= 0x10
        saved.write_bytes(bytes(changed))
        try:
            restore(file=saved, **target)
        except BadBackup:
            assert is_empty(target)
        else:
            # The archive's own padding and time stamps are no part of what is saved.
            assert files(target["evidence"]) == files(backup.parent / "evidence")
            shutil.rmtree(tmp_path / "there")


def rewrite(file: Path, change: Callable[[tarfile.TarInfo, bytes], tuple[tarfile.TarInfo, bytes] | None]) -> None:
    """Write an archive anew with its members changed; None leaves one out."""
    with tarfile.open(file) as archive:
        members = [(member, (archive.extractfile(member) or io.BytesIO()).read()) for member in archive]
    with tarfile.open(file, "w:gz", compresslevel=1) as archive:
        for member, content in members:
            changed = change(member, content)
            if changed is not None:
                changed[0].size = len(changed[1])
                archive.addfile(changed[0], io.BytesIO(changed[1]))


def test_a_file_that_is_missing_changed_or_slipped_in_is_named(saved: Path, target: Place) -> None:
    original = saved.read_bytes()
    for change in (
        lambda member, content: None if member.name == "evidence/ab12" else (member, content),
        lambda member, content: (member, content[:-1] + b"x") if member.name == "evidence/ab12" else (member, content),
    ):
        saved.write_bytes(original)
        rewrite(saved, change)
        with pytest.raises(BadBackup, match="missing or changed, the first is evidence/ab12"):
            restore(file=saved, **target)
        assert is_empty(target)


@pytest.mark.parametrize("name", ["../out", "/out", "evidence/../../out", "secret", "."])
def test_no_file_lands_outside(saved: Path, target: Place, tmp_path: Path, name: str) -> None:
    def change(member: tarfile.TarInfo, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
        if member.name == "evidence/ab12":
            member.name = name
        return member, content

    rewrite(saved, change)
    with pytest.raises(BadBackup):
        restore(file=saved, **target)
    assert is_empty(target)
    assert not (tmp_path / "out").exists()


def test_links_and_other_files_are_refused(saved: Path, target: Place, tmp_path: Path) -> None:
    def change(member: tarfile.TarInfo, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
        if member.name == "evidence/ab12":
            member.type, member.linkname, content = tarfile.SYMTYPE, "/etc/passwd", b""
        return member, content

    rewrite(saved, change)
    with pytest.raises(BadBackup, match="no file"):
        restore(file=saved, **target)
    (tmp_path / "letter.txt").write_text("Dear all")
    with pytest.raises(BadBackup):
        restore(file=tmp_path / "letter.txt", **target)
    assert is_empty(target)


def test_a_backup_without_its_manifest_is_cut_off(saved: Path, target: Place) -> None:
    rewrite(saved, lambda member, content: None if member.name == "manifest.json" else (member, content))
    with pytest.raises(BadBackup, match="no manifest at its end"):
        restore(file=saved, **target)
    assert is_empty(target)


def test_a_ledger_whose_history_was_changed_is_not_put_in_place(
    spatialite_url: str, tmp_path: Path, target: Place
) -> None:
    engine = open_engine(spatialite_url)
    with session_factory(engine).begin() as session:
        record(session, somewhere(), by=add_person(session, "Ada"))
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER chain_link_update"))
        connection.execute(text("UPDATE chain_link SET digest = 'ab'"))
    back_up(engine, tmp_path / "save.bearing", editions=tmp_path / "editions", evidence=tmp_path / "evidence")
    engine.dispose()
    with pytest.raises(BrokenHistory):
        restore(file=tmp_path / "save.bearing", **target)
    assert is_empty(target)


@pytest.mark.postgis
def test_a_backup_goes_back_to_its_own_kind_of_database(
    saved: Path, target: Place, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("postgis_server")
    with pytest.raises(BadBackup, match="is of a ledger on spatialite"):
        restore(server.url(server.create_database()), saved, editions=target["editions"], evidence=target["evidence"])
    assert is_empty(target)


def test_an_older_ledger_is_saved_and_restored_as_it_is(
    ledger_engine: Engine, elsewhere: Place, tmp_path: Path
) -> None:
    with ledger_engine.begin() as connection:
        command.downgrade(migration_config(connection), "-1")
    back_up(ledger_engine, tmp_path / "save.bearing", editions=tmp_path / "e", evidence=tmp_path / "v")
    restore(file=tmp_path / "save.bearing", **elsewhere)
    engine = open_engine(elsewhere["url"])
    with engine.begin() as connection:
        command.upgrade(migration_config(connection), "head")
    with session_factory(engine)() as session:
        history.verify_chain(session)
        assert session.scalar(select(func.count()).select_from(Incident)) == 77
    engine.dispose()


_BACK_UP = """
import sys, time
from pathlib import Path
from incidents import backup
from incidents.database import open_engine

# Say that it has begun, and take long over it, so that it can be killed on the way.
add_file = backup._add_file
def slowly(*given):
    print("adding", flush=True)
    time.sleep(float(sys.argv[4]))
    return add_file(*given)
backup._add_file = slowly
here = Path(sys.argv[2])
backup.back_up(open_engine(sys.argv[1]), Path(sys.argv[3]), editions=here / "editions", evidence=here / "evidence")
"""


@pytest.mark.parametrize("added", [1, 4])
def test_a_killed_backup_leaves_no_file_that_looks_whole(
    ledger_engine: Engine, ledger_url: str, full: Place, tmp_path: Path, added: int
) -> None:
    folder = tmp_path / "saves"
    folder.mkdir()
    command_line = [
        sys.executable,
        "-c",
        _BACK_UP,
        ledger_url,
        str(full["editions"].parent),
        str(folder / "save.bearing"),
    ]
    with subprocess.Popen([*command_line, "0.2"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(added):
            assert process.stdout.readline() == "adding\n"
        os.kill(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert not (folder / "save.bearing").exists()
    assert all(path.name.startswith(".") for path in folder.iterdir())
    back_up(ledger_engine, folder / "save.bearing", **full)
