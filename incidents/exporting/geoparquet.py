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
_GROUP = 8_192


def parquet_blocks(edition: Edition, filter_: IncidentFilter, base_url: str = "") -> Iterator[bytes]:
    """Give the matching incidents as GeoParquet, piece by piece."""
    whole = edition.whole_parquet(filter_, base_url)
    if whole is not None:
        with whole.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
        return
    about = dump_json(describe(edition, filter_, base_url))
    schema = FLAT_SCHEMA.append(GEOMETRY).with_metadata({"geo": describe_geometry("Point"), "bearing": about})
    basket = Basket()
    with pq.ParquetWriter(pa.PythonFile(basket, mode="w"), schema, compression="zstd") as writer:
        for group in _group(edition.flat_rows(filter_, base_url)):
            writer.write_table(group.cast(schema))
            # Nobody holds rows while what is made of them is sent.
            del group
            yield from basket.take()
    yield from basket.take()


def _group(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Join tables to groups of rows. What is said of each group is held up to the file's end: so they are few."""
    held: list[pa.Table] = []
    for table in tables:
        held.append(table)
        del table
        if sum(map(len, held)) >= _GROUP:
            yield _joined(held)
    if held:
        yield _joined(held)


def _joined(held: list[pa.Table]) -> pa.Table:
    """Give tables as one, and hold them no more."""
    joined = pa.concat_tables(held)
    held.clear()
    return joined
