"""Boxes and grids over the world's square of spherical Mercator (EPSG:3857), in whole units.

It knows no row and needs no library: whoever reads an address knows it, too.
"""

from dataclasses import dataclass

WORLD = 2**31
"""The side of the square, in units of x (eastwards) and y (southwards)."""
MOST_CELLS = 40_000
"""How many cells an answer may have."""
MOST_ACROSS = 2**24
"""Into how many columns the world may be divided."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box in the columns' units of x and y, its edges included. west greater than east: over the antimeridian."""

    west: int
    north: int
    east: int
    south: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Some cells of the world's square when it is divided into across x across: columns and rows from 0, inclusive.

    first_column greater than last_column means that they go over the antimeridian.
    """

    across: int
    first_column: int
    first_row: int
    last_column: int
    last_row: int

    @property
    def width(self) -> int:
        """How many columns."""
        over = self.across if self.first_column > self.last_column else 0
        return self.last_column - self.first_column + 1 + over

    @property
    def cells(self) -> int:
        """How many cells."""
        return self.width * (self.last_row - self.first_row + 1)

    def begin(self, line: int) -> int:
        """Give the least x (or y) that lies in a column (or row)."""
        return -(-line * WORLD // self.across)
