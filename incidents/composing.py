"""Composing an edition's folder from a plan: what the ledger says of it as a whole, and the rows that are to be in it.

It chooses no row, and makes no edition visible: publishing does.
"""

import datetime as dt
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents import history
from incidents.boundaries import regions_in_use
from incidents.coarsening import World
from incidents.database import is_demonstration
from incidents.editions.manifest import Manifest, follow
from incidents.editions.writer import EditionWriter
from incidents.making import Maker, RowMaker, RowProcesses
from incidents.models import BoundarySet
from incidents.preparing import Plan
from incidents.surroundings import ShippedWorld
from incidents.taxonomy import Taxonomy

MANY = 5_000
"""From so many rows on, processes that make them begin sooner than one process ends."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of an edition by whoever publishes it; see `publishing.publish`."""

    note: str = ""
    disclaimer: str = ""
    title: str = "Bearing"
    address: str = ""


def describe(session: Session, name: str, at: dt.datetime, words: Words, *, heeded: int) -> Manifest:
    """Say of an edition what its rows cannot tell. heeded: how many tombstones they know of."""
    head = history.head(session)
    return Manifest(
        edition=name,
        number=int(name),
        amendment=0,
        published_at=at.isoformat(timespec="seconds"),
        note=words.note,
        demonstration=is_demonstration(session),
        citation=_cite(words.title, name, at.date()),
        disclaimer=words.disclaimer,
        address=words.address,
        boundary_sets=boundary_sets(session),
        history_head=head[0],
        history_length=head[1],
        counted_at=head[1],
        tombstones=heeded,
    )


def write(
    session: Session,
    folder: Path,
    about: Manifest,
    plan: Plan,
    *,
    before: Path | None,
    world: World,
    taxonomy: Taxonomy,
) -> tuple[Manifest, list[str]]:
    """Write an edition's folder from the snapshot that the plan was made in; give its manifest, and what is unfit.

    before: the folder of the newest edition, which it follows.
    """
    unfit: list[str] = []
    with (
        EditionWriter(folder, taxonomy, partial(regions_in_use, session)) as writer,
        ExitStack() as stack,
    ):
        if plan.older is not None:
            writer.know_regions(plan.older.regions())  # They are the ledger's: otherwise it were not taken over from.
        maker: Maker = RowMaker(taxonomy, world, writer.shapes)
        if len(plan.make) >= MANY and isinstance(world, ShippedWorld):
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
        if before is not None:
            taken = plan.kept if plan.older is not None and plan.older.folder == before else None
            writer.follow(about.number, before, kept=taken)
            about = replace(about, **follow(before))
        about = writer.finish(about)
    return about, sorted(unfit)


def boundary_sets(session: Session) -> tuple[dict[str, str | None], ...]:
    """Say which boundaries are in use."""
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
