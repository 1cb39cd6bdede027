"""Counts by several groupings together, held against SQL over the same rows: the meaning said a second time."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geodata.bbox import BBox
from geodata.precision import Precision
from incidents.editions import grouping
from incidents.editions.edition import Edition
from incidents.editions.grouping import GROUPINGS
from incidents.editions.public import PublicIncident
from incidents.editions.tabulating import tabulate
from incidents.editions.tombstones import add_tombstone
from incidents.filters import NONE, IncidentFilter
from tests.factories import make_id, make_random_rows, make_store

SQL = {
    **{name: name for name in GROUPINGS},
    "month": "CASE WHEN strftime(earliest, '%Y-%m') = strftime(latest, '%Y-%m') THEN strftime(latest, '%Y-%m') END",
    "year": "CASE WHEN year(earliest) = year(latest) THEN strftime(latest, '%Y') END",
}
FILTERS = [
    IncidentFilter(),
    IncidentFilter(undated=False),
    IncidentFilter(kind=("airstrike", "shelling")),
    IncidentFilter(region=("MM-01",), precision=Precision.SETTLEMENT),
    IncidentFilter(bbox=BBox(90, 10, 100, 22)),
    IncidentFilter(words=("kalay",)),
    IncidentFilter(kind=NONE),
]


def linked_rows(count: int, seed: int) -> Iterator[PublicIncident]:
    """Make rows of which many are the same incident, patterns and several regions among them."""
    rng = random.Random(seed)  # noqa: S311 - chooses examples
    for number, row in enumerate(make_random_rows(count, seed), 1):
        links = (make_id(rng.randrange(1, count + 1)),) if rng.random() < 0.3 else row.links
        earliest = None if rng.random() < 0.1 else row.draft.earliest
        yield replace(row, id=make_id(number), draft=replace(row.draft, earliest=earliest), links=links)


@pytest.fixture(scope="module", params=["whole", "with rows taken back"])
def edition(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    root = tmp_path_factory.mktemp("editions")
    store = make_store(root, linked_rows(400, seed=11))
    if request.param != "whole":
        add_tombstone(root, [make_id(number) for number in range(3, 400, 7)], reason="safety", at="2026-01-01T00:00Z")
    return store.current()


def ask(edition: Edition, filter_: IncidentFilter, by: tuple[str, ...]) -> list[dict[str, Any]]:
    counts = "count(*), count(DISTINCT group_id) FILTER (extent = 'one'), count(DISTINCT group_id)"
    with edition.asking_among([filter_]) as (cursor, where):
        rows = cursor.execute(
            f"SELECT {', '.join(SQL[name] for name in by)}, {counts} FROM incident WHERE {where} "
            "GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    return [
        {**dict(zip(by, values, strict=True)), "records": records, "incidents": incidents, "patterns": all_ - incidents}
        for *values, records, incidents, all_ in rows
    ]


@pytest.mark.parametrize("filter_", FILTERS)
@pytest.mark.parametrize(
    "by", [*((name,) for name in GROUPINGS), ("region", "month", "kind"), ("kind", "grade"), GROUPINGS]
)
def test_groups_are_those_of_sql_in_its_order(
    edition: Edition, filter_: IncidentFilter, by: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the lesser bound groups are numbered anew again and again, as those of very many values are."""
    monkeypatch.setattr(grouping, "_BLOCK", 7)
    expected = ask(edition, filter_, by)
    for most in (grouping._MOST, 40):
        monkeypatch.setattr(grouping, "_MOST", most)
        table = tabulate(edition, filter_, by)
        assert [group for block in table.blocks() for group in block] == expected
        assert sum(group["records"] for group in expected) == table.totals["records"]


def test_nothing_that_is_taken_back_names_a_group(tmp_path: Path) -> None:
    rows = list(linked_rows(60, seed=2))
    store = make_store(tmp_path, rows)
    gone = max(filter(None, find_regions(store.current())))
    taken = [row.id for row in rows if gone in {region.code for region in row.draft.location.regions}]
    add_tombstone(tmp_path, taken, reason="safety", at="2026-01-01T00:00Z")
    left = find_regions(store.current())
    assert gone not in left
    assert left


def find_regions(edition: Edition) -> set[str | None]:
    blocks = edition.groups(IncidentFilter(), ("region",)).named()
    return {group["region"] for block in blocks for group in block}
