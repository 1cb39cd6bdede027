"""Downloads: every format holds the rows that the filter selects, and no others, as the command line writes them."""

import csv
import datetime as dt
import hashlib
import io
import json
import re
import zipfile
from contextlib import closing
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import geopandas
import openpyxl
import pandas as pd
import pyogrio
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from shapely.geometry import shape

from app import create_app
from app.cli import bearing
from app.packing import pack_apart
from app.pictures.palette import PALETTES
from app.settings import Settings
from geodata.points import LonLat
from geodata.precision import Precision
from incidents.drafts import (
    Certainty,
    CitationDraft,
    EquipmentDraft,
    GoodsDraft,
    HarmDraft,
    ParticipationDraft,
    SourceDraft,
    Span,
    TransferDraft,
)
from incidents.editions.errors import EditionBusy
from incidents.editions.flat import FLAT_COLUMNS
from incidents.editions.reader import EditionStore
from incidents.editions.tombstones import add_tombstone
from incidents.exporting.formats import FORMATS
from incidents.exporting.kml import COLOURS
from incidents.filters import IncidentFilter
from tests.factories import make_id, make_location, make_public, write_edition

ADDRESS = "https://map.example.org"
QUERIES = ("", "?kind=airstrike", "?precision=near&undated=hide", "?q=kalay&bbox=92,10,101,28", "?kind=none")
NAMES = [column.name for column in FLAT_COLUMNS]
PROMISED = ("url", "edition", "precision", "coordinate_uncertainty_m", "sources")


def read_ids(suffix: str, body: bytes, folder: Path) -> list[str]:
    """Open a file as its readers do, and give the ids in it."""
    if suffix == "geojson":
        return [feature["id"] for feature in json.loads(body)["features"]]
    if suffix == "csv":
        return list(pd.read_csv(io.BytesIO(body), dtype=str)["id"])
    file = folder / f"file.{suffix}"
    file.write_bytes(body)
    if suffix == "parquet":
        return list(geopandas.read_parquet(file)["id"])
    if suffix == "xlsx":
        return list(pd.read_excel(file, dtype={"id": str})["id"])
    layers = {"gpkg": "incidents", "kml": "Incidents"}
    # An empty collection has no columns in KML.
    return list(geopandas.read_file(file, layer=layers[suffix]).get("id", []))


@pytest.fixture
def own(tmp_path: Path) -> Any:
    """Serve an edition of rows that a test gives."""

    def serve(*rows: Any, **changes: Any) -> FlaskClient:
        write_edition(tmp_path / "editions", rows, **changes)
        client = create_app(Settings(data_dir=tmp_path, public_url=ADDRESS)).test_client()
        client.environ_base["HTTP_HOST"] = "map.example.org"
        return client

    return serve


def read_csv(client: FlaskClient, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"/incidents.csv{query}")
    assert response.status_code == 200, response.text
    return list(csv.DictReader(io.StringIO(response.text, newline="")))


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_holds_what_the_filter_selects(
    client: FlaskClient, suffix: str, query: str, tmp_path: Path
) -> None:
    wanted = [feature["id"] for feature in json.loads(client.get(f"/incidents.geojson{query}").data)["features"]]
    assert bool(wanted) == (query != "?kind=none")
    response = client.get(f"/incidents.{suffix}{query}")
    assert response.mimetype == FORMATS[suffix].type
    assert read_ids(suffix, response.data, tmp_path) == wanted


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_command_writes_the_same_bytes(client: FlaskClient, suffix: str, data_dir: Path, tmp_path: Path) -> None:
    env = {"BEARING_DATA_DIR": str(data_dir), "BEARING_PUBLIC_URL": ADDRESS}
    for query, options in (("", []), ("?kind=airstrike&from=2001", ["--kind", "airstrike", "--from", "2001"])):
        file = tmp_path / f"some.{suffix}"
        done = CliRunner().invoke(bearing, ["export", "-o", str(file), *options], env=env)
        assert done.exit_code == 0, done.output
        served = client.get(f"/incidents.{suffix}{query}")
        assert hashlib.sha256(served.data).digest() == hashlib.sha256(file.read_bytes()).digest()
        assert client.get(f"/incidents.{suffix}{query}").data == served.data
        again = {"If-None-Match": served.headers["ETag"]}
        assert client.get(f"/incidents.{suffix}{query}", headers=again).status_code == 304


def test_files_are_named_for_edition_and_filter(client: FlaskClient) -> None:
    for address, name in (
        ("/incidents.csv", "bearing-edition-1.csv"),
        ("/incidents.csv?kind=airstrike&from=2021-02&hxl=1", "bearing-edition-1-airstrike-2021-02-01.csv"),
        ("/incidents.parquet?q=%22%0d%0aX: y", "bearing-edition-1-q.parquet"),
    ):
        response = client.get(address)
        assert response.headers["Content-Disposition"].endswith(f'filename="{name}"')
        assert f'<{ADDRESS}/data?edition=1#licences>; rel="license"' in response.headers["Link"]


def test_the_columns_are_the_same_everywhere(client: FlaskClient, tmp_path: Path) -> None:
    assert set(PROMISED) < set(NAMES)
    assert len(set(NAMES)) == len(NAMES)
    assert list(read_csv(client)[0]) == NAMES
    for query in ("", "?kind=airstrike"):
        (tmp_path / "a.parquet").write_bytes(client.get(f"/incidents.parquet{query}").data)
        assert list(geopandas.read_parquet(tmp_path / "a.parquet").columns) == [*NAMES, "geometry"]


def test_hashtags_stand_under_the_header_where_asked_for(client: FlaskClient) -> None:
    header, tags, first = client.get("/incidents.csv?hxl=1").text.split("\n")[:3]
    assert (header.split(","), tags.split(",")) == (NAMES, [column.hxl for column in FLAT_COLUMNS])
    assert all(tag.startswith("#") for tag in tags.split(","))
    assert len(set(tags.split(","))) == len(NAMES)
    assert first.startswith('"0')
    assert client.get("/incidents.csv?hxl=yes").status_code == 400
    assert client.get("/incidents.parquet?hxl=1").status_code == 400


def test_no_text_is_a_formula_and_numbers_stay_numbers(own: Any) -> None:
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", ' "=1"', "'=1", "＝1", "\n-1"]
    rows = [make_public(number, title=text, place=None) for number, text in enumerate(texts, 1)]
    south = make_location(point=LonLat(-12.5, -7.25))
    client = own(*rows, make_public(99, title="1 = 1", summary="-", location=south))
    found = {row["id"]: row for row in read_csv(client)}
    assert [found[make_id(number)]["title"] for number in range(1, len(texts) + 1)] == [f"'{text}" for text in texts]
    plain = found[make_id(99)]
    assert (plain["title"], plain["summary"]) == ("1 = 1", "'-")
    assert (plain["longitude"], plain["latitude"]) == ("-12.5", "-7.25")


def test_what_is_unknown_is_an_empty_cell_and_lists_lie_flat(own: Any) -> None:
    source = SourceDraft("a", "“A, b” | c\nd", publisher="Agency", url="https://news.example/1", published="2022")
    client = own(
        make_public(
            1,
            harm=(
                HarmDraft("children", killed=Span(6), injured=Span(None, 3)),
                HarmDraft("total", killed=Span(0, 0), injured=Span(3, 5), claimant="A clinic"),
                HarmDraft("civilians", killed=Span(None, 4), chosen=False),
            ),
            aircraft=(EquipmentDraft("mi-35"), EquipmentDraft("mi-17", certainty=Certainty.SUSPECTED)),
            participants=(ParticipationDraft("Air force", "operator", certainty=Certainty.SUSPECTED),),
            transfer=TransferDraft(
                "bought", Span(10), "USD", (GoodsDraft(("su-30",), None, Span(6, 6)), GoodsDraft((), "fuel"))
            ),
            citations=(CitationDraft(source), CitationDraft(SourceDraft("b", "Another"))),
        ),
        make_public(
            2,
            place=None,
            date=None,
            earliest=None,
            latest=None,
            harm=(),
            citations=(),
            location=make_location(precision=Precision.UNKNOWN, point=None, radius_m=None, regions=()),
        ),
    )
    one, two = sorted(read_csv(client), key=lambda row: row["id"])
    assert (one["children_killed_min"], one["children_killed_max"]) == ("6", "")
    assert (one["children_injured_min"], one["children_injured_max"]) == ("", "3")
    assert (one["total_killed_min"], one["total_killed_max"], one["total_injured_max"]) == ("0", "0", "5")
    assert (one["civilians_killed_min"], one["civilians_killed_max"]) == ("", "")
    assert one["harm"] == (
        "children: at least 6 killed, at most 3 injured | total: 0 killed, 3 to 5 injured; A clinic | "
        "civilians: at most 4 killed (does not stand)"
    )
    assert (one["aircraft"], one["aircraft_suspected"]) == ("mi-35 | mi-17", "mi-17")
    assert one["participants"] == "operator: Air force (suspected)"
    assert (one["transfer_value_min"], one["transfer_value_max"]) == ("10", "")
    assert one["transfer_goods"] == "6 su-30 | fuel"
    assert one["sources"] == "Agency, “A, b” | c\nd, 2022 | Another"
    assert one["source_urls"] == "https://news.example/1"
    assert one["url"] == f"{ADDRESS}/incidents/{make_id(1)}"
    empty = {name for name, value in two.items() if not value}
    assert {"date", "earliest", "latest", "place", "region", "longitude", "latitude", "sources", "harm"} <= empty
    assert not [name for name in two if name.endswith(("_min", "_max")) and two[name]]


def test_all_rows_as_geoparquet_are_the_editions_own_file(own: Any, tmp_path: Path) -> None:
    client = own(make_public(1), make_public(2, kind="shelling"), address=ADDRESS)
    file = (tmp_path / "editions" / "1" / "incidents.parquet").read_bytes()
    assert client.get("/incidents.parquet").data == file
    assert client.get("/incidents.parquet?kind=airstrike").data != file
    frame = geopandas.read_parquet(tmp_path / "editions" / "1" / "incidents.parquet")
    assert list(frame["url"]) == [f"{ADDRESS}/incidents/{make_id(number)}" for number in (1, 2)]
    digest = hashlib.sha256(file).hexdigest()
    assert json.loads(client.get("/data/manifest.json").text)["files"]["incidents.parquet"]["sha256"] == digest
    assert digest in client.get("/data").text


def test_the_editions_own_file_is_sent_in_parts_to_who_reads_it_so(own: Any, tmp_path: Path) -> None:
    client = own(make_public(1), make_public(2, kind="shelling"), address=ADDRESS)
    file = (tmp_path / "editions" / "1" / "incidents.parquet").read_bytes()
    size = len(file)

    def ask(**headers: str) -> Any:
        with client.get("/incidents.parquet", headers=headers) as response:
            return response, response.data

    with client.head("/incidents.parquet", headers={"Range": "bytes=0-3"}) as head:
        assert (head.status_code, head.content_length, head.headers["Accept-Ranges"]) == (200, size, "bytes")
    whole, body = ask()
    assert (whole.status_code, whole.content_length, body) == (200, size, file)
    assert whole.get_etag() == head.get_etag() == ask(**{"Accept-Encoding": "gzip"})[0].get_etag()
    tag = whole.headers["ETag"]
    assert not tag.startswith("W/")
    for asked, begin, end in (
        ("bytes=0-3", 0, 4),
        ("bytes=-8", size - 8, size),
        (f"bytes=-{size + 9}", 0, size),
        (f"bytes=100-{size + 9}", 100, size),
        ("bytes=100-", 100, size),
    ):
        for more in ({}, {"If-Range": tag}):
            part, body = ask(Range=asked, **more)
            assert (part.status_code, body, part.content_length) == (206, file[begin:end], end - begin)
            assert part.headers["Content-Range"] == f"bytes {begin}-{end - 1}/{size}"
            assert part.headers["ETag"] == tag
    # What is another file by now, what asks for several parts and what nobody understands is answered with all.
    for headers in (
        {"Range": "bytes=0-3", "If-Range": '"other"'},
        {"Range": "bytes=0-3", "If-Range": f"W/{tag}"},
        {"Range": "bytes=0-3,9-12"},
        {"Range": "lines=0-3"},
        {"Range": "bytes=x"},
    ):
        response, body = ask(**headers)
        assert (response.status_code, body) == (200, file)
    for asked in (f"bytes={size}-", f"bytes={size + 5}-{size + 9}"):
        response, body = ask(Range=asked, Accept="application/json")
        assert response.status_code == 416
        assert response.headers["Content-Range"] == f"bytes */{size}"
        assert response.json["error"]["code"] == "no_such_range"
    assert ask(Range="bytes=0-3", **{"If-None-Match": tag})[0].status_code == 304


@pytest.mark.parametrize("reason", ["safety", "embargo", "policy"])
def test_no_part_of_a_file_has_what_was_taken_back(own: Any, tmp_path: Path, reason: str) -> None:
    client = own(make_public(1), make_public(2, title="Nobody is to know"), address=ADDRESS)
    file = (tmp_path / "editions" / "1" / "incidents.parquet").read_bytes()
    with client.get("/incidents.parquet") as response:
        tag = response.headers["ETag"]
    add_tombstone(tmp_path / "editions", [make_id(2)], reason=reason, at="2026-01-03T00:00:00+00:00")
    for headers, status in (
        ({"Range": "bytes=0-"}, 206),
        ({"Range": "bytes=8-99", "If-Range": tag}, 200),
        ({"If-None-Match": tag}, 200),
    ):
        with client.get("/incidents.parquet", headers=headers) as response:
            assert response.status_code == status
            assert read_ids("parquet", response.data, tmp_path) == [make_id(1)]
    with client.head("/incidents.parquet") as head:
        assert head.headers["ETag"] != tag
        assert head.headers.get("Content-Length") != str(len(file))


def test_the_editions_file_is_not_sent_where_it_holds_what_was_taken_back(own: Any, tmp_path: Path) -> None:
    client = own(make_public(1), make_public(2, links=(make_id(1),)), address=ADDRESS)
    add_tombstone(tmp_path / "editions", [make_id(2)], reason="safety", at="2026-01-03T00:00:00+00:00")
    assert "sha256sum" not in client.get("/data").text
    for suffix in FORMATS:
        body = client.get(f"/incidents.{suffix}").data
        assert read_ids(suffix, body, tmp_path) == [make_id(1)]
        assert make_id(2).encode() not in body


def test_lines_of_a_worksheet_are_numbered(client: FlaskClient) -> None:
    with zipfile.ZipFile(io.BytesIO(client.get("/incidents.xlsx").data)) as book:
        for name in ("sheet1", "sheet2", "sheet3"):
            lines = re.findall(rb"<row([^>]*)>", book.read(f"xl/worksheets/{name}.xml"))
            assert lines == [b' r="%d"' % number for number in range(1, len(lines) + 1)]
            assert len(lines) > 2


def test_a_worksheet_that_cannot_hold_the_rows_is_refused_beforehand(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidents.exporting.xlsx.MOST_ROWS", 5)
    response = client.get("/incidents.xlsx", headers={"Accept": "application/json"})
    assert response.status_code == 400
    error = response.get_json()["error"]
    assert error["code"] == "too_many_rows"
    assert "A worksheet holds 5 lines" in error["what"]
    assert client.get("/incidents.xlsx?kind=none").status_code == 200


def test_a_workbook_holds_text_as_text_and_days_as_days(own: Any, tmp_path: Path) -> None:
    title = "=1+1 <b>&\"' \x07\ud7ff _x0041_ ရန်ကုန်"
    early: dict[str, Any] = {"date": "1899-05-01", "earliest": dt.date(1899, 5, 1), "latest": dt.date(1900, 3, 1)}
    # Each letter of the second summary is two units of UTF-16, by which workbooks count.
    texts = {1: "x" * 40_000, 3: "\U00010d00" * 20_000, 4: "one\rtwo\r\nthree"}
    client = own(
        make_public(1, title=title, summary=texts[1]),
        make_public(2, **early),
        *(make_public(at, summary=texts[at]) for at in (3, 4)),
    )
    (tmp_path / "a.xlsx").write_bytes(client.get("/incidents.xlsx").data)
    with closing(openpyxl.load_workbook(tmp_path / "a.xlsx")) as book:
        assert book.sheetnames == ["Incidents", "Columns", "About"]
        lines = list(book["Incidents"].iter_rows(values_only=False))
        found = {line[0].value: dict(zip(NAMES, line, strict=True)) for line in lines[1:]}
        about = dict(book["About"].iter_rows(values_only=True))
    one, two = found[make_id(1)], found[make_id(2)]
    # The library gives back what the format escapes, but for what it reads as one letter.
    assert one["title"].value.replace("_x005F_", "_") == title.replace("\x07", "")
    assert {cell.data_type for cell in one.values()} <= {"s", "n", "d"}
    for at in (1, 3):
        summary = found[make_id(at)]["summary"].value
        assert len(summary.encode("utf-16-le")) // 2 < 32_767
        assert summary.endswith("… (cut)")
        assert texts[at].startswith(summary.removesuffix("… (cut)"))
    assert found[make_id(4)]["summary"].value == "one\ntwo\nthree"
    assert (one["earliest"].value, one["longitude"].value) == (dt.datetime(2022, 9, 16), 95.4012)  # noqa: DTZ001 - a workbook's days have no zone
    assert (two["earliest"].value, two["latest"].value) == ("1899-05-01", dt.datetime(1900, 3, 1))  # noqa: DTZ001 - likewise
    assert about["edition"] == "1"
    assert about["how to cite"].startswith("Bearing, edition of a test.")


def test_a_geopackage_has_points_areas_and_regions(client: FlaskClient, tmp_path: Path) -> None:
    file = tmp_path / "a.gpkg"
    file.write_bytes(client.get("/incidents.gpkg?kind=airstrike,shelling").data)
    assert set(pyogrio.list_layers(file)[:, 0]) == {"incidents", "incident_areas", "regions", "about"}
    incidents, areas, regions = (
        geopandas.read_file(file, layer=name) for name in ("incidents", "incident_areas", "regions")
    )
    claimed = incidents["precision"].isin([precision.value for precision in Precision if precision.claims_point])
    assert 0 < claimed.sum() < len(incidents)
    assert (incidents.geometry.notna() == claimed).all()
    shown = client.get("/api/collections/incident-areas/items?kind=airstrike,shelling&limit=1000").get_json()[
        "features"
    ]
    assert set(areas["id"]) == {feature["id"] for feature in shown}
    by_id = {feature["id"]: shape(feature["geometry"]) for feature in shown}
    assert all(by_id[id_].equals_exact(drawn, 1e-4) for id_, drawn in zip(areas["id"], areas.geometry, strict=True))
    assert set(areas.columns) == {*NAMES, "geometry"}
    assert set(regions["code"]) >= set(areas["region"].dropna())
    assert regions["known_only_here"].sum() == (areas["precision"].isin(["state", "country"])).sum()
    assert incidents.crs == areas.crs == regions.crs == "EPSG:4326"


def test_a_geopackage_has_no_region_that_no_row_of_it_lies_in(client: FlaskClient, tmp_path: Path) -> None:
    file = tmp_path / "a.gpkg"
    for query in ("region=MM-01&kind=airstrike", "region=MM-03", "kind=airstrike", "region=UA"):
        file.write_bytes(client.get(f"/incidents.gpkg?{query}").data)
        incidents, regions = (geopandas.read_file(file, layer=name) for name in ("incidents", "regions"))
        lain_in = {code for codes in incidents["regions"].dropna() for code in codes.split(" | ")}
        assert set(regions["code"]) == lain_in & set(regions["code"]), query
        one = incidents["extent"] == "one"
        for code, count in zip(regions["code"], regions["incidents"], strict=True):
            inside = (
                incidents["regions"]
                .fillna("")
                .str.split(" | ", regex=False)
                .map(lambda codes, code=code: code in codes)
            )
            assert count <= (inside & one).sum(), (query, code)


def test_a_globe_gets_styles_and_nothing_active(client: FlaskClient, own: Any, tmp_path: Path) -> None:
    hostile = "]]><script>alert(1)</script>&#1; <a href='javascript:x'>\x00ရန်ကုန်"
    served = own(make_public(1, title=hostile, summary=hostile, place=hostile))
    for body in (client.get("/incidents.kml").data, served.get("/incidents.kml").data):
        root = ET.fromstring(body)  # noqa: S314 - our own
        tags = {element.tag.partition("}")[2] for element in root.iter()}
        assert not tags & {"NetworkLink", "Link", "href", "script", "Icon", "GroundOverlay", "Model", "a"}
        assert {"Style", "Placemark", "TimeSpan", "ExtendedData", "Point"} <= tags
        # A balloon shows nothing but the description, which is read as HTML.
        balloons = [element.findtext("*") for element in root.iter() if element.tag.endswith("}BalloonStyle")]
        assert set(balloons) == {"$[description]"}
        described = [element.text or "" for element in root.iter() if element.tag.endswith("}description")]
        assert set(re.findall("<.*?>", "".join(described))) == {"<br>"}
    assert served.get("/incidents.kml").text.count("&amp;lt;script&amp;gt;") >= 3
    assert served.get("/incidents.kml").text.count("&lt;script&gt;") >= 3
    assert PALETTES["light"].families == {name: f"#{colour}" for name, colour in COLOURS.items()}
    (tmp_path / "a.kml").write_bytes(client.get("/incidents.kml").data)
    frame = geopandas.read_file(tmp_path / "a.kml", layer="Incidents")
    kinds = frame[~frame.geometry.is_empty & frame.geometry.notna()].geom_type
    assert {"Point", "Polygon"} <= set(kinds) <= {"Point", "Polygon", "MultiPolygon"}


def test_a_process_of_its_own_makes_the_same_file(
    app: Flask, client: FlaskClient, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.packing._WAIT_S", 0.01)
    with app.app_context(), EditionStore(data_dir / "editions").reading() as edition:
        chosen = IncidentFilter(kind=("airstrike",))
        order = (data_dir / "editions", edition, FORMATS["gpkg"], chosen, ADDRESS)
        made = pack_apart(*order)
        # The answer begins before the file is made, and nobody else's meanwhile.
        assert next(made) == b""
        with pytest.raises(EditionBusy):
            pack_apart(*order)
        assert b"".join(made) == client.get("/incidents.gpkg?kind=airstrike").data
        # Who goes away lets the next one in.
        pack_apart(*order).close()  # type: ignore[attr-defined]  # it is a generator
        pack_apart(*order)


def test_the_offer_says_how_many_and_about_how_large(client: FlaskClient) -> None:
    for query in ("", "?kind=airstrike"):
        offer = client.get(f"/download.json{query}").get_json()
        counted = json.loads(client.get(f"/incidents.geojson{query}").data)["features"]
        assert (offer["records"], offer["not_shown"]) == (len(counted), {"in_edition": 0, "matching": 0})
        assert [file["suffix"] for file in offer["files"]] == list(FORMATS)
        for file in offer["files"]:
            size = len(client.get(file["href"]).data)
            assert size / 1.4 < file["bytes"] < size * 1.4, (file["suffix"], query, size, file["bytes"])
            assert file["size"].startswith("about ")
        page = client.get(f"/download{query}").text
        assert f"{len(counted)} records" in page
        assert all(f'href="{escape(file["href"])}"' in page for file in offer["files"])
        assert all(f"<code>{name}</code>" in page for name in NAMES)


def test_who_must_wait_for_a_file_is_told_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for most, query, waits in ((50_000, "from=1990", []), (1, "from=1991", ["gpkg"])):
        monkeypatch.setattr("app.offering._MANY", most)
        files = client.get(f"/download.json?{query}").get_json()["files"]
        assert [file["suffix"] for file in files if "takes a while" in file["says"]] == waits


def test_the_size_of_the_editions_own_file_is_exact(own: Any) -> None:
    client = own(make_public(1), address=ADDRESS)
    (file,) = [one for one in client.get("/download.json").get_json()["files"] if one["suffix"] == "parquet"]
    assert file["exact"]
    assert file["bytes"] == len(client.get(file["href"]).data)


def test_what_may_only_be_counted_is_said_and_in_no_file(tmp_path: Path) -> None:
    counts = {("secretive", "MM-01", "2022-01", "airstrike"): 7, ("secretive", None, None, "shelling"): 4}
    write_edition(tmp_path / "editions", [make_public(1)], counts=counts)
    client = create_app(Settings(data_dir=tmp_path, public_url=ADDRESS)).test_client()
    client.environ_base["HTTP_HOST"] = "map.example.org"
    for query, all_, matching, words in (
        ("", 11, 11, "11 further records are counted but not shown"),
        ("?kind=airstrike", 11, 7, "7 further records are counted but not shown"),
        ("?q=school", 11, None, "how many of them this choice would find cannot be told"),
    ):
        said = client.get(f"/download.json{query}").get_json()["not_shown"]
        assert said == {"in_edition": all_, "matching": matching}
        assert words in client.get(f"/download{query}").text
    for suffix in FORMATS:
        body = client.get(f"/incidents.{suffix}").data
        assert read_ids(suffix, body, tmp_path) == [make_id(1)]
        assert b"secretive" not in body
