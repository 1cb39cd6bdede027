"""A sheet to draw on, measured in CSS pixels from its upper left corner, that becomes a PNG or an SVG.

It knows nothing of maps or charts. Text is drawn as outlines: so it is shaped, measured and seen alike in both
formats and on every machine, whatever fonts that has.
"""

import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, Bbox, TransformedBbox
from numpy.typing import NDArray

from app.pictures.errors import DrawingTooSlow
from app.pictures.fonts import drawable, font
from app.pictures.picture import Box
from app.pictures.svg import refine

_DPI = 72.0
# Of coordinates in pixels: a tenth of one is not seen, in print neither, and halves an SVG.
_DIGITS = 1

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a text looks. size: in pixels. weight: 400 or 600. spacing: pixels between letters, for plain scripts."""

    size: float = 13.0
    weight: int = 400
    italic: bool = False
    spacing: float = 0.0


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line. width and dash in pixels; dash: lengths of strokes and gaps in turn, none for an unbroken line."""

    colour: str
    width: float = 1.0
    alpha: float = 1.0
    dash: tuple[float, ...] = ()
    cap: str = "butt"
    join: str = "round"


class Canvas:
    """See the module. Later marks lie over earlier ones. Not to be shared between threads."""

    def __init__(self, width: float, height: float, background: str, *, seconds: float = 60.0) -> None:
        """Make an empty sheet of so many CSS pixels. seconds: how long drawing may take."""
        self.width = width
        self.height = height
        self.until = time.monotonic() + seconds
        self.figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI, facecolor=background, edgecolor="none")
        down = Affine2D().scale(1 / _DPI, -1 / _DPI).translate(0, height / _DPI)
        self._to_sheet = down + self.figure.dpi_scale_trans

    def fill(self, path: Path, colour: str, *, alpha: float = 1.0, clip: Box | None = None) -> None:
        """Fill a path (rule: non-zero winding). clip: left, top, right, bottom."""
        self._add(PathPatch(path, facecolor=colour, edgecolor="none", linewidth=0, alpha=alpha), clip)

    def stroke(self, path: Path, line: Stroke, *, clip: Box | None = None, inside: Path | None = None) -> None:
        """Draw a path as a line. inside: a path within which alone it shows."""
        patch = PathPatch(
            path,
            facecolor="none",
            edgecolor=line.colour,
            linewidth=line.width,
            alpha=line.alpha,
            linestyle=(0, [length / line.width for length in line.dash]) if line.dash else "-",
            capstyle=line.cap,
            joinstyle=line.join,
        )
        self._add(patch, clip)
        if inside is not None:
            patch.set_clip_path(inside, self._to_sheet)

    def text(
        self,
        at: tuple[float, float],
        text: str,
        style: TextStyle,
        colour: str,
        *,
        anchor: str = "left",
        halo: Stroke | None = None,
        clip: Box | None = None,
    ) -> float:
        """Write one line; `at` is where its baseline begins, or its middle or end by `anchor`. Gives its width."""
        path, width = outline(text, style)
        left = at[0] - {"left": 0.0, "middle": width / 2, "right": width}[anchor]
        if len(vertices(path)):
            moved = Path(np.round(vertices(path) + np.array([left, at[1]]), _DIGITS), path.codes)
            if halo:
                self.stroke(moved, halo, clip=clip)
            self.fill(moved, colour, clip=clip)
        return width

    def checkpoint(self) -> None:
        """Give up here, or when drawing comes to this mark, if the time is over. Raises DrawingTooSlow."""
        give_up_after(self.until)
        self.figure.add_artist(_Watch(self.until))

    def to_png(self, ratio: float = 1.0) -> bytes:
        """Give the sheet as PNG. ratio: the picture's pixels to a CSS pixel. Raises DrawingTooSlow."""
        agg: Any = FigureCanvasAgg(self.figure)  # Matplotlib types it in part
        self.figure.set_dpi(_DPI * ratio)
        try:
            agg.draw()
            return _pack(np.asarray(agg.buffer_rgba()))
        finally:
            self.figure.set_dpi(_DPI)

    def to_svg(self, title: str, description: str, ratio: float = 1.0) -> bytes:
        """Give the sheet as SVG, `ratio` times its own size, with a title and words for who does not see it."""
        return figure_to_svg(self.figure, title, description, ratio)

    def _add(self, patch: PathPatch, clip: Box | None) -> None:
        patch.set_transform(self._to_sheet)
        self.figure.add_artist(patch)
        if clip is not None:
            patch.set_clip_box(TransformedBbox(Bbox.from_extents(*clip), self._to_sheet))


def figure_to_svg(figure: Figure, title: str, description: str, ratio: float = 1.0) -> bytes:
    """Give a figure of 72 dots an inch as SVG: the same bytes every time, and nothing that a strict CSP stops."""
    FigureCanvasSVG(figure)
    written = io.StringIO()
    # The salt makes the names of clip paths the same every time. Set for this call alone it would not be thread-safe.
    mpl.rcParams["svg.hashsalt"] = "bearing"
    mpl.rcParams["svg.fonttype"] = "path"
    figure.savefig(
        written,
        format="svg",
        facecolor=figure.get_facecolor(),
        metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
    )
    return refine(written.getvalue(), title, description, ratio).encode()


def give_up_after(until: float) -> None:
    """Raise DrawingTooSlow when the clock (time.monotonic) is past `until`."""
    if time.monotonic() > until:
        msg = "the picture takes too long to draw"
        raise DrawingTooSlow(msg)


class _Watch(Artist):
    """Draws nothing; ends the drawing when the time is over."""

    def __init__(self, until: float) -> None:
        super().__init__()
        self.until = until

    def draw(self, renderer: RendererBase) -> None:
        del renderer
        give_up_after(self.until)


@lru_cache(maxsize=1024)
def measure(text: str, style: TextStyle) -> float:
    """Give the width of a line of text in pixels. It makes no outlines: most of what is measured is never drawn."""
    text = drawable(text)
    if not text:
        return 0.0
    if style.spacing and text.isascii():
        return outline(text, style)[1]
    width, _, _ = text_to_path.get_text_width_height_descent(text, _sized(style), ismath=False)
    return float(width)


def fit_text(text: str, style: TextStyle, width: float) -> str:
    """Shorten a text by an ellipsis until it is no wider than `width` pixels."""
    text = drawable(text)
    if measure(text, style) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle].rstrip() + "…", style) <= width else (low, middle - 1)
    return text[:low].rstrip() + "…"


def wrap(text: str, style: TextStyle, width: float) -> list[str]:
    """Break a text at its spaces into lines no wider than `width` pixels; a word that is wider is shortened."""
    lines: list[str] = []
    for word in drawable(text).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer, style) <= width:
            lines[-1] = longer
        else:
            lines.append(fit_text(word, style, width))
    return lines


@lru_cache(maxsize=1024)
def outline(text: str, style: TextStyle) -> tuple[Path, float]:
    """Give a line of text as outlines, its baseline beginning at 0, 0 with y downwards, and its width in pixels."""
    text = drawable(text)
    if not text:
        return Path(np.empty((0, 2)), np.empty(0, dtype=np.uint8)), 0.0
    if style.spacing and text.isascii():
        return _spaced(text, style)
    properties = font(style.weight, italic=style.italic)
    scale = style.size / text_to_path.FONT_SCALE
    points, codes = text_to_path.get_text_path(properties, text, ismath=False)
    return Path(np.asarray(points, dtype=float).reshape(-1, 2) * (scale, -scale), codes), measure(text, style)


def _sized(style: TextStyle) -> Any:  # noqa: ANN401 - Matplotlib's font properties
    properties = font(style.weight, italic=style.italic).copy()
    properties.set_size(style.size)
    return properties


def _spaced(text: str, style: TextStyle) -> tuple[Path, float]:
    plain = TextStyle(style.size, style.weight, style.italic)
    at = 0.0
    parts: list[Path] = []
    for number, letter in enumerate(text):
        path, _ = outline(letter, plain)
        if len(vertices(path)):
            parts.append(Path(vertices(path) + np.array([at, 0.0]), path.codes))
        # What two letters advance together, so that kerning stays.
        following = text[number : number + 2]
        at += _advance(following, plain) - (_advance(following[1:], plain) if len(following) > 1 else 0.0)
        at += style.spacing
    return join(parts), at - style.spacing


@lru_cache(maxsize=1024)
def _advance(text: str, style: TextStyle) -> float:
    if not text:
        return 0.0
    # A full stop behind it makes the width end at an advance, not at the ink of the last letter.
    return measure(f"{text}.", style) - measure(".", style)


def vertices(path: Path) -> Points:
    """Give a path's points."""
    return np.asarray(path.vertices, dtype=float)


def join(paths: Sequence[Path]) -> Path:
    """Join paths to one. Each must have codes."""
    kept = [path for path in paths if len(vertices(path))]
    if not kept:
        return Path(np.empty((0, 2)), np.empty(0, dtype=np.uint8))
    return Path(
        np.concatenate([vertices(path) for path in kept]),
        np.concatenate([np.asarray(path.codes) for path in kept]),
    )


def rectangle(left: float, top: float, right: float, bottom: float) -> Path:
    """Give a rectangle's outline."""
    return polygon(np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=float))


def rounded(left: float, top: float, right: float, bottom: float, radius: float) -> Path:
    """Give the outline of a rectangle with round corners."""
    quarter = np.linspace(0, np.pi / 2, 7)
    corners = ((right - radius, bottom - radius, 0), (left + radius, bottom - radius, 1),
               (left + radius, top + radius, 2), (right - radius, top + radius, 3))  # fmt: skip
    points = [
        (x + radius * np.cos(angle + turn * np.pi / 2), y + radius * np.sin(angle + turn * np.pi / 2))
        for x, y, turn in corners
        for angle in quarter
    ]
    return polygon(np.array(points))


def circle(x: float, y: float, radius: float) -> Path:
    """Give a circle's outline."""
    unit = Path.unit_circle()
    return Path(np.asarray(unit.vertices) * radius + (x, y), unit.codes)


def polygon(points: Points) -> Path:
    """Give the outline through points, closed."""
    return Path(np.vstack([points, points[:1]]), _codes(len(points) + 1, closed=True))


def polyline(points: Points) -> Path:
    """Give the line through points."""
    return Path(points, _codes(len(points), closed=False))


def _codes(count: int, *, closed: bool) -> NDArray[np.uint8]:
    codes = np.full(count, Path.LINETO, dtype=np.uint8)
    codes[0] = Path.MOVETO
    if closed:
        codes[-1] = Path.CLOSEPOLY
    return codes


def _pack(pixels: NDArray[np.uint8]) -> bytes:
    """Write pixels as PNG, without another copy of them: they may be many."""
    from PIL import Image  # noqa: PLC0415 - an SVG needs no PNG

    packed = io.BytesIO()
    Image.fromarray(pixels).save(packed, "PNG", compress_level=6)
    return packed.getvalue()
