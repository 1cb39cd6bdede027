"""Counts of rows by several of their groupings together: the groups that hold anything, in the order of their values.

It says nothing in words; what is counted once is as `tallying` has it, within each group.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from geodata.precision import Precision
from incidents.editions.columns import NO_END, NO_START, Columns, Numbers
from incidents.editions.database import Database
from incidents.editions.linking import Linked
from incidents.editions.selecting import Selector
from incidents.filters import IncidentFilter

GROUPINGS = ("region", "country", "month", "year", "kind", "grade", "precision", "dataset")
"""What rows can be grouped by. None is where a row has no such value, or dates that lie in no one month or year."""

_Codes = npt.NDArray[np.integer[Any]]
_BLOCK = 4096
# Groups are numbered up to here, which many groupings of many values each would go beyond.
_MOST = 2**62


@dataclass(frozen=True, slots=True, eq=False)
class _Coding:
    """The values of a grouping, rising and none last, and of some rows the place of each one's among them."""

    values: Sequence[str | None]
    codes: _Codes


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The groups, by numbers. values: of each grouping; places: of each group, its place among each one's values.

    Incidents are rows that are none of a pattern, linked ones once in each group; patterns are such without any there.
    """

    values: Mapping[str, Sequence[str | None]]
    places: Mapping[str, _Codes]
    records: Numbers
    incidents: Numbers
    patterns: Numbers

    def __len__(self) -> int:
        """Give how many groups there are."""
        return len(self.records)

    def named(self) -> Iterator[list[dict[str, Any]]]:
        """Give the groups by name and value, in blocks."""
        counts = {name: getattr(self, name) for name in ("records", "incidents", "patterns")}
        names = (*self.places, *counts)
        for at in range(0, len(self), _BLOCK):
            part = slice(at, at + _BLOCK)
            columns: list[list[Any]] = [
                [self.values[name][place] for place in places[part].tolist()] for name, places in self.places.items()
            ]
            columns += [counted[part].tolist() for counted in counts.values()]
            yield [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


class Grouper:
    """Groups the rows of one edition's columns; safe for several threads."""

    def __init__(self, selector: Selector, linked: Linked, database: Database) -> None:
        """Keep what selects, the linked rows, and what knows the words that no column has."""
        self._selector = selector
        self._linked = linked
        self._database = database
        self._columns: Columns = selector.columns

    def group(self, filter_: IncidentFilter, by: Sequence[str]) -> Groups:
        """Group what a filter selects by names of GROUPINGS. Raises EditionBusy, QueryTooSlow, EditionDamaged."""
        rows = np.flatnonzero(self._selector.select(filter_).mask)
        codings = {name: self._code(name, rows) for name in by}
        group, most = np.zeros(len(rows), dtype=np.int64), 1
        for coding in codings.values():
            if most * len(coding.values) > _MOST:
                # Numbered anew, in the same order, without those that no row is in.
                held, group = np.unique(group, return_inverse=True)
                most = len(held)
            group = group * len(coding.values) + coding.codes
            most *= len(coding.values)
        groups, first, records = np.unique(group, return_index=True, return_counts=True)
        carries = self._find_carriers(rows, group)
        is_pattern = self._columns.pattern[rows].view(bool)
        incidents = _count(groups, group[carries & ~is_pattern])
        patterns = _count(groups, group[carries & is_pattern])
        return Groups(
            {name: coding.values for name, coding in codings.items()},
            {name: coding.codes[first] for name, coding in codings.items()},
            records,
            incidents,
            patterns,
        )

    def _find_carriers(self, rows: Numbers, group: Numbers) -> npt.NDArray[np.bool_]:
        """Say of each row whether it counts in its group: of linked ones one incident, or else one pattern."""
        carries = self._linked.alone[rows]
        linked = np.flatnonzero(~carries)
        same = self._columns.group[rows[linked]]
        order = np.lexsort((self._columns.pattern[rows[linked]], same, group[linked]))
        linked, same = linked[order], same[order]
        first = np.ones(len(linked), dtype=bool)
        first[1:] = (same[1:] != same[:-1]) | (group[linked[1:]] != group[linked[:-1]])
        carries[linked[first]] = True
        return carries

    def _code(self, name: str, rows: Numbers) -> _Coding:
        columns = self._columns
        labels = {"kind": columns.terms.kinds, "grade": columns.terms.grades, "precision": [*map(str, Precision)]}
        units = {"month": "M", "year": "Y"}
        if name in labels:
            return _code(labels[name], getattr(columns, name)[rows])
        if name in units:
            return self._in_time(rows, units[name])
        whole = self._region if name == "region" else self._country if name == "country" else self._dataset
        return _Coding(whole.values, whole.codes[rows])

    def _in_time(self, rows: Numbers, unit: str) -> _Coding:
        earliest, latest = self._columns.earliest[rows], self._columns.latest[rows]
        first, last = (days.astype("datetime64[D]").astype(f"datetime64[{unit}]") for days in (earliest, latest))
        within = (first == last) & (earliest != NO_START) & (latest != NO_END)
        if not within.any():
            return _Coding([None], np.zeros(len(rows), dtype=np.int32))
        begin, end = first[within].min(), first[within].max()
        values = [*np.datetime_as_string(np.arange(begin, end + 1)).tolist(), None]
        codes = (first - begin).astype(np.int64)
        return _Coding(values, np.where(within, codes, len(values) - 1))

    # These stand in no column, so they are read once: two bytes a row.
    @cached_property
    def _region(self) -> _Coding:
        return self._read("region")

    @cached_property
    def _country(self) -> _Coding:
        return self._read("country")

    @cached_property
    def _dataset(self) -> _Coding:
        return self._read("dataset")

    def _read(self, column: str) -> _Coding:
        with self._database.asking() as cursor:
            found = cursor.execute(f"SELECT DISTINCT {column} FROM incident WHERE {column} IS NOT NULL").fetchall()
            values = sorted(value for (value,) in found)
            spots = cursor.execute(
                "WITH word AS (SELECT unnest(?::VARCHAR[]) AS value, unnest(range(?)) AS spot) "
                f"SELECT number, spot FROM incident JOIN word ON incident.{column} = word.value",
                [values, len(values)],
            ).fetchnumpy()
        codes = np.full(len(self._columns), len(values), dtype=np.min_scalar_type(len(values)))
        codes[spots["number"]] = spots["spot"]
        return _Coding([*values, None], codes)


def _code(labels: Sequence[str], codes: _Codes) -> _Coding:
    """Order labels by their text. codes: of each row its place among them; any that none has, such as -1, is none."""
    order = sorted(range(len(labels)), key=lambda at: labels[at])
    # The last place is none's, which -1 means, too.
    places = np.full(len(labels) + 1, len(labels), dtype=np.int64)
    places[order] = np.arange(len(labels))
    return _Coding([*(labels[at] for at in order), None], np.take(places, codes.astype(np.int64), mode="wrap"))


def _count(groups: Numbers, group: Numbers) -> Numbers:
    """Count rows by group. groups: all of them, rising; group: of each row."""
    found, counted = np.unique(group, return_counts=True)
    counts = np.zeros(len(groups), dtype=np.int64)
    counts[np.searchsorted(groups, found)] = counted
    return counts
