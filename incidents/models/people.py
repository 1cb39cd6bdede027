"""Who writes, and the ledger's one row about itself."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from incidents.models.base import Base, comment, one_of

ROLES = ("recorder", "reviewer", "publisher")


class Ledger(Base):
    """What this ledger is. Triggers refuse any change of it."""

    __tablename__ = "ledger"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), comment("What this ledger is; one row"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="Always 1")
    ledger_id: Mapped[str] = mapped_column(comment="Random 128-bit id, hex; the history's chain begins with it")
    demonstration: Mapped[bool] = mapped_column(comment="Whether it approves by itself; set at creation, never later")
    created_at: Mapped[dt.datetime] = mapped_column(comment="When it was created")


class Person(Base):
    """Somebody who records, reviews or publishes."""

    __tablename__ = "person"
    __table_args__ = comment("People who record, review and publish")

    id: Mapped[int] = mapped_column(primary_key=True, comment="Internal key")
    name: Mapped[str] = mapped_column(comment="Name as given")
    folded_name: Mapped[str] = mapped_column(unique=True, comment="Name as it is compared, so that no two look alike")
    added_at: Mapped[dt.datetime] = mapped_column(comment="When they were added")


class Role(Base):
    """A part that a person may play; nothing asks for it before there is a login."""

    __tablename__ = "role"
    __table_args__ = (one_of("role", ROLES), comment("Parts that people may play"))

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, comment="Who")
    role: Mapped[str] = mapped_column(primary_key=True, comment="recorder, reviewer or publisher")
