"""What the ledger knows of editions: numbers reserved, editions published, and what was restricted since.

It writes no edition's file, and commits nothing.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine, func, insert, literal, select, text, update
from sqlalchemy.orm import Session

from incidents import clock
from incidents.approved import links
from incidents.editions.amending import Showing
from incidents.editions.errors import AlreadyPublishing
from incidents.editions.manifest import Manifest
from incidents.editions.reader import parse_name
from incidents.editions.shelf import exclusively
from incidents.models import Incident, Person, Revision
from incidents.models.editions import Edition, Publication

# Any number that no other use of the database takes for its advisory lock.
_ADVISORY_LOCK = 4_276_215_469
_BLOCK = 10_000
# A million rows are marked in seconds only where the database itself finds the incidents.
_MARK = {
    "sqlite": """
        INSERT INTO publication (edition_id, incident_id, revision)
        SELECT :edition, incident.id, json_extract(pair.value, '$[1]')
        FROM json_each(:pairs) AS pair JOIN incident ON incident.public_id = json_extract(pair.value, '$[0]')
        ORDER BY incident.id
    """,
    "postgresql": """
        INSERT INTO publication (edition_id, incident_id, revision)
        SELECT :edition, incident.id, pair.number
        FROM unnest(CAST(:ids AS text[]), CAST(:numbers AS integer[])) AS pair (id, number)
        JOIN incident ON incident.public_id = pair.id
        ORDER BY incident.id
    """,
}
_MARK_KNOWN = {
    "sqlite": """
        INSERT INTO publication (edition_id, incident_id, revision)
        SELECT :edition, json_extract(pair.value, '$[0]'), json_extract(pair.value, '$[1]')
        FROM json_each(:pairs) AS pair
    """,
    "postgresql": """
        INSERT INTO publication (edition_id, incident_id, revision)
        SELECT :edition, pair.id, pair.number
        FROM unnest(CAST(:ids AS bigint[]), CAST(:numbers AS integer[])) AS pair (id, number)
    """,
}
_RESTRICTING = ("withdraw", "policy", "embargo", "erase")


@contextmanager
def alone(engine: Engine, root: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Be the only one who publishes, on this machine by its folder, and on all that share a PostgreSQL ledger by it.

    Raises AlreadyPublishing. Both locks go with the process, however it ends.
    """
    with exclusively(root, wait_s=wait_s):
        if engine.dialect.name != "postgresql":
            yield
            return
        with engine.connect() as connection:
            lock = {"lock": _ADVISORY_LOCK}
            if not connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), lock).scalar_one():
                msg = "somebody else is publishing to this ledger from another machine"
                raise AlreadyPublishing(msg)
            connection.commit()
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), lock)
                connection.commit()


def next_number(session: Session, names: Iterable[str]) -> int:
    """Give the next edition's number. names: that folders have, whatever the ledger remembers."""
    last = session.scalars(select(func.coalesce(func.max(Edition.number), 0))).one()
    return max((last, *(parse_name(name)[0] for name in names))) + 1


def reserve(session: Session, *, by: Person, note: str | None, names: Iterable[str]) -> Edition:
    """Reserve the next number for an edition; see `next_number`."""
    return _reserve(session, next_number(session, names), 0, by=by, note=note, reason=None)


def reserve_amendment(session: Session, number: int, amendment: int, *, by: Person, reason: str) -> Edition:
    """Reserve an amendment of an edition; one that was reserved and never finished is taken up again."""
    return _find(session, number, amendment) or _reserve(session, number, amendment, by=by, note=None, reason=reason)


def mark_published(
    session: Session, manifest: Manifest, shows: Showing, known: Iterable[tuple[int, int]] | None = None
) -> None:
    """Say that readers got an edition, and which incidents at which revisions stand in it.

    known: the same by the incidents' keys, where they are known.
    """
    edition = _find(session, manifest.number, manifest.amendment)
    if edition is None:
        return
    edition.state = "published"
    edition.published_at = dt.datetime.fromisoformat(manifest.amended_at or manifest.published_at)
    edition.history_head = manifest.history_head
    edition.history_length = manifest.history_length
    edition.counted = manifest.rows
    session.flush()  # Its publications name it by its key.
    before = _find(session, *shows.as_in) if shows.as_in else None
    marks: Mapping[str, str] = _MARK
    more: Iterable[tuple[str | int, int]] = shows.more
    if before is None or before.state != "published":
        marks, more = (_MARK, shows.all()) if known is None else (_MARK_KNOWN, known)
    else:
        gone = select(Incident.id).where(Incident.public_id.in_(shows.but))
        as_before = select(literal(edition.id), Publication.incident_id, Publication.revision).where(
            Publication.edition_id == before.id, Publication.incident_id.not_in(gone)
        )
        session.execute(insert(Publication).from_select(["edition_id", "incident_id", "revision"], as_before))
    statement = text(marks[session.get_bind().dialect.name])
    for block in _blocks(more, _BLOCK):
        ids, numbers = [id_ for id_, _ in block], [number for _, number in block]
        # SQLite knows lists as JSON alone.
        given = (
            {"ids": ids, "numbers": numbers}
            if session.get_bind().dialect.name == "postgresql"
            else {"pairs": json.dumps(block)}
        )
        session.execute(statement, {"edition": edition.id, **given})


def unfinished(session: Session) -> list[Edition]:
    """Give the editions that were reserved and never marked."""
    return list(session.scalars(select(Edition).where(Edition.state == "reserved").order_by(Edition.id)))


def abandon(session: Session, edition_id: int) -> None:
    """Say that a reserved number will never be published."""
    session.execute(update(Edition).where(Edition.id == edition_id).values(state="abandoned"))


def restricted_since(session: Session, length: int) -> frozenset[str]:
    """Give the public ids of what was said to be restricted in any way after the chain had `length` links."""
    said = select(Revision.incident_id).where(Revision.link > length, Revision.action.in_(_RESTRICTING))
    return frozenset(session.scalars(select(Incident.public_id).where(Incident.id.in_(said))))


def find_same(session: Session, ids: Collection[str]) -> list[str]:
    """Give the ids of records that are the same incidents as these, in the public's eyes, and are none of these."""
    linked = links(session)
    found: set[str] = set()
    waiting = list(ids)
    while waiting:
        new = set(linked.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return sorted(found - set(ids))


def _find(session: Session, number: int, amendment: int) -> Edition | None:
    query = select(Edition).where(Edition.number == number, Edition.amendment == amendment)
    return session.scalars(query).first()


def _reserve(
    session: Session, number: int, amendment: int, *, by: Person, note: str | None, reason: str | None
) -> Edition:
    edition = Edition(
        number=number,
        amendment=amendment,
        state="reserved",
        by_id=by.id,
        reserved_at=clock.now(),
        note=note,
        reason=reason,
    )
    session.add(edition)
    session.flush()  # The number must be the database's before anything is written under it.
    return edition


def _blocks(items: Iterable[tuple[str | int, int]], size: int) -> Iterator[list[tuple[str | int, int]]]:
    iterator = iter(items)
    while block := list(islice(iterator, size)):
        yield block
