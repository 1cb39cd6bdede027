"""The embed's code: what it says, and that it works where it is pasted."""

import http.server
import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.interface.conftest import Opened, Site

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
    return page.locator("#share-code").input_value()


def _frame(page: Page, code: str) -> dict[str, str]:
    """Read the code as a browser would."""
    found: dict[str, str] = page.evaluate(
        """(code) => {
            const frame = new DOMParser().parseFromString(code, "text/html").querySelector("iframe");
            return Object.fromEntries([...frame.attributes].map(({ name, value }) => [name, value]));
        }""",
        code,
    )
    return found


def test_code_follows_updates_or_stays(open_page: Opened, site: Site) -> None:
    page = open_page("/?kind=airstrike&from=2021&to=2022")
    frame = _frame(page, _code(page))
    address = urlsplit(frame["src"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{site.address}/embed"
    assert parse_qs(address.query) == {"kind": ["airstrike"], "from": ["2021-01-01"], "to": ["2022-12-31"]}
    assert frame["sandbox"].split()[0] == "allow-scripts"
    assert "allow-same-origin" not in frame["sandbox"]
    assert "allow-top-navigation" not in frame["sandbox"]
    assert frame["title"] == "Myanmar–Russia record"
    assert frame["loading"] == "lazy"
    assert frame["referrerpolicy"] == "no-referrer"
    page.get_by_label("Stay with edition 1").check()
    pinned = _frame(page, page.locator("#share-code").input_value())
    assert parse_qs(urlsplit(pinned["src"]).query)["edition"] == ["1"]


def test_link_to_the_view_keeps_filter_and_place(open_page: Opened) -> None:
    page = open_page("/?region=MM-01#7/22.5/95.5")
    page.get_by_role("button", name="Embed").click()
    link = page.locator("#share-link").input_value()
    assert link.endswith("/?region=MM-01#7/22.5/95.5")


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
