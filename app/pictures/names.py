"""Lays the base map's names: the weightier first, none over another, none under a symbol or a label.

Unlike in the browser, where a name may lie under what comes and goes: a picture stands as it is drawn.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.pictures.base import Name
from app.pictures.canvas import Canvas, Stroke, TextStyle, circle, measure
from app.pictures.fonts import can_draw
from app.pictures.frames import Frame
from app.pictures.palette import Palette
from app.pictures.picture import Box

_LOCAL_FROM = 6.5
_LINE = 16.0
# What names keep free at either side.
_ROOM = 8.0
_STYLES = (
    TextStyle(14, 600, spacing=1.5),
    TextStyle(13, 400, italic=True, spacing=0.6),
    TextStyle(13),
    TextStyle(13),
)
_DOTS = (0.0, 0.0, 2.0, 1.5)


@dataclass(frozen=True, slots=True)
class Laid:
    """A name that found its place. lines: text with style. at: where the first baseline begins, or its middle."""

    name: Name
    lines: tuple[tuple[str, TextStyle], ...]
    at: tuple[float, float]
    anchor: str
    dot: tuple[float, float] | None


class Taken:
    """What of a sheet is taken: boxes, and discs."""

    def __init__(self, discs: Iterable[tuple[float, float, float]], boxes: Iterable[Box]) -> None:
        """Begin with discs (x, y, radius) and boxes (left, top, right, bottom)."""
        self._discs = np.array(list(discs), dtype=float).reshape(-1, 3)
        self._boxes = list(boxes)

    def take(self, box: Box, dot: tuple[float, float] | None) -> bool:
        """Take a box, and a dot beside it, if nothing is in the box and no other box on the dot."""
        left, top, right, bottom = box
        if dot and any(other[0] < dot[0] < other[2] and other[1] < dot[1] < other[3] for other in self._boxes):
            return False
        for other in self._boxes:
            if right > other[0] and left < other[2] and bottom > other[1] and top < other[3]:
                return False
        if len(self._discs):
            x, y, radius = self._discs.T
            dx, dy = np.maximum(0, np.maximum(left - x, x - right)), np.maximum(0, np.maximum(top - y, y - bottom))
            if bool((dx * dx + dy * dy < radius * radius).any()):
                return False
        self._boxes.append(box)
        if dot:
            self._boxes.append((dot[0] - 3, dot[1] - 3, dot[0] + 3, dot[1] + 3))
        return True


def lay_names(frame: Frame, names: Sequence[Name], taken: Taken) -> list[Laid]:
    """Find places for names, given the weightier first."""
    left, top, right, bottom = frame.box
    laid = []
    for name in names:
        at = frame.place(name.x, name.y)
        if not (left < at[0] < right and top < at[1] < bottom):
            continue
        lines = _lines(name, frame.zoom)
        width = max(measure(text, style) for text, style in lines)
        height = len(lines) * _LINE
        dot = at if name.kind >= 2 else None
        for box, anchor in _places(at, width, height, in_area=name.kind < 2):
            inside = box[0] > left + 2 and box[2] < right - 2 and box[1] > top + 2 and box[3] < bottom - 2
            if inside and taken.take((box[0] - _ROOM, box[1] - 2, box[2] + _ROOM, box[3] + 2), dot):
                start = {"left": box[0], "middle": (box[0] + box[2]) / 2, "right": box[2]}[anchor]
                laid.append(Laid(name, lines, (start, box[1] + 12.5), anchor, dot))
                break
    return laid


def draw_names(canvas: Canvas, frame: Frame, laid: Iterable[Laid], palette: Palette) -> None:
    """Draw names with their halo, and the dots of towns."""
    halo = Stroke(palette.halo, 3.0, alpha=palette.halo_alpha)
    for one in laid:
        colour = palette.unit_label if one.name.kind == 1 else palette.label
        if one.dot:
            radius = _DOTS[one.name.kind]
            canvas.fill(circle(*one.dot, radius + 1), palette.halo, alpha=palette.halo_alpha, clip=frame.box)
            canvas.fill(circle(*one.dot, radius), palette.label, clip=frame.box)
        for number, (text, style) in enumerate(one.lines):
            at = (one.at[0], one.at[1] + number * _LINE)
            canvas.text(at, text, style, colour, anchor=one.anchor, halo=halo, clip=frame.box)


def _lines(name: Name, zoom: float) -> tuple[tuple[str, TextStyle], ...]:
    style = _STYLES[name.kind]
    lines = [(name.name, style)]
    if name.local and zoom >= _LOCAL_FROM and can_draw(name.local):
        # Italics and spaced letters are for Latin letters alone.
        lines.append((name.local, TextStyle(style.size, style.weight if name.kind != 2 else 400)))
    return tuple(lines)


def _places(at: tuple[float, float], width: float, height: float, *, in_area: bool) -> Iterator[tuple[Box, str]]:
    """Give where a name may lie: a region's about its middle, a town's beside its dot, the best place first."""
    x, y = at
    if in_area:
        for dy in (0, -14, 14, -28, 28):
            for dx in (0, -30, 30):
                top = y - height / 2 + dy
                yield (x - width / 2 + dx, top, x + width / 2 + dx, top + height), "middle"
        return
    top = y - _LINE / 2
    # Further out where a symbol lies on the place itself.
    for gap in (6.0, 15.0):
        yield (x + gap, top, x + gap + width, top + height), "left"
        yield (x - gap - width, top, x - gap, top + height), "right"
        yield (x - width / 2, y - gap - height, x + width / 2, y - gap), "middle"
        yield (x - width / 2, y + gap - 1, x + width / 2, y + gap - 1 + height), "middle"
