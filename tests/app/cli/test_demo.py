"""`bearing demo`: an empty folder becomes a published demonstration, once; real work is left alone."""

import hashlib
import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from click.testing import CliRunner, Result
from sqlalchemy import select

from app.cli import bearing
from geodata.locations import Location
from geodata.precision import Precision
from incidents.approved import approved
from incidents.database import (
    create_ledger,
    is_demonstration,
    migration_config,
    open_engine,
    schema_is_current,
    session_factory,
)
from incidents.drafts import IncidentDraft
from incidents.editions.reader import EditionStore
from incidents.models import Incident, Revision
from incidents.people import add_person
from incidents.recording import record
from tests.conftest import PostGISServer

Run = Callable[..., Result]


def running(environment: dict[str, str]) -> Run:
    return lambda *words: CliRunner().invoke(bearing, ["demo", *words], env={"BEARING_PERSON": "", **environment})


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return running({"BEARING_DATA_DIR": str(tmp_path / "var"), "BEARING_DATABASE_URL": ""})


def state(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and "ledger.sqlite" not in path.name
    }


def revisions(url: str) -> list[tuple[int, str]]:
    engine = open_engine(url)
    with session_factory(engine)() as session:
        found = [
            (row.id, row.action) for row in session.execute(select(Revision.id, Revision.action).order_by(Revision.id))
        ]
    engine.dispose()
    return found


def test_an_edition_that_an_older_version_wrote_is_published_anew(run: Run, tmp_path: Path) -> None:
    run()
    manifest = tmp_path / "var" / "editions" / "1" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_bytes()), "format": 2}))
    assert "Edition 2 is published, with 76 incidents." in run().stdout
    assert "Edition 2 is published already." in run().stdout


def test_an_empty_folder_becomes_a_published_demonstration_once(run: Run, tmp_path: Path) -> None:
    var = tmp_path / "var"
    first = run()
    assert first.exit_code == 0, first.output
    assert "76 incidents recorded." in first.stdout
    assert "Edition 1 is published, with 76 incidents." in first.stdout
    edition = EditionStore(var / "editions").current()
    assert (edition.name, edition.manifest.demonstration, edition.manifest.rows) == ("1", True, 76)
    assert (var / "ledger.sqlite").stat().st_mode & 0o077 == 0
    before = state(var), revisions(f"sqlite:///{var}/ledger.sqlite")
    again = run()
    assert again.exit_code == 0, again.output
    assert "Edition 1 is published already." in again.stdout
    assert (state(var), revisions(f"sqlite:///{var}/ledger.sqlite")) == before


@pytest.mark.postgis
def test_an_empty_postgis_database_becomes_one_too(postgis_server: PostGISServer, tmp_path: Path) -> None:
    name = postgis_server.create_database()
    run = running({"BEARING_DATA_DIR": str(tmp_path / "var"), "BEARING_DATABASE_URL": postgis_server.url(name)})
    first, again = run(), run()
    assert "Edition 1 is published, with 76 incidents." in first.stdout, first.output
    assert "Edition 1 is published already." in again.stdout, again.output
    assert EditionStore(tmp_path / "var" / "editions").current().manifest.demonstration
    postgis_server.drop_database(name)


def test_what_a_killed_demonstration_left_undone_the_next_one_does(run: Run, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/var/ledger.sqlite")
    (tmp_path / "var").mkdir()
    create_ledger(engine, demonstration=True)
    engine.dispose()
    done = run()
    assert done.exit_code == 0, done.output
    assert "Edition 1 is published, with 76 incidents." in done.stdout


@pytest.fixture
def real(ledger_url: str, tmp_path: Path) -> tuple[Run, str]:
    """Run in an empty real ledger, on either database."""
    return running({"BEARING_DATA_DIR": str(tmp_path / "var"), "BEARING_DATABASE_URL": ledger_url}), ledger_url


def test_in_an_empty_real_ledger_the_record_waits_for_somebody(real: tuple[Run, str], tmp_path: Path) -> None:
    run, url = real
    done = run()
    assert done.exit_code == 0, done.output
    assert "nothing of them is public yet" in done.stdout
    assert not (tmp_path / "var" / "editions").exists()
    engine = open_engine(url)
    with session_factory(engine)() as session:
        assert not is_demonstration(session)
        assert list(approved(session)) == []
    engine.dispose()
    assert {action for _, action in revisions(url)} == {"record"}
    before = revisions(url)
    again = run()
    assert again.exit_code == 0
    assert "nothing of them is public yet" in again.stdout
    assert revisions(url) == before


def test_what_it_says_to_do_next_in_a_real_ledger_is_all_there_is_to_do(spatialite_url: str, tmp_path: Path) -> None:
    environment = {"BEARING_DATA_DIR": str(tmp_path / "var"), "BEARING_DATABASE_URL": spatialite_url}
    said = running(environment)().stdout
    steps = [line.removeprefix("  bearing ") for line in said.splitlines() if line.startswith("  bearing ")]
    assert [step.split()[0] for step in steps] == ["people", "review", "review", "publish"]
    for step in steps:
        done = CliRunner().invoke(bearing, shlex.split(step.replace("NAME", "Ada")), env=environment)
        assert done.exit_code == 0, (step, done.output)
    edition = EditionStore(tmp_path / "var" / "editions").current()
    assert (edition.manifest.rows, edition.manifest.demonstration) == (76, False)
    assert "wait" not in running(environment)().stdout


def test_a_demonstration_of_an_older_version_is_brought_to_this_one(run: Run, tmp_path: Path) -> None:
    assert run("--unless-real").exit_code == 0
    engine = open_engine(f"sqlite:///{tmp_path / 'var' / 'ledger.sqlite'}")
    with engine.begin() as connection:
        command.downgrade(migration_config(connection), "-1")
    assert not schema_is_current(engine)
    again = run("--unless-real")
    assert again.exit_code == 0, again.output
    assert "published already" in again.stdout
    assert schema_is_current(engine)
    engine.dispose()


def test_real_work_is_left_alone(real: tuple[Run, str]) -> None:
    run, url = real
    engine = open_engine(url)
    with session_factory(engine).begin() as session:
        draft = IncidentDraft("airstrike", "A strike", Location(Precision.UNKNOWN, "No place is named.", "none"))
        record(session, draft, by=add_person(session, "Ada"))
    done = run()
    assert done.exit_code == 1
    assert "this is a real ledger with incidents in it" in done.stderr
    quiet = run("--unless-real")
    assert quiet.exit_code == 0
    assert "left as it is" in quiet.stdout
    with session_factory(engine)() as session:
        assert session.scalars(select(Incident.title)).all() == ["A strike"]
    engine.dispose()


def test_unless_real_leaves_even_an_empty_real_ledger(real: tuple[Run, str]) -> None:
    run, url = real
    assert run("--unless-real").exit_code == 0
    assert revisions(url) == []
