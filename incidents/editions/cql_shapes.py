"""The geometries and boxes of a CQL2 filter, checked and brought to degrees, longitude first.

It compares nothing: `footprints` finds what they meet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geodata.bbox import BBox
from geodata.crs import CRS
from geodata.errors import BadBBox
from incidents.errors import BadFilter

_MOST_VERTICES = 2_000
_LEVELS = {
    "Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3,
}  # fmt: skip


@dataclass(slots=True)
class ShapeReader:
    """Reads the geometries of one filter. crs: of their coordinates. vertices: how many it has read in all."""

    crs: CRS
    vertices: int = 0

    def read(self, geometry: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give a GeoJSON geometry in degrees. Raises BadFilter."""
        if geometry.get("type") == "GeometryCollection":
            parts = geometry.get("geometries")
            if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts) or not parts:
                raise BadFilter("filter", "has a collection without geometries")
            if any(part.get("type") == "GeometryCollection" for part in parts):
                raise BadFilter("filter", "has a collection within a collection")
            return {"type": "GeometryCollection", "geometries": [self.read(part) for part in parts]}
        levels = _LEVELS.get(str(geometry.get("type")))
        if levels is None:
            raise BadFilter("filter", "has a geometry of an unknown type")
        coordinates = self._positions(geometry.get("coordinates"), levels)
        _check_form(str(geometry["type"]), coordinates)
        return {"type": geometry["type"], "coordinates": coordinates}

    def read_box(self, numbers: Any) -> BBox:  # noqa: ANN401 - JSON is Any
        """Give a box in degrees. Raises BadFilter."""
        if not isinstance(numbers, list) or not all(is_number(number) for number in numbers):
            raise BadFilter("filter", "has a box without numbers")
        try:
            return self.crs.bbox_from(numbers)
        except BadBBox as error:
            raise BadFilter("filter", f"has a bad box: {error}") from None

    def _positions(self, value: Any, levels: int) -> Any:  # noqa: ANN401 - GeoJSON nests them
        if not isinstance(value, list) or not value:
            raise BadFilter("filter", "has a geometry without coordinates")
        if levels:
            return [self._positions(part, levels - 1) for part in value]
        self.vertices += 1
        if self.vertices > _MOST_VERTICES:
            raise BadFilter("filter", f"has more than {_MOST_VERTICES} vertices")
        if len(value) not in {2, 3} or not all(is_number(number) for number in value):
            raise BadFilter("filter", "has a position that is not two or three numbers")
        try:
            return list(self.crs.to_lonlat(value[0], value[1]))
        except ValueError as error:
            raise BadFilter("filter", f"has a position outside the world: {error}") from None


def is_number(value: Any) -> bool:  # noqa: ANN401 - JSON is Any
    """Whether a value of JSON is a number, and not so large that reckoning with it leaves the numbers."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _check_form(type_: str, coordinates: Any) -> None:  # noqa: ANN401 - GeoJSON nests them
    lines = {"LineString": [coordinates], "MultiLineString": coordinates}.get(type_, [])
    polygons = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(type_, [])
    rings = [ring for polygon in polygons for ring in polygon]
    if any(len(line) < 2 for line in lines):
        raise BadFilter("filter", "has a line of less than two positions")
    if any(len(ring) < 4 or ring[0] != ring[-1] for ring in rings):
        raise BadFilter("filter", "has a ring that is not closed or has less than four positions")
