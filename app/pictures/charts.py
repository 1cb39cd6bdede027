"""Charts of incidents over time as SVG: a strip for each series, one beneath the other, on one axis of time.

Strips instead of stacked colours, so that each series stands on a baseline of its own and is named beside it. It is
handed the figures; what they count is decided elsewhere.
"""

import io
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

from app.pictures.chart import USUAL_WIDTH, Strip, TimeChart
from app.pictures.palette import PALETTES, Palette
from app.pictures.svg import clean_text, refine
from app.pictures.ticks import find_ticks

_WIDE = 520
_GUTTER = 220
_MARGIN = 12
_STRIP, _GAP = 44, 24
_LINE = 17
_TITLE_SIZE, _TEXT_SIZE, _NOTE_SIZE = 15.0, 13.0, 12.0
# Letters of the reader's own system are of unknown width: this many of a size's widths is broad for most.
_LETTER = 0.51
_TINT = 0.3
_OUTLINED = 3.0
_WIDEST_BAR = 28.0


def draw_time_chart(chart: TimeChart, *, theme: str = "light", width: int = USUAL_WIDTH) -> bytes:
    """Draw a chart as SVG without script, style or anything from elsewhere; width in CSS pixels.

    One drawing at a time in a process: matplotlib promises nothing to threads.
    """
    drawn = _Sheet(chart, PALETTES[theme], width).draw()
    return refine(drawn, chart.title, chart.description).encode()


class _Label(Text):
    """Text at its place as it is: the reader's browser has the letters and lays them out."""

    def draw(self, renderer: Any) -> None:  # noqa: ANN401 - as matplotlib has it
        """Hand the text on without measuring it by fonts that readers do not have."""
        gc = renderer.new_gc()
        gc.set_foreground(self.get_color())
        x, y = self.get_position()
        renderer.draw_text(gc, x, renderer.height - y, self.get_text(), self._fontproperties, 0, mtext=self)  # type: ignore[attr-defined]
        gc.restore()


class _Sheet:
    """One drawing: places in pixels from the top left, which matplotlib counts from the bottom."""

    def __init__(self, chart: TimeChart, palette: Palette, width: int) -> None:
        self.chart = chart
        self.palette = palette
        self.width = width
        self.wide = width >= _WIDE
        self.left = _GUTTER + 32 if self.wide else _MARGIN + 24
        self.right = width - _MARGIN - 4
        starts = chart.starts
        self.first = starts[0] if starts else 0
        self.days = max(1, starts[-1] - starts[0]) if starts else 1
        tops = [strip.tallest for strip in chart.strips]
        highest = max(tops, default=0)
        # Strips share one scale, so that they compare by eye; where the small ones would vanish, each has its own.
        self.shared = not any(0 < top * 6 < highest for top in tops)
        self.highest = highest
        bins = len(starts) - 1
        self.outlined = bins < 1 or (self.right - self.left) / bins >= _OUTLINED
        self.artists: list[Any] = []
        self.y = 0.0

    def draw(self) -> str:
        self.y = _MARGIN + 14
        self._say(self._wrap(self.chart.title, self.width - 2 * _MARGIN, _TITLE_SIZE), _MARGIN, _TITLE_SIZE, bold=True)
        self.y += 14
        if self.chart.strips and self.chart.starts:
            self._strips()
            self._key()
        for note in self.chart.notes:
            self._note(note)
        if self.chart.source:
            self.y += 4
            self._note(self.chart.source)
        height = round(self.y + 4)
        figure = Figure(figsize=(self.width / 72, height / 72), dpi=72, facecolor=self.palette.panel, edgecolor="none")
        FigureCanvasSVG(figure)
        for artist in self.artists:
            if isinstance(artist, Text):
                x, y = artist.get_position()
                artist.set_position((x, height - y))
            elif isinstance(artist, PathPatch):
                artist.set_path(_upside_down(artist.get_path(), height))
            else:
                artist.set_ydata([height - y for y in artist.get_ydata()])
            artist.set_transform(IdentityTransform())
            figure.add_artist(artist)
        # Text stays text, and names within the picture depend on its content alone.
        mpl.rcParams["svg.fonttype"] = "none"
        mpl.rcParams["svg.hashsalt"] = "bearing"
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
        return written.getvalue()

    def _strips(self) -> None:
        top = None
        for strip in self.chart.strips:
            if self.wide:
                self._name_beside(strip)
            else:
                self._name_above(strip)
            top = self.y if top is None else top
            self._strip(strip, self.y, self.y + _STRIP)
            self.y += _STRIP + _GAP
        self.y -= _GAP - 10
        free = 0.0
        for x, label in self._ticks():
            self._rule([x, x], [(top or self.y) - 4, self.y], self.palette.line, 0.6, behind=True)
            half = len(label) * _NOTE_SIZE * _LETTER / 2
            left = min(x, self.width - 4 - half) - half
            # At the right edge there may be room for the rule and not for its words.
            if left >= free:
                self._text(label, left + half, self.y + 14, _NOTE_SIZE, self.palette.ink_soft, "center")
                free = left + 2 * half + 4
        self.y += 36

    def _name_beside(self, strip: Strip) -> None:
        room = _GUTTER - _MARGIN
        lines = self._wrap(strip.label, room, _TEXT_SIZE)[:2]
        if len(lines) < len(self._wrap(strip.label, room, _TEXT_SIZE)):
            lines[-1] = lines[-1][:-1] + "…"
        y = self.y + (18 if len(lines) == 1 else 10)
        for line in lines:
            self._text(line, _MARGIN, y, _TEXT_SIZE, self.palette.ink, weight="semibold")
            y += 16
        for line in self._wrap(strip.detail, room, _NOTE_SIZE)[:2]:
            self._text(line, _MARGIN, y, _NOTE_SIZE, self.palette.ink_soft)
            y += 15

    def _name_above(self, strip: Strip) -> None:
        lines = self._wrap(strip.label, self.width - 2 * _MARGIN, _TEXT_SIZE)[:2]
        for line in lines:
            self._text(line, _MARGIN, self.y + 4, _TEXT_SIZE, self.palette.ink, weight="semibold")
            self.y += 16
        for line in self._wrap(strip.detail, self.width - 2 * _MARGIN, _NOTE_SIZE)[:2]:
            self._text(line, _MARGIN, self.y + 4, _NOTE_SIZE, self.palette.ink_soft)
            self.y += 15
        self.y += 6

    def _strip(self, strip: Strip, top: float, bottom: float) -> None:
        colour = self.palette.of_family(strip.family)
        highest = self.highest if self.shared else strip.tallest
        if highest:
            line = _nice(highest)
            at = bottom - line / highest * (bottom - top)
            self._rule([self.left, self.right], [at, at], self.palette.line, 0.8)
            self._text(f"{line:,}", self.left - 6, at + 4, _NOTE_SIZE, self.palette.ink_soft, "right")
        self._rule([self.left, self.right], [bottom, bottom], self.palette.border, 1.0)
        if highest:
            self._bars(strip, colour, bottom, (bottom - top) / highest)
        self._wave(strip.patterns, bottom + 7, colour)

    def _bars(self, strip: Strip, colour: str, bottom: float, scale: float) -> None:
        stacked = [0] * len(strip.solid)
        for counts, how in ((strip.solid, "solid"), (strip.light, "light"), (strip.doubtful, "doubtful")):
            boxes = []
            for at, count in enumerate(counts):
                if count:
                    low = bottom - stacked[at] * scale
                    boxes.append((*self._sides(at), low - count * scale, low))
                    stacked[at] += count
            self._boxes(boxes, colour, how, outlined=self.outlined)

    def _sides(self, at: int) -> tuple[float, float]:
        west, east = (self._x(day) for day in self.chart.starts[at : at + 2])
        wide = min(east - west - min(2.0, (east - west) * 0.16), _WIDEST_BAR)
        middle = (west + east) / 2
        return middle - wide / 2, middle + wide / 2

    def _boxes(
        self, boxes: Sequence[tuple[float, float, float, float]], colour: str, how: str, *, outlined: bool = True
    ) -> None:
        if not boxes:
            return
        inset = 0.5 if how != "solid" and outlined else 0.0
        points: list[tuple[float, float]] = []
        codes: list[Any] = []
        for west, east, top, bottom in boxes:
            a, b, c, d = west + inset, east - inset, top + inset, max(bottom - inset, top + inset)
            points += [(a, d), (a, c), (b, c), (b, d), (a, d)]
            codes += [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
        filled = {"solid": colour, "light": _tint(colour, self.palette.panel), "doubtful": self.palette.panel}[how]
        patch = PathPatch(
            Path(points, codes),
            facecolor=filled,
            edgecolor=colour if how == "doubtful" or inset else "none",  # of the hatching, too
            linewidth=1.0 if inset else 0.0,
            hatch="//////" if how == "doubtful" else None,
        )
        patch.set_hatch_linewidth(0.8)
        self.artists.append(patch)

    def _wave(self, patterns: Sequence[int], y: float, colour: str) -> None:
        """Draw a wave beneath the bins that patterns reach into: they stand for an unknown number each."""
        for first, last in _runs(patterns):
            west, east = self._x(self.chart.starts[first]), self._x(self.chart.starts[last + 1])
            halves = max(2, round((east - west) / 5))
            step = (east - west) / halves
            points, codes = [(west, y)], [int(Path.MOVETO)]
            for half in range(halves):
                at = west + half * step
                points += [(at + step / 2, y + (3.2 if half % 2 else -3.2)), (at + step, y)]
                codes += [int(Path.CURVE3), int(Path.CURVE3)]
            self.artists.append(PathPatch(Path(points, codes), facecolor="none", edgecolor=colour, linewidth=1.2))

    def _key(self) -> None:
        """Say what the bars' looks mean, as far as they occur."""
        strips = self.chart.strips
        unit = self.chart.unit
        entries = [
            ("solid", f"certainly in that {unit}", any(any(strip.solid) for strip in strips)),
            ("light", f"possibly in that {unit}", any(any(strip.light) for strip in strips)),
            ("doubtful", "aircraft only possible", any(any(strip.doubtful) for strip in strips)),
            ("wave", "patterns: an unknown number each", any(any(strip.patterns) for strip in strips)),
        ]
        x = float(_MARGIN)
        colour = self.palette.of_family("other")
        for how, words, occurs in entries:
            if not occurs:
                continue
            need = 22 + len(words) * _NOTE_SIZE * _LETTER + 16
            if x > _MARGIN and x + need > self.width - _MARGIN:
                x, self.y = float(_MARGIN), self.y + _LINE + 3
            if how == "wave":
                points = [(x + step * 3.5, self.y - 4 + (1.6 if step % 2 else -1.6)) for step in range(5)]
                self._rule([p[0] for p in points], [p[1] for p in points], colour, 1.2)
            else:
                self._boxes([(x, x + 14, self.y - 10, self.y)], colour, how)
            self._text(words, x + 20, self.y, _NOTE_SIZE, self.palette.ink)
            x += need
        if x > _MARGIN:
            self.y += _LINE + 6
        if not self.shared:
            self._note("Each strip has a scale of its own, so that heights compare within a strip alone.")

    def _note(self, words: str) -> None:
        self._say(self._wrap(words, self.width - 2 * _MARGIN, _NOTE_SIZE), _MARGIN, _NOTE_SIZE, soft=True)

    def _say(self, lines: Iterable[str], x: float, size: float, *, bold: bool = False, soft: bool = False) -> None:
        for line in lines:
            colour = self.palette.ink_soft if soft else self.palette.ink
            self._text(line, x, self.y, size, colour, weight="semibold" if bold else "normal")
            self.y += _LINE if size < _TITLE_SIZE else 20

    def _text(
        self, words: str, x: float, y: float, size: float, colour: str, anchor: str = "left", weight: str = "normal"
    ) -> None:
        self.artists.append(
            _Label(x, y, clean_text(words), fontsize=size, color=colour, ha=anchor, fontweight=weight, parse_math=False)
        )

    def _rule(
        self, xs: Sequence[float], ys: Sequence[float], colour: str, width: float, *, behind: bool = False
    ) -> None:
        self.artists.append(
            Line2D(xs, ys, color=colour, linewidth=width, zorder=-1 if behind else 0.5, solid_capstyle="butt")
        )

    def _x(self, day: int) -> float:
        return self.left + (day - self.first) / self.days * (self.right - self.left)

    def _ticks(self) -> Iterator[tuple[float, str]]:
        """Give places and words along the time, as close as the words leave room."""
        for day, words in find_ticks(self.chart.starts, self.chart.unit, self.right - self.left):
            yield self._x(day), words

    @staticmethod
    def _wrap(words: str, room: float, size: float) -> list[str]:
        return textwrap.wrap(clean_text(words), max(8, int(room / (size * _LETTER))), max_lines=6, placeholder=" …")


def _upside_down(path: Path, height: float) -> Path:
    vertices = np.asarray(path.vertices) * (1, -1) + (0, height)
    return Path(vertices, path.codes)


def _nice(highest: int) -> int:
    """Give the greatest of 1, 2, 5, 10, 20, 50 ... that is not above a count."""
    size = int("1".ljust(len(str(highest)), "0"))
    return next(step * size for step in (5, 2, 1) if step * size <= highest)


def _tint(colour: str, ground: str) -> str:
    """Mix a colour with the ground that it lies on."""
    mixed = (_TINT * a + (1 - _TINT) * b for a, b in zip(to_rgb(colour), to_rgb(ground), strict=True))
    return to_hex(tuple(mixed))  # type: ignore[arg-type]  # three numbers are a colour


def _runs(counts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give first and last place of each run of counts that are none."""
    first = None
    for at, count in enumerate([*counts, 0]):
        if count and first is None:
            first = at
        elif not count and first is not None:
            yield first, at - 1
            first = None
