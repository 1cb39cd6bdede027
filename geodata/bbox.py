"""Bounding boxes in the order of RFC 7946 section 5: west, south, east, north."""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from geodata.errors import BadBBox

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class BBox:
    """A box in degrees; west greater than east means that it crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        """Refuse boxes outside the world or upside down."""
        if not all(math.isfinite(value) for value in (self.west, self.south, self.east, self.north)):
            msg = "each of the four numbers must be finite"
            raise BadBBox(msg)
        if not (-180 <= self.west <= 180 and -180 <= self.east <= 180):
            msg = "west and east must lie from -180 to 180"
            raise BadBBox(msg)
        if not -90 <= self.south <= self.north <= 90:
            msg = "south and north must lie from -90 to 90, south first"
            raise BadBBox(msg)

    @property
    def crosses_antimeridian(self) -> bool:
        """Whether the box goes over 180 degrees (RFC 7946 section 5.2)."""
        return self.west > self.east

    def parts(self) -> Iterator["BBox"]:
        """Give the one or two boxes, none crossing the antimeridian, that make up this one."""
        if self.crosses_antimeridian:
            yield BBox(self.west, self.south, 180, self.north)
            yield BBox(-180, self.south, self.east, self.north)
        else:
            yield self


def join_spans(spans: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """Give west and east of the narrowest that holds some spans of longitudes, none of which crosses 180 degrees.

    West is greater than east where that crosses it (RFC 7946 section 5.2).
    """
    rising = sorted(spans)
    west, east = rising[0][0], max(end for _, end in rising)
    gap, found, reached = west + 360 - east, (west, east), west
    for begin, end in rising:
        if begin - reached > gap:
            gap, found = begin - reached, (begin, reached)
        reached = max(reached, end)
    return found


def parse_bbox(text: str) -> BBox:
    """Read "west,south,east,north" in degrees. Raises BadBBox."""
    parts = [part.strip() for part in text.split(",")]
    # float() takes more than numbers are written with: 1_0, say, and digits of other scripts.
    if len(parts) != 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        msg = "a box is four numbers: west,south,east,north"
        raise BadBBox(msg)
    west, south, east, north = (float(part) for part in parts)
    return BBox(west, south, east, north)
