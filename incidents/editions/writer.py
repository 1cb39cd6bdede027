"""Writes an edition's folder from public incidents, or from an older edition without some of its rows.

It decides neither what is public nor when the folder becomes the current edition: publishing and amending do.
"""

import itertools
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Self

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from incidents.drafts import DatasetDraft
from incidents.editions.carrying import Anew, can_carry, carry, carry_runs
from incidents.editions.columns import write_columns
from incidents.editions.copying import Copies, copy_rows, copy_texts
from incidents.editions.database import DATABASE, NUMBERED
from incidents.editions.dating import Dating
from incidents.editions.errors import EditionError
from incidents.editions.feature_texts import FEATURES, FeatureTexts, FeatureTextsWriter
from incidents.editions.filling import make_columns
from incidents.editions.flat import select_flat
from incidents.editions.geoparquet import describe_anew, quoted, write_geoparquet
from incidents.editions.harms import make_harms, write_harms
from incidents.editions.manifest import Licence, Manifest, hash_file, read_manifest, write_manifest
from incidents.editions.older import OlderRows, open_attached
from incidents.editions.public import PublicIncident
from incidents.editions.rows import FEATURE, ROW_SCHEMA, make_schema, make_table
from incidents.editions.schema import (
    AGGREGATE_COLUMNS,
    BOUNDARIES,
    BOUNDARIES_SELECT,
    BOUNDS,
    INCIDENT_COLUMNS,
    PARQUET,
    REGION_COLUMNS,
    create_table,
)
from incidents.editions.staging import Layout, Staging
from incidents.editions.tombstones import sync_files
from incidents.editions.used_regions import RegionSource, UsedRegion, UsedRegions
from incidents.taxonomy import Taxonomy

__all__ = ["Aggregate", "EditionWriter", "RegionSource"]

TAXONOMY = "taxonomy.json"

Aggregate = tuple[str, str | None, str | None, str]
"""Under what incidents are counted that are published in no row: dataset, first-level region, month, kind."""

_BATCH = 2_000
# Rows are compressed and written group by group, and must fit into memory until then.
_ROW_GROUP = 20_480
_BLOCK = 8_192


class EditionWriter:
    """Writes one edition into an empty folder: `add` or `copy` rows, then `finish`; `close` in any case.

    Rows are staged in a folder beside it, so that nothing that was staged and dropped is left between the pages of
    the published file. Memory is bounded whatever the number of rows.
    """

    def __init__(self, folder: Path, taxonomy: Taxonomy, regions: RegionSource) -> None:
        """Create the folder, and the one for staging."""
        self.folder = folder
        self._taxonomy = taxonomy
        self._regions = UsedRegions(regions)
        self._datasets: dict[str, Licence] = {}
        self._aggregates: Counter[Aggregate] = Counter()
        self._dating: Dating | None = None
        self._taken: tuple[Path, NDArray[np.bool_]] | None = None
        self._known: dict[str, str] = {}
        folder.mkdir(parents=True)
        scratch = folder.with_name(f"{folder.name}.staging")
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        self.staging = Staging(scratch)
        self._scratch = scratch
        self._config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": "160MB",
            "threads": 2,
            "temp_directory": str(scratch / "spilled"),
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove what was staged; the folder stays, finished or not."""
        self.staging.close()
        if self._dating is not None:
            self._dating.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def add(self, incidents: Iterable[PublicIncident]) -> int:
        """Stage rows, in batches; give their number."""
        added = 0
        for batch in _in_batches(incidents, _BATCH):
            shapes = self.shapes(link.code for item in batch for link in item.draft.location.regions if link.code)
            self.staging.add(make_table(batch, self._taxonomy, shapes))
            self.name_datasets(item.dataset for item in batch if item.dataset is not None)
            added += len(batch)
        return added

    def shapes(self, codes: Iterable[str]) -> Mapping[str, UsedRegion]:
        """Learn regions by code; give what is known of all that were learnt."""
        self._regions.learn(codes)
        return self._regions.known

    def know_regions(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Learn regions from another edition's table of them, which have not changed since."""
        self._regions.learn_rows(rows)

    def name_datasets(self, datasets: Iterable[DatasetDraft]) -> None:
        """Learn what the manifest says of datasets, if rows of them are staged; of several versions, the first."""
        for data in datasets:
            if data.key not in self._datasets:
                self._datasets[data.key] = Licence(
                    data.key, data.title, data.version, data.licence, data.attribution, data.url, 0
                )

    def add_aggregates(self, counts: Mapping[Aggregate, int]) -> None:
        """Add counts of what is published in no row, or take away negative ones."""
        self._regions.learn(region for _, region, _, _ in counts if region)
        for key, count in counts.items():
            self._aggregates[key] += count

    def take_over(self, edition: Path, kept: NDArray[np.bool_]) -> None:
        """Merge those rows of another edition's folder in between whose numbers are marked."""
        self.staging.take_over(OlderRows(edition, kept, self._config))
        self._taken = (edition, kept)

    def follow(self, number: int, edition: Path, *, kept: NDArray[np.bool_] | None = None) -> None:
        """Compare rows with another edition's folder, to say when each was first shown and last changed.

        number: of the edition that is written. kept: the rows that are taken over, if any are, by their numbers.
        """
        self._dating = Dating.after(number, edition, self._config, kept=kept)

    def copy(self, edition: Path, manifest: Manifest, *, without: Collection[str]) -> None:
        """Take over the rows of another edition's folder but for some ids, with its regions and counts."""
        with open_attached(edition / DATABASE, self._config) as old:
            gone = old.execute(
                "SELECT number FROM incident WHERE list_contains(?::VARCHAR[], id)", [sorted(without)]
            ).fetchall()
            linked = old.execute("SELECT id, same_as FROM incident WHERE len(same_as) > 0").fetchall()
            found = old.execute(f"SELECT {', '.join(REGION_COLUMNS)} FROM region").fetchall()
            counts = old.execute(f"SELECT {', '.join(AGGREGATE_COLUMNS)} FROM aggregate").fetchall()
        self.know_regions(dict(zip(REGION_COLUMNS, row, strict=True)) for row in found)
        self._aggregates.update({row[:4]: row[4] for row in counts})
        self._datasets |= {item.dataset: item for item in manifest.licences}
        kept = np.ones(manifest.rows, dtype=np.bool_)
        kept[[number for (number,) in gone]] = False
        self.take_over(edition, kept)
        self._dating = Dating.amending(manifest.number, edition, self._config, without=~kept)
        self.staging.link({id_: others for id_, others in linked if id_ not in without})

    def finish(self, about: Manifest) -> Manifest:
        """Resolve links and numbers, write every file, bring all to disk, and give the manifest as written.

        Of `about` only what the rows cannot tell is kept: number, times, note, texts, history, tombstones.
        """
        dating = self._dating or Dating(about.number)
        layout = self.staging.lay_out(dating)
        if self._taken is None or (copies := self.staging.copies(layout, dating)) is None:
            self._write_database(partial(self._give_rows, layout, dating))
            with self._opened() as edition:
                about = self._describe(about, edition, dating)
                self._write_parquet(edition, about)
                self._write_arrays(edition, about)
        else:
            # Nothing more is asked of them, and what they hold of their files stands in the way of two writers.
            self.staging.close()
            dating.close()
            folder, _ = self._taken
            about = self._copy_side_by_side(folder, copies, about, dating)
        (self.folder / TAXONOMY).write_text(self._taxonomy.to_json(), encoding="utf-8")
        manifest = write_manifest(self.folder, about, self._known)
        sync_files(self.folder)
        return manifest

    def _copy_side_by_side(self, folder: Path, copies: Copies, about: Manifest, dating: Dating) -> Manifest:
        """Write the database and what is made of it, and beside it what stands in other files of the older edition.

        folder: the older edition's. Each takes about as long as the other.
        """
        is_carried = self._stands_in_parquet(about)
        with ThreadPoolExecutor(1) as beside:
            others = beside.submit(self._copy_beside, folder, copies, about if is_carried else None)
            self._write_database(partial(copy_rows, older=folder, copies=copies))
            with self._opened() as edition:
                described = self._describe(about, edition, dating)
                self._write_arrays(edition, described)
                self._known[DATABASE] = hash_file(self.folder / DATABASE)
                others.result()
                if is_carried:
                    # What all rows together say of themselves was not known when it was begun.
                    describe_anew(self.folder / PARQUET, about, described)
                    self._write_boundaries(edition, described)
                else:
                    self._write_parquet(edition, described)
        return described

    def _copy_beside(self, folder: Path, copies: Copies, about: Manifest | None) -> None:
        """Copy the features' texts, and also the rows for readers where it is told what these are from."""
        with FeatureTextsWriter(self.folder) as texts:
            copy_texts(folder, copies, texts)
            self._known[FEATURES] = texts.finish()
        if about is None:
            return
        config = {**self._config, "threads": 1, "temp_directory": str(self._scratch / "spilled-beside")}
        with duckdb.connect(config=config) as db:
            db.register("incident", copies.put.drop_columns([FEATURE]))
            db.register("told", copies.put.select([FEATURE]))
            rows, values = select_flat(about.edition, f"{about.address}/incidents/")
            put = db.sql(rows, params=values).to_arrow_table()
            db.register("carried", carry_runs(folder / PARQUET, copies, put, about.edition))
            write_geoparquet(db, "SELECT * FROM carried", (), self.folder / PARQUET, about)

    def _opened(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(self.folder / DATABASE, read_only=True, config=self._config)

    def _write_arrays(self, edition: duckdb.DuckDBPyConnection, about: Manifest) -> None:
        write_columns(self.folder, make_columns(edition, about.edition, tuple(self._taxonomy.grades)))
        write_harms(self.folder, make_harms(edition))

    def _write_database(self, fill: Callable[[duckdb.DuckDBPyConnection], None]) -> None:
        with duckdb.connect(config=self._config) as db:
            db.execute(f"ATTACH {quoted(self.folder / DATABASE)} AS edition (ROW_GROUP_SIZE {_ROW_GROUP})")
            db.execute("USE edition")
            db.execute(create_table("incident", INCIDENT_COLUMNS))
            fill(db)
            misplaced = db.execute("SELECT count(*) FROM incident WHERE rowid <> number").fetchone()
            if misplaced != (0,):
                # Readers find rows by their place, so that anything else must never be published.
                msg = "the rows were not written in the order of their numbers"
                raise EditionError(msg)
            self._fill(db, "aggregate", AGGREGATE_COLUMNS, self._aggregate_rows())
            # Regions that no row lies in would tell of what is not here.
            codes = {code for (code,) in db.execute("SELECT DISTINCT unnest(regions) FROM incident").fetchall()}
            codes |= {region for (_, region, _, _), count in self._aggregates.items() if region and count > 0}
            self._regions.learn(codes)
            self._fill(db, "region", REGION_COLUMNS, list(self._regions.rows(codes)))
            db.execute("USE memory")
            db.execute("DETACH edition")

    def _give_rows(self, layout: Layout, dating: Dating, db: duckdb.DuckDBPyConnection) -> None:
        """Write all rows to the table `incident`, one after the other, and beside it the texts of their features."""
        with FeatureTextsWriter(self.folder) as texts:
            rows = texts.take_out(self.staging.rows(layout, dating), FEATURE)
            schema = ROW_SCHEMA.remove(ROW_SCHEMA.get_field_index(FEATURE))
            db.register("staged", pa.RecordBatchReader.from_batches(schema, rows))
            db.execute("INSERT INTO incident SELECT * FROM staged")
            db.unregister("staged")
            self._known[FEATURES] = texts.finish()

    def _fill(
        self, db: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str], rows: list[dict[str, Any]]
    ) -> None:
        db.execute(create_table(table, columns))
        db.register("filling", pa.Table.from_pylist(rows, schema=make_schema(columns)))
        db.execute(f"INSERT INTO {table} SELECT * FROM filling")
        db.unregister("filling")

    def _aggregate_rows(self) -> list[dict[str, Any]]:
        return [
            {"dataset": dataset, "region": region, "month": month, "kind": kind, "records": count}
            for (dataset, region, month, kind), count in sorted(
                self._aggregates.items(), key=lambda item: tuple((part is None, part or "") for part in item[0])
            )
            if count > 0
        ]

    def _describe(self, about: Manifest, edition: duckdb.DuckDBPyConnection, dating: Dating) -> Manifest:
        row = edition.execute(
            "SELECT count(*), count(DISTINCT group_id) FILTER (extent = 'one'), "
            f"count(DISTINCT group_id), {BOUNDS}, "
            "min(earliest), max(latest), (SELECT coalesce(sum(records), 0) FROM aggregate), "
            "count(*) FILTER (added_in = $number), count(*) FILTER (added_in <> $number AND changed_in = $number) "
            "FROM incident",
            {"number": about.number},
        ).fetchone()
        assert row is not None  # noqa: S101 - an aggregate always gives one row
        rows, incidents, groups, west, south, east, north, first, last, aggregate, added, changed = row
        counted = dict(edition.execute("SELECT dataset, count(*) FROM incident GROUP BY 1").fetchall())
        # Who allows counts alone is to be named beside them.
        named = counted.keys() | {dataset for (dataset, *_), count in self._aggregates.items() if count > 0}
        licences = [
            replace(item, rows=counted.get(key, 0)) for key, item in sorted(self._datasets.items()) if key in named
        ]
        return replace(
            about,
            rows=rows,
            added=added,
            changed=changed,
            removed=about.removed + dating.removed(rows, added),
            incidents=incidents,
            patterns=groups - incidents,
            aggregate_only=int(aggregate),
            bounds=None if west is None else (west, south, east, north),
            first=first.isoformat() if first else None,
            last=last.isoformat() if last else None,
            licences=tuple(licences),
        )

    def _write_parquet(self, edition: duckdb.DuckDBPyConnection, about: Manifest) -> None:
        """Write rows and boundaries for readers."""
        # The rows lie in the order of their numbers already; sorting them again would need memory for all of them.
        if 2 * len(self.staging.made_at) <= about.rows and self._stands_in_parquet(about):
            rows, values = self._carry(edition, about), list[Any]()
        else:
            rows, values = self._select_flat(edition, about, np.arange(about.rows))
        write_geoparquet(edition, rows, values, self.folder / PARQUET, about)
        self._write_boundaries(edition, about)

    def _write_boundaries(self, edition: duckdb.DuckDBPyConnection, about: Manifest) -> None:
        write_geoparquet(edition, BOUNDARIES_SELECT, (), self.folder / BOUNDARIES, about)

    def _select_flat(
        self, edition: duckdb.DuckDBPyConnection, about: Manifest, numbers: NDArray[np.int64], which: str = ""
    ) -> tuple[str, list[Any]]:
        """Give the question for rows as tables have them, beside the texts of their features."""
        texts = FeatureTexts(self.folder)
        blocks = (pa.record_batch([block], [FEATURE]) for block in texts.blocks(numbers, _BLOCK))
        edition.register("told", pa.RecordBatchReader.from_batches(pa.schema([ROW_SCHEMA.field(FEATURE)]), blocks))
        return select_flat(about.edition, f"{about.address}/incidents/", (), which)

    def _stands_in_parquet(self, about: Manifest) -> bool:
        """Whether the rows that are taken over stand in the older edition's file for readers just so."""
        if self._taken is None:
            return False
        folder, kept = self._taken
        older = read_manifest(folder)
        return (
            older.address == about.address
            and can_carry(folder / PARQUET, len(kept))
            and older.files[PARQUET]["sha256"] == hash_file(folder / PARQUET)
        )

    def _carry(self, edition: duckdb.DuckDBPyConnection, about: Manifest) -> str:
        """Give the question for all rows, of which those that were taken over are carried from the older file."""
        assert self._taken is not None  # noqa: S101 - asked before
        made, places = self._scratch / PARQUET, self.staging.made_at
        rows, values = self._select_flat(edition, about, places, f"WHERE {NUMBERED} ORDER BY number")
        edition.execute(f"COPY ({rows}) TO {quoted(made)} (FORMAT parquet)", [*values, places.tolist()])
        dates = edition.execute("SELECT added_in, changed_in FROM incident").fetchnumpy()
        linked = edition.execute("SELECT number, same_as FROM incident WHERE len(same_as) > 0").fetchall()
        folder, kept = self._taken
        anew = Anew(about.edition, np.asarray(dates["added_in"]), np.asarray(dates["changed_in"]), dict(linked))
        edition.register("carried", carry(folder / PARQUET, kept, made, places, anew))
        return "SELECT * FROM carried"


def _in_batches(items: Iterable[PublicIncident], size: int) -> Iterator[list[PublicIncident]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch
