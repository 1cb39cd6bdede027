"""oEmbed (https://oembed.com): what other sites get for an address of this one."""

import json
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient

from tests.app.conftest import HOSTILE_ID

SITE = "https://map.example.org"


def ask(client: FlaskClient, url: str, **more: str) -> dict[str, Any]:
    response = client.get(f"/oembed?{urlencode({'url': url, **more})}")
    assert response.status_code == 200, response.text
    told: dict[str, Any] = json.loads(response.text)
    return told


def frame_of(html: str) -> dict[str, str]:
    assert re.fullmatch(r"<iframe [^<>]*></iframe>", html), "what other programs know to filter"
    return {name: unescape(value) for name, value in re.findall(r'([a-z]+)="([^"]*)"', html)}


@pytest.mark.parametrize(
    ("url", "frame"),
    [
        (SITE, f"{SITE}/embed"),
        (f"{SITE}/", f"{SITE}/embed"),
        (
            f"{SITE}/?kind=airstrike&from=2021#7/21.9/95.9&regions=rate",
            f"{SITE}/embed?kind=airstrike&from=2021-01-01&view=7%2F21.9%2F95.9&regions=rate",
        ),
        (f"{SITE}/#chart=kind&regions=none", f"{SITE}/embed?chart=kind"),
        (f"{SITE}/?edition=1", f"{SITE}/embed?edition=1"),
        (f"{SITE}/?fbclid=x&kind=airstrike&utm_source=letter", f"{SITE}/embed?kind=airstrike"),
        (f"{SITE}/maps/strikes", f"{SITE}/embed/strikes"),
        (f"{SITE}/maps/strikes?from=2005", f"{SITE}/embed/strikes?from=2005-01-01"),
        (f"{SITE}/incidents/{HOSTILE_ID}", f"{SITE}/embed/incidents/{HOSTILE_ID}"),
    ],
)
def test_maps_and_incidents_have_a_frame_that_answers(client: FlaskClient, secret: str, url: str, frame: str) -> None:
    told = ask(client, url)
    assert (told["version"], told["type"], told["provider_url"]) == ("1.0", "rich", f"{SITE}/")
    attributes = frame_of(told["html"])
    assert attributes["src"] == frame
    assert attributes["title"] == told["title"]
    assert attributes["sandbox"].split()[0] == "allow-scripts"
    assert "allow-same-origin" not in attributes["sandbox"]
    assert (attributes["loading"], attributes["referrerpolicy"]) == ("lazy", "no-referrer")
    assert (attributes["width"], attributes["height"]) == (str(told["width"]), str(told["height"]))
    assert client.get(frame.removeprefix(SITE)).status_code == 200
    assert told["thumbnail_url"].startswith(f"{SITE}/")
    thumbnail = urlsplit(told["thumbnail_url"])
    size = parse_qs(thumbnail.query)
    assert size["width"] == [str(told["thumbnail_width"])]
    # The same picture, small, so that this test is quick.
    assert client.get(f"{thumbnail.path.replace('.png', '.svg')}?width=480&height=360").status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/",
        "https://map.example.org.elsewhere.example/",
        "https://map.example.org@elsewhere.example/",
        "http://map.example.org/",
        "//map.example.org/",
        "/maps/strikes",
        "javascript:alert(1)",
        f"{SITE}/about",
        f"{SITE}/maps/never-was",
        f"{SITE}/maps/strikes/",
        f"{SITE}/maps/quiet",
        f"{SITE}/maps/strikes?kind=protest",
        f"{SITE}/maps/strikes?edition=1",
        f"{SITE}/?kind=nonsense",
        f"{SITE}/?edition=9",
        f"{SITE}/incidents/{'0' * 32}",
        f"{SITE}/incidents/{HOSTILE_ID}?x=1",
        "https://[",
        "\x00",
        f"{SITE}/?{'a&' * 900}",
    ],
)
def test_any_other_address_is_not_found(client: FlaskClient, secret: str, url: str) -> None:
    response = client.get(f"/oembed?url={quote(url)}")
    assert response.status_code == 404
    assert response.json
    assert response.json["error"]["code"] == "no_such_address"
    assert "elsewhere" not in response.text


def test_xml_says_the_same(client: FlaskClient, secret: str) -> None:
    for url in (f"{SITE}/maps/strikes", f"{SITE}/incidents/{HOSTILE_ID}"):
        told = ask(client, url)
        response = client.get(f"/oembed?{urlencode({'url': url, 'format': 'xml'})}")
        assert response.mimetype == "text/xml"
        root = ET.fromstring(response.data)  # noqa: S314 - our own
        assert root.tag == "oembed"
        assert {child.tag: child.text for child in root} == {name: str(value) for name, value in told.items()}


def test_sizes_are_kept_to(client: FlaskClient) -> None:
    told = ask(client, SITE, maxwidth="600", maxheight="400")
    assert (told["width"], told["height"]) == (600, 400)
    assert (told["thumbnail_width"], told["thumbnail_height"]) == (600, 400)
    small = ask(client, SITE, maxwidth="200")
    assert small["width"] == 200
    assert "thumbnail_url" not in small, "pictures are not drawn so small"
    for query in ("maxwidth=0", "maxheight=-1", "maxwidth=1e3", "maxwidth=9&maxwidth=8"):
        assert client.get(f"/oembed?url={SITE}&{query}").status_code == 400


def test_what_is_asked_wrongly_is_told(client: FlaskClient) -> None:
    assert client.get("/oembed").status_code == 400
    for format_ in ("yaml", "JSON", "<script>"):
        response = client.get("/oembed", query_string={"url": SITE, "format": format_})
        assert response.status_code == 501
        assert "<script>" not in response.text or response.mimetype == "application/json"


def test_words_of_consumers_change_nothing(client: FlaskClient) -> None:
    assert ask(client, SITE, dnt="1", theme="dark", callback="x") == ask(client, SITE)


@pytest.mark.parametrize(
    "page",
    [
        "/",
        "/?kind=airstrike",
        "/?kind=airstrike&from=2021&edition=1",
        "/maps/strikes",
        "/maps/strikes?from=2005&q=kalay",
        f"/incidents/{HOSTILE_ID}",
    ],
)
def test_pages_say_where_their_code_is(client: FlaskClient, secret: str, page: str) -> None:
    text = client.get(page).text
    narrowed = {name for name, _ in parse_qsl(urlsplit(page).query)}
    links = re.findall(r'<link rel="alternate" type="(application/json|text/xml)\+oembed" href="([^"]+)"', text)
    assert [kind for kind, _ in links] == ["application/json", "text/xml"]
    for kind, link in links:
        address = unescape(link)
        assert address.startswith(f"{SITE}/oembed?")
        response = client.get(address.removeprefix(SITE))
        assert response.status_code == 200
        assert response.mimetype == kind
        if kind == "application/json":
            frame = frame_of(json.loads(response.text)["html"])["src"]
            assert {name for name, _ in parse_qsl(urlsplit(frame).query)} == narrowed
    assert 'property="og:image" content="https://map.example.org/' in text
    assert client.get("/embed").text.count("+oembed") == 0
