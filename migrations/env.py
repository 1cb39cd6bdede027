"""How Alembic runs the scripts: on the connection that `incidents.database` hands it, in that one transaction.

It imports our models only to compare them with the tables; the scripts never do.
"""

from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy.types import TypeDecorator

from incidents.models import Base

_helpers: Any = alembic_helpers  # They have no types.


def _is_ours(item: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:  # noqa: FBT001 - Alembic calls it so
    """Leave alone what the spatial extensions brought: every table there that our models do not know."""
    if kind == "table" and reflected and compare_to is None:
        return False
    return bool(_helpers.include_object(item, name, kind, reflected, compare_to))


def _render(kind: str, item: object, autogen_context: object) -> Any:  # noqa: ANN401 - text or False, as Alembic says
    """Write our own types in new scripts as the plain types that they are in the database."""
    if kind == "type" and isinstance(item, TypeDecorator) and type(item).__module__.startswith("incidents."):
        return f"sa.{item.impl_instance!r}"
    return _helpers.render_item(kind, item, autogen_context)


def _run() -> None:
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transactional_ddl=True,
        include_object=_is_ours,
        process_revision_directives=_helpers.writer,
        render_item=_render,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


_run()
