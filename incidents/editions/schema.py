"""The tables of an edition's file, as writer, reader and amending know them.

It holds SQL and nothing that runs it.
"""

FORMAT = 6
"""Rises when readers of the one could no longer read the other; 6 has its features in a file of their own."""

INCIDENT_COLUMNS: dict[str, str] = {
    "number": "INTEGER",  # 0 .. n-1 along a space-filling curve, so that a box reads neighbouring rows
    "curve": "BIGINT",  # where on that curve; an amendment keeps the order by it
    "id": "VARCHAR",
    "group_id": "VARCHAR",  # the id that stands for all incidents that are the same one
    "revision": "INTEGER",
    "policy": "VARCHAR",  # the location policy it was made under, such as "cell:10"; null for none
    "kind": "VARCHAR",
    "title": "VARCHAR",
    "summary": "VARCHAR",
    "place": "VARCHAR",
    "extent": "VARCHAR",
    "date": "VARCHAR",  # EDTF, as given
    "earliest": "DATE",  # null is unbounded
    "latest": "DATE",
    "time_sense": "VARCHAR",
    "country": "VARCHAR",
    "region": "VARCHAR",  # first-level code
    "regions": "VARCHAR[]",  # codes of all levels
    "precision": "VARCHAR",
    "precision_rank": "TINYINT",
    "precision_source": "VARCHAR",
    "lon": "DOUBLE",  # where a point is claimed, else null
    "lat": "DOUBLE",
    "draw_lon": "DOUBLE",  # the point, or the middle of the disc that stands for an area
    "draw_lat": "DOUBLE",
    "draw_radius_m": "DOUBLE",
    "area_code": "VARCHAR",  # the region whose polygon stands for the place
    "min_lon": "DOUBLE",  # the extent; null for no place at all; more than max_lon over the antimeridian
    "min_lat": "DOUBLE",
    "max_lon": "DOUBLE",
    "max_lat": "DOUBLE",
    "uncertainty_m": "DOUBLE",
    "generalised": "VARCHAR",
    "withheld": "VARCHAR",
    "aircraft": "VARCHAR[]",  # keys as recorded, denied ones left out
    "aircraft_certain": "VARCHAR[]",  # with all above them in the tree; no key is in both
    "aircraft_possible": "VARCHAR[]",
    "grade": "VARCHAR",
    "harm": "STRUCT(affected VARCHAR, outcome VARCHAR, least BIGINT, most BIGINT)[]",  # of the claims that stand
    "dataset": "VARCHAR",
    "same_as": "VARCHAR[]",  # ids of this edition only
    "search": "VARCHAR",  # folded words of the whole record
    "detail": "BLOB",  # packed JSON of panel, page and table; `number` and `same_as` are added in serving
    "geometry": "BLOB",  # well-known binary of the claimed point
    "added_in": "INTEGER",  # number of the edition that first showed it
    "changed_in": "INTEGER",  # and of the one that last changed what readers are told of it
    "made_from": "BLOB",  # salted digest of all that the row was made from, so that the next edition may take it over
}

REGION_COLUMNS: dict[str, str] = {
    "code": "VARCHAR",
    "scheme": "VARCHAR",
    "level": "TINYINT",
    "name": "VARCHAR",
    "local_name": "VARCHAR",
    "parent": "VARCHAR",
    "country": "VARCHAR",
    "min_lon": "DOUBLE",
    "min_lat": "DOUBLE",
    "max_lon": "DOUBLE",
    "max_lat": "DOUBLE",
    "polygon": "VARCHAR",  # GeoJSON geometry, simplified; null where no boundary is loaded
    "shape": "BLOB",  # the same as well-known binary
}

AGGREGATE_COLUMNS: dict[str, str] = {
    "dataset": "VARCHAR",
    "region": "VARCHAR",
    "month": "VARCHAR",  # YYYY-MM; null where the dates do not lie in one month
    "kind": "VARCHAR",
    "records": "INTEGER",
}

# Packing again what is packed already gains nothing, and looking whether it would takes a third of the time of writing.
_PACKED = " USING COMPRESSION uncompressed"


def create_table(name: str, columns: dict[str, str]) -> str:
    """Give the statement that creates a table."""
    said = (f"{column} {type_}{_PACKED if column == 'detail' else ''}" for column, type_ in columns.items())
    return f"CREATE TABLE {name} ({', '.join(said)})"


BOUNDS = (
    "min(CASE WHEN min_lon > max_lon THEN -180 ELSE min_lon END), min(min_lat), "
    "max(CASE WHEN min_lon > max_lon THEN 180 ELSE max_lon END), max(max_lat)"
)
"""West, south, east and north of all that is selected, cut at the antimeridian; null where nothing has a place."""

PARQUET = "incidents.parquet"
"""All rows as GeoParquet, as readers get them."""

BOUNDARIES = "regions.parquet"
"""The boundaries in use, likewise."""

BOUNDARIES_SELECT = """
    SELECT code, scheme, level, name, local_name, parent, country, shape AS geometry FROM region ORDER BY level, code
"""

BY_CHANGE = "-changed"
"""The order of what an edition last added or changed."""

SORTS: dict[str, str] = {
    "-date": "coalesce(latest, earliest) DESC NULLS LAST, number",
    "date": "coalesce(earliest, latest) ASC NULLS LAST, number",
    "title": "title, number",
    "-title": "title DESC, number",
    "kind": "kind, coalesce(latest, earliest) DESC NULLS LAST, number",
    "-kind": "kind DESC, coalesce(latest, earliest) DESC NULLS LAST, number",
    "place": "place NULLS LAST, number",
    "-place": "place DESC NULLS LAST, number",
    "region": "region NULLS LAST, number",
    "-region": "region DESC NULLS LAST, number",
    "precision": "precision_rank, number",
    "-precision": "precision_rank DESC, number",
    "number": "number",
    BY_CHANGE: "changed_in DESC, coalesce(latest, earliest) DESC NULLS LAST, number",
}
"""The orders that tables may ask for; a minus is downwards. The first is the usual one: newest first."""
