"""Regions of the world, or of any set of boundaries: by code, by name, and by point.

It knows no places inside a region but by their point; the gazetteer does.
"""

import csv
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from geodata.locations import Found
from geodata.names import fold_name
from geodata.points import LonLat
from geodata.polygons import load_polygons
from geodata.region_names import ONLY_KINDS, without_brackets, without_kind

Polygons = Sequence[BaseGeometry | None] | NDArray[np.object_]

DATA = Path(__file__).with_name("data")

# How far off a coast or border a point may lie and still be said to belong to the nearest unit, in metres.
NEAREST_WITHIN_M = 25_000.0

_METRES_PER_DEG = 111_195.0
_EARTH_RADIUS_M = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Region:
    """A country or unit. level: 0 country, 1 first-level unit, 2 district, 3 township. country: ISO 3166-1 alpha-2.

    scheme: what the code belongs to: "ISO 3166-1", "ISO 3166-2", "Natural Earth" where ISO has no code for a unit,
    or a boundary set's own. local_name: in the script of the place, or empty. parent: code.
    """

    scheme: str
    code: str
    level: int
    name: str
    local_name: str
    parent: str | None
    country: str


@dataclass(frozen=True, slots=True)
class RegionMatch:
    """A region found for a point, and how. distance_m: to its nearest edge when it was found as the nearest one."""

    region: Region
    how: Found
    distance_m: float | None = None


class RegionIndex:
    """Any sequence of regions with their polygons; a region without one has None or an empty polygon.

    polygons may be a function that gives them, called when first needed: names alone then cost little memory.
    aliases: other names by code. Codes are unique; a parent may be missing. Raises ValueError when there are not as
    many polygons as regions.
    """

    def __init__(
        self,
        regions: Sequence[Region],
        polygons: Polygons | Callable[[], Polygons],
        aliases: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Index by code and name at once, by polygon when first asked for a point."""
        self.regions = tuple(regions)
        self._given: Callable[[], Polygons] = polygons if callable(polygons) else lambda: polygons
        if not callable(polygons):
            _ = self._polygons
        self._number = {region.code: number for number, region in enumerate(self.regions)}
        self._children: dict[str, list[Region]] = defaultdict(list)
        for region in self.regions:
            if region.parent:
                self._children[region.parent].append(region)
        self._named, self._other, self._loosely = self._names(aliases or {})
        self._trees: dict[int, tuple[shapely.STRtree, NDArray[np.intp]]] = {}
        self.levels = tuple(sorted({region.level for region in self.regions}))

    @cached_property
    def _polygons(self) -> NDArray[np.object_]:
        found = np.array([shapely.Polygon() if polygon is None else polygon for polygon in self._given()], object)
        if len(self.regions) != len(found):
            msg = "each region needs a polygon, or None"
            raise ValueError(msg)
        return found

    def get(self, code: str) -> Region | None:
        """Give the region of a code."""
        number = self._number.get(code)
        return None if number is None else self.regions[number]

    def polygon(self, code: str) -> BaseGeometry | None:
        """Give the polygon of a code in degrees; None when there is none."""
        number = self._number.get(code)
        if number is None or self._polygons[number].is_empty:
            return None
        polygon: BaseGeometry = self._polygons[number]
        return polygon

    def children(self, code: str) -> list[Region]:
        """Give the regions right below one, in the order of the file."""
        return list(self._children.get(code, ()))

    def chain(self, region: Region) -> list[Region]:
        """Give a region and what it lies in, coarse to fine."""
        found = [region]
        while (above := found[0].parent) and (parent := self.get(above)) and parent not in found:
            found.insert(0, parent)
        return found

    def named(self, text: str, *, level: int | None = None, within: str | None = None) -> Region | None:
        """Give the one region of a name; else of another name; else without the word for its kind. None if several fit.

        within: the code of a region that it must lie in. Of regions of several levels the coarsest is meant.
        """
        for name in dict.fromkeys((text, without_brackets(text))):
            whole, loose = fold_name(name), fold_name(without_kind(name))
            for table, key in ((self._named, whole), (self._other, whole), (self._loosely, loose)):
                fitting = [
                    region
                    for region in (self.regions[number] for number in table.get(key, ()))
                    if (level is None or region.level == level) and (within is None or self._lies_in(region, within))
                ]
                coarsest = min((region.level for region in fitting), default=0)
                fitting = [region for region in fitting if region.level == coarsest]
                if len(fitting) == 1:
                    return fitting[0]
        return None

    def at(
        self, point: LonLat, level: int | None = None, nearest_within_m: float = NEAREST_WITHIN_M
    ) -> list[RegionMatch]:
        """Give the regions at a point, coarse to fine; else the nearest within so many metres; else nothing."""
        levels = self.levels if level is None else (level,)
        number = self.at_many([point.lon], [point.lat], level=level)[0]
        how, distance = Found.POLYGON, None
        if number < 0:
            nearest = self._nearest(point, levels, nearest_within_m)
            if nearest is None:
                return []
            number, distance = nearest
            how = Found.NEAREST
        region = self.regions[number]
        chain = self.chain(region) if level is None else [region]
        return [RegionMatch(one, how, distance) for one in chain]

    def metres_to(self, code: str, point: LonLat) -> float | None:
        """Give the metres from a point to a region, 0 within it; None for a region without a polygon."""
        polygon = self.polygon(code)
        if polygon is None:
            return None
        shapely.prepare(polygon)
        return 0.0 if shapely.intersects_xy(polygon, point.lon, point.lat) else _distance_m(point, polygon)

    def at_many(self, lons: ArrayLike, lats: ArrayLike, *, level: int | None = None) -> NDArray[np.int32]:
        """Give for each point in degrees the number in `regions` of the finest region there, or of the level; or -1.

        A point on a border goes to the region that stands first. NaN finds nothing.
        """
        x, y = np.asarray(lons, dtype=float), np.asarray(lats, dtype=float)
        found = np.full(x.shape, -1, dtype=np.int32)
        for one in reversed(self.levels) if level is None else (level,):
            open_ = np.flatnonzero((found < 0) & np.isfinite(x) & np.isfinite(y))
            if not open_.size:
                break
            tree, numbers = self._tree(one)
            points, candidates = tree.query(shapely.points(x[open_], y[open_]))
            for candidate in np.unique(candidates)[::-1]:
                polygon = self._polygons[numbers[candidate]]
                shapely.prepare(polygon)
                mine = open_[points[candidates == candidate]]
                found[mine[shapely.intersects_xy(polygon, x[mine], y[mine])]] = numbers[candidate]
        return found

    def _tree(self, level: int) -> tuple[shapely.STRtree, NDArray[np.intp]]:
        if level not in self._trees:
            numbers = np.array(
                [
                    number
                    for number, region in enumerate(self.regions)
                    if region.level == level and not self._polygons[number].is_empty
                ],
                dtype=np.intp,
            )
            self._trees[level] = (shapely.STRtree(self._polygons[numbers]), numbers)
        return self._trees[level]

    def _nearest(self, point: LonLat, levels: Iterable[int], within_m: float) -> tuple[int, float] | None:
        """Find the nearest region of the finest level that has one within the distance."""
        if within_m <= 0:
            return None
        for level in sorted(levels, reverse=True):
            tree, numbers = self._tree(level)
            best: tuple[float, int] | None = None
            for candidate in tree.query(_box_around(point, within_m)):
                distance = _distance_m(point, self._polygons[numbers[candidate]])
                if distance <= within_m and (best is None or distance < best[0]):
                    best = (distance, int(numbers[candidate]))
            if best is not None:
                return best[1], best[0]
        return None

    def _lies_in(self, region: Region, code: str) -> bool:
        return any(above.code == code for above in self.chain(region))

    def _names(self, aliases: Mapping[str, Sequence[str]]) -> tuple[dict[str, list[int]], ...]:
        """Give three tables of folded name -> numbers: own names, other names, names without their kind."""
        own: dict[str, list[int]] = defaultdict(list)
        other: dict[str, list[int]] = defaultdict(list)
        loose: dict[str, list[int]] = defaultdict(list)
        for number, region in enumerate(self.regions):
            names = (region.name, region.local_name, region.code)
            others = aliases.get(region.code, ())
            for table, found in (
                (own, map(fold_name, names)),
                (other, map(fold_name, others)),
                (loose, (fold_name(without_kind(name)) for name in (*names, *others))),
            ):
                for key in dict.fromkeys(found):
                    if key and key not in ONLY_KINDS:
                        table[key].append(number)
        return own, other, loose


@cache
def world() -> RegionIndex:
    """Give the countries and first-level units that are shipped, by ISO 3166. Read once, when first asked for."""
    regions: list[Region] = []
    aliases: dict[str, list[str]] = {}
    with (DATA / "regions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            regions.append(_region(row))
            aliases[row["code"]] = row["aliases"].split("|")
    return RegionIndex(regions, lambda: load_polygons(DATA / "regions.npz"), aliases)


def _region(row: Mapping[str, Any]) -> Region:
    return Region(
        row["scheme"],
        row["code"],
        int(row["level"]),
        row["name"],
        row["local_name"],
        row["parent"] or None,
        row["country"],
    )


def _box_around(point: LonLat, metres: float) -> BaseGeometry:
    """Give a box that holds the circle around a point; across the antimeridian, two."""
    tall = metres / _METRES_PER_DEG
    wide = min(180.0, tall / max(0.01, math.cos(math.radians(min(89.0, abs(point.lat) + tall)))))
    south, north = point.lat - tall, point.lat + tall
    boxes = [shapely.box(point.lon - wide, south, point.lon + wide, north)]
    if point.lon - wide < -180:
        boxes.append(shapely.box(point.lon - wide + 360, south, 180, north))
    if point.lon + wide > 180:
        boxes.append(shapely.box(-180, south, point.lon + wide - 360, north))
    return boxes[0] if len(boxes) == 1 else shapely.MultiPolygon(boxes)


def _distance_m(point: LonLat, polygon: BaseGeometry) -> float:
    """Give the metres from a point to a polygon, good to a percent within some tens of kilometres."""
    narrow = math.cos(math.radians(point.lat)) or 1e-9
    best = math.inf
    for turn in (0.0, 360.0, -360.0):
        if abs(turn) and abs(point.lon) < 170:
            continue
        here = shapely.Point((point.lon + turn) * narrow, point.lat)
        flat = shapely.transform(polygon, lambda xy: xy * (narrow, 1.0))
        best = min(best, float(shapely.distance(here, flat)))
    return best * _METRES_PER_DEG


def distance_m(one: LonLat, other: LonLat) -> float:
    """Give the great-circle distance of two points in metres, on a sphere of the Earth's mean radius."""
    lat1, lat2 = math.radians(one.lat), math.radians(other.lat)
    part = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(other.lon - one.lon) / 2) ** 2
    )
    return 2 * _EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(part)))
