"""Publishing: a new edition from what is approved, made the current one when it is whole.

It commits, as little else does: a number must stay reserved whatever becomes of the folder that is being written.
What is public is redaction's to say; how something is taken back from editions is `taking_back`'s.
"""

import datetime as dt
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from incidents import history, publications
from incidents.approved import count_left
from incidents.boundaries import regions_in_use
from incidents.counting import recount
from incidents.database import is_demonstration, session_factory, snapshot
from incidents.editions import amending, shelf
from incidents.editions.manifest import Manifest, follow
from incidents.editions.reader import EditionStore, parse_name
from incidents.editions.tombstones import read_tombstones
from incidents.editions.writer import EditionWriter
from incidents.errors import NothingToPublish
from incidents.making import Maker, RowMaker, RowProcesses
from incidents.models import BoundarySet
from incidents.people import find_person
from incidents.preparing import Plan, prepare
from incidents.redaction import LeftOut, World
from incidents.surroundings import ShippedWorld
from incidents.taking_back import Amended, embargo, reconcile, reconcile_alone, remake, restrict, withdraw
from incidents.taxonomy import Taxonomy, load_taxonomy

__all__ = ["Amended", "Published", "embargo", "publish", "reconcile", "restrict", "withdraw"]

# From so many rows on, processes that make them begin sooner than one process ends.
_MANY = 5_000


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
    with publications.alone(engine, root):
        reconcile_alone(engine, store, by=by, world=world)
        # Read before the snapshot is taken, so that no tombstone is thought heeded that the snapshot does not know.
        heeded, now = len(read_tombstones(root)), dt.datetime.now(dt.UTC)
        with snapshot(engine) as session:
            plan = prepare(session, _newest(store), taxonomy, world, today=now.date(), whole=whole)
            try:
                if not again and (stays := _needs_no_edition(session, plan, world, disclaimer=disclaimer, title=title)):
                    return stays
                name, edition_id = _reserve(engine, store, by=by, note=note)
                about = _describe(session, name, now, heeded=heeded, note=note, disclaimer=disclaimer, title=title)
                about = replace(about, address=address)
                try:
                    about, tally = _write(session, store, about, plan, world=world, taxonomy=taxonomy)
                    about = catch_up(engine, root, about, world=world)
                except BaseException:
                    with session_factory(engine).begin() as writing:
                        publications.abandon(writing, edition_id)
                    shelf.tidy(root)
                    raise
            finally:
                plan.close()
        before = _newest(store)
        shelf.put_in_place(root, name)
        shelf.switch_current(root, name)
        shows = amending.compare(root / name, before)
        with session_factory(engine).begin() as session:
            publications.mark_published(session, about, shows)
        if keep is not None:
            shelf.prune(root, keep)
    return replace(tally, counted=about.rows)


def _newest(store: EditionStore) -> Path | None:
    names = store.names()
    return store.root / names[-1] if names else None


def _needs_no_edition(session: Session, plan: Plan, world: World, *, disclaimer: str, title: str) -> Published | None:
    """Say what stays when nothing changed; None when there is something to publish. Raises NothingToPublish."""
    if plan.older is None or not plan.changes_nothing(session, world):
        if not plan.kept.any() and not plan.make and not plan.aggregates:
            raise NothingToPublish(_why_nothing(plan, count_left(session)))
        return None
    about = plan.older.manifest
    sets = [dict(item) for item in about.boundary_sets]
    if (
        about.disclaimer != disclaimer
        or not about.citation.startswith(f"{title}, edition ")
        or sets != [dict(item) for item in _boundary_sets(session)]
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
        taken = [parse_name(name)[0] for name in store.names()]
        reserved = publications.reserve(session, by=find_person(session, by), note=note, taken=taken)
        return str(reserved.number), reserved.id


def _describe(
    session: Session, name: str, at: dt.datetime, *, heeded: int, note: str, disclaimer: str, title: str
) -> Manifest:
    head = history.head(session)
    return Manifest(
        edition=name,
        number=int(name),
        amendment=0,
        published_at=at.isoformat(timespec="seconds"),
        note=note,
        demonstration=is_demonstration(session),
        citation=_cite(title, name, at.date()),
        disclaimer=disclaimer,
        boundary_sets=_boundary_sets(session),
        history_head=head[0],
        history_length=head[1],
        counted_at=head[1],
        tombstones=heeded,
    )


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


def _write(
    session: Session, store: EditionStore, about: Manifest, plan: Plan, *, world: World, taxonomy: Taxonomy
) -> tuple[Manifest, Published]:
    """Write the edition's folder from the snapshot that the plan was made in."""
    unfit: list[str] = []
    with (
        EditionWriter(shelf.room(store.root, about.edition), taxonomy, partial(regions_in_use, session)) as writer,
        ExitStack() as stack,
    ):
        maker: Maker = RowMaker(taxonomy, world, writer.shapes)
        if len(plan.make) >= _MANY and isinstance(world, ShippedWorld):
            maker = stack.enter_context(RowProcesses(taxonomy, writer.shapes))
        for path, refused in maker.make(plan.said(session), writer.staging.files()):
            writer.staging.add_file(path)
            unfit += refused
        stack.close()
        writer.staging.link(plan.linked)
        writer.name_datasets(plan.datasets.values())
        writer.add_aggregates(plan.aggregates)
        if plan.older is not None:
            writer.take_over(plan.older.folder, plan.kept)
        if before := _newest(store):
            writer.follow(about.number, before, kept=plan.kept if plan.older else None)
            about = replace(about, **follow(before))
        about = writer.finish(about)
    tally = _tally(session, plan, about)
    return about, replace(tally, unfit=tuple(sorted(unfit)), made=len(plan.make) - len(unfit))


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


def _boundary_sets(session: Session) -> tuple[dict[str, str | None], ...]:
    return tuple(
        {
            "key": item.key,
            "name": item.name,
            "dated_on": item.dated_on.isoformat() if item.dated_on else None,
            "source": item.source,
            "licence": item.licence,
            "sha256": item.sha256,
        }
        for item in session.scalars(select(BoundarySet).order_by(BoundarySet.key))
    )


def _cite(title: str, name: str, day: dt.date) -> str:
    return f"{title}, edition {name}, published {day.day} {day:%B %Y}"
