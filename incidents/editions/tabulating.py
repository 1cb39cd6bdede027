"""Counts of an edition's rows by any of its groupings, and those of records that are published in no row, said apart.

It groups; it draws nothing and rounds nothing.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from incidents.editions.edition import Edition
from incidents.editions.grouping import Groups
from incidents.filters import IncidentFilter

_OF_AGGREGATES: dict[str, str] = {
    "region": "a.region",
    "country": "r.country",
    "month": "a.month",
    "year": "a.month[:4]",
    "kind": "a.kind",
    "dataset": "a.dataset",
}


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Counts. groups: None where nothing is grouped; aggregate_only: names and values, in the order of their groups.

    The latter is None where the filter or the grouping asks for what counts without rows cannot tell.
    """

    totals: dict[str, int]
    groups: Groups | None
    aggregate_only: list[dict[str, Any]] | None

    def blocks(self) -> Iterator[list[dict[str, Any]]]:
        """Give the groups as names and values, in blocks; where nothing is grouped one group, the totals."""
        return iter([[{**self.totals}]]) if self.groups is None else self.groups.named()


@dataclass(frozen=True, slots=True)
class Unshown:
    """How many records are counted and stand in no row: in the edition, and beside what a filter finds.

    matching: None where the filter asks for what counts without rows cannot tell.
    """

    in_edition: int
    matching: int | None

    @property
    def words(self) -> str:
        """Say it beside what is shown: "7 more are counted only"; "" where there is nothing to say."""
        if self.matching is None:
            return _say_counted(self.in_edition, "in the whole edition")
        return _say_counted(self.matching, "more")


def _say_counted(records: int, which: str) -> str:
    return f"{records:,} {which} {'is' if records == 1 else 'are'} counted only" if records else ""


def count_unshown(edition: Edition, filter_: IncidentFilter | None = None) -> Unshown:
    """Count the records that may be counted only. None as the filter: what is asked for cannot be told of them.

    Of a box it never can: boxes could be drawn ever smaller around a place that is in no row.
    """
    total = edition.manifest.aggregate_only
    if not total:
        return Unshown(0, 0)
    found = None if filter_ is None else _aggregates(edition, filter_, ())
    return Unshown(total, None if found is None else sum(row["records"] for row in found))


def tabulate(edition: Edition, filter_: IncidentFilter, by: Sequence[str]) -> Table:
    """Count rows, incidents among them (linked ones once in each group, and once in the totals) and patterns.

    by: of GROUPINGS; nothing gives one group, of all that is found.
    """
    total = edition.counts(filter_)
    return Table(
        {"records": total.matched, "incidents": total.incidents, "patterns": total.patterns},
        edition.groups(filter_, by) if by else None,
        _aggregates(edition, filter_, by),
    )


def _aggregates(edition: Edition, filter_: IncidentFilter, by: Sequence[str]) -> list[dict[str, Any]] | None:
    tellable = IncidentFilter(kind=filter_.kind, region=filter_.region, start=filter_.start, end=filter_.end)
    if tellable != replace(filter_, undated=True) or not set(by) <= set(_OF_AGGREGATES):
        return None
    where = ["true"]
    values: list[Any] = []
    if filter_.kind:
        where.append("list_contains(?::VARCHAR[], a.kind)")
        values.append(list(filter_.kind))
    if filter_.region:
        where.append("(list_contains(?::VARCHAR[], a.region) OR list_contains(?::VARCHAR[], r.country))")
        values += [list(filter_.region), list(filter_.region)]
    # A month that is not known may be any.
    for day, condition in ((filter_.start, "a.month >= ?"), (filter_.end, "a.month <= ?")):
        if day is not None:
            where.append(f"(a.month IS NULL OR {condition})")
            values.append(_month(day))
    if not filter_.undated:
        where.append("a.month IS NOT NULL")
    names = ["dataset", *(name for name in by if name != "dataset")]
    groups = ", ".join(_OF_AGGREGATES[name] for name in names)
    with edition.asking() as cursor:
        levels = "SELECT count(*) FROM region WHERE level <= 1 AND list_contains(?::VARCHAR[], code)"
        if cursor.execute(levels, [list(filter_.region)]).fetchone() != (len(filter_.region),):
            # They are counted by first-level units, so that nothing is known of smaller ones.
            return None
        rows = cursor.execute(
            f"SELECT {groups}, sum(a.records)::BIGINT FROM aggregate a LEFT JOIN region r ON r.code = a.region "
            f"WHERE {' AND '.join(where)} GROUP BY ALL ORDER BY ALL",
            values,
        ).fetchall()
    return [dict(zip((*names, "records"), row, strict=True)) for row in rows]


def _month(day: dt.date) -> str:
    return day.isoformat()[:7]
