"""The files of the base map, which the browser draws by itself: land, water, borders and names of the world.

It knows where the files are and how they are written. It draws nothing.

Files, all JSON, made by geodata/build/basemap.py, are `<from>/<z>_<x>_<y>.json`:

- `from` is the zoom from which a file is drawn, up to the next greater one there is. All files of one `from` are one
  map of the world, about as fine as a screen shows it there.
- `z`, `x` and `y` say which part of that map it is, as web maps number their tiles (EPSG:3857, x from the west, y from
  the north): `4/2_3_1.json` is 90..180 E, 0..66.5 N. Where there is much to draw the parts are small, so that a view
  has need of few kilobytes; no two parts of one map lap over each other. A place that is in none of them is open sea.

Each file:

    {"scale": 100,                  steps in a degree
     "box":   [w, s, e, n],         where its polygons are cut, in steps
     "land":  [[ring, ...], ...],   polygons: the outer ring first, holes after it
     "lakes": [[ring, ...], ...],   polygons, drawn over the land as water
     "rivers": [line, ...],
     "borders": [line, ...],        between countries, by ISO 3166
     "disputed": [line, ...],       contested borders, and lines of control that are none by ISO 3166: dashed
     "unit_borders": [line, ...],   between first-level units of one country
     "labels": [[lon, lat, zoom, name, local, kind], ...]}

A ring or a line is a text: its first point in steps, x before y, and then from each point to the next, written as
Google's "Encoded Polyline Algorithm Format" writes whole numbers, which `read_line` reads. Longitude = x / scale,
latitude = y / scale. A ring is closed: its last point is its first one, and is left out. Fill with the even-odd rule,
and draw no line along the box: there land is cut. Lines end at the part's edges; polygons reach over them, over 180
degrees too, by more than a pixel, so that no seam shows.

A label's lon and lat are degrees. zoom: the least zoom at which it is drawn; labels are in the order of their
importance, so that the first of two that collide stays. local: the name in the place's own script, or "".
kind: 0 country, 1 first-level unit, 2 capital or city, 3 other place. A file has the labels that are drawn where it is.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

FOLDER = Path(__file__).with_name("data") / "basemap"


@dataclass(frozen=True, slots=True)
class Cell:
    """Which part of the base map a file is: see the module.

    since: the zoom from which it is drawn; zoom, x, y: of the tile that it covers.
    """

    since: int
    zoom: int
    x: int
    y: int

    @property
    def name(self) -> str:
        """Its file's."""
        return f"{self.since}/{self.zoom}_{self.x}_{self.y}.json"

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, north, east and south in the unit square of spherical Mercator, y from the north."""
        side = 2.0**-self.zoom
        return self.x * side, self.y * side, (self.x + 1) * side, (self.y + 1) * side

    @property
    def edges_deg(self) -> tuple[float, float, float, float]:
        """West, south, east and north in degrees. What lies beyond the map's ends in the north and south is with it."""
        west, north, east, south = self.box

        def to_lat(y: float) -> float:
            return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y)))) if 0 < y < 1 else 90 * (1 - 2 * y)

        return west * 360 - 180, to_lat(south), east * 360 - 180, to_lat(north)

    def parts(self) -> list["Cell"]:
        """Give its four quarters."""
        return [Cell(self.since, self.zoom + 1, 2 * self.x + x, 2 * self.y + y) for y in (0, 1) for x in (0, 1)]


@cache
def files() -> Mapping[str, Path]:
    """Give name -> file of all that the base map consists of, such as "0/0_0_0.json" and "4/2_3_1.json"."""
    return {path.relative_to(FOLDER).as_posix(): path for path in sorted(FOLDER.rglob("*.json"))}


@cache
def cells() -> Mapping[int, tuple[Cell, ...]]:
    """Give the cells of each map of the world by the zoom from which it is drawn, the coarsest first."""
    found: dict[int, list[Cell]] = {}
    for name in files():
        cell = parse_cell(name)
        found.setdefault(cell.since, []).append(cell)
    return {since: tuple(found[since]) for since in sorted(found)}


def parse_cell(name: str) -> Cell:
    """Read a file's name."""
    since, part = name.removesuffix(".json").split("/")
    zoom, x, y = part.split("_")
    return Cell(int(since), int(zoom), int(x), int(y))


def read_line(text: str) -> list[tuple[int, int]]:
    """Read a ring or a line: the x and y of each point, in steps."""
    numbers = []
    number = bits = 0
    for code in text.encode("ascii"):
        # Five bits a letter, the lowest first; the last one of a number is below 32.
        number |= (code - 63 & 31) << bits
        bits += 5
        if code - 63 < 32:
            numbers.append(~(number >> 1) if number & 1 else number >> 1)
            number = bits = 0
    return list(zip(accumulate(numbers[::2]), accumulate(numbers[1::2]), strict=True))
