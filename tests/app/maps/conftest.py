"""Views, and an edition whose texts try to run, for the tests of maps."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.maps.view import EditionSummary, MapUrls, MapView
from geodata.bbox import BBox
from geodata.precision import Precision
from incidents.drafts import Extent
from incidents.editions.edition import Edition
from incidents.filters import parse_filter
from incidents.taxonomy import load_taxonomy
from tests.factories import make_location, make_public, make_random_rows, make_store

HOSTILE = "</script><script>alert(1)</script><!-- ${alert(2)} {{ 7*7 }} `x` \u2028 '\""
ROWS = 30


@pytest.fixture
def view() -> MapView:
    """Make the view of a page."""
    taxonomy = load_taxonomy()
    return MapView(
        edition=EditionSummary("7.1", 7, 76, "2026-01-02T03:04:05+00:00"),
        taxonomy=taxonomy,
        filter=parse_filter([("kind", "airstrike"), ("from", "2022"), ("q", "let yet")], taxonomy),
        urls=MapUrls(data="/editions/7.1/", basemap="/basemap/abc/", incident="/incidents/"),
        bounds=BBox(37.0, -3.0, 132.0, 56.0),
        shown=3,
        basemap=("0/0_0_0.json", "8/7_98_55.json"),
        title="Myanmar-Russia record",
    )


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edition]:
    """Open an edition: random rows, one that is hostile in every text, and two that are known to a state alone."""
    rows = [
        *make_random_rows(ROWS),
        make_public(1_001, title=HOSTILE, summary=HOSTILE, place=HOSTILE),
        *(
            make_public(
                number,
                kind="shelling",
                location=make_location(point=None, precision=Precision.STATE, radius_m=None),
                extent=extent,
            )
            for number, extent in ((1_002, Extent.ONE), (1_003, Extent.PATTERN))
        ),
    ]
    store = make_store(tmp_path_factory.mktemp("maps"), rows)
    with store.reading(None) as held:
        yield held


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in for the built front end, which these tests need not build."""
    folder = tmp_path / "built"
    folder.mkdir()
    (folder / "bearing.js").write_text("document.title = '</script>';")
    (folder / "bearing.css").write_text("@font-face { src: url(letters.0123456789abcdef.woff2) } p { color: #000 }")
    (folder / "letters.woff2").write_bytes(b"letters")
    monkeypatch.setattr("app.maps.saving.BUILT", folder)
    return folder
