"""Who published what, what supports an incident, what was kept as evidence, and which dataset and import brought it."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from incidents.drafts import TERMS
from incidents.models.base import Base, comment, one_of

CUSTODY_ACTS = ("captured", "read", "copied", "checked", "moved", "deleted")


class Dataset(Base):
    """Where records come from as a whole."""

    __tablename__ = "dataset"
    __table_args__ = (UniqueConstraint("key", "version"), one_of("terms", TERMS), comment("Datasets, by version"))

    id: Mapped[int] = mapped_column(primary_key=True, comment="Internal key")
    key: Mapped[str] = mapped_column(comment="Short name, the first part of references")
    version: Mapped[str] = mapped_column(comment="Version; empty where it has none")
    title: Mapped[str] = mapped_column(comment="Title for readers")
    licence: Mapped[str | None] = mapped_column(comment="On what terms it may be used")
    attribution: Mapped[str | None] = mapped_column(comment="How to cite it")
    url: Mapped[str | None] = mapped_column(comment="Where it is found")
    terms: Mapped[str] = mapped_column(comment="public, aggregate only or internal")


class ImportBatch(Base):
    """One import of one file."""

    __tablename__ = "import_batch"
    __table_args__ = comment("Imports")

    id: Mapped[int] = mapped_column(primary_key=True, comment="Number of the batch")
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"), comment="The dataset")
    filename: Mapped[str] = mapped_column(comment="Name of the file, without its folder")
    file_hash: Mapped[str] = mapped_column(comment="SHA-256 of the file, hex")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), comment="Who imported it: the batch's author")
    imported_at: Mapped[dt.datetime] = mapped_column(comment="When")
    recorded: Mapped[int] = mapped_column(comment="Rows that became incidents")
    unchanged: Mapped[int] = mapped_column(comment="Rows that were there already, with equal content")
    mapping: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), comment="What the file was read by: format and columns"
    )
    differing: Mapped[list[str]] = mapped_column(
        JSON, comment="References of rows that were there with other content; they were left as they are"
    )


class ExternalReference(Base):
    """An incident's id in a dataset: the key for importing again."""

    __tablename__ = "external_reference"
    __table_args__ = (UniqueConstraint("dataset", "external_id"), comment("Ids of incidents in datasets"))

    id: Mapped[int] = mapped_column(primary_key=True, comment="Internal key")
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True, comment="The incident")
    dataset: Mapped[str] = mapped_column(comment="The dataset's key")
    external_id: Mapped[str] = mapped_column(comment="The id there")
    digest: Mapped[str | None] = mapped_column(comment="SHA-256 of the row as read, hex")


class SameAs(Base):
    """What one revision says about records that are the same incident.

    It names them by reference, so that the other record may come earlier, later or never; links hold both ways.
    """

    __tablename__ = "same_as"
    __table_args__ = (
        UniqueConstraint("incident_id", "revision", "dataset", "external_id"),
        Index(None, "dataset", "external_id"),
        comment("References of records that are the same incident, by the revision that says so"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Internal key")
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), comment="The incident that says so")
    revision: Mapped[int] = mapped_column(comment="Number of its revision that says so")
    dataset: Mapped[str] = mapped_column(comment="Dataset of the other record")
    external_id: Mapped[str] = mapped_column(comment="Id of the other record in it")


class Source(Base):
    """Something published. Rows never change: a source that is given otherwise is another row."""

    __tablename__ = "source"
    __table_args__ = (UniqueConstraint("scope", "key", "digest"), comment("What was published, by whom and where"))

    id: Mapped[int] = mapped_column(primary_key=True, comment="Internal key")
    scope: Mapped[str] = mapped_column(comment="Key of the dataset that its key belongs to; empty for our own")
    key: Mapped[str] = mapped_column(comment="Stable name within that scope")
    digest: Mapped[str] = mapped_column(comment="SHA-256 of its content, hex")
    title: Mapped[str] = mapped_column(comment="Title")
    publisher: Mapped[str | None] = mapped_column(comment="Who published it")
    author: Mapped[str | None] = mapped_column(comment="Who wrote or filmed it")
    url: Mapped[str | None] = mapped_column(comment="Where it is found")
    published: Mapped[str | None] = mapped_column(comment="EDTF text of when it was published")
    language: Mapped[str | None] = mapped_column(comment="BCP 47 tag")
    rights: Mapped[str | None] = mapped_column(comment="On what terms it may be shown")
    note: Mapped[str | None] = mapped_column(comment="What else there is to know about it")


class Citation(Base):
    """A source's support for one field of an incident. Two may contradict each other; both are kept."""

    __tablename__ = "citation"
    __table_args__ = comment("What sources say about which field")

    id: Mapped[int] = mapped_column(primary_key=True, comment="Internal key")
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True, comment="The incident")
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), index=True, comment="The source")
    field: Mapped[str] = mapped_column(comment="What it speaks of: incident for the whole, or date, place, harm ...")
    value: Mapped[str | None] = mapped_column(comment="What this source gives for it, in words")
    claimant: Mapped[str | None] = mapped_column(comment="Who says so behind the publisher")
    locator: Mapped[str | None] = mapped_column(comment="Where in the source: page, paragraph, minute")
    quote: Mapped[str | None] = mapped_column(comment="The source's own words")


class Evidence(Base):
    """A file that was kept."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint("size_bytes >= 0", name="size_bytes"),
        comment("Files kept as evidence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment="Internal key")
    sha256: Mapped[str] = mapped_column(unique=True, comment="SHA-256 of the file, hex")
    size_bytes: Mapped[int] = mapped_column(BigInteger, comment="Its size")
    media_type: Mapped[str | None] = mapped_column(comment="Its media type")
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"), index=True, comment="The source it shows")
    original_url: Mapped[str | None] = mapped_column(comment="Where it was captured")
    captured_at: Mapped[dt.datetime | None] = mapped_column(comment="When it was captured")
    captured_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), comment="By whom")
    captured_with: Mapped[str | None] = mapped_column(comment="With what program, and its version")
    original: Mapped[bool] = mapped_column(comment="True for what was captured, false for a working copy")
    graphic: Mapped[bool | None] = mapped_column(comment="Whether it shows injury or death; null until somebody looked")


class Custody(Base):
    """One act in the life of a piece of evidence."""

    __tablename__ = "custody"
    __table_args__ = (one_of("act", CUSTODY_ACTS), comment("Who did what with which evidence"))

    id: Mapped[int] = mapped_column(primary_key=True, comment="Internal key")
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True, comment="The evidence")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), comment="Who")
    act: Mapped[str] = mapped_column(comment="captured, read, copied, checked, moved or deleted")
    at: Mapped[dt.datetime] = mapped_column(comment="When")
    note: Mapped[str | None] = mapped_column(comment="What else there is to know, such as a check's result")
