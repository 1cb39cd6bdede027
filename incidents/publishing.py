"""Publishing: a new edition from what is approved, made the current one when it is whole.

It commits, as little else does: a number must stay reserved whatever becomes of the folder that is being written.
What is public is redaction's to say; how something is taken back from editions is `taking_back`'s.
"""

import datetime as dt
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from incidents import clock, history, publications
from incidents.approved import count_left
from incidents.boundaries import regions_in_use
from incidents.coarsening import World
from incidents.composing import Words, boundary_sets, describe, write
from incidents.counting import recount
from incidents.database import is_demonstration, session_factory, snapshot
from incidents.editions import amending, shelf
from incidents.editions.adopting import adopt
from incidents.editions.manifest import Manifest, follow
from incidents.editions.reader import EditionStore
from incidents.editions.tombstones import read_tombstones
from incidents.errors import NothingToPublish
from incidents.people import find_person
from incidents.planned import find_plan
from incidents.preparing import Plan, prepare
from incidents.redaction import LeftOut
from incidents.surroundings import ShippedWorld
from incidents.taking_back import Amended, embargo, reconcile, reconcile_alone, remake, restrict, withdraw
from incidents.taxonomy import Taxonomy, load_taxonomy

__all__ = ["Amended", "Published", "embargo", "publish", "reconcile", "restrict", "withdraw"]


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication did: the edition's name, how many incidents are in it, and how many are not, and why.

    is_new: False when nothing had changed, so that the current edition stays. made: rows that were made, all others
    being taken over unchanged. left: not approved. embargoed, internal, withdrawn: approved and left out.
    aggregate_only: counted, in no row. unfit: ids refused since their titles or summaries give away the place that
    their location policy withholds.
    """

    name: str
    counted: int
    left: int
    embargoed: int
    internal: int
    withdrawn: int
    aggregate_only: int
    unfit: tuple[str, ...] = ()
    made: int = 0
    is_new: bool = True


def publish(  # noqa: PLR0913 - settings, each with its default
    engine: Engine,
    store: EditionStore,
    *,
    by: str,
    note: str = "",
    disclaimer: str = "",
    title: str = "Bearing",
    address: str = "",
    keep: int | None = None,
    taxonomy: Taxonomy | None = None,
    world: World | None = None,
    whole: bool = False,
    again: bool = True,
) -> Published:
    """Publish what is approved as the next edition and make it the current one.

    by: a person's name. address: where readers find the service; permalinks in files begin with it. keep: how many
    editions stay readable; None removes none. whole: whether every row is made, instead of taking over what stands in
    the newest edition just so. again: whether an edition is made even where nothing changed, or with nothing in it.
    Raises AlreadyPublishing, UnknownPerson, and NothingToPublish unless `again`; then readers keep the edition that
    they had.
    """
    root, world, taxonomy = store.root, world or ShippedWorld(), taxonomy or load_taxonomy()
    words = Words(note, disclaimer, title, address)
    with publications.alone(engine, root):
        reconcile_alone(engine, store, by=by, world=world)
        # Read before the snapshot is taken, so that no tombstone is thought heeded that the snapshot does not know.
        heeded, now = len(read_tombstones(root)), clock.now()
        before = store.newest()
        with snapshot(engine) as session:
            plan, is_made = _plan(session, store, taxonomy, world, today=now.date(), whole=whole)
            try:
                if not (again or is_made) and (stays := _needs_no_edition(session, plan, before, world, words)):
                    return stays
                name, edition_id = _reserve(engine, store, by=by, note=note)
                about = describe(session, name, now, words, heeded=heeded)
                try:
                    room = shelf.room(root, name)
                    if is_made and plan.older is not None and plan.older.manifest.address == address:
                        about = replace(about, **follow(before)) if before else about
                        about, unfit = adopt(plan.older, room, about), plan.ids(session)
                    else:
                        about, unfit = write(session, room, about, plan, before=before, world=world, taxonomy=taxonomy)
                    tally = _tally(session, plan, about)
                    caught = catch_up(engine, root, about, world=world)
                except BaseException:
                    with session_factory(engine).begin() as writing:
                        publications.abandon(writing, edition_id)
                    shelf.tidy(root)
                    shelf.drop_ahead(root)
                    raise
            finally:
                plan.close()
        shelf.put_in_place(root, name)
        shelf.switch_current(root, name)
        as_planned = caught is about and plan.known is not None and len(plan.known.keys) == about.rows
        known = zip(*plan.known, strict=True) if as_planned and plan.known else None
        about, shows = caught, amending.compare(root / name, before)
        with session_factory(engine).begin() as session:
            publications.mark_published(session, about, shows, known)
        shelf.drop_ahead(root)
        if keep is not None:
            shelf.prune(root, keep)
    return replace(tally, counted=about.rows, unfit=tuple(unfit), made=len(plan.make) - len(unfit))


def _plan(
    session: Session, store: EditionStore, taxonomy: Taxonomy, world: World, *, today: dt.date, whole: bool
) -> tuple[Plan, bool]:
    """Plan the edition, by what was made ahead of it if there is any; say whether that is just what it must hold."""
    before = store.newest()
    ready = shelf.find_ahead(store.root, publications.next_number(session, store.names()), before)
    if ready is None or whole:
        return prepare(session, before, taxonomy, world, today=today, whole=whole), False
    if isinstance(world, ShippedWorld) and (known := find_plan(session, ready, taxonomy, today=today)):
        return known, True
    plan = prepare(session, ready, taxonomy, world, today=today)
    if plan.changes_nothing(session, world):
        return plan, True
    other = prepare(session, before, taxonomy, world, today=today)
    better, worse = (plan, other) if len(plan.make) < len(other.make) else (other, plan)
    worse.close()
    return better, False


def _needs_no_edition(
    session: Session, plan: Plan, before: Path | None, world: World, words: Words
) -> Published | None:
    """Say what stays when nothing changed; None when there is something to publish. Raises NothingToPublish."""
    if plan.older is None or plan.older.folder != before or not plan.changes_nothing(session, world):
        if not plan.kept.any() and not plan.make and not plan.aggregates:
            raise NothingToPublish(_why_nothing(plan, count_left(session)))
        return None
    about = plan.older.manifest
    sets = [dict(item) for item in about.boundary_sets]
    if (
        about.disclaimer != words.disclaimer
        or not about.citation.startswith(f"{words.title}, edition ")
        or sets != [dict(item) for item in boundary_sets(session)]
        or about.demonstration != is_demonstration(session)
    ):
        return None
    return replace(_tally(session, plan, about), is_new=False)


def _why_nothing(plan: Plan, left: int) -> str:
    reasons = [f"{count:,} {reason.value}" for reason, count in sorted(plan.left_out.items())]
    if left:
        reasons.append(f"{left:,} not approved (`bearing review list` shows them)")
    return f"there is nothing to publish: {', '.join(reasons) or 'the ledger holds no incident'}"


def _reserve(engine: Engine, store: EditionStore, *, by: str, note: str) -> tuple[str, int]:
    with session_factory(engine).begin() as session:
        reserved = publications.reserve(session, by=find_person(session, by), note=note, names=store.names())
        return str(reserved.number), reserved.id


def catch_up(engine: Engine, root: Path, about: Manifest, *, world: World) -> Manifest:
    """Write the edition in the making anew for as long as something in it was restricted since it was read.

    What is restricted after the last look is in a tombstone that this edition does not heed, so readers do.
    """
    while True:
        made, heeded = shelf.room(root, about.edition), len(read_tombstones(root))
        with snapshot(engine) as session:
            head = history.head(session)
            restricted = publications.restricted_since(session, about.history_length)
            shown = amending.find_shown(made, restricted) if restricted else {}
            counts = recount(session, about, amending.find_counts(made), restricted - shown.keys(), world).changes
            if not shown and not counts:
                return about
            instead, _ = remake(session, shown, world=world)
            about = replace(about, history_head=head[0], history_length=head[1], tombstones=heeded)
            again = shelf.room(root, f"{about.edition}-again")
            about = amending.rewrite(
                made,
                again,
                about,
                without=shown,
                instead=instead,
                regions=partial(regions_in_use, session),
                counts=counts,
            )
        shelf.replace_room(made, again)


def _tally(session: Session, plan: Plan, about: Manifest) -> Published:
    return Published(
        name=about.edition,
        counted=about.rows,
        left=count_left(session),
        embargoed=plan.left_out[LeftOut.EMBARGOED],
        internal=plan.left_out[LeftOut.INTERNAL],
        withdrawn=plan.left_out[LeftOut.WITHDRAWN],
        aggregate_only=plan.left_out[LeftOut.AGGREGATE_ONLY],
    )
