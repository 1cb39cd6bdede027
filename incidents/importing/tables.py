"""A CSV file read to rows by the names of its columns, with everything said that is wrong with it as a file.

It knows no codebook: what a cell means is the formats' to know.
"""

import codecs
import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from incidents.importing.errors import UnreadableFile
from incidents.importing.findings import Findings, Place

_BLOCK = 1 << 20
# How files begin that people take for CSV, and what to do about them.
_MAGIC = (
    (b"PK\x03\x04", "is a ZIP archive or a spreadsheet", "unpack it, or save the sheet as CSV in UTF-8"),
    (b"\x1f\x8b", "is compressed", "unpack it first"),
    (b"\xff\xfe", "is UTF-16", "save it as UTF-8"),
    (b"\xfe\xff", "is UTF-16", "save it as UTF-8"),
)
_CLOSE_QUOTES = "look for a quote that is not closed or not doubled"
_MARK = b"\xef\xbb\xbf"
_GEOJSON = re.compile(rb'"type"\s*:\s*"Feature(?:Collection)?"')


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
            rule = f"is not CSV: {error}"
            raise UnreadableFile(rule, _CLOSE_QUOTES, row=1) from None
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
            rule = "has a header and no row below it"
            raise UnreadableFile(rule, "give the file with its rows")

    def _numbered(self) -> Iterator[tuple[int, list[str]]]:
        """Give the header and the rows with their numbers, without empty lines."""
        number = 0
        try:
            for number, cells in enumerate(self._reader(), start=1):
                if any(cells) or number == 1:
                    yield number, cells
        except csv.Error as error:
            rule = f"is not CSV: {error}"
            raise UnreadableFile(rule, _CLOSE_QUOTES, row=number + 1) from None


class _Text(io.TextIOWrapper):
    """A file as text, which leaves it open when it goes itself."""

    def close(self) -> None:
        """Close nothing: whoever opened the file does."""


def _check_bytes(file: BinaryIO) -> str:
    """Read a file once, block by block; give its SHA-256, hex."""
    file.seek(0)
    digest, decoder, line, is_blank, is_first = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")(), 1, True, True
    while block := file.read(_BLOCK):
        if is_first:
            _check_kind(block)
        is_first, is_blank = False, is_blank and not block.strip()
        digest.update(block)
        _decode(decoder, block, line)
        if (at := block.find(b"\0")) >= 0:
            line += block.count(b"\n", 0, at)
            rule = f"line {line}: contains a NUL character, as no CSV text does"
            raise UnreadableFile(rule, "save the file anew as CSV in UTF-8")
        line += block.count(b"\n")
    _decode(decoder, b"", line, final=True)
    if is_blank:
        rule = "is empty"
        raise UnreadableFile(rule, "look whether it was downloaded or saved whole")
    return digest.hexdigest()


def _check_kind(beginning: bytes) -> None:
    """Refuse what is no CSV by how it begins."""
    for magic, rule, action in _MAGIC:
        if beginning.startswith(magic):
            raise UnreadableFile(rule, action)
    if beginning.removeprefix(_MARK).lstrip()[:1] in {b"{", b"["}:
        rule = f"is {'GeoJSON' if _GEOJSON.search(beginning) else 'JSON'}, not CSV"
        raise UnreadableFile(rule, "no format here reads it: get the dataset as CSV, and import that")


def _decode(decoder: codecs.IncrementalDecoder, block: bytes, line: int, *, final: bool = False) -> None:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError as error:
        # A character may have begun in the block before, but no line ends within it.
        line += error.object.count(b"\n", 0, error.start)
        rule = f"line {line}: is not UTF-8 (byte 0x{error.object[error.start]:02x})"
        raise UnreadableFile(rule, "save the file as UTF-8") from None


def _check_header(columns: Sequence[str], needed: Sequence[str]) -> None:
    missing = [name for name in needed if name not in columns]
    if len(missing) == len(needed):
        seen = next((mark for mark in (";", "\t", "|") if mark in "".join(columns[:1])), None)
        action = "look whether this is the dataset's own file, or choose another --format"
        if seen:
            action = f"they may be separated by {seen!r}: save it with commas"
        rule = f"has none of the columns that are needed, such as {', '.join(needed[:3])}"
        raise UnreadableFile(rule, action, row=1)
    if missing:
        rule = f"lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
        action = "give the dataset's file with all of its columns, named as its codebook names them"
        raise UnreadableFile(rule, action, row=1, column=missing[0] if len(missing) == 1 else None)
    repeated = [name for name, count in Counter(columns).items() if count > 1]
    if repeated:
        rule = f"names more than once: {', '.join(name or '(a column without a name)' for name in repeated)}"
        raise UnreadableFile(rule, "leave one column of each name", row=1)
