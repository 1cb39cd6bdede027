"""Makes the web application: settings, headers, errors, logs, and the doors that were asked for.

It imports a door only when that door is asked for, so that a public service never loads what writes the ledger.
"""

import importlib
from collections.abc import Mapping

from flask import Flask, Response, jsonify
from werkzeug.middleware.proxy_fix import ProxyFix

from app.byte_store import ByteStore
from app.error_pages import answer_errors
from app.files import Assets, FileSet
from app.logs import log_answers
from app.page_frame import frame_pages
from app.recalling import Recalling
from app.security import protect
from app.settings import Settings
from app.site import KEPT_BYTES, SPOOLED_BYTES, Site, make_release, site
from geodata import basemap
from incidents.editions.reader import EditionStore
from incidents.saved_maps import SavedMaps

# Modules of each door; each has its blueprints in BLUEPRINTS.
DOORS: Mapping[str, tuple[str, ...]] = {"public": ("app.public", "app.embed", "app.api")}

_LARGEST_BODY = 64 * 1024


def make_app(settings: Settings) -> Flask:
    """Make the application for `settings.doors`. No edition is opened before the first request, so it may be forked."""
    settings = settings.without_ledger()
    app = Flask("app", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=_LARGEST_BODY, JSON_SORT_KEYS=False)
    # No address redirects, so that none repeats what a request said about its host.
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.extensions["bearing"] = _make_site(settings)
    log_answers(app, settings)
    protect(app, settings)
    answer_errors(app)
    frame_pages(app)
    app.add_url_rule("/healthz", "healthz", _tell_health)
    for door in settings.doors:
        for module in DOORS[door]:
            for blueprint in importlib.import_module(module).BLUEPRINTS:
                app.register_blueprint(blueprint)
    held: Site = app.extensions["bearing"]
    app.wsgi_app = Recalling(app.wsgi_app, settings.editions_dir, held.store, settings)  # type: ignore[method-assign]
    if settings.proxies:
        # The host is not taken from proxies: absolute addresses come from the settings alone.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0)  # type: ignore[method-assign]
    return app


def _make_site(settings: Settings) -> Site:
    assets, basemap_files = Assets(), FileSet(basemap.files())
    return Site(
        settings=settings,
        editions=EditionStore(settings.editions_dir),
        maps=SavedMaps(settings.editions_dir),
        assets=assets,
        basemap=basemap_files,
        store=ByteStore(KEPT_BYTES),
        spooled=ByteStore(SPOOLED_BYTES),
        release=make_release(settings, assets, basemap_files),
    )


def _tell_health() -> Response:
    """Say whether the service can answer readers, and from which edition."""
    with site().editions.reading(None) as edition:
        response = jsonify(status="ok", edition=edition.name)
    response.headers["Cache-Control"] = "no-store"
    return response
