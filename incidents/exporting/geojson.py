"""Collections of GeoJSON (RFC 7946), streamed from one edition, with licence, citation and disclaimer inside.

It knows an edition's reader and nothing of files, addresses or the ledger.
"""

from collections.abc import Iterable, Iterator

from incidents.editions.compact import dump_json
from incidents.editions.edition import Edition
from incidents.filters import IncidentFilter


def collection_blocks(edition: Edition, filter_: IncidentFilter | None = None, base_url: str = "") -> Iterator[str]:
    """Give the text of a FeatureCollection of the matching incidents, piece by piece."""
    return _collect(edition, filter_, edition.features(filter_ or IncidentFilter(), base_url), base_url)


def area_blocks(edition: Edition, filter_: IncidentFilter | None = None, base_url: str = "") -> Iterator[str]:
    """Give the text of a FeatureCollection of the regions that matching incidents are known only to."""
    return _collect(edition, filter_, edition.areas(filter_), base_url)


def boundary_blocks(edition: Edition, level: int, base_url: str = "") -> Iterator[str]:
    """Give the text of a FeatureCollection of the regions in use of a level that have a polygon."""
    return _collect(edition, None, edition.boundaries(level), base_url)


def _collect(edition: Edition, filter_: IncidentFilter | None, features: Iterable[str], address: str) -> Iterator[str]:
    manifest = edition.manifest
    head = {
        "type": "FeatureCollection",
        "edition": manifest.edition,
        "published": manifest.amended_at or manifest.published_at,
        "demonstration": manifest.demonstration,
        "filter": dict(_texts(filter_)),
        "licence": manifest.licence,
        "attribution": list(manifest.attribution),
        "citation": manifest.cite(address),
        "disclaimer": manifest.disclaimer,
    }
    yield dump_json(head)[:-1] + ',"features":['
    joint = ""
    for block in features:
        yield joint + block
        joint = ","
    yield "]}\n"


def _texts(filter_: IncidentFilter | None) -> Iterator[tuple[str, str]]:
    """Give the filter's names, each once, with its values joined as `parse_filter` reads them."""
    joined: dict[str, list[str]] = {}
    for name, value in filter_.to_pairs() if filter_ else ():
        joined.setdefault(name, []).append(value)
    for name, values in joined.items():
        yield name, ",".join(values)
