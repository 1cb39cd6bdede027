"""An edition that takes rows over from the newest one is the edition that is made whole, whatever happened between."""

import datetime as dt
import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, func, insert, select, update
from sqlalchemy.orm import Session

from incidents import composing, deciding, preparing, publishing, recording, restricting, review
from incidents.ahead import make_ahead
from incidents.database import open_engine, session_factory, snapshot
from incidents.drafts import DatasetDraft, IncidentDraft, ReferenceDraft
from incidents.editions import staging
from incidents.editions.errors import EditionDamaged
from incidents.editions.manifest import verify
from incidents.editions.older import open_attached
from incidents.editions.reader import EditionStore
from incidents.errors import IncidentError, NothingToPublish
from incidents.models import BoundarySet, Dataset, ExternalReference, Incident, Region, Revision, SameAs
from incidents.models.editions import Edition, Publication
from incidents.people import add_person, find_person
from incidents.planned import find_plan
from incidents.policies import LocationPolicy, PolicyRule
from incidents.preparing import Plan, prepare
from incidents.surroundings import ShippedWorld
from incidents.taxonomy import load_taxonomy
from tests.conftest import TODAY
from tests.factories import make_draft, make_random_rows

pytestmark = pytest.mark.usefixtures("noon")

TOMORROW = TODAY + dt.timedelta(days=1)
DATASETS = (
    DatasetDraft("open", "Open", version="1", licence="CC BY 4.0", attribution="Somebody"),
    DatasetDraft("open", "Open", version="2", licence="CC BY 4.0", attribution="Somebody"),
    DatasetDraft("counts", "Counts", terms="aggregate only"),
    DatasetDraft("shut", "Shut", terms="internal"),
)


class History:
    """A ledger to which anything happens, in an order that the seed says."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self._engine = engine
        self._rng = random.Random(seed)  # noqa: S311 - nothing secret hangs on it
        self._drafts = [row.draft for row in make_random_rows(400, seed=seed)]
        self._recorded = 0
        with session_factory(engine).begin() as session:
            for name in ("Ada", "Bo"):
                add_person(session, name)

    def happen(self, times: int) -> None:
        acts: list[Callable[[Session], None]] = [
            *(self._record, self._record, self._record, self._correct, self._approve, self._approve, self._restrict),
            *(self._embargo, self._let_days_pass, self._withdraw, self._change_dataset, self._erase),
        ]
        for _ in range(times):
            with session_factory(self._engine).begin() as session:
                self._rng.choice(acts)(session)

    def any_id(self) -> str | None:
        with session_factory(self._engine)() as session:
            found = self._any(session, Incident.approved_revision.is_not(None))
            return found.public_id if found else None

    def _draft(self) -> IncidentDraft:
        self._recorded += 1
        draft = self._drafts[self._recorded % len(self._drafts)]
        others = range(1, self._recorded)
        linked = tuple(f"mine:{self._rng.choice(others)}" for _ in range(self._rng.choice((0, 0, 1))) if others)
        changes: dict[str, Any] = {
            name: getattr(draft, name)
            for name in ("kind", "title", "location", "extent", "date", "earliest", "latest", "place", "aircraft")
        }
        # Some give their places away, and are unfit as soon as a policy withholds them.
        title = f"{draft.title} {draft.place}" if draft.place and self._rng.random() < 0.2 else draft.title
        references = (ReferenceDraft("mine", str(self._recorded)),)
        return make_draft(**changes | {"title": title, "references": references, "same_as": linked})

    def _record(self, session: Session) -> None:
        for _ in range(self._rng.randrange(1, 8)):
            dataset = self._rng.choice((None, *DATASETS))
            ada = find_person(session, "Ada")
            known = session.scalars(select(Dataset).where(Dataset.key == (dataset.key if dataset else ""))).first()
            if dataset and known:
                # As it is known by now, since nobody may import it on other terms.
                dataset = DatasetDraft(known.key, known.title, known.version or None, known.licence, terms=known.terms)
            incident = recording.record(session, self._draft(), by=ada, dataset=dataset)
            if self._rng.random() < 0.8:
                review.approve(session, [incident], by=find_person(session, "Bo"))

    def _correct(self, session: Session) -> None:
        if incident := self._any(session):
            draft = self._draft()
            recording.correct(session, incident, draft, by=find_person(session, "Ada"))

    def _approve(self, session: Session) -> None:
        if incident := self._any(session, Incident.status == "submitted"):
            review.approve(session, [incident], by=find_person(session, "Bo"))

    def _restrict(self, session: Session) -> None:
        if incident := self._any(session):
            rule = self._rng.choice(list(PolicyRule))
            policy = LocationPolicy(rule, self._rng.choice((5, 20)) if rule == PolicyRule.CELL else None)
            chosen = self._rng.choice((policy, policy, None))
            restricting.set_policy(session, incident, chosen, by=find_person(session, "Bo"))

    def _embargo(self, session: Session) -> None:
        if incident := self._any(session):
            days = self._rng.choice((None, -3, 3, 300))
            until = None if days is None else TODAY + dt.timedelta(days=days)
            restricting.set_embargo(session, incident, until, by=find_person(session, "Bo"))

    def _let_days_pass(self, session: Session) -> None:
        soon = Incident.embargo_until.between(TODAY, TODAY + dt.timedelta(days=10))
        session.execute(update(Incident).where(soon).values(embargo_until=TODAY - dt.timedelta(days=1)))

    def _withdraw(self, session: Session) -> None:
        if incident := self._any(session, Incident.approved_revision.is_not(None)):
            restricting.withdraw(session, incident, reason="error", by=find_person(session, "Bo"))

    def _change_dataset(self, session: Session) -> None:
        datasets = session.scalars(select(Dataset).order_by(Dataset.id)).all()
        if datasets:
            chosen = self._rng.choice(datasets)
            setattr(chosen, *self._rng.choice((("terms", "public"), ("terms", "internal"), ("title", "Renamed"))))

    def _erase(self, session: Session) -> None:
        from incidents.history import erase_payload

        incident = self._any(session, Incident.revision > 1)
        if incident is None:
            return
        said = select(Revision.number).where(
            Revision.incident_id == incident.id, Revision.action == "record", Revision.payload.is_not(None)
        )
        for number in session.scalars(said).all():
            try:
                erase_payload(session, incident, number, by=find_person(session, "Bo"), reason="a court says so")
            except IncidentError:
                continue

    def _any(self, session: Session, *conditions: Any) -> Incident | None:
        found = session.scalars(select(Incident).where(*conditions).order_by(Incident.id)).all()
        return self._rng.choice(found) if found else None


def content(folder: Path) -> dict[str, Any]:
    """Give all that an edition holds but for its own name, number and times."""
    found: dict[str, Any] = {}
    with open_attached(folder / "incidents.duckdb", {}) as db:
        for table, order in (("incident", "number"), ("region", "code"), ("aggregate", "ALL")):
            dated = "EXCLUDE (added_in, changed_in)" if table == "incident" else ""  # hang on what was there before
            found[table] = db.execute(f"SELECT * {dated} FROM {table} ORDER BY {order}").fetchall()
    manifest = EditionStore(folder.parent).get(folder.name).manifest
    for name in ("rows", "incidents", "patterns", "aggregate_only", "bounds", "first", "last", "licences"):
        found[name] = getattr(manifest, name)
    found["taxonomy.json"] = (folder / "taxonomy.json").read_bytes()
    for name in ("incidents.parquet", "regions.parquet"):
        rows = pq.read_table(folder / name)
        hanging = [column for column in ("edition", "added_in", "changed_in") if column in rows.column_names]
        found[name] = rows.schema.metadata[b"geo"], rows.drop_columns(hanging).to_pylist()
    return found


def publish(engine: Engine, store: EditionStore, **settings: Any) -> publishing.Published:
    return publishing.publish(engine, store, by="Bo", **settings)


def assert_as_made_whole(engine: Engine, store: EditionStore, folder: Path) -> publishing.Published:
    """Publish by taking over, and the same whole into a folder of its own; compare row by row and file by file."""
    done = publish(engine, store)
    whole = publish(engine, EditionStore(folder), whole=True)
    assert verify(store.root / done.name) == []
    one, other = content(store.root / done.name), content(folder / whole.name)
    for part, value in other.items():
        assert one[part] == value, part
    assert (done.counted, done.unfit, done.aggregate_only, done.internal, done.withdrawn, done.embargoed) == (
        whole.counted,
        whole.unfit,
        whole.aggregate_only,
        whole.internal,
        whole.withdrawn,
        whole.embargoed,
    )
    return done


@pytest.fixture
def store(tmp_path: Path) -> EditionStore:
    return EditionStore(tmp_path / "editions")


@pytest.fixture
def however_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decide on what changed alone, even where that is almost everything."""
    monkeypatch.setattr(deciding, "_MOST", 1.0)


@pytest.mark.usefixtures("however_many")
@pytest.mark.parametrize("seed", range(4))
def test_whatever_happened_it_is_the_edition_made_whole(
    spatialite_url: str, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copied in runs, and, with every other seed, given row by row, as where runs are too many."""
    monkeypatch.setattr(staging, "_MOST_RUNS", (64, 0)[seed % 2])
    engine = open_engine(spatialite_url)
    store = EditionStore(tmp_path / "editions")
    history = History(engine, seed)
    history.happen(25)
    taken_over = 0
    for step in range(5):
        if step % 2 == seed % 2:
            made = make_ahead(engine, store, load_taxonomy(), address="", least=1)
            history.happen(made % 3)
        done = assert_as_made_whole(engine, store, tmp_path / f"whole-{step}")
        taken_over += done.counted - done.made
        history.happen(6)
        if step % 2 and (gone := history.any_id()):
            publishing.withdraw(engine, store, [gone], reason="error", by="Bo")
    assert taken_over > 0
    engine.dispose()


@pytest.mark.usefixtures("however_many")
@pytest.mark.parametrize("seed", range(3))
def test_to_decide_on_what_changed_is_to_decide_on_all(spatialite_url: str, store: EditionStore, seed: int) -> None:
    """After each thing that happens; and again after editions, and after amendments of them."""
    engine = open_engine(spatialite_url)
    history = History(engine, 100 + seed)
    history.happen(25)
    few = 0
    for step in range(24):
        if step % 8 == 0:
            publish(engine, store)
        elif step % 8 == 5 and (one := history.any_id()):
            take_back(engine, store, one, seed + step // 8)
        history.happen(1)
        few += is_decided_alike(engine, store)
    assert few > 12
    engine.dispose()


def take_back(engine: Engine, store: EditionStore, id_: str, which: int) -> None:
    """Amend the editions: by a policy, by an embargo, by a withdrawal."""
    if which % 3 == 0:
        publishing.restrict(engine, store, [id_], policy=LocationPolicy(PolicyRule.STATE), by="Bo")
    elif which % 3 == 1:
        publishing.embargo(engine, store, [id_], until=TODAY + dt.timedelta(days=3), by="Bo")
    else:
        publishing.withdraw(engine, store, [id_], reason="error", by="Bo")


def is_decided_alike(engine: Engine, store: EditionStore) -> bool:
    """Plan the next edition both ways, which must be the same plan; say whether only what changed was decided on."""
    with snapshot(engine) as session:
        return is_planned_alike(session, store)


def is_planned_alike(session: Session, store: EditionStore) -> bool:
    few, all_ = (
        prepare(session, store.newest(), load_taxonomy(), ShippedWorld(), today=TODAY, trusting=trusting)
        for trusting in (True, False)
    )
    is_few = few.known is None
    assert told(replace(few, known=None)) == told(replace(all_, known=None))
    return is_few


@pytest.mark.usefixtures("however_many")
def test_it_is_so_on_both_databases(ledger_engine: Engine, store: EditionStore, tmp_path: Path) -> None:
    history = History(ledger_engine, 99)
    history.happen(20)
    assert_as_made_whole(ledger_engine, store, tmp_path / "first")
    assert is_decided_alike(ledger_engine, store)
    history.happen(8)
    assert is_decided_alike(ledger_engine, store)
    done = assert_as_made_whole(ledger_engine, store, tmp_path / "second")
    assert done.made < done.counted


class Small:
    """A ledger of three approved incidents, and the editions of it."""

    def __init__(self, engine: Engine, store: EditionStore) -> None:
        self.engine, self.store = engine, store
        with session_factory(engine).begin() as session:
            ada, bo = add_person(session, "Ada"), add_person(session, "Bo")
            dataset = DatasetDraft("theirs", "Theirs", licence="CC BY 4.0")
            incidents = [
                recording.record(session, make_draft(title=title), by=ada, dataset=dataset)
                for title in ("One", "Two", "Three")
            ]
            review.approve(session, incidents, by=bo)
            self.ids = [incident.public_id for incident in incidents]

    def publish(self, **settings: Any) -> publishing.Published:
        return publish(self.engine, self.store, **settings)

    def make_ahead(self) -> int:
        return make_ahead(self.engine, self.store, load_taxonomy(), address="", least=1)

    def change(self, change: Callable[[Session, Incident], Any]) -> None:
        with session_factory(self.engine).begin() as session:
            change(session, session.scalars(select(Incident).where(Incident.public_id == self.ids[0])).one())


@pytest.fixture
def small(spatialite_url: str, store: EditionStore) -> Small:
    return Small(open_engine(spatialite_url), store)


def test_only_what_changed_is_made(small: Small) -> None:
    assert small.publish().made == 3
    assert small.publish().made == 0
    small.change(lambda session, one: recording.correct(session, one, make_draft(title="New"), by=ada(session)))
    assert small.publish().made == 0, "nobody approved it"
    small.change(lambda session, one: review.approve(session, [one], by=find_person(session, "Bo")))
    assert small.publish().made == 1
    assert small.publish(whole=True).made == 3


def ada(session: Session) -> Any:
    return find_person(session, "Ada")


def test_a_coarser_policy_is_never_taken_over(small: Small) -> None:
    small.publish()
    state = LocationPolicy(PolicyRule.STATE)
    publishing.restrict(small.engine, small.store, [small.ids[0]], policy=state, by="Bo")
    assert small.publish().made == 1, "what an amendment made is made again"
    shown = {detail["id"]: detail["where"]["point"] for detail in small.store.current().details()}
    assert shown[small.ids[0]] is None
    assert shown[small.ids[1]] is not None


def test_what_may_not_be_shown_any_more_is_not_taken_over(small: Small) -> None:
    """Neither what is embargoed, nor what is withdrawn, nor what a dataset's terms shut in, amended or not."""
    small.publish()
    small.change(lambda session, _: session.execute(update(Dataset).values(terms="internal")))
    assert small.publish().counted == 0
    small.change(lambda session, _: session.execute(update(Dataset).values(terms="public")))
    assert small.publish().counted == 3
    small.change(lambda session, one: restricting.set_embargo(session, one, TOMORROW, by=find_person(session, "Bo")))
    assert small.publish().counted == 2
    small.change(lambda session, _: session.execute(update(Incident).values(embargo_until=TODAY)))
    assert small.publish().counted == 3


def test_all_is_made_where_there_is_doubt(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    small.publish()
    assert small.publish().made == 0
    damaged = small.store.root / "2" / "incidents.duckdb"
    with damaged.open("r+b") as file:
        file.seek(30_000)
        file.write(b"\0" * 100)
    assert small.publish().made == 3, "the newest edition's file is not what was published"
    small.change(lambda session, _: session.execute(update(BoundarySet).values(sha256="0" * 64)))
    assert small.publish().made == 3, "the boundaries are others"
    assert small.publish().made == 0
    monkeypatch.setattr(preparing, "_program", lambda: "another release")
    assert small.publish().made == 3, "the program is another"


def test_another_taxonomy_makes_all_anew(small: Small, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "targets.toml").write_text('[bandstand]\nlabel = "Bandstand"\ndescription = "Where bands play."\n')
    small.publish()
    assert small.publish(taxonomy=load_taxonomy(folder)).made == 3
    assert small.publish(taxonomy=load_taxonomy(folder)).made == 0


def test_nothing_changed_makes_no_edition_unless_asked(small: Small) -> None:
    assert small.publish(again=False).is_new
    stays = small.publish(again=False)
    assert (stays.name, stays.is_new, stays.counted) == ("1", False, 3)
    assert small.publish(again=False, disclaimer="Other words.").name == "2"
    assert small.publish(again=False, title="Other", disclaimer="Other words.").name == "3"
    same_as = make_draft(title="One", references=(ReferenceDraft("mine", "1"),))
    small.change(lambda session, one: recording.correct(session, one, same_as, by=ada(session)))
    assert not small.publish(again=False, title="Other", disclaimer="Other words.").is_new, "nobody approved it"
    small.change(lambda session, one: review.approve(session, [one], by=find_person(session, "Bo")))
    assert small.publish(again=False, title="Other", disclaimer="Other words.").is_new


def test_what_is_unfit_is_no_change(small: Small) -> None:
    small.change(lambda _, one: setattr(one, "policy_rule", "state"))
    named = make_draft(title="Airstrike on Let Yet Kone")
    small.change(lambda session, one: recording.correct(session, one, named, by=ada(session)))
    small.change(lambda session, one: review.approve(session, [one], by=find_person(session, "Bo")))
    assert small.publish(again=False).unfit == (small.ids[0],)
    assert not small.publish(again=False).is_new


def test_an_edition_of_nothing_is_not_made(small: Small) -> None:
    for id_ in small.ids:
        publishing.withdraw(small.engine, small.store, [id_], reason="error", by="Bo")
    with pytest.raises(NothingToPublish, match="3 withdrawn"):
        small.publish(again=False)
    assert small.store.names() == []
    assert small.publish().counted == 0


def test_many_rows_are_made_in_processes_just_so(small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small.publish()
    monkeypatch.setattr(composing, "MANY", 1)
    assert publish(small.engine, EditionStore(tmp_path / "many")).made == 3
    assert content(tmp_path / "many" / "2") == content(small.store.root / "1")


def test_what_was_made_ahead_is_published_as_it_stands(small: Small, tmp_path: Path) -> None:
    assert small.make_ahead() == 3
    assert not small.store.root.exists() or small.store.names() == []
    (ready,) = (tmp_path / "editions-ahead").iterdir()
    assert (tmp_path / "editions-ahead").stat().st_mode & 0o077 == 0
    rows = (ready / "incidents.duckdb").stat().st_ino
    done = small.publish(note="The first.", disclaimer="No warranty.", title="Theirs")
    assert (done.name, done.counted, done.made) == ("1", 3, 0)
    assert (small.store.root / "1" / "incidents.duckdb").stat().st_ino == rows
    assert verify(small.store.root / "1") == []
    whole = publish(small.engine, EditionStore(tmp_path / "whole"), whole=True)
    assert content(small.store.root / "1") == content(tmp_path / "whole" / whole.name)
    said = small.store.current().manifest
    assert (said.note, said.disclaimer, said.added) == ("The first.", "No warranty.", 3)
    about = pq.read_schema(small.store.root / "1" / "incidents.parquet").metadata[b"bearing"].decode()
    assert said.citation in about
    assert "No warranty." in about
    assert not (tmp_path / "editions-ahead").exists()


def test_what_was_made_ahead_is_published_only_as_it_may_be_by_then(small: Small, tmp_path: Path) -> None:
    """Whatever the ledger says in the meantime holds: a policy, an embargo, a withdrawal."""
    small.make_ahead()
    small.change(lambda session, one: restricting.set_embargo(session, one, TOMORROW, by=find_person(session, "Bo")))
    assert small.publish().counted == 2
    for file in small.store.root.rglob("*"):
        assert not file.is_file() or small.ids[0].encode() not in file.read_bytes(), file.name
    small.change(lambda session, _: session.execute(update(Incident).values(embargo_until=TODAY)))
    assert small.make_ahead() == 1
    small.change(lambda _, one: setattr(one, "policy_rule", "state"))
    assert small.publish().made == 1
    shown = {detail["id"]: detail["where"]["point"] for detail in small.store.current().details()}
    assert shown[small.ids[0]] is None
    small.change(lambda session, one: recording.correct(session, one, make_draft(title="New"), by=ada(session)))
    small.change(lambda session, one: review.approve(session, [one], by=find_person(session, "Bo")))
    assert small.make_ahead() == 1
    publishing.withdraw(small.engine, small.store, [small.ids[0]], reason="safety", by="Bo")
    assert not (tmp_path / "editions-ahead").exists(), "it is kept nowhere but in the ledger"
    assert small.publish().counted == 2


def test_what_was_made_ahead_follows_one_edition_and_no_other(small: Small) -> None:
    small.publish()
    small.change(lambda session, one: recording.correct(session, one, make_draft(title="New"), by=ada(session)))
    small.change(lambda session, one: review.approve(session, [one], by=find_person(session, "Bo")))
    small.make_ahead()
    publishing.withdraw(small.engine, small.store, [small.ids[1]], reason="safety", by="Bo")
    small.make_ahead()
    assert small.publish(whole=True).made == 2, "asked for whole, nothing is taken over"
    assert small.make_ahead() == 0, "nothing is to be made"
    assert small.publish(again=False).is_new is False


def told(plan: Plan) -> list[Any]:
    """Give what a plan says, and let go of its file."""
    plan.close()
    known = [each.tolist() for each in plan.known] if plan.known else None
    return [
        *(plan.kept.tolist(), plan.make.tolist(), known),
        *(plan.linked, dict(plan.aggregates), dict(plan.left_out), plan.datasets),
    ]


def planned(session: Session, ready: Path, today: dt.date = TODAY) -> list[Any] | None:
    plan = find_plan(session, ready, load_taxonomy(), today=today)
    return told(plan) if plan else None


def test_a_kept_plan_is_the_one_that_is_made_anew(ledger_engine: Engine, store: EditionStore, tmp_path: Path) -> None:
    """On both databases, after anything that happened: either the plan is the same, or the ledger is planned anew."""
    history = History(ledger_engine, 7)
    history.happen(30)
    assert make_ahead(ledger_engine, store, load_taxonomy(), address="", least=1) > 0
    (ready,) = (tmp_path / "editions-ahead").iterdir()
    found = []
    for _ in range(12):
        with snapshot(ledger_engine) as session:
            known = planned(session, ready)
            plan = prepare(session, ready, load_taxonomy(), ShippedWorld(), today=TODAY, trusting=False)
            changes = not plan.changes_nothing(session, ShippedWorld())
            assert known in (None, told(plan))
            assert known is None or not changes
        found.append(known is not None)
        history.happen(1)
    assert found[0]
    assert not found[-1]


def test_what_was_made_ahead_is_adopted_by_its_plan(
    ledger_engine: Engine, store: EditionStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On both databases: the ledger is asked whether it says the same, and nothing is planned or made again."""
    history = History(ledger_engine, 11)
    history.happen(25)
    assert make_ahead(ledger_engine, store, load_taxonomy(), address="", least=1) > 0
    with monkeypatch.context() as patch:
        patch.delattr(publishing, "prepare")
        patch.delattr(publishing, "write")
        done = publish(ledger_engine, store)
    whole = publish(ledger_engine, EditionStore(tmp_path / "whole"), whole=True)
    assert verify(store.root / done.name) == []
    assert content(store.root / done.name) == content(tmp_path / "whole" / whole.name)
    assert (done.counted, done.made, done.unfit) == (whole.counted, 0, whole.unfit)
    assert (done.left, done.embargoed, done.withdrawn) == (whole.left, whole.embargoed, whole.withdrawn)
    with session_factory(ledger_engine)() as session:
        marked = select(Edition.counted, func.count()).join(Publication).group_by(Edition.id).order_by(Edition.id)
        assert session.execute(marked).all() == [(done.counted, done.counted), (whole.counted, whole.counted)]


CHANGES: dict[str, list[Any]] = {
    "withdrawn": [update(Incident).where(Incident.id == 1).values(withdrawn=True)],
    "another policy": [update(Incident).where(Incident.id == 1).values(policy_rule="state")],
    "another cell": [update(Incident).where(Incident.id == 3).values(policy_cell_km=20)],
    "an embargo": [update(Incident).where(Incident.id == 1).values(embargo_until=TOMORROW)],
    "an embargo lifted": [update(Incident).where(Incident.id == 2).values(embargo_until=None)],
    "no longer approved": [update(Incident).where(Incident.id == 1).values(approved_revision=None)],
    "an erased payload": [update(Revision).where(Revision.incident_id == 1).values(payload=None, salt=None)],
    "other terms": [update(Dataset).values(terms="internal")],
    "counts only": [update(Dataset).values(terms="aggregate only")],
    "another title": [update(Dataset).values(title="Renamed")],
    "another licence": [update(Dataset).values(licence=None)],
    "another attribution": [update(Dataset).values(attribution="Somebody else")],
    "another dataset": [update(Incident).where(Incident.id == 1).values(dataset_id=None)],
    "other boundaries": [update(BoundarySet).values(sha256="0" * 64)],
    "another name of a region": [update(Region).values(name="Elsewhere")],
    "a link": [
        insert(ExternalReference).values(incident_id=3, dataset="mine", external_id="3"),
        insert(SameAs).values(incident_id=1, revision=1, dataset="mine", external_id="3"),
    ],
}


@pytest.fixture
def ready(small: Small, tmp_path: Path) -> Path:
    """Make the next edition ahead and give its folder: One as it is, Two embargoed until tomorrow, Three in a cell."""
    with session_factory(small.engine).begin() as session:
        session.execute(update(Incident).where(Incident.id == 2).values(embargo_until=TOMORROW))
        session.execute(update(Incident).where(Incident.id == 3).values(policy_rule="cell", policy_cell_km=5))
    small.make_ahead()
    (folder,) = (tmp_path / "editions-ahead").iterdir()
    return folder


@pytest.mark.usefixtures("however_many")
def test_what_the_history_does_not_tell_is_decided_on_all_the_same(small: Small) -> None:
    """The ledger's tables changed beside it, or by somebody who may: terms, licences, boundaries, a payload erased."""
    with session_factory(small.engine).begin() as session:
        session.execute(update(Incident).where(Incident.id == 2).values(embargo_until=TOMORROW))
        session.execute(update(Incident).where(Incident.id == 3).values(policy_rule="cell", policy_cell_km=5))
    small.publish()
    with session_factory(small.engine)() as session:
        assert is_planned_alike(session, small.store)
        for statements in CHANGES.values():
            for statement in statements:
                session.execute(statement)
            is_planned_alike(session, small.store)
            session.rollback()
        for policy in ({"policy_rule": None, "policy_cell_km": None}, {"policy_rule": "state", "policy_cell_km": None}):
            session.execute(update(Incident).where(Incident.id == 3).values(**policy))
            is_planned_alike(session, small.store)
            session.rollback()


@pytest.mark.usefixtures("however_many")
def test_an_edition_of_another_history_tells_nothing(small: Small) -> None:
    small.publish()
    said = small.store.root / "1" / "manifest.json"
    parts = json.loads(said.read_bytes())
    for other in ({"history_head": "0" * 64}, {"history_length": 1}, {"history_length": 9}, {"counted_at": 0}):
        said.write_text(json.dumps(parts | other))
        assert not is_decided_alike(small.engine, small.store), other
    said.write_text(json.dumps(parts))
    assert is_decided_alike(small.engine, small.store)


def test_where_most_changed_all_are_decided_on(small: Small) -> None:
    small.publish()
    assert is_decided_alike(small.engine, small.store)
    small.change(lambda session, one: restricting.set_embargo(session, one, TOMORROW, by=find_person(session, "Bo")))
    assert not is_decided_alike(small.engine, small.store)


def test_no_plan_is_kept_past_any_change(small: Small, ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with session_factory(small.engine)() as session:
        as_made = planned(session, ready)
        assert as_made is not None
        for name, statements in CHANGES.items():
            for statement in statements:
                session.execute(statement)
            assert planned(session, ready) is None, name
            session.rollback()
        one = session.get_one(Incident, 1)
        recording.correct(session, one, make_draft(title="New"), by=ada(session))
        review.approve(session, [one], by=find_person(session, "Bo"))
        session.flush()
        assert planned(session, ready) is None, "another revision"
        session.rollback()
        assert planned(session, ready, TOMORROW) is None, "the embargo's last day is over"
        recording.record(session, make_draft(title="A draft"), by=ada(session))
        session.flush()
        assert planned(session, ready) == as_made, "nobody approved it"
        session.rollback()
        with monkeypatch.context() as patch:
            patch.setattr(preparing, "_program", lambda: "another release")
            assert planned(session, ready) is None
        (ready / "plan.npy").write_bytes((ready / "plan.npy").read_bytes()[:-1] + b"\7")
        assert planned(session, ready) is None, "damaged"
        (ready / "plan.npy").unlink()
        assert planned(session, ready) is None, "lost"
        for other in ("{}", "[]", "null"):
            (ready / "plan.json").write_text(other)
            assert planned(session, ready) is None, "of another form"


def test_a_file_made_ahead_that_is_another_is_not_published(small: Small, ready: Path) -> None:
    file = ready / "incidents.parquet"
    file.write_bytes(file.read_bytes().replace(b"Airstrike", b"Airstroke"))
    said = ready / "taxonomy.json"
    said.write_bytes(said.read_bytes() + b" ")
    with pytest.raises(EditionDamaged, match="is not the file that was made"):
        small.publish()
    assert small.store.names() == []
    assert small.publish().counted == 2
