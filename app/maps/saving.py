"""A map as one file that opens from disk and asks nobody: script, style and data stand in it.

It selects nothing: what it is handed is what the file holds.
"""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from app.maps.errors import AssetsMissing, NothingInlined
from app.maps.view import MapView

BUILT = Path(__file__).parent.parent / "static" / "built"

# The parts that the interface's script looks for, as on the map's page.
_FRAME = Path(__file__).parent.parent / "templates" / "saved_map.html"


@dataclass(frozen=True, slots=True)
class Inlined:
    """Data that stands in a file: as the doors give it, the rows numbered from 0.

    columns: as columns.arrow. areas: a GeoJSON collection. rows: details, each at its number. basemap: contents of
    the base map's files by name.
    """

    columns: bytes
    areas: Mapping[str, Any]
    rows: tuple[Mapping[str, Any], ...]
    basemap: Mapping[str, Any] = field(default_factory=dict)


def write_document(fragment: str, view: MapView, inlined: Inlined | None) -> str:
    """Write the page. Raises NothingInlined without data, AssetsMissing without the built script and style."""
    if inlined is None:
        msg = "a map that stands alone needs its data inlined"
        raise NothingInlined(msg)
    script = _read("bearing.js")
    style = _with_fonts(_read("bearing.css"))
    data = json.dumps(
        {
            "columns": base64.b64encode(inlined.columns).decode(),
            "areas": inlined.areas,
            "rows": inlined.rows,
            "basemap": inlined.basemap,
        },
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    ).replace("<", "\\u003c")
    policy = (
        f"default-src 'none'; script-src '{_source(script)}'; style-src '{_source(style)}'; "
        "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
    )
    parts = {
        "title": escape(view.title),
        "mark": '<span class="masthead__mark">Demonstration</span>' if view.edition.demonstration else "",
        "policy": escape(policy, quote=True),
        "style": style,
        "map": fragment,
        "data": data,
        "disclaimer": escape(view.disclaimer),
        "edition": escape(view.edition.name),
        "script": script,
    }
    return re.sub(r"\{\{ (\w+) \}\}", lambda found: parts[found[1]], _FRAME.read_text("utf-8"))


def save(path: Path, document: str | bytes) -> int:
    """Write a document to a file, all of it or nothing. Gives its size in bytes."""
    content = document.encode() if isinstance(document, str) else document
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return len(content)


def _read(name: str) -> str:
    path = BUILT / name
    if not path.is_file():
        msg = "the front end is not built: run `make setup`, or `python -m app.assets.build`"
        raise AssetsMissing(msg)
    text = path.read_text("utf-8")
    # Neither may end the element that it stands in.
    return re.sub(r"</(?=script|style)", r"<\\/", text, flags=re.IGNORECASE)


def _with_fonts(style: str) -> str:
    def inline(found: re.Match[str]) -> str:
        stem, suffix = found[1], found[2]
        path = BUILT / f"{stem}.{suffix}"
        encoded = base64.b64encode(path.read_bytes()).decode()
        return f"url(data:font/{suffix};base64,{encoded})"

    return re.sub(r"url\(\"?(?:\./)?([\w-]+)\.[0-9a-f]{16}\.(woff2)\"?\)", inline, style)


def _source(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
