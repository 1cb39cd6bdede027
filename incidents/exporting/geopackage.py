"""Incidents as a GeoPackage 1.3 (OGC 12-128r17): layers of points, of areas and of regions, and a table about it.

It is a SQLite file, whole before its first byte is known; it is written in one pass, in little memory. An area that
many incidents are known only to is stored once: `incident_areas` is a view.
"""

import sqlite3
import struct
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from incidents.editions.edition import Edition
from incidents.editions.flat import DAY, FLAT_COLUMNS, NUMBER, WHOLE
from incidents.editions.footprints import make_discs
from incidents.editions.shapes import RegionShape
from incidents.exporting.about import describe, say_about
from incidents.exporting.flattening import JOINT, join_lists
from incidents.filters import IncidentFilter

Box = tuple[float, ...]

_TYPES = {WHOLE: "INTEGER", NUMBER: "REAL", DAY: "DATE"}
_PIECE = 1 << 20
_APPLICATION, _VERSION = 0x47504B47, 10300
_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],'
    'UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]'
)
_FRAME = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
    organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
    description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
    srs_id INTEGER, CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
    geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
    CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
    CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
    CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE area_shapes (shape INTEGER PRIMARY KEY, geom BLOB NOT NULL);
CREATE TABLE area_of (incident INTEGER PRIMARY KEY, shape INTEGER NOT NULL);
CREATE TABLE regions (fid INTEGER PRIMARY KEY, geom MULTIPOLYGON, code TEXT, scheme TEXT, level INTEGER, name TEXT,
    local_name TEXT, parent TEXT, country TEXT, edition TEXT, incidents INTEGER, patterns INTEGER,
    known_only_here INTEGER);
CREATE TABLE about (fid INTEGER PRIMARY KEY, name TEXT, text TEXT);
"""
_LAYERS = {
    "incidents": ("POINT", "A point where a source claims one"),
    "incident_areas": ("GEOMETRY", "What is known only to an area, with that area"),
    "regions": ("MULTIPOLYGON", "Where they lie, with counts: incidents, patterns, records known only to the region"),
}


def package_blocks(edition: Edition, filter_: IncidentFilter, base_url: str = "") -> Iterator[bytes]:
    """Give the matching incidents as a GeoPackage, piece by piece, once it is whole."""
    with tempfile.TemporaryDirectory(prefix="bearing-") as folder:
        path = Path(folder) / "incidents.gpkg"
        write_package(path, edition, filter_, base_url)
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece


def write_package(path: Path, edition: Edition, filter_: IncidentFilter, base_url: str = "") -> None:
    """Write a GeoPackage where no file is yet; the same question gives the same bytes."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for setting in (
            f"application_id = {_APPLICATION}",
            f"user_version = {_VERSION}",
            "journal_mode = OFF",
            "synchronous = OFF",
        ):
            db.execute(f"PRAGMA {setting}")
        db.execute("BEGIN")
        columns = ", ".join(f'"{column.name}" {_TYPES.get(column.type, "TEXT")}' for column in FLAT_COLUMNS)
        # Not by a script, which would end what was begun.
        for statement in [
            *_FRAME.split(";\n"),
            f"CREATE TABLE incidents (fid INTEGER PRIMARY KEY, geom POINT, {columns})",
        ]:
            db.execute(statement)
        writer = _Writer(db, edition)
        points = writer.add_incidents(filter_, base_url)
        areas = writer.add_areas()
        regions = writer.add_regions(filter_)
        about = say_about(
            describe(edition, filter_, base_url), edition.counts(filter_).matched, f"Lists are joined by “{JOINT}”."
        )
        db.executemany("INSERT INTO about (name, text) VALUES (?, ?)", about)
        _register(db, edition, {"incidents": points, "incident_areas": areas, "regions": regions})
        db.execute("COMMIT")


class _Writer:
    """Adds rows, and remembers which areas they are known only to."""

    def __init__(self, db: sqlite3.Connection, edition: Edition) -> None:
        self._db = db
        self._edition = edition
        self._shapes: dict[str, int] = {}
        self._made = 0
        self._around = _Around()

    def add_incidents(self, filter_: IncidentFilter, base_url: str) -> Box | None:
        """Add the rows, and give the box around the points."""
        number, box = 0, _Around()
        for table in self._edition.flat_rows(filter_, base_url, areas=True):
            joined = join_lists(table)
            points = [None if point is None else _POINT + point for point in joined.column("geometry").to_pylist()]
            values = {column.name: joined.column(column.name) for column in FLAT_COLUMNS}
            # Most columns are null for most rows: it takes its time to say so.
            told = {name: cells for name, cells in values.items() if cells.null_count < len(cells)}
            names = ", ".join(f'"{name}"' for name in ("fid", "geom", *told))
            marks = ", ".join("?" * (len(told) + 2))
            self._db.executemany(
                f"INSERT INTO incidents ({names}) VALUES ({marks})",
                zip(range(number + 1, number + 1 + len(table)), points, *map(_values, told.values()), strict=True),
            )
            box.hold_points(table.column("longitude"), table.column("latitude"))
            self._remember(table, number + 1)
            number += len(table)
        return box.found

    def _remember(self, table: pa.Table, first: int) -> None:
        nowhere = np.flatnonzero(table.column("longitude").is_null())
        area, *places = (values.to_pylist() for values in table.select(("area", *_DISC, *_EXTENT)).take(nowhere))
        known = []
        # Neighbours are often known to the same place: it is drawn once.
        drawn: dict[tuple[float, ...], int] = {}
        for at, code, *place in zip((nowhere + first).tolist(), area, *places, strict=True):
            if code is not None:
                known.append((at, self._shapes.setdefault(code, -1 - len(self._shapes))))
            elif place[0] is not None:
                known.append((at, drawn.setdefault(tuple(place), self._made + len(drawn) + 1)))
        shapes = shapely.to_wkb(make_discs(list(drawn)), byte_order=1).tolist()
        self._add_shapes(
            (number, shape, place[len(_DISC) :]) for (place, number), shape in zip(drawn.items(), shapes, strict=True)
        )
        self._made += len(drawn)
        self._db.executemany("INSERT INTO area_of VALUES (?, ?)", known)

    def _add_shapes(self, shapes: Iterable[tuple[int, bytes, Box]]) -> None:
        for number, shape, extent in shapes:
            self._db.execute("INSERT INTO area_shapes VALUES (?, ?)", (number, _enclose(shape, extent)))
            self._around.hold(extent)

    def add_areas(self) -> Box | None:
        """Add the regions that rows are known only to, and the view of those rows; give the box around all areas."""
        self._add_shapes(
            (self._shapes[region.code], region.shape, region.extent)
            for region in self._edition.region_shapes(self._shapes)
            if region.shape is not None and region.extent is not None
        )
        named = ", ".join(f'i."{column.name}"' for column in FLAT_COLUMNS)
        # GDAL takes this name for the number of a view's rows.
        self._db.execute(
            f"CREATE VIEW incident_areas AS SELECT i.fid AS OGC_FID, s.geom AS geom, {named} FROM area_of a "
            "JOIN incidents i ON i.fid = a.incident JOIN area_shapes s ON s.shape = a.shape"
        )
        return self._around.found

    def add_regions(self, filter_: IncidentFilter) -> Box | None:
        """Add the regions that matching rows lie in, and give the box around them."""
        counts = self._edition.counts_by_region(filter_)
        alone = self._edition.area_counts(filter_)
        around = _Around()
        for region in self._edition.region_shapes({*counts, *alone}):
            self._db.execute(
                "INSERT INTO regions VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    _multipolygon(region), region.code, region.scheme, region.level, region.name, region.local_name,
                    region.parent, region.country, self._edition.name, *counts.get(region.code, (0, 0)),
                    alone.get(region.code, (0,))[0],
                ),
            )  # fmt: skip
            if region.extent and region.shape:
                around.hold(region.extent)
        return around.found


_DISC = ("disc_lon", "disc_lat", "disc_radius_m")
_EXTENT = ("extent_west", "extent_south", "extent_east", "extent_north")
# GeoPackage's head of a geometry (section 2.1.3): little-endian, WGS 84; without an envelope, and with one.
_POINT = b"GP\x00\x01" + struct.pack("<i", 4326)
_OTHER = b"GP\x00\x03" + struct.pack("<i", 4326)


def _enclose(shape: bytes, extent: Box) -> bytes:
    west, south, east, north = _flat(extent)
    return _OTHER + struct.pack("<4d", west, east, south, north) + shape


def _flat(extent: Box) -> Box:
    """Give a box as software has it that knows a plane: from side to side where it crosses the antimeridian."""
    west, south, east, north = extent
    return (-180.0, south, 180.0, north) if west > east else extent


def _multipolygon(region: RegionShape) -> bytes | None:
    if region.shape is None or region.extent is None:
        return None
    many = cast("BaseGeometry", shapely.multipolygons(shapely.get_parts(shapely.from_wkb(region.shape))))
    return _enclose(shapely.to_wkb(many, byte_order=1), region.extent)


def _values(column: pa.ChunkedArray) -> Any:  # noqa: ANN401 - an iterable of whatever SQLite holds
    """Give a column's values as SQLite holds them: days as text; what is not a number is null to it."""
    if pa.types.is_date(column.type):
        column = column.cast(pa.string())
    if not (column.null_count and pa.types.is_integer(column.type)):
        return column.to_numpy(zero_copy_only=False).tolist()
    whole = column.fill_null(0).to_numpy().astype(object)
    whole[column.is_null().to_numpy(zero_copy_only=False)] = None
    return whole.tolist()


class _Around:
    """The box around what comes in many parts, of which it keeps none."""

    def __init__(self) -> None:
        self.found: Box | None = None

    def hold(self, box: Box) -> None:
        """Make it hold this box, too."""
        box = _flat(box)
        west, south, east, north = self.found or box
        self.found = (min(west, box[0]), min(south, box[1]), max(east, box[2]), max(north, box[3]))

    def hold_points(self, lons: pa.ChunkedArray, lats: pa.ChunkedArray) -> None:
        """Make it hold these points, too."""
        x, y = (part.drop_null().to_numpy() for part in (lons, lats))
        if len(x):
            self.hold((float(x.min()), float(y.min()), float(x.max()), float(y.max())))


def _register(db: sqlite3.Connection, edition: Edition, boxes: dict[str, Box | None]) -> None:
    """Name the layers. They say to have been changed when the edition was published, so that no two files differ."""
    at = f"{(edition.manifest.amended_at or edition.manifest.published_at)[:19]}.000Z"
    db.executemany(
        "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)",
        (
            ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian coordinate reference system"),
            ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinate reference system"),
            ("WGS 84 geodetic", 4326, "EPSG", 4326, _WGS84, "longitude and latitude in decimal degrees"),
        ),
    )
    for name, (type_, says) in _LAYERS.items():
        box = boxes[name] or (None, None, None, None)
        db.execute(
            "INSERT INTO gpkg_contents VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?, 4326)", (name, name, says, at, *box)
        )
        db.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4326, 0, 0)", (name, type_))
    db.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES ('about', 'attributes', 'about', 'Where this is from, and how to cite it', ?)",
        (at,),
    )
