"""The parameters of the API: what each is called, takes and means, for its description, and which addresses take which.

It reads no request: `questions` does.
"""

from collections.abc import Iterable
from typing import Any

from geodata.crs import CRS
from geodata.precision import Precision
from incidents.editions.catalogue import Collection
from incidents.editions.cql import LANGUAGES
from incidents.editions.grouping import GROUPINGS
from incidents.taxonomy import GRADES, Taxonomy

USUAL_LIMIT = 100
MOST_LIMIT = 10_000
FORMATS = ("json", "html")

# Every answer can be had in each format and from each edition.
ALWAYS = ("f", "edition")
VOCABULARY = ("kind", "aircraft", "region", "from", "to", "undated", "grade", "precision", "q")
REPEATABLE = ("kind", "aircraft", "region", "grade")
_PAGING = ("limit", "after")
_SPACE_AND_TIME = ("bbox", "bbox-crs", "datetime", "crs")
_FILTERS = ("filter", "filter-lang", "filter-crs")

_CODE = "^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$"
_CRS_URIS = [crs.uri for crs in CRS]


def items_parameters(collection: Collection) -> tuple[str, ...]:
    """Name the parameters that the features of a collection take."""
    words = () if collection.of_regions else tuple(name for name in VOCABULARY if name != "kind" or not collection.kind)
    return (*_PAGING, *_SPACE_AND_TIME, *_FILTERS, *words, *ALWAYS)


FEATURE_PARAMETERS = ("crs", *ALWAYS)
COUNTS_PARAMETERS = ("by", *VOCABULARY, "bbox", "edition")
FIGURES_PARAMETERS = ("edition",)


def describe_parameters(taxonomy: Taxonomy) -> dict[str, dict[str, Any]]:
    """Describe every parameter as OpenAPI 3.0 has it, by its name."""
    return {name: _parameter(name, meaning, schema) for name, meaning, schema in _table(taxonomy)}


def _parameter(name: str, meaning: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "description": meaning,
        "required": False,
        "schema": schema,
        "style": "form",
        "explode": False,
    }


def _one_of(values: Iterable[str], usual: str | None = None) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "enum": list(values)}
    return {**schema, "default": usual} if usual else schema


def _several(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _table(taxonomy: Taxonomy) -> list[tuple[str, str, dict[str, Any]]]:
    day = {"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}
    text = {"type": "string"}
    return [
        ("limit", f"Features a page. More than {MOST_LIMIT} are given as {MOST_LIMIT}.",
         {"type": "integer", "minimum": 1, "maximum": MOST_LIMIT, "default": USUAL_LIMIT}),
        ("after", ("Where the page begins: taken from the link `next` of the page before. It stays with the edition of "
         "that page."), text),
        ("bbox", ("West, south, east, north, or six numbers with heights, which are left out; in the order of the axes "
         "of bbox-crs. West greater than east crosses the antimeridian. What is known only to an area matches when the "
         "area meets the box; what has no place at all matches every box."),
         {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}),
        ("bbox-crs", "Coordinate reference system of bbox.", _one_of(_CRS_URIS, CRS.CRS84.uri)),
        ("datetime", ("A date or time (RFC 3339), or two joined by a slash, one of which may be `..`. It matches "
         "when its dates meet it; one without dates always does. Days are the finest that is told apart."), text),
        ("crs", "Coordinate reference system of the answer.", _one_of(_CRS_URIS, CRS.CRS84.uri)),
        ("filter", "A condition in CQL2 over the queryables of the collection.", text),
        ("filter-lang", "Encoding of filter.", _one_of(LANGUAGES, LANGUAGES[0])),
        ("filter-crs", "Coordinate reference system of the geometries in filter.", _one_of(_CRS_URIS, CRS.CRS84.uri)),
        ("kind", "Kinds of incidents.", _several(_one_of((*taxonomy.kinds, "none")))),
        ("aircraft", "Aircraft or systems, each with all below it, whether they certainly or possibly took part.",
         _several(_one_of((*taxonomy.equipment, "none")))),
        ("region", "Codes of regions of any level.", _several({"type": "string", "pattern": _CODE})),
        ("from", "First year, month or day; a feature matches when its dates meet the window.", day),
        ("to", "Last year, month or day.", day),
        ("undated", "Whether incidents without any date match.", _one_of(("show", "hide"), "show")),
        ("grade", "Grades of harm reporting.", _several(_one_of((*GRADES, "none")))),
        ("precision", "This precision of place or finer.", _one_of(Precision)),
        ("q", "Words that must each occur, without regard to case and accents.", {"type": "string", "maxLength": 300}),
        ("by", "What to count by.", _several(_one_of(GROUPINGS))),
        ("edition", "An edition by its name, such as 7 or 7.1; the current one by default.",
         {"type": "string", "pattern": r"^[1-9]\d{0,8}(\.[1-9]\d{0,5})?$"}),
        ("f", "Encoding of the answer; what the header Accept prefers by default.", _one_of(FORMATS)),
    ]  # fmt: skip
