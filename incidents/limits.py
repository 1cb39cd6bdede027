"""Limits: the filter of a saved map, which whoever reads the map may narrow and nobody can widen.

It decides on what an edition's rows really hold, not on what a tree of regions or aircraft promises.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from geodata.bbox import BBox
from geodata.precision import Precision
from incidents.drafts import TimeSense
from incidents.editions.edition import Edition
from incidents.errors import BadFilter
from incidents.filters import LONGEST_TEXT, NONE, IncidentFilter
from incidents.when import describe_when

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """What a map shows at most.

    regions, aircraft: the edition's keys that select nothing beyond the filter's own; None where it names none.
    total: how many rows the filter selects.
    """

    filter: IncidentFilter
    regions: tuple[str, ...] | None
    aircraft: tuple[str, ...] | None
    total: int


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A filter within limits, and in sentences what of the one that was asked for they took away."""

    filter: IncidentFilter
    said: tuple[str, ...] = ()


def find_limits(edition: Edition, chosen: IncidentFilter) -> Limits:
    """Find what a filter comes to in an edition."""
    terms = edition.rows.terms
    regions = [region.code for region in terms.regions]
    aircraft = [(*one.certain, *one.possible) for one in terms.aircraft_sets]
    return Limits(
        filter=chosen,
        regions=_inside(regions, terms.region_sets, chosen.region) if chosen.region else None,
        aircraft=_inside(terms.aircraft, aircraft, chosen.aircraft) if chosen.aircraft else None,
        total=edition.counts(chosen).matched,
    )


def narrow(limits: Limits, wanted: IncidentFilter) -> Narrowed:
    """Narrow limits by the filter of whoever reads the map; no row outside of the limits is selected by what comes out.

    A window that reaches beyond is cut. Raises BadFilter for values that lie outside, naming the parameter.
    """
    held = limits.filter
    said: list[str] = []
    words = tuple(dict.fromkeys((*held.words, *wanted.words)))
    if len(" ".join(words)) > LONGEST_TEXT:
        raise BadFilter("q", "is too long together with the words that this map is limited to")
    start, end = _cut(held, wanted, said)
    made = IncidentFilter(
        kind=_choose("kind", held.kind, wanted.kind, held.kind),
        aircraft=_choose("aircraft", held.aircraft, wanted.aircraft, limits.aircraft),
        region=_choose("region", held.region, wanted.region, limits.regions),
        start=start,
        end=end,
        undated=held.undated and wanted.undated,
        grade=_choose("grade", held.grade, wanted.grade, held.grade),
        precision=_finer(held.precision, wanted.precision, said),
        words=words,
        bbox=_within(held.bbox, wanted.bbox),
    )
    return Narrowed(made, tuple(said))


def own_part(held: IncidentFilter, narrowed: IncidentFilter) -> IncidentFilter:
    """Give what of a narrowed filter is not the limits' own, so that an address says no more than it must."""
    nothing = IncidentFilter()
    names = ("kind", "aircraft", "region", "start", "end", "undated", "grade", "precision", "bbox")
    same = {name: getattr(nothing, name) for name in names if getattr(held, name) == getattr(narrowed, name)}
    return replace(narrowed, **same, words=tuple(word for word in narrowed.words if word not in held.words))


def _inside(keys: Sequence[str], sets: Iterable[Collection[int]], chosen: Collection[str]) -> tuple[str, ...]:
    """Give the keys that stand in no set without one of the chosen ones."""
    wanted = {at for at, key in enumerate(keys) if key in chosen}
    used: set[int] = set()
    beyond: set[int] = set()
    for one in sets:
        used.update(one)
        if wanted.isdisjoint(one):
            beyond.update(one)
    return tuple(keys[at] for at in sorted(used - beyond))


def _choose(
    name: str, held: tuple[str, ...], wanted: tuple[str, ...], inside: tuple[str, ...] | None
) -> tuple[str, ...]:
    if not held or not wanted or NONE in (held, wanted):
        return NONE if NONE in (held, wanted) else wanted or held
    for value in wanted:
        if value not in (inside or ()) and value not in held:
            more = ", ".join(held[:_NAMED]) + (" and others" if len(held) > _NAMED else "")
            raise BadFilter(name, f"{value[:60]!r} reaches beyond this map, which is limited to {more}")
    return wanted


def _cut(held: IncidentFilter, wanted: IncidentFilter, said: list[str]) -> tuple[dt.date | None, dt.date | None]:
    start, end = wanted.start or held.start, wanted.end or held.end
    if held.start and wanted.start and wanted.start < held.start:
        start = held.start
        said.append(f"This map begins on {_say(held.start)}; earlier days are left out.")
    if held.end and wanted.end and wanted.end > held.end:
        end = held.end
        said.append(f"This map ends on {_say(held.end)}; later days are left out.")
    if start and end and start > end:
        if held.end and start > held.end:
            raise BadFilter("from", f"this map ends on {_say(held.end)}")
        assert held.start  # noqa: S101 - a window that ends before it begins was refused when it was read
        raise BadFilter("to", f"this map begins on {_say(held.start)}")
    return start, end


def _finer(held: Precision | None, wanted: Precision | None, said: list[str]) -> Precision | None:
    if held and wanted and wanted.rank > held.rank:
        said.append(f"This map shows only places that are known as closely as “{held.value}”.")
        return held
    return wanted or held


def _within(held: BBox | None, wanted: BBox | None) -> BBox | None:
    """Give the box asked for, where it lies within the limit's; a part of two boxes may be two boxes again."""
    if held is None or wanted is None:
        return wanted or held
    parts = list(held.parts())
    for part in wanted.parts():
        if not any(_holds(one, part) for one in parts):
            box = ",".join(f"{value:g}" for value in (held.west, held.south, held.east, held.north))
            raise BadFilter("bbox", f"must lie within this map's own box, {box}")
    return wanted


def _holds(one: BBox, other: BBox) -> bool:
    across = one.west <= other.west and other.east <= one.east
    return across and one.south <= other.south and other.north <= one.north


def _say(day: dt.date) -> str:
    return describe_when(day.isoformat(), TimeSense.WITHIN)
