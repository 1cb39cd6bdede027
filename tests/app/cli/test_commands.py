import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from app.cli import COMMANDS, bearing
from app.errors import AppError
from geodata.errors import UnknownPlace
from incidents.errors import BadDate

README = (Path(__file__).parents[3] / "README.md").read_text()


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_loads_explains_itself_and_stands_in_the_readme(name: str) -> None:
    answer = CliRunner().invoke(bearing, [name, "--help"])
    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith(f"Usage: bearing {name} ")
    assert len(answer.output.splitlines()) > 2
    assert f"`bearing {name}`" in README


def test_the_list_of_commands_imports_none_of_them() -> None:
    code = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from app.cli import COMMANDS, bearing\n"
        "answer = CliRunner().invoke(bearing, ['--help'])\n"
        "assert all(name in answer.output for name in COMMANDS)\n"
        "heavy = ('app.cli.', 'sqlalchemy', 'flask', 'duckdb', 'numpy')\n"
        "loaded = [name for name in sys.modules if name.startswith(heavy)]\n"
        "assert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_command_that_there_is_not_is_a_usage_error() -> None:
    assert CliRunner().invoke(bearing, ["nonsense"]).exit_code == 2


@pytest.mark.parametrize("error", [AppError("it is so"), BadDate("it is so"), UnknownPlace("it is so")])
def test_what_a_room_refuses_is_one_line_and_status_1(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def refuse() -> None:
        raise error

    monkeypatch.setattr(type(bearing), "get_command", lambda *_: refuse)
    answer = CliRunner().invoke(bearing, ["refuse"])
    assert answer.exit_code == 1
    assert answer.stderr == "Error: it is so\n"
    assert answer.stdout == ""


class OperationalError(Exception):
    """Stands for a database's own, which is told apart by its name."""

    orig = "database or disk is full\nand more"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied", "/srv/x"), "Permission denied: /srv/x"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (OperationalError("x"), "the ledger or an edition cannot be read or written: database or disk is full"),
        (
            KeyError("a village"),
            "nobody foresaw this (KeyError at tests/app/cli/test_commands.py): `python -X dev -m app ...` tells more",
        ),
    ],
)
def test_what_no_room_foresaw_is_one_line_that_repeats_no_record(
    error: Exception, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command()
    def fail() -> None:
        raise error

    monkeypatch.setattr(type(bearing), "get_command", lambda *_: fail)
    answer = CliRunner().invoke(bearing, ["fail"])
    assert answer.exit_code == 1
    assert re.sub(r":\d+\)", ")", answer.stderr) == f"Error: {said}\n"


def test_words_and_settings_that_are_not_in_utf_8_are_refused(tmp_path: Path) -> None:
    wrong = b"\xff".decode("utf-8", "surrogateescape")
    answer = CliRunner().invoke(bearing, ["review", "approve", wrong], env={"BEARING_DATA_DIR": str(tmp_path)})
    assert answer.exit_code == 2
    assert "not in UTF-8" in answer.stderr
    answer = CliRunner().invoke(bearing, ["people", "list"], env={"BEARING_SITE_TITLE": wrong})
    assert answer.stderr == "Error: BEARING_SITE_TITLE: must be in UTF-8\n"


def test_numbers_that_no_ledger_has_are_refused(tmp_path: Path) -> None:
    answer = CliRunner().invoke(
        bearing, ["review", "approve", "--batch", "9" * 30], env={"BEARING_DATA_DIR": str(tmp_path)}
    )
    assert answer.exit_code == 2


def test_a_port_that_is_no_number_is_told_without_the_address() -> None:
    url = "postgresql://u:secret@127.0.0.1:abc/x"
    answer = CliRunner().invoke(bearing, ["people", "list"], env={"BEARING_DATABASE_URL": url})
    assert answer.stderr.startswith("Error: the ledger's address is not understood")
    assert "secret" not in answer.output
