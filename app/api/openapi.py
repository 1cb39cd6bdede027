"""The API's description in OpenAPI 3.0, made from the same tables that requests are read by.

It answers nothing; `schemas` says what the answers look like.
"""

from collections.abc import Iterable
from importlib import metadata
from typing import Any

from app.api.answers import GEOJSON, HTML, JSON, OPENAPI, SCHEMA
from app.api.parameters import (
    ALWAYS,
    COUNTS_PARAMETERS,
    FEATURE_PARAMETERS,
    FIGURES_PARAMETERS,
    describe_parameters,
    items_parameters,
)
from app.api.schemas import SCHEMAS
from app.site import site
from incidents.editions.catalogue import list_collections
from incidents.editions.edition import Edition

_REFUSALS = {
    "400": "A parameter is unknown or malformed; the answer names it.",
    "404": "No such edition, collection or feature.",
    "410": "The edition was amended, or the record was taken back.",
    "503": "Not ready just now; ask again in a minute.",
}


def describe_api(edition: Edition) -> dict[str, Any]:
    """Give the description. Its references are all within it."""
    settings = site().settings
    parameters = describe_parameters(edition.taxonomy)
    collections = list_collections(edition.taxonomy)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": settings.site_title,
            "version": metadata.version("bearing-map"),
            "description": "Features of published incidents by OGC API - Features, and counts. Read only, no key.",
            "license": {"name": edition.manifest.licence},
        },
        "servers": [{"url": f"{settings.public_url}/api"}],
        "tags": [{"name": "description"}, {"name": "features"}, {"name": "figures"}],
        "paths": _paths(dict.fromkeys(name for each in collections.values() for name in items_parameters(each))),
        "components": {
            "parameters": {**parameters, **_path_parameters(collections)},
            "schemas": SCHEMAS,
            "responses": {
                status: {
                    "description": meaning,
                    "content": {JSON: {"schema": _schema("error")}, HTML: {"schema": {"type": "string"}}},
                }
                for status, meaning in _REFUSALS.items()
            },
        },
    }


def _path_parameters(collections: Iterable[str]) -> dict[str, Any]:
    return {
        "collectionId": {
            "name": "collectionId",
            "in": "path",
            "required": True,
            "description": "Id of a collection.",
            "schema": {"type": "string", "enum": list(collections)},
        },
        "featureId": {
            "name": "featureId",
            "in": "path",
            "required": True,
            "description": "Id of a feature.",
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._:-]*$", "maxLength": 64},
        },
    }


def _paths(items: Iterable[str]) -> dict[str, Any]:
    collection = ("collectionId",)
    return {
        "/": _path("getLandingPage", "description", "Where everything is", "landing", ALWAYS),
        "/conformance": _path("getConformance", "description", "What the API conforms to", "conformance", ALWAYS),
        "/openapi": _path("getDescription", "description", "This description", "description", ALWAYS, type_=OPENAPI),
        "/collections": _path("getCollections", "description", "The collections", "collections", ALWAYS),
        "/collections/{collectionId}": _path(
            "getCollection", "description", "One collection", "collection", (*collection, *ALWAYS)
        ),
        "/collections/{collectionId}/queryables": _path(
            "getQueryables", "description", "What its features can be asked by", "description", (*collection, *ALWAYS),
            type_=SCHEMA,
        ),
        "/collections/{collectionId}/items": _path(
            "getFeatures", "features", "A page of its features. The filters of incidents do not apply to regions, nor "
            "`kind` to a collection of one kind.", "featureCollection", (*collection, *items), type_=GEOJSON,
        ),
        "/collections/{collectionId}/items/{featureId}": _path(
            "getFeature", "features", "One feature", "feature", (*collection, "featureId", *FEATURE_PARAMETERS),
            type_=GEOJSON,
        ),
        "/counts": _path(
            "getCounts", "figures", "Exact counts by groups", "counts", COUNTS_PARAMETERS, pages=False
        ),
        "/taxonomy": _path(
            "getTaxonomy", "figures", "The words that records are described by", "taxonomy", FIGURES_PARAMETERS,
            pages=False,
        ),
        "/regions": _path(
            "getRegions", "figures", "The regions in use, without boundaries", "regions", FIGURES_PARAMETERS,
            pages=False,
        ),
    }  # fmt: skip


def _path(
    operation: str,
    tag: str,
    meaning: str,
    schema: str,
    parameters: Iterable[str],
    *,
    type_: str = JSON,
    pages: bool = True,
) -> dict[str, Any]:
    content: dict[str, Any] = {type_: {"schema": _schema(schema)}}
    if pages:
        content[HTML] = {"schema": {"type": "string"}}
    crs = {"Content-Crs": {"description": "Reference system of the coordinates.", "schema": {"type": "string"}}}
    headers = {"headers": crs} if tag == "features" else {}
    return {
        "get": {
            "operationId": operation,
            "tags": [tag],
            "summary": meaning.partition(". ")[0].rstrip("."),
            "description": meaning,
            "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in parameters],
            "responses": {
                "200": {"description": meaning.partition(". ")[0], **headers, "content": content},
                **{status: {"$ref": f"#/components/responses/{status}"} for status in _REFUSALS},
            },
        }
    }


def _schema(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
