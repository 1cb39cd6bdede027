"""`bearing map` as an operator calls it."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import bearing
from tests.factories import make_public, make_random_rows, write_edition


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a data folder with an edition, and stand in for the built front end."""
    write_edition(tmp_path / "editions", [*make_random_rows(20), make_public(1_001, title="Let Yet Kone")])
    built = tmp_path / "built"
    built.mkdir()
    for name in ("bearing.js", "bearing.css"):
        (built / name).write_text("")
    monkeypatch.setattr("app.maps.saving.BUILT", built)
    monkeypatch.setenv("BEARING_DATA_DIR", str(tmp_path))
    return tmp_path


def test_writes_what_the_filter_selects(data_dir: Path) -> None:
    target = data_dir / "strikes.html"
    said = CliRunner().invoke(bearing, ["map", "--q", "let yet", "--title", "Strikes", "-o", str(target)])
    assert said.exit_code == 0, said.output
    assert re.search(r"strikes\.html: 1 of 21 records of edition 1, \d+\.\d MB", said.output)
    found = re.search(r'id="bearing-data">(.*?)</script>', target.read_text("utf-8"), re.DOTALL)
    assert found
    assert [detail["title"] for detail in json.loads(found[1])["rows"]] == ["Let Yet Kone"]


def test_a_suffix_that_names_no_format_is_refused(data_dir: Path) -> None:
    said = CliRunner().invoke(bearing, ["map", "-o", str(data_dir / "strikes.jpg")])
    assert said.exit_code == 2
    assert "strikes.jpg names no format" in said.output
    assert not list(data_dir.glob("strikes*"))


def test_unknown_kind_is_named_and_nothing_is_written(data_dir: Path) -> None:
    target = data_dir / "strikes.html"
    said = CliRunner().invoke(bearing, ["map", "--kind", "teaparty", "-o", str(target)])
    assert said.exit_code == 1
    assert "kind" in said.output
    assert "teaparty" in said.output
    assert not target.exists()


def test_unbuilt_front_end_is_one_line(data_dir: Path) -> None:
    (data_dir / "built" / "bearing.js").unlink()
    said = CliRunner().invoke(bearing, ["map", "-o", str(data_dir / "strikes.html")])
    assert said.exit_code == 1
    assert said.output.startswith("Error: the front end is not built")
    assert len(said.output.splitlines()) == 1


def test_unknown_edition_is_one_line(data_dir: Path) -> None:
    said = CliRunner().invoke(bearing, ["map", "--edition", "9", "-o", str(data_dir / "strikes.html")])
    assert said.exit_code == 1
    assert len(said.output.splitlines()) == 1
