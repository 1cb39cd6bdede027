"""A CSV file read to rows by the names of its columns, with everything said that is wrong with it as a file.

It knows no codebook: what a cell means is the formats' to know.
"""

import codecs
import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from incidents.importing.errors import UnreadableFile
from incidents.importing.findings import Findings, Place

_BLOCK = 1 << 20
# How files begin that people take for CSV, and what to do about them.
_MAGIC = (
    (b"PK\x03\x04", "is a ZIP archive or a spreadsheet: unpack it, or save the sheet as CSV in UTF-8"),
    (b"\x1f\x8b", "is compressed: unpack it first"),
    (b"\xff\xfe", "is UTF-16: save it as UTF-8"),
    (b"\xfe\xff", "is UTF-16: save it as UTF-8"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row. number: as a spreadsheet counts, the header being row 1. cells: text by column, outer space removed."""

    number: int
    cells: Mapping[str, str]


class Table:
    """A CSV file (RFC 4180, UTF-8 with or without a mark, commas) whose header has been read and checked.

    Raises UnreadableFile when it is empty, of another kind or encoding, has no row below its header, repeats a
    column's name or lacks one of the `needed`. Memory is bounded whatever its size.
    """

    def __init__(self, file: BinaryIO, needed: Sequence[str]) -> None:
        """Check what can be told of a file without its codebook; whoever opened it closes it. Raises OSError, too."""
        self.sha256 = _check_bytes(file)
        self._file = file
        try:
            header = next(self._reader(), [])
        except csv.Error as error:
            msg = f"row 1: is not CSV: {error}"
            raise UnreadableFile(msg) from None
        self.columns = tuple(name.strip() for name in header)
        _check_header(self.columns, needed)

    def _reader(self) -> Iterator[list[str]]:
        # Strict, since a stray quote would otherwise swallow the rows that follow it without a word.
        self._file.seek(0)
        return csv.reader(_Text(self._file, encoding="utf-8-sig", newline=""), strict=True)

    def count_rows(self) -> int:
        """Count the rows that `rows` gives or refuses, for whoever shows progress. Raises what `rows` raises."""
        return sum(1 for _ in self._numbered()) - 1

    def rows(self, findings: Findings) -> Iterator[Row]:
        """Give the rows from the first one on, each time from the beginning; empty lines are left out.

        A row with too many or too few cells becomes an error in `findings` and is not given. Raises
        UnreadableFile where the text stops being CSV, since nothing after that can be trusted, and when there
        is no row at all.
        """
        seen = False
        for number, cells in self._numbered():
            if number == 1:
                continue
            seen = True
            if len(cells) != len(self.columns):
                findings.error(
                    Place(number, cells[0].strip() or None),
                    None,
                    None,
                    f"has {len(cells)} cells where the header has {len(self.columns)}",
                    "put quotes around cells that contain commas or line breaks, or fill in what is missing",
                )
                continue
            yield Row(number, dict(zip(self.columns, (cell.strip() for cell in cells), strict=True)))
        if not seen:
            msg = "has a header and no row below it"
            raise UnreadableFile(msg)

    def _numbered(self) -> Iterator[tuple[int, list[str]]]:
        """Give the header and the rows with their numbers, without empty lines."""
        number = 0
        try:
            for number, cells in enumerate(self._reader(), start=1):
                if any(cells) or number == 1:
                    yield number, cells
        except csv.Error as error:
            msg = f"row {number + 1}: is not CSV: {error}; look for a quote that is not closed or not doubled"
            raise UnreadableFile(msg) from None


class _Text(io.TextIOWrapper):
    """A file as text, which leaves it open when it goes itself."""

    def close(self) -> None:
        """Close nothing: whoever opened the file does."""


def _check_bytes(file: BinaryIO) -> str:
    """Read a file once, block by block; give its SHA-256, hex."""
    file.seek(0)
    digest, decoder, line, is_blank, is_first = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")(), 1, True, True
    while block := file.read(_BLOCK):
        for magic, problem in _MAGIC if is_first else ():
            if block.startswith(magic):
                raise UnreadableFile(problem)
        is_first, is_blank = False, is_blank and not block.strip()
        digest.update(block)
        _decode(decoder, block, line)
        if (at := block.find(b"\0")) >= 0:
            line += block.count(b"\n", 0, at)
            msg = f"line {line}: contains a NUL character, as no CSV text does"
            raise UnreadableFile(msg)
        line += block.count(b"\n")
    _decode(decoder, b"", line, final=True)
    if is_blank:
        msg = "is empty"
        raise UnreadableFile(msg)
    return digest.hexdigest()


def _decode(decoder: codecs.IncrementalDecoder, block: bytes, line: int, *, final: bool = False) -> None:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError as error:
        # A character may have begun in the block before, but no line ends within it.
        line += error.object.count(b"\n", 0, error.start)
        msg = f"line {line}: is not UTF-8 (byte 0x{error.object[error.start]:02x}): save the file as UTF-8"
        raise UnreadableFile(msg) from None


def _check_header(columns: Sequence[str], needed: Sequence[str]) -> None:
    missing = [name for name in needed if name not in columns]
    if len(missing) == len(needed):
        seen = next((mark for mark in (";", "\t", "|") if mark in "".join(columns[:1])), None)
        separator = f"; they may be separated by {seen!r} instead of commas" if seen else ""
        msg = f"row 1: has none of the columns that are needed, such as {', '.join(needed[:3])}{separator}"
        raise UnreadableFile(msg)
    if missing:
        msg = f"row 1: lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
        raise UnreadableFile(msg)
    repeated = [name for name, count in Counter(columns).items() if count > 1]
    if repeated:
        msg = f"row 1: names more than once: {', '.join(name or '(a column without a name)' for name in repeated)}"
        raise UnreadableFile(msg)
