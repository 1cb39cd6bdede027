import gzip
import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.settings import Settings
from incidents.exporting.formats import FORMATS
from tests.factories import make_public, make_random_rows, write_edition

GZIP = {"Accept-Encoding": "gzip"}


def test_what_a_reader_has_is_not_sent_again(client: FlaskClient, every_address: list[str]) -> None:
    for address in every_address:
        if address == "/healthz":
            continue
        for encoding in ({}, GZIP):
            first = client.get(address, headers=encoding)
            assert "Accept-Encoding" in first.headers["Vary"], address
            again = client.get(address, headers={**encoding, "If-None-Match": first.headers["ETag"]})
            assert (again.status_code, again.data) == (304, b""), address
            tag = first.headers["ETag"].removeprefix("W/")
            passed_on = client.get(address, headers={**encoding, "If-None-Match": f"W/{tag}"})
            assert passed_on.status_code == 304, f"{address}, its ETag made weak on the way"
            assert again.headers["ETag"] == first.headers["ETag"], address
            assert again.headers["Cache-Control"] == first.headers["Cache-Control"], address


def test_the_tags_are_strong_and_differ_by_encoding(client: FlaskClient, every_address: list[str]) -> None:
    tags = set()
    asked = [address for address in every_address if address != "/healthz"]
    for address in asked:
        for encoding in ({}, GZIP):
            tag = client.get(address, headers=encoding).headers["ETag"]
            # A page of features says when it was made: the same page may have other bytes.
            assert tag.startswith("W/") == ("/items?" in address and "f=html" not in address), address
            tags.add(tag)
    # What its own format packs is the same for every reader: who goes on with it asks for no encoding.
    dense = tuple(f"/incidents.{one.suffix}" for one in FORMATS.values() if one.dense)
    same = [address for address in asked if address.startswith(dense) or address.partition("?")[0].endswith(".png")]
    assert len(tags) == 2 * len(asked) - len(same)


def test_the_same_filter_written_otherwise_has_the_same_tag(client: FlaskClient) -> None:
    one = client.get("/incidents.geojson?kind=airstrike&kind=shelling&from=2020-01-01").headers["ETag"]
    other = client.get("/incidents.geojson?from=2020&kind=airstrike,shelling").headers["ETag"]
    assert one == other


def test_pages_and_data_are_kept_as_long_as_the_setting_says(settings: Settings, every_address: list[str]) -> None:
    client = create_app(replace(settings, cache_seconds=7)).test_client()
    for address in every_address:
        said = client.get(address, headers={"Host": "localhost"}).headers["Cache-Control"]
        if address == "/healthz":
            assert said == "no-store"
        elif address.startswith(("/static/", "/basemap/")):
            assert said == "public, max-age=31536000, immutable"
        else:
            # An unlisted map is for those who have its address, and for no cache that they share with others.
            unlisted = re.search(r"/maps/[A-Za-z0-9_-]{22,}", address)
            assert said == f"{'private' if unlisted else 'public'}, max-age=7", address


def test_errors_are_not_kept(client: FlaskClient) -> None:
    for address in ("/?kind=nonsense", "/nothing", "/incidents/0", "/editions/9/columns.arrow"):
        response = client.get(address)
        assert response.headers["Cache-Control"] == "no-store"
        assert "ETag" not in response.headers


DENSE = {"image/png", *(one.type for one in FORMATS.values() if one.dense)}


def at_any_time(answer: bytes) -> bytes:
    """Leave out when an answer of the API was made: it may differ by a second from the next."""
    return re.sub(rb'"timeStamp":"[^"]*"', b"", answer)


def test_both_encodings_are_one_content(client: FlaskClient, every_address: list[str]) -> None:
    for address in every_address:
        plain = client.get(address).data
        packed = client.get(address, headers=GZIP)
        if packed.headers.get("Content-Encoding") == "gzip":
            assert at_any_time(gzip.decompress(packed.data)) == at_any_time(plain), address
            assert len(packed.data) < len(plain) or len(plain) < 800, address
        else:
            assert at_any_time(packed.data) == at_any_time(plain), address
            assert len(plain) < 700 or packed.mimetype in DENSE, address


def test_a_reader_who_refuses_gzip_gets_none(client: FlaskClient, every_address: list[str]) -> None:
    for address in every_address:
        for said in ("gzip;q=0", "br", "identity"):
            assert "Content-Encoding" not in client.get(address, headers={"Accept-Encoding": said}).headers


def test_head_says_what_get_says(client: FlaskClient, every_address: list[str]) -> None:
    for address in every_address:
        get, head = client.get(address), client.head(address)
        assert (head.status_code, head.data) == (get.status_code, b""), address
        for name in ("ETag", "Cache-Control", "Content-Type", "Content-Security-Policy", "Vary"):
            assert head.headers.get(name) == get.headers.get(name), address


def test_a_new_edition_is_noticed_and_changes_every_tag_of_the_current_one(tmp_path: Path) -> None:
    write_edition(tmp_path / "editions", [make_public(1)])
    client = create_app(Settings(data_dir=tmp_path)).test_client()
    client.environ_base["HTTP_HOST"] = "localhost"
    addresses = ("/", "/incidents", "/about", "/embed", "/incidents.geojson", "/regions.geojson")
    before = {address: client.get(address).headers["ETag"] for address in addresses}
    pinned = client.get("/incidents.geojson?edition=1").headers["ETag"]
    write_edition(tmp_path / "editions", make_random_rows(9), "2")
    assert client.get("/healthz").json == {"status": "ok", "edition": "2"}
    for address in addresses:
        assert client.get(address, headers={"If-None-Match": before[address]}).status_code == 200
    assert client.get("/incidents.geojson?edition=1", headers={"If-None-Match": pinned}).status_code == 304


def test_another_ledgers_edition_1_is_not_taken_for_this_one(tmp_path: Path) -> None:
    tags = []
    for name in ("a", "b"):
        write_edition(tmp_path / name / "editions", [make_public(1)], published_at=f"2026-01-02T03:04:05.{name}")
        client = create_app(Settings(data_dir=tmp_path / name)).test_client()
        tags.append(client.get("/incidents", headers={"Host": "localhost"}).headers["ETag"])
    assert tags[0] != tags[1]


@pytest.mark.parametrize(
    "change", [{"site_title": "Another"}, {"disclaimer": "Other words"}, {"public_url": "https://x.org"}]
)
def test_what_the_settings_show_is_in_the_tag(data_dir: Path, app: Flask, change: dict[str, str]) -> None:
    other = create_app(Settings(data_dir=data_dir, **change))  # type: ignore[arg-type]
    tags = [each.test_client().get("/", headers={"Host": "localhost"}).headers["ETag"] for each in (app, other)]
    assert tags[0] != tags[1]


def test_a_page_is_made_once(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client.get("/incidents?limit=17").data
    monkeypatch.setattr("app.public.pages.render_template", lambda *_, **__: "made again")
    assert client.get("/incidents?limit=17").data == first
    assert client.get("/incidents?limit=18").data == b"made again"
