"""What the API says of itself: landing page, conformance, description, collections, queryables. It gives no feature."""

from typing import Any

from flask import Blueprint, Response

from app.api.answers import HTML, JSON, OPENAPI, SCHEMA, address, answer_either, link, own_links
from app.api.collections import describe_collection, find_collection
from app.api.openapi import describe_api
from app.api.parameters import ALWAYS
from app.api.queryables import describe_queryables
from app.api.questions import asked_of_edition
from app.reading import Asked
from app.site import site
from incidents.editions.catalogue import list_collections
from incidents.editions.extents import measure_extents

descriptions = Blueprint("api", __name__)

_FEATURES = "http://www.opengis.net/spec/ogcapi-features"
_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf"
CONFORMANCE = (
    *(f"{_FEATURES}-1/1.0/conf/{name}" for name in ("core", "geojson", "html", "oas30")),
    f"{_FEATURES}-2/1.0/conf/crs",
    *(f"{_FEATURES}-3/1.0/conf/{name}" for name in ("queryables", "filter", "features-filter")),
    *(
        f"{_CQL2}/{name}"
        for name in (
            "cql2-text",
            "cql2-json",
            "basic-cql2",
            "advanced-comparison-operators",
            "case-insensitive-comparison",
            "accent-insensitive-comparison",
            "basic-spatial-functions",
            "basic-spatial-functions-plus",
            "temporal-functions",
            "array-functions",
        )
    ),
)


@descriptions.get("/api/")
def show_landing() -> Response:
    """Say what the API is and where everything else is."""
    with asked_of_edition(ALWAYS) as question:
        return answer_either(question, lambda: _landing(question), "api/landing.html")


def _landing(question: Asked) -> dict[str, Any]:
    manifest = question.edition.manifest
    return {
        "title": site().settings.site_title,
        "description": "Incidents, the areas they are known to and the regions they lie in, by OGC API - Features.",
        "edition": question.edition.name,
        "published": manifest.amended_at or manifest.published_at,
        "demonstration": manifest.demonstration,
        "attribution": "; ".join(manifest.credits),
        "citation": manifest.cite(site().settings.public_url),
        "disclaimer": site().settings.disclaimer,
        "links": [
            *own_links(),
            link(address("openapi"), "service-desc", OPENAPI, "Description of the API (OpenAPI 3.0)"),
            link(address("openapi", f="html"), "service-doc", HTML, "The same as a page"),
            link(address("conformance"), "conformance", JSON, "What the API conforms to"),
            link(address("collections", question=question), "data", JSON, "Collections of features"),
            link(f"{site().settings.public_url}/about", "about", HTML, "Method, licences, how to cite"),
        ],
    }


@descriptions.get("/api/conformance")
def show_conformance() -> Response:
    """Say what the API conforms to."""
    with asked_of_edition(ALWAYS) as question:
        return answer_either(
            question, lambda: {"links": own_links(), "conformsTo": list(CONFORMANCE)}, "api/conformance.html"
        )


@descriptions.get("/api/openapi")
def show_openapi() -> Response:
    """Describe the API in OpenAPI 3.0."""
    with asked_of_edition(ALWAYS) as question:
        return answer_either(question, lambda: describe_api(question.edition), "api/openapi.html", type_=OPENAPI)


@descriptions.get("/api/collections")
def show_collections() -> Response:
    """Describe the collections."""
    with asked_of_edition(ALWAYS) as question:

        def describe() -> dict[str, Any]:
            extents = measure_extents(question.edition)
            collections = list_collections(question.edition.taxonomy).values()
            return {
                "links": own_links(),
                "collections": [describe_collection(question, each, extents[each.id]) for each in collections],
            }

        return answer_either(question, describe, "api/collections.html")


@descriptions.get("/api/collections/<collection_id>")
def show_collection(collection_id: str) -> Response:
    """Describe one collection."""
    with asked_of_edition(ALWAYS) as question:
        collection = find_collection(question, collection_id)

        def describe() -> dict[str, Any]:
            extent = measure_extents(question.edition)[collection.id]
            return describe_collection(question, collection, extent, own=True)

        return answer_either(question, describe, "api/collection.html")


@descriptions.get("/api/collections/<collection_id>/queryables")
def show_queryables(collection_id: str) -> Response:
    """Say what the features of a collection can be asked by."""
    with asked_of_edition(ALWAYS) as question:
        collection = find_collection(question, collection_id)
        return answer_either(
            question,
            lambda: describe_queryables(question, collection),
            "api/queryables.html",
            type_=SCHEMA,
            collection=collection,
            links=own_links(SCHEMA),
        )
