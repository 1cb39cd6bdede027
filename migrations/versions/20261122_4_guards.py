"""Guards: triggers that keep the history append-only, the ledger's row fixed, and approval to a second person."""

from alembic import op

revision = "20261122_4"
down_revision = "20261122_3"
branch_labels = None
depends_on = None

_KEPT = ("id", "incident_id", "number", "action", "approves", "by_id", "at", "payload_digest", "link")
_APPEND_ONLY = "the history is append-only"
_FIXED = "the ledger says what it is once, when it is created"
_TWO_PEOPLE = "a revision is approved by somebody else than its author, or in a demonstration ledger"

# A revision that exists and says what happened, by somebody else; or any such one, where the ledger is a demonstration.
_MAY_APPROVE = """
    EXISTS (
        SELECT 1 FROM revision AS said
        WHERE said.incident_id = NEW.incident_id AND said.number = NEW.approves AND said.action IN ('record', 'correct')
        AND CASE NEW.action
            WHEN 'approve' THEN said.by_id <> NEW.by_id
            ELSE (SELECT demonstration FROM ledger) END
    )
"""


def _sqlite() -> list[str]:
    same = " AND ".join(f"OLD.{column} IS NEW.{column}" for column in _KEPT)
    return [
        f"""CREATE TRIGGER {name} BEFORE {event} {condition} BEGIN SELECT RAISE(ABORT, '{message}'); END"""
        for name, event, condition, message in (
            ("ledger_update", "UPDATE ON ledger", "", _FIXED),
            ("ledger_delete", "DELETE ON ledger", "", _FIXED),
            ("chain_link_update", "UPDATE ON chain_link", "", _APPEND_ONLY),
            ("chain_link_delete", "DELETE ON chain_link", "", _APPEND_ONLY),
            ("revision_delete", "DELETE ON revision", "", _APPEND_ONLY),
            (
                "revision_update",
                "UPDATE ON revision",
                f"WHEN NOT (NEW.payload IS NULL AND NEW.salt IS NULL AND {same})",
                _APPEND_ONLY,
            ),
            (
                "revision_approval",
                "INSERT ON revision",
                f"WHEN NEW.action IN ('approve', 'demonstration') AND NOT ({_MAY_APPROVE})",
                _TWO_PEOPLE,
            ),
        )
    ]


def _postgresql() -> list[str]:
    same = " AND ".join(f"OLD.{column} IS NOT DISTINCT FROM NEW.{column}" for column in _KEPT)
    functions = {
        "ledger_refuse": f"RAISE EXCEPTION '{_FIXED}';",
        "history_refuse": f"RAISE EXCEPTION '{_APPEND_ONLY}';",
        "revision_erase_only": f"""
            IF NOT (NEW.payload IS NULL AND NEW.salt IS NULL AND {same}) THEN
                RAISE EXCEPTION '{_APPEND_ONLY}';
            END IF;
            RETURN NEW;""",
        "revision_two_people": f"""
            IF NOT ({_MAY_APPROVE}) THEN RAISE EXCEPTION '{_TWO_PEOPLE}'; END IF;
            RETURN NEW;""",
    }
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {body} END $body$"
        for name, body in functions.items()
    ] + [
        """CREATE TRIGGER ledger_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
           FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()""",
        """CREATE TRIGGER chain_link_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON chain_link
           FOR EACH STATEMENT EXECUTE FUNCTION history_refuse()""",
        """CREATE TRIGGER revision_append_only BEFORE DELETE OR TRUNCATE ON revision
           FOR EACH STATEMENT EXECUTE FUNCTION history_refuse()""",
        """CREATE TRIGGER revision_update BEFORE UPDATE ON revision
           FOR EACH ROW EXECUTE FUNCTION revision_erase_only()""",
        """CREATE TRIGGER revision_approval BEFORE INSERT ON revision
           FOR EACH ROW WHEN (NEW.action IN ('approve', 'demonstration')) EXECUTE FUNCTION revision_two_people()""",
    ]


def upgrade() -> None:
    """Set the guards."""
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgresql():
        op.execute(statement)


def downgrade() -> None:
    """Take the guards away."""
    if op.get_bind().dialect.name == "sqlite":
        for name in ("ledger_update", "ledger_delete", "chain_link_update", "chain_link_delete"):
            op.execute(f"DROP TRIGGER {name}")
        for name in ("revision_delete", "revision_update", "revision_approval"):
            op.execute(f"DROP TRIGGER {name}")
        return
    for trigger, table in (
        ("ledger_fixed", "ledger"),
        ("chain_link_append_only", "chain_link"),
        ("revision_append_only", "revision"),
        ("revision_update", "revision"),
        ("revision_approval", "revision"),
    ):
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
    for name in ("ledger_refuse", "history_refuse", "revision_erase_only", "revision_two_people"):
        op.execute(f"DROP FUNCTION {name}()")
