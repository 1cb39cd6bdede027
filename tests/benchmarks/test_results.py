"""A benchmark's results outlast a shorter run, and say which program they are of."""

from tests.benchmarks.conftest import join_runs


def test_a_shorter_run_erases_nothing_of_a_longer_one() -> None:
    head = "# What was measured\n\n- program: abc of 2026-01-01\n\n"
    before = f"{head}## Way: 10 rows\n\n| old |\n\n## Way: 1,000 rows\n\nNote\n\n| long |\n"
    parts = join_runs(before, ["## Way: 10 rows\n\n| new |"])
    kept = "## Way: 1,000 rows\n\nKept from an earlier run, made by abc of 2026-01-01.\n\nNote\n\n| long |"
    assert parts == [kept, "## Way: 10 rows\n\n| new |"]
    again = "# What was measured\n\n- program: def of 2026-02-01\n\n" + "\n\n".join(parts) + "\n"
    assert join_runs(again, ["## Way: 10 rows\n\n| newest |"]) == [kept, "## Way: 10 rows\n\n| newest |"]
    assert join_runs("", ["## A\n\n| a |"]) == ["## A\n\n| a |"]
