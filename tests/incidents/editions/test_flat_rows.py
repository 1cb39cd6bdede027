"""Rows as tables have them: the same from the edition's own file as by a question, and nothing that was taken back."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from incidents.editions import flat_rows
from incidents.editions.edition import Edition
from incidents.editions.flat import AREA, FLAT_SCHEMA
from incidents.filters import IncidentFilter
from tests.factories import make_id, make_random_rows, write_edition

ROWS, GROUP = 400, 64
FILTERS = (
    IncidentFilter(),
    IncidentFilter(kind=("airstrike", "shelling", "port_call")),
    IncidentFilter(words=("mandalay",)),
    IncidentFilter(kind=("protest",), undated=False),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an edition whose file has several groups of rows."""
    root = tmp_path_factory.mktemp("flat")
    write_edition(root, make_random_rows(ROWS))
    path = root / "1" / "incidents.parquet"
    pq.write_table(pq.read_table(path), path, row_group_size=GROUP)
    return root / "1"


def read(edition: Edition, filter_: IncidentFilter, *, areas: bool) -> list[dict[str, Any]]:
    tables = list(edition.flat_rows(filter_, "https://map.example.org", areas=areas))
    for table in tables:
        assert len(table)
        assert table.schema.names == [*FLAT_SCHEMA.names, "geometry", *(AREA.names if areas else ())]
    return [row for table in tables for row in table.to_pylist()]


@pytest.mark.parametrize("hidden", [(), tuple(make_id(number) for number in range(1, 60))])
@pytest.mark.parametrize("areas", [False, True])
@pytest.mark.parametrize("filter_", FILTERS)
def test_the_file_and_a_question_give_the_same(
    folder: Path, filter_: IncidentFilter, hidden: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, *, areas: bool
) -> None:
    edition = Edition(folder, hidden)
    monkeypatch.setattr(flat_rows, "_FEW", ROWS + 1)
    asked = read(edition, filter_, areas=areas)
    details = edition.details_by_number(edition.numbers([filter_]).tolist())
    assert [row["id"] for row in asked] == [detail["id"] for detail in details]
    assert asked
    monkeypatch.setattr(flat_rows, "_FEW", 0)
    # All groups are read; or those alone of which a quarter is wanted, and the others' rows are asked for.
    for share in (GROUP, 4):
        monkeypatch.setattr(flat_rows, "_SHARE", share)
        assert read(edition, filter_, areas=areas) == asked
    told = {id_ for row in asked for id_ in (row["id"], *row["same_as"])}
    assert not told.intersection(hidden)
    edition.close()


def test_who_links_to_what_was_taken_back_names_it_no_more(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flat_rows, "_FEW", 0)
    edition = Edition(folder)
    linked = {row["id"]: row["same_as"] for row in read(edition, IncidentFilter(), areas=False)}
    id_, (other, *_) = next(item for item in linked.items() if item[1])
    edition.close()
    rest = Edition(folder, [other])
    found = {row["id"]: row["same_as"] for row in read(rest, IncidentFilter(), areas=False)}
    assert other not in found
    assert found[id_] == [one for one in linked[id_] if one != other]
    rest.close()


@pytest.mark.parametrize("there", [False, True])
def test_without_a_file_with_its_columns_rows_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, there: bool
) -> None:
    write_edition(tmp_path, make_random_rows(20))
    path = tmp_path / "1" / "incidents.parquet"
    edition = Edition(tmp_path / "1")
    wanted = read(edition, IncidentFilter(), areas=False)
    edition.close()
    other = pq.read_table(path).drop_columns(["grade"])
    path.unlink()
    if there:
        pq.write_table(other, path)
    monkeypatch.setattr(flat_rows, "_FEW", 0)
    edition = Edition(tmp_path / "1")
    assert read(edition, IncidentFilter(), areas=False) == wanted
    edition.close()
