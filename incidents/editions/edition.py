"""One edition, opened for reading: counts, details, features, columns and areas of what a filter selects.

It opens a folder's files and nothing else: no ledger, no network; and it never writes.
"""

import json
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from incidents.editions.columns import find_regions, make_columns
from incidents.editions.compact import dump_json
from incidents.editions.conditions import make_conditions
from incidents.editions.errors import EditionBusy, EditionDamaged, QueryTooSlow
from incidents.editions.manifest import Manifest, read_manifest
from incidents.editions.schema import SORTS
from incidents.filters import IncidentFilter
from incidents.taxonomy import Taxonomy

_SLOWEST_MS = 10_000
_MEMORY = "96MB"
_BLOCK = 500
# Questions at work at one time in a process. They share the memory above, so that many at once would have too little
# each; and with two threads to work them, more at once are none the faster.
_AT_ONCE = 3
# How long a question waits for its turn, and how long one that has already been answered in part.
_WAIT_S = 10.0
_PATIENCE_S = 120.0
_EVERYTHING = IncidentFilter()
# Rows lie at the place of their number; asked for by it, their texts alone are read. By any other condition all texts
# are, which takes 170 ms instead of 3 for 100 of 100,000.
_NUMBERED = "rowid IN (SELECT unnest(?::BIGINT[]))"


@dataclass(frozen=True, slots=True)
class Counts:
    """What a filter finds: rows in the edition, rows matched, incidents among them (linked ones once), patterns."""

    total: int
    matched: int
    incidents: int
    patterns: int


class Edition:
    """An edition's folder, read-only; safe for several threads, each question in a cursor of its own.

    hidden: ids that tombstones take back and that the folder still holds; no answer has them.
    """

    def __init__(self, folder: Path, hidden: Collection[str] = ()) -> None:
        """Open the folder. Raises EditionDamaged."""
        self.manifest: Manifest = read_manifest(folder)
        self._hidden = sorted(hidden)
        self._turns = threading.BoundedSemaphore(_AT_ONCE)
        try:
            # What is sent whole is read now, since the folder may be pruned while the last reader is at it.
            self._columns = (folder / "columns.json.gz").read_bytes()
            self.taxonomy = Taxonomy.from_json((folder / "taxonomy.json").read_bytes())
            self._db = duckdb.connect(
                folder / "incidents.duckdb",
                read_only=True,
                config={
                    "enable_external_access": False,
                    "autoinstall_known_extensions": False,
                    "autoload_known_extensions": False,
                    "memory_limit": _MEMORY,
                    "threads": 2,
                    "max_execution_time": _SLOWEST_MS,
                    "lock_configuration": True,
                },
            )
        except (OSError, duckdb.Error, ValueError, KeyError) as error:
            msg = f"edition {folder.name}: one of its files is missing or cannot be read"
            raise EditionDamaged(msg) from error
        if self._hidden:
            self.manifest = self._describe_rest()

    def close(self) -> None:
        """Let go of the files."""
        self._db.close()

    @property
    def name(self) -> str:
        """Number and amendment: "7", "7.1"."""
        return self.manifest.edition

    @property
    def number(self) -> int:
        """Its number among editions."""
        return self.manifest.number

    @property
    def amendment(self) -> int:
        """How often it was amended."""
        return self.manifest.amendment

    @property
    def hidden(self) -> bool:
        """Whether tombstones take back rows that the folder still holds."""
        return bool(self._hidden)

    @property
    def etag(self) -> str:
        """What its answers hang on, beside the question: the edition, and how much of it is taken back for now."""
        return f"{self.name}-{len(self._hidden)}" if self._hidden else self.name

    def counts(self, filter_: IncidentFilter = _EVERYTHING) -> Counts:
        """Count what a filter finds, exactly."""
        where, values = self._where(filter_)
        with self._asking() as cursor:
            row = cursor.execute(
                "SELECT count(*), count(DISTINCT group_id) FILTER (extent = 'one'), count(DISTINCT group_id) "
                f"FROM incident WHERE {where}",
                values,
            ).fetchone()
        assert row is not None  # noqa: S101 - a count always gives one row
        matched, incidents, groups = row
        return Counts(self._total, matched, incidents, groups - incidents)

    def details(
        self, filter_: IncidentFilter = _EVERYTHING, sort: str = "-date", limit: int = 100, offset: int = 0
    ) -> list[dict[str, Any]]:
        """Give a page of details. sort: a key of SORTS (KeyError for others)."""
        where, values = self._where(filter_)
        # Numbers alone are sorted: with the texts beside them a large edition would need more memory than readers have.
        question = f"SELECT number FROM incident WHERE {where} ORDER BY {SORTS[sort]} LIMIT ? OFFSET ?"
        with self._asking() as cursor:
            numbers = [number for (number,) in cursor.execute(question, [*values, limit, offset]).fetchall()]
        return self.details_by_number(numbers)

    def detail(self, id_: str) -> dict[str, Any] | None:
        """Give one incident's detail, or None where the edition has no such id."""
        where, values = self._where(_EVERYTHING)
        with self._asking() as cursor:
            row = cursor.execute(f"SELECT number FROM incident WHERE {where} AND id = ?", [*values, id_]).fetchone()
        return self.details_by_number([row[0]])[0] if row else None

    def details_by_number(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """Give the details of row numbers, in the order asked; numbers that are none are left out."""
        where, values = self._where(_EVERYTHING)
        found = self._details(f"{where} AND {_NUMBERED}", [*values, list(numbers)])
        by_number = {detail["number"]: detail for detail in found}
        return [by_number[number] for number in dict.fromkeys(numbers) if number in by_number]

    def matches(self, filter_: IncidentFilter) -> list[int]:
        """Give the row numbers that a filter finds, rising."""
        where, values = self._where(filter_)
        with self._asking() as cursor:
            found = cursor.execute(f"SELECT number FROM incident WHERE {where} ORDER BY number", values)
            return [int(number) for number in found.fetchnumpy()["number"]]

    def features(self, filter_: IncidentFilter = _EVERYTHING, base_url: str = "") -> Iterator[str]:
        """Give the matching features in blocks of text, features within a block joined by commas; none is empty.

        base_url: what comes before `/incidents/<id>` in each feature's `url`, without a slash at its end.
        """
        same_as = (
            "[other FOR other IN same_as IF NOT list_contains(?::VARCHAR[], other)]" if self._hidden else "same_as"
        )
        linked = (
            f"CASE WHEN len({same_as}) = 0 THEN '[]' ELSE '[\"' || array_to_string({same_as}, '\",\"') || '\"]' END"
        )
        address = f',"edition":{dump_json(self.name)},"url":{dump_json(base_url + "/incidents/")[:-1]}'
        hidden = [self._hidden, self._hidden] if self._hidden else []
        select = (
            f"SELECT string_agg(feature || ',\"same_as\":' || {linked} || ? || id || '\"}}}}', ',' ORDER BY number) "
            f"FROM incident WHERE {_NUMBERED}"
        )
        numbers = self.matches(filter_)
        for start in range(0, len(numbers), _BLOCK):
            # Each block is a question of its own: a reader who takes long between two keeps nobody waiting.
            with self._asking(_PATIENCE_S if start else _WAIT_S) as cursor:
                row = cursor.execute(select, [*hidden, address, numbers[start : start + _BLOCK]]).fetchone()
            if row is not None and row[0] is not None:
                yield row[0]

    def columns(self) -> bytes:
        """Give the columns of all rows: JSON, gzip-compressed."""
        if not self._hidden:
            return self._columns
        with self._asking() as cursor:
            return make_columns(cursor, self.name, tuple(self.taxonomy.grades), self._hidden)

    def areas(self, filter_: IncidentFilter | None = None) -> Iterator[str]:
        """Give, as GeoJSON features, the regions that stand for matching incidents whose place is known no closer.

        Properties: scheme, code, level, name, local_name, parent, country; `records`, and among them `incidents`
        (linked ones once) and `patterns`.
        """
        where, values = self._where(filter_ or _EVERYTHING)
        select = f"""
            SELECT r.code, r.scheme, r.level, r.name, r.local_name, r.parent, r.country, r.polygon,
                   r.min_lon, r.min_lat, r.max_lon, r.max_lat, c.records, c.incidents, c.groups - c.incidents
            FROM region r JOIN (
                SELECT area_code, count(*) AS records, count(DISTINCT group_id) FILTER (extent = 'one') AS incidents,
                       count(DISTINCT group_id) AS groups
                FROM incident WHERE area_code IS NOT NULL AND {where} GROUP BY area_code
            ) c ON c.area_code = r.code
            ORDER BY r.level, r.code
        """
        with self._asking() as cursor:
            rows = cursor.execute(select, values).fetchall()
        for code, scheme, level, name, local, parent, country, polygon, *rest in rows:
            west, south, east, north, records, incidents, patterns = rest
            properties = {
                "scheme": scheme,
                "code": code,
                "level": level,
                "name": name,
                "local_name": local,
                "parent": parent,
                "country": country,
                "records": records,
                "incidents": incidents,
                "patterns": patterns,
                "edition": self.name,
            }
            yield (
                f'{{"type":"Feature","id":{dump_json(code)},"bbox":{dump_json([west, south, east, north])},'
                f'"properties":{dump_json(properties)},"geometry":{polygon}}}'
            )

    def facets(self, filter_: IncidentFilter = _EVERYTHING) -> dict[str, dict[str, Any]]:
        """Count incidents and patterns by kind, region, aircraft, grade and precision, linked ones once.

        Aircraft are counted twice over, as "certain" and as "possible". Each count heeds the rest of the filter but
        not its own name, so that it says what choosing it would give.
        """
        simple = {
            "kind": self._count_by("kind", replace(filter_, kind=())),
            "region": self._count_by("unnest(regions)", replace(filter_, region=())),
            "grade": self._count_by("grade", replace(filter_, grade=())),
            "precision": self._count_by("precision", replace(filter_, precision=None)),
        }
        others = replace(filter_, aircraft=())
        certain = self._count_by("unnest(aircraft_certain)", others)
        possible = self._count_by("unnest(aircraft_possible)", others)
        nothing = {"incidents": 0, "patterns": 0}
        aircraft = {
            key: {"certain": certain.get(key, nothing), "possible": possible.get(key, nothing)}
            for key in self.taxonomy.equipment
            if key in certain or key in possible
        }
        return {**simple, "aircraft": aircraft}

    def known_regions(self) -> list[dict[str, Any]]:
        """Give the regions in use, coarse to fine, without polygons: code, name, local_name, level, parent."""
        with self._asking() as cursor:
            rows = sorted(find_regions(cursor, self._hidden), key=lambda row: (row[3], row[1]))
        return [dict(zip(("code", "name", "local_name", "level", "parent"), row, strict=True)) for row in rows]

    def aggregates(self) -> list[dict[str, Any]]:
        """Give the counts of what is published in no row: dataset, region, month, kind, records."""
        names = ("dataset", "region", "month", "kind", "records")
        with self._asking() as cursor:
            rows = cursor.execute(f"SELECT {', '.join(names)} FROM aggregate ORDER BY ALL").fetchall()
        return [dict(zip(names, row, strict=True)) for row in rows]

    def origins(self, ids: Collection[str] | None = None) -> list[tuple[str, int, str | None]]:
        """Give id, revision and policy of those rows of the folder, hidden or not, that have one of the ids."""
        where, values = ("true", []) if ids is None else ("list_contains(?::VARCHAR[], id)", [sorted(ids)])
        with self._asking() as cursor:
            return cursor.execute(f"SELECT id, revision, policy FROM incident WHERE {where}", values).fetchall()

    @cached_property
    def _total(self) -> int:
        return self.manifest.rows - len(self._hidden)

    def _describe_rest(self) -> Manifest:
        """Give the manifest with the counts and extents of what is not taken back; `rows` stays the folder's."""
        where, values = self._where(_EVERYTHING)
        with self._asking() as cursor:
            row = cursor.execute(
                "SELECT min(min_lon), min(min_lat), max(max_lon), max(max_lat), min(earliest), max(latest) "
                f"FROM incident WHERE {where}",
                values,
            ).fetchone()
        assert row is not None  # noqa: S101 - an aggregate always gives one row
        west, south, east, north, first, last = row
        counts = self.counts()
        return replace(
            self.manifest,
            incidents=counts.incidents,
            patterns=counts.patterns,
            bounds=None if west is None else (west, south, east, north),
            first=first.isoformat() if first else None,
            last=last.isoformat() if last else None,
        )

    def _where(self, filter_: IncidentFilter) -> tuple[str, list[Any]]:
        found, values = make_conditions(filter_)
        if self._hidden:
            found.append("NOT list_contains(?::VARCHAR[], id)")
            values.append(self._hidden)
        return " AND ".join(found) or "true", values

    @contextmanager
    def _asking(self, wait_s: float = _WAIT_S) -> Iterator[duckdb.DuckDBPyConnection]:
        if not self._turns.acquire(timeout=wait_s):
            msg = "too many questions are asked at once; ask again in a moment"
            raise EditionBusy(msg)
        try:
            cursor = self._db.cursor()
            try:
                yield cursor
            finally:
                cursor.close()
        except duckdb.InterruptException as error:
            msg = f"the question took longer than {_SLOWEST_MS // 1000} seconds; narrow it"
            raise QueryTooSlow(msg) from error
        except duckdb.OutOfMemoryException as error:
            msg = "the question needs more memory than readers have; narrow it"
            raise EditionBusy(msg) from error
        except duckdb.Error as error:
            # A block that is not what was written says so in an error of no class of its own.
            if type(error) is not duckdb.Error and not isinstance(error, duckdb.IOException | duckdb.FatalException):
                raise
            msg = f"edition {self.name}: one of its files cannot be read"
            raise EditionDamaged(msg) from error
        finally:
            self._turns.release()

    def _details(self, rest: str, values: list[Any]) -> list[dict[str, Any]]:
        with self._asking() as cursor:
            rows = cursor.execute(f"SELECT number, same_as, detail FROM incident WHERE {rest}", values).fetchall()
            linked = self._linked(cursor, {other for row in rows for other in row[1]})
        details = []
        for number, same_as, text in rows:
            detail = json.loads(text)
            detail["number"] = number
            detail["same_as"] = [linked[other] for other in same_as if other in linked]
            details.append(detail)
        return details

    def _linked(self, cursor: duckdb.DuckDBPyConnection, ids: Collection[str]) -> Mapping[str, dict[str, Any]]:
        """Give what a detail says of the other records of the same incident."""
        if not ids:
            return {}
        where, values = self._where(_EVERYTHING)
        by_id = f"SELECT number FROM incident WHERE {where} AND list_contains(?::VARCHAR[], id)"
        numbers = [number for (number,) in cursor.execute(by_id, [*values, sorted(ids)]).fetchall()]
        rows = cursor.execute(f"SELECT id, detail FROM incident WHERE {_NUMBERED}", [numbers]).fetchall()
        found = {}
        for id_, text in rows:
            other = json.loads(text)
            found[id_] = {
                "id": id_,
                "title": other["title"],
                "kind_label": other["kind_label"],
                "harm_words": other["harm"]["words"],
                "dataset": other["dataset"]["title"] if other["dataset"] else None,
            }
        return found

    def _count_by(self, expression: str, filter_: IncidentFilter) -> dict[str, dict[str, int]]:
        where, values = self._where(filter_)
        with self._asking() as cursor:
            rows = cursor.execute(
                "SELECT key, count(DISTINCT group_id) FILTER (extent = 'one'), count(DISTINCT group_id) "
                f"FROM (SELECT {expression} AS key, group_id, extent FROM incident WHERE {where}) "
                "WHERE key IS NOT NULL GROUP BY key ORDER BY key",
                values,
            ).fetchall()
        return {key: {"incidents": incidents, "patterns": groups - incidents} for key, incidents, groups in rows}
