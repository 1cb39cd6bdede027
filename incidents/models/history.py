"""The append-only history: what was said and done to each incident, and the chain that holds it together.

Triggers refuse every update and delete but the lawful erasure of a payload.
"""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from incidents.models.base import Base, comment, one_of

ACTIONS = (
    "record",  # an incident was first said
    "correct",  # it was said otherwise
    "approve",  # a second person approved what was said
    "demonstration",  # a demonstration ledger approved by itself
    "return",  # a second person sent it back
    "policy",  # the public may learn its place more or less closely
    "embargo",  # it may be published from another day
    "withdraw",  # it was taken back from the public
    "erase",  # a payload was lawfully erased
)

ERASED = text("payload IS NULL")
"""Of a revision: whether what it says was erased. Few are, and an index finds them, for who asks just so."""


class ChainLink(Base):
    """A link of the chain: all revisions that one act wrote."""

    __tablename__ = "chain_link"
    __table_args__ = comment("The chain over the history")

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="1, 2, 3 ... without gaps")
    previous: Mapped[str] = mapped_column(unique=True, comment="Hash of the link before it; of the ledger's id for 1")
    revisions: Mapped[int] = mapped_column(comment="How many revisions it holds")
    digest: Mapped[str] = mapped_column(comment="SHA-256 over the digests of its revisions in order, hex")
    hash: Mapped[str] = mapped_column(unique=True, comment="SHA-256 over position, previous, revisions and digest, hex")


class Revision(Base):
    """One thing said or done."""

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("incident_id", "number"),
        one_of("action", ACTIONS),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(approves IS NOT NULL) = (action IN ('approve', 'demonstration', 'return'))", name="approves"),
        CheckConstraint("(payload IS NULL) = (salt IS NULL)", name="payload"),
        Index(None, "link", "id"),
        Index("ix_revision_erased", "incident_id", sqlite_where=ERASED, postgresql_where=ERASED),
        comment("Append-only history of what was said and done"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Order of writing")
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), comment="The incident")
    number: Mapped[int] = mapped_column(comment="1, 2, 3 ... for each incident")
    action: Mapped[str] = mapped_column(comment="What was done")
    approves: Mapped[int | None] = mapped_column(comment="The number approved or returned")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), comment="Who did it")
    at: Mapped[dt.datetime] = mapped_column(comment="When")
    payload: Mapped[str | None] = mapped_column(comment="What was said, canonical JSON (RFC 8785); null once erased")
    salt: Mapped[str | None] = mapped_column(comment="Random 128 bits, hex; null once erased, so that nobody can guess")
    payload_digest: Mapped[str] = mapped_column(
        comment="SHA-256 over salt and payload, hex; stays when they are erased"
    )
    link: Mapped[int] = mapped_column(
        ForeignKey("chain_link.position", deferrable=True, initially="DEFERRED"), comment="The chain's link it is in"
    )
