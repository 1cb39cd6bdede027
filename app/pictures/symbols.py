"""The symbols of kinds as paths, with the same outlines as in assets/src/symbols.js (a test compares).

Shape and colour both tell the family. How closely the place is known is told by the form around a symbol.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
from matplotlib.path import Path

from app.pictures.canvas import Canvas, Stroke, circle
from app.pictures.palette import Palette
from incidents.taxonomy import Kind


@dataclass(frozen=True, slots=True)
class Shape:
    """Outlines as SVG path data in a square from -1 to 1, y downwards.

    body: filled, or drawn as a line when hollow. cut: drawn over the body as a line in the edge's colour.
    """

    body: str
    cut: str = ""
    hollow: bool = False


_DISC = "M-.9,0A.9,.9 0 1 1 .9,0A.9,.9 0 1 1 -.9,0Z"
_UP = "M0,-1L1.02,.8L-1.02,.8Z"
_DOWN = "M0,1L1.02,-.8L-1.02,-.8Z"
_RING = "M-.78,0A.78,.78 0 1 1 .78,0A.78,.78 0 1 1 -.78,0Z"

SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "airstrike": Shape(_DISC),
        "drone_strike": Shape("M0,-.12L-.42,-.8A.9,.9 0 1 0 .42,-.8Z"),
        "shelling": Shape(_UP),
        "ground_attack": Shape(_UP, cut="M0,-.5L0,.8"),
        "armed_clash": Shape(_UP, cut="M-.75,.25L.75,.25"),
        "violence_against_civilians": Shape(_UP, cut="M-.2,.25A.2,.2 0 1 1 .2,.25A.2,.2 0 1 1 -.2,.25Z"),
        "displacement": Shape(_RING, hollow=True),
        "protest": Shape(f"{_RING}M-.14,0A.14,.14 0 1 1 .14,0A.14,.14 0 1 1 -.14,0Z", hollow=True),
        "diplomatic_visit": Shape("M-.8,-.8H.8V.8H-.8Z"),
        "diplomatic_act": Shape("M0,-1.08L1.08,0L0,1.08L-1.08,0Z"),
        "port_call": Shape(_DOWN),
        "military_exercise": Shape(_DOWN, cut="M-.75,-.25L.75,-.25"),
        "arms_transfer": Shape("M-.5,-.88H.5L1,0L.5,.88H-.5L-1,0Z"),
        "other": Shape("M-.26,-.8H.26V-.26H.8V.26H.26V.8H-.26V.26H-.8V-.26H-.26Z"),
    }
)
# The kind whose shape stands for a family's further kinds.
OF_FAMILY: Mapping[str, str] = MappingProxyType(
    {
        "air": "airstrike",
        "ground": "shelling",
        "people": "displacement",
        "diplomacy": "diplomatic_visit",
        "sea": "port_call",
        "arms": "arms_transfer",
        "other": "other",
    }
)
# A wave below the symbol says that it stands for an unknown number of events.
WAVE = "M-1,1.62C-.72,1.22 -.28,1.22 0,1.62C.28,2.02 .72,2.02 1,1.62"


def shape_of(kind: str, family: str) -> Shape:
    """Give a kind's shape; a kind that an operator added has that of its family."""
    return SHAPES.get(kind) or SHAPES[OF_FAMILY.get(family, "other")]


def draw_symbol(
    canvas: Canvas,
    kind: Kind,
    at: tuple[float, float],
    size: float,
    palette: Palette,
    *,
    form: str = "crisp",
    pattern: bool = False,
) -> None:
    """Draw a symbol with its middle at a point.

    size: half its width. form: "crisp" has a clear edge, "soft" a glow, "plain" neither.
    """
    shape = shape_of(kind.key, kind.family)
    body = _placed(shape.body, at, size)
    colour = palette.of_family(kind.family)
    line = (0.5 if shape.hollow else 0.34) * size
    if form == "soft":
        draw_glow(canvas, at, size * 2.2, colour)
    if form == "crisp":
        edge = Stroke(palette.edge, (line if shape.hollow or pattern else 0) + 3, cap="round")
        canvas.stroke(body, edge)
        if pattern:
            canvas.stroke(_placed(WAVE, at, size), edge)
    if pattern:
        canvas.fill(body, palette.edge, alpha=0.7)
        canvas.stroke(body, Stroke(colour, line, cap="round"))
        canvas.stroke(_placed(WAVE, at, size), Stroke(colour, max(0.22 * size, 1.4), cap="round"))
    elif shape.hollow:
        canvas.stroke(body, Stroke(colour, line, cap="round"))
    else:
        canvas.fill(body, colour)
    if shape.cut:
        inner = Stroke(colour, max(0.18 * size, 1.2)) if pattern else Stroke(palette.edge, max(0.2 * size, 1.4))
        canvas.stroke(_placed(shape.cut, at, size), inner)


def draw_glow(canvas: Canvas, at: tuple[float, float], radius: float, colour: str, strength: float = 1.0) -> None:
    """Draw a disc that fades out towards its edge. strength: from 0 to 1."""
    steps = max(10, min(40, int(radius / 2.5)))
    seen = 0.0
    for step in range(steps, 0, -1):
        share = step / steps
        # The alpha that discs laid over each other are to reach here, as the browser's gradient has it.
        wanted = strength * float(np.interp(share - 0.5 / steps, [0, 0.25, 0.7, 1], [0.4, 0.4, 0.2, 0.0]))
        more = max(0.0, 1 - (1 - wanted) / (1 - seen))
        if more > 0.002:
            canvas.fill(circle(*at, radius * share), colour, alpha=more)
            seen = wanted


def draw_wave(canvas: Canvas, at: tuple[float, float], half: float, colour: str) -> None:
    """Draw the wave alone, the sign of patterns beside their number, with its middle at a point."""
    x, y = at
    points = np.array(
        [
            (x - half, y), (x - half * 0.7, y - 3), (x - half * 0.3, y - 3), (x, y),
            (x + half * 0.3, y + 3), (x + half * 0.7, y + 3), (x + half, y),
        ]
    )  # fmt: skip
    codes = np.array([Path.MOVETO, *[Path.CURVE4] * 6], dtype=np.uint8)
    canvas.stroke(Path(points, codes), Stroke(colour, 1.5, cap="round"))


def _placed(data: str, at: tuple[float, float], size: float) -> Path:
    path = read_path(data)
    return Path(np.round(np.asarray(path.vertices) * size + at, 2), path.codes)


@cache
def read_path(data: str) -> Path:
    """Read SVG path data: the commands M, L, H, V, C, Z and A for arcs of circles, all absolute."""
    points: list[tuple[float, float]] = []
    codes: list[np.uint8] = []
    start = here = (0.0, 0.0)
    for command, rest in re.findall(r"([MLHVCAZ])([^MLHVCAZ]*)", data):
        given = [float(number) for number in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", rest)]
        if command == "Z":
            points.append(start)
            codes.append(Path.CLOSEPOLY)
            here = start
        elif command == "C":
            curve = list(zip(given[::2], given[1::2], strict=True))
            points += curve
            codes += [Path.CURVE4] * len(curve)
            here = curve[-1]
        elif command == "A":
            radius, _, _, large, sweep, x, y = given
            arc = _arc(here, (x, y), radius, large=bool(large), sweep=bool(sweep))
            points += arc
            codes += [Path.CURVE4] * len(arc)
            here = (x, y)
        else:
            x = given[0] if command != "V" else here[0]
            y = given[-1] if command != "H" else here[1]
            here = (x, y)
            points.append(here)
            codes.append(Path.MOVETO if command == "M" else Path.LINETO)
            start = here if command == "M" else start
    return Path(np.array(points), np.array(codes, dtype=np.uint8))


def _arc(
    start: tuple[float, float], end: tuple[float, float], radius: float, *, large: bool, sweep: bool
) -> list[tuple[float, float]]:
    """Give an arc of a circle as cubic curves: two control points and an end for each (SVG 1.1, appendix F.6)."""
    (x1, y1), (x2, y2) = start, end
    dx, dy = (x1 - x2) / 2, (y1 - y2) / 2
    half = math.hypot(dx, dy)
    radius = max(radius, half)
    reach = math.sqrt(max(0.0, radius**2 - half**2)) / half * (1 if large == sweep else -1)
    middle_x, middle_y = (x1 + x2) / 2 - reach * dy, (y1 + y2) / 2 + reach * dx
    first = math.atan2(y1 - middle_y, x1 - middle_x)
    turn = (math.atan2(y2 - middle_y, x2 - middle_x) - first) % (2 * math.pi)
    if not sweep:
        turn -= 2 * math.pi
    count = max(1, math.ceil(abs(turn) / (math.pi / 2) - 1e-9))
    step = turn / count
    pull = 4 / 3 * math.tan(step / 4) * radius
    points: list[tuple[float, float]] = []
    for number in range(count):
        a, b = first + number * step, first + (number + 1) * step
        ax, ay = middle_x + radius * math.cos(a), middle_y + radius * math.sin(a)
        bx, by = middle_x + radius * math.cos(b), middle_y + radius * math.sin(b)
        points += [
            (ax - pull * math.sin(a), ay + pull * math.cos(a)),
            (bx + pull * math.sin(b), by - pull * math.cos(b)),
            (bx, by),
        ]
    return points
