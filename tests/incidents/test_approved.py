"""What publishing reads: approved revisions and nothing else, links both ways, and memory that does not grow."""

import dataclasses
import tracemalloc

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from incidents import recording, review
from incidents.approved import approved, count_left
from incidents.database import session_factory, snapshot
from incidents.drafts import IncidentDraft, ReferenceDraft
from incidents.models import Incident, Person
from incidents.people import add_person, find_person
from tests.factories import UCDP, make_draft
from tests.incidents.test_recording import imported, record_file


def links(session: Session) -> dict[str, set[str]]:
    found = list(approved(session))
    titles = {each.id: each.draft.title for each in found}
    return {each.draft.title: {titles[id_] for id_ in each.same_as} for each in found}


def test_the_draft_is_that_of_the_approved_revision(session: Session, ada: Person, bo: Person) -> None:
    draft = make_draft(references=(ReferenceDraft("ucdp-ged", "1"),))
    incident = recording.record(session, draft, by=ada, dataset=UCDP)
    review.approve(session, [incident], by=bo)
    recording.correct(session, incident, make_draft(title="Nobody approved this"), by=ada)
    (found,) = approved(session)
    assert (found.id, found.revision, found.draft) == (incident.public_id, 1, draft)
    assert (found.dataset, found.policy, found.embargo_until, found.withdrawn) == (UCDP, None, None, False)


def test_what_is_not_approved_is_counted_and_not_given(session: Session, ada: Person, bo: Person) -> None:
    review.approve(session, [recording.record(session, make_draft(), by=ada)], by=bo)
    recording.record(session, make_draft(title="Draft"), by=ada)
    review.return_(session, [recording.record(session, make_draft(title="Returned"), by=ada)], by=bo)
    assert [each.draft.title for each in approved(session)] == ["Airstrike on a village school"]
    assert count_left(session) == 2


@pytest.mark.parametrize("later", [False, True])
def test_links_hold_both_ways_whichever_record_comes_first(
    session: Session, ada: Person, bo: Person, *, later: bool
) -> None:
    founding = make_draft(title="Founding", same_as=("ucdp-ged:448773",))
    drafts = [founding, imported(448773, title="UCDP")]
    for draft in reversed(drafts) if later else drafts:
        review.approve(session, [recording.record(session, draft, by=ada)], by=bo)
    assert links(session) == {"Founding": {"UCDP"}, "UCDP": {"Founding"}}


def test_a_link_to_a_record_that_never_came_is_no_link(session: Session, ada: Person, bo: Person) -> None:
    review.approve(session, [recording.record(session, make_draft(same_as=("elsewhere:1",)), by=ada)], by=bo)
    assert links(session) == {"Airstrike on a village school": set()}


def test_a_link_that_nobody_approved_is_not_given(session: Session, ada: Person, bo: Person) -> None:
    one = recording.record(session, make_draft(title="One"), by=ada)
    two = recording.record(session, imported(2, title="Two"), by=ada)
    review.approve(session, [one, two], by=bo)
    recording.correct(session, one, make_draft(title="One", same_as=("ucdp-ged:2",)), by=ada)
    assert links(session) == {"One": set(), "Two": set()}
    review.approve(session, [one], by=bo)
    assert links(session) == {"One": {"Two"}, "Two": {"One"}}
    recording.correct(session, one, make_draft(title="One"), by=ada)
    assert links(session) == {"One": {"Two"}, "Two": {"One"}}
    review.approve(session, [one], by=bo)
    assert links(session) == {"One": set(), "Two": set()}


def test_a_link_never_names_a_draft(session: Session, ada: Person, bo: Person) -> None:
    one = recording.record(session, make_draft(title="One", same_as=("ucdp-ged:2",)), by=ada)
    recording.record(session, imported(2, title="Draft"), by=ada)
    review.approve(session, [one], by=bo)
    assert [each.same_as for each in approved(session)] == [()]


def test_two_versions_of_a_dataset_stay_apart(session: Session, ada: Person, bo: Person) -> None:
    newer = dataclasses.replace(UCDP, version="99.9")
    for number, dataset in ((1, UCDP), (2, newer)):
        review.approve(session, [recording.record(session, imported(number), by=ada, dataset=dataset)], by=bo)
    assert [each.dataset for each in approved(session)] == [UCDP, newer]


def test_a_snapshot_sees_one_state_and_holds_up_no_writer(ledger_engine: Engine) -> None:
    make = session_factory(ledger_engine)
    with make.begin() as session:
        ada, bo = add_person(session, "Ada"), add_person(session, "Bo")
        batch = record_file(session, [imported(number) for number in range(1_200)], ada)
        review.approve_batch(session, batch.id, by=bo)
    with snapshot(ledger_engine) as reading:
        given = approved(reading)
        first = next(given)
        with make.begin() as writing:
            ada, bo = find_person(writing, "Ada"), find_person(writing, "Bo")
            review.approve(writing, [recording.record(writing, make_draft(title="Too late"), by=ada)], by=bo)
        titles = [first.draft.title, *(each.draft.title for each in given)]
    assert len(titles) == 1_200
    assert "Too late" not in titles
    with snapshot(ledger_engine) as reading:
        assert sum(1 for _ in approved(reading)) == 1_201


def test_memory_does_not_grow_with_the_ledger(spatialite_url: str) -> None:
    from incidents.database import open_engine

    engine = open_engine(spatialite_url)
    with session_factory(engine).begin() as session:
        ada, bo = add_person(session, "Ada"), add_person(session, "Bo")
        batch = record_file(session, [imported(number, summary="x" * 2_000) for number in range(5_000)], ada)
        review.approve_batch(session, batch.id, by=bo)
    peaks: list[int] = []
    with snapshot(engine) as session:
        tracemalloc.start()
        for number, _ in enumerate(approved(session), 1):
            if number in {1_000, 5_000}:
                peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    engine.dispose()
    assert len(peaks) == 2
    assert peaks[1] < peaks[0] * 1.5
    assert peaks[1] < 20_000_000


def test_the_session_keeps_nothing_of_it(session: Session, ada: Person, bo: Person) -> None:
    batch = record_file(session, [imported(number) for number in range(20)], ada)
    review.approve_batch(session, batch.id, by=bo)
    session.commit()
    session.expunge_all()
    drafts: list[IncidentDraft] = [each.draft for each in approved(session)]
    assert len(drafts) == 20
    assert not any(isinstance(kept, Incident) for kept in session)
