"""Answers that are recalled before the framework sees the request: the same ones, and only while nothing changed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app, recalling
from app.logs import configure_logs
from app.settings import Settings
from incidents.editions.tombstones import add_tombstone
from incidents.saved_maps import SavedMap, remove_map, save_map
from tests.factories import make_id, make_public, make_random_rows, write_edition

GZIP = {"Accept-Encoding": "gzip"}


def whole(answer: TestResponse) -> tuple[object, ...]:
    """Give all that a reader gets."""
    return answer.status, answer.data, list(answer.headers)


class Reader:
    """A reader of a site, who knows how often the framework was asked."""

    def __init__(self, app: Flask, host: str = "localhost") -> None:
        self.client = app.test_client()
        self.client.environ_base["HTTP_HOST"] = host
        self.asked = 0
        app.before_request_funcs.setdefault(None, []).append(self._count)

    def _count(self) -> None:
        self.asked += 1

    def get_twice(self, address: str, **headers: str) -> tuple[int, bytes]:
        """Ask for the same twice; both answers must be one, the second of which the framework did not make."""
        first = self.client.get(address, headers=headers)
        asked = self.asked
        again = self.client.get(address, headers=headers)
        assert whole(again) == whole(first), address
        assert self.asked == asked, f"{address} was not recalled"
        return again.status_code, again.data


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a folder with editions 1 and 2."""
    root = tmp_path / "editions"
    write_edition(root, [make_public(1), make_public(2)])
    write_edition(root, [make_public(1), make_public(2), make_public(3)], "2")
    return root


@pytest.fixture
def reader(root: Path) -> Reader:
    """Be a reader of it."""
    return Reader(create_app(Settings(data_dir=root.parent)))


def test_pages_and_data_are_the_same_when_recalled(settings: Settings, every_address: list[str]) -> None:
    reader = Reader(create_app(settings), "map.example.org")
    recalled = 0
    for address in every_address:
        for encoding in ({}, GZIP):
            first = reader.client.get(address, headers=encoding)
            asked = reader.asked
            again = reader.client.get(address, headers=encoding)
            if reader.asked == asked:
                recalled += 1
                assert whole(again) == whole(first), address
                reader.get_twice(address, **encoding, **{"If-None-Match": first.headers["ETag"]})
    # What is sent as it is made, and that all is well, is made anew: files, pages of features, columns of all rows.
    assert recalled > len(every_address)


@pytest.mark.parametrize("address", ["/", "/editions/2/clusters.arrow?across=8", "/regions.geojson?kind=airstrike"])
def test_the_first_views_are_recalled(reader: Reader, address: str) -> None:
    assert reader.get_twice(address)[0] == 200
    tag = reader.client.get(address).headers["ETag"]
    assert reader.get_twice(address, **{"If-None-Match": tag}) == (304, b"")


def withdraw(root: Path) -> None:
    add_tombstone(root, [make_id(2)], reason="safety", at="2026-01-03T00:00:00+00:00")


def publish(root: Path) -> None:
    write_edition(root, make_random_rows(9), "3")


def prune(root: Path) -> None:
    (root / "1").rename(root / ".making-removed-1")


@pytest.mark.parametrize(
    ("change", "address"),
    [
        (withdraw, "/incidents"),
        (withdraw, "/editions/2/clusters.arrow?across=8"),
        (withdraw, f"/incidents/{make_id(2)}"),
        (withdraw, "/editions/1/tallies.json"),
        (publish, "/incidents"),
        (publish, "/editions/2/tallies.json"),
        (publish, "/incidents?edition=1"),
        (prune, "/incidents?edition=1"),
        (prune, "/data"),
        (lambda root: save_map(root, SavedMap("new", "Another map"), by=1), "/maps"),
    ],
)
def test_whatever_changes_is_seen_at_once(
    root: Path, reader: Reader, change: Callable[[Path], object], address: str
) -> None:
    reader.get_twice(address)
    before = reader.client.get(address)
    change(root)
    after = reader.client.get(address)
    assert whole(after) != whole(before)
    assert reader.client.get(address).status == after.status


def test_a_map_that_is_removed_is_gone_at_once(root: Path, reader: Reader) -> None:
    kept = save_map(root, SavedMap("quiet", "Quiet"), by=1, unlisted=True)
    assert reader.get_twice(f"/maps/{kept.secret}")[0] == 200
    remove_map(root, "quiet", by=1)
    assert reader.client.get(f"/maps/{kept.secret}").status_code == 404


def test_what_was_made_while_something_changed_is_not_recalled(
    root: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make_late(*_: object, **__: object) -> str:
        withdraw(root)
        return "of before"

    monkeypatch.setattr("app.public.pages.render_template", make_late)
    assert reader.client.get("/incidents").data == b"of before"
    monkeypatch.setattr("app.public.pages.render_template", lambda *_, **__: "of after")
    assert reader.client.get("/incidents").data == b"of after"


def test_other_questions_are_other_answers(reader: Reader) -> None:
    body = reader.get_twice("/editions/2/tallies.json")[1]
    assert reader.client.get("/editions/2/tallies.json", headers={"Range": "bytes=0-9"}).data == body[:10]
    assert reader.client.head("/editions/2/tallies.json").data == b""
    assert reader.client.post("/editions/2/tallies.json").status_code == 405
    assert reader.client.get("/editions/2/tallies.json?kind=shelling").data != body
    assert reader.client.get("/editions/2/tallies.json?kind=nonsense").status_code == 400
    assert reader.client.get("/editions/2/tallies.json", headers={"Host": "evil.example"}).status_code == 400
    assert reader.client.get("/api/collections", headers={"Accept": "text/html"}).mimetype == "text/html"
    assert reader.client.get("/api/collections", headers={"Accept": "application/json"}).mimetype == "application/json"


def test_a_recalled_answer_has_its_line_in_the_log(reader: Reader, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()
    reader.get_twice("/incidents?q=headmaster", Referer="https://mail.example/inbox")
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["method"], line["route"], line["status"]) for line in told] == [("GET", "/incidents", 200)] * 2
    assert {key for line in told for key in line} == {"event", "level", "timestamp", "method", "route", "status", "ms"}


def test_an_operator_who_asks_for_more_gets_it_of_recalled_answers(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings.from_env({"BEARING_DATA_DIR": str(root.parent), "BEARING_LOG_READERS": "yes"})
    reader = Reader(create_app(settings))
    kept = save_map(root, SavedMap("quiet", "Quiet"), by=1, unlisted=True)
    configure_logs()
    for address in ("/incidents?q=school", f"/maps/{kept.secret}"):
        reader.get_twice(address, Referer="https://mail.example/inbox")
    first, again, secret, secret_again = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    for made, recalled in ((first, again), (secret, secret_again)):
        assert {**recalled, "ms": 0, "timestamp": ""} == {**made, "ms": 0, "timestamp": ""}
    assert (again["path"], again["query"], again["address"]) == ("/incidents", "q=school", "127.0.0.1")
    assert secret_again["path"] == "/maps/..."


def test_no_more_than_so_many_are_held(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalling, "_MOST_HEADS", 3)
    for limit in range(1, 8):
        reader.get_twice(f"/incidents?limit={limit}")
    asked = reader.asked
    for limit in (5, 6, 7):
        reader.client.get(f"/incidents?limit={limit}")
    assert reader.asked == asked
    reader.client.get("/incidents?limit=1")
    assert reader.asked == asked + 1
    # A question as long as this would take the place of many.
    for _ in range(2):
        assert reader.client.get(f"/incidents?q={'school ' * 30}{'%20' * 700}").status_code in {200, 400}
    assert reader.asked == asked + 3
