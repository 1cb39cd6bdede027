"""What is known to no more than a region: its area hatched or outlined, and how much in words. Never a pin.

The same as assets/src/areas_layer.js, area_labels.js and label_places.js do in the browser.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from app.pictures.canvas import Canvas, Stroke, TextStyle, join, measure, polyline, rounded, vertices
from app.pictures.frames import Frame
from app.pictures.glyphs import Glyph
from app.pictures.outlines import SMALLEST, Area
from app.pictures.palette import Palette
from app.pictures.picture import Box
from app.pictures.shapes import path_of
from app.pictures.symbols import draw_wave

TEXT = TextStyle(13)
HEIGHT = 26.0
# Points inside a region are looked for on a grid of this many by as many; smaller ones are counted with their parent.
_PARTS = 12
_SMALL = 64.0
# Outlines of what is hatched need not be close: smaller islands are left out, and points nearer to each other.
_ISLAND, _STEP = 6.0, 1.5
# What is smaller in view is not seen; what lies so far beside it leaves no trace in it.
_SPECK, _BESIDE_VIEW = 2.0, 8.0
# How far from its region a label may lie, in pixels; a country's label stands somewhere in any case.
_CLOSE, _BESIDE = 8.0, 56.0
_NOTHING = join([])


@dataclass(slots=True)
class Label:
    """A count in words. x, y: its middle. start: the point of the region from which a line leads to it."""

    code: str
    text: str
    waved: bool
    rows: int
    width: float
    x: float = 0.0
    y: float = 0.0
    start: tuple[float, float] | None = None

    @property
    def box(self) -> Box:
        """What it takes of the sheet."""
        half = self.width / 2
        return self.x - half, self.y - HEIGHT / 2, self.x + half, self.y + HEIGHT / 2


@dataclass(frozen=True, slots=True)
class Aside:
    """What is known to no more than a region and has no label: in words, and how many records it is."""

    code: str
    text: str
    rows: int


@dataclass(frozen=True, slots=True)
class Sight:
    """A region as a frame shows it. path: what of it is in view, and a little beyond. points: some that lie in that.

    Without points it is out of view, or too small to be seen; without a path too small to be drawn by itself. Where the
    world stands in view more than once, the points lie on one copy of it: the one nearest the middle of the map that
    has any.
    """

    area: Area
    path: Path
    points: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Group:
    code: str
    name: str
    rows: int
    incidents: int
    patterns: int
    points: NDArray[np.float64]
    codes: tuple[str, ...]


def see_areas(areas: Sequence[Area], frame: Frame) -> list[Sight]:
    """Find what of each region is in view, in the order given."""
    if not areas:
        return []
    boxes = np.concatenate([area.rings.boxes for area in areas])
    # Where each region's boxes begin. All of them are looked at together, since there may be thousands.
    begins = np.cumsum([0, *(len(area.rings.boxes) for area in areas[:-1])])
    small = np.array([area.rings.size * frame.scale < SMALLEST[min(area.level, 1)] for area in areas])
    west, north, east, south = frame.edges()
    beyond = _BESIDE_VIEW / frame.scale
    near = (boxes[:, 3] >= north - beyond) & (boxes[:, 1] <= south + beyond)
    copies = frame.copies()
    shown, points = [], []
    for copy in copies:
        met = near & (boxes[:, 2] + copy >= west - beyond) & (boxes[:, 0] + copy <= east + beyond)
        shown.append(np.logical_or.reduceat(met, begins))
        points.append(_points_of_small(boxes, begins, copy, frame))

    def see(at: int, area: Area) -> Sight:
        found = [number for number in range(len(copies)) if shown[number][at]]
        if len(found) > 1:
            widest = max(area.rings.boxes.tolist(), key=lambda box: box[2] - box[0])
            middle = (widest[0] + widest[2]) / 2 - frame.middle[0]
            found.sort(key=lambda number: abs(middle + copies[number]))
        if not found:
            return Sight(area, _NOTHING, np.empty((0, 2)))
        if small[at]:
            place = points[found[0]][at : at + 1]
            return Sight(area, _NOTHING, place[~np.isnan(place[:, 0])])
        paths = [
            path_of(area.rings, frame, closed=True, least=_ISLAND, step=_STEP, copies=(copies[number],))
            for number in found
        ]
        seen = (_points_inside(path, frame) for path in paths)
        return Sight(area, join(paths), next((points for points in seen if len(points)), np.empty((0, 2))))

    return [see(at, area) for at, area in enumerate(areas)]


def _points_of_small(
    boxes: NDArray[np.float64], begins: NDArray[np.int64], copy: int, frame: Frame
) -> NDArray[np.float64]:
    """Give for each region the middle of what is in view of its boxes; not a number where that is a speck."""
    left, top, right, bottom = frame.box
    corners = (boxes + np.array([copy, 0, copy, 0])) * frame.scale - (frame.left, frame.top) * 2
    corners = np.clip(corners, (left + 8, top + 8) * 2, (right - 8, bottom - 8) * 2)
    first, last = np.minimum.reduceat(corners[:, :2], begins), np.maximum.reduceat(corners[:, 2:], begins)
    speck = (last[:, 0] - first[:, 0] < _SPECK) & (last[:, 1] - first[:, 1] < _SPECK)
    return np.where(speck[:, None], np.nan, (first + last) / 2)


def draw_areas(canvas: Canvas, frame: Frame, sights: Sequence[Sight], palette: Palette, *, hatched: bool) -> None:
    """Outline regions, and hatch them where nothing else on the map is hatched.

    A country's lines fall one way and lie wide, those of the units in it the other way and closer.
    """
    # Close up a region fills the view, and its lines would lie over everything.
    fade = max(0.18, min(1.0, 1 - (frame.zoom - 5.5) * 0.25))
    for country, some in groupby(sights, key=lambda sight: sight.area.level == 0):
        # As one path: each that lines are held within costs a mask of the whole sheet.
        path = join([sight.path for sight in some])
        if not len(vertices(path)):
            continue
        if hatched:
            step, turn = (12.0, 1.0) if country else (8.0, -1.0)
            hatch = Stroke(palette.hatch, 1.0, alpha=(0.2 if country else 0.4) * fade)
            canvas.stroke(_lines(frame, step, turn), hatch, inside=path, clip=frame.box)
        # Where a region is cut, the path runs beyond the edge of the map.
        canvas.stroke(path, Stroke(palette.hatch, 1.0, alpha=0.55, dash=(4, 3)), clip=frame.box)


def lay_labels(
    frame: Frame,
    sights: Sequence[Sight],
    glyphs: Sequence[Glyph],
    parents: Mapping[str, tuple[str, str | None]],
    mute: Collection[str] = (),
    taken: Sequence[Box] = (),
) -> tuple[list[Label], list[Aside]]:
    """Find a place for a label of each region in view: in it or beside it, where it hides the least.

    Those too small to be told apart, and those whose label would hide symbols, are counted with what they are parts
    of. parents: name and parent of each region by code. mute: codes that get no label. taken: boxes where none may
    stand. Gives apart what is out of view, and what would hide symbols wherever it stood: that is to be said beside the
    map.
    """
    labels: list[Label] = []
    aside: list[Aside] = []
    wholes: dict[str, _Group] = {}
    boxes = list(taken)
    discs = np.array([(glyph.x, glyph.y, glyph.radius + 5) for glyph in glyphs], dtype=float).reshape(-1, 3)

    def put(label: Label, points: NDArray[np.float64], *reaches: float) -> bool:
        found = any(_put(label, points, frame, discs, boxes, reach) for reach in reaches)
        if found:
            labels.append(label)
            boxes.append(label.box)
        return found

    # The larger regions come last: they have more room to give way, and take in what found none.
    for sight in reversed(sights):
        area, points = sight.area, sight.points
        if not len(points):
            aside.append(Aside(area.code, say_known_only_to(area.incidents, area.patterns, area.name), area.rows))
            continue
        group = _Group(area.code, area.name, area.rows, area.incidents, area.patterns, points, (area.code,))
        parent = parents.get(area.parent or "")
        if parent and not _is_small(points) and put(_make_label(group), points, _CLOSE):
            continue
        whole = (area.parent or "", parent[0]) if parent else (area.code, area.name)
        held = wholes.get(whole[0])
        wholes[whole[0]] = _together(*whole, held, group) if held else group
    for group in wholes.values():
        if group.code not in mute and put(_make_label(group), group.points, _CLOSE, _BESIDE):
            continue
        aside.append(Aside(group.code, _word(group), group.rows))
    return labels, aside


def draw_leads(canvas: Canvas, labels: Sequence[Label], palette: Palette) -> None:
    """Draw the lines that lead to labels; symbols lie over them."""
    for label in labels:
        if label.start:
            x = max(label.x - label.width / 2 + 12, min(label.x + label.width / 2 - 12, label.start[0]))
            canvas.stroke(polyline(np.array([label.start, (x, label.y)])), Stroke(palette.hatch))
            dot = polyline(np.array([label.start, label.start]))
            canvas.stroke(dot, Stroke(palette.hatch, 5.0, cap="round"))


def draw_labels(canvas: Canvas, labels: Sequence[Label], palette: Palette) -> None:
    """Draw the labels, over what leads to them."""
    for label in labels:
        left, top = label.x - label.width / 2, label.y - HEIGHT / 2
        plate = rounded(left, top, left + label.width, top + HEIGHT, HEIGHT / 2)
        canvas.fill(plate, palette.panel)
        canvas.stroke(plate, Stroke(palette.hatch, 1.0, dash=(3, 2)))
        canvas.text((left + 13, label.y + 4.7), label.text, TEXT, palette.ink)
        if label.waved:
            draw_wave(canvas, (left + label.width - 19, label.y + 0.5), 6, palette.ink)


def say_known_only_to(incidents: int, patterns: int, where: str) -> str:
    """Say how much is known to no more than a region: "3 known only to Sagaing"."""
    amount = f"{incidents:,}" if incidents else "1 pattern" if patterns == 1 else f"{patterns:,} patterns"
    return f"{amount if incidents or patterns else 'Others'} known only to {where}"


def _word(group: _Group) -> str:
    parts = sum(code != group.code for code in group.codes)
    where = group.name
    if parts:
        where = f"{where} or parts of it" if parts < len(group.codes) else f"parts of {where}"
    return say_known_only_to(group.incidents, group.patterns, where)


def _make_label(group: _Group) -> Label:
    text = _word(group)
    waved = group.incidents > 0 and group.patterns > 0
    return Label(group.code, text, waved, group.rows, measure(text, TEXT) + (44 if waved else 26))


def _together(code: str, name: str, held: _Group, added: _Group) -> _Group:
    """Count two groups as one of a whole; the whole's own points are kept where one of them is the whole itself."""
    return _Group(
        code,
        name,
        held.rows + added.rows,
        held.incidents + added.incidents,
        held.patterns + added.patterns,
        added.points if added.code == code else held.points,
        held.codes + added.codes,
    )


def _lines(frame: Frame, step: float, turn: float) -> Path:
    """Give parallel lines over a whole map: `step` apart, falling to the left for a turn of 1, to the right for -1."""
    left, top, right, bottom = frame.box
    height = bottom - top
    reach = np.arange(left - height - step, right + height + step, step)
    return join([polyline(np.array([[at, top], [at - turn * height, bottom]])) for at in reach])


def _points_inside(path: Path, frame: Frame) -> NDArray[np.float64]:
    """Give points of a grid that lie in the visible part of a region; one at least when any of it is in view."""
    if not len(vertices(path)):
        return np.empty((0, 2))
    left, top, right, bottom = frame.box
    points = np.clip(vertices(path), (left + 8, top + 8), (right - 8, bottom - 8))
    (west, north), (east, south) = points.min(axis=0), points.max(axis=0)
    if east - west < _SPECK and south - north < _SPECK:
        return np.empty((0, 2))
    steps = (np.arange(_PARTS) + 0.5) / _PARTS
    grid = np.stack(np.meshgrid(west + (east - west) * steps, north + (south - north) * steps), axis=-1).reshape(-1, 2)
    inside = grid[path.contains_points(grid)]
    return inside if len(inside) else np.array([[(west + east) / 2, (north + south) / 2]])


def _is_small(points: NDArray[np.float64]) -> bool:
    return bool((points.max(axis=0) - points.min(axis=0)).max() < _SMALL)


def _put(
    label: Label,
    inside: NDArray[np.float64],
    frame: Frame,
    discs: NDArray[np.float64],
    others: Sequence[Box],
    reach: float,
) -> bool:
    """Put a label where it hides nothing and lies nearest; give whether there is such a place.

    discs: x, y and radius of what it may not hide, others: boxes.
    """
    left, top, right, bottom = frame.box
    if label.width > right - left - 16 or bottom - top - 16 < HEIGHT:
        return False
    half = np.array([label.width / 2, HEIGHT / 2])
    least = np.array([left + 8, top + 8]) + half
    most = np.maximum(least, np.array([right - 8, bottom - 8]) - half)
    low = np.clip(inside.min(axis=0) - half - reach, least, most)
    high = np.clip(inside.max(axis=0) + half + reach, least, most)
    columns, rows = np.linspace(low[0], high[0], 21), np.linspace(low[1], high[1], 31)
    free = _is_free(columns, rows, half, discs, others)
    at = np.stack(np.meshgrid(columns, rows), -1)[free]
    if not len(at):
        return False
    apart = np.maximum(0, np.abs(at[:, None, :] - inside[None, :, :]) - half)
    distances = np.hypot(apart[:, :, 0], apart[:, :, 1])
    away = distances.min(axis=1)
    best = int((3 * away + 0.4 * np.hypot(*(at - inside.mean(axis=0)).T)).argmin())
    label.x, label.y = (float(round(value)) for value in at[best])
    label.start = None if _lies_in(at[best], half, inside) else _landing(at[best], half, inside)
    return True


def _lies_in(at: NDArray[np.float64], half: NDArray[np.float64], inside: NDArray[np.float64]) -> bool:
    """Say whether a label's length lies over its region, as closely as the region's points tell."""
    step = np.maximum(4, (inside.max(axis=0) - inside.min(axis=0)) / (_PARTS - 1))
    along = at + np.array([[-0.8, 0.0], [0.0, 0.0], [0.8, 0.0]]) * half
    return bool((np.abs(along[:, None, :] - inside[None, :, :]) <= step).all(axis=2).any(axis=1).all())


def _landing(
    at: NDArray[np.float64], half: NDArray[np.float64], inside: NDArray[np.float64]
) -> tuple[float, float] | None:
    """Give the nearest point of the region that a label does not hide; None where it hides all."""
    apart = np.abs(inside - at) - half - 4
    seen = inside[(apart > 0).any(axis=1)]
    if not len(seen):
        return None
    far = np.hypot(*np.maximum(0, np.abs(seen - at) - half - 4).T)
    x, y = seen[int(far.argmin())]
    return float(x), float(y)


def _is_free(
    columns: NDArray[np.float64],
    rows: NDArray[np.float64],
    half: NDArray[np.float64],
    discs: NDArray[np.float64],
    others: Sequence[Box],
) -> NDArray[np.bool_]:
    """Say of each place of a grid, by row and column, whether a label would hide nothing there."""
    free = np.ones((len(rows), len(columns)), dtype=bool)
    for west, north, east, south in others:
        beside = (columns + half[0] + 6 < west) | (columns - half[0] - 6 > east)
        free &= beside | ((rows + half[1] + 6 < north) | (rows - half[1] - 6 > south))[:, None]
    x, y, keep = discs.T
    near = (x + keep >= columns[0] - half[0]) & (x - keep <= columns[-1] + half[0])
    near &= (y + keep >= rows[0] - half[1]) & (y - keep <= rows[-1] + half[1])
    if not near.any() or not free.any():
        return free
    across = np.maximum(0, np.abs(columns[:, None] - x[near]) - half[0]) ** 2
    down = np.maximum(0, np.abs(rows[:, None] - y[near]) - half[1]) ** 2
    free &= (across[None, :, :] + down[:, None, :] >= keep[near] ** 2).all(axis=2)
    return free
