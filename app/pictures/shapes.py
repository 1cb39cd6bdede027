"""Lines and rings of the world as paths on a picture: those in view, cut to it and no finer than seen.

It knows no file and no colour.
"""

from collections.abc import Iterable

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from app.pictures.canvas import join, polygon, polyline, vertices
from app.pictures.frames import Frame
from app.pictures.outlines import Shapes

_MARGIN = 8.0
# Points nearer than this to each other, in pixels, are not told apart.
_STEP = 0.6


def path_of(
    shapes: Shapes,
    frame: Frame,
    *,
    closed: bool,
    least: float = 0.8,
    step: float = _STEP,
    copies: Iterable[int] | None = None,
) -> Path:
    """Give what of some shapes is in view as one path.

    least: pixels below which a shape is left out; step: pixels below which points are not told apart. copies: of the
    world, all by default.
    """
    left, top, right, bottom = frame.box
    view = Bbox.from_extents(left - _MARGIN, top - _MARGIN, right + _MARGIN, bottom + _MARGIN)
    scale = frame.scale
    found: list[Path] = []
    for copy in (copies or frame.copies()) if len(shapes.parts) else ():
        boxes = shapes.boxes * scale - (frame.left - copy * scale, frame.top) * 2
        wide, high = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
        seen = (boxes[:, 2] >= view.x0) & (boxes[:, 0] <= view.x1) & (boxes[:, 3] >= view.y0) & (boxes[:, 1] <= view.y1)
        seen &= np.maximum(wide, high) >= least
        whole = (boxes[:, 0] >= view.x0) & (boxes[:, 2] <= view.x1)
        whole &= (boxes[:, 1] >= view.y0) & (boxes[:, 3] <= view.y1)
        for number in np.flatnonzero(seen):
            points = _thin(shapes.parts[number] * scale - (frame.left - copy * scale, frame.top), step)
            if len(points) < 2 + closed:
                continue
            path = polygon(points) if closed else polyline(points)
            found.append(path if whole[number] else _cut(path, view, closed=closed))
    return _rounded(join(found))


def _thin(points: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    cells = np.rint(points / step)
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
