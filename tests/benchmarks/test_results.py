"""A benchmark's results outlast a shorter run, say which program they are of, and how they grow."""

from pathlib import Path

import pytest

from tests.benchmarks.conftest import Results, join_runs
from tests.benchmarks.tables import describe_growth, finish, make_table


def test_a_shorter_run_erases_nothing_of_a_longer_one() -> None:
    head = "# What was measured\n\n- program: abc of 2026-01-01\n\n"
    before = f"{head}## Way: 10 rows\n\n| old |\n\n## Way: 1,000 rows\n\nNote\n\n| long |\n"
    parts = join_runs(before, ["## Way: 10 rows\n\n| new |"])
    kept = "## Way: 1,000 rows\n\nKept from an earlier run, made by abc of 2026-01-01.\n\nNote\n\n| long |"
    assert parts == [kept, "## Way: 10 rows\n\n| new |"]
    again = "# What was measured\n\n- program: def of 2026-02-01\n\n" + "\n\n".join(parts) + "\n"
    assert join_runs(again, ["## Way: 10 rows\n\n| newest |"]) == [kept, "## Way: 10 rows\n\n| newest |"]
    assert join_runs("", ["## A\n\n| a |"]) == ["## A\n\n| a |"]


def sizes() -> list[str]:
    return [
        make_table(
            f"{rows:,} incidents in Chromium",
            ["", "promised", "Bearing", "Marker"],
            [["first events after, ms", 9, ms, 8]],
        )
        for rows, ms in ((1_000_000, 700), (10_000, 600))
    ] + [
        make_table(
            f"Clusters and counts of {rows:,} rows, in process, ms",
            ["filter", "rows", "clusters", "the same in DuckDB", "tallies"],
            [["everything", rows, slow, "99,999.0", "1.0"], ["a year", "7", "–", "–", "0.5"]],
        )
        for rows, slow in ((10_000, "1.5"), (1_000_000, "1,050.0"))
    ]


def test_growth_is_read_from_the_tables_of_each_size() -> None:
    lines = describe_growth(sizes()).splitlines()
    assert [line.split(" | ")[0] for line in lines[-2:]] == ["| 10,000", "| 1,000,000"]
    assert lines[-2].endswith("| 1.5 ms: everything, clusters | – |")
    assert lines[-1].endswith(
        "| 1,050.0 ms: everything, clusters | 700.0 ×: everything, clusters; 700.0 × the worst, for 100 × the rows |"
    )
    assert "| 700 |" in lines[-1]
    assert describe_growth(sizes()[:1]) == ""


def test_growth_knows_questions_that_other_tables_ask() -> None:
    further = [
        make_table(
            f"Further questions of {rows:,} rows, in process, ms", ["asked for", "of everything", "of a year"], [row]
        )
        for rows, row in ((10_000, ["a list", "0.20", "–"]), (1_000_000, ["a list", "2,000.0", "–"]))
    ]
    last = describe_growth([*sizes(), *further]).splitlines()[-1]
    assert "| 2,000.0 ms: a list, of everything |" in last
    assert "| 10,000.0 ×: a list, of everything; 1,333.3 × the worst, for 100 × the rows |" in last


def test_what_is_finished_stays_as_it_is() -> None:
    assert finish(finish(sizes())) == finish(sizes())


def test_what_a_run_has_is_written_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.benchmarks.conftest.measure_pace", lambda: 0.4)
    path = tmp_path / "RESULTS.md"
    Results(path).add("Old", ["a"], [["1"]])
    results = Results(path)
    results.add("New", ["a"], [["2"]], "Note", "After")
    results.add("Newer", ["a"], [["3"]])
    text = path.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## Old", "## New", "## Newer"]
    pace = "Ten million numbers added up in a loop of Python took 0.40 s on the machine as it was just then."
    assert f"Note {pace}\n\n| a |\n| --- |\n| 2 |\n\nAfter" in text
