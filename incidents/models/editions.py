"""What was published when: editions by number and amendment, and which incident stood in which at which revision."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from incidents.models.base import Base, comment, one_of

EDITION_STATES = ("reserved", "published", "abandoned")


class Edition(Base):
    """A published state of the data, or a number that was reserved for one and never used again."""

    __tablename__ = "edition"
    __table_args__ = (
        UniqueConstraint("number", "amendment"),
        one_of("state", EDITION_STATES),
        CheckConstraint("number >= 1 AND amendment >= 0", name="number"),
        comment("Editions; numbers may be skipped and are never reused"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Internal key")
    number: Mapped[int] = mapped_column(comment="1, 2, 3 ...")
    amendment: Mapped[int] = mapped_column(comment="0, or 1, 2, 3 ... for what was taken back since")
    state: Mapped[str] = mapped_column(comment="reserved, published or abandoned")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), comment="Who published it")
    reserved_at: Mapped[dt.datetime] = mapped_column(comment="When its number was reserved")
    published_at: Mapped[dt.datetime | None] = mapped_column(comment="When readers got it")
    note: Mapped[str | None] = mapped_column(comment="What the publisher says about it")
    reason: Mapped[str | None] = mapped_column(comment="Reason code, for an amendment")
    history_head: Mapped[str | None] = mapped_column(comment="Hash of the chain's last link when it was made")
    history_length: Mapped[int | None] = mapped_column(comment="Number of links then")
    counted: Mapped[int | None] = mapped_column(comment="How many incidents it holds")


class Publication(Base):
    """An incident in an edition."""

    __tablename__ = "publication"
    __table_args__ = comment("Which incident was public in which edition, at which revision")

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True, comment="The edition")
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incident.id"), primary_key=True, index=True, comment="The incident"
    )
    revision: Mapped[int] = mapped_column(comment="Number of its revision there")
