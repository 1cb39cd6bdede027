"""Boundaries, and where incidents are. Geometry lives in narrow tables of its own, so that wide ones can be altered."""

import datetime as dt

from geoalchemy2 import Geometry
from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from geodata.locations import Found
from incidents.models.base import Base, comment, one_of


class BoundarySet(Base):
    """A set of boundaries from one source."""

    __tablename__ = "boundary_set"
    __table_args__ = comment("Sets of boundaries, each from one source")

    id: Mapped[int] = mapped_column(primary_key=True, comment="Internal key")
    key: Mapped[str] = mapped_column(unique=True, comment="Short name, such as world")
    name: Mapped[str] = mapped_column(comment="Name for readers")
    dated_on: Mapped[dt.date | None] = mapped_column(comment="Date of the boundaries, where the source gives one")
    source: Mapped[str] = mapped_column(comment="Where they come from")
    licence: Mapped[str] = mapped_column(comment="On what terms")
    sha256: Mapped[str] = mapped_column(comment="SHA-256 of what was loaded, hex")


class Region(Base):
    """A country or a unit of one."""

    __tablename__ = "region"
    __table_args__ = (UniqueConstraint("boundary_set_id", "scheme", "code"), comment("Countries and their units"))

    id: Mapped[int] = mapped_column(primary_key=True, comment="Internal key")
    boundary_set_id: Mapped[int] = mapped_column(ForeignKey("boundary_set.id"), comment="The set that it belongs to")
    scheme: Mapped[str] = mapped_column(comment="What its code belongs to, such as ISO 3166-2")
    code: Mapped[str] = mapped_column(index=True, comment="Code within the scheme")
    level: Mapped[int] = mapped_column(comment="0 country, 1 first-level unit, 2 district, 3 township")
    name: Mapped[str] = mapped_column(comment="Name in English")
    local_name: Mapped[str | None] = mapped_column(comment="Name in the local script, where known")
    parent: Mapped[str | None] = mapped_column(comment="Code of the unit above, in the same set")
    country: Mapped[str] = mapped_column(comment="ISO 3166-1 alpha-2 code of its country")


class RegionPolygon(Base):
    """A region's shape; regions known by name alone have none."""

    __tablename__ = "region_polygon"
    __table_args__ = comment("Shapes of regions")

    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), primary_key=True, comment="The region")
    polygon: Mapped[object] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4326, nullable=False), nullable=False, comment="Its shape, WGS 84"
    )


class IncidentPoint(Base):
    """The point of an incident, claimed by a source or standing in for an area."""

    __tablename__ = "incident_point"
    __table_args__ = comment("Points of incidents")

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True, comment="The incident")
    claimed: Mapped[bool] = mapped_column(
        Boolean, comment="True where a source claims the point; false where it stands in for an area, never published"
    )
    point: Mapped[object] = mapped_column(
        Geometry("POINT", srid=4326, nullable=False), nullable=False, comment="The point, WGS 84"
    )


class IncidentRegion(Base):
    """A region that an incident lies in, and how that was found."""

    __tablename__ = "incident_region"
    __table_args__ = (
        one_of("how", Found),
        CheckConstraint("level BETWEEN 0 AND 9", name="level"),
        CheckConstraint("distance_m >= 0", name="distance_m"),
        CheckConstraint("(scheme IS NULL) = (code IS NULL)", name="scheme_code"),
        Index(None, "code", "incident_id"),
        comment("Regions that incidents lie in"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Internal key")
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True, comment="The incident")
    boundary_set_id: Mapped[int | None] = mapped_column(
        ForeignKey("boundary_set.id"), comment="The set that the code belongs to; null for a region known by name alone"
    )
    level: Mapped[int] = mapped_column(comment="0 country, 1 first-level unit, 2 district, 3 township")
    scheme: Mapped[str | None] = mapped_column(comment="What the code belongs to")
    code: Mapped[str | None] = mapped_column(comment="The region's code")
    name: Mapped[str] = mapped_column(comment="Its name when it was recorded")
    how: Mapped[str] = mapped_column(comment="How it was found: named, polygon, gazetteer, nearest")
    distance_m: Mapped[float | None] = mapped_column(comment="Metres to it, when it was found as the nearest")
