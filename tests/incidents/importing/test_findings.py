"""The report: row, column, value, rule and what to do, safe to open in a spreadsheet."""

import csv
import io

from incidents.importing.findings import Findings, Place, Severity, count_rules, write_report


def test_the_report_is_csv_in_the_order_of_the_rows() -> None:
    findings = Findings()
    findings.warning(Place(9, "b"), "best", "3", "is odd", "kept")
    findings.error(Place(2, "a"), "low", 'x "y", z', "must be a number", "correct it")
    text = io.StringIO(newline="")
    write_report(text, findings.all())
    assert text.getvalue().endswith("\r\n")
    rows = list(csv.reader(io.StringIO(text.getvalue())))
    assert rows == [
        ["severity", "row", "id", "column", "value", "rule", "action"],
        ["error", "2", "a", "low", 'x "y", z', "must be a number", "correct it"],
        ["warning", "9", "b", "best", "3", "is odd", "kept"],
    ]


def test_no_cell_of_the_report_runs_as_a_formula() -> None:
    findings = Findings()
    for value in ("=1+1", "+cmd", "@SUM(A1)", "-1+cmd", "\tx", "-1", "-0.5"):
        findings.error(Place(2), "c", value, "r", "a")
    text = io.StringIO(newline="")
    write_report(text, findings.all())
    values = [row["value"] for row in csv.DictReader(io.StringIO(text.getvalue(), newline=""))]
    assert values == ["'=1+1", "'+cmd", "'@SUM(A1)", "'-1+cmd", "'\tx", "-1", "-0.5"]


def test_long_values_are_cut() -> None:
    findings = Findings()
    findings.warning(Place(2), "c", "x" * 5_000, "r", "a")
    (finding,) = findings.all()
    assert finding.value is not None
    assert len(finding.value) < 310


def test_rules_are_counted_errors_first() -> None:
    findings = Findings()
    for _ in range(3):
        findings.warning(Place(2), None, None, "odd", "kept")
    findings.error(Place(2), None, None, "wrong", "correct it")
    assert count_rules(findings.all()) == [(Severity.ERROR, "wrong", 1), (Severity.WARNING, "odd", 3)]
    assert (findings.errors, findings.warnings) == (1, 3)
