"""Incidents and what belongs to them."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "20261122_2"
down_revision = "20261122_1"
branch_labels = None
depends_on = None

_spatial: Any = op  # GeoAlchemy2 adds operations to it that no type tells of.


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False, comment="Internal key; never leaves the ledger"),
        sa.Column("public_id", sa.Text(), nullable=False, comment="Random 128-bit id, hex"),
        sa.Column("kind", sa.Text(), nullable=False, comment="Taxonomy key of the kind"),
        sa.Column("title", sa.Text(), nullable=False, comment="Title"),
        sa.Column("summary", sa.Text(), nullable=True, comment="What happened, in words for the public"),
        sa.Column("private_notes", sa.Text(), nullable=True, comment="For the desk alone; never leaves the ledger"),
        sa.Column(
            "extent", sa.Text(), nullable=False, comment="one, or pattern: an unknown number, never counted as one"
        ),
        sa.Column("occurrences_min", sa.Integer(), nullable=True, comment="At least so many times"),
        sa.Column("occurrences_max", sa.Integer(), nullable=True, comment="At most so many times"),
        sa.Column("occurrences_approximate", sa.Boolean(), nullable=False, comment="Whether the source says about"),
        sa.Column("date", sa.Text(), nullable=True, comment="EDTF text; null where no source gives a date"),
        sa.Column("earliest", sa.Date(), nullable=True, comment="First possible day; null is unbounded"),
        sa.Column("latest", sa.Date(), nullable=True, comment="Last possible day; null is unbounded"),
        sa.Column("time_sense", sa.Text(), nullable=False, comment="within, throughout or repeatedly in that interval"),
        sa.Column("reported", sa.Text(), nullable=True, comment="EDTF text of when it was reported"),
        sa.Column("time_of_day", sa.Text(), nullable=True, comment="Local time of day in the source's words"),
        sa.Column("duration", sa.Text(), nullable=True, comment="How long it took, in the source's words"),
        sa.Column("place", sa.Text(), nullable=True, comment="The place as the source names it"),
        sa.Column("precision", sa.Text(), nullable=False, comment="How closely the place is known"),
        sa.Column(
            "precision_reason",
            sa.Text(),
            nullable=False,
            comment="Sentence for readers: how place and precision were found",
        ),
        sa.Column("precision_method", sa.Text(), nullable=False, comment="Short key of that reason"),
        sa.Column(
            "radius_m", sa.Double(), nullable=True, comment="Metres within which the place lies; null: none stated"
        ),
        sa.Column(
            "aircraft_match",
            sa.Text(),
            nullable=False,
            comment="Whether all of the named aircraft took part, or any one",
        ),
        sa.Column("source_codes", sa.JSON(), nullable=False, comment="The source's own codes, as given"),
        sa.Column("dataset_id", sa.Integer(), nullable=True, comment="Where it comes from"),
        sa.Column("import_batch_id", sa.Integer(), nullable=True, comment="The import that brought it"),
        sa.Column(
            "status", sa.Text(), nullable=False, comment="Of the newest revision: submitted, approved or returned"
        ),
        sa.Column(
            "revision", sa.Integer(), nullable=False, comment="Number of the newest revision that says what happened"
        ),
        sa.Column(
            "last_number",
            sa.Integer(),
            nullable=False,
            comment="Last number in its history, acts such as approvals included",
        ),
        sa.Column(
            "approved_revision", sa.Integer(), nullable=True, comment="Number of the revision that may be published"
        ),
        sa.Column("withdrawn", sa.Boolean(), nullable=False, comment="Whether it was taken back from the public"),
        sa.Column(
            "policy_rule",
            sa.Text(),
            nullable=True,
            comment="How closely the public learns the place; null: as recorded",
        ),
        sa.Column("policy_cell_km", sa.Integer(), nullable=True, comment="Side of the cell in km, for the rule cell"),
        sa.Column("embargo_until", sa.Date(), nullable=True, comment="Not to be published before this day"),
        sa.Column(
            "first_recorded_at", sa.DateTime(timezone=True), nullable=False, comment="When it was first recorded"
        ),
        sa.CheckConstraint(
            "(coalesce(policy_rule, '') = 'cell') = (policy_cell_km IS NOT NULL) AND policy_cell_km BETWEEN 1 AND 50",
            name=op.f("ck_incident_policy_cell_km"),
        ),
        sa.CheckConstraint("aircraft_match IN ('all', 'any')", name=op.f("ck_incident_aircraft_match")),
        sa.CheckConstraint("extent IN ('one', 'pattern')", name=op.f("ck_incident_extent")),
        sa.CheckConstraint(
            "policy_rule IN ('exact', 'settlement', 'cell', 'township', 'state', 'withheld')",
            name=op.f("ck_incident_policy_rule"),
        ),
        sa.CheckConstraint(
            "precision IN ('exact', 'site', 'settlement', 'near', 'area', 'township', 'district', "
            "'state', 'country', 'sea', 'unknown')",
            name=op.f("ck_incident_precision"),
        ),
        sa.CheckConstraint("status IN ('submitted', 'approved', 'returned')", name=op.f("ck_incident_status")),
        sa.CheckConstraint("time_sense IN ('within', 'throughout', 'repeatedly')", name=op.f("ck_incident_time_sense")),
        sa.CheckConstraint("1 <= revision AND revision <= last_number", name=op.f("ck_incident_revision")),
        sa.CheckConstraint("approved_revision <= revision", name=op.f("ck_incident_approved_revision")),
        sa.CheckConstraint("earliest <= latest", name=op.f("ck_incident_earliest_latest")),
        sa.CheckConstraint("length(public_id) = 32", name=op.f("ck_incident_public_id")),
        sa.CheckConstraint(
            "occurrences_min >= 0 AND occurrences_max >= 0 AND occurrences_min <= occurrences_max",
            name=op.f("ck_incident_occurrences"),
        ),
        sa.CheckConstraint("radius_m >= 0", name=op.f("ck_incident_radius_m")),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_incident_dataset_id")),
        sa.ForeignKeyConstraint(["import_batch_id"], ["import_batch.id"], name=op.f("fk_incident_import_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("public_id", name=op.f("uq_incident_public_id")),
        comment="Incidents: the newest recorded state of each",
    )
    op.create_index(op.f("ix_incident_dataset_id"), "incident", ["dataset_id"], unique=False)
    op.create_index(op.f("ix_incident_earliest_latest"), "incident", ["earliest", "latest"], unique=False)
    op.create_index(op.f("ix_incident_import_batch_id"), "incident", ["import_batch_id"], unique=False)
    op.create_index(op.f("ix_incident_kind"), "incident", ["kind"], unique=False)
    op.create_index(op.f("ix_incident_status"), "incident", ["status"], unique=False)
    op.create_table(
        "citation",
        sa.Column("id", sa.Integer(), nullable=False, comment="Internal key"),
        sa.Column("incident_id", sa.Integer(), nullable=False, comment="The incident"),
        sa.Column("source_id", sa.Integer(), nullable=False, comment="The source"),
        sa.Column(
            "field",
            sa.Text(),
            nullable=False,
            comment="What it speaks of: incident for the whole, or date, place, harm ...",
        ),
        sa.Column("value", sa.Text(), nullable=True, comment="What this source gives for it, in words"),
        sa.Column("claimant", sa.Text(), nullable=True, comment="Who says so behind the publisher"),
        sa.Column("locator", sa.Text(), nullable=True, comment="Where in the source: page, paragraph, minute"),
        sa.Column("quote", sa.Text(), nullable=True, comment="The source's own words"),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_citation_incident_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_citation_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citation")),
        comment="What sources say about which field",
    )
    op.create_index(op.f("ix_citation_incident_id"), "citation", ["incident_id"], unique=False)
    op.create_index(op.f("ix_citation_source_id"), "citation", ["source_id"], unique=False)
    op.create_table(
        "equipment_use",
        sa.Column("id", sa.Integer(), nullable=False, comment="Internal key"),
        sa.Column("incident_id", sa.Integer(), nullable=False, comment="The incident"),
        sa.Column("type", sa.Text(), nullable=False, comment="Taxonomy key"),
        sa.Column("count_min", sa.Integer(), nullable=True, comment="At least so many"),
        sa.Column("count_max", sa.Integer(), nullable=True, comment="At most so many"),
        sa.Column("count_approximate", sa.Boolean(), nullable=False, comment="Whether the source says about"),
        sa.Column("role", sa.Text(), nullable=True, comment="What it did, in words"),
        sa.Column("certainty", sa.Text(), nullable=False, comment="known, suspected or denied"),
        sa.CheckConstraint("certainty IN ('known', 'suspected', 'denied')", name=op.f("ck_equipment_use_certainty")),
        sa.CheckConstraint(
            "count_min >= 0 AND count_max >= 0 AND count_min <= count_max", name=op.f("ck_equipment_use_count")
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_equipment_use_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment_use")),
        comment="Aircraft and systems that took part",
    )
    op.create_index(op.f("ix_equipment_use_incident_id"), "equipment_use", ["incident_id"], unique=False)
    op.create_index(op.f("ix_equipment_use_type"), "equipment_use", ["type"], unique=False)
    op.create_table(
        "external_reference",
        sa.Column("id", sa.Integer(), nullable=False, comment="Internal key"),
        sa.Column("incident_id", sa.Integer(), nullable=False, comment="The incident"),
        sa.Column("dataset", sa.Text(), nullable=False, comment="The dataset's key"),
        sa.Column("external_id", sa.Text(), nullable=False, comment="The id there"),
        sa.Column("digest", sa.Text(), nullable=True, comment="SHA-256 of the row as read, hex"),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_external_reference_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_reference")),
        sa.UniqueConstraint("dataset", "external_id", name=op.f("uq_external_reference_dataset_external_id")),
        comment="Ids of incidents in datasets",
    )
    op.create_index(op.f("ix_external_reference_incident_id"), "external_reference", ["incident_id"], unique=False)
    op.create_table(
        "harm_claim",
        sa.Column("id", sa.Integer(), nullable=False, comment="Internal key"),
        sa.Column("incident_id", sa.Integer(), nullable=False, comment="The incident"),
        sa.Column("harm_group", sa.Text(), nullable=False, comment="Taxonomy key of the group"),
        sa.Column("killed_min", sa.Integer(), nullable=True, comment="At least so many killed; null is unknown"),
        sa.Column("killed_max", sa.Integer(), nullable=True, comment="At most so many killed; null is unknown"),
        sa.Column("killed_approximate", sa.Boolean(), nullable=False, comment="Whether the source says about"),
        sa.Column("injured_min", sa.Integer(), nullable=True, comment="At least so many injured; null is unknown"),
        sa.Column("injured_max", sa.Integer(), nullable=True, comment="At most so many injured; null is unknown"),
        sa.Column("injured_approximate", sa.Boolean(), nullable=False, comment="Whether the source says about"),
        sa.Column("displaced_min", sa.Integer(), nullable=True, comment="At least so many displaced; null is unknown"),
        sa.Column("displaced_max", sa.Integer(), nullable=True, comment="At most so many displaced; null is unknown"),
        sa.Column("displaced_approximate", sa.Boolean(), nullable=False, comment="Whether the source says about"),
        sa.Column("claimant", sa.Text(), nullable=True, comment="Who says so behind the publisher"),
        sa.Column("source_id", sa.Integer(), nullable=True, comment="Who published it"),
        sa.Column("chosen", sa.Boolean(), nullable=False, comment="Whether this claim stands when sources differ"),
        sa.Column("grade", sa.Text(), nullable=True, comment="Grade of harm reporting; null until somebody grades"),
        sa.Column("note", sa.Text(), nullable=True, comment="What else the claim says"),
        sa.CheckConstraint(
            "grade IN ('confirmed', 'fair', 'weak', 'contested', 'discounted')", name=op.f("ck_harm_claim_grade")
        ),
        sa.CheckConstraint(
            "displaced_min >= 0 AND displaced_max >= 0 AND displaced_min <= displaced_max",
            name=op.f("ck_harm_claim_displaced"),
        ),
        sa.CheckConstraint(
            "injured_min >= 0 AND injured_max >= 0 AND injured_min <= injured_max", name=op.f("ck_harm_claim_injured")
        ),
        sa.CheckConstraint(
            "killed_min >= 0 AND killed_max >= 0 AND killed_min <= killed_max", name=op.f("ck_harm_claim_killed")
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_harm_claim_incident_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_harm_claim_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harm_claim")),
        comment="Claims of harm; groups overlap and are never added to each other",
    )
    op.create_index(op.f("ix_harm_claim_incident_id"), "harm_claim", ["incident_id"], unique=False)
    _spatial.create_geospatial_table(
        "incident_point",
        sa.Column("incident_id", sa.Integer(), nullable=False, comment="The incident"),
        sa.Column(
            "claimed",
            sa.Boolean(),
            nullable=False,
            comment="True where a source claims the point; false where it stands in for an area, never published",
        ),
        sa.Column(
            "point",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
            comment="The point, WGS 84",
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_point_incident_id")),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_incident_point")),
    )
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no comments
        op.create_table_comment("incident_point", "Points of incidents")
    _spatial.create_geospatial_index(
        "idx_incident_point_point",
        "incident_point",
        ["point"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_table(
        "incident_region",
        sa.Column("id", sa.Integer(), nullable=False, comment="Internal key"),
        sa.Column("incident_id", sa.Integer(), nullable=False, comment="The incident"),
        sa.Column(
            "boundary_set_id",
            sa.Integer(),
            nullable=True,
            comment="The set that the code belongs to; null for a region known by name alone",
        ),
        sa.Column(
            "level", sa.Integer(), nullable=False, comment="0 country, 1 first-level unit, 2 district, 3 township"
        ),
        sa.Column("scheme", sa.Text(), nullable=True, comment="What the code belongs to"),
        sa.Column("code", sa.Text(), nullable=True, comment="The region's code"),
        sa.Column("name", sa.Text(), nullable=False, comment="Its name when it was recorded"),
        sa.Column("how", sa.Text(), nullable=False, comment="How it was found: named, polygon, gazetteer, nearest"),
        sa.Column("distance_m", sa.Double(), nullable=True, comment="Metres to it, when it was found as the nearest"),
        sa.CheckConstraint("how IN ('named', 'polygon', 'gazetteer', 'nearest')", name=op.f("ck_incident_region_how")),
        sa.CheckConstraint("(scheme IS NULL) = (code IS NULL)", name=op.f("ck_incident_region_scheme_code")),
        sa.CheckConstraint("distance_m >= 0", name=op.f("ck_incident_region_distance_m")),
        sa.CheckConstraint("level BETWEEN 0 AND 9", name=op.f("ck_incident_region_level")),
        sa.ForeignKeyConstraint(
            ["boundary_set_id"], ["boundary_set.id"], name=op.f("fk_incident_region_boundary_set_id")
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_region_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_region")),
        comment="Regions that incidents lie in",
    )
    op.create_index(
        op.f("ix_incident_region_code_incident_id"), "incident_region", ["code", "incident_id"], unique=False
    )
    op.create_index(op.f("ix_incident_region_incident_id"), "incident_region", ["incident_id"], unique=False)
    op.create_table(
        "participation",
        sa.Column("id", sa.Integer(), nullable=False, comment="Internal key"),
        sa.Column("incident_id", sa.Integer(), nullable=False, comment="The incident"),
        sa.Column("actor", sa.Text(), nullable=False, comment="Name of the person, force, state or organisation"),
        sa.Column("role", sa.Text(), nullable=False, comment="Taxonomy key of the role"),
        sa.Column("certainty", sa.Text(), nullable=False, comment="known, suspected or denied"),
        sa.Column("as_spelled", sa.Text(), nullable=True, comment="The source's own spelling, where it differs"),
        sa.Column("source_id", sa.Integer(), nullable=True, comment="Who says so"),
        sa.CheckConstraint("certainty IN ('known', 'suspected', 'denied')", name=op.f("ck_participation_certainty")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_participation_incident_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_participation_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation")),
        comment="Actors and their roles in incidents",
    )
    op.create_index(op.f("ix_participation_actor"), "participation", ["actor"], unique=False)
    op.create_index(op.f("ix_participation_incident_id"), "participation", ["incident_id"], unique=False)
    op.create_table(
        "same_as",
        sa.Column("id", sa.Integer(), nullable=False, comment="Internal key"),
        sa.Column("incident_id", sa.Integer(), nullable=False, comment="The incident that says so"),
        sa.Column("revision", sa.Integer(), nullable=False, comment="Number of its revision that says so"),
        sa.Column("dataset", sa.Text(), nullable=False, comment="Dataset of the other record"),
        sa.Column("external_id", sa.Text(), nullable=False, comment="Id of the other record in it"),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_same_as_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_same_as")),
        sa.UniqueConstraint(
            "incident_id",
            "revision",
            "dataset",
            "external_id",
            name=op.f("uq_same_as_incident_id_revision_dataset_external_id"),
        ),
        comment="References of records that are the same incident, by the revision that says so",
    )
    op.create_index(op.f("ix_same_as_dataset_external_id"), "same_as", ["dataset", "external_id"], unique=False)
    op.create_table(
        "target",
        sa.Column("id", sa.Integer(), nullable=False, comment="Internal key"),
        sa.Column("incident_id", sa.Integer(), nullable=False, comment="The incident"),
        sa.Column("type", sa.Text(), nullable=False, comment="Taxonomy key of the target's original use"),
        sa.Column("words", sa.Text(), nullable=True, comment="The source's words, where they say more"),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_target_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        comment="What was hit, by its original use",
    )
    op.create_index(op.f("ix_target_incident_id"), "target", ["incident_id"], unique=False)
    op.create_table(
        "transfer",
        sa.Column("incident_id", sa.Integer(), nullable=False, comment="The incident"),
        sa.Column("stage", sa.Text(), nullable=True, comment="Taxonomy key of the stage"),
        sa.Column("value_min", sa.BigInteger(), nullable=True, comment="At least so much, whole units"),
        sa.Column("value_max", sa.BigInteger(), nullable=True, comment="At most so much, whole units"),
        sa.Column("value_approximate", sa.Boolean(), nullable=False, comment="Whether the source says about"),
        sa.Column("currency", sa.Text(), nullable=True, comment="ISO 4217 code"),
        sa.Column("claimant", sa.Text(), nullable=True, comment="Who says so behind the publisher"),
        sa.CheckConstraint(
            "value_min >= 0 AND value_max >= 0 AND value_min <= value_max", name=op.f("ck_transfer_value")
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_transfer_incident_id")),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_transfer")),
        comment="Transfers of arms and goods",
    )
    op.create_table(
        "goods",
        sa.Column("id", sa.Integer(), nullable=False, comment="Internal key"),
        sa.Column("incident_id", sa.Integer(), nullable=False, comment="The transfer"),
        sa.Column("types", sa.JSON(), nullable=False, comment="Taxonomy keys that the count holds for together"),
        sa.Column("what", sa.Text(), nullable=True, comment="What it is, in words"),
        sa.Column("count_min", sa.Integer(), nullable=True, comment="At least so many"),
        sa.Column("count_max", sa.Integer(), nullable=True, comment="At most so many"),
        sa.Column("count_approximate", sa.Boolean(), nullable=False, comment="Whether the source says about"),
        sa.CheckConstraint("count_min >= 0 AND count_max >= 0 AND count_min <= count_max", name=op.f("ck_goods_count")),
        sa.ForeignKeyConstraint(["incident_id"], ["transfer.incident_id"], name=op.f("fk_goods_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods")),
        comment="Goods of transfers",
    )
    op.create_index(op.f("ix_goods_incident_id"), "goods", ["incident_id"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index(op.f("ix_goods_incident_id"), table_name="goods")
    op.drop_table("goods")
    op.drop_table("transfer")
    op.drop_index(op.f("ix_target_incident_id"), table_name="target")
    op.drop_table("target")
    op.drop_index(op.f("ix_same_as_dataset_external_id"), table_name="same_as")
    op.drop_table("same_as")
    op.drop_index(op.f("ix_participation_incident_id"), table_name="participation")
    op.drop_index(op.f("ix_participation_actor"), table_name="participation")
    op.drop_table("participation")
    op.drop_index(op.f("ix_incident_region_incident_id"), table_name="incident_region")
    op.drop_index(op.f("ix_incident_region_code_incident_id"), table_name="incident_region")
    op.drop_table("incident_region")
    _spatial.drop_geospatial_index(
        "idx_incident_point_point", table_name="incident_point", postgresql_using="gist", column_name="point"
    )
    _spatial.drop_geospatial_table("incident_point")
    op.drop_index(op.f("ix_harm_claim_incident_id"), table_name="harm_claim")
    op.drop_table("harm_claim")
    op.drop_index(op.f("ix_external_reference_incident_id"), table_name="external_reference")
    op.drop_table("external_reference")
    op.drop_index(op.f("ix_equipment_use_type"), table_name="equipment_use")
    op.drop_index(op.f("ix_equipment_use_incident_id"), table_name="equipment_use")
    op.drop_table("equipment_use")
    op.drop_index(op.f("ix_citation_source_id"), table_name="citation")
    op.drop_index(op.f("ix_citation_incident_id"), table_name="citation")
    op.drop_table("citation")
    op.drop_index(op.f("ix_incident_status"), table_name="incident")
    op.drop_index(op.f("ix_incident_kind"), table_name="incident")
    op.drop_index(op.f("ix_incident_import_batch_id"), table_name="incident")
    op.drop_index(op.f("ix_incident_earliest_latest"), table_name="incident")
    op.drop_index(op.f("ix_incident_dataset_id"), table_name="incident")
    op.drop_table("incident")
