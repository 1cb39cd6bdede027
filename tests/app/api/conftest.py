"""A site over a small edition whose every row is there for a reason."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.settings import Settings
from geodata.points import LonLat
from geodata.precision import Precision
from incidents.drafts import EquipmentDraft, Extent
from incidents.editions.public import PublicIncident
from tests.factories import CHIN, MYANMAR, SAGAING, make_id, make_location, make_public, write_edition

SITE = "https://map.example.org"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG_4326 = "http://www.opengis.net/def/crs/EPSG/0/4326"
EPSG_3857 = "http://www.opengis.net/def/crs/EPSG/0/3857"

VILLAGE, FIJI, TAVEUNI, STATE, DISC, NOWHERE, UNDATED, OPEN, PATTERN = (make_id(number) for number in range(1, 10))
ALL = {VILLAGE, FIJI, TAVEUNI, STATE, DISC, NOWHERE, UNDATED, OPEN, PATTERN}


def _day(text: str) -> dict[str, Any]:
    return {"date": text, "earliest": dt.date.fromisoformat(text), "latest": dt.date.fromisoformat(text)}


def make_rows() -> list[PublicIncident]:
    """Make a village, both sides of the antimeridian, a state, a disc over it, nowhere, and dates of all sorts."""
    nowhere = make_location(point=None, radius_m=None, precision=Precision.UNKNOWN, regions=())
    state = make_location(point=None, radius_m=None, precision=Precision.STATE, regions=(MYANMAR, CHIN))
    disc = make_location(point=None, stand_in=LonLat(180, -17), radius_m=50_000.0, precision=Precision.AREA, regions=())
    fiji, taveuni = (make_location(point=LonLat(lon, -17), regions=()) for lon in (178.5, -179.5))
    return [
        make_public(1, **_day("2022-09-16")),
        make_public(2, location=fiji, kind="port_call", aircraft=(), title="Ship's call: 100%_sure",
                    **_day("2020-01-01")),
        make_public(3, location=taveuni, kind="port_call", aircraft=(), **_day("2020-06-30")),
        make_public(4, location=state, aircraft=(EquipmentDraft("mi-24"),), links=(make_id(1),), **_day("2022-09-16")),
        make_public(5, location=disc, aircraft=(), **_day("2021-05-05")),
        make_public(6, location=nowhere, aircraft=(), **_day("2019-03-03")),
        make_public(7, date=None, earliest=None, latest=None, place=None),
        make_public(8, date=None, earliest=dt.date(2023, 1, 1), latest=None, place="MANDALAY Café"),
        make_public(9, date=None, earliest=dt.date(2022, 1, 1), latest=dt.date(2022, 12, 31), extent=Extent.PATTERN,
                    location=make_location(point=LonLat(96.5, 23.5), regions=(MYANMAR, SAGAING))),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def api_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a data folder with these rows as edition 1."""
    folder = tmp_path_factory.mktemp("api")
    write_edition(folder / "editions", make_rows())
    return folder


def make_client(folder: Path) -> FlaskClient:
    """Be a reader of the site over a data folder."""
    client = create_app(Settings(data_dir=folder, public_url=SITE)).test_client()
    client.environ_base["HTTP_HOST"] = "map.example.org"
    return client


@pytest.fixture(scope="module")
def api(api_dir: Path) -> FlaskClient:
    """Be a reader of the API."""
    return make_client(api_dir)


Items = Callable[..., dict[str, Any]]


@pytest.fixture
def items(api: FlaskClient) -> Items:
    """Give a function that asks a collection for features and gives the whole answer."""

    def ask(collection: str = "incidents", **parameters: Any) -> dict[str, Any]:
        query = urlencode({name.replace("_", "-"): value for name, value in parameters.items()})
        response = api.get(f"/api/collections/{collection}/items?{query}")
        assert response.status_code == 200, response.text
        assert response.content_type == "application/geo+json"
        found: dict[str, Any] = response.json  # type: ignore[assignment]  # it is JSON, as its type says
        assert found["numberReturned"] == len(found["features"])
        return found

    return ask


def ids(found: dict[str, Any]) -> set[str]:
    """Give the ids of a collection's features."""
    return {feature["id"] for feature in found["features"]}
