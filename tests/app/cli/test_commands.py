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
