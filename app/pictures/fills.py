"""Which regions a picture fills, by which figure and in which classes: the same as the browser's map does.

As assets/src/region_figures.js and region_classes.js have it. It asks an edition and draws nothing.
"""

import datetime as dt
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from app.pictures.frames import Frame, to_x, to_y
from app.pictures.words import count_words
from incidents.filters import IncidentFilter

if TYPE_CHECKING:
    # What draws gets fills from another process: it need not load what reads editions.
    from incidents.editions.edition import Edition
    from incidents.editions.spreading import Spread

TITLES = {"number": "Incidents", "rate": "Incidents a month", "killed": "People killed, at least"}
# How strongly the colour lies on the land, for up to five classes.
STRENGTHS = (0.16, 0.33, 0.51, 0.7, 0.9)
# Up to which zoom each level is filled; beyond the last the finest that has boundaries.
LEVELS = (4.75, 8.5)
_ROUND = (1, 1.5, 2, 3, 4, 5, 7, 10)
_DAYS_A_MONTH = 30.4375
# A region's boundary and extent.
_Shape = tuple[bytes, tuple[float, ...]]
_PLURALS = {"country": "countries", "region": "regions"}
_EPOCH = dt.date(1970, 1, 1).toordinal()
_HATCHED = {"rate": "Most may be of another time", "killed": "Most incidents have no figure"}
_NOTES = {
    "rate": "Coloured by what certainly happened then; undated incidents are in no region’s figure.",
    "killed": "Lower bounds, of people in all and not of groups; an incident without a figure does not count as none.",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A region's figure. value: by which it is filled; 0 leaves it bare. unknown: whether most of it is not known."""

    value: float
    unknown: bool
    words: str


@dataclass(frozen=True, slots=True)
class FilledRegion:
    """A region with a figure. shape: its boundary in degrees as well-known binary."""

    code: str
    name: str
    figure: Figure
    shape: bytes


@dataclass(frozen=True, slots=True)
class Fill:
    """What is filled on a map.

    title: what by. limits: the least value of each class, rising. regions: those with a figure that are in view.
    unknown: why regions are hatched, empty where none is. notes: what no figure holds, and where all incidents are.
    words: the greatest figures.
    """

    title: str
    limits: tuple[float, ...]
    regions: tuple[FilledRegion, ...]
    unknown: str
    notes: tuple[str, ...]
    words: str


def find_fill(edition: "Edition", chosen: IncidentFilter, by: str, frame: Frame) -> Fill:
    """Find what a map fills: regions of the level that fits its zoom, and chosen ones that are parts of such a region.

    by: of TITLES.
    """
    regions = edition.rows.terms.regions
    names = {region.code: region.name for region in regions}
    parents = {region.code: region.parent for region in regions}
    level, shapes = _find_level(edition, frame.zoom)
    parts = [
        region.code
        for region in regions
        if region.level > level
        and region.code in chosen.region
        and not _is_chosen(region.parent, chosen.region, parents)
    ]
    shapes = {**shapes, **_find_shapes(edition, parts)}
    known = {*parts, *(region.code for region in regions if region.level == level)}
    figures = {
        code: figure
        for code, figure in _find_figures(edition, chosen, by).items()
        if code in known and (figure.value > 0 or figure.unknown) and _is_chosen(code, chosen.region, parents)
    }
    limits = find_limits([figure.value for figure in figures.values()])
    rows = sorted(figures.items(), key=lambda item: (-item[1].value, names[item[0]]))
    said = "; ".join(f"{names[code]}: {figure.words}" for code, figure in rows[:10])
    sort = "region" if level or parts else "country"
    title = f"{TITLES[by]}, by {sort}"
    account = _say_spread(edition.spread(chosen)[level], sort, names)
    return Fill(
        title=title,
        limits=tuple(limits),
        regions=tuple(
            FilledRegion(code, names[code], figure, shapes[code][0])
            for code, figure in rows
            if code in shapes and _is_in_view(shapes[code][1], frame)
        ),
        unknown=_HATCHED[by] if any(figure.unknown for figure in figures.values()) else "",
        notes=tuple(note for note in (_NOTES.get(by, ""), account) if note),
        words=f"Regions are filled by {title[0].lower()}{title[1:]}. {said or 'None has any'}",
    )


def find_limits(values: Sequence[float]) -> list[float]:
    """Give the least value of each class, rising; the last class is open above."""
    known = [value for value in values if value > 0]
    if not known:
        return []
    high = max(known)
    whole = all(value == int(value) for value in known)
    low = 1 if whole else max(min(known), high / 1000)
    if whole and high <= len(STRENGTHS):
        return [float(at + 1) for at in range(int(high))]
    limits = [_round_down(low * (high / low) ** (at / len(STRENGTHS)), whole=whole) for at in range(len(STRENGTHS))]
    return list(dict.fromkeys(limits))


def class_of(limits: Sequence[float], value: float) -> int:
    """Give the class of a value; -1 where there is nothing."""
    found = sum(value >= limit for limit in limits) - 1
    return max(0, found) if value > 0 else -1


def strength_of(limits: Sequence[float], at: int) -> float:
    """Give how strongly a class is coloured: the whole range is used, however many classes there are."""
    last = len(STRENGTHS) - 1
    return STRENGTHS[math.floor(at * last / (len(limits) - 1) + 0.5) if len(limits) > 1 else 2]


def say_class(limits: Sequence[float], at: int) -> str:
    """Say a class: "10 to 49" or "50 and more"."""
    if at == len(limits) - 1:
        return f"{_number(limits[at])} and more"
    here, following = limits[at], limits[at + 1]
    if not all(limit == int(limit) for limit in limits):
        return f"{'less than' if at == 0 else f'{_number(here)} to under'} {_number(following)}"
    return _number(here) if following - here == 1 else f"{_number(here)} to {_number(following - 1)}"


def name_class(limits: Sequence[float], at: int) -> str:
    """Name a class by the least that it stands for: "10", "50+"; the first of rates by what it stays below."""
    if at == 0 and len(limits) > 1 and not all(limit == int(limit) for limit in limits):
        return f"< {_number(limits[1])}"
    return f"{_number(limits[at])}{'+' if at == len(limits) - 1 else ''}"


def _round_down(value: float, *, whole: bool) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    part = value / power
    rounded = max((one for one in _ROUND if one <= part * 1.0001), default=1) * power
    return float(max(1, math.floor(rounded))) if whole else float(f"{rounded:.2g}")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:.6f}".rstrip("0")


def _find_level(edition: "Edition", zoom: float) -> tuple[int, dict[str, _Shape]]:
    """Give the level that fits a zoom, or the finest coarser one with boundaries."""
    fitting = next((level for level, until in enumerate(LEVELS) if zoom < until), len(LEVELS))
    shapes: dict[str, _Shape] = {}
    for level in range(fitting, -1, -1):
        shapes = _find_shapes(edition, [region.code for region in edition.rows.terms.regions if region.level == level])
        if shapes:
            return level, shapes
    return 0, shapes


def _find_shapes(edition: "Edition", codes: Collection[str]) -> dict[str, _Shape]:
    return {
        region.code: (region.shape, region.extent)
        for region in (edition.region_shapes(codes) if codes else ())
        if region.shape is not None and region.extent is not None
    }


def _find_figures(edition: "Edition", chosen: IncidentFilter, by: str) -> dict[str, Figure]:
    if by == "killed":
        return {code: _say_harm(sum_) for code, sum_ in edition.harm_by_region(chosen, "total", "killed").items()}
    # What has no date lies in no month.
    tallies = edition.tallies(replace(chosen, undated=False) if by == "rate" else chosen)
    if by == "number":
        return {
            code: Figure(one, unknown=False, words=count_words(one, more))
            for code, (one, more) in tallies["regions"].items()
        }
    months = _months_of(chosen, tallies["span"])
    certain = edition.certain_by_region(chosen)
    return {
        code: say_rate(one, more, certain.get(code, (0, 0))[0], months)
        for code, (one, more) in tallies["regions"].items()
    }


def _months_of(chosen: IncidentFilter, span: Sequence[int] | None) -> float:
    first, last = span or (0, 0)
    first = (chosen.start.toordinal() - _EPOCH) if chosen.start else first
    last = (chosen.end.toordinal() - _EPOCH) if chosen.end else last
    return max(1, last - first + 1) / _DAYS_A_MONTH


def say_rate(incidents: int, patterns: int, certain: int, months: float) -> Figure:
    """Say how many incidents a month there are.

    incidents, patterns: what may have happened in these months. certain: incidents that did; they alone fill a region.
    """
    rate, then = _say_number(certain / months), ""
    if certain < incidents:
        rate, then = f"{rate} to {_say_number(incidents / months)}", f", {certain:,} certainly then"
    words = f"{rate} a month, {count_words(incidents, patterns)} in all{then}"
    return Figure(certain / months, unknown=2 * certain < incidents, words=words)


def _say_number(value: float) -> str:
    """Say a rate as finely as the classes of the key."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{Decimal(f'{value:.2g}'):f}"


def _say_harm(added: Mapping[str, int | None]) -> Figure:
    least, most = added["min"] or 0, added["max"]
    figures, unknown = added["figures"] or 0, added["unknown"] or 0
    range_ = f"at least {least:,}" if most is None else f"{least:,}" if most == least else f"{least:,} to {most:,}"
    open_ = f"{count_words(unknown, 0)} with no figure"
    if not figures:
        words = f"no figure given in {count_words(unknown, 0)}"
    else:
        words = f"{range_} killed in {count_words(figures, 0)}{f', {open_}' if unknown else ''}"
    return Figure(least, unknown=unknown > figures, words=words)


def _is_chosen(code: str | None, regions: Sequence[str], parents: Mapping[str, str | None]) -> bool:
    """Say whether a region is chosen, or a part of one that is: the count of what lies above is no answer."""
    at = code
    while regions and at is not None and at not in regions:
        at = parents.get(at)
    return at is not None


def _is_in_view(extent: Sequence[float], frame: Frame) -> bool:
    west, south, east, north = extent
    left, top, right, bottom = frame.edges()
    return (
        to_y(north) <= bottom
        and to_y(south) >= top
        and any(to_x(west) + copy <= right and to_x(east) + copy + (west > east) >= left for copy in frame.copies())
    )


def _say_spread(spread: "Spread", sort: str, names: Mapping[str, str]) -> str:
    """Say how many of all incidents lie in what is filled, and where the others are. sort: country or region."""
    parts = [
        f"{f'{spread.within:,}' if spread.within else 'none'} in these {_PLURALS[sort]}",
        *(f"{count:,} known only to {names[code]}" for code, count in spread.areas),
        f"{spread.others:,} only to other areas" if spread.others else "",
        f"{spread.nowhere:,} in no {sort}" if spread.nowhere else "",
        f"{spread.placeless:,} without a place" if spread.placeless else "",
    ]
    return f"{count_words(spread.incidents, 0)}: {', '.join(filter(None, parts))}." if spread.incidents else ""
