"""The columns of a row as tables have it: CSV, XLSX, GeoPackage, GeoParquet and KML, and the question that gives them.

It is the one place that names them. What a row nests - regions, aircraft, people, goods, harm, sources - lies flat here
by one rule: lists of words, each item in a fixed form. It asks nothing itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from incidents.editions.compact import dump_json

TEXT, WHOLE, NUMBER, DAY, LIST = "text", "whole", "number", "day", "list"

_ARROW = {
    TEXT: pa.string(),
    WHOLE: pa.int64(),
    NUMBER: pa.float64(),
    DAY: pa.date32(),
    LIST: pa.list_(pa.string()),
}

# What is read from the stored feature. Names that are left out are not read.
_RANGES = {f"{what}_{end}": "BIGINT" for what in ("killed", "injured", "displaced") for end in ("min", "max")}
_NESTED = {
    "occurrences_min": "BIGINT",
    "occurrences_max": "BIGINT",
    "regions": [{"level": "INTEGER", "code": "VARCHAR", "name": "VARCHAR"}],
    "aircraft": [{"type": "VARCHAR", "certainty": "VARCHAR"}],
    "aircraft_match": "VARCHAR",
    "participants": [{"name": "VARCHAR", "role": "VARCHAR", "certainty": "VARCHAR"}],
    "transfer": {
        "stage": "VARCHAR",
        "value_min": "BIGINT",
        "value_max": "BIGINT",
        "currency": "VARCHAR",
        "claimant": "VARCHAR",
        "goods": [{"types": ["VARCHAR"], "what": "VARCHAR", "count_min": "BIGINT", "count_max": "BIGINT"}],
    },
    "harm": [{"group": "VARCHAR", **_RANGES, "claimant": "VARCHAR", "chosen": "BOOLEAN"}],
    "sources": [{"title": "VARCHAR", "publisher": "VARCHAR", "url": "VARCHAR", "published": "VARCHAR"}],
    "contradictions": [{"field": "VARCHAR", "source": "VARCHAR", "value": "VARCHAR"}],
    "references": ["VARCHAR"],
}


@dataclass(frozen=True, slots=True)
class FlatColumn:
    """A column: its name, the type of its values, how it is asked for, its HXL hashtag, and what it means."""

    name: str
    type: str
    sql: str
    hxl: str
    says: str

    @property
    def arrow(self) -> pa.DataType:
        """The type of its values in Arrow."""
        return _ARROW[self.type]


def _span(least: str, most: str, after: str = "") -> str:
    """Say a range in SQL: "6", "2 to 3", "at least 6", "at most 9"; null where neither end is known."""
    return (
        f"CASE WHEN {least} IS NULL THEN 'at most ' || {most} WHEN {most} IS NULL THEN 'at least ' || {least} "
        f"WHEN {least} = {most} THEN '' || {most} ELSE {least} || ' to ' || {most} END{after}"
    )


def _unit(level: int, part: str) -> str:
    return f"[r.{part} FOR r IN p.regions IF r.level = {level} AND r.{part} IS NOT NULL][1]"


def _harm() -> Iterator[FlatColumn]:
    """Give columns of figures by group: the lowest and the highest of the claims that stand."""
    tags = {"total": "", "civilians": "+civilians", "children": "+children"}
    whom = {"total": "in all", "civilians": "of civilians", "children": "of children"}
    for group, tag in tags.items():
        for outcome in ("killed", "injured", "displaced"):
            for end, column, called in (("min", "least", "Lowest"), ("max", "most", "Highest")):
                yield FlatColumn(
                    f"{group}_{outcome}_{end}",
                    WHOLE,
                    f"[h.{column} FOR h IN harm IF h.affected = '{group}' AND h.outcome = '{outcome}'][1]",
                    f"#affected+{outcome}{tag}+{end}",
                    f"{called} number {outcome} {whom[group]} in the claims that stand; never added to other groups'",
                )


_CLAIM = " || ".join(
    f"coalesce(', ' || {_span(f'h.{what}_min', f'h.{what}_max')} || ' {what}', '')"
    for what in ("killed", "injured", "displaced")
)
_GOODS = (
    "concat_ws(' ', " + _span("g.count_min", "g.count_max") + ", nullif(array_to_string(g.types, '/'), ''), "
    "CASE WHEN len(g.types) > 0 THEN '(' || g.what || ')' ELSE g.what END)"
)
_DOUBT = "CASE WHEN u.certainty = 'known' THEN '' ELSE ' (' || u.certainty || ')' END"

FLAT_COLUMNS: tuple[FlatColumn, ...] = (
    FlatColumn("id", TEXT, "id", "#event+id", "Public id, the same in every edition"),
    FlatColumn("url", TEXT, "{address} || id", "#event+url", "Permalink: the record's page"),
    FlatColumn("edition", TEXT, "{edition}", "#meta+edition", "Edition that the row is from"),
    FlatColumn("added_in", WHOLE, "added_in", "#meta+edition+added", "Number of the edition that first showed it"),
    FlatColumn("changed_in", WHOLE, "changed_in", "#meta+edition+changed", "Of the one that last changed it"),
    FlatColumn("kind", TEXT, "kind", "#event+type", "Key of the kind"),
    FlatColumn("title", TEXT, "title", "#event+name", "What happened, in words"),
    FlatColumn("summary", TEXT, "summary", "#event+description", "More about it"),
    FlatColumn("date", TEXT, "date", "#date+occurred+edtf", "EDTF (ISO 8601-2) as known"),
    FlatColumn("earliest", DAY, "earliest", "#date+start", "First day on which it may have been; empty is unbounded"),
    FlatColumn("latest", DAY, "latest", "#date+end", "Last day on which it may have been; empty is unbounded"),
    FlatColumn("time_sense", TEXT, "time_sense", "#date+sense", "within, throughout or repeatedly"),
    FlatColumn("extent", TEXT, "extent", "#event+extent", "one, or pattern: an unknown number, never counted as one"),
    FlatColumn("occurrences_min", WHOLE, "p.occurrences_min", "#event+num+min", "How often at least"),
    FlatColumn("occurrences_max", WHOLE, "p.occurrences_max", "#event+num+max", "How often at most"),
    FlatColumn("place", TEXT, "place", "#loc+name", "Name of the place"),
    FlatColumn("country", TEXT, "country", "#country+code", "Code of the country"),
    FlatColumn("country_name", TEXT, _unit(0, "name"), "#country+name", "Its name"),
    FlatColumn("region", TEXT, "region", "#adm1+code", "Code of the first-level unit: ISO 3166-2 or P-code"),
    FlatColumn("region_name", TEXT, _unit(1, "name"), "#adm1+name", "Its name"),
    FlatColumn("district", TEXT, _unit(2, "code"), "#adm2+code", "Code of the second-level unit"),
    FlatColumn("district_name", TEXT, _unit(2, "name"), "#adm2+name", "Its name"),
    FlatColumn("township", TEXT, _unit(3, "code"), "#adm3+code", "Code of the third-level unit"),
    FlatColumn("township_name", TEXT, _unit(3, "name"), "#adm3+name", "Its name"),
    FlatColumn("regions", LIST, "regions", "#loc+code+list", "Codes of all its regions"),
    FlatColumn("longitude", NUMBER, "lon", "#geo+lon", "Degrees, WGS 84; empty where no point is claimed"),
    FlatColumn("latitude", NUMBER, "lat", "#geo+lat", "Degrees, WGS 84; empty where no point is claimed"),
    FlatColumn("precision", TEXT, "precision", "#geo+precision", "How closely the place is known"),
    FlatColumn("precision_source", TEXT, "precision_source", "#geo+precision+source", "How that was found"),
    FlatColumn(
        "coordinate_uncertainty_m", NUMBER, "uncertainty_m", "#geo+uncertainty+m", "Metres within which the place lies"
    ),
    FlatColumn("extent_west", NUMBER, "min_lon", "#geo+bounds+west", "Box around the place, or around its area"),
    FlatColumn("extent_south", NUMBER, "min_lat", "#geo+bounds+south", "as above"),
    FlatColumn("extent_east", NUMBER, "max_lon", "#geo+bounds+east", "as above"),
    FlatColumn("extent_north", NUMBER, "max_lat", "#geo+bounds+north", "as above"),
    FlatColumn("generalised", TEXT, "generalised", "#geo+generalised", "What was done to the place before publishing"),
    FlatColumn("withheld", TEXT, "withheld", "#geo+withheld", "What is kept back"),
    FlatColumn("aircraft", LIST, "aircraft", "#item+type+list", "Keys of aircraft and systems; denied ones left out"),
    FlatColumn(
        "aircraft_suspected",
        LIST,
        "[u.type FOR u IN p.aircraft IF u.certainty = 'suspected']",
        "#item+type+suspected+list",
        "Those of them whose part is only suspected",
    ),
    FlatColumn("aircraft_match", TEXT, "p.aircraft_match", "#item+match", "all of them, or any one"),
    FlatColumn(
        "participants",
        LIST,
        f"[concat_ws(': ', u.role, u.name) || {_DOUBT} FOR u IN p.participants]",
        "#org+list",
        "Who took part: “role: name”, and in brackets whether that is suspected or denied",
    ),
    FlatColumn("transfer_stage", TEXT, "p.transfer.stage", "#status+transfer", "How far an arms transfer has come"),
    FlatColumn("transfer_value_min", WHOLE, "p.transfer.value_min", "#value+min", "What it is worth at least"),
    FlatColumn("transfer_value_max", WHOLE, "p.transfer.value_max", "#value+max", "What it is worth at most"),
    FlatColumn("transfer_currency", TEXT, "p.transfer.currency", "#currency+code", "In which currency"),
    FlatColumn("transfer_claimant", TEXT, "p.transfer.claimant", "#meta+claimant", "According to whom"),
    FlatColumn(
        "transfer_goods",
        LIST,
        f"[{_GOODS} FOR g IN p.transfer.goods]",
        "#item+goods+list",
        "Goods: “count keys (words)”",
    ),
    *_harm(),
    FlatColumn(
        "harm",
        LIST,
        f"[h.group || ':' || coalesce(nullif(({_CLAIM})[2:], ''), ' not known') || coalesce('; ' || h.claimant, '') "
        "|| CASE WHEN h.chosen THEN '' ELSE ' (does not stand)' END FOR h IN p.harm]",
        "#affected+description+list",
        "All claims: “group: figures; claimant”",
    ),
    FlatColumn("grade", TEXT, "grade", "#meta+grade", "Grade of the harm reporting"),
    FlatColumn(
        "sources",
        LIST,
        "[concat_ws(', ', s.publisher, s.title, s.published) FOR s IN p.sources]",
        "#meta+source+list",
        "Who says so: “publisher, title, date”",
    ),
    FlatColumn(
        "source_urls",
        LIST,
        "[s.url FOR s IN p.sources IF s.url IS NOT NULL]",
        "#meta+source+url+list",
        "Their addresses, as far as they have any",
    ),
    FlatColumn(
        "contradictions",
        LIST,
        "[concat(c.field, ': ', c.value, '; ' || c.source) FOR c IN p.contradictions]",
        "#meta+dispute+list",
        "Where sources disagree, what each says: “field: value; source”",
    ),
    FlatColumn("dataset", TEXT, "dataset", "#meta+dataset", "Key of the dataset that it came with"),
    FlatColumn("references", LIST, "p.references", "#meta+id+list", "Ids in other datasets, “dataset:id”"),
    FlatColumn("same_as", LIST, "{linked}", "#event+id+linked+list", "Ids of the same incident's other records"),
)

FLAT_SCHEMA = pa.schema([(column.name, column.arrow) for column in FLAT_COLUMNS])
GEOMETRY = pa.field("geometry", pa.binary())
"""Beside them: well-known binary of the claimed point; null where none is claimed."""

AREA = pa.schema(
    [("area", pa.string()), ("disc_lon", pa.float64()), ("disc_lat", pa.float64()), ("disc_radius_m", pa.float64())]
)
"""For who draws areas: the code of the region that stands for the place, else the disc that does."""


def describe_geometry(*types: str) -> str:
    """Give what GeoParquet 1.1 says of the one geometry column, as JSON. types: of its shapes."""
    geometry = {"encoding": "WKB", "geometry_types": list(types)}
    return dump_json({"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": geometry}})


def select_flat(
    edition: str, address: str, hidden: Sequence[str] = (), which: str = "", *, areas: bool = False
) -> tuple[str, list[Any]]:
    """Give the question for all columns and the geometry of rows of `incident`.

    The texts of those rows' features must stand in their order in the column `feature` of `told`. address: what stands
    before the id in a permalink. hidden: ids that no list of links names. which: a condition and an order, whose values
    come behind those that this gives. areas: whether the columns of AREA come last.
    """
    linked = "[o FOR o IN same_as IF NOT list_contains(?::VARCHAR[], o)]" if hidden else "same_as"
    asked = ", ".join(
        f'({column.sql.format(address="?", edition="?", linked=linked)})::{_SQL[column.type]} AS "{column.name}"'
        for column in FLAT_COLUMNS
    )
    values: list[Any] = [address, edition, *([list(hidden)] if hidden else [])]
    # Beside rows that are in order already: sorting them with what was read from their texts would take twice the time.
    opened = (
        f"SELECT *, from_json(feature, '{_STRUCTURE}').properties AS p "
        f"FROM (SELECT * FROM incident {which}) POSITIONAL JOIN told"
    )
    drawn = ", area_code AS area, draw_lon AS disc_lon, draw_lat AS disc_lat, draw_radius_m AS disc_radius_m"
    return f"SELECT {asked}, geometry{drawn if areas else ''} FROM ({opened})", values


_SQL = {TEXT: "VARCHAR", WHOLE: "BIGINT", NUMBER: "DOUBLE", DAY: "DATE", LIST: "VARCHAR[]"}
_STRUCTURE = dump_json({"properties": _NESTED})
