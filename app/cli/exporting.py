"""`bearing export`: published incidents to a file, as GeoJSON.

It reads an edition and knows no ledger.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from app.cli.filtering import filter_options, read_filter
from app.settings import Settings
from incidents.editions.reader import EditionStore
from incidents.exporting.geojson import area_blocks, collection_blocks


@click.command()
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write; - is stdout."
)
@click.option(
    "--edition", "name", metavar="NAME", help="Edition to read, such as 7 or 7.1; the current one by default."
)
@click.option("--areas", is_flag=True, help="Write the regions that incidents are known only to, instead of incidents.")
@filter_options
def export(output: Path, name: str | None, areas: bool, **options: Any) -> None:  # noqa: ANN401 - as the filter gives them
    """Write published incidents to a GeoJSON file (RFC 7946)."""
    settings = Settings.from_env()
    with EditionStore(settings.editions_dir).reading(name) as edition:
        selection = read_filter(options, edition.taxonomy)
        blocks = (
            area_blocks(edition, selection, settings.public_url)
            if areas
            else collection_blocks(edition, selection, settings.public_url)
        )
        if str(output) == "-":
            for block in blocks:
                click.echo(block, nl=False)
            return
        _write(output, blocks)
        matched = edition.counts(selection).matched
    click.echo(f"{output}: {matched:,} of {edition.manifest.rows:,} records of edition {edition.name}")


def _write(path: Path, blocks: Iterable[str]) -> None:
    """Write the file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.writelines(blocks)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
