"""Cells as text of XML 1.0, many at a time: what XML cannot hold is left out, what it would read is written otherwise.

It knows no format.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

# Control characters, and those that end a plane (XML 1.0 section 2.2).
_FORBIDDEN = "[\\x00-\\x08\\x0b-\\x1f\\x{FFFE}\\x{FFFF}]"


def escape_cells(cells: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Give texts as they may stand between tags or within quotes, their lines ended alike; null stays null."""
    for ended in ("\r\n", "\r"):
        cells = pc.replace_substring(cells, ended, "\n")
    cells = pc.replace_substring_regex(cells, _FORBIDDEN, "")
    for found, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        cells = pc.replace_substring(cells, found, written)
    return cells


def escape(text: str) -> str:
    """Give one text likewise."""
    escaped: str = escape_cells(pa.array([text], pa.string()))[0].as_py()
    return escaped


def enclose(before: str, cells: Any, after: str, empty: str = "") -> Any:  # noqa: ANN401 - pyarrow has no types
    """Put each text between two others; `empty` stands for null."""
    return pc.fill_null(pc.binary_join_element_wise(before, cells.cast(pa.string()), after, ""), empty)


def join_rows(parts: list[Any]) -> bytes:
    """Give the texts of columns row by row, as one piece of UTF-8."""
    joined = pc.binary_join_element_wise(*parts, "")
    whole = joined.combine_chunks()
    _, offsets, data = whole.buffers()
    ends = memoryview(offsets).cast("i")
    return bytes(memoryview(data)[ends[whole.offset] : ends[whole.offset + len(whole)]])
