"""What the API says of itself, held against the standards and against what it does."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV30SpecValidator

from app.api.descriptions import CONFORMANCE
from incidents.taxonomy import load_taxonomy
from tests.app.api.conftest import CRS84, EPSG_3857, EPSG_4326, SITE, make_client
from tests.factories import make_public, write_edition

OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
PAGES = [
    "/api/",
    "/api/conformance",
    "/api/openapi",
    "/api/collections",
    "/api/collections/incidents",
    "/api/collections/port_call/queryables",
    "/api/collections/regions/queryables",
    "/api/collections/incidents/items",
    "/api/collections/incident-areas/items",
    "/api/collections/regions/items",
    "/api/collections/regions/items/MM-01",
]


def get(api: FlaskClient, address: str) -> dict[str, Any]:
    response = api.get(address.removeprefix(SITE))
    assert response.status_code == 200, (address, response.text)
    found: dict[str, Any] = response.json  # type: ignore[assignment]  # it is JSON
    return found


def test_the_landing_page_leads_everywhere(api: FlaskClient) -> None:
    landing = get(api, "/api/")
    links = {(link["rel"], link["type"]): link["href"] for link in landing["links"]}
    assert set(links) >= {
        ("self", "application/json"),
        ("alternate", "text/html"),
        ("service-desc", OPENAPI),
        ("service-doc", "text/html"),
        ("conformance", "application/json"),
        ("data", "application/json"),
    }
    for (_, type_), href in links.items():
        assert href.startswith(SITE)
        response = api.get(href.removeprefix(SITE))
        assert response.status_code == 200
        assert response.content_type.removesuffix("; charset=utf-8") == type_
    assert get(api, "/api") == {**landing, "links": get(api, "/api")["links"]}


def test_conformance_names_the_classes_that_hold(api: FlaskClient) -> None:
    said = get(api, "/api/conformance")["conformsTo"]
    assert said == list(CONFORMANCE)
    for part in (
        "ogcapi-features-1/1.0/conf/core",
        "ogcapi-features-1/1.0/conf/geojson",
        "ogcapi-features-1/1.0/conf/html",
        "ogcapi-features-1/1.0/conf/oas30",
        "ogcapi-features-2/1.0/conf/crs",
        "ogcapi-features-3/1.0/conf/filter",
        "cql2/1.0/conf/cql2-text",
        "cql2/1.0/conf/cql2-json",
    ):
        assert f"http://www.opengis.net/spec/{part}" in said


@pytest.mark.parametrize("address", PAGES)
def test_every_resource_has_a_page_and_each_links_to_the_other(api: FlaskClient, address: str) -> None:
    page = api.get(address, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert api.get(f"{address}?f=html").mimetype == "text/html"
    assert api.get(f"{address}?f=json", headers={"Accept": "text/html"}).mimetype != "text/html"
    assert "f=json" in page.text
    assert page.text.count("<h1") == 1


@pytest.mark.parametrize("address", ["/api/collections/incidents/items", "/api/collections/regions/items/MM-01"])
def test_the_pages_of_features_have_a_map(api: FlaskClient, address: str) -> None:
    assert 'id="bearing-view"' in api.get(f"{address}?f=html").text


def test_collections_are_described_alike_alone_and_together(api: FlaskClient) -> None:
    together = get(api, "/api/collections")
    assert [each["id"] for each in together["collections"]] == [
        "incidents", "incident-areas", "regions", *load_taxonomy().kinds,
    ]  # fmt: skip
    for each in together["collections"]:
        alone = get(api, f"/api/collections/{each['id']}")
        for name in ("id", "title", "description", "extent", "crs", "storageCrs", "itemType", "numberOfFeatures"):
            assert alone[name] == each[name]
        for described in (alone, each):
            links = {(link["rel"], link["type"]): link["href"] for link in described["links"]}
            assert set(links) == {
                ("self", "application/json"), ("alternate", "text/html"), ("items", "application/geo+json"),
                ("items", "text/html"), (QUERYABLES, "application/schema+json"),
            }  # fmt: skip
        assert each["crs"] == [CRS84, EPSG_4326, EPSG_3857]
        assert each["storageCrs"] == CRS84
        assert each["title"]
        assert each["description"]


def test_the_extent_covers_the_data_and_an_open_end_is_null(api: FlaskClient) -> None:
    extents = {each["id"]: each for each in get(api, "/api/collections")["collections"]}
    port_calls = extents["port_call"]
    assert port_calls["extent"]["spatial"] == {"bbox": [[178.5, -17, -179.5, -17]], "crs": CRS84}
    assert port_calls["extent"]["temporal"]["interval"] == [["2020-01-01T00:00:00Z", "2020-06-30T23:59:59Z"]]
    assert port_calls["numberOfFeatures"] == 2
    # One of them has not ended.
    assert extents["incidents"]["extent"]["temporal"]["interval"] == [["2019-03-03T00:00:00Z", None]]
    assert extents["protest"]["numberOfFeatures"] == 0
    assert extents["protest"]["extent"]["temporal"]["interval"] == [[None, None]]
    for id_, each in extents.items():
        (box,) = each["extent"]["spatial"]["bbox"]
        found = get(api, f"/api/collections/{id_}/items?limit=1000")
        assert found["numberMatched"] == each["numberOfFeatures"]
        for feature in found["features"]:
            if feature["geometry"] and feature["geometry"]["type"] == "Point":
                lon, lat = feature["geometry"]["coordinates"]
                over = box[0] > box[2]
                assert (lon >= box[0] or lon <= box[2]) if over else box[0] <= lon <= box[2]
                assert box[1] <= lat <= box[3]


def test_the_description_is_valid_openapi_with_references_of_its_own(api: FlaskClient) -> None:
    response = api.get("/api/openapi")
    assert response.content_type == OPENAPI
    described: Any = response.json
    assert described["openapi"].startswith("3.0.")
    OpenAPIV30SpecValidator(described).validate()
    references = [part.split('"')[1] for part in json.dumps(described).split('"$ref": ')[1:]]
    assert references
    assert all(reference.startswith("#/components/") for reference in references)
    paths = described["paths"]
    assert {"/", "/conformance", "/collections", "/collections/{collectionId}"} < set(paths)
    assert "/collections/{collectionId}/items" in paths
    parameters = described["components"]["parameters"]
    for name in ("limit", "bbox", "datetime"):
        assert parameters[name]["required"] is False
        assert (parameters[name]["style"], parameters[name]["explode"]) == ("form", False)
    assert parameters["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 100}
    bbox = parameters["bbox"]["schema"]
    assert (bbox["type"], bbox["minItems"], bbox["maxItems"], bbox["items"]) == ("array", 4, 6, {"type": "number"})
    assert parameters["datetime"]["schema"] == {"type": "string"}


def test_every_parameter_that_is_described_is_known(api: FlaskClient) -> None:
    described = get(api, "/api/openapi")
    values = {
        "limit": "1", "bbox": "0,0,1,1", "bbox-crs": CRS84, "datetime": "2020-01-01", "crs": EPSG_4326,
        "filter": "TRUE", "filter-lang": "cql2-text", "filter-crs": CRS84, "kind": "protest", "aircraft": "mi-24",
        "region": "MM", "from": "2020", "to": "2021", "undated": "hide", "grade": "weak", "precision": "near", "q": "x",
        "by": "kind", "edition": "1", "f": "json", "after": "MS8w",
    }  # fmt: skip
    for path, one in described["paths"].items():
        address = f"/api{path}".replace("{collectionId}", "incidents").replace("{featureId}", f"{1:032x}")
        for reference in one["get"]["parameters"]:
            name = described["components"]["parameters"][reference["$ref"].rpartition("/")[2]]["name"]
            if name in values:
                assert api.get(address, query_string={name: values[name]}).status_code == 200, (address, name)


@pytest.mark.parametrize("collection", ["incidents", "airstrike", "incident-areas", "regions"])
def test_queryables_are_a_schema_of_what_can_be_asked(api: FlaskClient, collection: str) -> None:
    response = api.get(f"/api/collections/{collection}/queryables")
    assert response.content_type == "application/schema+json"
    schema: Any = response.json
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"{SITE}/api/collections/{collection}/queryables"
    assert schema["additionalProperties"] is False
    geometry = schema["properties"]["geometry"]
    assert geometry["format"].startswith("geometry-")
    assert "type" not in geometry
    for name in schema["properties"]:
        text = f"{name} IS NULL OR {name} IS NOT NULL"
        found = api.get(f"/api/collections/{collection}/items", query_string={"filter": text})
        assert found.status_code == 200, (name, found.text)


def test_an_empty_edition_is_described_too(tmp_path: Path) -> None:
    write_edition(tmp_path / "editions", [])
    client = make_client(tmp_path)
    for address in [*PAGES[:-1], "/api/counts?by=kind,month", "/api/regions"]:
        assert client.get(address).status_code == 200, address
        assert client.get(f"{address}", headers={"Accept": "text/html"}).status_code == 200, address
    assert get(client, "/api/collections/incidents")["extent"]["spatial"]["bbox"] == [[-180, -90, 180, 90]]


def test_what_a_record_says_is_text_on_the_pages(tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script> {{ 7*7777777 }} \"'-->"
    write_edition(tmp_path / "editions", [make_public(1, title=hostile, summary=hostile, place=hostile)])
    client = make_client(tmp_path)
    for address in ("/api/collections/incidents/items", f"/api/collections/incidents/items/{1:032x}"):
        for query in ("?f=html", f"?f=html&edition=1&q={hostile}" if address.endswith("items") else "?f=html"):
            page = client.get(address + query).text
            assert "<script>alert" not in page
            assert "54444439" not in page
    assert (
        client.get("/api/collections/incidents/items", query_string={"filter": hostile, "f": "html"}).status_code == 400
    )


def test_a_page_of_a_region_has_the_address_of_its_boundary_and_fits_it(api: FlaskClient) -> None:
    page = api.get("/api/collections/regions/items/MM-14?f=html&crs=http://www.opengis.net/def/crs/EPSG/0/3857").text
    view = json.loads(page.split('id="bearing-view">')[1].split("</script>")[0])
    assert view["outlined"] == "/api/collections/regions/items/MM-14?f=json"
    assert view["bounds"] == [92.5, 20.5, 94, 24]
    assert get(api, view["outlined"])["geometry"]["type"] == "Polygon"


def test_code_in_words_is_set_as_code(api: FlaskClient) -> None:
    page = api.get("/api/openapi?f=html").text
    assert "`" not in page
    assert "<code>kind</code>" in page
