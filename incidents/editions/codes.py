"""Small numbers of rows, counted over sets of rows: by what is in a set or by what is not, whichever is less.

It knows what no number means.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from incidents.editions.bitmaps import Words, count, rest_of, rows_of, unpack
from incidents.editions.columns import Bits, Numbers

Codes = npt.NDArray[np.unsignedinteger[Any]]


@dataclass(frozen=True, eq=False)
class Chosen:
    """A set of rows, in each form that is asked for. rows: of how many."""

    words: Words
    rows: int

    @cached_property
    def mask(self) -> Bits:
        """True for each row of the set. Not to be written to."""
        return unpack(self.words, self.rows)

    @cached_property
    def are_most(self) -> bool:
        """Whether more rows are in the set than are not."""
        return 2 * count(self.words) > self.rows

    @cached_property
    def fewer(self) -> Numbers:
        """The numbers of the rows that are in the set or, where those are most, of the others; rising."""
        return rows_of(rest_of(self.words, self.rows) if self.are_most else self.words)


class Coded:
    """A code for each row."""

    def __init__(self, codes: npt.NDArray[np.integer[Any]], most: int) -> None:
        """Keep them, as narrow as they allow. most: one more than the largest that there may be."""
        self._codes: Codes = codes.astype(np.min_scalar_type(most))
        self._most = most

    @cached_property
    def _all(self) -> Numbers:
        return np.bincount(self._codes, minlength=self._most)

    def of(self, rows: npt.NDArray[np.integer[Any]]) -> Numbers:
        """Count some rows by code."""
        return np.bincount(self._codes[rows], minlength=self._most)

    def count(self, chosen: Chosen) -> Numbers:
        """Count the rows of a set by code."""
        counted = self.of(chosen.fewer)
        return self._all - counted if chosen.are_most else counted
