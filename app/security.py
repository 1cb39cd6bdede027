"""What keeps readers safe: headers of every answer, hosts that are answered to, and the secret where one is needed.

It decides nothing about who may see what: a public door has only what everybody may see.
"""

import contextlib
import os
import re
import secrets
from pathlib import Path

from flask import Flask, Response, g, request
from werkzeug.sansio.utils import host_is_trusted

from app.errors import UntrustedHost
from app.settings import Settings
from incidents.saved_maps import SavedMap

# Blueprints that any page may frame, and those that any page may fetch: public files, sent without cookies.
FRAMEABLE = ("embed",)
SHARED = ("charts", "data", "downloads", "feeds", "files", "pictures", "oembed", "api", "api_features", "api_figures")

_PERMISSIONS = ", ".join(
    f"{name}=()"
    for name in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope",
        "magnetometer", "microphone", "midi", "payment", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip
# What a program in another page may read of an answer, beside what it always may (Fetch, section 2.2.2).
_EXPOSED = "Accept-Ranges, Bearing-Newer-Edition, Content-Crs, Content-Disposition, Content-Range, ETag, Link"
_SECRET_BYTES = 32


def protect(app: Flask, settings: Settings) -> None:
    """Make the application answer to trusted hosts only, and put the headers on everything it answers."""
    policies = {True: _policy(settings, framed_by="*"), False: _policy(settings, framed_by="'none'")}

    @app.before_request
    def refuse_strangers() -> None:
        # Names of hosts know no case (RFC 4343); the settings hold them in small letters.
        if not host_is_trusted(request.environ.get("HTTP_HOST", "").lower(), settings.trusted_hosts):
            raise UntrustedHost

    @app.after_request
    def put_headers(response: Response) -> Response:
        door = request.blueprint if not g.get("refused_host") else None
        headers = response.headers
        saved: SavedMap | None = g.get("saved_map")
        headers["Content-Security-Policy"] = policies[door in FRAMEABLE]
        if saved and saved.sites and door in FRAMEABLE:
            headers["Content-Security-Policy"] = _policy(settings, framed_by=" ".join(saved.sites))
        headers["X-Content-Type-Options"] = "nosniff"
        # A tile provider may ask which site draws its tiles; nobody else learns where a reader comes from.
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin" if settings.tiles_url else "same-origin"
        if saved and not saved.listed:
            # Whoever has its address has the map: nobody else learns it from a link, a search engine or a cache.
            headers["Referrer-Policy"] = "no-referrer"
            headers["X-Robots-Tag"] = "noindex"
            headers["Cache-Control"] = headers["Cache-Control"].replace("public", "private")
        headers["Permissions-Policy"] = _PERMISSIONS
        if door not in FRAMEABLE:
            headers["X-Frame-Options"] = "DENY"
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "cross-origin" if door in (*SHARED, *FRAMEABLE) else "same-origin"
        if door in SHARED:
            headers["Access-Control-Allow-Origin"] = "*"
            headers["Access-Control-Expose-Headers"] = _EXPOSED
            if request.method == "OPTIONS":
                headers["Access-Control-Allow-Methods"] = "GET, HEAD"
                headers["Access-Control-Allow-Headers"] = "*"
                headers["Access-Control-Max-Age"] = "86400"
        return response


def _policy(settings: Settings, *, framed_by: str) -> str:
    images = "'self' data:"
    if settings.tiles_url:
        images += " " + tile_origin(settings.tiles_url)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src {images}",
            "connect-src 'self'",
            "font-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {framed_by}",
        )
    )


def tile_origin(tiles_url: str) -> str:
    """Give the origin of a tile address as a Content-Security-Policy source, {s} being any subdomain."""
    found = re.match(r"https://[^/]+", tiles_url)
    assert found  # noqa: S101 - the settings have checked it
    return found.group().replace("{s}", "*")


def read_secret(data_dir: Path) -> bytes:
    """Give the installation's secret; the first call makes it, readable by its owner alone.

    Only a door that signs something calls it: a public one never does.
    """
    path = data_dir / "secret"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        fresh = data_dir / f".secret-{secrets.token_hex(8)}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_hex(_SECRET_BYTES).encode())
        # The whole secret gets its name at once, so that two processes that start together agree on one.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_bytes()
