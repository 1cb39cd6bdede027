"""Serves stock Folium's pages on the loopback interface, with all that they would load from elsewhere.

It makes none of them. The packages are pinned in this folder's package-lock.json.
"""

import gzip
import hashlib
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from werkzeug.wrappers import Request, Response

from app.assets.build import alone, find_npm
from tests.browser.conftest import serving

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"

# Each file that the pages name, by the end of its address, and where it is below node_modules. Of jQuery UI npm has
# another release than the one that Folium names.
FILES = {
    "dist/leaflet.js": "leaflet/dist/leaflet.js",
    "dist/leaflet.css": "leaflet/dist/leaflet.css",
    "jquery-3.7.1.min.js": "jquery/dist/jquery.min.js",
    "jquery/3.7.1/jquery.min.js": "jquery/dist/jquery.min.js",
    "bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap-glyphicons.css": "@neos21/bootstrap3-glyphicons/dist/css/bootstrap3-glyphicons.min.css",
    "all.min.css": "@fortawesome/fontawesome-free/css/all.min.css",
    "leaflet.awesome-markers.js": "drmonty-leaflet-awesome-markers/js/leaflet.awesome-markers.js",
    "leaflet.awesome-markers.css": "drmonty-leaflet-awesome-markers/css/leaflet.awesome-markers.css",
    "leaflet.markercluster.js": "leaflet.markercluster/dist/leaflet.markercluster.js",
    "MarkerCluster.css": "leaflet.markercluster/dist/MarkerCluster.css",
    "MarkerCluster.Default.css": "leaflet.markercluster/dist/MarkerCluster.Default.css",
    "jquery-ui.min.js": "jquery-ui-dist/jquery-ui.min.js",
    "iso8601.min.js": "iso8601-js-period/iso8601.js",
    "leaflet.timedimension.min.js": "leaflet-timedimension/dist/leaflet.timedimension.min.js",
    "leaflet.timedimension.control.css": "leaflet-timedimension/dist/leaflet.timedimension.control.css",
    "moment.min.js": "moment/min/moment.min.js",
    "styles/default.min.css": "highlight.js/styles/default.css",
}
# In no package: a few rules that turn icons.
EMPTY = "leaflet.awesome.rotate.min.css"
_OUTSIDE = re.compile(r'https?://[^"\'\s)]+\.(?:js|css)')


def install() -> None:
    """Install the packages of the lock, none of their install scripts run, if they are not there."""
    stamp = MODULES / ".bearing"
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    with alone():
        if stamp.is_file() and stamp.read_text() == lock:
            return
        options = ["--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run([*find_npm().npm, "ci", *options], cwd=HERE, check=True)
        stamp.write_text(lock)


def take_in(page: str) -> str:
    """Give a page with every outside script and style replaced by ours. Raises KeyError for one that is not known."""

    def ours(found: re.Match[str]) -> str:
        end = next((end for end in (*FILES, EMPTY) if found[0].endswith(end)), None)
        if end is None:
            raise KeyError(found[0])
        return f"/files/{end}"

    return _OUTSIDE.sub(ours, page)


@contextmanager
def serving_pages(folder: Path) -> Iterator[str]:
    """Serve the pages of a folder by their names, and what they load; all of it packed, as any web server would."""
    packed: dict[str, bytes] = {}

    def answer(request: Request) -> Response:
        path = request.path.lstrip("/")
        if path not in packed:
            end = path.removeprefix("files/")
            if end in FILES:
                body = (MODULES / FILES[end]).read_bytes()
            elif path.endswith(".html"):
                body = (folder / path).read_bytes()
            else:
                body = b""
            packed[path] = gzip.compress(body, 6)
        kinds = {"js": "text/javascript", "css": "text/css", "html": "text/html"}
        response = Response(packed[path], mimetype=kinds.get(path.rpartition(".")[2], "application/octet-stream"))
        response.headers["Content-Encoding"] = "gzip"
        return response

    with serving(lambda _address: Request.application(answer)) as address:
        yield address
