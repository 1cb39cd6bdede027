"""The regions of an edition as GeoJSON features, with their polygons.

It selects nothing: it is told the condition, or which regions.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from incidents.editions.compact import dump_json
from incidents.editions.database import Database

_REGION = ("scheme", "code", "level", "name", "local_name", "parent", "country")


@dataclass(frozen=True, slots=True)
class RegionShape:
    """A region. shape: its boundary as well-known binary, None where none is loaded; extent: west to north."""

    scheme: str
    code: str
    level: int
    name: str
    local_name: str | None
    parent: str | None
    country: str | None
    shape: bytes | None
    extent: tuple[float, float, float, float] | None


def give_areas(cursor: duckdb.DuckDBPyConnection, where: str, edition: str) -> Iterator[str]:
    """Give the regions that stand for the places of rows. where: a condition on the rows."""
    select = f"""
        SELECT {", ".join(f"r.{name}" for name in _REGION)}, c.records, c.incidents, c.groups - c.incidents,
               r.min_lon, r.min_lat, r.max_lon, r.max_lat, r.polygon
        FROM region r JOIN (
            SELECT area_code, count(*) AS records, count(DISTINCT group_id) FILTER (extent = 'one') AS incidents,
                   count(DISTINCT group_id) AS groups
            FROM incident WHERE area_code IS NOT NULL AND {where} GROUP BY area_code
        ) c ON c.area_code = r.code
        ORDER BY r.level, r.code
    """
    rows = cursor.execute(select).fetchall()
    return (_feature((*_REGION, "records", "incidents", "patterns"), row, edition) for row in rows)


def give_boundaries(database: Database, codes: Collection[str], edition: str) -> Iterator[str]:
    """Give those of some regions that have a polygon."""
    select = (
        f"SELECT {', '.join(_REGION)}, min_lon, min_lat, max_lon, max_lat, polygon FROM region "
        "WHERE polygon IS NOT NULL AND list_contains(?::VARCHAR[], code) ORDER BY code"
    )
    with database.asking() as cursor:
        rows = cursor.execute(select, [sorted(codes)]).fetchall()
    yield from (_feature(_REGION, row, edition) for row in rows)


def give_shapes(database: Database, codes: Collection[str]) -> Iterator[RegionShape]:
    """Give regions with their boundaries as well-known binary."""
    select = (
        f"SELECT {', '.join(_REGION)}, shape, min_lon, min_lat, max_lon, max_lat FROM region "
        "WHERE list_contains(?::VARCHAR[], code) ORDER BY level, code"
    )
    with database.asking() as cursor:
        rows = cursor.execute(select, [sorted(codes)]).fetchall()
    for *said, west, south, east, north in rows:
        scheme, code, level, name, local_name, parent, country, shape = said
        extent = None if west is None else (west, south, east, north)
        yield RegionShape(scheme, code, level, name, local_name, parent, country, shape, extent)


def _feature(names: tuple[str, ...], row: tuple[Any, ...], edition: str) -> str:
    *box, polygon = row[len(names) :]
    properties = dict(zip(names, row[: len(names)], strict=True)) | {"edition": edition}
    return (
        f'{{"type":"Feature","id":{dump_json(properties["code"])},"bbox":{dump_json(box)},'
        f'"properties":{dump_json(properties)},"geometry":{polygon}}}'
    )
