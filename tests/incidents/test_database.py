"""Opening and creating ledgers: settings of both databases, what is missing, and what must not be tried twice."""

import os
import subprocess
import sys
import threading
import traceback
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from incidents import boundaries
from incidents.database import (
    create_ledger,
    is_demonstration,
    open_engine,
    schema_is_current,
    session_factory,
    snapshot,
)
from incidents.errors import LedgerExists, LedgerOutOfReach, PostGISMissing, SpatiaLiteMissing, UnknownDatabase
from incidents.models import Ledger, Person
from incidents.people import add_person
from tests.conftest import PostGISServer


class OutOfDiskError(Exception):
    """Raised in the middle of a creation."""


@pytest.mark.parametrize("url", ["mysql://u:hunter2@h/d", "nonsense", "", "postgres", "oracle://x"])
def test_another_database_is_refused_without_repeating_its_address(url: str) -> None:
    with pytest.raises(UnknownDatabase) as refused:
        open_engine(url)
    assert "hunter2" not in str(refused.value)


def test_a_new_ledger_is_current_and_knows_what_it_is(session: Session, ledger_engine: Engine) -> None:
    assert schema_is_current(ledger_engine)
    assert not is_demonstration(session)
    ledger = session.scalars(select(Ledger)).one()
    assert len(ledger.ledger_id) == 32


def test_a_demonstration_knows_what_it_is(demonstration_engine: Engine) -> None:
    with Session(demonstration_engine) as session:
        assert is_demonstration(session)


def test_a_ledger_is_not_created_twice(ledger_engine: Engine) -> None:
    with pytest.raises(LedgerExists):
        create_ledger(ledger_engine, demonstration=True)
    with Session(ledger_engine) as session:
        assert not is_demonstration(session)


def test_a_creation_that_fails_can_be_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'ledger.sqlite'}")

    def fail(session: Session) -> None:
        raise OutOfDiskError

    with monkeypatch.context() as patched:
        patched.setattr(boundaries, "load_world", fail)
        with pytest.raises(OutOfDiskError):
            create_ledger(engine, demonstration=True)
        assert not schema_is_current(engine)
    create_ledger(engine, demonstration=False)
    with Session(engine) as session:
        assert not is_demonstration(session)
    engine.dispose()


def test_spatialite_is_set_up_for_many_readers_and_one_writer(spatialite_url: str) -> None:
    engine = open_engine(spatialite_url)
    with engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous", "temp_store")
        }
    engine.dispose()
    assert pragmas == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "synchronous": 1,
        "temp_store": 2,
    }


def test_extensions_cannot_be_loaded_through_sql(spatialite_url: str) -> None:
    engine = open_engine(spatialite_url)
    with pytest.raises(DBAPIError, match="not authorized"), engine.connect() as connection:
        connection.execute(text("SELECT load_extension('mod_spatialite')"))
    engine.dispose()


def test_writers_that_read_first_wait_their_turn(ledger_engine: Engine) -> None:
    """On SQLite a transaction that reads and then writes fails at once when another one writes, unless it begins so."""
    make = session_factory(ledger_engine)
    failed: list[Exception] = []

    def write(who: int) -> None:
        try:
            for number in range(20):
                with make.begin() as session:
                    session.scalars(select(Person)).all()
                    add_person(session, f"Person {who} {number}")
        except Exception as error:  # noqa: BLE001 - a thread's failure is told to the test
            failed.append(error)

    threads = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with make() as session:
        assert len(session.scalars(select(Person)).all()) == 80


def test_a_snapshot_cannot_write(ledger_engine: Engine) -> None:
    with snapshot(ledger_engine) as session:
        try:
            add_person(session, "Ada")
        except DBAPIError:
            assert ledger_engine.dialect.name == "postgresql"
    with Session(ledger_engine) as session:
        assert session.scalars(select(Person)).all() == []


def test_a_file_that_is_no_database_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_text("These are my notes. " * 100)
    engine = open_engine(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    with pytest.raises(LedgerOutOfReach, match="cannot be opened"):
        create_ledger(engine, demonstration=False)
    assert (tmp_path / "ledger.sqlite").read_text().startswith("These are my notes.")
    engine.dispose()


def test_a_folder_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'nowhere' / 'ledger.sqlite'}")
    with pytest.raises(LedgerOutOfReach, match="does not answer"):
        schema_is_current(engine)
    engine.dispose()


def test_a_server_that_does_not_answer_is_told_in_one_line() -> None:
    engine = open_engine("postgresql://nobody:hunter2@127.0.0.1:1/nothing")
    with pytest.raises(LedgerOutOfReach) as told:
        schema_is_current(engine)
    assert "\n" not in str(told.value)
    assert "hunter2" not in str(told.value)


@pytest.mark.postgis
def test_postgres_without_postgis_says_what_to_do(postgis_server: PostGISServer) -> None:
    name = postgis_server.create_database()
    engine = open_engine(postgis_server.url(name))
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE plain LOGIN"))
        connection.execute(text("GRANT ALL ON SCHEMA public TO plain"))
    engine.dispose()
    plain = open_engine(postgis_server.url(name).replace("postgres@", "plain@"))
    with pytest.raises(PostGISMissing, match="CREATE EXTENSION postgis"):
        create_ledger(plain, demonstration=False)
    plain.dispose()
    postgis_server.drop_database(name)


def test_errors_do_not_tell_what_was_to_be_written(session: Session) -> None:
    secret = "hunter" * 3
    with pytest.raises(DBAPIError) as told:
        session.execute(text("INSERT INTO person (name) VALUES (:name)"), {"name": secret})
    assert "person" in str(told.value)
    assert secret not in "".join(traceback.format_exception(told.value))


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


def test_without_the_extension_one_sentence_names_the_package(tmp_path: Path) -> None:
    code = f"""
from incidents.database import open_engine, schema_is_current
schema_is_current(open_engine("sqlite:///{tmp_path}/ledger.sqlite"))
"""
    done = run(code, SPATIALITE_LIBRARY_PATH="/nowhere/mod_spatialite")
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"incidents.errors.{SpatiaLiteMissing.__name__}: ")
    assert "libsqlite3-mod-spatialite" in last


@pytest.mark.parametrize("first", ["", "import duckdb, pyarrow", "import geopandas"])
def test_spatialite_and_the_gis_wheels_share_a_process(tmp_path: Path, first: str) -> None:
    """Loaded in the wrong order they corrupt the heap; nobody but `incidents.spatialite` may have to know."""
    code = f"""
{first}
from incidents.database import create_ledger, open_engine
engine = open_engine("sqlite:///{tmp_path}/ledger.sqlite")
create_ledger(engine, demonstration=False)
import duckdb, geopandas, pyarrow, pyogrio, pyproj, shapely
from sqlalchemy import text
places = geopandas.GeoSeries([shapely.Point(95.4, 22.7)] * 1000, crs=4326).to_crs(3857).buffer(1000).to_crs(4326)
pyogrio.write_dataframe(geopandas.GeoDataFrame(geometry=places), "{tmp_path}/places.gpkg")
assert len(geopandas.read_file("{tmp_path}/places.gpkg")) == 1000
geopandas.GeoDataFrame(geometry=places).to_parquet("{tmp_path}/places.parquet")
assert duckdb.sql("SELECT count(*) FROM '{tmp_path}/places.parquet'").fetchall() == [(1000,)]
with engine.connect() as connection:
    area = "SELECT sum(ST_Area(ST_Buffer(polygon, 0.1))) FROM region_polygon WHERE region_id < 50"
    assert connection.execute(text(area)).scalar_one() > 0
engine.dispose()
print("well")
"""
    done = run(code)
    assert (done.returncode, done.stdout.strip()) == (0, "well"), done.stderr


def test_only_one_module_loads_spatialite() -> None:
    folder = Path(__file__).parents[2]
    loading = [
        path.relative_to(folder).as_posix()
        for room in ("app", "geodata", "incidents", "migrations")
        for path in (folder / room).rglob("*.py")
        if "node_modules" not in path.parts and "load_extension(" in path.read_text(encoding="utf-8")
    ]
    assert loading == ["incidents/spatialite.py"]
