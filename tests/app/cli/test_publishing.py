"""`bearing publish`, `withdraw`, `restrict`, `embargo`, `editions` and `export`, as a person types them."""

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import bearing
from incidents import recording
from incidents.database import open_engine, session_factory
from incidents.drafts import ReferenceDraft
from incidents.editions.reader import EditionStore
from incidents.people import add_person, find_person
from incidents.review import approve
from tests.conftest import LedgerTemplates
from tests.factories import make_draft


class Terminal:
    """Runs commands over a data folder with a ledger of two approved incidents and one draft."""

    def __init__(self, url: str, folder: Path) -> None:
        self.folder = folder
        self.editions = EditionStore(folder / "editions")
        self._environment = {"BEARING_DATA_DIR": str(folder), "BEARING_DATABASE_URL": url, "BEARING_PERSON": ""}
        engine = open_engine(url)
        with session_factory(engine).begin() as session:
            ada, bo = add_person(session, "Ada"), add_person(session, "Bo")
            drafts = [make_draft(title="One"), make_draft(title="Two", kind="protest"), make_draft(title="Draft")]
            incidents = [recording.record(session, draft, by=ada) for draft in drafts]
            approve(session, incidents[:2], by=bo)
            self.ids = [incident.public_id for incident in incidents]
        engine.dispose()

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(bearing, words, env=self._environment)

    def done(self, *words: str) -> str:
        result = self.run(*words)
        assert result.exit_code == 0, result.output
        return result.output

    def titles(self) -> set[str]:
        return {detail["title"] for detail in self.editions.current().details()}


@pytest.fixture
def terminal(spatialite_url: str, tmp_path: Path) -> Terminal:
    return Terminal(spatialite_url, tmp_path)


@pytest.fixture
def published(terminal: Terminal) -> Terminal:
    terminal.done("publish", "--note", "first", "--by", "bo")
    return terminal


def test_publishing_says_what_it_did_and_left_out(terminal: Terminal) -> None:
    said = terminal.done("publish", "--note", "first", "--by", "Bo")
    assert "Edition 1 is published with 2 records." in said
    assert "Left out: 1 not approved." in said
    assert terminal.titles() == {"One", "Two"}


def test_approving_many_makes_their_edition_ahead(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.review._MANY", 1)
    said = terminal.done("review", "approve", terminal.ids[2], "--by", "Bo")
    assert "ahead" in said
    assert terminal.editions.names() == []
    (ready,) = terminal.folder.glob("editions-ahead/*")
    inode = (ready / "incidents.duckdb").stat().st_ino
    assert "Edition 1 is published with 3 records." in terminal.done("publish", "--by", "Bo")
    assert (terminal.editions.root / "1" / "incidents.duckdb").stat().st_ino == inode


@pytest.mark.parametrize("by", [(), ("--by", "Nobody")])
def test_publishing_is_somebody_s_doing(terminal: Terminal, by: tuple[str, ...]) -> None:
    result = terminal.run("publish", *by)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert terminal.editions.names() == []


def test_withdrawing_takes_back(published: Terminal) -> None:
    said = published.done("withdraw", published.ids[0], "--reason", "error", "--by", "Bo")
    assert "Amended: 1.1." in said
    assert published.titles() == {"Two"}
    assert published.run("withdraw", published.ids[0], "--by", "Bo").exit_code == 2, "a reason is needed"
    assert published.run("withdraw", published.ids[0], "--reason", "whim", "--by", "Bo").exit_code == 2
    assert published.run("withdraw", "0" * 32, "--reason", "error", "--by", "Bo").exit_code == 1
    assert published.run("withdraw", published.ids[2], "--reason", "error", "--by", "Bo").exit_code == 1


def test_restricting_coarsens(published: Terminal) -> None:
    assert "Amended: 1.1." in published.done("restrict", published.ids[0], "--policy", "state", "--by", "Bo")
    detail = published.editions.current().detail(published.ids[0])
    assert detail is not None
    assert detail["where"]["point"] is None
    assert published.run("restrict", published.ids[0], "--policy", "cell", "--by", "Bo").exit_code == 1, "how large?"
    said = published.done("restrict", published.ids[1], "--policy", "cell", "--cell-km", "20", "--by", "Bo")
    assert "Amended: 1.2." in said


def test_an_embargo_is_set_and_lifted(published: Terminal) -> None:
    assert published.run("embargo", published.ids[0], "--by", "Bo").exit_code == 2
    published.done("embargo", published.ids[0], "--until", "2999-01-01", "--by", "Bo")
    assert published.titles() == {"Two"}
    assert "Left out: 1 under embargo." in published.done("publish", "--by", "Bo")
    published.done("embargo", published.ids[0], "--lift", "--by", "Bo")
    published.done("publish", "--by", "Bo")
    assert published.titles() == {"One", "Two"}


@pytest.mark.parametrize("days", [-1, 0])
def test_an_embargo_that_holds_nothing_is_refused(published: Terminal, days: int) -> None:
    day = str(dt.datetime.now(dt.UTC).date() + dt.timedelta(days))
    result = published.run("embargo", published.ids[0], "--until", day, "--by", "Bo")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"until {day} holds nothing back" in result.stderr
    assert "--lift" in result.stderr
    assert published.titles() == {"One", "Two"}
    published.done("embargo", published.ids[0], "--until", "2999-01-01", "--by", "Bo")
    assert published.run("embargo", published.ids[0], "--until", day, "--by", "Bo").exit_code == 1
    assert "Left out: 1 under embargo." in published.done("publish", "--by", "Bo"), "it is not lifted by mistake"


def test_editions_are_listed_shown_verified_tagged_and_pruned(published: Terminal) -> None:
    published.done("publish", "--again", "--by", "Bo")
    listed = published.done("editions", "list").splitlines()
    assert re.fullmatch(r" +1  \d{4}-\d\d-\d\dT\d\d:\d\d +2 records  first", listed[0])
    assert "(current)" in listed[1]
    assert json.loads(published.done("editions", "show", "1"))["edition"] == "1"
    assert json.loads(published.done("editions", "show"))["edition"] == "2"
    assert published.done("editions", "verify").splitlines() == ["edition 1: as published", "edition 2: as published"]
    published.done("editions", "tag", "paper", "1", "--by", "Ada")
    assert "(paper)" in published.done("editions", "list").splitlines()[0]
    assert "Nothing to remove." in published.done("editions", "prune", "--keep", "1", "--by", "Ada")
    published.done("editions", "tag", "--remove", "paper", "--by", "Ada")
    assert "Removed: 1." in published.done("editions", "prune", "--keep", "1", "--by", "Ada")
    (published.editions.root / "2" / "incidents.parquet").write_bytes(b"")
    result = published.run("editions", "verify")
    assert result.exit_code == 1
    assert "incidents.parquet is not the file that was published" in result.stderr


@pytest.mark.parametrize("by", [(), ("--by", "Nobody")])
def test_tagging_and_pruning_are_somebody_s_doing(published: Terminal, by: tuple[str, ...]) -> None:
    published.done("publish", "--again", "--by", "Bo")
    for words in (("tag", "paper", "1"), ("prune", "--keep", "1")):
        refused = published.run("editions", *words, *by)
        assert (refused.exit_code, "Nobody" in refused.stderr or "--by PERSON" in refused.stderr) == (1, True)
    assert published.editions.names() == ["1", "2"]
    assert "paper" not in published.done("editions", "list")


def test_where_there_is_no_ledger_nothing_is_tagged_or_pruned(published: Terminal, tmp_path: Path) -> None:
    elsewhere = {"BEARING_DATA_DIR": str(published.folder), "BEARING_DATABASE_URL": f"sqlite:///{tmp_path / 'none'}"}
    refused = CliRunner().invoke(bearing, ["editions", "tag", "paper", "--by", "Ada"], env=elsewhere)
    assert (refused.exit_code, "where the ledger is" in refused.stderr) == (1, True)
    assert "paper" not in published.done("editions", "list")


def test_a_folder_that_is_not_there_is_named(published: Terminal, tmp_path: Path) -> None:
    refused = published.run("export", "-o", str(tmp_path / "nonexistent" / "x.csv"))
    assert refused.exit_code == 2
    said = " ".join(refused.stderr.split())
    assert f"the folder {tmp_path / 'nonexistent'} does not exist" in said
    assert ".x.csv" not in said


def test_without_editions_there_is_nothing_to_list(terminal: Terminal) -> None:
    assert "Nothing is published yet." in terminal.done("editions", "list")
    assert terminal.run("editions", "show").exit_code == 1
    assert terminal.run("editions", "verify", "7").exit_code == 1


def test_exporting_writes_what_the_filter_finds(published: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "strikes.geojson"
    said = published.done("export", "--kind", "airstrike", "--from", "2022", "-o", str(file))
    assert "1 of 2 records of edition 1" in said
    (feature,) = json.loads(file.read_text())["features"]
    assert feature["properties"]["title"] == "One"
    assert feature["properties"]["url"] == f"http://127.0.0.1:8000/incidents/{published.ids[0]}"
    both = json.loads(published.done("export", "--kind", "airstrike", "--kind", "protest", "-o", "-"))
    assert len(both["features"]) == 2
    assert json.loads(published.done("export", "--areas", "-o", "-"))["features"] == []


def test_exporting_refuses_what_it_does_not_know(published: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "strikes.geojson"
    file.write_text("what was there")
    result = published.run("export", "--kind", "picnic", "-o", str(file))
    assert (result.exit_code, result.stderr) == (1, "Error: kind: 'picnic' is not known\n")
    assert published.run("export", "--edition", "9", "-o", str(file)).exit_code == 1
    strange = published.run("export", "-o", str(tmp_path / "strikes.shp"))
    assert strange.exit_code == 2
    assert "strikes.shp names no format" in strange.output
    assert not (tmp_path / "strikes.shp").exists()
    assert published.run("export", "--colour", "red", "-o", str(file)).exit_code == 2
    assert file.read_text() == "what was there"


@pytest.mark.postgis
def test_all_of_it_over_postgis(ledger_templates: LedgerTemplates, tmp_path: Path) -> None:
    url = ledger_templates.make_url("postgis", demonstration=False)
    terminal = Terminal(url, tmp_path)
    terminal.done("publish", "--by", "Bo")
    terminal.done("withdraw", terminal.ids[0], "--reason", "safety", "--by", "Bo")
    assert terminal.titles() == {"Two"}
    ledger_templates.throw_away(url)


def test_nothing_is_published_again_unless_asked(published: Terminal) -> None:
    said = published.done("publish", "--by", "Bo")
    assert "Nothing changed since edition 1" in said
    assert "Left out: 1 not approved." in said
    assert published.editions.names() == ["1"]
    assert "Edition 2 is published with 2 records." in published.done("publish", "--again", "--by", "Bo")
    assert "Edition 3 is published with 2 records." in published.done("publish", "--again", "--whole", "--by", "Bo")


def test_where_nothing_is_approved_nothing_is_published(published: Terminal, tmp_path: Path) -> None:
    for id_ in published.ids[:2]:
        published.done("withdraw", id_, "--reason", "error", "--by", "Bo")
    empty = EditionStore(tmp_path / "elsewhere" / "editions")
    published._environment["BEARING_DATA_DIR"] = str(tmp_path / "elsewhere")
    result = published.run("publish", "--by", "Bo")
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: there is nothing to publish: 2 withdrawn, 1 not approved (`bearing review list` shows them)\n"
    )
    assert empty.names() == []
    assert "with 0 records" in published.done("publish", "--again", "--by", "Bo")


def test_restricting_what_names_its_place_says_that_it_is_gone(terminal: Terminal) -> None:
    engine = open_engine(terminal._environment["BEARING_DATABASE_URL"])
    with session_factory(engine).begin() as session:
        named = recording.record(session, make_draft(title="Airstrike on Let Yet Kone"), by=find_person(session, "Ada"))
        approve(session, [named], by=find_person(session, "Bo"))
        id_ = named.public_id
    engine.dispose()
    terminal.done("publish", "--by", "Bo")
    result = terminal.run("restrict", id_, "--policy", "state", "--by", "Bo")
    assert result.exit_code == 0
    assert "Done" not in result.stdout
    assert f"{id_} is in no edition any more: its title gives away the place" in result.stderr
    assert "Kone" not in result.output


def test_restricting_names_the_records_of_the_same_incident(terminal: Terminal) -> None:
    engine = open_engine(terminal._environment["BEARING_DATABASE_URL"])
    with session_factory(engine).begin() as session:
        ada, bo = find_person(session, "Ada"), find_person(session, "Bo")
        pair = [
            recording.record(session, make_draft(title="Mine", same_as=("theirs:1",)), by=ada),
            recording.record(session, make_draft(title="Theirs", references=(ReferenceDraft("theirs", "1"),)), by=ada),
        ]
        approve(session, pair, by=bo)
        mine, theirs = (one.public_id for one in pair)
    engine.dispose()
    terminal.done("publish", "--by", "Bo")
    said = terminal.run("restrict", mine, "--policy", "state", "--by", "Bo")
    assert "Done: restricted." in said.stdout
    assert f"left as they are: {theirs}." in said.stderr
    both = terminal.run("restrict", "theirs:1", mine, "--policy", "state", "--by", "Bo")
    assert both.exit_code == 0, "a reference names an incident as its id does"
    assert "left as they are" not in both.stderr
