"""Migrations: up, the same as the models, down and up again, on both databases, with rows in the tables."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from incidents import recording, review
from incidents.database import migration_config, open_engine, schema_is_current, session_factory, upgrade_ledger
from incidents.errors import LedgerMissing, LedgerTooNew
from incidents.models import Base
from incidents.people import add_person
from tests.conftest import LedgerTemplates
from tests.factories import UCDP, make_draft

SCRIPTS = sorted((Path(__file__).parents[2] / "migrations" / "versions").glob("2*.py"))


def migrate(engine: Engine, act: str, *arguments: str) -> None:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            getattr(command, act)(migration_config(connection), *arguments)


def fill(engine: Engine) -> None:
    """Record, approve and correct, so that every guard and spatial index has rows to hold."""
    with session_factory(engine).begin() as session:
        ada, bo = add_person(session, "Ada"), add_person(session, "Bo")
        incident = recording.record(session, make_draft(), by=ada, dataset=UCDP)
        review.approve(session, [incident], by=bo)
        recording.correct(session, incident, make_draft(title="Corrected"), by=ada)


def ours(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) & set(Base.metadata.tables)


def test_upgrade_check_downgrade_upgrade_with_rows(ledger_engine: Engine) -> None:
    fill(ledger_engine)
    migrate(ledger_engine, "check")
    migrate(ledger_engine, "downgrade", "base")
    with ledger_engine.connect() as connection:
        assert ours(connection) == set()
        if ledger_engine.dialect.name == "sqlite":
            left = connection.execute(text("SELECT f_table_name FROM geometry_columns")).all()
            indexes = connection.execute(text("SELECT name FROM sqlite_master WHERE name LIKE 'idx_%polygon%'")).all()
            assert (left, indexes) == ([], [])
        else:
            functions = connection.execute(
                text("SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace"
                     " WHERE nspname = 'public' AND proname IN ('history_refuse', 'revision_two_people')")
            ).all()  # fmt: skip
            assert functions == []
    assert not schema_is_current(ledger_engine)
    migrate(ledger_engine, "upgrade", "head")
    migrate(ledger_engine, "check")
    assert schema_is_current(ledger_engine)
    with ledger_engine.begin() as connection:
        assert ours(connection) == set(Base.metadata.tables)
        connection.execute(
            text("INSERT INTO ledger (id, ledger_id, demonstration, created_at) VALUES (1, 'x', :no, :now)"),
            {"no": False, "now": "2026-01-01 00:00:00.000000"},
        )
    fill(ledger_engine)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_each_step_goes_down_and_up_again_with_rows(ledger_engine: Engine, script: Path) -> None:
    """Step down until this script is undone, and up again; the rows of what was not dropped are still there."""
    fill(ledger_engine)
    below = {
        each.revision: each.down_revision for each in ScriptDirectory.from_config(migration_config()).walk_revisions()
    }
    revision = "_".join(script.stem.split("_")[:2])
    migrate(ledger_engine, "downgrade", str(below[revision] or "base"))
    with ledger_engine.connect() as connection:
        left = {
            table: connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()
            for table in ours(connection)
        }
    if revision.endswith(("_3", "_4")):
        assert left["incident"] == 1
        assert left["incident_point"] == 1
    migrate(ledger_engine, "upgrade", "head")
    migrate(ledger_engine, "check")


def test_without_guards_a_ledger_is_not_current_and_an_upgrade_sets_them(ledger_engine: Engine) -> None:
    fill(ledger_engine)
    migrate(ledger_engine, "downgrade", "20261122_3")
    assert not schema_is_current(ledger_engine)
    upgrade_ledger(ledger_engine)
    assert schema_is_current(ledger_engine)
    with pytest.raises(DBAPIError), ledger_engine.begin() as connection:
        connection.execute(text("DELETE FROM revision"))


def test_an_upgrade_that_fails_changes_nothing(ledger_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(ledger_engine, "downgrade", "20261122_2")

    class BrokenOnPurpose(Exception):
        """Raised by the last of several scripts."""

    original = command.upgrade

    def fail_after(config: object, target: str) -> None:
        original(config, target)  # type: ignore[arg-type]  # what it is called with is a Config
        raise BrokenOnPurpose

    monkeypatch.setattr(command, "upgrade", fail_after)
    with pytest.raises(BrokenOnPurpose):
        upgrade_ledger(ledger_engine)
    monkeypatch.undo()
    with ledger_engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "20261122_2"
        assert "revision" not in ours(connection)


def test_a_ledger_of_a_newer_version_is_left_alone(ledger_engine: Engine) -> None:
    with ledger_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '20991231_1'"))
    assert not schema_is_current(ledger_engine)
    with pytest.raises(LedgerTooNew):
        upgrade_ledger(ledger_engine)


@pytest.fixture
def empty_engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    yield engine
    engine.dispose()


def test_what_is_no_ledger_is_not_upgraded(empty_engine: Engine) -> None:
    with pytest.raises(LedgerMissing, match="bearing init"):
        upgrade_ledger(empty_engine)


def test_every_table_and_column_says_what_it_holds(ledger_templates: LedgerTemplates) -> None:
    for table in Base.metadata.tables.values():
        assert table.comment, table.name
        for column in table.columns:
            assert column.comment, f"{table.name}.{column.name}"
    url = ledger_templates.make_url("postgis", demonstration=False)
    engine = open_engine(url)
    with engine.connect() as connection:
        for table in Base.metadata.tables.values():
            found = inspect(connection).get_columns(table.name)
            assert {column["name"]: column["comment"] for column in found} == {c.name: c.comment for c in table.columns}
    engine.dispose()
    ledger_templates.throw_away(url)


def test_every_constraint_of_the_models_is_in_the_database(ledger_engine: Engine) -> None:
    """Alembic does not compare CHECK constraints, so a list that grows in the models alone would go unnoticed."""
    with ledger_engine.connect() as connection:
        for table in Base.metadata.tables.values():
            wanted = {
                str(each.name): str(each.sqltext)
                for each in table.constraints
                if isinstance(each, CheckConstraint) and each.name
            }
            found = {
                str(each["name"]): each["sqltext"] for each in inspect(connection).get_check_constraints(table.name)
            }
            assert set(found) == set(wanted), table.name
            if ledger_engine.dialect.name == "sqlite":  # PostgreSQL gives them back in words of its own.
                assert found == wanted


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_are_dated_named_both_ways_and_know_no_models(script: Path) -> None:
    assert re.fullmatch(r"20\d{6}_\d+_[a-z_]+", script.stem)
    tree = ast.parse(script.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not any(name.split(".")[0] in {"incidents", "geodata", "app"} for name in names)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for way in ("upgrade", "downgrade"):
        assert len(functions[way].body) > 1
