"""Writes an edition's folder from public incidents, or from an older edition without some of its rows.

It decides neither what is public nor when the folder becomes the current edition: publishing and amending do.
"""

import itertools
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import duckdb
import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.bbox import BBox
from geodata.regions import Region
from incidents.editions.columns import write_columns
from incidents.editions.database import DATABASE
from incidents.editions.errors import EditionError
from incidents.editions.filling import make_columns
from incidents.editions.harms import make_harms, write_harms
from incidents.editions.manifest import Licence, Manifest, write_manifest
from incidents.editions.public import PublicIncident
from incidents.editions.rows import STAGED_COLUMNS, make_row
from incidents.editions.schema import (
    AGGREGATE_COLUMNS,
    BOUNDARIES_SELECT,
    INCIDENT_COLUMNS,
    PARQUET_SELECT,
    REGION_COLUMNS,
    create_table,
)
from incidents.editions.tombstones import sync_folder
from incidents.taxonomy import Taxonomy

PARQUET = "incidents.parquet"
BOUNDARIES = "regions.parquet"
TAXONOMY = "taxonomy.json"

RegionSource = Callable[[Collection[str]], Iterable[tuple[Region, BaseGeometry | None]]]
"""Gives the regions of some codes, each with its polygon or None; codes it does not know are left out."""

_BATCH = 2_000
_SORTED_AT_ONCE = 20_000
_RESOLVED = ("number", "group_id", "same_as")
_STAGED = {**{n: t for n, t in INCIDENT_COLUMNS.items() if n not in _RESOLVED}, **STAGED_COLUMNS}
_PA_TYPES = {
    "VARCHAR": pa.string(),
    "VARCHAR[]": pa.list_(pa.string()),
    "INTEGER": pa.int32(),
    "TINYINT": pa.int8(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "BLOB": pa.binary(),
    INCIDENT_COLUMNS["harm"]: pa.list_(
        pa.struct([("affected", pa.string()), ("outcome", pa.string()), ("least", pa.int64()), ("most", pa.int64())])
    ),
}


@dataclass(frozen=True, slots=True)
class _Used:
    """A region in use, with its polygon simplified for drawing."""

    region: Region
    polygon: BaseGeometry | None

    @property
    def local_name(self) -> str | None:
        return self.region.local_name or None

    @property
    def extent(self) -> BBox | None:
        if self.polygon is None or self.polygon.is_empty:
            return None
        return BBox(*(round(value, 5) for value in self.polygon.bounds))


class EditionWriter:
    """Writes one edition into an empty folder: `add` or `copy` rows, then `finish`; `close` in any case.

    Rows are staged in a file of their own beside the folder, so that nothing that was staged and dropped is left
    between the pages of the published one. Memory is bounded whatever the number of rows.
    """

    def __init__(self, folder: Path, taxonomy: Taxonomy, regions: RegionSource) -> None:
        """Create the folder and the staging file."""
        self.folder = folder
        self._taxonomy = taxonomy
        self._find_regions = regions
        self._regions: dict[str, _Used] = {}
        self._asked: set[str] = set()
        self._datasets: dict[str, Licence] = {}
        folder.mkdir(parents=True)
        self._staging = folder.with_name(f"{folder.name}.staging")
        shutil.rmtree(self._staging, ignore_errors=True)
        self._staging.mkdir()
        self._config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": "160MB",
            "threads": 2,
            "temp_directory": str(self._staging / "spilled"),
        }
        self._db = duckdb.connect(self._staging / "rows.duckdb", config=self._config)
        self._db.execute(create_table("staged", _STAGED))
        self._db.execute(create_table("aggregate", AGGREGATE_COLUMNS))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the staging file; the folder stays, finished or not."""
        self._db.close()
        shutil.rmtree(self._staging, ignore_errors=True)

    def add(self, incidents: Iterable[PublicIncident]) -> int:
        """Stage rows, in batches; give their number."""
        added = 0
        for batch in _in_batches(incidents, _BATCH):
            self._learn_regions(link.code for item in batch for link in item.draft.location.regions if link.code)
            rows = [make_row(item, self._taxonomy, self._regions) for item in batch]
            self._insert("staged", _STAGED, rows)
            for item in batch:
                if item.dataset is not None and item.dataset.key not in self._datasets:
                    data = item.dataset
                    self._datasets[data.key] = Licence(
                        data.key, data.title, data.version, data.licence, data.attribution, data.url, 0
                    )
            added += len(rows)
        return added

    def add_aggregates(self, counts: Mapping[tuple[str, str | None, str | None, str], int]) -> None:
        """Add counts of what is published in no row, by dataset, first-level region, month and kind."""
        rows = [
            {"dataset": dataset, "region": region, "month": month, "kind": kind, "records": count}
            for (dataset, region, month, kind), count in sorted(counts.items(), key=repr)
        ]
        self._learn_regions(region for _, region, _, _ in counts if region)
        self._insert("aggregate", AGGREGATE_COLUMNS, rows)

    def copy(self, edition: Path, manifest: Manifest, *, without: Collection[str]) -> None:
        """Stage the rows of another edition's folder but for some ids."""
        self._attach(edition / DATABASE, "old", read_only=True)
        shared = [name for name in _STAGED if name not in STAGED_COLUMNS]
        self._db.execute(
            f"INSERT INTO staged ({', '.join(shared)}, links) "
            f"SELECT {', '.join(shared)}, same_as FROM old.incident WHERE NOT list_contains(?::VARCHAR[], id)",
            [sorted(without)],
        )
        self._db.execute("INSERT INTO aggregate SELECT * FROM old.aggregate")
        found = self._db.execute(f"SELECT {', '.join(REGION_COLUMNS)} FROM old.region").fetchall()
        self._db.execute("DETACH old")
        for row in found:
            values = dict(zip(REGION_COLUMNS, row, strict=True))
            region = Region(
                values["scheme"],
                values["code"],
                values["level"],
                values["name"],
                values["local_name"] or "",
                values["parent"],
                values["country"],
            )
            shape = shapely.from_wkb(values["shape"]) if values["shape"] else None
            self._regions[region.code] = _Used(region, shape)
            self._asked.add(region.code)
        self._datasets |= {item.dataset: item for item in manifest.licences}

    def finish(self, about: Manifest) -> Manifest:
        """Resolve links and numbers, write every file, bring all to disk, and give the manifest as written.

        Of `about` only what the rows cannot tell is kept: number, times, note, texts, history, tombstones.
        """
        self._resolve_links()
        self._write_database()
        with duckdb.connect(self.folder / DATABASE, read_only=True, config=self._config) as edition:
            about = self._describe(about, edition)
            self._write_parquet(edition)
            columns = make_columns(edition, about.edition, tuple(self._taxonomy.grades))
            harms = make_harms(edition)
        write_columns(self.folder, columns)
        write_harms(self.folder, harms)
        (self.folder / TAXONOMY).write_text(self._taxonomy.to_json(), encoding="utf-8")
        manifest = write_manifest(self.folder, about)
        for path in self.folder.iterdir():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        sync_folder(self.folder)
        return manifest

    def _learn_regions(self, codes: Iterable[str]) -> None:
        """Fetch regions that are not known yet, and those above them."""
        wanted = set(codes) - self._asked
        while wanted:
            self._asked |= wanted
            for region, polygon in self._find_regions(sorted(wanted)):
                self._regions[region.code] = _Used(region, simplify(polygon))
            wanted = {used.region.parent for used in self._regions.values() if used.region.parent} - self._asked

    def _insert(self, table: str, columns: Mapping[str, str], rows: list[dict[str, Any]]) -> None:
        schema = pa.schema([(name, _PA_TYPES[type_]) for name, type_ in columns.items()])
        self._db.register("batch", pa.Table.from_pylist(rows, schema=schema))
        self._db.execute(f"INSERT INTO {table} SELECT {', '.join(columns)} FROM batch")
        self._db.unregister("batch")

    def _resolve_links(self) -> None:
        """Keep the links between rows that are both here and under no policy, both ways, and group what they join."""
        pairs = self._db.execute(
            "WITH said AS (SELECT id AS a, unnest(links) AS b FROM staged) "
            "SELECT DISTINCT said.a, said.b FROM said "
            "JOIN staged x ON x.id = said.a AND x.generalised IS NULL AND x.policy IS NULL "
            "JOIN staged y ON y.id = said.b AND y.generalised IS NULL AND y.policy IS NULL WHERE said.a <> said.b"
        ).fetchall()
        groups = _join(pairs)
        rows = [
            {"id": member, "group_id": group[0], "same_as": [other for other in group if other != member]}
            for group in groups
            for member in group
        ]
        columns = {"id": "VARCHAR", "group_id": "VARCHAR", "same_as": "VARCHAR[]"}
        self._db.execute(create_table("linked", columns))
        if rows:
            self._insert("linked", columns, rows)

    def _write_database(self) -> None:
        self._attach(self.folder / DATABASE, "edition", read_only=False)
        for table, columns in (
            ("incident", INCIDENT_COLUMNS),
            ("region", REGION_COLUMNS),
            ("aggregate", AGGREGATE_COLUMNS),
        ):
            self._db.execute(create_table(f"edition.{table}", columns))
        values = {name: f"s.{name}" for name in INCIDENT_COLUMNS} | {
            "number": "p.number",
            "group_id": "coalesce(l.group_id, s.id)",
            "same_as": "coalesce(l.same_as, []::VARCHAR[])",
        }
        # The keys are sorted alone and the rows brought into their order range by range: sorting whole rows at once
        # would need more memory than there is, from about 50,000 rows on.
        self._db.execute(
            "CREATE TABLE placed AS "
            "SELECT id, (row_number() OVER (ORDER BY curve, id) - 1)::INTEGER AS number FROM staged"
        )
        (rows,) = self._db.execute("SELECT count(*) FROM placed").fetchone() or (0,)
        for start in range(0, rows, _SORTED_AT_ONCE):
            self._db.execute(
                f"INSERT INTO edition.incident SELECT {', '.join(values.values())} FROM staged s "
                "JOIN placed p ON p.id = s.id AND p.number >= ? AND p.number < ? "
                "LEFT JOIN linked l ON l.id = s.id ORDER BY p.number",
                [start, start + _SORTED_AT_ONCE],
            )
        misplaced = self._db.execute("SELECT count(*) FROM edition.incident WHERE rowid <> number").fetchone()
        if misplaced != (0,):
            # Readers find rows by their place, so that anything else must never be published.
            msg = "the rows were not written in the order of their numbers"
            raise EditionError(msg)
        self._db.execute("INSERT INTO edition.aggregate SELECT * FROM aggregate ORDER BY ALL")
        self._insert("edition.region", REGION_COLUMNS, self._region_rows())
        self._db.execute("DETACH edition")

    def _region_rows(self) -> list[dict[str, Any]]:
        """Give the regions that rows lie in, and those above them: others would tell of what is not here."""
        codes = [
            code
            for (code,) in self._db.execute(
                "SELECT DISTINCT unnest(regions) FROM staged "
                "UNION SELECT region FROM aggregate WHERE region IS NOT NULL"
            ).fetchall()
        ]
        wanted: set[str] = set()
        while codes:
            code = codes.pop()
            if code in self._regions and code not in wanted:
                wanted.add(code)
                codes += [parent] if (parent := self._regions[code].region.parent) else []
        return [_region_row(self._regions[code]) for code in sorted(wanted)]

    def _describe(self, about: Manifest, edition: duckdb.DuckDBPyConnection) -> Manifest:
        row = edition.execute(
            "SELECT count(*), count(DISTINCT group_id) FILTER (extent = 'one'), "
            "count(DISTINCT group_id), min(min_lon), min(min_lat), max(max_lon), max(max_lat), "
            "min(earliest), max(latest), (SELECT coalesce(sum(records), 0) FROM aggregate) FROM incident"
        ).fetchone()
        assert row is not None  # noqa: S101 - an aggregate always gives one row
        rows, incidents, groups, west, south, east, north, first, last, aggregate = row
        counted = dict(edition.execute("SELECT dataset, count(*) FROM incident GROUP BY 1").fetchall())
        licences = [replace(item, rows=counted[key]) for key, item in sorted(self._datasets.items()) if key in counted]
        return replace(
            about,
            rows=rows,
            incidents=incidents,
            patterns=groups - incidents,
            aggregate_only=int(aggregate),
            bounds=None if west is None else (west, south, east, north),
            first=first.isoformat() if first else None,
            last=last.isoformat() if last else None,
            licences=tuple(licences),
        )

    def _write_parquet(self, edition: duckdb.DuckDBPyConnection) -> None:
        """Write GeoParquet 1.1 (geoparquet.org/releases/v1.1.0): rows and boundaries, WGS 84."""
        files = ((PARQUET, PARQUET_SELECT, ["Point"]), (BOUNDARIES, BOUNDARIES_SELECT, ["Polygon", "MultiPolygon"]))
        for name, select, types in files:
            geometry = {"encoding": "WKB", "geometry_types": types}
            geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": geometry}}
            # COPY binds no values; all of this is our own text but the path, whose quotes are doubled.
            edition.execute(
                f"COPY ({select}) TO '{_quoted(self.folder / name)}' "
                f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 8192, KV_METADATA {{geo: '{json.dumps(geo)}'}})"
            )

    def _attach(self, path: Path, name: str, *, read_only: bool) -> None:
        self._db.execute(f"ATTACH '{_quoted(path)}' AS {name}{' (READ_ONLY)' if read_only else ''}")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def simplify(polygon: BaseGeometry | None) -> BaseGeometry | None:
    """Simplify a boundary to what a map of it shows: to a two-thousandth of its diagonal, at most 0.02 degrees."""
    if polygon is None or polygon.is_empty:
        return None
    west, south, east, north = polygon.bounds
    tolerance = min(max((east - west + north - south) / 2_000, 0.0005), 0.02)
    simple = shapely.set_precision(polygon.simplify(tolerance, preserve_topology=True), 0.0001)
    # RFC 7946 section 3.1.6: outer rings run counterclockwise.
    return shapely.orient_polygons(polygon if simple.is_empty else simple)


def _region_row(used: _Used) -> dict[str, Any]:
    region, extent = used.region, used.extent
    return {
        "code": region.code,
        "scheme": region.scheme,
        "level": region.level,
        "name": region.name,
        "local_name": used.local_name,
        "parent": region.parent,
        "country": region.country,
        "min_lon": extent.west if extent else None,
        "min_lat": extent.south if extent else None,
        "max_lon": extent.east if extent else None,
        "max_lat": extent.north if extent else None,
        "polygon": shapely.to_geojson(used.polygon) if extent else None,
        "shape": shapely.to_wkb(used.polygon) if extent else None,
    }


def _in_batches(items: Iterable[PublicIncident], size: int) -> Iterator[list[PublicIncident]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch


def _join(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Give the sorted groups that the pairs join."""
    leader: dict[str, str] = {}

    def find(member: str) -> str:
        leader.setdefault(member, member)
        while leader[member] != member:
            leader[member] = leader[leader[member]]
            member = leader[member]
        return member

    for one, other in pairs:
        first, second = sorted((find(one), find(other)))
        leader[second] = first
    groups: dict[str, list[str]] = {}
    for member in sorted(leader):
        groups.setdefault(find(member), []).append(member)
    return list(groups.values())
