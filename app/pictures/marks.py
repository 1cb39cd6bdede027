"""Draws what has a place of its own: symbols, rings of kinds with their count, and circles within which a place lies.

The same marks as assets/src/events_layer.js draws in the browser.
"""

import math
from collections.abc import Mapping

import numpy as np
from matplotlib.path import Path

from app.pictures.canvas import Canvas, Points, Stroke, TextStyle, circle, measure, polyline
from app.pictures.frames import Frame
from app.pictures.glyphs import WITH_WAVE, Glyph, reach_of, ring_radius, symbol_size
from app.pictures.palette import FAMILIES, Palette
from app.pictures.seats import Seat
from app.pictures.symbols import draw_glow, draw_symbol, draw_wave
from incidents.taxonomy import Kind

COUNT = TextStyle(13, 600)
_SETTLEMENT, _NEAR = 2, 3
_BASELINE = 4.7


def kind_of(terms: Mapping[str, Kind], key: str) -> Kind:
    """Give a kind; one that the taxonomy does not know is drawn as "other"."""
    return terms.get(key) or terms["other"]


def fit_rings(glyphs: list[Glyph]) -> None:
    """Widen rings until their numbers fit in."""
    for glyph in glyphs:
        if glyph.rows > 1:
            width = measure(number_in(glyph), COUNT)
            least = WITH_WAVE if glyph.patterns else 0.0
            glyph.radius = max(ring_radius(glyph.count + glyph.patterns), width / 2 + 7.5, least)


def number_in(glyph: Glyph) -> str:
    """Give the number that stands in a ring."""
    return f"{glyph.count or glyph.patterns:,}"


def draw_marks(
    canvas: Canvas,
    frame: Frame,
    glyphs: list[Glyph],
    seats: Mapping[int, Seat],
    palette: Palette,
    terms: Mapping[str, Kind],
) -> None:
    """Draw circles first, then symbols and rings over them. seats: as find_seats gives them."""
    for glyph in glyphs:
        _draw_reach(canvas, frame, glyph, palette, terms)
    canvas.checkpoint()
    for at, glyph in enumerate(glyphs):
        if glyph.rows == 1:
            _draw_single(canvas, frame, glyph, seats.get(at), palette, terms)
        else:
            draw_ring(canvas, glyph, palette)
    canvas.checkpoint()


def draw_ring(canvas: Canvas, glyph: Glyph, palette: Palette) -> None:
    """Draw a ring whose arcs are the shares of its families, with the count in it."""
    x, y, radius = glyph.x, glyph.y, glyph.radius
    thickness = max(4.0, min(7.0, radius * 0.22))
    canvas.fill(circle(x, y, radius + 1.5), palette.panel)
    total = sum(glyph.families)
    start = -math.pi / 2
    for family, count in zip(FAMILIES, glyph.families, strict=True):
        if not count:
            continue
        end = start + 2 * math.pi * count / total
        gap = 0.0 if count == total else min(0.75 / radius, (end - start) / 4)
        dash = (3.0, 2.0) if glyph.coarse else ()
        arc = arc_of(x, y, radius - thickness / 2, start + gap, end - gap)
        canvas.stroke(arc, Stroke(palette.of_family(family), thickness, dash=dash))
        start = end
    lift = min(5.0, radius / 5) if glyph.patterns else 0.0
    canvas.text((x, y + _BASELINE - lift), number_in(glyph), COUNT, palette.ink, anchor="middle")
    if glyph.patterns:
        draw_wave(canvas, (x, y + 4 + lift), 4, palette.ink)


def arc_of(x: float, y: float, radius: float, start: float, end: float) -> Path:
    """Give an arc as a line; angles in radians, clockwise on the sheet."""
    count = max(2, math.ceil((end - start) / (math.pi / 24)) + 1)
    angles = np.linspace(start, end, count)
    points: Points = np.column_stack([x + radius * np.cos(angles), y + radius * np.sin(angles)])
    return polyline(np.round(points, 2))


def _draw_reach(canvas: Canvas, frame: Frame, glyph: Glyph, palette: Palette, terms: Mapping[str, Kind]) -> None:
    radius = reach_of(glyph, frame)
    if not radius:
        return
    rank = glyph.first.precision
    colour = palette.of_family(kind_of(terms, glyph.first.kind).family) if glyph.rows == 1 else palette.hatch
    # Many discs may lie over each other, and close up one may fill the view: the larger, the less each adds.
    faint = min(1.0, 70 / radius)
    at = (glyph.x, glyph.y)
    if rank == _SETTLEMENT:
        draw_glow(canvas, at, radius, colour, 0.3 + 0.7 * faint)
        return
    edge = circle(*at, radius)
    canvas.fill(edge, colour, alpha=(0.07 if rank > _NEAR else 0.04) * faint, clip=frame.box)
    dash = (6.0, 4.0) if rank > _NEAR else ()
    canvas.stroke(edge, Stroke(colour, 1.5, alpha=0.3 + 0.55 * faint, dash=dash), clip=frame.box)


def _draw_single(
    canvas: Canvas, frame: Frame, glyph: Glyph, seat: Seat | None, palette: Palette, terms: Mapping[str, Kind]
) -> None:
    cell = glyph.first
    kind = kind_of(terms, cell.kind)
    size = symbol_size(frame.zoom)
    at = (glyph.x, glyph.y)
    if cell.precision <= _NEAR:
        form = "crisp" if cell.precision < _SETTLEMENT else "soft" if cell.precision == _SETTLEMENT else "plain"
        size = size - 1 if cell.precision == _NEAR else size
        draw_symbol(canvas, kind, at, size, palette, form=form, pattern=cell.pattern)
        return
    # A symbol in the middle of a disc would say that the place is known; it rides on the edge instead.
    form = "crisp" if seat else "plain"
    draw_symbol(canvas, kind, seat or at, size - 2, palette, form=form, pattern=cell.pattern)
