"""What an edition changed of the one before, and when each of its rows was first shown and last changed.

It knows no row that the edition does not show: what is gone is counted in the manifest, and nowhere named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from incidents.editions.database import NUMBERED
from incidents.editions.edition import Edition
from incidents.editions.manifest import Earlier
from incidents.editions.schema import SORTS

_CONDITIONS = {
    "added": "added_in = ?",
    "changed": "changed_in = ? AND added_in <> changed_in",
}
CHANGES = tuple(_CONDITIONS)
"""What an edition can do to a row of its own."""


@dataclass(frozen=True, slots=True)
class Dates:
    """The numbers of the editions that first showed a row and that last changed it."""

    added_in: int
    changed_in: int


def count_changes(edition: Edition) -> dict[str, int]:
    """Give how many rows the edition added, and how many it changed, without those that are taken back."""
    return {what: _count(edition, what) for what in CHANGES}


def list_changes(edition: Edition, what: str, limit: int, offset: int) -> list[dict[str, Any]]:
    """Give a page of the details of what the edition added, or changed, the newest first. what: of CHANGES."""
    where, values = _where(edition, what)
    question = f"SELECT number FROM incident WHERE {where} ORDER BY {SORTS['-date']} LIMIT ? OFFSET ?"
    with edition.asking() as cursor:
        numbers = [number for (number,) in cursor.execute(question, [*values, limit, offset]).fetchall()]
    return edition.details_by_number(numbers)


def find_dates(edition: Edition, numbers: Sequence[int]) -> Mapping[int, Dates]:
    """Give the dates of rows by their numbers."""
    question = f"SELECT number, added_in, changed_in FROM incident WHERE {NUMBERED}"
    with edition.asking() as cursor:
        rows = cursor.execute(question, [list(numbers)]).fetchall()
    return {number: Dates(added, changed) for number, added, changed in rows}


def find_first(edition: Edition, id_: str) -> int | None:
    """Give the number of the edition that first showed an incident of this one; None where it has no such id."""
    if not id_.isalnum() or id_ in edition.taken_back:
        return None
    with edition.asking() as cursor:
        row = cursor.execute("SELECT added_in FROM incident WHERE id = ?", [id_]).fetchone()
    return row[0] if row else None


def published_at(edition: Edition, number: int) -> str | None:
    """Give when an edition was published (UTC, ISO 8601): this one, or one before it that it knows of."""
    if number == edition.number:
        return edition.manifest.published_at
    known: Mapping[int, Earlier] = {one.number: one for one in edition.manifest.earlier}
    return known[number].published_at if number in known else None


def _count(edition: Edition, what: str) -> int:
    where, values = _where(edition, what)
    with edition.asking() as cursor:
        row = cursor.execute(f"SELECT count(*) FROM incident WHERE {where}", values).fetchone()
    assert row is not None  # noqa: S101 - an aggregate always gives one row
    return int(row[0])


def _where(edition: Edition, what: str) -> tuple[str, list[Any]]:
    where, values = _CONDITIONS[what], [edition.number]
    if edition.taken_back:
        return f"{where} AND NOT list_contains(?::VARCHAR[], id)", [*values, list(edition.taken_back)]
    return where, values
