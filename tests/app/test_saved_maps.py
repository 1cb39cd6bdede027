"""Saved maps over HTTP: their limits hold whatever an address says, and unlisted ones stay unknown."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.logs import configure_logs
from app.settings import Settings
from incidents.editions.manifest import Amendment
from incidents.editions.reader import EditionStore
from incidents.editions.shelf import switch_current
from incidents.editions.tombstones import add_tombstone
from incidents.filters import parse_filter
from incidents.saved_maps import SAVED_MAPS, SavedMap, remove_map, save_map
from tests.app.conftest import HOSTILE
from tests.factories import make_id, make_public, make_random_rows, write_edition

BASES = ("/maps/strikes", "/embed/strikes", "/maps/strikes.svg")
# What the map is limited to: airstrikes in MM-01 from 2001 to 2020.
BEYOND = [
    ("kind=arms_transfer", "kind"),
    ("kind=airstrike,arms_transfer", "kind"),
    ("kind=airstrike&kind=protest", "kind"),
    ("region=MM", "region"),
    ("region=MM-01,MM-02", "region"),
    ("region=MM-01&region=MM", "region"),
    ("from=2021", "from"),
    ("to=2000", "to"),
    ("edition=1", "edition"),
    ("edition=1.1", "edition"),
    ("edition=", "edition"),
    ("kind=", None),
    ("limits=none", "limits"),
    ("slug=quiet", "slug"),
]


def view_of(text: str) -> dict[str, Any]:
    found = re.search(r'id="bearing-view">(.*?)</script>', text, re.DOTALL)
    assert found
    view: dict[str, Any] = json.loads(found[1])
    return view


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(("query", "name"), BEYOND)
def test_no_address_widens_the_limits(
    client: FlaskClient, secret: str, base: str, query: str, name: str | None
) -> None:
    response = client.get(f"{base}?{query}", headers={"Accept": "application/json"})
    if name is None:
        assert response.status_code == 200
        return
    assert response.status_code == 400, response.text
    assert response.json
    assert response.json["error"]["parameter"] == name


def test_what_the_page_shows_asks_and_links_holds_the_limits(client: FlaskClient, secret: str, data_dir: Path) -> None:
    edition = EditionStore(data_dir / "editions").current()
    saved = (("kind", "airstrike"), ("region", "MM-01"), ("from", "2001-01-01"), ("to", "2020-12-31"))
    limits = parse_filter(saved, edition.taxonomy)
    within = set(edition.matches(limits))
    assert 0 < len(within) < edition.manifest.rows
    for base in BASES[:2]:
        text = client.get(f"{base}?from=1990&to=2015&q=kalay").text
        view = view_of(text)
        assert view["limits"]["total"] == len(within)
        assert view["limits"]["filter"]["kind"] == ["airstrike"]
        assert set(view["limits"]["regions"]) <= {"MM-01"}
        assert view["shown"] <= len(within)
        assert view["start"] == "6/21.5/96"
        assert "This map begins on 1 January 2001; earlier days are left out." in unescape(text)
        for link in re.findall(r'href="([^"]*(?:/incidents|/incidents\.geojson|/regions|/aircraft)\?[^"]*)"', text):
            given = parse_qs(urlsplit(unescape(link)).query)
            assert given["kind"] == ["airstrike"]
            assert given["region"] == ["MM-01"]
            assert (given["from"], given["to"]) == (["2001-01-01"], ["2015-12-31"])
    counts = edition.counts(limits)
    picture = client.get("/maps/strikes.svg").text
    assert f"{counts.matched:,} of {counts.total:,} shown" in picture


def test_the_address_of_the_map_does_not_repeat_its_limits(client: FlaskClient, secret: str) -> None:
    view = view_of(client.get("/maps/strikes?q=kalay").text)
    assert view["filter"]["kind"] == []
    assert view["filter"]["q"] == "kalay"
    assert view["urls"]["page"] == "https://map.example.org/maps/strikes"
    assert view["urls"]["embed"] == "https://map.example.org/embed/strikes"


@pytest.mark.parametrize(
    "query", ["controls=all", "controls=time,x", "theme=blue", "view=1", "view=99/0/0", "controls=none&controls=time"]
)
def test_what_an_embed_cannot_be_is_refused_by_name(client: FlaskClient, secret: str, query: str) -> None:
    for base in ("/embed", "/embed/strikes"):
        response = client.get(f"{base}?{query}", headers={"Accept": "application/json"})
        assert response.status_code == 400
        assert response.json
        assert response.json["error"]["parameter"] == query.partition("=")[0]


def test_what_it_shows_is_offered_for_download_and_no_more(client: FlaskClient, secret: str) -> None:
    text = client.get("/maps/strikes").text
    (offered,) = re.findall(r'data-download="([^"]*)"', text)
    parts = urlsplit(unescape(offered))
    given = parse_qs(parts.query)
    assert (given["kind"], given["region"]) == (["airstrike"], ["MM-01"])
    assert (given["from"], given["to"]) == (["2001-01-01"], ["2020-12-31"])
    found = client.get(f"/download.json?{parts.query}").json
    assert found
    assert found["records"] == view_of(text)["limits"]["total"]
    assert secret not in text


def test_an_embed_has_places_for_what_it_fills_and_charts(client: FlaskClient) -> None:
    both, plain = (client.get(address).text for address in ("/embed?regions=number&chart=kind", "/embed?regions=off"))
    assert {"regions", "chart"} < set(view_of(both)["controls"])
    for part in ("regions", "chart"):
        assert f'id="{part}"' in both
        assert part not in view_of(plain)["controls"]


def test_an_embed_has_the_controls_that_were_chosen(client: FlaskClient) -> None:
    usual, bare, full = (
        client.get(address).text
        for address in ("/embed", "/embed?controls=none&theme=dark", "/embed?controls=time,zoom,legend,filters")
    )
    assert 'id="timebar"' in usual
    assert 'id="switches"' not in usual
    assert 'id="timebar"' not in bare
    assert '<html lang="en" data-theme="dark">' in bare
    assert "timebar" not in view_of(bare)["layers"]
    assert view_of(bare)["controls"] == ["panel"]
    assert 'id="switches"' in full
    assert {"timebar", "zoom", "legend", "switches"} <= set(view_of(full)["controls"])
    assert view_of(client.get("/embed?view=5/21/96").text)["start"] == "5/21/96"


def test_an_unlisted_map_is_known_by_its_link_alone(client: FlaskClient, secret: str) -> None:
    for address in (f"/maps/{secret}", f"/embed/{secret}", f"/maps/{secret}.svg?width=480&height=360"):
        response = client.get(address)
        assert response.status_code == 200
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert response.headers["Cache-Control"].startswith("private")
        assert "quiet" not in response.text
    bad = client.get(f"/maps/{secret}?edition=2")
    assert bad.status_code == 400
    assert bad.headers["X-Robots-Tag"] == "noindex"
    listing = client.get("/maps").text
    assert secret not in listing
    assert "Pinned" not in listing
    assert client.get("/oembed?url=https://map.example.org/maps/quiet").status_code == 404
    assert secret not in client.get("/").text


def test_what_is_not_there_and_what_is_hidden_cannot_be_told_apart(tmp_path: Path) -> None:
    write_edition(tmp_path / "editions", make_random_rows(3))
    save_map(tmp_path / "editions", SavedMap("quiet", "Unlisted"), by=1, unlisted=True)
    save_map(tmp_path / "editions", SavedMap("gone-by", "Removed"), by=1)
    client = create_app(Settings(data_dir=tmp_path)).test_client()
    client.environ_base["HTTP_HOST"] = "localhost"
    assert client.get("/maps/gone-by").status_code == 200
    remove_map(tmp_path / "editions", "gone-by", by=1)
    for base in ("/maps/{}", "/embed/{}", "/maps/{}.png", "/oembed?url=http://127.0.0.1:8000/maps/{}"):
        answers = set()
        for name in ("quiet", "gone-by", "never-was", "0" * 32, "A" * 300):
            response = client.get(base.format(name))
            answers.add((response.status_code, response.text.replace(name, ""), str(response.headers)))
        assert len(answers) == 1
        assert answers.pop()[0] == 404


def test_logs_hold_no_link_of_an_unlisted_map(data_dir: Path, secret: str, capsys: pytest.CaptureFixture[str]) -> None:
    for more in ({}, {"BEARING_LOG_READERS": "yes"}):
        settings = {"BEARING_DATA_DIR": str(data_dir), "BEARING_PUBLIC_URL": "http://localhost", **more}
        client = create_app(Settings.from_env(settings)).test_client()
        configure_logs()
        for address in (
            f"/maps/{secret}",
            f"/embed/{secret}?q=x",
            f"/maps/{secret}.png?width=1",
            f"/MAPS/{secret}",
            f"/maps/x/{secret}",
            f"/oembed?url=http://localhost/maps/{secret}",
            "/incidents",
        ):
            client.get(address, headers={"Host": "localhost", "Referer": f"http://localhost/maps/{secret}"})
        said = capsys.readouterr().err
        assert said.count("answered") == 7
        assert secret not in said


def test_a_map_is_framed_by_whom_it_allows(client: FlaskClient, secret: str) -> None:
    def ancestors(address: str) -> str:
        found = re.search(r"frame-ancestors ([^;]*)", client.get(address).headers["Content-Security-Policy"])
        assert found
        return found[1]

    assert ancestors(f"/embed/{secret}") == "https://news.example.org"
    assert ancestors(f"/embed/{secret}?edition=9") == "https://news.example.org"
    assert ancestors("/embed/strikes") == "*"
    assert ancestors("/embed/never-was") == "*"
    for address in (f"/maps/{secret}", "/maps/strikes", "/maps", "/maps/strikes.svg?width=480&height=360"):
        assert ancestors(address) == "'none'"


def test_hostile_words_are_only_words(client: FlaskClient, secret: str) -> None:
    for address in ("/maps", "/maps/strikes", "/embed/strikes"):
        text = client.get(address).text
        assert "<script>alert" not in text
        assert HOSTILE.partition("}}")[0].strip() in unescape(text).replace("\\u003c", "<")


def test_an_empty_list_says_so(tmp_path: Path) -> None:
    write_edition(tmp_path / "editions", make_random_rows(3))
    client = create_app(Settings(data_dir=tmp_path)).test_client()
    response = client.get("/maps", headers={"Host": "localhost"})
    assert response.status_code == 200
    assert "No map is listed" in response.text
    (tmp_path / "editions" / SAVED_MAPS).write_text("{")
    for address in ("/maps", "/maps/x", "/embed/x"):
        assert client.get(address, headers={"Host": "localhost"}).status_code == 503
    assert client.get("/", headers={"Host": "localhost"}).status_code == 200


@pytest.fixture
def two_editions(tmp_path: Path) -> tuple[Path, FlaskClient]:
    root = tmp_path / "editions"
    write_edition(root, [make_public(1, title="Withdrawn one"), make_public(2, title="Standing one")])
    save_map(root, SavedMap("pinned", "Stays", edition=1), by=1)
    save_map(root, SavedMap("following", "Follows"), by=1)
    client = create_app(Settings(data_dir=tmp_path)).test_client()
    client.environ_base["HTTP_HOST"] = "localhost"
    return root, client


def test_what_was_taken_back_is_on_no_saved_map(two_editions: tuple[Path, FlaskClient]) -> None:
    root, client = two_editions
    addresses = [
        *(
            f"/{base}/{name}{query}"
            for base in ("maps", "embed")
            for name in ("pinned", "following")
            for query in ("", "?q=withdrawn")
        ),
        *(f"/maps/{name}.svg" for name in ("pinned", "following")),
        f"/embed/incidents/{make_id(1)}",
        f"/oembed?url=http://127.0.0.1:8000/incidents/{make_id(1)}",
        "/maps",
    ]
    assert "Withdrawn one" in client.get(f"/embed/incidents/{make_id(1)}").text
    assert "Withdrawn one" in client.get(f"/oembed?url=http://127.0.0.1:8000/incidents/{make_id(1)}").text
    assert view_of(client.get("/maps/pinned").text)["shown"] == 2
    add_tombstone(root, [make_id(1)], reason="safety", at="2026-01-01T00:00:00+00:00")
    for address in addresses:
        assert "Withdrawn one" not in client.get(address).text
    for name in ("pinned", "following"):
        view = view_of(client.get(f"/maps/{name}").text)
        assert view["shown"] == view["limits"]["total"] == 1
        assert "1 of 1 shown" in client.get(f"/maps/{name}.svg").text
    assert client.get(f"/embed/incidents/{make_id(1)}").status_code == 410
    assert client.get(f"/oembed?url=http://127.0.0.1:8000/incidents/{make_id(1)}").status_code == 404


def test_its_pictures_fill_and_chart_what_it_does(two_editions: tuple[Path, FlaskClient]) -> None:
    root, client = two_editions
    save_map(root, SavedMap("filled", "Filled", regions="number", chart="kind", view="5.5/23.5/95.5"), by=1)
    add_tombstone(root, [make_id(1)], reason="safety", at="2026-01-01T00:00:00+00:00")
    said = {
        query: client.get(f"/maps/filled.svg{query}").text
        for query in ("", "?regions=off", "?chart=off&regions=killed")
    }
    assert "filled by incidents, by region. Sagaing: 1 incident. 1 incident: 1 in these regions. Chart: " in said[""]
    assert "filled" not in re.findall("<desc.*?</desc>", said["?regions=off"])[0]
    assert "Chart" in said["?regions=off"]
    assert "people killed, at least, by region" in said["?chart=off&regions=killed"]
    assert "Chart" not in said["?chart=off&regions=killed"]
    assert "Regions are filled" not in client.get("/maps/following.svg").text
    assert "Regions are filled" in client.get("/map.svg?regions=rate&view=5.5/23.5/95.5").text


def test_a_pinned_map_stays_is_amended_and_says_when_its_edition_is_gone(
    two_editions: tuple[Path, FlaskClient],
) -> None:
    root, client = two_editions
    write_edition(root, [make_public(3, title="Newer one")], "2")
    assert view_of(client.get("/maps/pinned").text)["edition"] == "1"
    assert view_of(client.get("/maps/following").text)["edition"] == "2"
    assert "Updated" in client.get("/maps/following").text
    amendments = (Amendment("2026-01-05T06:07:08+00:00", "safety", "1", {}, 1),)
    write_edition(root, [make_public(2)], "1.1", amendments=amendments)
    switch_current(root, "2")
    assert view_of(client.get("/maps/pinned").text)["edition"] == "1.1"
    said = re.sub(r"<[^>]*>|\s+", " ", client.get("/maps/pinned").text)
    assert "It was amended on 5 January 2026 because a record may put somebody in danger" in said
    assert "It was amended" not in client.get("/maps/following").text
    assert "Edition 1.1, " in client.get("/embed/pinned").text
    for name in ("1", "1.1"):
        (root / name).rename(root / f".gone-{name}")
    for address in ("/maps/pinned", "/embed/pinned", "/maps/pinned.svg"):
        response = client.get(address)
        assert response.status_code == 410
        assert "no longer kept" in response.text
    assert "Edition 1, which is no longer kept" in client.get("/maps").text


def test_a_filter_that_means_nothing_any_more_widens_nothing(two_editions: tuple[Path, FlaskClient]) -> None:
    root, client = two_editions
    save_map(root, SavedMap("old", "Old", filter=(("kind", "given_up"),)), by=1)
    response = client.get("/maps/old")
    assert response.status_code == 503
    assert "given_up" not in response.text
