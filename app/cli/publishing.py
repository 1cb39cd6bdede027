"""`bearing publish`, `withdraw`, `restrict` and `embargo`: what the public gets, and what is taken back from it.

What is fit to publish is not decided here.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from app.cli.ledger_access import by_option, find_person, open_ledger, reading, store
from app.settings import Settings
from incidents.policies import LocationPolicy, PolicyRule
from incidents.restricting import Reason

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from incidents.editions.reader import EditionStore
    from incidents.publishing import Amended

# Ids or references, as all commands take them that name incidents.
_IDS = click.argument("ids", metavar="ID...", nargs=-1, required=True)


@contextmanager
def _opened(by: str | None) -> Iterator[tuple[Settings, "Engine", "EditionStore", str]]:
    """Open ledger and editions, and find who does this."""
    settings = Settings.from_env()
    with reading(settings) as session:
        name = find_person(session, by).name
    with open_ledger(settings) as engine:
        yield settings, engine, store(settings), name


@click.command()
@click.option("--note", default="", help="What readers of the list of editions should know about this one.")
@click.option("--again", is_flag=True, help="Make an edition even where nothing changed, or with nothing in it.")
@click.option("--whole", is_flag=True, help="Make every row anew, instead of taking over what nothing changed.")
@by_option
def publish(note: str, again: bool, whole: bool, by: str | None) -> None:
    """Publish what is approved as a new edition, and make it the current one."""
    from incidents.publishing import publish as publish_edition
    from incidents.taxonomy import load_taxonomy

    with _opened(by) as (settings, engine, editions, name):
        done = publish_edition(
            engine,
            editions,
            by=name,
            note=note,
            disclaimer=settings.disclaimer,
            title=settings.site_title,
            address=settings.public_url,
            taxonomy=load_taxonomy(settings.taxonomy_dir),
            again=again,
            whole=whole,
        )
    if done.is_new:
        click.echo(f"Edition {done.name} is published with {done.counted:,} records.")
    else:
        click.echo(f"Nothing changed since edition {done.name}, which stays the current one; --again makes another.")
    for number, what in (
        (done.left, "not approved"),
        (done.embargoed, "under embargo"),
        (done.internal, "of datasets whose terms are internal"),
        (done.aggregate_only, "of datasets whose terms allow counts only: counted, not shown"),
        (done.withdrawn, "withdrawn"),
    ):
        if number:
            click.echo(f"Left out: {number:,} {what}.")
    _tell_unfit(done.unfit)


@click.command()
@_IDS
@click.option("--reason", type=click.Choice([reason.value for reason in Reason]), required=True, help="Why; published.")
@by_option
def withdraw(ids: tuple[str, ...], reason: str, by: str | None) -> None:
    """Take incidents back from the public, and from every edition."""
    from incidents.publishing import withdraw as take_back

    with _opened(by) as (_, engine, editions, name):
        amended = take_back(engine, editions, ids, reason=reason, by=name)
    _tell(amended, "withdrawn")


@click.command()
@_IDS
@click.option("--policy", "rule", type=click.Choice([rule.value for rule in PolicyRule]), required=True)
@click.option("--cell-km", type=click.IntRange(1, 50), help="Side of the square, for the policy cell.")
@by_option
def restrict(ids: tuple[str, ...], rule: str, cell_km: int | None, by: str | None) -> None:
    """Say how closely the public may learn where incidents were, by id or reference; a coarser policy amends editions.

    A finer one holds from the next edition. Records of the same incident keep policies of their own: restrict them too.
    """
    from incidents.finding import find_incidents
    from incidents.publications import find_same
    from incidents.publishing import restrict as set_policy

    policy = LocationPolicy(PolicyRule(rule), cell_km)
    with _opened(by) as (settings, engine, editions, name):
        amended = set_policy(engine, editions, ids, policy=policy, by=name)
    _tell(amended, "restricted")
    with reading(settings) as session:
        twins = find_same(session, [incident.public_id for incident in find_incidents(session, ids)])
    if twins:
        click.echo(f"Of the same incident, and left as they are: {', '.join(twins)}. Restrict them too?", err=True)


@click.command()
@_IDS
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="First day on which they may be public.")
@click.option("--lift", is_flag=True, help="Let them be published with the next edition.")
@by_option
def embargo(ids: tuple[str, ...], until: dt.datetime | None, lift: bool, by: str | None) -> None:
    """Keep incidents from the public until a day, in UTC; they leave the editions that have them."""
    from incidents.publishing import embargo as set_embargo

    if lift == (until is not None):
        msg = "give either --until DAY or --lift"
        raise click.UsageError(msg)
    with _opened(by) as (_, engine, editions, name):
        amended = set_embargo(engine, editions, ids, until=until.date() if until else None, by=name)
    _tell(amended, "free again" if lift else "under embargo")


def _tell(amended: "Amended", what: str) -> None:
    # Of what had to leave the editions altogether one cannot say that it was coarsened.
    if not amended.unfit:
        click.echo(f"Done: {what}.")
    if amended.names:
        click.echo(f"Amended: {', '.join(amended.names)}.")
    for id_, parts in amended.unfit.items():
        click.echo(
            f"{id_} is in no edition any more: its {' and '.join(sorted(parts, reverse=True))} "
            f"{'give' if len(parts) > 1 else 'gives'} away the place that its policy withholds. "
            "It stays out until its words are others.",
            err=True,
        )


def _tell_unfit(ids: tuple[str, ...]) -> None:
    """Name the incidents, and not the places."""
    for id_ in ids:
        click.echo(
            f"Refused: {id_}: its title, summary or dataset gives away the place that its policy withholds. "
            "It stays out until its words are others.",
            err=True,
        )
