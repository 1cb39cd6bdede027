"""How the unit square of spherical Mercator lies on a picture: zoom, position, and the view that fits a selection.

It draws nothing. The zoom is the one of web maps: at zoom 0 the world is 256 pixels wide.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.pictures.picture import Box, View

EARTH_M = 40_075_016.686
# Steps of zoom, as the browser's map has them.
SNAP = 0.25
NEAREST = 10.0
# One incident alone is shown with enough around it to know where that is.
NEAREST_OF_ONE = 8.0
_MOST_LAT = 85.0511287798066


@dataclass(frozen=True, slots=True)
class Frame:
    """See the module. left, top: the sheet's corner in pixels of the whole world. box: the map's part of the sheet."""

    zoom: float
    left: float
    top: float
    box: Box

    @property
    def scale(self) -> float:
        """Pixels of the unit square's side."""
        return float(256 * 2.0**self.zoom)

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the map in the unit square."""
        left, top, right, bottom = self.box
        return ((left + right) / 2 + self.left) / self.scale, ((top + bottom) / 2 + self.top) / self.scale

    def edges(self) -> Box:
        """West, north, east and south of the map in the unit square; west and east may lie beyond it."""
        left, top, right, bottom = self.box
        scale = self.scale
        return (
            (left + self.left) / scale,
            (top + self.top) / scale,
            (right + self.left) / scale,
            (bottom + self.top) / scale,
        )

    def copies(self) -> range:
        """Whole numbers to add to x: the copies of the world that the map shows any of."""
        west, _, east, _ = self.edges()
        return range(math.floor(west), math.floor(east) + 1)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Give where a point of the unit square lies on the sheet, on the copy of the world nearest the middle."""
        turns = round(self.middle[0] - x)
        return (x + turns) * self.scale - self.left, y * self.scale - self.top

    def holds(self, at: tuple[float, float]) -> bool:
        """Whether a point of the sheet lies on the map."""
        left, top, right, bottom = self.box
        return left <= at[0] < right and top <= at[1] < bottom

    def pixels(self, metres: float, y: float) -> float:
        """Give a distance in pixels, at a place's y in the unit square."""
        return metres / (EARTH_M * math.cos(math.radians(to_lat(y)))) * self.scale


def stand(view: View, box: Box) -> Frame:
    """Put a map into its part of a sheet."""
    left, top, right, bottom = box
    zoom = max(view.zoom, _least_zoom(bottom - top))
    scale = 256 * 2.0**zoom
    across = to_x(view.lon) * scale - (left + right) / 2
    down = to_y(view.lat) * scale - (top + bottom) / 2
    # The map shows nothing beyond the world's upper and lower edge.
    down = min(max(down, -top), scale - bottom)
    return Frame(zoom, across, down, box)


def fit(bounds: Box | None, box: Box, *, nearest: float = NEAREST) -> Frame:
    """Show all of a box of the unit square (west, north, east, south), no closer than `nearest`; the world for None."""
    left, top, right, bottom = box
    if bounds is None:
        return stand(View(math.log2((right - left) / 256), 25.0, 20.0), box)
    west, north, east, south = bounds
    pad = 24.0 if min(right - left, bottom - top) < 420 else 48.0
    wide = max(1.0, right - left - 2 * pad) / max(east - west, 1e-12)
    high = max(1.0, bottom - top - 2 * pad) / max(south - north, 1e-12)
    zoom = min(nearest, math.floor(math.log2(min(wide, high) / 256) / SNAP) * SNAP)
    return stand(View(zoom, to_lat((north + south) / 2), to_lon((west + east) / 2)), box)


def to_x(lon: float) -> float:
    """Give the x in the unit square of a longitude in degrees."""
    return lon / 360 + 0.5


def to_y(lat: float) -> float:
    """Give the y in the unit square of a latitude in degrees."""
    held = math.radians(min(_MOST_LAT, max(-_MOST_LAT, lat)))
    return 0.5 - math.log(math.tan(math.pi / 4 + held / 2)) / (2 * math.pi)


def to_lon(x: float) -> float:
    """Give the longitude of an x."""
    return (x - 0.5) * 360


def to_lat(y: float) -> float:
    """Give the latitude of a y."""
    return math.degrees(2 * math.atan(math.exp((0.5 - y) * 2 * math.pi)) - math.pi / 2)


def project(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project points in degrees, lon before lat, to the unit square."""
    lat = np.radians(np.clip(degrees[:, 1], -_MOST_LAT, _MOST_LAT))
    y = 0.5 - np.log(np.tan(np.pi / 4 + lat / 2)) / (2 * np.pi)
    return np.column_stack([degrees[:, 0] / 360 + 0.5, y])


def _least_zoom(height: float) -> float:
    return max(0.0, math.ceil(math.log2(height / 256) / SNAP) * SNAP)
