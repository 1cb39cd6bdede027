"""Columns gone through in blocks that fit a processor's cache, which is several times as fast as all at once.

It knows what no column means.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from incidents.editions.columns import Bits, Numbers

BLOCK = 1 << 16
# A row that is looked up costs so many times as much as one that is gone through.
_FEW = 8


def blocks(count: int, size: int = BLOCK) -> Iterator[slice]:
    """Give the blocks of so many rows, in order."""
    for start in range(0, count, size):
        yield slice(start, min(count, start + size))


def count_codes(codes: npt.NDArray[np.unsignedinteger[Any]], mask: Bits, most: int) -> Numbers:
    """Count each code below `most` over the rows of a mask. What is left out of it may be counted as 0."""
    if np.count_nonzero(mask) * _FEW < len(mask):
        return np.bincount(codes[np.flatnonzero(mask)], minlength=most)
    total = np.zeros(most, dtype=np.int64)
    for part in blocks(len(codes)):
        total += np.bincount(codes[part] * mask[part], minlength=most)
    return total
