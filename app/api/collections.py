"""A collection as OGC API - Features describes it. What is in one stands in `incidents.editions.catalogue`."""

from typing import Any

from app.api.answers import GEOJSON, HTML, JSON, SCHEMA, Link, address, link, own_links
from app.errors import CollectionNotFound
from app.reading import Asked
from geodata.crs import CRS
from incidents.editions import catalogue
from incidents.editions.catalogue import Collection
from incidents.editions.extents import Extent

_QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
_GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
_WORLD = (-180.0, -90.0, 180.0, 90.0)


def find_collection(question: Asked, id_: str) -> Collection:
    """Find a collection by its id. Raises CollectionNotFound."""
    found = catalogue.find_collection(question.edition.taxonomy, id_)
    if found is None:
        msg = f"Edition {question.edition.name} has no such collection."
        raise CollectionNotFound(msg)
    return found


def describe_collection(
    question: Asked, collection: Collection, extent: Extent, *, own: bool = False
) -> dict[str, Any]:
    """Describe it. own: whether the answer is this collection's alone, so that it links to itself."""
    first = f"{extent.first}T00:00:00Z" if extent.first else None
    last = f"{extent.last}T23:59:59Z" if extent.last else None
    return {
        "id": collection.id,
        "title": collection.title,
        "description": collection.description,
        "links": [*(own_links() if own else _links_to(question, collection)), *_links_below(question, collection)],
        "extent": {
            "spatial": {"bbox": [list(extent.box or _WORLD)], "crs": CRS.CRS84.uri},
            "temporal": {"interval": [[first, last]], "trs": _GREGORIAN},
        },
        "itemType": "feature",
        "numberOfFeatures": extent.features,
        "crs": [crs.uri for crs in CRS],
        "storageCrs": CRS.CRS84.uri,
    }


def _links_to(question: Asked, collection: Collection) -> list[Link]:
    here = ("collections", collection.id)
    return [
        link(address(*here, question=question), "self", JSON, collection.title),
        link(address(*here, question=question, f="html"), "alternate", HTML, f"{collection.title}, as a page"),
    ]


def _links_below(question: Asked, collection: Collection) -> list[Link]:
    items = ("collections", collection.id, "items")
    queryables = ("collections", collection.id, "queryables")
    return [
        link(address(*items, question=question), "items", GEOJSON, "The features"),
        link(address(*items, question=question, f="html"), "items", HTML, "The features, as a page"),
        link(address(*queryables, question=question), _QUERYABLES, SCHEMA, "What they can be asked by"),
    ]
