"""`bearing review list|approve|return`: what waits for a second person, and what that person says."""

from collections.abc import Callable

import click
from sqlalchemy.orm import Session

from app.cli.ledger_access import by_option, find_person, open_ledger, reading, store, writing
from app.settings import Settings
from incidents import review as room
from incidents.editions.errors import AlreadyPublishing
from incidents.finding import find_incidents
from incidents.models import Person

_NO_MORE = 50
# Publishing makes the rows of fewer in no time.
_MANY = 5_000
_BATCH = click.IntRange(1, 2_147_483_647)


@click.group()
def review() -> None:
    """List, approve and return what waits for a second person."""


@review.command("list")
@click.option("--batch", type=_BATCH, help="List what waits of this import.")
@click.option("--all", "everything", is_flag=True, help=f"List all, not the first {_NO_MORE} alone.")
def list_(batch: int | None, everything: bool) -> None:
    """List what waits for approval: imports in one line each, other incidents one by one."""
    shown = 0
    with reading(Settings.from_env()) as session:
        for waiting in room.list_waiting_batches(session) if batch is None else ():
            shown += 1
            click.echo(
                f"batch {waiting.number}  {waiting.waiting:,} incidents of {waiting.dataset} ({waiting.filename}), "
                f"imported by {waiting.author} on {waiting.imported_at:%Y-%m-%d}"
            )
        for number, incident in enumerate(room.list_waiting(session, batch=batch)):
            shown += 1
            if number == _NO_MORE and not everything:
                click.echo("... and more: --all lists them")
                break
            click.echo(f"{incident.id}  {incident.kind}  {incident.title}  (by {incident.author})")
    if not shown:
        click.echo("Nothing waits for approval.")


@review.command()
@click.argument("ids", nargs=-1)
@click.option("--batch", type=_BATCH, help="Approve what waits of this import.")
@by_option
def approve(ids: tuple[str, ...], batch: int | None, by: str | None) -> None:
    """Approve incidents by IDS (ids or references), or an import by its number."""

    def do(session: Session, person: Person) -> int:
        if batch is not None:
            return room.approve_batch(session, batch, by=person)
        return room.approve(session, find_incidents(session, ids), by=person)

    approved = _decide(ids, batch, by, do)
    click.echo(f"Approved {approved:,}.")
    if approved >= _MANY:
        _make_ahead(Settings.from_env())


@review.command("return")
@click.argument("ids", nargs=-1)
@click.option("--batch", type=_BATCH, help="Return what waits of this import.")
@click.option("--reason", help="Why, for the author.")
@by_option
def return_(ids: tuple[str, ...], batch: int | None, reason: str | None, by: str | None) -> None:
    """Send incidents by IDS (ids or references), or an import by its number, back to their author."""

    def do(session: Session, person: Person) -> int:
        if batch is not None:
            return room.return_batch(session, batch, by=person, reason=reason)
        return room.return_(session, find_incidents(session, ids), by=person, reason=reason)

    click.echo(f"Returned {_decide(ids, batch, by, do):,}.")


def _make_ahead(settings: Settings) -> None:
    """Make the rows of the next edition now, so that publishing need not."""
    from incidents.ahead import make_ahead
    from incidents.taxonomy import load_taxonomy

    click.echo("Making their rows ahead, so that publishing takes a moment; if you stop this, publishing makes them.")
    try:
        with open_ledger(settings) as engine:
            taxonomy = load_taxonomy(settings.taxonomy_dir)
            make_ahead(engine, store(settings), taxonomy, address=settings.public_url, least=_MANY)
    except AlreadyPublishing:
        click.echo("Somebody else is publishing right now; the next publication makes them.")


def _decide(ids: tuple[str, ...], batch: int | None, by: str | None, do: Callable[[Session, Person], int]) -> int:
    if bool(ids) == (batch is not None):
        msg = "give the incidents' IDS, or --batch and a number"
        raise click.UsageError(msg)
    with writing(Settings.from_env()) as session:
        return do(session, find_person(session, by))
