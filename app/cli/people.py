"""`bearing people add` and `bearing people list`: who records, reviews and publishes."""

import click

from app.cli.ledger_access import reading, writing
from app.settings import Settings
from incidents.people import add_person, list_people


@click.group()
def people() -> None:
    """Add and list the people who record and review."""


@people.command()
@click.argument("name")
@click.option("--role", "roles", multiple=True, help="recorder, reviewer or publisher; may be repeated.")
def add(name: str, roles: tuple[str, ...]) -> None:
    """Add somebody by NAME."""
    with writing(Settings.from_env()) as session:
        name = add_person(session, name, roles=roles).name
    click.echo(f"Added {name}.")


@people.command("list")
def list_() -> None:
    """List everybody."""
    with reading(Settings.from_env()) as session:
        names = [person.name for person in list_people(session)]
    click.echo("\n".join(names) or "Nobody yet: bearing people add NAME")
