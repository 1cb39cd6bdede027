"""What stands around a map on its sheet: title, counts, legend, scale bar, and whom it is owed to.

It lays everything out first, since what remains is the map's, and then draws it. It counts nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.pictures.canvas import (
    Canvas,
    Stroke,
    TextStyle,
    circle,
    fit_text,
    join,
    measure,
    polyline,
    rectangle,
    rounded,
    wrap,
)
from app.pictures.frames import EARTH_M, Frame, to_lat
from app.pictures.glyphs import Glyph
from app.pictures.marks import arc_of
from app.pictures.palette import Palette
from app.pictures.picture import Box
from app.pictures.symbols import draw_glow, draw_symbol
from incidents.taxonomy import Kind

TITLE = TextStyle(20, 600)
SAID = TextStyle(14)
NOTE = TextStyle(13)
_LINE = 20.0
_ROW = 26.0
_GAP = 22.0
_MOST_LINES = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of the legend. sign: "kind", or one of the forms. amount: what stands behind the label, or ""."""

    sign: str
    label: str
    amount: str = ""
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What a sheet says. state: edition and date. said: the filter and the counts. notes: beneath the legend."""

    title: str
    state: str
    said: tuple[str, ...]
    notes: tuple[str, ...]
    credits: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands. box: the map's. legend: entries with their left and middle."""

    width: float
    height: float
    margin: float
    box: Box
    title: str
    said: tuple[str, ...]
    legend: tuple[tuple[Entry, float, float], ...]
    notes: tuple[str, ...]
    credits: tuple[str, ...]
    below: float


def lay_out(width: float, height: float, words: Words, legend: Sequence[Entry]) -> Layout:
    """Give everything its place on a sheet of so many CSS pixels; the map gets what the words leave."""
    margin = 24.0 if width >= 900 else 16.0
    inner = width - 2 * margin
    state = measure(words.state, NOTE)
    title = fit_text(words.title, TITLE, inner if inner < 560 else inner - state - 24)
    said = [line for text in words.said for line in wrap(text, SAID, inner)][:_MOST_LINES]
    if inner < 560:
        said = [*said, fit_text(words.state, SAID, inner)]
    top = margin + 22 + (6 + _LINE * len(said) if said else 0) + 10
    rows = _rows(legend, inner)
    notes = [line for text in words.notes for line in wrap(text, NOTE, inner)]
    credits_ = wrap(words.credits, NOTE, inner)
    small = _LINE - 2
    foot = 12 + _ROW * len(rows) + small * (len(notes) + len(credits_)) + (6 if credits_ else 0)
    # A small picture keeps a map worth looking at; the legend gives way before the credits do.
    if height - top - foot - margin < height * 0.4:
        rows = []
        foot = 12 + small * (len(notes) + len(credits_))
    if height - top - foot - margin < height * 0.4:
        notes = []
        foot = 12 + small * len(credits_)
    bottom = max(top + 40, height - foot - margin + 6)
    placed = [
        (entry, margin + left, bottom + 12 + _ROW * (number + 0.5))
        for number, row in enumerate(rows)
        for entry, left in row
    ]
    return Layout(
        width=width,
        height=height,
        margin=margin,
        box=(margin, top, width - margin, bottom),
        title=title,
        said=tuple(said),
        legend=tuple(placed),
        notes=tuple(notes),
        credits=tuple(credits_),
        below=bottom + 12 + _ROW * len(rows),
    )


def draw_words(canvas: Canvas, layout: Layout, words: Words, palette: Palette) -> None:
    """Draw title, counts, notes and credits, and a line around the map."""
    margin, right = layout.margin, layout.width - layout.margin
    down = margin + 17
    canvas.text((margin, down), layout.title, TITLE, palette.ink)
    if right - margin >= 560:
        canvas.text((right, down), words.state, NOTE, palette.ink_soft, anchor="right")
    for number, line in enumerate(layout.said):
        canvas.text((margin, down + 27 + _LINE * number), line, SAID, palette.ink if number == 0 else palette.ink_soft)
    canvas.stroke(rectangle(*layout.box), Stroke(palette.line, 1.0, join="miter"))
    down = layout.below + 14
    for line in (*layout.notes, *layout.credits):
        if layout.credits and line is layout.credits[0] and (layout.notes or layout.legend):
            down += 4
        soft = line in layout.credits
        canvas.text((margin, down), line, NOTE, palette.ink_soft if soft else palette.ink)
        down += _LINE - 2


def draw_legend(canvas: Canvas, layout: Layout, palette: Palette) -> None:
    """Draw what each sign on the map means."""
    for entry, left, middle in layout.legend:
        _draw_sign(canvas, entry, (left + 13, middle), palette)
        at = left + 32
        at += canvas.text((at, middle + 4.7), entry.label, NOTE, palette.ink)
        if entry.amount:
            canvas.text((at + 7, middle + 4.7), entry.amount, NOTE, palette.ink_soft)


def draw_scale(canvas: Canvas, frame: Frame, palette: Palette) -> Box:
    """Draw a scale bar in the map's lower left corner, true at the middle of the map; give the box that it takes."""
    left, top, right, bottom = frame.box
    y = (bottom + frame.top) / frame.scale - (bottom - top) / 2 / frame.scale
    metre = frame.scale / (EARTH_M * math.cos(math.radians(to_lat(y))))
    metres = _round_down(min(130.0, (right - left) / 4) / metre)
    width = metres * metre
    text = f"{metres / 1000:,.0f} km" if metres >= 1000 else f"{metres:,.0f} m"
    x, down = left + 14, bottom - 14
    halo = Stroke(palette.halo, 4.0, alpha=palette.halo_alpha, cap="projecting")
    bar = polyline(np.array([[x, down - 6], [x, down], [x + width, down], [x + width, down - 6]]))
    canvas.stroke(bar, halo)
    canvas.stroke(bar, Stroke(palette.label, 1.5, join="miter"))
    canvas.text((x + 5, down - 5), text, NOTE, palette.label, halo=Stroke(palette.halo, 3.0, alpha=palette.halo_alpha))
    return x - 6, down - 24, x + max(width, measure(text, NOTE) + 5) + 8, bottom


def _round_down(metres: float) -> float:
    tens = 10.0 ** math.floor(math.log10(max(metres, 1)))
    return next(step * tens for step in (5, 3, 2, 1) if step * tens <= max(metres, 1))


def _rows(legend: Sequence[Entry], inner: float) -> list[list[tuple[Entry, float]]]:
    """Break a legend into rows of entries, each with its left edge; forms begin a row of their own."""
    rows: list[list[tuple[Entry, float]]] = []
    at = 0.0
    last = ""
    for entry in legend:
        sort = "kind" if entry.sign == "kind" else "form"
        width = 32 + measure(entry.label, NOTE) + (7 + measure(entry.amount, NOTE) if entry.amount else 0)
        if not rows or sort != last or at + width > inner:
            rows.append([])
            at = 0.0
        rows[-1].append((entry, at))
        at += width + _GAP
        last = sort
    return rows


def _draw_sign(canvas: Canvas, entry: Entry, at: tuple[float, float], palette: Palette) -> None:
    x, y = at
    ink, plain = palette.ink_soft, Stroke(palette.ink_soft, 1.5)
    if entry.sign == "kind" and entry.kind:
        draw_symbol(canvas, entry.kind, at, 7, palette, form="plain")
    elif entry.sign == "point":
        canvas.fill(circle(x, y, 5.5), ink)
    elif entry.sign == "settlement":
        draw_glow(canvas, at, 12, ink)
        canvas.fill(circle(x, y, 5), ink)
    elif entry.sign == "near":
        canvas.stroke(circle(x, y, 10), Stroke(ink, 1.5, dash=(6, 4)))
        canvas.fill(circle(x, y, 4), ink)
    elif entry.sign == "disc":
        canvas.fill(circle(x, y, 10), ink, alpha=0.1)
        canvas.stroke(circle(x, y, 10), Stroke(ink, 1.5, dash=(2, 4)))
    elif entry.sign == "hatched":
        plate = rounded(x - 12, y - 9, x + 12, y + 9, 3)
        lines = [polyline(np.array([[x + step + 9, y - 9], [x + step - 9, y + 9]])) for step in range(-24, 30, 6)]
        canvas.stroke(join(lines), Stroke(palette.hatch, 1.0, alpha=0.6), inside=plate)
        canvas.stroke(plate, Stroke(palette.hatch, 1.0, dash=(4, 3)))
    elif entry.sign == "pattern" and entry.kind:
        draw_symbol(canvas, entry.kind, (x, y - 2.5), 6.5, palette, form="plain", pattern=True)
    elif entry.sign == "ring":
        first, second = palette.of_family("air"), palette.of_family("diplomacy")
        canvas.stroke(arc_of(x, y, 9, -math.pi / 2, math.pi * 0.85), Stroke(first, 4))
        canvas.stroke(arc_of(x, y, 9, math.pi * 0.92, math.pi * 1.46), Stroke(second, 4))
    else:
        canvas.stroke(circle(x, y, 6), plain)


def signs_of(glyphs: Sequence[Glyph], *, hatched: bool) -> list[str]:
    """Give the forms that a map shows, in the legend's order."""
    singles = [glyph.first for glyph in glyphs if glyph.rows == 1]
    shown = {
        "point": any(cell.precision < 2 for cell in singles),
        "settlement": any(cell.precision == 2 for cell in singles),
        "near": any(cell.precision == 3 for cell in singles),
        "disc": any(cell.precision > 3 for cell in singles),
        "hatched": hatched,
        "pattern": any(cell.pattern for cell in singles),
        "ring": any(glyph.rows > 1 for glyph in glyphs),
    }
    return [sign for sign, is_shown in shown.items() if is_shown]
