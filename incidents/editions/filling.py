"""Fills the columns of an edition from its rows in DuckDB, with memory for the columns alone.

It writes no file and reads no text of any incident.
"""

from collections.abc import Collection
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from incidents.editions.columns import NO_END, NO_START, TYPES, AircraftSet, Columns, RegionTerm, Terms, place

_BATCH = 100_000
_REGIONS = "SELECT code, name, local_name, level, parent FROM region ORDER BY level, code"
# Each distinct list once, in the order of its first row, so that the same rows always give the same numbers.
_REGION_SETS = "SELECT regions FROM incident GROUP BY regions ORDER BY min(number)"
_AIRCRAFT_SETS = (
    "SELECT aircraft_certain, aircraft_possible FROM incident "
    "GROUP BY aircraft_certain, aircraft_possible ORDER BY min(number)"
)
_ROWS = f"""
    WITH region_sets AS (
        SELECT regions, row_number() OVER (ORDER BY min(number)) - 1 AS at FROM incident GROUP BY regions
    ), aircraft_sets AS (
        SELECT aircraft_certain AS certain, aircraft_possible AS possible,
               row_number() OVER (ORDER BY min(number)) - 1 AS at
        FROM incident GROUP BY aircraft_certain, aircraft_possible
    ), areas AS (
        SELECT code, row_number() OVER (ORDER BY level, code) - 1 AS at FROM region
    ), linked AS (
        SELECT group_id, min(number) AS first FROM incident WHERE len(same_as) > 0 GROUP BY group_id
    )
    SELECT i.number,
           list_position(?::VARCHAR[], i.kind) - 1 AS kind,
           i.precision_rank AS precision,
           CASE WHEN i.extent = 'pattern' THEN 1 ELSE 0 END AS pattern,
           coalesce(i.draw_lon, 'nan'::DOUBLE) AS lon,
           coalesce(i.draw_lat, 'nan'::DOUBLE) AS lat,
           coalesce(round(i.draw_radius_m), -1)::INTEGER AS radius,
           coalesce(a.at, -1) AS area,
           r.at AS region_set,
           s.at AS aircraft_set,
           coalesce(i.earliest - DATE '1970-01-01', {NO_START}) AS earliest,
           coalesce(i.latest - DATE '1970-01-01', {NO_END}) AS latest,
           coalesce(l.first, i.number) AS "group",
           coalesce(list_position(?::VARCHAR[], i.grade) - 1, -1) AS grade
    FROM incident i
    JOIN region_sets r ON r.regions IS NOT DISTINCT FROM i.regions
    JOIN aircraft_sets s ON s.certain IS NOT DISTINCT FROM i.aircraft_certain
        AND s.possible IS NOT DISTINCT FROM i.aircraft_possible
    LEFT JOIN areas a ON a.code = i.area_code
    LEFT JOIN linked l ON len(i.same_as) > 0 AND l.group_id = i.group_id
"""


def make_columns(cursor: duckdb.DuckDBPyConnection, edition: str, grades: Collection[str]) -> Columns:
    """Make the columns of all rows; the same rows always give the same columns."""
    regions = tuple(RegionTerm(*row) for row in cursor.execute(_REGIONS).fetchall())
    kinds = tuple(key for (key,) in cursor.execute("SELECT DISTINCT kind FROM incident ORDER BY 1").fetchall())
    region_at = {region.code: at for at, region in enumerate(regions)}
    region_sets = tuple(
        tuple(region_at[code] for code in codes if code in region_at)
        for (codes,) in cursor.execute(_REGION_SETS).fetchall()
    )
    found = cursor.execute(_AIRCRAFT_SETS).fetchall()
    aircraft = tuple(sorted({key for sets in found for keys in sets for key in keys}))
    aircraft_at = {key: at for at, key in enumerate(aircraft)}
    aircraft_sets = tuple(
        AircraftSet(tuple(aircraft_at[key] for key in certain), tuple(aircraft_at[key] for key in possible))
        for certain, possible in found
    )
    ((total,),) = cursor.execute("SELECT count(*) FROM incident").fetchall()
    arrays: dict[str, npt.NDArray[Any]] = {name: np.zeros(total, dtype=type_) for name, type_ in TYPES.items()}
    reader = cursor.sql(_ROWS, params=[list(kinds), list(grades)]).to_arrow_reader(_BATCH)
    for batch in reader:
        given = {name: batch.column(name).to_numpy(zero_copy_only=False) for name in batch.schema.names}
        numbers = given["number"]
        given["x"], given["y"] = place(given["lon"], given["lat"])
        for name, values in arrays.items():
            values[numbers] = given[name]
    terms = Terms(edition, total, kinds, regions, aircraft, tuple(grades), region_sets, aircraft_sets)
    return Columns(terms, **arrays)
