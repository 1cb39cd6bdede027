"""Incidents as CSV (RFC 4180, UTF-8), with a row of HXL hashtags if asked for (hxlstandard.org, 1.1).

It knows an edition's reader and nothing of files or addresses.
"""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from incidents.editions.edition import Edition
from incidents.editions.flat import FLAT_COLUMNS, LIST, TEXT
from incidents.exporting.flattening import join_lists
from incidents.filters import IncidentFilter

# What spreadsheets take for a formula, also behind quotes and blanks; the wide forms where they write so.
_FORMULA = "^[\\s\"']*[=+\\-@＝＋－＠]|^[\\t\\r\\n]"
# Text always in quotes, so that an empty cell is unknown and nothing else.
_PLAIN = csv.WriteOptions(include_header=False, quoting_style="needed")


def csv_blocks(edition: Edition, filter_: IncidentFilter, base_url: str = "", *, hxl: bool = False) -> Iterator[bytes]:
    """Give the matching incidents as CSV, piece by piece. hxl: whether a row of hashtags stands under the header."""
    yield (",".join(column.name for column in FLAT_COLUMNS) + "\n").encode()
    if hxl:
        yield (",".join(column.hxl for column in FLAT_COLUMNS) + "\n").encode()
    for rows in edition.flat_rows(filter_, base_url):
        sink = pa.BufferOutputStream()
        csv.write_csv(_defuse(join_lists(rows)).drop_columns("geometry"), sink, _PLAIN)
        yield sink.getvalue().to_pybytes()


def _defuse(table: pa.Table) -> pa.Table:
    """Put an apostrophe before every text that a spreadsheet would take for a formula; numbers stay numbers."""
    for at, column in enumerate(FLAT_COLUMNS):
        if column.type in {TEXT, LIST}:
            cells = table.column(at)
            found = pc.match_substring_regex(cells, _FORMULA)
            if pc.any(found).as_py():
                marked = pc.binary_join_element_wise("'", cells, "")
                table = table.set_column(at, column.name, pc.if_else(found, marked, cells))
    return table
