"""`bearing export`: published incidents to a file, in any of the formats; the same bytes as the service gives.

It reads an edition and knows no ledger.
"""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from app.cli.filtering import filter_options, read_filter
from app.cli.targets import check_folder
from app.settings import Settings
from incidents.editions.reader import EditionStore
from incidents.exporting.formats import FORMATS


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=check_folder,
    required=True,
    help="File to write; - is stdout.",
)
@click.option(
    "--format",
    "suffix",
    type=click.Choice(tuple(FORMATS)),
    help="Format; by default what the file's suffix says, or GeoJSON.",
)
@click.option(
    "--edition", "name", metavar="NAME", help="Edition to read, such as 7 or 7.1; the current one by default."
)
@click.option("--hxl", is_flag=True, help="With a row of HXL hashtags under the header (CSV).")
@click.option("--areas", is_flag=True, help="Write the regions that incidents are known only to, as GeoJSON.")
@filter_options
def export(output: Path, suffix: str | None, name: str | None, hxl: bool, areas: bool, **options: Any) -> None:  # noqa: ANN401 - as the filter gives them
    """Write published incidents to a file."""
    from incidents.exporting.geojson import area_blocks

    settings = Settings.from_env()
    wanted = FORMATS[suffix or _suffix_of(output)]
    if (areas and wanted.suffix != "geojson") or (hxl and "hxl" not in wanted.options):
        msg = "--areas is for GeoJSON" if areas else "--hxl is for CSV"
        raise click.UsageError(msg)
    with EditionStore(settings.editions_dir).reading(name) as edition:
        selection = read_filter(options, edition)
        blocks = (
            area_blocks(edition, selection, settings.public_url)
            if areas
            else wanted.blocks(edition, selection, settings.public_url, **({"hxl": True} if hxl else {}))
        )
        if str(output) == "-":
            for block in blocks:
                sys.stdout.buffer.write(block)
            return
        _write(output, blocks)
        matched = edition.counts(selection).matched
    click.echo(f"{output}: {matched:,} of {edition.manifest.rows:,} records of edition {edition.name}")


def _suffix_of(output: Path) -> str:
    suffix = output.suffix.removeprefix(".").lower()
    if suffix and suffix not in FORMATS:
        msg = f"{output.name} names no format: known are {', '.join(FORMATS)}; or say --format"
        raise click.UsageError(msg)
    return suffix or "geojson"


def _write(path: Path, blocks: Iterable[bytes]) -> None:
    """Write the file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.writelines(blocks)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
