"""Names on the base map: to be read over filled regions, too, and drawn again once their letters have come."""

import pytest
from playwright.sync_api import Page

from geodata.points import LonLat
from tests.browser.conftest import hold, wait_until
from tests.browser.map.conftest import EXACT, Open, ink, position

pytestmark = pytest.mark.browser

# Where Myanmar's name stands, above and below the symbols there.
NAMED = LonLat(96.5, 20.5)
TILES = "document.querySelector('.leaflet-tile-pane canvas').toDataURL()"
# Text on its halo, which lies on a region as strongly filled as any, after WCAG 2.2.
CONTRASTS = """async (name) => {
    const { PALETTES } = await import("/src/palette.js");
    const { RaisedNames } = await import("/src/place_names.js");
    const { COLOURS } = await import("/src/region_classes.js");
    document.documentElement.dataset.theme = name;
    const canvas = document.createElement("canvas");
    canvas.width = 300;
    canvas.height = 60;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const light = ([red, green, blue]) => {
        const [r, g, b] = [red, green, blue].map((part) => part / 255)
            .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const frame = { zoom: 8, scale: 300, left: 0, top: 0, width: 300, height: 60, copies: [0] };
    const found = [0, 1, 2, 3].map((kind) => {
        const names = new RaisedNames("names", 0);
        names.names = [{ x: 0.5, y: 0.1, zoom: 0, name: "IIII", local: "", kind }];
        names.draw(context, frame);
        context.globalCompositeOperation = "destination-over";
        context.globalAlpha = 0.9;
        context.fillStyle = COLOURS[name].fill;
        context.fillRect(0, 0, 300, 60);
        context.globalAlpha = 1;
        context.fillStyle = PALETTES[name].land;
        context.fillRect(0, 0, 300, 60);
        context.globalCompositeOperation = "source-over";
        const { data } = context.getImageData(0, 0, 300, 60);
        const lights = Array.from({ length: 300 * 60 }, (_, at) => light(data.slice(4 * at, 4 * at + 3)));
        const [low, high] = [Math.min(...lights), Math.max(...lights)];
        return (high + 0.05) / (low + 0.05);
    });
    delete document.documentElement.dataset.theme;
    return found;
}"""


def test_names_stand_above_filled_regions_and_below_symbols(open_map: Open) -> None:
    page = open_map(f"/{position(NAMED, 5)}")
    panes = "document.querySelectorAll('.leaflet-names-pane canvas').length"
    assert page.evaluate(panes) == 0
    before = page.evaluate(TILES)
    choice = page.get_by_label("Fill regions by")
    choice.select_option("number")
    wait_until(page, lambda: page.evaluate(panes) == 1 and ink(page, "names", 100) > 100)
    assert page.evaluate(TILES) != before, "they stand there once"
    height = "(name) => Number(document.querySelector(`.leaflet-${name}-pane`).style.zIndex)"
    heights = [page.evaluate(height, name) for name in ("regions", "names", "events")]
    assert heights == sorted(set(heights))
    choice.select_option("off")
    wait_until(page, lambda: page.evaluate(TILES) == before)
    assert page.evaluate(panes) == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_names_can_be_read_over_the_strongest_fill(modules: Page, theme: str) -> None:
    assert min(modules.evaluate(CONTRASTS, theme)) >= 4.5


def test_names_are_drawn_again_when_their_letters_have_come(open_map: Open) -> None:
    page = open_map("/about", drawn=False)
    held = hold(page, "**/noto-sans-myanmar*")
    page.goto(page.url.replace("/about", f"/{position(EXACT, 7)}"))
    page.wait_for_selector("#map[data-ready=all]")
    wait_until(page, lambda: bool(held))
    page.wait_for_timeout(200)
    before = page.evaluate(TILES)
    for route in held:
        route.continue_()
    wait_until(page, lambda: page.evaluate(TILES) != before)
