"""Makes harbours.csv: harbours with their UN/LOCODE, from the points that searoute starts from.

It leaves out the sea routes.
"""

import csv
import json
from pathlib import Path

from geodata.build.packages import fetch
from geodata.points import LonLat
from geodata.regions import world

# Names in use today for harbours that the package has under old ones.
TODAY = {"MMBSX": "Pathein", "MMMNU": "Mawlamyine", "MMAKY": "Sittwe", "MMRGN": "Yangon"}


def build(cache: Path, data: Path) -> None:
    """Write harbours.csv into `data`; needs the regions to be there."""
    path = fetch("searoute", cache) / "searoute-1.6.0" / "searoute" / "data" / "ports.geojson"
    features = json.loads(path.read_text())["features"]
    rows = {}
    for feature in sorted(features, key=lambda one: str(one["properties"]["port"])):
        code, name = feature["properties"]["port"], feature["properties"]["name"]
        if not code or not name:
            continue
        lon, lat = feature["geometry"]["coordinates"][:2]
        matches = [m for m in world().at(LonLat(lon, lat)) if m.region.country == code[:2] and m.region.level == 1]
        region = matches[-1].region.code if matches else ""
        today = TODAY.get(code, name)
        alias = name if today != name else ""
        rows[code] = (code, today, "harbour", code[:2], region, f"{lon:.5f}", f"{lat:.5f}", alias)
    with (data / "harbours.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "name", "kind", "country", "region", "lon", "lat", "aliases"))
        writer.writerows(rows.values())
