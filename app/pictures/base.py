"""Draws the base map from the files that the browser has, too: land, water, rivers and borders.

The format is told in geodata/basemap.py. Names are laid elsewhere, since they make room for incidents.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.pictures.canvas import Canvas, Stroke, join, rectangle, vertices
from app.pictures.frames import Frame, project, to_x, to_y
from app.pictures.outlines import Shapes, oriented
from app.pictures.palette import Palette
from app.pictures.shapes import path_of
from geodata import basemap

# From which zoom each is drawn: as in assets/src/basemap.js.
_UNITS_FROM = 4.5
_RIVERS_FROM = 5.0
_SOONER = 0.75
_LINES = ("rivers", "borders", "disputed", "unit_borders")


@dataclass(frozen=True, slots=True)
class Name:
    """A name on the base map, in the unit square. kind: 0 country, 1 first-level unit, 2 city, 3 other place."""

    x: float
    y: float
    zoom: float
    name: str
    local: str
    kind: int


@dataclass(frozen=True, slots=True)
class Part:
    """The contents of one file. layers: land and lakes as rings; coast and the rest as lines."""

    layers: Mapping[str, Shapes]
    names: tuple[Name, ...]


def choose_parts(frame: Frame) -> list[Part]:
    """Give the files that a map needs at its zoom, read."""
    maps = basemap.cells()
    west, north, east, south = frame.edges()

    def is_seen(cell: basemap.Cell) -> bool:
        left, top, right, bottom = cell.box
        columns = any(right + copy >= west and left + copy <= east for copy in frame.copies())
        return columns and bottom >= north and top <= south

    since = max((since for since in maps if since <= frame.zoom), default=min(maps))
    return [read_part(cell.name) for cell in maps[since] if is_seen(cell)]


def draw_base(canvas: Canvas, frame: Frame, parts: list[Part], palette: Palette) -> None:
    """Draw water, land and lines."""
    canvas.fill(rectangle(*frame.box), palette.water)

    def fill(layer: str, colour: str) -> None:
        for part in parts:
            path = path_of(part.layers[layer], frame, closed=True)
            if len(vertices(path)):
                canvas.fill(path, colour, clip=frame.box)

    def stroke(layer: str, line: Stroke) -> None:
        # What two parts have of one line is one stroke.
        path = join([path_of(part.layers[layer], frame, closed=False) for part in parts])
        if len(vertices(path)):
            canvas.stroke(path, line, clip=frame.box)

    zoom = frame.zoom
    fill("land", palette.land)
    if zoom >= _RIVERS_FROM:
        stroke("rivers", Stroke(palette.river, min(2.0, 0.6 + (zoom - _RIVERS_FROM) * 0.2)))
    fill("lakes", palette.water)
    stroke("coast", Stroke(palette.coast, 0.8))
    if zoom >= _UNITS_FROM:
        stroke("unit_borders", Stroke(palette.unit_border, 0.8 if zoom < 6 else 1.1))
    border = 0.8 if zoom < 4 else 1.2
    stroke("borders", Stroke(palette.border, border))
    stroke("disputed", Stroke(palette.border, border, dash=(4, 4)))


def find_names(frame: Frame, parts: list[Part]) -> list[Name]:
    """Give the names that belong to a zoom, the weightier first.

    Countries a little sooner than in the browser: nobody can zoom into a picture to learn which one it is.
    """
    names = (name for part in parts for name in part.names)
    return sorted(
        (name for name in names if name.zoom <= frame.zoom + (_SOONER if name.kind == 0 else 0)),
        key=lambda one: (one.kind, one.zoom),
    )


# A file is held as arrays: 100 kB or so.
@lru_cache(maxsize=64)
def read_part(name: str) -> Part:
    """Read one file of the base map."""
    content: dict[str, Any] = json.loads(basemap.files()[name].read_bytes())
    scale = content["scale"]
    polygons = [[_read_line(ring) for ring in rings] for rings in content["land"]]
    layers = {
        "land": Shapes.of([project(ring / scale) for rings in polygons for ring in oriented(rings)]),
        "coast": Shapes.of(
            [project(line / scale) for rings in polygons for ring in rings for line in _outlines(ring, content["box"])]
        ),
        "lakes": Shapes.of(
            [
                project(ring / scale)
                for rings in content["lakes"]
                for ring in oriented([_read_line(steps) for steps in rings])
            ]
        ),
        **{kind: Shapes.of([project(_read_line(line) / scale) for line in content[kind]]) for kind in _LINES},
    }
    names = tuple(
        Name(to_x(lon), to_y(lat), zoom, called, "" if local == called else local, kind)
        for lon, lat, zoom, called, local, kind in content["labels"]
    )
    return Part(layers, names)


def _read_line(text: str) -> NDArray[np.float64]:
    return np.array(basemap.read_line(text), dtype=float)


def _outlines(ring: NDArray[np.float64], box: list[int]) -> Iterator[NDArray[np.float64]]:
    """Give a ring's outline without the parts that run along an edge of a box: west, south, east, north."""
    following = np.roll(ring, -1, axis=0)
    cut = np.zeros(len(ring), dtype=bool)
    for axis, edge in zip((0, 1, 0, 1), box, strict=True):
        cut |= (ring[:, axis] == edge) & (following[:, axis] == edge)
    if not cut.any():
        yield np.vstack([ring, ring[:1]])
        return
    # Begin behind a cut, so that no line runs over the end of the list.
    start = int(np.flatnonzero(cut)[0]) + 1
    ring, cut = np.roll(ring, -start, axis=0), np.roll(cut, -start)
    last = 0
    for at in np.flatnonzero(cut):
        if at > last:
            yield ring[last : at + 1]
        last = int(at) + 1
