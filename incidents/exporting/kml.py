"""Incidents as KML 2.2 (OGC 07-147r2), styled by kind. It holds no script, no picture, no link that loads anything.

Descriptions are read as HTML there, so that what stands in them is written twice: as text of HTML, that as text of XML.
A balloon shows the description alone, since it would show other values as they are.

A point stands where one is claimed. What is known only to a region has no place of its own: the region stands once, in
a folder of areas, with how many it stands for. What is known only to a disc has that disc.
"""

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from incidents.editions.edition import Edition
from incidents.editions.flat import DAY, FLAT_COLUMNS, NUMBER, WHOLE
from incidents.editions.footprints import draw_discs
from incidents.exporting.about import describe, say_about
from incidents.exporting.flattening import JOINT, join_lists
from incidents.exporting.markup import enclose, escape, escape_cells, join_rows
from incidents.filters import IncidentFilter

COLOURS = {
    "air": "D85705",
    "ground": "480519",
    "people": "260A3E",
    "diplomacy": "134DF0",
    "sea": "0F8F66",
    "arms": "544210",
    "other": "525C6D",
}
"""Of the families of kinds, as RRGGBB: those of the light map, where a test compares them."""

_DESCRIBED = ("title", "summary", "date", "place", "precision", "harm", "sources", "url")
_NEW_LINE = "&lt;br&gt;"
_NUMBERS = {WHOLE, NUMBER, DAY}


def kml_blocks(edition: Edition, filter_: IncidentFilter, base_url: str = "") -> Iterator[bytes]:
    """Give the matching incidents as KML, piece by piece."""
    matched = edition.counts(filter_).matched
    about = say_about(describe(edition, filter_, base_url), matched, f"Lists are joined by “{JOINT}”.")
    said = _NEW_LINE.join(_escape_html(f"{name}: {text}") for name, text in about)
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{escape(edition.manifest.citation)}</name><open>1</open>"
        f"<description>{said}</description>{''.join(_styles(edition))}\n<Folder><name>Incidents</name>\n"
    ).encode()
    for rows in edition.flat_rows(filter_, base_url, areas=True):
        yield join_rows(_placemarks(join_lists(rows)))
    yield b"</Folder>\n<Folder><name>Areas that incidents are known only to</name>\n"
    for text in edition.areas(filter_):
        yield _area(json.loads(text))
    yield b"</Folder></Document></kml>\n"


def _styles(edition: Edition) -> Iterator[str]:
    """Give a style for each kind, and one for areas. KML writes colours as alpha, blue, green, red."""
    colours = {kind.key: COLOURS.get(kind.family, COLOURS["other"]) for kind in edition.taxonomy.kinds.values()}
    for key, colour in {**colours, "area": COLOURS["other"]}.items():
        mirrored = colour[4:] + colour[2:4] + colour[:2]
        yield (
            f'<Style id="{escape(key)}"><IconStyle><color>ff{mirrored}</color></IconStyle><LineStyle>'
            f"<color>ff{mirrored}</color><width>1.5</width></LineStyle><PolyStyle><color>40{mirrored}</color></PolyStyle>"
            "<BalloonStyle><text>$[description]</text></BalloonStyle></Style>"
        )


def _placemarks(table: pa.Table) -> list[Any]:
    cells = {
        column.name: table.column(at) if column.type in _NUMBERS else escape_cells(table.column(at))
        for at, column in enumerate(FLAT_COLUMNS)
    }
    data = [enclose(f'<Data name="{name}"><value>', values, "</value></Data>") for name, values in cells.items()]
    begin, end = (_era(cells[name], tag) for name, tag in (("earliest", "begin"), ("latest", "end")))
    dated = pc.or_(pc.is_valid(cells["earliest"]), pc.is_valid(cells["latest"]))
    span = pc.if_else(dated, pc.binary_join_element_wise("<TimeSpan>", begin, end, "</TimeSpan>", ""), "")
    return [
        enclose('<Placemark id="i', cells["id"], '">'),
        enclose("<name>", cells["title"], "</name>"),
        "<description>",
        _describe(cells),
        "</description>",
        span,
        enclose("<styleUrl>#", cells["kind"], "</styleUrl>"),
        "<ExtendedData>",
        *data,
        "</ExtendedData>",
        _geometries(table),
        "</Placemark>\n",
    ]


def _describe(cells: dict[str, Any]) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Give what happened, when, where, how closely that is known, and where to read who says so."""
    lines = [escape_cells(cells[name]) for name in _DESCRIBED]
    return pc.binary_join_element_wise(*lines, _NEW_LINE, null_handling="skip")


def _escape_html(text: str) -> str:
    return escape(escape(text))


def _era(days: Any, tag: str) -> Any:  # noqa: ANN401 - pyarrow has no types
    return enclose(f"<{tag}>", days, f"</{tag}>")


def _geometries(table: pa.Table) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Give the point that is claimed, or the disc that stands for the place, or nothing."""
    lon, lat = (table.column(name).cast(pa.string()) for name in ("longitude", "latitude"))
    points = enclose("<Point><coordinates>", pc.binary_join_element_wise(lon, lat, ","), "</coordinates></Point>")
    disc = pc.and_(pc.is_null(table.column("longitude")), pc.is_null(table.column("area")))
    disc = pc.and_(disc, pc.is_valid(table.column("disc_lon")))
    if not pc.any(disc).as_py():
        return points
    names = ("disc_lon", "disc_lat", "disc_radius_m", "extent_west", "extent_south", "extent_east", "extent_north")
    numbers = pc.indices_nonzero(disc.combine_chunks())
    places = [tuple(row.values()) for row in table.select(names).take(numbers).to_pylist()]
    drawn = {place: _polygons(shape) for place, shape in draw_discs(places).items()}
    shapes = dict(zip(numbers.to_pylist(), (drawn[place] for place in places), strict=True))
    return pc.binary_join_element_wise(points, pa.array([shapes.get(at, "") for at in range(len(table))]), "")


def _area(feature: dict[str, Any]) -> bytes:
    """Give a region with how many records it stands for."""
    about = feature["properties"]
    counts = ("records", "incidents", "patterns")
    words = f"{about['records']:,} records are known only to {about['name']}."
    data = "".join(
        f'<Data name="{name}"><value>{escape(str(about[name]))}</value></Data>'
        for name in ("code", "level", *counts, "edition")
    )
    return (
        f"<Placemark><name>{escape(about['name'])}</name><description>{_escape_html(words)}</description>"
        f"<styleUrl>#area</styleUrl><ExtendedData>{data}</ExtendedData>{_polygons(feature['geometry'])}</Placemark>\n"
    ).encode()


def _polygons(geometry: dict[str, Any] | None) -> str:
    """Give a polygon, or several, of GeoJSON as KML; nothing for none."""
    if geometry is None:
        return ""
    single = geometry["type"] == "Polygon"
    polygons = [geometry["coordinates"]] if single else geometry["coordinates"]
    written = "".join(f"<Polygon>{_ring('outer', outer)}{_holes(inner)}</Polygon>" for outer, *inner in polygons)
    return written if single else f"<MultiGeometry>{written}</MultiGeometry>"


def _holes(rings: list[Any]) -> str:
    return "".join(_ring("inner", ring) for ring in rings)


def _ring(side: str, ring: list[Any]) -> str:
    tag = f"{side}BoundaryIs"
    coordinates = " ".join(f"{lon},{lat}" for lon, lat, *_ in ring)
    return f"<{tag}><LinearRing><coordinates>{coordinates}</coordinates></LinearRing></{tag}>"
