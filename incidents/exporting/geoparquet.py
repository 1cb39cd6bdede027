"""Incidents as GeoParquet 1.1 (geoparquet.org/releases/v1.1.0): the edition's own file of all, else one like it.

It knows an edition's reader and nothing of addresses.
"""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from incidents.editions.compact import dump_json
from incidents.editions.edition import Edition
from incidents.editions.flat import FLAT_SCHEMA, GEOMETRY, describe_geometry
from incidents.exporting.about import describe
from incidents.exporting.flattening import Basket
from incidents.filters import IncidentFilter

_PIECE = 1 << 20


def parquet_blocks(edition: Edition, filter_: IncidentFilter, base_url: str = "") -> Iterator[bytes]:
    """Give the matching incidents as GeoParquet, piece by piece."""
    whole = edition.whole_parquet(base_url) if filter_.is_empty() else None
    if whole is not None:
        with whole.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
        return
    about = dump_json(describe(edition, filter_, base_url))
    schema = FLAT_SCHEMA.append(GEOMETRY).with_metadata({"geo": describe_geometry("Point"), "bearing": about})
    basket = Basket()
    with pq.ParquetWriter(pa.PythonFile(basket, mode="w"), schema, compression="zstd") as writer:
        for rows in edition.flat_rows(filter_, base_url):
            writer.write_table(rows.cast(schema))
            yield from basket.take()
    yield from basket.take()
