"""What a picture of an edition shows: how much a filter finds, where it lies, and its cells in a view.

It asks an edition and draws nothing. No row that is taken back comes out of an edition, so none gets here.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.pictures.frames import EARTH_M, Frame, to_lat
from app.pictures.glyphs import Cell, cells_across
from app.pictures.outlines import Area, read_areas
from app.pictures.palette import FAMILIES
from app.pictures.picture import Box
from app.pictures.words import describe_filter
from incidents.editions.clustering import Clusters
from incidents.editions.edition import Edition
from incidents.editions.grids import MOST_ACROSS, WORLD, Grid
from incidents.filters import IncidentFilter
from incidents.taxonomy import Kind

# Among so many, a hundredth that lies far off at either side does not push the rest together.
_MANY, _FAR = 500, 0.01
# Into how many cells a view is cut in order to find where most of it lies.
_CELLS = 128
# Cells so near to a view's edge belong to it, since their rings reach into it.
_MARGIN = 60.0


@dataclass(frozen=True, slots=True)
class Survey:
    """What a filter finds of an edition.

    edition, day: its name, and the day on which it was published, or amended, in ISO 8601. filtered: the filter in
    words. kinds: incidents and patterns of each kind found. terms: all kinds by key. regions: name and parent by code.
    bounds: west, north, east, south in the unit square of the places, and of the regions that belong to them; None
    where nothing has a place. points: rows with a place of their own.
    """

    edition: str
    day: str
    amended: bool
    demonstration: bool
    filtered: str
    shown: int
    total: int
    incidents: int
    patterns: int
    placeless: int
    points: int
    kinds: Mapping[str, tuple[int, int]]
    terms: Mapping[str, Kind]
    areas: tuple[Area, ...]
    regions: Mapping[str, tuple[str, str | None]]
    bounds: Box | None


class Surveyor:
    """Asks one edition about one filter, or about one row alone."""

    def __init__(self, edition: Edition, chosen: IncidentFilter, only: int | None = None) -> None:
        """Keep the question. only: number of the only row to show; the filter then selects everything."""
        self._edition = edition
        self._chosen = chosen
        self._only = only

    def survey(self) -> Survey:
        """Count, and find where it all lies."""
        edition, columns = self._edition, self._edition.rows
        manifest, terms = edition.manifest, columns.terms
        regions = {region.code: (region.name, region.parent) for region in terms.regions}
        found = Survey(
            edition=edition.name,
            day=(manifest.amended_at or manifest.published_at)[:10],
            amended=manifest.amended_at is not None,
            demonstration=manifest.demonstration,
            filtered=describe_filter(self._chosen, edition.taxonomy, regions),
            shown=0,
            total=terms.total,
            incidents=0,
            patterns=0,
            placeless=0,
            points=0,
            kinds={},
            terms=dict(edition.taxonomy.kinds),
            areas=(),
            regions=regions,
            bounds=None,
        )
        return self._count(found) if self._only is None else self._count_one(found, self._only)

    def cells(self, frame: Frame) -> list[Cell]:
        """Give the cells of a view, those that reach over its edges among them."""
        if self._only is not None:
            return self._one(self._only)
        across = cells_across(frame.zoom)
        west, north, east, south = frame.edges()
        margin = _MARGIN / frame.scale
        return self._gather(across, (west - margin, north - margin, east + margin, south + margin))

    def _count(self, found: Survey) -> Survey:
        clusters = self._edition.clusters(self._chosen, _grid(_CELLS, (0.0, 0.0, 1.0, 1.0)))
        totals = clusters.totals
        points = int(clusters.columns["rows"].sum())
        by_code = {area.code: area for area in clusters.areas}
        areas = tuple(
            replace(area, rows=counted.rows, incidents=counted.incidents, patterns=counted.patterns)
            for area in (read_areas(self._edition.areas(self._chosen)) if by_code else ())
            if (counted := by_code.get(area.code))
        )
        kinds = self._edition.tallies(self._chosen)["kinds"]
        return replace(
            found,
            shown=totals.shown,
            incidents=totals.incidents,
            patterns=totals.patterns,
            placeless=totals.placeless,
            points=points,
            # What is tallied heeds all of the filter but the kinds.
            kinds={key: (one, more) for key, (one, more) in kinds.items() if key in (self._chosen.kind or kinds)},
            areas=areas,
            bounds=_join([*self._bounds_of_points(clusters, points), *_boxes_of(areas, points)]),
        )

    def _count_one(self, found: Survey, number: int) -> Survey:
        columns = self._edition.rows
        code = columns.terms.regions[columns.area[number]].code if columns.area[number] >= 0 else None
        pattern = int(columns.pattern[number])
        cells = self._one(number)
        areas = tuple(
            replace(area, rows=1, incidents=1 - pattern, patterns=pattern)
            for area in (read_areas(self._edition.areas(IncidentFilter(region=(code,)))) if code else ())
            if area.code == code
        )
        boxes = [_reach(*cell.spread, cell.radius_m) for cell in cells]
        return replace(
            found,
            shown=1,
            incidents=1 - pattern,
            patterns=pattern,
            placeless=int(not cells and not code),
            points=len(cells),
            kinds={columns.terms.kinds[columns.kind[number]]: (1 - pattern, pattern)},
            areas=areas,
            bounds=_join([*boxes, *_boxes_of(areas, len(cells))]),
        )

    def _one(self, number: int) -> list[Cell]:
        """Give the cell of one row; none where it has no place of its own."""
        columns = self._edition.rows
        if columns.area[number] >= 0 or columns.x[number] < 0:
            return []
        x, y = ((float(values[number]) + 0.5) / WORLD for values in (columns.x, columns.y))
        kind = columns.terms.kinds[columns.kind[number]]
        family = self._edition.taxonomy.kinds[kind].family
        pattern = bool(columns.pattern[number])
        return [
            Cell(
                x=x,
                y=y,
                rows=1,
                count=int(not pattern),
                patterns=int(pattern),
                families=tuple(int(family == each) for each in FAMILIES),
                spread=(x, y, x, y),
                coarse=bool(columns.precision[number] > 3),
                first=number,
                kind=kind,
                precision=int(columns.precision[number]),
                pattern=pattern,
                radius_m=float(columns.radius[number]),
            )
        ]

    def _gather(self, across: int, view: Box) -> list[Cell]:
        columns = self._edition.clusters(self._chosen, _grid(across, view)).columns
        kinds = self._edition.rows.terms.kinds
        place = {name: (columns[name] + 0.5) / WORLD for name in ("x", "y", "west", "north", "east", "south")}
        return [
            Cell(
                x=float(place["x"][at]),
                y=float(place["y"][at]),
                rows=int(columns["rows"][at]),
                count=int(columns["count"][at]),
                patterns=int(columns["patterns"][at]),
                families=tuple(int(columns[family][at]) for family in FAMILIES),
                spread=(
                    float(place["west"][at]),
                    float(place["north"][at]),
                    float(place["east"][at]),
                    float(place["south"][at]),
                ),
                coarse=bool(columns["coarse"][at]),
                first=int(columns["first"][at]),
                kind=kinds[columns["kind"][at]],
                precision=int(columns["precision"][at]),
                pattern=bool(columns["pattern"][at]),
                radius_m=float(columns["radius"][at]),
            )
            for at in range(len(columns["cell"]))
        ]

    def _bounds_of_points(self, clusters: Clusters, points: int) -> list[Box]:
        """Give the boxes of the points with their radii; of many, of nearly all."""
        if not points:
            return []
        west, north, east, south = _extent(clusters)
        # Once more, closer: cells of the whole world say too little of where in a town most of it lies.
        wide = max(east - west, south - north, 1e-9)
        across = max(_CELLS, min(MOST_ACROSS, int(_CELLS / wide)))
        cells = self._gather(across, (west, north, east, south))
        if points >= _MANY:
            far = int(points * _FAR)
            low_x, high_x = _without_ends([(cell.spread[0], cell.spread[2], cell.rows) for cell in cells], far)
            low_y, high_y = _without_ends([(cell.spread[1], cell.spread[3], cell.rows) for cell in cells], far)
            cells = [cell for cell in cells if low_x <= cell.x <= high_x and low_y <= cell.y <= high_y]
        return [_reach(*cell.spread, cell.radius_m) for cell in cells]


def _grid(across: int, view: Box) -> Grid:
    """Give the cells that a view (west, north, east, south in the unit square) meets."""
    west, north, east, south = view
    first, last = math.floor(west * across), math.floor(east * across)
    if last - first + 1 >= across:
        first, last = 0, across - 1
    return Grid(
        across=across,
        first_column=first % across,
        first_row=min(across - 1, max(0, math.floor(north * across))),
        last_column=last % across,
        last_row=min(across - 1, max(0, math.floor(south * across))),
    )


def _extent(clusters: Clusters) -> Box:
    columns = clusters.columns
    return (
        float(columns["west"].min()) / WORLD,
        float(columns["north"].min()) / WORLD,
        float(columns["east"].max()) / WORLD,
        float(columns["south"].max()) / WORLD,
    )


def _without_ends(spans: Sequence[tuple[float, float, int]], far: int) -> tuple[float, float]:
    """Give the least and the greatest place when so many rows at either end are left out."""
    low = _behind(sorted((least, rows) for least, _, rows in spans), far)
    high = -_behind(sorted((-most, rows) for _, most, rows in spans), far)
    return low, high


def _behind(places: Sequence[tuple[float, int]], far: int) -> float:
    passed = 0
    for place, rows in places:
        passed += rows
        if passed > far:
            return place
    return places[-1][0]


def _reach(west: float, north: float, east: float, south: float, radius_m: float) -> Box:
    more = max(0.0, radius_m) / (EARTH_M * math.cos(math.radians(to_lat((north + south) / 2))))
    return west - more, north - more, east + more, south + more


def _boxes_of(areas: Sequence[Area], points: int) -> list[NDArray[np.float64]]:
    """Give the boxes of the regions that a view is to hold.

    Points lead. A region is gone to when it is a part of a country, or when more are known only to it than there are
    points: a country that one incident is known only to would otherwise push all others together.
    """
    wanted = [area for area in areas if area.level > 0 or area.rows > points]
    return [box for area in (wanted or ([] if points else areas)) for box in area.rings.boxes]


def _join(boxes: Sequence[Box | NDArray[np.float64]]) -> Box | None:
    if not boxes:
        return None
    found = np.array(boxes, dtype=float)
    return float(found[:, 0].min()), float(found[:, 1].min()), float(found[:, 2].max()), float(found[:, 3].max())
