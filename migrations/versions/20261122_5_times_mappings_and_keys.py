"""Times of day, what an import read a file by, and the taxonomy's keys with guards that refuse any other."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_5"
down_revision = "20261122_4"
branch_labels = None
depends_on = None

_WHOLE_TIME = "(time_earliest IS NULL) = (time_latest IS NULL)"
# Where keys stand: table, column, and the vocabulary that they are of.
_KEYS = (
    ("incident", "kind", "kinds"),
    ("participation", "role", "roles"),
    ("target", "type", "targets"),
    ("equipment_use", "type", "equipment"),
    ("transfer", "stage", "stages"),
    ("harm_claim", "harm_group", "harm_groups"),
)


def upgrade() -> None:
    """Add the columns and the table, take in the keys that are in use, and set the guards."""
    op.add_column(
        "incident",
        sa.Column("time_earliest", sa.Time(), nullable=True, comment="First possible local time of day"),
    )
    latest = "Last possible one; before the first where midnight lies between"
    if op.get_bind().dialect.name == "sqlite":
        # SQLite adds a constraint with a column alone.
        op.execute(
            f"ALTER TABLE incident ADD COLUMN time_latest TIME CONSTRAINT ck_incident_time_of_day CHECK ({_WHOLE_TIME})"
        )
    else:
        op.add_column("incident", sa.Column("time_latest", sa.Time(), nullable=True, comment=latest))
        op.create_check_constraint(op.f("ck_incident_time_of_day"), "incident", _WHOLE_TIME)
    op.add_column(
        "incident",
        sa.Column("time_zone", sa.Text(), nullable=True, comment="Zone of the times: IANA name, or offset from UTC"),
    )
    op.add_column(
        "import_batch",
        sa.Column("mapping", sa.JSON(), nullable=True, comment="What the file was read by: format and columns"),
    )
    op.create_table(
        "taxonomy_key",
        sa.Column(
            "vocabulary",
            sa.Text(),
            nullable=False,
            comment="kinds, roles, targets, equipment, stages or harm_groups",
        ),
        sa.Column("key", sa.Text(), nullable=False, comment="The key"),
        sa.PrimaryKeyConstraint("vocabulary", "key", name=op.f("pk_taxonomy_key")),
        comment="Keys of the taxonomy that records may use",
    )
    for table, column, vocabulary in _KEYS:
        op.execute(
            f"INSERT INTO taxonomy_key (vocabulary, key) SELECT DISTINCT '{vocabulary}', {column} FROM {table} "
            f"WHERE {column} IS NOT NULL"
        )
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgresql():
        op.execute(statement)


def _unknown(column: str, vocabulary: str) -> str:
    known = f"SELECT 1 FROM taxonomy_key WHERE vocabulary = '{vocabulary}' AND key = NEW.{column}"
    return f"NEW.{column} IS NOT NULL AND NOT EXISTS ({known})"


def _sqlite() -> list[str]:
    return [
        f"""CREATE TRIGGER {table}_{column}_{when} BEFORE {event} ON {table} WHEN {_unknown(column, vocabulary)}
            BEGIN SELECT RAISE(ABORT, '{column} is no key of the taxonomy'); END"""
        for table, column, vocabulary in _KEYS
        for when, event in (("insert", "INSERT"), ("update", f"UPDATE OF {column}"))
    ]


def _postgresql() -> list[str]:
    statements = []
    for table, column, vocabulary in _KEYS:
        statements += [
            f"""CREATE FUNCTION {table}_{column}_known() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN
                IF {_unknown(column, vocabulary)} THEN
                    RAISE EXCEPTION '{column} is no key of the taxonomy' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW; END $body$""",
            f"""CREATE TRIGGER {table}_{column}_known BEFORE INSERT OR UPDATE OF {column} ON {table}
                FOR EACH ROW EXECUTE FUNCTION {table}_{column}_known()""",
        ]
    return statements


def downgrade() -> None:
    """Take guards, table and columns away."""
    for table, column, _ in _KEYS:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {table}_{column}_insert")
            op.execute(f"DROP TRIGGER {table}_{column}_update")
        else:
            op.execute(f"DROP TRIGGER {table}_{column}_known ON {table}")
            op.execute(f"DROP FUNCTION {table}_{column}_known()")
    op.drop_table("taxonomy_key")
    op.execute("ALTER TABLE import_batch DROP COLUMN mapping")
    # The constraint goes with the column that came last.
    for column in ("time_zone", "time_latest", "time_earliest"):
        op.execute(f"ALTER TABLE incident DROP COLUMN {column}")
