"""Harbours of the world with their UN/LOCODE.

It knows no ships and no calls.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from geodata.places import Place
from geodata.point_tables import read_points

DATA = Path(__file__).with_name("data")


@cache
def harbours() -> Mapping[str, tuple[Place, ...]]:
    """Give the harbours by country (alpha-2). Their points are good to the harbour, not to the berth."""
    return read_points(DATA / "harbours.csv", id_prefix="unlocode", source="searoute 1.6.0 (Apache-2.0)")


def harbour(locode: str) -> Place | None:
    """Give a harbour by its UN/LOCODE, such as "MMRGN"."""
    wanted = locode.replace(" ", "").upper()
    return next((place for place in harbours().get(wanted[:2], ()) if place.code == wanted), None)
