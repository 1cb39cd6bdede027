"""Airports and air bases of the world with their ICAO codes.

It knows no aircraft and no flights.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from geodata.places import Place
from geodata.point_tables import read_points

DATA = Path(__file__).with_name("data")


@cache
def airports() -> Mapping[str, tuple[Place, ...]]:
    """Give the airports by country (alpha-2). A runway's point; kind is "air base" where the name says so."""
    return read_points(DATA / "airports.csv", id_prefix="icao", source="airportsdata 20260905 (MIT)")


def airport(icao: str) -> Place | None:
    """Give an airport by its ICAO code, such as "VYMK"."""
    wanted = icao.upper()
    return next((place for places in airports().values() for place in places if place.code == wanted), None)
