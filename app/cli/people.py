"""`bearing people add` and `bearing people list`: who records, reviews and publishes."""

import click

from app.cli.ledger_access import by_option, find_person, reading, writing
from app.settings import Settings
from incidents.importing.demonstration import PERSON
from incidents.people import add_person, list_people


@click.group()
def people() -> None:
    """Add and list the people who record and review."""


@people.command()
@click.argument("name")
@click.option("--role", "roles", multiple=True, help="recorder, reviewer or publisher; may be repeated.")
@by_option
def add(name: str, roles: tuple[str, ...], by: str | None) -> None:
    """Add somebody by NAME. The first person of a ledger needs no --by; whoever comes later is added by one of them."""
    with writing(Settings.from_env()) as session:
        # Who read the founding record into the ledger is nobody who could be asked.
        if any(person.name != PERSON for person in list_people(session)):
            find_person(session, by)
        name = add_person(session, name, roles=roles).name
    click.echo(f"Added {name}.")


@people.command("list")
def list_() -> None:
    """List everybody."""
    with reading(Settings.from_env()) as session:
        names = [person.name for person in list_people(session)]
    click.echo("\n".join(names) or "Nobody yet: bearing people add NAME")
