"""What a picture of an edition shows: how much a filter finds, where it lies, and its cells in a view.

It asks an edition and draws nothing. No row that is taken back comes out of an edition, so none gets here.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.pictures.frames import EARTH_M, Frame, project, to_lat
from app.pictures.glyphs import Cell, cells_across
from app.pictures.outlines import Area, read_areas
from app.pictures.palette import FAMILIES
from app.pictures.picture import Box
from app.pictures.words import describe_filter
from incidents.editions.edition import Edition
from incidents.filters import IncidentFilter
from incidents.taxonomy import Kind

# Among so many, a hundredth that lies far off at either side does not push the rest together.
_MANY, _FAR = 500, 0.01


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
    """Asks one edition about one filter, or about some rows alone."""

    def __init__(self, edition: Edition, chosen: IncidentFilter, only: Sequence[int] | None = None) -> None:
        """Read the columns of what is chosen. only: numbers of the only rows to show, beside the filter."""
        self._edition = edition
        self._chosen = chosen
        document = json.loads(gzip.decompress(edition.columns()))
        columns = document["columns"]
        numbers = np.array(edition.matches(chosen), dtype=int)
        if only is not None:
            numbers = numbers[np.isin(numbers, list(only))]
        self._numbers = numbers
        self._kinds: list[str] = document["kinds"]
        self._regions = document["regions"]
        self._total = document["total"]
        self._only = only
        self.kind = _pick(columns["kind"], numbers, 0, int)
        self.precision = _pick(columns["precision"], numbers, 10, int)
        self.pattern = _pick(columns["extent"], numbers, 0, int)
        self.area = _pick(columns["area"], numbers, -1, int)
        self.radius = _pick(columns["radius"], numbers, -1, float)
        degrees = np.column_stack(
            [_pick(columns["lon"], numbers, np.nan, float), _pick(columns["lat"], numbers, np.nan, float)]
        )
        self.at = project(degrees)
        group = _pick(columns["group"], numbers, 0, int)
        self.counted = np.zeros(len(numbers), dtype=int)
        self.counted_patterns = np.zeros(len(numbers), dtype=int)
        single = np.flatnonzero(self.pattern == 0)
        _, first = np.unique(group[single], return_index=True)
        self.counted[single[first]] = 1
        rest = np.flatnonzero((self.pattern == 1) & ~np.isin(group, group[single]))
        _, first = np.unique(group[rest], return_index=True)
        self.counted_patterns[rest[first]] = 1
        self.placed = (self.area < 0) & ~np.isnan(self.at[:, 0])

    def survey(self) -> Survey:
        """Count, and find where it all lies."""
        areas = self._areas()
        kinds = {}
        for index, key in enumerate(self._kinds):
            of = self.kind == index
            if of.any():
                kinds[key] = (int(self.counted[of].sum()), int(self.counted_patterns[of].sum()))
        manifest, taxonomy = self._edition.manifest, self._edition.taxonomy
        regions = {region["code"]: (region["name"], region["parent"]) for region in self._regions}
        return Survey(
            edition=self._edition.name,
            day=(manifest.amended_at or manifest.published_at)[:10],
            amended=manifest.amended_at is not None,
            demonstration=manifest.demonstration,
            filtered=describe_filter(self._chosen, taxonomy, regions),
            terms=dict(taxonomy.kinds),
            shown=len(self._numbers),
            total=self._total,
            incidents=int(self.counted.sum()),
            patterns=int(self.counted_patterns.sum()),
            placeless=int(((self.area < 0) & ~self.placed).sum()),
            points=int(self.placed.sum()),
            kinds=kinds,
            areas=tuple(areas),
            regions=regions,
            bounds=self._bounds(areas),
        )

    def cells(self, frame: Frame) -> list[Cell]:
        """Give the cells of a view, those that reach over its edges among them."""
        across = cells_across(frame.zoom)
        west, north, east, south = frame.edges()
        margin = 60 / frame.scale
        turns = np.round(frame.middle[0] - self.at[:, 0])
        x = self.at[:, 0] + turns
        seen = self.placed & (x >= west - margin) & (x <= east + margin)
        seen &= (self.at[:, 1] >= north - margin) & (self.at[:, 1] <= south + margin)
        held: dict[tuple[int, int], list[int]] = {}
        for number in np.flatnonzero(seen):
            column, row = int(self.at[number, 0] * across), int(self.at[number, 1] * across)
            held.setdefault((row, column), []).append(int(number))
        families = [self._family(key) for key in self._kinds]
        return [self._cell(numbers, families) for _, numbers in sorted(held.items())]

    def _cell(self, numbers: list[int], families: list[int]) -> Cell:
        at = self.at[numbers]
        first = numbers[0]
        tally = [0] * len(FAMILIES)
        for number in numbers:
            tally[families[self.kind[number]]] += 1
        return Cell(
            x=float(at[:, 0].mean()),
            y=float(at[:, 1].mean()),
            rows=len(numbers),
            count=int(self.counted[numbers].sum()),
            patterns=int(self.counted_patterns[numbers].sum()),
            families=tuple(tally),
            spread=(float(at[:, 0].min()), float(at[:, 1].min()), float(at[:, 0].max()), float(at[:, 1].max())),
            coarse=bool((self.precision[numbers] > 3).all()),
            first=int(self._numbers[first]),
            kind=self._kinds[self.kind[first]],
            precision=int(self.precision[first]),
            pattern=bool(self.pattern[first]),
            radius_m=float(self.radius[first]),
        )

    def _family(self, key: str) -> int:
        kind = self._edition.taxonomy.kinds.get(key)
        return FAMILIES.index(kind.family) if kind and kind.family in FAMILIES else FAMILIES.index("other")

    def _areas(self) -> list[Area]:
        areas = read_areas(self._edition.areas(self._chosen))
        if self._only is None:
            return areas
        codes = {self._regions[index]["code"] for index in set(self.area[self.area >= 0].tolist())}
        kept = [area for area in areas if area.code in codes]
        return [
            replace(
                area,
                rows=len(self._numbers),
                incidents=int(self.counted.sum()),
                patterns=int(self.counted_patterns.sum()),
            )
            for area in kept
        ]

    def _bounds(self, areas: Sequence[Area]) -> Box | None:
        """Give the box of the points, and of what belongs to them, as assets/src/standing.js does."""
        boxes: list[Any] = []
        at, radius = self.at[self.placed], self.radius[self.placed]
        if len(at):
            far = int(len(at) * _FAR) if len(at) >= _MANY else 0
            x, y = np.sort(at[:, 0]), np.sort(at[:, 1])
            low, high = np.array([x[far], y[far]]), np.array([x[-1 - far], y[-1 - far]])
            kept = ((at >= low) & (at <= high)).all(axis=1)
            reach = np.maximum(radius[kept], 0) / (
                EARTH_M * np.cos(np.radians([to_lat(value) for value in at[kept][:, 1]]))
            )
            boxes.append((*(at[kept] - reach[:, None]).min(axis=0), *(at[kept] + reach[:, None]).max(axis=0)))
        wanted = [area for area in areas if area.level > 0 or area.rows > len(at)]
        boxes += [box for area in (wanted or ([] if len(at) else areas)) for box in area.rings.boxes]
        if not boxes:
            return None
        found = np.array(boxes)
        return (
            float(found[:, 0].min()), float(found[:, 1].min()), float(found[:, 2].max()), float(found[:, 3].max())
        )  # fmt: skip


def _pick(values: list[Any], numbers: NDArray[np.int_], missing: float, kind: type) -> NDArray[Any]:
    held: NDArray[Any] = np.array([missing if value is None else value for value in values], dtype=kind)
    return held[numbers] if len(numbers) else held[:0]
