"""The map in a real browser, over an edition whose every record lies where a test knows it."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.wrappers import Request, Response

from app.assets.build import HERE
from geodata.locations import Location, RegionLink
from geodata.points import LonLat
from geodata.precision import Precision
from geodata.regions import Region, world
from incidents.drafts import Extent
from incidents.editions.public import PublicIncident
from incidents.editions.writer import EditionWriter
from incidents.taxonomy import load_taxonomy
from tests.browser.conftest import Watched, serving, serving_editions
from tests.factories import MYANMAR, SAGAING, make_location, make_manifest, make_public

EXACT = LonLat(95.0, 24.0)
SETTLEMENT = LonLat(97.0, 20.8)
NEAR = LonLat(94.0, 26.0)
TOWNSHIP = LonLat(98.5, 23.0)
TOWNSHIP_M = 30_000.0
PATTERN = LonLat(93.6, 20.4)
CROWD_AT = LonLat(99.0, 21.0)
CROWD = 5
PAIR = (LonLat(96.00, 18.00), LonLat(96.02, 18.00))
STATE = 3
COUNTRY = 2
# What the modules name as packages, which the bundler would find for them.
IMPORTS = """<script type="importmap">
{"imports": {
    "@uwdata/flechette": "/node_modules/@uwdata/flechette/src/index.js",
    "leaflet": "/node_modules/leaflet/dist/leaflet-src.esm.js"
}}
</script>"""
HOSTILE = "</script><img src=x onerror=alert(1)> ${alert(2)}"

Open = Callable[..., Page]


def make(number: int, kind: str, location: Location, title: str = "A record", **changes: Any) -> PublicIncident:
    """Make a record without aircraft and harm, on 16 September 2022 unless told otherwise."""
    return make_public(
        number, kind=kind, location=location, title=title, aircraft=(), harm=(), place="A place", **changes
    )


def at(point: LonLat, precision: Precision, radius_m: float) -> Location:
    """Make a place in Sagaing with a point."""
    return make_location(point=point, precision=precision, radius_m=radius_m)


def in_area(precision: Precision, *regions: RegionLink, **changes: Any) -> Location:
    """Make a place without a point."""
    return make_location(**({"point": None, "radius_m": None, "precision": precision, "regions": regions} | changes))


# What can be seen and read: the map's pictures, and the words beside it.
SEEN = """() => ({
    pictures: ["areas", "events", "counts"].map((pane) =>
        document.querySelector(`.leaflet-${pane}-pane canvas`).toDataURL(),
    ),
    words: ["timebar", "switches"].map((id) => document.getElementById(id).innerText),
    bars: [...document.querySelectorAll(".timebar svg path")].map((path) => path.getAttribute("d")),
})"""


def rows() -> Iterator[PublicIncident]:
    """Give the records."""
    yield make(1, "airstrike", at(EXACT, Precision.EXACT, 10.0), HOSTILE)
    yield make(2, "shelling", at(SETTLEMENT, Precision.SETTLEMENT, 2_000.0))
    yield make(3, "protest", at(NEAR, Precision.NEAR, 25_000.0))
    yield make(
        4, "armed_clash", in_area(Precision.TOWNSHIP, MYANMAR, stand_in=TOWNSHIP, radius_m=TOWNSHIP_M), "Township"
    )
    year = {"date": "2015", "earliest": dt.date(2015, 1, 1), "latest": dt.date(2015, 12, 31)}
    yield make(5, "arms_transfer", at(PATTERN, Precision.SITE, 1_000.0), "Pattern", extent=Extent.PATTERN, **year)
    for number in range(CROWD):
        day = dt.date(2018 + number, 5, 1)
        dated = {"date": day.isoformat(), "earliest": day, "latest": day}
        yield make(100 + number, "airstrike", at(CROWD_AT, Precision.SETTLEMENT, 2_000.0), f"Crowd {number}", **dated)
    for number, point in enumerate(PAIR):
        yield make(200 + number, "port_call", at(point, Precision.SITE, 1_000.0), f"Pair {number}")
    for number in range(STATE):
        yield make(300 + number, "displacement", in_area(Precision.STATE, MYANMAR, SAGAING))
    for number in range(COUNTRY):
        yield make(320 + number, "displacement", in_area(Precision.COUNTRY, MYANMAR))
    undated = {"date": None, "earliest": None, "latest": None}
    yield make(400, "other", in_area(Precision.UNKNOWN), "Undated and nowhere", **undated)


TOTAL = 5 + CROWD + 2 + STATE + COUNTRY + 1


def _regions(codes: Any) -> Iterator[tuple[Region, Any]]:
    index = world()
    for code in codes:
        region = index.get(code)
        if region is not None:
            yield region, index.polygon(code)


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a data folder with the edition."""
    folder = tmp_path_factory.mktemp("map")
    root = folder / "editions"
    root.mkdir()
    with EditionWriter(root / "1", load_taxonomy(), _regions) as writer:
        writer.add(rows())
        writer.finish(make_manifest("1"))
    (root / "current").symlink_to("1")
    return folder


@pytest.fixture(scope="session")
def address(data_dir: Path) -> Iterator[str]:
    """Serve it."""
    with serving_editions(data_dir) as served:
        yield served


@pytest.fixture(scope="module")
def modules(chromium: Browser) -> Iterator[Page]:
    """Open an empty page that can import the front end's modules as they are written."""

    def answer(request: Request) -> Response:
        path = (HERE / request.path.lstrip("/")).resolve()
        if path.suffix == ".js" and {HERE / "src", HERE / "node_modules"} & set(path.parents):
            return Response(path.read_bytes(), mimetype="text/javascript")
        return Response(f"<!doctype html>{IMPORTS}", mimetype="text/html")

    with serving(lambda _address: Request.application(answer)) as address:
        page = chromium.new_page()
        page.goto(address)
        yield page
        page.close()


@pytest.fixture
def watched(chromium: Browser, address: str) -> Iterator[Watched]:
    """Open pages; at the end nothing may have gone wrong on any of them."""
    watching = Watched(chromium, (address, "data:"))
    yield watching
    watching.close()


@pytest.fixture
def open_map(watched: Watched, address: str) -> Open:
    """Open a path of the site and wait until the map is drawn."""

    def open_(path: str = "/", **context: Any) -> Page:
        return watched.open(address + path, **context)

    return open_


def position(point: LonLat, zoom: float) -> str:
    """Give the fragment of an address that puts a point into the middle of the map."""
    return f"#{zoom}/{point.lat}/{point.lon}"


def pixel(page: Page, pane: str, dx: float = 0, dy: float = 0) -> tuple[int, int, int, int]:
    """Read a pane's pixel, so many CSS pixels from the middle of the map: red, green, blue, alpha."""
    found = page.evaluate(
        """([pane, dx, dy]) => {
            const frame = document.getElementById("map").getBoundingClientRect();
            const canvas = document.querySelector(`.leaflet-${pane}-pane canvas`);
            const box = canvas.getBoundingClientRect();
            const ratio = canvas.width / box.width;
            const x = (frame.left + frame.width / 2 + dx - box.left) * ratio;
            const y = (frame.top + frame.height / 2 + dy - box.top) * ratio;
            return [...canvas.getContext("2d").getImageData(Math.round(x), Math.round(y), 1, 1).data];
        }""",
        [pane, dx, dy],
    )
    red, green, blue, alpha = found
    return red, green, blue, alpha


def ink(page: Page, pane: str, radius: float) -> int:
    """Count a pane's pixels that are painted, in a square around the middle of the map."""
    found: int = page.evaluate(
        """([pane, radius]) => {
            const frame = document.getElementById("map").getBoundingClientRect();
            const canvas = document.querySelector(`.leaflet-${pane}-pane canvas`);
            const box = canvas.getBoundingClientRect();
            const ratio = canvas.width / box.width;
            const x = (frame.left + frame.width / 2 - radius - box.left) * ratio;
            const y = (frame.top + frame.height / 2 - radius - box.top) * ratio;
            const side = 2 * radius * ratio;
            const { data } = canvas.getContext("2d").getImageData(Math.round(x), Math.round(y), side, side);
            let painted = 0;
            for (let i = 3; i < data.length; i += 4) painted += data[i] > 40 ? 1 : 0;
            return painted;
        }""",
        [pane, radius],
    )
    return found


def click_middle(page: Page, dx: float = 0, dy: float = 0) -> None:
    """Click so many CSS pixels from the middle of the map."""
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2 + dx, box["y"] + box["height"] / 2 + dy)


def said(page: Page) -> str:
    """Read what the map says to a screen reader."""
    return page.locator("#map [aria-live]").inner_text()
