"""The columns of an edition as one compact JSON document, from which the browser draws and filters every row.

It is written once at publishing; a reader makes it anew only while tombstones await an amendment.
"""

import datetime as dt
import gzip
import io
from collections.abc import Collection
from typing import Any

import duckdb

from incidents.editions.compact import dump_json

_EPOCH = dt.date(1970, 1, 1)
_BATCH = 5_000
_COLUMNS = (
    "kind",
    "precision",
    "extent",
    "lon",
    "lat",
    "radius",
    "area",
    "regions",
    "earliest",
    "latest",
    "certain",
    "possible",
    "group",
    "grade",
)


def find_regions(
    cursor: duckdb.DuckDBPyConnection, hidden: Collection[str] = ()
) -> list[tuple[str, str, str | None, int, str | None]]:
    """Give code, name, local name, level and parent of the regions in use, coarse to fine.

    Without those that only hidden rows lie in: they would tell where those were.
    """
    regions = cursor.execute("SELECT code, name, local_name, level, parent FROM region ORDER BY level, code").fetchall()
    if not hidden:
        return regions
    parents = {code: parent for code, _, _, _, parent in regions}
    waiting = _distinct(cursor, "unnest(regions)", hidden)
    waiting += [code for (code,) in cursor.execute("SELECT DISTINCT region FROM aggregate").fetchall() if code]
    used: set[str] = set()
    while waiting:
        code = waiting.pop()
        if code in parents and code not in used:
            used.add(code)
            waiting += [parent] if (parent := parents[code]) else []
    return [region for region in regions if region[0] in used]


def _distinct(cursor: duckdb.DuckDBPyConnection, expression: str, hidden: Collection[str]) -> list[str]:
    """Give the values of our own expression over all rows but the hidden ones, each once and in order."""
    question = f"SELECT DISTINCT {expression} AS key FROM incident WHERE NOT list_contains(?::VARCHAR[], id) ORDER BY 1"
    return [key for (key,) in cursor.execute(question, [sorted(hidden)]).fetchall()]


def make_columns(
    cursor: duckdb.DuckDBPyConnection, edition: str, grades: Collection[str], hidden: Collection[str] = ()
) -> bytes:
    """Make the document, gzip-compressed; the same rows always give the same bytes.

    hidden: ids that tombstones take back. Their row numbers stay, without any content, and are listed under
    `withdrawn`.
    """
    taken_back = set(hidden)
    regions = find_regions(cursor, taken_back)
    kinds = _distinct(cursor, "kind", taken_back)
    aircraft = _distinct(cursor, "unnest(list_concat(aircraft_certain, aircraft_possible))", taken_back)
    region_index = {row[0]: index for index, row in enumerate(regions)}
    kind_index = {key: index for index, key in enumerate(kinds)}
    aircraft_index = {key: index for index, key in enumerate(aircraft)}
    grade_index = {key: index for index, key in enumerate(grades)}
    # As text from the start: a hundred thousand rows of numbers as objects would take ten times the memory.
    columns: dict[str, list[str]] = {name: [] for name in _COLUMNS}
    withdrawn: list[int] = []
    first_of: dict[str, int] = {}
    total = 0
    cursor.execute(
        "SELECT number, id, kind, precision_rank, extent, draw_lon, draw_lat, draw_radius_m, area_code, regions, "
        "earliest, latest, aircraft_certain, aircraft_possible, group_id, grade FROM incident ORDER BY number"
    )
    while rows := cursor.fetchmany(_BATCH):
        batch: list[tuple[Any, ...]] = []
        for (
            number,
            id_,
            kind,
            rank,
            extent,
            lon,
            lat,
            radius,
            area,
            codes,
            start,
            end,
            sure,
            maybe,
            group,
            grade,
        ) in rows:
            total += 1
            if id_ in taken_back:
                withdrawn.append(number)
                values: tuple[Any, ...] = (0, 10, 0, None, None, None, None, [], None, None, [], [], number, None)
            else:
                values = (
                    kind_index[kind],
                    rank,
                    int(extent == "pattern"),
                    None if lon is None else round(lon, 5),
                    None if lat is None else round(lat, 5),
                    None if radius is None else round(radius),
                    region_index.get(area),
                    [region_index[code] for code in codes if code in region_index],
                    None if start is None else (start - _EPOCH).days,
                    None if end is None else (end - _EPOCH).days,
                    [aircraft_index[key] for key in sure],
                    [aircraft_index[key] for key in maybe],
                    first_of.setdefault(group, number),
                    grade_index.get(grade),
                )
            batch.append(values)
        for name, column in zip(_COLUMNS, zip(*batch, strict=True), strict=True):
            columns[name].append(dump_json(column)[1:-1])
    document: dict[str, Any] = {
        "edition": edition,
        "total": total - len(withdrawn),
        "kinds": kinds,
        "regions": [
            {"code": code, "name": name, "local_name": local, "level": level, "parent": parent}
            for code, name, local, level, parent in regions
        ],
        "aircraft": aircraft,
        "grades": list(grades),
    }
    if withdrawn:
        document["withdrawn"] = withdrawn
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=6, mtime=0) as file:
        file.write(f'{dump_json(document)[:-1]},"columns":{{'.encode())
        for number, (name, blocks) in enumerate(columns.items()):
            file.write(f'{"," if number else ""}"{name}":[{",".join(blocks)}]'.encode())
        file.write(b"}}")
    return packed.getvalue()
