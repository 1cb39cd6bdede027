"""The pages of regions and aircraft say what the edition counts, whole and no more, and read without a script."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.settings import Settings
from geodata.precision import Precision
from incidents.drafts import (
    Certainty,
    EquipmentDraft,
    Extent,
    GoodsDraft,
    HarmDraft,
    Match,
    Span,
    TransferDraft,
)
from incidents.editions.edition import Edition
from incidents.editions.tombstones import add_tombstone
from incidents.filters import IncidentFilter
from tests.app.conftest import HOSTILE, HOSTILE_ID
from tests.factories import CHIN, MYANMAR, SAGAING, make_id, make_location, make_public, write_edition

PAGES = ("/regions", "/regions/MM", "/regions/MM-01", "/aircraft", "/aircraft/mi-24", "/aircraft/aircraft")


class Outline(HTMLParser):
    """Collects what a page's structure is judged by."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag not in {"meta", "link", "img", "input", "source", "path", "rect", "circle", "br", "hr"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.wrong.append(f"</{tag}> closes {self.open[-3:]}")


def text_of(page: str) -> str:
    page = re.sub(r"<script.*?</script>|<head>.*?</head>", "", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def table_of(page: str, caption: str) -> list[list[str]]:
    """Give the rows of the table with a caption, each cell's text."""
    found = re.search(rf"<caption[^>]*>{re.escape(caption)}</caption>(.*?)</table>", page, re.DOTALL)
    assert found, caption
    body = found[1].split("<tbody>")[1]
    return [
        [text_of(re.sub(r'<span[^>]* aria-hidden="true">.*?</span>', "", cell)) for cell in cells]
        for cells in (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body.split("<tr")[1:])
    ]


@pytest.fixture
def edition(app: Flask) -> Iterator[Edition]:
    with app.extensions["bearing"].editions.reading(None) as opened:
        yield opened


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    "query", ["", "?edition=1&from=2001", "?kind=arms_transfer", "?q=nowhere+to+be+found", "?to=1930"]
)
def test_structure_is_whole(client: FlaskClient, path: str, query: str) -> None:
    response = client.get(path + query)
    assert response.status_code == 200
    page = response.get_data(as_text=True)
    outline = Outline(page)
    assert outline.wrong == []
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))
    assert len(outline.ids) == len(set(outline.ids))
    labels = [found["aria-labelledby"] for _, found in outline.tags if "aria-labelledby" in found]
    assert set(labels) <= set(outline.ids)
    assert page.count("<table") == page.count("<caption")
    assert [tag for tag, _ in outline.tags].count("main") == 1
    for tag, found in outline.tags:
        assert "style" not in found
        if tag == "img":
            assert found.get("alt")
        if tag == "th":
            assert found.get("scope") or not found, "a header cell says of what"


@pytest.mark.parametrize("path", PAGES)
def test_links_lead_somewhere_and_stay_in_the_edition(client: FlaskClient, path: str) -> None:
    page = client.get(f"{path}?edition=1&from=1995").get_data(as_text=True)
    body = page[page.index("<main") : page.index("</main>")]
    # To lift the choice of an edition is to leave it.
    body = re.sub(r'<a class="chip".*?</a>', "", body)
    addresses = {address.replace("&amp;", "&") for address in re.findall(r'(?:href|src|srcset)="([^"]+)"', body)}
    asked = 0
    for address in sorted(addresses):
        if address.startswith(("#", "http", "/about")) or "/map.png" in address:
            continue
        parts = urlsplit(address)
        query = parse_qsl(parts.query)
        assert ("edition", "1") in query, address
        if parts.path.startswith(("/regions", "/aircraft", "/charts")) and asked < 12:
            asked += 1
            assert client.get(address).status_code == 200, address
    assert asked > 2


@pytest.mark.parametrize(
    "selection", [IncidentFilter(), IncidentFilter(kind=("airstrike",)), IncidentFilter(undated=False)]
)
def test_a_regions_figures_are_the_editions(client: FlaskClient, edition: Edition, selection: IncidentFilter) -> None:
    query = "&".join(f"{name}={value}" for name, value in selection.to_pairs())
    here = replace(selection, region=("MM-01",))
    page = client.get(f"/regions/MM-01?{query}").get_data(as_text=True)
    counts, facets = edition.counts(here), edition.facets(here)
    assert f"{counts.incidents} incident" in text_of(page)
    assert f"{counts.matched} of {counts.total} records" in text_of(page)
    # Other kinds stand there, too, so that one can switch, and are told from those that counts and map are of.
    kinds = {row[0]: row[1:] for row in table_of(page, "Incidents by kind")}
    assert kinds == {
        edition.taxonomy.kinds[key].plural + (" not chosen" if selection.kind and key not in selection.kind else ""): [
            say_incidents(found),
            say_patterns(found["patterns"]),
        ]
        for key, found in facets["kind"].items()
    }
    beside = set(facets["kind"]) - set(selection.kind or facets["kind"])
    assert ("stands neither in the counts above nor on the map" in text_of(page)) == bool(beside)
    uses = table_of(page, "Incidents by aircraft, certain and possible apart")
    assert {row[0]: row[1:] for row in uses} == {
        edition.taxonomy.equipment[key].label: apart(found) for key, found in facets["aircraft"].items()
    }


def test_aircraft_that_a_filter_leaves_out_are_told_from_the_chosen(client: FlaskClient, edition: Edition) -> None:
    chosen = {"mi-24", *edition.taxonomy.descendants("mi-24")}
    for path, caption in (
        ("/regions/MM", "Incidents by aircraft, certain and possible apart"),
        ("/aircraft", "Incidents by aircraft or system, certain and possible apart"),
    ):
        page = client.get(f"{path}?aircraft=mi-24").get_data(as_text=True)
        rows = [row[0] for row in table_of(page, caption)]
        found = (
            edition.facets(IncidentFilter(region=("MM",)))["aircraft"] if "MM" in path else edition.facets()["aircraft"]
        )
        labels = {edition.taxonomy.equipment[key].label: key in chosen for key in found}
        assert sorted(rows) == sorted(label + ("" if kept else " not chosen") for label, kept in labels.items())
        assert "not chosen" not in client.get(path).get_data(as_text=True)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("to=2012", "until 2012"),
        ("from=2012", "from 2012"),
        ("to=2012-09", "until September 2012"),
        ("from=2012-09-02", "from 2 September 2012"),
        ("to=2012-12-30", "until 30 December 2012"),
        ("from=2012-12-31", "from 31 December 2012"),
        ("to=2012-01-01", "until 1 January 2012"),
    ],
)
def test_a_filter_is_said_no_more_closely_than_it_was_given(client: FlaskClient, query: str, said: str) -> None:
    for path in ("/regions", "/regions/MM", "/aircraft", "/aircraft/mi-24", "/incidents", "/download"):
        page = client.get(f"{path}?{query}").get_data(as_text=True)
        assert f'<span dir="auto">{said}</span>' in page, path
        assert client.get(f"{path}?to=9999-12-31&from=0001-01-01").status_code == 200


def say_incidents(count: dict[str, int]) -> str:
    return str(count["incidents"]) if count["incidents"] or not count["patterns"] else "patterns only"


def say_patterns(count: int) -> str:
    return f"{count} pattern{'' if count == 1 else 's'}" if count else ""


def apart(found: dict[str, Any]) -> list[str]:
    return [say_amount(found[how]) for how in ("certain", "possible")]


def say_amount(count: dict[str, int]) -> str:
    incidents, patterns = count["incidents"], count["patterns"]
    said = f"{incidents} incident{'' if incidents == 1 else 's'}" if incidents or not patterns else ""
    return ", ".join(filter(None, (said, say_patterns(patterns))))


def test_the_index_of_regions_has_each_with_its_count(client: FlaskClient, edition: Edition) -> None:
    found = edition.facets()["region"]
    rows = table_of(client.get("/regions").get_data(as_text=True), "Myanmar and its parts")
    assert rows[0][0].startswith("Myanmar")
    counted = {row[0]: (row[1], row[3]) for row in rows}
    for region in edition.known_regions():
        name = " ".join(filter(None, (region["name"], region["local_name"])))
        one = found[region["code"]]
        assert counted[name] == (say_incidents(one), say_patterns(one["patterns"]))


def test_what_is_known_only_to_a_region_is_said_apart(client: FlaskClient, edition: Edition) -> None:
    counted = {}
    for feature in map(json.loads, edition.areas(IncidentFilter())):
        counted[feature["id"]] = feature["properties"]
    only, above = counted["MM-01"], counted["MM"]
    said = text_of(client.get("/regions/MM-01").get_data(as_text=True))
    assert f"{only['incidents']} incident" in said
    assert "known only to Sagaing as a whole" in said
    assert f"a further {above['incidents']} incidents" in said
    assert "known only to Myanmar , any of which may be of here." in said


def test_aircraft_are_counted_certain_and_possible_apart(client: FlaskClient, edition: Edition) -> None:
    page = client.get("/aircraft").get_data(as_text=True)
    rows = table_of(page, "Incidents by aircraft or system, certain and possible apart")
    facets = edition.facets()["aircraft"]
    labels = {node.label: node.key for node in edition.taxonomy.equipment.values()}
    assert {labels[row[0]]: row[1:] for row in rows} == {key: apart(found) for key, found in facets.items()}
    page = client.get("/aircraft/helicopter").get_data(as_text=True)
    below = table_of(page, "Types below it, certain and possible apart")
    assert {labels[row[0]] for row in below} == set(edition.taxonomy.descendants("helicopter")) & set(facets)
    here = IncidentFilter(aircraft=("helicopter",))
    for row in table_of(page, "Incidents by region, certain and possible apart"):
        if code := {"Sagaing": "MM-01", "Chin": "MM-14"}.get(row[0].split(" ")[0]):
            assert row[1:] == apart(edition.facets(replace(here, region=(code,)))["aircraft"]["helicopter"])


def test_no_record_of_a_type_falls_out_of_its_regions(client: FlaskClient, edition: Edition) -> None:
    page = client.get("/aircraft/aircraft").get_data(as_text=True)
    crossed = edition.of_aircraft(IncidentFilter(), "aircraft")
    rows = {
        "Sagaing စစ်ကိုင်း": "MM-01",
        "Chin ချင်း": "MM-14",
        "Myanmar မြန်မာ as a whole": "MM",
        "No place known, or in no region": "",
    }
    expected = {}
    for name, code in rows.items():
        pairs = {how: one.places.get(code, (0, 0)) for how, one in crossed.items()}
        expected[name] = apart({how: {"incidents": pair[0], "patterns": pair[1]} for how, pair in pairs.items()})
    assert {row[0]: row[1:] for row in table_of(page, "Incidents by region, certain and possible apart")} == expected
    whole = edition.facets()["aircraft"]["aircraft"]
    for how, one in crossed.items():
        # An incident of which records differ on the place stands in each.
        assert sum(pair[0] for pair in one.places.values()) >= whole[how]["incidents"]
        assert sum(pair[1] for pair in one.places.values()) >= whole[how]["patterns"]


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/regions/XX-99", 404, "No such region here"),
        ("/regions/mm-01", 404, "No such region here"),
        ("/regions/-", 400, "region"),
        ("/regions/MM%00", 400, "region"),
        ("/regions/" + "M" * 65, 400, "region"),
        ("/regions/MM?region=MM-01", 400, "region"),
        ("/aircraft/no-such", 404, "No such aircraft here"),
        ("/aircraft/Mi-24", 400, "aircraft"),
        ("/aircraft/%F0%9F%9A%81", 400, "aircraft"),
        ("/aircraft/mi-24?aircraft=mi-35", 400, "aircraft"),
        ("/regions?kind=nonsense", 400, "kind"),
        ("/regions?sort=title", 400, "sort"),
        ("/regions/MM?edition=99", 404, "No such edition"),
    ],
)
def test_what_is_not_there_is_404_and_what_is_malformed_400(
    client: FlaskClient, address: str, status: int, said: str
) -> None:
    response = client.get(address, headers={"Accept": "text/html"})
    assert response.status_code == status
    assert said in response.get_data(as_text=True)
    assert response.headers["Cache-Control"] == "no-store"


def test_a_type_that_nothing_names_has_a_page_that_says_so(client: FlaskClient) -> None:
    page = client.get("/aircraft/mi-24?q=nowhere+to+be+found").get_data(as_text=True)
    assert "No incident here names it." in text_of(page)
    assert "Lift all filters" in page


def test_a_still_map_and_the_figures_stand_there_without_a_script(client: FlaskClient) -> None:
    page = client.get("/regions/MM-01?from=1995").get_data(as_text=True)
    still = re.search(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
    assert still
    sources = [address.replace("&amp;", "&") for address in re.findall(r'(?:src|srcset)="([^"]+)"', still[1])]
    assert len(sources) == 2
    for address in sources:
        assert dict(parse_qsl(urlsplit(address).query))["region"] == "MM-01"
    # The picture itself is somebody else's to test.
    assert table_of(page, "Incidents per year by kind") or table_of(page, "Incidents per month by kind")


class Made:
    """A site over an edition that a test made."""

    def __init__(self, folder: Path, rows: list[Any]) -> None:
        write_edition(folder / "editions", rows)
        self.app = create_app(Settings(data_dir=folder))

    def get(self, path: str) -> str:
        response = self.app.test_client().get(path)
        assert response.status_code == 200, (path, response.get_data(as_text=True)[-400:])
        return response.get_data(as_text=True)


def test_an_empty_edition_says_so(tmp_path: Path) -> None:
    site = Made(tmp_path, [])
    for path in ("/regions", "/aircraft", "/aircraft/mi-24"):
        page = site.get(path)
        assert Outline(page).wrong == []
        assert "<table" not in page


@pytest.mark.parametrize(
    "path",
    [
        "/", "/incidents", "/regions", "/aircraft", "/data", "/feed.atom", "/download.json", "/embed?regions=killed",
        "/editions/1/certain.json?from=2001",
        "/editions/1/harm.json", "/editions/1/tallies.json", "/editions/1/histogram.json", "/editions/1/series.json",
        "/editions/1/clusters.arrow?across=4", "/map.svg?regions=killed&chart=kind", "/charts/time.csv",
        "/incidents.geojson", "/incidents.csv", "/incidents.kml", "/api/collections/incidents/items",
        "/api/counts?by=region,kind",
    ],
)  # fmt: skip
def test_an_edition_of_which_all_was_taken_back_still_answers(tmp_path: Path, path: str) -> None:
    site = Made(tmp_path, [make_public(1, title="The only one")])
    add_tombstone(tmp_path / "editions", [make_id(1)], reason="safety", at="2026-01-03T00:00:00+00:00")
    response = site.app.test_client().get(path)
    assert response.status_code == 200
    assert b"The only one" not in response.data
    assert make_id(1).encode() not in response.data


def test_one_incident_is_said_in_the_singular(tmp_path: Path) -> None:
    site = Made(tmp_path, [make_public(1)])
    said = text_of(site.get("/regions/MM-01"))
    assert "1 incident : 1 of 1 record." in said or "1 incident: 1 of 1 record." in said
    assert "1 incidents" not in said
    assert "1 records" not in said
    said = text_of(site.get("/aircraft/mi-24"))
    assert "It certainly took part in 1 incident." in said


def test_names_from_records_are_text_alone(tmp_path: Path) -> None:
    long = "A title " + "of three hundred letters " * 12
    rows = [
        make_public(1, title=HOSTILE, place=HOSTILE),
        make_public(2, title=long),
        make_public(3, title="عنوان طويل"),
    ]
    site = Made(tmp_path, rows)
    for path in ("/regions/MM-01", "/aircraft/mi-35"):
        page = site.get(path)
        assert "<script>alert" not in page
        assert "49" not in re.findall(r"\{\{.*?\}\}", page)
        assert Outline(page).wrong == []
        titles = re.findall(r'<p class="brief__title"><a [^>]*dir="auto"', page)
        assert len(titles) == 3


def test_goods_of_a_transfer_are_no_use(tmp_path: Path) -> None:
    goods = (GoodsDraft(("su-30",), "Su-30", Span(6, 6)),)
    contract = make_public(
        1,
        kind="arms_transfer",
        title="Contract for six",
        aircraft=(),
        harm=(),
        targets=(),
        transfer=TransferDraft("contract", goods=goods),
    )
    other = make_public(
        2,
        kind="arms_transfer",
        title="Contract for another",
        aircraft=(),
        transfer=TransferDraft("contract", goods=(GoodsDraft(("mi-17",), "Mi-17", Span(1, 1)),)),
    )
    site = Made(tmp_path, [contract, other])
    page = site.get("/aircraft/fighter")
    said = text_of(page)
    assert "No incident here names it." in said
    assert "Transfers that name it" in said
    assert "Contract for six" in said
    assert "Contract for another" not in said
    assert "Su-30" not in text_of(site.get("/aircraft"))


def test_harm_is_a_range_with_the_number_of_unknowns(tmp_path: Path) -> None:
    rows = [
        make_public(1, harm=(HarmDraft("total", killed=Span(19, 24)), HarmDraft("children", killed=Span(6)))),
        make_public(
            2, harm=(HarmDraft("total", killed=Span(2, 2)), HarmDraft("total", killed=Span(90, 90), chosen=False))
        ),
        make_public(3, harm=()),
        make_public(4, kind="diplomatic_visit", harm=()),
        make_public(5, extent=Extent.PATTERN, harm=(HarmDraft("total", killed=Span(500, 500)),)),
        # The same as the first, in another dataset: the incident counts once, its figures bound each other.
        make_public(6, links=(make_id(1),), harm=(HarmDraft("total", killed=Span(10, 30)),)),
    ]
    said = text_of(Made(tmp_path, rows).get("/regions/MM-01"))
    assert "In all 12 to 32 killed in 2 incidents; 1 incident with no figure." in said
    assert "Children At least 6 killed in 1 incident; 2 incidents with no figure." in said
    assert "500" not in said[said.index("Harm") : said.index("Newest")]
    assert "it is not zero" in said


def test_where_nobody_can_come_to_harm_no_figure_is_missing(tmp_path: Path) -> None:
    site = Made(tmp_path, [make_public(1, kind="diplomatic_visit", harm=(), aircraft=(), targets=())])
    assert "no figure" not in text_of(site.get("/regions/MM-01"))


def test_what_was_taken_back_is_in_no_figure_and_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    charts = ("/charts/time.csv", "/charts/time.svg?by=region", "/charts/time.svg?by=aircraft")
    chin = make_location(point=None, precision=Precision.STATE, radius_m=None, regions=(MYANMAR, CHIN))
    sagaing = make_location(regions=(MYANMAR, SAGAING))
    rows = [
        make_public(1, location=sagaing, title="A strike that stays"),
        make_public(2, location=chin, title="A strike that was taken back", aircraft=(EquipmentDraft("yak-130"),)),
    ]
    write_edition(tmp_path / "editions", rows)
    app = create_app(Settings(data_dir=tmp_path))
    edition = Edition(tmp_path / "editions" / "1", [make_id(2)])
    monkeypatch.setattr(app.extensions["bearing"].editions, "current", lambda: edition)
    client = app.test_client()
    for path in ("/regions", "/regions/MM", "/aircraft", "/aircraft/aircraft", *charts):
        # The map's words for kinds and types are the taxonomy's, whatever there is of them.
        said = re.sub(r"<script.*?</script>", "", client.get(path).get_data(as_text=True), flags=re.DOTALL)
        assert "taken back" not in said, path
        assert "Chin" not in said, path
        assert "Yak-130" not in said, path
    assert client.get("/regions/MM-14").status_code == 404
    assert "1 of 1 record" in text_of(client.get("/regions/MM").get_data(as_text=True))
    edition.close()


def test_what_stands_in_no_row_and_no_bar_is_counted_in_words(tmp_path: Path) -> None:
    nowhere = make_location(precision=Precision.UNKNOWN, point=None, radius_m=None, regions=())
    rows = [
        make_public(1),
        make_public(2, date=None, earliest=None, latest=None),
        make_public(3, location=nowhere),
        make_public(4, location=nowhere),
    ]
    said = text_of(Made(tmp_path, rows).get("/regions"))
    assert "4 incidents, by the units that they lie in." in said
    assert "2 records are known to no unit." in said
    assert "1 of 4 records shown: 1 has no date and 2 are known to none of these regions." in said


def test_either_of_two_types_is_possible_and_both_certain(tmp_path: Path) -> None:
    either = (EquipmentDraft("mi-35"), EquipmentDraft("mi-17"))
    rows = [
        make_public(1, aircraft=either, aircraft_match=Match.ANY),
        make_public(2, aircraft=either, aircraft_match=Match.ALL),
        make_public(3, aircraft=(EquipmentDraft("mi-35", certainty=Certainty.SUSPECTED),)),
        make_public(4, aircraft=(EquipmentDraft("mi-35", certainty=Certainty.DENIED),)),
    ]
    site = Made(tmp_path, rows)
    said = text_of(site.get("/aircraft/mi-24"))
    assert "It certainly took part in 1 incident and possibly in 2 other incidents." in said
    said = text_of(site.get("/aircraft/helicopter"))
    assert "It certainly took part in 2 incidents and possibly in 1 other incident." in said


def test_a_region_folds_its_many_parts_and_types(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.public.regions._MOST_TYPES", 100)
    whole = client.get("/regions/MM?from=1901").get_data(as_text=True)
    every = table_of(whole, "Incidents by part")
    types = table_of(whole, "Incidents by aircraft, certain and possible apart")
    assert '<details class="part__more"' not in whole
    # Long tables stand beneath both columns, none in the narrow one.
    assert whole.index("</aside>") < whole.index('id="parts"') < whole.index('id="uses"')
    monkeypatch.setattr("app.public.regions._SHOWN_FIRST", 1)
    monkeypatch.setattr("app.public.regions._MOST_TYPES", 3)
    page = client.get("/regions/MM?from=1902").get_data(as_text=True)
    assert "further part" in page
    assert len(table_of(page, "Incidents by part")) == 1
    assert len(table_of(page, "Incidents by further part")) == len(every) - 1
    widest = table_of(page, "Incidents by aircraft, the widest types")
    assert 0 < len(widest) < len(table_of(page, "Incidents by aircraft, certain and possible apart")) <= len(types)


def test_what_is_known_as_patterns_alone_is_no_zero_of_incidents(tmp_path: Path) -> None:
    certain, suspected = EquipmentDraft("yak-130"), EquipmentDraft("mi-35", certainty=Certainty.SUSPECTED)
    rows = [
        *(make_public(at, aircraft=(certain,), extent=Extent.PATTERN) for at in (1, 2)),
        make_public(3, aircraft=(suspected,), extent=Extent.PATTERN),
        make_public(4, aircraft=(EquipmentDraft("mi-35"),)),
    ]
    site = Made(tmp_path, rows)
    page = site.get("/aircraft/yak-130")
    assert "It certainly took part in 2 patterns. Patterns stand for an unknown number each." in text_of(page)
    assert "Yak-130: 2 patterns certain, 0 possible." in page
    (kind,) = table_of(page, "Incidents by kind, certain and possible apart")
    assert kind[1:] == ["2 patterns", "0 incidents"]
    page = site.get("/aircraft/mi-24")
    part = (
        "It certainly took part in 1 incident and possibly in 1 other pattern. A pattern stands for an unknown number."
    )
    assert part in text_of(page)
    (kind,) = table_of(page, "Incidents by kind, certain and possible apart")
    assert kind[1:] == ["1 incident", "1 pattern"]
    # What is seen says the same: no number stands before what is known as patterns alone.
    shown = re.findall(r'<td class="number">(.*?)<span class="unseen">', site.get("/aircraft/yak-130"))
    assert {text_of(one) for one in shown} == {"2", "0"}
    (row,) = table_of(site.get("/regions/MM?aircraft=yak-130"), "Incidents by kind")
    assert row[1:] == ["patterns only", "2 patterns"]
    for path in ("/regions", "/regions/MM", "/incidents"):
        assert "0 incidents and" not in text_of(site.get(f"{path}?aircraft=yak-130")), path
    table = site.get("/incidents")
    box = re.search(r'value="yak-130">.*?<span class="switch__count">(.*?)<span class="unseen">', table, re.DOTALL)
    assert box
    assert text_of(box[1]) == "2"


def test_an_incident_leads_to_its_regions_and_types(client: FlaskClient) -> None:
    page = client.get(f"/incidents/{HOSTILE_ID}?edition=1").get_data(as_text=True)
    for address in ("/regions/MM-01?edition=1", "/regions/MM?edition=1", "/aircraft/mi-35?edition=1"):
        assert f'href="{address}"' in page
        assert client.get(address).status_code == 200
