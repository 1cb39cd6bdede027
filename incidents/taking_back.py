"""Taking back: what may no longer be public leaves the current edition and every kept one.

First the ledger says so and commits, then a tombstone hides it from every reader, then each edition is written anew
without it; whoever comes next finishes what was left undone. It makes no new edition: publishing does.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from incidents import clock, history, publications, restricting
from incidents.approved import as_published
from incidents.boundaries import regions_in_use
from incidents.coarsening import World
from incidents.counting import recount
from incidents.database import session_factory, snapshot
from incidents.editions import amending, shelf
from incidents.editions.amending import Shown
from incidents.editions.errors import EditionOutdated
from incidents.editions.manifest import Manifest, read_manifest
from incidents.editions.public import PublicIncident
from incidents.editions.reader import EditionStore, make_name
from incidents.editions.tombstones import Tombstone, add_tombstone, ids_since, read_tombstones
from incidents.errors import BadEmbargo
from incidents.finding import find_incidents
from incidents.models import Incident, Person
from incidents.people import find_person
from incidents.policies import LocationPolicy, make_policy
from incidents.redaction import is_coarser, redact, why_left_out, write_policy
from incidents.restricting import Reason
from incidents.scrubbing import NotFitToPublish
from incidents.surroundings import ShippedWorld

# How long to wait for a publisher to finish: tombstones hold meanwhile.
_WAIT_S = 900.0


@dataclass(frozen=True, slots=True)
class Amended:
    """What was amended: the names of the new editions, and ids that had to go although they were only coarsened.

    unfit: title, summary or dataset name the withheld place, so no edition shows them until they are corrected; by id,
    which of these it is.
    """

    names: tuple[str, ...] = ()
    unfit: Mapping[str, frozenset[str]] = field(default_factory=dict)


def withdraw(
    engine: Engine,
    store: EditionStore,
    ids: Sequence[str],
    *,
    reason: Reason | str,
    by: str,
    world: World | None = None,
) -> Amended:
    """Take incidents back from the public and from every edition. Doing it twice does it once.

    Raises UnknownIncident, NotApproved, UnknownPerson, ValueError for an unknown reason; then nothing is done.
    """

    def say(session: Session, incident: Incident, person: Person) -> bool:
        restricting.withdraw(session, incident, reason=reason, by=person)
        return True

    return _take_back(engine, store, ids, say, reason=Reason(reason).value, by=by, world=world)


def restrict(
    engine: Engine,
    store: EditionStore,
    ids: Sequence[str],
    *,
    policy: LocationPolicy | None,
    by: str,
    world: World | None = None,
) -> Amended:
    """Say how closely the public may learn where incidents were; a coarser policy amends every edition.

    A finer one is heeded by the next edition alone. Raises UnknownIncident, UnknownPerson.
    """

    def say(session: Session, incident: Incident, person: Person) -> bool:
        before = make_policy(incident.policy_rule, incident.policy_cell_km)
        restricting.set_policy(session, incident, policy, by=person)
        return is_coarser(policy, write_policy(before))

    return _take_back(engine, store, ids, say, reason="location", by=by, world=world)


def embargo(
    engine: Engine,
    store: EditionStore,
    ids: Sequence[str],
    *,
    until: dt.date | None,
    by: str,
    world: World | None = None,
) -> Amended:
    """Keep incidents from the public until a day to come, or lift that; they leave every edition that has them.

    Raises UnknownIncident, UnknownPerson, BadEmbargo for a day that has come; then nothing is done.
    """
    if until is not None and until <= clock.today():
        raise BadEmbargo(until)

    def say(session: Session, incident: Incident, person: Person) -> bool:
        restricting.set_embargo(session, incident, until, by=person)
        return until is not None

    return _take_back(engine, store, ids, say, reason="embargo", by=by, world=world)


def reconcile(engine: Engine, store: EditionStore, *, by: str, world: World | None = None) -> Amended:
    """Finish whatever a killed publication or amendment left undone. Raises AlreadyPublishing."""
    with publications.alone(engine, store.root):
        return reconcile_alone(engine, store, by=by, world=world or ShippedWorld())


def reconcile_alone(engine: Engine, store: EditionStore, *, by: str, world: World) -> Amended:
    """Do what `reconcile` does, for who holds the lock already."""
    shelf.tidy(store.root)
    _settle(engine, store)
    names: list[str] = []
    unfit: dict[str, frozenset[str]] = {}
    # The newest first: it is what most readers see.
    for name in reversed(store.names()):
        try:
            manifest = read_manifest(store.root / name)
        except EditionOutdated:
            continue  # No reader opens it, so that nothing in it is public.
        amended, left_out = _amend(engine, store, manifest, by=by, world=world)
        names += [amended] if amended else []
        for id_, parts in left_out.items():
            unfit[id_] = unfit.get(id_, frozenset()) | parts
    return Amended(tuple(names), dict(sorted(unfit.items())))


def remake(
    session: Session, shown: Mapping[str, Shown], *, world: World
) -> tuple[list[PublicIncident], dict[str, frozenset[str]]]:
    """Make rows anew at the revisions that an edition shows, as the ledger lets them out now.

    What it does not let out any more is left out; what is unfit for its policy too: by id, for which of its parts.
    """
    rows: list[PublicIncident] = []
    unfit: dict[str, frozenset[str]] = {}
    for incident in as_published(session, {id_: said.revision for id_, said in shown.items()}):
        if why_left_out(incident, clock.today()) is None:
            try:
                rows.append(redact(incident, world))
            except NotFitToPublish as error:
                unfit[incident.id] = frozenset(error.parts)
    return rows, unfit


def _take_back(
    engine: Engine,
    store: EditionStore,
    ids: Sequence[str],
    say: Callable[[Session, Incident, Person], bool],
    *,
    reason: str,
    by: str,
    world: World | None,
) -> Amended:
    with session_factory(engine).begin() as session:
        person = find_person(session, by)
        hidden = [item.public_id for item in find_incidents(session, ids) if say(session, item, person)]
    if not hidden:
        return Amended()
    add_tombstone(store.root, hidden, reason=reason, at=clock.stamp())
    with publications.alone(engine, store.root, wait_s=_WAIT_S):
        shelf.drop_ahead(store.root)
        return reconcile_alone(engine, store, by=by, world=world or ShippedWorld())


def _amend(
    engine: Engine, store: EditionStore, old: Manifest, *, by: str, world: World
) -> tuple[str | None, dict[str, frozenset[str]]]:
    """Amend one edition if it shows what may not be shown any more; give its new name, if any, and what is unfit."""
    root = store.root
    stones = read_tombstones(root)
    pending = ids_since(stones, old.tombstones)
    with snapshot(engine) as session:
        head = history.head(session)
        restricted = publications.restricted_since(session, old.history_length)
        if not pending and not restricted:
            return None, {}
        found = amending.find_shown(root / old.edition, pending | restricted)
        forgotten = _forgotten(session, {id_: one for id_, one in found.items() if id_ in restricted}) - pending
        counted = recount(
            session, old, amending.find_counts(root / old.edition), (pending | restricted) - found.keys(), world
        )
        forgotten |= counted.ids - pending
        if forgotten:
            stones = (*stones, add_tombstone(root, forgotten, reason="reconciled", at=clock.stamp()))
        shown = {id_: one for id_, one in found.items() if id_ in pending | forgotten}
        if not shown and not counted.ids:
            return None, {}
        gone = shown.keys() | counted.ids
        # What the edition heeded already was the reason of another amendment, or was lifted before it was published.
        since = [stone for stone in stones if stone.number > old.tombstones]
        reasons = ", ".join(sorted({stone.reason for stone in since if not gone.isdisjoint(stone.ids)}))
        name = amending.next_name(old)
        with session_factory(engine).begin() as writing:
            person = find_person(writing, by)
            publications.reserve_amendment(writing, old.number, old.amendment + 1, by=person, reason=reasons)
        instead, unfit = remake(session, shown, world=world)
        about = amending.describe_amendment(
            old,
            reason=reasons,
            at=clock.stamp(),
            tombstones=_last(stones),
            head=head,
            removed=len(shown) - len(instead),
            key=history.sealing_key(session),
        )
        about = amending.rewrite(
            root / old.edition,
            shelf.room(root, name),
            about,
            without=shown,
            instead=instead,
            regions=partial(regions_in_use, session),
            counts=counted.changes,
        )
    was_current = store.current_name() == old.edition
    shelf.put_in_place(root, name)
    if was_current:
        shelf.switch_current(root, name)
    _mark(engine, store, about, root / old.edition)
    shelf.tidy(root)
    return name, unfit


def _forgotten(session: Session, shown: Mapping[str, Shown]) -> frozenset[str]:
    """Give what of it the ledger does not let out so, although no tombstone says that: the process died between.

    shown: what the edition shows of what the ledger restricts.
    """
    known = {item.id: item for item in as_published(session, {id_: one.revision for id_, one in shown.items()})}
    return frozenset(
        id_
        for id_, one in shown.items()
        if id_ not in known
        or why_left_out(known[id_], clock.today()) is not None
        or is_coarser(known[id_].policy, one.policy)
    )


def _settle(engine: Engine, store: EditionStore) -> None:
    """Bring the ledger's list of editions into line with the folders."""
    with session_factory(engine).begin() as session:
        waiting = [(edition.id, edition.number, edition.amendment) for edition in publications.unfinished(session)]
    for edition_id, number, amendment in waiting:
        folder = store.root / make_name(number, amendment)
        if folder.is_dir():
            _mark(engine, store, read_manifest(folder), None)
        else:
            with session_factory(engine).begin() as session:
                publications.abandon(session, edition_id)


def _mark(engine: Engine, store: EditionStore, manifest: Manifest, before: Path | None) -> None:
    shows = amending.compare(store.root / manifest.edition, before)
    with session_factory(engine).begin() as session:
        publications.mark_published(session, manifest, shows)


def _last(stones: Sequence[Tombstone]) -> int:
    return stones[-1].number if stones else 0
