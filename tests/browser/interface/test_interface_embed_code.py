"""The embed's code: what it says, and that it works where it is pasted."""

import http.server
import re
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DRAWN
from tests.browser.interface.conftest import HOSTILE_ID, Opened, Site

pytestmark = pytest.mark.browser


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """Serve somebody else's page: give its address, and the list whose first item it shows."""
    content: list[str] = []

    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"<!doctype html><title>Elsewhere</title><link rel=icon href=data:,>{content[0]}".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/", content
    server.shutdown()
    thread.join()
    server.server_close()


def _code(page: Page) -> str:
    page.get_by_role("button", name="Embed").click()
    expect(page.locator("dialog")).to_be_visible()
    return page.locator("#embed-code").input_value()


class _Reader(HTMLParser):
    """Reads the frame out of code, as a browser would."""

    def __init__(self) -> None:
        super().__init__()
        self.frame: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "iframe":
            self.frame = {name: value or "" for name, value in attrs}


def _frame(code: str) -> dict[str, str]:
    reader = _Reader()
    reader.feed(code)
    return reader.frame


def test_code_follows_updates_or_stays(open_page: Opened, site: Site) -> None:
    page = open_page("/?kind=airstrike&from=2021&to=2022")
    frame = _frame(_code(page))
    address = urlsplit(frame["src"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{site.address}/embed"
    asked = parse_qs(address.query)
    # Where it begins is in the query, since some publishing systems write a fragment of their own.
    assert re.fullmatch(r"[\d.]+/[\d.]+/[\d.]+", asked.pop("view")[0])
    assert not address.fragment
    assert asked == {"kind": ["airstrike"], "from": ["2021-01-01"], "to": ["2022-12-31"]}
    assert frame["sandbox"].split()[0] == "allow-scripts"
    assert "allow-same-origin" not in frame["sandbox"]
    assert "allow-top-navigation" not in frame["sandbox"]
    assert frame["title"] == "Myanmar–Russia record"
    assert frame["loading"] == "lazy"
    assert frame["referrerpolicy"] == "no-referrer"
    page.get_by_label("Stay with edition 1").check()
    pinned = _frame(page.locator("#embed-code").input_value())
    assert parse_qs(urlsplit(pinned["src"]).query)["edition"] == ["1"]


def test_a_keyboard_puts_an_embed_together(open_page: Opened, site: Site) -> None:
    page = open_page("/?kind=airstrike#7/22.5/95.5")
    page.get_by_role("button", name="Embed").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Embed this map")
    expect(dialog).to_be_visible()
    filling = page.locator("#embed-code").input_value()
    assert "aspect-ratio" in filling
    # Publishing systems that strip styles keep these.
    assert (_frame(filling)["width"], _frame(filling)["height"]) == ("100%", "520")

    def to(label: str) -> None:
        """Go on by the tabulator to what has this label."""
        wanted = dialog.get_by_label(re.compile(f"^{label}"))
        for _ in range(30):
            if wanted.evaluate("(one) => one === document.activeElement"):
                return
            page.keyboard.press("Tab")
        pytest.fail(f"no key leads to {label}")

    to("Fill the page’s width")
    page.keyboard.press("ArrowDown")
    to("Width")
    page.keyboard.press("Control+A")
    page.keyboard.type("640")
    to("As the map stands now")
    page.keyboard.press("ArrowDown")
    to("Legend")
    page.keyboard.press("Space")
    to("Filters")
    page.keyboard.press("Space")
    to("Follow updates")
    page.keyboard.press("ArrowDown")
    to("Colours")
    page.keyboard.press("End")
    to("Title, which is read aloud")
    page.keyboard.press("Control+A")
    page.keyboard.type('Strikes "here" <b>')
    frame = _frame(page.locator("#embed-code").input_value())
    assert (frame["width"], frame["height"], frame["title"]) == ("640", "520", 'Strikes "here" <b>')
    assert parse_qs(urlsplit(frame["src"]).query) == {
        "kind": ["airstrike"],
        "edition": ["1"],
        "controls": ["time,zoom,filters"],
        "theme": ["dark"],
    }
    to("Code for your page")
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Copy embed code")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("status")).to_have_text(re.compile("copied|It is selected"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Embed")).to_be_focused()
    embed = open_page(frame["src"])
    assert embed.locator("html").get_attribute("data-theme") == "dark"
    expect(embed.locator("#switches")).to_be_visible()
    expect(embed.locator(".legend")).to_have_count(0)
    expect(embed.locator(".leaflet-control-zoom")).to_be_visible()
    expect(embed.locator(".embed__foot")).to_contain_text("Edition 1")


FRAMES = [(240, 200), (300, 250), (301, 600), (480, 320), (640, 400), (900, 600)]


EMBEDS = ["/embed?edition=1", f"/embed/incidents/{HOSTILE_ID}"]


@pytest.mark.parametrize("path", EMBEDS)
def test_whom_it_is_owed_to_can_be_read_in_a_frame_of_any_size(
    open_page: Opened, site: Site, elsewhere: tuple[str, list[str]], path: str
) -> None:
    address, content = elsewhere
    content[:] = [
        "".join(
            f'<iframe title="{wide}" width={wide} height={high} frameborder=0 sandbox="allow-scripts"'
            f' src="{site.address}{path}"></iframe>'
            for wide, high in FRAMES
        )
    ]
    page = open_page(address, wait=False)
    for wide, _ in FRAMES:
        frame = page.frame_locator(f'iframe[title="{wide}"]')
        frame.locator(DRAWN).wait_for()
        assert_credits_can_be_read(page, frame.locator("body"), wide)
        assert frame.locator(".credit summary").is_visible() == (wide < 900), "it stands on the map where it has room"


@pytest.mark.parametrize("path", EMBEDS)
def test_whom_it_is_owed_to_can_be_read_without_script(open_page: Opened, path: str) -> None:
    page = open_page(path, java_script_enabled=False)
    for wide, high in FRAMES:
        page.set_viewport_size({"width": wide, "height": high})
        assert_credits_can_be_read(page, page.locator("body"), wide)


def assert_credits_can_be_read(page: Page, body: Locator, wide: int) -> None:
    """Open them by keyboard where they are folded: they lie in the frame, or are scrolled to in a very small one."""
    summary, said = body.locator(".credit summary"), body.locator(".credit__said, .bearing-credit")
    assert body.evaluate("() => document.querySelector('.embed__foot').getBoundingClientRect().bottom <= innerHeight")
    if summary.is_visible() and not said.filter(visible=True).count():
        summary.focus()
        page.keyboard.press("Enter")
    said = said.filter(visible=True)
    expect(said).to_contain_text("do not imply any opinion")
    expect(said).to_contain_text("GeoNames (CC BY 4.0). Data: ")
    room, hidden, stop = said.evaluate(
        """(one) => {
            const { top, right, bottom, left } = one.getBoundingClientRect();
            const room = Math.min(left, top, innerWidth - right, innerHeight - bottom);
            return [room, one.scrollHeight - one.clientHeight, one.tabIndex];
        }"""
    )
    assert room >= 0, wide
    assert hidden <= 1 or (wide < 300 and stop == 0), wide


def test_an_embed_begins_where_it_is_told_and_shows_no_more(open_page: Opened) -> None:
    page = open_page("/embed?view=6/16.5/96&controls=none")
    for gone in ("#timebar", "#switches", ".leaflet-control-zoom", ".legend"):
        expect(page.locator(gone)).to_have_count(0)
    expect(page.locator(".bearing-credit")).to_be_visible()
    page.keyboard.press("Tab")
    page.mouse.move(400, 300)
    page.mouse.down()
    page.mouse.move(420, 300, steps=4)
    page.mouse.up()
    page.wait_for_function("() => /^#6\\/16\\.\\d+\\/9[56]\\./.test(location.hash)")


def test_link_to_the_view_keeps_filter_and_place(open_page: Opened) -> None:
    page = open_page("/?region=MM-01#7/22.5/95.5")
    page.get_by_role("button", name="Embed").click()
    link = page.locator("#embed-link").input_value()
    assert link.endswith("/?region=MM-01#7/22.5/95.5")


def test_code_keeps_what_is_filled_and_charted(open_page: Opened) -> None:
    page = open_page("/#7/22.5/95.5&regions=rate&chart=aircraft")
    source = _frame(_code(page))["src"]
    # To a pixel, a hundredth of a degree there.
    assert re.search(r"/embed\?view=7/22\.(49|50)\d/95\.(49|50)\d&regions=rate&chart=aircraft$", source), source


def test_escape_closes_the_dialog_and_gives_the_focus_back(open_page: Opened) -> None:
    page = open_page("/")
    page.get_by_role("button", name="Embed").click()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Embed")).to_be_focused()


def test_pasted_code_works_on_another_site(open_page: Opened, elsewhere: tuple[str, list[str]]) -> None:
    page = open_page("/?kind=diplomatic_visit")
    shown = page.locator(".timebar__shown").inner_text()
    address, content = elsewhere
    content.append(_code(page))
    host = open_page(address, wait=False)
    frame = host.frame_locator("iframe")
    expect(frame.locator("#map[data-ready=all]")).to_be_visible()
    expect(frame.locator(".timebar__shown")).to_have_text(shown)
    expect(frame.locator(".embed__foot")).to_contain_text("Updated")
    with host.expect_popup() as opened:
        frame.get_by_role("link", name="Open in Bearing").click()
    opened.value.wait_for_selector("#map[data-ready=all]")
    expect(opened.value.locator(".timebar__shown")).to_have_text(shown)


def test_frame_that_allows_scripts_alone_still_shows_everything(
    open_page: Opened, site: Site, elsewhere: tuple[str, list[str]]
) -> None:
    address, content = elsewhere
    content.append(
        f'<iframe src="{site.address}/embed?edition=1" sandbox="allow-scripts" width=800 height=520></iframe>'
    )
    host = open_page(address, wait=False)
    frame = host.frame_locator("iframe")
    expect(frame.locator("#map[data-ready=all]")).to_be_visible()
    expect(frame.locator(".timebar__shown")).to_have_text(f"{site.total} of {site.total} shown")
    expect(frame.locator(".embed__foot")).to_contain_text("Edition 1")
    frame.get_by_role("button", name="One step forward").click()
    expect(frame.locator(".timebar__when > span").first).to_have_text("1948")


def test_frame_that_opens_no_links_shows_their_address(
    open_page: Opened, site: Site, elsewhere: tuple[str, list[str]]
) -> None:
    address, content = elsewhere
    # As a publishing system frames what oEmbed gives it: scripts alone, and a fragment of its own.
    content.append(
        f'<iframe src="{site.address}/embed?kind=airstrike#?secret=abc" sandbox="allow-scripts"'
        " width=800 height=520></iframe>"
    )
    host = open_page(address, wait=False)
    frame = host.frame_locator("iframe")
    expect(frame.locator("#map[data-ready=all]")).to_be_visible()
    link = frame.get_by_role("link", name="Open in Bearing")
    link.click()
    dialog = frame.get_by_role("dialog", name="This page opens no links")
    expect(dialog.get_by_label("Copy the address")).to_have_value(f"{site.address}/?kind=airstrike")
    dialog.get_by_role("button", name="Copy address").click()
    expect(dialog.get_by_role("status")).to_have_text(re.compile("copied|It is selected"))
    host.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(link).to_be_focused()
    assert len(host.context.pages) == 1
    # The browser says that it has blocked the window, as it should.
    assert open_page.problems
    assert all("allow-popups" in problem or "Clipboard" in problem for problem in open_page.problems), (
        open_page.problems
    )
    open_page.problems.clear()
