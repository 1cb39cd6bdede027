"""Files that are made while they are sent: their length, and parts of them, for who reads a small one from afar."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.offering import Size
from app.public import downloads
from app.settings import Settings
from app.spooling import TooLarge, spool
from incidents.editions.tombstones import add_tombstone
from incidents.exporting.formats import FORMATS
from tests.factories import make_id, make_public, write_edition

PATHS = [*(f"/incidents.{suffix}" for suffix in FORMATS), "/incidents.csv?hxl=1", "/incidents.geojson?kind=shelling"]
SECRET = "Nobody is to know"


@pytest.fixture
def reader(tmp_path: Path) -> FlaskClient:
    write_edition(tmp_path / "editions", [make_public(1), make_public(2, kind="shelling", title=SECRET)])
    return create_app(Settings(data_dir=tmp_path, public_url="http://localhost")).test_client()


@pytest.mark.parametrize("path", PATHS)
def test_the_parts_of_a_file_are_those_of_the_whole(reader: FlaskClient, path: str) -> None:
    whole = reader.get(path)
    size = len(whole.data)
    head = reader.head(path)
    assert (head.content_length, head.headers["Accept-Ranges"], head.data) == (size, "bytes", b"")
    assert head.headers["ETag"] == whole.headers["ETag"]
    found = b""
    for begin in range(0, size, 16_384):
        part = reader.get(path, headers={"Range": f"bytes={begin}-{begin + 16_383}"})
        end = min(begin + 16_384, size)
        assert part.status_code == 206
        assert part.headers["Content-Range"] == f"bytes {begin}-{end - 1}/{size}"
        assert part.headers["ETag"] == whole.headers["ETag"]
        assert "Content-Encoding" not in part.headers
        found += part.data
    assert found == whole.data
    assert reader.get(path, headers={"Range": f"bytes={size}-"}).status_code == 416
    held = {"Range": "bytes=0-9", "If-None-Match": whole.headers["ETag"]}
    assert reader.get(path, headers=held).status_code == 304


def test_what_is_packed_on_its_way_has_no_length_and_parts_that_are_not_packed(reader: FlaskClient) -> None:
    packed = {"Accept-Encoding": "gzip"}
    assert "Content-Length" not in reader.head("/incidents.csv", headers=packed).headers
    part = reader.get("/incidents.csv", headers={**packed, "Range": "bytes=0-4"})
    assert (part.status_code, part.data, part.headers.get("Content-Encoding")) == (206, b"id,ur", None)
    assert part.headers["ETag"] != reader.get("/incidents.csv", headers=packed).headers["ETag"]


def test_areas_have_parts_too(reader: FlaskClient) -> None:
    whole = reader.get("/regions.geojson").data
    part = reader.get("/regions.geojson", headers={"Range": "bytes=2-8"})
    assert (part.status_code, part.data) == (206, whole[2:9])


@pytest.mark.parametrize("most", [0, 1000])
def test_a_large_file_is_sent_whole_and_as_it_is_made(
    reader: FlaskClient, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    whole = reader.get("/incidents.geojson").data
    monkeypatch.setattr(downloads, "MOST_SPOOLED_BYTES", most)
    if most:
        # It is told to be smaller than it turns out to be.
        monkeypatch.setattr(downloads, "tell_size", lambda *_: Size(most, exact=False))
    assert "Content-Length" not in reader.head("/incidents.geojson").headers
    answer = reader.get("/incidents.geojson", headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer.data) == (200, whole)
    assert "Accept-Ranges" not in answer.headers


@pytest.mark.parametrize("reason", ["safety", "embargo", "policy"])
def test_parts_never_have_what_was_taken_back(reader: FlaskClient, tmp_path: Path, reason: str) -> None:
    tags = {path: reader.head(path).headers["ETag"] for path in PATHS}
    assert SECRET.encode() in reader.get("/incidents.geojson", headers={"Range": "bytes=0-"}).data
    add_tombstone(tmp_path / "editions", [make_id(2)], reason=reason, at="2026-01-03T00:00:00+00:00")
    for path, tag in tags.items():
        part = reader.get(path, headers={"Range": "bytes=0-"})
        assert part.status_code == 206
        assert part.headers["ETag"] != tag
        other = reader.get(path, headers={"Range": "bytes=5-9", "If-Range": tag})
        assert other.status_code == 200
        assert part.data == other.data
    for path in ("/incidents.geojson", "/incidents.geojson?kind=shelling"):
        body = reader.get(path, headers={"Range": "bytes=0-"}).data
        assert SECRET.encode() not in body
        assert make_id(2) not in [feature["id"] for feature in json.loads(body)["features"]]


def test_a_file_on_disk_has_a_bound_and_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert spool(iter([b"ab", b"cd"]), 4)[1:3] == b"bc"
    with pytest.raises(TooLarge):
        spool(iter([b"ab", b"cd", b"e"]), 4)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("page", ["/data", "/data?edition=1", "/download?kind=shelling&q=a%27b", "/download?edition=1"])
def test_pages_tell_addresses_that_stay_with_the_edition(reader: FlaskClient, page: str) -> None:
    text = unescape(reader.get(page).text)
    section = text[text.index('id="tools"') :].partition("</section>")[0]
    told = re.findall(r"http://localhost(/[^\s\"'<]*)", section)
    assert {path.partition("?")[0] for path in told} == {
        "/api/",
        "/incidents.gpkg",
        "/incidents.geojson",
        "/incidents.csv",
    }
    for path in told:
        assert reader.get(path).status_code == 200, path
        assert path == "/api/" or path.endswith("edition=1")
        assert ("kind=shelling&q=a%27b" in path) == ("shelling" in page and path != "/api/")
