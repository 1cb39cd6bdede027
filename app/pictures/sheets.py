"""What stands around a map on its sheet: title, counts, legend, scale bar, and whom it is owed to.

It lays everything out first, since what remains is the map's, and then draws it. It counts nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.pictures.bar_charts import choose_height
from app.pictures.bars import BarChart
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
from app.pictures.filling import COLOURS, draw_unknown
from app.pictures.fills import STRENGTHS
from app.pictures.frames import EARTH_M, Frame, to_lat
from app.pictures.glyphs import Glyph
from app.pictures.marks import COUNT, arc_of
from app.pictures.palette import Palette
from app.pictures.picture import Box
from app.pictures.symbols import draw_glow, draw_symbol, draw_wave
from incidents.taxonomy import Kind

TITLE = TextStyle(20, 600)
SAID = TextStyle(14)
NOTE = TextStyle(13)
HEAD = TextStyle(13, 600)
_LINE = 20.0
_ROW = 26.0
_GAP = 22.0
_RAMP = 46.0
_ABOVE_CHART, _ABOVE_CREDITS = 10.0, 22.0
_SMALL = 18.0
_STEP = 25.0
# From which width a sheet is broad enough for a legend beside the map, and how wide that is.
_BROAD, _COLUMN = 640.0, 240.0
# Below this width the state of the data stands under the title instead of beside it.
_NARROW = 560.0
# Which share of a sheet's height the map keeps.
_LEAST_MAP = 0.38
_LEAST_MAP_BY_CHART = 0.42
_MOST_LINES = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of the legend.

    sign: "kind", one of the forms, or of FILL_SIGNS. amount: what stands behind the label, or "". families: that a ring
    shows. brief: what stands behind the label where all of the amount has no room. classes: strength and label of each
    class that filled regions have.
    """

    sign: str
    label: str
    amount: str = ""
    kind: Kind | None = None
    families: tuple[str, ...] = ("other",)
    brief: str = ""
    classes: tuple[tuple[float, str], ...] = ()

    @property
    def height(self) -> float:
        """How high it is where entries stand under each other."""
        return _RAMP if self.sign == "ramp" else _STEP

    @property
    def group(self) -> str:
        """Which of the legend's parts it belongs to."""
        return "kind" if self.sign == "kind" else "fill" if self.sign in FILL_SIGNS else "form"


FILL_SIGNS = ("fill", "ramp", "class", "unknown")
"""Of the key of filled regions: its title, all classes at once, one of them, and what is not known."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a sheet says.

    state: edition and date. said: the filter and the counts. beyond, brief: what is selected and not on the map, or "".
    aside: what no figure of a region holds, or "".
    """

    title: str
    state: str
    said: tuple[str, ...]
    beyond: str
    brief: str
    credits: str
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands. box: the map's. legend: entries with their left and middle.

    notes_at: where the first note's baseline begins. credits_at: the first credit's baseline. chart: the chart's box;
    None without one, or without room for it.
    """

    width: float
    height: float
    margin: float
    box: Box
    title: str
    said: tuple[str, ...]
    legend: tuple[tuple[Entry, float, float], ...]
    notes: tuple[str, ...]
    notes_at: tuple[float, float]
    credits: tuple[str, ...]
    credits_at: float
    chart: Box | None = None


def is_broad(width: float, height: float) -> bool:
    """Say whether a sheet has the legend beside the map, not beneath it."""
    return width >= _BROAD and width >= 1.45 * height


def lay_out(width: float, height: float, words: Words, legend: Sequence[Entry], bars: BarChart | None = None) -> Layout:
    """Give everything its place on a sheet of so many CSS pixels; the map gets what the words leave.

    A broad sheet has the legend beside the map, any other one beneath it. bars: the chart that is to stand beneath the
    map, if the map still keeps its share.
    """
    margin = 24.0 if width >= 900 else 16.0
    inner = width - 2 * margin
    narrow = inner < _NARROW
    title = fit_text(words.title, TITLE, inner if narrow else inner - measure(words.state, NOTE) - 24)
    said = [line for text in words.said for line in wrap(text, SAID, inner)][:_MOST_LINES]
    if narrow:
        said = [*said, fit_text(words.state, SAID, inner)]
    top = margin + 22 + (6 + _LINE * len(said) if said else 0) + 10
    credits_ = wrap(words.credits, NOTE, inner)
    owed = _SMALL * len(credits_)
    if is_broad(width, height):
        bottom = height - margin + 4 - (owed + 10 if credits_ else 0)
        left = width - margin - _COLUMN
        notes = wrap(f"{words.beyond} {words.aside}", NOTE, _COLUMN)
        # What is not on the map is said before what its signs mean.
        if _SMALL * len(notes) > 0.4 * (bottom - top):
            notes = wrap(words.brief, NOTE, _COLUMN)
        placed, down = _stack(legend, left, top, bottom - _SMALL * len(notes) - (8 if notes else 0))
        box, chart = _part((margin, top, left - 20, bottom), height, bars)
        return Layout(
            width, height, margin, box, title, tuple(said), tuple(placed), tuple(notes), (left, down + 18),
            tuple(credits_), bottom + _ABOVE_CREDITS, chart,
        )  # fmt: skip
    rows = _rows(legend, inner)
    notes = wrap(f"{words.beyond} {words.aside}", NOTE, inner)

    def foot() -> float:
        return 12 + _ROW * len(rows) + _SMALL * len(notes) + (6 if notes and rows else 0) + owed + 8

    # A small picture keeps a map worth looking at: words become fewer, but what is not on it is always said.
    if height - top - foot() - margin < height * _LEAST_MAP:
        notes = wrap(words.brief, NOTE, inner)
    if height - top - foot() - margin < height * _LEAST_MAP:
        rows = [row for row in rows if row[0][0].group == "fill"]
    if height - top - foot() - margin < height * _LEAST_MAP:
        rows = []
    bottom = max(top + 40, height - foot() - margin + 8)
    placed = [
        (entry, margin + left, bottom + 12 + _ROW * (number + 0.5))
        for number, row in enumerate(rows)
        for entry, left in row
    ]
    down = bottom + 12 + _ROW * len(rows) + (6 if notes and rows else 0)
    box, chart = _part((margin, top, width - margin, bottom), height, bars)
    return Layout(
        width, height, margin, box, title, tuple(said), tuple(placed), tuple(notes), (margin, down + 13),
        tuple(credits_), down + _SMALL * len(notes) + 17, chart,
    )  # fmt: skip


def _part(box: Box, height: float, bars: BarChart | None) -> tuple[Box, Box | None]:
    """Part what the words leave into the map's box and the chart's beneath it."""
    left, top, right, bottom = box
    room = bottom - top - _ABOVE_CHART - _LEAST_MAP_BY_CHART * height
    high = choose_height(bars, room) if bars else 0.0
    if not high:
        return box, None
    return (left, top, right, bottom - high - _ABOVE_CHART), (left, bottom - high, right, bottom)


def draw_words(canvas: Canvas, layout: Layout, words: Words, palette: Palette) -> None:
    """Draw title, counts, notes and credits, and a line around the map."""
    margin, right = layout.margin, layout.width - layout.margin
    down = margin + 17
    canvas.text((margin, down), layout.title, TITLE, palette.ink)
    if right - margin >= _NARROW:
        canvas.text((right, down), words.state, NOTE, palette.ink_soft, anchor="right")
    for number, line in enumerate(layout.said):
        canvas.text((margin, down + 27 + _LINE * number), line, SAID, palette.ink if number == 0 else palette.ink_soft)
    canvas.stroke(rectangle(*layout.box), Stroke(palette.line, 1.0, join="miter"))
    for number, line in enumerate(layout.notes):
        canvas.text((layout.notes_at[0], layout.notes_at[1] + _SMALL * number), line, NOTE, palette.ink)
    for number, line in enumerate(layout.credits):
        canvas.text((margin, layout.credits_at + _SMALL * number), line, NOTE, palette.ink_soft)


def draw_legend(canvas: Canvas, layout: Layout, palette: Palette) -> None:
    """Draw what each sign on the map means."""
    for entry, left, middle in layout.legend:
        if entry.sign == "ramp":
            _draw_ramp(canvas, entry, (left, middle - _RAMP / 2), palette)
            continue
        if entry.sign not in {"rest", "fill"}:
            _draw_sign(canvas, entry, (left + 13, middle), palette)
        at = left if entry.sign == "fill" else left + 32
        style = HEAD if entry.sign == "fill" else NOTE
        room = layout.width - layout.margin - at
        fits = measure(entry.label, style) + 7 + measure(entry.amount, NOTE) <= room
        amount = entry.amount if fits else entry.brief or entry.amount
        label = fit_text(entry.label, style, room - measure(amount, NOTE) - 7)
        at += canvas.text((at, middle + 4.7), label, style, palette.ink_soft if entry.sign == "rest" else palette.ink)
        if amount:
            canvas.text((at + 7, middle + 4.7), amount, NOTE, palette.ink_soft)


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
    taken = max(width, measure(text, NOTE) + 5)
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
    canvas.text((x + 5, y - 5), scale.text, NOTE, palette.label, halo=halo)


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


def _stack(
    legend: Sequence[Entry], left: float, top: float, bottom: float
) -> tuple[list[tuple[Entry, float, float]], float]:
    """Put entries under each other, the forms a little apart; give them, and where the last one ends.

    Where they do not all find room, the kinds with the least give way to one line that says how many they are.
    """
    kinds, forms, fill = ([entry for entry in legend if entry.group == name] for name in ("kind", "form", "fill"))
    key = sum(entry.height for entry in fill) + (10 if fill else 0)
    room = max(0, int((bottom - top - 10 - key) / _STEP))
    forms = forms[:room]
    if len(kinds) > room - len(forms):
        kept = max(0, room - len(forms) - 1)
        kinds = [*kinds[:kept], Entry("rest", f"and {len(kinds) - kept} more kinds")]
    placed = [(entry, left, top + _STEP * (number + 0.5)) for number, entry in enumerate(kinds)]
    begin = float(top + _STEP * len(kinds) + (10 if kinds and forms else 0))
    placed += [(entry, left, begin + _STEP * (number + 0.5)) for number, entry in enumerate(forms)]
    begin += _STEP * len(forms) + (10 if placed and fill else 0)
    for entry in fill:
        placed.append((entry, left, begin + entry.height / 2))
        begin += entry.height
    return placed, begin


def _rows(legend: Sequence[Entry], inner: float) -> list[list[tuple[Entry, float]]]:
    """Break a legend into rows of entries, each with its left edge; forms begin a row of their own."""
    rows: list[list[tuple[Entry, float]]] = []
    at = 0.0
    last = ""
    for entry in legend:
        sort = entry.group
        width = 0.0 if entry.sign == "fill" else 32.0
        width += measure(entry.label, NOTE) + (7 + measure(entry.amount, NOTE) if entry.amount else 0)
        if not rows or sort != last or at + width > inner:
            rows.append([])
            at = 0.0
        rows[-1].append((entry, at))
        at += width + _GAP
        last = sort
    return rows


def _draw_ramp(canvas: Canvas, entry: Entry, at: tuple[float, float], palette: Palette) -> None:
    """Draw all classes side by side, each with the least that it stands for."""
    left, top = at
    wide = _COLUMN / len(STRENGTHS)
    for number, (strength, label) in enumerate(entry.classes):
        x = left + number * wide
        _draw_class(canvas, (x, top + 4, x + wide, top + 20), strength, palette)
        canvas.text((x, top + 37), label, NOTE, palette.ink)


def _draw_class(canvas: Canvas, box: Box, strength: float, palette: Palette) -> None:
    canvas.fill(rectangle(*box), palette.land)
    canvas.fill(rectangle(*box), COLOURS[palette.name], alpha=strength)
    canvas.stroke(rectangle(*box), Stroke(palette.line, 1.0, join="miter"))


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
        canvas.stroke(circle(x, y, 10), Stroke(ink, 1.5))
        canvas.fill(circle(x, y, 4), ink)
    elif entry.sign == "disc":
        canvas.fill(circle(x, y, 10), ink, alpha=0.1)
        canvas.stroke(circle(x, y, 10), Stroke(ink, 1.5, dash=(6, 4)))
    elif entry.sign == "hatched":
        plate = rounded(x - 12, y - 9, x + 12, y + 9, 3)
        lines = [polyline(np.array([[x + step + 9, y - 9], [x + step - 9, y + 9]])) for step in range(-24, 30, 6)]
        canvas.stroke(join(lines), Stroke(palette.hatch, 1.0, alpha=0.6), inside=plate)
        canvas.stroke(plate, Stroke(palette.hatch, 1.0, dash=(4, 3)))
    elif entry.sign == "class":
        _draw_class(canvas, (x - 12, y - 7, x + 12, y + 7), entry.classes[0][0], palette)
    elif entry.sign == "unknown":
        box = (x - 12, y - 8, x + 12, y + 8)
        canvas.fill(rectangle(*box), palette.land)
        draw_unknown(canvas, rectangle(*box), box, palette)
        canvas.stroke(rectangle(*box), Stroke(palette.line, 1.0, join="miter"))
    elif entry.sign == "pattern" and entry.kind:
        draw_symbol(canvas, entry.kind, (x, y - 2.5), 6.5, palette, form="plain", pattern=True)
    elif entry.sign == "ring":
        first, second = (palette.of_family(family) for family in (*entry.families, *entry.families)[:2])
        canvas.stroke(arc_of(x, y, 9, -math.pi / 2, math.pi * 0.85), Stroke(first, 4))
        canvas.stroke(arc_of(x, y, 9, math.pi * 0.92, math.pi * 1.46), Stroke(second, 4))
    elif entry.sign == "beside":
        canvas.text((x - 3, y + 4.7), "1", COUNT, palette.ink, anchor="right")
        draw_wave(canvas, (x + 6, y), 6, palette.ink)
    else:
        canvas.stroke(circle(x, y, 6), plain)


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
