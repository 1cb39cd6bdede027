"""axe-core finds nothing serious or critical on any page, in light and dark, on a screen and on a phone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app import create_app
from app.assets.build import MODULES, alone, find_npm, install
from app.settings import Settings
from tests.browser.interface.conftest import LINKED_ID, Opened, Site

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WEIGHS = {"serious", "critical"}
# What colours alone decide: everything else is the same in the dark.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}

# Only what is told leaves the page: all that axe looked at is much, and Playwright takes long over it.
JUDGE = """async ([options, weighs]) => {
    const { violations } = await axe.run(document, { preload: false, resultTypes: ["violations"], ...options });
    return violations
        .filter(({ impact }) => weighs.includes(impact))
        .flatMap(({ id, impact, nodes }) => nodes.map(({ html }) => `${id} (${impact}): ${html.slice(0, 160)}`));
}"""

# For each endpoint whose answers are pages, the pages to look at; a new route fails until it has one here.
PAGES: dict[str, list[str]] = {
    "pages.show_map": ["/", "/?kind=none"],
    "pages.show_table": ["/incidents?limit=5", "/incidents?kind=none", "/incidents?q=nothing+has+these+words"],
    "pages.show_incident": [f"/incidents/{LINKED_ID}"],
    "pages.show_about": ["/about"],
    "downloads.show_offer": ["/download?kind=airstrike"],
    "editions.show_data": ["/data", "/data?edition=1"],
    "editions.show_changes": ["/data/changes"],
    "regions.show_regions": ["/regions", "/regions?kind=none"],
    "regions.show_region": ["/regions/MM", "/regions/MM-01?kind=none"],
    "aircraft.show_tree": ["/aircraft"],
    "aircraft.show_aircraft": ["/aircraft/aircraft", "/aircraft/su-30"],
    "embed.show_embed": ["/embed?kind=airstrike", "/embed?controls=filters,time&kind=none"],
    "embed.show_saved_map": ["/embed/strikes"],
    "embed.show_incident": [f"/embed/incidents/{LINKED_ID}"],
    "maps.list_maps": ["/maps"],
    "maps.show_saved_map": ["/maps/strikes?from=2000"],
}
# The API's answers for people, which its own routes give beside those for programs.
API_PAGES = [
    f"/api/{path}{'&' if '?' in path else '?'}f=html"
    for path in (
        *("", "conformance", "openapi", "collections", "collections/incidents", "collections/incidents/queryables"),
        *(
            "collections/incidents/items?limit=5",
            f"collections/incidents/items/{LINKED_ID}",
            "collections/regions/items",
        ),
    )
]
# These answer with data, files and pictures.
NO_PAGES = (
    "editions.give_citation",
    "editions.give_manifest",
    "downloads.give_",
    "charts",
    "data",
    "feeds",
    "files",
    "pictures",
    "api",
    "healthz",
    "oembed",
)
# One value of every filter, which some incidents have all of.
CHOSEN = "kind=drone_strike&region=MM&aircraft=fixed-wing&grade=fair&precision=country&from=2021&to=2023&q=drone"
WRONG = ["/nothing-here", "/incidents?kind=nonsense"]
LOOKED_AT = [path for paths in PAGES.values() for path in paths]

Judge = Callable[..., list[str]]


@pytest.fixture(scope="session")
def axe() -> str:
    """Give axe-core's script, as the lock pins it."""
    with alone():
        install(find_npm(), with_checks=True)
    return (MODULES / "axe-core/axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def screens(chromium: Browser, site: Site) -> Iterator[Opened]:
    """Keep what opens one page for each sort of screen."""
    opened = Opened(chromium, (site.address, "data:"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def kept(screens: Opened) -> tuple[Page, Page]:
    """Give a page on a screen and one on a phone: in a new page the browser would learn axe and the site anew."""
    return screens.blank(), screens.blank(**PHONE)


@pytest.fixture
def go(screens: Opened) -> Iterator[Opened]:
    """Open paths in those pages; at the end nothing may have gone wrong on either of them."""
    yield screens
    problems, screens.problems = screens.problems, []
    assert problems == []


@pytest.fixture
def judge(axe: str) -> Judge:
    """Give a function that says what axe finds serious or critical on a page.

    The script comes in as the browser's own, so that the page's policy, which lets nobody else's in, stays as it is.
    """

    def judge_(page: Page, **options: Any) -> list[str]:
        page.evaluate(axe)
        found: list[str] = page.evaluate(JUDGE, [options, sorted(WEIGHS)])
        return found

    return judge_


def test_every_page_is_looked_at(tmp_path: Path) -> None:
    rules = create_app(Settings(data_dir=tmp_path)).url_map.iter_rules()
    assert {rule.endpoint for rule in rules if not rule.endpoint.startswith(NO_PAGES)} == set(PAGES)


@pytest.mark.parametrize("path", [*LOOKED_AT, *API_PAGES, *WRONG])
def test_nothing_serious_on_a_screen(go: Opened, kept: tuple[Page, Page], judge: Judge, path: str) -> None:
    page, _ = kept
    page.emulate_media(color_scheme="light")
    go.show(page, path)
    assert judge(page) == []
    page.emulate_media(color_scheme="dark")
    assert judge(page, **COLOURS) == []
    if path in WRONG:
        go.problems.clear()  # the browser itself notes the status


@pytest.mark.parametrize("path", LOOKED_AT)
def test_nothing_serious_on_a_phone(go: Opened, kept: tuple[Page, Page], judge: Judge, path: str) -> None:
    _, page = kept
    go.show(page, path)
    assert judge(page) == []


@pytest.mark.parametrize("context", [{}, PHONE])
def test_nothing_serious_with_everything_chosen_and_open(
    open_page: Opened, judge: Judge, context: dict[str, Any]
) -> None:
    page = open_page(f"/?{CHOSEN}", **context)
    if context == PHONE:
        page.get_by_role("button", name="Filters").tap()
    page.locator("#switches button[aria-expanded=false]").evaluate_all("(all) => all.forEach((one) => one.click())")
    expect(page.get_by_role("button", name="Clear: ")).to_have_count(2)
    expect(page.locator("#switches input[name=grade]:checked")).to_be_visible()
    if context != PHONE:
        page.get_by_role("button", name="Legend").click()
        page.focus("#map")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        expect(page.locator("#panel h2")).to_be_visible()
    assert judge(page) == []
    page.emulate_media(color_scheme="dark")
    assert judge(page, **COLOURS) == []


def test_nothing_serious_in_a_dialog(open_page: Opened, judge: Judge) -> None:
    page = open_page("/")
    openers = {
        "Download": page.locator(".masthead__links [data-download]"),
        "Embed this map": page.get_by_role("button", name="Embed"),
    }
    for name, opener in openers.items():
        opener.click()
        expect(page.get_by_role("dialog", name=name)).to_be_visible()
        assert judge(page) == []
        page.emulate_media(color_scheme="dark")
        assert judge(page, **COLOURS) == []
        page.emulate_media(color_scheme="light")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("context", [{}, PHONE, {"color_scheme": "dark"}])
def test_nothing_serious_with_chart_regions_and_list(open_page: Opened, judge: Judge, context: dict[str, Any]) -> None:
    page = open_page("/#chart=kind&regions=number&placeless=1", **context)
    expect(page.locator("#panel h2")).to_be_visible()
    expect(page.locator("#chart svg").first).to_be_visible()
    assert judge(page) == []


def test_axe_would_find_something(open_page: Opened, judge: Judge) -> None:
    """The tests above prove nothing if they cannot fail."""
    page = open_page("/about")
    page.evaluate(
        """() => {
            document.querySelector("main").append(document.createElement("button"));
            document.querySelector("main p").style.color = "#bbb";
            document.querySelector("main a").ariaLabel = "Another name";
        }"""
    )
    rules = {found.split(" ")[0] for found in judge(page)}
    assert {"button-name", "color-contrast", "label-content-name-mismatch"} <= rules
