"""One edition, opened for reading: counts, clusters, details, features, columns and areas of what a filter selects.

It opens a folder's files and nothing else: no ledger, no network; and it never writes. Numbers come from the columns,
texts from DuckDB.
"""

import gzip
import mmap
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from geodata.bbox import BBox
from geodata.region_codes import is_code
from incidents.editions.adding import add_by_region
from incidents.editions.answering import give_facets, give_histogram, give_series, give_tallies
from incidents.editions.boxes import Boxes
from incidents.editions.choosing import choose_rows, excerpt, without_rows
from incidents.editions.clustering import Clusterer, Clusters
from incidents.editions.columns import (
    PACKED_COLUMNS,
    Columns,
    Ints,
    Numbers,
    read_columns,
    to_bytes,
)
from incidents.editions.crossing import Crossed, Crosser
from incidents.editions.database import PATIENCE_S, WAIT_S, Database
from incidents.editions.errors import EditionDamaged
from incidents.editions.feature_texts import FeatureTexts
from incidents.editions.flat_rows import FlatRows
from incidents.editions.grids import Box, Grid
from incidents.editions.grouping import Grouper, Groups
from incidents.editions.harms import read_harms
from incidents.editions.linking import Linked
from incidents.editions.listing import by_date, newest_first
from incidents.editions.manifest import Manifest, read_manifest
from incidents.editions.outlines import FILLED, HATCHED, give_outlines
from incidents.editions.reaching import Reach
from incidents.editions.schema import BOUNDS, PARQUET, SORTS
from incidents.editions.selecting import Selector, to_day
from incidents.editions.shapes import RegionShape, give_areas, give_boundaries, give_shapes
from incidents.editions.spreading import Spread, Spreader
from incidents.editions.standing import enclose, stand_on
from incidents.editions.tallying import Tallier, Tallies
from incidents.editions.territories import Degrees, Territories
from incidents.editions.texts import Texts
from incidents.editions.timelines import Timekeeper
from incidents.errors import BadFilter
from incidents.filters import NONE, IncidentFilter, parse_filter
from incidents.taxonomy import HARMFUL, Taxonomy

_EVERYTHING = IncidentFilter()


@dataclass(frozen=True, slots=True)
class Counts:
    """What a filter finds: rows in the edition, rows matched, incidents among them (linked ones once), patterns."""

    total: int
    matched: int
    incidents: int
    patterns: int


class Edition:
    """An edition's folder, read-only; safe for several threads.

    hidden: ids that tombstones take back and that the folder still holds; no answer has them.
    """

    def __init__(self, folder: Path, hidden: Collection[str] = ()) -> None:
        """Open the folder. Raises EditionDamaged."""
        self.manifest: Manifest = read_manifest(folder)
        self._folder = folder
        self._hidden = sorted(hidden)
        try:
            # What is mapped now stays readable when the folder is pruned while the last reader is at it.
            self._columns = read_columns(folder)
            self._harms = read_harms(folder)
            with (folder / PACKED_COLUMNS).open("rb") as file:
                self._packed = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self.taxonomy = Taxonomy.from_json((folder / "taxonomy.json").read_bytes())
            features = FeatureTexts(folder)
            self._database = Database(folder)
            self._flat = FlatRows(folder, self._database, features, self._hidden)
        except (OSError, duckdb.Error, ValueError, KeyError, TypeError) as error:
            msg = f"edition {folder.name}: one of its files is missing or cannot be read"
            raise EditionDamaged(msg) from error
        # Threads that count at the same time get into each other's way: one after the other, all are done sooner. What
        # must be looked up in texts is so before, and keeps nobody waiting.
        self._turn = threading.Lock()
        self._excerpting = threading.Lock()
        self._texts = Texts(self._database, features, self._hidden)
        if self._hidden:
            self._columns = self._without_hidden()
            self.manifest = self._describe_rest()

    def close(self) -> None:
        """Let go of the database; what is mapped goes with the last who holds it."""
        self._database.close()

    def parse_filter(self, pairs: Iterable[tuple[str, str]]) -> IncidentFilter:
        """Read a filter's pairs with this edition's words.

        Raises BadFilter, also for a region that neither it nor the world has: nothing found there would be no answer.
        """
        found = parse_filter(pairs, self.taxonomy)
        known = self._known_codes
        for code in found.region:
            if code not in known and not is_code(code):
                upper = code.upper()
                meant = f"; did you mean {upper}?" if upper in known or is_code(upper) else ""
                raise BadFilter("region", f"{code!r} is no region's code{meant}")
        return found

    @property
    def name(self) -> str:
        """Number and amendment: "7", "7.1"."""
        return self.manifest.edition

    @property
    def number(self) -> int:
        """Its number among editions."""
        return self.manifest.number

    @property
    def amendment(self) -> int:
        """How often it was amended."""
        return self.manifest.amendment

    @property
    def hidden(self) -> bool:
        """Whether tombstones take back rows that the folder still holds."""
        return bool(self._hidden)

    @property
    def etag(self) -> str:
        """What its answers hang on, beside the question: the edition, and how much of it is taken back for now."""
        return f"{self.name}-{len(self._hidden)}" if self._hidden else self.name

    @property
    def rows(self) -> Columns:
        """The columns of all rows, without the content of those that are taken back."""
        return self._columns

    def packed_columns(self) -> bytes:
        """Give the file of the columns (Arrow IPC), gzip-compressed."""
        return self._packed_anew if self._hidden else self._packed[:]

    @property
    def taken_back(self) -> Sequence[str]:
        """Ids that tombstones take back and that the folder still holds: whoever asks by `asking` leaves them out."""
        return self._hidden

    @contextmanager
    def asking(self, *, waited: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor over its tables when it is one's turn. waited: whether an answer has already begun.

        Raises EditionBusy, QueryTooSlow, EditionDamaged.
        """
        with self._database.asking(PATIENCE_S if waited else WAIT_S) as cursor:
            yield cursor

    @contextmanager
    def asking_among(self, filters: Sequence[IncidentFilter]) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
        """Give a cursor likewise, and the condition under which a row of `incident` is one that every filter finds.

        Raises EditionBusy, QueryTooSlow, EditionDamaged.
        """
        numbers = self.numbers(filters)
        with self._database.asking() as cursor:
            if len(numbers) == len(self._columns):
                yield cursor, "true"
            else:
                cursor.register("chosen", {"key": numbers})
                yield cursor, "number IN (SELECT key FROM chosen)"

    def meeting(self, box: BBox) -> Numbers:
        """Give the numbers of the rows that meet a box, hidden ones and those without any place among them, rising."""
        return self._extents.meet(box)

    def regions_meeting(self, box: BBox) -> list[str]:
        """Give the codes of the regions whose boundary meets a box."""
        return sorted(self._territories.meet(box))

    def chosen_columns(self, numbers: Sequence[int]) -> bytes:
        """Give the columns of some rows (Arrow IPC file), numbered anew from 0, with no term that they do not use."""
        return to_bytes(without_rows(choose_rows(self._columns, numbers), (), ()))

    def columns_of(self, filter_: IncidentFilter) -> bytes:
        """Give the columns of what a filter selects (Arrow IPC file), with no term that they do not use.

        They tell their rows' numbers in the edition, and its total and span. Raises TooManyRows.
        """
        numbers = np.flatnonzero(self._selector.select(filter_).mask)
        # One at a time, since each takes some tens of megabytes for a moment.
        with self._excerpting:
            return excerpt(self._columns, numbers, self._tallier.span)

    def terms(self) -> dict[str, Any]:
        """Give what the numbers of the columns and clusters stand for, and the span of time, as terms.json has it.

        regions: lists by name, a value for each region. parent: its place among the regions, -1 for none. A code that
        begins with a hyphen goes on from its parent's. name: of countries; the other names are in `names`.
        """
        terms = self._columns.terms
        names = ("edition", "total", "kinds", "aircraft", "grades")
        places = {region.code: at for at, region in enumerate(terms.regions)}
        regions = {
            "code": [
                region.code.removeprefix(region.parent)
                if region.parent in places and region.code.startswith(f"{region.parent}-")
                else region.code
                for region in terms.regions
            ],
            "parent": [places.get(region.parent or "", -1) for region in terms.regions],
            "level": [region.level for region in terms.regions],
            "name": [None if region.level else region.name for region in terms.regions],
        }
        return {**{name: getattr(terms, name) for name in names}, "regions": regions, "span": self._tallier.span}

    def names(self) -> dict[str, Any]:
        """Give the names of the regions, a list of each, in the order of `terms`."""
        regions = self._columns.terms.regions
        return {name: [getattr(region, name) for region in regions] for name in ("name", "local_name")}

    def stand(self, filter_: IncidentFilter = _EVERYTHING) -> tuple[BBox | None, int]:
        """Give the box that a map of what a filter selects shows at first, and how many rows that are."""
        mask = self._selector.select(filter_).mask
        return stand_on(self._columns, mask, self._territories.boxes), int(np.count_nonzero(mask))

    def stand_on_rows(self, numbers: Sequence[int]) -> tuple[BBox | None, int]:
        """Give the same for rows by their numbers."""
        mask = np.zeros(len(self._columns), dtype=bool)
        mask[list(numbers)] = True
        return stand_on(self._columns, mask, self._territories.boxes), len(numbers)

    @property
    def region_boxes(self) -> Mapping[str, Degrees]:
        """The box around each region that has a boundary, by its code."""
        return self._territories.boxes

    def enclose(self, codes: Collection[str]) -> BBox | None:
        """Give the box that a map of some regions shows at first; None where no boundary of theirs is loaded."""
        boxes = self._territories.boxes
        return enclose(boxes[code] for code in codes if code in boxes)

    def counts(self, filter_: IncidentFilter = _EVERYTHING) -> Counts:
        """Count what a filter finds, exactly."""
        return Counts(self._columns.terms.total, *self._tallier.count(filter_))

    def groups(self, filter_: IncidentFilter, by: Sequence[str]) -> Groups:
        """Count by several groupings together. Raises EditionBusy, QueryTooSlow, EditionDamaged."""
        return self._grouper.group(filter_, by)

    def facets(self, filter_: IncidentFilter = _EVERYTHING) -> dict[str, dict[str, Any]]:
        """Count incidents and patterns by kind, region, aircraft, grade and precision, linked ones once.

        Aircraft are counted twice over, as "certain" and as "possible". Each count heeds the rest of the filter but
        not its own name, so that it says what choosing it would give.
        """
        return give_facets(self._tally(filter_), self._columns, self.taxonomy)

    def tallies(self, filter_: IncidentFilter = _EVERYTHING, level: int | None = None) -> dict[str, Any]:
        """Give the totals and, by key, the same pairs of incidents and patterns.

        level: as tallies.json has them, those of regions in the order of `terms`, without finer ones.
        """
        selected = self._selector.select(filter_)
        with self._turn:
            tallies = self._tallier.tallies(filter_, selected)
            spread = self._spreader.spread(filter_, selected)
        return give_tallies(tallies, spread, self._columns, level)

    def spread(self, filter_: IncidentFilter = _EVERYTHING) -> list[Spread]:
        """Count, for each level of regions, the incidents that lie in those that a map fills, and the others."""
        selected = self._selector.select(filter_)
        with self._turn:
            return self._spreader.spread(filter_, selected)

    def _tally(self, filter_: IncidentFilter) -> Tallies:
        selected = self._selector.select(filter_)
        with self._turn:
            return self._tallier.tallies(filter_, selected)

    def clusters(self, filter_: IncidentFilter, grid: Grid) -> Clusters:
        """Gather what a filter selects into the cells of a grid."""
        selected = self._selector.select(filter_)
        with self._turn:
            return self._clusterer.cluster(selected, grid)

    def packed_clusters(self, filter_: IncidentFilter, grid: Grid) -> bytes:
        """Give the same as an Arrow IPC stream, see Clusters.to_bytes."""
        selected = self._selector.select(filter_)
        with self._turn:
            return self._clusterer.cluster(selected, grid).to_bytes()

    def histogram(self, filter_: IncidentFilter, unit: str) -> dict[str, Any]:
        """Count incidents by time, as histogram.json has it. unit: of calendars.UNITS. Raises BadFilter."""
        return give_histogram(self._timekeeper.histogram(filter_, unit), unit)

    def series(self, filter_: IncidentFilter, by: str, unit: str, level: int = 1) -> dict[str, Any]:
        """Count incidents by time and key, as series.json has it. by: kind, aircraft, or region, those of one level.

        Raises BadFilter for a unit that gives too many bins.
        """
        series = self._timekeeper.series(filter_, by, unit, level)
        return give_series(series, by, unit, self._columns, self.taxonomy)

    def of_aircraft(self, filter_: IncidentFilter, key: str) -> dict[str, Crossed]:
        """Count one aircraft, with all below it, by kind and place: under "certain" and "possible"."""
        return self._crosser.of_aircraft(filter_, key)

    def area_counts(self, filter_: IncidentFilter = _EVERYTHING) -> dict[str, tuple[int, int, int]]:
        """Count rows, incidents and patterns that are known to no more than a region, by its code."""
        return self._crosser.areas(filter_)

    def counts_by_region(self, filter_: IncidentFilter = _EVERYTHING) -> dict[str, tuple[int, int]]:
        """Count incidents and patterns by code of each region that one of them lies in, heeding all of the filter."""
        return self._tallier.by_region(self._selector.select(filter_).mask)

    def certain_by_region(self, filter_: IncidentFilter = _EVERYTHING) -> dict[str, tuple[int, int]]:
        """Count the same of what certainly happened in the filter's window, not of what only may have; dated all."""
        columns = self._columns
        chosen = self._selector.select(replace(filter_, undated=False)).mask
        if filter_.start is not None:
            chosen = chosen & (columns.earliest >= to_day(filter_.start))
        if filter_.end is not None:
            chosen = chosen & (columns.latest <= to_day(filter_.end))
        return self._tallier.by_region(chosen)

    def harm_by_region(self, filter_: IncidentFilter, group: str, outcome: str) -> dict[str, dict[str, int | None]]:
        """Add up the claims that stand for one group, as harm.json has it: by code of each region.

        outcome: killed, injured or displaced. max is None where nobody gives an upper bound, or any figure at all.
        Where nobody is hurt by what happens, as in a visit, no figure is missing: such rows count only with one.
        """
        figures = self._harms.of(group, outcome)
        columns = self._columns
        kinds = self.taxonomy.kinds
        harmful = [at for at, kind in enumerate(columns.terms.kinds) if kinds[kind].family in HARMFUL]
        # A row that was taken back has a kind, too, which the terms need not have any more.
        counted = np.isin(columns.kind, harmful)
        counted[figures.number] = True
        added = add_by_region(self._tallier, self._selector.select(filter_).mask & counted, figures)
        return {
            code: {
                "min": one.least if one.figures else None,
                "max": one.most,
                "figures": one.figures,
                "unknown": one.unknown,
            }
            for code, one in added.items()
        }

    def members(
        self,
        filter_: IncidentFilter,
        *,
        within: Box | None = None,
        areas: Collection[str] = (),
        placeless: bool = False,
        page: int = 1,
        limit: int = 25,
    ) -> dict[str, Any]:
        """Give a page of details, newest first, of what stands in one place, as members.json has it.

        total are its records; incidents and patterns are what they count for, as a symbol there says.
        within: rows with a place of their own there. areas: rows for which one of these regions stands. placeless: rows
        without any place. Without any of them, all that the filter selects.
        """
        columns = self._columns
        selected = self._selector.select(filter_)
        chosen = selected.mask
        if within is not None:
            chosen = chosen & (columns.area < 0) & (columns.x >= 0) & _is_within(columns, within)
        if areas:
            wanted = [at for at, region in enumerate(columns.terms.regions) if region.code in areas]
            chosen = chosen & np.isin(columns.area, wanted)
        if placeless:
            chosen = chosen & (columns.area < 0) & (columns.x < 0)
        rows = np.flatnonzero(chosen)
        further, patterns = self._linked.further(selected.without()), int(columns.pattern[rows].sum())
        numbers = newest_first(columns, rows, (page - 1) * limit, limit)
        return {
            "total": len(rows),
            "incidents": len(rows) - patterns - int(chosen[further.incidents].sum()),
            "patterns": patterns - int(chosen[further.patterns].sum()),
            "page": page,
            "rows": self.details_by_number(numbers),
        }

    def details(
        self, filter_: IncidentFilter = _EVERYTHING, sort: str = "-date", limit: int = 100, offset: int = 0
    ) -> list[dict[str, Any]]:
        """Give a page of details. sort: a key of SORTS (KeyError for others)."""
        order = SORTS[sort]
        if sort in {"date", "-date"}:
            rows = np.flatnonzero(self._selector.select(filter_).mask)
            return self.details_by_number(by_date(self._columns, rows, offset, limit, downwards=sort.startswith("-")))
        # Numbers alone are sorted: with the texts beside them a large edition would need more memory than readers have.
        with self.asking_among([filter_]) as (cursor, where):
            question = f"SELECT number FROM incident WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"
            numbers = [number for (number,) in cursor.execute(question, [limit, offset]).fetchall()]
        return self.details_by_number(numbers)

    def detail(self, id_: str) -> dict[str, Any] | None:
        """Give one incident's detail, or None where the edition has no such id."""
        if id_ in self._hidden:
            return None
        with self._database.asking() as cursor:
            row = cursor.execute("SELECT number FROM incident WHERE id = ?", [id_]).fetchone()
        return self.details_by_number([row[0]])[0] if row else None

    def details_by_number(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """Give the details of row numbers, in the order asked; numbers that are none are left out."""
        return self._texts.details_by_number(numbers, self._linked)

    def matches(self, filter_: IncidentFilter) -> list[int]:
        """Give the row numbers that a filter finds, rising."""
        found: list[int] = np.flatnonzero(self._selector.select(filter_).mask).tolist()
        return found

    def numbers(self, filters: Sequence[IncidentFilter]) -> Numbers:
        """Give the row numbers that every one of some filters finds, rising."""
        boxes = [filter_.bbox for filter_ in filters if filter_.bbox is not None]
        found: Numbers | None = None
        for box in boxes:
            met = self._extents.meet(box)
            found = met if found is None else np.intersect1d(found, met, assume_unique=True)
        for filter_ in filters:
            timeless = replace(filter_, bbox=None, start=None, end=None)
            if found is None or not timeless.is_empty():
                mask = self._selector.select(timeless).mask
                found = np.flatnonzero(mask) if found is None else found[mask[found]]
            # Looking at the times of those few is quicker than at all.
            if filter_.start is not None:
                found = found[self._columns.latest[found] >= to_day(filter_.start)]
            if filter_.end is not None:
                found = found[self._columns.earliest[found] <= to_day(filter_.end)]
        if found is None:
            return np.flatnonzero(self._selector.select(_EVERYTHING).mask)
        gone = self._columns.terms.withdrawn
        return found[~np.isin(found, gone)] if len(gone) else found

    def whole_features(self, numbers: Sequence[int], base_url: str = "") -> list[bytes]:
        """Give the features of row numbers, in the order asked. base_url: as `features` has it."""
        return self._texts.whole_features(np.asarray(numbers, dtype=np.int64), self._linked, self.name, base_url)

    def joined_features(self, numbers: Sequence[int], base_url: str = "") -> bytes:
        """Give the same, joined by commas."""
        return self._texts.joined_features(np.asarray(numbers, dtype=np.int64), self._linked, self.name, base_url)

    def text_size(self, numbers: Numbers) -> int:
        """Give the bytes of the stored texts of some rows' features."""
        return self._texts.size(numbers)

    def features(self, filter_: IncidentFilter = _EVERYTHING, base_url: str = "") -> Iterator[bytes]:
        """Give the matching features in blocks of UTF-8, features within a block joined by commas; none is empty.

        base_url: what comes before `/incidents/<id>` in each feature's `url`, without a slash at its end.
        """
        return self._texts.features(self.numbers([filter_]), self._linked, self.name, base_url)

    def flat_rows(
        self, filter_: IncidentFilter = _EVERYTHING, base_url: str = "", *, areas: bool = False
    ) -> Iterator[pa.Table]:
        """Give the matching rows as tables have them: FLAT_SCHEMA and the geometry, block by block; none is empty.

        areas: whether the columns of AREA come, too.
        """
        return self._flat.tables(self.numbers([filter_]), self.name, f"{base_url}/incidents/", areas=areas)

    def region_shapes(self, codes: Collection[str]) -> Iterator[RegionShape]:
        """Give those of some regions that are in use, coarse to fine."""
        known = {region.code for region in self._columns.terms.regions}
        return give_shapes(self._database, sorted(known.intersection(codes)))

    def whole_parquet(self, filter_: IncidentFilter, base_url: str) -> Path | None:
        """Give the edition's own file of all rows, where it is what a filter selects.

        None where something is filtered, where the file has rows that are taken back, or other permalinks.
        """
        stands = not self._hidden and self.manifest.address == base_url and PARQUET in self.manifest.files
        return self._folder / PARQUET if stands and filter_.is_empty() else None

    def areas(self, filter_: IncidentFilter | None = None) -> Iterator[str]:
        """Give, as GeoJSON features, the regions that stand for matching incidents whose place is known no closer.

        Properties: scheme, code, level, name, local_name, parent, country; `records`, and among them `incidents`
        (linked ones once) and `patterns`.
        """
        with self.asking_among([filter_ or _EVERYTHING]) as (cursor, where):
            return give_areas(cursor, where, self.name)

    def outlines(self, grid: Grid) -> dict[str, Any]:
        """Give, for a map of one scale, the outlines of the regions that stand for rows, as outlines.json has them.

        The countries over them are among them: what is known only to a region that is too small to be drawn is said
        where its country is.
        """
        terms = self._columns.terms
        area = self._columns.area
        codes = {terms.regions[at].code for at in np.flatnonzero(np.bincount(area[area >= 0]))}
        over = {region.code: region.parent for region in terms.regions}
        tops = set(codes)
        while below := {code for code in tops if over.get(code)}:
            tops = tops - below | {str(over[code]) for code in below}
        return give_outlines(self._database, codes, tops, grid, HATCHED)

    def outlines_in_use(self, grid: Grid, level: int | None, codes: Collection[str] = ()) -> dict[str, Any]:
        """Give the same of all regions in use of a level, and of some codes: what a map fills, however small.

        `level` is then the one asked for, or the finest coarser one of which any region has a polygon.
        """
        regions = [region for region in self._columns.terms.regions if region.code in self._territories.boxes]
        if level is not None:
            level = max((region.level for region in regions if region.level <= level), default=0)
        wanted = {region.code for region in regions if region.level == level or region.code in codes}
        return {"level": level, **give_outlines(self._database, wanted, wanted, grid, FILLED)}

    def boundaries(self, codes: Collection[str]) -> Iterator[str]:
        """Give, as GeoJSON features, those of some regions that are in use and have a polygon."""
        known = {region.code for region in self._columns.terms.regions}
        return give_boundaries(self._database, known.intersection(codes), self.name)

    def known_regions(self) -> list[dict[str, Any]]:
        """Give the regions in use, coarse to fine, without polygons: code, name, local_name, level, parent."""
        regions = sorted(self._columns.terms.regions, key=lambda region: (region.level, region.name))
        names = ("code", "name", "local_name", "level", "parent")
        return [{name: getattr(region, name) for name in names} for region in regions]

    def aggregates(self) -> list[dict[str, Any]]:
        """Give the counts of what is published in no row: dataset, region, month, kind, records."""
        names = ("dataset", "region", "month", "kind", "records")
        with self._database.asking() as cursor:
            rows = cursor.execute(f"SELECT {', '.join(names)} FROM aggregate ORDER BY ALL").fetchall()
        return [dict(zip(names, row, strict=True)) for row in rows]

    def origins(self, ids: Collection[str] | None = None) -> list[tuple[str, int, str | None]]:
        """Give id, revision and policy of those rows of the folder, hidden or not, that have one of the ids."""
        where, values = ("true", []) if ids is None else ("list_contains(?::VARCHAR[], id)", [sorted(ids)])
        with self._database.asking() as cursor:
            return cursor.execute(f"SELECT id, revision, policy FROM incident WHERE {where}", values).fetchall()

    @cached_property
    def _known_codes(self) -> frozenset[str]:
        return frozenset({region.code for region in self._columns.terms.regions}.union(NONE))

    @cached_property
    def _territories(self) -> Territories:
        return Territories(self._database)

    @cached_property
    def _extents(self) -> Boxes:
        return Boxes(self._database, self._columns, self._territories)

    @cached_property
    def _selector(self) -> Selector:
        # Whoever lets go of an edition closes it: nothing in it may refer back to it.
        return Selector(self._columns, partial(_find_rows, self._database, self._extents))

    @cached_property
    def _linked(self) -> Linked:
        return Linked(self._columns)

    @cached_property
    def _tallier(self) -> Tallier:
        return Tallier(self._selector, self._linked)

    @cached_property
    def _spreader(self) -> Spreader:
        return Spreader(self._tallier)

    @cached_property
    def _crosser(self) -> Crosser:
        return Crosser(self._selector, self._linked, self._tallier)

    @cached_property
    def _grouper(self) -> Grouper:
        return Grouper(self._selector, self._linked, self._database)

    @cached_property
    def _timekeeper(self) -> Timekeeper:
        return Timekeeper(self._selector, self._linked, self._tallier)

    @cached_property
    def _clusterer(self) -> Clusterer:
        families = [self.taxonomy.kinds[kind].family for kind in self._columns.terms.kinds]
        return Clusterer(self._tallier, families, Reach(self._columns.terms.regions, self._territories.boxes))

    @cached_property
    def _packed_anew(self) -> bytes:
        return gzip.compress(to_bytes(self._columns), 1, mtime=0)

    def _without_hidden(self) -> Columns:
        with self._database.asking() as cursor:
            hidden = "SELECT number FROM incident WHERE list_contains(?::VARCHAR[], id)"
            numbers = [number for (number,) in cursor.execute(hidden, [self._hidden]).fetchall()]
            counted = cursor.execute("SELECT DISTINCT region FROM aggregate WHERE region IS NOT NULL").fetchall()
        return without_rows(self._columns, numbers, [code for (code,) in counted])

    def _describe_rest(self) -> Manifest:
        """Give the manifest with the counts and extents of what is not taken back; `rows` stays the folder's.

        Hashes of files that still hold it are left out: who can write all but one place could try places against them.
        """
        with self.asking_among([_EVERYTHING]) as (cursor, where):
            row = cursor.execute(f"SELECT {BOUNDS}, min(earliest), max(latest) FROM incident WHERE {where}").fetchone()
        assert row is not None  # noqa: S101 - an aggregate always gives one row
        west, south, east, north, first, last = row
        counts = self.counts()
        return replace(
            self.manifest,
            incidents=counts.incidents,
            patterns=counts.patterns,
            bounds=None if west is None else (west, south, east, north),
            first=first.isoformat() if first else None,
            last=last.isoformat() if last else None,
            files={},
        )


def _find_rows(database: Database, boxes: Boxes, filter_: IncidentFilter) -> Ints:
    """Ask which rows have some words or meet a box, hidden ones among them."""
    if filter_.bbox is not None:
        return boxes.meet(filter_.bbox).astype(np.int32)
    found = " AND ".join(["contains(search, ?)"] * len(filter_.words))
    with database.asking() as cursor:
        rows = cursor.execute(f"SELECT number FROM incident WHERE {found}", list(filter_.words)).fetchnumpy()
    return np.asarray(rows["number"], dtype=np.int32)


def _is_within(columns: Columns, box: Box) -> Any:  # noqa: ANN401 - numpy's own type of a comparison
    x, y = columns.x, columns.y
    across = (x >= box.west) | (x <= box.east) if box.west > box.east else (x >= box.west) & (x <= box.east)
    return across & (y >= box.north) & (y <= box.south)
