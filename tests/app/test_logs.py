import json

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.logs import configure_logs
from app.settings import Settings

READER = {
    "headers": {"Host": "localhost", "Referer": "https://mail.example/inbox", "User-Agent": "Browser of a reader"},
    "environ_base": {"REMOTE_ADDR": "203.0.113.9"},
}


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_tells_the_route_and_nothing_of_the_reader(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs()
    for address in ("/incidents/" + "f" * 32, "/incidents?q=headmaster", "/secret-path", "/?kind=headmaster"):
        client.get(address, **READER)
    told = lines(capsys)
    assert [(line["route"], line["status"]) for line in told] == [
        ("/incidents/<incident_id>", 404),
        ("/incidents", 200),
        (None, 404),
        ("/", 400),
    ]
    assert {key for line in told for key in line} == {"event", "level", "timestamp", "method", "route", "status", "ms"}
    for word in ("headmaster", "203.0.113", "mail.example", "ffff", "secret-path", "Browser"):
        assert word not in json.dumps(told)


def test_that_all_is_well_is_no_news(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()
    client.get("/healthz")
    assert not lines(capsys)


def test_an_operator_may_ask_for_more(data_dir: object, capsys: pytest.CaptureFixture[str]) -> None:
    app = create_app(Settings.from_env({"BEARING_DATA_DIR": str(data_dir), "BEARING_LOG_READERS": "yes"}))
    configure_logs()
    app.test_client().get("/incidents?q=school", **READER)
    (line,) = lines(capsys)
    assert line["address"] == "203.0.113.9"
    assert line["path"] == "/incidents"
    assert line["query"] == "q=school"
    assert line["referrer"] == "https://mail.example/inbox"


def test_a_line_cannot_be_forged(data_dir: object, capsys: pytest.CaptureFixture[str]) -> None:
    app = create_app(Settings.from_env({"BEARING_DATA_DIR": str(data_dir), "BEARING_LOG_READERS": "yes"}))
    configure_logs()
    app.test_client().get('/%0a{"event":"forged"}', headers={"Host": "localhost"})
    (line,) = lines(capsys)
    assert line["event"] == "answered"


def test_a_log_that_cannot_be_written_stops_no_answer(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def write(self, _: str) -> int:
            raise OSError(28, "No space left on device")

        def flush(self) -> None:
            raise OSError(28, "No space left on device")

    configure_logs()
    monkeypatch.setattr("sys.stderr", Full())
    assert client.get("/incidents").status_code == 200
    assert client.get("/nothing").status_code == 404
