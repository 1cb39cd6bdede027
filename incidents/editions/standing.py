"""Where a map stands at first: on what is selected, as closely as that allows.

It draws nothing. Points lead. An area is gone to when it is a part of a country, or when more is known only to it than
there are points: a country that one incident is known only to would otherwise push all others together.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from geodata.bbox import BBox
from incidents.editions.columns import Bits, Columns
from incidents.editions.grids import WORLD

# Among so many, a hundredth that lies far off at either side does not push the rest together.
_MANY = 500
_FAR = 0.01
# Of very many points every n-th does: what is looked for is an extent, and it is rounded by whoever shows it.
_SAMPLE = 20_000
_METRES_A_DEGREE = 111_320.0

Box = tuple[float, float, float, float]


def stand_on(columns: Columns, mask: Bits, boxes: Mapping[str, Box]) -> BBox | None:
    """Give the box to show; None where nothing selected has a place. boxes: of the regions, in degrees, by code."""
    points = np.flatnonzero(mask & (columns.area < 0) & (columns.x >= 0))
    found = [_box_of_points(columns, points)] if len(points) else []
    found += _boxes_of_areas(columns, mask, len(points), boxes)
    if not found:
        return None
    west, south, east, north = zip(*found, strict=True)
    return BBox(max(-180.0, min(west)), max(-90.0, min(south)), min(180.0, max(east)), min(90.0, max(north)))


def _boxes_of_areas(columns: Columns, mask: Bits, points: int, boxes: Mapping[str, Box]) -> list[Box]:
    regions = columns.terms.regions
    rows = mask & (columns.area >= 0)
    counted = np.bincount(columns.area[rows], minlength=len(regions)) if rows.any() else np.zeros(len(regions))
    held = [at for at in np.flatnonzero(counted).tolist() if regions[at].code in boxes]
    kept = [at for at in held if regions[at].level > 0 or counted[at] > points]
    return [boxes[regions[at].code] for at in (kept if kept or points else held)]


def _box_of_points(columns: Columns, points: npt.NDArray[np.intp]) -> Box:
    points = points[:: max(1, len(points) // _SAMPLE)]
    x, y = columns.x[points], columns.y[points]
    far = int(len(points) * _FAR) if len(points) >= _MANY else 0
    west, east = _without_ends(x, far)
    north, south = _without_ends(y, far)
    near = (x >= west) & (x <= east) & (y >= north) & (y <= south)
    # Of points along two arms none may lie within both spans.
    near = near if near.any() else np.ones(len(x), dtype=bool)
    lon = x[near] / WORLD * 360 - 180
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * (y[near] / WORLD)))))
    high = np.maximum(columns.radius[points][near], 0) / _METRES_A_DEGREE
    wide = high / np.maximum(0.01, np.cos(np.radians(lat)))
    return float((lon - wide).min()), float((lat - high).min()), float((lon + wide).max()), float((lat + high).max())


def _without_ends(values: npt.NDArray[np.int32], far: int) -> tuple[int, int]:
    """Give the least and the greatest when so many at either end are left out."""
    last = len(values) - 1 - far
    parted = np.partition(values, [far, last])
    return int(parted[far]), int(parted[last])
