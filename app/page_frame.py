"""What every HTML page is given beside its own matter: the site's title, edition, disclaimer, addresses and assets.

It draws nothing: that is the templates' part.
"""

import datetime as dt
from typing import Any

from flask import Flask, g

from app.pictures.words import describe_edge
from app.reasons import AMENDED_FOR
from app.site import site
from incidents.drafts import TimeSense
from incidents.editions.errors import EditionError
from incidents.editions.manifest import Amendment
from incidents.editions.reader import Edition
from incidents.when import describe_when


def frame_pages(app: Flask) -> None:
    """Give every template `site`, and a function `asset_url(name)`."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["edge"] = _describe_edge

    @app.context_processor
    def give_frame() -> dict[str, Any]:
        here = site()
        return {"site": describe_site(g.get("edition") or _current_or_none()), "asset_url": here.asset_url}


def _current_or_none() -> Edition | None:
    try:
        return site().editions.current()
    except EditionError:
        return None


def _newer_or_none(edition: Edition) -> dict[str, Any] | None:
    """Say which edition is the current one where this is an older one."""
    current = _current_or_none()
    if current is None or current.number <= edition.number:
        return None
    return {"number": current.number, "published": _in_words(current.manifest.published_at)}


def describe_amendment(amendment: Amendment) -> dict[str, Any]:
    """Say when an edition was amended and why, in words and by code, and how many records left it."""
    return {
        "on": _in_words(amendment.at),
        "at": amendment.at,
        "codes": amendment.codes,
        "why": [AMENDED_FOR.get(code, code) for code in amendment.codes],
        "removed": amendment.removed,
    }


def _describe_edge(day: str, name: str) -> str:
    """Say the day that a filter's `from` or `to` holds as it is known: "2012" of the last day of 2012 as an end."""
    return describe_edge(dt.date.fromisoformat(day), last=name == "to")


def _in_words(time: str) -> str:
    return describe_when(time[:10], TimeSense.WITHIN)


def _describe_edition(edition: Edition) -> dict[str, Any]:
    manifest = edition.manifest
    return {
        "name": edition.name,
        "number": edition.number,
        "pinned": g.get("pinned", False),
        "newer": _newer_or_none(edition) if g.get("pinned") else None,
        "amendments": [describe_amendment(one) for one in manifest.amendments],
        "published": _in_words(manifest.published_at),
        "published_at": manifest.published_at,
        "amended": _in_words(manifest.amended_at) if manifest.amended_at else None,
        "citation": manifest.cite(),
        "licence": manifest.licence,
        "attribution": manifest.attribution,
    }


def describe_site(edition: Edition | None) -> dict[str, Any]:
    """Describe the site and the edition, if there is one, in the words that templates use."""
    settings = site().settings
    stays = f"?edition={edition.number}" if edition and g.get("pinned") else ""
    manifest = edition.manifest if edition else None
    return {
        "title": settings.site_title,
        "demonstration": bool(manifest and manifest.demonstration),
        "disclaimer": settings.disclaimer,
        "edition": _describe_edition(edition) if edition else None,
        "urls": {
            "public": settings.public_url,
            "map": "/",
            "table": "/incidents",
            "by_region": "/regions",
            "by_aircraft": "/aircraft",
            "picture": "/map.png",
            "chart": "/charts/time.svg",
            "chart_data": "/charts/time.csv",
            "geojson": "/incidents.geojson",
            "download": "/download",
            "regions": "/regions.geojson",
            "about": f"/about{stays}",
            "data": f"/data{stays}",
            "maps": "/maps",
            "embed": "/embed",
        },
    }
