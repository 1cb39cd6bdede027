"""One public incident as a row of an edition: typed columns for every filter, and its finished texts.

It knows how a row is made, not where it is written.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geodata.bbox import BBox
from geodata.locations import Location
from geodata.names import fold, fold_often
from geodata.precision import Precision
from incidents.drafts import Certainty, IncidentDraft
from incidents.editions.details import choose_grade, collect_sources, make_detail
from incidents.editions.features import claimed_point, disc_extent, divide_aircraft, make_feature
from incidents.editions.packing import pack_detail
from incidents.editions.public import PublicIncident
from incidents.editions.schema import INCIDENT_COLUMNS
from incidents.harm import OUTCOMES, bound_harm
from incidents.taxonomy import Taxonomy

_TYPES = {
    "VARCHAR": pa.string(),
    "VARCHAR[]": pa.list_(pa.string()),
    "INTEGER": pa.int32(),
    "TINYINT": pa.int8(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "BLOB": pa.binary(),
    INCIDENT_COLUMNS["harm"]: pa.list_(
        pa.struct([("affected", pa.string()), ("outcome", pa.string()), ("least", pa.int64()), ("most", pa.int64())])
    ),
}
# What only all rows together tell.
_RESOLVED = ("number", "group_id", "same_as")


def make_schema(columns: Mapping[str, str]) -> pa.Schema:
    """Give a table's columns, as `schema` has them, in Arrow's types."""
    return pa.schema([(name, _TYPES[type_]) for name, type_ in columns.items()])


FEATURE = "feature"
"""The column that is written to a file of its own: GeoJSON; `same_as`, `edition` and `url` are added in serving."""
ROW_SCHEMA = make_schema({**INCIDENT_COLUMNS, FEATURE: "VARCHAR"})
BODY_SCHEMA = pa.schema([field for field in ROW_SCHEMA if field.name not in _RESOLVED])
"""A row as far as it can be made alone."""
STAGED_SCHEMA = BODY_SCHEMA.append(pa.field("links", pa.list_(pa.string())))
"""What a row carries while it is written, and no longer: its links before it is known which of them are published."""

_EXTENT = ("min_lon", "min_lat", "max_lon", "max_lat")
_ORDER = 16
_NOWHERE = 1 << (2 * _ORDER)


class Shape(Protocol):
    """What rows need to know of a region in use."""

    @property
    def local_name(self) -> str | None:
        """Its name in the local script."""

    @property
    def extent(self) -> BBox | None:
        """Its polygon's extent; None where no boundary is loaded."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """How a place is drawn: a centre with a radius, or a region's polygon; and its extent."""

    lon: float | None = None
    lat: float | None = None
    radius_m: float | None = None
    area_code: str | None = None
    extent: BBox | None = None


def make_table(
    incidents: Iterable[PublicIncident],
    taxonomy: Taxonomy,
    shapes: Mapping[str, Shape],
    made_from: Iterable[bytes] | None = None,
) -> pa.Table:
    """Make rows as a table with the columns of STAGED_SCHEMA. made_from: of each, the digest of all it is made from."""
    rows = [make_row(incident, taxonomy, shapes) for incident in incidents]
    columns: dict[str, Any] = {
        name: [row[name] for row in rows] for name in STAGED_SCHEMA.names if name not in {"made_from", "curve"}
    }
    columns["made_from"] = [None] * len(rows) if made_from is None else list(made_from)
    columns["curve"] = _curve(*(columns[name] for name in ("draw_lon", "draw_lat", *_EXTENT)))
    return pa.table([pa.array(columns[field.name], field.type) for field in STAGED_SCHEMA], schema=STAGED_SCHEMA)


def make_row(incident: PublicIncident, taxonomy: Taxonomy, shapes: Mapping[str, Shape]) -> dict[str, Any]:
    """Make the row: a value for each column of STAGED_SCHEMA but `made_from` and `curve`."""
    draft, location = incident.draft, incident.draft.location
    drawn = draw(location, shapes)
    point = claimed_point(incident)
    certain, possible = divide_aircraft(incident, taxonomy)
    codes = {link.level: link.code for link in location.regions if link.code}
    local_names = {code: shapes[code].local_name for code in codes.values() if code in shapes}
    box = drawn.extent
    return {
        "id": incident.id,
        "revision": incident.revision,
        "policy": incident.policy,
        "kind": draft.kind,
        "title": draft.title,
        "summary": draft.summary,
        "place": draft.place,
        "extent": draft.extent.value,
        "date": draft.date,
        "earliest": draft.earliest,
        "latest": draft.latest,
        "time_sense": draft.time_sense.value,
        "country": codes.get(0),
        "region": codes.get(1),
        "regions": list(dict.fromkeys(link.code for link in location.regions if link.code)),
        "precision": location.precision.value,
        "precision_rank": location.precision.rank,
        "precision_source": location.method,
        "lon": point.lon if point else None,
        "lat": point.lat if point else None,
        "draw_lon": drawn.lon,
        "draw_lat": drawn.lat,
        "draw_radius_m": drawn.radius_m,
        "area_code": drawn.area_code,
        "min_lon": box.west if box else None,
        "min_lat": box.south if box else None,
        "max_lon": box.east if box else None,
        "max_lat": box.north if box else None,
        "uncertainty_m": location.radius_m if point else None,
        "generalised": incident.generalised,
        "withheld": incident.withheld,
        "aircraft": [use.type for use in draft.aircraft if use.certainty != Certainty.DENIED],
        "aircraft_certain": certain,
        "aircraft_possible": possible,
        "grade": choose_grade(draft, taxonomy),
        "harm": _harm(draft),
        "dataset": incident.dataset.key if incident.dataset else None,
        "search": _search_text(incident, taxonomy, shapes),
        FEATURE: make_feature(incident, box, taxonomy),
        "detail": pack_detail(make_detail(incident, taxonomy, local_names, None if point else drawn.radius_m)),
        "geometry": struct.pack("<BIdd", 1, 1, point.lon, point.lat) if point else None,
        # Only what an older edition had of it tells.
        "added_in": None,
        "changed_in": None,
        # A place that was coarsened is not given away by the record of the same incident that was not.
        "links": [] if incident.generalised else list(incident.links),
    }


def draw(location: Location, shapes: Mapping[str, Shape]) -> Drawn:
    """Say how a place is drawn, from its precision and from the boundaries that are loaded."""
    precision = location.precision
    if precision.claims_point:
        if location.point is None:
            return _region(location, shapes, 3)
        point = location.point
        return Drawn(point.lon, point.lat, location.radius_m, None, BBox(point.lon, point.lat, point.lon, point.lat))
    own_level = {Precision.TOWNSHIP: 3, Precision.DISTRICT: 2, Precision.STATE: 1, Precision.COUNTRY: 0}.get(precision)
    if own_level is not None:
        own = next((link.code for link in location.regions if link.level == own_level and link.code), None)
        if own and own in shapes and shapes[own].extent:
            return Drawn(area_code=own, extent=shapes[own].extent)
    if location.stand_in is not None:
        centre = location.stand_in
        radius_m = location.radius_m or 0.0
        return Drawn(centre.lon, centre.lat, location.radius_m, None, disc_extent(centre, radius_m))
    return _region(location, shapes, 3 if own_level is None else own_level)


def _region(location: Location, shapes: Mapping[str, Shape], finest: int) -> Drawn:
    """Fall back on the smallest unit with a boundary, at this level or coarser."""
    for link in sorted(location.regions, key=lambda link: -link.level):
        if link.level <= finest and link.code and link.code in shapes and shapes[link.code].extent:
            return Drawn(area_code=link.code, extent=shapes[link.code].extent)
    return Drawn()


def _harm(draft: IncidentDraft) -> list[dict[str, Any]]:
    """Give each group and outcome of which the claims that stand say a figure, with its bounds."""
    return [
        {"affected": group, "outcome": what, "least": span.minimum, "most": span.maximum}
        for group in dict.fromkeys(claim.group for claim in draft.harm if claim.chosen)
        for what in OUTCOMES
        if (span := bound_harm(draft.harm, group, what))
    ]


def _search_text(incident: PublicIncident, taxonomy: Taxonomy, shapes: Mapping[str, Shape]) -> str:
    """Give all words of a record that are searched, folded; what many records say is folded once."""
    draft = incident.draft
    own: list[str | None] = [draft.title, draft.summary, draft.place]
    common: list[str | None] = [taxonomy.kinds[draft.kind].label]
    for link in draft.location.regions:
        common += [link.name, shapes[link.code].local_name if link.code and link.code in shapes else None]
    common += [taxonomy.equipment[use.type].label for use in draft.aircraft]
    for item in draft.transfer.goods if draft.transfer else ():
        own.append(item.what)
        common += [taxonomy.equipment[key].label for key in item.types]
    for person in draft.participants:
        common += [person.name, person.as_spelled]
    for target in draft.targets:
        own.append(target.words)
        common.append(taxonomy.targets[target.type].label)
    for source in collect_sources(draft):
        own.append(source.title)
        common += [source.publisher, source.author]
    own += [reference.text for reference in draft.references]
    folded = [fold("\n".join(part for part in own if part)), *(fold_often(part) for part in common if part)]
    return " ".join(part for part in folded if part)


def _curve(*columns: Sequence[float | None]) -> NDArray[np.int64]:
    """Place rows on the Hilbert curve over the world; what is nowhere comes last.

    columns: where they are drawn, and their extents: west, south, east, north.
    """
    draw_lon, draw_lat, west, south, east, north = (np.array(column, dtype=np.float64) for column in columns)
    nowhere = np.isnan(west)
    # Over the antimeridian east begins anew; the middle may lie on either side of it.
    middle = (west + np.where(west > east, east + 360, east)) / 2
    lon = np.where(np.isnan(draw_lon), np.where(middle > 180, middle - 360, middle), draw_lon)
    lat = np.where(np.isnan(draw_lat), (south + north) / 2, draw_lat)
    side = (1 << _ORDER) - 1
    x = np.where(nowhere, 0, (lon + 180) / 360 * side).astype(np.int64)
    y = np.where(nowhere, 0, (lat + 90) / 180 * side).astype(np.int64)
    found, step = np.zeros(len(x), dtype=np.int64), 1 << (_ORDER - 1)
    while step:
        right, up = (x & step) > 0, (y & step) > 0
        found += step * step * ((3 * right) ^ up)
        turned = right & ~up
        x, y = np.where(turned, side - x, x), np.where(turned, side - y, y)
        x, y = np.where(up, x, y), np.where(up, y, x)
        step >>= 1
    return np.where(nowhere, _NOWHERE, found)
