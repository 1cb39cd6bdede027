"""The Folium document of a map: what is in it, and what must never be."""

import dataclasses
import json
import re

import folium
import pytest

from app.maps.build import build_map
from app.maps.errors import NothingInlined
from app.maps.view import MapView, Tiles
from app.maps.web_map import WebMap, to_json_block
from geodata.bbox import BBox

VIEW_KEYS = {
    "edition", "number", "published", "demonstration", "most", "total", "bounds", "filter", "shown", "columns", "urls",
    "mode", "controls", "title", "disclaimer", "attribution", "tiles", "layers", "basemap", "taxonomy", "limits",
    "start", "outlined", "unshown",
}  # fmt: skip


def read_view(fragment: str) -> dict[str, object]:
    """Read the view out of a fragment, as a browser would."""
    found = re.search(r'<script type="application/json" id="bearing-view">(.*?)</script>', fragment, re.DOTALL)
    assert found
    view = json.loads(found[1])
    assert isinstance(view, dict)
    return view


def test_map_is_a_folium_map(view: MapView) -> None:
    assert isinstance(build_map(view), folium.Map)


def test_same_view_gives_same_bytes(view: MapView) -> None:
    assert build_map(view).fragment() == build_map(view).fragment()


def test_fragment_is_one_element_and_one_block(view: MapView) -> None:
    fragment = build_map(view).fragment()
    assert re.sub(r">\{.*\}<", "><", fragment, flags=re.DOTALL).split("\n") == [
        '<div class="bearing" id="map"></div>',
        '        <script type="application/json" id="bearing-view"></script>',
    ]


def test_view_says_all_that_the_script_reads(view: MapView) -> None:
    described = read_view(build_map(view).fragment())
    assert set(described) == VIEW_KEYS
    assert described["filter"] == {
        "kind": ["airstrike"],
        "aircraft": [],
        "region": [],
        "grade": [],
        "from": "2022-01-01",
        "to": None,
        "undated": True,
        "precision": None,
        "q": "let yet",
        "bbox": None,
    }
    assert described["bounds"] == [37.0, -3.0, 132.0, 56.0]
    assert described["layers"] == ["basemap", "areas", "events", "timebar"]


def test_words_of_every_kind_and_precision_are_there(view: MapView) -> None:
    taxonomy = read_view(build_map(view).fragment())["taxonomy"]
    assert isinstance(taxonomy, dict)
    assert {kind["key"] for kind in taxonomy["kinds"]} == set(view.taxonomy.kinds)
    assert [term["key"] for term in taxonomy["precision"]][:4] == ["exact", "site", "settlement", "near"]
    assert all(term["meaning"] for term in taxonomy["precision"])


def test_no_stock_asset_and_no_other_host(view: MapView) -> None:
    web_map = build_map(view)
    assert web_map.default_js == []
    assert web_map.default_css == []
    assert "http" not in web_map.fragment()
    assert "leaflet" not in web_map.fragment().lower()
    assert " style=" not in web_map.fragment()


def test_stock_folium_is_left_alone(view: MapView) -> None:
    build_map(view)
    assert folium.Map.default_js
    assert folium.Map.default_css


def test_texts_cannot_leave_the_block(view: MapView) -> None:
    hostile = "</script><script>alert(1)</script><!-- \u2028"
    fragment = build_map(dataclasses.replace(view, title=hostile, disclaimer=hostile)).fragment()
    assert fragment.count("</script") == 1
    assert "<!--" not in fragment
    assert read_view(fragment)["title"] == hostile


@pytest.mark.parametrize("text", ["</script>", "<!--", "\u2028\u2029", "${x}", "{{ 7*7 }}"])
def test_block_reads_back(text: str) -> None:
    block = to_json_block({"text": text})
    assert "<" not in block
    assert json.loads(block) == {"text": text}


def test_block_refuses_what_is_no_json() -> None:
    with pytest.raises(ValueError, match="JSON"):
        to_json_block({"lon": float("nan")})


@pytest.mark.parametrize(
    "layer", [folium.Marker((0, 0), popup="x"), folium.FeatureGroup("x"), folium.TileLayer("OpenStreetMap")]
)
def test_folium_layers_are_refused(view: MapView, layer: folium.map.Layer) -> None:
    with pytest.raises(TypeError, match="draws layers of"):
        WebMap(view).add_child(layer)


def test_tiles_only_when_asked_for(view: MapView) -> None:
    tiles = Tiles("https://tiles.example/{z}/{x}/{y}.png", "A tile maker")
    described = read_view(build_map(dataclasses.replace(view, tiles=tiles)).fragment())
    assert described["tiles"] == {"url": "https://tiles.example/{z}/{x}/{y}.png", "attribution": "A tile maker"}
    assert read_view(build_map(view).fragment())["tiles"] is None


def test_bounds_may_cross_the_antimeridian(view: MapView) -> None:
    crossing = dataclasses.replace(view, bounds=BBox(170, -10, -170, 10))
    assert read_view(build_map(crossing).fragment())["bounds"] == [170, -10, -170, 10]


def test_alone_without_data_is_refused(view: MapView) -> None:
    with pytest.raises(NothingInlined):
        build_map(view).to_document()
