"""Publishing: a new edition from what is approved, made the current one when it is whole.

It commits, as little else does: a number must stay reserved whatever becomes of the folder that is being written.
What is public is redaction's to say; how something is taken back from editions is `taking_back`'s.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from incidents import history, publications
from incidents.approved import ApprovedIncident, approved, count_left
from incidents.boundaries import regions_in_use
from incidents.database import is_demonstration, session_factory, snapshot
from incidents.editions import amending, shelf
from incidents.editions.manifest import Manifest
from incidents.editions.public import PublicIncident
from incidents.editions.reader import EditionStore, parse_name
from incidents.editions.tombstones import read_tombstones
from incidents.editions.writer import EditionWriter
from incidents.models import BoundarySet
from incidents.people import find_person
from incidents.policies import LocationPolicy, PolicyRule
from incidents.redaction import LeftOut, NotFitToPublish, World, coarsen, redact, why_left_out
from incidents.surroundings import ShippedWorld
from incidents.taking_back import Amended, embargo, reconcile, reconcile_alone, remake, restrict, withdraw
from incidents.taxonomy import Taxonomy, load_taxonomy

__all__ = ["Amended", "Published", "embargo", "publish", "reconcile", "restrict", "withdraw"]


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication did: the edition's name, how many incidents are in it, and how many are not, and why.

    left: not approved. embargoed, internal, withdrawn: approved and left out. aggregate_only: counted, in no row.
    unfit: ids refused since their titles or summaries give away the place that their location policy withholds.
    """

    name: str
    counted: int
    left: int
    embargoed: int
    internal: int
    withdrawn: int
    aggregate_only: int
    unfit: tuple[str, ...] = ()


def publish(  # noqa: PLR0913 - settings, each with its default
    engine: Engine,
    store: EditionStore,
    *,
    by: str,
    note: str = "",
    disclaimer: str = "",
    title: str = "Bearing",
    keep: int | None = None,
    taxonomy: Taxonomy | None = None,
    world: World | None = None,
) -> Published:
    """Publish what is approved as the next edition and make it the current one.

    by: a person's name. keep: how many editions stay readable; None removes none. Raises AlreadyPublishing,
    UnknownPerson; then readers keep the edition that they had.
    """
    root, world = store.root, world or ShippedWorld()
    with publications.alone(engine, root):
        reconcile_alone(engine, store, by=by, world=world)
        with session_factory(engine).begin() as session:
            taken = [parse_name(name)[0] for name in store.names()]
            reserved = publications.reserve(session, by=find_person(session, by), note=note, taken=taken)
            number, edition_id = reserved.number, reserved.id
        name, at = str(number), dt.datetime.now(dt.UTC)
        about = Manifest(
            edition=name,
            number=number,
            amendment=0,
            published_at=at.isoformat(timespec="seconds"),
            note=note,
            demonstration=False,
            citation=_cite(title, name, at.date()),
            disclaimer=disclaimer,
        )
        try:
            about, tally = _write(engine, root, about, world=world, taxonomy=taxonomy or load_taxonomy())
            about = catch_up(engine, root, about, world=world)
        except BaseException:
            with session_factory(engine).begin() as session:
                publications.abandon(session, edition_id)
            shelf.tidy(root)
            raise
        shelf.put_in_place(root, name)
        shelf.switch_current(root, name)
        with session_factory(engine).begin() as session:
            publications.mark_published(session, about, _revisions(root / name))
        if keep is not None:
            shelf.prune(root, keep)
    return replace(tally, counted=about.rows)


def catch_up(engine: Engine, root: Path, about: Manifest, *, world: World) -> Manifest:
    """Write the edition in the making anew for as long as something in it was restricted since it was read.

    What is restricted after the last look is in a tombstone that this edition does not heed, so readers do.
    """
    while True:
        made, heeded = shelf.room(root, about.edition), len(read_tombstones(root))
        with snapshot(engine) as session:
            head = history.head(session)
            shown = amending.find_shown(made, publications.restricted_since(session, about.history_length))
            if not shown:
                return about
            instead, _ = remake(session, shown, world=world)
            about = replace(about, history_head=head[0], history_length=head[1], tombstones=heeded)
            again = shelf.room(root, f"{about.edition}-again")
            about = amending.rewrite(
                made, again, about, without=shown, instead=instead, regions=partial(regions_in_use, session)
            )
        shelf.replace_room(made, again)


def _write(
    engine: Engine, root: Path, about: Manifest, *, world: World, taxonomy: Taxonomy
) -> tuple[Manifest, Published]:
    """Write the edition's folder from one snapshot of the ledger."""
    # Read before the snapshot is taken, so that no tombstone is thought heeded that the snapshot does not know.
    heeded = len(read_tombstones(root))
    today = dt.datetime.now(dt.UTC).date()
    left_out: Counter[LeftOut] = Counter()
    aggregates: Counter[tuple[str, str | None, str | None, str]] = Counter()
    with snapshot(engine) as session:
        head = history.head(session)
        about = replace(
            about,
            demonstration=is_demonstration(session),
            boundary_sets=_boundary_sets(session),
            history_head=head[0],
            history_length=head[1],
            tombstones=heeded,
        )
        unfit: list[str] = []

        def make_public() -> Iterator[PublicIncident]:
            for incident in approved(session):
                reason = why_left_out(incident, today)
                if reason is not None:
                    left_out[reason] += 1
                    if reason == LeftOut.AGGREGATE_ONLY:
                        aggregates[_aggregate(incident, world)] += 1
                    continue
                try:
                    yield redact(incident, world)
                except NotFitToPublish:
                    unfit.append(incident.id)

        with EditionWriter(shelf.room(root, about.edition), taxonomy, partial(regions_in_use, session)) as writer:
            writer.add(make_public())
            writer.add_aggregates(aggregates)
            about = writer.finish(about)
        left = count_left(session)
    return about, Published(
        name=about.edition,
        counted=about.rows,
        left=left,
        embargoed=left_out[LeftOut.EMBARGOED],
        internal=left_out[LeftOut.INTERNAL],
        withdrawn=left_out[LeftOut.WITHDRAWN],
        aggregate_only=left_out[LeftOut.AGGREGATE_ONLY],
        unfit=tuple(unfit),
    )


def _aggregate(incident: ApprovedIncident, world: World) -> tuple[str, str | None, str | None, str]:
    """Say under what an incident is counted that is published in no row: dataset, region, month, kind."""
    draft = incident.draft
    location, _ = coarsen(draft, incident.policy or LocationPolicy(PolicyRule.EXACT), world)
    region = next((link.code for link in location.regions if link.level == 1), None)
    first, last = draft.earliest, draft.latest
    month = f"{first:%Y-%m}" if first and last and f"{first:%Y-%m}" == f"{last:%Y-%m}" else None
    return (incident.dataset.key if incident.dataset else "", region, month, draft.kind)


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


def _revisions(folder: Path) -> dict[str, int]:
    return {id_: shown.revision for id_, shown in amending.find_shown(folder).items()}
