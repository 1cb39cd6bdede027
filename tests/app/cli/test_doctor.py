import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.assets.build import digest_of_inputs
from app.cli import bearing
from app.cli.doctor import Finding, check_folders, examine
from app.settings import Settings
from tests.factories import make_public, make_store, write_edition


def test_a_bad_setting_is_named(tmp_path: Path) -> None:
    (finding,) = examine({"BEARING_WORKERS": "many"})
    assert finding.state == "wrong"
    assert "BEARING_WORKERS" in finding.said


def test_every_wrong_or_strange_setting_has_a_line() -> None:
    wrong = {"BEARING_CACHE_SECONDS": "x", "BEARING_KEEP_EDITIONS": "y", "BEARING_WORKER": "3"}
    findings = list(examine(wrong))
    assert [(finding.state, finding.said.split()[0].rstrip(":")) for finding in findings] == [
        ("wrong", name) for name in wrong
    ]
    assert CliRunner().invoke(bearing, ["editions", "list"], env=wrong).stderr == (
        "Error: BEARING_CACHE_SECONDS: must be a whole number from 0 to 86400\n"
        "BEARING_KEEP_EDITIONS: must be a whole number from 1 to 10000\n"
    )


def test_a_misspelt_setting_is_named(tmp_path: Path) -> None:
    findings = list(examine({"BEARING_DATA_DIR": str(tmp_path), "BEARING_WORKER": "3"}))
    assert [f.said for f in findings if f.state == "wrong" and f.what == "settings"] == [
        "BEARING_WORKER is no setting: correct its name or remove it"
    ]


def test_an_empty_folder_is_no_fault_but_is_told(tmp_path: Path) -> None:
    findings = {f.what: f for f in examine({"BEARING_DATA_DIR": str(tmp_path)})}
    assert findings["editions"].state == "note"
    assert findings["ledger"].state == "note"
    assert not list(tmp_path.iterdir())


def test_a_missing_library_is_named_with_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPATIALITE_LIBRARY_PATH", "no_such_library")
    (finding,) = (f for f in examine({"BEARING_DATA_DIR": str(tmp_path)}) if f.what == "system packages")
    assert finding.state == "wrong"
    assert "libsqlite3-mod-spatialite" in finding.said


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "incidents.database", None)
    (finding,) = (f for f in examine({"BEARING_DATA_DIR": str(tmp_path)}) if f.what == "python packages")
    assert finding == Finding("wrong", "python packages", "incidents.database is missing: run `make setup`")


def test_a_front_end_of_other_sources_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.doctor.NEEDED_ASSETS", ())
    for stamp, state in (("of before", "wrong"), (digest_of_inputs(), "ok"), (None, "wrong")):
        monkeypatch.setattr("app.cli.doctor.stamp_of_built", lambda stamp=stamp: stamp)
        (finding,) = (one for one in examine({"BEARING_DATA_DIR": str(tmp_path)}) if one.what == "assets")
        assert finding.state == state


def test_a_whole_installation_has_nothing_wrong_and_a_damaged_edition_is_told(tmp_path: Path) -> None:
    env = {"BEARING_DATA_DIR": str(tmp_path / "var")}
    assert CliRunner().invoke(bearing, ["demo"], env=env).exit_code == 0
    findings = {f.what: f for f in examine(env)}
    assert not [f for f in findings.values() if f.state == "wrong" and f.what != "assets"]
    assert findings["editions"].said == "1 whole, the current one is 1"
    assert findings["ledger"].said.startswith("current, a demonstration; its history of ")
    with (tmp_path / "var" / "editions" / "1" / "incidents.parquet").open("ab") as file:
        file.write(b"x")
    assert [f.what for f in examine(env) if f.state == "wrong" and f.what != "assets"] == ["edition 1"]


def test_a_current_edition_that_is_missing_is_told(tmp_path: Path) -> None:
    (tmp_path / "editions").mkdir()
    (tmp_path / "editions" / "current").symlink_to("7")
    assert [f.said for f in examine({"BEARING_DATA_DIR": str(tmp_path)}) if f.what == "editions" and f.state == "wrong"]


def test_an_edition_of_an_older_version_is_told(tmp_path: Path) -> None:
    write_edition(tmp_path / "editions", [])
    manifest = tmp_path / "editions" / "1" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_bytes()), "format": 1}))
    said = [finding for finding in examine({"BEARING_DATA_DIR": str(tmp_path)}) if finding.what == "editions"]
    assert [finding.state for finding in said] == ["wrong"]
    assert "older version" in said[0].said
    assert "restore" not in said[0].said


def test_open_files_are_told(tmp_path: Path) -> None:
    for name, mode in (("secret", 0o644), ("ledger.sqlite", 0o666)):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)
    wrong = [f.said for f in check_folders(Settings(data_dir=tmp_path)) if f.state == "wrong"]
    assert [said.split(":")[0].replace(str(tmp_path), "") for said in wrong] == [
        "anybody may write /ledger.sqlite",
        "anybody on this machine may read /secret",
        "anybody on this machine may read /ledger.sqlite",
    ]


def test_a_ledger_that_is_none_is_told_without_its_content(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_text("this is no database, hunter2")
    (tmp_path / "ledger.sqlite").chmod(0o600)
    findings = [f for f in examine({"BEARING_DATA_DIR": str(tmp_path)}) if f.what == "ledger"]
    assert [f.state for f in findings] == ["wrong"]
    assert "hunter2" not in findings[0].said


def test_a_password_is_never_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BEARING_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("BEARING_DATABASE_URL", "postgresql+psycopg://u:hunter2@127.0.0.1:1/x")
    answer = CliRunner().invoke(bearing, ["doctor"])
    assert answer.exit_code == 1
    assert "hunter2" not in answer.output
    assert "wrong ledger" in answer.output


@pytest.mark.parametrize("name", ["tombstones.json", "tags.json"])
def test_what_stops_every_reader_is_told(tmp_path: Path, name: str) -> None:
    editions = tmp_path / "editions"
    make_store(editions, [make_public(1)])
    (editions / name).write_text("{half")
    (finding,) = (f for f in examine({"BEARING_DATA_DIR": str(tmp_path)}) if f.what == "editions")
    assert finding.state == "wrong"
    assert name in finding.said
