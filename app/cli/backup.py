"""`bearing backup` and `bearing restore`: everything to one file, and back into an empty place."""

from pathlib import Path

import click

from app.cli.ledger import ledger_file
from app.errors import NoLedger
from app.settings import Settings
from incidents.backup import Saved, back_up
from incidents.backup import restore as bring_back
from incidents.database import open_engine


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Save ledger, evidence and editions to FILE, which must not exist; others may go on working.

    FILE holds what is not public too: only you may read it, and it should lie on another disk.
    """
    settings = Settings.from_env()
    ledger = ledger_file(settings)
    if ledger and not ledger.is_file():
        msg = f"there is no ledger at {ledger} yet: create one with `bearing init`, or see one with `bearing demo`"
        raise NoLedger(msg)
    engine = open_engine(settings.database_url)
    try:
        saved = back_up(engine, file, editions=settings.editions_dir, evidence=settings.evidence_dir)
    finally:
        engine.dispose()
    click.echo(f"Saved {_describe(saved)} to {file}.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Bring back what `bearing backup` saved in FILE. Nothing is replaced: ledger and editions must not be there."""
    settings = Settings.from_env()
    saved = bring_back(settings.database_url, file, editions=settings.editions_dir, evidence=settings.evidence_dir)
    click.echo(f"Restored {_describe(saved)}, as it was on {saved.made_at}.")


def _describe(saved: Saved) -> str:
    return f"{saved.files:,} files, {saved.size_bytes / 1e6:,.1f} MB"
