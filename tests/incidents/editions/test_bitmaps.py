"""Sets of rows as bits, held against plain Python over the same rows."""

import bisect
import itertools
import random

import numpy as np
import pytest

from incidents.editions.bitmaps import (
    Bounds,
    Sliced,
    between,
    count,
    first_from,
    pack,
    pack_rows,
    rows_of,
    unpack,
)


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
    bounds = sorted(rng.sample(range(rows + 1), min(rows + 1, 20)))
    counted = Bounds(np.array(bounds, dtype=np.int32)).count(words)
    places = [bisect.bisect_left(chosen, bound) for bound in bounds]
    assert counted.tolist() == [after - before for before, after in itertools.pairwise(places)]
    if chosen:
        asked = [row for row in range(rows) if row <= chosen[-1]]
        expected = [chosen[bisect.bisect_left(chosen, row)] for row in asked]
        assert first_from(words, np.array(asked)).tolist() == expected


def test_stretches_of_rows() -> None:
    rng = random.Random(4)  # noqa: S311 - chooses examples
    for _ in range(200):
        rows = rng.choice([5, 64, 200, 1024])
        edges = sorted(rng.sample(range(rows + 1), 2 * rng.randint(0, 2)))
        begins, ends = edges[::2], edges[1::2]
        if edges and edges[-1] < rows:
            # One that touches the one before it.
            begins, ends = [*begins, edges[-1]], [*ends, rows]
        found = between(np.array(begins, dtype=np.int32), np.array(ends, dtype=np.int32), rows)
        expected = [row for begin, end in zip(begins, ends, strict=True) for row in range(begin, end)]
        assert rows_of(found).tolist() == expected
        assert len(found) == len(pack(np.ones(rows, dtype=bool)))


@pytest.mark.parametrize("values", [[], [7], [0, 0], [-5, 3, 12, 3, -5, 100], list(range(-70, 130))])
def test_numbers_by_their_digits(values: list[int]) -> None:
    sliced = Sliced(np.array(values, dtype=np.int64))
    for least in (-1000, *values, *(value + 1 for value in values), 1000):
        assert rows_of(sliced.at_least(least)).tolist() == [row for row, value in enumerate(values) if value >= least]
