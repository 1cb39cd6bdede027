"""`bearing map`: what a filter selects as one self-contained map file, or as a picture. It draws nothing itself."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.filtering import filter_options, read_filter
from app.cli.targets import check_folder
from app.params import PICTURE_NAMES, parse_shape
from app.settings import Settings

if TYPE_CHECKING:
    from app.pictures.picture import Shape
    from incidents.editions.edition import Edition
    from incidents.filters import IncidentFilter

_PICTURES = ("png", "svg")
_DOCUMENTS = ("html", "htm")
# Nobody waits but who asked.
_PATIENCE_S = 120.0


@click.command("map")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=check_folder,
    required=True,
    help="File to write, such as strikes.html; strikes.png or strikes.svg is a picture.",
)
@click.option(
    "--edition", "name", metavar="NAME", help="Edition to draw, such as 7 or 7.1; the current one by default."
)
@click.option("--title", metavar="TEXT", help="Title of the map; the site's by default.")
@click.option("--width", metavar="PIXELS", help="Width of a picture.")
@click.option("--height", metavar="PIXELS", help="Height of a picture.")
@click.option("--ratio", metavar="NUMBER", help="A picture's pixels to one of its layout's: 1, 1.5, 2 or 3.")
@click.option("--theme", metavar="NAME", help="A picture's theme: light or dark.")
@click.option("--view", metavar="Z/LAT/LON", help="Where a picture stands; by default it fits what is shown.")
@click.option("--regions", metavar="FIGURE", help="What a picture fills regions by: number, rate or killed.")
@click.option("--chart", metavar="SERIES", help="What a picture charts over time: kind or aircraft.")
@filter_options
def map_(output: Path, name: str | None, title: str | None, **options: Any) -> None:  # noqa: ANN401 - as the filter gives them
    """Draw one self-contained map file, or a picture.

    The file opens from disk, without a network: script, style, base map, incidents and their details stand in it.
    """
    from incidents.editions.reader import EditionStore

    settings = Settings.from_env()
    shape = [(key, options.pop(key)) for key in PICTURE_NAMES]
    format_ = output.suffix.lower().removeprefix(".")
    if format_ not in {*_PICTURES, *_DOCUMENTS}:
        msg = f"{output.name} names no format: a map is one of {', '.join((*_DOCUMENTS, *_PICTURES))}"
        raise click.UsageError(msg)
    with EditionStore(settings.editions_dir).reading(name) as edition:
        chosen = read_filter(options, edition)
        if format_ in _PICTURES:
            given = parse_shape((key, text) for key, text in shape if text is not None)
            size = _save_picture(output, format_, edition, chosen, given, title or settings.site_title, settings)
            shown = edition.counts(chosen).matched
        else:
            shown, size = _save_document(output, edition, chosen, title or settings.site_title, settings)
        rows = edition.manifest.rows
    click.echo(f"{output}: {shown:,} of {rows:,} records of edition {edition.name}, {size / 1e6:.1f} MB")


def _save_picture(
    output: Path,
    format_: str,
    edition: "Edition",
    chosen: "IncidentFilter",
    shape: "Shape",
    title: str,
    settings: Settings,
) -> int:
    from app.maps.saving import save
    from app.maps.view import attribute
    from app.pictures.errors import DrawingTooSlow
    from app.pictures.files import draw_file
    from app.pictures.picture import MapPicture
    from app.pictures.surveys import Surveyor

    picture = MapPicture(
        title=title,
        shape=shape,
        credits=attribute(edition.manifest.credits),
        disclaimer=settings.disclaimer,
        seconds=_PATIENCE_S,
    )
    try:
        drawn = draw_file(Surveyor(edition, chosen, shape=shape), picture, format_)
    except DrawingTooSlow as error:
        msg = f"{error}; narrow the filter, or ask for a smaller picture"
        raise click.ClickException(msg) from error
    return save(output, drawn)


def _save_document(
    output: Path, edition: "Edition", chosen: "IncidentFilter", title: str, settings: Settings
) -> tuple[int, int]:
    from app.maps.standalone import make_standalone
    from app.maps.view import Mode

    web_map = make_standalone(
        edition,
        chosen,
        mode=Mode.FILE,
        title=title,
        disclaimer=settings.disclaimer,
        public_url=settings.public_url,
    )
    return web_map.view.edition.total, web_map.save_self_contained(output)
