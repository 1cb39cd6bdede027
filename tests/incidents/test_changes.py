"""In which edition a row was first shown and last changed: of what readers are told, and nothing else is told by it."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from geodata.points import LonLat
from incidents import publishing, recording, review
from incidents.database import open_engine, session_factory
from incidents.drafts import ReferenceDraft
from incidents.editions.errors import EditionOutdated
from incidents.editions.manifest import Manifest
from incidents.editions.older import open_attached
from incidents.editions.reader import EditionStore
from incidents.models import Incident
from incidents.people import add_person, find_person
from incidents.policies import LocationPolicy, PolicyRule
from tests.factories import make_draft, make_location

MOVED = make_location(point=LonLat(95.4912, 22.6834))


class Desk:
    """A ledger and its editions, with two people at work."""

    def __init__(self, engine: Engine, root: Path) -> None:
        self.engine, self.store = engine, EditionStore(root)
        with session_factory(engine).begin() as session:
            for name in ("Ada", "Bo"):
                add_person(session, name)

    def add(self, **changes: Any) -> str:
        with session_factory(self.engine).begin() as session:
            incident = recording.record(session, make_draft(**changes), by=find_person(session, "Ada"))
            review.approve(session, [incident], by=find_person(session, "Bo"))
            return incident.public_id

    def correct(self, id_: str, **changes: Any) -> None:
        with session_factory(self.engine).begin() as session:
            incident = session.scalars(select(Incident).where(Incident.public_id == id_)).one()
            recording.correct(session, incident, make_draft(**changes), by=find_person(session, "Ada"))
            review.approve(session, [incident], by=find_person(session, "Bo"))

    def publish(self, **settings: Any) -> Manifest:
        publishing.publish(self.engine, self.store, by="Bo", **settings)
        return self.store.current().manifest

    def dates(self, name: str | None = None) -> dict[str, tuple[int, int]]:
        """Give, by id, in which edition a row was first shown, and in which it last changed."""
        path = self.store.root / (name or self.store.current_name()) / "incidents.duckdb"
        with open_attached(path, {}) as db:
            rows = db.execute("SELECT id, added_in, changed_in FROM incident").fetchall()
        return {id_: (added, changed) for id_, added, changed in rows}


@pytest.fixture
def desk(spatialite_url: str, tmp_path: Path) -> Iterator[Desk]:
    engine = open_engine(spatialite_url)
    yield Desk(engine, tmp_path / "editions")
    engine.dispose()


@pytest.mark.parametrize("whole", [False, True])
def test_a_row_keeps_its_dates_until_what_it_says_changes(desk: Desk, *, whole: bool) -> None:
    stays, changes, noted = desk.add(title="Stays"), desk.add(title="Changes"), desk.add(title="Is noted")
    first = desk.publish(note="First")
    assert (first.added, first.changed, first.removed, first.earlier) == (3, 0, 0, ())

    desk.correct(changes, title="Has changed")
    # What nobody outside reads is no change, though it is a new revision.
    desk.correct(noted, title="Is noted", private_notes="Ask again.")
    new = desk.add(title="New")
    second = desk.publish(whole=whole)
    assert desk.dates() == {stays: (1, 1), changes: (1, 2), noted: (1, 1), new: (2, 2)}
    assert (second.added, second.changed, second.removed) == (1, 1, 0)

    third = desk.publish(whole=whole)
    assert desk.dates() == {stays: (1, 1), changes: (1, 2), noted: (1, 1), new: (2, 2)}
    assert (third.added, third.changed, third.removed) == (0, 0, 0)
    said = [(one.number, one.note, one.rows, one.added, one.changed) for one in third.earlier]
    assert said == [(1, "First", 3, 3, 0), (2, "", 4, 1, 1)]
    assert third.earlier[0].published_at == first.published_at


def test_another_record_of_the_same_incident_is_a_change(desk: Desk) -> None:
    one = desk.add(references=(ReferenceDraft("mine", "1"),))
    desk.publish()
    other = desk.add(references=(ReferenceDraft("mine", "2"),), same_as=("mine:1",))
    desk.publish()
    assert desk.dates() == {one: (1, 2), other: (2, 2)}
    desk.publish(whole=True)
    assert desk.dates() == {one: (1, 2), other: (2, 2)}
    # What is left after a withdrawal says nothing new.
    publishing.withdraw(desk.engine, desk.store, [other], reason="error", by="Bo")
    assert desk.dates() == {one: (1, 2)}
    assert desk.publish().changed == 0


def test_what_is_taken_back_is_counted_and_not_named(desk: Desk) -> None:
    gone, embargoed, stays = desk.add(title="Gone"), desk.add(title="Waits"), desk.add(title="Stays")
    desk.publish()
    publishing.withdraw(desk.engine, desk.store, [gone], reason="safety", by="Bo")
    until = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=9)
    publishing.embargo(desk.engine, desk.store, [embargoed], until=until, by="Bo")
    amended = desk.store.current().manifest
    assert [(one.removed, one.codes) for one in amended.amendments] == [(1, ("safety",)), (1, ("embargo",))]
    assert (amended.edition, amended.added) == ("1.2", 1)
    second = desk.publish()
    assert (second.added, second.changed, second.removed, second.removed_for) == (0, 0, 2, ("embargo", "safety"))
    text = json.dumps([json.loads((desk.store.root / name / "manifest.json").read_bytes()) for name in ("1.2", "2")])
    assert gone not in text
    assert embargoed not in text
    assert "Gone" not in text
    # When its day has come it is new: no edition that anybody can read has it.
    publishing.embargo(desk.engine, desk.store, [embargoed], until=None, by="Bo")
    desk.publish()
    assert desk.dates() == {stays: (1, 1), embargoed: (3, 3)}


def test_an_amendment_names_its_own_reason_and_no_earlier_one(desk: Desk) -> None:
    id_ = desk.add(title="Held once")
    desk.add(title="Stays")
    desk.publish()
    publishing.restrict(desk.engine, desk.store, [id_], policy=LocationPolicy(PolicyRule.TOWNSHIP), by="Bo")
    publishing.restrict(desk.engine, desk.store, [id_], policy=None, by="Bo")
    desk.publish()
    until = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=9)
    publishing.embargo(desk.engine, desk.store, [id_], until=until, by="Bo")
    publishing.embargo(desk.engine, desk.store, [id_], until=None, by="Bo")
    third = desk.publish()
    publishing.withdraw(desk.engine, desk.store, [id_], reason="safety", by="Bo")
    said = {
        name: [one.codes for one in desk.store.get(name).manifest.amendments] for name in sorted(desk.store.names())
    }
    assert said == {"1.2": [("location",), ("embargo",)], "2.1": [("embargo",)], "3.1": [("safety",)]}
    assert (third.removed, third.removed_for) == (1, ("embargo",))
    assert desk.publish().removed_for == ("safety",)


def test_a_change_of_what_is_withheld_is_none(desk: Desk) -> None:
    """Whenever the place became coarse, no date says that the place was once corrected."""
    before, after = desk.add(title="Restricted first"), desk.add(title="Restricted last")
    desk.publish()
    coarse = LocationPolicy(PolicyRule.STATE)
    publishing.restrict(desk.engine, desk.store, [before], policy=coarse, by="Bo")
    for id_, title in ((before, "Restricted first"), (after, "Restricted last")):
        desk.correct(id_, title=title, location=MOVED)
    desk.publish()
    # The one is coarse already, so that nobody reads of its new place; of the other everybody does.
    assert desk.dates() == {before: (1, 1), after: (1, 2)}
    publishing.restrict(desk.engine, desk.store, [after], policy=coarse, by="Bo")
    assert desk.store.names() == ["1.2", "2.1"]
    for name in desk.store.names():
        assert desk.dates(name) == {before: (1, 1), after: (1, 1)}
    assert desk.store.current().manifest.changed == 0
    assert desk.store.current().manifest.amendments[-1].removed == 0
    third = desk.publish()
    assert (third.added, third.changed, third.removed) == (0, 0, 0)
    # A place that is given more closely again is something new to read.
    publishing.restrict(desk.engine, desk.store, [after], policy=None, by="Bo")
    desk.publish()
    assert desk.dates() == {before: (1, 1), after: (1, 4)}


def test_an_edition_that_cannot_be_read_tells_no_dates(desk: Desk) -> None:
    id_ = desk.add()
    desk.publish()
    (desk.store.root / "1" / "incidents.duckdb").write_bytes(b"no file of DuckDB")
    desk.publish()
    assert desk.dates() == {id_: (2, 2)}


def test_a_newer_version_publishes_beside_editions_that_it_cannot_serve(desk: Desk) -> None:
    id_ = desk.add()
    desk.publish(note="Long ago")
    path = desk.store.root / "1" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"format": 1}))
    with pytest.raises(EditionOutdated):
        EditionStore(desk.store.root).current()
    second = desk.publish()
    assert [manifest.edition for manifest in desk.store.list()] == ["2"]
    assert [one.note for one in second.earlier] == ["Long ago"]
    assert desk.dates() == {id_: (1, 1)}
