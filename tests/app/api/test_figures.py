"""Counts, taxonomy and regions as JSON for programs that want less than features."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from incidents.editions.writer import EditionWriter
from incidents.taxonomy import load_taxonomy
from tests.app.api.conftest import make_client, make_rows
from tests.app.test_errors import assert_error
from tests.factories import make_manifest, make_random_rows, regions_of, write_edition


def counts(client: FlaskClient, query: str = "") -> dict[str, Any]:
    response = client.get(f"/api/counts?{query}")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json  # type: ignore[assignment]  # it is JSON
    return found


def test_totals_count_linked_records_once_and_patterns_apart(api: FlaskClient) -> None:
    found = counts(api)
    # Nine records: the second of the first incident is no other incident, and a pattern is none.
    assert found["totals"] == {"records": 9, "incidents": 7, "patterns": 1}
    assert found["counts"] == [found["totals"]]
    assert found["by"] == []


def test_groups_add_up_to_the_records(api: FlaskClient) -> None:
    for by in ("region", "country", "month", "year", "kind", "grade", "precision", "dataset", "region,month,kind"):
        found = counts(api, f"by={by}")
        assert found["by"] == by.split(",")
        assert sum(group["records"] for group in found["counts"]) == 9
        groups = [tuple(group[name] for name in found["by"]) for group in found["counts"]]
        assert len(groups) == len(set(groups))


def test_a_month_is_one_that_all_its_days_lie_in(api: FlaskClient) -> None:
    months = {group["month"]: group["records"] for group in counts(api, "by=month")["counts"]}
    assert months == {"2019-03": 1, "2020-01": 1, "2020-06": 1, "2021-05": 1, "2022-09": 2, None: 3}
    years = {group["year"]: group["records"] for group in counts(api, "by=year")["counts"]}
    assert years == {"2019": 1, "2020": 2, "2021": 1, "2022": 3, None: 2}


def test_counts_heed_the_filters(api: FlaskClient) -> None:
    found = counts(api, "by=kind&region=MM&from=2022&to=2022&undated=hide")
    assert found["counts"] == [{"kind": "airstrike", "records": 3, "incidents": 1, "patterns": 1}]
    assert found["filter"] == {"region": "MM", "from": "2022-01-01", "to": "2022-12-31", "undated": "hide"}
    assert counts(api, "bbox=178,-18,-179,-16")["totals"]["records"] == 4


def test_counts_are_those_of_plain_python(tmp_path: Path) -> None:
    rows = list(make_random_rows(300, seed=7))
    write_edition(tmp_path / "editions", rows)
    found = counts(make_client(tmp_path), "by=kind,precision")
    expected = Counter((row.draft.kind, row.draft.location.precision.value) for row in rows)
    assert {(group["kind"], group["precision"]): group["records"] for group in found["counts"]} == expected


@pytest.fixture(scope="module")
def aggregated(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder = tmp_path_factory.mktemp("aggregated")
    root = folder / "editions"
    root.mkdir()
    with EditionWriter(root / "1", load_taxonomy(), regions_of) as writer:
        writer.add(make_rows())
        writer.add_aggregates(
            {
                ("acled", "MM-01", "2022-09", "airstrike"): 5,
                ("acled", "MM-01", "2022-10", "airstrike"): 7,
                ("acled", "MM-18", "2022-09", "shelling"): 11,
                ("acled", None, None, "shelling"): 13,
            }
        )
        writer.finish(make_manifest())
    (root / "current").symlink_to("1")
    return make_client(folder)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [{"dataset": "acled", "records": 36}]),
        ("by=kind", [
            {"dataset": "acled", "kind": "airstrike", "records": 12},
            {"dataset": "acled", "kind": "shelling", "records": 24},
        ]),
        ("by=region,month&kind=airstrike", [
            {"dataset": "acled", "region": "MM-01", "month": "2022-09", "records": 5},
            {"dataset": "acled", "region": "MM-01", "month": "2022-10", "records": 7},
        ]),
        ("by=country", [
            {"dataset": "acled", "country": "MM", "records": 23}, {"dataset": "acled", "country": None, "records": 13},
        ]),
        ("region=MM", [{"dataset": "acled", "records": 23}]),
        ("region=MM-18", [{"dataset": "acled", "records": 11}]),
        # A month that is not known may be this one.
        ("from=2022-10", [{"dataset": "acled", "records": 20}]),
        ("from=2022-10&undated=hide", [{"dataset": "acled", "records": 7}]),
        ("by=year", [
            {"dataset": "acled", "year": "2022", "records": 23}, {"dataset": "acled", "year": None, "records": 13},
        ]),
        # Nothing is known of these but region, month and kind: that is not zero.
        ("aircraft=mi-24", None), ("q=school", None), ("bbox=90,0,110,30", None), ("precision=near", None),
        ("grade=weak", None), ("by=precision", None), ("by=grade", None), ("region=MM-01-002", None),
    ],
)  # fmt: skip
def test_what_is_published_as_counts_alone_is_said_apart(aggregated: FlaskClient, query: str, expected: Any) -> None:
    found = counts(aggregated, query)
    assert found["aggregate_only"] == expected
    assert found["totals"]["records"] <= 9


def test_aggregates_are_no_features(aggregated: FlaskClient) -> None:
    found: Any = aggregated.get("/api/collections/incidents/items").json
    assert found["numberMatched"] == 9
    assert aggregated.get("/api/collections/shelling/items").json["features"] == []  # type: ignore[index]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("by=nonsense", "by"), ("by=", "by"), ("by=month,year", "by"), ("by=kind&by=region", "by"), ("f=json", "f"),
     ("limit=1", "limit"), ("kind=nonsense", "kind"), ("filter=TRUE", "filter"), ("by=kind%00", "by")],
)  # fmt: skip
def test_what_counts_do_not_understand_is_400(api: FlaskClient, query: str, parameter: str) -> None:
    assert_error(api.get(f"/api/counts?{query}"), 400, code=f"bad_{parameter}", parameter=parameter)


def test_taxonomy_and_regions(api: FlaskClient) -> None:
    taxonomy: Any = api.get("/api/taxonomy").json
    assert [kind["key"] for kind in taxonomy["kinds"]] == list(load_taxonomy().kinds)
    assert taxonomy["edition"] == "1"
    regions: Any = api.get("/api/regions").json
    assert [region["code"] for region in regions["regions"]] == ["MM", "MM-14", "MM-01"]
