"""People, boundaries, sources and datasets."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "20261122_1"
down_revision = None
branch_labels = None
depends_on = None

_spatial: Any = op  # GeoAlchemy2 adds operations to it that no type tells of.


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "boundary_set",
        sa.Column("id", sa.Integer(), nullable=False, comment="Internal key"),
        sa.Column("key", sa.Text(), nullable=False, comment="Short name, such as world"),
        sa.Column("name", sa.Text(), nullable=False, comment="Name for readers"),
        sa.Column("dated_on", sa.Date(), nullable=True, comment="Date of the boundaries, where the source gives one"),
        sa.Column("source", sa.Text(), nullable=False, comment="Where they come from"),
        sa.Column("licence", sa.Text(), nullable=False, comment="On what terms"),
        sa.Column("sha256", sa.Text(), nullable=False, comment="SHA-256 of what was loaded, hex"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boundary_set")),
        sa.UniqueConstraint("key", name=op.f("uq_boundary_set_key")),
        comment="Sets of boundaries, each from one source",
    )
    op.create_table(
        "dataset",
        sa.Column("id", sa.Integer(), nullable=False, comment="Internal key"),
        sa.Column("key", sa.Text(), nullable=False, comment="Short name, the first part of references"),
        sa.Column("version", sa.Text(), nullable=False, comment="Version; empty where it has none"),
        sa.Column("title", sa.Text(), nullable=False, comment="Title for readers"),
        sa.Column("licence", sa.Text(), nullable=True, comment="On what terms it may be used"),
        sa.Column("attribution", sa.Text(), nullable=True, comment="How to cite it"),
        sa.Column("url", sa.Text(), nullable=True, comment="Where it is found"),
        sa.Column("terms", sa.Text(), nullable=False, comment="public, aggregate only or internal"),
        sa.CheckConstraint("terms IN ('public', 'aggregate only', 'internal')", name=op.f("ck_dataset_terms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_dataset_key_version")),
        comment="Datasets, by version",
    )
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="Always 1"),
        sa.Column(
            "ledger_id", sa.Text(), nullable=False, comment="Random 128-bit id, hex; the history's chain begins with it"
        ),
        sa.Column(
            "demonstration",
            sa.Boolean(),
            nullable=False,
            comment="Whether it approves by itself; set at creation, never later",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="When it was created"),
        sa.CheckConstraint("id = 1", name=op.f("ck_ledger_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        comment="What this ledger is; one row",
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False, comment="Internal key"),
        sa.Column("name", sa.Text(), nullable=False, comment="Name as given"),
        sa.Column(
            "folded_name", sa.Text(), nullable=False, comment="Name as it is compared, so that no two look alike"
        ),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False, comment="When they were added"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("folded_name", name=op.f("uq_person_folded_name")),
        comment="People who record, review and publish",
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False, comment="Internal key"),
        sa.Column(
            "scope", sa.Text(), nullable=False, comment="Key of the dataset that its key belongs to; empty for our own"
        ),
        sa.Column("key", sa.Text(), nullable=False, comment="Stable name within that scope"),
        sa.Column("digest", sa.Text(), nullable=False, comment="SHA-256 of its content, hex"),
        sa.Column("title", sa.Text(), nullable=False, comment="Title"),
        sa.Column("publisher", sa.Text(), nullable=True, comment="Who published it"),
        sa.Column("author", sa.Text(), nullable=True, comment="Who wrote or filmed it"),
        sa.Column("url", sa.Text(), nullable=True, comment="Where it is found"),
        sa.Column("published", sa.Text(), nullable=True, comment="EDTF text of when it was published"),
        sa.Column("language", sa.Text(), nullable=True, comment="BCP 47 tag"),
        sa.Column("rights", sa.Text(), nullable=True, comment="On what terms it may be shown"),
        sa.Column("note", sa.Text(), nullable=True, comment="What else there is to know about it"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("scope", "key", "digest", name=op.f("uq_source_scope_key_digest")),
        comment="What was published, by whom and where",
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False, comment="Internal key"),
        sa.Column("sha256", sa.Text(), nullable=False, comment="SHA-256 of the file, hex"),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False, comment="Its size"),
        sa.Column("media_type", sa.Text(), nullable=True, comment="Its media type"),
        sa.Column("source_id", sa.Integer(), nullable=True, comment="The source it shows"),
        sa.Column("original_url", sa.Text(), nullable=True, comment="Where it was captured"),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True, comment="When it was captured"),
        sa.Column("captured_by_id", sa.Integer(), nullable=True, comment="By whom"),
        sa.Column("captured_with", sa.Text(), nullable=True, comment="With what program, and its version"),
        sa.Column(
            "original", sa.Boolean(), nullable=False, comment="True for what was captured, false for a working copy"
        ),
        sa.Column(
            "graphic",
            sa.Boolean(),
            nullable=True,
            comment="Whether it shows injury or death; null until somebody looked",
        ),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_evidence_sha256")),
        sa.CheckConstraint("size_bytes >= 0", name=op.f("ck_evidence_size_bytes")),
        sa.ForeignKeyConstraint(["captured_by_id"], ["person.id"], name=op.f("fk_evidence_captured_by_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_evidence_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("sha256", name=op.f("uq_evidence_sha256")),
        comment="Files kept as evidence",
    )
    op.create_index(op.f("ix_evidence_source_id"), "evidence", ["source_id"], unique=False)
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), nullable=False, comment="Number of the batch"),
        sa.Column("dataset_id", sa.Integer(), nullable=False, comment="The dataset"),
        sa.Column("filename", sa.Text(), nullable=False, comment="Name of the file, without its folder"),
        sa.Column("file_hash", sa.Text(), nullable=False, comment="SHA-256 of the file, hex"),
        sa.Column("person_id", sa.Integer(), nullable=False, comment="Who imported it: the batch's author"),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False, comment="When"),
        sa.Column("recorded", sa.Integer(), nullable=False, comment="Rows that became incidents"),
        sa.Column(
            "unchanged", sa.Integer(), nullable=False, comment="Rows that were there already, with equal content"
        ),
        sa.Column(
            "differing",
            sa.JSON(),
            nullable=False,
            comment="References of rows that were there with other content; they were left as they are",
        ),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_import_batch_dataset_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_import_batch_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        comment="Imports",
    )
    op.create_table(
        "region",
        sa.Column("id", sa.Integer(), nullable=False, comment="Internal key"),
        sa.Column("boundary_set_id", sa.Integer(), nullable=False, comment="The set that it belongs to"),
        sa.Column("scheme", sa.Text(), nullable=False, comment="What its code belongs to, such as ISO 3166-2"),
        sa.Column("code", sa.Text(), nullable=False, comment="Code within the scheme"),
        sa.Column(
            "level", sa.Integer(), nullable=False, comment="0 country, 1 first-level unit, 2 district, 3 township"
        ),
        sa.Column("name", sa.Text(), nullable=False, comment="Name in English"),
        sa.Column("local_name", sa.Text(), nullable=True, comment="Name in the local script, where known"),
        sa.Column("parent", sa.Text(), nullable=True, comment="Code of the unit above, in the same set"),
        sa.Column("country", sa.Text(), nullable=False, comment="ISO 3166-1 alpha-2 code of its country"),
        sa.ForeignKeyConstraint(["boundary_set_id"], ["boundary_set.id"], name=op.f("fk_region_boundary_set_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region")),
        sa.UniqueConstraint("boundary_set_id", "scheme", "code", name=op.f("uq_region_boundary_set_id_scheme_code")),
        comment="Countries and their units",
    )
    op.create_index(op.f("ix_region_code"), "region", ["code"], unique=False)
    op.create_table(
        "role",
        sa.Column("person_id", sa.Integer(), nullable=False, comment="Who"),
        sa.Column("role", sa.Text(), nullable=False, comment="recorder, reviewer or publisher"),
        sa.CheckConstraint("role IN ('recorder', 'reviewer', 'publisher')", name=op.f("ck_role_role")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_person_id")),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_role")),
        comment="Parts that people may play",
    )
    op.create_table(
        "custody",
        sa.Column("id", sa.Integer(), nullable=False, comment="Internal key"),
        sa.Column("evidence_id", sa.Integer(), nullable=False, comment="The evidence"),
        sa.Column("person_id", sa.Integer(), nullable=False, comment="Who"),
        sa.Column("act", sa.Text(), nullable=False, comment="captured, read, copied, checked, moved or deleted"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When"),
        sa.Column("note", sa.Text(), nullable=True, comment="What else there is to know, such as a check's result"),
        sa.CheckConstraint(
            "act IN ('captured', 'read', 'copied', 'checked', 'moved', 'deleted')", name=op.f("ck_custody_act")
        ),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_custody_evidence_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_custody_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody")),
        comment="Who did what with which evidence",
    )
    op.create_index(op.f("ix_custody_evidence_id"), "custody", ["evidence_id"], unique=False)
    _spatial.create_geospatial_table(
        "region_polygon",
        sa.Column("region_id", sa.Integer(), nullable=False, comment="The region"),
        sa.Column(
            "polygon",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
            comment="Its shape, WGS 84",
        ),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_region_polygon_region_id")),
        sa.PrimaryKeyConstraint("region_id", name=op.f("pk_region_polygon")),
    )
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no comments
        op.create_table_comment("region_polygon", "Shapes of regions")
    _spatial.create_geospatial_index(
        "idx_region_polygon_polygon",
        "region_polygon",
        ["polygon"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )


def downgrade() -> None:
    """Drop the tables."""
    _spatial.drop_geospatial_index(
        "idx_region_polygon_polygon", table_name="region_polygon", postgresql_using="gist", column_name="polygon"
    )
    _spatial.drop_geospatial_table("region_polygon")
    op.drop_index(op.f("ix_custody_evidence_id"), table_name="custody")
    op.drop_table("custody")
    op.drop_table("role")
    op.drop_index(op.f("ix_region_code"), table_name="region")
    op.drop_table("region")
    op.drop_table("import_batch")
    op.drop_index(op.f("ix_evidence_source_id"), table_name="evidence")
    op.drop_table("evidence")
    op.drop_table("source")
    op.drop_table("person")
    op.drop_table("ledger")
    op.drop_table("dataset")
    op.drop_table("boundary_set")
