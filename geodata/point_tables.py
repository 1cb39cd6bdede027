"""Reads tables of harbours and airports.

It knows their columns, and not what they are for.
"""

import csv
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from geodata.places import Place
from geodata.points import LonLat
from geodata.precision import Precision
from geodata.region_names import without_kind_of_place


def read_points(path: Path, *, id_prefix: str, source: str) -> Mapping[str, tuple[Place, ...]]:
    """Read code,name,kind,country,region,lon,lat,aliases into places by country, in the order of the file."""
    places: dict[str, list[Place]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            # "Meiktila Air Base" is found under "Meiktila" too, after the town.
            others = (*row["aliases"].split("|"), without_kind_of_place(row["name"]))
            places[row["country"]].append(
                Place(
                    id=f"{id_prefix}:{row['code']}",
                    name=row["name"],
                    local_name="",
                    kind=row["kind"],
                    country=row["country"],
                    region=row["region"] or None,
                    point=LonLat(float(row["lon"]), float(row["lat"])),
                    population=None,
                    precision=Precision.SITE,
                    source=source,
                    aliases=tuple(other for other in others if other and other != row["name"]),
                    code=row["code"],
                )
            )
    return {country: tuple(found) for country, found in places.items()}
