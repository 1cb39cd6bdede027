"""Ledgers for tests: a fresh one for each test, copied from a template, on SpatiaLite and on a throwaway PostGIS."""

import datetime as dt
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.orm import Session

from incidents import clock
from incidents.database import create_ledger, open_engine, session_factory
from incidents.models import Person
from incidents.people import add_person

# The same examples in every run: what fails once fails again. How long one takes hangs on what else the machine does.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")

# In bytes: what the ledgers of some test processes take.
_ROOM = 4 << 30

BACKENDS = (pytest.param("spatialite"), pytest.param("postgis", marks=pytest.mark.postgis))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew-pictures", action="store_true", help="Keep what fixed views look like now.")


class KeptTemplates(BytecodeCache):
    """Keeps what pages' templates compile to, so that of many applications in a process one compiles them."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


def pytest_configure() -> None:
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": KeptTemplates()}


class PostGISServer:
    """A PostgreSQL of our own in a temporary folder, on a free port of the loopback interface."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bin = _postgresql_programs()
        self._as_postgres: list[str] = []
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            self._as_postgres = ["runuser", "-u", "postgres", "--"]
            shutil.chown(folder, "postgres")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._made = 0

    def start(self) -> None:
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-p {self._port} -k {self._folder} -c listen_addresses=127.0.0.1 -c fsync=off -c shared_buffers=64MB"
        self._run("pg_ctl", "start", "-w", "-l", str(self._folder / "log"), "-o", options)

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-m", "immediate")

    def create_database(self, template: str = "template0") -> str:
        """Make a database and give its name."""
        self._made += 1
        name = f"ledger_{self._made}"
        with self._administering().connect() as connection:
            # Without it PostgreSQL 15 and later write all that is copied to their log, too, and take twice as long.
            how = " STRATEGY FILE_COPY" if (connection.dialect.server_version_info or (0,)) >= (15,) else ""
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}{how}"))
        return name

    def drop_database(self, name: str) -> None:
        with self._administering().connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))

    def url(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self._port}/{name}"

    def _administering(self) -> Engine:
        url = self.url("postgres").replace("postgresql:", "postgresql+psycopg:")
        return create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)

    def _run(self, program: str, *options: str) -> None:
        command = [*self._as_postgres, str(self._bin / program), "-D", str(self._folder / "data"), *options]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr or done.stdout


def _memory_or_none() -> Path | None:
    """Give a folder in memory, where there is one with room for ledgers.

    There a ledger is copied in a seventh of the time that it takes on a disk from which others are being deleted.
    """
    shared = Path("/dev/shm")  # noqa: S108 - the folders in it get names of their own
    return shared if os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > _ROOM else None


def _postgresql_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        pytest.fail("PostgreSQL with PostGIS is not installed: install postgresql-postgis (Debian, Ubuntu)")
    return found[-1].parent if found else Path(str(on_path)).parent


@pytest.fixture(scope="session")
def postgis_server() -> Iterator[PostGISServer]:
    """Start a PostGIS server for the whole run, and end it."""
    folder = Path(tempfile.mkdtemp(prefix="bearing-postgis-", dir=_memory_or_none()))
    server = PostGISServer(folder)
    try:
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


class LedgerTemplates:
    """Makes fresh ledgers by copying one that was made once, since loading the world's boundaries takes seconds."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path) -> None:
        self._request = request
        self._folder = folder
        self._templates: dict[tuple[str, bool], str] = {}
        self._made = 0

    def make_url(self, backend: str, *, demonstration: bool) -> str:
        """Make a ledger and give its address."""
        key = backend, demonstration
        if key not in self._templates:
            if backend == "spatialite":
                self._templates[key] = f"sqlite:///{self._folder / f'template-{demonstration}.sqlite'}"
            else:
                self._templates[key] = self._server.url(self._server.create_database())
            _create(self._templates[key], demonstration=demonstration)
        return self.copy(self._templates[key])

    def copy(self, url: str) -> str:
        """Copy a ledger that nobody has open, and give the copy's address."""
        if url.startswith("sqlite:"):
            self._made += 1
            file = self._folder / f"ledger-{self._made}.sqlite"
            shutil.copyfile(url.removeprefix("sqlite:///"), file)
            return f"sqlite:///{file}"
        return self._server.url(self._server.create_database(url.rpartition("/")[2]))

    def throw_away(self, url: str) -> None:
        """Delete a ledger that `make_url` made."""
        if url.startswith("sqlite:"):
            for end in ("", "-wal", "-shm"):
                Path(url.removeprefix("sqlite:///") + end).unlink(missing_ok=True)
        else:
            self._server.drop_database(url.rpartition("/")[2])

    @property
    def _server(self) -> PostGISServer:
        found: PostGISServer = self._request.getfixturevalue("postgis_server")
        return found


def _create(url: str, *, demonstration: bool) -> None:
    engine = open_engine(url)
    create_ledger(engine, demonstration=demonstration)
    engine.dispose()


@pytest.fixture(scope="session")
def ledger_templates(request: pytest.FixtureRequest) -> Iterator[LedgerTemplates]:
    with tempfile.TemporaryDirectory(prefix="bearing-ledgers-", dir=_memory_or_none()) as folder:
        yield LedgerTemplates(request, Path(folder))


@pytest.fixture(params=BACKENDS)
def ledger_url(request: pytest.FixtureRequest, ledger_templates: LedgerTemplates) -> Iterator[str]:
    """Give the address of a fresh, empty, real ledger; once on each database."""
    url = ledger_templates.make_url(request.param, demonstration=False)
    yield url
    ledger_templates.throw_away(url)


@pytest.fixture(params=BACKENDS)
def demonstration_url(request: pytest.FixtureRequest, ledger_templates: LedgerTemplates) -> Iterator[str]:
    """Give the address of a fresh, empty demonstration ledger; once on each database."""
    url = ledger_templates.make_url(request.param, demonstration=True)
    yield url
    ledger_templates.throw_away(url)


@pytest.fixture
def spatialite_url(ledger_templates: LedgerTemplates) -> Iterator[str]:
    """Give the address of a fresh, empty, real ledger on SpatiaLite, where the database makes no difference."""
    url = ledger_templates.make_url("spatialite", demonstration=False)
    yield url
    ledger_templates.throw_away(url)


@pytest.fixture
def ledger_engine(ledger_url: str) -> Iterator[Engine]:
    """Open a fresh, empty, real ledger; once on each database."""
    yield from _opened(ledger_url)


@pytest.fixture
def demonstration_engine(demonstration_url: str) -> Iterator[Engine]:
    """Open a fresh, empty demonstration ledger; once on each database."""
    yield from _opened(demonstration_url)


def _opened(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(ledger_engine: Engine) -> Iterator[Session]:
    """Give a session on `ledger_engine`; what a test does not commit is rolled back."""
    with session_factory(ledger_engine)() as session:
        yield session


@pytest.fixture
def ada(session: Session) -> Person:
    """Somebody who records."""
    return add_person(session, "Ada")


@pytest.fixture
def bo(session: Session) -> Person:
    """Somebody else, who may approve what Ada recorded."""
    return add_person(session, "Bo")


# The day on which a test that has the fixture `noon` runs.
TODAY = dt.date(2026, 1, 2)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the ledger's clock go from noon, so that no midnight comes while the test runs."""
    began, at = time.monotonic(), dt.datetime.combine(TODAY, dt.time(12), dt.UTC)
    monkeypatch.setattr(clock, "now", lambda: at + dt.timedelta(seconds=time.monotonic() - began))
