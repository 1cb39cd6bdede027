"""Places, aircraft and transfers in the words of readers, as closely as they are known and no more.

Dates have their words in `when`, harm in `harm`.
"""

from geodata.locations import Location
from geodata.names import fold, fold_often
from geodata.precision import Precision
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
    return _describe_area(precision, names)


def _describe_area(precision: Precision, names: list[str]) -> str:
    whole = ", ".join(names) or "place"
    if precision == Precision.AREA:
        return f"{whole}; extent not known"
    if names and (unit := _KINDS_OF_UNIT.get(precision)):
        first = names[0] if unit in fold(names[0]) else f"{names[0]} {unit}"
        return "somewhere in " + ", ".join((first, *names[1:]))
    return f"{whole}, place not known more closely"


def _names(place: str | None, location: Location) -> list[str]:
    """Give the place and the units above it, finest first, none named twice; the country only where nothing else is."""
    names = [place] if place else []
    above = sorted(location.regions, key=lambda link: -link.level)
    finest = _UNITS.get(location.precision, 4)
    for link in above:
        if link.level == 0 and names:
            continue
        if link.level <= finest and fold_often(link.name) not in fold(", ".join(names)):
            names.append(link.name)
    return names


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
