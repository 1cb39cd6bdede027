"""The coordinate reference systems that features are given and asked for in, by their OGC names.

It knows these three alone, by their formulas, and needs no projection library: who wants others asks pyproj.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from geodata.bbox import BBox
from geodata.errors import BadBBox

_RADIUS_M = 6_378_137.0
_HALF_WAY_ROUND_M = math.pi * _RADIUS_M
# Where the square map ends. Beyond it y grows without bound, so that the poles have none.
_NORTHERNMOST_DEG = 85.051128779806604
# What a client's own arithmetic may leave over the edge of the world.
_SLACK_M = 1e-3


@dataclass(frozen=True, slots=True)
class _System:
    uri: str
    northing_first: bool = False
    metric: bool = False


class CRS(Enum):
    """A coordinate reference system, with its axes in the order of its definition."""

    CRS84 = _System("http://www.opengis.net/def/crs/OGC/1.3/CRS84")
    EPSG_4326 = _System("http://www.opengis.net/def/crs/EPSG/0/4326", northing_first=True)
    EPSG_3857 = _System("http://www.opengis.net/def/crs/EPSG/0/3857", metric=True)

    @property
    def uri(self) -> str:
        """Its name (OGC Name Type Specification, OGC 09-048)."""
        return self.value.uri

    @classmethod
    def from_uri(cls, uri: str) -> "CRS":
        """Find it by its name. Raises ValueError for any other."""
        for crs in cls:
            if crs.uri == uri:
                return crs
        msg = f"must be one of {', '.join(crs.uri for crs in cls)}"
        raise ValueError(msg)

    def from_lonlat(self, lon: float, lat: float) -> tuple[float, float]:
        """Give its two coordinates of a place in degrees: at most 6 decimals of degrees, or centimetres.

        Web Mercator (EPSG method 1024) has no poles: what lies beyond 85.05 degrees is given at its edge.
        """
        if self.value.metric:
            phi = math.radians(max(-_NORTHERNMOST_DEG, min(_NORTHERNMOST_DEG, lat)))
            return round(_RADIUS_M * math.radians(lon), 2), round(
                _RADIUS_M * math.log(math.tan(math.pi / 4 + phi / 2)), 2
            )
        lon, lat = round(lon, 6), round(lat, 6)
        return (lat, lon) if self.value.northing_first else (lon, lat)

    def to_lonlat(self, first: float, second: float) -> tuple[float, float]:
        """Give longitude and latitude in degrees. Raises ValueError for what is not in the world."""
        if not (math.isfinite(first) and math.isfinite(second)):
            msg = "coordinates must be finite numbers"
            raise ValueError(msg)
        if self.value.metric:
            lon, lat = _from_mercator(first, second)
        else:
            lon, lat = (second, first) if self.value.northing_first else (first, second)
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            msg = "longitudes lie from -180 to 180, latitudes from -90 to 90"
            raise ValueError(msg)
        return lon, lat

    def bbox_from(self, numbers: Sequence[float]) -> BBox:
        """Read a box of 4 numbers, or of 6 of which heights are left out, in the order of its axes.

        Raises BadBBox. West greater than east crosses the antimeridian.
        """
        if len(numbers) == 6:
            numbers = (*numbers[:2], *numbers[3:5])
        if len(numbers) != 4:
            msg = "a box is 4 numbers, or 6 with heights"
            raise BadBBox(msg)
        try:
            west, south = self.to_lonlat(numbers[0], numbers[1])
            east, north = self.to_lonlat(numbers[2], numbers[3])
        except ValueError as error:
            raise BadBBox(str(error)) from None
        return BBox(west, south, east, north)

    def bbox_of(self, box: Sequence[float]) -> list[float]:
        """Give west, south, east, north in degrees as a box in the order of its axes."""
        west, south, east, north = box
        return [*self.from_lonlat(west, south), *self.from_lonlat(east, north)]

    def convert(self, coordinates: Any) -> Any:  # noqa: ANN401 - GeoJSON nests them to any depth
        """Give GeoJSON coordinates, longitude first in degrees, nested as they are, in this system."""
        if isinstance(coordinates[0], int | float):
            return list(self.from_lonlat(coordinates[0], coordinates[1]))
        return [self.convert(part) for part in coordinates]


def _from_mercator(x: float, y: float) -> tuple[float, float]:
    if abs(x) > _HALF_WAY_ROUND_M + _SLACK_M or abs(y) > 10 * _HALF_WAY_ROUND_M:
        msg = "metres of Web Mercator lie from -20037508.34 to 20037508.34"
        raise ValueError(msg)
    lon = max(-180.0, min(180.0, math.degrees(x / _RADIUS_M)))
    return lon, math.degrees(2 * math.atan(math.exp(y / _RADIUS_M)) - math.pi / 2)
