"""Pictures as the doors give them: addresses, limits, caching, the turn to draw, and where pages show them."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import unescape
from multiprocessing.connection import Listener
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import picturing
from app.draughtsman import Draughtsman
from app.params import PICTURE_NAMES, parse_shape
from app.pictures.picture import RATIOS, THEMES
from incidents.errors import BadFilter
from tests.app.conftest import HOSTILE, HOSTILE_ID, PATTERN_ID

SMALL = "width=480&height=360"


def test_both_formats(client: FlaskClient) -> None:
    png, svg = client.get(f"/map.png?{SMALL}"), client.get(f"/map.svg?{SMALL}")
    assert (png.mimetype, svg.mimetype) == ("image/png", "image/svg+xml")
    assert png.data.startswith(b"\x89PNG\r\n\x1a\n")
    assert svg.text.startswith("<svg ")
    for answer in (png, svg):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_a_reader_who_has_it_gets_nothing_new(client: FlaskClient) -> None:
    first = client.get(f"/map.png?{SMALL}&kind=airstrike")
    again = client.get(f"/map.png?{SMALL}&kind=airstrike", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get(f"/map.png?{SMALL}&kind=airstrike&theme=dark")
    assert other.headers["ETag"] != first.headers["ETag"]
    assert other.data != first.data


def test_an_edition_that_is_named(client: FlaskClient) -> None:
    assert client.get(f"/map.png?{SMALL}&edition=1").status_code == 200
    assert client.get(f"/map.png?{SMALL}&edition=7").status_code == 404


@pytest.mark.parametrize(
    ("query", "name", "said"),
    [
        ("width=100000", "width", "480 to 2400"),
        ("width=479", "width", "480 to 2400"),
        ("height=1601", "height", "360 to 1600"),
        ("height=0", "height", "360 to 1600"),
        ("width=-5", "width", "480 to 2400"),
        ("width=1e3", "width", "480 to 2400"),
        ("width=500&width=600", "width", "more than once"),
        ("ratio=4", "ratio", "1, 1.5, 2, 3"),
        ("ratio=nan", "ratio", "1, 1.5, 2, 3"),
        ("ratio=3&width=1200", "width", "at least 1440"),
        ("ratio=2&width=1200&height=600", "height", "at least 720"),
        ("theme=sepia", "theme", "light, dark"),
        ("view=19/0/0", "view", "18"),
        ("view=5/91/0", "view", "zoom/latitude/longitude"),
        ("view=5/0/181", "view", "zoom/latitude/longitude"),
        ("view=nan/0/0", "view", "zoom/latitude/longitude"),
        ("view=5,1,2", "view", "zoom/latitude/longitude"),
        ("regions=deaths", "regions", "off, number, rate, killed"),
        ("chart=region", "chart", "off, kind, aircraft"),
        ("title=Mine", "title", "unknown"),
        ("kind=earthquake", "kind", ""),
    ],
)
def test_limits_are_named(client: FlaskClient, query: str, name: str, said: str) -> None:
    for address in ("/map.png", "/map.svg"):
        answer = client.get(f"{address}?{query}")
        assert answer.status_code == 400
        assert answer.json is not None
        assert answer.json["error"]["parameter"] == name
        assert said in answer.json["error"]["what"]


def test_one_incident(client: FlaskClient) -> None:
    svg = client.get(f"/incidents/{HOSTILE_ID}/map.svg?{SMALL}")
    assert svg.status_code == 200
    title = re.search(r'<title id="title">(.*?)</title>', svg.text)
    assert title
    assert unescape(title[1]) == HOSTILE
    assert "<script" not in svg.text
    assert client.get(f"/incidents/{PATTERN_ID}/map.png?{SMALL}").status_code == 200


def test_an_incident_that_is_none(client: FlaskClient) -> None:
    for wrong in ("0" * 32, "x"):
        answer = client.get(f"/incidents/{wrong}/map.png")
        assert answer.status_code == 404
        assert answer.json is not None
        assert answer.json["error"]["code"] == "no_such_incident"
    assert client.get("/incidents/..%2f..%2fetc/map.png").status_code == 404
    for other in ("kind=airstrike", "regions=number", "chart=kind"):
        assert client.get(f"/incidents/{HOSTILE_ID}/map.png?{other}").status_code == 400


_texts = st.one_of(
    st.text(max_size=12),
    st.integers(-10, 3_000).map(str),
    st.sampled_from(["5/20/96", "0/0/0", "18/85/180", "1e9", "٣", "²", *THEMES, *(f"{ratio:g}" for ratio in RATIOS)]),
    st.tuples(st.floats(-100, 100), st.floats(-100, 100), st.floats(-200, 200)).map(
        lambda each: "/".join(str(round(part, 3)) for part in each)
    ),
)


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(st.lists(st.tuples(st.sampled_from(PICTURE_NAMES), _texts), max_size=4))
def test_any_shape_is_read_or_refused_by_name(pairs: list[tuple[str, str]]) -> None:
    refused = None
    try:
        shape = parse_shape(pairs)
    except BadFilter as error:
        refused = error.name
    if refused is not None:
        assert refused in PICTURE_NAMES
        return
    assert 480 <= shape.width / shape.ratio <= 2400
    assert 360 <= shape.height / shape.ratio <= 1600


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.floats(0, 18), st.floats(-90, 90), st.floats(-180, 180), st.sampled_from([*THEMES]))
def test_any_view_can_be_drawn(client: FlaskClient, zoom: float, lat: float, lon: float, theme: str) -> None:
    view = "/".join(f"{part:.4f}" for part in (zoom, lat, lon))
    answer = client.get(f"/map.png?{SMALL}&{urlencode({'view': view, 'theme': theme})}")
    assert answer.status_code == 200, view
    assert answer.data.startswith(b"\x89PNG")


def test_one_drawing_at_a_time(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picturing, "WAIT_S", 0.05)
    with picturing.drawing_turn():
        busy = client.get(f"/map.png?{SMALL}&q=nobody-has-asked-for-this")
        assert busy.status_code == 503
        assert busy.headers["Retry-After"]
        assert busy.headers["Cache-Control"] == "no-store"
        assert busy.json is not None
        assert busy.json["error"]["code"] == "busy"
    assert client.get(f"/map.png?{SMALL}&q=nobody-has-asked-for-this").status_code == 200


@pytest.mark.parametrize("address", [f"/map.png?{SMALL}", f"/map.svg?{SMALL}", "/charts/time.svg"])
def test_a_drawing_that_dies_can_be_asked_for_again(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str
) -> None:
    with Listener(str(tmp_path / "pictures"), "AF_UNIX") as listener:

        def die() -> None:
            with listener.accept() as line:
                line.recv()
                line.send(("turn",))

        drawing = threading.Thread(target=die)
        drawing.start()
        place = replace(app.extensions["bearing"], draughtsman=Draughtsman(tmp_path / "pictures", 0, 0))
        monkeypatch.setitem(app.extensions, "bearing", place)
        failed = client.get(f"{address}{'&' if '?' in address else '?'}q=dies-{address[1]}{len(address)}")
        drawing.join()
    assert failed.status_code == 503
    assert failed.headers["Retry-After"]
    assert failed.headers["Cache-Control"] == "no-store"
    assert failed.json is not None
    assert failed.json["error"]["code"] == "not_drawn"
    assert failed.json["error"]["what"] is None


def test_no_more_wait_for_pictures_than_leave_room_for_all_else(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place = replace(app.extensions["bearing"], draughtsman=Draughtsman(tmp_path / "pictures", 0, 0, places=2))
    monkeypatch.setitem(app.extensions, "bearing", place)
    with Listener(str(tmp_path / "pictures"), "AF_UNIX", backlog=9) as listener:

        def ask(number: int) -> int:
            mine = app.test_client().get(f"/map.svg?{SMALL}&q=waits-{number}", headers={"Host": "map.example.org"})
            return mine.status_code

        with ThreadPoolExecutor(2) as pool:
            waiting = [pool.submit(ask, number) for number in range(2)]
            lines = [listener.accept() for _ in waiting]
            # Both hold their places now; the third is told at once, and the rest of the site answers.
            busy = client.get(f"/map.svg?{SMALL}&q=waits-3")
            assert (busy.status_code, busy.json and busy.json["error"]["code"]) == (503, "busy")
            assert busy.headers["Retry-After"]
            for line in lines:
                line.close()
            assert [one.result() for one in waiting] == [503, 503]
    # Their places are free again.
    assert client.get(f"/map.svg?{SMALL}&q=waits-4").json["error"]["code"] == "not_drawn"  # type: ignore[index]


def test_many_at_once_all_get_the_same_or_are_told_to_wait(app: Flask) -> None:
    answers: list[tuple[int, bytes]] = []

    def ask() -> None:
        answer = app.test_client().get(f"/map.svg?{SMALL}&from=2001", headers={"Host": "map.example.org"})
        answers.append((answer.status_code, answer.data))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert {status for status, _ in answers} <= {200, 503}
    assert len({body for status, body in answers if status == 200}) == 1


def _still(text: str) -> tuple[list[str], str]:
    """Give the addresses of a page's still pictures, and the words in their place."""
    found = re.search(r"<noscript>.*?</noscript>", text, re.DOTALL)
    assert found
    addresses = [unescape(each) for each in re.findall(r'(?:src|srcset)="([^"]+)"', found[0])]
    alt = re.search(r'<img [^>]*alt="([^"]*)"', found[0])
    assert alt
    return addresses, unescape(alt[1])


@pytest.mark.parametrize("address", ["/?kind=airstrike", "/embed?region=MM-01&edition=1", f"/incidents/{HOSTILE_ID}"])
def test_pages_without_script_show_a_picture(client: FlaskClient, address: str) -> None:
    page = client.get(address)
    addresses, alt = _still(page.text)
    # Of a phone's size and of a page's, each dark and light.
    assert ["theme=dark" in each for each in addresses] == [True, False, True, False]
    for each in addresses:
        assert each.startswith("/"), "img-src allows this site alone"
        assert client.get(each).mimetype == "image/png"
    assert alt.startswith("Map: ")
    for pair in address.partition("?")[2].split("&"):
        assert pair in addresses[1]
        assert pair in addresses[3]
    assert "img-src 'self'" in page.headers["Content-Security-Policy"]


def test_a_link_is_shown_with_its_picture(client: FlaskClient) -> None:
    for address, title in (("/?kind=airstrike", "Bearing"), (f"/incidents/{HOSTILE_ID}", HOSTILE)):
        text = client.get(address).text
        tags = {
            name: unescape(value) for name, value in re.findall(r'<meta property="og:(\S+)" content="([^"]*)"', text)
        }
        assert tags["title"] == title
        assert tags["description"]
        assert tags["url"] == f"https://map.example.org{address}"
        image = tags["image"]
        assert image.startswith("https://map.example.org/")
        assert client.get(image.removeprefix("https://map.example.org")).mimetype == "image/png"
        assert (tags["image:width"], tags["image:height"]) == ("1200", "630")
        assert tags["image:alt"].startswith("Map: ")
