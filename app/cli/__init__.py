"""The command line: `bearing` and the table of its commands. It decides nothing; the rooms below do.

Each command lives in a module that is imported only when the command is called, so that `bearing --help` is
quick and `bearing serve` never loads what writes the ledger.
"""

import errno
import importlib
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from app.errors import AppError
from app.maps.errors import MapError
from geodata.errors import GeodataError
from incidents.errors import IncidentError

_HERE = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Row:
    """Where a command is found, "module:name", and its sentence in the list of commands."""

    target: str
    sentence: str


COMMANDS: Mapping[str, Row] = {
    "backup": Row("app.cli.backup:backup", "Save ledger, evidence and editions to one file."),
    "demo": Row("app.cli.demo:demo", "Fill an empty ledger with the founding record and publish it."),
    "doctor": Row("app.cli.doctor:doctor", "Say what is missing or wrong, one line each."),
    "editions": Row("app.cli.editions:editions", "List, show, verify, tag and prune editions."),
    "embargo": Row("app.cli.publishing:embargo", "Keep incidents from the public until a day."),
    "export": Row("app.cli.exporting:export", "Write published incidents to a file."),
    "import": Row("app.cli.importing:import_", "Read incidents from a file into the ledger."),
    "init": Row("app.cli.ledger:init", "Create an empty ledger."),
    "map": Row("app.cli.mapping:map_", "Draw one self-contained map file."),
    "maps": Row("app.cli.maps:maps", "Save, list, show and remove maps with an address of their own."),
    "people": Row("app.cli.people:people", "Add and list the people who record and review."),
    "places": Row("app.cli.places:places", "Search the gazetteer."),
    "publish": Row("app.cli.publishing:publish", "Publish what is approved as a new edition."),
    "regions": Row("app.cli.places:regions", "Say in which regions a point lies."),
    "restore": Row("app.cli.backup:restore", "Bring back what `bearing backup` saved."),
    "restrict": Row("app.cli.publishing:restrict", "Coarsen the published place of incidents."),
    "review": Row("app.cli.review:review", "List, approve and return what waits for a second person."),
    "serve": Row("app.cli.serving:serve", "Serve the published editions over HTTP."),
    "upgrade": Row("app.cli.ledger:upgrade", "Bring the ledger's tables to this version's."),
    "withdraw": Row("app.cli.publishing:withdraw", "Take incidents back from every edition."),
}


class CommandTable(click.Group):
    """A group that finds its commands in `COMMANDS` and tells the rooms' errors in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names in the table's order."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and give the command, or None when the table has no such name."""
        del ctx
        row = COMMANDS.get(cmd_name)
        if row is None:
            return None
        module, _, name = row.target.partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)  # noqa: S101 - tells the type checker what the table holds
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with the table's sentences, importing none of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.sentence) for name, row in COMMANDS.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse words that are not in UTF-8 here, since neither databases nor files could take them."""
        if any("\ud800" <= character <= "\udfff" for word in args for character in word):
            msg = "one of the words is not in UTF-8: look at the terminal's encoding"
            raise click.UsageError(msg, ctx)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; whatever goes wrong is one line on stderr and status 1."""
        try:
            return super().invoke(ctx)
        except (AppError, GeodataError, IncidentError, MapError) as error:
            raise click.ClickException(str(error)) from error
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            # Who reads a closed pipe has read enough: click ends quietly. Whoever works on the program sees it all.
            if sys.flags.dev_mode or (isinstance(error, OSError) and error.errno == errno.EPIPE):
                raise
            raise click.ClickException(tell(error)) from error


def tell(error: Exception) -> str:
    """Say in one line what no room foresaw: what machine or database refuse, or where it arose; never a record."""
    if isinstance(error, ModuleNotFoundError):
        return f"the Python package {error.name} is missing: run `make setup`"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename is not None else error.strerror
    # The databases' own errors, by their names, since a command that needs no database imports none.
    if type(error).__name__ in {"OperationalError", "IOException"}:
        said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        return f"the ledger or an edition cannot be read or written: {said}"
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        frame for frame in frames if _HERE in Path(frame.filename).parents and "site-packages" not in frame.filename
    ]
    where = f" at {Path(ours[-1].filename).relative_to(_HERE)}:{ours[-1].lineno}" if ours else ""
    return f"nobody foresaw this ({type(error).__name__}{where}): `python -X dev -m app ...` tells more"


@click.group(cls=CommandTable, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bearing-map", prog_name="bearing")
def bearing() -> None:
    """Keep incidents in a ledger, publish editions of them, and serve those as maps.

    Settings are environment variables that begin with BEARING_; README.md lists them.
    """
