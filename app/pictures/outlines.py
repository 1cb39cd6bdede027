"""Lines, rings and regions of the world as arrays in the unit square of Mercator.

It draws nothing, and loads nothing that draws: who only says what there is to draw holds no more than this.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.pictures.frames import project

SMALLEST = (10.0, 26.0)
"""A country and a unit of one that are smaller than this from side to side, in pixels, are not drawn by themselves."""


@dataclass(frozen=True)
class Shapes:
    """Lines or rings in the unit square of Mercator. boxes: west, north, east and south of each."""

    parts: tuple[NDArray[np.float64], ...]
    boxes: NDArray[np.float64]

    @classmethod
    def of(cls, parts: Sequence[NDArray[np.float64]]) -> "Shapes":
        """Hold parts with their boxes."""
        boxes = [(*part.min(axis=0), *part.max(axis=0)) for part in parts]
        return cls(tuple(parts), np.array(boxes, dtype=float).reshape(-1, 4))

    @cached_property
    def size(self) -> float:
        """How long the longer side of the widest part is, or of all where that is less than half of the world."""
        (west, north), (east, south) = self.boxes[:, :2].min(axis=0), self.boxes[:, 2:].max(axis=0)
        parts = float((self.boxes[:, 2:] - self.boxes[:, :2]).max())
        return max(parts, float(south - north), float(east - west) if east - west < 0.5 else 0.0)


@dataclass(frozen=True, slots=True)
class Area:
    """A region that something is known only to. rings: its outline, or a box where it is too small to be drawn."""

    code: str
    name: str
    level: int
    parent: str | None
    rows: int
    incidents: int
    patterns: int
    rings: Shapes


def make_shapes(polygons: Iterable[Sequence[NDArray[np.float64]]]) -> Shapes:
    """Make of a region's polygons, the outer ring of each first, in degrees and closed, what is drawn of them."""
    rings = [ring for rings in polygons for ring in oriented([one[:-1] for one in rings])]
    # All rings at once: there are thousands of them.
    ends = np.cumsum([len(ring) for ring in rings])[:-1]
    return Shapes.of(np.split(project(np.concatenate(rings)), ends))


def box_rings(west: float, south: float, east: float, north: float) -> Shapes:
    """Give the box around a region, in degrees, in place of its outline; in two parts over the antimeridian."""
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    return Shapes.of(
        [project(np.array([[a, south], [b, south], [b, north], [a, north]], dtype=float)) for a, b in spans]
    )


def oriented(rings: Sequence[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """Turn a polygon's rings, the outer one first, so that filling by non-zero winding leaves its holes open."""
    return [ring if (_area(ring) > 0) == (number == 0) else ring[::-1] for number, ring in enumerate(rings)]


def _area(ring: NDArray[np.float64]) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return float(np.dot(x[:-1], y[1:]) - np.dot(y[:-1], x[1:]) + x[-1] * y[0] - y[-1] * x[0])
