"""Where a map stands at first: on what is selected, as closely as that allows.

It draws nothing. Points lead. An area is gone to when it is a part of a country, or when more is known only to it than
there are points: a country that one incident is known only to would otherwise push all others together. What lies on
both sides of the antimeridian is shown across it where that takes no more than half of the world.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from geodata.bbox import BBox, join_spans
from incidents.editions.columns import Bits, Columns
from incidents.editions.grids import WORLD

# Among so many, a hundredth that lies far off at either side does not push the rest together.
_MANY = 500
_FAR = 0.01
# Of very many points every n-th does: what is looked for is an extent, and it is rounded by whoever shows it.
_SAMPLE = 20_000
_METRES_A_DEGREE = 111_320.0
# Wider than half of the world, the map is the one that everybody knows, cut at the antimeridian.
_WIDEST_ACROSS = 180.0

Box = tuple[float, float, float, float]


def stand_on(columns: Columns, mask: Bits, boxes: Mapping[str, Box]) -> BBox | None:
    """Give the box to show; None where nothing selected has a place. boxes: of the regions, in degrees, by code."""
    points = np.flatnonzero(mask & (columns.area < 0) & (columns.x >= 0))
    found = [_box_of_points(columns, points)] if len(points) else []
    found += _boxes_of_areas(columns, mask, len(points), boxes)
    return enclose(found)


def enclose(boxes: Iterable[Box]) -> BBox | None:
    """Give the box that holds some boxes of regions; None for none."""
    found = [*boxes]
    if not found:
        return None
    west, south, east, north = zip(*found, strict=True)
    left, right = _join(list(zip(west, east, strict=True)))
    return BBox(left, max(-90.0, min(south)), right, min(90.0, max(north)))


def _join(spans: list[tuple[float, float]]) -> tuple[float, float]:
    """Give west and east of what holds all spans of longitudes; west greater than east across the antimeridian.

    spans: of degrees; one that crosses ends beyond 180, begins before -180 or ends west of its beginning.
    """
    parts = [part for west, east in spans for part in _cut(west, east + 360 if east < west else east)]
    left, right = join_spans(parts)
    if left > right and right + 360 - left > _WIDEST_ACROSS:
        return min(west for west, _ in parts), max(east for _, east in parts)
    return left, right


def _cut(west: float, east: float) -> list[tuple[float, float]]:
    """Give the one or two parts of a span that lie from -180 to 180."""
    if east - west >= 360:
        return [(-180.0, 180.0)]
    if west < -180:
        return [(west + 360, 180.0), (-180.0, east)]
    if east > 180:
        return [(west, 180.0), (-180.0, east - 360)]
    return [(west, east)]


def _boxes_of_areas(columns: Columns, mask: Bits, points: int, boxes: Mapping[str, Box]) -> list[Box]:
    regions = columns.terms.regions
    rows = mask & (columns.area >= 0)
    counted = np.bincount(columns.area[rows], minlength=len(regions)) if rows.any() else np.zeros(len(regions))
    held = [at for at in np.flatnonzero(counted).tolist() if regions[at].code in boxes]
    kept = [at for at in held if regions[at].level > 0 or counted[at] > points]
    return [boxes[regions[at].code] for at in (kept if kept or points else held)]


def _box_of_points(columns: Columns, points: npt.NDArray[np.intp]) -> Box:
    points = points[:: max(1, len(points) // _SAMPLE)]
    x, y = columns.x[points].astype(np.int64), columns.y[points].astype(np.int64)
    far = int(len(points) * _FAR) if len(points) >= _MANY else 0
    west, east = _without_ends(x, far)
    # The same world, cut at Greenwich instead.
    turned = np.where(x < WORLD // 2, x + WORLD, x)
    begin, end = _without_ends(turned, far)
    if end - begin < east - west and (end - begin) / WORLD * 360 <= _WIDEST_ACROSS:
        x, west, east = turned, begin, end
    north, south = _without_ends(y, far)
    near = (x >= west) & (x <= east) & (y >= north) & (y <= south)
    # Of points along two arms none may lie within both spans.
    near = near if near.any() else np.ones(len(x), dtype=bool)
    lon = x[near] / WORLD * 360 - 180
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * (y[near] / WORLD)))))
    high = np.maximum(columns.radius[points][near], 0) / _METRES_A_DEGREE
    wide = high / np.maximum(0.01, np.cos(np.radians(lat)))
    return float((lon - wide).min()), float((lat - high).min()), float((lon + wide).max()), float((lat + high).max())


def _without_ends(values: npt.NDArray[np.int64], far: int) -> tuple[int, int]:
    """Give the least and the greatest when so many at either end are left out."""
    last = len(values) - 1 - far
    parted = np.partition(values, [far, last])
    return int(parted[far]), int(parted[last])
