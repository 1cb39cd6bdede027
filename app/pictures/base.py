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

from app.pictures.canvas import Canvas, Stroke, rectangle, vertices
from app.pictures.frames import Frame, project, to_x, to_y
from app.pictures.outlines import Shapes, oriented
from app.pictures.palette import Palette
from app.pictures.shapes import path_of
from geodata import basemap

# From which zoom each is drawn: as in assets/src/basemap.js.
_MEDIUM_FROM = 4.0
_FINE_FROM = 6.5
_UNITS_FROM = 4.5
_RIVERS_FROM = 5.0
_SOONER = 0.75
_OVERLAP_DEG = 0.02
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
    if frame.zoom < _MEDIUM_FROM:
        return [read_part("world.json")]
    if frame.zoom < _FINE_FROM:
        return [read_part("medium.json")]
    return [read_part(name) for name in _cells(frame)]


def draw_base(canvas: Canvas, frame: Frame, parts: list[Part], palette: Palette) -> None:
    """Draw water, land and lines."""
    canvas.fill(rectangle(*frame.box), palette.water)

    def fill(layer: str, colour: str) -> None:
        for part in parts:
            path = path_of(part.layers[layer], frame, closed=True)
            if len(vertices(path)):
                canvas.fill(path, colour, clip=frame.box)

    def stroke(layer: str, line: Stroke) -> None:
        for part in parts:
            path = path_of(part.layers[layer], frame, closed=False)
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
        key=lambda one: one.kind,
    )


# A file is held as arrays: a few hundred kB for a fine one, 4 MB for medium.json.
@lru_cache(maxsize=24)
def read_part(name: str) -> Part:
    """Read one file of the base map."""
    content: dict[str, Any] = json.loads(basemap.files()[name].read_bytes())
    scale = content["scale"]
    polygons = [[_degrees(ring, scale) for ring in rings] for rings in content["land"]]
    edges = _edges(name)
    layers = {
        "land": Shapes.of([project(ring) for rings in polygons for ring in oriented(rings)]),
        "coast": Shapes.of([project(line) for rings in polygons for ring in rings for line in _outlines(ring, edges)]),
        "lakes": Shapes.of(
            [
                project(ring)
                for rings in content["lakes"]
                for ring in oriented([_degrees(steps, scale) for steps in rings])
            ]
        ),
        **{kind: Shapes.of([project(_degrees(line, scale)) for line in content[kind]]) for kind in _LINES},
    }
    names = tuple(
        Name(to_x(lon), to_y(lat), zoom, called, "" if local == called else local, kind)
        for lon, lat, zoom, called, local, kind in content["labels"]
    )
    return Part(layers, names)


def _degrees(steps: list[int], scale: float) -> NDArray[np.float64]:
    return np.cumsum(np.array(steps, dtype=float).reshape(-1, 2), axis=0) / scale


def _cells(frame: Frame) -> list[str]:
    west, north, east, south = frame.edges()
    names = []
    for name in basemap.files():
        if not name.startswith("fine/"):
            continue
        lon, lat = _corner(name)
        in_rows = to_y(lat) >= north and to_y(lat + basemap.CELL_DEG) <= south
        in_columns = any(
            to_x(lon + basemap.CELL_DEG) + copy >= west and to_x(lon) + copy <= east for copy in frame.copies()
        )
        if in_rows and in_columns:
            names.append(name)
    return names


def _corner(name: str) -> tuple[int, int]:
    x, y = name.removeprefix("fine/").removesuffix(".json").split("_")
    return basemap.CELL_DEG * int(x), basemap.CELL_DEG * int(y)


def _edges(name: str) -> tuple[float, float, float, float]:
    """Give west, east, south and north of a file's land, where it is cut."""
    if not name.startswith("fine/"):
        return -180, 180, -90, 90
    lon, lat = _corner(name)
    far = basemap.CELL_DEG + _OVERLAP_DEG
    return lon - _OVERLAP_DEG, lon + far, lat - _OVERLAP_DEG, lat + far


def _outlines(ring: NDArray[np.float64], edges: tuple[float, float, float, float]) -> Iterator[NDArray[np.float64]]:
    """Give a ring's outline without the parts that run along an edge."""
    following = np.roll(ring, -1, axis=0)
    cut = np.zeros(len(ring), dtype=bool)
    for axis, edge in ((0, edges[0]), (0, edges[1]), (1, edges[2]), (1, edges[3])):
        cut |= (np.abs(ring[:, axis] - edge) < 0.0015) & (np.abs(following[:, axis] - edge) < 0.0015)
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
