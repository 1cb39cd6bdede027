"""Where rows lie, as shapes: which of them a geometry meets, and the polygon of a place that is known as a disc.

It is the one module of reading that needs a geometry library; it is loaded when a shape is asked for, not before.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

_CORNERS = 64
_RADIUS_M = 6_371_009.0
# Over the antimeridian min_lon is more than max_lon: there the shape alone tells.
_EXTENT_MEETS = "(min_lon <= ? AND max_lon >= ? OR min_lon > max_lon) AND min_lat <= ? AND max_lat >= ?"


def register_meetings(cursor: duckdb.DuckDBPyConnection, table: str, name: str, geometry: Mapping[str, Any]) -> None:
    """Make a table of the cursor's own under a name: the row ids, as `key`, of what a geometry meets.

    table: `incident` or `region`. geometry: GeoJSON in degrees.
    """
    wanted = shape(dict(geometry))
    shapely.prepare(wanted)
    west, south, east, north = wanted.bounds
    extent = [east, west, north, south]
    found = _regions(cursor, wanted, extent) if table == "region" else _incidents(cursor, wanted, extent)
    cursor.register(name, {"key": found})


def _incidents(cursor: duckdb.DuckDBPyConnection, wanted: BaseGeometry, extent: list[float]) -> NDArray[np.int64]:
    points = cursor.execute(
        f"SELECT number, lon, lat FROM incident WHERE lon IS NOT NULL AND {_EXTENT_MEETS}", extent
    ).fetchnumpy()
    met = shapely.intersects_xy(wanted, np.asarray(points["lon"]), np.asarray(points["lat"]))
    codes = [
        code
        for code, polygon in cursor.execute(
            f"SELECT code, shape FROM region WHERE shape IS NOT NULL AND {_EXTENT_MEETS}", extent
        ).fetchall()
        if wanted.intersects(shapely.from_wkb(polygon))
    ]
    areas = cursor.execute(
        "SELECT number FROM incident WHERE lon IS NULL AND list_contains(?::VARCHAR[], area_code)", [codes]
    ).fetchnumpy()
    discs = cursor.execute(
        "SELECT number, draw_lon, draw_lat, draw_radius_m FROM incident "
        f"WHERE lon IS NULL AND area_code IS NULL AND draw_lon IS NOT NULL AND {_EXTENT_MEETS}",
        extent,
    ).fetchnumpy()
    rings = _rings(*(np.asarray(discs[name], float) for name in ("draw_lon", "draw_lat", "draw_radius_m")))
    # A disc over the antimeridian lies on both sides of it.
    within = np.zeros(len(rings), bool)
    for shift in (-360.0, 0.0, 360.0):
        if len(rings):
            within |= shapely.intersects(wanted, shapely.polygons(rings + np.array([shift, 0.0])))
    numbers = (np.asarray(points["number"])[met], areas["number"], np.asarray(discs["number"])[within])
    return np.concatenate([np.asarray(part, np.int64) for part in numbers])


def _regions(cursor: duckdb.DuckDBPyConnection, wanted: BaseGeometry, extent: list[float]) -> NDArray[np.int64]:
    rows = cursor.execute(
        f"SELECT rowid, shape FROM region WHERE shape IS NOT NULL AND {_EXTENT_MEETS}", extent
    ).fetchall()
    return np.asarray([key for key, polygon in rows if wanted.intersects(shapely.from_wkb(polygon))], np.int64)


def _rings(lon: NDArray[Any], lat: NDArray[Any], radius_m: NDArray[Any]) -> NDArray[np.float64]:
    """Give the outlines of discs, counterclockwise and closed, in degrees: an array of (discs, corners + 1, 2)."""
    turn = np.linspace(0.0, 2 * np.pi, _CORNERS + 1)[np.newaxis, :]
    phi, arc = np.radians(lat)[:, np.newaxis], (np.nan_to_num(radius_m) / _RADIUS_M)[:, np.newaxis]
    north = np.arcsin(np.clip(np.sin(phi) * np.cos(arc) + np.cos(phi) * np.sin(arc) * np.sin(turn), -1, 1))
    east = np.arctan2(np.sin(arc) * np.cos(turn) * np.cos(phi), np.cos(arc) - np.sin(phi) * np.sin(north))
    rings = np.stack([lon[:, np.newaxis] + np.degrees(east), np.degrees(north)], axis=-1)
    rings[:, -1] = rings[:, 0]
    return np.asarray(rings)


Place = tuple[float, ...]
"""Of a disc: longitude, latitude and radius in metres; west, south, east and north of its extent."""


def draw_discs(places: Iterable[Place]) -> dict[Place, dict[str, Any]]:
    """Give discs as `make_discs` does, as GeoJSON, by their places, of which each is drawn once."""
    distinct = list(dict.fromkeys(places))
    return {place: mapping(disc) for place, disc in zip(distinct, make_discs(distinct), strict=True)}


def make_discs(places: Sequence[Place]) -> NDArray[np.object_]:
    """Give discs on the sphere as polygons in degrees, cut at the antimeridian (RFC 7946 section 3.1.9).

    A disc around a pole, or without a radius, is given as its extent.
    """
    lon, lat, radius_m, *extents = np.array(places, dtype=float).reshape(-1, 7).T
    rings = _rings(lon, lat, radius_m)
    discs: Any = shapely.polygons(rings)
    for at in np.flatnonzero(np.abs(rings[:, :, 0]).max(axis=1, initial=0) > 180):
        discs[at] = _cut(discs[at])
    # What is no number is no radius.
    boxed = ~(radius_m > 0) | (np.abs(lat) + np.degrees(radius_m / _RADIUS_M) >= 90)
    discs[boxed] = shapely.box(*(side[boxed] for side in extents))
    # RFC 7946 section 3.1.6: outer rings run counterclockwise.
    turned: NDArray[np.object_] = shapely.transform(shapely.orient_polygons(discs), lambda xy: np.round(xy, 5))
    return turned


def _cut(disc: BaseGeometry) -> BaseGeometry:
    """Cut a disc that reaches over the antimeridian."""
    world = shapely.box(-180, -90, 180, 90)
    parts = [
        shapely.intersection(world, shapely.affinity.translate(disc, shift))
        for shift in (-360.0, 0.0, 360.0)
    ]  # fmt: skip
    polygons = [polygon for part in parts for polygon in shapely.get_parts(part) if polygon.area > 0]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
