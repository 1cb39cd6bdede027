"""Makes airports.csv: airports and air bases with their ICAO codes.

It leaves out the private strips of the United States, which are two thirds of the package.
"""

import csv
import re
from pathlib import Path

from geodata.build.packages import fetch
from geodata.regions import world

AIR_BASE = re.compile(
    r"\b(air ?base|air force|afb|airbase|military|naval air|army air|air station|base a[eé]rea|nas)\b", re.IGNORECASE
)
# An identifier of ICAO's: four letters; others are of national registers.
ICAO = re.compile(r"[A-Z]{4}")


def build(cache: Path, data: Path) -> None:
    """Write airports.csv into `data`; needs the regions to be there."""
    path = fetch("airportsdata", cache) / "airportsdata" / "airports.csv"
    with path.open(encoding="utf-8", newline="") as file:
        read = [row for row in csv.DictReader(file) if ICAO.fullmatch(row["icao"])]
    numbers = world().at_many([float(row["lon"]) for row in read], [float(row["lat"]) for row in read])
    rows = []
    for row, number in zip(read, numbers, strict=True):
        region = world().regions[number] if number >= 0 else None
        code = region.code if region and region.level == 1 and region.country == row["country"] else ""
        city = row["city"] if row["city"] and row["city"].lower() not in row["name"].lower() else ""
        aliases = "|".join(filter(None, (row["iata"], f"{city} Airport" if city else "")))
        kind = "air base" if AIR_BASE.search(row["name"]) else "airport"
        position = (f"{float(row['lon']):.5f}", f"{float(row['lat']):.5f}")
        rows.append((row["icao"], row["name"], kind, row["country"], code, *position, aliases))
    with (data / "airports.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("code", "name", "kind", "country", "region", "lon", "lat", "aliases"))
        writer.writerows(sorted(rows))
