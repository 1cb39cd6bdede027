"""Sweeps over the rows of a set, one by one: what lies in the cells of a grid, and what regions stand for.

Rows lie along a space-filling curve, so that those of a word, sixty-four neighbours, mostly lie in one cell: they are
added to it at once. Sweeps run compiled over many rows and as they are over few, with the same outcome:
arguments must be as `compiling.Runner` holds them. Nothing here checks that numbers lie within them.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from incidents.editions.bitmaps import Words
from incidents.editions.columns import Bytes, Ints, Numbers
from incidents.editions.compiling import Held, Runner, as_unwritten, compiled_as, part
from incidents.editions.grids import WORLD

SOURCE = Path(__file__)
"""What is compiled is kept for this file as it is."""

FAMILIES = ("air", "ground", "people", "diplomacy", "sea", "arms", "other")
"""What groups kinds for the eye; the order of the counts in a cell."""
_FAMILIES = len(FAMILIES)


def _record(*names: str) -> np.dtype[np.void]:
    """Give the type of a record of whole numbers by name, those of each family together."""
    return np.dtype(
        [(name, np.int64, (_FAMILIES,)) if name == "families" else (name, np.int64) for name in names], align=True
    )


CELL = _record(
    *("cell", "rows", "count", "patterns", "families", "x", "west", "east", "y", "north", "south", "coarse", "first")
)
"""What lies in a cell, as clustering.Clusters has it."""
AREA = _record("rows", "count", "patterns", "families")
"""What a region stands for, likewise."""
SENT = _record(
    *("step", "further", "patterns", "families", "coarse"),
    *("x", "mean_x", "west", "east", "y", "mean_y", "north", "south", "precision", "radius"),
    *("first", "kind", "pattern", "earliest", "latest"),
)
"""What is sent of a cell, as clustering.Clusters.to_bytes has it."""

Records = npt.NDArray[Any]
Record = Any
"""One of them, whose numbers are its attributes."""
Number = Any
"""A whole number, Python's or one of numpy's: the compiler tells them apart."""
Boxes = tuple[Ints, Ints, Ints, Ints]
Sets = npt.NDArray[np.uint64]
Placed = tuple[Ints, Ints, Bytes, Sets]
"""x, y and code of each row, which is 4 * family, 2 for a pattern and 1 where it claims a point; and, as sets, the rows
of each family, patterns, and what claims a point."""
Lines = tuple[int, int, int, int, int]
"""A grid's across, first column and row, last column and row."""
Places = npt.NDArray[np.int32]
"""By row and column of a grid, where among what was found a cell is."""
Edges = tuple[Numbers, Numbers, Numbers, Numbers]
"""The least and greatest x of a grid's columns, and y of its rows."""

# Where rows lie apart, means are rounded to a part of a cell of so many bits, a fifth of a pixel, and their spread to a
# larger one: what nobody sees would be most of an answer's bytes.
_MEAN_BITS = 6
_SPREAD_BITS = 5
# From so many rows of a word on it is quicker to look at all sixty-four at once.
_MANY = 12
_FARTHEST = np.int32(WORLD - 1)
_NOWHERE = np.int32(-1)
_ONE = np.uint64(1)


def name_numbers(record: np.dtype[np.void]) -> list[str]:
    """Name the numbers of a record in their order."""
    return [one for name in record.names or () for one in (FAMILIES if name == "families" else (name,))]


def _count_bits(word: Number) -> Number:
    return word.bit_count()


@compiled_as(_count_bits)
def _count_bits_at_once(word: Number) -> Number:
    # The compiler knows these steps, and takes the machine's own instruction for them.
    word -= word >> _ONE & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + (word >> np.uint64(2) & np.uint64(0x3333333333333333))
    word = word + (word >> np.uint64(4)) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64(word * np.uint64(0x0101010101010101) >> np.uint64(56))


def _lowest(word: Number) -> Number:
    """Give the place of the lowest bit that is set."""
    return (word & -word).bit_length() - 1


@compiled_as(_lowest)
def _lowest_at_once(word: Number) -> Number:
    return _count_bits(~word & word - _ONE)


def _without_lowest(word: Number) -> Number:
    return word & word - 1


@compiled_as(_without_lowest)
def _without_lowest_at_once(word: Number) -> Number:
    return word & word - _ONE


def _has(words: Words, row: Number) -> Number:
    return words[row >> 6] >> (row & 63) & 1 != 0


@compiled_as(_has)
def _has_at_once(words: Words, row: Number) -> Number:
    return words[row >> 6] >> np.uint64(row & 63) & _ONE != 0


def _plain(values: npt.NDArray[Any]) -> Held:
    """Give values as they are read quickest."""
    return values.tolist()


@compiled_as(_plain)
def _plain_at_once(values: npt.NDArray[Any]) -> Held:
    return values


@part
def _find_edges(first: Number, count: Number, across: Number) -> tuple[Numbers, Numbers]:
    least, most = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    for at in range(count):
        line = (first + at) % across
        # As Grid.begin has it.
        least[at] = -((-line * WORLD) // across)
        most[at] = -((-(line + 1) * WORLD) // across) - 1
    return _plain(least), _plain(most)


@part
def _divide(grid: Lines) -> Edges:
    across, first_column, first_row, last_column, last_row = grid
    width = last_column - first_column + 1 + (across if first_column > last_column else 0)
    left, right = _find_edges(first_column, width, across)
    top, bottom = _find_edges(first_row, last_row - first_row + 1, across)
    return left, right, top, bottom


@part
def _find(x: Number, y: Number, grid: Lines) -> tuple[Number, Number]:
    """Give the column and the row of the grid where something lies, from 0; what it does not have for elsewhere."""
    column = (x * grid[0] >> 31) - grid[1]
    return column + (grid[0] if column < 0 else 0), (y * grid[0] >> 31) - grid[2]


@part
def _place(x: Number, y: Number, grid: Lines, places: Places) -> Number:
    """Give where the cell is found in which something lies; 0 for none."""
    column, line = _find(x, y, grid)
    is_there = column < places.shape[1] and 0 <= line < places.shape[0]
    return places[line, column] if is_there else 0


@part
def _is_beside(is_east: Number, is_west: Number, is_over: Number) -> Number:
    """Tell whether a box is no column's, being east of the last or west of the first, or both over the antimeridian."""
    return (is_east and is_west) if is_over else (is_east or is_west)


def box_words(words: Words, x: Ints, y: Ints) -> Boxes:
    """Give the box around the rows of each word: west, north, east, south; none has one that misses every grid."""
    sides = np.empty((4, len(words)), dtype=np.int32)
    for at in range(len(words)):
        west, north, east, south = WORLD - 1, WORLD - 1, -1, -1
        word = words[at]
        while word != 0:
            row = at * 64 + _lowest(word)
            word = _without_lowest(word)
            west, east = min(west, x[row]), max(east, x[row])
            north, south = min(north, y[row]), max(south, y[row])
        sides[0, at], sides[1, at], sides[2, at], sides[3, at] = west, north, east, south
    return _plain(sides[0]), _plain(sides[1]), _plain(sides[2]), _plain(sides[3])


@part
def _begin(one: Record, cell: Number, first: Number) -> None:
    for family in range(_FAMILIES):
        one["families"][family] = 0
    one["cell"], one["first"] = cell, first
    one["rows"] = one["count"] = one["patterns"] = one["coarse"] = one["x"] = one["y"] = 0
    one["west"], one["north"], one["east"], one["south"] = WORLD, WORLD, -1, -1


def _measure(values: Ints, word: Number) -> tuple[Number, Number, Number]:
    """Give sum, least and greatest of those of sixty-four values whose bits are set."""
    measured = [value for bit, value in enumerate(values) if word >> bit & 1]
    return sum(measured), min(measured), max(measured)


@compiled_as(_measure)
def _measure_at_once(values: Ints, word: Number) -> tuple[Number, Number, Number]:
    # All are looked at, several by one instruction.
    added: Number = 0
    least, greatest = _FARTHEST, _NOWHERE
    for bit in range(64):
        is_set = word >> np.uint64(bit) & _ONE != 0
        added += values[bit] if is_set else np.int32(0)
        least = min(least, values[bit] if is_set else _FARTHEST)
        greatest = max(greatest, values[bit] if is_set else _NOWHERE)
    return added, least, greatest


@part
def _add(
    one: Record,
    counts: tuple[Number, Number, Number],
    along: tuple[Number, Number, Number],
    down: tuple[Number, Number, Number],
) -> None:
    """Add to a cell rows, patterns and what claims a point; and sum, least and greatest of x, and of y."""
    rows, patterns, claiming = counts
    one["rows"] += rows
    one["count"] += rows - patterns
    one["patterns"] += patterns
    one["coarse"] += claiming
    one["x"] += along[0]
    one["y"] += down[0]
    one["west"], one["east"] = min(one["west"], along[1]), max(one["east"], along[2])
    one["north"], one["south"] = min(one["north"], down[1]), max(one["south"], down[2])


@part
def _add_many(one: Record, word: Number, at: Number, x: Ints, y: Ints, sets: Sets) -> None:
    """Add the rows of a word to the cell in which they all lie. at: the word's place."""
    for family in range(_FAMILIES):
        one["families"][family] += _count_bits(word & sets[family][at])
    patterns = _count_bits(word & sets[_FAMILIES][at])
    claiming = _count_bits(word & sets[_FAMILIES + 1][at])
    here = slice(at * 64, at * 64 + 64)
    _add(one, (_count_bits(word), patterns, claiming), _measure(x[here], word), _measure(y[here], word))


@part
def _add_some(
    one: Record,
    word: Number,
    at: Number,
    xs: Ints,
    ys: Ints,
    codes: Bytes,
    cell: tuple[Number, Number, Number, Number],
) -> Number:
    """Add the first rows of a word, up to one that lies elsewhere than in the cell, and give the rest.

    cell: west, north, east, south.
    """
    left, top, right, bottom = cell
    rows, patterns, claiming = 0, 0, 0
    x_sum: Number = 0
    y_sum: Number = 0
    west, north, east, south = right, bottom, left, top
    while word != 0:
        row = at * 64 + _lowest(word)
        x, y, code = xs[row], ys[row], codes[row]
        if x < left or x > right or y < top or y > bottom:
            break
        word = _without_lowest(word)
        one["families"][code >> 2] += 1
        rows += 1
        patterns += code >> 1 & 1
        claiming += code & 1
        x_sum += x
        y_sum += y
        west, east = min(west, x), max(east, x)
        north, south = min(north, y), max(south, y)
    _add(one, (rows, patterns, claiming), (x_sum, west, east), (y_sum, north, south))
    return word


@part
def _shifts(across: Number) -> tuple[Number, Number]:
    """Give by how many bits means and spreads are rounded."""
    bits, size = 0, -(-WORLD // across) - 1
    while size > 0:
        bits, size = bits + 1, size >> 1
    return max(0, bits - _MEAN_BITS), max(0, bits - _SPREAD_BITS)


@part
def _round(
    values: tuple[Number, Number, Number], least: Number, most: Number, bits: tuple[Number, Number]
) -> tuple[Number, Number, Number]:
    """Round a mean, and a spread outwards within the cell."""
    middle, low, high = values[0] - least, values[1] - least, values[2] - least
    mean, spread = bits
    return (
        min(least + (middle >> mean << mean) + (1 << mean >> 1), most),
        least + (low >> spread << spread),
        min(least + ((high >> spread) + 1 << spread) - 1, most),
    )


@part
def _finish(found: Records, places: Places, known: Number, edges: Edges, across: Number) -> Records:
    """Give what was found in the order of cells, with means instead of sums, and rounded."""
    left, right, top, bottom = edges
    bits = _shifts(across)
    cells = np.empty(known, dtype=CELL)
    filled = np.flatnonzero(places)
    for at in range(known):
        cells[at] = found[places.flat[filled[at]]]
        one = cells[at]
        one["coarse"] = one["coarse"] == 0
        one["x"] //= one["rows"]
        one["y"] //= one["rows"]
        # But where all rows lie in one place.
        if one["west"] != one["east"] or one["north"] != one["south"]:
            line, column = one["cell"] // len(left), one["cell"] % len(left)
            least, most = left[column], right[column]
            one["x"], one["west"], one["east"] = _round((one["x"], one["west"], one["east"]), least, most, bits)
            least, most = top[line], bottom[line]
            one["y"], one["north"], one["south"] = _round((one["y"], one["north"], one["south"]), least, most, bits)
    return cells


def gather(words: Words, placed: Placed, boxes: Boxes, further: tuple[Ints, Ints], grid: Lines) -> Records:
    """Give the CELLs that have any of a set's rows, in their order. words: of rows that have a place of their own.

    boxes: as box_words has them, of those rows or more. further: incidents and patterns by which nothing is counted,
    that are selected; these may have no place.
    """
    edges = _divide(grid)
    left, right, top, bottom = edges
    x, y, codes, sets = placed
    width, height, is_over = len(left), len(top), grid[1] > grid[3]
    west, north, east, south = boxes
    box = left[0], top[0], right[-1], bottom[-1]
    # Where each cell is found: at 0 what lies in none.
    places = np.zeros((height, width), dtype=np.int32)
    found: Records = np.empty(places.size + 1, dtype=CELL)
    known = 0
    _begin(found[0], -1, -1)
    for at in range(len(words)):
        word = words[at]
        if word == 0 or south[at] < box[1] or north[at] > box[3]:
            continue
        if _is_beside(west[at] > box[2], east[at] < box[0], is_over):
            continue
        while word != 0:
            row = at * 64 + _lowest(word)
            column, line = _find(x[row], y[row], grid)
            if column >= width or line < 0 or line >= height:
                word = _without_lowest(word)
                continue
            if places[line, column] == 0:
                known += 1
                places[line, column] = known
                _begin(found[known], line * width + column, row)
            cell = left[column], top[line], right[column], bottom[line]
            is_within = west[at] >= cell[0] and east[at] <= cell[2] and north[at] >= cell[1] and south[at] <= cell[3]
            one = found[places[line, column]]
            if is_within and at * 64 + 64 <= len(x) and _count_bits(word) >= _MANY:
                _add_many(one, word, at, x, y, sets)
                break
            word = _add_some(one, word, at, x, y, codes, cell)
    for row in further[0]:
        found[_place(x[row], y[row], grid, places) if _has(words, row) else 0]["count"] -= 1
    for row in further[1]:
        found[_place(x[row], y[row], grid, places) if _has(words, row) else 0]["patterns"] -= 1
    return _finish(found, places, known, edges, grid[0])


def gather_areas(
    words: Words, area: npt.NDArray[np.int16], codes: Bytes, further: tuple[Ints, Ints], regions: Number
) -> Records:
    """Give the AREA of each of so many regions. words: of rows for which one stands. further: as above."""
    found = np.zeros(regions, dtype=AREA)
    for at in range(len(words)):
        word = words[at]
        while word != 0:
            row = at * 64 + _lowest(word)
            word = _without_lowest(word)
            one, code = found[area[row]], codes[row]
            one["rows"] += 1
            one["patterns"] += code >> 1 & 1
            one["families"][code >> 2] += 1
    for region in range(regions):
        one = found[region]
        one["count"] = one["rows"] - one["patterns"]
    for row in further[0]:
        if _has(words, row):
            found[area[row]]["count"] -= 1
    for row in further[1]:
        if _has(words, row):
            found[area[row]]["patterns"] -= 1
    return found


@part
def _count(one: Record, line: Record) -> None:
    line["further"] = one["rows"] - one["count"] - one["patterns"]
    line["patterns"] = one["patterns"]
    for family in range(_FAMILIES):
        line["families"][family] = one["families"][family]


def tabulate(
    cells: Records, regions: Numbers, areas: Records, of_rows: tuple[Bytes, Bytes, Bytes, Ints, Ints, Ints], grid: Lines
) -> Records:
    """Give what is SENT of cells, and after them of areas. regions: their places.

    of_rows: kind, precision, pattern, radius, earliest and latest of each row.
    """
    kind, precision, pattern, radius, earliest, latest = of_rows
    left, _, top, _ = _divide(grid)
    mean, spread = _shifts(grid[0])
    sent = np.zeros(len(cells) + len(regions), dtype=SENT)
    for at in range(len(cells)):
        one, line = cells[at], sent[at]
        line["step"] = one["cell"] - (cells[at - 1]["cell"] if at else 0)
        _count(one, line)
        line["coarse"] = one["coarse"]
        x, y = left[one["cell"] % len(left)], top[one["cell"] // len(left)]
        if one["west"] != one["east"] or one["north"] != one["south"]:
            line["mean_x"], line["mean_y"] = one["x"] - x >> mean, one["y"] - y >> mean
            line["west"], line["east"] = one["west"] - x >> spread, one["east"] - x >> spread
            line["north"], line["south"] = one["north"] - y >> spread, one["south"] - y >> spread
        else:
            line["x"], line["y"] = one["x"] - x + 1, one["y"] - y + 1
            line["precision"], line["radius"] = precision[one["first"]], radius[one["first"]]
        if one["rows"] == 1:
            line["first"], line["kind"], line["pattern"] = one["first"], kind[one["first"]], pattern[one["first"]]
            line["earliest"], line["latest"] = earliest[one["first"]], latest[one["first"]]
    for at in range(len(regions)):
        line = sent[len(cells) + at]
        line["step"] = regions[at] - (regions[at - 1] if at else 0)
        _count(areas[at], line)
    return sent


def compile_all() -> None:
    """Compile everything here for an edition's columns, and keep it for whoever runs it next; or find that it is."""
    runner = Runner(is_compiled=True)
    run, hold = runner.run, runner.hold
    words, numbers = hold(np.zeros(0, dtype=np.uint64)), hold(np.zeros(0, dtype=np.int64))
    small, short, whole = (hold(np.zeros(0, dtype=type_)) for type_ in (np.uint8, np.int16, np.int32))
    placed = whole, whole, small, hold(np.zeros((_FAMILIES + 2, 0), dtype=np.uint64))
    grid, further = (1, 0, 0, 0, 0), (whole, whole)
    cells = run(gather)(words, placed, run(box_words)(words, whole, whole), further, grid)
    areas = run(gather_areas)(words, short, small, further, 0)
    run(tabulate)(as_unwritten(cells), numbers, as_unwritten(areas), (small, small, small, whole, whole, whole), grid)
