"""Fills regions by their figures, beneath all symbols: one colour, stronger for more, hatched where most is not known.

As assets/src/regions_layer.js does in the browser. It counts nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from matplotlib.path import Path

from app.pictures.canvas import Canvas, Stroke, join, polyline, vertices
from app.pictures.fills import Fill, class_of, strength_of
from app.pictures.frames import Frame, project
from app.pictures.outlines import Shapes, oriented
from app.pictures.palette import Palette
from app.pictures.picture import Box
from app.pictures.shapes import path_of

COLOURS: Mapping[str, str] = MappingProxyType({"light": "#4F83B2", "dark": "#5C8FBD"})
"""One hue for all classes, by theme."""

_STEP = 9.0


def draw_fill(canvas: Canvas, frame: Frame, fill: Fill, palette: Palette) -> None:
    """Fill what is in view."""
    classes: dict[int, list[Path]] = {}
    unknown: list[Path] = []
    for region in fill.regions:
        path = path_of(Shapes.of(list(_rings(region.shape))), frame, closed=True)
        at = class_of(fill.limits, region.figure.value)
        if len(vertices(path)):
            classes.setdefault(at, []).append(path)
            unknown += [path] if region.figure.unknown else []
    # As one path each: two neighbours whose edges cross would be darker there.
    for at, paths in sorted(classes.items()):
        path = join(paths)
        if at >= 0:
            canvas.fill(path, COLOURS[palette.name], alpha=strength_of(fill.limits, at), clip=frame.box)
    if unknown:
        draw_unknown(canvas, join(unknown), frame.box, palette)
    for _, paths in sorted(classes.items()):
        canvas.stroke(join(paths), Stroke(palette.panel, 0.8, alpha=0.7), clip=frame.box)


def draw_unknown(canvas: Canvas, path: Path, box: Box, palette: Palette) -> None:
    """Hatch what most of is not known both ways: one way is, elsewhere, what is known to no more than a region."""
    left, top, right, bottom = box
    reach = np.arange(left - _STEP, right + (bottom - top) + _STEP, _STEP)
    falling = [polyline(np.array([[at, top], [at - (bottom - top), bottom]])) for at in reach]
    rising = [polyline(np.array([[at - (bottom - top), top], [at, bottom]])) for at in reach]
    lines = join([*falling, *rising])
    canvas.stroke(lines, Stroke(palette.hatch, 1.2), inside=path, clip=box)


def _rings(shape: bytes) -> Iterator[np.ndarray]:
    """Give the rings of a boundary in the unit square, holes turned the other way."""
    import shapely  # noqa: PLC0415 - only a map that is filled needs it

    for polygon in shapely.get_parts(shapely.from_wkb(shape)):
        rings: Sequence[np.ndarray] = [shapely.get_coordinates(ring)[:-1] for ring in shapely.get_rings(polygon)]
        yield from (project(ring) for ring in oriented(rings))
