"""The regions that an edition's rows lie in, with polygons simplified for drawing, as rows of its table of regions.

It knows no incident, and asks for regions only by code.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geodata.bbox import BBox
from geodata.polygons import find_extent
from geodata.regions import Region

RegionSource = Callable[[Collection[str]], Iterable[tuple[Region, BaseGeometry | None]]]
"""Gives the regions of some codes, each with its polygon or None; codes it does not know are left out."""


@dataclass(frozen=True, slots=True)
class UsedRegion:
    """A region in use. local_name: in the script of the place. extent: of its simplified polygon, where it has one."""

    region: Region
    polygon: BaseGeometry | None
    local_name: str | None
    extent: BBox | None


class UsedRegions:
    """Learns regions when rows first name them, and those above them."""

    def __init__(self, find: RegionSource) -> None:
        self._find = find
        self._asked: set[str] = set()
        self.known: dict[str, UsedRegion] = {}

    def learn(self, codes: Iterable[str]) -> None:
        """Fetch regions that are not known yet, and those above them."""
        wanted = set(codes) - self._asked
        while wanted:
            self._asked |= wanted
            for region, polygon in self._find(sorted(wanted)):
                self._add(region, simplify(polygon))
            wanted = {used.region.parent for used in self.known.values() if used.region.parent} - self._asked

    def learn_rows(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take regions from the rows of another edition's table."""
        for row in rows:
            region = Region(
                row["scheme"],
                row["code"],
                row["level"],
                row["name"],
                row["local_name"] or "",
                row["parent"],
                row["country"],
            )
            self._add(region, shapely.from_wkb(row["shape"]) if row["shape"] else None)
            self._asked.add(region.code)

    def rows(self, codes: Iterable[str]) -> Iterator[dict[str, Any]]:
        """Give the rows of these regions and of those above them, by code."""
        waiting = list(codes)
        wanted: set[str] = set()
        while waiting:
            code = waiting.pop()
            if code in self.known and code not in wanted:
                wanted.add(code)
                waiting += [parent] if (parent := self.known[code].region.parent) else []
        for code in sorted(wanted):
            yield _row(self.known[code])

    def _add(self, region: Region, polygon: BaseGeometry | None) -> None:
        extent = None if polygon is None or polygon.is_empty else find_extent(polygon)
        self.known[region.code] = UsedRegion(region, polygon, region.local_name or None, extent)


def simplify(polygon: BaseGeometry | None) -> BaseGeometry | None:
    """Simplify a boundary to what a map of it shows: to a two-thousandth of its diagonal, at most 0.02 degrees."""
    if polygon is None or polygon.is_empty:
        return None
    west, south, east, north = polygon.bounds
    tolerance = min(max((east - west + north - south) / 2_000, 0.0005), 0.02)
    simple = shapely.set_precision(polygon.simplify(tolerance, preserve_topology=True), 0.0001)
    # RFC 7946 section 3.1.6: outer rings run counterclockwise.
    return shapely.orient_polygons(polygon if simple.is_empty else simple)


def _row(used: UsedRegion) -> dict[str, Any]:
    region, extent = used.region, used.extent
    return {
        "code": region.code,
        "scheme": region.scheme,
        "level": region.level,
        "name": region.name,
        "local_name": used.local_name,
        "parent": region.parent,
        "country": region.country,
        "min_lon": extent.west if extent else None,
        "min_lat": extent.south if extent else None,
        "max_lon": extent.east if extent else None,
        "max_lat": extent.north if extent else None,
        "polygon": shapely.to_geojson(used.polygon) if extent else None,
        "shape": shapely.to_wkb(used.polygon) if extent else None,
    }
