"""Whoever asks for an edition by its number stays in it, and is told what was taken back and what is newer."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.settings import Settings
from incidents.editions.manifest import Amendment
from incidents.editions.tombstones import add_tombstone
from tests.factories import make_id, make_public, make_random_rows, write_edition

# Addresses that are about no edition.
STAND_ALONE = ("/static/", "/basemap/", "/healthz", "#", "data:", "https://", "http://", "mailto:")
GONE, LATER = make_id(1), make_id(900)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make edition 1, amended to 1.1, and edition 2, which has one more."""
    folder = tmp_path_factory.mktemp("pinned")
    rows = list(make_random_rows(30))
    amendments = (Amendment("2026-01-05T06:07:08+00:00", "safety", "1", {}, 1),)
    write_edition(folder / "editions", rows[1:], "1.1", amendments=amendments)
    add_tombstone(folder / "editions", [GONE], reason="safety", at="2026-01-05T06:07:08+00:00")
    added = make_public(900, title="Only later")
    at = "2026-02-03T04:05:06+00:00"
    write_edition(folder / "editions", [*rows[1:], added], "2", before="1.1", tombstones=1, published_at=at)
    return folder


@pytest.fixture
def client(root: Path) -> FlaskClient:
    client = create_app(Settings(data_dir=root)).test_client()
    client.environ_base["HTTP_HOST"] = "localhost"
    return client


@pytest.mark.parametrize(
    "address",
    ["/", "/incidents", f"/incidents/{make_id(2)}", "/regions", "/regions/MM-01", "/aircraft", "/about", "/embed"],
)
def test_links_of_an_older_edition_stay_in_it(client: FlaskClient, address: str) -> None:
    page = client.get(f"{address}?edition=1")
    assert page.status_code == 200
    text = re.sub(r'<div class="pinned".*?</div>', "", page.text, flags=re.DOTALL)
    followed = 0
    for href in re.findall(r'(?:href|src|action)="([^"]*)"', text):
        link = urlsplit(unescape(href))
        if link.path == "/oembed":
            # It speaks of another address, which has to say the edition.
            link = urlsplit(parse_qs(link.query)["url"][0])
        if href.startswith(STAND_ALONE) and link.netloc != "127.0.0.1:8000":
            continue
        if link.path.startswith("/editions/"):
            assert link.path.startswith("/editions/1.1/")
            continue
        if href == "/incidents" and f'action="{href}"' in text:
            assert '<input type="hidden" name="edition" value="1">' in text
            continue
        followed += 1
        assert parse_qs(link.query).get("edition") == ["1"], href
    assert followed > 0


@pytest.mark.parametrize("name", ["1", "1.1"])
def test_a_page_names_its_edition_what_was_taken_back_and_what_is_newer(client: FlaskClient, name: str) -> None:
    said = re.sub(r"<[^>]*>|\s+", " ", client.get(f"/incidents?edition={name}&kind=airstrike").text)
    said = re.sub(r" +", " ", said)
    assert "You are reading edition 1 of 2 January 2026." in said
    assert "It was amended on 5 January 2026 because a record may put somebody in danger ( safety )." in said
    assert "Edition 2 of 3 February 2026 is newer." in said
    framed = re.sub(r"\s+", " ", client.get(f"/embed?edition={name}").text)
    assert "Edition 1.1, 2 January 2026, amended 5 January 2026" in framed
    assert '<a href="/incidents?kind=airstrike"' in client.get(f"/incidents?edition={name}&kind=airstrike").text


def test_the_current_one_is_said_to_be_read_and_no_newer_one(client: FlaskClient) -> None:
    page = client.get("/incidents?edition=2").text
    assert "You are reading edition 2 of 3 February 2026." in page
    assert "is newer" not in page
    assert "You are reading" not in client.get("/incidents").text


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/incidents",
        "/regions",
        "/aircraft/mi-24",
        "/charts/time.csv",
        "/incidents.geojson",
        "/regions.geojson",
        "/embed",
        "/about",
        "/api/",
        "/api/collections/incidents/items",
        "/api/counts",
    ],
)
def test_every_answer_knows_an_edition_by_any_name_that_it_ever_had(client: FlaskClient, address: str) -> None:
    answers = [client.get(f"{address}?edition={name}") for name in ("1", "1.1")]
    assert [one.status_code for one in answers] == [200, 200]
    for name in ("1.2", "3", "2.1"):
        assert client.get(f"{address}?edition={name}").status_code == 404
    for name in ("0", "1.0", "one", "1,2"):
        assert client.get(f"{address}?edition={name}").status_code == 400
    # The data that a map draws is of one state, whose rows have its numbers.
    assert (
        client.get("/editions/1/terms.json").status_code == 404
        or client.get("/editions/1/terms.json").status_code == 410
    )
    assert client.get("/editions/1.1/terms.json").status_code == 200


def test_what_is_not_in_an_edition_says_in_which_sense(client: FlaskClient) -> None:
    taken_back = client.get(f"/incidents/{GONE}?edition=1")
    assert taken_back.status_code == 410
    assert "It was taken back on 5 January 2026: it may put somebody in danger." in taken_back.text
    assert "Incident 1" not in taken_back.text
    for path in (f"/incidents/{LATER}", f"/incidents/{LATER}/map.svg", f"/api/collections/incidents/items/{LATER}"):
        not_yet = client.get(f"{path}?edition=1")
        assert not_yet.status_code == 404
        assert "It is not in edition 1.1 yet: edition 2 is the first that has it." in not_yet.text
        assert "Only later" not in not_yet.text
    never = client.get(f"/incidents/{make_id(999)}?edition=1")
    assert never.status_code == 404
    assert "Edition 1.1 has no such incident." in never.text


def test_answers_of_an_older_edition_name_the_newest(client: FlaskClient) -> None:
    """So that a page that is held open learns of it from whatever it asks next, an answer that it has already too."""
    for path in ("tallies.json?kind=airstrike", "terms.json", "clusters.arrow?across=8", "members.json?placeless=1"):
        older, newest = client.get(f"/editions/1.1/{path}"), client.get(f"/editions/2/{path}")
        assert older.headers["Bearing-Newer-Edition"] == "2"
        assert "Bearing-Newer-Edition" not in newest.headers
        again = client.get(f"/editions/1.1/{path}", headers={"If-None-Match": older.headers["ETag"]})
        assert (again.status_code, again.headers["Bearing-Newer-Edition"]) == (304, "2")
        assert "Bearing-Newer-Edition" in older.headers["Access-Control-Expose-Headers"]
    assert "Bearing-Newer-Edition" not in client.get("/").headers
