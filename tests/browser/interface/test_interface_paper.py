"""Real printing, where no script draws anything anew: nothing is cut off at the paper's edge or lies over figures.

What emulated print media show, where scripts do run, is in `test_interface_print`.
"""

from typing import Any

import pytest

from tests.browser.interface.conftest import Opened

pytestmark = pytest.mark.browser

# Laid out for the paper once, between the screen and the print.
MEASURE = """() => {
    const read = (name) => [...document.querySelectorAll(name)].filter((one) => one.checkVisibility()).map((one) => {
        const { left, right, top, bottom } = one.getBoundingClientRect();
        return { left, right, top, bottom };
    });
    window.measure = () => ({
        paper: document.documentElement.clientWidth,
        map: read("#map"),
        canvas: read(".bearing-canvas"),
        drawn: read(".timebar__solid, .timebar__light, .chart__drawn path"),
        box: read(".timebar__plot, .chart__plot"),
        ticks: read(".timebar__tick"),
        said: read(".timebar__said p"),
        regions: read("#regions"),
        swatches: [...document.querySelectorAll(".regions__swatch")].map((one) =>
            getComputedStyle(one).printColorAdjust),
    });
    matchMedia("print").addEventListener("change", ({ matches }) => {
        if (matches) window.onPaper = window.measure();
    });
}"""
PAPERS: dict[str, dict[str, Any]] = {
    "A4": {"format": "A4"},
    "A4 across": {"format": "A4", "landscape": True},
    "Letter": {"format": "Letter", "margin": dict.fromkeys(("top", "right", "bottom", "left"), "0.4in")},
}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize(
    ("screen", "fragment"),
    [({}, ""), (PHONE, "#chart=kind&regions=number"), ({}, "#chart=kind&regions=number")],
    ids=["laptop", "phone-charted", "laptop-charted"],
)
def test_paper_has_the_whole_map(open_page: Opened, screen: dict[str, Any], fragment: str) -> None:
    page = open_page(f"/{fragment}", **screen)
    page.evaluate(MEASURE)
    before = page.evaluate("measure()")
    for paper in PAPERS.values():
        page.evaluate("window.onPaper = null")
        page.pdf(**paper)
        after = page.evaluate("onPaper")
        _compare(before, after)
        assert bool(fragment) == bool(after["regions"])


# How light the base map and the symbols above it are as a whole, from 0 to 255.
LIGHTNESS = """() => {
    window.lightness = () => [...document.querySelectorAll(".bearing-canvas")].slice(0, 1).map((canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return data.reduce((sum, value, at) => sum + (at % 4 === 3 ? 0 : value), 0) / (data.length * 0.75);
    })[0];
    addEventListener("beforeprint", () => (window.onPaper = window.lightness()));
}"""


def test_a_dark_page_prints_a_light_map(open_page: Opened) -> None:
    page = open_page("/", color_scheme="dark")
    page.evaluate(LIGHTNESS)
    assert page.evaluate("lightness()") < 80
    page.pdf(format="A4")
    assert page.evaluate("onPaper") > 200
    page.wait_for_function("() => lightness() < 80")


# Words, but for those that no column could hold, that stand on more than one line.
BROKEN = """() => [...document.querySelectorAll(".table tbody :is(td, th)")].flatMap((cell) => {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    const broken = [];
    while (texts.nextNode()) {
        for (const { 0: word, index } of texts.currentNode.data.matchAll(/(?<!\\S)[A-Za-z]{2,14}(?!\\S)/g)) {
            const range = document.createRange();
            range.setStart(texts.currentNode, index);
            range.setEnd(texts.currentNode, index + word.length);
            if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) broken.push(word);
        }
    }
    return broken;
})"""


def test_a_printed_table_breaks_no_word(open_page: Opened) -> None:
    page = open_page("/incidents?kind=airstrike", viewport={"width": 680, "height": 960})
    page.emulate_media(media="print")
    assert page.evaluate(BROKEN) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_no_page_parts_a_region_s_map(open_page: Opened) -> None:
    page = open_page("/regions/MM")
    page.emulate_media(media="print")
    assert page.locator(".small-map").first.evaluate("(one) => getComputedStyle(one).breakInside") == "avoid"


def _compare(before: dict[str, Any], after: dict[str, Any]) -> None:
    (was,), (printed,) = before["map"], after["map"]
    assert printed["right"] <= after["paper"] + 1.5  # Paper is a part of a pixel wider than it says.
    # What the frame showed of the picture it shows still, and the picture is as high for its width.
    for old, new in zip(before["canvas"], after["canvas"], strict=True):
        scale = (new["right"] - new["left"]) / (old["right"] - old["left"])
        assert printed["right"] - printed["left"] == pytest.approx(scale * (was["right"] - was["left"]), abs=2)
        assert printed["bottom"] - printed["top"] == pytest.approx(scale * (was["bottom"] - was["top"]), abs=2)
        assert new["left"] - printed["left"] == pytest.approx(scale * (old["left"] - was["left"]), abs=2)
    (bars,) = after["box"]  # The chart stands for the time bar's own bars.
    assert after["drawn"]
    for one in (*after["drawn"], *after["ticks"]):
        assert one["right"] <= min(bars["right"] + 1, after["paper"] + 1.5)
    for one in after["said"]:
        assert one["top"] >= bars["bottom"], "bars lie over no figures"
    for one in after["regions"]:
        assert one["top"] >= printed["bottom"], "the key lies over no labels"
    assert set(after["swatches"]) <= {"exact"}
