"""`python -m migrations "What changes"`: begins a new script with what the models have and the tables lack.

It compares with fresh tables, never with somebody's own. What it writes is a draft: read it, and test it with rows.
"""

import datetime as dt
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from incidents.database import migration_config, open_engine
from incidents.spatialite import add_spatial_tables


def begin(name: str, folder: Path) -> None:
    """Write the draft of a script, dated today and numbered after those of the day."""
    engine = open_engine(f"sqlite:///{folder / 'fresh.sqlite'}")
    add_spatial_tables(engine)
    with engine.begin() as connection:
        config = migration_config(connection)
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        day = f"{dt.datetime.now(dt.UTC):%Y%m%d}"
        known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
        number = sum(revision.startswith(day) for revision in known) + 1
        command.upgrade(config, "head")
        command.revision(config, message=name, rev_id=f"{day}_{number}", autogenerate=True)
    engine.dispose()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        begin(" ".join(sys.argv[1:]), Path(temporary))
