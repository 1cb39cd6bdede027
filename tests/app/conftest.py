"""An application over a small edition, as every test of the doors needs it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.settings import Settings
from geodata.precision import Precision
from incidents.drafts import Extent
from incidents.saved_maps import SavedMap, save_map
from tests.factories import make_id, make_location, make_public, make_random_rows, write_edition

ROWS = 60
# Markup, a template literal's code and right-to-left text in a title: none may be more than text.
HOSTILE = "<script>alert(1)</script> ${alert(2)} {{ 7*7 }} \"'--> \u202eعنوان"
HOSTILE_ID = make_id(1_000_001)
PATTERN_ID = make_id(1_000_002)


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a data folder with edition 1, which nobody changes."""
    folder = tmp_path_factory.mktemp("served")
    rows = [
        *make_random_rows(ROWS),
        make_public(1_000_001, title=HOSTILE, summary=HOSTILE, place=HOSTILE),
        make_public(
            1_000_002,
            extent=Extent.PATTERN,
            location=make_location(point=None, precision=Precision.STATE, radius_m=None),
        ),
    ]
    write_edition(folder / "editions", rows)
    return folder


@pytest.fixture(scope="session")
def secret(data_dir: Path) -> str:
    """Save a listed map, `strikes`, and an unlisted one; give what the address of the latter ends in."""
    limits = (("kind", "airstrike"), ("region", "MM-01"), ("from", "2001-01-01"), ("to", "2020-12-31"))
    save_map(data_dir / "editions", SavedMap("strikes", f"Strikes {HOSTILE}", HOSTILE, limits, view="6/21.5/96"), by=1)
    pinned = SavedMap("quiet", "Pinned", edition=1, sites=("https://news.example.org",))
    kept = save_map(data_dir / "editions", pinned, by=1, unlisted=True)
    assert kept.secret
    return kept.secret


@pytest.fixture(scope="session")
def settings(data_dir: Path) -> Settings:
    """Make settings of a site that is published under a name of its own."""
    return Settings(data_dir=data_dir, public_url="https://map.example.org")


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    """Make the application with its public door."""
    return create_app(settings)


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    """Be a reader who comes by the site's own name."""
    with app.test_client() as client:
        client.environ_base["HTTP_HOST"] = "map.example.org"
        yield client


@pytest.fixture(scope="session")
def addresses(app: Flask, settings: Settings, secret: str) -> dict[str, list[str]]:
    """For each endpoint, addresses that answer 200; a new route fails the tests until it has one here."""
    held = app.extensions["bearing"]
    assets = [held.asset_url(name) for name in held.assets.names[:3]]
    return {
        "healthz": ["/healthz"],
        "pages.show_map": ["/", "/?kind=airstrike&from=2001&to=2020-12", "/?edition=1&undated=hide"],
        "pages.show_table": [
            "/incidents",
            "/incidents?sort=title&page=2&limit=10",
            "/incidents?q=kalay&bbox=92,10,101,28",
        ],
        "pages.show_incident": [f"/incidents/{HOSTILE_ID}", f"/incidents/{PATTERN_ID}?edition=1"],
        "pages.show_about": ["/about"],
        "editions.show_data": ["/data", "/data?edition=1"],
        "editions.show_changes": ["/data/changes", "/data/changes?what=changed&edition=1", "/data/changes?page=2"],
        "feeds.give_feed": ["/feed.atom", "/feed.atom?kind=airstrike&q=kalay", "/feed.atom?edition=1&page=2&limit=10"],
        "editions.give_manifest": ["/data/manifest.json", "/data/manifest.json?edition=1"],
        "editions.give_citation": ["/data/citation.txt", "/data/citation.bib?edition=1", "/data/citation.json"],
        "regions.show_regions": ["/regions", "/regions?kind=airstrike&edition=1"],
        "regions.show_region": ["/regions/MM", "/regions/MM-01?from=2001&edition=1"],
        "aircraft.show_tree": ["/aircraft", "/aircraft?region=MM-01"],
        "aircraft.show_aircraft": ["/aircraft/mi-24", "/aircraft/su-30?undated=hide&edition=1"],
        "charts.give_chart": [
            "/charts/time.svg",
            "/charts/time.svg?by=aircraft&unit=year&theme=dark&width=360&aircraft=mi-24",
            "/charts/time.svg?by=region&unit=month&edition=1",
        ],
        "charts.give_chart_data": ["/charts/time.csv", "/charts/time.csv?by=aircraft&unit=month&kind=airstrike"],
        "downloads.give_incidents": [
            "/incidents.geojson",
            "/incidents.geojson?precision=near&grade=confirmed",
            "/incidents.csv?hxl=1&kind=airstrike",
            "/incidents.parquet?edition=1",
            "/incidents.parquet?from=2010",
            "/incidents.xlsx?kind=airstrike",
            "/incidents.gpkg",
            "/incidents.kml",
        ],
        "maps.list_maps": ["/maps"],
        "maps.show_saved_map": ["/maps/strikes", "/maps/strikes?from=2005&q=kalay", f"/maps/{secret}"],
        "oembed.give_code": [
            f"/oembed?url={settings.public_url}/",
            f"/oembed?url={settings.public_url}/maps/strikes&format=xml&maxwidth=400",
            f"/oembed?url={settings.public_url}/incidents/{HOSTILE_ID}",
            f"/oembed?url={settings.public_url}/maps/{secret}",
        ],
        "embed.show_embed": ["/embed", "/embed?edition=1&region=MM-01", "/embed?controls=none&theme=dark&view=5/21/96"],
        "embed.show_saved_map": ["/embed/strikes", "/embed/strikes?controls=time,filters&from=2005"],
        "embed.show_incident": [
            f"/embed/incidents/{HOSTILE_ID}",
            f"/embed/incidents/{PATTERN_ID}?theme=dark&edition=1",
        ],
        "downloads.show_offer": ["/download", "/download?kind=airstrike&edition=1&region=MM-01"],
        "downloads.give_offer": ["/download.json", "/download.json?q=kalay"],
        "data.give_regions": ["/regions.geojson"],
        "data.give_columns": [
            "/editions/1/columns.arrow",
            "/editions/1/columns.arrow?kind=airstrike&precision=near&q=kalay",
        ],
        "data.give_terms": ["/editions/1/terms.json"],
        "data.give_names": ["/editions/1/names.json"],
        "data.give_clusters": [
            "/editions/1/clusters.arrow?across=64",
            "/editions/1/clusters.arrow?across=1024&view=700,400,800,500&kind=airstrike&q=kalay",
        ],
        "data.give_unshown": ["/editions/1/unshown.json", "/editions/1/unshown.json?region=MM-01&from=2001"],
        "data.give_tallies": ["/editions/1/tallies.json", "/editions/1/tallies.json?region=MM-01&from=2001&level=0"],
        "data.give_histogram": ["/editions/1/histogram.json?unit=year", "/editions/1/histogram.json?kind=airstrike"],
        "data.give_series": [
            "/editions/1/series.json",
            "/editions/1/series.json?by=aircraft&unit=year",
            "/editions/1/series.json?by=region&level=0",
        ],
        "data.give_members": [
            "/editions/1/members.json?within=0,0,2147483647,2147483647",
            "/editions/1/members.json?area=MM-01&area=MM&page=2&limit=3",
            "/editions/1/members.json?placeless=1",
        ],
        "data.give_harm": [
            "/editions/1/harm.json",
            "/editions/1/harm.json?group=children&outcome=injured&kind=airstrike",
        ],
        "data.give_found": ["/editions/1/found.json", "/editions/1/found.json?kind=airstrike&from=2001"],
        "data.give_certain": ["/editions/1/certain.json", "/editions/1/certain.json?kind=airstrike&from=2001"],
        "data.give_areas": ["/editions/1/areas.json", "/editions/1/areas.json?kind=airstrike"],
        "data.give_outlines": [
            "/editions/1/outlines.json?across=2",
            "/editions/1/outlines.json?across=64&view=46,27,50,30",
            "/editions/1/outlines.json?across=64&view=46,27,50,30&level=1",
            "/editions/1/outlines.json?across=64&area=MM-01&area=MM",
        ],
        "data.give_rows": ["/editions/1/rows.json?n=0,5,3", f"/editions/1/rows.json?id={HOSTILE_ID}"],
        "data.give_matches": ["/editions/1/matches.json?q=kalay", "/editions/1/matches.json?bbox=170,-10,-170,10"],
        "pictures.give_map": [
            "/map.png?width=480&height=360",
            "/map.svg?kind=airstrike&edition=1&theme=dark&view=5/21/96&width=480&height=360",
        ],
        "pictures.give_saved_map": [
            "/maps/strikes.png?width=480&height=360",
            f"/maps/{secret}.svg?width=480&height=360",
        ],
        "pictures.give_incident_map": [f"/incidents/{HOSTILE_ID}/map.svg?width=480&height=360"],
        "api.show_landing": ["/api/", "/api/?f=html"],
        "api.show_conformance": ["/api/conformance", "/api/conformance?f=html"],
        "api.show_openapi": ["/api/openapi", "/api/openapi?f=html"],
        "api.show_collections": ["/api/collections", "/api/collections?f=html&edition=1"],
        "api.show_collection": ["/api/collections/incidents", "/api/collections/regions?f=html"],
        "api.show_queryables": ["/api/collections/airstrike/queryables", "/api/collections/regions/queryables?f=html"],
        "api_features.give_items": [
            "/api/collections/incidents/items?limit=20",
            "/api/collections/incident-areas/items?limit=5&bbox=92,10,101,28",
            "/api/collections/airstrike/items?filter=title%20IS%20NOT%20NULL",
            "/api/collections/incidents/items?f=html",
            "/api/collections/regions/items?f=html",
        ],
        "api_features.give_item": [
            f"/api/collections/incidents/items/{HOSTILE_ID}",
            f"/api/collections/incident-areas/items/{PATTERN_ID}?f=html",
            f"/api/collections/incidents/items/{HOSTILE_ID}?f=html",
            "/api/collections/regions/items/MM-01?f=html",
        ],
        "api_figures.give_counts": ["/api/counts?by=region,month,kind"],
        "api_figures.give_taxonomy": ["/api/taxonomy"],
        "api_figures.give_regions": ["/api/regions?edition=1"],
        "files.give_asset": assets,
        "files.give_basemap": [held.basemap_url + name for name in held.basemap.names[:2]],
    }


@pytest.fixture(scope="session")
def every_address(addresses: dict[str, list[str]]) -> list[str]:
    """All of them."""
    return [address for each in addresses.values() for address in each]
