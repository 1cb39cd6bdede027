"""`bearing init` and `bearing upgrade`: the ledger made, and brought to this version's tables."""

from pathlib import Path

import click

from app.errors import NoLedger
from app.settings import Settings
from incidents.database import create_ledger, open_engine, schema_is_current, upgrade_ledger


@click.command()
def init() -> None:
    """Create an empty ledger with the boundaries that come along."""
    settings = Settings.from_env()
    if file := ledger_file(settings):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The ledger holds what is not public; SQLite gives its side files the mode of the file.
        file.touch(mode=0o600)
    engine = open_engine(settings.database_url)
    try:
        create_ledger(engine, demonstration=False)
    finally:
        engine.dispose()
    click.echo(f"Created an empty ledger{f' at {file}' if file else ''}.")
    click.echo(
        "Next: bearing people add NAME, then bearing people add ANOTHER --by NAME, since it takes two to publish."
    )


@click.command()
def upgrade() -> None:
    """Bring the ledger's tables to this version's. Run `bearing backup` before."""
    settings = Settings.from_env()
    file = ledger_file(settings)
    if file and not file.is_file():
        msg = f"there is no ledger at {file} yet: create one with `bearing init`"
        raise NoLedger(msg)
    engine = open_engine(settings.database_url)
    try:
        if schema_is_current(engine):
            click.echo("The ledger has this version's tables already.")
            return
        upgrade_ledger(engine)
    finally:
        engine.dispose()
    click.echo("The ledger has this version's tables now.")


def ledger_file(settings: Settings) -> Path | None:
    """Give the file of an embedded ledger, or None for one on a server."""
    url = settings.database_url
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:") else None
