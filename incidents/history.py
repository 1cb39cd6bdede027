"""The history: everything said and done is appended to it, and a chain of digests shows whether it still is all there.

Each act, such as one approval or one import, is one link. A revision's payload goes into the chain by a salted
digest, so that it can be erased where the law demands it, and the chain still verifies. It decides nothing about
who may do what.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from incidents import clock
from incidents.bulk import insert_rows
from incidents.canonical import canonical_json
from incidents.errors import BrokenHistory, StillInUse
from incidents.models import ChainLink, Incident, Ledger, Person, Revision

_BLOCK = 2_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing said or done to one incident, to be appended. payload: canonical JSON."""

    incident_id: int
    public_id: str
    number: int
    action: str
    payload: bytes = b"{}"
    approves: int | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """What a whole history was found to be. erased: how many of its payloads are gone, lawfully."""

    head: str
    length: int
    revisions: int
    erased: int


class LinkWriter:
    """Appends revisions to the one link of an act."""

    def __init__(self, session: Session, by: Person) -> None:
        """Lock the chain until the transaction ends: two acts cannot both be next."""
        self._session = session
        self._by = by.id
        session.execute(select(Ledger.id).with_for_update())
        self._previous, length = head(session)
        self.position = length + 1
        self.at = clock.now()
        self._digest = hashlib.sha256()
        self._count = 0

    def add(self, entries: Sequence[Entry]) -> None:
        """Append these revisions, in this order."""
        rows = []
        for entry in entries:
            salt = secrets.token_hex(16)
            digest = _payload_digest(salt, entry.payload)
            rows.append(
                {
                    "incident_id": entry.incident_id,
                    "number": entry.number,
                    "action": entry.action,
                    "approves": entry.approves,
                    "by_id": self._by,
                    "at": self.at,
                    "payload": entry.payload.decode(),
                    "salt": salt,
                    "payload_digest": digest,
                    "link": self.position,
                }
            )
            self._digest.update(
                _entry_digest(entry.public_id, entry.number, entry.action, entry.approves, self._by, self.at, digest)
            )
        if rows:
            insert_rows(self._session, Revision.__table__, rows)  # type: ignore[arg-type]  # it is a table
            self._count += len(rows)

    def close(self) -> None:
        """Close the link; an act that said nothing leaves none."""
        if not self._count:
            return
        digest = self._digest.hexdigest()
        self._session.execute(
            insert(ChainLink).values(
                position=self.position,
                previous=self._previous,
                revisions=self._count,
                digest=digest,
                hash=_link_hash(self.position, self._previous, self._count, digest),
            )
        )


@contextmanager
def act(session: Session, by: Person) -> Iterator[LinkWriter]:
    """Append what is said within to one link of the chain. Nothing is committed here."""
    session.flush()  # Rows are written below the session, and must find what it still holds.
    link = LinkWriter(session, by)
    yield link
    link.close()


def head(session: Session) -> tuple[str, int]:
    """Give the hash of the last link and the number of links; of an empty chain the hash of the ledger's id, and 0."""
    last = session.execute(
        select(ChainLink.hash, ChainLink.position).order_by(ChainLink.position.desc()).limit(1)
    ).first()
    return (last[0], last[1]) if last else (_genesis(session), 0)


def was_head(session: Session, said: tuple[str | None, int]) -> bool:
    """Whether the history, at a length, had this head: then all up to there is what it was."""
    hash_, length = said
    query = select(ChainLink.hash).where(ChainLink.position == length)
    return hash_ == (session.scalars(query).first() if length else _genesis(session))


def verify_chain(session: Session) -> Verified:
    """Check every digest of the whole history. Raises BrokenHistory, naming the first link that is wrong."""
    links = session.scalars(select(ChainLink).order_by(ChainLink.position).execution_options(yield_per=_BLOCK))
    rows = session.execute(_whole_history())
    with closing(links), closing(rows):
        return _follow(_genesis(session), links, _read_entries(rows))


def _follow(previous: str, links: Iterable[ChainLink], revisions: Iterator["_Stored"]) -> Verified:
    """Follow the chain link by link, with the revisions of each beside it."""
    position = erased = total = 0
    waiting = next(revisions, None)
    for link in links:
        position += 1
        digest, count = hashlib.sha256(), 0
        while waiting is not None and waiting.link == link.position:
            digest.update(waiting.digest)
            erased += waiting.erased
            count += 1
            waiting = next(revisions, None)
        found = (position, previous, count, digest.hexdigest())
        if found != (link.position, link.previous, link.revisions, link.digest) or link.hash != _link_hash(*found):
            msg = f"the history does not add up at link {position}"
            raise BrokenHistory(msg)
        previous = link.hash
        total += count
    if waiting is not None:
        msg = "the history holds a revision outside its chain"
        raise BrokenHistory(msg)
    return Verified(previous, position, total, erased)


def erase_payload(session: Session, incident: Incident, number: int, *, by: Person, reason: str) -> None:
    """Erase what one revision says, as the law may demand; its digest stays, so the chain still verifies.

    That it was erased, by whom and why is itself appended. Raises StillInUse for the newest revision, whose words
    the ledger's other tables have too, and for the approved one of an incident that is not withdrawn.
    Sources that it cited, the database's file and its backups may hold the text until they are rewritten.
    """
    if number == incident.revision:
        msg = "correct the incident first: the ledger shows what its newest revision says"
        raise StillInUse(msg)
    if incident.approved_revision == number and not incident.withdrawn:
        msg = "withdraw the incident first, or approve its correction: the public reads this revision"
        raise StillInUse(msg)
    session.execute(
        update(Revision)
        .where(Revision.incident_id == incident.id, Revision.number == number)
        .values(payload=None, salt=None)
    )
    incident.last_number += 1
    with act(session, by) as link:
        payload = canonical_json({"erases": number, "reason": reason})
        link.add([Entry(incident.id, incident.public_id, incident.last_number, "erase", payload)])


@dataclass(frozen=True, slots=True)
class _Stored:
    link: int
    digest: bytes
    erased: bool


def _whole_history() -> Any:  # noqa: ANN401 - rows of a selection have no name
    return (
        select(
            Revision.link,
            Incident.public_id,
            Revision.number,
            Revision.action,
            Revision.approves,
            Revision.by_id,
            Revision.at,
            Revision.payload,
            Revision.salt,
            Revision.payload_digest,
        )
        .join(Incident, Incident.id == Revision.incident_id)
        .order_by(Revision.link, Revision.id)
        .execution_options(yield_per=_BLOCK)
    )


def _read_entries(rows: Iterable[Any]) -> Iterator[_Stored]:
    for link, public_id, number, action, approves, by, at, payload, salt, digest in rows:
        if payload is not None and salt is not None and _payload_digest(salt, payload.encode()) != digest:
            msg = f"the history does not add up at link {link}: a payload is not what it was"
            raise BrokenHistory(msg)
        yield _Stored(link, _entry_digest(public_id, number, action, approves, by, at, digest), payload is None)


def _payload_digest(salt: str, payload: bytes) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + payload).hexdigest()


def _entry_digest(*parts: str | int | dt.datetime | None) -> bytes:
    """Digest what a revision says of itself; none of the parts can hold a space."""
    words = (part.isoformat() if isinstance(part, dt.datetime) else str(part) for part in parts)
    return hashlib.sha256(" ".join(words).encode()).digest()


def _link_hash(position: int, previous: str, revisions: int, digest: str) -> str:
    return hashlib.sha256(canonical_json([position, previous, revisions, digest])).hexdigest()


def sealing_key(session: Session) -> bytes:
    """Give the key of digests that only this ledger's keeper may compare: its random id, which no edition has."""
    return session.scalars(select(Ledger.ledger_id)).one().encode()


def _genesis(session: Session) -> str:
    return hashlib.sha256(sealing_key(session)).hexdigest()
