"""The collections that an edition's rows are published as: all incidents, those of each kind, their areas, the regions.

It says what is in each and asks no edition.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from incidents.editions.queryables import AREAS, INCIDENTS, REGIONS, Queryable
from incidents.filters import IncidentFilter
from incidents.taxonomy import Kind, Taxonomy


@dataclass(frozen=True, slots=True)
class Collection:
    """One of them.

    table: where its rows are. key: the column that orders them and names a place between them. where: the condition
    that its rows meet, which binds `kind` when that is given. identifier: the column of its features' ids.
    """

    id: str
    title: str
    description: str
    queryables: Mapping[str, Queryable]
    table: str = "incident"
    key: str = "number"
    identifier: str = "id"
    where: str = "true"
    kind: str | None = None

    @property
    def filter(self) -> IncidentFilter | None:
        """The filter that selects its rows; None where no filter can."""
        if self.table != "incident" or self.of_areas:
            return None
        return IncidentFilter(kind=(self.kind,) if self.kind else ())

    @property
    def of_areas(self) -> bool:
        """Whether its features' geometry is the area of an incident."""
        return self.queryables is AREAS

    @property
    def of_regions(self) -> bool:
        """Whether its features are regions, to which the filters of incidents do not apply."""
        return self.table == "region"


_INCIDENTS = Collection(
    "incidents",
    "Incidents",
    "All records of the edition. The geometry is a point where a source claims one, else null, with the area's extent "
    "as bbox; incident-areas has the areas themselves.",
    INCIDENTS,
)
_AREAS = Collection(
    "incident-areas",
    "Areas of incidents",
    "The records whose place is known only to an area, with the same ids as in incidents, and that area as geometry.",
    AREAS,
    where="lon IS NULL AND min_lon IS NOT NULL",
)
_REGIONS = Collection(
    "regions",
    "Regions",
    "The countries and units in use, with their boundaries, simplified. They imply no endorsement.",
    REGIONS,
    table="region",
    key="rowid",
    identifier="code",
)


_FIXED = {collection.id: collection for collection in (_INCIDENTS, _AREAS, _REGIONS)}


def list_collections(taxonomy: Taxonomy) -> dict[str, Collection]:
    """Give the collections by their ids: a collection for each kind of the taxonomy, whether or not there are any."""
    kinds = {key: _of_kind(kind) for key, kind in taxonomy.kinds.items() if key not in _FIXED}
    return {**_FIXED, **kinds}


def find_collection(taxonomy: Taxonomy, id_: str) -> Collection | None:
    """Give one of them by its id, without making the others."""
    kind = taxonomy.kinds.get(id_)
    return _FIXED.get(id_) or (_of_kind(kind) if kind else None)


def _of_kind(kind: Kind) -> Collection:
    return Collection(
        kind.key,
        kind.plural[:1].upper() + kind.plural[1:],
        kind.description or f"The incidents of the kind {kind.label}.",
        INCIDENTS,
        where="kind = ?",
        kind=kind.key,
    )
