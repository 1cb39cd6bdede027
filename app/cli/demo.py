"""`bearing demo`: an empty ledger, filled with the founding record and published.

What that means the rooms below say.
"""

import click
from sqlalchemy import Engine

from app.cli.ledger import ledger_file
from app.cli.ledger_access import open_ledger, store
from app.settings import Settings
from incidents.database import (
    create_ledger,
    is_demonstration,
    open_engine,
    schema_is_current,
    session_factory,
    upgrade_ledger,
)
from incidents.editions.errors import EditionOutdated, NoEditionYet
from incidents.editions.manifest import read_manifest
from incidents.editions.reader import EditionStore
from incidents.errors import LedgerExists
from incidents.importing.demonstration import PERSON, fill
from incidents.publishing import publish
from incidents.review import list_waiting_batches
from incidents.taxonomy import load_taxonomy

# What is left to do in a real ledger, where nothing is approved by itself.
_NEXT = """\
This is a real ledger, so they wait for approval by somebody of your own, and nothing of them is public yet:
  bearing people add NAME
  bearing review list --batch {number}
  bearing review approve --batch {number} --by NAME
  bearing publish --note "The founding record" --by NAME
A demonstration that approves by itself needs a folder of its own: set BEARING_DATA_DIR to an empty one."""


@click.command()
@click.option("--unless-real", is_flag=True, help="Do nothing, instead of failing, where the ledger is a real one.")
def demo(*, unless_real: bool) -> None:
    """Fill an empty ledger with the founding record and publish it; again, and nothing changes.

    A ledger made here is a demonstration for good: it approves by itself, and every page says so.
    """
    settings = Settings.from_env()
    _create(settings)
    with open_ledger(settings) as engine:
        with session_factory(engine)() as session:
            demonstration = is_demonstration(session)
        if unless_real and not demonstration:
            click.echo("The ledger is a real one: it is left as it is.")
            return
        with session_factory(engine)() as session, session.begin():
            recorded = fill(session, taxonomy=load_taxonomy(settings.taxonomy_dir)).recorded
        click.echo(f"{recorded} incidents recorded." if recorded else "The founding record is in the ledger already.")
        if demonstration:
            _publish(engine, store(settings), settings)
            return
        with session_factory(engine)() as session:
            waiting = [batch.number for batch in list_waiting_batches(session) if batch.author == PERSON]
        for number in waiting:
            click.echo(_NEXT.format(number=number))


def _create(settings: Settings) -> None:
    """Make a demonstration ledger where there is none; bring one of an older version to this version's tables."""
    if file := ledger_file(settings):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # As for a real ledger; SQLite gives its side files the mode of the file.
        file.touch(mode=0o600)
    engine = open_engine(settings.database_url)
    try:
        create_ledger(engine, demonstration=True)
    except LedgerExists:
        if not schema_is_current(engine):
            with session_factory(engine)() as session:
                demonstration = is_demonstration(session)
            # A real one is saved first, by whoever answers for it.
            if demonstration:
                upgrade_ledger(engine)
        return
    finally:
        engine.dispose()
    click.echo("A demonstration ledger was created.")


def _publish(engine: Engine, editions: EditionStore, settings: Settings) -> None:
    """Publish once: later editions of a demonstration are for whoever plays with it. Unreadable ones do not count."""
    try:
        click.echo(f"Edition {read_manifest(editions.root / editions.current_name()).edition} is published already.")
    except (NoEditionYet, EditionOutdated):
        published = publish(
            engine,
            editions,
            by=PERSON,
            note="The founding record",
            disclaimer=settings.disclaimer,
            title=settings.site_title,
            address=settings.public_url,
            keep=settings.keep_editions,
            taxonomy=load_taxonomy(settings.taxonomy_dir),
        )
        click.echo(f"Edition {published.name} is published, with {published.counted} incidents.")
