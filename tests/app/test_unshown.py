"""Records that may be counted only: how many they are stands beside what is shown, and nothing else anywhere."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.settings import Settings
from incidents.saved_maps import SavedMap, save_map
from tests.factories import make_public, write_edition

COUNTS: dict[tuple[str, str | None, str | None, str], int] = {
    ("secretive", "MM-01", "2022-09", "airstrike"): 5,
    ("secretive", "MM-01", "2022-10", "airstrike"): 1,
    ("secretive", None, None, "shelling"): 4,
}


def serve(folder: Path, counts: Any) -> FlaskClient:
    rows = [make_public(number, kind=kind) for number, kind in enumerate(("airstrike", "airstrike", "protest"), 1)]
    write_edition(folder / "editions", rows, counts=counts)
    limits = (("kind", "airstrike"), ("from", "2022-10-01"))
    save_map(folder / "editions", SavedMap("strikes", "Strikes", filter=limits), by=1)
    made = create_app(Settings(data_dir=folder, public_url="https://map.example.org")).test_client()
    made.environ_base["HTTP_HOST"] = "map.example.org"
    return made


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return serve(tmp_path_factory.mktemp("counted"), COUNTS)


ALL, SOME, UNTOLD = "10 more are counted only", "6 more are counted only", "10 in the whole edition are counted only"
PAGES: list[tuple[str, str]] = [
    ("/incidents", ALL),
    ("/incidents?kind=airstrike", SOME),
    ("/incidents?kind=airstrike&from=2022-10", "1 more is counted only"),
    ("/incidents?q=school", UNTOLD),
    ("/incidents?kind=protest", ""),
    ("/regions", ALL),
    ("/regions/MM-01", SOME),
    ("/regions/MM-01?kind=shelling", ""),
    ("/aircraft", ALL),
    ("/aircraft?kind=airstrike", SOME),
    ("/aircraft?kind=protest", ""),
    ("/aircraft/mi-24", UNTOLD),
    ("/aircraft/mig-29", UNTOLD),
    ("/embed?controls=none&kind=airstrike", SOME),
    ("/embed/strikes?controls=none", "1 more is counted only"),
    ("/api/collections/incidents/items?f=html", ALL),
    ("/api/collections/airstrike/items?f=html", SOME),
    ("/api/collections/protest/items?f=html", ""),
    ("/api/collections/airstrike/items?f=html&region=MM-01&datetime=2022-10-01/..", "1 more is counted only"),
    ("/api/collections/airstrike/items?f=html&from=2022-09&datetime=2022-10-01/..", UNTOLD),
    ("/api/collections/airstrike/items?f=html&bbox=94,21,97,27", UNTOLD),
    ("/api/collections/airstrike/items?f=html&bbox=94,21,97,27&datetime=2022-10-01/..", UNTOLD),
    ("/api/collections/airstrike/items?f=html&bbox=-180,-90,180,90", UNTOLD),
    ("/api/collections/incidents/items?f=html&filter=kind%3D'airstrike'", UNTOLD),
    ("/api/collections/incident-areas/items?f=html", UNTOLD),
    ("/api/collections/regions/items?f=html", ""),
]


@pytest.mark.parametrize(("path", "words"), PAGES)
def test_pages_say_it_beside_what_they_show(counted: FlaskClient, path: str, words: str) -> None:
    answer = counted.get(path)
    assert answer.status_code == 200
    # What the script is told is not what a reader sees.
    text = re.sub("<script.*?</script>", "", unescape(answer.text), flags=re.DOTALL)
    assert re.findall(r'<a href="/data#counted"[^>]*>([^<]*)</a>', text) == ([words] if words else [])
    assert text.count("counted only") == bool(words)
    assert "secretive" not in answer.text


def test_a_page_that_stays_with_an_edition_leads_to_that_ones_words(counted: FlaskClient) -> None:
    assert '<a href="/data?edition=1#counted">10 more' in counted.get("/incidents?edition=1").text
    assert 'id="counted"' in counted.get("/data?edition=1").text


@pytest.mark.parametrize(
    ("query", "matching", "words"),
    [
        ("", 10, ALL),
        ("?kind=airstrike&region=MM-01", 6, SOME),
        # They are counted by month and first-level region: asking for less tells no more.
        ("?kind=airstrike&from=2022-10-30&to=2022-10-31", 1, "1 more is counted only"),
        ("?region=MM-01-002", None, UNTOLD),
        ("?bbox=90,10,100,30", None, UNTOLD),
        ("?kind=none", 0, ""),
    ],
)
def test_the_map_asks_how_many(counted: FlaskClient, query: str, matching: int | None, words: str) -> None:
    answer = counted.get(f"/editions/1/unshown.json{query}")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.get_json() == {"in_edition": 10, "matching": matching, "words": words}


def test_what_cannot_be_asked_is_named(counted: FlaskClient) -> None:
    for query, name in (("by=month", "by"), ("kind=nonsense", "kind"), ("from=2022-13", "from")):
        answer = counted.get(f"/editions/1/unshown.json?{query}")
        assert (answer.status_code, answer.get_json()["error"]["parameter"]) == (400, name)


def test_pictures_and_charts_say_it(counted: FlaskClient) -> None:
    drawn = {path: counted.get(path).text for path in ("/map.svg?kind=airstrike", "/charts/time.svg?kind=airstrike")}
    # Letters of a picture are shapes; what it says stands in its description.
    for path, text in drawn.items():
        assert SOME in unescape(text), path


def test_where_there_are_none_nothing_is_said(tmp_path: Path) -> None:
    client = serve(tmp_path, None)
    for path, _ in PAGES:
        assert "counted only" not in client.get(path).text, path
    for path in ("/", "/maps/strikes", "/map.svg", "/charts/time.svg"):
        assert "counted only" not in client.get(path).text, path
    assert client.get("/editions/1/unshown.json").get_json() == {"in_edition": 0, "matching": 0, "words": ""}
