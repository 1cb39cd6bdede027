"""Coarsening: where an incident lies, as its location policy lets it out.

It knows of places and policies alone; what else of a record gives a place away is `scrubbing`'s.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from geodata.locations import Location, RegionLink
from geodata.points import LonLat
from geodata.precision import STAND_IN_RADIUS_M, USUAL_UNCERTAINTY_M, Precision
from incidents.drafts import IncidentDraft
from incidents.mentions import tells_more
from incidents.policies import LocationPolicy, PolicyRule

_KM_PER_DEG = 111.195
_FINEST_LEVEL = {PolicyRule.TOWNSHIP: 3, PolicyRule.STATE: 1, PolicyRule.WITHHELD: -1}


class World(Protocol):
    """What coarsening needs to know of the world."""

    def settlement(self, place: str | None, within: Sequence[str], near: LonLat) -> tuple[str, LonLat] | None:
        """Give the name and point of the settlement that a place text means, if it lies near the point."""

    def other_names(self, place: str, within: Sequence[str]) -> tuple[str, ...]:
        """Give the other names of a place."""

    def township_centre(self, name: str, within: Sequence[str]) -> LonLat | None:
        """Give where a township's disc stands, whatever happened where in it."""

    def region_codes(self, points: Sequence[LonLat]) -> frozenset[tuple[int, str]]:
        """Give level and code of every region that one of the points lies in."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A square of the world's grid: its middle, the distance to its corners in metres, and points all over it."""

    centre: LonLat
    reach_m: float
    grid: tuple[LonLat, ...]


def coarsen(draft: IncidentDraft, policy: LocationPolicy, world: World) -> tuple[Location, str | None]:
    """Give location and place name as the policy lets them out; the draft's own where they are coarse enough."""
    location, rule = draft.location, policy.rule
    if rule == PolicyRule.EXACT:
        return location, draft.place
    if rule == PolicyRule.SETTLEMENT:
        return _to_settlement(draft, world)
    if rule == PolicyRule.CELL and location.precision.claims_point and location.point:
        return _to_cell(location, policy.cell_km or 50, world), None
    # An area may be narrower than any cell, and has no point to put into one.
    return _to_unit(draft, PolicyRule.TOWNSHIP if rule == PolicyRule.CELL else rule, world)


def find_cell(point: LonLat, size_km: int) -> Cell:
    """Find the square of the world's grid that a point lies in.

    Rows of equal height from the south pole; in each, equal squares from 180 degrees west, as many as come nearest
    to the size. The same for every incident, so that several tell no more than one.
    """
    height = size_km / _KM_PER_DEG
    row = math.floor((point.lat + 90) / height)
    south, north = row * height - 90, min((row + 1) * height - 90, 90.0)
    middle = (south + north) / 2
    columns = max(1, round(360 * math.cos(math.radians(middle)) / height))
    width = 360 / columns
    column = min(math.floor((point.lon + 180) / width), columns - 1)
    west, east = column * width - 180, min((column + 1) * width - 180, 180.0)
    widest = math.cos(math.radians(0 if south < 0 < north else min(abs(south), abs(north))))
    reach_m = math.hypot((north - south) / 2, width / 2 * widest) * _KM_PER_DEG * 1000
    steps = (0.0, 0.25, 0.5, 0.75, 1.0)
    grid = tuple(LonLat(west + (east - west) * x, south + (north - south) * y) for x in steps for y in steps)
    return Cell(LonLat(round((west + east) / 2, 5), round(middle, 5)), math.ceil(reach_m / 100) * 100.0, grid)


def _to_settlement(draft: IncidentDraft, world: World) -> tuple[Location, str | None]:
    location = draft.location
    around = location.point or location.stand_in
    found = world.settlement(draft.place, chain(location.regions), around) if around else None
    if location.precision.rank >= Precision.SETTLEMENT.rank:
        # The location says no more; the text may, such as a house in the settlement.
        known = [*name_units(location.regions), *([(found[0], 4)] if found else [])]
        if location.stand_in:
            # The middle of a disc may be wherever the source's coordinates lie.
            location = replace(location, stand_in=None, radius_m=None)
        return location, found[0] if found and draft.place and tells_more(draft.place, known) else draft.place
    if location.point is None:
        return _to_unit(draft, PolicyRule.TOWNSHIP, world)
    if found is None:
        return _to_cell(location, 5, world), None
    name, centre = found
    return (
        Location(
            Precision.SETTLEMENT,
            "Given as the settlement only.",
            "generalised",
            point=centre,
            radius_m=USUAL_UNCERTAINTY_M[Precision.SETTLEMENT],
            regions=_without_distance(location.regions),
        ),
        name,
    )


def _to_cell(location: Location, size_km: int, world: World) -> Location:
    """Keep only those regions that hold every part of the cell, lest a border tell in which part it was."""
    assert location.point  # noqa: S101 - tells the type checker what callers have seen to
    cell = find_cell(location.point, size_km)
    around = world.region_codes(cell.grid)
    kept = [
        link
        for link in location.regions
        if link.level <= 1 and link.code and all(code == link.code for level, code in around if level == link.level)
    ]
    # The place is as far from the point in the cell as it ever was.
    reach_m = cell.reach_m + (location.radius_m or 0)
    return Location(
        Precision.NEAR,
        f"Given as a square of {size_km} km only.",
        "generalised",
        point=cell.centre,
        radius_m=math.ceil(reach_m / 100) * 100.0,
        regions=_without_distance(kept),
    )


def _to_unit(draft: IncidentDraft, rule: PolicyRule, world: World) -> tuple[Location, str | None]:
    """Keep a township, a state, or nothing; where the unit itself is not known, the next one above it."""
    location = draft.location
    kept = _without_distance([link for link in location.regions if link.level <= _FINEST_LEVEL[rule]])
    floor = {PolicyRule.TOWNSHIP: Precision.TOWNSHIP, PolicyRule.STATE: Precision.STATE}.get(rule, Precision.UNKNOWN)
    is_coarse = rule != PolicyRule.WITHHELD and location.precision.rank >= floor.rank
    says_no_more = not draft.place or not tells_more(draft.place, name_units(kept))
    if is_coarse and says_no_more and kept == location.regions and not (location.point or location.stand_in):
        return location, draft.place
    if not kept:
        if is_coarse and location.precision == Precision.SEA:
            return Location(Precision.SEA, "Given as at sea only.", "generalised"), None
        return Location(Precision.UNKNOWN, "The place is withheld.", "generalised"), None
    unit = kept[-1]
    precision = {3: Precision.TOWNSHIP, 2: Precision.DISTRICT, 1: Precision.STATE, 0: Precision.COUNTRY}[unit.level]
    if location.precision.rank > precision.rank:
        precision = location.precision
    centre = None
    if precision in {Precision.TOWNSHIP, Precision.DISTRICT}:
        centre = world.township_centre(unit.name, chain(kept[:-1]))
    return (
        Location(
            precision,
            f"Given as the {precision.value} only." if precision != Precision.UNKNOWN else "The place is withheld.",
            "generalised",
            stand_in=centre,
            radius_m=STAND_IN_RADIUS_M[precision] if centre else None,
            regions=kept,
        ),
        unit.name,
    )


def chain(regions: Sequence[RegionLink]) -> tuple[str, ...]:
    """Give the names of regions fine to coarse, as geocoding takes them."""
    return tuple(link.name for link in sorted(regions, key=lambda link: -link.level))


def name_units(regions: Sequence[RegionLink]) -> list[tuple[str, int]]:
    """Give names and levels of regions, as `mentions.tells_more` takes them."""
    return [(link.name, link.level) for link in regions]


def _without_distance(regions: Sequence[RegionLink]) -> tuple[RegionLink, ...]:
    """Leave out how far a border is: with a few of them one could take a bearing."""
    return tuple(replace(link, distance_m=None) for link in sorted(regions, key=lambda link: link.level))
