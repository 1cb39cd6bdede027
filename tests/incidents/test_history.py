"""The history: appended to and never changed, and a chain that shows it."""

import hashlib
import json
import re

import pytest
import rfc8785
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from incidents import history, recording, restricting, review
from incidents.approved import approved
from incidents.errors import BrokenHistory, StillInUse
from incidents.models import ChainLink, Ledger, Person, Revision
from tests.factories import make_draft


@pytest.fixture
def said(session: Session, ada: Person, bo: Person) -> Session:
    """Make a history of four links: recorded, approved, corrected, recorded."""
    incident = recording.record(session, make_draft(title="First words"), by=ada)
    review.approve(session, [incident], by=bo)
    recording.correct(session, incident, make_draft(title="Other words"), by=ada)
    recording.record(session, make_draft(), by=bo)
    session.commit()
    return session


def test_the_chain_verifies_and_its_head_is_the_last_link(said: Session) -> None:
    found = history.verify_chain(said)
    assert (found.length, found.revisions, found.erased) == (4, 4, 0)
    assert history.head(said) == (found.head, 4)


def test_an_empty_history_begins_with_the_ledgers_own_id(session: Session) -> None:
    ledger_id = session.scalars(select(Ledger.ledger_id)).one()
    assert re.fullmatch("[0-9a-f]{32}", ledger_id)
    assert history.head(session) == (hashlib.sha256(ledger_id.encode()).hexdigest(), 0)
    assert history.verify_chain(session).length == 0


def test_anybody_can_verify_it_from_what_is_written_down(said: Session) -> None:
    """The digests are made as the comments on the columns say, with nothing but a SHA-256."""
    previous = hashlib.sha256(said.scalars(select(Ledger.ledger_id)).one().encode()).hexdigest()
    for link in said.scalars(select(ChainLink).order_by(ChainLink.position)):
        (revision,) = said.scalars(select(Revision).where(Revision.link == link.position))
        assert revision.payload
        assert revision.salt
        payload_digest = hashlib.sha256(bytes.fromhex(revision.salt) + revision.payload.encode()).hexdigest()
        assert payload_digest == revision.payload_digest
        assert link.previous == previous
        previous = hashlib.sha256(rfc8785.dumps([link.position, previous, 1, link.digest])).hexdigest()
        assert link.hash == previous


def test_payloads_are_canonical_and_salts_differ(said: Session) -> None:
    rows = said.execute(select(Revision.payload, Revision.salt)).all()
    for payload, _ in rows:
        assert payload
        assert rfc8785.dumps(json.loads(payload)).decode() == payload
    assert len({salt for _, salt in rows}) == len(rows)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE revision SET payload = '{}' WHERE id = 1",
        "UPDATE revision SET by_id = by_id + 1 WHERE id = 1",
        "UPDATE revision SET payload = NULL, salt = NULL, by_id = by_id + 1 WHERE id = 1",
        "UPDATE revision SET payload = NULL, salt = NULL, number = 9 WHERE id = 1",
        "UPDATE revision SET payload = NULL WHERE id = 1",
        "UPDATE revision SET salt = NULL WHERE id = 1",
        "UPDATE revision SET action = 'correct' WHERE id = 1",
        "UPDATE revision SET link = 2 WHERE id = 1",
        "DELETE FROM revision WHERE id = 4",
        "DELETE FROM revision",
        "UPDATE chain_link SET hash = 'x' WHERE position = 1",
        "DELETE FROM chain_link WHERE position = 4",
    ],
)
def test_triggers_refuse_to_change_the_history(said: Session, statement: str) -> None:
    with pytest.raises(DBAPIError), said.begin_nested():
        said.execute(text(statement))
    said.rollback()
    assert history.verify_chain(said).length == 4


def test_truncating_is_refused_too(said: Session) -> None:
    if said.get_bind().dialect.name == "sqlite":
        return  # SQLite has no TRUNCATE.
    with pytest.raises(DBAPIError, match="append-only"):
        said.execute(text("TRUNCATE revision"))


def disarm(session: Session) -> None:
    """Take the triggers away, as somebody with the database in hand could."""
    if session.get_bind().dialect.name == "sqlite":
        names = session.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('revision', 'chain_link')")
        )
        for name in names.all():
            session.execute(text(f"DROP TRIGGER {name}"))
        # A deferred foreign key is not what is tested here.
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
    else:
        for table in ("revision", "chain_link"):
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


@pytest.mark.parametrize(
    ("statement", "link"),
    [
        ("UPDATE revision SET payload = replace(payload, 'First', 'Worst') WHERE id = 1", 1),
        ("UPDATE revision SET by_id = 1 WHERE id = 2", 2),
        ("UPDATE revision SET number = 7 WHERE id = 3", 3),
        ("UPDATE revision SET payload_digest = 'x', payload = NULL, salt = NULL WHERE id = 4", 4),
        ("UPDATE revision SET at = '1999-01-01 00:00:00.000000' WHERE id = 1", 1),
        ("UPDATE chain_link SET digest = 'x' WHERE position = 3", 3),
        ("UPDATE chain_link SET previous = 'x' WHERE position = 2", 2),
        ("DELETE FROM revision WHERE id = 2", 2),
    ],
)
def test_what_is_changed_behind_the_triggers_is_found(said: Session, statement: str, link: int) -> None:
    disarm(said)
    said.execute(text(statement))
    said.expire_all()
    with pytest.raises(BrokenHistory, match=f"link {link}"):
        history.verify_chain(said)


def test_a_revision_slipped_in_is_found(said: Session) -> None:
    disarm(said)
    said.execute(
        text(
            "INSERT INTO revision (incident_id, number, action, by_id, at, payload, salt, payload_digest, link)"
            " SELECT incident_id, 9, action, by_id, at, payload, salt, payload_digest, 4 FROM revision WHERE id = 1"
        )
    )
    with pytest.raises(BrokenHistory, match="link 4"):
        history.verify_chain(said)


def test_an_erased_payload_is_gone_and_the_chain_still_verifies(session: Session, ada: Person, bo: Person) -> None:
    incident = recording.record(session, make_draft(title="A name that must go"), by=ada)
    review.approve(session, [incident], by=bo)
    session.refresh(incident)
    with pytest.raises(StillInUse, match="correct"):
        history.erase_payload(session, incident, 1, by=bo, reason="court order")
    recording.correct(session, incident, make_draft(title="Somebody"), by=ada)
    with pytest.raises(StillInUse, match="withdraw"):
        history.erase_payload(session, incident, 1, by=bo, reason="court order")
    restricting.withdraw(session, incident, reason="legal", by=bo)
    history.erase_payload(session, incident, 1, by=bo, reason="court order")
    session.flush()
    assert history.verify_chain(session).erased == 1
    payload, salt = session.execute(select(Revision.payload, Revision.salt).where(Revision.number == 1)).one()
    assert (payload, salt) == (None, None)
    assert list(approved(session)) == []
    last = session.execute(select(Revision.action, Revision.payload).order_by(Revision.number.desc()).limit(1)).one()
    assert last == ("erase", '{"erases":1,"reason":"court order"}')


def test_an_act_that_says_nothing_leaves_no_link(session: Session, ada: Person) -> None:
    with history.act(session, ada) as link:
        link.add([])
    assert history.head(session)[1] == 0


def test_what_fails_leaves_no_link(ledger_engine: Engine, session: Session, ada: Person) -> None:
    session.commit()
    with pytest.raises(ZeroDivisionError), history.act(session, ada):
        _ = 1 / 0
    session.rollback()
    assert history.head(session)[1] == 0
