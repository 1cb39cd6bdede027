"""Maps that stand alone: everything is inside, nothing runs but our script, and nobody is asked."""

import base64
import hashlib
import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.maps.errors import AssetsMissing
from app.maps.standalone import MOST_CELLS, cells_to_inline, make_standalone
from app.maps.view import Mode
from geodata import basemap
from incidents.editions.columns import Columns, from_bytes
from incidents.editions.edition import Edition
from incidents.filters import IncidentFilter

from .conftest import HOSTILE


def read_block(document: str, name: str) -> Any:
    """Read one of a document's JSON blocks, as a browser would."""
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', document, re.DOTALL)
    assert found
    return json.loads(found[1])


def read_columns(data: Any) -> Columns:
    """Read the columns that a document holds."""
    return from_bytes(base64.b64decode(data["columns"]))


@pytest.fixture
def document(edition: Edition, built: Path) -> str:
    """Write the whole edition's document."""
    return make_standalone(edition, mode=Mode.FILE, title=HOSTILE, public_url="https://map.example.org").to_document()


def test_everything_is_inside(document: str, edition: Edition) -> None:
    data = read_block(document, "bearing-data")
    assert len(data["rows"]) == edition.manifest.rows
    assert read_columns(data).terms.total == edition.manifest.rows
    assert {"MM-01"} <= {feature["properties"]["code"] for feature in data["areas"]["features"]}
    coarse = {cell.name for since in (0, 4, 5) for cell in basemap.cells()[since]}
    assert coarse < set(data["basemap"])


def test_nothing_is_loaded(document: str) -> None:
    markup = re.sub(r"<(script|style)\b[^>]*>.*?</\1>", "", document, flags=re.DOTALL)
    assert not re.search(r"<(link|img|iframe|object|embed|base)\b", markup)
    assert not re.search(r"\b(src|href|srcset|action|style|on\w+)=", markup)


def test_hostile_texts_stay_texts(document: str) -> None:
    assert len(re.findall(r"<script\b", document)) == 3
    assert len(re.findall(r"</script", document)) == 3
    assert f"<title>{html.escape(HOSTILE)}</title>" in document
    titles = [detail["title"] for detail in read_block(document, "bearing-data")["rows"]]
    assert HOSTILE in titles


def test_policy_lets_our_script_and_style_run_and_nothing_else(document: str) -> None:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', document)
    assert found
    policy = dict(part.strip().split(" ", 1) for part in html.unescape(found[1]).split(";"))
    assert policy["default-src"] == "'none'"
    for name, element in (("script-src", r"<script>(.*?)</script>"), ("style-src", r"<style>(.*?)</style>")):
        inside = re.search(element, document, re.DOTALL)
        assert inside
        digest = base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()
        assert policy[name] == f"'sha256-{digest}'"
    assert "http" not in found[1]


def test_script_cannot_end_its_element(document: str) -> None:
    assert r"document.title = '<\/script>';" in document


def test_fonts_are_inside(document: str) -> None:
    assert f"url(data:font/woff2;base64,{base64.b64encode(b'letters').decode()})" in document
    assert ".woff2" not in document


def test_file_is_the_same_every_time(edition: Edition, built: Path) -> None:
    assert make_standalone(edition).to_document() == make_standalone(edition).to_document()


def test_filter_leaves_everything_else_out(edition: Edition, built: Path) -> None:
    web_map = make_standalone(edition, IncidentFilter(kind=("shelling",)))
    data = read_block(web_map.to_document(), "bearing-data")
    matched = edition.counts(IncidentFilter(kind=("shelling",))).matched
    assert 0 < matched < edition.manifest.rows
    assert [detail["kind"] for detail in data["rows"]] == ["shelling"] * matched
    assert [detail["number"] for detail in data["rows"]] == list(range(matched))
    assert len(read_columns(data)) == matched
    assert read_columns(data).terms.kinds == ("shelling",)
    assert HOSTILE not in json.dumps(data, ensure_ascii=False)
    assert web_map.view.edition.total == matched


def test_columns_keep_their_row(edition: Edition, built: Path) -> None:
    data = read_block(make_standalone(edition, IncidentFilter(kind=("shelling",))).to_document(), "bearing-data")
    columns, ranks = read_columns(data), ["exact", "site", "settlement", "near", "area", "township"]
    for at, detail in enumerate(data["rows"]):
        assert columns.terms.kinds[columns.kind[at]] == detail["kind"]
        rank = columns.precision[at]
        assert rank >= len(ranks) or ranks[rank] == detail["where"]["precision"]


def test_columns_are_those_of_the_edition(edition: Edition, built: Path) -> None:
    data = read_block(make_standalone(edition).to_document(), "bearing-data")
    for name, values in read_columns(data).arrays().items():
        if not name.endswith("_set"):
            assert (values == edition.rows.arrays()[name]).all(), name


def test_finer_parts_are_those_around_points() -> None:
    lons, lats = [95.4, None, 95.5], [22.7, None, 22.8]
    found = cells_to_inline(lons, lats)
    assert [basemap.parse_cell(name).since for name in found] == [6, 7, 8], "one of each map, the coarser first"
    for name in found:
        west, south, east, north = basemap.parse_cell(name).edges_deg
        assert west <= 95.4 < east
        assert south <= 22.7 < north
    assert cells_to_inline([None], [None]) == []
    everywhere = [float(lon) for lon in range(-180, 180)]
    assert len(cells_to_inline(everywhere, [50.0] * len(everywhere))) == MOST_CELLS


def test_credits_name_the_datasets(edition: Edition, built: Path) -> None:
    assert "Data: UCDP GED (CC BY 4.0)" in make_standalone(edition).view.attribution


def test_links_need_an_address(edition: Edition, built: Path) -> None:
    assert make_standalone(edition).view.urls.incident == ""
    linked = make_standalone(edition, public_url="https://map.example.org")
    assert linked.view.urls.incident == "https://map.example.org/incidents/"


def test_notebook_shows_a_frame_that_can_do_little(edition: Edition, built: Path) -> None:
    web_map = make_standalone(edition, title=HOSTILE)
    shown = web_map._repr_html_()
    found = re.fullmatch(r'<iframe title="([^"]*)" sandbox="([^"]*)" ([^<>]*) srcdoc="([^"]*)"></iframe>', shown)
    assert found
    assert html.unescape(found[1]) == HOSTILE
    assert found[2] == "allow-scripts allow-popups"
    assert html.unescape(found[4]) == web_map.to_document()


def test_folium_save_writes_the_same_document(edition: Edition, built: Path, tmp_path: Path) -> None:
    web_map = make_standalone(edition)
    web_map.save(str(tmp_path / "a.html"))
    web_map.save_self_contained(tmp_path / "b.html")
    assert (tmp_path / "a.html").read_text("utf-8") == (tmp_path / "b.html").read_text("utf-8")


def test_failed_save_leaves_the_old_file(edition: Edition, built: Path, tmp_path: Path) -> None:
    target = tmp_path / "map.html"
    target.write_text("old")
    web_map = make_standalone(edition)
    (built / "bearing.js").unlink()
    with pytest.raises(AssetsMissing, match="make setup"):
        web_map.save_self_contained(target)
    assert target.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["built", "map.html"]
