"""Lines and rings of the world as arrays, and as paths on a picture: those in view, cut to it and no finer than seen.

It knows no file and no colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from app.pictures.canvas import join, polygon, polyline, vertices
from app.pictures.frames import Frame

_MARGIN = 8.0
# Points nearer than this to each other, in pixels, are not told apart.
_STEP = 0.6


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


def path_of(shapes: Shapes, frame: Frame, *, closed: bool, least: float = 0.8) -> Path:
    """Give what of some shapes is in view as one path. least: pixels below which a shape is left out."""
    left, top, right, bottom = frame.box
    view = Bbox.from_extents(left - _MARGIN, top - _MARGIN, right + _MARGIN, bottom + _MARGIN)
    scale = frame.scale
    found: list[Path] = []
    for copy in frame.copies() if len(shapes.parts) else ():
        boxes = shapes.boxes * scale - (frame.left - copy * scale, frame.top) * 2
        wide, high = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
        seen = (boxes[:, 2] >= view.x0) & (boxes[:, 0] <= view.x1) & (boxes[:, 3] >= view.y0) & (boxes[:, 1] <= view.y1)
        seen &= np.maximum(wide, high) >= least
        whole = (boxes[:, 0] >= view.x0) & (boxes[:, 2] <= view.x1)
        whole &= (boxes[:, 1] >= view.y0) & (boxes[:, 3] <= view.y1)
        for number in np.flatnonzero(seen):
            points = _thin(shapes.parts[number] * scale - (frame.left - copy * scale, frame.top))
            if len(points) < 2 + closed:
                continue
            path = polygon(points) if closed else polyline(points)
            found.append(path if whole[number] else _cut(path, view, closed=closed))
    return _rounded(join(found))


def oriented(rings: Sequence[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """Turn a polygon's rings, the outer one first, so that filling by non-zero winding leaves its holes open."""
    return [ring if (_area(ring) > 0) == (number == 0) else ring[::-1] for number, ring in enumerate(rings)]


def _area(ring: NDArray[np.float64]) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))


def _thin(points: NDArray[np.float64]) -> NDArray[np.float64]:
    cells = np.rint(points / _STEP)
    kept = np.ones(len(points), dtype=bool)
    kept[1:] = np.any(cells[1:] != cells[:-1], axis=1)
    kept[-1] = True
    return points[kept]


def _cut(path: Path, view: Bbox, *, closed: bool) -> Path:
    if closed:
        cut = path.clip_to_bbox(view, inside=True)
        codes = cut.codes if cut.codes is not None else np.empty(0, dtype=np.uint8)
        return Path(cut.vertices, codes)
    clip = (view.x0, view.y0, view.x1, view.y1)
    cut = path.cleaned(clip=clip, curves=True, simplify=False)
    assert cut.codes is not None  # noqa: S101 - cleaned paths have codes
    kept = np.asarray(cut.codes) != Path.STOP
    return Path(np.asarray(cut.vertices)[kept], np.asarray(cut.codes)[kept])


def _rounded(path: Path) -> Path:
    return Path(np.round(vertices(path), 1), path.codes)
