"""Where the regions of an edition lie: the boxes around them, and which of them a box meets by their boundaries.

It knows no incident.
"""

import threading
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

from geodata.bbox import BBox
from incidents.editions.database import Database

Degrees = tuple[float, float, float, float]
"""West, south, east and north; west is greater than east over the antimeridian (RFC 7946 section 5.2)."""


class Territories:
    """The boundaries of one edition's regions, of which those that were compared are kept; safe for several threads."""

    def __init__(self, database: Database) -> None:
        """Keep what to ask."""
        self._database = database
        self._polygons: dict[str, Any] = {}
        self._lock = threading.Lock()

    @cached_property
    def boxes(self) -> Mapping[str, Degrees]:
        """The box around each region that has a boundary, by its code."""
        with self._database.asking() as cursor:
            rows = cursor.execute(
                "SELECT code, min_lon, min_lat, max_lon, max_lat FROM region WHERE min_lon IS NOT NULL"
            ).fetchall()
            boxes: dict[str, Degrees] = {code: (west, south, east, north) for code, west, south, east, north in rows}
            # Editions of earlier versions have the whole band around what lies on both sides of the antimeridian.
            wide = [code for code, (west, _, east, _) in boxes.items() if east - west > 180]
            shapes = _read(cursor, wide)
        if wide:
            import shapely  # noqa: PLC0415 - who serves no such edition needs none

            from geodata.polygons import find_extent  # noqa: PLC0415 - likewise

            for code, shape in shapes:
                box = find_extent(shapely.from_wkb(shape))
                boxes[code] = (box.west, box.south, box.east, box.north)
        return boxes

    def meet(self, box: BBox, codes: Collection[str] | None = None) -> set[str]:
        """Give those of some regions, or of all that have a boundary, that meet a box."""
        parts = [*box.parts()]
        met, unsure = set(), []
        for code in self.boxes if codes is None else codes:
            inside = [*BBox(*self.boxes[code]).parts()]
            if all(any(_holds(part, one) for part in parts) for one in inside):
                met.add(code)
            elif any(_meets(part, one) for part in parts for one in inside):
                unsure.append(code)
        return met | self._meet_closely(parts, unsure) if unsure else met

    def _meet_closely(self, parts: Collection[BBox], codes: Collection[str]) -> set[str]:
        import shapely  # noqa: PLC0415 - loaded for those who ask by place, and not for all others

        with self._lock:
            unknown = [code for code in codes if code not in self._polygons]
            if unknown:
                with self._database.asking() as cursor:
                    self._polygons |= {code: shapely.from_wkb(shape) for code, shape in _read(cursor, unknown)}
        wanted: Any = shapely.union_all([shapely.box(one.west, one.south, one.east, one.north) for one in parts])
        shapely.prepare(wanted)
        return {code for code in codes if wanted.intersects(self._polygons[code])}


def _read(cursor: Any, codes: Collection[str]) -> list[tuple[str, bytes]]:  # noqa: ANN401 - a cursor of DuckDB
    question = "SELECT code, shape FROM region WHERE shape IS NOT NULL AND list_contains(?::VARCHAR[], code)"
    found: list[tuple[str, bytes]] = cursor.execute(question, [sorted(codes)]).fetchall() if codes else []
    return found


def _holds(one: BBox, other: BBox) -> bool:
    return one.west <= other.west and other.east <= one.east and one.south <= other.south and other.north <= one.north


def _meets(one: BBox, other: BBox) -> bool:
    return one.west <= other.east and other.west <= one.east and one.south <= other.north and other.south <= one.north
