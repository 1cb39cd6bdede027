"""Charts as they are served: what they say of themselves, how they are kept, and their figures."""

import csv
import io
import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient

SVG = "{http://www.w3.org/2000/svg}"


def words_of(client: FlaskClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.get_data(as_text=True)
    assert response.mimetype == "image/svg+xml"
    root = ET.fromstring(response.get_data())  # noqa: S314 - our own
    return " ".join(element.text or "" for element in root.iter(f"{SVG}text"))


def read_csv(client: FlaskClient, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    assert response.status_code == 200
    assert response.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(response.get_data(as_text=True))))


def test_it_names_what_it_shows_and_where_it_is_from(client: FlaskClient) -> None:
    said = words_of(client, "/charts/time.svg?by=aircraft&region=MM-01&edition=1")
    assert "by aircraft: Sagaing" in said
    assert "edition 1, published 2 January 2026" in said
    assert "CC BY 4.0" in said
    assert re.search(r"\d+ of \d+ records shown", said)
    assert "certain" in said


@pytest.mark.parametrize("by", ["kind", "region", "aircraft"])
def test_picture_and_figures_are_of_one_count(client: FlaskClient, app: Flask, by: str) -> None:
    rows = read_csv(client, f"/charts/time.csv?by={by}&unit=year")
    assert rows
    with app.extensions["bearing"].editions.reading(None) as edition:
        facets = edition.facets()[by]
    for row in rows:
        assert row[by] in facets
        assert row["from"] <= row["to"]
        counts = {name: int(count) for name, count in row.items() if name.startswith(("incidents", "patterns"))}
        assert any(counts.values())
    assert ("incidents_aircraft_possible" in rows[0]) is (by == "aircraft")


def test_figures_say_which_bins_reach_beyond_the_window(client: FlaskClient) -> None:
    address = "/charts/time.csv?by=kind&unit=year"
    assert {row["reaches_beyond_window"] for row in read_csv(client, address)} == {"no"}
    years = {row["from"][:4] for row in read_csv(client, address)}
    first, last = min(years), max(years)
    cut = read_csv(client, f"{address}&from={first}-02&to={last}-11")
    assert {row["from"][:4] for row in cut if row["reaches_beyond_window"] == "yes"} == {first, last}
    whole = read_csv(client, f"{address}&from={first}&to={last}")
    assert {row["reaches_beyond_window"] for row in whole} == {"no"}


def test_the_page_shows_the_figures_of_the_picture(client: FlaskClient) -> None:
    page = client.get("/regions/MM-01?kind=airstrike").get_data(as_text=True)
    unit = re.search(r"Incidents per (month|year) by kind</caption>", page)
    assert unit
    rows = read_csv(client, f"/charts/time.csv?by=kind&unit={unit[1]}&kind=airstrike&region=MM-01")
    table = page[page.index("chart__table") : page.index("</table>", page.index("chart__table"))]
    assert table.count("<tr>") - 1 == len(rows)


@pytest.mark.parametrize("path", ["/regions/MM-01", "/regions/MM-01?kind=airstrike", "/aircraft/helicopter"])
def test_a_page_keeps_about_the_place_that_the_picture_takes(client: FlaskClient, path: str) -> None:
    page = client.get(path).get_data(as_text=True)
    kept = re.findall(r'(?:src|srcset)="(/charts/[^"]+)" width="(\d+)" height="(\d+)"', page)
    assert len(kept) == 4
    for address, width, height in kept:
        drawn = ET.fromstring(client.get(unescape(address)).get_data())  # noqa: S314 - our own
        assert float(drawn.attrib["width"].rstrip("pt")) == pytest.approx(int(width), rel=0.01)
        assert float(drawn.attrib["height"].rstrip("pt")) == pytest.approx(int(height), rel=0.25)


def test_what_lies_beyond_the_days_of_a_chart_is_not_said_to_be_shown(client: FlaskClient) -> None:
    page = client.get("/regions/MM-01?from=2090").get_data(as_text=True)
    said = re.search(r"(\d+) of (\d+) records? shown: (.*?) There is nothing to draw\.", page)
    assert said
    assert said[1] == "0"


def test_it_is_kept_and_the_same_for_everybody(client: FlaskClient) -> None:
    first = client.get("/charts/time.svg?by=region")
    etag = first.headers["ETag"]
    again = client.get("/charts/time.svg?by=region", headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert "max-age" in first.headers["Cache-Control"]
    others = {client.get(f"/charts/time.svg?by=region&{more}").headers["ETag"] for more in ("theme=dark", "width=360")}
    assert etag not in others
    assert len(others) == 2
    assert first.headers["Access-Control-Allow-Origin"] == "*"


def test_many_readers_at_once_get_the_same(app: Flask) -> None:
    def ask(number: int) -> bytes:
        address = f"/charts/time.svg?width={640 + number % 4}&by=aircraft"
        return app.test_client().get(address, headers={"Host": "map.example.org"}).get_data()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(32)))
    assert len(set(found)) == 4


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("by=colour", "by"),
        ("by=kind&by=region", "by"),
        ("unit=day", "unit"),
        ("theme=sepia", "theme"),
        ("width=319", "width"),
        ("width=1601", "width"),
        ("width=7e2", "width"),
        ("kind=nonsense", "kind"),
        ("height=3", "height"),
    ],
)
def test_what_is_malformed_is_refused_by_name(client: FlaskClient, query: str, parameter: str) -> None:
    response = client.get(f"/charts/time.svg?{query}")
    assert response.status_code == 400
    assert response.json["error"]["parameter"] == parameter  # type: ignore[index]


def test_figures_have_no_form(client: FlaskClient) -> None:
    assert client.get("/charts/time.csv?theme=dark").status_code == 400


def test_nothing_selected_is_said(client: FlaskClient) -> None:
    assert "Nothing is in this choice." in words_of(client, "/charts/time.svg?q=nowhere+to+be+found")
    assert read_csv(client, "/charts/time.csv?q=nowhere+to+be+found") == []
    assert "Nothing is in this choice." in words_of(client, "/charts/time.svg?kind=none")
