"""Where a UCDP GED row is: from its precision code and its text together, never from the code alone.

It takes the source's coordinates as they are and looks for no village in its prose: that is for a person to do.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from geodata.geocoding import name_regions, regions_of, units_in_doubt
from geodata.locations import Found, Location, RegionLink
from geodata.names import fold_name
from geodata.points import LonLat
from geodata.precision import STAND_IN_RADIUS_M, USUAL_UNCERTAINTY_M, Precision
from geodata.region_names import without_brackets, without_kind
from geodata.regions import world

# Towns and cities reach further than the usual settlement; the codebook tells them from villages by the name alone.
_TOWN_RADIUS_M = 5_000.0
# Coasts are simplified, and what happens in a country's own waters is counted as its own.
_FAR_M = 50_000.0
_TOWN = re.compile(r"\b(?:town|city)\b", re.IGNORECASE)

_TOWNSHIP = re.compile(r"(?P<name>[^()]+?)\s+township\b", re.IGNORECASE)
_TOWNSHIPS = re.compile(r"(?P<first>[^()]+?)\s+and\s+(?P<second>[^()]+?)\s+townships\b", re.IGNORECASE)
# "betweem" is one of the dataset's own spellings.
# In capitals such a word leads only at the beginning: "Kya In Seik Gyi" is a name.
_LEAD = re.compile(r"^(?:.*\b(?:[Bb]etwee[nm]|and|of|in|near|from)|Of|In|Near|From)\s+")

_AREA = re.compile(
    r"\b(?:roads?|highway|route|railway|rivers?|stream|canal|borders?|betwee[nm]|confluence|valley|hills?|mountains?|"
    r"range|islands?|archipelago|delta|lake|forest|jungle|area|coast|shore|bay|gulf|strait|peninsula|plateau|desert)\b",
    re.IGNORECASE,
)
_FIRST_LEVEL = re.compile(r"\b(?:state|region|division|province|governorate)\b", re.IGNORECASE)
_DIRECTION = re.compile(r"^(?:north|south|east|west|central)(?:ern)?\s+", re.IGNORECASE)

Note = Callable[[str | None, str | None, str, str], None]
"""How something odd is told: column, value, rule, what was made of it."""


@dataclass(frozen=True, slots=True)
class EventPlace:
    """What a row says of its place. code: where_prec, 1 to 7. text: where_coordinates. point: None when blank."""

    code: int
    text: str
    country: str
    adm_1: str
    adm_2: str
    point: LonLat | None


def locate_event(place: EventPlace, note: Note) -> Location:
    """Give a row's place as finely as its code and its text both bear out (UCDP GED codebook: where_prec).

    1 the named settlement, 2 a circle of 25 km, 3 the district, 4 the first-level unit, 6 the country, 7 the sea.
    5 is a part of a region, a line or something unclear: a township where the text names one; an area where it
    names a road, river, border or the like; otherwise the smallest unit that is given. Oddities go to `note`.
    """
    precision, reason, method = _judge(place, note)
    regions = _regions(place, precision, note)
    point, stand_in, radius_m = None, None, None
    if precision.claims_point:
        point = place.point
        radius_m = _TOWN_RADIUS_M if _is_town(place, precision) else USUAL_UNCERTAINTY_M[precision]
    elif precision in STAND_IN_RADIUS_M:
        stand_in = place.point
        radius_m = STAND_IN_RADIUS_M[precision] if stand_in else None
    return Location(precision, reason, method, point=point, stand_in=stand_in, radius_m=radius_m, regions=regions)


def townships_in(text: str) -> tuple[str, ...]:
    """Give the townships that a text names, such as "Kalay township", none when it names none."""
    if both := _TOWNSHIPS.search(text):
        names = [both["first"], both["second"]]
    else:
        names = [found["name"] for found in _TOWNSHIP.finditer(text)]
    bare = (" ".join(_LEAD.sub("", name).split()) for name in names)
    return tuple(dict.fromkeys(f"{name} township" for name in bare if name))


def names_area(text: str) -> bool:
    """Whether a text names a road, river, border or something else whose extent is not stated."""
    return bool(_AREA.search(text))


def _judge(place: EventPlace, note: Note) -> tuple[Precision, str, str]:
    if place.code in {1, 2} and _names_whole_unit(place):
        note(
            "where_prec",
            str(place.code),
            "the code claims a point, but the text names a whole first-level unit",
            "taken as known to that unit only",
        )
        reason = f"UCDP GED codes a point (where_prec {place.code}), but its text names the whole of {place.adm_1}."
        return Precision.STATE, reason, "source code and text"
    if place.code == 5:
        return _judge_by_text(place)
    return _BY_CODE[place.code]


_BY_CODE = {
    1: (
        Precision.SETTLEMENT,
        "UCDP GED gives coordinates of the named place (where_prec 1).",
        "source coordinates",
    ),
    2: (
        Precision.NEAR,
        "UCDP GED places it within about 25 km of this point (where_prec 2).",
        "source coordinates",
    ),
    3: (
        Precision.DISTRICT,
        "UCDP GED knows the district and no more (where_prec 3).",
        "source code",
    ),
    4: (
        Precision.STATE,
        "UCDP GED knows the first-level unit and no more (where_prec 4).",
        "source code",
    ),
    6: (Precision.COUNTRY, "UCDP GED knows the country and no more (where_prec 6).", "source code"),
    7: (Precision.SEA, "UCDP GED places it in international waters or airspace (where_prec 7).", "source code"),
}


def _judge_by_text(place: EventPlace) -> tuple[Precision, str, str]:
    lead = "UCDP GED codes a part of a region or something unclear (where_prec 5); its text names"
    method = "source code and text"
    if townships := townships_in(place.text):
        if len(townships) > 1:
            return Precision.TOWNSHIP, f"{lead} the townships {' and '.join(townships)}.", method
        return Precision.TOWNSHIP, f"{lead} {townships[0]}.", method
    if names_area(place.text):
        return Precision.AREA, f"{lead} an area whose extent is not stated.", method
    if place.adm_2:
        return Precision.DISTRICT, f"{lead} no township, and {place.adm_2} is the smallest unit given.", method
    if place.adm_1 or _FIRST_LEVEL.search(place.text):
        return Precision.STATE, f"{lead} no township or district, and the first-level unit is given.", method
    return Precision.COUNTRY, f"{lead} no unit, and none smaller than the country is given.", method


def _names_whole_unit(place: EventPlace) -> bool:
    bare = _bare(place.text)
    return bool(
        place.adm_1
        and _FIRST_LEVEL.search(bare)
        and fold_name(without_kind(bare)) == fold_name(without_kind(place.adm_1))
    )


def _bare(text: str) -> str:
    """Give the unit of which a text names a part: "Arakan state" of "Northern Arakan state"."""
    return _DIRECTION.sub("", without_brackets(text))


def _is_town(place: EventPlace, precision: Precision) -> bool:
    return precision == Precision.SETTLEMENT and bool(_TOWN.search(place.text))


def _regions(place: EventPlace, precision: Precision, note: Note) -> tuple[RegionLink, ...]:
    """Link regions by name first; by the point only where one is claimed and the name is missing or unknown."""
    if precision == Precision.SEA:
        return ()
    adm_1 = place.adm_1 or (_bare(place.text) if precision == Precision.STATE else "")
    adm_2 = place.adm_2 if precision.rank <= Precision.DISTRICT.rank else ""
    named = _named(place.country, adm_1 if precision != Precision.COUNTRY else "", adm_2)
    first = next((link for link in named if link.level == 1), None)
    if adm_1 and precision != Precision.COUNTRY and (first is None or first.code is None):
        note("adm_1", adm_1, "names no first-level unit that is known", "kept by its name")
    if not any(link.level == 0 and link.code for link in named):
        note("country", place.country, "names no country that is known", "kept by its name")
    if precision.claims_point and place.point and (first is None or first.code is None):
        named = _with_unit_at(place.point, place.country, named, note)
    if precision.claims_point and place.point:
        _check_country(place.point, place.country, named, note)
    townships = townships_in(place.text) if precision.rank <= Precision.TOWNSHIP.rank else ()
    return named + tuple(RegionLink(3, name, None, None, Found.NAMED) for name in townships)


def _check_country(point: LonLat, said: str, named: tuple[RegionLink, ...], note: Note) -> None:
    """Tell of a point that lies in no country, and far from the one named."""
    code = next((link.code for link in named if link.level == 0), None)
    away_m = world().metres_to(code, point) if code else None
    # What lies in another country is not moved there, and told where nothing but the point gives the unit.
    if away_m is not None and away_m > _FAR_M and not regions_of(point):
        rule = f"the point lies in no country, and more than {_FAR_M / 1000:.0f} km from the one named"
        note("country", said, rule, "the named country stands")


def _with_unit_at(point: LonLat, said: str, named: tuple[RegionLink, ...], note: Note) -> tuple[RegionLink, ...]:
    """Add the first-level unit at the point, unless it is another country's than the one named."""
    at = {link.level: link for link in regions_of(point)}
    country = next((link.code for link in named if link.level == 0), None)
    if country and 0 in at and at[0].code != country:
        note("country", said, "the point lies in another country than the one named", "the named country stands")
        return named
    if 1 in at and at[1].how is Found.POLYGON and (others := units_in_doubt(point)):
        names = " or ".join((at[1].name, *(other.name for other in others)))
        note("adm_1", "", f"the point lies in {names}: not all their boundaries are known", f"{at[1].name} stands")
    kept = tuple(link for link in named if link.level != 1)
    return tuple(sorted((*kept, *((at[1],) if 1 in at else ())), key=lambda link: link.level)) or named


@lru_cache(maxsize=10_000)
def _named(country: str, adm_1: str, adm_2: str) -> tuple[RegionLink, ...]:
    return name_regions(country, adm_1 or None, adm_2 or None)
