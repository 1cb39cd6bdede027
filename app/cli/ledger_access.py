"""How commands reach the ledger and the editions: opened here, committed once here, rolled back on the way out.

It knows no incident and asks nothing of a reader; commands that only serve do not import it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.cli.ledger import ledger_file
from app.errors import LedgerOutdated, NobodyNamed, NoLedger
from app.settings import Settings
from incidents import people
from incidents.database import open_engine, schema_is_current, session_factory
from incidents.editions.reader import EditionStore
from incidents.models import Person

_Command = TypeVar("_Command", bound=Callable[..., Any])


def by_option(command: _Command) -> _Command:
    """Add `--by PERSON` to a writing command."""
    return click.option(
        "--by", metavar="PERSON", envvar="BEARING_PERSON", help="Who does this (default: BEARING_PERSON)."
    )(command)


@contextmanager
def open_ledger(settings: Settings) -> Iterator[Engine]:
    """Open the ledger's engine and dispose of it in the end.

    Raises NoLedger where there is none yet and LedgerOutdated where its tables are another version's.
    """
    url, file = settings.database_url, ledger_file(settings)
    if file and not file.is_file():
        msg = f"there is no ledger at {file} yet: create one with `bearing init`, or see one with `bearing demo`"
        raise NoLedger(msg)
    engine = open_engine(url)
    try:
        if not schema_is_current(engine):
            msg = (
                "the ledger's tables are not this version's: save it with `bearing backup`, then run `bearing upgrade`"
            )
            raise LedgerOutdated(msg)
        yield engine
    finally:
        engine.dispose()


@contextmanager
def writing(settings: Settings) -> Iterator[Session]:
    """Give a session that is committed once at the end, or rolled back when anything was raised."""
    with open_ledger(settings) as engine, session_factory(engine)() as session, session.begin():
        yield session


@contextmanager
def reading(settings: Settings) -> Iterator[Session]:
    """Give a session whose changes, if any, are thrown away."""
    with open_ledger(settings) as engine, session_factory(engine)() as session:
        try:
            yield session
        finally:
            session.rollback()


def find_person(session: Session, by: str | None) -> Person:
    """Find who writes, as `by_option` gave it. Raises NobodyNamed, and what `people` raises for a stranger."""
    if not by:
        msg = "say who does this: --by PERSON, or set BEARING_PERSON"
        raise NobodyNamed(msg)
    return people.find_person(session, by)


def store(settings: Settings) -> EditionStore:
    """Give the store of editions."""
    return EditionStore(settings.editions_dir)
