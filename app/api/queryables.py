"""The queryables of a collection as a JSON Schema (OGC API - Features part 3).

What they mean in SQL is not said here.
"""

from typing import Any

from app.api.answers import address
from app.reading import Asked
from incidents.editions.catalogue import Collection
from incidents.editions.queryables import Queryable, Type
from incidents.taxonomy import Taxonomy

_TYPES = {Type.TEXT: "string", Type.NUMBER: "number", Type.DATE: "string"}


def describe_queryables(question: Asked, collection: Collection) -> dict[str, Any]:
    """Give the schema of what can be asked for; what is not in it cannot."""
    taxonomy = question.edition.taxonomy
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address("collections", collection.id, "queryables"),
        "type": "object",
        "title": collection.title,
        "description": collection.description,
        "properties": {name: _describe(queryable, taxonomy) for name, queryable in collection.queryables.items()},
        "additionalProperties": False,
    }


def _describe(queryable: Queryable, taxonomy: Taxonomy) -> dict[str, Any]:
    title = {"title": queryable.name.replace("_", " ").capitalize(), "description": queryable.meaning}
    if queryable.type is Type.GEOMETRY:
        # Part 3, 6.2.4: a spatial property has a format and no type.
        return {**title, "format": queryable.format, "x-ogc-role": "primary-geometry"}
    words = {"enum": list(getattr(taxonomy, queryable.words))} if queryable.words else {}
    if queryable.type is Type.LIST:
        return {**title, "type": "array", "items": {"type": "string", **words}}
    format_ = {"format": queryable.format} if queryable.format else {}
    role = {"x-ogc-role": "id"} if queryable.name in ("id", "code") else {}
    return {**title, "type": _TYPES[queryable.type], **format_, **words, **role}
