"""oEmbed: what other sites ask for to show a map or an incident inside of theirs (https://oembed.com, version 1.0).

It shows nothing itself: it gives the code of a frame.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.sax.saxutils import escape as escape_xml

from flask import Blueprint, Response

from app.caching import answer
from app.errors import AddressNotFound, FormatNotOffered, IncidentNotFound
from app.finding import find_incident
from app.params import parse_embed, parse_oembed, without_tags
from app.pictures.picture import LEAST_HEIGHT, LEAST_WIDTH, USUAL_HEIGHT, USUAL_WIDTH
from app.reading import Asked, Pairs, asked, asked_of_map, given_pairs
from app.site import site
from incidents.editions.errors import EditionGone, EditionNotFound
from incidents.errors import BadFilter, PinnedEditionGone, UnknownSavedMap

oembed = Blueprint("oembed", __name__)

WIDTH, HEIGHT = 800, 520
SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox"
_TYPES = {"json": "application/json", "xml": "text/xml"}
_MAP = re.compile(r"/maps/([A-Za-z0-9_-]{1,64})", re.ASCII)
_INCIDENT = re.compile(r"/incidents/([0-9a-f]{32})", re.ASCII)
_MOST_PAIRS = 500


@dataclass(frozen=True, slots=True)
class _Found:
    """What an address shows: its frame's address and its picture's, without the picture's size."""

    question: Asked
    title: str
    frame: str
    picture: str
    pairs: Pairs


@oembed.get("/oembed")
def give_code() -> Response:
    """Give the code that shows one page of this site inside of another's.

    What else is asked for is let pass, as consumers send words of their own (WordPress `dnt`, others `theme`, `lang`).
    """
    wanted = parse_oembed(given_pairs())
    if wanted.format not in _TYPES:
        msg = f"The format {wanted.format[:40]!r} is not offered."
        raise FormatNotOffered(msg)
    width, height = min(WIDTH, wanted.most_width), min(HEIGHT, wanted.most_height)
    with _find(wanted.url) as found:

        def make() -> str:
            told = _describe(found, width, height) | _thumbnail(found, wanted.most_width, wanted.most_height)
            return json.dumps(told, ensure_ascii=False) if wanted.format == "json" else _to_xml(told)

        return answer(found.question.etag(repr(wanted)), _TYPES[wanted.format], make)


@contextmanager
def _find(url: str) -> Iterator[_Found]:
    """Find what an address of this site shows. Raises AddressNotFound for any other."""
    try:
        parts = urlsplit(url)
        pairs = without_tags(parse_qsl(parts.query, keep_blank_values=True, max_num_fields=_MOST_PAIRS))
    except ValueError:
        raise _not_here() from None
    if f"{parts.scheme}://{parts.netloc}".lower() != site().settings.public_url:
        raise _not_here()
    try:
        with _open(parts.path, pairs, parts.fragment) as found:
            yield found
    except (BadFilter, EditionGone, EditionNotFound, IncidentNotFound, PinnedEditionGone, UnknownSavedMap):
        raise _not_here() from None


@contextmanager
def _open(path: str, pairs: Pairs, fragment: str) -> Iterator[_Found]:
    look = _look_of(fragment)
    if path in {"", "/"}:
        with asked(pairs=pairs) as question:
            own = [*question.to_pairs(), *look]
            yield _Found(question, site().settings.site_title, "/embed", "/map.png", own)
    elif found := _MAP.fullmatch(path):
        with asked_of_map(found[1], pairs=pairs) as question:
            assert question.saved  # noqa: S101 - tells the type checker what has just been found
            name, own = question.name, [*question.own_pairs(), *look]
            yield _Found(question, question.saved.title, f"/embed/{name}", f"/maps/{name}.png", own)
    elif found := _INCIDENT.fullmatch(path):
        with asked(pairs=pairs, filtered=False) as question:
            detail = find_incident(question, found[1])
            own = question.to_pairs()
            yield _Found(question, detail["title"], f"/embed{path}", f"{path}/map.png", own)
    else:
        raise _not_here()


def _look_of(fragment: str) -> Pairs:
    """Give where a map stands, what it fills and what it charts, as the fragment of its address says, if it does."""
    found = []
    for part in fragment.split("&"):
        name, _, value = part.rpartition("=")
        with suppress(BadFilter):
            form = parse_embed([(name or "view", value)])
            said = {"view": form.view and form.view.to_text(), "regions": form.regions, "chart": form.chart}
            found += [(name, word) for name, word in said.items() if word]
    return found


def _describe(found: _Found, width: int, height: int) -> dict[str, Any]:
    settings = site().settings
    address = settings.public_url + found.frame + (f"?{urlencode(found.pairs)}" if found.pairs else "")
    code = (
        f'<iframe src="{escape(address)}" title="{escape(found.title)}" width="{width}" height="{height}"'
        f' sandbox="{SANDBOX}" loading="lazy" referrerpolicy="no-referrer" frameborder="0"></iframe>'
    )
    return {
        "version": "1.0",
        "type": "rich",
        "title": found.title,
        "provider_name": settings.site_title,
        "provider_url": f"{settings.public_url}/",
        "cache_age": settings.cache_seconds,
        "html": code,
        "width": width,
        "height": height,
    }


def _thumbnail(found: _Found, most_width: int, most_height: int) -> dict[str, Any]:
    """Give the still picture, as large as asked for at most; none where that is smaller than pictures are drawn."""
    width, height = min(USUAL_WIDTH, most_width), min(USUAL_HEIGHT, most_height)
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return {}
    form = urlencode([*found.pairs, ("width", str(width)), ("height", str(height))])
    return {
        "thumbnail_url": f"{site().settings.public_url}{found.picture}?{form}",
        "thumbnail_width": width,
        "thumbnail_height": height,
    }


def _to_xml(told: dict[str, Any]) -> str:
    parts = "".join(f"<{name}>{escape_xml(_printable(str(value)))}</{name}>" for name, value in told.items())
    return f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>{parts}</oembed>'


def _printable(text: str) -> str:
    """Leave out what XML 1.0 cannot hold (section 2.2)."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


def _not_here() -> AddressNotFound:
    return AddressNotFound("That address is none of a map or an incident of this site.")
