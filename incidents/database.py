"""The ledger's database: opened, created, brought to this version's tables, and read in one snapshot.

It decides nothing about incidents, and nothing here commits but the making of the ledger itself.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, select, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from incidents import clock
from incidents.errors import (
    LedgerExists,
    LedgerMissing,
    LedgerOutOfReach,
    LedgerTooNew,
    PostGISMissing,
    UnknownDatabase,
)
from incidents.models import Ledger

_MIGRATIONS = Path(__file__).parent.parent / "migrations"


def open_engine(url: str) -> Engine:
    """Open the ledger's database: sqlite:///FILE for SpatiaLite, postgresql://... for PostGIS.

    Raises UnknownDatabase, without repeating the address, which may hold a password. Connecting comes later, and
    may raise SpatiaLiteMissing.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        msg = "the ledger's address is not understood: it is sqlite:///FILE or postgresql://USER@HOST/NAME"
        raise UnknownDatabase(msg) from None
    backend = address.get_backend_name()
    if backend == "sqlite":
        # Loading SpatiaLite's companions takes a second, which who uses PostGIS need not wait.
        from incidents.spatialite import open_spatialite  # noqa: PLC0415

        return open_spatialite(address.set(drivername="sqlite"))
    if backend == "postgresql":
        # Errors must not carry what was to be written into a log.
        engine = create_engine(address.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True)
        event.listen(engine, "handle_error", _leave_out_the_row)
        return engine
    msg = f"the ledger's database is SQLite or PostgreSQL, not {backend}"
    raise UnknownDatabase(msg)


def _leave_out_the_row(context: ExceptionContext) -> None:
    """Cut PostgreSQL's errors short before the row that failed, which they print whole."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\nDETAIL:")[0], *error.args[1:])


def session_factory(engine: Engine) -> sessionmaker[Session]:
    """Make sessions; who makes one commits it, once."""
    return sessionmaker(engine)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """Give a session that reads one state of the whole ledger, however long it takes, and holds up no writer."""
    options: dict[str, dict[str, Any]] = {
        "sqlite": {"sqlite_begin": "DEFERRED"},
        "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    }
    with Session(engine.execution_options(**options[engine.dialect.name])) as session:
        try:
            yield session
        finally:
            session.rollback()


def create_ledger(engine: Engine, *, demonstration: bool) -> None:
    """Make an empty ledger with the shipped boundaries, and commit it: whole, or not at all.

    demonstration: whether it approves by itself; a trigger refuses to change that later. Raises LedgerExists,
    PostGISMissing, SpatiaLiteMissing, LedgerOutOfReach.
    """
    # Boundaries take a second to load and are needed by few.
    from incidents.boundaries import load_world  # noqa: PLC0415

    _reach(engine)
    if inspect(engine).has_table("ledger"):
        msg = "there is a ledger already; it is left as it is"
        raise LedgerExists(msg)
    _make_spatial(engine)
    with engine.begin() as connection:
        _upgrade(connection)
        session = Session(connection)
        session.add(Ledger(id=1, ledger_id=secrets.token_hex(16), demonstration=demonstration, created_at=clock.now()))
        load_world(session)
        session.flush()  # The connection, not this session, is what commits.


def upgrade_ledger(engine: Engine) -> None:
    """Bring an existing ledger to this version's tables, and commit that: wholly, or not at all.

    Raises LedgerMissing, and LedgerTooNew for the tables of a newer version.
    """
    _reach(engine)
    if not inspect(engine).has_table("ledger"):
        msg = "there is no ledger to upgrade: create one with `bearing init`"
        raise LedgerMissing(msg)
    try:
        with _migrating(engine) as connection:
            _upgrade(connection)
    except CommandError:
        msg = "the ledger was made by a newer version of this program: use that one"
        raise LedgerTooNew(msg) from None


def schema_is_current(engine: Engine) -> bool:
    """Whether the ledger has this version's tables."""
    _reach(engine)
    with engine.connect() as connection:
        found = set(MigrationContext.configure(connection).get_current_heads())
    return found == set(ScriptDirectory.from_config(migration_config()).get_heads())


def is_demonstration(session: Session) -> bool:
    """Whether this ledger approves by itself."""
    return session.scalars(select(Ledger.demonstration)).one()


def migration_config(connection: Connection | None = None) -> Config:
    """Configure Alembic for our scripts, on this connection."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(migration_config(connection), "head")


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """Give a transaction in which tables may be rebuilt: SQLite must not follow foreign keys meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            raw = connection.connection.cursor()
            raw.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            if engine.dialect.name == "sqlite":
                connection.connection.cursor().execute("PRAGMA foreign_keys = ON")


def _reach(engine: Engine) -> None:
    try:
        with engine.connect():
            pass
    except OperationalError as error:
        msg = f"the ledger's database does not answer: {str(error.orig).strip().splitlines()[0]}"
        raise LedgerOutOfReach(msg) from None


def _make_spatial(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        from incidents.spatialite import add_spatial_tables  # noqa: PLC0415 - not for who uses PostGIS

        add_spatial_tables(engine)
        return
    try:
        with engine.begin() as connection:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
    except DBAPIError:
        msg = "the database has no PostGIS: install postgresql-postgis and run CREATE EXTENSION postgis as superuser"
        raise PostGISMissing(msg) from None
