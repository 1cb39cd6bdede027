"""Review: it takes two people, and nothing is published before the second one says so."""

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from incidents import history, recording, review
from incidents.approved import approved, count_left
from incidents.database import session_factory
from incidents.errors import NotWaiting, SamePerson, UnknownBatch
from incidents.models import Incident, Person, Revision
from incidents.people import add_person, find_person
from tests.factories import UCDP, make_draft
from tests.incidents.test_recording import imported, record_file


def test_somebody_else_approves_and_the_history_says_who(session: Session, ada: Person, bo: Person) -> None:
    incident = recording.record(session, make_draft(), by=ada)
    assert review.approve(session, [incident], by=bo) == 1
    session.refresh(incident)
    assert (incident.status, incident.approved_revision) == ("approved", 1)
    said = session.execute(select(Revision.action, Revision.approves, Revision.by_id).order_by(Revision.number)).all()
    assert said == [("record", None, ada.id), ("approve", 1, bo.id)]


def test_nobody_approves_what_they_recorded(session: Session, ada: Person) -> None:
    incident = recording.record(session, make_draft(), by=ada)
    with pytest.raises(SamePerson, match="somebody else"):
        review.approve(session, [incident], by=ada)
    assert list(approved(session)) == []


def test_nobody_approves_their_own_correction(session: Session, ada: Person, bo: Person) -> None:
    incident = recording.record(session, make_draft(), by=ada)
    recording.correct(session, incident, make_draft(title="Corrected"), by=bo)
    with pytest.raises(SamePerson):
        review.approve(session, [incident], by=bo)
    assert review.approve(session, [incident], by=ada) == 1


@pytest.mark.parametrize("action", ["approve", "demonstration"])
def test_the_database_itself_asks_for_two_people(session: Session, ada: Person, action: str) -> None:
    recording.record(session, make_draft(), by=ada)
    forged = text(
        "INSERT INTO revision (incident_id, number, action, approves, by_id, at, payload, salt, payload_digest, link)"
        " SELECT incident_id, 2, :action, 1, by_id, at, payload, salt, payload_digest, link FROM revision"
    )
    with pytest.raises(DBAPIError, match="somebody else than its author"):
        session.execute(forged, {"action": action})


def test_an_approval_needs_something_that_was_said(session: Session, ada: Person, bo: Person) -> None:
    incident = recording.record(session, make_draft(), by=ada)
    with pytest.raises(DBAPIError), history.act(session, bo) as link:
        link.add([history.Entry(incident.id, incident.public_id, 2, "approve", approves=7)])


def test_a_status_alone_publishes_nothing(session: Session, ada: Person) -> None:
    recording.record(session, make_draft(), by=ada)
    session.execute(text("UPDATE incident SET status = 'approved', approved_revision = 1"))
    assert list(approved(session)) == []


def test_an_import_is_approved_as_one_and_not_by_who_imported_it(session: Session, ada: Person, bo: Person) -> None:
    batch = record_file(session, [imported(number) for number in range(1_200)], ada)
    with pytest.raises(SamePerson):
        review.approve_batch(session, batch.id, by=ada)
    assert review.approve_batch(session, batch.id, by=bo) == 1_200
    assert (sum(1 for _ in approved(session)), count_left(session)) == (1_200, 0)
    assert history.verify_chain(session).length == 2
    with pytest.raises(NotWaiting):
        review.approve_batch(session, batch.id, by=bo)
    with pytest.raises(UnknownBatch):
        review.approve_batch(session, batch.id + 1, by=bo)


def test_one_that_does_not_wait_stops_them_all(session: Session, ada: Person, bo: Person) -> None:
    one = recording.record(session, make_draft(), by=ada)
    two = recording.record(session, make_draft(), by=ada)
    review.approve(session, [one], by=bo)
    with pytest.raises(NotWaiting), session.begin_nested():
        review.approve(session, [one, two], by=bo)
    session.refresh(two)
    assert two.status == "submitted"


def test_the_same_one_named_twice_is_approved_once(session: Session, ada: Person, bo: Person) -> None:
    incident = recording.record(session, make_draft(), by=ada)
    assert review.approve(session, [incident, incident], by=bo) == 1


def test_what_is_returned_waits_for_a_correction(session: Session, ada: Person, bo: Person) -> None:
    incident = recording.record(session, make_draft(), by=ada)
    assert review.return_(session, [incident], by=bo, reason="Which school?") == 1
    session.refresh(incident)
    assert incident.status == "returned"
    assert list(review.list_waiting(session)) == []
    with pytest.raises(NotWaiting):
        review.approve(session, [incident], by=bo)
    recording.correct(session, incident, make_draft(title="The school of the monastery"), by=ada)
    assert review.approve(session, [incident], by=bo) == 1
    assert [said.revision for said in approved(session)] == [3]


def test_an_import_can_be_returned(session: Session, ada: Person, bo: Person) -> None:
    batch = record_file(session, [imported(1), imported(2)], ada)
    assert review.return_batch(session, batch.id, by=bo, reason="Wrong file") == 2
    assert review.list_waiting_batches(session) == []
    assert count_left(session) == 2


def test_what_waits_is_listed_by_import_and_singly(session: Session, ada: Person, bo: Person) -> None:
    single = recording.record(session, make_draft(title="Single"), by=bo)
    batch = record_file(session, [imported(1), imported(2)], ada)
    (waiting,) = review.list_waiting(session)
    assert (waiting.id, waiting.title, waiting.author, waiting.batch) == (single.public_id, "Single", "Bo", None)
    assert [each.batch for each in review.list_waiting(session, batch=batch.id)] == [batch.id] * 2
    (listed,) = review.list_waiting_batches(session)
    assert (listed.number, listed.waiting, listed.author, listed.dataset) == (batch.id, 2, "Ada", UCDP.title)


def test_two_reviewers_at_once_approve_once(ledger_engine: Engine) -> None:
    make = session_factory(ledger_engine)
    with make.begin() as session:
        add_person(session, "Bo")
        recording.record(session, make_draft(), by=add_person(session, "Ada"))
    with make.begin() as one:
        review.approve(one, one.scalars(select(Incident)), by=find_person(one, "Bo"))
    with make() as two, pytest.raises(NotWaiting):
        review.approve(two, two.scalars(select(Incident)), by=find_person(two, "Bo"))
