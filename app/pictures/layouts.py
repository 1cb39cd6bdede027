"""Where everything stands on a map's sheet: what the words need comes first, and the map gets what they leave.

Small sheets are set more closely, and none goes without a part. It draws nothing and counts nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from app.pictures.bar_charts import choose_height
from app.pictures.bars import BarChart
from app.pictures.canvas import TextStyle, fit_text, measure, wrap
from app.pictures.picture import Box
from incidents.taxonomy import Kind

FILL_SIGNS = ("fill", "ramp", "class", "unknown", "none")
"""Of the key of filled regions: its title, all classes at once, one of them, what is not known, that there is none."""

# From which width a sheet is broad enough for a legend beside the map.
_BROAD = 640.0
_COLUMN = 240.0
# Which share of a sheet's height the map keeps above its legend, and the least where nothing else is left to do.
_LEAST_MAP, _LAST_MAP = 0.38, 0.25
_LEAST_MAP_BY_CHART, _LAST_MAP_BY_CHART = 0.42, 0.32
_ABOVE_CHART = 10.0
# Which share of a sheet's height the credits may take: far more than they do, unless they are absurdly long. They have
# less where the map would keep next to nothing.
_CREDITS = (0.45, 0.3, 0.2, 0.1)
_NEXT_TO_NOTHING = 0.18
# Lines of a title in Burmese reach far up and down.
TITLE_PITCH = 1.5
# Between a label and its amount; and what the wave behind a brief amount takes, of which the half of it is.
BEFORE_AMOUNT, WAVE_ROOM, WAVE_HALF = 7.0, 16.0, 5.0
_MOST_TITLE, _MOST_LINES = 2, 3


@dataclass(frozen=True, slots=True)
class Setting:
    """How closely words are set. Pitches, in pixels: line of what is said, row and step of the legend, small of notes.

    sign: the width that a legend's sign takes. scale: how large the sign is drawn. gap: between entries of a row.
    lead, under: above and under what is said.
    """

    title: TextStyle
    said: TextStyle
    note: TextStyle
    head: TextStyle
    line: float
    row: float
    step: float
    small: float
    sign: float
    scale: float
    gap: float
    ramp: float
    lead: float
    under: float

    def head_height(self, lines: int) -> float:
        """Give how high a title of so many lines is."""
        return self.title.size * (TITLE_PITCH * (max(1, lines) - 1) + 1.1)

    def margin(self, width: float) -> float:
        """Give how much of a sheet's edge stays free."""
        return (24.0 if width >= 900 else 16.0) - (4.0 if self is COMPACT else 0.0)


ROOMY = Setting(
    TextStyle(20, 600), TextStyle(14), TextStyle(13), TextStyle(13, 600),
    line=20, row=26, step=25, small=18, sign=32, scale=1.0, gap=22, ramp=46, lead=6, under=10,
)  # fmt: skip
SNUG = replace(ROOMY, row=21, step=20, sign=28, scale=0.84, gap=16, ramp=42, small=17)
COMPACT = Setting(
    TextStyle(17, 600), TextStyle(13), TextStyle(12), TextStyle(12, 600),
    line=17, row=17, step=16, small=15, sign=23, scale=0.72, gap=12, ramp=38, lead=5, under=7,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of the legend.

    sign: "kind", "rest", one of the forms, or of FILL_SIGNS. amount: what stands behind the label, or "". families:
    that a ring shows. brief: the same in numbers, where the words have no room; the wave of patterns stands behind it.
    classes: strength, short and full words of each class that filled regions have.
    """

    sign: str
    label: str
    amount: str = ""
    kind: Kind | None = None
    families: tuple[str, ...] = ("other",)
    brief: str = ""
    classes: tuple[tuple[float, str, str], ...] = ()

    @property
    def group(self) -> str:
        """Which of the legend's parts it belongs to."""
        return "kind" if self.sign in {"kind", "rest"} else "fill" if self.sign in FILL_SIGNS else "form"


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
class Placed:
    """An entry of the legend with its left edge, its middle, and how wide it may be.

    waved: whether its amount is the brief one. broken: whether the amount has a line of its own beneath the label.
    """

    entry: Entry
    left: float
    middle: float
    room: float
    waved: bool = False
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands. box: the map's. state: what stands beside the title, or "".

    notes_at: where the first note's baseline begins. credits_at: the first credit's baseline. chart: the chart's box;
    None without one, or without room for it. whole: whether the legend has every entry, and the map its share.
    """

    setting: Setting
    width: float
    height: float
    margin: float
    box: Box
    title: tuple[str, ...]
    state: str
    said: tuple[str, ...]
    legend: tuple[Placed, ...]
    notes: tuple[str, ...]
    notes_at: tuple[float, float]
    credits: tuple[str, ...]
    credits_at: float
    chart: Box | None = None
    whole: bool = True


def lay_out(width: float, height: float, words: Words, legend: Sequence[Entry], bars: BarChart | None = None) -> Layout:
    """Give everything its place on a sheet of so many CSS pixels; the map gets what the words leave.

    A broad sheet has the legend beside the map, any other one beneath it. Where that leaves too little of the map, or
    has no room for a part of the legend, all is set more closely; at last the legend stands where the map gains most,
    and the kinds with the least give way to one line that says how many they are. bars: the chart that is to stand
    beneath the map, if the map still keeps its share.
    """
    broad = width >= _BROAD and width >= 1.45 * height
    chart = bars if bars and bars.rows else None
    for setting in (ROOMY, SNUG, COMPACT):
        sheet = _Sheet(setting, (width, height), words, legend, chart)
        laid = sheet.lay_beside() if broad else sheet.lay_beneath(_LEAST_MAP)
        if laid and laid.whole and (laid.chart or not chart):
            return laid
    for share in _CREDITS:
        sheet = _Sheet(COMPACT, (width, height), words, legend, chart, credits_share=share)
        tried = (sheet.lay_beside(), sheet.lay_beneath(_LAST_MAP))
        best = max((laid for laid in tried if laid), key=_judge)
        if best.box[3] - best.box[1] >= _NEXT_TO_NOTHING * height:
            break
    return best


def _judge(laid: Layout) -> tuple[bool, bool, float]:
    """Say how good a layout is: a map is worth its area, and less the more it is a strip."""
    wide, high = laid.box[2] - laid.box[0], laid.box[3] - laid.box[1]
    return laid.whole, laid.chart is not None, wide * high * math.sqrt(min(wide, high) / max(wide, high))


class _Sheet:
    """One sheet, set in one way: what stands above and at the foot of the map, wherever the legend is to stand."""

    def __init__(
        self,
        setting: Setting,
        size: tuple[float, float],
        words: Words,
        legend: Sequence[Entry],
        bars: BarChart | None,
        *,
        credits_share: float = _CREDITS[0],
    ) -> None:
        self.setting, self.words, self.bars = setting, words, bars
        self.width, self.height = width, height = size
        self.margin = setting.margin(width)
        self.inner = width - 2 * self.margin
        self.kinds, self.forms, self.fill = (
            [entry for entry in legend if entry.group == group] for group in ("kind", "form", "fill")
        )
        state = measure(words.state, setting.note)
        beside = measure(words.title, setting.title) + 24 + state <= self.inner
        self.title = _shorten(wrap(words.title, setting.title, self.inner), _MOST_TITLE, setting.title, self.inner)
        self.state = words.state if beside else ""
        self.said = _fit_lines(words.said, setting.said, self.inner)
        if not beside:
            self.said.append(fit_text(words.state, setting.said, self.inner))
        self.top = self.margin + setting.head_height(len(self.title)) + setting.under
        self.top += setting.lead + setting.line * len(self.said) if self.said else 0
        most = max(1, int(credits_share * height / setting.small))
        self.credits = _shorten(wrap(words.credits, setting.note, self.inner), most, setting.note, self.inner)
        self.credits_at = height - self.margin - 2 - setting.small * (len(self.credits) - 1)
        self.foot = self.credits_at - setting.small + 1 if self.credits else height - self.margin

    def lay_beside(self) -> Layout | None:
        """Put the legend into a column at the right of the map; None where it does not find room there.

        What is not on the map is said beneath the legend, or across the foot of a sheet that is closely set.
        """
        if self.setting is COMPACT:
            widest = max((self._width(entry) for entry in (*self.kinds, *self.forms, *self.fill)), default=0.0)
            column = min(0.48 * self.inner, max(130.0, widest))
            full, brief = self._notes(self.inner, 0.1), wrap(self.words.brief, self.setting.note, self.inner)
            # Fewer words, if then the legend is whole.
            laid = self._stack(column, full, across=True)
            shorter = self._stack(column, brief, across=True) if not laid or not laid.whole else None
            return shorter if shorter and (shorter.whole or not laid) else laid
        bottom = self.foot - (5 if self.credits else 0)
        return self._stack(_COLUMN, self._notes(_COLUMN, 0.4 * (bottom - self.top) / self.height), across=False)

    def _stack(self, column: float, notes: Sequence[str], *, across: bool) -> Layout | None:
        """Put the legend's entries under each other, its parts a little apart."""
        setting = self.setting
        high = setting.small * len(notes) + (2 if across else 8) if notes else 0.0
        foot = self.foot - (high if across else 0)
        bottom = foot - (8 if across else 5 if self.credits else 0)
        left = self.width - self.margin - column
        room = bottom - self.top - (0 if across else high)
        apart = 6.0 if across else 10.0
        groups = [self.kinds, self.forms, self._spread(column)]
        whole = self._high(groups, apart, column) <= room
        if not whole:
            if self._high([_give_way(self.kinds, 0), *groups[1:]], apart, column) > room:
                return None
            fewer = (_give_way(self.kinds, kept) for kept in range(len(self.kinds) - 1, -1, -1))
            groups[0] = next(kinds for kinds in fewer if self._high([kinds, *groups[1:]], apart, column) <= room)
        placed: list[Placed] = []
        at = self.top
        for group in filter(None, groups):
            at += apart if placed else 0
            for entry in group:
                placed.append(self._place(entry, left, at + self._step(entry, column) / 2, column))
                at += self._step(entry, column)
        notes_at = (self.margin, foot + 2 + 0.72 * setting.small) if across else (left, at + setting.small)
        box = (self.margin, self.top, left - (14 if across else 20), bottom)
        return self._finish(box, placed, notes, notes_at, whole=whole)

    def lay_beneath(self, least: float) -> Layout:
        """Put the legend into rows under the map, which keeps at least a share of the sheet's height."""
        setting, close = self.setting, self.setting is COMPACT
        fill = self._spread(0.0)

        def stack(kinds: Sequence[Entry], notes: Sequence[str]) -> tuple[list[list[Placed]], float, float]:
            """Give rows, where they begin, and where the map ends."""
            rows = [row for group in (kinds, self.forms, fill) for row in self._break(group)]
            top = self.foot - setting.small * len(notes) - (6 if notes and rows else 0) - sum(map(self._row, rows))
            return rows, top, top - (8 if close else 12)

        # Words become fewer where the map gains by it, but what is not on it is always said.
        notes = self._notes(self.inner, 1.0)
        rows, top, bottom = stack(self.kinds, notes)
        if bottom - self.top < _LEAST_MAP * self.height:
            notes = wrap(self.words.brief, setting.note, self.inner)
            rows, top, bottom = stack(self.kinds, notes)
        whole = bottom - self.top >= least * self.height
        kept = len(self.kinds) - 1
        while bottom - self.top < least * self.height and kept > 0:
            kept -= 1
            rows, top, bottom = stack(_give_way(self.kinds, kept), notes)
        starts = accumulate(map(self._row, rows), initial=top)
        placed = [
            replace(one, middle=start + self._row(row) / 2)
            for start, row in zip(starts, rows, strict=False)
            for one in row
        ]
        notes_at = self.foot - setting.small * (len(notes) - 0.72)
        box = (self.margin, self.top, self.width - self.margin, max(self.top + 40, bottom))
        return self._finish(box, placed, notes, (self.margin, notes_at), whole=whole)

    def _place(self, entry: Entry, left: float, middle: float, room: float) -> Placed:
        """Say the amount of an entry in words, in numbers where these have no room, and beneath the label at last."""
        if self._width(entry) <= room:
            return Placed(entry, left, middle, room)
        waved = bool(entry.brief) and self._width(entry, brief=True) <= room
        return Placed(entry, left, middle, room, waved=waved, broken=bool(entry.amount) and not waved)

    def _finish(
        self, box: Box, placed: Sequence[Placed], notes: Sequence[str], notes_at: tuple[float, float], *, whole: bool
    ) -> Layout:
        """Part what the words leave into the map's box and the chart's beneath it."""
        left, top, right, bottom = box
        share = _LAST_MAP_BY_CHART if self.setting is COMPACT else _LEAST_MAP_BY_CHART
        room = bottom - top - _ABOVE_CHART - share * self.height
        high = choose_height(self.bars, room) if self.bars else 0.0
        return Layout(
            setting=self.setting,
            width=self.width,
            height=self.height,
            margin=self.margin,
            box=(left, top, right, bottom - high - _ABOVE_CHART) if high else box,
            title=tuple(self.title),
            state=self.state,
            said=tuple(self.said),
            legend=tuple(placed),
            notes=tuple(notes),
            notes_at=notes_at,
            credits=tuple(self.credits),
            credits_at=self.credits_at,
            chart=(left, bottom - high, right, bottom) if high else None,
            whole=whole,
        )

    def _notes(self, width: float, share: float) -> list[str]:
        """Wrap what is not on the map, in few words where all of them take more than a share of the sheet's height."""
        lines = wrap(f"{self.words.beyond} {self.words.aside}", self.setting.note, width)
        if self.setting.small * len(lines) > share * self.height:
            return wrap(self.words.brief, self.setting.note, width)
        return lines

    def _width(self, entry: Entry, *, brief: bool = False) -> float:
        label = measure(entry.label, self.setting.head if entry.sign == "fill" else self.setting.note)
        text = entry.brief if brief else entry.amount
        amount = BEFORE_AMOUNT + measure(text, self.setting.note) if text else 0.0
        wave = WAVE_ROOM if brief else 0.0
        return (0.0 if entry.sign in {"fill", "ramp"} else self.setting.sign) + label + amount + wave

    def _step(self, entry: Entry, room: float) -> float:
        if entry.sign == "ramp":
            return self.setting.ramp
        return self.setting.step + (self.setting.small if self._place(entry, 0.0, 0.0, room).broken else 0.0)

    def _high(self, groups: Sequence[Sequence[Entry]], apart: float, room: float) -> float:
        some = [group for group in groups if group]
        return sum(self._step(entry, room) for group in some for entry in group) + apart * max(0, len(some) - 1)

    def _spread(self, column: float) -> list[Entry]:
        """Give the key of filled regions, its classes one by one where their short names find no room side by side."""
        key: list[Entry] = []
        for entry in self.fill:
            each = column / max(1, len(entry.classes)) - 4
            if entry.sign == "ramp" and any(measure(short, self.setting.note) > each for _, short, _ in entry.classes):
                key += [Entry("class", one[2], classes=(one,)) for one in entry.classes]
            else:
                key.append(entry)
        return key

    def _break(self, group: Sequence[Entry]) -> list[list[Placed]]:
        """Break one part of the legend into rows."""
        rows: list[list[Placed]] = []
        at = 0.0
        for entry in group:
            width = min(self.inner, self._width(entry))
            if not rows or at + width > self.inner:
                rows.append([])
                at = 0.0
            rows[-1].append(self._place(entry, self.margin + at, 0.0, self.inner - at))
            at += width + self.setting.gap
        return rows

    def _row(self, row: Sequence[Placed]) -> float:
        """Give how high a row of the legend is."""
        return self.setting.row + (self.setting.small if any(one.broken for one in row) else 0.0)


def _give_way(kinds: Sequence[Entry], kept: int) -> list[Entry]:
    """Keep the first kinds, and say how many there are besides."""
    more = len(kinds) - kept
    return [*kinds[:kept], Entry("rest", f"{'and ' if kept else ''}{more} {'more ' if kept else ''}kinds")]


def _fit_lines(texts: Sequence[str], style: TextStyle, width: float) -> list[str]:
    """Break texts into lines; where they are too many, the longest text is shortened, and of equals the first."""
    broken = [wrap(text, style, width) for text in texts]
    most = [len(lines) for lines in broken]
    while sum(most) > max(_MOST_LINES, len(broken)):
        most[most.index(max(most))] -= 1
    pairs = zip(broken, most, strict=True)
    return [line for lines, kept in pairs for line in _shorten(lines, kept, style, width)]


def _shorten(lines: list[str], most: int, style: TextStyle, width: float) -> list[str]:
    """Keep so many lines; the last one ends in an ellipsis where there were more."""
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], fit_text(" ".join(lines[most - 1 :]), style, width)]
