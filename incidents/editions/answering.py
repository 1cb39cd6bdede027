"""The answers of the counting modules as plain values, by the names that readers of the data know.

It counts nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from incidents.editions.calendars import Bins
from incidents.editions.columns import Columns
from incidents.editions.spreading import Spread
from incidents.editions.tallying import Found, Tallies
from incidents.editions.timelines import Series, Timeline
from incidents.taxonomy import Taxonomy

_NOTHING: Found = (0, 0)


def give_tallies(
    tallies: Tallies, spread: Sequence[Spread], columns: Columns, level: int | None = None
) -> dict[str, Any]:
    """Give tallies: pairs of incidents and patterns by key. spread: of each level of regions.

    level: gives those of regions as two lists in the order of the terms, which name them: thousands in few bytes. Finer
    regions than of that level are left out.
    """
    regions = columns.terms.regions
    if level is None:
        by_region: Any = _by_code(tallies, columns)
    else:
        by_region = tallies.regions[[region.level <= level for region in regions]].T.tolist()
    return {
        "edition": columns.terms.edition,
        **tallies.totals.to_json(),
        "beside": [{"code": region.code, "name": region.name, "count": count} for region, count in tallies.beside],
        "kinds": _pairs(tallies.kinds),
        "regions": by_region,
        "aircraft": {
            key: {
                "certain": list(tallies.certain.get(key, _NOTHING)),
                "possible": list(tallies.possible.get(key, _NOTHING)),
            }
            for key in columns.terms.aircraft
            if key in tallies.certain or key in tallies.possible
        },
        "grades": _pairs(tallies.grades),
        "precisions": _pairs(tallies.precisions),
        "span": list(tallies.span) if tallies.span else None,
        "lifts": dict(tallies.lifts),
        "spread": [one.to_json() for one in spread],
    }


def give_facets(tallies: Tallies, columns: Columns, taxonomy: Taxonomy) -> dict[str, dict[str, Any]]:
    """Give tallies by the filter's names, aircraft in the taxonomy's order."""
    return {
        "kind": _named(tallies.kinds),
        "region": _named(_by_code(tallies, columns)),
        "grade": _named(tallies.grades),
        "precision": _named(tallies.precisions),
        "aircraft": {
            key: {
                "certain": _say(tallies.certain.get(key, _NOTHING)),
                "possible": _say(tallies.possible.get(key, _NOTHING)),
            }
            for key in taxonomy.equipment
            if key in tallies.certain or key in tallies.possible
        },
    }


def give_histogram(found: tuple[Bins, Timeline] | None, unit: str) -> dict[str, Any]:
    """Give bins of first day, last day, and incidents that lie in it, that may, and patterns."""
    if found is None:
        return {"unit": unit, "bins": []}
    bins, line = found
    columns = (bins.starts, bins.ends, line.solid, line.light, line.patterns)
    return {
        "unit": unit,
        "bins": [list(each) for each in zip(*(column.tolist() for column in columns), strict=True)],
    }


def give_series(series: Series, by: str, unit: str, columns: Columns, taxonomy: Taxonomy) -> dict[str, Any]:
    """Give the timelines of each key, in the order of the taxonomy or of the regions' names."""
    found = []
    for key, label in _labels(by, columns, taxonomy):
        if key not in series.timelines and key not in series.possible:
            continue
        one: dict[str, Any] = {"key": key, "label": label, **_lines(series.timelines.get(key), series.bins)}
        if by == "aircraft":
            one["possible"] = _lines(series.possible.get(key), series.bins)
        found.append(one)
    return {
        "unit": unit,
        "by": by,
        "starts": series.bins.starts.tolist() if series.bins is not None else [],
        "series": found,
    }


def _labels(by: str, columns: Columns, taxonomy: Taxonomy) -> list[tuple[str, str]]:
    if by == "kind":
        return [(kind.key, kind.plural) for kind in taxonomy.kinds.values()]
    if by == "aircraft":
        return [(node.key, node.label) for node in taxonomy.equipment.values()]
    return sorted(((region.code, region.name) for region in columns.terms.regions), key=lambda pair: pair[::-1])


def _lines(line: Timeline | None, bins: Bins | None) -> dict[str, list[int]]:
    if line is None:
        none = [0] * (len(bins) if bins is not None else 0)
        return {"solid": none, "light": none, "patterns": none}
    return {"solid": line.solid.tolist(), "light": line.light.tolist(), "patterns": line.patterns.tolist()}


def _by_code(tallies: Tallies, columns: Columns) -> dict[str, list[int]]:
    regions = columns.terms.regions
    # Of thousands of regions most have nothing.
    held = np.flatnonzero(tallies.regions.any(axis=1))
    pairs = tallies.regions[held].tolist()
    return {regions[at].code: pair for at, pair in zip(held.tolist(), pairs, strict=True)}


def _pairs(found: Mapping[str, Found]) -> dict[str, list[int]]:
    return {key: list(pair) for key, pair in found.items()}


def _named(found: Mapping[str, Sequence[int]]) -> dict[str, dict[str, int]]:
    return {key: _say(pair) for key, pair in found.items()}


def _say(found: Sequence[int]) -> dict[str, int]:
    return {"incidents": found[0], "patterns": found[1]}
