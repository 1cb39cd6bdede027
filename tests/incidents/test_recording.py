"""Recording and correcting: what goes into the ledger, what is refused, and what an import does a second time."""

import dataclasses
import datetime as dt
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from geodata.precision import Precision
from incidents import history, recording, review
from incidents.checking import check_draft
from incidents.database import open_engine, session_factory
from incidents.drafts import (
    CitationDraft,
    EquipmentDraft,
    GoodsDraft,
    HarmDraft,
    IncidentDraft,
    ParticipationDraft,
    ReferenceDraft,
    Span,
    TargetDraft,
    TransferDraft,
    read_draft,
)
from incidents.errors import BadDate, BadDraft, DuplicateReference, UnknownIncident
from incidents.finding import find_incidents
from incidents.models import (
    Base,
    Citation,
    Dataset,
    EquipmentUse,
    ExternalReference,
    Goods,
    HarmClaim,
    ImportBatch,
    Incident,
    IncidentPoint,
    IncidentRegion,
    Ledger,
    Participation,
    Person,
    Revision,
    Source,
    Target,
    Transfer,
)
from incidents.people import add_person
from incidents.taxonomy import load_taxonomy
from tests.factories import KALAY, MYANMAR, SAGAING, SOURCE, UCDP, make_draft, make_location


def rows(session: Session, table: type[Base]) -> int:
    return session.scalars(select(func.count()).select_from(table)).one()


def imported(number: int, digest: str = "a" * 64, **changes: object) -> IncidentDraft:
    return make_draft(references=(ReferenceDraft("ucdp-ged", str(number), digest),), same_as=(), **changes)


def record_file(session: Session, drafts: Iterator[IncidentDraft] | list[IncidentDraft], by: Person) -> ImportBatch:
    return recording.record_many(session, drafts, by=by, dataset=UCDP, file_hash="f" * 64, filename="ged.csv")


def test_a_draft_comes_back_from_its_revision_as_it_was(session: Session, ada: Person) -> None:
    draft = make_draft(time_earliest=dt.time(23, 30), time_latest=dt.time(1, 5, 9), time_zone="Asia/Yangon")
    incident = recording.record(session, draft, by=ada)
    assert (incident.time_earliest, incident.time_latest) == (draft.time_earliest, draft.time_latest)
    payload = session.scalars(select(Revision.payload).where(Revision.incident_id == incident.id)).one()
    assert payload
    assert read_draft(payload) == draft
    assert (incident.status, incident.approved_revision, incident.withdrawn) == ("submitted", None, False)
    assert len(incident.public_id) == 32


def test_every_part_of_a_draft_has_its_row(session: Session, ada: Person) -> None:
    draft = make_draft(
        location=make_location(regions=(MYANMAR, SAGAING, KALAY)),
        participants=(ParticipationDraft("Myanmar military", "operator", source_key=SOURCE.key),),
        targets=(TargetDraft("school"), TargetDraft("monastery")),
        aircraft=(EquipmentDraft("mi-17", Span(2)), EquipmentDraft("mi-35", Span(2, 2))),
        transfer=TransferDraft(
            "pledge", Span(None, 8_000_000_000), "USD", (GoodsDraft(("mi-24", "mi-35p"), count=Span(10, 10)),)
        ),
        harm=(HarmDraft("children", Span(6), source_key=SOURCE.key),),
        citations=(CitationDraft(SOURCE), CitationDraft(SOURCE, "harm", "at least 6")),
    )
    incident = recording.record(session, draft, by=ada)
    harm = session.scalars(select(HarmClaim)).one()
    assert (harm.killed_min, harm.killed_max, harm.injured_min) == (6, None, None)
    assert harm.source_id == session.scalars(select(Source.id)).one()
    assert {use.type: (use.count_min, use.count_max) for use in session.scalars(select(EquipmentUse))} == {
        "mi-17": (2, None),
        "mi-35": (2, 2),
    }
    assert session.scalars(select(Transfer.value_max)).one() == 8_000_000_000
    assert session.scalars(select(Goods.types)).one() == ["mi-24", "mi-35p"]
    assert (rows(session, Citation), rows(session, Target), rows(session, Participation)) == (2, 2, 1)
    found = {region.level: region for region in session.scalars(select(IncidentRegion))}
    assert found[1].code == "MM-01"
    assert found[1].boundary_set_id is not None
    assert (found[3].code, found[3].boundary_set_id) == (None, None)
    assert incident.first_recorded_at.tzinfo is dt.UTC


def test_the_point_is_where_it_was_said_and_has_a_spatial_index(session: Session, ada: Person) -> None:
    recording.record(session, make_draft(), by=ada)
    lon, lat, claimed = session.execute(
        select(func.ST_X(IncidentPoint.point), func.ST_Y(IncidentPoint.point), IncidentPoint.claimed)
    ).one()
    assert (lon, lat, claimed) == (95.4012, 22.6834, True)
    if session.get_bind().dialect.name == "sqlite":
        hits = session.execute(
            text(
                "SELECT count(*) FROM SpatialIndex WHERE f_table_name = 'incident_point'"
                " AND search_frame = BuildMbr(95, 22, 96, 23, 4326)"
            )
        )
        assert hits.scalar_one() == 1
    else:
        indexes = inspect(session.connection()).get_indexes("incident_point")
        assert any("gist" in str(index.get("dialect_options")) for index in indexes)


def test_a_stand_in_is_never_a_claimed_point(session: Session, ada: Person) -> None:
    point = make_location().point
    township = make_location(precision=Precision.TOWNSHIP, point=None, stand_in=point, radius_m=30_000.0)
    recording.record(session, make_draft(location=township), by=ada)
    assert session.scalars(select(IncidentPoint.claimed)).one() is False


def test_what_has_no_place_has_no_point(session: Session, ada: Person) -> None:
    nowhere = make_location(precision=Precision.UNKNOWN, point=None, radius_m=None, regions=())
    recording.record(session, make_draft(location=nowhere), by=ada)
    assert (rows(session, IncidentPoint), rows(session, IncidentRegion)) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kind": "air_strike"}, "kind 'air_strike'"),
        ({"title": " "}, "title"),
        ({"aircraft": (EquipmentDraft("ufo"),)}, "aircraft 'ufo'"),
        ({"targets": (TargetDraft("moon"),)}, "target 'moon'"),
        ({"participants": (ParticipationDraft("X", "wizard"),)}, "role 'wizard'"),
        ({"harm": (HarmDraft("martians"),)}, "group 'martians'"),
        ({"harm": (HarmDraft("children", grade="splendid"),)}, "grade 'splendid'"),
        ({"transfer": TransferDraft("stolen")}, "stage 'stolen'"),
        ({"transfer": TransferDraft(goods=(GoodsDraft(("ufo",)),))}, "goods 'ufo'"),
        ({"earliest": dt.date(2022, 9, 17), "latest": dt.date(2022, 9, 16)}, "before the earliest"),
        ({"same_as": ("nonsense",)}, "dataset:id"),
        ({"time_earliest": dt.time(13)}, "a first and a last"),
        ({"time_earliest": dt.time(13, tzinfo=dt.UTC), "time_latest": dt.time(13)}, "is local"),
        ({"time_zone": "Middle/Earth"}, "no time zone"),
        ({"time_zone": "+25:00"}, "no time zone"),
        ({"references": (ReferenceDraft("a", "1"), ReferenceDraft("a", "1"))}, "twice"),
        ({"location": make_location(precision=Precision.STATE)}, "no point"),
    ],
)  # fmt: skip
def test_a_draft_that_contradicts_itself_or_the_taxonomy_is_refused(changes: dict[str, object], told: str) -> None:
    with pytest.raises(BadDraft, match=told):
        check_draft(make_draft(**changes), load_taxonomy())


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(BadDate):
        check_draft(make_draft(date="16 September"), load_taxonomy())


def test_what_is_refused_is_not_recorded(session: Session, ada: Person) -> None:
    with pytest.raises(BadDraft, match="kind 'air_strike'"):
        recording.record(session, make_draft(kind="air_strike"), by=ada)
    with pytest.raises(BadDraft, match="source 'elsewhere'"), session.begin_nested():
        recording.record(session, make_draft(harm=(HarmDraft("children", source_key="elsewhere"),)), by=ada)
    assert rows(session, Incident) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incident SET occurrences_min = 3, occurrences_max = 2",
        "UPDATE incident SET occurrences_min = -1",
        "UPDATE incident SET earliest = '2022-09-17', latest = '2022-09-16'",
        "UPDATE incident SET extent = 'many'",
        "UPDATE incident SET status = 'fine'",
        "UPDATE incident SET policy_rule = 'cell'",
        "UPDATE incident SET policy_cell_km = 5",
        "UPDATE incident SET policy_rule = 'cell', policy_cell_km = 51",
        "UPDATE incident SET approved_revision = 2",
        "UPDATE harm_claim SET killed_min = 7, killed_max = 6",
        "UPDATE harm_claim SET grade = 'splendid'",
        "UPDATE incident SET kind = 'nonsense'",
        "UPDATE harm_claim SET harm_group = 'martians'",
        "UPDATE equipment_use SET type = 'ufo'",
        "UPDATE incident SET time_earliest = '13:00:00'",
        "UPDATE equipment_use SET certainty = 'maybe'",
        "UPDATE incident_region SET code = NULL",
        "UPDATE dataset SET terms = 'whatever'",
        "UPDATE incident SET dataset_id = 99",
        "DELETE FROM incident",
    ],
)
def test_the_database_itself_refuses_what_cannot_be(session: Session, ada: Person, statement: str) -> None:
    recording.record(session, make_draft(), by=ada, dataset=UCDP)
    with pytest.raises(IntegrityError):
        session.execute(text(statement))


def test_a_reference_belongs_to_one_incident(session: Session, ada: Person) -> None:
    recording.record(session, imported(1), by=ada)
    with pytest.raises(DuplicateReference, match="ucdp-ged:1"):
        recording.record(session, imported(1, title="Another"), by=ada)
    with pytest.raises(IntegrityError):
        session.execute(
            text("INSERT INTO external_reference (incident_id, dataset, external_id) VALUES (1, 'ucdp-ged', '1')")
        )


def test_incidents_are_found_by_id_and_by_reference(session: Session, ada: Person) -> None:
    incident = recording.record(session, imported(448773), by=ada)
    assert find_incidents(session, [incident.public_id.upper(), " ucdp-ged:448773 "]) == [incident, incident]
    for unknown in ("0" * 32, "ucdp-ged:4", "", "ucdp-ged:"):
        with pytest.raises(UnknownIncident):
            find_incidents(session, [unknown])


def test_a_file_is_one_link_of_the_history_and_names_who_and_what(session: Session, ada: Person) -> None:
    told: list[int] = []
    batch = recording.record_many(
        session,
        (imported(number) for number in range(2_500)),
        by=ada,
        dataset=UCDP,
        file_hash="f" * 64,
        filename="ged.csv",
        progress=told.append,
    )
    assert told == [1_000, 2_000, 2_500]
    assert (batch.recorded, batch.unchanged, batch.differing, batch.person_id) == (2_500, 0, [], ada.id)
    assert history.head(session)[1] == 1
    assert history.verify_chain(session).revisions == 2_500
    assert session.execute(select(Incident.import_batch_id, Incident.status).distinct()).all() == [
        (batch.id, "submitted")
    ]
    assert rows(session, Source) == 1


def test_a_file_read_again_changes_nothing(session: Session, ada: Person) -> None:
    drafts = [imported(number) for number in range(30)]
    record_file(session, drafts, ada)
    before = history.head(session), rows(session, Incident), rows(session, ImportBatch)
    again = record_file(session, drafts, ada)
    session.flush()
    assert (again.recorded, again.unchanged) == (0, 30)
    assert again not in session
    assert (history.head(session), rows(session, Incident), rows(session, ImportBatch)) == before


def test_a_changed_row_is_told_and_left_as_it_is(session: Session, ada: Person) -> None:
    record_file(session, [imported(1), imported(2)], ada)
    again = record_file(session, [imported(1, "b" * 64, title="Changed"), imported(2), imported(3)], ada)
    assert (again.recorded, again.unchanged, again.differing) == (1, 1, ["ucdp-ged:1"])
    assert "Changed" not in set(session.scalars(select(Incident.title)))


def test_a_row_that_stands_twice_in_a_file_is_recorded_once(session: Session, ada: Person) -> None:
    batch = record_file(session, [imported(1), imported(1), imported(1, "b" * 64)], ada)
    assert (batch.recorded, batch.unchanged, batch.differing) == (1, 1, ["ucdp-ged:1"])


def test_one_bad_row_refuses_the_whole_file(session: Session, ada: Person) -> None:
    session.commit()

    def drafts() -> Iterator[IncidentDraft]:
        yield from (imported(number) for number in range(1_500))
        yield imported(1_500, kind="nonsense")

    with pytest.raises(BadDraft):
        record_file(session, drafts(), ada)
    session.rollback()
    assert [rows(session, table) for table in (Incident, ImportBatch, Revision, Source, Dataset)] == [0] * 5


def test_a_dataset_cannot_change_its_terms_unseen(session: Session, ada: Person) -> None:
    recording.record(session, imported(1), by=ada, dataset=UCDP)
    recording.record(session, imported(2), by=ada, dataset=dataclasses.replace(UCDP, version="99.9", terms="internal"))
    with pytest.raises(BadDraft, match="other terms"):
        recording.record(session, imported(3), by=ada, dataset=dataclasses.replace(UCDP, terms="internal"))


def test_a_correction_replaces_the_parts_and_keeps_what_was_said(session: Session, ada: Person, bo: Person) -> None:
    incident = recording.record(session, make_draft(), by=ada)
    review.approve(session, [incident], by=bo)
    corrected = make_draft(title="Corrected", harm=(HarmDraft("children", Span(7)),), aircraft=())
    recording.correct(session, incident, corrected, by=ada)
    session.refresh(incident)
    assert (incident.title, incident.status) == ("Corrected", "submitted")
    assert (incident.approved_revision, incident.revision) == (1, 3)
    assert session.scalars(select(HarmClaim.killed_min)).all() == [7]
    assert rows(session, EquipmentUse) == 0
    said = session.execute(select(Revision.number, Revision.action).order_by(Revision.number)).all()
    assert said == [(1, "record"), (2, "approve"), (3, "correct")]
    assert history.verify_chain(session).length == 3


def test_a_correction_cannot_take_anothers_reference(session: Session, ada: Person) -> None:
    recording.record(session, imported(1), by=ada)
    other = recording.record(session, imported(2), by=ada)
    recording.correct(session, other, imported(2, title="Still its own"), by=ada)
    with pytest.raises(DuplicateReference):
        recording.correct(session, other, imported(1), by=ada)


def test_a_demonstration_approves_by_itself_and_says_so(demonstration_engine: Engine) -> None:
    with session_factory(demonstration_engine).begin() as session:
        ada = add_person(session, "Ada")
        incident = recording.record(session, make_draft(), by=ada)
        assert (incident.status, incident.approved_revision) == ("approved", 1)
        record_file(session, [imported(1), imported(2)], ada)
        recording.correct(session, incident, make_draft(title="Corrected"), by=ada)
        assert (incident.status, incident.approved_revision) == ("approved", 3)
        actions = set(session.scalars(select(Revision.action)))
        assert actions == {"record", "correct", "demonstration"}
        assert history.verify_chain(session).length == 3


def test_a_ledger_cannot_become_a_demonstration(session: Session, ada: Person) -> None:
    for statement in (
        "UPDATE ledger SET demonstration = (1 = 1)",
        "DELETE FROM ledger",
        "INSERT INTO ledger SELECT 2, 'x', 1 = 1, created_at FROM ledger",
    ):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text(statement))
    assert session.scalars(select(Ledger.demonstration)).all() == [False]


KILLED_WHILE_IMPORTING = """
import sys, time
from incidents import recording, people
from incidents.checking import check_draft
from incidents.database import open_engine, session_factory
from incidents.drafts import ReferenceDraft
from tests.factories import UCDP, make_draft
def drafts():
    for number in range(1_000_000):
        yield make_draft(references=(ReferenceDraft("ucdp-ged", str(number), "a" * 64),), same_as=())
def tell(done):
    print(done, flush=True)
recording._BLOCK = 100
with session_factory(open_engine(sys.argv[1])).begin() as session:
    recording.record_many(session, drafts(), by=people.find_person(session, "Ada"), dataset=UCDP, file_hash="f" * 64,
        filename="x.csv", progress=tell)
"""


def test_an_import_that_is_killed_leaves_nothing(ledger_url: str, ledger_engine: Engine) -> None:
    with session_factory(ledger_engine).begin() as session:
        add_person(session, "Ada")
    ledger_engine.dispose()
    import_ = subprocess.Popen(
        [sys.executable, "-c", KILLED_WHILE_IMPORTING, ledger_url], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert import_.stdout
    assert import_.stdout.readline() == "100\n"
    assert import_.stdout.readline() == "200\n"
    import_.send_signal(signal.SIGKILL)
    import_.communicate()
    engine = open_engine(ledger_url)
    deadline = time.monotonic() + 10
    with session_factory(engine)() as session:
        assert [rows(session, table) for table in (Incident, ImportBatch, Revision, Source, ExternalReference)] == [
            0
        ] * 5
        assert history.verify_chain(session).length == 0
        # The next one may begin at once: no lock is left.
        record_file(session, [imported(1)], session.scalars(select(Person)).one())
        session.commit()
    assert time.monotonic() < deadline
    engine.dispose()
