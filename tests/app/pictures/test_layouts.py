"""Every part of a picture is on it at every size that it may have; nothing lies over anything else or is cut off."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import pytest

from app.pictures import canvas as canvases
from app.pictures.maps import DrawnMap, draw_map
from app.pictures.picture import LEAST_HEIGHT, LEAST_WIDTH, MOST_HEIGHT, MOST_WIDTH, Box, MapPicture, Shape
from app.pictures.surveys import Survey, Surveyor
from incidents.editions.edition import Edition
from incidents.filters import parse_filter

SIZES = (
    (LEAST_WIDTH, LEAST_HEIGHT),
    (LEAST_WIDTH, 420),
    (LEAST_WIDTH, 640),
    (LEAST_WIDTH, MOST_HEIGHT),
    (560, 400),
    (600, 900),
    (640, LEAST_HEIGHT),
    (640, 440),
    (700, 480),
    (800, 600),
    (900, 600),
    (1200, LEAST_HEIGHT),
    (1200, 630),
    (MOST_WIDTH, LEAST_HEIGHT),
    (MOST_WIDTH, MOST_HEIGHT),
)
KINDS = {
    "airstrike": "Airstrike",
    "shelling": "Shelling",
    "violence_against_civilians": "Violence against civilians",
    "diplomatic_visit": "Diplomatic visit",
    "port_call": "Port call",
    "arms_transfer": "Arms transfer",
    "displacement": "Displacement",
    "military_exercise": "Military exercise",
}
CREDITS = "Natural Earth; GeoNames (CC BY 4.0). Data: The founding record: Myanmar and Russia (Apache-2.0)"
DISCLAIMER = "The boundaries, names and designations shown do not imply any opinion on the legal status of a territory."
BURMESE = "မြန်မာနိုင်ငံ စစ်ကိုင်းတိုင်းဒေသကြီး တပယင်းမြို့နယ် လေယာဉ်တိုက်ခိုက်မှုများ"
SCALE = re.compile(r"[\d,]+ k?m")


@dataclass(frozen=True)
class Line:
    """A line of text as it was drawn. box: of its ink."""

    text: str
    box: Box

    def meets(self, other: Box) -> bool:
        """Whether it lies over a box by more than a hair."""
        left, top, right, bottom = self.box
        return right > other[0] + 0.5 and left < other[2] - 0.5 and bottom > other[1] + 0.5 and top < other[3] - 0.5


class ManyKinds(Surveyor):
    """Finds as many kinds as a test wants."""

    def __init__(self, edition: Edition, kinds: tuple[str, ...], *chosen: tuple[str, str]) -> None:
        super().__init__(edition, parse_filter(chosen, edition.taxonomy))
        self._kinds = kinds

    def survey(self) -> Survey:
        counted = {key: (1204 - 100 * at, 12 - at) for at, key in enumerate(self._kinds)}
        return replace(super().survey(), kinds=counted)


Written = Callable[..., tuple[DrawnMap, list[Line]]]


@pytest.fixture
def written(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> Written:
    """Give a function that draws a map, and all lines of text on it."""
    lines: list[Line] = []
    write = canvases.Canvas.text

    def spy(self: canvases.Canvas, at: tuple[float, float], text: str, style: Any, *rest: Any, **named: Any) -> float:
        path, width = canvases.outline(text, style)
        points = canvases.vertices(path)
        # What is held within a box is a name of the base map, which may reach over its edge.
        if len(points) and not named.get("clip"):
            left = at[0] - {"left": 0.0, "middle": width / 2, "right": width}[named.get("anchor", "left")]
            (west, north), (east, south) = points.min(axis=0), points.max(axis=0)
            lines.append(Line(text, (left + west, at[1] + north, left + east, at[1] + south)))
        return write(self, at, text, style, *rest, **named)

    monkeypatch.setattr(canvases.Canvas, "text", spy)

    def drawn(
        kinds: tuple[str, ...] = tuple(KINDS), *chosen: tuple[str, str], title: str = "A record", **shape: Any
    ) -> tuple[DrawnMap, list[Line]]:
        lines.clear()
        picture = MapPicture(title, Shape(**shape), credits=CREDITS, disclaimer=DISCLAIMER)
        return draw_map(ManyKinds(edition, kinds, *chosen), picture), list(lines)

    return drawn


def outside(drawn: DrawnMap, lines: list[Line]) -> list[Line]:
    """Give what stands around the map."""
    left, top, right, bottom = drawn.frame.box
    return [
        line
        for line in lines
        if not (left <= line.box[0] and line.box[2] <= right and top <= line.box[1] and line.box[3] <= bottom)
    ]


def assert_nothing_is_cut(drawn: DrawnMap, lines: list[Line], size: tuple[float, float]) -> None:
    around = outside(drawn, lines)
    for line in around:
        left, top, right, bottom = line.box
        assert left >= 4
        assert top >= 4
        assert right <= size[0] - 4, line.text
        assert bottom <= size[1] - 4, line.text
        assert not line.meets(drawn.frame.box), line.text
    for one, other in combinations(around, 2):
        assert not one.meets(other.box), (one.text, other.text)
    (scale,) = (line for line in lines if SCALE.fullmatch(line.text))
    left, top, right, bottom = drawn.frame.box
    assert left < scale.box[0]
    assert scale.box[2] < right
    assert top < scale.box[1]
    assert scale.box[3] < bottom
    assert not any(scale.meets(label.box) for label in drawn.labels)


def assert_all_is_said(lines: list[Line], *parts: str) -> None:
    said = " ".join(line.text for line in lines)
    for part in parts:
        assert part in said, part


@pytest.mark.parametrize("options", [{}, {"regions": "number", "chart": "kind"}, {"regions": "rate"}])
@pytest.mark.parametrize("size", SIZES)
def test_every_part_is_there_at_every_size(written: Written, size: tuple[int, int], options: dict[str, str]) -> None:
    drawn, lines = written(width=size[0], height=size[1], **options)
    assert_nothing_is_cut(drawn, lines, size)
    around = outside(drawn, lines)
    assert_all_is_said(around, "A record", "Edition 1, 2 January 2026", "19 of 19 shown", CREDITS, DISCLAIMER)
    assert_all_is_said(around, "Airstrike", "Known only to the region", "Several, by kind")
    texts = [line.text for line in around]
    more = next((int(found[1]) for text in texts if (found := re.fullmatch(r"and (\d+) more kinds", text))), 0)
    assert sum(label in texts for label in KINDS.values()) + more == len(KINDS)
    assert not more or (size[1] < 450 and (options or size == SIZES[0])), "a picture of this size has room for all"
    for at, label in enumerate(KINDS.values()):
        incidents, patterns = f"{1204 - 100 * at:,}", f"{12 - at}"
        full, brief = f"{incidents} and {patterns} patterns", f"{incidents} + {patterns}"
        assert label not in texts or full in texts or brief in texts, f"the legend leaves patterns of {label} out"
        assert brief not in texts or "Patterns besides" in texts, "a wave stands in the legend that nothing explains"
    if "regions" in options:
        assert any("by country" in text or "by region" in text for text in texts)
    left, top, right, bottom = drawn.frame.box
    assert bottom - top >= 0.2 * size[1]
    assert right - left >= 200


@pytest.mark.parametrize("size", [(LEAST_WIDTH, LEAST_HEIGHT), (480, 640), (640, 360)])
@pytest.mark.parametrize("kinds", [("airstrike",), (*KINDS, "drone_strike", "protest", "diplomatic_act", "other")])
def test_few_and_many_kinds(written: Written, size: tuple[int, int], kinds: tuple[str, ...]) -> None:
    drawn, lines = written(kinds, width=size[0], height=size[1], theme="dark")
    assert_nothing_is_cut(drawn, lines, size)
    assert_all_is_said(outside(drawn, lines), "Airstrike", "1,204", CREDITS, DISCLAIMER)


@pytest.mark.parametrize("title", [BURMESE, "Airstrikes in Sagaing and Chin since the coup of February 2021"])
def test_a_long_title_takes_two_lines(written: Written, title: str) -> None:
    size = (LEAST_WIDTH, LEAST_HEIGHT)
    drawn, lines = written(title=title, width=size[0] * 2, height=size[1] * 2, ratio=2.0)
    assert_nothing_is_cut(drawn, lines, size)
    assert_all_is_said(outside(drawn, lines), title, "Edition 1, 2 January 2026", "19 of 19 shown")


def test_a_long_filter_never_takes_the_counts_away(written: Written) -> None:
    words = " ".join(f"somewhere{at}" for at in range(25))
    drawn, lines = written(("airstrike",), ("q", words), width=480, height=360)
    assert_nothing_is_cut(drawn, lines, (480, 360))
    texts = [line.text for line in outside(drawn, lines)]
    assert any("0 of 19 shown" in text for text in texts)
    assert any(text.endswith("…") for text in texts)
    few = [text for text in texts if "somewhere" in text]
    assert len(few) == 2


def test_credits_that_are_absurdly_long_leave_a_map(edition: Edition) -> None:
    picture = MapPicture("A record", Shape(480, 360), credits="Somebody else and others " * 80, disclaimer=DISCLAIMER)
    drawn = draw_map(ManyKinds(edition, tuple(KINDS)), picture)
    left, top, right, bottom = drawn.frame.box
    assert bottom - top > 60
    assert right - left > 200
