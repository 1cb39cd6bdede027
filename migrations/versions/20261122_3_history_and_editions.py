"""The history, its guards, and editions."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_3"
down_revision = "20261122_2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "chain_link",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False, comment="1, 2, 3 ... without gaps"),
        sa.Column(
            "previous", sa.Text(), nullable=False, comment="Hash of the link before it; of the ledger's id for 1"
        ),
        sa.Column("revisions", sa.Integer(), nullable=False, comment="How many revisions it holds"),
        sa.Column(
            "digest", sa.Text(), nullable=False, comment="SHA-256 over the digests of its revisions in order, hex"
        ),
        sa.Column(
            "hash", sa.Text(), nullable=False, comment="SHA-256 over position, previous, revisions and digest, hex"
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_chain_link")),
        sa.UniqueConstraint("hash", name=op.f("uq_chain_link_hash")),
        sa.UniqueConstraint("previous", name=op.f("uq_chain_link_previous")),
        comment="The chain over the history",
    )
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False, comment="Internal key"),
        sa.Column("number", sa.Integer(), nullable=False, comment="1, 2, 3 ..."),
        sa.Column("amendment", sa.Integer(), nullable=False, comment="0, or 1, 2, 3 ... for what was taken back since"),
        sa.Column("state", sa.Text(), nullable=False, comment="reserved, published or abandoned"),
        sa.Column("by_id", sa.Integer(), nullable=False, comment="Who published it"),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False, comment="When its number was reserved"),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True, comment="When readers got it"),
        sa.Column("note", sa.Text(), nullable=True, comment="What the publisher says about it"),
        sa.Column("reason", sa.Text(), nullable=True, comment="Reason code, for an amendment"),
        sa.Column("history_head", sa.Text(), nullable=True, comment="Hash of the chain's last link when it was made"),
        sa.Column("history_length", sa.Integer(), nullable=True, comment="Number of links then"),
        sa.Column("counted", sa.Integer(), nullable=True, comment="How many incidents it holds"),
        sa.CheckConstraint("state IN ('reserved', 'published', 'abandoned')", name=op.f("ck_edition_state")),
        sa.CheckConstraint("number >= 1 AND amendment >= 0", name=op.f("ck_edition_number")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_edition_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("number", "amendment", name=op.f("uq_edition_number_amendment")),
        comment="Editions; numbers may be skipped and are never reused",
    )
    op.create_table(
        "publication",
        sa.Column("edition_id", sa.Integer(), nullable=False, comment="The edition"),
        sa.Column("incident_id", sa.Integer(), nullable=False, comment="The incident"),
        sa.Column("revision", sa.Integer(), nullable=False, comment="Number of its revision there"),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_publication_edition_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_publication_incident_id")),
        sa.PrimaryKeyConstraint("edition_id", "incident_id", name=op.f("pk_publication")),
        comment="Which incident was public in which edition, at which revision",
    )
    op.create_index(op.f("ix_publication_incident_id"), "publication", ["incident_id"], unique=False)
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False, comment="Order of writing"),
        sa.Column("incident_id", sa.Integer(), nullable=False, comment="The incident"),
        sa.Column("number", sa.Integer(), nullable=False, comment="1, 2, 3 ... for each incident"),
        sa.Column("action", sa.Text(), nullable=False, comment="What was done"),
        sa.Column("approves", sa.Integer(), nullable=True, comment="The number approved or returned"),
        sa.Column("by_id", sa.Integer(), nullable=False, comment="Who did it"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When"),
        sa.Column(
            "payload", sa.Text(), nullable=True, comment="What was said, canonical JSON (RFC 8785); null once erased"
        ),
        sa.Column(
            "salt", sa.Text(), nullable=True, comment="Random 128 bits, hex; null once erased, so that nobody can guess"
        ),
        sa.Column(
            "payload_digest",
            sa.Text(),
            nullable=False,
            comment="SHA-256 over salt and payload, hex; stays when they are erased",
        ),
        sa.Column("link", sa.Integer(), nullable=False, comment="The chain's link it is in"),
        sa.CheckConstraint(
            "(approves IS NOT NULL) = (action IN ('approve', 'demonstration', 'return'))",
            name=op.f("ck_revision_approves"),
        ),
        sa.CheckConstraint(
            "action IN ('record', 'correct', 'approve', 'demonstration', 'return', 'policy', "
            "'embargo', 'withdraw', 'erase')",
            name=op.f("ck_revision_action"),
        ),
        sa.CheckConstraint("(payload IS NULL) = (salt IS NULL)", name=op.f("ck_revision_payload")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_revision_number")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_revision_by_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_revision_incident_id")),
        sa.ForeignKeyConstraint(
            ["link"], ["chain_link.position"], name=op.f("fk_revision_link"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("incident_id", "number", name=op.f("uq_revision_incident_id_number")),
        comment="Append-only history of what was said and done",
    )
    op.create_index(op.f("ix_revision_link_id"), "revision", ["link", "id"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index(op.f("ix_revision_link_id"), table_name="revision")
    op.drop_table("revision")
    op.drop_index(op.f("ix_publication_incident_id"), table_name="publication")
    op.drop_table("publication")
    op.drop_table("edition")
    op.drop_table("chain_link")
