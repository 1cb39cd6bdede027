"""Places, aircraft and transfers in the words of readers, as closely as they are known and no more.

Dates have their words in `when`, harm in `harm`.
"""

from geodata.locations import Location
from geodata.names import fold, fold_often
from geodata.precision import Precision
from geodata.region_names import without_kind
from incidents.drafts import Certainty, EquipmentDraft, IncidentDraft, Match, Span, TransferDraft
from incidents.harm import describe_span
from incidents.taxonomy import Taxonomy

_UNITS = {Precision.AREA: 3, Precision.TOWNSHIP: 3, Precision.DISTRICT: 2, Precision.STATE: 1, Precision.COUNTRY: 0}
_KINDS_OF_UNIT = {Precision.TOWNSHIP: "township", Precision.DISTRICT: "district"}


def describe_distance(metres: float) -> str:
    """Say a distance as roughly as it is known: "10 m", "2 km"."""
    return f"{metres:.0f} m" if metres < 1000 else f"{round(metres / 1000, 1):g} km"


def describe_place(draft: IncidentDraft, *, withheld: bool) -> str:
    """Say where: "Let Yet Kone village, Tabayin, Sagaing (within about 2 km)", "somewhere in Kalay township"."""
    location = draft.location
    precision = location.precision
    if precision == Precision.UNKNOWN:
        return "place withheld" if withheld else "place not known"
    if precision == Precision.SEA:
        return draft.place or "at sea"
    names = _names(draft.place, location)
    if precision.claims_point:
        near = (
            "near " if precision == Precision.NEAR and draft.place and not fold(draft.place).startswith("near ") else ""
        )
        within = f" (within about {describe_distance(location.radius_m)})" if location.radius_m is not None else ""
        return near + (", ".join(names) or "place name not given") + within
    return _describe_area(location, names)


def _describe_area(location: Location, names: list[str]) -> str:
    precision = location.precision
    whole = ", ".join(names) or "place"
    if precision == Precision.AREA:
        return f"{whole}; extent not known"
    if names and (unit := _KINDS_OF_UNIT.get(precision)):
        place, rest, own = names[0], names[1:], _name_level(location, _UNITS[precision])
        rest = [name for name in rest if name != own]
        if own and fold_often(own).removesuffix(f" {unit}") != fold(place).removesuffix(f" {unit}"):
            # The source names something in the unit: that comes first, and where it lies after it.
            named, first = f"{_without(own, place)}, ", own
        else:
            named, first = "", place
        first = first if unit in fold(first) else f"{first} {unit}"
        return f"{named}somewhere in " + ", ".join((first, *rest))
    return f"{whole}, place not known more closely"


def _without(unit: str, place: str) -> str:
    """Drop the unit in brackets from a source's words: "Tamu - Kalay highway" of "... highway (Tamu township)"."""
    if place.endswith(")") and "(" in place:
        before, _, inside = place[:-1].rpartition("(")
        if before and fold(inside) == fold_often(unit):
            return before.rstrip()
    return place


def _names(place: str | None, location: Location) -> list[str]:
    """Give the place and the units above it, finest first, none named twice; the country only where nothing else is."""
    names = [place] if place else []
    finest = _UNITS.get(location.precision, 4)
    for level in range(finest, -1, -1):
        name = _name_level(location, level)
        if name and not (level == 0 and names) and not _are_said(location, level, fold(", ".join(names))):
            names.append(name)
    return names


def _name_level(location: Location, level: int) -> str:
    """Name the units of a level: "Sagaing Region", "Mogok or Mongmit township" where one of both is meant."""
    linked = [link.name for link in location.regions if link.level == level]
    if len(linked) < 2:
        return "".join(linked)
    # The word for their kind is said once where all of them end in it.
    kinds = {name.removeprefix(without_kind(name)) for name in linked}
    kind = kinds.pop() if len(kinds) == 1 else ""
    return " or ".join(name.removesuffix(kind) for name in linked) + kind


def _are_said(location: Location, level: int, said: str) -> bool:
    linked = [link.name for link in location.regions if link.level == level]
    bare = linked if len(linked) < 2 else map(without_kind, linked)
    return all(fold_often(name) in said for name in bare)


def describe_aircraft(draft: IncidentDraft, taxonomy: Taxonomy) -> str | None:
    """Say what took part: "at least 2 Mi-17 (led the ground attack) and 2 Mi-35"; None where nothing is known."""
    said = [_use(use, taxonomy) for use in draft.aircraft]
    if not said:
        return None
    joint = " or " if draft.aircraft_match == Match.ANY else " and "
    return said[0] if len(said) == 1 else ", ".join(said[:-1]) + joint + said[-1]


def _use(use: EquipmentDraft, taxonomy: Taxonomy) -> str:
    label = taxonomy.equipment[use.type].label
    text = " ".join(part for part in (describe_span(use.count), label) if part)
    if use.certainty == Certainty.SUSPECTED:
        text = f"possibly {text}"
    if use.certainty == Certainty.DENIED:
        text = f"{text} (denied)"
    return f"{text} ({use.role})" if use.role else text


def describe_transfer(transfer: TransferDraft, taxonomy: Taxonomy) -> str:
    """Say a transfer: "Under contract: 6 Su-30; worth at most 400,000,000 USD; according to ..."."""
    goods = [_goods(item.types, item.what, item.count, taxonomy) for item in transfer.goods]
    value = describe_span(transfer.value)
    stage = taxonomy.stages[transfer.stage].label if transfer.stage else None
    what = ", ".join(goods) or "goods not given"
    parts = [f"{stage}: {what}" if stage else what]
    if value:
        parts.append(f"worth {value} {transfer.currency or '(currency not given)'}")
    if transfer.claimant:
        parts.append(f"according to {transfer.claimant}")
    return "; ".join(parts)


def _goods(types: tuple[str, ...], what: str | None, count: Span, taxonomy: Taxonomy) -> str:
    labels = " and ".join(taxonomy.equipment[key].label for key in types)
    named = f"{labels} ({what})" if labels and what else labels or what or "goods not given"
    number = describe_span(count)
    return f"{number} {named}" if number else named
