"""An edition's folder from one that was made before it, where that holds just what is to be published.

Its files are linked, not copied; only those that say when they were published and how to cite them are written anew.
It does not ask whether they may be published.
"""

import os
import shutil
from dataclasses import replace
from pathlib import Path

from incidents.editions.errors import EditionDamaged
from incidents.editions.geoparquet import TYPES, copy_described
from incidents.editions.manifest import Manifest, hash_file, write_manifest
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
    for name, said in was.files.items():
        # The largest ones were hashed when the folder was opened.
        if name not in HASHED and hash_file(ready / name) != said["sha256"]:
            msg = f"{name} is not the file that was made for the edition"
            raise EditionDamaged(msg)
        if name in TYPES:
            copy_described(ready / name, made / name, was, about)
        else:
            _link(ready / name, made / name)
    linked = {name: said["sha256"] for name, said in was.files.items() if name not in TYPES}
    about = write_manifest(made, about, linked)
    sync_files(made)
    return about


def _link(file: Path, link: Path) -> None:
    try:
        os.link(file, link)
    except OSError:
        # Another file system, or one that knows no links.
        shutil.copyfile(file, link)
