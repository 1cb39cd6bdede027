"""Writes GeoParquet 1.1 (geoparquet.org/releases/v1.1.0), WGS 84, that says what it is from. It selects nothing."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from incidents.editions.compact import dump_json
from incidents.editions.errors import EditionDamaged
from incidents.editions.flat import describe_geometry
from incidents.editions.manifest import Manifest
from incidents.editions.schema import BOUNDARIES, PARQUET

TYPES = {PARQUET: ("Point",), BOUNDARIES: ("Polygon", "MultiPolygon")}
"""The shapes in each of an edition's files of this format."""

# The footer's length and the format's mark, which end a file.
_ENDING = 8
_SEVEN_BITS = 127


def write_geoparquet(
    db: duckdb.DuckDBPyConnection, select: str, bound: Sequence[Any], path: Path, about: Manifest
) -> None:
    """Write what a question gives, in its order, to one of the files of TYPES."""
    # COPY takes no bound values for these; all is our own text but for quotes, which are doubled.
    geo, said = quoted(describe_geometry(*TYPES[path.name])), quoted(_describe(about))
    db.execute(
        f"COPY ({select}) TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 8192, "
        f"KV_METADATA {{geo: {geo}, bearing: {said}}})",
        list(bound),
    )


def copy_described(file: Path, copy: Path, was: Manifest, about: Manifest) -> None:
    """Copy one of the files of TYPES, so that it says it is from `about`, not from what it was written for.

    Raises EditionDamaged.
    """
    shutil.copyfile(file, copy)
    describe_anew(copy, was, about)


def describe_anew(file: Path, was: Manifest, about: Manifest) -> None:
    """Let one of the files of TYPES say that it is from `about`, not from what it was written for.

    Its rows stay as they stand: only its footer, which ends with its own length and tells where all before it lies,
    says what it is from (github.com/apache/parquet-format: file format). Raises EditionDamaged.
    """
    with file.open("r+b") as made:
        made.seek(-_ENDING, os.SEEK_END)
        length = int.from_bytes(made.read(4), "little")
        begin = made.seek(-_ENDING - length, os.SEEK_END)
        before, *after = made.read(length).split(_said(was))
        if len(after) != 1:
            msg = f"{file.name} does not say what it was written for"
            raise EditionDamaged(msg)
        footer = before + _said(about) + after[0]
        made.seek(begin)
        made.truncate()
        made.write(footer + len(footer).to_bytes(4, "little") + b"PAR1")


def _said(about: Manifest) -> bytes:
    """Give what a file says of itself as its footer has it: Thrift's compact protocol, the length before the text."""
    text = _describe(about).encode()
    length, written = len(text), bytearray()
    while length > _SEVEN_BITS:
        written.append(length & _SEVEN_BITS | _SEVEN_BITS + 1)
        length >>= 7
    return bytes([*written, length]) + text


def _describe(about: Manifest) -> str:
    return dump_json(about.describe(about.address))


def quoted(text: object) -> str:
    """Write a text as SQL has it."""
    return "'" + str(text).replace("'", "''") + "'"
