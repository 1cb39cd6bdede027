"""The columns of some of an edition's rows: without those that were taken back, or of none but those that are chosen.

It selects nothing: it is told which rows are meant.
"""

import dataclasses
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from incidents.editions.columns import (
    NO_END,
    NO_START,
    AircraftSet,
    Columns,
    Ints,
    Numbers,
    RegionTerm,
    Terms,
    to_bytes,
)
from incidents.errors import TooManyRows

MOST_ROWS = 200_000
"""Of how many rows at most readers get the columns of what a filter selects."""

_UNKNOWN_PRECISION = 10
# What a row that was taken back holds instead of its own; its group is itself, its sets are the empty ones.
_BLANK = {
    "kind": 0,
    "precision": _UNKNOWN_PRECISION,
    "pattern": 0,
    "x": -1,
    "y": -1,
    "radius": -1,
    "area": -1,
    "earliest": NO_START,
    "latest": NO_END,
    "grade": -1,
}


def without_rows(columns: Columns, taken_back: Collection[int], also_regions: Collection[str]) -> Columns:
    """Give a copy without the content of some rows; their numbers stay and are listed as withdrawn.

    No term is left that those rows alone used. also_regions: codes that are in use for another reason.
    """
    gone = np.array(sorted(taken_back), dtype=np.int64)
    rest = np.ones(len(columns), dtype=bool)
    rest[gone] = False
    arrays = {name: values.copy() for name, values in columns.arrays().items()}
    _regroup(arrays["group"], gone)
    for name, value in _BLANK.items():
        arrays[name][gone] = value
    old = columns.terms
    kinds = _used(columns.kind[rest], len(old.kinds))
    region_sets = _used(columns.region_set[rest], len(old.region_sets))
    aircraft_sets = _used(columns.aircraft_set[rest], len(old.aircraft_sets))
    regions = _with_parents(
        old.regions,
        {old.regions[index].code for at in region_sets for index in old.region_sets[at]}
        | {old.regions[index].code for index in np.unique(columns.area[rest]) if index >= 0}
        | set(also_regions),
    )
    aircraft = sorted({index for at in aircraft_sets for part in _both(old.aircraft_sets[at]) for index in part})
    region_at = {index: at for at, index in enumerate(regions)}
    aircraft_at = {index: at for at, index in enumerate(aircraft)}
    kept_regions = [tuple(region_at[index] for index in old.region_sets[at]) for at in region_sets]
    kept_aircraft = [
        AircraftSet(*(tuple(aircraft_at[index] for index in part) for part in _both(old.aircraft_sets[at])))
        for at in aircraft_sets
    ]
    arrays["kind"][rest] = _renumber(columns.kind[rest], kinds)
    arrays["area"][rest] = _renumber(columns.area[rest], regions)
    for name, used, sets, empty in (
        ("region_set", region_sets, kept_regions, ()),
        ("aircraft_set", aircraft_sets, kept_aircraft, AircraftSet()),
    ):
        arrays[name][rest] = _renumber(getattr(columns, name)[rest], used)
        if empty not in sets:
            sets.append(empty)  # type: ignore[arg-type]  # each list gets the empty one of its own
        arrays[name][gone] = sets.index(empty)  # type: ignore[arg-type]  # likewise
    terms = Terms(
        old.edition,
        int(rest.sum()),
        tuple(old.kinds[index] for index in kinds),
        tuple(old.regions[index] for index in regions),
        tuple(old.aircraft[index] for index in aircraft),
        old.grades,
        tuple(kept_regions),
        tuple(kept_aircraft),
        tuple(gone.tolist()),
    )
    return Columns(terms, **arrays)


def excerpt(columns: Columns, numbers: Numbers, span: tuple[int, int] | None) -> bytes:
    """Give the columns of some rows as the file has them, with their numbers in the edition, for who knows no others.

    Of no row that is left out anything is said, but that the edition has it. numbers: rising, MOST_ROWS at most, none
    of them withdrawn. span: of the edition. Raises TooManyRows.
    """
    if len(numbers) > MOST_ROWS:
        msg = f"Columns of a choice are given of {MOST_ROWS:,} rows at most, and this one has {len(numbers):,}."
        raise TooManyRows(msg)
    chosen = without_rows(choose_rows(columns, numbers), (), ())
    terms = dataclasses.replace(chosen.terms, total=columns.terms.total, span=span)
    return to_bytes(dataclasses.replace(chosen, terms=terms), numbers.astype(np.int32))


def choose_rows(columns: Columns, numbers: Sequence[int] | Numbers) -> Columns:
    """Give some rows, numbered anew from 0 in the order given; none of them may be withdrawn."""
    chosen = np.asarray(numbers, dtype=np.int64)
    arrays = {name: values[chosen] for name, values in columns.arrays().items()}
    _, first, member = np.unique(arrays["group"], return_index=True, return_inverse=True)
    arrays["group"] = first[member].astype(np.int32)
    return Columns(dataclasses.replace(columns.terms, total=len(chosen), withdrawn=()), **arrays)


def _both(aircraft: AircraftSet) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return aircraft.certain, aircraft.possible


def _used(values: npt.NDArray[Any], most: int) -> list[int]:
    """Give the values that occur, rising."""
    counted = np.bincount(values, minlength=most)
    return [int(at) for at in np.flatnonzero(counted)]


def _renumber(values: npt.NDArray[Any], kept: Sequence[int]) -> npt.NDArray[Any]:
    """Give the place of each value among those that are kept; -1 stays -1."""
    table = np.full((max(kept) if kept else -1) + 2, -1, dtype=np.int32)
    table[np.asarray(kept, dtype=np.int64)] = np.arange(len(kept))
    # The last place is that of -1.
    found: npt.NDArray[np.int32] = table[values]
    return found


def _regroup(group: Ints, gone: npt.NDArray[np.int64]) -> None:
    """Let the first row that is left stand for its group, and what is taken back for itself alone."""
    touched = np.flatnonzero(np.isin(group, np.unique(group[gone])))
    left = touched[~np.isin(touched, gone)]
    first: dict[int, int] = {}
    for row in left.tolist():
        group[row] = first.setdefault(int(group[row]), row)
    group[gone] = gone


def _with_parents(regions: Sequence[RegionTerm], codes: Collection[str]) -> list[int]:
    """Give the indices of the regions of some codes and of all above them, rising."""
    index = {region.code: at for at, region in enumerate(regions)}
    waiting = [code for code in codes if code in index]
    found: set[int] = set()
    while waiting:
        at = index[waiting.pop()]
        if at not in found:
            found.add(at)
            parent = regions[at].parent
            waiting += [parent] if parent in index else []
    return sorted(found)
