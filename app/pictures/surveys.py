"""What a picture of an edition shows: how much a filter finds, where it lies, and its cells in a view.

It asks an edition and draws nothing. No row that is taken back comes out of an edition, so none gets here.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.pictures.bars import BarChart, find_bars
from app.pictures.fills import Fill, find_fill
from app.pictures.frames import SNAP, Frame, fit, stand, to_x, to_y
from app.pictures.glyphs import Cell, cells_across
from app.pictures.outlines import SMALLEST, Area, box_rings, make_shapes
from app.pictures.palette import FAMILIES
from app.pictures.picture import Box, Shape
from app.pictures.words import describe_filter
from geodata.bbox import BBox
from incidents.editions.grids import WORLD, Grid
from incidents.filters import IncidentFilter
from incidents.taxonomy import Kind

if TYPE_CHECKING:
    # What draws gets surveys from another process: it need not load what reads editions.
    from incidents.editions.edition import Edition

# Cells so near to a view's edge belong to it, since their rings reach into it.
_MARGIN = 60.0


@dataclass(frozen=True, slots=True)
class Survey:
    """What a filter finds of an edition.

    edition, day: its name, and the day on which it was published, or amended, in ISO 8601. filtered: the filter in
    words. kinds: incidents and patterns of each kind found. terms: all kinds by key. regions: name and parent by code.
    bounds: west, north, east, south in the unit square of what a map is to show; None where nothing has a place.
    points: rows with a place of their own.
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

    def __init__(
        self, edition: "Edition", chosen: IncidentFilter, only: int | None = None, shape: Shape | None = None
    ) -> None:
        """Keep the question. only: number of the only row to show; the filter then selects everything.

        shape: of the picture, by which it is known of which regions no outline will be seen; None gives them all.
        """
        self._shape = shape
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

    def fill(self, by: str, frame: Frame) -> Fill:
        """Find which regions a view fills by a figure, and how strongly."""
        return find_fill(self._edition, self._chosen, by, frame)

    def bars(self, by: str) -> BarChart:
        """Count over time, by kind or aircraft."""
        return find_bars(self._edition, self._chosen, by)

    def _count(self, found: Survey) -> Survey:
        clusters = self._edition.clusters(self._chosen, _grid(1, (0.0, 0.0, 1.0, 1.0)))
        totals = clusters.totals
        points = int(clusters.columns["rows"].sum())
        by_code = dict(zip(clusters.areas.codes, clusters.areas.counts.tolist(), strict=True))
        bounds = _bounds(self._edition.stand(self._chosen)[0])
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
            areas=self._areas({code: (counts[0], counts[1], counts[2]) for code, counts in by_code.items()}, bounds),
            bounds=bounds,
        )

    def _count_one(self, found: Survey, number: int) -> Survey:
        columns = self._edition.rows
        code = columns.terms.regions[columns.area[number]].code if columns.area[number] >= 0 else None
        pattern = int(columns.pattern[number])
        cells = self._one(number)
        bounds = _bounds(self._edition.stand_on_rows([number])[0])
        return replace(
            found,
            shown=1,
            incidents=1 - pattern,
            patterns=pattern,
            placeless=int(not cells and not code),
            points=len(cells),
            kinds={columns.terms.kinds[columns.kind[number]]: (1 - pattern, pattern)},
            areas=self._areas({code: (1, 1 - pattern, pattern)} if code else {}, bounds),
            bounds=bounds,
        )

    def _areas(self, counted: Mapping[str, tuple[int, int, int]], bounds: Box | None) -> tuple[Area, ...]:
        """Give regions with their rows, incidents and patterns; coarse ones first."""
        # What draws gets surveys from another process: it need not load what reads editions.
        from incidents.editions.outlines import read_polygons  # noqa: PLC0415

        regions = {region.code: region for region in self._edition.rows.terms.regions}
        boxes = {code: box_rings(*box) for code, box in self._edition.region_boxes.items() if code in counted}
        most = self._most_scale(bounds)
        large = [code for code, box in boxes.items() if box.size * most >= SMALLEST[min(regions[code].level, 1)]]
        drawn = self._edition.region_shapes(large) if large else ()
        rings = boxes | {one.code: make_shapes(read_polygons(one.shape)) for one in drawn if one.shape is not None}
        found = [
            Area(code, (one := regions[code]).name, one.level, one.parent, *counted[code], shapes)
            for code, shapes in rings.items()
        ]
        return tuple(sorted(found, key=lambda one: (one.level, one.code)))

    def _most_scale(self, bounds: Box | None) -> float:
        """Give how many pixels wide the world can be at most on the picture, whose words take some of the sheet."""
        if self._shape is None:
            return math.inf
        sheet = (0.0, 0.0, self._shape.width / self._shape.ratio, self._shape.height / self._shape.ratio)
        frame = stand(self._shape.view, sheet) if self._shape.view else fit(bounds, sheet)
        # Around a smaller map less is left free.
        return frame.scale * float(2 ** (2 * SNAP))

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
        clusters = self._edition.clusters(self._chosen, _grid(across, view))
        columns, kinds = clusters.columns, clusters.kinds
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


def _bounds(box: BBox | None) -> Box | None:
    """Give a box of degrees in the unit square; one over the antimeridian ends beyond the square's edge."""
    if box is None:
        return None
    east = to_x(box.east) + (1 if box.west > box.east else 0)
    return to_x(box.west), to_y(box.north), east, to_y(box.south)
