"""`bearing maps`: save, list, show and remove maps that have an address of their own. It draws none.

One person is enough: a map shows what is published already, and publishing took two.
"""

import click

from app.cli.ledger_access import by_option, find_person, reading
from app.map_addresses import MapAddress, parse_map_address, parse_number, parse_query, parse_start
from app.settings import Settings
from incidents.editions.errors import EditionNotFound
from incidents.editions.reader import EditionStore
from incidents.errors import BadFilter, BadSavedMap, UnknownSavedMap
from incidents.filters import IncidentFilter
from incidents.saved_maps import BASE_MAPS, CHARTS, FILLS, SavedMap, read_book, remove_map, save_map

_FOLLOWING = "following"
_ANY = "any"


@click.group()
def maps() -> None:
    """Save, list, show and remove maps that have an address of their own."""


@maps.command()
@click.argument("slug")
@click.option("--title", metavar="TEXT", help="Title; that of the map that is replaced, if there is one.")
@click.option("--text", metavar="TEXT", help="What readers are told about it; lines become paragraphs.")
@click.option("--filter", "query", metavar="QUERY", help='Its limits, such as "kind=airstrike&from=2021".')
@click.option("--from-url", metavar="ADDRESS", help="Take filter, view, layers and edition from the map's address.")
@click.option("--view", metavar="Z/LAT/LON", help="Where it begins, such as 7/21.9/95.9; fitted by default.")
@click.option("--regions", type=click.Choice(FILLS), help="What regions are filled by at first.")
@click.option("--chart", type=click.Choice(CHARTS), help="What is charted at first.")
@click.option(
    "--basemap", type=click.Choice(BASE_MAPS), help="The site's, or Bearing's own without a provider's tiles."
)
@click.option("--edition", metavar="NAME", help=f"Edition to stay with, or {_FOLLOWING} (default).")
@click.option("--unlisted/--listed", default=None, help="Only who has its link finds it; the link is told once.")
@click.option("--new-link", is_flag=True, help="Give an unlisted map another link; the old one ends.")
@click.option(
    "--frame-site", "sites", multiple=True, metavar="ORIGIN", help="Who may frame it; repeatable. Default: any."
)
@by_option
def save(
    slug: str,
    *,
    title: str | None,
    text: str | None,
    query: str | None,
    from_url: str | None,
    view: str | None,
    regions: str | None,
    chart: str | None,
    basemap: str | None,
    edition: str | None,
    unlisted: bool | None,
    new_link: bool,
    sites: tuple[str, ...],
    by: str | None,
) -> None:
    """Save a map as SLUG, or change the one that has this name; nothing is published by it.

    What its filter selects is the most that it ever shows: readers may narrow it, and no address widens it. Of a map
    that is changed, what is not given stays as it was.
    """
    settings = Settings.from_env()
    before = read_book(settings.editions_dir).maps.get(slug, SavedMap(slug, ""))
    hidden = not before.listed if unlisted is None else unlisted
    if new_link and not hidden:
        raise BadSavedMap("new-link", "is for unlisted maps: add --unlisted")
    if not title and not before.title:
        raise BadSavedMap("title", "must be given: --title TEXT")
    address = parse_map_address(from_url) if from_url else _address_of(before)
    number = address.edition if edition is None else _number(edition)
    chosen, shown = _try(settings, number, address.filter if query is None else _query(query))
    wanted = SavedMap(
        slug=slug,
        title=" ".join((title or before.title).split()),
        text=before.text if text is None else text.strip(),
        filter=tuple(chosen.to_pairs()),
        view=address.view if view is None else parse_start(view, "view"),
        regions=regions or address.regions,
        chart=chart or address.chart,
        base_map=basemap or before.base_map,
        edition=number,
        sites=_sites(sites) if sites else before.sites,
    )
    kept = save_map(settings.editions_dir, wanted, by=_person(settings, by), unlisted=hidden, new_link=new_link)
    click.echo(f"{'Changed' if kept.replaced else 'Saved'} {slug}: {shown}.")
    _tell_address(settings, slug, kept.secret, unlisted=hidden)


def _address_of(one: SavedMap) -> MapAddress:
    return MapAddress(list(one.filter), one.view, one.regions, one.chart, one.edition)


def _query(text: str) -> list[tuple[str, str]]:
    try:
        return parse_query(text)
    except ValueError:
        raise BadSavedMap("filter", 'must be written as in an address, such as "kind=airstrike&from=2021"') from None


def _sites(given: tuple[str, ...]) -> tuple[str, ...]:
    return () if given == (_ANY,) else tuple(dict.fromkeys(site.rstrip("/").lower() for site in given))


def _tell_address(settings: Settings, slug: str, secret: str | None, *, unlisted: bool) -> None:
    if unlisted and secret is None:
        click.echo("Its link is the one that it had. --new-link gives it another.")
        return
    name = secret or slug
    click.echo(f"{settings.public_url}/maps/{name}")
    click.echo(f"{settings.public_url}/embed/{name}")
    if secret:
        click.echo("Keep this link: it is told only now, and Bearing stores no more than its hash.")


@maps.command("list")
def list_() -> None:
    """List all saved maps, unlisted ones too."""
    book = read_book(Settings.from_env().editions_dir)
    for slug, one in sorted(book.maps.items()):
        stays = f"edition {one.edition}" if one.edition else _FOLLOWING
        click.echo(f"{slug}  {stays}  {'listed' if one.listed else 'unlisted'}  {one.saved_at[:16]}  {one.title}")
    if not book.maps:
        click.echo("No map is saved yet: bearing maps save SLUG --title TEXT --filter QUERY")


@maps.command()
@click.argument("slug")
def show(slug: str) -> None:
    """Show what a map was saved with, and who changed it when."""
    settings = Settings.from_env()
    book = read_book(settings.editions_dir)
    one = book.maps.get(slug)
    if one is None:
        msg = f"there is no saved map {slug!r}: `bearing maps list` names them"
        raise UnknownSavedMap(msg)
    said = {
        "title": one.title,
        "text": one.text,
        "address": f"{settings.public_url}/maps/{slug}"
        if one.listed
        else "unlisted: its link was told when it was made",
        "filter": "&".join(f"{name}={value}" for name, value in one.filter) or "everything",
        "view": one.view or "fitted",
        "regions": one.regions,
        "chart": one.chart,
        "basemap": one.base_map,
        "edition": str(one.edition or _FOLLOWING),
        "framed by": ", ".join(one.sites) or "anybody",
    }
    for name, value in said.items():
        click.echo(f"{name}: {value}")
    for act in book.acts:
        if act.slug == slug:
            click.echo(f"{act.at[:16]}  {act.what}  by person {act.by}")


@maps.command()
@click.argument("slug")
@by_option
def remove(slug: str, by: str | None) -> None:
    """Remove a map: its addresses answer 404 from now on, as if it had never been."""
    settings = Settings.from_env()
    remove_map(settings.editions_dir, slug, by=_person(settings, by))
    click.echo(f"Removed {slug}.")


def _person(settings: Settings, by: str | None) -> int:
    """Find the key of who writes. Their name stays in the ledger: the file of maps lies where the public door is."""
    with reading(settings) as session:
        return find_person(session, by).id


def _number(text: str) -> int | None:
    return None if text == _FOLLOWING else parse_number(text, "edition")


def _try(settings: Settings, number: int | None, pairs: list[tuple[str, str]]) -> tuple[IncidentFilter, str]:
    """Try a filter on the edition that it is for; give it, and what it finds in words. Raises BadSavedMap."""
    store = EditionStore(settings.editions_dir)
    try:
        edition = store.get_amended(str(number)) if number else store.current()
    except EditionNotFound as error:
        raise BadSavedMap("edition", f"{error}: `bearing editions list` names those that are kept") from None
    try:
        chosen = edition.parse_filter(pairs)
    except BadFilter as error:
        raise BadSavedMap("filter", str(error)) from None
    counts = edition.counts(chosen)
    return chosen, f"{counts.matched:,} of {counts.total:,} records of edition {edition.name} now"
