"""Where something is, as closely as is known, and how that was found."""

from dataclasses import dataclass
from enum import StrEnum

from geodata.points import LonLat
from geodata.precision import Precision


class Found(StrEnum):
    """How a region was found for a place."""

    NAMED = "named"
    POLYGON = "polygon"
    GAZETTEER = "gazetteer"
    NEAREST = "nearest"


@dataclass(frozen=True, slots=True)
class RegionLink:
    """A region that a place lies in.

    level: 0 country, 1 first-level unit, 2 district, 3 township. scheme: what the code belongs to, such as
    "ISO 3166-1", "ISO 3166-2" or a boundary set's own; None with code None for a region known by name alone.
    distance_m: metres to the unit when it was found as the nearest one.
    """

    level: int
    name: str
    scheme: str | None
    code: str | None
    how: Found
    distance_m: float | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """A place with its precision and the reason for it.

    point: only where the source claims one (exact, site, settlement, near). stand_in: where a dashed disc of
    `radius_m` metres is drawn for an area, township or district; it is never published as a point.
    radius_m: for a point, the distance within which the true place lies; None where none can be stated.
    reason: a sentence for readers saying how point and precision were found. method: its short key
    (the `precision_source` of exports), such as "gazetteer", "own place", "polygon", "source coordinates", "name".
    regions: coarse to fine.
    """

    precision: Precision
    reason: str
    method: str
    point: LonLat | None = None
    stand_in: LonLat | None = None
    radius_m: float | None = None
    regions: tuple[RegionLink, ...] = ()
