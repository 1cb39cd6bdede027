"""What the shipped gazetteer and boundaries tell coarsening of an incident's surroundings.

It knows places and regions, and no policy.
"""

from collections.abc import Sequence

from geodata.errors import UnknownPlace
from geodata.gazetteer import Candidate, gazetteer
from geodata.geocoding import SURE_SCORE, locate
from geodata.points import LonLat
from geodata.precision import Precision
from geodata.regions import distance_m, world
from incidents.mentions import split_place

# Metres within which a settlement of the right name is taken for the one where something was.
_NEAR_SETTLEMENT_M = 15_000.0
_LIKELY_SCORE = 80.0


class ShippedWorld:
    """The world as the project ships it; see `coarsening.World`."""

    def settlement(self, place: str | None, within: Sequence[str], near: LonLat) -> tuple[str, LonLat] | None:
        """Give the name and point of the settlement that a place text means, if it lies near the point."""
        for candidate in _candidates(place, within):
            found = candidate.place
            if (
                candidate.score >= SURE_SCORE
                and found.kind == "settlement"
                and distance_m(found.point, near) <= _NEAR_SETTLEMENT_M
            ):
                return found.name, found.point
        return None

    def other_names(self, place: str, within: Sequence[str]) -> tuple[str, ...]:
        """Give the names, in any script, of whatever the place text may mean."""
        names: dict[str, None] = {}
        for candidate in _candidates(place, within):
            if candidate.score >= _LIKELY_SCORE:
                names |= dict.fromkeys((candidate.place.name, candidate.place.local_name, *candidate.place.aliases))
        return tuple(name for name in names if name)

    def township_centre(self, name: str, within: Sequence[str]) -> LonLat | None:
        """Give where a township's disc stands, whatever happened where in it."""
        try:
            return locate(name, within=within, where=Precision.TOWNSHIP).stand_in
        except UnknownPlace:
            return None

    def region_codes(self, points: Sequence[LonLat]) -> frozenset[tuple[int, str]]:
        """Give level and code of every region that one of the points lies in."""
        index = world()
        numbers = index.at_many([point.lon for point in points], [point.lat for point in points])
        finest = [index.regions[number] for number in dict.fromkeys(numbers.tolist()) if number >= 0]
        return frozenset((region.level, region.code) for one in finest for region in index.chain(one))


def _candidates(place: str | None, within: Sequence[str]) -> list[Candidate]:
    if not place or not within:
        return []
    return [candidate for part in split_place(place) for candidate in gazetteer().search(part, within=within, limit=3)]
