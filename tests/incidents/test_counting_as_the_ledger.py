"""An edition counts what SQL over the ledger's own tables counts: what a filter means is said a third time, there."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from geodata.precision import Precision
from incidents import publishing
from incidents.database import open_engine, session_factory
from incidents.drafts import IncidentDraft
from incidents.editions.edition import Edition
from incidents.editions.grids import Grid
from incidents.editions.reader import EditionStore
from incidents.filters import IncidentFilter
from incidents.people import add_person
from incidents.recording import record
from incidents.review import approve
from incidents.taxonomy import load_taxonomy
from tests.conftest import LedgerTemplates
from tests.factories import UCDP, make_random_rows

TAXONOMY = load_taxonomy()
PARENTS = sorted({node.parent for node in TAXONOMY.equipment.values() if node.parent})
ROWS = 300

# Groups are joined by reachability over the links between approved records; the least id stands for a group.
MATCHED = """
    WITH RECURSIVE link AS (
        SELECT s.incident_id AS a, r.incident_id AS b FROM same_as s
        JOIN external_reference r ON r.dataset = s.dataset AND r.external_id = s.external_id
        WHERE s.incident_id <> r.incident_id
    ), edge AS (SELECT a, b FROM link UNION SELECT b, a FROM link),
    reached AS (
        SELECT id AS start, id AS member FROM incident
        UNION SELECT reached.start, edge.b FROM reached JOIN edge ON edge.a = reached.member
    ), grouped AS (SELECT start AS id, min(member) AS leader FROM reached GROUP BY start),
    matched AS (
        SELECT i.id, i.extent, i.kind, i.precision, g.leader FROM incident i JOIN grouped g ON g.id = i.id WHERE {where}
    )
"""
COUNTS = "SELECT count(*), count(DISTINCT leader) FILTER (WHERE extent = 'one'), count(DISTINCT leader) FROM matched"
BY_KIND = (
    "SELECT kind, count(DISTINCT leader) FILTER (WHERE extent = 'one'), count(DISTINCT leader) FROM matched GROUP BY 1"
)
BY_PRECISION = BY_KIND.replace("kind", "precision")
BY_REGION = """
    SELECT r.code, count(DISTINCT leader) FILTER (WHERE extent = 'one'), count(DISTINCT leader)
    FROM matched m JOIN incident_region r ON r.incident_id = m.id AND r.code IS NOT NULL GROUP BY 1
"""
BY_YEAR = """
    SELECT extract(year FROM i.earliest)::int, count(DISTINCT leader)
    FROM matched m JOIN incident i ON i.id = m.id
    WHERE m.extent = 'one' AND extract(year FROM i.earliest) = extract(year FROM i.latest)
    AND NOT EXISTS (SELECT 1 FROM matched n WHERE n.leader = m.leader AND n.id <> m.id) GROUP BY 1
"""


def drafts() -> Iterator[IncidentDraft]:
    """Make varied drafts; some say that they are the same as another."""
    rng = random.Random(3)  # noqa: S311 - chooses examples
    for number, row in enumerate(make_random_rows(ROWS, seed=12), 1):
        other = rng.randrange(1, ROWS + 1)
        same_as = (f"ucdp-ged:{other}",) if rng.random() < 0.12 and other != number else ()
        yield replace(row.draft, same_as=same_as, private_notes=None)


@pytest.fixture(scope="module")
def ledger(ledger_templates: LedgerTemplates) -> Iterator[Engine]:
    url = ledger_templates.make_url("postgis", demonstration=False)
    engine = open_engine(url)
    yield engine
    engine.dispose()
    ledger_templates.throw_away(url)


@pytest.fixture(scope="module")
def edition(ledger: Engine, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    with session_factory(ledger).begin() as session:
        ada, bo = add_person(session, "Ada"), add_person(session, "Bo")
        approve(session, [record(session, draft, by=ada, dataset=UCDP) for draft in drafts()], by=bo)
    store = EditionStore(tmp_path_factory.mktemp("editions"))
    publishing.publish(ledger, store, by="Bo")
    return store.current()


def make_where(filter_: IncidentFilter) -> tuple[str, dict[str, Any]]:
    """Say the filter over the ledger's tables."""
    found, values = ["true"], dict[str, Any]()
    if filter_.kind:
        found.append("i.kind = ANY(:kinds)")
        values["kinds"] = list(filter_.kind)
    if filter_.region:
        found.append("EXISTS (SELECT 1 FROM incident_region r WHERE r.incident_id = i.id AND r.code = ANY(:regions))")
        values["regions"] = list(filter_.region)
    if filter_.aircraft:
        below = [key for key in TAXONOMY.equipment if {key, *TAXONOMY.ancestors(key)} & set(filter_.aircraft)]
        found.append(
            "EXISTS (SELECT 1 FROM equipment_use e WHERE e.incident_id = i.id "
            "AND e.type = ANY(:types) AND e.certainty <> 'denied')"
        )
        values["types"] = below
    if filter_.grade:
        found.append(
            "EXISTS (SELECT 1 FROM harm_claim h WHERE h.incident_id = i.id AND h.chosen AND h.grade = ANY(:g))"
        )
        values["g"] = list(filter_.grade)
    if filter_.precision is not None:
        found.append("i.precision = ANY(:precisions)")
        values["precisions"] = [one.value for one in Precision if one.is_at_least(filter_.precision)]
    if filter_.start or filter_.end:
        found.append("daterange(i.earliest, i.latest, '[]') && daterange(:start, :end, '[]')")
        values |= {"start": filter_.start, "end": filter_.end}
    if not filter_.undated:
        found.append("coalesce(i.earliest, i.latest) IS NOT NULL")
    if filter_.bbox:
        found.append("false")
    return " AND ".join(found), values


def random_filters() -> Iterator[IncidentFilter]:
    rng = random.Random(17)  # noqa: S311 - chooses examples
    yield IncidentFilter()
    for _ in range(2_000):
        start, end = sorted(dt.date(1990, 1, 1) + dt.timedelta(days=rng.randrange(12_000)) for _ in range(2))
        parts: list[dict[str, Any]] = [
            {"kind": tuple(rng.sample(list(TAXONOMY.kinds), 4))},
            {"region": (rng.choice(["MM", "MM-01", "MM-14"]),)},
            {"aircraft": tuple(rng.sample(list(TAXONOMY.equipment), 6))},
            {"aircraft": (rng.choice(PARENTS),)},
            {"grade": tuple(rng.sample(list(TAXONOMY.grades), 2))},
            {"precision": rng.choice(list(Precision))},
            {"start": start},
            {"end": end},
            {"start": start, "end": end},
            {"undated": False},
        ]
        chosen: dict[str, Any] = {}
        for part in rng.sample(parts, rng.choice([1, 2, 2, 3])):
            chosen |= part
        yield IncidentFilter(**chosen)


def ask(connection: Connection, filter_: IncidentFilter, question: str) -> list[tuple[Any, ...]]:
    where, values = make_where(filter_)
    return [tuple(row) for row in connection.execute(text(MATCHED.format(where=where) + question), values)]


def pairs(rows: list[tuple[Any, ...]]) -> dict[str, list[int]]:
    return {key: [incidents, groups - incidents] for key, incidents, groups in rows}


@pytest.mark.postgis
def test_every_filter_counts_as_in_the_ledger(ledger: Engine, edition: Edition) -> None:
    found_something = 0
    with ledger.connect() as connection:
        for filter_ in random_filters():
            ((matched, incidents, groups),) = ask(connection, filter_, COUNTS)
            tallies = edition.tallies(filter_)
            counted = (tallies["shown"], tallies["incidents"], tallies["patterns"])
            assert counted == (matched, incidents, groups - incidents), filter_
            clusters = edition.clusters(filter_, Grid(64, 0, 0, 63, 63))
            assert clusters.totals.incidents == incidents
            for name, question, lifted in (
                ("kinds", BY_KIND, {"kind": ()}),
                ("precisions", BY_PRECISION, {"precision": None}),
                ("regions", BY_REGION, {"region": ()}),
            ):
                others = replace(filter_, **lifted)
                assert tallies[name] == pairs(ask(connection, others, question)), (name, filter_)
            found_something += 0 < matched < ROWS
    assert found_something > 80


@pytest.mark.postgis
def test_the_solid_bars_of_a_year_are_those_of_the_ledger(ledger: Engine, edition: Edition) -> None:
    with ledger.connect() as connection:
        for kind in TAXONOMY.kinds:
            alone = IncidentFilter(kind=(kind,))
            counted = dict(ask(connection, alone, BY_YEAR))
            bins = edition.histogram(alone, "year")["bins"]
            found = {(dt.date(1970, 1, 1) + dt.timedelta(start)).year: solid for start, _, solid, *_ in bins}
            assert all(found[year] >= number for year, number in counted.items())
            linked = sum(found.values()) - sum(counted.values())
            assert 0 <= linked <= 8, "what is linked is counted once, and is little"
