"""Labels and names keep to what they speak of, and show no letters that the browser lacks."""

from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

CANVAS = {"width": 1000, "height": 700}
AREA = {"left": 480, "top": 300, "right": 560, "bottom": 400}
PLACE = """async ([canvas, area, others, reach]) => {
    const { findPlaces, placeFreely } = await import("/src/label_places.js");
    const { Obstacles } = await import("/src/obstacles.js");
    const inside = [];
    for (let x = area.left; x <= area.right; x += 10) {
        for (let y = area.top; y <= area.bottom; y += 10) inside.push({ x, y });
    }
    const view = { left: 0, top: 0, right: canvas.width, bottom: canvas.height };
    const label = { width: 200, height: 26, x: 0, y: 0, from: null };
    const free = placeFreely(label, findPlaces(label, inside, { view }, reach), new Obstacles([], others));
    return { free, x: label.x, y: label.y };
}"""
LETTERS = """async (texts) => {
    const { canShow, canSlant } = await import("/src/letters.js");
    return texts.map((text) => [canShow(text), canSlant(text)]);
}"""


def place(page: Page, others: list[dict[str, Any]], reach: float) -> dict[str, Any]:
    """Find a place for a label of 200 by 26 pixels."""
    found: dict[str, Any] = page.evaluate(PLACE, [CANVAS, AREA, others, reach])
    return found


def test_a_label_lies_in_its_area_or_touches_it(modules: Page) -> None:
    found = place(modules, [], 8)
    assert found["free"]
    assert AREA["left"] <= found["x"] <= AREA["right"]
    assert AREA["top"] <= found["y"] <= AREA["bottom"]
    # What lies over the area drives the label to its edge, and no farther.
    over = {"x": 520, "y": 350, "width": 78, "height": 98}
    found = place(modules, [over], 8)
    assert found["free"]
    assert AREA["left"] - 109 <= found["x"] <= AREA["right"] + 109
    assert AREA["top"] - 22 <= found["y"] <= AREA["bottom"] + 22


def test_a_label_without_room_near_its_area_says_so(modules: Page) -> None:
    crowded = {"x": 520, "y": 350, "width": 700, "height": 400}
    assert not place(modules, [crowded], 8)["free"]
    assert not place(modules, [crowded], 56)["free"]


def test_a_label_keeps_off_the_names_of_countries(modules: Page) -> None:
    name = {"x": 520, "y": 350, "width": 120, "height": 17, "isName": True}
    found = place(modules, [name], 8)
    assert found["free"]
    assert abs(found["x"] - 520) > 160 or abs(found["y"] - 350) > 21


def test_letters_that_the_browser_lacks_are_not_shown(modules: Page) -> None:
    texts = ["Yangon", "Москва", "Αθήνα", "မြန်မာ", "Nāgāland 2", "\U0001e4d0\U0001e4d1"]
    shown = [show for show, _ in modules.evaluate(LETTERS, texts)]
    assert shown == [True, True, True, True, True, False]


def test_burmese_is_not_slanted(modules: Page) -> None:
    slanted = [slant for _, slant in modules.evaluate(LETTERS, ["Sagaing Region", "စစ်ကိုင်း", "ရန်ကုန် 1"])]
    assert slanted == [True, False, False]
