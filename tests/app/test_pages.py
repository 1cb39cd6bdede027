"""What the pages' templates say, beside what a browser is needed for."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from incidents.taxonomy import load_taxonomy
from tests.app.conftest import HOSTILE_ID, PATTERN_ID, ROWS

ROOT = Path(__file__).parents[2]


def test_symbols_of_pages_are_those_of_the_map(app: Flask) -> None:
    """The shapes stand twice, in the macro and in the script: the same ones."""
    script = (ROOT / "app/assets/src/symbols.js").read_text("utf-8")
    table = script[script.index("const KINDS = {") : script.index("/** @type {Record<string, string>} the kind")]
    names = dict(re.findall(r'^const (DISC|UP|DOWN|RING|WAVE) = "([^"]+)";', script, re.MULTILINE))
    macro = app.jinja_env.get_template("partials/symbols.html").module
    for kind in load_taxonomy().kinds.values():
        drawn = str(macro.symbol(kind.key, family=kind.family))  # type: ignore[attr-defined]
        entry = re.search(rf"^    {kind.key}: \{{(.*)\}},?$", table, re.MULTILINE)
        assert entry, kind.key
        body = re.search(r"body: (`[^`]*`|\"[^\"]*\"|\w+)", entry[1])
        assert body
        text = str(body[1])
        outline = re.sub(r"\$\{(\w+)\}", lambda found: names[found[1]], names.get(text, text)).strip('"`')
        assert f'd="{outline}"' in drawn, kind.key
        cut = re.search(r'cut: "([^"]+)"', entry[1])
        assert (f'd="{cut[1]}"' in drawn) if cut else ("symbol-cut" not in drawn), kind.key
        assert f"family-{kind.family}" in drawn
        assert names["WAVE"] in str(macro.symbol(kind.key, pattern=True))  # type: ignore[attr-defined]


def test_kind_that_an_operator_added_has_its_familys_shape(app: Flask) -> None:
    macro = app.jinja_env.get_template("partials/symbols.html").module
    assert macro.symbol("siege", family="ground") == macro.symbol("shelling")  # type: ignore[attr-defined]
    assert macro.symbol("siege") == macro.symbol("other")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ((None, None, False), ""),
        ((0, 0, False), "0"),
        ((6, None, False), "at least 6"),
        ((None, 8, False), "at most 8"),
        ((13, 18, False), "13 to 18"),
        ((750000, 750000, True), "about 750,000"),
    ],
)
def test_unknown_is_never_zero(app: Flask, bounds: tuple[int | None, int | None, bool], said: str) -> None:
    macro = app.jinja_env.get_template("partials/words.html").module
    minimum, maximum, about = bounds
    span = macro.span({"min": minimum, "max": maximum, "approximate": about})  # type: ignore[attr-defined]
    assert str(span).strip() == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2023", "2023"),
        ("2023-07", "July 2023"),
        ("2023-11-06", "6 November 2023"),
        ("2023?", "2023?"),
        ("2023-07~", "2023-07~"),
        ("2021-02/..", "2021-02/.."),
        ("2023-21", "2023-21"),
    ],
)
def test_given_dates_are_said_no_closer(app: Flask, text: str, said: str) -> None:
    macro = app.jinja_env.get_template("partials/words.html").module
    assert str(macro.given(text)) == said  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://example.org/a", True),
        ("http://example.org/a", True),
        (" HTTPS://example.org/a", True),
        ("javascript:alert(1)", False),
        ("\tjavascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("/incidents", False),
        (None, False),
    ],
)
def test_only_web_addresses_are_links(app: Flask, url: str | None, linked: bool) -> None:  # noqa: FBT001 - a parameter of the test
    macro = app.jinja_env.get_template("partials/words.html").module
    drawn = str(macro.away(url, "<b>A source</b>"))  # type: ignore[attr-defined]
    assert ("<a " in drawn) is linked
    assert "<b>" not in drawn
    if linked:
        assert 'rel="noopener noreferrer"' in drawn


def test_no_page_carries_inline_style_or_script(client: FlaskClient) -> None:
    for path in ("/", "/incidents", f"/incidents/{HOSTILE_ID}", "/about", "/embed", "/nothing-here"):
        page = client.get(path).get_data(as_text=True)
        # What a record says is escaped, so an equals sign and a quote in a tag are the template's own.
        tags = re.findall(r"<[a-z][^>]*>", page)
        assert not [tag for tag in tags if re.search(r"\s(style|on\w+)=", re.sub(r'"[^"]*"', '""', tag))], path
        assert "<style" not in page
        scripts = re.findall(r"<script[^>]*>", page)
        assert all("src=" in tag or 'type="application/json"' in tag for tag in scripts), path


def test_every_page_has_language_title_and_disclaimer(client: FlaskClient) -> None:
    for path in ("/", "/incidents", f"/incidents/{PATTERN_ID}", "/about"):
        page = client.get(path).get_data(as_text=True)
        assert '<html lang="en">' in page
        assert re.search(r"<title>[^<]+</title>", page)
        assert "do not imply any opinion" in page, path


def test_table_counts_in_words(client: FlaskClient) -> None:
    page = client.get("/incidents").get_data(as_text=True)
    said = " ".join(re.sub(r"<[^>]+>", "", re.findall(r'<p class="lead"[^>]*>(.*?)</p>', page, re.DOTALL)[0]).split())
    assert said.startswith(f"{ROWS + 2} records: ")
    assert "pattern" in said


def test_links_of_the_table_keep_a_pinned_edition(client: FlaskClient) -> None:
    page = client.get("/incidents?edition=1&sort=title").get_data(as_text=True)
    links = re.findall(r'<th role="rowheader"[^>]*><a href="([^"]+)"', page)
    assert links
    assert all(link.endswith("?edition=1") for link in links)
    assert 'name="edition" value="1"' in page


def test_reader_of_one_edition_stays_in_it(client: FlaskClient) -> None:
    page = client.get(f"/incidents/{HOSTILE_ID}?edition=1").get_data(as_text=True)
    inside = re.findall(
        r'<a [^>]*href="(/[^"#]*)"', re.sub(r"<header class=\"masthead\".*?</header>", "", page, flags=re.DOTALL)
    )
    kept = [link for link in inside if link.startswith("/incidents")]
    assert kept
    assert all("edition=1" in link for link in kept)
    free = client.get(f"/incidents/{HOSTILE_ID}").get_data(as_text=True)
    assert '<a href="/incidents">All incidents</a>' in free


def test_permalink_names_the_edition(client: FlaskClient) -> None:
    page = client.get(f"/incidents/{PATTERN_ID}").get_data(as_text=True)
    assert f"https://map.example.org/incidents/{PATTERN_ID}?edition=1" in page


def test_pattern_is_called_one(client: FlaskClient) -> None:
    assert "Pattern, not one incident" in client.get(f"/incidents/{PATTERN_ID}").get_data(as_text=True)


def test_error_page_says_what_and_what_to_do(client: FlaskClient) -> None:
    answer = client.get("/incidents?kind=nonsense", headers={"Accept": "text/html"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "kind" in page
    assert "Open the map" in page


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("kind", "no kind at all"),
        ("aircraft", "no aircraft at all"),
        ("region", "no region at all"),
        ("grade", "no grade at all"),
    ],
)
def test_nothing_of_a_name_is_an_address_like_any_other(client: FlaskClient, name: str, said: str) -> None:
    assert json.loads(client.get(f"/incidents.geojson?{name}=none").text)["features"] == []
    page = client.get(f"/incidents?{name}=none").text
    assert said in page
    assert "Nothing matches these filters" in page
    assert f'name="{name}" value="none" checked' in page
    assert f'"{name}":["none"]' in client.get(f"/?{name}=none").text
    assert client.get(f"/incidents?{name}=none,airstrike").status_code == 400


def test_what_others_add_to_links_keeps_nobody_from_a_page(client: FlaskClient) -> None:
    tags = "fbclid=Iw&utm_source=letter&utm_medium=%E1%80%99&mc_cid=1"
    for address in ("/", "/?kind=airstrike", "/incidents", "/regions/MM", "/data", "/maps", "/about", "/embed"):
        response = client.get(f"{address}{'&' if '?' in address else '?'}{tags}")
        assert response.status_code == 200, address
        assert "fbclid" not in response.text
        assert "utm_" not in response.text
    for address in ("/incidents.csv", "/api/collections/incidents/items", "/counts.json"):
        assert client.get(f"{address}?{tags}").status_code in {400, 404}, address
    assert client.get("/?utmsource=letter").status_code == 400
