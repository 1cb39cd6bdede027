"""An edition's folder from one that was made before it, where that holds just what is to be published.

Its files are linked, not copied; only those that say when they were published and how to cite them are written anew.
It does not ask whether they may be published.
"""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb

from incidents.editions.errors import EditionDamaged
from incidents.editions.geoparquet import TYPES, quoted, write_geoparquet
from incidents.editions.manifest import Manifest, write_manifest
from incidents.editions.older import HASHED, OlderEdition
from incidents.editions.tombstones import sync_files

# What a manifest says of the rows.
_OF_ROWS = (
    *("rows", "incidents", "patterns", "aggregate_only", "added", "changed", "removed"),
    *("bounds", "first", "last", "licences"),
)


def adopt(older: OlderEdition, made: Path, about: Manifest) -> Manifest:
    """Make a folder with the content of another one; give its manifest. Raises EditionDamaged.

    Of `about` only what the rows cannot tell is kept.
    """
    ready, was = older.folder, older.manifest
    about = replace(about, **{name: getattr(was, name) for name in _OF_ROWS})
    made.mkdir(parents=True)
    with duckdb.connect(config={"memory_limit": "160MB", "threads": 2, "temp_directory": str(ready)}) as db:
        for name in was.files:
            if name in TYPES:
                write_geoparquet(db, f"SELECT * FROM read_parquet({quoted(ready / name)})", (), made / name, about)
            else:
                _link(ready / name, made / name)
    # The largest ones were hashed when the folder was opened.
    about = write_manifest(made, about, {name: was.files[name]["sha256"] for name in HASHED})
    for name, said in was.files.items():
        if name not in TYPES and about.files[name] != said:
            msg = f"{name} is not the file that was made for the edition"
            raise EditionDamaged(msg)
    sync_files(made)
    return about


def _link(file: Path, link: Path) -> None:
    try:
        os.link(file, link)
    except OSError:
        # Another file system, or one that knows no links.
        shutil.copyfile(file, link)
