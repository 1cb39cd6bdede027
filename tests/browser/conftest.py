"""A real browser for tests: the system's Chromium, pages that are watched for whatever goes wrong, and a served site.

It is about no page in particular.
"""

import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    Route,
    sync_playwright,
)
from werkzeug.serving import make_server

from app import create_app
from app.assets.build import MODULES, alone, build
from app.settings import Settings

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# A window's own pages and the processes that wait for a next one take half of the time that opening a page takes, and
# no test looks at them. Of two such lists Chromium heeds the last one, so that Playwright's own stands here again.
UNUSED = (
    *("PreloadTopChromeWebUI", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "SpareRendererForSitePerProcess"),
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "LensOverlay"),
    *("HttpsFirstBalancedModeAutoEnable", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning"),
    *("AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "PreconnectToSearch"),
)
# Letters are those of the front end's own fonts, whatever a machine has: how wide they are decides where lines break.
# What they lack is taken from what comes with fontconfig.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  {folders}
  <dir>/usr/share/fonts/truetype/dejavu</dir>
  <selectfont>
    <rejectfont><glob>*Condensed*</glob></rejectfont>
    <rejectfont><glob>*ExtraLight*</glob></rejectfont>
    <rejectfont><glob>*TeXGyre*</glob></rejectfont>
  </selectfont>
  <match target="pattern">
    <test name="family" qual="any"><string>system-ui</string></test>
    <edit name="family" mode="prepend" binding="same"><string>Noto Sans</string></edit>
  </match>
  <match target="pattern">
    <test name="family" qual="any"><string>sans-serif</string></test>
    <edit name="family" mode="prepend" binding="same"><string>Noto Sans</string></edit>
  </match>
  <include ignore_missing="yes">/etc/fonts/conf.d</include>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""
WEIGHTS = ("400Regular", "400Regular_Italic", "700Bold", "700Bold_Italic")
SIZE = {"width": 1280, "height": 800}
DRAWN = "#map[data-ready=all]"


@dataclass
class Watched:
    """Opens pages, and remembers whatever went wrong on any of them.

    hosts: where requests may go to, by the beginning of the address.
    """

    browser: Browser
    hosts: tuple[str, ...]
    problems: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, address: str, *, drawn: bool = True, **context: Any) -> Page:
        """Open an address; with `drawn`, wait until everything on the map is there."""
        page = self.blank(**context)
        page.goto(address)
        if drawn:
            page.wait_for_selector(DRAWN)
        return page

    def blank(self, **context: Any) -> Page:
        """Make a page that is watched and still empty."""
        made = self.browser.new_context(**{"viewport": SIZE, "reduced_motion": "reduce"} | context)
        self.contexts.append(made)
        page = made.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("dialog", self._dismiss)
        page.on("request", self._see)
        return page

    def close(self) -> None:
        """Close all pages. Fails when anything went wrong on one of them: an error, a policy violation, a request."""
        for context in self.contexts:
            context.close()
        assert self.problems == []

    def _hear(self, said: ConsoleMessage) -> None:
        # The browser advises tests that read many pixels to ask for another sort of canvas.
        # For a picture that is opened by itself, which names no icon, it asks for the usual one.
        is_advice = "willReadFrequently" in said.text or said.location["url"].endswith("/favicon.ico")
        if said.type in {"error", "warning"} and not is_advice:
            self.problems.append(said.text)

    def _dismiss(self, dialog: Dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _see(self, asked: Request) -> None:
        if not asked.url.startswith(self.hosts):
            self.problems.append(f"asked {asked.url}")


def wait_until(page: Page, holds: Callable[[], bool], seconds: float = 5) -> None:
    """Wait until something holds, since a busy machine draws late. Fails when it never does."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it never held"
        page.wait_for_timeout(20)


@contextmanager
def serving(make_app: Callable[[str], Any]) -> Iterator[str]:
    """Serve an application on a free port of this machine, and give its address. make_app gets the address too."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    server = make_server("127.0.0.1", port, make_app(address), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def as_large(route: Route, *, most: int = 0) -> None:
    """Let a page believe that its edition is too large to be loaded, and that at most so many rows of it may be."""
    response = route.fetch()
    body, found = re.subn(r'"most":\d+', f'"most":{most}', response.text(), count=1)
    assert found
    route.fulfill(response=response, body=body)


def hold(page: Page, url: str | re.Pattern[str]) -> list[Route]:
    """Keep a page's requests waiting. Gives those that wait, as they come, for who lets them go on."""
    held: list[Route] = []
    page.route(url, lambda route: held.append(route))  # noqa: PLW0108 - Playwright takes no bound method of a list
    return held


def build_once() -> None:
    """Build the front end if it is not; of several test processes, one does."""
    with alone():
        build()


@contextmanager
def serving_editions(data_dir: Path, **settings: Any) -> Iterator[str]:
    """Serve the editions of a data folder with the public door, the front end built, and give the address."""
    build_once()

    def make(address: str) -> Flask:
        return create_app(Settings(data_dir=data_dir, public_url=address, **settings))

    with serving(make) as address:
        yield address


def write_fonts(folder: Path) -> Path:
    """Write what tells a browser which fonts there are: the front end's, unless a page names another that is."""
    folders = "".join(f"<dir>{MODULES / '@expo-google-fonts/noto-sans' / weight}</dir>" for weight in WEIGHTS)
    (folder / "fonts.conf").write_text(FONTS.format(folders=folders, cache=folder / "cache"), encoding="utf-8")
    return folder / "fonts.conf"


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Start the system's Chromium, with the fonts of the front end."""
    build_once()
    environ: dict[str, str | float | bool] = {
        **os.environ,
        "FONTCONFIG_FILE": str(write_fonts(tmp_path_factory.mktemp("fonts"))),
    }
    with sync_playwright() as playwright:
        flags = [*FLAGS, f"--disable-features={','.join(UNUSED)}"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags, env=environ)
        yield browser
        browser.close()
