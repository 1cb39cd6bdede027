"""Draws what stands around a map on its sheet: title, counts, legend, scale bar, and whom it is owed to.

Where all of it stands is known before: see `app.pictures.layouts`. It counts nothing.
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
)
from app.pictures.filling import COLOURS, draw_unknown
from app.pictures.fills import STRENGTHS
from app.pictures.frames import EARTH_M, Frame, to_lat
from app.pictures.glyphs import Glyph
from app.pictures.layouts import BEFORE_AMOUNT, TITLE_PITCH, WAVE_HALF, WAVE_ROOM, Entry, Layout, Placed
from app.pictures.marks import arc_of
from app.pictures.palette import Palette
from app.pictures.picture import Box
from app.pictures.symbols import draw_glow, draw_symbol, draw_wave

_KM = TextStyle(13)


def draw_words(canvas: Canvas, layout: Layout, palette: Palette) -> None:
    """Draw title, counts, notes and credits, and a line around the map."""
    setting, margin = layout.setting, layout.margin
    down = margin + 0.85 * setting.title.size
    for number, line in enumerate(layout.title):
        canvas.text((margin, down + TITLE_PITCH * setting.title.size * number), line, setting.title, palette.ink)
    canvas.text((layout.width - margin, down), layout.state, setting.note, palette.ink_soft, anchor="right")
    down = margin + setting.head_height(len(layout.title)) + setting.lead + 0.8 * setting.line
    for number, line in enumerate(layout.said):
        colour = palette.ink if number == 0 else palette.ink_soft
        canvas.text((margin, down + setting.line * number), line, setting.said, colour)
    canvas.stroke(rectangle(*layout.box), Stroke(palette.line, 1.0, join="miter"))
    left, down = layout.notes_at
    for number, line in enumerate(layout.notes):
        canvas.text((left, down + setting.small * number), line, setting.note, palette.ink)
    for number, line in enumerate(layout.credits):
        canvas.text((margin, layout.credits_at + setting.small * number), line, setting.note, palette.ink_soft)


def draw_legend(canvas: Canvas, layout: Layout, palette: Palette) -> None:
    """Draw what each sign on the map means."""
    setting = layout.setting
    note = setting.note
    for placed in layout.legend:
        entry, middle = placed.entry, placed.middle
        if entry.sign == "ramp":
            _draw_ramp(canvas, placed, layout, palette)
            continue
        headed = entry.sign == "fill"
        if entry.sign not in {"rest", "none", "fill"}:
            _draw_sign(canvas, entry, (placed.left + 13 * setting.scale, middle), palette, setting.scale)
        indent = 0.0 if headed else setting.sign
        style = setting.head if headed else note
        at, down, room = placed.left + indent, middle + 0.36 * note.size, placed.room - indent
        colour = palette.ink_soft if entry.sign in {"rest", "none"} else palette.ink
        if placed.broken:
            half = setting.small / 2
            canvas.text((at, down - half), fit_text(entry.label, style, room), style, colour)
            canvas.text((at, down + half), entry.amount, note, palette.ink_soft)
            continue
        at += canvas.text((at, down), fit_text(entry.label, style, room), style, colour) + BEFORE_AMOUNT
        at += canvas.text((at, down), entry.brief if placed.waved else entry.amount, note, palette.ink_soft)
        if placed.waved:
            draw_wave(canvas, (at + WAVE_ROOM - WAVE_HALF, middle), WAVE_HALF, palette.ink_soft)


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale bar. x, y: its lower left corner. box: what it takes."""

    text: str
    width: float
    x: float
    y: float
    box: Box


def lay_scale(frame: Frame, glyphs: Sequence[Glyph]) -> Scale:
    """Lay a scale bar into one of the lower corners, where it lies on less; it is true at the middle of the map."""
    left, top, right, bottom = frame.box
    y = (bottom + frame.top) / frame.scale - (bottom - top) / 2 / frame.scale
    metre = frame.scale / (EARTH_M * math.cos(math.radians(to_lat(y))))
    metres = _round_down(min(130.0, (right - left) / 4) / metre)
    width = metres * metre
    text = f"{metres / 1000:,.0f} km" if metres >= 1000 else f"{metres:,.0f} m"
    taken = max(width, measure(text, _KM) + 5)
    y = bottom - 14

    def at(x: float) -> Scale:
        return Scale(text, width, x, y, (x - 6, y - 24, x + taken + 8, bottom))

    def hides(scale: Scale) -> int:
        west, north, east, _ = scale.box
        near = [one for one in glyphs if west - one.radius < one.x < east + one.radius]
        return sum(1 for one in near if one.y > north - one.radius)

    return min(at(left + 14), at(right - 14 - taken), key=hides)


def draw_scale(canvas: Canvas, scale: Scale, palette: Palette) -> None:
    """Draw a scale bar."""
    x, y, width = scale.x, scale.y, scale.width
    bar = polyline(np.array([[x, y - 6], [x, y], [x + width, y], [x + width, y - 6]]))
    canvas.stroke(bar, Stroke(palette.halo, 4.0, alpha=palette.halo_alpha, cap="projecting"))
    canvas.stroke(bar, Stroke(palette.label, 1.5, join="miter"))
    halo = Stroke(palette.halo, 3.0, alpha=palette.halo_alpha)
    canvas.text((x + 5, y - 5), scale.text, _KM, palette.label, halo=halo)


def cover_margins(canvas: Canvas, layout: Layout, palette: Palette) -> None:
    """Paint over what of the map's marks lies beyond its edge."""
    left, top, right, bottom = layout.box
    for box in (
        (-1, -1, layout.width + 1, top),
        (-1, bottom, layout.width + 1, layout.height + 1),
        (-1, top, left, bottom),
        (right, top, layout.width + 1, bottom),
    ):
        canvas.fill(rectangle(*box), palette.panel)


def _round_down(metres: float) -> float:
    tens = 10.0 ** math.floor(math.log10(max(metres, 1)))
    return next(step * tens for step in (5, 3, 2, 1) if step * tens <= max(metres, 1))


def _draw_ramp(canvas: Canvas, placed: Placed, layout: Layout, palette: Palette) -> None:
    """Draw all classes side by side, each with the least that it stands for."""
    setting, left = layout.setting, placed.left
    top = placed.middle - setting.ramp / 2
    wide = placed.room / len(STRENGTHS)
    for number, (strength, short, _) in enumerate(placed.entry.classes):
        x = left + number * wide
        _draw_class(canvas, (x, top + 0.09 * setting.ramp, x + wide, top + 0.43 * setting.ramp), strength, palette)
        canvas.text((x, top + 0.8 * setting.ramp), short, setting.note, palette.ink)


def _draw_class(canvas: Canvas, box: Box, strength: float, palette: Palette) -> None:
    canvas.fill(rectangle(*box), palette.land)
    canvas.fill(rectangle(*box), COLOURS[palette.name], alpha=strength)
    canvas.stroke(rectangle(*box), Stroke(palette.line, 1.0, join="miter"))


def _draw_sign(canvas: Canvas, entry: Entry, at: tuple[float, float], palette: Palette, scale: float) -> None:
    """Draw a sign with its middle at a point. scale: 1 for a sign as the map has it."""
    x, y = at
    ink, plain = palette.ink_soft, Stroke(palette.ink_soft, 1.5)
    wide, high = 12 * scale, 9 * scale
    if entry.sign == "kind" and entry.kind:
        draw_symbol(canvas, entry.kind, at, 7 * max(scale, 0.8), palette, form="plain")
    elif entry.sign == "point":
        canvas.fill(circle(x, y, 5.5 * scale), ink)
    elif entry.sign == "settlement":
        draw_glow(canvas, at, 12 * scale, ink)
        canvas.fill(circle(x, y, 5 * scale), ink)
    elif entry.sign == "near":
        canvas.stroke(circle(x, y, 10 * scale), Stroke(ink, 1.5))
        canvas.fill(circle(x, y, 4 * scale), ink)
    elif entry.sign == "disc":
        canvas.fill(circle(x, y, 10 * scale), ink, alpha=0.1)
        canvas.stroke(circle(x, y, 10 * scale), Stroke(ink, 1.5, dash=(6 * scale, 4 * scale)))
    elif entry.sign in {"hatched", "outlined"}:
        _draw_region(canvas, at, (wide, high), palette, hatched=entry.sign == "hatched")
    elif entry.sign == "class":
        _draw_class(canvas, (x - wide, y - 7 * scale, x + wide, y + 7 * scale), entry.classes[0][0], palette)
    elif entry.sign == "unknown":
        box = (x - wide, y - 8 * scale, x + wide, y + 8 * scale)
        canvas.fill(rectangle(*box), palette.land)
        draw_unknown(canvas, rectangle(*box), box, palette)
        canvas.stroke(rectangle(*box), Stroke(palette.line, 1.0, join="miter"))
    elif entry.sign == "pattern" and entry.kind:
        draw_symbol(
            canvas, entry.kind, (x, y - 2.5 * scale), 6.5 * max(scale, 0.8), palette, form="plain", pattern=True
        )
    elif entry.sign == "ring":
        first, second = (palette.of_family(family) for family in (*entry.families, *entry.families)[:2])
        canvas.stroke(arc_of(x, y, 9 * scale, -math.pi / 2, math.pi * 0.85), Stroke(first, 4 * scale))
        canvas.stroke(arc_of(x, y, 9 * scale, math.pi * 0.92, math.pi * 1.46), Stroke(second, 4 * scale))
    elif entry.sign == "beside":
        number = TextStyle(13 * max(scale, 0.8), 600)
        canvas.text((x - 3 * scale, y + 0.36 * number.size), "1", number, palette.ink, anchor="right")
        draw_wave(canvas, (x + 6 * scale, y), 6 * scale, palette.ink)
    else:
        canvas.stroke(circle(x, y, 6 * scale), plain)


def _draw_region(
    canvas: Canvas, at: tuple[float, float], half: tuple[float, float], palette: Palette, *, hatched: bool
) -> None:
    """Draw the sign of what is known only to a region. half: of its width and height."""
    (x, y), (wide, high) = at, half
    plate = rounded(x - wide, y - high, x + wide, y + high, 3)
    if hatched:
        lines = [polyline(np.array([[x + step + 9, y - 9], [x + step - 9, y + 9]])) for step in range(-24, 30, 6)]
        canvas.stroke(join(lines), Stroke(palette.hatch, 1.0, alpha=0.6), inside=plate)
    canvas.stroke(plate, Stroke(palette.hatch, 1.0, dash=(4, 3)))


def signs_of(glyphs: Sequence[Glyph], *, hatched: bool, waved: bool) -> list[str]:
    """Give the forms that a map shows, in the legend's order."""
    singles = [glyph.first for glyph in glyphs if glyph.rows == 1]
    shown = {
        "point": any(cell.precision < 2 for cell in singles),
        "settlement": any(cell.precision == 2 for cell in singles),
        "near": any(cell.precision == 3 for cell in singles),
        "disc": any(cell.precision > 3 for cell in singles),
        "hatched": hatched,
        "pattern": any(cell.pattern for cell in singles),
        "beside": waved or any(glyph.rows > 1 and glyph.patterns for glyph in glyphs),
        "ring": any(glyph.rows > 1 for glyph in glyphs),
    }
    return [sign for sign, is_shown in shown.items() if is_shown]
