"""Incidents as a workbook (Office Open XML, ECMA-376), written straight into its archive, row by row.

A library would hold all rows, or write them twice; what stands here is the small part of the format that a table needs.
"""

import datetime as dt
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, cast

import pyarrow as pa
import pyarrow.compute as pc

from incidents.editions.edition import Edition
from incidents.editions.flat import DAY, FLAT_COLUMNS, NUMBER, WHOLE
from incidents.errors import TooManyRows
from incidents.exporting.about import describe, say_about
from incidents.exporting.flattening import JOINT, Basket, join_lists
from incidents.exporting.markup import enclose, escape, escape_cells, join_rows
from incidents.filters import IncidentFilter

MOST_ROWS = 1_048_576
"""Lines that a worksheet holds, the header among them."""

_LONGEST = 32_000  # units of UTF-16, of the 32,767 that a cell holds
_PACKED_LEVEL = 3
# Days of a workbook are counted from here; those before March 1900 it counts wrongly.
_FIRST_DAY, _EPOCH = dt.date(1900, 3, 1), 25_569
# Beyond these an archive must say so from its beginning.
_LARGE = 400_000
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEETS = ("Incidents", "Columns", "About")
_TEXT = ('<c t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>")
_HEAD = ('<c t="inlineStr" s="2"><is><t>', "</t></is></c>")


def xlsx_blocks(edition: Edition, filter_: IncidentFilter, base_url: str = "") -> Iterator[bytes]:
    """Give the matching incidents as a workbook, piece by piece: a sheet of them, one of its columns, one about it.

    Raises TooManyRows at once where they do not fit on a sheet.
    """
    matched = edition.counts(filter_).matched
    if matched >= MOST_ROWS:
        msg = f"A worksheet holds {MOST_ROWS:,} lines; these are {matched:,} records and a header."
        raise TooManyRows(msg)
    return _write(edition, filter_, base_url, matched)


def _write(edition: Edition, filter_: IncidentFilter, base_url: str, matched: int) -> Iterator[bytes]:
    basket = Basket()
    with zipfile.ZipFile(cast("IO[bytes]", basket), "w") as archive:
        for name, text in _frame().items():
            archive.writestr(_entry(name), text)
        with archive.open(_entry("xl/worksheets/sheet1.xml"), "w", force_zip64=matched > _LARGE) as sheet:
            sheet.write(_open_sheet([_width(column.name) for column in FLAT_COLUMNS]))
            sheet.write(_row((column.name for column in FLAT_COLUMNS), _HEAD))
            line = 2
            for rows in edition.flat_rows(filter_, base_url):
                sheet.write(join_rows(_cells(join_lists(rows), line)))
                line += len(rows)
                yield from basket.take()
            last = f"{_letters(len(FLAT_COLUMNS))}{matched + 1}"
            sheet.write(f'</sheetData><autoFilter ref="A1:{last}"/></worksheet>'.encode())
        columns = [(column.name, column.hxl, column.says) for column in FLAT_COLUMNS]
        about = say_about(describe(edition, filter_, base_url), matched, f"Lists are joined by “{JOINT}”.")
        archive.writestr(_entry("xl/worksheets/sheet2.xml"), _small(("column", "HXL", "meaning"), columns))
        archive.writestr(_entry("xl/worksheets/sheet3.xml"), _small(("about this file", ""), about))
    yield from basket.take()


def _entry(name: str) -> zipfile.ZipInfo:
    """Describe a part of the archive, whose time is always the same."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry._compresslevel = _PACKED_LEVEL  # type: ignore[attr-defined] # noqa: SLF001 - public only from Python 3.13 on
    return entry


def _cells(table: pa.Table, line: int) -> list[object]:
    # ECMA-376 lets a row go without its number; GDAL complains of each that does.
    cells: list[object] = [enclose('<row r="', pa.array(range(line, line + len(table))), '">')]
    for at, column in enumerate(FLAT_COLUMNS):
        values = table.column(at)
        if column.type in {WHOLE, NUMBER}:
            cells.append(enclose("<c><v>", values, "</v></c>", "<c/>"))
        elif column.type == DAY:
            early = enclose(_TEXT[0], values, _TEXT[1], "<c/>")
            serial = pc.add(values.cast(pa.int32()), _EPOCH)
            counted = enclose('<c s="1"><v>', serial, "</v></c>", "<c/>")
            is_early = pc.fill_null(pc.less(values, pa.scalar(_FIRST_DAY)), fill_value=True)
            cells.append(pc.if_else(is_early, early, counted))
        else:
            cells.append(enclose(_TEXT[0], _fit(values), _TEXT[1], "<c/>"))
    return [*cells, "</row>"]


def _fit(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Cut what is longer than a cell holds, with a mark; and keep a workbook from reading "_x0041_" as one letter."""
    # No text has more units of UTF-16 than bytes of UTF-8.
    if (pc.max(pc.binary_length(texts)).as_py() or 0) > _LONGEST:
        texts = pa.chunked_array([[text and _cut(text) for text in texts.to_pylist()]], pa.string())
    return escape_cells(pc.replace_substring_regex(texts, "_(x[0-9A-Fa-f]{4}_)", r"_x005F_\1"))


def _cut(text: str) -> str:
    units = text.encode("utf-16-le")
    return text if len(units) <= 2 * _LONGEST else units[: 2 * _LONGEST].decode("utf-16-le", "ignore") + "… (cut)"


def _small(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Give a sheet of a few rows of text."""
    body = b"".join([_row(head, _HEAD), *(_row(row, _TEXT, line) for line, row in enumerate(rows, 2))])
    return _open_sheet([28, 60, 60][: len(head)]) + body + b"</sheetData></worksheet>"


def _row(texts: Iterable[str], around: tuple[str, str], line: int = 1) -> bytes:
    return (f'<row r="{line}">' + "".join(around[0] + escape(text) + around[1] for text in texts) + "</row>").encode()


def _open_sheet(widths: Sequence[int]) -> bytes:
    cols = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(widths, 1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        f'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>{cols}</cols><sheetData>'
    ).encode()


def _width(name: str) -> int:
    return {"title": 48, "summary": 48, "url": 40, "sources": 48}.get(name, max(11, len(name) + 2))


def _letters(number: int) -> str:
    """Give the letters of a column, from 1: "A", "Z", "AA"."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _frame() -> dict[str, str]:
    """Give the parts of the archive that are the same in every workbook."""
    numbers = range(1, len(_SHEETS) + 1)
    main = "application/xml", "application/vnd.openxmlformats-package.relationships+xml"
    types = [
        f'<Default Extension="{end}" ContentType="{is_}"/>' for end, is_ in zip(("xml", "rels"), main, strict=True)
    ]
    parts = {"workbook": "sheet.main", "styles": "styles"} | {f"worksheets/sheet{n}": "worksheet" for n in numbers}
    types += [f'<Override PartName="/xl/{part}.xml" ContentType="{_TYPE}.{is_}+xml"/>' for part, is_ in parts.items()]
    sheets = [f'<sheet name="{_SHEETS[n - 1]}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers]
    bound = [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    return {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">{"".join(types)}</Types>',
        "_rels/.rels": _relate([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{"".join(sheets)}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": _relate([*bound, ("styles", "styles.xml")]),
        "xl/styles.xml": _STYLES,
    }


def _relate(targets: Sequence[tuple[str, str]]) -> str:
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/{what}" Target="{target}"/>'
        for n, (what, target) in enumerate(targets, 1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{related}</Relationships>'


# Plain, a day as 2022-09-16, and bold.
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/>'
    '<name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill>'
    '<patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1">'
    '<xf/></cellStyleXfs><cellXfs count="3"><xf xfId="0"/><xf numFmtId="164" applyNumberFormat="1" xfId="0"/>'
    '<xf fontId="1" applyFont="1" xfId="0"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" '
    'builtinId="0"/></cellStyles></styleSheet>'
)
