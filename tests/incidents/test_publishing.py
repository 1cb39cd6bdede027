import datetime as dt
import hmac
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from geodata.precision import Precision
from incidents import publishing, restricting
from incidents.database import session_factory
from incidents.drafts import DatasetDraft, HarmDraft, IncidentDraft, ReferenceDraft, Span
from incidents.editions import shelf
from incidents.editions.errors import AlreadyPublishing, EditionGone, EditionNotFound, NoEditionYet
from incidents.editions.manifest import verify
from incidents.editions.reader import EditionStore
from incidents.editions.tombstones import read_tombstones
from incidents.errors import UnknownIncident, UnknownPerson
from incidents.filters import IncidentFilter
from incidents.history import sealing_key
from incidents.models import Edition, Incident, Publication
from incidents.people import add_person, find_person
from incidents.policies import LocationPolicy, PolicyRule
from incidents.recording import record
from incidents.review import approve
from tests.conftest import TODAY
from tests.factories import make_draft, make_location, write_edition

pytestmark = pytest.mark.usefixtures("noon")

BACKENDS = ["spatialite", "postgis"]


@pytest.fixture
def store(tmp_path: Path) -> EditionStore:
    return EditionStore(tmp_path / "editions")


def add(
    engine: Engine, *drafts: IncidentDraft, dataset: DatasetDraft | None = None, approved: bool = True
) -> list[str]:
    """Record drafts by Ada, approve them by Bo, and give their public ids."""
    with session_factory(engine).begin() as session:
        for name in ("Ada", "Bo"):
            try:
                find_person(session, name)
            except UnknownPerson:
                add_person(session, name)
        ada, bo = find_person(session, "Ada"), find_person(session, "Bo")
        incidents = [record(session, draft, by=ada, dataset=dataset) for draft in drafts]
        if approved:
            approve(session, incidents, by=bo)
        return [incident.public_id for incident in incidents]


def publish(engine: Engine, store: EditionStore, **settings: object) -> publishing.Published:
    return publishing.publish(engine, store, by="Bo", **settings)  # type: ignore[arg-type]


def titles(store: EditionStore, name: str | None = None) -> set[str]:
    with store.reading(name) as edition:
        return {detail["title"] for detail in edition.details()}


def test_publishes_what_is_approved_and_says_what_it_left(ledger_engine: Engine, store: EditionStore) -> None:
    add(ledger_engine, make_draft(title="One"), make_draft(title="Two"))
    add(ledger_engine, make_draft(title="A draft"), approved=False)
    done = publish(ledger_engine, store, note="the first", disclaimer="No opinion.")
    assert (done.name, done.counted, done.left) == ("1", 2, 1)
    assert titles(store) == {"One", "Two"}
    manifest = store.current().manifest
    assert (manifest.number, manifest.note, manifest.disclaimer, manifest.rows) == (1, "the first", "No opinion.", 2)
    assert "edition 1," in manifest.citation
    # Where readers find it is not the files' to know: the same edition may be served from several places.
    assert "://" not in manifest.cite()
    assert manifest.cite("https://map.example").endswith(", https://map.example/data?edition=1")
    assert manifest.history_length > 0
    assert not manifest.demonstration
    assert verify(store.root / "1") == []


def test_the_ledger_knows_what_was_published_when(ledger_engine: Engine, store: EditionStore) -> None:
    (id_,) = add(ledger_engine, make_draft())
    publish(ledger_engine, store, note="first")
    with session_factory(ledger_engine)() as session:
        edition = session.scalars(select(Edition)).one()
        assert (edition.number, edition.amendment, edition.state, edition.counted) == (1, 0, "published", 1)
        said = session.scalars(select(Publication)).one()
        assert session.get_one(Incident, said.incident_id).public_id == id_


def test_numbers_go_on_and_old_editions_stay_readable(ledger_engine: Engine, store: EditionStore) -> None:
    add(ledger_engine, make_draft(title="One"))
    publish(ledger_engine, store)
    add(ledger_engine, make_draft(title="Two"))
    assert publish(ledger_engine, store).name == "2"
    assert titles(store, "1") == {"One"}
    assert titles(store) == {"One", "Two"}


def test_only_so_many_editions_are_kept(ledger_engine: Engine, store: EditionStore) -> None:
    add(ledger_engine, make_draft())
    publish(ledger_engine, store)
    shelf.tag(store.root, "paper", "1")
    for _ in range(3):
        publish(ledger_engine, store, keep=2)
    assert store.names() == ["1", "3", "4"]
    with pytest.raises(EditionNotFound):
        store.get("2")


def test_an_embargoed_incident_waits_for_its_day(ledger_engine: Engine, store: EditionStore) -> None:
    early, due = add(ledger_engine, make_draft(title="Later"), make_draft(title="Due"))
    with session_factory(ledger_engine).begin() as session:
        bo = find_person(session, "Bo")
        for id_, day in ((early, TODAY + dt.timedelta(1)), (due, TODAY)):
            incident = session.scalars(select(Incident).where(Incident.public_id == id_)).one()
            restricting.set_embargo(session, incident, day, by=bo)
    assert publish(ledger_engine, store).embargoed == 1
    assert titles(store) == {"Due"}


@pytest.mark.parametrize(("terms", "counted"), [("aggregate only", 1), ("internal", 0)])
def test_dataset_terms_keep_rows_out(ledger_engine: Engine, store: EditionStore, terms: str, counted: int) -> None:
    dataset = DatasetDraft("acled", "ACLED", terms=terms)
    draft = make_draft(title="Not public", references=(ReferenceDraft("acled", "MMR1"),))
    add(ledger_engine, draft, dataset=dataset)
    add(ledger_engine, make_draft(title="Public"))
    done = publish(ledger_engine, store)
    assert titles(store) == {"Public"}
    assert (done.aggregate_only, done.internal) == (counted, 1 - counted)
    row = {"dataset": "acled", "region": "MM-01", "month": "2022-09", "kind": "airstrike", "records": 1}
    assert store.current().aggregates() == ([row] if counted else [])
    # Whose records are counted is named beside the counts, and not as whose rows the files hold.
    manifest = store.current().manifest
    assert [(item.title, item.rows) for item in manifest.licences] == ([("ACLED", 0)] if counted else [])
    assert "ACLED" not in manifest.licence


def test_records_of_one_incident_count_once(ledger_engine: Engine, store: EditionStore) -> None:
    mine = make_draft(title="Mine", references=(ReferenceDraft("mine", "1"),), same_as=("theirs:2",))
    theirs = make_draft(title="Theirs", references=(ReferenceDraft("theirs", "2"),))
    add(ledger_engine, mine, theirs, make_draft(title="Another"))
    publish(ledger_engine, store)
    edition = store.current()
    counts = edition.counts()
    assert (counts.matched, counts.incidents) == (3, 2)
    found = {detail["title"]: [other["title"] for other in detail["same_as"]] for detail in edition.details()}
    assert found == {"Mine": ["Theirs"], "Theirs": ["Mine"], "Another": []}


def test_a_title_with_the_withheld_name_is_refused(ledger_engine: Engine, store: EditionStore) -> None:
    refused, _ = add(ledger_engine, make_draft(title="Airstrike on Let Yet Kone"), make_draft(title="Airstrike"))
    with session_factory(ledger_engine).begin() as session:
        for incident in session.scalars(select(Incident)):
            restricting.set_policy(session, incident, LocationPolicy(PolicyRule.STATE), by=find_person(session, "Bo"))
    done = publish(ledger_engine, store)
    assert (done.counted, done.unfit) == (1, (refused,))
    assert titles(store) == {"Airstrike"}


def test_a_number_that_came_to_nothing_is_skipped(
    ledger_engine: Engine, store: EditionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(ledger_engine, make_draft())

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("incidents.editions.writer.write_manifest", fail)
        with pytest.raises(OSError, match="No space"):
            publish(ledger_engine, store)
    with pytest.raises(NoEditionYet):
        store.current()
    with session_factory(ledger_engine)() as session:
        assert session.scalars(select(Edition.state)).all() == ["abandoned"]
    assert [path.name for path in store.root.iterdir() if path.is_dir()] == []
    assert publish(ledger_engine, store).name == "2"
    assert store.names() == ["2"]


def test_numbers_of_editions_that_only_the_folder_knows_are_taken(ledger_engine: Engine, store: EditionStore) -> None:
    """As when an older ledger was restored beside newer editions."""
    add(ledger_engine, make_draft())
    write_edition(store.root, [], "7")
    assert publish(ledger_engine, store).name == "8"


def test_two_publishers_cannot_publish_at_once(ledger_engine: Engine, store: EditionStore) -> None:
    add(ledger_engine, make_draft())
    with shelf.exclusively(store.root), pytest.raises(AlreadyPublishing):
        publish(ledger_engine, store)
    assert publish(ledger_engine, store).name == "1"


def test_withdrawing_amends_every_edition(ledger_engine: Engine, store: EditionStore) -> None:
    gone, _ = add(ledger_engine, make_draft(title="Wrong"), make_draft(title="Right"))
    publish(ledger_engine, store)
    publish(ledger_engine, store)
    old = store.current()
    amended = publishing.withdraw(ledger_engine, store, [gone], reason="error", by="Bo")
    assert amended.names == ("2.1", "1.1")
    assert store.names() == ["1.1", "2.1"]
    for name in ("1.1", "2.1"):
        assert titles(store, name) == {"Right"}
        assert store.get(name).detail(gone) is None
    with pytest.raises(EditionGone) as moved:
        store.get("1")
    assert moved.value.successor == "1.1"
    manifest = store.current().manifest
    assert (manifest.edition, manifest.amendments[0].reason, manifest.amendments[0].replaced) == ("2.1", "error", "2")
    hashes = {name: said["sha256"] for name, said in old.manifest.files.items()}
    with session_factory(ledger_engine)() as session:
        key = sealing_key(session)
    sealed = {name: hmac.digest(key, digest.encode(), "sha256").hex() for name, digest in hashes.items()}
    assert manifest.amendments[0].sealed == sealed
    told = (store.root / "2.1" / "manifest.json").read_text("utf-8")
    replaced = [name for name, digest in hashes.items() if manifest.files[name]["sha256"] != digest]
    assert "columns.arrow" in replaced
    assert not [name for name in replaced if hashes[name] in told], "the place that was taken back could be tried"
    assert "edition 2.1," in manifest.citation
    assert old.counts().total == 2, "who holds the old edition reads it to the end"
    assert read_tombstones(store.root)[0].ids == (gone,)
    with session_factory(ledger_engine)() as session:
        said = session.execute(select(Edition.number, Edition.amendment, Edition.state, Edition.reason)).all()
    assert sorted(tuple(row) for row in said if row.amendment) == [
        (1, 1, "published", "error"),
        (2, 1, "published", "error"),
    ]


def test_what_is_withdrawn_stays_out_of_the_next_edition(ledger_engine: Engine, store: EditionStore) -> None:
    gone, _ = add(ledger_engine, make_draft(title="Wrong"), make_draft(title="Right"))
    publish(ledger_engine, store)
    publishing.withdraw(ledger_engine, store, [gone], reason="error", by="Bo")
    done = publish(ledger_engine, store)
    assert (done.name, done.withdrawn, done.counted) == ("2", 1, 1)
    assert titles(store) == {"Right"}


def test_withdrawing_twice_or_nothing_changes_nothing(ledger_engine: Engine, store: EditionStore) -> None:
    (gone,) = add(ledger_engine, make_draft())
    publish(ledger_engine, store)
    publishing.withdraw(ledger_engine, store, [gone], reason="error", by="Bo")
    assert publishing.withdraw(ledger_engine, store, [gone], reason="error", by="Bo").names == ()
    with pytest.raises(UnknownIncident):
        publishing.withdraw(ledger_engine, store, ["0" * 32], reason="error", by="Bo")
    assert store.names() == ["1.1"]


def test_a_link_to_what_is_withdrawn_goes_with_it(ledger_engine: Engine, store: EditionStore) -> None:
    mine = make_draft(title="Mine", references=(ReferenceDraft("mine", "1"),), same_as=("theirs:2",))
    theirs = make_draft(title="Theirs", references=(ReferenceDraft("theirs", "2"),))
    _, gone = add(ledger_engine, mine, theirs)
    publish(ledger_engine, store)
    publishing.withdraw(ledger_engine, store, [gone], reason="error", by="Bo")
    edition = store.current()
    assert edition.details()[0]["same_as"] == []
    assert gone.encode() not in b"".join(edition.features(IncidentFilter()))


def test_restricting_coarsens_every_edition(ledger_engine: Engine, store: EditionStore) -> None:
    (id_,) = add(ledger_engine, make_draft())
    publish(ledger_engine, store)
    amended = publishing.restrict(ledger_engine, store, [id_], policy=LocationPolicy(PolicyRule.STATE), by="Bo")
    assert amended.names == ("1.1",)
    detail = store.current().detail(id_)
    assert detail is not None
    assert (detail["where"]["precision"], detail["where"]["point"], detail["where"]["place"]) == (
        "state",
        None,
        "Sagaing",
    )
    assert store.current().manifest.amendments[0].reason == "location"


def test_loosening_waits_for_the_next_edition(ledger_engine: Engine, store: EditionStore) -> None:
    (id_,) = add(ledger_engine, make_draft())
    with session_factory(ledger_engine).begin() as session:
        incident = session.scalars(select(Incident)).one()
        restricting.set_policy(session, incident, LocationPolicy(PolicyRule.WITHHELD), by=find_person(session, "Bo"))
    publish(ledger_engine, store)
    assert (
        publishing.restrict(ledger_engine, store, [id_], policy=LocationPolicy(PolicyRule.STATE), by="Bo").names == ()
    )
    publish(ledger_engine, store)
    assert store.names() == ["1", "2"]
    shown = [store.get(name).details()[0]["where"]["precision"] for name in store.names()]
    assert shown == ["unknown", "state"]


def test_what_is_unfit_once_restricted_leaves_the_editions(ledger_engine: Engine, store: EditionStore) -> None:
    (id_,) = add(ledger_engine, make_draft(title="Airstrike on Let Yet Kone"))
    publish(ledger_engine, store)
    amended = publishing.restrict(ledger_engine, store, [id_], policy=LocationPolicy(PolicyRule.STATE), by="Bo")
    assert (amended.names, amended.unfit) == (("1.1",), {id_: frozenset({"title"})})
    assert store.current().counts().total == 0


def test_an_amendment_shows_the_revision_that_the_edition_showed(ledger_engine: Engine, store: EditionStore) -> None:
    from incidents.recording import correct

    (id_,) = add(ledger_engine, make_draft(title="As first said"))
    publish(ledger_engine, store)
    with session_factory(ledger_engine).begin() as session:
        incident = session.scalars(select(Incident)).one()
        correct(session, incident, make_draft(title="As said later"), by=find_person(session, "Ada"))
        session.flush()
        approve(session, [incident], by=find_person(session, "Bo"))
    publish(ledger_engine, store)
    publishing.restrict(ledger_engine, store, [id_], policy=LocationPolicy(PolicyRule.STATE), by="Bo")
    assert titles(store, "1.1") == {"As first said"}
    assert titles(store, "2.1") == {"As said later"}


def test_an_embargo_takes_out_what_was_public(ledger_engine: Engine, store: EditionStore) -> None:
    (id_,) = add(ledger_engine, make_draft())
    publish(ledger_engine, store)
    assert publishing.embargo(ledger_engine, store, [id_], until=TODAY + dt.timedelta(1), by="Bo").names == ("1.1",)
    assert store.current().counts().total == 0


def test_what_the_ledger_restricts_and_no_tombstone_names_is_found(ledger_engine: Engine, store: EditionStore) -> None:
    """As when a process dies between its commit and its tombstone."""
    gone, near = add(ledger_engine, make_draft(title="Gone"), make_draft(title="Coarser"))
    publish(ledger_engine, store)
    with session_factory(ledger_engine).begin() as session:
        bo = find_person(session, "Bo")
        incidents = {item.public_id: item for item in session.scalars(select(Incident))}
        restricting.withdraw(session, incidents[gone], reason="error", by=bo)
        restricting.set_policy(session, incidents[near], LocationPolicy(PolicyRule.TOWNSHIP), by=bo)
    assert publishing.reconcile(ledger_engine, store, by="Bo").names == ("1.1",)
    details = store.current().details()
    assert [detail["title"] for detail in details] == ["Coarser"]
    assert details[0]["where"]["point"] is None
    assert publishing.reconcile(ledger_engine, store, by="Bo").names == ()


def test_a_demonstration_says_so(demonstration_engine: Engine, store: EditionStore) -> None:
    with session_factory(demonstration_engine).begin() as session:
        record(session, make_draft(), by=add_person(session, "Bo"))
    publish(demonstration_engine, store)
    assert store.current().manifest.demonstration


def test_boundaries_and_licences_are_in_the_edition(ledger_engine: Engine, store: EditionStore) -> None:
    import geopandas as gpd

    dataset = DatasetDraft("ucdp-ged", "UCDP GED", licence="CC BY 4.0", attribution="Uppsala")
    state = make_location(precision=Precision.STATE, point=None, radius_m=None)
    add(ledger_engine, make_draft(location=state, harm=(HarmDraft("civilians", killed=Span(3, 3)),)), dataset=dataset)
    publish(ledger_engine, store)
    edition = store.current()
    assert edition.manifest.licence == "UCDP GED: CC BY 4.0"
    assert edition.manifest.boundary_sets[0]["key"] == "world"
    boundaries = gpd.read_parquet(store.root / "1" / "regions.parquet")
    assert set(boundaries.code) == {"MM", "MM-01"}
    assert boundaries.geometry.is_valid.all()
    (area,) = edition.areas()
    assert '"MM-01"' in area


ACLED = DatasetDraft("acled", "ACLED", terms="aggregate only")


def counted(store: EditionStore, name: str | None = None) -> list[tuple[str, str | None, int]]:
    with store.reading(name) as edition:
        return [(row["kind"], row["region"], row["records"]) for row in edition.aggregates()]


def test_what_is_counted_and_not_shown_is_taken_back_too(ledger_engine: Engine, store: EditionStore) -> None:
    drafts = [make_draft(title=f"Counted {n}", references=(ReferenceDraft("acled", str(n)),)) for n in range(3)]
    gone, near, held = add(ledger_engine, *drafts, dataset=ACLED)
    add(ledger_engine, make_draft(title="Shown"))
    publish(ledger_engine, store)
    publish(ledger_engine, store)
    assert counted(store) == [("airstrike", "MM-01", 3)]
    amended = publishing.withdraw(ledger_engine, store, [gone], reason="error", by="Bo")
    assert amended.names == ("2.1", "1.1")
    assert [counted(store, name) for name in amended.names] == [[("airstrike", "MM-01", 2)]] * 2
    withheld = LocationPolicy(PolicyRule.WITHHELD)
    amended = publishing.restrict(ledger_engine, store, [near], policy=withheld, by="Bo")
    assert amended.names == ("2.2", "1.2")
    assert counted(store, "1.2") == [("airstrike", "MM-01", 1), ("airstrike", None, 1)]
    publishing.embargo(ledger_engine, store, [held], until=TODAY + dt.timedelta(1), by="Bo")
    assert counted(store) == [("airstrike", None, 1)]
    assert store.current().manifest.aggregate_only == 1
    assert [item.dataset for item in store.current().manifest.licences] == ["acled"], "amendments keep it"
    assert titles(store) == {"Shown"}
    assert publishing.reconcile(ledger_engine, store, by="Bo").names == (), "everything is heeded"


def test_a_count_that_no_tombstone_names_is_taken_back(ledger_engine: Engine, store: EditionStore) -> None:
    """As when a process dies between its commit and its tombstone."""
    (gone,) = add(ledger_engine, make_draft(references=(ReferenceDraft("acled", "1"),)), dataset=ACLED)
    add(ledger_engine, make_draft(title="Shown"))
    publish(ledger_engine, store)
    with session_factory(ledger_engine).begin() as session:
        incident = session.scalars(select(Incident).where(Incident.public_id == gone)).one()
        restricting.withdraw(session, incident, reason="error", by=find_person(session, "Bo"))
    assert publishing.reconcile(ledger_engine, store, by="Bo").names == ("1.1",)
    assert counted(store) == []
