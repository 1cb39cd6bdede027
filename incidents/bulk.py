"""Rows by the thousand into a table of the ledger, without an object or a compiled statement for each.

It knows no table, and commits nothing.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, func, insert, select, text
from sqlalchemy.orm import Session


def insert_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, all with the same columns; a column that they leave out gets what the database gives it."""
    if not rows:
        return
    connection = session.connection()
    statement = _statement(table, tuple(rows[0]), connection.dialect)
    connection.exec_driver_sql(statement.text, statement.bind(rows))


def take_keys(session: Session, table: Table, count: int) -> list[int]:
    """Give numbers for new rows of a table whose key is `id`, which nobody else gets.

    On SQLite that holds until the transaction ends, and there is one that writes at a time.
    """
    connection: Connection = session.connection()
    if connection.dialect.name == "postgresql":
        query = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
        return list(connection.scalars(query, {"table": table.name, "count": count}))
    last = connection.scalars(select(func.coalesce(func.max(table.c.id), 0))).one()
    return list(range(last + 1, last + 1 + count))


class _Statement:
    """An insertion as the driver takes it."""

    def __init__(self, table: Table, columns: Sequence[str], dialect: Dialect) -> None:
        compiled = insert(table).compile(dialect=dialect, column_keys=list(columns))
        self.text = str(compiled)
        self._positional = compiled.positional
        self._columns = tuple(columns)
        self._names = tuple(getattr(compiled, "positiontup", None) or columns)
        converters = ((name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in columns)
        self._converters = [(name, convert) for name, convert in converters if convert is not None]

    def bind(self, rows: Sequence[Mapping[str, Any]]) -> Any:  # noqa: ANN401 - what the driver takes
        """Give the values of the rows, column by column where they must be converted."""
        columns = {name: [row[name] for row in rows] for name in self._columns}
        for name, convert in self._converters:
            columns[name] = [convert(value) for value in columns[name]]
        values = list(zip(*(columns[name] for name in self._names), strict=True))
        if self._positional:
            return values
        return [dict(zip(self._names, row, strict=True)) for row in values]


@lru_cache(maxsize=200)
def _statement(table: Table, columns: tuple[str, ...], dialect: Dialect) -> _Statement:
    return _Statement(table, columns, dialect)
