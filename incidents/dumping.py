"""The whole ledger to files and back, exactly as it is, while it is in use. It knows no rule of the trade.

SpatiaLite is copied by SQLite's own backup. PostGIS is copied table by table in one snapshot by PostgreSQL's COPY:
pg_dump would have to be installed beside us in the server's version, and a copy made by way of our models would
leave out what an older ledger has, which is saved just before its upgrade.
"""

import json
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from psycopg import sql
from sqlalchemy import Connection, Engine, inspect, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from incidents.database import migration_config, open_engine, snapshot
from incidents.errors import BadBackup, LedgerExists, PostGISMissing

_SQLITE_FILE = "ledger.sqlite"
_COLUMNS = "columns.json"
_BLOCK = 1 << 20

# Every table but those of extensions, and Alembic's, which the migrations write when they make the tables.
_TABLES = text("""
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname <> 'alembic_version'
    AND NOT EXISTS (
        SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
    ORDER BY c.relname
""")


def schema_at(connection: Connection) -> str:
    """Give the migration that the ledger's tables are at."""
    (head,) = MigrationContext.configure(connection).get_current_heads()
    return str(head)


def is_newest_schema(schema: str) -> bool:
    """Whether tables at this migration are this version's."""
    return ScriptDirectory.from_config(migration_config()).get_heads() == [schema]


def ledger_is_there(url: str) -> bool:
    """Whether anything stands where a ledger would be restored to."""
    engine = open_engine(url)
    try:
        if engine.dialect.name == "sqlite":
            return Path(str(engine.url.database)).exists()
        found = inspect(engine)
        return found.has_table("ledger") or found.has_table("alembic_version")
    finally:
        engine.dispose()


def dump_ledger(engine: Engine, folder: Path) -> None:
    """Write one state of the whole ledger into an empty folder; writers go on meanwhile."""
    if engine.dialect.name == "sqlite":
        _dump_sqlite(engine, folder / _SQLITE_FILE)
    else:
        _dump_postgresql(engine, folder)


def load_ledger(url: str, folder: Path, schema: str, check: Callable[[Session], None]) -> None:
    """Make the ledger that `dump_ledger` wrote, whole or not at all, and commit it.

    schema: as `schema_at` gave it. check: called with a session on what was loaded, before it is committed or
    put in place. Raises LedgerExists, PostGISMissing, BadBackup.
    """
    if make_url(url).get_backend_name() == "sqlite":
        _load_sqlite(Path(str(make_url(url).database)), folder / _SQLITE_FILE, check)
        return
    engine = open_engine(url)
    try:
        _load_postgresql(engine, folder, schema, check)
    finally:
        engine.dispose()


def give_name(half: Path, file: Path) -> None:
    """Give a finished file its name, replacing nothing. Raises FileExistsError."""
    try:
        file.hardlink_to(half)
    except FileExistsError:
        raise
    except OSError:
        # Some disks know no hard links; then a look beforehand must do.
        if file.exists():
            raise FileExistsError(file) from None
        half.rename(file)
    half.unlink(missing_ok=True)


def _dump_sqlite(engine: Engine, file: Path) -> None:
    with closing(engine.raw_connection()) as ledger:
        source: Any = ledger.driver_connection
        # The same driver opens the copy, which needs nothing of SpatiaLite.
        with closing(type(source)(str(file))) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # One file, without a companion that could be lost.


def _load_sqlite(ledger: Path, file: Path, check: Callable[[Session], None]) -> None:
    ledger.parent.mkdir(parents=True, exist_ok=True)
    half = ledger.with_name(f".{ledger.name}.restoring")
    try:
        # The ledger may lie on another disk than what was unpacked. Nobody else may read what is not public.
        half.touch(mode=0o600)
        shutil.copyfile(file, half)
        with half.open("rb") as copied:
            os.fsync(copied.fileno())
        engine = open_engine(f"sqlite:///{half}")
        try:
            with Session(engine) as session:
                check(session)
        finally:
            engine.dispose()
        give_name(half, ledger)
    except FileExistsError:
        raise _there_already() from None
    finally:
        for end in ("", "-wal", "-shm"):
            half.with_name(half.name + end).unlink(missing_ok=True)


def _there_already() -> LedgerExists:
    return LedgerExists("there is a ledger already; it is left as it is")


def _dump_postgresql(engine: Engine, folder: Path) -> None:
    columns: dict[str, list[str]] = {}
    with snapshot(engine) as session:
        connection = session.connection()
        inspector = inspect(connection)
        for table in connection.scalars(_TABLES).all():
            columns[table] = [column["name"] for column in inspector.get_columns(table) if "computed" not in column]
            # In the order of the key, since a trigger wants to see what is approved before its approval.
            key = inspector.get_pk_constraint(table)["constrained_columns"] or columns[table]
            query = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
                _names(columns[table]), sql.Identifier(table), _names(key)
            )
            with (
                _cursor(connection) as cursor,
                cursor.copy(query) as copy,
                (folder / f"{table}.copy").open("wb") as file,
            ):
                for block in copy:
                    file.write(block)
    (folder / _COLUMNS).write_text(json.dumps(columns), encoding="utf-8")


def _load_postgresql(engine: Engine, folder: Path, schema: str, check: Callable[[Session], None]) -> None:
    columns = json.loads((folder / _COLUMNS).read_text(encoding="utf-8"))
    with engine.begin() as connection:
        if inspect(connection).has_table("alembic_version"):
            raise _there_already()
        _make_tables(connection, schema)
        inspector = inspect(connection)
        order = [name for name, _ in inspector.get_sorted_table_and_fkc_names() if name and name in columns]
        # What the ledger says of itself, and what keys it knows, comes first: triggers ask for it.
        order.sort(key=lambda name: name not in {"ledger", "taxonomy_key"})
        if missing := columns.keys() - set(order):
            msg = f"the backup has tables that this version does not make: {', '.join(sorted(missing))}"
            raise BadBackup(msg)
        for table in order:
            query = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _names(columns[table]))
            with (
                _cursor(connection) as cursor,
                cursor.copy(query) as copy,
                (folder / f"{table}.copy").open("rb") as file,
            ):
                while block := file.read(_BLOCK):
                    copy.write(block)
        _set_sequences(connection, columns)
        check(Session(connection))


def _make_tables(connection: Connection, schema: str) -> None:
    try:
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
    except DBAPIError:
        msg = "the database has no PostGIS: install postgresql-postgis and run CREATE EXTENSION postgis as superuser"
        raise PostGISMissing(msg) from None
    try:
        command.upgrade(migration_config(connection), schema)
    except CommandError:
        msg = "the backup was made by a newer version of Bearing"
        raise BadBackup(msg) from None


def _set_sequences(connection: Connection, columns: dict[str, list[str]]) -> None:
    """Let numbers go on after the greatest that was restored."""
    for table, names in columns.items():
        if "id" not in names:
            continue
        sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": f'"{table}"'})
        if sequence:
            query = f'SELECT setval(:sequence, COALESCE(MAX(id), 0) + 1, false) FROM "{table}"'
            connection.execute(text(query), {"sequence": sequence})


def _names(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in columns)


def _cursor(connection: Connection) -> Any:  # noqa: ANN401 - the driver's cursor, which SQLAlchemy does not type
    driver: Any = connection.connection.driver_connection
    return driver.cursor()
