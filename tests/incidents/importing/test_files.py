"""A file goes into the ledger whole or not at all, is known again, and waits for a second person; on both databases."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from incidents import history, review
from incidents.approved import approved
from incidents.database import session_factory
from incidents.errors import BadDraft, SamePerson
from incidents.importing.errors import RowsRefused, UnknownFormat, UnreadableFile
from incidents.importing.files import CheckedFile, check_file, foresee, record_file
from incidents.importing.founding_record import read_founding_record
from incidents.models import Base, Dataset, ImportBatch, Incident, Person
from incidents.people import add_person
from incidents.recording import record_many
from incidents.taxonomy import load_taxonomy

Rows = list[dict[str, str]]
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, make_csv: Callable[..., bytes]) -> Write:
    def write_file(rows: Rows, name: str = "GEDEvent_v23_1.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(make_csv(rows))
        return path

    return write_file


@pytest.fixture
def check(write: Write) -> Callable[[Rows], CheckedFile]:
    return lambda rows: check_file(write(rows), format_key="ucdp")


def contents(session: Session) -> dict[str, int]:
    """Count the rows of every table."""
    return {
        name: session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in Base.metadata.tables.items()
    }


def test_a_file_is_checked_without_a_ledger(write: Write, ucdp_rows: Rows) -> None:
    checked = check_file(write(ucdp_rows), format_key="ucdp")
    assert checked.rows == 31
    assert checked.dataset.version == "23.1"
    assert len(list(checked.drafts())) == 31
    assert {finding.severity for finding in checked.findings} == {"warning"}


def test_the_callers_version_goes_before_the_files_name(write: Write, ucdp_rows: Rows) -> None:
    assert check_file(write(ucdp_rows), format_key="ucdp", version="24.1").dataset.version == "24.1"
    checked = check_file(write(ucdp_rows, "events.csv"), format_key="ucdp")
    assert checked.dataset.version is None
    assert any("version is not known" in finding.rule for finding in checked.findings)


def test_every_error_of_the_whole_file_is_told(write: Write, ucdp_rows: Rows) -> None:
    ucdp_rows[0]["best"] = "many"
    ucdp_rows[30]["date_start"] = "yesterday"
    ucdp_rows[7]["id"] = ucdp_rows[5]["id"]
    with pytest.raises(RowsRefused, match="3 errors in its rows; nothing was imported") as refused:
        check_file(write(ucdp_rows), format_key="ucdp")
    errors = [finding for finding in refused.value.findings if finding.severity == "error"]
    assert [(finding.row, finding.column) for finding in errors] == [(2, "best"), (9, "id"), (32, "date_start")]
    assert errors[1].rule == "stands in row 7 already"
    assert any(finding.severity == "warning" for finding in refused.value.findings)


def test_columns_that_nobody_knows_are_told(write: Write, ucdp_rows: Rows) -> None:
    findings = check_file(write([{**row, "mood": "bad"} for row in ucdp_rows]), format_key="ucdp").findings
    assert [(finding.row, finding.column) for finding in findings if "no column" in finding.rule] == [(1, "mood")]


def test_files_that_cannot_be_read_say_their_name(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat, match="known are ucdp"):
        check_file(tmp_path / "x.csv", format_key="acled")
    with pytest.raises(UnreadableFile, match=r"x\.csv: cannot be read"):
        check_file(tmp_path / "x.csv", format_key="ucdp")
    (tmp_path / "x.csv").write_bytes(b"")
    with pytest.raises(UnreadableFile, match=r"x\.csv: is empty"):
        check_file(tmp_path / "x.csv", format_key="ucdp")


def test_progress_counts_to_the_end(
    check: Callable[[Rows], CheckedFile], write: Write, ucdp_rows: Rows, session: Session, ada: Person
) -> None:
    seen: list[tuple[int, int]] = []
    check_file(write(ucdp_rows), format_key="ucdp", progress=lambda done, total: seen.append((done, total)))
    record_file(session, check(ucdp_rows), by=ada, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(31, 31), (31, 31)]


def test_rows_become_one_batch_that_somebody_else_approves(
    session: Session, ada: Person, bo: Person, check: Callable[[Rows], CheckedFile], ucdp_rows: Rows
) -> None:
    checked = check(ucdp_rows)
    done = record_file(session, checked, by=ada)
    assert (done.rows, done.new, done.known, done.differing, done.approved) == (31, 31, 0, 0, False)
    batch = session.get_one(ImportBatch, done.batch)
    assert (batch.recorded, batch.person_id, batch.filename, batch.file_hash) == (
        31,
        ada.id,
        "GEDEvent_v23_1.csv",
        checked.sha256,
    )
    assert batch.mapping is not None
    assert (batch.mapping["format"], batch.mapping["not_read"]) == ("ucdp", [])
    assert set(batch.mapping["columns"]) == set(ucdp_rows[0])
    dataset = session.get_one(Dataset, batch.dataset_id)
    assert (dataset.key, dataset.version, dataset.licence) == ("ucdp-ged", "23.1", "CC BY 4.0")
    assert list(approved(session)) == []
    with pytest.raises(SamePerson):
        review.approve_batch(session, batch.id, by=ada)
    review.approve_batch(session, batch.id, by=bo)
    drafts = {draft.references[0]: draft for draft in checked.drafts()}
    found = list(approved(session))
    assert len(found) == 31
    assert all(drafts[incident.draft.references[0]] == incident.draft for incident in found)
    history.verify_chain(session)


def test_the_same_file_again_changes_nothing(
    session: Session, ada: Person, check: Callable[[Rows], CheckedFile], ucdp_rows: Rows
) -> None:
    record_file(session, check(ucdp_rows), by=ada)
    before, head = contents(session), history.head(session)
    again = record_file(session, check(list(reversed(ucdp_rows))), by=ada)
    assert (again.new, again.known, again.differing, again.batch) == (0, 31, 0, None)
    assert (contents(session), history.head(session)) == (before, head)


def test_a_row_that_its_source_changed_is_told_and_left(
    session: Session, ada: Person, check: Callable[[Rows], CheckedFile], ucdp_rows: Rows
) -> None:
    record_file(session, check(ucdp_rows[:30]), by=ada)
    titles = set(session.scalars(select(Incident.title)))
    ucdp_rows[3]["where_coordinates"] = "Elsewhere town"
    again = record_file(session, check(ucdp_rows), by=ada)
    assert (again.new, again.known, again.differing) == (1, 29, 1)
    told = [finding for finding in again.findings if "differs" in finding.rule]
    assert [(finding.row, finding.id) for finding in told] == [(5, ucdp_rows[3]["id"])]
    assert session.get_one(ImportBatch, again.batch).differing == [f"ucdp-ged:{ucdp_rows[3]['id']}"]
    assert titles < set(session.scalars(select(Incident.title)))
    assert "Armed clash near Elsewhere town" not in set(session.scalars(select(Incident.title)))


def test_rows_are_read_and_recorded_in_the_words_of_the_taxonomy_that_is_given(
    session: Session, ada: Person, write: Write, ucdp_rows: Rows
) -> None:
    shipped = load_taxonomy()
    kinds = {key: replace(kind, label=f"My {kind.label}") for key, kind in shipped.kinds.items()}
    checked = check_file(write(ucdp_rows), format_key="ucdp", taxonomy=replace(shipped, kinds=kinds))
    record_file(session, checked, by=ada)
    assert any(title.startswith("My ") for title in session.scalars(select(Incident.title)))
    poorer = replace(shipped, kinds={"protest": shipped.kinds["protest"]})
    unknown = check_file(write([{**row, "id": f"9{row['id']}"} for row in ucdp_rows]), format_key="ucdp")
    with pytest.raises(BadDraft, match="kind"):
        record_file(session, replace(unknown, taxonomy=poorer), by=ada)


def test_foreseeing_writes_nothing(
    session: Session, ada: Person, check: Callable[[Rows], CheckedFile], ucdp_rows: Rows
) -> None:
    record_file(session, check(ucdp_rows[:10]), by=ada)
    session.flush()
    before = contents(session)
    done = foresee(session, check(ucdp_rows))
    assert (done.new, done.known, done.batch) == (21, 10, None)
    assert contents(session) == before


def test_a_fall_in_the_middle_leaves_nothing(
    ledger_engine: Engine, check: Callable[[Rows], CheckedFile], ucdp_rows: Rows
) -> None:
    with session_factory(ledger_engine).begin() as session:
        add_person(session, "Ada")
        session.flush()
        before = contents(session)

    def fall(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), session_factory(ledger_engine).begin() as session:
        record_file(session, check(ucdp_rows), by=session.scalars(select(Person)).one(), progress=fall)
    with session_factory(ledger_engine)() as session:
        assert contents(session) == before


def test_let_yet_kone_is_one_incident_of_two_records(
    session: Session, ada: Person, bo: Person, check: Callable[[Rows], CheckedFile], ucdp_rows: Rows
) -> None:
    dataset, drafts = read_founding_record()
    founding = record_many(
        session, drafts, by=ada, dataset=dataset, file_hash="0" * 64, filename="founding_record.yaml"
    )
    batch = record_file(session, check(ucdp_rows), by=ada).batch
    assert batch is not None
    review.approve_batch(session, founding.id, by=bo)
    review.approve_batch(session, batch, by=bo)
    linked = {
        reference.text: incident
        for incident in approved(session)
        for reference in incident.draft.references
        if incident.same_as
    }
    ours, theirs = linked["founding-record:let-yet-kone-2022"], linked["ucdp-ged:448773"]
    assert len(linked) == 2
    assert (ours.same_as, theirs.same_as) == ((theirs.id,), (ours.id,))
    assert [(claim.group, claim.killed.minimum, claim.killed.maximum) for claim in ours.draft.harm] == [
        ("children", 6, None)
    ]
    assert [(claim.group, claim.killed.minimum, claim.killed.maximum) for claim in theirs.draft.harm] == [
        ("total", 13, 18),
        ("civilians", 13, 13),
    ]


def test_the_founding_record_comes_back_as_it_was_read(session: Session, ada: Person, bo: Person) -> None:
    dataset, drafts = read_founding_record()
    batch = record_many(session, drafts, by=ada, dataset=dataset, file_hash="0" * 64, filename="founding_record.yaml")
    assert batch.recorded == 76
    review.approve_batch(session, batch.id, by=bo)
    assert tuple(incident.draft for incident in approved(session)) == drafts
