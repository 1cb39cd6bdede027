"""The incident: its newest recorded state, which revision of it is approved, and what the public may learn."""

import datetime as dt

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.precision import Precision
from incidents.drafts import Extent, Match, TimeSense
from incidents.models.base import Base, comment, one_of, ordered, span
from incidents.policies import PolicyRule

STATUSES = ("submitted", "approved", "returned")
RESTRICTED = text("withdrawn OR embargo_until IS NOT NULL OR policy_rule IS NOT NULL")
"""Of an incident: whether anything but its dataset's terms may keep it from the public, or some of it.

An index finds those, and one those that were never approved, for who asks just so.
"""
NEVER_APPROVED = text("approved_revision IS NULL")


class Incident(Base):
    """Something that happened somewhere, at some time, according to somebody."""

    __tablename__ = "incident"
    __table_args__ = (
        CheckConstraint("length(public_id) = 32", name="public_id"),
        one_of("extent", Extent),
        span("occurrences"),
        ordered("earliest", "latest"),
        one_of("time_sense", TimeSense),
        CheckConstraint("(time_earliest IS NULL) = (time_latest IS NULL)", name="time_of_day"),
        one_of("precision", Precision),
        CheckConstraint("radius_m >= 0", name="radius_m"),
        one_of("aircraft_match", Match),
        one_of("status", STATUSES),
        one_of("policy_rule", PolicyRule),
        CheckConstraint(
            "(coalesce(policy_rule, '') = 'cell') = (policy_cell_km IS NOT NULL) AND policy_cell_km BETWEEN 1 AND 50",
            name="policy_cell_km",
        ),
        CheckConstraint("1 <= revision AND revision <= last_number", name="revision"),
        CheckConstraint("approved_revision <= revision", name="approved_revision"),
        Index(None, "earliest", "latest"),
        Index("ix_incident_restricted", "id", sqlite_where=RESTRICTED, postgresql_where=RESTRICTED),
        Index("ix_incident_never_approved", "id", sqlite_where=NEVER_APPROVED, postgresql_where=NEVER_APPROVED),
        comment("Incidents: the newest recorded state of each"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Internal key; never leaves the ledger")
    public_id: Mapped[str] = mapped_column(unique=True, comment="Random 128-bit id, hex")
    kind: Mapped[str] = mapped_column(index=True, comment="Taxonomy key of the kind")
    title: Mapped[str] = mapped_column(comment="Title")
    summary: Mapped[str | None] = mapped_column(comment="What happened, in words for the public")
    private_notes: Mapped[str | None] = mapped_column(comment="For the desk alone; never leaves the ledger")
    extent: Mapped[str] = mapped_column(comment="one, or pattern: an unknown number, never counted as one")
    occurrences_min: Mapped[int | None] = mapped_column(comment="At least so many times")
    occurrences_max: Mapped[int | None] = mapped_column(comment="At most so many times")
    occurrences_approximate: Mapped[bool] = mapped_column(comment="Whether the source says about")
    date: Mapped[str | None] = mapped_column(comment="EDTF text; null where no source gives a date")
    earliest: Mapped[dt.date | None] = mapped_column(comment="First possible day; null is unbounded")
    latest: Mapped[dt.date | None] = mapped_column(comment="Last possible day; null is unbounded")
    time_sense: Mapped[str] = mapped_column(comment="within, throughout or repeatedly in that interval")
    reported: Mapped[str | None] = mapped_column(comment="EDTF text of when it was reported")
    time_of_day: Mapped[str | None] = mapped_column(comment="Local time of day in the source's words")
    time_earliest: Mapped[dt.time | None] = mapped_column(comment="First possible local time of day")
    time_latest: Mapped[dt.time | None] = mapped_column(
        comment="Last possible one; before the first where midnight lies between"
    )
    time_zone: Mapped[str | None] = mapped_column(comment="Zone of the times: IANA name, or offset from UTC")
    duration: Mapped[str | None] = mapped_column(comment="How long it took, in the source's words")
    place: Mapped[str | None] = mapped_column(comment="The place as the source names it")
    precision: Mapped[str] = mapped_column(comment="How closely the place is known")
    precision_reason: Mapped[str] = mapped_column(comment="Sentence for readers: how place and precision were found")
    precision_method: Mapped[str] = mapped_column(comment="Short key of that reason")
    radius_m: Mapped[float | None] = mapped_column(comment="Metres within which the place lies; null: none stated")
    aircraft_match: Mapped[str] = mapped_column(comment="Whether all of the named aircraft took part, or any one")
    source_codes: Mapped[dict[str, str]] = mapped_column(JSON, comment="The source's own codes, as given")
    dataset_id: Mapped[int | None] = mapped_column(ForeignKey("dataset.id"), index=True, comment="Where it comes from")
    import_batch_id: Mapped[int | None] = mapped_column(
        ForeignKey("import_batch.id"), index=True, comment="The import that brought it"
    )
    status: Mapped[str] = mapped_column(index=True, comment="Of the newest revision: submitted, approved or returned")
    revision: Mapped[int] = mapped_column(comment="Number of the newest revision that says what happened")
    last_number: Mapped[int] = mapped_column(comment="Last number in its history, acts such as approvals included")
    approved_revision: Mapped[int | None] = mapped_column(comment="Number of the revision that may be published")
    withdrawn: Mapped[bool] = mapped_column(comment="Whether it was taken back from the public")
    policy_rule: Mapped[str | None] = mapped_column(
        comment="How closely the public learns the place; null: as recorded"
    )
    policy_cell_km: Mapped[int | None] = mapped_column(comment="Side of the cell in km, for the rule cell")
    embargo_until: Mapped[dt.date | None] = mapped_column(comment="Not to be published before this day")
    first_recorded_at: Mapped[dt.datetime] = mapped_column(comment="When it was first recorded")
