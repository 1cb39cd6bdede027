"""How far regions reach: which of them a map of some cells may say something of.

It knows no outline, only the boxes around them, and counts nothing.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from incidents.editions.columns import Bits, RegionTerm, place
from incidents.editions.grids import Grid


class Reach:
    """The boxes of an edition's regions, each with the one of what it is part of."""

    def __init__(self, regions: Sequence[RegionTerm], boxes: Mapping[str, tuple[float, ...]]) -> None:
        """Keep them. boxes: west, south, east, north in degrees, by code; a region without one may lie anywhere."""
        everywhere = (-180.0, -90.0, 180.0, 90.0)
        degrees = np.array([boxes.get(region.code, everywhere) for region in regions], dtype=np.float64).reshape(-1, 4)
        (self._west, self._south), (self._east, self._north) = (
            place(degrees[:, at], degrees[:, at + 1]) for at in (0, 2)
        )
        places = {region.code: at for at, region in enumerate(regions)}
        self._parent = np.array(
            [places.get(region.parent or "", at) for at, region in enumerate(regions)], dtype=np.int64
        )
        finest = max((region.level for region in regions), default=0)
        # What is known only to a coarser one is said of the world as a whole where maps are filled by a finer one.
        self._always = np.array([region.level < finest for region in regions], dtype=bool)

    def meet(self, grid: Grid) -> Bits:
        """Tell of each region whether it is coarser than the finest, or its box or its parent's meets the cells."""
        left, right, top, bottom = (
            grid.begin(edge) for edge in (grid.first_column, grid.last_column + 1, grid.first_row, grid.last_row + 1)
        )
        over = self._west > self._east
        from_left, to_right = self._east >= left, self._west <= right
        across = from_left & to_right | over & (from_left | to_right)
        if grid.first_column > grid.last_column:
            across = from_left | to_right | over
        near = across & (self._south >= top) & (self._north <= bottom)
        return np.asarray(self._always | near | near[self._parent])
