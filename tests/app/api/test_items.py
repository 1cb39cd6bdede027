"""Features by OGC API - Features parts 1 and 2: pages, boxes, times, reference systems, refusals, withdrawals."""

import itertools
import math
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.api import features
from incidents.editions.tombstones import add_tombstone
from tests.app.api.conftest import (
    ALL,
    CRS84,
    DISC,
    EPSG_3857,
    EPSG_4326,
    FIJI,
    NOWHERE,
    OPEN,
    PATTERN,
    SITE,
    STATE,
    TAVEUNI,
    UNDATED,
    VILLAGE,
    Items,
    ids,
    make_client,
    make_rows,
)
from tests.app.test_errors import assert_error
from tests.factories import make_id, make_public, make_random_rows, write_edition

ITEMS = "/api/collections/incidents/items"


def links_of(found: dict[str, Any]) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in found["links"]}


def walk(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    """Follow `next` to the end."""
    pages = []
    while address:
        pages.append(client.get(address.removeprefix(SITE)).json)
        address = links_of(pages[-1]).get("next", "")  # type: ignore[arg-type]
        assert len(pages) < 100
    return pages  # type: ignore[return-value]


def test_a_page_says_what_it_is(items: Items) -> None:
    found = items(limit=4)
    assert found["type"] == "FeatureCollection"
    assert (found["numberMatched"], found["numberReturned"]) == (9, 4)
    assert found["timeStamp"].endswith("Z")
    assert "crs" not in found
    types = {(link["rel"], link["type"]) for link in found["links"]}
    assert types == {
        ("self", "application/geo+json"),
        ("alternate", "text/html"),
        ("next", "application/geo+json"),
        ("collection", "application/json"),
    }
    assert all(link["href"].startswith(f"{SITE}/api/") and link["title"] for link in found["links"])


@pytest.mark.parametrize("collection", ["incidents", "airstrike", "incident-areas", "regions"])
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_give_everything_once(api: FlaskClient, items: Items, collection: str, limit: int) -> None:
    pages = walk(api, f"/api/collections/{collection}/items?limit={limit}")
    found = [feature["id"] for page in pages for feature in page["features"]]
    assert len(found) == len(set(found)) == items(collection)["numberMatched"] > 0
    assert {page["numberMatched"] for page in pages} == {len(found)}
    assert all(page["numberReturned"] == limit for page in pages[:-1])


def test_filters_stay_on_the_next_page(api: FlaskClient) -> None:
    query = "limit=1&kind=airstrike&bbox=90,0,110,30&datetime=2022-01-01/..&filter=title%20IS%20NOT%20NULL"
    pages = walk(api, f"{ITEMS}?{query}")
    assert {feature["id"] for page in pages for feature in page["features"]} == {VILLAGE, STATE, UNDATED, OPEN, PATTERN}
    assert len(pages) == 5


def test_the_collections_divide_the_records(items: Items) -> None:
    assert ids(items()) == ALL
    assert ids(items("port_call")) == {FIJI, TAVEUNI}
    assert ids(items("airstrike")) == ALL - {FIJI, TAVEUNI}
    assert ids(items("incident-areas")) == {STATE, DISC}
    assert ids(items("regions")) == {"MM", "MM-01", "MM-14"}
    assert items("protest")["features"] == []


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ("95,22,96,23", {VILLAGE, UNDATED, OPEN}),
        ("95,22,-5,96,23,5", {VILLAGE, UNDATED, OPEN}),
        # Chin lies from 92.5 to 94 east: its record has no point, but its area.
        ("93,21,93.1,21.1", {STATE}),
        ("178,-18,179,-16", {FIJI}),
        # The disc over the antimeridian is met on either side of it, and not at the corners of the box around it.
        ("178,-18,179.6,-16", {FIJI, DISC}),
        ("-179.6,-18,-179,-16", {TAVEUNI, DISC}),
        ("179.53,-17.44,179.6,-17.4", set()),
        ("0,-18,10,-16", set()),
        ("178,-18,-179,-16", {FIJI, TAVEUNI, DISC}),
        ("179.7,-18,-179.8,-16", {DISC}),
        ("-180,-90,180,90", ALL),
        ("0,0,0,0", set()),
    ],
)
def test_bbox_meets_points_and_areas_over_the_antimeridian_too(items: Items, box: str, expected: set[str]) -> None:
    # What has no place at all matches every box.
    assert ids(items(bbox=box)) == expected | {NOWHERE}


@pytest.mark.parametrize(
    ("box", "crs", "expected"),
    [
        ("95,22,96,23", CRS84, {VILLAGE, UNDATED, OPEN}),
        ("22,95,23,96", EPSG_4326, {VILLAGE, UNDATED, OPEN}),
        ("95,22,96,23", EPSG_4326, None),
        ("-18,178,-16,-179", EPSG_4326, {FIJI, TAVEUNI, DISC}),
        ("10575352,2511525,10686671,2632018", EPSG_3857, {VILLAGE, UNDATED, OPEN}),
        ("-20037508.342789244,-30000000,20037508.342789244,30000000", EPSG_3857, ALL),
    ],
)
def test_bbox_heeds_the_order_of_its_axes(
    api: FlaskClient, items: Items, box: str, crs: str, expected: set[str] | None
) -> None:
    if expected is None:
        assert_error(api.get(f"{ITEMS}?bbox={box}&bbox-crs={crs}"), 400, code="bad_bbox", parameter="bbox")
    else:
        assert ids(items(bbox=box, bbox_crs=crs)) == expected | {NOWHERE}


@pytest.mark.parametrize(
    ("datetime", "expected"),
    [
        ("2022-09-16", {VILLAGE, STATE, PATTERN}),
        ("2022-09-16T12:00:00Z", {VILLAGE, STATE, PATTERN}),
        # In the first hour of the 17th in Yangon it is still the 16th by UTC.
        ("2022-09-17T00:30:00+06:30", {VILLAGE, STATE, PATTERN}),
        ("2022-09-16T23:59:60Z", {VILLAGE, STATE, PATTERN}),
        ("2022-09-16T12:00:00.123456789Z", {VILLAGE, STATE, PATTERN}),
        ("2022-09-17", {PATTERN}),
        ("2020-01-01/2020-12-31", {FIJI, TAVEUNI}),
        ("2022-12-31/..", {PATTERN, OPEN}),
        ("2022-12-31/", {PATTERN, OPEN}),
        ("../2019-12-31", {NOWHERE}),
        ("/2019-12-31", {NOWHERE}),
        ("2999-01-01/..", {OPEN}),
        ("2020-01-01/2020-01-01", {FIJI}),
    ],
)
def test_datetime_meets_the_interval(items: Items, datetime: str, expected: set[str]) -> None:
    # What has no date matches all.
    assert ids(items(datetime=datetime)) == expected | {UNDATED}


def test_regions_have_no_dates_so_that_all_match(items: Items) -> None:
    assert len(ids(items("regions", datetime="1900-01-01"))) == 3


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"), ("limit=-1", "limit"), ("limit=ten", "limit"), ("limit=", "limit"),
        ("limit=1.5", "limit"),
        ("limit=1&limit=2", "limit"),
        ("bbox=", "bbox"), ("bbox=1,2,3", "bbox"), ("bbox=1,2,3,4,5", "bbox"), ("bbox=a,b,c,d", "bbox"),
        ("bbox=nan,0,1,1", "bbox"), ("bbox=0,0,inf,1", "bbox"), ("bbox=0,0,1e999,1", "bbox"), ("bbox=0,10,1,5", "bbox"),
        ("bbox=0,-91,1,5", "bbox"), ("bbox=-181,0,1,5", "bbox"), ("bbox=1_0,0,20,5", "bbox"),
        ("bbox=1,2,3,4&bbox-crs=EPSG:9999", "bbox-crs"), ("bbox-crs=", "bbox-crs"),
        ("crs=http://www.opengis.net/def/crs/EPSG/0/2154", "crs"), ("crs=", "crs"),
        ("datetime=", "datetime"), ("datetime=yesterday", "datetime"), ("datetime=2022", "datetime"),
        ("datetime=2022-02-30", "datetime"), ("datetime=2022-01-01/2021-01-01", "datetime"),
        ("datetime=..", "datetime"),
        ("datetime=../..", "datetime"), ("datetime=/", "datetime"), ("datetime=2022-01-01/2022-01-02/..", "datetime"),
        ("datetime=2022-01-01T00:00:00", "datetime"), ("datetime=2022-01-01T25:00:00Z", "datetime"),
        ("datetime=0000-01-01", "datetime"), ("datetime=0001-01-01T00:00:00%2B14:00", "datetime"),
        ("after=x", "after"), ("after=", "after"), ("after=MQ", "after"), ("after=%F0%9F%92%A9", "after"),
        ("f=xml", "f"), ("f=", "f"), ("edition=seven", "edition"), ("edition=", "edition"),
        ("utm_source=x", "utm_source"), ("offset=10", "offset"), ("sortby=title", "sortby"),
        ("kind=nonsense", "kind"), ("from=2022&to=2021", "to"), ("from=2021&from=2022", "from"), ("q=a%00b", "q"),
        ("filter-lang=sql", "filter-lang"), ("filter-crs=x", "filter-crs"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["json", "html"])
def test_what_is_malformed_or_unknown_is_400_and_named(
    api: FlaskClient, query: str, parameter: str, encoding: str
) -> None:
    accept = {"json": "application/geo+json, application/json", "html": "text/html"}[encoding]
    response = api.get(f"{ITEMS}?{query}", headers={"Accept": accept})
    if encoding == "html" and query != "f=xml":
        assert (response.status_code, response.mimetype) == (400, "text/html")
        assert f"{parameter}: " in response.text
    else:
        code = f"bad_{parameter}" if parameter.isidentifier() else "bad_parameter"
        assert_error(response, 400, code=code, parameter=parameter)


def test_parameters_of_one_collection_are_unknown_to_another(api: FlaskClient) -> None:
    assert_error(api.get("/api/collections/regions/items?kind=protest"), 400, code="bad_kind", parameter="kind")
    assert_error(api.get("/api/collections/protest/items?kind=protest"), 400, code="bad_kind", parameter="kind")
    assert_error(api.get(f"{ITEMS}/{VILLAGE}?limit=1"), 400, code="bad_limit", parameter="limit")
    assert_error(api.get("/api/collections?bbox=1,2,3,4"), 400, code="bad_bbox", parameter="bbox")


def test_a_limit_above_the_greatest_is_the_greatest(items: Items) -> None:
    assert items(limit=10_001)["numberReturned"] == items(limit="9" * 30)["numberReturned"] == 9


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"kind": "port_call"}, {FIJI, TAVEUNI}),
        ({"kind": "port_call,airstrike", "region": "MM-14"}, {STATE}),
        ({"aircraft": "mi-24", "from": "2022", "to": "2022"}, {VILLAGE, STATE, PATTERN, UNDATED}),
        ({"aircraft": "mi-24", "from": "2022", "to": "2022", "undated": "hide"}, {VILLAGE, STATE, PATTERN}),
        ({"precision": "near", "q": "ship sure"}, {FIJI}),
        ({"kind": "none"}, set()),
    ],
)
def test_the_common_filters_mean_the_same_here(items: Items, words: dict[str, str], expected: set[str]) -> None:
    assert ids(items(**words)) == expected


def test_windows_narrow_each_other(items: Items) -> None:
    # It meets each of the two windows, which do not meet each other.
    assert PATTERN in ids(items(**{"from": "2022-01", "to": "2022-01", "datetime": "2022-12-01"}))


def test_geometry_is_a_point_or_null_with_a_box(items: Items) -> None:
    by_id = {feature["id"]: feature for feature in items()["features"]}
    assert by_id[VILLAGE]["geometry"] == {"type": "Point", "coordinates": [95.4012, 22.6834]}
    assert "bbox" not in by_id[VILLAGE]
    assert (by_id[STATE]["geometry"], by_id[STATE]["bbox"]) == (None, [92.5, 20.5, 94, 24])
    # RFC 7946 section 5.2: over the antimeridian west is greater than east.
    assert by_id[DISC]["bbox"] == pytest.approx([179.5298, -17.44966, -179.5298, -16.55034], abs=1e-4)
    assert by_id[NOWHERE]["geometry"] is None
    assert "bbox" not in by_id[NOWHERE]
    assert by_id[VILLAGE]["properties"]["url"] == f"{SITE}/incidents/{VILLAGE}"
    assert by_id[STATE]["properties"]["same_as"] == [VILLAGE]


@pytest.mark.parametrize("crs", [CRS84, EPSG_4326, EPSG_3857])
@pytest.mark.parametrize("collection", ["incidents", "incident-areas", "regions"])
def test_coordinates_come_in_the_system_asked_for(api: FlaskClient, items: Items, collection: str, crs: str) -> None:
    def expect(position: list[float]) -> list[float]:
        lon, lat = position
        if crs == EPSG_3857:
            x = math.radians(lon) * 6_378_137
            return [x, math.asinh(math.tan(math.radians(lat))) * 6_378_137]
        return [lat, lon] if crs == EPSG_4326 else [lon, lat]

    def flatten(value: Any) -> list[list[float]]:
        return [value] if isinstance(value[0], int | float) else [one for part in value for one in flatten(part)]

    plain, asked = items(collection)["features"], items(collection, crs=crs)["features"]
    assert len(plain) == len(asked) > 0
    for one, other in zip(plain, asked, strict=True):
        assert (one["id"], one["properties"]) == (other["id"], other["properties"])
        assert (one["geometry"] is None) == (other["geometry"] is None)
        shapes = [(f["geometry"]["coordinates"] if f["geometry"] else None, f.get("bbox")) for f in (one, other)]
        if one["geometry"]:
            for position, given in zip(*(flatten(shape) for shape, _ in shapes), strict=True):
                assert given == pytest.approx(expect(position), abs=0.011)
        if one.get("bbox"):
            west, south, east, north = one["bbox"]
            assert other["bbox"] == pytest.approx([*expect([west, south]), *expect([east, north])], abs=0.011)
    for address in (f"{ITEMS}?crs={crs}", f"{ITEMS}?crs={crs}&f=html", f"{ITEMS}/{VILLAGE}?crs={crs}"):
        assert api.get(address).headers["Content-Crs"] == f"<{crs}>"


def test_areas_are_drawn_and_cut_at_the_antimeridian(items: Items) -> None:
    by_id = {feature["id"]: feature for feature in items("incident-areas")["features"]}
    assert by_id[STATE]["geometry"]["type"] == "Polygon"
    disc = by_id[DISC]["geometry"]
    assert disc["type"] == "MultiPolygon"
    assert len(disc["coordinates"]) == 2
    for polygon in disc["coordinates"]:
        (ring,) = polygon
        assert ring[0] == ring[-1]
        lons = [lon for lon, _ in ring]
        assert max(lons) - min(lons) < 1
        assert max(abs(lon) for lon in lons) == 180
        # RFC 7946 section 3.1.6: outer rings run counterclockwise.
        area = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in itertools.pairwise(ring))
        assert area > 0
        # RFC 7946 section 11.2: six decimals are plenty.
        assert all(round(value, 6) == value for position in ring for value in position)
    # 50 km are 0.45 degrees of latitude.
    lats = [lat for polygon in disc["coordinates"] for _, lat in polygon[0]]
    assert (min(lats), max(lats)) == pytest.approx((-17.4497, -16.5503), abs=0.001)


@pytest.mark.parametrize("collection", ["incidents", "airstrike"])
def test_a_feature_is_the_same_alone(api: FlaskClient, items: Items, collection: str) -> None:
    response = api.get(f"/api/collections/{collection}/items/{VILLAGE}")
    assert response.content_type == "application/geo+json"
    feature: Any = response.json
    links = feature.pop("links")
    assert feature in items(collection)["features"]
    assert [(link["rel"], link["type"]) for link in links] == [
        ("self", "application/geo+json"), ("alternate", "text/html"), ("collection", "application/json"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "address",
    [
        f"/api/collections/port_call/items/{VILLAGE}",
        f"/api/collections/incident-areas/items/{VILLAGE}",
        "/api/collections/regions/items/MM-99",
        "/api/collections/regions/items/a%00b",
    ],
)
def test_a_feature_of_another_collection_is_not_here(api: FlaskClient, address: str) -> None:
    assert_error(api.get(address), 404, code="no_such_feature")


def test_what_there_is_not_is_404(api: FlaskClient) -> None:
    for path in (make_id(99), "nonsense", "'%20OR%201=1", "%F0%9F%92%A9"):
        assert_error(api.get(f"{ITEMS}/{path}"), 404, code="no_such_incident")
    for path in ("nonsense", "Incidents", "aggregate", "..%2fincidents"):
        for rest in ("", "/items", "/queryables", "/items/x"):
            assert api.get(f"/api/collections/{path}{rest}").status_code == 404
    assert_error(api.get("/api/collections/nonsense/items?what=ever"), 404, code="no_such_collection")
    assert_error(api.get("/api/nothing"), 404, code="not_found")
    assert_error(api.get(f"{ITEMS}?edition=2"), 404, code="no_such_edition")


def test_a_reader_who_has_the_page_is_told_so(api: FlaskClient) -> None:
    first = api.get(ITEMS)
    again = api.get(ITEMS, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Content-Crs"] == f"<{CRS84}>"
    html = api.get(ITEMS, headers={"Accept": "text/html"})
    assert html.headers["ETag"] != first.headers["ETag"]
    assert html.headers["Vary"] == first.headers["Vary"] == "Accept, Accept-Encoding"


def test_head_says_the_same_without_a_body(api: FlaskClient) -> None:
    for address in (ITEMS, f"{ITEMS}/{VILLAGE}", f"{ITEMS}?f=html"):
        response = api.head(address)
        assert (response.status_code, response.data) == (200, b"")
        assert response.headers["Content-Crs"] == f"<{CRS84}>"


def test_a_page_tells_its_length_unless_it_is_large(api: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    plainly = {"Accept-Encoding": "identity"}
    small = api.get(f"{ITEMS}?limit=4", headers=plainly)
    assert small.headers["Content-Length"] == str(len(small.data))
    monkeypatch.setattr(features, "_FEW", 3)
    large = api.get(f"{ITEMS}?limit=4", headers=plainly)
    assert "Content-Length" not in large.headers
    assert large.json["features"] == small.json["features"]  # type: ignore[index]


def test_what_was_taken_back_is_410_alone_and_absent_elsewhere(tmp_path: Path) -> None:
    write_edition(tmp_path / "editions", make_rows())
    client = make_client(tmp_path)
    walked = [feature["id"] for page in walk(client, f"{ITEMS}?limit=2") for feature in page["features"]]
    assert VILLAGE in walked
    at = "2026-03-04T05:06:07+00:00"
    add_tombstone(tmp_path / "editions", [VILLAGE, STATE], reason="safety", at=at)
    add_tombstone(tmp_path / "editions", [DISC], reason="embargo", at=at)
    for address in (f"{ITEMS}/{VILLAGE}", f"/api/collections/airstrike/items/{VILLAGE}?f=html"):
        response = client.get(address)
        assert response.status_code == 410
        assert "Let Yet Kone" not in response.text
    # What is held back for another reason is not told from what was never there.
    assert client.get(f"{ITEMS}/{DISC}").status_code == 404
    pages = walk(client, f"{ITEMS}?limit=2")
    assert {feature["id"] for page in pages for feature in page["features"]} == ALL - {VILLAGE, STATE, DISC}
    assert {page["numberMatched"] for page in pages} == {6}
    assert client.get("/api/collections/incident-areas/items").json["features"] == []  # type: ignore[index]
    # Chin was there for that record's sake alone.
    regions: Any = client.get("/api/collections/regions/items").json
    assert ids(regions) == {"MM", "MM-01"}
    assert client.get("/api/collections/regions/items/MM-14").status_code == 404
    for address in (f"{ITEMS}?f=html", ITEMS, "/api/collections", "/api/counts?by=region"):
        text = client.get(address).text
        assert STATE not in text
        assert "MM-14" not in text
    assert client.get("/api/counts").json["totals"]["records"] == 6  # type: ignore[index]
    for condition in ("S_INTERSECTS(geometry,POLYGON((92 20,96 20,96 25,92 25,92 20)))", f"id='{VILLAGE}'"):
        response = client.get(f"{ITEMS}?filter={condition}")
        assert {VILLAGE, STATE}.isdisjoint(ids(response.json))  # type: ignore[arg-type]


def test_links_name_nothing_that_was_taken_back(tmp_path: Path) -> None:
    write_edition(tmp_path / "editions", make_rows())
    add_tombstone(tmp_path / "editions", [VILLAGE], reason="error", at="2026-03-04T05:06:07+00:00")
    client = make_client(tmp_path)
    for collection in ("incidents", "incident-areas"):
        feature: Any = client.get(f"/api/collections/{collection}/items/{STATE}").json
        assert feature["properties"]["same_as"] == []


def test_pages_stay_with_the_edition_of_the_first(tmp_path: Path) -> None:
    root = tmp_path / "editions"
    write_edition(root, make_random_rows(10), "1")
    client = make_client(tmp_path)
    first: Any = client.get(f"{ITEMS}?limit=4").json
    write_edition(root, [make_public(100)], "2")
    assert client.get(ITEMS).json["edition"] == "2"  # type: ignore[index]
    pages = walk(client, links_of(first)["next"])
    assert {page["edition"] for page in pages} == {"1"}
    assert sum(page["numberReturned"] for page in pages) == 6
    token = links_of(first)["next"].rpartition("after=")[2]
    assert client.get(f"{ITEMS}?after={token}&edition=1").status_code == 200
    assert_error(client.get(f"{ITEMS}?after={token}&edition=2"), 400, code="bad_after", parameter="after")
    # A pinned reader stays pinned.
    pinned: Any = client.get(f"{ITEMS}?edition=1&limit=4").json
    assert all("edition=1" in href for rel, href in links_of(pinned).items() if rel in ("self", "next", "collection"))
    # When the edition is amended, its pages are gone, and say what took its place.
    write_edition(root, make_random_rows(9), "1.1")
    response = client.get(links_of(first)["next"].removeprefix(SITE))
    assert_error(response, 410, code="edition_amended")
    assert "1.1" in response.text


def test_a_token_of_an_edition_that_is_not_kept_is_404(api: FlaskClient) -> None:
    # 9/3, as the link next of edition 9 would have it.
    assert_error(api.get(f"{ITEMS}?after=OS8z"), 404, code="no_such_edition")


def test_nothing_published_is_503(tmp_path: Path) -> None:
    client = make_client(tmp_path)
    for address in ("/api/", "/api/collections", ITEMS, "/api/counts", "/api/openapi"):
        assert_error(client.get(address), 503, code="nothing_published")
