"""What the API's answers look like, as OpenAPI 3.0 schemas. A test holds every answer against them."""

from typing import Any


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_TEXT = {"type": "string"}
_TEXT_OR_NULL = {"type": "string", "nullable": True}
_COUNT = {"type": "integer", "minimum": 0}
_LINKS = _list(_ref("link"))
_COORDINATES = {"type": "array", "items": {}}
_GEOMETRY = {
    "type": "object",
    "nullable": True,
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"type": "string", "enum": ["Point", "Polygon", "MultiPolygon"]},
        "coordinates": _COORDINATES,
    },
}
_FEATURE = {
    "type": {"type": "string", "enum": ["Feature"]},
    "id": _TEXT,
    "bbox": {"type": "array", "minItems": 4, "maxItems": 4, "items": {"type": "number"}},
    "geometry": _GEOMETRY,
    "properties": {"type": "object"},
}
_GROUP = {**dict.fromkeys(("region", "country", "month", "year", "kind", "grade", "precision"), _TEXT_OR_NULL)}

SCHEMAS: dict[str, dict[str, Any]] = {
    "link": _object(
        {"href": _TEXT, "rel": _TEXT, "type": _TEXT, "title": _TEXT}, "href", "rel", "type",
    ),
    "landing": _object({"title": _TEXT, "description": _TEXT, "edition": _TEXT, "links": _LINKS}, "title", "links"),
    "conformance": _object({"conformsTo": _list(_TEXT), "links": _LINKS}, "conformsTo"),
    "description": {"type": "object"},
    "collections": _object({"links": _LINKS, "collections": _list(_ref("collection"))}, "links", "collections"),
    "collection": _object(
        {
            "id": _TEXT,
            "title": _TEXT,
            "description": _TEXT,
            "links": _LINKS,
            "extent": _object(
                {
                    "spatial": _object({"bbox": _list(_list({"type": "number"})), "crs": _TEXT}, "bbox"),
                    "temporal": _object({"interval": _list(_list(_TEXT_OR_NULL)), "trs": _TEXT}, "interval"),
                },
                "spatial",
                "temporal",
            ),
            "itemType": {"type": "string", "enum": ["feature"]},
            "numberOfFeatures": _COUNT,
            "crs": _list(_TEXT),
            "storageCrs": _TEXT,
        },
        "id", "title", "description", "links", "extent", "itemType", "crs", "storageCrs",
    ),
    "featureCollection": _object(
        {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "timeStamp": {"type": "string", "format": "date-time"},
            "numberMatched": _COUNT,
            "numberReturned": _COUNT,
            "edition": _TEXT,
            "licence": _TEXT,
            "attribution": _list(_TEXT),
            "citation": _TEXT,
            "links": _LINKS,
            "features": _list(_object(_FEATURE, "type", "id", "geometry", "properties")),
        },
        "type", "timeStamp", "numberMatched", "numberReturned", "links", "features",
    ),
    "feature": _object({**_FEATURE, "links": _LINKS}, "type", "id", "geometry", "properties", "links"),
    "counts": _object(
        {
            "edition": _TEXT,
            "filter": {"type": "object", "additionalProperties": _TEXT},
            "by": _list(_TEXT),
            "totals": _object({"records": _COUNT, "incidents": _COUNT, "patterns": _COUNT}, "records"),
            "counts": _list(_object({**_GROUP, "records": _COUNT, "incidents": _COUNT, "patterns": _COUNT}, "records")),
            "aggregate_only": {
                "type": "array",
                "nullable": True,
                "description": "Records whose terms allow nothing but their number. Null where the question asks for "
                "more than such numbers can tell.",
                "items": _object({**_GROUP, "dataset": _TEXT, "records": _COUNT}, "dataset", "records"),
            },
            "licence": _TEXT,
            "citation": _TEXT,
        },
        "edition", "by", "totals", "counts", "aggregate_only",
    ),
    "taxonomy": {"type": "object", "required": ["edition", "kinds", "equipment"]},
    "regions": _object(
        {
            "edition": _TEXT,
            "regions": _list(
                _object(
                    {
                        "code": _TEXT,
                        "name": _TEXT,
                        "local_name": _TEXT_OR_NULL,
                        "level": {"type": "integer"},
                        "parent": _TEXT_OR_NULL,
                    },
                    "code", "name", "level",
                )
            ),
        },
        "edition", "regions",
    ),
    "error": _object(
        {
            "error": _object(
                {
                    "status": {"type": "integer"},
                    "code": _TEXT,
                    "title": _TEXT,
                    "what": _TEXT_OR_NULL,
                    "todo": _TEXT,
                    "parameter": _TEXT_OR_NULL,
                },
                "status", "code", "title", "todo",
            )
        },
        "error",
    ),
}  # fmt: skip
