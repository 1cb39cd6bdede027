"""Features of a collection, page by page: which ones, how many in all, and their texts in a reference system.

A page begins after a key and not at an offset, so that every page costs the same. It knows nothing of HTTP.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from geodata.bbox import BBox
from geodata.crs import CRS
from incidents.editions.catalogue import Collection
from incidents.editions.compact import dump_json
from incidents.editions.cql_conditions import Condition
from incidents.editions.database import NUMBERED
from incidents.editions.edition import Edition
from incidents.filters import IncidentFilter

_BLOCK = 1_000
_EMPTY_GEOMETRY = b',"geometry":null,"properties":{'
_REST = ',"properties":{'


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for: filters that must all hold, and a condition over the collection's queryables."""

    filters: tuple[IncidentFilter, ...] = ()
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Keys of a page's features, rising; how many features match in all; whether there are more after these."""

    keys: tuple[int, ...]
    matched: int
    more: bool


class Items:
    """The features of one collection of one edition."""

    def __init__(self, edition: Edition, collection: Collection) -> None:
        """Keep what to ask."""
        self._edition = edition
        self._collection = collection

    def find(self, selection: Selection, *, after: int = -1, limit: int) -> Page:
        """Find the page of matching features that begins after a key, and count all that match."""
        if selection.condition is None and self._collection.filter is not None:
            return self._find_in_columns(selection.filters, after, limit)
        collection = self._collection
        with self._asking(selection) as (cursor, where, values):
            keys = cursor.execute(
                f"SELECT {collection.key} FROM {collection.table} WHERE {where} AND {collection.key} > ? "
                f"ORDER BY {collection.key} LIMIT ?",
                [*values, after, limit + 1],
            ).fetchall()
            if after < 0 and len(keys) <= limit:
                matched = len(keys)
            else:
                row = cursor.execute(f"SELECT count(*) FROM {collection.table} WHERE {where}", values).fetchone()
                assert row is not None  # noqa: S101 - a count always gives one row
                (matched,) = row
        return Page(tuple(key for (key,) in keys[:limit]), matched, more=len(keys) > limit)

    def _find_in_columns(self, filters: Sequence[IncidentFilter], after: int, limit: int) -> Page:
        """Find the same without a question to the database."""
        numbers = self._edition.numbers([self._collection.filter or IncidentFilter(), *filters])
        start = int(np.searchsorted(numbers, after, side="right"))
        keys = numbers[start : start + limit]
        return Page(tuple(keys.tolist()), len(numbers), more=start + limit < len(numbers))

    def find_one(self, id_: str) -> int | None:
        """Find the key of a feature by its id; None where the collection has no such feature."""
        collection = self._collection
        with self._asking(Selection()) as (cursor, where, values):
            row = cursor.execute(
                f"SELECT {collection.key} FROM {collection.table} WHERE {where} AND {collection.identifier} = ?",
                [*values, id_],
            ).fetchone()
        return row[0] if row else None

    def write(self, keys: Sequence[int], crs: CRS = CRS.CRS84, base_url: str = "") -> Iterator[bytes]:
        """Give the features of keys in blocks of UTF-8, features within a block joined by commas; none is empty.

        base_url: what comes before `/incidents/<id>` in each feature's `url`, without a slash at its end.
        """
        collection = self._collection
        for start in range(0, len(keys), _BLOCK):
            block = list(keys[start : start + _BLOCK])
            if crs is CRS.CRS84 and not collection.of_regions and not collection.of_areas:
                yield self._edition.joined_features(block, base_url)
                continue
            texts = self._texts(block, base_url, waited=start > 0)
            yield b",".join(texts if crs is CRS.CRS84 else (_convert(text, crs) for text in texts))

    def _texts(self, keys: list[int], base_url: str, *, waited: bool) -> list[bytes]:
        texts = [] if self._collection.of_regions else self._edition.whole_features(keys, base_url)
        if not self._collection.of_regions and not self._collection.of_areas:
            return texts
        boxes = self._edition.region_boxes if self._collection.of_regions else {}
        # Each block is a question of its own: a reader who takes long between two keeps nobody waiting.
        with self._edition.asking(waited=waited) as cursor:
            if self._collection.of_areas:
                return _write_areas(cursor, keys, texts)
            return _write_regions(cursor, keys, self._edition.name, boxes)

    @contextmanager
    def _asking(self, selection: Selection) -> Iterator[tuple[duckdb.DuckDBPyConnection, str, list[Any]]]:
        """Give a cursor, with the condition of a selection and its values."""
        collection, edition = self._collection, self._edition
        found = [collection.where]
        values: list[Any] = [collection.kind] if collection.kind else []
        asked = selection.condition
        if asked:
            found.append(asked.sql)
            values += asked.values
        if collection.of_regions:
            if edition.hidden:
                found.append("list_contains(?::VARCHAR[], code)")
                values.append([region["code"] for region in edition.known_regions()])
            for box in (filter_.bbox for filter_ in selection.filters if filter_.bbox):
                found.append("(min_lon IS NULL OR list_contains(?::VARCHAR[], code))")
                values.append(edition.regions_meeting(box))
        # What meets boxes is known before the question has its turn: to find it may be a question of its own.
        boxes = {
            at: self._meet(one) for at, one in enumerate(asked.geometries if asked else ()) if isinstance(one, BBox)
        }
        filters = () if collection.of_regions else selection.filters
        with edition.asking_among(filters) as (cursor, where):
            if not collection.of_regions:
                found.append(where)
            for at, geometry in enumerate(asked.geometries if asked else ()):
                if isinstance(geometry, BBox):
                    cursor.register(f"met_{at}", {"key": boxes[at]})
                    continue
                # Loaded for those who ask by shape, and not for all others.
                from incidents.editions.footprints import register_meetings  # noqa: PLC0415

                register_meetings(cursor, collection.table, f"met_{at}", geometry)
            yield cursor, " AND ".join(found), values

    def _meet(self, box: BBox) -> NDArray[np.int64]:
        """Give the row ids of what meets a box; those of rows are their numbers."""
        if not self._collection.of_regions:
            return self._edition.meeting(box)
        codes = self._edition.regions_meeting(box)
        with self._edition.asking() as cursor:
            found = cursor.execute(
                "SELECT rowid FROM region WHERE list_contains(?::VARCHAR[], code)", [codes]
            ).fetchnumpy()
        return np.asarray(found["rowid"], np.int64)


def _write_areas(cursor: duckdb.DuckDBPyConnection, keys: list[int], whole: list[bytes]) -> list[bytes]:
    """Give the features with the area that each is known to in the place of their null geometry."""
    rows = cursor.execute(
        "SELECT area_code, draw_lon, draw_lat, draw_radius_m, min_lon, min_lat, max_lon, max_lat "
        f"FROM incident WHERE {NUMBERED} ORDER BY number",
        [keys],
    ).fetchall()
    codes = sorted({code for code, *_ in rows if code})
    polygons = dict(
        cursor.execute("SELECT code, polygon FROM region WHERE list_contains(?::VARCHAR[], code)", [codes]).fetchall()
    )
    places = [tuple(place) for code, *place in rows if not code]
    if places:
        # Loaded for those who ask for areas, and not for all others.
        from incidents.editions.footprints import draw_discs  # noqa: PLC0415

        polygons |= {place: dump_json(disc) for place, disc in draw_discs(places).items()}
    texts = []
    for text, (code, *place) in zip(whole, rows, strict=True):
        polygon = polygons[code or tuple(place)]
        # The first of these stands before the properties, so that no text of theirs can be taken for it.
        texts.append(text.replace(_EMPTY_GEOMETRY, f',"geometry":{polygon}{_REST}'.encode(), 1))
    return texts


def _write_regions(
    cursor: duckdb.DuckDBPyConnection, keys: list[int], edition: str, boxes: Mapping[str, Sequence[float]]
) -> list[bytes]:
    names = ("scheme", "code", "level", "name", "local_name", "parent", "country")
    rows = cursor.execute(
        f"SELECT {', '.join(names)}, polygon FROM region WHERE {NUMBERED} ORDER BY rowid", [keys]
    ).fetchall()
    texts = []
    for row in rows:
        properties = {**dict(zip(names, row[: len(names)], strict=True)), "edition": edition}
        polygon = row[-1]
        box = f',"bbox":{dump_json(boxes[properties["code"]])}' if polygon else ""
        text = (
            f'{{"type":"Feature","id":{dump_json(properties["code"])}{box},"geometry":{polygon or "null"}'
            f"{_REST}{dump_json(properties)[1:]}}}"
        )
        texts.append(text.encode())
    return texts


def _convert(text: bytes, crs: CRS) -> bytes:
    """Give a feature's text with its coordinates, those of its bbox too, in another reference system."""
    head, joint, rest = text.partition(_REST.encode())
    feature = json.loads(head + b"}")
    if "bbox" in feature:
        feature["bbox"] = crs.bbox_of(feature["bbox"])
    if feature["geometry"] is not None:
        feature["geometry"]["coordinates"] = crs.convert(feature["geometry"]["coordinates"])
    return dump_json(feature)[:-1].encode() + joint + rest
