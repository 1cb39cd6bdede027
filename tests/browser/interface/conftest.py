"""The interface in a real browser: Chromium over the real application and an edition of real and of nasty records."""

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from shapely.geometry.base import BaseGeometry

from geodata.locations import Location
from geodata.points import LonLat
from geodata.regions import Region, world
from incidents.drafts import CitationDraft, EquipmentDraft, HarmDraft, Match, SourceDraft, Span
from incidents.editions.public import PublicIncident
from incidents.editions.writer import EditionWriter
from incidents.importing.founding_record import read_founding_record
from incidents.saved_maps import SavedMap, save_map
from incidents.taxonomy import load_taxonomy
from tests.browser.conftest import DRAWN, Watched, serving_editions
from tests.factories import UCDP, make_id, make_location, make_manifest, make_public

HOSTILE_TITLE = (
    "<img src=x onerror=\"window.hacked='img'\"> ${window.hacked='template'} `x` "
    "</script><script>window.hacked='script'</script>"
)
HOSTILE_ID = make_id(0xBAD)
LONG_ID = make_id(0x300)
BURMESE_ID = make_id(0xB00)
RTL_ID = make_id(0xA0)
LINKED_ID = make_id(0x11)
TWIN_ID = make_id(0x12)
EITHER_ID = make_id(0xE0)
CROWD = 30
CROWD_AT = LonLat(96.9, 17.3)


def id_of(reference: str) -> str:
    """Give the public id that the edition of these tests has for a reference."""
    return hashlib.sha256(reference.encode()).hexdigest()[:32]


@dataclass
class Site:
    """The served site. total: records in it."""

    address: str
    total: int


class Opened(Watched):
    """Opens pages of the site by their path."""

    def __call__(self, path: str = "/", *, wait: bool = True, **context: Any) -> Page:
        """Open a path; a page with a map is given back when everything on that is drawn."""
        page = self.blank(**context)
        self.show(page, path, wait=wait and context.get("java_script_enabled", True))
        return page

    def each(self, *paths: str, **context: Any) -> Iterator[tuple[str, Page]]:
        """Open paths one after the other in one page, which need not fetch again what they share."""
        page = self.blank(**context)
        for path in paths:
            self.show(page, path, wait=context.get("java_script_enabled", True))
            yield path, page

    def show(self, page: Page, path: str, *, wait: bool = True) -> None:
        """Open a path in a page that is there, and wait until everything on its map is drawn."""
        page.goto(path if path.startswith("http") else self.hosts[0] + path)
        if wait and page.locator("#bearing-view").count():
            page.wait_for_selector(DRAWN)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve an edition on a free port of this machine."""
    data_dir = tmp_path_factory.mktemp("interface")
    total = _write_edition(data_dir / "editions")
    limits = (("kind", "airstrike"), ("kind", "drone_strike"), ("from", "2021-01-01"), ("to", "2023-12-31"))
    strikes = SavedMap("strikes", "Strikes since the coup", "Known ones.", limits, view="5/21/96", regions="number")
    save_map(data_dir / "editions", strikes, by=1)
    with serving_editions(data_dir, site_title="Myanmar–Russia record") as address:
        yield Site(address, total)


@pytest.fixture
def open_page(chromium: Browser, site: Site) -> Iterator[Opened]:
    """Open pages of the site; at the end nothing may have gone wrong on any of them."""
    opened = Opened(chromium, (site.address, "http://127.0.0.1:", "data:"))
    yield opened
    opened.close()


def _write_edition(root: Path) -> int:
    dataset, drafts = read_founding_record()
    founding = [
        PublicIncident(id_of(draft.references[0].text), 1, dataclasses.replace(draft, private_notes=None), (), dataset)
        for draft in drafts
    ]
    rows = [*founding, *_further_rows()]
    root.mkdir(parents=True)
    with EditionWriter(root / "1", load_taxonomy(), _regions) as writer:
        writer.add(rows)
        writer.finish(make_manifest("1", demonstration=True, citation="Myanmar–Russia record, edition 1."))
    (root / "current").symlink_to("1")
    return len(rows)


def _further_rows() -> Iterable[PublicIncident]:
    web = SourceDraft("web", "A report on the web", publisher="RFA", url="https://news.example/a?b=1&c=2")
    script = SourceDraft("script", "Click </script>", publisher="<b>Bad</b>", url="javascript:window.hacked='link'")
    yield make_public(
        0xBAD,
        title=HOSTILE_TITLE,
        summary=HOSTILE_TITLE,
        place=HOSTILE_TITLE,
        citations=(CitationDraft(script, quote=HOSTILE_TITLE), CitationDraft(web)),
        location=_village(1),
    )
    yield make_public(
        0x300,
        title="A title " + "of three hundred characters " * 10 + "at most.",
        kind="shelling",
        place="A village",
        location=_village(2),
    )
    yield make_public(
        0xB00,
        title="လက်ယက်ကုန်းရွာ လေကြောင်းတိုက်ခိုက်မှု",
        place="လက်ယက်ကုန်း",
        summary="ကျောင်းသား ၆ ဦး သေဆုံး",
        location=_village(3),
    )
    yield make_public(
        0xA0,
        title="مظاهرة أمام السفارة الروسية",
        place="رانغون",
        kind="protest",
        aircraft=(),
        harm=(),
        location=_village(4),
    )
    # The same incident in two datasets, with other figures, reported on the web.
    yield make_public(
        0x11,
        title="Strike with a source on the web",
        place="A village",
        location=_village(5),
        links=(TWIN_ID,),
        citations=(CitationDraft(web, claimant="a witness"),),
        harm=(
            HarmDraft("children", killed=Span(6), claimant="a teacher", source_key="web"),
            HarmDraft("civilians", killed=Span(13, 18), injured=Span(None, 4), source_key="web"),
        ),
    )
    yield make_public(
        0x12,
        title="The same strike in another dataset",
        place="A village",
        location=_village(6),
        links=(LINKED_ID,),
        dataset=UCDP,
        harm=(HarmDraft("civilians", killed=Span(13, 18)),),
    )
    # A plane or a drone: each of them possible, aircraft of some sort certain. It alone is graded.
    yield make_public(
        0xE0,
        title="A plane or a drone",
        place="A village",
        location=_village(7),
        kind="drone_strike",
        aircraft=(EquipmentDraft("fixed-wing"), EquipmentDraft("uncrewed-aircraft")),
        aircraft_match=Match.ANY,
        harm=(HarmDraft("children", killed=Span(6), source_key="wire", grade="fair"),),
    )
    for number in range(CROWD):
        yield make_public(
            0x2000 + number,
            title=f"One of many, number {number + 1}",
            kind="armed_clash",
            place="A village",
            location=make_location(point=CROWD_AT),
            aircraft=(),
        )


def _village(number: int) -> Location:
    """Give one of some villages that stand apart from each other and from all others."""
    return make_location(point=LonLat(93.5 + number * 0.5, 25.5))


def _regions(codes: Iterable[str]) -> Iterator[tuple[Region, BaseGeometry | None]]:
    index = world()
    for code in codes:
        region = index.get(code)
        if region is not None:
            yield region, index.polygon(code)
