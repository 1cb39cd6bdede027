"""`bearing editions`: list, show, verify, tag and prune what was published.

It reads folders alone; who tags or prunes must be somebody whom the ledger knows, and no more is asked of it.
"""

import json
from pathlib import Path

import click

from app.cli.ledger_access import by_option, find_person, reading
from app.errors import NoLedger
from app.settings import Settings
from incidents.editions.reader import EditionStore


@click.group()
def editions() -> None:
    """List, show, verify, tag and prune editions."""


@editions.command(name="list")
def list_() -> None:
    """List the editions that can be read, the newest last."""
    from incidents.editions.shelf import read_tags

    root = _root()
    store = EditionStore(root)
    labels: dict[int, list[str]] = {}
    for label, number in read_tags(root).items():
        labels.setdefault(number, []).append(label)
    names = store.names()
    if not names:
        click.echo("Nothing is published yet.")
        return
    current = store.current_name()
    for manifest in store.list():
        marks = [*(["current"] if manifest.edition == current else []), *labels.get(manifest.number, [])]
        said = f" ({', '.join(marks)})" if marks else ""
        when = manifest.amended_at or manifest.published_at
        click.echo(f"{manifest.edition:>6}  {when[:16]}  {manifest.rows:>9,} records{said}  {manifest.note}".rstrip())


@editions.command()
@click.argument("name", required=False)
def show(name: str | None) -> None:
    """Show an edition's manifest, the current one's by default."""
    with EditionStore(_root()).reading(name) as edition:
        path = _root() / edition.name / "manifest.json"
        click.echo(json.dumps(json.loads(path.read_bytes()), ensure_ascii=False, indent=2))


@editions.command()
@click.argument("name", required=False)
def verify(name: str | None) -> None:
    """Compare an edition's files with the hashes in its manifest; all editions and the saved maps by default."""
    from incidents.editions.manifest import verify as compare
    from incidents.saved_maps import verify_maps

    root = _root()
    wrong = False
    store = EditionStore(root)
    names = store.names()
    for one in [name] if name else names:
        # Files that cannot be read are to be told of, too, so that an edition that is there is not opened.
        found = compare(root / (one if one in names else store.get(one).name))
        wrong = wrong or bool(found)
        for sentence in found:
            click.echo(f"edition {one}: {sentence}", err=True)
        if not found:
            click.echo(f"edition {one}: as published")
    for sentence in [] if name else verify_maps(root):
        wrong = True
        click.echo(sentence, err=True)
    if wrong:
        raise click.exceptions.Exit(1)


@editions.command()
@click.argument("label")
@click.argument("name", required=False)
@click.option("--remove", is_flag=True, help="Take the label away.")
@by_option
def tag(label: str, name: str | None, remove: bool, by: str | None) -> None:
    """Give an edition a label, the current one by default; tagged editions are never pruned."""
    from incidents.editions import shelf

    _check_person(by)
    with shelf.exclusively(_root(), wait_s=10):
        if remove:
            shelf.untag(_root(), label)
        else:
            shelf.tag(_root(), label, name or EditionStore(_root()).current_name())


@editions.command()
@click.option("--keep", type=click.IntRange(min=1), help="How many to leave (default: BEARING_KEEP_EDITIONS).")
@by_option
def prune(keep: int | None, by: str | None) -> None:
    """Remove old editions; their addresses answer 404 from then on. Tagged ones stay, and those of saved maps."""
    from incidents.editions import shelf
    from incidents.saved_maps import read_book

    _check_person(by)
    with shelf.exclusively(_root(), wait_s=10):
        pinned = {one.edition for one in read_book(_root()).maps.values() if one.edition}
        gone = shelf.prune(_root(), keep or Settings.from_env().keep_editions, spared=pinned)
    click.echo(f"Removed: {', '.join(gone)}." if gone else "Nothing to remove.")


def _check_person(by: str | None) -> None:
    """Raise what `find_person` does; the ledger's history is of incidents, and has no place for tags and pruning."""
    try:
        with reading(Settings.from_env()) as session:
            find_person(session, by)
    except NoLedger as error:
        msg = f"editions are tagged and pruned where the ledger is, which knows who may write; {error}"
        raise NoLedger(msg) from None


def _root() -> Path:
    return Settings.from_env().editions_dir
