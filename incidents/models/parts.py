"""Who and what took part in an incident, what was hit, what was transferred, and whom it harmed."""

from sqlalchemy import JSON, BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from incidents.drafts import Certainty
from incidents.models.base import Base, comment, one_of, span
from incidents.taxonomy import GRADES


class Participation(Base):
    """An actor in a role."""

    __tablename__ = "participation"
    __table_args__ = (one_of("certainty", Certainty), comment("Actors and their roles in incidents"))

    id: Mapped[int] = mapped_column(primary_key=True, comment="Internal key")
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True, comment="The incident")
    actor: Mapped[str] = mapped_column(index=True, comment="Name of the person, force, state or organisation")
    role: Mapped[str] = mapped_column(comment="Taxonomy key of the role")
    certainty: Mapped[str] = mapped_column(comment="known, suspected or denied")
    as_spelled: Mapped[str | None] = mapped_column(comment="The source's own spelling, where it differs")
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"), comment="Who says so")


class Target(Base):
    """What was hit."""

    __tablename__ = "target"
    __table_args__ = comment("What was hit, by its original use")

    id: Mapped[int] = mapped_column(primary_key=True, comment="Internal key")
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True, comment="The incident")
    type: Mapped[str] = mapped_column(comment="Taxonomy key of the target's original use")
    words: Mapped[str | None] = mapped_column(comment="The source's words, where they say more")


class EquipmentUse(Base):
    """An aircraft or system that took part."""

    __tablename__ = "equipment_use"
    __table_args__ = (span("count"), one_of("certainty", Certainty), comment("Aircraft and systems that took part"))

    id: Mapped[int] = mapped_column(primary_key=True, comment="Internal key")
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True, comment="The incident")
    type: Mapped[str] = mapped_column(index=True, comment="Taxonomy key")
    count_min: Mapped[int | None] = mapped_column(comment="At least so many")
    count_max: Mapped[int | None] = mapped_column(comment="At most so many")
    count_approximate: Mapped[bool] = mapped_column(comment="Whether the source says about")
    role: Mapped[str | None] = mapped_column(comment="What it did, in words")
    certainty: Mapped[str] = mapped_column(comment="known, suspected or denied")


class Transfer(Base):
    """A movement of arms or goods; its goods did not take part in anything."""

    __tablename__ = "transfer"
    __table_args__ = (span("value"), comment("Transfers of arms and goods"))

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True, comment="The incident")
    stage: Mapped[str | None] = mapped_column(comment="Taxonomy key of the stage")
    value_min: Mapped[int | None] = mapped_column(BigInteger, comment="At least so much, whole units")
    value_max: Mapped[int | None] = mapped_column(BigInteger, comment="At most so much, whole units")
    value_approximate: Mapped[bool] = mapped_column(comment="Whether the source says about")
    currency: Mapped[str | None] = mapped_column(comment="ISO 4217 code")
    claimant: Mapped[str | None] = mapped_column(comment="Who says so behind the publisher")


class Goods(Base):
    """Goods of a transfer."""

    __tablename__ = "goods"
    __table_args__ = (span("count"), comment("Goods of transfers"))

    id: Mapped[int] = mapped_column(primary_key=True, comment="Internal key")
    incident_id: Mapped[int] = mapped_column(ForeignKey("transfer.incident_id"), index=True, comment="The transfer")
    types: Mapped[list[str]] = mapped_column(JSON, comment="Taxonomy keys that the count holds for together")
    what: Mapped[str | None] = mapped_column(comment="What it is, in words")
    count_min: Mapped[int | None] = mapped_column(comment="At least so many")
    count_max: Mapped[int | None] = mapped_column(comment="At most so many")
    count_approximate: Mapped[bool] = mapped_column(comment="Whether the source says about")


class HarmClaim(Base):
    """What one claimant says of the harm to one group. Null is unknown, never zero."""

    __tablename__ = "harm_claim"
    __table_args__ = (
        span("killed"),
        span("injured"),
        span("displaced"),
        one_of("grade", GRADES),
        comment("Claims of harm; groups overlap and are never added to each other"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Internal key")
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True, comment="The incident")
    group: Mapped[str] = mapped_column("harm_group", comment="Taxonomy key of the group")
    killed_min: Mapped[int | None] = mapped_column(comment="At least so many killed; null is unknown")
    killed_max: Mapped[int | None] = mapped_column(comment="At most so many killed; null is unknown")
    killed_approximate: Mapped[bool] = mapped_column(comment="Whether the source says about")
    injured_min: Mapped[int | None] = mapped_column(comment="At least so many injured; null is unknown")
    injured_max: Mapped[int | None] = mapped_column(comment="At most so many injured; null is unknown")
    injured_approximate: Mapped[bool] = mapped_column(comment="Whether the source says about")
    displaced_min: Mapped[int | None] = mapped_column(comment="At least so many displaced; null is unknown")
    displaced_max: Mapped[int | None] = mapped_column(comment="At most so many displaced; null is unknown")
    displaced_approximate: Mapped[bool] = mapped_column(comment="Whether the source says about")
    claimant: Mapped[str | None] = mapped_column(comment="Who says so behind the publisher")
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"), comment="Who published it")
    chosen: Mapped[bool] = mapped_column(comment="Whether this claim stands when sources differ")
    grade: Mapped[str | None] = mapped_column(comment="Grade of harm reporting; null until somebody grades")
    note: Mapped[str | None] = mapped_column(comment="What else the claim says")
