"""Lines, rings and regions of the world as arrays in the unit square of Mercator.

It draws nothing, and loads nothing that draws: who only says what there is to draw holds no more than this.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.pictures.frames import project


@dataclass(frozen=True, slots=True)
class Shapes:
    """Lines or rings in the unit square of Mercator. boxes: west, north, east and south of each."""

    parts: tuple[NDArray[np.float64], ...]
    boxes: NDArray[np.float64]

    @classmethod
    def of(cls, parts: Sequence[NDArray[np.float64]]) -> "Shapes":
        """Hold parts with their boxes."""
        boxes = [(*part.min(axis=0), *part.max(axis=0)) for part in parts]
        return cls(tuple(parts), np.array(boxes, dtype=float).reshape(-1, 4))


@dataclass(frozen=True, slots=True)
class Area:
    """A region that something is known only to."""

    code: str
    name: str
    level: int
    parent: str | None
    rows: int
    incidents: int
    patterns: int
    rings: Shapes


def read_areas(features: Iterable[str]) -> list[Area]:
    """Read an edition's areas (GeoJSON features) as they are to be drawn: coarse ones first."""
    areas = []
    for text in features:
        feature = json.loads(text)
        geometry, properties = feature["geometry"], feature["properties"]
        if not geometry:
            continue
        polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        rings = [project(ring) for rings in polygons for ring in oriented([np.array(one[:-1]) for one in rings])]
        areas.append(
            Area(
                code=properties["code"],
                name=properties["name"],
                level=properties["level"],
                parent=properties["parent"],
                rows=properties["records"],
                incidents=properties["incidents"],
                patterns=properties["patterns"],
                rings=Shapes.of(rings),
            )
        )
    return sorted(areas, key=lambda one: (one.level, one.code))


def oriented(rings: Sequence[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """Turn a polygon's rings, the outer one first, so that filling by non-zero winding leaves its holes open."""
    return [ring if (_area(ring) > 0) == (number == 0) else ring[::-1] for number, ring in enumerate(rings)]


def _area(ring: NDArray[np.float64]) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
