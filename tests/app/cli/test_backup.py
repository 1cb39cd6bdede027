"""`bearing backup` and `bearing restore`, as a person calls them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import bearing
from incidents.database import open_engine, session_factory
from incidents.editions.reader import EditionStore
from incidents.models import Incident
from incidents.saved_maps import read_book

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def call(place: str, *words: str) -> Result:
        environment = {"BEARING_DATA_DIR": str(tmp_path / place), "BEARING_DATABASE_URL": "", "BEARING_PERSON": ""}
        return CliRunner().invoke(bearing, list(words), env=environment)

    return call


def test_a_demonstration_moves_to_another_folder(run: Run, tmp_path: Path) -> None:
    file = str(tmp_path / "save.bearing")
    assert run("here", "demo").exit_code == 0
    kept = run("here", "maps", "save", "visits", "--title", "Visits", "--filter", "kind=diplomatic_visit",
               "--by", "Demonstration")  # fmt: skip
    assert kept.exit_code == 0, kept.output
    saved = run("here", "backup", file)
    assert saved.exit_code == 0, saved.output
    assert saved.stdout.startswith("Saved 12 files, ")
    restored = run("there", "restore", file)
    assert restored.exit_code == 0, restored.output
    assert restored.stdout.startswith("Restored 12 files, ")
    assert (tmp_path / "there" / "ledger.sqlite").stat().st_mode & 0o077 == 0
    assert EditionStore(tmp_path / "there" / "editions").current().name == "1"
    assert read_book(tmp_path / "there" / "editions") == read_book(tmp_path / "here" / "editions")
    assert "visits  following  listed" in run("there", "maps", "list").stdout
    assert "Edition 1 is published already." in run("there", "demo").stdout
    engine = open_engine(f"sqlite:///{tmp_path}/there/ledger.sqlite")
    with session_factory(engine)() as session:
        assert session.query(Incident).count() == 76
    engine.dispose()


def test_what_cannot_be_done_is_told_in_a_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "save.bearing"
    nothing = run("here", "backup", str(file))
    assert (nothing.exit_code, "there is no ledger" in nothing.stderr) == (1, True)
    assert not file.exists()
    file.write_bytes(b"not a backup")
    refused = run("here", "backup", str(file))
    assert refused.exit_code == 1
    damaged = run("here", "restore", str(file))
    assert (damaged.exit_code, "cannot be read as a backup" in damaged.stderr) == (1, True)
    assert len(damaged.stderr.splitlines()) == 1
    assert not (tmp_path / "here" / "ledger.sqlite").exists()
