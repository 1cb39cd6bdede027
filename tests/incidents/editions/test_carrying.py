"""Rows carried over from an older edition's file: in whole groups, whatever was left out before."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from incidents.editions import carrying
from incidents.editions.carrying import Anew, carry
from tests.factories import make_id, make_random_rows, write_edition


def test_what_was_left_out_leaves_no_small_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "_STEP", 32)
    write_edition(tmp_path, make_random_rows(100))
    older, made = tmp_path / "1" / "incidents.parquet", tmp_path / "made.parquet"
    rows = pq.read_table(older)
    pq.write_table(rows.slice(0, 0), made)
    kept = np.ones(100, np.bool_)
    kept[[3, 40]] = False
    dates = np.ones(98, np.int32)
    batches = list(carry(older, kept, made, np.empty(0, np.int64), Anew("2", dates, dates, {})))
    assert [len(batch) for batch in batches] == [32, 32, 32, 2]
    found = pa.Table.from_batches(batches)["id"].to_pylist()
    assert found == [id_ for id_, is_kept in zip(rows["id"].to_pylist(), kept, strict=True) if is_kept]
    assert set(found) < {make_id(number) for number in range(1, 101)}
