"""What the public may learn: policies, embargoes and withdrawals are said in the history and told to publishing."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents import history, recording, restricting, review
from incidents.approved import approved
from incidents.errors import BadPolicy, NotApproved, SamePerson
from incidents.models import Person, Revision
from incidents.policies import LocationPolicy, PolicyRule, make_policy
from incidents.restricting import Reason
from tests.factories import make_draft


def test_a_policy_an_embargo_and_a_withdrawal_reach_publishing(session: Session, ada: Person, bo: Person) -> None:
    incident = recording.record(session, make_draft(), by=ada)
    review.approve(session, [incident], by=bo)
    session.refresh(incident)
    cell = LocationPolicy(PolicyRule.CELL, 10)
    restricting.set_policy(session, incident, cell, by=ada)
    restricting.set_embargo(session, incident, dt.date(2030, 1, 1), by=ada)
    restricting.withdraw(session, incident, reason=Reason.SAFETY, by=ada)
    session.flush()
    (found,) = approved(session)
    assert (found.policy, found.embargo_until, found.withdrawn) == (cell, dt.date(2030, 1, 1), True)
    said = session.execute(select(Revision.action, Revision.payload).order_by(Revision.number)).all()[2:]
    assert said == [
        ("policy", '{"cell_km":10,"rule":"cell"}'),
        ("embargo", '{"until":"2030-01-01"}'),
        ("withdraw", '{"reason":"safety"}'),
    ]
    assert history.verify_chain(session).length == 5


def test_saying_the_same_twice_says_it_once(session: Session, ada: Person, bo: Person) -> None:
    incident = recording.record(session, make_draft(), by=ada)
    review.approve(session, [incident], by=bo)
    session.refresh(incident)
    for _ in range(2):
        restricting.set_policy(session, incident, LocationPolicy(PolicyRule.STATE), by=ada)
        restricting.set_embargo(session, incident, dt.date(2030, 1, 1), by=ada)
        restricting.withdraw(session, incident, reason="error", by=ada)
    assert history.head(session)[1] == 5


def test_a_policy_and_an_embargo_can_be_lifted(session: Session, ada: Person, bo: Person) -> None:
    incident = recording.record(session, make_draft(), by=ada)
    review.approve(session, [incident], by=bo)
    session.refresh(incident)
    restricting.set_policy(session, incident, LocationPolicy(PolicyRule.WITHHELD), by=ada)
    restricting.set_policy(session, incident, None, by=bo)
    restricting.set_embargo(session, incident, dt.date(2030, 1, 1), by=ada)
    restricting.set_embargo(session, incident, None, by=bo)
    session.flush()
    (found,) = approved(session)
    assert (found.policy, found.embargo_until) == (None, None)


def test_its_author_alone_releases_no_more_of_it(session: Session, ada: Person, bo: Person) -> None:
    incident = recording.record(session, make_draft(), by=ada)
    # Before the approval its author may say what is to be approved.
    restricting.set_policy(session, incident, LocationPolicy(PolicyRule.STATE), by=ada)
    restricting.set_policy(session, incident, LocationPolicy(PolicyRule.CELL, 10), by=ada)
    review.approve(session, [incident], by=bo)
    session.refresh(incident)
    for looser in (None, LocationPolicy(PolicyRule.EXACT), LocationPolicy(PolicyRule.CELL, 5)):
        with pytest.raises(SamePerson):
            restricting.set_policy(session, incident, looser, by=ada)
    restricting.set_policy(session, incident, LocationPolicy(PolicyRule.CELL, 20), by=ada)
    restricting.set_embargo(session, incident, dt.date(2030, 1, 1), by=ada)
    for sooner in (None, dt.date(2029, 12, 31)):
        with pytest.raises(SamePerson):
            restricting.set_embargo(session, incident, sooner, by=ada)
    restricting.set_embargo(session, incident, dt.date(2031, 1, 1), by=ada)
    assert (incident.policy_cell_km, incident.embargo_until) == (20, dt.date(2031, 1, 1))


def test_a_correction_keeps_the_policy(session: Session, ada: Person, bo: Person) -> None:
    incident = recording.record(session, make_draft(), by=ada)
    restricting.set_policy(session, incident, LocationPolicy(PolicyRule.WITHHELD), by=ada)
    recording.correct(session, incident, make_draft(title="Corrected"), by=ada)
    review.approve(session, [incident], by=bo)
    (found,) = approved(session)
    assert (found.policy, found.draft.title) == (LocationPolicy(PolicyRule.WITHHELD), "Corrected")


def test_what_the_public_never_got_is_not_taken_back(session: Session, ada: Person) -> None:
    with pytest.raises(NotApproved):
        restricting.withdraw(session, recording.record(session, make_draft(), by=ada), reason="error", by=ada)


def test_a_reason_is_one_of_the_list(session: Session, ada: Person) -> None:
    with pytest.raises(ValueError, match="boredom"):
        restricting.withdraw(session, recording.record(session, make_draft(), by=ada), reason="boredom", by=ada)


@pytest.mark.parametrize("km", [None, 0, -1, 51])
def test_a_cell_has_a_size_within_bounds(km: int | None) -> None:
    with pytest.raises(BadPolicy):
        LocationPolicy(PolicyRule.CELL, km)


def test_only_a_cell_has_a_size() -> None:
    with pytest.raises(BadPolicy):
        LocationPolicy(PolicyRule.STATE, 10)


@given(st.text(max_size=20), st.integers(-5, 60) | st.none())
def test_a_policy_is_made_or_refused(rule: str, km: int | None) -> None:
    try:
        policy = make_policy(rule, km)
    except BadPolicy:
        return
    assert policy
    assert policy.rule in set(PolicyRule)
