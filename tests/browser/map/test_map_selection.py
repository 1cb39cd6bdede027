"""The browser selects what the service selects: rows, counts, facets, words, boxes and addresses, for many filters."""

import gzip
import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Page

from app.maps.standalone import inline
from app.maps.view import EditionSummary, MapView
from app.maps.web_map import WebMap
from incidents.editions.edition import Edition
from incidents.filters import IncidentFilter, parse_filter
from incidents.taxonomy import Taxonomy
from tests.factories import make_random_rows, make_store

pytestmark = pytest.mark.browser

ROWS = 400
FILTERS = 60
RUN = """async ([columns, filter, matches]) => {
    const { Selection } = await import("/src/selection.js");
    const selection = new Selection(columns, filter, async () => matches);
    await selection.ready;
    const { counts, mask } = selection;
    return {
        rows: [...mask.keys()].filter((i) => mask[i]),
        query: selection.toQuery(),
        shown: counts.shown,
        incidents: counts.incidents,
        patterns: counts.patterns,
        kind: Object.fromEntries(counts.kinds),
        region: Object.fromEntries(counts.regions),
        grade: Object.fromEntries(counts.grades),
        precision: Object.fromEntries(counts.precisions),
        aircraft: Object.fromEntries(counts.aircraft),
        histogram: selection.histogram("year"),
    };
}"""
SEARCH = """async ([data, filters]) => {
    const { InlineSource } = await import("/src/source.js");
    const source = new InlineSource(data);
    return Promise.all(filters.map((filter) => source.matches(filter)));
}"""


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edition]:
    """Open an edition of random rows."""
    store = make_store(tmp_path_factory.mktemp("selection"), make_random_rows(ROWS, seed=7))
    with store.reading(None) as held:
        yield held


def random_pairs(rng: random.Random, taxonomy: Taxonomy) -> Iterator[tuple[str, str]]:
    """Give a filter's pairs: each name now and then."""
    year, west, south = rng.randint(1988, 2022), round(rng.uniform(90, 99), 3), round(rng.uniform(8, 25), 3)
    several = {
        "kind": (0.4, list(taxonomy.kinds)),
        "aircraft": (0.3, list(taxonomy.equipment)),
        "region": (0.4, ["MM", "MM-01", "MM-14", "RU"]),
        "grade": (0.2, list(taxonomy.grades)),
    }
    for name, (share, values) in several.items():
        if rng.random() < share:
            yield from ((name, value) for value in rng.sample(values, rng.randint(1, 3)))
    single = {
        "from": (0.4, [f"{year}-0{rng.randint(1, 9)}"]),
        "to": (0.4, [str(year + rng.randint(1, 9))]),
        "undated": (0.2, ["hide"]),
        "precision": (0.2, ["exact", "near", "township", "state"]),
        "q": (0.3, ["kalay", "Mandalay", "ရန်ကုန်", "UCDP mandalay", "no such word"]),
        "bbox": (0.3, [f"{west},{south},{west + 4},{south + 3}"]),
    }
    for name, (share, values) in single.items():
        if rng.random() < share:
            yield name, rng.choice(values)


def random_filters(edition: Edition) -> Iterator[IncidentFilter]:
    """Give filters of every sort, the same ones every time."""
    rng = random.Random(11)  # noqa: S311 - nothing secret hangs on it
    yield IncidentFilter()
    for _ in range(FILTERS):
        yield parse_filter(random_pairs(rng, edition.taxonomy), edition.taxonomy)


def describe(chosen: IncidentFilter, edition: Edition) -> Any:
    """Write a filter as the page's script gets it."""
    view = MapView(EditionSummary("1", 1, ROWS), edition.taxonomy, chosen)
    return WebMap(view).describe()["filter"]


def without_zeros(counts: dict[str, Any]) -> dict[str, Any]:
    """Leave out what nothing was counted for."""
    nothing = {"incidents": 0, "patterns": 0}
    return {key: value for key, value in counts.items() if value not in (nothing, dict.fromkeys(value, nothing))}


def test_browser_and_service_select_the_same(modules: Page, edition: Edition) -> None:
    columns = json.loads(gzip.decompress(edition.columns()))
    for chosen in random_filters(edition):
        texts = IncidentFilter(words=chosen.words, bbox=chosen.bbox)
        found = modules.evaluate(RUN, [columns, describe(chosen, edition), edition.matches(texts)])
        said = str(chosen.to_pairs())
        counts, facets = edition.counts(chosen), edition.facets(chosen)
        assert found["rows"] == edition.matches(chosen), said
        assert (found["shown"], found["incidents"], found["patterns"]) == (
            counts.matched,
            counts.incidents,
            counts.patterns,
        ), said
        for name in ("kind", "region", "grade", "precision", "aircraft"):
            assert without_zeros(found[name]) == without_zeros(facets[name]), f"{name}: {said}"
        assert parse_filter(parse_qsl(found["query"]), edition.taxonomy) == chosen, said


def test_histogram_counts_incidents_once_and_by_certainty(modules: Page, edition: Edition) -> None:
    columns = json.loads(gzip.decompress(edition.columns()))
    everything = modules.evaluate(RUN, [columns, describe(IncidentFilter(), edition), []])
    years = everything["histogram"]
    assert all(a["end"] + 1 == b["start"] for a, b in itertools.pairwise(years))
    for year in years[:: len(years) // 8]:
        start, end = year["start"], year["end"]
        certain, possible, patterns = set(), set(), 0
        values = columns["columns"]
        for at in range(columns["total"]):
            earliest, latest = values["earliest"][at], values["latest"][at]
            if earliest is None and latest is None:
                continue
            overlaps = (earliest is None or earliest <= end) and (latest is None or latest >= start)
            if not overlaps:
                continue
            if values["extent"][at]:
                patterns += 1
            elif earliest is not None and latest is not None and earliest >= start and latest <= end:
                certain.add(values["group"][at])
            else:
                possible.add(values["group"][at])
        assert year["patterns"] == patterns
        # Of linked records the first dated one speaks for all, so that each incident is counted once.
        linked = {group for group in certain | possible if values["group"].count(group) > 1}
        assert abs(year["solid"] - len(certain - linked)) <= len(linked)
        assert abs(year["light"] - len(possible - linked)) <= len(linked)


def test_saved_file_finds_what_the_service_finds(modules: Page, edition: Edition) -> None:
    data = inline(edition, IncidentFilter())
    inlined = {"columns": data.columns, "areas": data.areas, "rows": data.rows, "basemap": {}}
    filters = [
        {"q": words, "bbox": None} for words in ("kalay", "KALAY ucdp", "ရန်ကုန်", "mi-24", "no such word", "sagaing")
    ]
    found = modules.evaluate(SEARCH, [inlined, filters])
    for chosen, rows in zip(filters, found, strict=True):
        pairs = [("q", str(chosen["q"]))]
        assert rows == edition.matches(parse_filter(pairs, edition.taxonomy)), chosen


def test_saved_file_heeds_the_box(modules: Page, edition: Edition, tmp_path: Path) -> None:
    data = inline(edition, IncidentFilter())
    inlined = {"columns": data.columns, "areas": data.areas, "rows": data.rows, "basemap": {}}
    box = [94.0, 15.0, 97.0, 21.0]
    (found,) = modules.evaluate(SEARCH, [inlined, [{"q": None, "bbox": box}]])
    chosen = parse_filter([("bbox", ",".join(map(str, box)))], edition.taxonomy)
    expected = set(edition.matches(chosen))
    discs = {
        at
        for at, (area, rank) in enumerate(
            zip(data.columns["columns"]["area"], data.columns["columns"]["precision"], strict=True)
        )
        if area is None and rank > 3
    }
    # A disc's extent is known to the service alone; a file goes by its middle.
    assert set(found) - discs == expected - discs
