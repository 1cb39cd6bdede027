"""Sets of rows as bits, held against plain Python over the same rows."""

import random

import numpy as np
import pytest

from incidents.editions.bitmaps import Sliced, count, pack, pack_rows, rows_of, unpack


@pytest.mark.parametrize("rows", [0, 1, 63, 64, 65, 128, 1000, 4096])
@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 1.0])
def test_a_set_holds_its_rows_and_no_others(rows: int, share: float) -> None:
    rng = random.Random(rows + int(100 * share))  # noqa: S311 - chooses examples
    chosen = [row for row in range(rows) if rng.random() < share]
    mask = np.zeros(rows, dtype=bool)
    mask[chosen] = True
    words = pack(mask)
    assert np.array_equal(words, pack_rows(np.array(chosen, dtype=np.int64), rows))
    assert rows_of(words).tolist() == chosen
    assert count(words) == len(chosen)
    assert np.array_equal(unpack(words, rows), mask)


@pytest.mark.parametrize("values", [[], [7], [0, 0], [-5, 3, 12, 3, -5, 100], list(range(-70, 130))])
def test_numbers_by_their_digits(values: list[int]) -> None:
    sliced = Sliced(np.array(values, dtype=np.int64))
    for least in (-1000, *values, *(value + 1 for value in values), 1000):
        assert rows_of(sliced.at_least(least)).tolist() == [row for row, value in enumerate(values) if value >= least]
