"""The data as a whole: what it is, how to cite it, and what each edition changed, without what is taken back."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.citing import Citation
from app.settings import Settings
from incidents.drafts import DatasetDraft
from incidents.editions.manifest import Amendment
from incidents.editions.tombstones import add_tombstone
from tests.factories import make_id, make_manifest, make_public, write_edition

PUBLIC_URL = "https://map.example.org"
ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "</script><script>alert(1)</script> {Ünïque_50%} \x0b & ]]> \u202eعنوان"
UCDP = DatasetDraft("ucdp-ged", HOSTILE, "26.1", "CC BY 4.0", "Uppsala Conflict Data Program", "https://ucdp.uu.se/")
SECRET, GONE = "Canary that was taken back", make_id(6)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make edition 1, pruned since; 3, amended; and 4, of which a row is hidden by a tombstone."""
    root = tmp_path / "editions"
    first = [make_public(number, title=f"Old {number}") for number in (1, 2)]
    write_edition(root, first, "1", note="The beginning")
    rows = [*first, make_public(3, title="Added in 3")]
    amendments = (Amendment("2026-02-05T06:07:08+00:00", "legal, safety", "3", {}, 2),)
    write_edition(root, rows, "3.1", before="1", amendments=amendments, published_at="2026-02-01T00:00:00+00:00")
    changed = [make_public(1, title="New words"), *rows[1:]]
    changed = [incident_at_revision_2(one) if one.id == make_id(1) else one for one in changed]
    added = [
        make_public(4, title=HOSTILE, dataset=UCDP, date="1987-06", earliest=dt.date(1987, 6, 1)),
        make_public(6, title=SECRET, summary=SECRET, place=SECRET),
    ]
    at = "2026-03-01T10:11:12+00:00"
    write_edition(root, [*changed, *added], "4", before="3.1", published_at=at, history_head="5ea1" * 16, note=HOSTILE)
    add_tombstone(root, [GONE], reason="safety", at="2026-03-02T00:00:00+00:00")
    for path in (root / "1").iterdir():
        path.unlink()
    (root / "1").rmdir()
    return tmp_path


def incident_at_revision_2(incident: Any) -> Any:
    from dataclasses import replace

    return replace(incident, revision=2)


@pytest.fixture
def client(root: Path) -> Iterator[FlaskClient]:
    with create_app(Settings(data_dir=root, public_url=PUBLIC_URL)).test_client() as client:
        client.environ_base["HTTP_HOST"] = "map.example.org"
        yield client


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def describe(page: str) -> dict[str, Any]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(found) == 1
    described: dict[str, Any] = json.loads(found[0])
    return described


def test_it_says_what_each_edition_changed_and_what_was_taken_back(client: FlaskClient) -> None:
    said = text_of(client.get("/data").text)
    # The hidden row is counted as added no more.
    assert "Since the edition before 1 added , 1 changed" in said
    assert "The beginning" in said
    assert "not kept any more" in said
    assert "Amended on 5 February 2026: the law or a court demands it; a record may put somebody in danger" in said
    assert "2 records left it." in said
    assert "5ea1" * 16 in said
    older = text_of(client.get("/data?edition=3").text)
    assert "Since the edition before 1 added" in older
    assert "Edition 4 of 1 March 2026 is newer." in older
    # An older edition's page stays as it is, whatever comes after it.
    assert "5ea1" not in older


def test_an_incident_says_since_when_it_is_published(client: FlaskClient) -> None:
    said = "Published since edition 1; what it says last changed in edition 4."
    assert said in client.get(f"/incidents/{make_id(1)}").text
    # Of what changed later an older edition says nothing.
    assert "Published since edition 1." in client.get(f"/incidents/{make_id(1)}?edition=3").text


def test_changes_are_listed_page_by_page(client: FlaskClient) -> None:
    added = client.get("/data/changes").text
    assert make_id(4) in added
    assert make_id(3) not in added
    changed = client.get("/data/changes?what=changed").text
    assert "New words" in changed
    assert f'/incidents/{make_id(1)}?edition=3"' in changed
    third = client.get("/data/changes?edition=3").text
    assert f'href="/incidents/{make_id(3)}?edition=3"' in third
    assert "Only" not in third
    for wrong in ("what=removed", "what=withdrawn", "page=2", "page=x", "kind=airstrike", "limit=1000"):
        assert client.get(f"/data/changes?{wrong}").status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "/data",
        "/data?edition=4",
        "/data/changes",
        "/data/changes?what=changed",
        "/data/citation.json",
        "/data/citation.bib",
        "/data/manifest.json",
        "/feed.atom",
        "/feed.atom?q=canary",
        "/feed.atom?from=2022&edition=4&limit=1&page=1",
    ],
)
def test_what_is_taken_back_is_in_no_answer(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    whole = str(response.headers) + response.text
    assert "Canary" not in whole
    assert GONE not in whole


def test_a_dataset_is_described_and_nothing_of_it_runs(client: FlaskClient) -> None:
    response = client.get("/data")
    assert "<script>alert(1)" not in response.text
    # A block of data is no script, so that the policy need not let any in.
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    described = describe(response.text)
    assert described["@type"] == "Dataset"
    assert described["@id"] == described["url"] == f"{PUBLIC_URL}/data?edition=4"
    assert (described["version"], described["datePublished"]) == ("4", "2026-03-01T10:11:12+00:00")
    assert described["license"] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert described["isBasedOn"][0]["name"] == HOSTILE
    assert described["temporalCoverage"] == "1987/2022"
    assert 50 <= len(described["description"]) <= 5000
    for one in described["distribution"]:
        path = one["contentUrl"].removeprefix(PUBLIC_URL)
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.mimetype == one["encodingFormat"]


def test_the_manifest_tells_what_was_amended_and_takes_no_filter(client: FlaskClient) -> None:
    stands = json.loads(client.get("/data/manifest.json").text)
    assert stands["files"] == {}, "the files still hold what is taken back: places could be tried against their hashes"
    manifest = json.loads(client.get("/data/manifest.json?edition=3").text)
    assert (manifest["edition"], manifest["number"]) == ("3.1", 3)
    assert manifest["amendments"][0]["removed"] == 2
    assert client.get("/data/manifest.json?kind=airstrike").status_code == 400


def test_the_edition_is_cited_as_text_bibtex_and_csl(client: FlaskClient) -> None:
    address = f"{PUBLIC_URL}/data?edition=3"
    cited = client.get("/data/citation.txt?edition=3").text.strip()
    assert cited.endswith(address)
    # Files, the API and the pages say the same.
    for other in ("/incidents.geojson?edition=3", "/api/collections/incidents/items?edition=3"):
        assert json.loads(client.get(other).text)["citation"] == cited
    (item,) = json.loads(client.get("/data/citation.json?edition=3.1").text)
    assert (item["type"], item["version"], item["URL"]) == ("dataset", "3.1", address)
    assert item["issued"] == {"date-parts": [[2026, 2, 1]]}
    assert item["note"] == "Amended 2026-02-05."
    bibtex = client.get("/data/citation.bib?edition=3")
    assert bibtex.mimetype == "application/x-bibtex"
    assert bibtex.text.startswith("@misc{bearing-edition-3.1,\n")
    assert f"url = {{{address}}}" in bibtex.text
    assert bibtex.text.count("{") == bibtex.text.count("}")
    assert client.get("/data/citation.xml").status_code == 404


def test_bibtex_escapes_what_latex_reads_as_its_own() -> None:
    site = "A & B_{C} 100% #1 \\input{x} ~^$"
    said = Citation(make_manifest("7"), site, "https://e.org", "https://e.org/data?edition=7").to_bibtex()
    assert (
        r"author = {{A \& B\_\textbraceleft{}C\textbraceright{} 100\% \#1 \textbackslash{}input\textbraceleft{}x"
        r"\textbraceright{} \textasciitilde{}\textasciicircum{}\$}}" in said
    )
    assert said.startswith("@misc{a-b-c-100-1-input-x-edition-7,")
    alone = Citation(make_manifest("7"), "Atlas {beta", "https://e.org", "https://e.org/data?edition=7")
    assert alone.to_bibtex().count("{") == alone.to_bibtex().count("}")
    assert "note" not in json.loads(alone.to_csl())[0]


def read_feed(client: FlaskClient, address: str) -> ET.Element:
    response = client.get(address)
    assert response.status_code == 200
    assert response.mimetype == "application/atom+xml"
    return ET.fromstring(response.data)  # noqa: S314 - our own


def links(feed: ET.Element) -> dict[str, str]:
    return {link.get("rel", ""): link.get("href", "") for link in feed.findall(f"{ATOM}link")}


def test_the_feed_has_what_changed_last_before_all_else(client: FlaskClient) -> None:
    feed = read_feed(client, "/feed.atom")
    entries = feed.findall(f"{ATOM}entry")
    said = [(entry.findtext(f"{ATOM}id", "")[-1], entry.findtext(f"{ATOM}updated", "")[:10]) for entry in entries]
    assert sorted(said[:2]) == [("1", "2026-03-01"), ("4", "2026-03-01")]
    # Edition 1 is pruned, and its date known all the same.
    assert said[2:] == [("3", "2026-02-01"), ("2", "2026-01-02")]
    changed = next(entry for entry in entries if entry.findtext(f"{ATOM}id", "").endswith("1"))
    assert changed.findtext(f"{ATOM}published", "")[:10] == "2026-01-02"
    assert "Changed in edition 4." in changed.findtext(f"{ATOM}summary", "")
    assert feed.findtext(f"{ATOM}updated") == "2026-03-01T10:11:12+00:00"
    for entry in entries:
        # RFC 4287, section 4.1.2: one of each.
        assert [len(entry.findall(f"{ATOM}{name}")) for name in ("id", "title", "updated", "link")] == [1] * 4
        assert entry.findtext(f"{ATOM}id", "").startswith(f"{PUBLIC_URL}/incidents/")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
    assert "\ufffd" in next(title for title in feed.itertext() if "alert(1)" in title)


def test_the_feed_takes_filters_and_has_pages(client: FlaskClient) -> None:
    assert links(read_feed(client, "/feed.atom")).keys() == {"self", "alternate"}
    first = read_feed(client, "/feed.atom?kind=airstrike&limit=3")
    assert links(first)["alternate"] == f"{PUBLIC_URL}/incidents?kind=airstrike"
    assert "Airstrikes" in first.findtext(f"{ATOM}title", "")
    follow = links(first)["next"].removeprefix(PUBLIC_URL)
    second = read_feed(client, follow)
    assert "next" not in links(second)
    assert links(second)["previous"] == links(first)["self"]
    assert first.findtext(f"{ATOM}id") == second.findtext(f"{ATOM}id") == f"{PUBLIC_URL}/feed.atom?kind=airstrike"
    ids = [one.findtext(f"{ATOM}id") for feed in (first, second) for one in feed.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids)) == 4
    empty = read_feed(client, "/feed.atom?kind=port_call")
    assert not empty.findall(f"{ATOM}entry")
    for wrong in ("page=3", "page=0", "limit=101", "kind=nonsense", "sort=title"):
        assert client.get(f"/feed.atom?{wrong}").status_code == 400


def test_a_reader_who_has_the_feed_is_told_so(client: FlaskClient) -> None:
    response = client.get("/feed.atom")
    again = client.get("/feed.atom", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    # A time is given only where nothing leaves the feed without one.
    assert "Last-Modified" not in response.headers
    assert client.get("/feed.atom?edition=3").headers["Last-Modified"] == "Thu, 05 Feb 2026 06:07:08 GMT"


def test_the_feed_of_an_amended_edition_says_so_and_not_of_what(client: FlaskClient) -> None:
    feed = read_feed(client, "/feed.atom?edition=3")
    assert feed.findtext(f"{ATOM}updated") == "2026-02-05T06:07:08+00:00"
    assert "Amended on 5 February 2026: entries that were kept" in feed.findtext(f"{ATOM}subtitle", "")
    entries = feed.findall(f"{ATOM}entry")
    assert all("mended" not in "".join(entry.itertext()) for entry in entries)
    assert {entry.findtext(f"{ATOM}updated", "")[:10] for entry in entries} == {"2026-02-01", "2026-01-02"}
    assert read_feed(client, "/feed.atom?edition=3&kind=port_call").findtext(f"{ATOM}updated") is not None
    plain = client.get("/feed.atom").text
    assert "Amended on" not in plain
    assert SECRET not in plain
    assert GONE not in plain


def test_pages_lead_to_the_feed_of_their_filter(client: FlaskClient) -> None:
    for path in ("/", "/incidents", "/regions/MM-01", "/aircraft/mi-35"):
        page = client.get(f"{path}?kind=airstrike").text
        found = re.findall(r'<link rel="alternate" type="application/atom\+xml"[^>]*href="([^"]*)"', page)
        assert len(found) == 1
        assert "kind=airstrike" in found[0]
        assert client.get(found[0].replace("&amp;", "&")).status_code == 200
