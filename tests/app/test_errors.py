import json
import re
from pathlib import Path

import duckdb
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.errors import STATUS, status_of
from app.reasons import AMENDED_FOR, WITHDRAWN_FOR
from app.settings import Settings
from incidents.editions.edition import Edition
from incidents.editions.errors import EditionError, NoEditionYet, QueryTooSlow
from incidents.editions.tombstones import add_tombstone
from incidents.errors import BadFilter
from incidents.restricting import Reason
from tests.factories import make_id, make_public, write_edition


def assert_error(response: TestResponse, status: int, *, code: str, parameter: str | None = None) -> None:
    """Hold an answer against the one shape of errors."""
    assert response.status_code == status
    assert response.mimetype == "application/json"
    error = response.json["error"]  # type: ignore[index]
    assert set(error) == {"status", "code", "title", "what", "todo", "parameter"}
    assert (error["status"], error["code"], error["parameter"]) == (status, code, parameter)
    assert error["title"]
    assert error["todo"]


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("/incidents.geojson?kind=nonsense", "kind"),
        ("/incidents.geojson?aircraft=broomstick", "aircraft"),
        ("/incidents.geojson?region=a%20b", "region"),
        ("/incidents.geojson?region=ZZ", "region"),
        ("/incidents.geojson?region=MM-99", "region"),
        ("/editions/1/clusters.arrow?across=4&region=Sagaing", "region"),
        ("/api/collections/incidents/items?region=mm-01", "region"),
        ("/api/counts?by=kind&region=ZZ", "region"),
        ("/incidents.geojson?from=yesterday", "from"),
        ("/incidents.geojson?from=2022-13", "from"),
        ("/incidents.geojson?to=2022-02-30", "to"),
        ("/incidents.geojson?from=2022&to=2021", "to"),
        ("/incidents.geojson?grade=good", "grade"),
        ("/incidents.geojson?precision=metres", "precision"),
        ("/incidents.geojson?undated=maybe", "undated"),
        ("/incidents.geojson?bbox=1,2,3", "bbox"),
        ("/incidents.geojson?bbox=nan,0,0,0", "bbox"),
        ("/incidents.geojson?bbox=0,80,0,100", "bbox"),
        ("/incidents.geojson?q=" + "x" * 301, "q"),
        ("/incidents.geojson?q=a%00b", "q"),
        ("/incidents.geojson?q=a&q=b", "q"),
        ("/incidents.geojson?edition=seven", "edition"),
        ("/incidents.geojson?sort=title", "sort"),
        ("/incidents.geojson?utm_source=x", "utm_source"),
        ("/editions/1/rows.json", "n"),
        ("/editions/1/rows.json?n=x", "n"),
        ("/editions/1/rows.json?n=99999", "n"),
        ("/editions/1/rows.json?id=7", "id"),
        ("/editions/1/rows.json?id=", "id"),
        (f"/editions/1/rows.json?n=1&id={1:032x}", "n"),
        ("/editions/1/rows.json?n=1&kind=airstrike", "kind"),
        ("/editions/1/columns.arrow?kind=nonsense", "kind"),
        ("/editions/1/matches.json?edition=1", "edition"),
    ],
)
def test_what_is_malformed_or_unknown_is_refused_by_name(client: FlaskClient, address: str, parameter: str) -> None:
    assert_error(client.get(address), 400, code=f"bad_{parameter}", parameter=parameter)


@pytest.mark.parametrize("address", ["/", "/incidents", "/embed", "/incidents.geojson"])
def test_a_region_is_one_that_the_edition_or_the_world_has(client: FlaskClient, address: str) -> None:
    for code in ("MM-01", "MM-18", "NO", "none"):
        assert client.get(f"{address}?region={code}").status_code == 200, code
    refused = client.get(f"{address}?region=mm-01")
    assert refused.status_code == 400
    assert "did you mean MM-01?" in refused.text


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("/?kind=nonsense", "kind"),
        ("/?sort=title", "sort"),
        ("/embed?limit=3", "limit"),
        ("/incidents?sort=beauty", "sort"),
        ("/incidents?page=0", "page"),
        ("/incidents?page=999", "page"),
        ("/incidents?limit=100000", "limit"),
        ("/about?kind=airstrike", "kind"),
        ("/incidents/00000000000000000000000000000001?q=x", "q"),
    ],
)
def test_pages_say_so_on_a_page(client: FlaskClient, address: str, parameter: str) -> None:
    response = client.get(address)
    assert response.status_code == 400
    assert response.mimetype == "text/html"
    assert f"{parameter}: " in response.text.lower()


def test_in_a_frame_an_error_has_no_links_that_refuse_frames(client: FlaskClient) -> None:
    for address in ("/embed/nope", "/embed?kind=nonsense", f"/embed/incidents/{'0' * 32}"):
        text = client.get(address).text
        assert "<h1>" in text
        assert "masthead" not in text
        assert "footer" not in text
        links = re.findall(r"<a [^>]*>", text)
        assert all('target="_blank"' in link for link in links)
    assert "masthead" in client.get("/nothing-here").text


def test_who_asks_for_json_gets_json(client: FlaskClient) -> None:
    assert_error(client.get("/?kind=x", headers={"Accept": "application/json"}), 400, code="bad_kind", parameter="kind")
    assert_error(client.get("/nothing.json"), 404, code="not_found")
    assert client.get("/nothing", headers={"Accept": "text/html,*/*;q=0.8"}).mimetype == "text/html"


def test_what_is_not_there(client: FlaskClient) -> None:
    assert_error(client.get("/editions/9/columns.arrow"), 404, code="no_such_edition")
    assert_error(client.get("/editions/nine/columns.arrow"), 404, code="no_such_edition")
    assert_error(client.get("/incidents.geojson?edition=9"), 404, code="no_such_edition")
    assert client.get("/incidents/" + "f" * 32).status_code == 404
    assert client.get("/incidents/' OR 1=1 --").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/static/../factory.py",
        "/static/%2e%2e/factory.py",
        "/static/..%2f..%2fpyproject.toml",
        "/static//etc/passwd",
        "/basemap/0/../../pyproject.toml",
        "/editions/../1/columns.arrow",
        "/editions/%2e%2e/manifest.json",
        "/editions/1/incidents.duckdb",
        "/editions/1/manifest.json/..",
        "/editions/1/..%5cx",
        "/editions/current/columns.arrow",
        "/var/ledger.sqlite",
        "/static/built/",
    ],
)
def test_no_path_leads_out(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_base_map_holds_its_own_files_only(client: FlaskClient, app: Flask) -> None:
    for name in ("../points.py", "..%2fpoints.py", "%2e%2e/points.py", "/etc/passwd", "world.json/..", ""):
        assert client.get(app.extensions["bearing"].basemap_url + name).status_code == 404


def test_it_can_only_be_read(client: FlaskClient, every_address: list[str]) -> None:
    for address in every_address:
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            response = client.open(address, method=method)
            assert response.status_code == 405, (method, address)
            assert "GET" in response.headers["Allow"]


def test_an_amended_edition_is_gone_and_its_successor_named(tmp_path: Path) -> None:
    write_edition(tmp_path / "editions", [make_public(1), make_public(2)], "1")
    write_edition(tmp_path / "editions", [make_public(1)], "1.1")
    client = create_app(Settings(data_dir=tmp_path)).test_client()
    client.environ_base["HTTP_HOST"] = "localhost"
    response = client.get("/editions/1/columns.arrow")
    assert_error(response, 410, code="edition_amended")
    assert "1.1" in response.text


def test_where_nothing_is_published_every_page_says_so(tmp_path: Path) -> None:
    client = create_app(Settings(data_dir=tmp_path)).test_client()
    client.environ_base["HTTP_HOST"] = "localhost"
    for address in ("/", "/incidents", "/about", "/embed", "/incidents.geojson", "/healthz"):
        response = client.get(address)
        assert response.status_code == 503, address
        assert response.headers["Retry-After"]
    assert_error(client.get("/incidents.geojson"), 503, code="nothing_published")


def test_a_question_that_takes_too_long_is_told_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        msg = "it took too long"
        raise QueryTooSlow(msg)

    monkeypatch.setattr("incidents.editions.edition.Edition.matches", refuse)
    assert_error(client.get("/editions/1/matches.json?q=slow"), 503, code="too_slow")


def test_a_question_that_is_too_large_is_not_to_be_asked_again(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(edition: Edition, *_: object) -> None:
        with edition.asking():
            msg = "out of memory"
            raise duckdb.OutOfMemoryException(msg)

    monkeypatch.setattr("incidents.editions.edition.Edition.matches", refuse)
    response = client.get("/editions/1/matches.json?q=large")
    assert_error(response, 400, code="too_much")
    assert "Retry-After" not in response.headers


@pytest.mark.parametrize("address", ["/incidents?limit=3", "/editions/1/matches.json?q=boom"])
def test_an_unforeseen_error_tells_neither_reader_nor_log_what_it_was_about(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    from app.logs import configure_logs

    def fail(*_: object) -> None:
        msg = "Let Yet Kone 95.4012 22.6834"
        raise RuntimeError(msg)

    for name in ("matches", "counts"):
        monkeypatch.setattr(f"incidents.editions.edition.Edition.{name}", fail)
    configure_logs()
    response = client.get(address)
    log = capsys.readouterr().err
    assert response.status_code == 500
    for said in (response.text, log):
        assert "Let Yet Kone" not in said
        assert "95.4" not in said
    failed = [json.loads(line) for line in log.splitlines() if '"failed"' in line]
    assert failed[0]["error"] == "RuntimeError"
    assert any("app/test_errors.py:" in frame for frame in failed[0]["where"])


def test_the_table_finds_the_nearest_class() -> None:
    class Special(BadFilter):
        pass

    assert status_of(Special("x", "y")) is STATUS[BadFilter]
    assert status_of(NoEditionYet("x")) is STATUS[NoEditionYet]
    assert status_of(EditionError("x")) is None


def test_a_record_that_was_taken_back_says_so(tmp_path: Path) -> None:
    write_edition(tmp_path / "editions", [make_public(1)])
    client = create_app(Settings(data_dir=tmp_path)).test_client()
    assert client.get(f"/incidents/{make_id(1)}").status_code == 200
    add_tombstone(tmp_path / "editions", [make_id(1)], reason="source_retracted", at="2026-03-04T05:06:07+00:00")
    answer = client.get(f"/incidents/{make_id(1)}")
    assert answer.status_code == 410
    assert "It was taken back on 4 March 2026: its source took it back." in answer.text
    assert "village" not in answer.text
    data = client.get(f"/editions/1/rows.json?id={make_id(1)}")
    assert_error(data, 410, code="incident_withdrawn")
    assert "village" not in data.text
    # What is held back for another reason, or was never there, is not told apart.
    add_tombstone(tmp_path / "editions", [make_id(2)], reason="embargo", at="2026-03-04T05:06:07+00:00")
    for number in (2, 3):
        assert client.get(f"/incidents/{make_id(number)}").status_code == 404


def test_every_reason_of_a_withdrawal_has_words_for_readers() -> None:
    assert set(WITHDRAWN_FOR) == set(Reason)
    assert {*WITHDRAWN_FOR, "location", "embargo", "reconciled"} == set(AMENDED_FOR)
