"""Collections of GeoJSON (RFC 7946), streamed from one edition, with licence, citation and disclaimer inside.

It knows an edition's reader and nothing of files, addresses or the ledger.
"""

from collections.abc import Iterable, Iterator

from incidents.editions.compact import dump_json
from incidents.editions.edition import Edition
from incidents.exporting.about import describe
from incidents.filters import IncidentFilter


def collection_blocks(edition: Edition, filter_: IncidentFilter | None = None, base_url: str = "") -> Iterator[bytes]:
    """Give a FeatureCollection of the matching incidents in UTF-8, piece by piece."""
    return _collect(edition, filter_, edition.features(filter_ or IncidentFilter(), base_url), base_url)


def area_blocks(edition: Edition, filter_: IncidentFilter | None = None, base_url: str = "") -> Iterator[bytes]:
    """Give a FeatureCollection of the regions that matching incidents are known only to."""
    return _collect(edition, filter_, (text.encode() for text in edition.areas(filter_)), base_url)


def _collect(
    edition: Edition, filter_: IncidentFilter | None, features: Iterable[bytes], address: str
) -> Iterator[bytes]:
    head = {"type": "FeatureCollection"} | describe(edition, filter_, address)
    yield (dump_json(head)[:-1] + ',"features":[').encode()
    joint = b""
    for block in features:
        yield joint
        yield block
        joint = b","
    yield b"]}\n"
