"""Borders between polygons of a coverage: each once, and told apart by what lies on either side.

It knows polygons and their numbers, and no country.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

# Vertices are compared on a grid of 1e-6 degrees, and kept as one number each.
PER_DEG = 1_000_000
WEST, SOUTH = 180 * PER_DEG, 90 * PER_DEG
ROW = 1_000_000_000


def shared_borders(
    polygons: Sequence[BaseGeometry], kind_of: Callable[[int, int], str | None]
) -> dict[str, list[BaseGeometry]]:
    """Give, for each kind, the lines between any two polygons that kind_of(one, other) gives that kind.

    Polygons share a border where they share its vertices exactly, as after shapely.coverage_simplify. None leaves a
    border out.
    """
    starts, ends, owners = [], [], []
    for number, polygon in enumerate(polygons):
        for part in shapely.get_parts(polygon):
            for ring in shapely.get_rings(part):
                steps = np.rint(shapely.get_coordinates(ring) * PER_DEG).astype(np.int64)
                keys = (steps[:, 0] + WEST) * ROW + steps[:, 1] + SOUTH
                starts.append(keys[:-1])
                ends.append(keys[1:])
                owners.append(np.full(len(keys) - 1, number))
    start, end, owner = np.concatenate(starts), np.concatenate(ends), np.concatenate(owners)
    low, high = np.minimum(start, end), np.maximum(start, end)
    order = np.lexsort((high, low))
    low, high, owner = low[order], high[order], owner[order]
    same = (low[1:] == low[:-1]) & (high[1:] == high[:-1]) & (owner[1:] != owner[:-1])
    pairs = np.flatnonzero(same)
    by_kind: dict[str, list[np.ndarray]] = defaultdict(list)
    kinds: dict[tuple[int, int], str | None] = {}
    chosen: dict[str, list[int]] = defaultdict(list)
    for pair in pairs.tolist():
        sides = (int(owner[pair]), int(owner[pair + 1]))
        if sides not in kinds:
            kinds[sides] = kind_of(*sides)
        kind = kinds[sides]
        if kind is not None:
            chosen[kind].append(pair)
    for kind, numbers in chosen.items():
        ones, others = _points(low[numbers]), _points(high[numbers])
        by_kind[kind].append(np.stack([ones, others], axis=1))
    return {
        kind: list(shapely.get_parts(shapely.line_merge(shapely.MultiLineString(list(np.concatenate(segments))))))
        for kind, segments in by_kind.items()
    }


def _points(keys: np.ndarray) -> np.ndarray:
    x = keys // ROW - WEST
    y = keys % ROW - SOUTH
    return np.stack([x, y], axis=1) / PER_DEG
