"""What all tables share: the metadata with its names, aware times, closed lists and spans. It holds no table."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, Dialect, MetaData, Text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator


class UTCDateTime(TypeDecorator[dt.datetime]):
    """An aware time in UTC on both databases; SQLite keeps no zone, so it is taken off and put back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Give the database UTC. Raises ValueError for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a time without a zone is no moment"
            raise ValueError(msg)
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Read an aware time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if dialect.name == "sqlite" else value.astimezone(dt.UTC)


class Base(DeclarativeBase):
    """The ledger's tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a plain class attribute
        str: Text(),
        dt.datetime: UTCDateTime(),
    }


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """Make a constraint that holds a column to a closed list, or to null."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def span(name: str) -> CheckConstraint:
    """Make a constraint on `<name>_min` and `<name>_max`: neither below zero, in this order, each may be null."""
    return CheckConstraint(f"{name}_min >= 0 AND {name}_max >= 0 AND {name}_min <= {name}_max", name=name)


def ordered(first: str, last: str) -> CheckConstraint:
    """Make a constraint that two columns are in this order where both are known."""
    return CheckConstraint(f"{first} <= {last}", name=f"{first}_{last}")


def comment(text: str) -> dict[str, Any]:
    """Give a table's comment in the form of `__table_args__`."""
    return {"comment": text}
