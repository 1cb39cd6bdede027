"""Polygons in a small file: integer steps between vertices, compressed, read with numpy and Shapely alone.

And the box around one. It knows shapes and no names.
"""

from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.bbox import BBox, join_spans

# A step of the grid that vertices are kept on: 1e-4 degrees, at most 11 m.
STEPS_PER_DEG = 10_000


def find_extent(polygon: BaseGeometry) -> BBox:
    """Give the box around a polygon whose parts are cut at 180 degrees; over it where that is the narrower one.

    To 5 decimals. The polygon is not empty.
    """
    west, south, east, north = shapely.bounds(shapely.get_parts(polygon)).round(5).T.tolist()
    left, right = join_spans(zip(west, east, strict=True))
    return BBox(left, min(south), right, max(north))


def save_polygons(path: Path, polygons: list[BaseGeometry]) -> None:
    """Write multipolygons, some of which may be empty, on a grid of 1e-4 degrees."""
    kind, coordinates, (rings, parts, wholes) = shapely.to_ragged_array(polygons)
    if kind is not shapely.GeometryType.MULTIPOLYGON:
        msg = "only multipolygons are kept"
        raise TypeError(msg)
    steps = np.rint(coordinates * STEPS_PER_DEG).astype(np.int32)
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            x=np.diff(steps[:, 0], prepend=np.int32(0)),
            y=np.diff(steps[:, 1], prepend=np.int32(0)),
            rings=rings.astype(np.int32),
            parts=parts.astype(np.int32),
            wholes=wholes.astype(np.int32),
        )


def load_polygons(path: Path) -> NDArray[np.object_]:
    """Read what save_polygons wrote, as an array of multipolygons in its order."""
    with np.load(path) as file:
        coordinates = np.stack([np.cumsum(file[axis], dtype=np.int64) for axis in ("x", "y")], axis=1) / STEPS_PER_DEG
        offsets = (file["rings"], file["parts"], file["wholes"])
    polygons: NDArray[np.object_] = shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, coordinates, offsets)
    return polygons
