"""Rows copied from an older edition in runs: what is written is what giving every row would write."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from incidents.editions import staging, writer
from incidents.editions.copying import Copies, Run, copy_rows, find_runs
from incidents.editions.manifest import verify
from incidents.editions.older import open_attached
from incidents.editions.writer import EditionWriter
from incidents.taxonomy import load_taxonomy
from tests.factories import make_id, make_manifest, make_random_rows, regions_of, write_edition

ROWS = 3_000


def content(folder: Path) -> dict[str, Any]:
    with open_attached(folder / "incidents.duckdb", {}) as db:
        rows = db.execute("SELECT * FROM incident").fetchall()
        regions = db.execute("SELECT * FROM region").fetchall()
    names = ("features.json", "features.npy", "columns.arrow", "harm.arrow", "regions.parquet")
    files = {name: (folder / name).read_bytes() for name in names}
    with pq.ParquetFile(folder / "incidents.parquet") as file:
        groups = [file.metadata.row_group(at).num_rows for at in range(file.metadata.num_row_groups)]
        parquet = {"parquet": file.read().to_pylist(), "said": file.schema_arrow.metadata, "groups": groups}
    return {"rows": rows, "regions": regions, **parquet, **files}


def write_next(root: Path, out: Path, kept: np.ndarray[Any, np.dtype[np.bool_]], address: str) -> dict[str, Any]:
    """Write edition 2: some rows of edition 1, five others, and other links. address: as its manifest has it."""
    with EditionWriter(out, load_taxonomy(), regions_of) as making:
        fresh = [
            replace(row, id=make_id(ROWS + 1 + number), links=())
            for number, row in enumerate(make_random_rows(5, seed=9))
        ]
        making.add([replace(fresh[0], links=(make_id(70),)), *fresh[1:]])
        making.staging.link({make_id(30): [make_id(31)], make_id(31): [make_id(30)]})
        making.take_over(root / "1", kept)
        making.follow(2, root / "1", kept=kept)
        making.finish(replace(make_manifest("2"), address=address))
    assert verify(out) == []
    return content(out)


@pytest.mark.parametrize("address", ["", "https://elsewhere.example"])
def test_copied_in_runs_it_is_the_edition_given_row_by_row(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [replace(row, links=()) for row in make_random_rows(ROWS)]
    rows[9], rows[19] = (replace(rows[at], links=(make_id(other + 1),)) for at, other in ((9, 19), (19, 9)))
    write_edition(tmp_path, rows)
    kept = np.ones(ROWS, np.bool_)
    kept[[0, 1, 700, 2_999]] = False
    copied: list[Copies] = []

    def copy(db: Any, *, older: Path, copies: Copies) -> None:
        copied.append(copies)
        copy_rows(db, older=older, copies=copies)

    monkeypatch.setattr(writer, "copy_rows", copy)
    one = write_next(tmp_path, tmp_path / "copied", kept, address)
    assert [len(copies.runs) > 5 for copies in copied] == [True]
    monkeypatch.setattr(staging, "_MOST_RUNS", 0)
    other = write_next(tmp_path, tmp_path / "given", kept, address)
    assert len(copied) == 1
    assert len(one["rows"]) == ROWS - 4 + 5
    for part, value in other.items():
        assert one[part] == value, part


def test_runs_end_where_rows_are_missing_on_either_side() -> None:
    there = np.array([0, 1, 2, 5, 6, 7])
    assert find_runs(there, np.array([0, 1, 2, 3, 4, 6])) == [Run(0, 3, 0), Run(5, 7, 3), Run(7, 8, 6)]
    assert find_runs(there[:0], there[:0]) == []
