"""Broken files: each is told in one clear sentence, and none is read in part without a word."""

import io

import pytest

from incidents.importing.errors import UnreadableFile
from incidents.importing.findings import Findings
from incidents.importing.tables import Row, Table

NEEDED = ("id", "best")


def rows_of(data: bytes) -> tuple[list[Row], Findings]:
    findings = Findings()
    return list(Table(io.BytesIO(data), NEEDED).rows(findings)), findings


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b" \r\n\n", "is empty"),
        (b"PK\x03\x04rest", "ZIP archive or a spreadsheet"),
        (b"\x1f\x8brest", "compressed"),
        ("id,best\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"id,best\n1,2\n2,caf\xe9\n", r"line 3: is not UTF-8 \(byte 0xe9\)"),
        (b"id,best\n1,\x00\n", "line 2: contains a NUL"),
        (b"id,low\n1,2\n", "row 1: lacks the column best"),
        (b"<html><body>Not found</body></html>", "none of the columns"),
        (b"id;best\n1;2\n", "separated by ';'"),
        (b"id,best,best\n1,2,3\n", "names more than once: best"),
        (b"id,best\n", "no row below it"),
        (b"id,best\n\n\n", "no row below it"),
        (b'id,best\n1,2\n2,"3\n3,4\n', "row 3: is not CSV"),
        (b'id,best\n1,2\n2,"3"x\n3,4\n', "row 3: is not CSV"),
    ],
)
def test_a_broken_file_says_what_is_wrong(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        rows_of(data)


def test_rows_of_the_wrong_length_are_errors_and_the_others_are_read() -> None:
    rows, findings = rows_of(b"id,best\n1,2\n2,3,4\n3\n4,5\n")
    assert [row.cells["id"] for row in rows] == ["1", "4"]
    assert [(finding.row, finding.id, finding.rule) for finding in findings.all()] == [
        (3, "2", "has 3 cells where the header has 2"),
        (4, "3", "has 1 cells where the header has 2"),
    ]
    assert findings.errors == 2


def test_line_breaks_in_cells_and_empty_lines_do_not_shift_the_numbering() -> None:
    rows, findings = rows_of(b'id,best\r\n1,"two\r\nlines, one cell"\r\n\r\n2,5\r\n')
    assert [(row.number, row.cells["best"]) for row in rows] == [(2, "two\r\nlines, one cell"), (4, "5")]
    assert not findings.all()


def test_a_mark_at_the_beginning_and_space_around_cells_are_no_part_of_them() -> None:
    rows, _ = rows_of(b"\xef\xbb\xbf id ,best\n 7 , 2\n")
    assert rows == [Row(2, {"id": "7", "best": "2"})]


def test_a_table_can_be_read_twice() -> None:
    table = Table(io.BytesIO(b"id,best\n1,2\n"), NEEDED)
    findings = Findings()
    assert list(table.rows(findings)) == list(table.rows(findings))


def test_characters_across_the_blocks_that_are_read_are_whole_and_wrong_ones_are_found() -> None:
    filler = b"1," + b"x" * 997 + b"\n"
    whole = b"id,best\n" + filler * 1_048 + b"1,"
    whole += b"y" * ((1 << 20) - len(whole) - 1) + "ကချင်".encode() + b"\n"
    rows, findings = rows_of(whole)
    assert len(rows) == 1_049
    assert rows[-1].cells["best"].endswith("yကချင်")
    assert not findings.all()
    with pytest.raises(UnreadableFile, match=r"line 1050: is not UTF-8 \(byte 0xe1\)"):
        rows_of(whole[: (1 << 20) + 1])


def test_separators_of_other_scripts_end_no_row() -> None:
    rows, _ = rows_of("id,best\n1,a\u2028b\x85c\x0bd\n".encode())
    assert [row.cells["best"] for row in rows] == ["a\u2028b\x85c\x0bd"]
