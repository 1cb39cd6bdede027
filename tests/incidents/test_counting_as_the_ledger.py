"""An edition counts what SQL over the ledger's own tables counts: what a filter means is said a third time, there."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
import shapely
from sqlalchemy import Connection, Engine, text

from geodata.bbox import BBox
from geodata.precision import Precision
from incidents import publishing
from incidents.database import open_engine, session_factory
from incidents.drafts import (
    CitationDraft,
    GoodsDraft,
    IncidentDraft,
    ParticipationDraft,
    SourceDraft,
    TargetDraft,
    TransferDraft,
)
from incidents.editions.edition import Edition
from incidents.editions.grids import Grid
from incidents.editions.reader import EditionStore
from incidents.filters import FILTER_NAMES, NONE, REPEATABLE, IncidentFilter, parse_filter
from incidents.people import add_person
from incidents.recording import record
from incidents.review import approve
from incidents.taxonomy import load_taxonomy
from tests.conftest import LedgerTemplates
from tests.factories import UCDP, make_random_rows

TAXONOMY = load_taxonomy()
SOURCES = (
    SourceDraft("wire", "A report", publisher="Une Agence Française", author="Ümit Şahin"),
    SourceDraft("film", "A film of Mandalay", publisher="Канал"),
)
PARENTS = sorted({node.parent for node in TAXONOMY.equipment.values() if node.parent})
QUERIES = (
    *("kalay", "MANDALAY", "tabayin kalay", "ရန်ကုန်", "ရန်", "နေပြည်တော်", "စစ်ကိုင်း", "sagaing", "chin", "township"),
    *("cafe", "CAFÉ", "elan pres", "łodz", "moskva", "москва", "МОСКВА Łódź", "tatmadaw", "military tatmadaw", "ecole"),
    *("school", "école 5", "su-30", "pieces", "helicopter", "mi-35", "airstrike", "agence française", "umit ŞAHİN"),
    *("канал", "film", "report film", "ucdp-ged:1", ":29", "operator", "100%", "nothing_of"),
)
ROWS = 300

# What is told of incidents once, since thousands of filters ask for it. Groups are joined by reachability over the
# links between approved records; the least id stands for a group.
GROUPED = """
    CREATE TEMP TABLE grouped AS WITH RECURSIVE link AS (
        SELECT s.incident_id AS a, r.incident_id AS b FROM same_as s
        JOIN external_reference r ON r.dataset = s.dataset AND r.external_id = s.external_id
        WHERE s.incident_id <> r.incident_id
    ), edge AS (SELECT a, b FROM link UNION SELECT b, a FROM link),
    reached AS (
        SELECT id AS start, id AS member FROM incident
        UNION SELECT reached.start, edge.b FROM reached JOIN edge ON edge.a = reached.member
    ) SELECT start AS id, min(member) AS leader FROM reached GROUP BY start
"""
# All texts that are searched, without case and accents. What a key is called is the taxonomy's to say.
SEARCHED = """
    CREATE TEMP TABLE searched AS WITH said AS (
        SELECT id, concat_ws(' ', title, summary, place) AS words FROM incident
        UNION ALL SELECT i.id, l.label FROM incident i JOIN label l ON l.vocabulary = 'kind' AND l.key = i.kind
        UNION ALL SELECT r.incident_id, concat_ws(' ', r.name, g.local_name) FROM incident_region r
            LEFT JOIN region g ON g.boundary_set_id = r.boundary_set_id AND g.scheme = r.scheme AND g.code = r.code
        UNION ALL SELECT e.incident_id, l.label FROM equipment_use e
            JOIN label l ON l.vocabulary = 'equipment' AND l.key = e.type
        UNION ALL SELECT g.incident_id, concat_ws(' ', g.what, l.label) FROM goods g
            LEFT JOIN label l ON l.vocabulary = 'equipment' AND g.types::jsonb ? l.key
        UNION ALL SELECT incident_id, concat_ws(' ', actor, as_spelled) FROM participation
        UNION ALL SELECT t.incident_id, concat_ws(' ', t.words, l.label) FROM target t
            JOIN label l ON l.vocabulary = 'target' AND l.key = t.type
        UNION ALL SELECT c.incident_id, concat_ws(' ', s.title, s.publisher, s.author) FROM citation c
            JOIN source s ON s.id = c.source_id
        UNION ALL SELECT incident_id, dataset || ':' || external_id FROM external_reference
    ), whole AS (SELECT id, normalize(string_agg(words, ' '), NFKD) COLLATE "und-x-icu" AS words FROM said GROUP BY id)
    SELECT id, normalize(regexp_replace(lower(words), '[\u0300-\u036f]', '', 'g'), NFC) AS words FROM whole
"""
# Where incidents lie: at their point, in their region, or within the circle around what stands in for an area.
PLACES = """
    CREATE TEMP TABLE place AS SELECT
        i.id, p.point IS NOT NULL AND p.claimed AS exact, coalesce(g.code, i.id::text) AS key,
        CASE WHEN p.claimed THEN p.point WHEN g.id IS NOT NULL THEN a.polygon
        ELSE ST_Buffer(p.point::geography, i.radius_m, 32)::geometry END AS shape
    FROM incident i LEFT JOIN incident_point p ON p.incident_id = i.id
    LEFT JOIN (
        incident_region r JOIN region g ON g.boundary_set_id = r.boundary_set_id AND g.code = r.code
        JOIN region_polygon a ON a.region_id = g.id
    ) ON r.incident_id = i.id AND i.precision = CASE r.level WHEN 0 THEN 'country' WHEN 1 THEN 'state' END
"""
# Which boxes they meet; of boxes that come so close to an area's edge that its simplified form may differ, nothing.
EDGE_DEG = 0.03
MET = f"""
    CREATE TEMP TABLE met AS WITH shape AS (SELECT DISTINCT ON (key) key, exact, shape FROM place),
    meeting AS (
        SELECT b.box, s.key, ST_Intersects(b.shape, s.shape) AS meets,
            NOT s.exact AND ST_Intersects(ST_Buffer(b.shape, {EDGE_DEG}, 'join=mitre'), s.shape)
                <> ST_Intersects(ST_Buffer(b.shape, -{EDGE_DEG}, 'join=mitre'), s.shape) AS unsure
        FROM box b CROSS JOIN shape s
    )
    SELECT m.box, p.id FROM meeting m JOIN place p USING (key)
    WHERE coalesce(m.meets, true) AND m.box NOT IN (SELECT box FROM meeting WHERE unsure)
"""
MATCHED = """
    WITH matched AS (
        SELECT i.id, i.extent, i.kind, i.precision, g.leader FROM incident i JOIN grouped g ON g.id = i.id WHERE {where}
    )
"""
COUNTS = "count(*), count(DISTINCT leader) FILTER (WHERE extent = 'one'), count(DISTINCT leader)"
# Each with what it is asked without: one sees what another kind, precision or region would give.
QUESTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "all": (f"SELECT 'all', NULL, {COUNTS} FROM matched", {}),
    "kinds": (f"SELECT 'kinds', kind, {COUNTS} FROM matched GROUP BY kind", {"kind": ()}),
    "precisions": (f"SELECT 'precisions', precision, {COUNTS} FROM matched GROUP BY precision", {"precision": None}),
    "regions": (
        f"""SELECT 'regions', code, {COUNTS} FROM matched JOIN incident_region ON incident_id = matched.id
            WHERE code IS NOT NULL GROUP BY code""",
        {"region": ()},
    ),
}
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
        yield replace(
            row.draft,
            same_as=same_as,
            private_notes=None,
            summary=rng.choice((None, "Près du café de l’Élan", "Łódź, МОСКВА", "နေပြည်တော်")),
            participants=(
                ParticipationDraft("Myanmar military", "operator", as_spelled=rng.choice((None, "Tatmadaw"))),
            ),
            targets=(TargetDraft(rng.choice(list(TAXONOMY.targets)), words=rng.choice((None, "École 5"))),),
            transfer=TransferDraft("bought", goods=(GoodsDraft(("su-30",), "Pièces"),))
            if row.draft.kind == "arms_transfer"
            else None,
            citations=tuple(CitationDraft(source) for source in rng.sample(SOURCES, rng.choice((0, 1, 2)))),
        )


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


@pytest.fixture(scope="module")
def connection(ledger: Engine, edition: Edition) -> Iterator[Connection]:
    """Ask the ledger that the edition was made from, which is told what the taxonomy calls things, and the boxes."""
    labels = [
        {"vocabulary": vocabulary, "key": key, "label": term.label}
        for vocabulary, terms in (
            ("kind", TAXONOMY.kinds),
            ("equipment", TAXONOMY.equipment),
            ("target", TAXONOMY.targets),
        )
        for key, term in terms.items()
    ]
    with ledger.connect() as connection:
        connection.execute(text("CREATE TEMP TABLE label (vocabulary text, key text, label text)"))
        connection.execute(text("INSERT INTO label VALUES (:vocabulary, :key, :label)"), labels)
        connection.execute(text("CREATE TEMP TABLE box (box text, shape geometry)"))
        boxes = [
            {
                "box": str(box),
                "shape": shapely.union_all(
                    [shapely.box(part.west, part.south, part.east, part.north) for part in box.parts()]
                ).wkt,
            }
            for box in random_boxes()
        ]
        connection.execute(text("INSERT INTO box VALUES (:box, ST_GeomFromText(:shape, 4326))"), boxes)
        for told in (GROUPED, SEARCHED, PLACES, MET, "ANALYZE", "SET jit = off"):
            connection.exec_driver_sql(told)
        yield connection


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
    for number, word in enumerate(filter_.words):
        found.append(f"EXISTS (SELECT FROM searched s WHERE s.id = i.id AND strpos(s.words, :word{number}) > 0)")
        values[f"word{number}"] = word
    if filter_.bbox:
        found.append("EXISTS (SELECT FROM met m WHERE m.id = i.id AND m.box = :box)")
        values["box"] = str(filter_.bbox)
    return " AND ".join(found), values


def random_boxes() -> Iterator[BBox]:
    """Give the whole world and boxes in and around Myanmar, some of which go on over the antimeridian."""
    yield BBox(-180, -90, 180, 90)
    rng = random.Random(5)  # noqa: S311 - chooses examples
    for number in range(200):
        west, south = round(rng.uniform(88, 102), 2), round(rng.uniform(6, 28), 2)
        east = -170.0 if number % 8 == 0 else round(west + rng.uniform(0.2, 6), 2)
        yield BBox(west, south, east, round(south + rng.uniform(0.2, 6), 2))


def random_filters(boxes: Sequence[BBox]) -> Iterator[IncidentFilter]:
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
            {"words": parse_filter([("q", rng.choice(QUERIES))], TAXONOMY).words},
            {"bbox": rng.choice(boxes)},
        ]
        chosen: dict[str, Any] = {}
        for part in rng.sample(parts, rng.choice([1, 2, 2, 3])):
            chosen |= part
        if rng.random() < 0.02:
            chosen[rng.choice(REPEATABLE)] = NONE
        yield IncidentFilter(**chosen)


def ask(connection: Connection, filter_: IncidentFilter, question: str) -> list[tuple[Any, ...]]:
    where, values = make_where(filter_)
    return [tuple(row) for row in connection.execute(text(MATCHED.format(where=where) + question), values)]


def count(connection: Connection, filter_: IncidentFilter) -> dict[str, dict[str | None, list[int]]]:
    """Give, by question and key, the number of records, incidents and patterns."""
    together: dict[IncidentFilter, list[str]] = {}
    for question, lifted in QUESTIONS.values():
        together.setdefault(replace(filter_, **lifted), []).append(question)
    found: dict[str, dict[str | None, list[int]]] = {name: {} for name in QUESTIONS}
    for others, questions in together.items():
        for name, key, records, incidents, groups in ask(connection, others, " UNION ALL ".join(questions)):
            found[name][key] = [records, incidents, groups - incidents]
    return found


@pytest.mark.postgis
def test_every_filter_counts_as_in_the_ledger(connection: Connection, edition: Edition) -> None:
    sure = set(connection.scalars(text("SELECT box FROM met")))
    boxes = [box for box in random_boxes() if str(box) in sure]
    assert len(boxes) > 50
    found_something = Counter[str]()
    for filter_ in random_filters(boxes):
        expected = count(connection, filter_)
        matched, incidents, patterns = expected["all"][None]
        tallies = edition.tallies(filter_)
        assert (tallies["shown"], tallies["incidents"], tallies["patterns"]) == (matched, incidents, patterns), filter_
        clusters = edition.clusters(filter_, Grid(64, 0, 0, 63, 63))
        assert clusters.totals.incidents == incidents
        for name in ("kinds", "precisions", "regions"):
            assert tallies[name] == {key: counts[1:] for key, counts in expected[name].items()}, (name, filter_)
        if 0 < matched < ROWS:
            found_something.update(name for name, _ in filter_.to_pairs())
    assert set(found_something) == set(FILTER_NAMES)
    assert min(found_something.values()) > 80


@pytest.mark.postgis
def test_the_solid_bars_of_a_year_are_those_of_the_ledger(connection: Connection, edition: Edition) -> None:
    for kind in TAXONOMY.kinds:
        alone = IncidentFilter(kind=(kind,))
        counted = dict(ask(connection, alone, BY_YEAR))
        bins = edition.histogram(alone, "year")["bins"]
        found = {(dt.date(1970, 1, 1) + dt.timedelta(start)).year: solid for start, _, solid, *_ in bins}
        assert all(found[year] >= number for year, number in counted.items())
        linked = sum(found.values()) - sum(counted.values())
        assert 0 <= linked <= 8, "what is linked is counted once, and is little"
