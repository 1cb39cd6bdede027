"""Where the regions of an edition lie: the boxes around them, and which of them a box meets by their boundaries.

It knows no incident.
"""

import threading
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

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

    def meet(self, box: BBox, codes: AbstractSet[str] | None = None) -> set[str]:
        """Give those of some regions, or of all that have a boundary, that meet a box."""
        parts, names = [*box.parts()], self._names
        near = np.flatnonzero(np.any([meets(part, self._pieces) for part in parts], axis=(0, 1)))
        held = np.any([holds(part, self._pieces[:, :, near]) for part in parts], axis=0).all(axis=0)
        met = {names[at] for at in near[held].tolist()}
        unsure = {names[at] for at in near[~held].tolist()}
        if codes is not None:
            met, unsure = met & codes, unsure & codes
        return met | self._meet_closely(parts, sorted(unsure)) if unsure else met

    @cached_property
    def _names(self) -> Sequence[str]:
        return tuple(self.boxes)

    @cached_property
    def _pieces(self) -> npt.NDArray[np.float64]:
        """Sides of the first and of the last part of each box in `boxes`: the same one where it is not in two."""
        parts = [[*BBox(*box).parts()] for box in self.boxes.values()]
        sides = [[_sides(several[at]) for several in parts] for at in (0, -1)]
        return np.array(sides, dtype=float).reshape(2, -1, 4).transpose(2, 0, 1)

    def _meet_closely(self, parts: Collection[BBox], codes: Collection[str]) -> set[str]:
        import shapely  # noqa: PLC0415 - loaded for those who ask by place, and not for all others

        with self._lock:
            unknown = [code for code in codes if code not in self._polygons]
            if unknown:
                with self._database.asking() as cursor:
                    self._polygons |= {code: shapely.from_wkb(shape) for code, shape in _read(cursor, unknown)}
        wanted: Any = shapely.union_all([shapely.box(*_sides(part)) for part in parts])
        shapely.prepare(wanted)
        met = shapely.intersects(wanted, [self._polygons[code] for code in codes])
        return {code for code, meets in zip(codes, met.tolist(), strict=True) if meets}


def _read(cursor: Any, codes: Collection[str]) -> list[tuple[str, bytes]]:  # noqa: ANN401 - a cursor of DuckDB
    question = "SELECT code, shape FROM region WHERE shape IS NOT NULL AND list_contains(?::VARCHAR[], code)"
    found: list[tuple[str, bytes]] = cursor.execute(question, [sorted(codes)]).fetchall() if codes else []
    return found


def _sides(box: BBox) -> Degrees:
    return box.west, box.south, box.east, box.north


def holds(one: BBox, sides: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Tell which extents lie in a box as a whole. Neither crosses the antimeridian; what is no number lies in none."""
    west, south, east, north = sides
    held: npt.NDArray[np.bool_] = (one.west <= west) & (east <= one.east) & (one.south <= south) & (north <= one.north)
    return held


def meets(one: BBox, sides: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Tell which extents meet a box likewise. sides: west, south, east and north."""
    west, south, east, north = sides
    met: npt.NDArray[np.bool_] = (one.west <= east) & (west <= one.east) & (one.south <= north) & (south <= one.north)
    return met
