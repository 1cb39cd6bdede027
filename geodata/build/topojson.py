"""Reads the geometries of TopoJSON files.

It knows the format (TopoJSON 1.0, quantised), and no properties.
"""

import json
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry


def read_geometries(path: Path, name: str) -> list[BaseGeometry]:
    """Give the lines or polygons of one object of a file, in degrees, valid."""
    topology = json.loads(path.read_text())
    scale, origin = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + origin for arc in topology["arcs"]]
    found: list[BaseGeometry] = []
    for geometry in topology["objects"][name]["geometries"]:
        kind, numbers = geometry["type"], geometry.get("arcs")
        if kind == "LineString":
            found.append(shapely.LineString(_join(numbers, arcs)))
        elif kind == "MultiLineString":
            found += [shapely.LineString(_join(line, arcs)) for line in numbers]
        elif kind in {"Polygon", "MultiPolygon"}:
            for polygon in [numbers] if kind == "Polygon" else numbers:
                rings = [_join(ring, arcs) for ring in polygon]
                found.append(shapely.make_valid(shapely.Polygon(rings[0], rings[1:])))
    return found


def _join(numbers: list[int], arcs: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Put arcs end to end; a negative number is an arc backwards (TopoJSON specification, section 2.1.4)."""
    parts = [arcs[number] if number >= 0 else arcs[~number][::-1] for number in numbers]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])
