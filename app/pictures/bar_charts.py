"""Draws the chart beneath a map: bars over one axis of time, told apart by colour and by texture.

As assets/src/chart_bars.js does in the browser. A pattern is never a bar: it is a line beneath its time. It counts
nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from matplotlib.path import Path

from app.pictures.bars import BarChart, Bars
from app.pictures.canvas import Canvas, Stroke, TextStyle, fit_text, join, measure, polyline, rectangle
from app.pictures.palette import Palette
from app.pictures.picture import Box
from app.pictures.ticks import find_ticks

LEAST_HEIGHT = 86.0
"""In pixels, below which no chart can be read."""

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "air": "from the air",
        "ground": "on the ground",
        "people": "people",
        "diplomacy": "diplomacy",
        "sea": "at sea",
        "arms": "arms",
        "other": "other",
    }
)
_TITLE, _TEXT = TextStyle(13, 600), TextStyle(13)
_HEAD, _AXIS = 20.0, 20.0
_SWATCH = 14.0
_LOW = 110.0
_LIGHT = 0.35
_TYPE_WIDTH = 132.0
_ROW = 24.0
_GAP = 20.0
_UNDER = 5.0

Span = tuple[float, float]


def choose_height(chart: BarChart, most: float) -> float:
    """Give how high a chart is where it may be so high; 0 where that is too low for one."""
    wanted = _HEAD + _AXIS + (84 if _is_of_all(chart) else _ROW * len(chart.rows) + 4)
    return 0.0 if most < LEAST_HEIGHT or not chart.rows else min(wanted, most)


def draw_bars(canvas: Canvas, chart: BarChart, box: Box, palette: Palette) -> None:
    """Draw a chart into its part of a sheet."""
    left, top, right, bottom = box
    used = _draw_head(canvas, chart, box, palette)
    top, foot = top + used, bottom - _AXIS
    rows = chart.rows[: max(1, int((foot - top) / 16))]
    first = left if _is_of_all(chart) else left + _TYPE_WIDTH
    days = max(1, chart.starts[-1] - chart.starts[0])

    def place(day: int) -> float:
        return first + (day - chart.starts[0]) / days * (right - first)

    ends = [place(day) for day in chart.starts]
    most = max(1, *(row.tallest for row in rows))
    high = (foot - top) / len(rows)
    for number, row in enumerate(rows):
        base = top + (number + 1) * high - _UNDER
        if row.label:
            label = fit_text(row.label, _TEXT, _TYPE_WIDTH - 10)
            canvas.text((left, base - 1), label, _TEXT, palette.ink)
        _draw_row(canvas, row, ends, (base, (high - _UNDER - 4) / most), palette)
        canvas.stroke(polyline(np.array([[first, base], [right, base]])), Stroke(palette.border, 1.0))
    if _is_of_all(chart):
        # Over the bars, so that the height of the tallest is known.
        said = f"{most:,} at most"
        halo = Stroke(palette.panel, 3.0)
        canvas.text((first + 1, top + 8), said, TextStyle(12), palette.ink_soft, halo=halo)
    free = left
    for day, words in find_ticks(chart.starts, chart.unit, right - first):
        x, wide = place(day), measure(words, TextStyle(12))
        canvas.stroke(polyline(np.array([[x, foot - _UNDER], [x, foot]])), Stroke(palette.border, 1.0))
        if x >= free and x + wide <= right:
            canvas.text((x, foot + 12), words, TextStyle(12), palette.ink_soft)
            free = x + wide + 12


def _is_of_all(chart: BarChart) -> bool:
    return not any(row.label for row in chart.rows)


def _draw_head(canvas: Canvas, chart: BarChart, box: Box, palette: Palette) -> float:
    """Draw title and key; give their height. Where there is little room families are as the map's legend has them."""
    left, top, right, bottom = box
    entries: list[tuple[str, Callable[[Span], None]]] = []
    if _is_of_all(chart) and bottom - top > _LOW:
        entries += [(NAMES[family], _swatch(canvas, family, palette)) for family in chart.rows[0].families]
    if any(any(row.light) for row in chart.rows):
        entries.append(("possibly then", _swatch(canvas, "light", palette)))
    if any(any(row.patterns) for row in chart.rows):
        entries.append(("patterns", _swatch(canvas, "patterns", palette)))
    title = fit_text(chart.title, _TITLE, right - left)
    x, y = left, top + 13
    x += canvas.text((x, y), title, _TITLE, palette.ink)
    if chart.note:
        x += 10 + canvas.text((x + 10, y), fit_text(chart.note, _TEXT, right - x - 10), _TEXT, palette.ink_soft)
    x += _GAP
    for words, draw in entries:
        wide = _SWATCH + 6 + measure(words, _TEXT)
        if x > left and x + wide > right:
            x, y = left, y + _HEAD
        draw((x, y - 11))
        canvas.text((x + _SWATCH + 6, y), words, _TEXT, palette.ink_soft)
        x += wide + _GAP
    return y - top + 8


def _swatch(canvas: Canvas, look: str, palette: Palette) -> Callable[[Span], None]:
    def draw(at: Span) -> None:
        x, y = at
        if look == "patterns":
            canvas.stroke(
                polyline(np.array([[x, y + 8], [x + _SWATCH, y + 8]])), Stroke(palette.ink_soft, 2.0, dash=(4, 2))
            )
        else:
            _paint(canvas, rectangle(x, y, x + _SWATCH, y + 12), look, palette)

    return draw


def _draw_row(canvas: Canvas, row: Bars, ends: Sequence[float], scale: Span, palette: Palette) -> None:
    """Draw one row's bars. scale: where they stand, and the pixels to an incident."""
    base, tall = scale
    stacked = [0] * len(row.light)
    for look, counts in (*row.families.items(), ("light", row.light)):
        boxes = []
        for at, count in enumerate(counts):
            if count:
                left, right = ends[at], ends[at + 1]
                right = max(right - (1 if right - left > 4 else 0), left + 0.8)
                # The smallest count is still to be seen beside the greatest.
                low = base - stacked[at] * tall
                boxes.append(rectangle(left, min(low - count * tall, low - 1), right, low))
                stacked[at] += count
        if boxes:
            _paint(canvas, join(boxes), look, palette)
    lines = [polyline(np.array([[ends[at], base + 3], [ends[at + 1], base + 3]])) for at in _some(row.patterns)]
    if lines:
        canvas.stroke(join(lines), Stroke(palette.ink_soft, 2.0, dash=(4, 2)))


def _some(counts: Sequence[int]) -> list[int]:
    return [at for at, count in enumerate(counts) if count]


def _paint(canvas: Canvas, path: Path, look: str, palette: Palette) -> None:
    """Fill bars as their family looks, or as what may only be there."""
    if look == "light":
        canvas.fill(path, palette.families["other"], alpha=_LIGHT)
        return
    canvas.fill(path, palette.of_family(look))
    texture = _texture(look, path)
    if texture is not None:
        canvas.stroke(texture, Stroke(palette.panel, 1.0, alpha=0.75), inside=path)


def _texture(family: str, path: Path) -> Path | None:
    """Give the lines that lie over a family's colour: of 6 pixels each way."""
    (left, top), (right, bottom) = np.asarray(path.vertices).min(axis=0), np.asarray(path.vertices).max(axis=0)
    high = bottom - top
    across = np.arange(np.floor((left - high) / 6) * 6, right + high + 6, 6.0)
    up = [polyline(np.array([[x, bottom], [x + high, top]])) for x in across]
    down = [polyline(np.array([[x, top], [x + high, bottom]])) for x in across]
    level = [polyline(np.array([[left, y], [right, y]])) for y in np.arange(bottom - 2, top, -3.0)]
    upright = [polyline(np.array([[x, top], [x, bottom]])) for x in np.arange(left, right, 3.0)]
    dots = [polyline(np.array([[x, y], [x + 2, y]])) for y in np.arange(bottom - 2, top, -4.0) for x in across]
    few = [polyline(np.array([[x, y], [x + 1, y]])) for y in np.arange(bottom - 3, top, -6.0) for x in across]
    lines = {"ground": up, "people": dots, "diplomacy": level, "sea": upright, "arms": up + down, "other": few}
    return join(lines[family]) if lines.get(family) else None
