"""Sets of rows as bits, sixty-four to a word: combined and counted a word at a time, an eighth of a byte for each row.

It knows no filter and no column. Row n is bit n % 64, counted from the lowest, of word n // 64; bits after the last row
are 0.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from incidents.editions.columns import Bits, Bytes, Numbers

Words = npt.NDArray[np.uint64]

# So that bytes lie in a word in the order of their rows on every machine.
_WORD = np.dtype("<u8")
_WIDE = 6
_LOWEST = _WORD.type(1)
_FULL = ~_WORD.type(0)
# By a bit's place in its word: the bits below it.
_BELOW = (_LOWEST << np.arange(64, dtype=_WORD)) - _LOWEST


def pack(mask: Bits) -> Words:
    """Give the set of the rows for which a mask is true."""
    words = np.zeros(-(-len(mask) // 64), dtype=_WORD)
    packed = np.packbits(mask, bitorder="little")
    words.view(np.uint8)[: len(packed)] = packed
    return words


def pack_rows(numbers: npt.NDArray[np.integer[Any]], rows: int) -> Words:
    """Give the set of some rows of so many."""
    words = np.zeros(-(-rows // 64), dtype=_WORD)
    np.bitwise_or.at(words, numbers >> _WIDE, _LOWEST << (numbers & 63).astype(_WORD))
    return words


def unpack(words: Words, rows: int) -> Bits:
    """Give a mask of so many rows."""
    return _unpack(words)[:rows]


def rows_of(words: Words) -> Numbers:
    """Give the numbers of the rows, rising."""
    parts = words.view(np.uint8)
    filled = np.flatnonzero(parts != 0)
    if 5 * len(filled) > 2 * len(parts):
        found: Numbers = np.flatnonzero(_unpack(words))
        return found
    # Where most bytes are empty, only the others are gone through.
    at = np.flatnonzero(_unpack(parts[filled]))
    return np.asarray((filled << 3)[at >> 3] + (at & 7))


def rest_of(words: Words, rows: int) -> Words:
    """Give those of so many rows that are not in a set."""
    rest = ~words
    if rows & 63:
        rest[-1] &= _BELOW[rows & 63]
    return rest


def count(words: Words) -> int:
    """Count the rows."""
    return int(np.bitwise_count(words).sum(dtype=np.int64))


class Sliced:
    """A number for each row, kept as sets: for each binary digit, from the lowest, of the rows that have it.

    With one operation a digit on sixty-four rows at once they are compared in a fifth of the time that numbers take.
    """

    def __init__(self, values: Numbers) -> None:
        """Keep the numbers of all rows."""
        self._least = int(values.min(initial=np.iinfo(np.int64).max))
        above = values - self._least
        self._most = int(above.max(initial=0))
        self._digits = [pack((above >> digit & 1).astype(bool)) for digit in range(self._most.bit_length())]
        self._all = pack(np.ones(len(values), dtype=bool))

    def at_least(self, value: int) -> Words:
        """Give the rows whose number is not less."""
        above = max(value - self._least, 0)
        if above > self._most:
            return np.zeros_like(self._all)
        found = self._all.copy()
        for digit, words in enumerate(self._digits):
            # What has a one where the value has a zero is greater, whatever the lower digits are.
            (np.bitwise_and if above >> digit & 1 else np.bitwise_or)(found, words, out=found)
        return found


def _unpack(words: Words | Bytes) -> Bits:
    return np.unpackbits(words.view(np.uint8), bitorder="little").view(bool)
