"""The formats that incidents are given in: their names, media types, and what makes each of them.

What makes one is loaded when it is first asked for. It knows nothing of addresses or requests.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module

from incidents.editions.edition import Edition
from incidents.filters import IncidentFilter


@dataclass(frozen=True, slots=True)
class Format:
    """A format: the suffix of its files, media type, what people call it and what it is good for.

    maker: "module:function", which gets edition, filter and the service's address and gives blocks of bytes. dense:
    whether it is packed by itself. built: whether it must be whole before its first byte is known. options: what else
    it may be asked for. weight: about how many bytes a file has: so many, and so many for each byte of the features'
    texts, of the boundaries that stand for places, and of those around the rows. most: how many records it holds.
    """

    suffix: str
    type: str
    name: str
    says: str
    maker: str
    dense: bool = False
    built: bool = False
    options: tuple[str, ...] = ()
    weight: tuple[float, float, float, float] = (0, 1, 0, 0)
    most: int | None = None

    def blocks(self, edition: Edition, filter_: IncidentFilter, base_url: str = "", **options: bool) -> Iterator[bytes]:
        """Give the matching incidents in this format, piece by piece; the same question gives the same bytes.

        base_url: what permalinks begin with, without a slash at its end. Raises TooManyRows before the first piece.
        """
        module, _, function = self.maker.partition(":")
        make = getattr(import_module(f"incidents.exporting.{module}"), function)
        made: Iterator[bytes] = make(edition, filter_, base_url, **options)
        return made


FORMATS: Mapping[str, Format] = {
    one.suffix: one
    for one in (
        Format(
            "geojson",
            "application/geo+json",
            "GeoJSON",
            "Everything, nested as it was recorded: for maps on the web and for programs.",
            "geojson:collection_blocks",
            weight=(560, 1.07, 0, 0),
        ),
        Format(
            "csv",
            "text/csv",
            "CSV",
            "One line for each record: for spreadsheets, R and Python.",
            "csv_rows:csv_blocks",
            options=("hxl",),
            weight=(970, 0.49, 0, 0),
        ),
        Format(
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "Excel workbook",
            "The same table with a sheet on its columns and one on where it is from.",
            "xlsx:xlsx_blocks",
            dense=True,
            weight=(7_100, 0.14, 0, 0),
            most=1_048_575,
        ),
        Format(
            "gpkg",
            "application/geopackage+sqlite3",
            "GeoPackage",
            "Layers of points, of areas and of regions: for QGIS, ArcGIS and GDAL.",
            "geopackage:package_blocks",
            dense=True,
            built=True,
            weight=(57_000, 0.68, 0.9, 0.9),
        ),
        Format(
            "parquet",
            "application/vnd.apache.parquet",
            "GeoParquet",
            "Typed columns, small and quick: for geopandas, DuckDB, R and QGIS.",
            "geoparquet:parquet_blocks",
            dense=True,
            weight=(24_500, 0.105, 0, 0),
        ),
        Format(
            "kml",
            "application/vnd.google-earth.kml+xml",
            "KML",
            "For Google Earth and other globes.",
            "kml:kml_blocks",
            weight=(4_900, 2.04, 1.02, 0),
        ),
    )
}
"""By suffix, in the order in which they are offered."""
