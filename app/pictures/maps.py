"""A map as a picture: what an edition holds of a filter, with title, legend, scale, credits, and what it does not show.

It draws the same symbols, by the same rules, as the browser's map, and knows no request.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.pictures.areas import Aside, Label, Sight, draw_areas, draw_labels, draw_leads, lay_labels, see_areas
from app.pictures.bar_charts import draw_bars
from app.pictures.bars import BarChart
from app.pictures.base import choose_parts, draw_base, find_names
from app.pictures.canvas import Canvas
from app.pictures.filling import draw_fill
from app.pictures.fills import Fill, name_class, say_class, strength_of
from app.pictures.frames import NEAREST, NEAREST_OF_ONE, Frame, fit, stand
from app.pictures.glyphs import Cell, Glyph, lay_glyphs
from app.pictures.layouts import Entry, Layout, Words, lay_out
from app.pictures.marks import draw_marks, fit_rings, kind_of
from app.pictures.names import Taken, draw_names, lay_names
from app.pictures.palette import PALETTES, Palette
from app.pictures.picture import Box, MapPicture
from app.pictures.seats import find_seats
from app.pictures.sheets import Scale, cover_margins, draw_legend, draw_scale, draw_words, lay_scale, signs_of
from app.pictures.surveys import Survey
from app.pictures.words import count_words, describe_day

_FORMS = {
    "point": "Exact spot or site",
    "settlement": "Known to a settlement",
    "near": "Near a place, within the circle",
    "disc": "Somewhere in the disc",
    "hatched": "Known only to the region",
    "pattern": "Pattern: an unknown number",
    "beside": "Patterns besides",
    "ring": "Several, by kind",
}
_NAMED_REGIONS = 3
# After how many layings words and map are made to agree, and after how many they have.
_STUBBORN, _LAYINGS = 3, 9


@dataclass(frozen=True, slots=True)
class DrawnMap:
    """A map on its sheet, ready to become a file. words: what it shows, for who does not see it."""

    canvas: Canvas
    frame: Frame
    glyphs: tuple[Glyph, ...]
    labels: tuple[Label, ...]
    words: str
    title: str
    ratio: float

    def to_png(self) -> bytes:
        """Give the picture as PNG. Raises DrawingTooSlow."""
        return self.canvas.to_png(self.ratio)

    def to_svg(self) -> bytes:
        """Give the picture as SVG. Raises DrawingTooSlow."""
        return self.canvas.to_svg(self.title, self.words, self.ratio)


@dataclass(frozen=True, slots=True)
class _Laid:
    """Everything in its place, before any of it is drawn."""

    layout: Layout
    frame: Frame
    glyphs: list[Glyph]
    sights: list[Sight]
    labels: list[Label]
    aside: list[Aside]
    fill: Fill | None
    scale: Scale


class Surveyed(Protocol):
    """Whoever can be asked what there is to draw: see `app.pictures.surveys.Surveyor`."""

    def survey(self) -> Survey:
        """Count, and find where it all lies."""

    def cells(self, frame: Frame) -> list[Cell]:
        """Give the cells of a view."""

    def fill(self, by: str, frame: Frame) -> Fill:
        """Find which regions a view fills by a figure, and how strongly."""

    def bars(self, by: str) -> BarChart:
        """Count over time."""


def draw_map(surveyor: Surveyed, picture: MapPicture) -> DrawnMap:
    """Draw what a surveyor finds. Raises DrawingTooSlow, and what the surveyor raises."""
    shape = picture.shape
    palette = PALETTES[shape.theme]
    width, height = shape.width / shape.ratio, shape.height / shape.ratio
    canvas = Canvas(width, height, palette.panel, seconds=picture.seconds)
    found = surveyor.survey()
    bars = surveyor.bars(shape.chart) if shape.chart != "off" else None
    canvas.checkpoint()

    # Often a frame stays as it is from one laying to the next, and with it all that lies in it.
    held: dict[Frame, tuple[list[Glyph], list[Sight], Fill | None]] = {}

    def look(frame: Frame) -> tuple[list[Glyph], list[Sight], Fill | None]:
        if frame not in held:
            glyphs = lay_glyphs(surveyor.cells(frame), frame)
            fit_rings(glyphs)
            seen = [glyph for glyph in glyphs if frame.holds((glyph.x, glyph.y))]
            fill = surveyor.fill(shape.regions, frame) if shape.regions != "off" else None
            held[frame] = seen, see_areas(found.areas, frame), fill
        return held[frame]

    def lay(words: Words, legend: Sequence[Entry], mute: Collection[str], nearest: float) -> _Laid:
        layout = lay_out(width, height, words, legend, bars)
        frame = _stand(picture, found, layout.box, nearest)
        glyphs, sights, fill = look(frame)
        scale = lay_scale(frame, glyphs)
        labels, aside = lay_labels(frame, sights, glyphs, found.regions, mute, [scale.box])
        canvas.checkpoint()
        return _Laid(layout, frame, glyphs, sights, labels, aside, fill, scale)

    # How much room the words leave to the map depends on what the map shows, and they say what it does not: so
    # everything is laid until both agree. A region that is once left without a label stays so, or they might never.
    # Where they still do not, the map comes no nearer again, no form leaves the legend, and what is not on the map
    # takes one line in any case.
    words = _words(picture, found, ())
    filled = shape.regions != "off"
    legend = _legend(found, list(_FORMS) if found.points else ["hatched"], filled=filled)
    mute: set[str] = set()
    nearest, signs = NEAREST, set[str]()
    for number in range(_LAYINGS):
        laid = lay(words, legend, mute, nearest)
        mute |= {one.code for one in laid.aside}
        before = words, legend
        words = _words(picture, found, _beyond(found, laid.glyphs, laid.aside), laid.fill)
        hatched = any(len(sight.points) for sight in laid.sights)
        waved = any(one.waved for one in laid.labels) or any(one.waved for one in laid.layout.legend)
        forms = signs_of(laid.glyphs, hatched=hatched, waved=waved)
        if number >= _STUBBORN:
            nearest = min(nearest, laid.frame.zoom)
            signs.update(forms)
            words = replace(words, beyond=words.brief or "All of them are on this map.")
        shown = [form for form in _FORMS if form in forms or form in signs]
        legend = [*_legend(found, shown, filled=filled), *_key(laid.fill)]
        if (words, legend) == before:
            break
    _draw(canvas, laid, found, palette)
    more = [laid.fill.words, *laid.fill.notes] if laid.fill else []
    if bars and laid.layout.chart:
        draw_bars(canvas, bars, laid.layout.chart, palette)
        canvas.checkpoint()
        more.append(f"Chart: {bars.title}")
    told = ". ".join(line.rstrip(".") for line in (*words.said, words.beyond, *more, words.state) if line) + "."
    return DrawnMap(canvas, laid.frame, tuple(laid.glyphs), tuple(laid.labels), told, words.title, shape.ratio)


def _draw(canvas: Canvas, laid: _Laid, found: Survey, palette: Palette) -> None:
    frame = laid.frame
    parts = choose_parts(frame)
    canvas.checkpoint()
    draw_base(canvas, frame, parts, palette)
    canvas.checkpoint()
    if laid.fill:
        draw_fill(canvas, frame, laid.fill, palette)
        canvas.checkpoint()
    draw_areas(canvas, frame, laid.sights, palette, hatched=laid.fill is None)
    discs = [(glyph.x, glyph.y, glyph.radius + 2) for glyph in laid.glyphs]
    seats = find_seats(laid.glyphs, frame)
    canvas.checkpoint()
    discs += [(x, y, 10.0) for x, y in seats.values()]
    plates = [
        (west - 2, north - 2, east + 2, south + 2) for west, north, east, south in (one.box for one in laid.labels)
    ]
    names = lay_names(frame, find_names(frame, parts), Taken(discs, [laid.scale.box, *plates]))
    draw_names(canvas, frame, names, palette)
    canvas.checkpoint()
    draw_leads(canvas, laid.labels, palette)
    draw_marks(canvas, frame, laid.glyphs, seats, palette, found.terms)
    draw_labels(canvas, laid.labels, palette)
    draw_scale(canvas, laid.scale, palette)
    cover_margins(canvas, laid.layout, palette)
    draw_words(canvas, laid.layout, palette)
    draw_legend(canvas, laid.layout, palette)
    canvas.checkpoint()


def _stand(picture: MapPicture, found: Survey, box: Box, nearest: float) -> Frame:
    if picture.shape.view:
        return stand(picture.shape.view, box)
    return fit(found.bounds, box, nearest=min(nearest, NEAREST_OF_ONE if found.shown == 1 else NEAREST))


def _legend(found: Survey, forms: Sequence[str], *, filled: bool = False) -> list[Entry]:
    """Give the legend: the kinds that are there with how many, the most first, and the forms that the map shows.

    Patterns stand apart from incidents, since one is an unknown number of them. filled: whether regions are; a hatch is
    then what their key says, and nothing else.
    """
    order = sorted(found.kinds.items(), key=lambda item: (-item[1][0], -item[1][1], item[0]))
    entries = [
        Entry(
            "kind",
            kind_of(found.terms, key).label,
            _say_amount(incidents, patterns),
            kind_of(found.terms, key),
            brief=" + ".join(f"{count:,}" for count in (incidents, patterns) if count) if patterns else "",
        )
        for key, (incidents, patterns) in order
    ]
    sign = kind_of(found.terms, order[0][0] if order else "other")
    families = tuple(dict.fromkeys(kind_of(found.terms, key).family for key, _ in order)) or ("other",)
    signs = {"hatched": "outlined"} if filled else {}
    more = [
        Entry(signs.get(form, form), label, kind=sign, families=families)
        for form, label in _FORMS.items()
        if form in forms
    ]
    return entries + more


def _say_amount(incidents: int, patterns: int) -> str:
    known = f"{patterns:,} pattern{'' if patterns == 1 else 's'}" if patterns else ""
    return " and ".join(part for part in (f"{incidents:,}" if incidents or not patterns else "", known) if part)


def _key(fill: Fill | None) -> list[Entry]:
    """Give the key of filled regions."""
    if fill is None:
        return []
    limits = fill.limits
    classes = tuple(
        (strength_of(limits, at), name_class(limits, at), say_class(limits, at)) for at in range(len(limits))
    )
    key = [Entry("fill", fill.title)]
    if not classes and not fill.unknown:
        key.append(Entry("none", "No region has any"))
    key += [Entry("ramp", "", classes=classes)] if classes else []
    return key + ([Entry("unknown", fill.unknown)] if fill.unknown else [])


def _words(picture: MapPicture, found: Survey, beyond: Sequence[tuple[str, int]], fill: Fill | None = None) -> Words:
    away = sum(rows for _, rows in beyond)
    day = describe_day(dt.date.fromisoformat(found.day))
    state = f"Edition {found.edition}, {'amended ' if found.amended else ''}{day}"
    shown = f"{found.shown:,} of {found.total:,} shown: {count_words(found.incidents, found.patterns)}"
    shown += f"; {picture.unshown}" if picture.unshown else ""
    said = picture.said if picture.said is not None else (found.filtered, shown)
    owed = f"Map: {picture.credits}." if picture.credits else ""
    return Words(
        title=picture.title,
        state=f"Demonstration. {state}" if found.demonstration else state,
        said=tuple(line for line in said if line),
        beyond=f"Not on this map: {'; '.join(text for text, _ in beyond)}." if beyond else "",
        brief=f"{away:,} of them {'is' if away == 1 else 'are'} not on this map." if away else "",
        credits=" ".join(part for part in (picture.disclaimer, owed) if part),
        aside=" ".join(fill.notes) if fill else "",
    )


def _beyond(found: Survey, glyphs: Sequence[Glyph], aside: Sequence[Aside]) -> list[tuple[str, int]]:
    """Say what is selected and not on the map, each with how many records it is."""
    said = []
    if away := found.points - sum(glyph.rows for glyph in glyphs):
        said.append((f"{away:,} {'record' if away == 1 else 'records'} beyond its edges", away))
    most = sorted(aside, key=lambda one: (-one.rows, one.text))
    said += [(one.text, one.rows) for one in most[:_NAMED_REGIONS]]
    if rest := most[_NAMED_REGIONS:]:
        rows = sum(one.rows for one in rest)
        regions = "1 other region" if len(rest) == 1 else f"{len(rest):,} other regions"
        said.append((f"{rows:,} {'record' if rows == 1 else 'records'} known only to {regions}", rows))
    if found.placeless:
        said.append((f"{found.placeless:,} with no place known", found.placeless))
    return said
