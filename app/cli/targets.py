"""Files that commands write, as their options name them: a folder that is not there is told before any work is done.

It writes nothing.
"""

from pathlib import Path

import click


def check_folder(ctx: click.Context, param: click.Parameter, path: Path | None) -> Path | None:
    """Give the path of a file to write. Raises click.BadParameter where there is no folder for it."""
    if path is not None and not path.parent.is_dir():
        msg = f"the folder {path.parent} does not exist"
        raise click.BadParameter(msg, ctx, param)
    return path
