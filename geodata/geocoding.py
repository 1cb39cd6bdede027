"""From a place's name to a location with its precision and the reason, and from a point to its regions.

It never makes a place finer than the source supports, and never puts a point where only an area is known.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from geodata.errors import UnknownPlace
from geodata.gazetteer import Candidate, gazetteer
from geodata.locations import Found, Location, RegionLink
from geodata.places import Place
from geodata.points import LonLat
from geodata.precision import STAND_IN_RADIUS_M, USUAL_UNCERTAINTY_M, Precision
from geodata.region_names import without_brackets, without_kind_of_place
from geodata.regions import Region, RegionMatch, distance_m, world

# Metres within which a place in a settlement lies, by its population: a village's usual reach, and for towns and cities
# the radius of a circle somewhat larger than such towns are built up. The last that applies counts.
SETTLEMENT_REACH_M = ((20_000, 5_000.0), (500_000, 10_000.0), (5_000_000, 20_000.0))

# A unit whose boundary is not in the set may reach so far from the towns that the gazetteer has in it, in metres. Nay
# Pyi Taw, the one that the shipped set lacks, has about 7,000 square kilometres, and lies in the polygon of Mandalay.
UNDRAWN_REACH_M = 75_000.0

# Less than this is a near spelling, which is for a person to choose from.
SURE_SCORE = 96.0
# Of two places of one name further apart than this, in metres, the larger is meant only if it has so many people and is
# so many times as large.
NAMESAKE_APART_M = 15_000.0
LARGE, TIMES_LARGER = 50_000, 5

# The levels below the shipped units, by the word that their names end with in English.
_LEVEL_OF_WORD = {"district": 2, "township": 3}
_PRECISION_OF_LEVEL = {2: Precision.DISTRICT, 3: Precision.TOWNSHIP}


def locate(place: str | None, *, within: Sequence[str] = (), where: Precision) -> Location:
    """Locate a place as closely as the gazetteer and the source allow.

    place: as the source names it. within: the units that it lies in, fine to coarse, such as ("Tabayin Township",
    "Sagaing Region", "Myanmar"). where: how closely the source says where. The result is never finer than that; it is
    coarser, with the reason, where the place is not known. A country or state gets no point. Raises UnknownPlace
    when not even the country is found.
    """
    if not place and not within:
        return Location(Precision.UNKNOWN, "The source names no place.", "none")
    if where in {Precision.UNKNOWN, Precision.SEA}:
        links = _chain_links(tuple(filter(None, (place, *within))))
        return Location(
            where,
            f"The source gives no place on land: {place}." if place else "No place is given.",
            "name",
            regions=links,
        )
    chain = (*((place,) if place else ()), *within)
    if where.rank >= Precision.STATE.rank:
        return _region_location(chain, where)
    if where in {Precision.AREA, Precision.TOWNSHIP, Precision.DISTRICT}:
        return _area_location(chain, where)
    return _point_location(chain, where)


def regions_of(point: LonLat) -> tuple[RegionLink, ...]:
    """Give the regions at a point, coarse to fine: by polygon, or the nearest ones within 25 km."""
    return _links(world().at(point))


def units_in_doubt(point: LonLat) -> tuple[Region, ...]:
    """Give the units that a point may lie in instead of the one whose polygon holds it, since the set lacks theirs.

    That is so where the polygon holds towns of such a unit, by the gazetteer, and one of them is within 75 km.
    """
    index = world()
    number = int(index.at_many([point.lon], [point.lat], level=1)[0])
    if number < 0:
        return ()
    undrawn = _undrawn().get(index.regions[number].code, ())
    return tuple(unit for unit, towns in undrawn if any(distance_m(point, town) <= UNDRAWN_REACH_M for town in towns))


@cache
def _undrawn() -> dict[str, list[tuple[Region, list[LonLat]]]]:
    """Give by the code of a unit the ones without a polygon that have towns in its polygon, with those towns."""
    index = world()
    found: dict[str, list[tuple[Region, list[LonLat]]]] = defaultdict(list)
    for unit in index.regions:
        if unit.level != 1 or index.polygon(unit.code) is not None:
            continue
        towns = [place.point for place in gazetteer().places(unit.country) if place.region == unit.code]
        numbers = index.at_many([town.lon for town in towns], [town.lat for town in towns], level=1)
        for number in sorted({int(number) for number in numbers if number >= 0}):
            within = [town for town, at in zip(towns, numbers, strict=True) if at == number]
            found[index.regions[number].code].append((unit, within))
    return found


def regions_of_many(lons: ArrayLike, lats: ArrayLike) -> list[tuple[RegionLink, ...]]:
    """Do what regions_of does for many points in degrees at once; NaN gives no regions."""
    index = world()
    x, y = np.asarray(lons, dtype=float).tolist(), np.asarray(lats, dtype=float).tolist()
    numbers = index.at_many(x, y).tolist()
    known: dict[int, tuple[RegionLink, ...]] = {}
    found = []
    for number, lon, lat in zip(numbers, x, y, strict=True):
        if number >= 0:
            if number not in known:
                chain = index.chain(index.regions[number])
                known[number] = _links([RegionMatch(region, Found.POLYGON) for region in chain])
            found.append(known[number])
        elif math.isfinite(lon) and math.isfinite(lat):
            found.append(regions_of(LonLat(lon, lat)))
        else:
            found.append(())
    return found


def name_regions(country: str | None, adm1: str | None, adm2: str | None = None) -> tuple[RegionLink, ...]:
    """Give the regions that a source names, coarse to fine.

    A first-level unit is found under its old and other names too. A second-level unit, of which none are shipped, is
    kept by its name alone, without a code. A name that no region has is kept likewise; an empty one is left out.
    """
    links: list[RegionLink] = []
    state = world().named(country, level=0) if country else None
    if country:
        links.append(_named_link(state, country, 0))
    unit = None
    if adm1:
        unit = _unit_named(adm1, state)
        if unit is not None and state is None and not country and unit.parent:
            above = world().get(unit.parent)
            links += [_named_link(above, unit.parent, 0)] if above else []
        links.append(_named_link(unit, adm1, 1))
    if adm2:
        links.append(RegionLink(2, " ".join(adm2.split()), None, None, Found.NAMED))
    return tuple(links)


def _unit_named(name: str, state: Region | None) -> Region | None:
    return world().named(name, level=1, within=state.code if state else None)


def _named_link(region: Region | None, text: str, level: int) -> RegionLink:
    if region is None:
        return RegionLink(level, " ".join(text.split()), None, None, Found.NAMED)
    return RegionLink(region.level, region.name, region.scheme, region.code, Found.NAMED)


def _links(matches: Sequence[RegionMatch]) -> tuple[RegionLink, ...]:
    return tuple(
        RegionLink(m.region.level, m.region.name, m.region.scheme, m.region.code, m.how, m.distance_m) for m in matches
    )


def _region_chain(chain: Sequence[str]) -> list[Region]:
    """Find the shipped regions that a chain names, coarse to fine, each inside the one before."""
    found: list[Region] = []
    for name in reversed(chain):
        above = found[-1] if found else None
        region = world().named(name, within=above.code) if above else world().named(name)
        if region is not None and region not in found:
            found = world().chain(region)
    return found


def _chain_links(chain: Sequence[str]) -> tuple[RegionLink, ...]:
    return tuple(_named_link(region, region.name, region.level) for region in _region_chain(chain))


def _region_location(chain: Sequence[str], where: Precision) -> Location:
    """Locate in a country or first-level unit: no point."""
    found = _region_chain(chain)
    if not found:
        msg = "no country or first-level unit has one of these names"
        raise UnknownPlace(msg)
    finest = found[-1]
    links = tuple(_named_link(region, region.name, region.level) for region in found)
    if where is Precision.COUNTRY or finest.level == 0:
        links = links[:1]
        found = found[:1]
        reason = f"{found[0].name} is all that is known of the place."
        if where is not Precision.COUNTRY:
            reason = f"The source names a unit of {found[0].name} that is not known here; {found[0].name} is."
        return Location(Precision.COUNTRY, reason, "name", regions=links)
    return Location(Precision.STATE, f"{finest.name} is all that is known of the place.", "name", regions=links)


def _area_location(chain: Sequence[str], where: Precision) -> Location:
    """Locate in a township, district or other area without a polygon: a stand-in, at the town of that name."""
    name, rest = chain[0], chain[1:]
    links = _chain_links(rest) or _chain_links(chain)
    below = list(_named_below(chain))
    level = next((level for level, precision in _PRECISION_OF_LEVEL.items() if precision is where), None)
    if level is not None and all(link.level != level for link in below):
        below.append(RegionLink(level, " ".join(name.split()), None, None, Found.NAMED))
    links = (*links, *sorted(below, key=lambda link: link.level))
    candidate = _sure(without_kind_of_place(without_brackets(name)), rest)
    if candidate is None:
        if not any(link.code for link in links):
            msg = "neither the place nor its country is known"
            raise UnknownPlace(msg)
        reason = f"{name} is not in the gazetteer and has no boundary here: where it lies is not known more closely."
        return Location(where, reason, "name", regions=links)
    links = _with_regions(candidate.place, links)
    return Location(
        where,
        f"No boundary of {name} is loaded; the disc stands around {candidate.place.name}, by {candidate.place.source}.",
        "stand-in",
        stand_in=candidate.place.point,
        radius_m=STAND_IN_RADIUS_M[where],
        regions=links,
    )


def _point_location(chain: Sequence[str], where: Precision) -> Location:
    """Locate a site or settlement; where it is not known, what it lies in."""
    name, within = chain[0], chain[1:]
    meant = _meant(name, within)
    if len(meant) == 1:
        return _at(meant[0], where, within, "")
    missing = f"{name} is not in the gazetteer"
    if meant:
        missing = f"There are several places of the name {name}, and nothing tells which is meant"
    for number, part in enumerate(within):
        rest = within[number + 1 :]
        region = world().named(part)
        level = _level_below(part)
        if region is None and level is not None:
            area = _area_location(within[number:], _PRECISION_OF_LEVEL[level])
            return replace(area, reason=f"{missing}. {area.reason}")
        town = None if _names_unit(part) else _sure(part, rest)
        if town is not None:
            coarser = max(where, Precision.SETTLEMENT, key=lambda precision: precision.rank)
            return _at(town, coarser, within[number:], f"{missing}, so it is shown in {town.place.name}: ")
        if region is not None:
            break
    coarse = _region_location(chain, Precision.STATE)
    return replace(coarse, reason=f"{missing}; {coarse.regions[-1].name} is all that is known of the place.")


def _at(candidate: Candidate, where: Precision, within: Sequence[str], before: str) -> Location:
    place = candidate.place
    precision = max(where, place.precision, key=lambda one: one.rank)
    found = "found by name" if candidate.how == "name" else f"found as {place.name}"
    if candidate.how == "near spelling":
        found = f"found as {place.name}, a near spelling"
    reason = f"{before}{found} in the gazetteer, by {place.source}."
    if precision is not where:
        reason += f" The gazetteer knows it as a {place.kind} only."
    return Location(
        precision,
        reason[0].upper() + reason[1:],
        "own place" if place.id.startswith("own:") else "gazetteer",
        point=place.point,
        radius_m=_reach_m(place, precision),
        regions=_with_regions(place, (*_chain_links(within), *_named_below(within))),
    )


def _reach_m(place: Place, precision: Precision) -> float:
    """Give the metres within which the true place lies."""
    reach = USUAL_UNCERTAINTY_M[precision]
    if precision is Precision.SETTLEMENT:
        for population, wider in SETTLEMENT_REACH_M:
            if (place.population or 0) >= population:
                reach = wider
    return reach


def _named_below(chain: Sequence[str]) -> tuple[RegionLink, ...]:
    """Give the districts and townships that a chain names, coarse to fine; none has a code here."""
    found = []
    for name in reversed(chain):
        level = _level_below(name)
        if level is not None and world().named(name, level=1) is None:
            found.append(RegionLink(level, " ".join(name.split()), None, None, Found.NAMED))
    return tuple(sorted(found, key=lambda link: link.level))


def _with_regions(place: Place, links: tuple[RegionLink, ...]) -> tuple[RegionLink, ...]:
    """Give a place's country and unit by the gazetteer's code, and below them what else was named."""
    index = world()
    region = index.get(place.region or place.country)
    if region is None:
        return links or regions_of(place.point)
    found = [RegionLink(r.level, r.name, r.scheme, r.code, Found.GAZETTEER) for r in index.chain(region)]
    coded = {link.code for link in links}
    found = [link if link.code not in coded else next(one for one in links if one.code == link.code) for link in found]
    return (*found, *(link for link in links if link.code is None))


def _sure(name: str, within: Sequence[str]) -> Candidate | None:
    """Give the candidate that is meant, if there is no doubt."""
    candidates = _meant(name, within)
    return candidates[0] if len(candidates) == 1 else None


def _meant(name: str, within: Sequence[str]) -> list[Candidate]:
    """Give the places of this name that may be meant: one, several namesakes, or none."""
    found = [one for one in gazetteer().search(name, within=within, limit=20) if one.score >= SURE_SCORE]
    if not found:
        return []
    first = found[0]
    if any(_level_below(part) for part in gazetteer().unknown_within(within)):
        # Nothing tells whether it lies in the township that was named; only of a large town is there no other.
        return [first] if (first.place.population or 0) >= LARGE else []
    others = [one for one in found[1:] if distance_m(one.place.point, first.place.point) > NAMESAKE_APART_M]
    return [first, *(one for one in others if not _outweighs(first, one))]


def _outweighs(one: Candidate, other: Candidate) -> bool:
    """Whether nobody would mean the other without saying so."""
    people = one.place.population or 0
    large = people >= LARGE and people >= TIMES_LARGER * (other.place.population or 0)
    own_name = one.how == "name" and other.how != "name" and people >= (other.place.population or 0)
    return large or own_name or (one.place.kind == "settlement" and other.place.kind != "settlement")


def _level_below(name: str) -> int | None:
    """Give the level of a unit below the shipped ones, by the word that its name ends with."""
    return next((level for word, level in _LEVEL_OF_WORD.items() if name.strip().lower().endswith(word)), None)


def _names_unit(name: str) -> bool:
    return name.strip().lower().endswith(("region", "state", "division", "province", "district", "township"))
