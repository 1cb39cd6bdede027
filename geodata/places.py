"""A place of the gazetteer.

It knows one place, and none of the files that places come from.
"""

from dataclasses import dataclass

from geodata.names import fold_name
from geodata.points import LonLat
from geodata.precision import Precision


@dataclass(frozen=True, slots=True)
class Place:
    """A named place with a point.

    id: `source:number`, stable. kind: settlement, harbour, airport or air base. country: alpha-2. region: code of
    the first-level unit. precision: how closely the point tells the place. code: UN/LOCODE of a harbour, ICAO code
    of an airport.
    """

    id: str
    name: str
    local_name: str
    kind: str
    country: str
    region: str | None
    point: LonLat
    population: int | None
    precision: Precision
    source: str
    township: str | None = None
    aliases: tuple[str, ...] = ()
    code: str | None = None

    @property
    def keys(self) -> frozenset[str]:
        """The folded names that this place is found by."""
        names = (self.name, self.local_name, self.code or "", *self.aliases)
        return frozenset(key for key in map(fold_name, names) if key)
