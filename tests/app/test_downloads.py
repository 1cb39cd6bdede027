"""Downloads: every format holds the rows that the filter selects, and no others, as the command line writes them."""

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from app import create_app
from app.cli import bearing
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
from incidents.editions.flat import FLAT_COLUMNS
from incidents.editions.tombstones import add_tombstone
from incidents.exporting.formats import FORMATS
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
    raise AssertionError(suffix)


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
        assert f'<{ADDRESS}/about#licences>; rel="license"' in response.headers["Link"]


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
                HarmDraft("children", killed=Span(6)),
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
    assert (one["total_killed_min"], one["total_killed_max"], one["total_injured_max"]) == ("0", "0", "5")
    assert (one["civilians_killed_min"], one["civilians_killed_max"]) == ("", "")
    assert one["harm"] == (
        "children: at least 6 killed | total: 0 killed, 3 to 5 injured; A clinic | "
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
    manifest = json.loads((tmp_path / "editions" / "1" / "manifest.json").read_bytes())
    assert manifest["files"]["incidents.parquet"]["sha256"] == hashlib.sha256(file).hexdigest()


def test_the_editions_file_is_not_sent_where_it_holds_what_was_taken_back(own: Any, tmp_path: Path) -> None:
    client = own(make_public(1), make_public(2, links=(make_id(1),)), address=ADDRESS)
    add_tombstone(tmp_path / "editions", [make_id(2)], reason="safety", at="2026-01-03T00:00:00+00:00")
    for suffix in FORMATS:
        body = client.get(f"/incidents.{suffix}").data
        assert read_ids(suffix, body, tmp_path) == [make_id(1)]
        assert make_id(2).encode() not in body
