"""SQLite with SpatiaLite: how the embedded ledger is opened. It knows no table and no PostgreSQL."""

import os

# SpatiaLite and these wheels bring libraries of the same names. The process dies of heap corruption, now or later,
# when SpatiaLite is loaded first; this module is the only one that loads it, so they are imported here, before.
import geopandas  # noqa: F401 - see above
import pyogrio  # noqa: F401 - see above
import pyproj  # noqa: F401 - see above
import shapely  # noqa: F401 - see above
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from incidents.errors import LedgerBusy, LedgerOutOfReach, SpatiaLiteMissing

# Many CPythons are built without loadable extensions, so the standard library's sqlite3 is not enough.
try:
    from pysqlite3 import dbapi2
except ImportError:  # pragma: no cover - on aarch64, where pysqlite3 has no wheel
    from sqlean import dbapi2

_PRAGMAS = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    # An import writes to many places of large indexes; pages that fit no cache go to the disk again and again.
    "PRAGMA cache_size = -65536",
)


def open_spatialite(url: URL) -> Engine:
    """Open an engine whose transactions begin immediately, unless `sqlite_begin` says DEFERRED.

    A deferred transaction that reads and then writes fails at once when somebody else writes; one that begins
    immediately waits its turn, for five seconds at most: then it raises LedgerBusy. Raises SpatiaLiteMissing or
    LedgerOutOfReach when it first connects.
    """
    # Errors must not carry what was to be written into a log.
    engine = create_engine(url, module=dbapi2, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: dbapi2.Connection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's "begin" event begins, not the driver.
    connection.enable_load_extension(True)
    try:
        connection.load_extension(os.environ.get("SPATIALITE_LIBRARY_PATH", "mod_spatialite"))
    except dbapi2.OperationalError:
        msg = "SpatiaLite is missing: install libsqlite3-mod-spatialite (Debian, Ubuntu) or libspatialite (Homebrew)"
        raise SpatiaLiteMissing(msg) from None
    finally:
        connection.enable_load_extension(False)
    try:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
    except dbapi2.DatabaseError as error:
        msg = f"the ledger's file cannot be opened: {error}"
        raise LedgerOutOfReach(msg) from None


def _begin(connection: Connection) -> None:
    try:
        connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', 'IMMEDIATE')}")
    except OperationalError as error:
        if "locked" not in str(error.orig):
            raise
        msg = "somebody else is writing to the ledger, such as an import: try again when they are done"
        raise LedgerBusy(msg) from None


def add_spatial_tables(engine: Engine) -> None:
    """Add SpatiaLite's own tables, with WGS 84 as the only reference system: 5 ms instead of 9 s for all of them."""
    raw = engine.raw_connection()
    try:
        if raw.cursor().execute("SELECT CheckSpatialMetaData()").fetchone()[0] < 1:
            raw.cursor().execute("SELECT InitSpatialMetaData(1, 'WGS84')")
    finally:
        raw.close()
