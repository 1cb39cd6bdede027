"""Writes GeoParquet 1.1 (geoparquet.org/releases/v1.1.0), WGS 84, that says what it is from. It selects nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from incidents.editions.compact import dump_json
from incidents.editions.flat import describe_geometry
from incidents.editions.manifest import Manifest
from incidents.editions.schema import BOUNDARIES, PARQUET

TYPES = {PARQUET: ("Point",), BOUNDARIES: ("Polygon", "MultiPolygon")}
"""The shapes in each of an edition's files of this format."""


def write_geoparquet(
    db: duckdb.DuckDBPyConnection, select: str, bound: Sequence[Any], path: Path, about: Manifest
) -> None:
    """Write what a question gives, in its order, to one of the files of TYPES."""
    # COPY takes no bound values for these; all is our own text but for quotes, which are doubled.
    geo, said = quoted(describe_geometry(*TYPES[path.name])), quoted(dump_json(about.describe(about.address)))
    db.execute(
        f"COPY ({select}) TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 8192, "
        f"KV_METADATA {{geo: {geo}, bearing: {said}}})",
        list(bound),
    )


def quoted(text: object) -> str:
    """Write a text as SQL has it."""
    return "'" + str(text).replace("'", "''") + "'"
