"""An edition's DuckDB file, opened for reading within bounds of memory, time and questions at once.

It asks nothing itself.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from incidents.editions.errors import EditionBusy, EditionDamaged, QueryTooSlow, QuestionTooLarge

DATABASE = "incidents.duckdb"
# How long a question waits for its turn, and how long one that has already been answered in part.
WAIT_S = 10.0
PATIENCE_S = 120.0
# Rows lie at the place of their number; asked for by it, their texts alone are read. By any other condition all texts
# are, which takes 170 ms instead of 3 for 100 of 100,000.
NUMBERED = "rowid IN (SELECT unnest(?::BIGINT[]))"

_SLOWEST_MS = 10_000
_MEMORY = "96MB"
# Questions at work at one time in a process. They share the memory above, so that many at once would have too little
# each; and with two threads to work them, more at once are none the faster.
_AT_ONCE = 3
# Of two connections opened to one file at once, one may not find the functions that tables from Python are read with.
_CONNECTING = threading.Lock()


class Database:
    """The file, read-only; safe for several threads, each question in a cursor of its own."""

    def __init__(self, folder: Path) -> None:
        """Open it. Raises duckdb.Error."""
        self._name = folder.name
        self._turns = threading.BoundedSemaphore(_AT_ONCE)
        with _CONNECTING:
            self._db = duckdb.connect(
                folder / DATABASE,
                read_only=True,
                config={
                    "enable_external_access": False,
                    "autoinstall_known_extensions": False,
                    "autoload_known_extensions": False,
                    "memory_limit": _MEMORY,
                    "threads": 2,
                    "max_execution_time": _SLOWEST_MS,
                    "lock_configuration": True,
                },
            )

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def asking(self, wait_s: float = WAIT_S) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor when it is one's turn. Raises EditionBusy, QueryTooSlow, QuestionTooLarge, EditionDamaged."""
        if not self._turns.acquire(timeout=wait_s):
            msg = "too many questions are asked at once; ask again in a moment"
            raise EditionBusy(msg)
        try:
            cursor = self._db.cursor()
            try:
                yield cursor
            finally:
                cursor.close()
        except duckdb.InterruptException as error:
            msg = f"the question took longer than {_SLOWEST_MS // 1000} seconds; narrow it"
            raise QueryTooSlow(msg) from error
        except duckdb.OutOfMemoryException as error:
            msg = "the question needs more memory than readers have; narrow it"
            raise QuestionTooLarge(msg) from error
        except duckdb.Error as error:
            # A block that is not what was written says so in an error of no class of its own.
            if type(error) is not duckdb.Error and not isinstance(error, duckdb.IOException | duckdb.FatalException):
                raise
            msg = f"edition {self._name}: one of its files cannot be read"
            raise EditionDamaged(msg) from error
        finally:
            self._turns.release()
