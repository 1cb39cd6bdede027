"""Files that never change under their names: the front end's assets and the base map. It makes none of them."""

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from app.caching import IMMUTABLE, answer, make_etag
from app.files import type_of
from app.site import site

files = Blueprint("files", __name__)


@files.get("/static/<name>")
def give_asset(name: str) -> Response:
    """Give one of the front end's files: for ever by its hashed name, for a while by its plain one."""
    path = site().assets.path_or_none(name)
    if path is not None:
        return answer(make_etag("static", name), type_of(name), path.read_bytes, keep=IMMUTABLE)
    found = site().assets.plain_or_none(name)
    if found is None:
        raise NotFound
    path, hashed = found
    return answer(make_etag("static", hashed), type_of(name), path.read_bytes)


@files.get("/basemap/<digest>/<path:name>")
def give_basemap(digest: str, name: str) -> Response:
    """Give one of the base map's files."""
    path = site().basemap.path_or_none(name) if digest == site().basemap.digest else None
    if path is None:
        raise NotFound
    return answer(make_etag("basemap", digest, name), type_of(name), path.read_bytes, keep=IMMUTABLE)
