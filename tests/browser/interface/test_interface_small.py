"""Small and low screens and large letters: the map keeps its height, and no number is broken or lost."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import DRAWN
from tests.browser.interface.conftest import Opened

pytestmark = pytest.mark.browser

TOUCH: dict[str, Any] = {"has_touch": True, "is_mobile": True}
MANY = 1_000_000
# Words and numbers as they stand in the time bar, each once for every line that it stands in.
BROKEN = """() => {
    const broken = [];
    const texts = document.createTreeWalker(document.getElementById("timebar"), NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        for (const word of texts.currentNode.data.matchAll(/\\S+/g)) {
            const range = document.createRange();
            range.setStart(texts.currentNode, word.index);
            range.setEnd(texts.currentNode, word.index + word[0].length);
            const boxes = [...range.getClientRects()].filter(({ width }) => width);
            if (new Set(boxes.map(({ top }) => Math.round(top))).size > 1) broken.push(word[0]);
        }
    }
    return broken;
}"""
# Every word that is told can be moved into sight: it lies in a line that scrolls, and the line lies in the window.
REACHED = """(line) => [...line.querySelectorAll("p, button, label")].map((one) => {
    one.scrollIntoView({ inline: "end", block: "nearest" });
    const { right, width, height } = one.getBoundingClientRect();
    return width === 0 || (height > 0 && right <= innerWidth);
}).every(Boolean)"""


def _count_millions(route: Route) -> None:
    """Answer what the service counted, as if there were a million and more of everything."""
    response = route.fetch()
    text = re.sub(r'"(shown|total|incidents|patterns|undated|placeless)":(\d+)', _million, response.text())
    route.fulfill(response=response, body=text)


def _million(found: re.Match[str]) -> str:
    return f'"{found[1]}":{MANY + int(found[2])}'


def _open(open_page: Opened, fragment: str, size: tuple[int, int], letters: int, *, touch: bool) -> Page:
    width, height = size
    page = open_page.blank(viewport={"width": width, "height": height}, **(TOUCH if touch else {}))
    style = f"addEventListener('DOMContentLoaded', () => {{ document.documentElement.style.fontSize = '{letters}px' }})"
    page.add_init_script(style)
    page.route(re.compile(r"/tallies\.json"), _count_millions)
    page.goto(f"{open_page.hosts[0]}/{fragment}")
    page.wait_for_selector(DRAWN)
    return page


@pytest.mark.parametrize(
    ("fragment", "size", "letters", "touch"),
    [
        ("", (320, 480), 16, True),
        ("", (320, 568), 16, True),
        ("", (360, 640), 16, True),
        ("", (390, 844), 32, True),
        ("", (844, 390), 16, True),
        ("", (640, 400), 16, False),
        ("#chart=kind", (640, 400), 16, False),
        ("", (1280, 800), 32, False),
    ],
)
def test_map_keeps_its_height(
    open_page: Opened, fragment: str, size: tuple[int, int], letters: int, *, touch: bool
) -> None:
    page = _open(open_page, fragment, size, letters, touch=touch)
    said = page.locator(".timebar__said")
    expect(said).to_contain_text("1,000,0")  # Not the numbers of the edition itself.
    expect(said).to_contain_text("patterns")
    boxes = {name: page.locator(name).bounding_box() for name in ("#map", ".timebar__plot", "#regions", "#timebar")}
    stage, slider, regions, timebar = (box for box in boxes.values() if box)
    assert stage["height"] >= 0.44 * size[1]
    assert slider["height"] >= 30
    assert slider["y"] + slider["height"] <= timebar["y"] + timebar["height"] <= size[1] + 0.5
    assert regions["x"] + regions["width"] <= size[0]
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.evaluate(BROKEN) == []
    assert said.evaluate(REACHED)


def test_wheel_moves_a_line_sideways(open_page: Opened) -> None:
    page = _open(open_page, "", (640, 400), 32, touch=False)
    said = page.locator(".timebar__said")
    said.hover()
    page.mouse.wheel(0, 200)
    page.wait_for_function("() => document.querySelector('.timebar__said').scrollLeft > 0")


def test_the_scale_is_as_long_as_its_text(open_page: Opened) -> None:
    page = open_page("/")
    scale = page.locator(".leaflet-control-scale-line")
    expect(scale).to_be_visible()
    for _ in range(5):
        assert scale.evaluate("(one) => one.scrollWidth <= one.clientWidth"), scale.inner_text()
        page.get_by_role("button", name="Zoom in").click()


def test_filled_classes_keep_their_colours_in_forced_ones(open_page: Opened) -> None:
    page = open_page("/#regions=number", forced_colors="active")
    swatches = page.locator(".regions__swatch:not(.regions__swatch--unknown)")
    expect(swatches.first).to_be_visible()
    colours = swatches.evaluate_all("(all) => all.map((one) => getComputedStyle(one).backgroundColor)")
    assert len(set(colours)) == len(colours) > 1


def test_phone_without_script_has_a_picture_of_its_size(open_page: Opened) -> None:
    page = open_page("/", java_script_enabled=False, viewport={"width": 390, "height": 844})
    picture = page.locator(".still img")
    expect(picture).to_be_visible()
    shown = picture.evaluate("(one) => [one.currentSrc, one.naturalWidth, one.clientWidth]")
    assert "width=960&" in shown[0]
    assert shown[1] in {480, 960}
    assert shown[2] > 300


# Boxes of the labels that a map draws, over its canvas, and what they say; those of its last picture at the end.
WATCH_LABELS = """
window.drawn = [];
const { roundRect, fillText } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.roundRect = function (x, y, width, height, ...rest) {
    window.drawn.push({ canvas: this.canvas, x, y, width, height, text: "" });
    return roundRect.call(this, x, y, width, height, ...rest);
};
CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    const last = window.drawn.at(-1);
    if (last?.canvas === this.canvas) last.text ||= text;
    return fillText.call(this, text, ...rest);
};
"""
BEYOND = """() => {
    const map = document.getElementById("map").getBoundingClientRect();
    return window.drawn.map(({ canvas, x, width, text }) => {
        const left = canvas.getBoundingClientRect().left + x;
        return [text, left - map.left, map.right - left - width];
    });
}"""


@pytest.mark.parametrize("width", [240, 300, 390])
def test_labels_keep_within_small_frames(open_page: Opened, width: int) -> None:
    """Where all words have no room fewer say the same, and a long name is cut; the number is always whole."""
    page = open_page("/embed?controls=none", wait=False, viewport={"width": width, "height": 320})
    page.add_init_script(WATCH_LABELS)
    page.reload()
    page.wait_for_selector("#map[data-ready=all]")
    labels = page.evaluate(BEYOND)
    assert labels
    for text, left, right in labels:
        assert re.match(r"[\d,]+ (patterns? )?(known )?only to \S", text), text
        assert left >= 0, text
        assert right >= 0, text


@pytest.mark.parametrize("width", [360, 390, 402, 430])
def test_links_of_a_phones_masthead_stand_in_one_line(open_page: Opened, width: int) -> None:
    for path in ("/", "/maps/strikes", "/incidents"):
        page = open_page(path, wait=False, viewport={"width": width, "height": 844}, has_touch=True, is_mobile=True)
        links = page.locator(".masthead__links > :is(a, #share)").all()
        tops = {round(box["y"]) for link in links if link.is_visible() and (box := link.bounding_box())}
        assert len(tops) == 1, path


@pytest.mark.parametrize("size", [(640, 420), (320, 420), (400, 300), (480, 360), (300, 250)])
def test_small_frames_tell_what_is_nowhere_on_the_map(open_page: Opened, size: tuple[int, int]) -> None:
    page = open_page.blank(viewport={"width": size[0], "height": size[1]})
    page.route(re.compile(r"/tallies\.json"), _count_millions)
    page.goto(f"{open_page.hosts[0]}/embed")
    page.wait_for_selector(DRAWN)
    said, placeless, buttons = (
        page.locator(one) for one in (".timebar__shown", ".timebar__what button", ".timebar__row")
    )
    expect(said).to_have_text(re.compile(r"^1,000,\d{3} of 1,000,\d{3} shown$"))
    expect(placeless).to_have_text(re.compile(r"^1,000,\d{3} without a place$"))
    # Where there is no room for how many of them are incidents, it says what they are.
    sorts = page.locator(".timebar__what span")
    before = said.evaluate("(one) => getComputedStyle(one, '::before').content")
    assert (before == '"Records: "') is not sorts.is_visible()
    boxes = [
        one.bounding_box() for one in (page.locator("#map"), said, placeless, buttons, page.locator(".embed__foot"))
    ]
    stage, shown, without, tools, foot = (box for box in boxes if box)
    assert stage["height"] >= 88
    assert stage["y"] + stage["height"] <= shown["y"] < without["y"] + without["height"] <= foot["y"]
    assert without["x"] + without["width"] <= size[0]
    for box in (shown, without):
        apart = box["y"] >= tools["y"] + tools["height"] or tools["y"] >= box["y"] + box["height"]
        assert apart or box["x"] + box["width"] <= tools["x"] or box["x"] >= tools["x"] + tools["width"]
    assert page.evaluate(BROKEN) == []


@pytest.mark.parametrize("size", [(320, 420), (400, 300)])
def test_low_frames_under_thumbs_have_a_map(open_page: Opened, size: tuple[int, int]) -> None:
    page = open_page.blank(viewport={"width": size[0], "height": size[1]}, **TOUCH)
    page.route(re.compile(r"/tallies\.json"), _count_millions)
    page.goto(f"{open_page.hosts[0]}/embed")
    page.wait_for_selector(DRAWN)
    expect(page.locator(".timebar__shown")).to_contain_text("1,000,")
    stage = page.locator("#map").bounding_box()
    assert stage
    assert stage["height"] >= 0.38 * size[1]


@pytest.mark.parametrize(
    ("size", "touch"),
    [((320, 200), False), ((400, 210), False), ((400, 210), True), ((300, 220), True), ((300, 250), True)],
)
def test_the_lowest_frames_are_mostly_map(open_page: Opened, size: tuple[int, int], *, touch: bool) -> None:
    width, height = size
    page = open_page("/embed", viewport={"width": width, "height": height}, **(TOUCH if touch else {}))
    stage, foot = page.locator("#map").bounding_box(), page.locator(".embed__foot").bounding_box()
    assert stage
    assert foot
    assert stage["height"] >= 0.5 * height
    assert foot["y"] + foot["height"] <= height + 0.5
    expect(page.locator(".timebar__shown")).to_be_visible()
    expect(page.get_by_role("link", name="Open in Bearing")).to_be_in_viewport(ratio=0.99)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_narrowest_mastheads_have_two_lines(open_page: Opened) -> None:
    page = open_page("/", viewport={"width": 320, "height": 900}, **TOUCH)
    boxes = [page.locator(name).bounding_box() for name in (".masthead__brand", ".masthead__mark", "#search", "#theme")]
    assert len({round(box["y"] + box["height"] / 2) // 8 for box in boxes if box}) == 1
    masthead = page.locator(".masthead").bounding_box()
    assert masthead
    assert masthead["height"] < 106
