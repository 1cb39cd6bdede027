"""What the features of a collection can be asked by: each queryable's name, type, meaning, and expression in SQL.

It holds names and texts and runs nothing; `cql` puts them together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum


class Type(Enum):
    """What a queryable or a literal holds; the value is the SQL type that literals of it are bound as."""

    TEXT = "VARCHAR"
    NUMBER = "DOUBLE"
    DATE = "DATE"
    BOOLEAN = "BOOLEAN"
    LIST = "VARCHAR[]"
    GEOMETRY = "BLOB"
    INTERVAL = ""


@dataclass(frozen=True, slots=True)
class Queryable:
    """One of them. sql: over its collection's table. missing: when it is null. format: JSON Schema's, where it has one.

    words: names of the taxonomy's vocabulary that lists the values, in `Taxonomy`.
    """

    name: str
    type: Type
    meaning: str
    sql: str
    missing: str
    format: str | None = None
    words: str | None = None


def _texts(*items: tuple[str, str], words: Mapping[str, str]) -> Sequence[Queryable]:
    return [
        Queryable(name, Type.TEXT, meaning, name, f"{name} IS NULL", words=words.get(name)) for name, meaning in items
    ]


# "regions" and "aircraft" mean in a filter of CQL2 what they mean in the filters that all pages understand.
_AIRCRAFT = "list_concat(aircraft_certain, aircraft_possible)"


def _of_incidents(geometry: Queryable) -> dict[str, Queryable]:
    texts = _texts(
        ("id", "Public id of the record, the same in every edition."),
        ("kind", "Key of the kind of incident."),
        ("title", "What happened, in a line."),
        ("summary", "What happened, in a few sentences."),
        ("place", "Name of the place."),
        ("date", "The date as it is known, in EDTF (ISO 8601-2)."),
        ("time_sense", "Whether it happened within, throughout or repeatedly in its dates."),
        ("extent", "one, or pattern: an unknown number, never counted as one."),
        ("country", "ISO 3166-1 code of the country."),
        ("region", "Code of the first-level unit."),
        ("precision", "How closely the place is known."),
        ("precision_source", "How the place was found."),
        ("generalised", "What was done to the place before publishing."),
        ("withheld", "What is kept back."),
        ("grade", "Strongest grade among the claims of harm that stand."),
        ("dataset", "Key of the dataset that the record is from."),
        words={"kind": "kinds", "precision": "precision", "grade": "grades"},
    )
    others = (
        Queryable(
            "earliest", Type.DATE, "First day it may have happened; null is unbounded.", "earliest",
            "earliest IS NULL", "date",
        ),
        Queryable(
            "latest", Type.DATE, "Last day it may have happened; null is unbounded.", "latest",
            "latest IS NULL", "date",
        ),
        Queryable(
            "coordinate_uncertainty_m", Type.NUMBER, "Metres within which the true place lies.", "uncertainty_m",
            "uncertainty_m IS NULL",
        ),
        Queryable("regions", Type.LIST, "Codes of all regions it lies in.", "regions", "len(regions) = 0"),
        Queryable(
            "aircraft", Type.LIST, "Keys of the aircraft and systems that took or may have taken part, with all above "
            "them: mi-24 is among those of a Mi-35.", _AIRCRAFT, f"len({_AIRCRAFT}) = 0", words="equipment",
        ),
        Queryable(
            "aircraft_certain", Type.LIST, "The same, of those whose part is certain.", "aircraft_certain",
            "len(aircraft_certain) = 0", words="equipment",
        ),
        Queryable("same_as", Type.LIST, "Ids of the same incident's other records.", "same_as", "len(same_as) = 0"),
    )  # fmt: skip
    return {queryable.name: queryable for queryable in (geometry, *texts, *others)}


INCIDENTS = _of_incidents(
    Queryable(
        "geometry",
        Type.GEOMETRY,
        "The point, where one is claimed. Incidents known only to an area are compared by that area.",
        "min_lon",
        "lon IS NULL",
        "geometry-point",
    )
)
"""Queryables of incidents, over the table `incident`."""

AREAS = _of_incidents(
    Queryable(
        "geometry",
        Type.GEOMETRY,
        "The area that the incident is known to.",
        "min_lon",
        "min_lon IS NULL",
        "geometry-multipolygon",
    )
)
"""Queryables of the areas of incidents, over the table `incident`."""

REGIONS: dict[str, Queryable] = {
    queryable.name: queryable
    for queryable in (
        Queryable(
            "geometry",
            Type.GEOMETRY,
            "The boundary, simplified.",
            "min_lon",
            "polygon IS NULL",
            "geometry-multipolygon",
        ),
        *_texts(
            ("code", "Code, such as MM-01."),
            ("scheme", "Whose code that is."),
            ("name", "Name in English."),
            ("local_name", "Name in the local script."),
            ("parent", "Code of the region that it is a part of."),
            ("country", "ISO 3166-1 code of the country."),
            words={},
        ),
        Queryable("level", Type.NUMBER, "0 for countries, 1 for their first-level units, and so on.", "level", "false"),
    )
}
"""Queryables of regions, over the table `region`."""
