"""`bearing map`: one self-contained map file of what a filter selects. It draws nothing itself."""

from pathlib import Path
from typing import Any

import click

from app.cli.filtering import filter_options, read_filter
from app.settings import Settings


@click.command("map")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="File to write, such as strikes.html.",
)
@click.option(
    "--edition", "name", metavar="NAME", help="Edition to draw, such as 7 or 7.1; the current one by default."
)
@click.option("--title", metavar="TEXT", help="Title of the map; the site's by default.")
@filter_options
def map_(output: Path, name: str | None, title: str | None, **options: Any) -> None:  # noqa: ANN401 - as the filter gives them
    """Draw one self-contained map file.

    It opens from disk, without a network: script, style, base map, incidents and their details stand in it.
    """
    from app.maps.standalone import make_standalone
    from app.maps.view import Mode
    from incidents.editions.reader import EditionStore

    settings = Settings.from_env()
    with EditionStore(settings.editions_dir).reading(name) as edition:
        web_map = make_standalone(
            edition,
            read_filter(options, edition.taxonomy),
            mode=Mode.FILE,
            title=title or settings.site_title,
            disclaimer=settings.disclaimer,
            public_url=settings.public_url,
        )
        size = web_map.save_self_contained(output)
        rows = edition.manifest.rows
    click.echo(
        f"{output}: {web_map.view.edition.total:,} of {rows:,} records of edition {edition.name}, {size / 1e6:.1f} MB"
    )
