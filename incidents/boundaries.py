"""Boundaries in the ledger: the shipped world, loaded when a ledger is made, and what a publication shows of it."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from geoalchemy2.shape import to_shape
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import LargeBinary, bindparam, func, insert, select
from sqlalchemy.orm import Session

from geodata import regions as shipped
from geodata.regions import RegionIndex
from incidents.models import BoundarySet, Region, RegionPolygon

_BLOCK = 500


def load_world(session: Session) -> BoundarySet:
    """Load the countries and first-level units that the project ships as the set `world`."""
    digest = hashlib.sha256()
    for name in ("regions.csv", "regions.npz"):
        digest.update((shipped.DATA / name).read_bytes())
    boundary_set = BoundarySet(
        key="world",
        name="Countries and first-level units of the world",
        dated_on=None,
        source="Natural Earth, with codes of ISO 3166",
        licence="Public domain",
        sha256=digest.hexdigest(),
    )
    load_boundaries(session, boundary_set, shipped.world())
    return boundary_set


def load_boundaries(session: Session, boundary_set: BoundarySet, index: RegionIndex) -> None:
    """Load a set of boundaries with all its regions."""
    session.add(boundary_set)
    session.flush()  # The regions name the set by its key.
    rows = [
        {
            "boundary_set_id": boundary_set.id,
            "scheme": region.scheme,
            "code": region.code,
            "level": region.level,
            "name": region.name,
            "local_name": region.local_name or None,
            "parent": region.parent,
            "country": region.country,
        }
        for region in index.regions
    ]
    session.execute(insert(Region), rows)
    # Read back, since results of many inserts are joined pair by pair, each time from the first on.
    written = session.execute(select(Region.code, Region.id).where(Region.boundary_set_id == boundary_set.id))
    numbers = {code: number for code, number in written}  # noqa: C416 - rows are no pairs to the type checker
    polygons = [
        {"region": number, "wkb": _multipolygon(polygon).wkb}
        for code, number in numbers.items()
        if (polygon := index.polygon(code)) is not None
    ]
    if polygons:
        shape = func.ST_GeomFromWKB(bindparam("wkb", type_=LargeBinary), 4326)
        statement = insert(RegionPolygon).values(region_id=bindparam("region"), polygon=shape)
        session.connection().execute(statement, polygons)


def regions_in_use(session: Session, codes: Iterable[str]) -> Iterator[tuple[shipped.Region, BaseGeometry | None]]:
    """Give each region that has one of these codes with its shape in degrees, or None where it has none; by code.

    Where several sets have a code, the set loaded first gives it.
    """
    wanted = sorted(set(codes))
    for start in range(0, len(wanted), _BLOCK):
        block = wanted[start : start + _BLOCK]
        query = (
            select(Region, RegionPolygon.polygon)
            .outerjoin(RegionPolygon, RegionPolygon.region_id == Region.id)
            .where(Region.code.in_(block))
            .order_by(Region.code, Region.boundary_set_id)
        )
        given: set[str] = set()
        shape: Any
        for row, shape in session.execute(query):
            if row.code in given:
                continue
            given.add(row.code)
            region = shipped.Region(
                row.scheme, row.code, row.level, row.name, row.local_name or "", row.parent, row.country
            )
            yield region, None if shape is None else to_shape(shape)


def _multipolygon(polygon: BaseGeometry) -> BaseGeometry:
    return MultiPolygon([polygon]) if isinstance(polygon, Polygon) else polygon
