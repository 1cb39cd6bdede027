"""What every HTML page is given beside its own matter: the site's title, edition, disclaimer, addresses and assets.

It draws nothing: that is the templates' part.
"""

from typing import Any

from flask import Flask, g

from app.site import site
from incidents.drafts import TimeSense
from incidents.editions.errors import EditionError
from incidents.editions.reader import Edition
from incidents.when import describe_when


def frame_pages(app: Flask) -> None:
    """Give every template `site`, and a function `asset_url(name)`."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def give_frame() -> dict[str, Any]:
        here = site()
        return {"site": describe_site(g.get("edition") or _current_or_none()), "asset_url": here.asset_url}


def _current_or_none() -> Edition | None:
    try:
        return site().editions.current()
    except EditionError:
        return None


def _describe_edition(edition: Edition) -> dict[str, Any]:
    manifest = edition.manifest
    return {
        "name": edition.name,
        "published": describe_when(manifest.published_at[:10], TimeSense.WITHIN),
        "published_at": manifest.published_at,
        "amended": describe_when(manifest.amended_at[:10], TimeSense.WITHIN) if manifest.amended_at else None,
        "citation": manifest.cite(site().settings.public_url),
        "licence": manifest.licence,
        "attribution": manifest.attribution,
    }


def describe_site(edition: Edition | None) -> dict[str, Any]:
    """Describe the site and the edition, if there is one, in the words that templates use."""
    settings = site().settings
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
            "regions": "/regions.geojson",
            "about": "/about",
            "embed": "/embed",
        },
    }
