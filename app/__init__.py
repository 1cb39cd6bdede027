"""The doors: HTTP, HTML, Folium and the command line. It decides nothing about incidents.

Everything in here is imported through this file, so it imports nothing itself before it is called.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.settings import Settings


def create_app(settings: "Settings | None" = None) -> "Flask":
    """Make the web application; settings are read from the environment when none are given. Raises BadSetting."""
    from app.factory import make_app  # noqa: PLC0415 - see the module's sentence
    from app.settings import Settings  # noqa: PLC0415 - likewise

    return make_app(settings or Settings.from_env())
