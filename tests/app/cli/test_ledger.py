"""`bearing init`, `upgrade`, `people` and `review`, as a person types them."""

import shutil
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import bearing
from incidents import recording
from incidents.database import open_engine, session_factory
from incidents.models import Incident
from incidents.people import find_person
from tests.factories import make_draft
from tests.incidents.test_recording import imported, record_file


class Terminal:
    """Runs commands over a data folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "case" / "ledger.sqlite"
        self._environment = {"BEARING_DATA_DIR": str(folder / "case"), "BEARING_PERSON": "", "BEARING_DATABASE_URL": ""}

    def run(self, *words: str, person: str = "") -> Result:
        return CliRunner().invoke(bearing, words, env={**self._environment, "BEARING_PERSON": person})

    def record(self) -> str:
        """Record one incident and an import of two by Ada; gives the id of the one."""
        engine = open_engine(f"sqlite:///{self.file}")
        with session_factory(engine).begin() as session:
            ada = find_person(session, "Ada")
            id_ = recording.record(session, make_draft(title="Single"), by=ada).public_id
            record_file(session, [imported(1), imported(2)], ada)
        engine.dispose()
        return id_

    def approved(self) -> int:
        engine = open_engine(f"sqlite:///{self.file}")
        with session_factory(engine)() as session:
            number = session.query(Incident).where(Incident.approved_revision.is_not(None)).count()
        engine.dispose()
        return number


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


@pytest.fixture
def begun(terminal: Terminal, spatialite_url: str) -> Terminal:
    """Make a ledger with Ada and Bo, as `init` makes it."""
    terminal.file.parent.mkdir()
    shutil.copyfile(spatialite_url.removeprefix("sqlite:///"), terminal.file)
    for words in (("people", "add", "Ada"), ("people", "add", "Bo", "--role", "reviewer", "--by", "Ada")):
        assert terminal.run(*words).exit_code == 0
    return terminal


def test_init_makes_a_ledger_for_its_owner_alone_and_never_twice(terminal: Terminal) -> None:
    first = terminal.run("init")
    assert first.exit_code == 0, first.output
    assert str(terminal.file) in first.output
    assert stat.S_IMODE(terminal.file.stat().st_mode) == 0o600
    before = terminal.file.read_bytes()
    second = terminal.run("init")
    assert (second.exit_code, second.output.count("\n")) == (1, 1)
    assert "there is a ledger already" in second.output
    assert terminal.file.read_bytes() == before


def test_upgrade_says_when_there_is_nothing_to_do(terminal: Terminal) -> None:
    missing = terminal.run("upgrade")
    assert missing.exit_code == 1
    assert "bearing init" in missing.output
    terminal.run("init")
    assert "already" in terminal.run("upgrade").output


def test_people_are_added_and_listed(begun: Terminal) -> None:
    assert begun.run("people", "list").output == "Ada\nBo\n"
    twice = begun.run("people", "add", "ada", "--by", "Bo")
    assert (twice.exit_code, twice.output) == (1, "Error: the ledger already knows ada\n")
    assert begun.run("people", "add", "Cy", "--role", "king", "--by", "Ada").exit_code == 1


def test_the_first_person_adds_themselves_and_later_ones_are_added_by_somebody(terminal: Terminal) -> None:
    terminal.run("init")
    assert terminal.run("people", "add", "Ada", person="Ada").exit_code == 0
    nobody = terminal.run("people", "add", "Bo")
    assert (nobody.exit_code, "--by PERSON" in nobody.stderr) == (1, True)
    stranger = terminal.run("people", "add", "Bo", "--by", "Bo")
    assert (stranger.exit_code, "knows nobody named 'Bo'" in stranger.stderr) == (1, True)
    assert terminal.run("people", "list").output == "Ada\n"
    assert terminal.run("people", "add", "Bo", person="Ada").exit_code == 0


def test_nobody_yet_says_how_to_add_somebody(terminal: Terminal) -> None:
    terminal.run("init")
    assert "bearing people add" in terminal.run("people", "list").output
    assert terminal.run("review", "list").output == "Nothing waits for approval.\n"


def test_review_lists_batches_and_singles_and_approves_both(begun: Terminal) -> None:
    id_ = begun.record()
    listed = begun.run("review", "list").output.splitlines()
    assert len(listed) == 2
    assert listed[0].startswith("batch 1  2 incidents of UCDP GED (ged.csv), imported by Ada")
    assert listed[1].startswith(id_)
    assert "Single" in listed[1]
    assert len(begun.run("review", "list", "--batch", "1").output.splitlines()) == 2
    assert begun.run("review", "approve", id_, "--by", "Bo").output == "Approved 1.\n"
    assert begun.run("review", "approve", "--batch", "1", person="bo").output == "Approved 2.\n"
    assert begun.approved() == 3


def test_the_author_approves_nothing(begun: Terminal) -> None:
    id_ = begun.record()
    for words in ((id_,), ("--batch", "1"), (id_, "ucdp-ged:1")):
        refused = begun.run("review", "approve", *words, "--by", "Ada")
        assert refused.exit_code == 1
        assert "somebody else must approve" in refused.output
    assert begun.approved() == 0


def test_what_is_returned_waits_no_more(begun: Terminal) -> None:
    id_ = begun.record()
    assert begun.run("review", "return", id_, "--by", "Bo", "--reason", "Which one?").output == "Returned 1.\n"
    assert begun.run("review", "return", "--batch", "1", "--by", "Bo").output == "Returned 2.\n"
    assert begun.run("review", "list").output == "Nothing waits for approval.\n"
    assert begun.run("review", "approve", id_, "--by", "Bo").exit_code == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("review", "approve"), 2),
        (("review", "approve", "x", "--batch", "1"), 2),
        (("review", "approve", "x"), 1),
        (("review", "approve", "x", "--by", "Nobody"), 1),
        (("review", "approve", "x", "--by", "Bo"), 1),
        (("review", "approve", "--batch", "7", "--by", "Bo"), 1),
        (("people", "add", "", "--by", "Ada"), 1),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(begun: Terminal, words: tuple[str, ...], code: int) -> None:
    answer = begun.run(*words)
    assert answer.exit_code == code
    assert "Traceback" not in answer.output
    assert begun.approved() == 0
