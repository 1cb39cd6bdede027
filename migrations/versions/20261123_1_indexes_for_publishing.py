"""Indexes of the few incidents and revisions that publishing asks for each time, however many there are."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_1"
down_revision = "20261122_5"
branch_labels = None
depends_on = None

# Name, table, column, and which rows.
_INDEXES = (
    ("ix_revision_erased", "revision", "incident_id", "payload IS NULL"),
    (
        "ix_incident_restricted",
        "incident",
        "id",
        "withdrawn OR embargo_until IS NOT NULL OR policy_rule IS NOT NULL",
    ),
    ("ix_incident_never_approved", "incident", "id", "approved_revision IS NULL"),
)


def upgrade() -> None:
    """Make the indexes."""
    for name, table, column, rows in _INDEXES:
        where = sa.text(rows)
        op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Drop the indexes."""
    for name, table, _, _ in _INDEXES:
        op.drop_index(name, table_name=table)
