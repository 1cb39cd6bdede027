"""`bearing import`: what it says, what it writes, and that neither a dry run nor a refusal writes anything."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from app.cli import bearing
from incidents import spatialite
from incidents.database import open_engine, session_factory
from incidents.models import ImportBatch, Incident
from incidents.people import add_person

ROWS = Path(__file__).parents[2] / "incidents" / "importing" / "ucdp_rows.csv"
Run = Callable[..., Result]


@pytest.fixture
def run(spatialite_url: str, tmp_path: Path) -> Run:
    engine = open_engine(spatialite_url)
    with session_factory(engine).begin() as session:
        add_person(session, "Ada")
    engine.dispose()
    environment = {"BEARING_DATA_DIR": str(tmp_path), "BEARING_DATABASE_URL": spatialite_url, "BEARING_PERSON": ""}
    return lambda *words, env=None: CliRunner().invoke(
        bearing, ["import", *map(str, words)], env=environment | (env or {})
    )


@pytest.fixture
def count(spatialite_url: str) -> Callable[[], tuple[int | None, int | None]]:
    def counts() -> tuple[int | None, int | None]:
        engine = open_engine(spatialite_url)
        with session_factory(engine)() as session:
            found = [session.scalar(select(func.count()).select_from(table)) for table in (Incident, ImportBatch)]
        engine.dispose()
        return found[0], found[1]

    return counts


def test_a_file_is_imported_and_told(run: Run, count: Callable[[], tuple[int, int]]) -> None:
    done = run(ROWS, "--format", "ucdp", "--dataset-version", "23.1", "--by", "ada")
    assert done.exit_code == 0, done.output
    assert "ucdp_rows.csv: 31 rows of UCDP Georeferenced Event Dataset (GED), version 23.1" in done.stdout
    assert "       31 new\n        0 already known\n" in done.stdout
    assert "best is greater than high" in done.stdout
    assert "bearing review approve --batch 1" in done.stdout
    assert "Recording" in done.stderr
    assert count() == (31, 1)


def test_again_changes_nothing(run: Run, count: Callable[[], tuple[int, int]]) -> None:
    run(ROWS, "--format", "ucdp", "--by", "Ada")
    again = run(ROWS, "--format", "ucdp", "--by", "Ada")
    assert again.exit_code == 0
    assert "        0 new\n       31 already known\n" in again.stdout
    assert "the ledger is as it was" in again.stdout
    assert count() == (31, 1)


def test_a_dry_run_writes_nothing_and_needs_nobody(
    run: Run, count: Callable[[], tuple[int, int]], tmp_path: Path
) -> None:
    report = tmp_path / "report.csv"
    done = run(ROWS, "--format", "ucdp", "--dry-run", "--report", report)
    assert done.exit_code == 0, done.output
    assert "31 would be new" in done.stdout
    assert count() == (0, 0)
    with report.open(newline="", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    assert {row["severity"] for row in found} == {"warning"}
    assert all(row["rule"] and row["action"] for row in found)
    assert [path.name for path in tmp_path.glob(".report*")] == []


def test_a_dry_run_tells_a_misspelt_name(run: Run) -> None:
    done = run(ROWS, "--format", "ucdp", "--dry-run", "--by", "Adda")
    assert done.exit_code == 1
    assert "Adda" in done.stderr
    assert "would be new" not in done.stdout


def test_errors_stop_it_and_all_are_in_the_report(
    run: Run, count: Callable[[], tuple[int, int]], tmp_path: Path
) -> None:
    text = ROWS.read_text(encoding="utf-8")
    broken, report = tmp_path / "broken.csv", tmp_path / "report.csv"
    broken.write_text(
        text.replace("2021-06-01", "soon").replace(",10.279447,96.644872,", ",nan,96.644872,"), newline=""
    )
    done = run(broken, "--format", "ucdp", "--by", "Ada", "--report", report)
    assert done.exit_code == 1
    assert "row 3 date_start: must be a day of the calendar as YYYY-MM-DD" in done.stderr
    assert "Error: broken.csv: 3 errors in its rows; nothing was imported" in done.stderr
    assert count() == (0, 0)
    with report.open(newline="", encoding="utf-8") as file:
        errors = [row for row in csv.DictReader(file) if row["severity"] == "error"]
    assert [(row["row"], row["column"], row["value"]) for row in errors] == [
        ("3", "date_start", "soon"),
        ("3", "date_end", "soon"),
        ("28", "latitude", "nan"),
    ]


@pytest.mark.parametrize(
    ("content", "column", "rule", "action"),
    [
        (b"id,low\n1,2\n", "", "lacks the columns type_of_violence", "with all of its columns"),
        (
            ROWS.read_bytes().replace(b",best,", b",bets,", 1),
            "best",
            "lacks the column best",
            "with all of its columns",
        ),
        (ROWS.read_bytes() + b"\xe9", "", "is not UTF-8", "save the file as UTF-8"),
        (ROWS.read_bytes() + b"\0", "", "contains a NUL", "as CSV in UTF-8"),
        (b'\xef\xbb\xbf {"type": "FeatureCollection"}', "", "is GeoJSON, not CSV", "get the dataset as CSV"),
        (b"[1]", "", "is JSON, not CSV", "get the dataset as CSV"),
    ],
)
def test_what_is_wrong_with_a_whole_file_is_in_the_report_too(
    run: Run, tmp_path: Path, content: bytes, column: str, rule: str, action: str
) -> None:
    broken, report = tmp_path / "broken.csv", tmp_path / "report.csv"
    broken.write_bytes(content)
    done = run(broken, "--format", "ucdp", "--dry-run", "--report", report)
    assert (done.exit_code, rule in done.stderr, action in done.stderr) == (1, True, True), done.stderr
    with report.open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["severity"], row["column"]) == ("error", column)
    assert rule in row["rule"]
    assert action in row["action"]


def test_many_errors_are_not_poured_out(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text(
        ROWS.read_text(encoding="utf-8").replace("POINT (", "POINT (").replace(",MYA-", "x,MYA-"), newline=""
    )
    done = run(broken, "--format", "ucdp", "--by", "Ada")
    assert done.exit_code == 1
    assert "and 21 more: --report FILE writes all of them" in done.stderr
    assert len(done.stderr.splitlines()) < 16


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((ROWS, "--format", "ucdp"), 2, "say who does this"),
        ((ROWS, "--format", "acled", "--by", "Ada"), 2, "'acled' is not 'ucdp'"),
        ((ROWS, "--by", "Ada"), 2, "--format"),
        (("nowhere.csv", "--format", "ucdp", "--by", "Ada"), 2, "does not exist"),
        ((ROWS, "--format", "ucdp", "--by", "Nobody"), 1, "knows nobody named 'Nobody'"),
        ((ROWS, "--format", "ucdp", "--by", "Ada", "--report", ROWS), 2, "would replace the file itself"),
        ((ROWS, "--format", "ucdp", "--by", "Ada", "--report", "no/x.csv"), 2, "the folder no does not exist"),
        ((__file__, "--format", "ucdp", "--by", "Ada"), 1, "has none of the columns"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(
    run: Run, count: Callable[[], tuple[int, int]], words: tuple[object, ...], code: int, said: str
) -> None:
    done = run(*words)
    assert (done.exit_code, said in done.stderr) == (code, True), done.stderr
    assert count() == (0, 0)
    assert ROWS.read_text(encoding="utf-8").startswith("id,relid,year,")


def test_who_comes_while_somebody_writes_is_told_so(
    run: Run, spatialite_url: str, count: Callable[[], tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Five seconds are long for a test.
    pragmas = tuple(pragma.replace("busy_timeout = 5000", "busy_timeout = 50") for pragma in spatialite._PRAGMAS)
    monkeypatch.setattr(spatialite, "_PRAGMAS", pragmas)
    engine = open_engine(spatialite_url)
    with session_factory(engine).begin() as session:
        session.scalars(select(Incident.id)).all()  # A session begins, and takes the ledger, with its first question.
        done = run(ROWS, "--format", "ucdp", "--by", "Ada")
    engine.dispose()
    assert (done.exit_code, "somebody else is writing to the ledger" in done.stderr) == (1, True)
    assert "Traceback" not in done.output
    assert count() == (0, 0)


def test_words_are_an_operators_taxonomy_too(run: Run, count: Callable[[], tuple[int, int]], tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    kinds = tmp_path / "words" / "kinds.toml"
    environment = {"BEARING_TAXONOMY_DIR": str(kinds.parent)}
    kinds.write_text("[landslide")
    refused = run(ROWS, "--format", "ucdp", "--by", "Ada", env=environment)
    assert refused.exit_code == 1
    assert "kinds.toml" in refused.stderr
    assert count() == (0, 0)
    # What is read once is kept, so that the right words stand in another folder.
    kinds = tmp_path / "better" / "kinds.toml"
    kinds.parent.mkdir()
    kinds.write_text(
        '[landslide]\nlabel = "Landslide"\nplural = "Landslides"\nfamily = "other"\ndescription = "Earth moves."\n'
    )
    done = run(ROWS, "--format", "ucdp", "--by", "Ada", env={"BEARING_TAXONOMY_DIR": str(kinds.parent)})
    assert done.exit_code == 0, done.output
    assert count() == (31, 1)


def test_terms_are_kept_by_later_versions_and_never_changed(run: Run, count: Callable[[], tuple[int, int]]) -> None:
    words = (ROWS, "--format", "ucdp", "--by", "Ada")
    first = run(*words, "--dataset-version", "23.1", "--terms", "aggregate only")
    assert first.exit_code == 0, first.output
    assert "counted in public, and shown nowhere" in first.stdout
    # Forgetting to say it does not let the next version out; nor does importing the same one anew.
    later = run(*words, "--dataset-version", "24.1", "--dry-run")
    assert "counted in public, and shown nowhere" in later.stdout
    for dry in ((), ("--dry-run",)):
        other = run(*words, "--dataset-version", "23.1", "--terms", "public", *dry)
        assert other.exit_code == 1
        assert "the ledger has the dataset ucdp-ged 23.1 as aggregate only" in other.stderr
        assert "Traceback" not in other.output
    assert run(*words, "--dataset-version", "24.1", "--terms", "public", "--dry-run").exit_code == 0
    assert run(*words, "--dataset-version", "24.1", "--terms", "secret").exit_code == 2
    assert count() == (31, 1)
