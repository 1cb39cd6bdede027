"""A point on the Earth, always longitude first."""

import math
from dataclasses import dataclass

from geodata.errors import BadPoint


@dataclass(frozen=True, slots=True)
class LonLat:
    """A point in degrees of WGS 84 (EPSG:4326).

    Raises BadPoint for a longitude outside -180..180, a latitude outside -90..90, or NaN. The message
    never repeats the coordinate, since it may end in a log.
    """

    lon: float
    lat: float

    def __post_init__(self) -> None:
        """Refuse what is no point on the Earth."""
        if not (math.isfinite(self.lon) and -180 <= self.lon <= 180):
            msg = "the longitude is not a number from -180 to 180"
            raise BadPoint(msg)
        if not (math.isfinite(self.lat) and -90 <= self.lat <= 90):
            msg = "the latitude is not a number from -90 to 90"
            raise BadPoint(msg)
