"""The files of the base map, which the browser draws by itself: land, water, borders and names of the world.

It knows where the files are and how they are written. It draws nothing.

Files, all JSON, made by geodata/build/basemap.py:

- `world.json`: the whole world for a first look, up to zoom 4 or so.
- `medium.json`: the whole world, for zooms 4 to 7.
- `index.json`: `{"cell": 10, "fine": ["9_2", "-1_3", ...]}`, the cells that have a finer file. A cell that is not
  listed holds nothing but sea: draw it as water.
- `fine/<x>_<y>.json`: one cell of 10 by 10 degrees, for zooms from 7; x = floor(longitude / 10),
  y = floor(latitude / 10), so that `fine/9_2.json` is 90..100 E, 20..30 N. A cell is complete in itself: fill its
  box with water, draw it, and leave out the coarser map below it. It reaches 0.02 degrees over its edges, so that
  no seam shows; clip to the box or draw over.

Each file:

    {"scale": 100,                  steps in a degree: 100 in world.json, 200 in medium.json, 1000 in cells
     "land":  [[ring, ...], ...],   polygons: the outer ring first, holes after it
     "lakes": [[ring, ...], ...],   polygons, drawn over the land as water
     "rivers": [line, ...],
     "borders": [line, ...],        between countries, by ISO 3166
     "disputed": [line, ...],       contested borders, and lines of control that are none by ISO 3166: dashed
     "unit_borders": [line, ...],   between first-level units of one country
     "labels": [[lon, lat, zoom, name, local, kind], ...]}

Rings and lines are flat arrays of integers: the first point in steps, then the step to each next point:
`[x0, y0, dx1, dy1, dx2, dy2, ...]`; longitude = sum of the x / scale, latitude = sum of the y / scale. A ring is
closed: its last point is its first one, and is left out. Fill with the even-odd rule, and do not stroke: cells cut
through the land. `world.json` and `medium.json` end at 180 degrees; polygons never cross it.

A label's lon and lat are degrees. zoom: the least zoom at which it is drawn; labels are in the order of their
importance, so that the first of two that collide stays. local: the name in the place's own script, or "".
kind: 0 country, 1 first-level unit, 2 capital or city, 3 other place. Labels of `world.json` are countries; of
`medium.json` countries, units and large towns; of a cell all that lie in it.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("data") / "basemap"
CELL_DEG = 10


@cache
def files() -> Mapping[str, Path]:
    """Give name -> file of all that the base map consists of, such as "world.json" and "fine/9_2.json"."""
    return {path.relative_to(FOLDER).as_posix(): path for path in sorted(FOLDER.rglob("*.json"))}


def cell_of(lon: float, lat: float) -> str:
    """Give the name of the fine file that would hold a point in degrees; it need not exist."""
    x = min(17, int(lon // CELL_DEG))
    y = min(8, int(lat // CELL_DEG))
    return f"fine/{x}_{y}.json"
