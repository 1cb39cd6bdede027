"""Boundaries in the ledger: the whole shipped world is there, and comes back with its shapes."""

import hashlib

import shapely
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geodata import regions as shipped
from geodata.regions import Region as ShippedRegion
from geodata.regions import RegionIndex
from incidents.boundaries import load_boundaries, regions_in_use
from incidents.models import BoundarySet, Region, RegionPolygon


def test_the_shipped_world_is_loaded_whole(session: Session) -> None:
    (world,) = session.scalars(select(BoundarySet))
    assert world.key == "world"
    assert session.scalars(select(func.count()).select_from(Region)).one() == len(shipped.world().regions)
    shapes = sum(shipped.world().polygon(region.code) is not None for region in shipped.world().regions)
    assert session.scalars(select(func.count()).select_from(RegionPolygon)).one() == shapes
    digest = hashlib.sha256((shipped.DATA / "regions.csv").read_bytes() + (shipped.DATA / "regions.npz").read_bytes())
    assert world.sha256 == digest.hexdigest()


def test_regions_come_back_by_code_with_names_and_shapes(session: Session) -> None:
    found = {region.code: (region, shape) for region, shape in regions_in_use(session, ["MM-01", "MM", "MM-01", "XX"])}
    assert list(found) == ["MM", "MM-01"]
    region, shape = found["MM-01"]
    assert region == shipped.world().get("MM-01")
    assert shape is not None
    assert shape.contains(shapely.Point(95.4012, 22.6834))
    original = shipped.world().polygon("MM-01")
    assert original is not None
    assert shape.equals(original)


def test_a_region_known_by_name_alone_has_no_shape(session: Session) -> None:
    ((region, shape),) = regions_in_use(session, ["MM-18"])
    assert region.local_name
    assert shape is None


def test_nothing_asked_gives_nothing(session: Session) -> None:
    assert list(regions_in_use(session, [])) == []


def test_another_set_may_name_the_same_code_and_the_first_one_gives_it(session: Session) -> None:
    mine = BoundarySet(key="mine", name="Mine", source="A survey", licence="ours", sha256="0" * 64)
    square = shapely.box(95, 22, 96, 23)
    regions = [
        ShippedRegion("Mine", "MM-01", 1, "Sagaing", "", None, "MM"),
        ShippedRegion("Mine", "T-1", 3, "Tabayin", "ဒီပဲယင်း", "MM-01", "MM"),
    ]
    load_boundaries(session, mine, RegionIndex(regions, [square, square]))
    found = {region.code: (region.scheme, shape) for region, shape in regions_in_use(session, ["MM-01", "T-1"])}
    assert found["MM-01"][0] == "ISO 3166-2"
    assert found["T-1"][0] == "Mine"
    assert shapely.equals(found["T-1"][1], square)


def test_shapes_have_a_spatial_index(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        query = (
            "SELECT rowid FROM SpatialIndex WHERE f_table_name = 'region_polygon'"
            " AND search_frame = BuildMbr(95.4, 22.6, 95.5, 22.7, 4326)"
        )
    else:
        query = "SELECT region_id FROM region_polygon WHERE polygon && ST_MakeEnvelope(95.4, 22.6, 95.5, 22.7, 4326)"
    near = session.scalars(text(query)).all()
    codes = set(session.scalars(select(Region.code).where(Region.id.in_(near))))
    assert {"MM", "MM-01"} <= codes
    assert "FR" not in codes
