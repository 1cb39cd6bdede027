"""Writes an edition of as many made-up rows as asked for, in bulk, always the same for the same seed.

It goes round ledger and writer: for measuring how editions are read. Places are the gazetteer's settlements, thousands
of rows at the busiest; one row in twenty is linked, some are patterns, known only to a region, undated or open.
As a program: ROWS FOLDER [SEED].
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from geodata.gazetteer import gazetteer
from geodata.precision import Precision
from geodata.regions import world
from incidents.drafts import Certainty, EquipmentDraft, Match
from incidents.editions.columns import write_columns
from incidents.editions.compact import dump_json
from incidents.editions.database import DATABASE
from incidents.editions.feature_texts import FeatureTextsWriter
from incidents.editions.features import divide_aircraft
from incidents.editions.filling import make_columns
from incidents.editions.harms import make_harms, write_harms
from incidents.editions.manifest import write_manifest
from incidents.editions.packing import pack_text, read_detail
from incidents.editions.rows import FEATURE, make_row, make_schema
from incidents.editions.schema import AGGREGATE_COLUMNS, INCIDENT_COLUMNS, REGION_COLUMNS, create_table
from incidents.editions.used_regions import UsedRegions
from incidents.taxonomy import load_taxonomy
from tests.factories import make_manifest, make_public

_BATCH = 50_000
_PLACES = 60_000
_ORDER = 16
_FIRST_DAY, _DAYS = 7_305, 13_400  # 1990 to 2026
# Shares of what a place is known to; the rest are settlements.
_SHARES = {
    Precision.EXACT: 0.1,
    Precision.NEAR: 0.1,
    Precision.TOWNSHIP: 0.06,
    Precision.STATE: 0.06,
    Precision.COUNTRY: 0.02,
    Precision.UNKNOWN: 0.01,
}
_RADII = {Precision.EXACT: 10.0, Precision.NEAR: 25_000.0, Precision.TOWNSHIP: 30_000.0}

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Made:
    """Numbers of the rows in the order of the curve, from which the rows are made batch by batch."""

    lon: Floats
    lat: Floats
    curve: Ints
    place: Ints
    precision: Ints
    kind: Ints
    aircraft: Ints
    earliest: Ints
    latest: Ints
    pattern: npt.NDArray[np.bool_]
    grade: Ints
    group: Ints
    partner: Ints


def write_many(root: Path, count: int, seed: int = 1, *, plain: bool = False) -> Path:
    """Write edition 1 below a folder, make it the current one, and give its own folder.

    plain: every row at an exact spot on one day, and none linked: what services can hold that know nothing else.
    """
    rng = np.random.default_rng(seed)
    taxonomy = load_taxonomy()
    places = _choose_places(rng)
    folder = root / "1"
    folder.mkdir(parents=True)
    combos = _aircraft_combos(rng)
    made = _make_numbers(rng, count, places, len(combos), len(taxonomy.kinds), len(taxonomy.grades), plain=plain)
    with duckdb.connect(folder / DATABASE, config={"memory_limit": "1GB", "threads": 2}) as db:
        for table, columns in (
            ("incident", INCIDENT_COLUMNS),
            ("region", REGION_COLUMNS),
            ("aggregate", AGGREGATE_COLUMNS),
        ):
            db.execute(create_table(table, columns))
        _insert(db, "region", REGION_COLUMNS, _regions(places))
        with FeatureTextsWriter(folder) as texts:
            for start in range(0, count, _BATCH):
                rows = _rows(made, places, combos, start, min(count, start + _BATCH))
                _insert(db, "incident", INCIDENT_COLUMNS, rows)
                texts.add(pa.array([row[FEATURE] for row in rows], pa.string()))
            texts.finish()
        write_columns(folder, make_columns(db, "1", tuple(taxonomy.grades)))
        write_harms(folder, make_harms(db))
        counted = db.execute(
            "SELECT count(*), count(DISTINCT group_id) FILTER (extent = 'one'), count(DISTINCT group_id), "
            "min(min_lon), min(min_lat), max(max_lon), max(max_lat) FROM incident"
        ).fetchone()
    assert counted is not None
    rows, incidents, groups, *bounds = counted
    (folder / "taxonomy.json").write_text(taxonomy.to_json(), encoding="utf-8")
    write_manifest(
        folder,
        make_manifest("1", rows=rows, incidents=incidents, patterns=groups - incidents, bounds=tuple(bounds)),
    )
    (root / "current").symlink_to("1")
    return folder


def _choose_places(rng: np.random.Generator) -> list[Any]:
    known = gazetteer()
    codes = {region.code for region in world().regions}
    every = [
        place
        for country in known.countries
        for place in known.places(country)
        if place.region in codes and place.country in codes
    ]
    chosen = rng.choice(len(every), min(_PLACES, len(every)), replace=False)
    return [every[at] for at in chosen]


def _aircraft_combos(rng: np.random.Generator) -> list[tuple[list[str], list[str], list[str]]]:
    """Make lists of keys as recorded, certain and possible: the first is that of no aircraft."""
    taxonomy = load_taxonomy()
    types = list(taxonomy.equipment)
    combos: list[tuple[list[str], list[str], list[str]]] = [([], [], [])]
    for _ in range(300):
        uses = tuple(
            EquipmentDraft(types[at], certainty=Certainty.KNOWN if rng.random() < 0.8 else Certainty.SUSPECTED)
            for at in rng.choice(len(types), rng.integers(1, 3), replace=False)
        )
        match = Match.ALL if rng.random() < 0.8 else Match.ANY
        certain, possible = divide_aircraft(make_public(1, aircraft=uses, aircraft_match=match), taxonomy)
        combos.append(([use.type for use in uses], certain, possible))
    return combos


def _make_numbers(
    rng: np.random.Generator, count: int, places: list[Any], combos: int, kinds: int, grades: int, *, plain: bool
) -> Made:
    rank = np.arange(1, len(places) + 1)
    weights = 1 / rank**0.9
    place = rng.choice(len(places), count, p=weights / weights.sum())
    precision = np.full(count, Precision.SETTLEMENT.rank)
    drawn = rng.random(count)
    for known, share in _SHARES.items():
        precision[drawn < share] = known.rank
        drawn = np.where(drawn < share, 2, drawn - share)
    if plain:
        precision[:] = Precision.EXACT.rank
    lon = np.array([one.point.lon for one in places])[place]
    lat = np.array([one.point.lat for one in places])[place]
    exact = precision == Precision.EXACT.rank
    lon[exact] += rng.normal(0, 0.05, exact.sum())
    lat[exact] += rng.normal(0, 0.05, exact.sum())
    lon, lat = np.clip(np.round(lon, 5), -180, 180), np.clip(np.round(lat, 5), -85, 85)
    curve = _curve(lon, lat)
    curve[precision == Precision.UNKNOWN.rank] = 2**62
    order = np.argsort(curve, kind="stable")
    earliest = _FIRST_DAY + (np.sqrt(rng.random(count)) * _DAYS).astype(np.int64)
    latest = earliest + rng.choice([0, 6, 30, 364], count, p=[0.8, 0.08, 0.1, 0.02])
    undated = rng.random(count) < 0.04
    earliest = np.where(undated | (rng.random(count) < 0.01), -1, earliest)
    latest = np.where(undated | (rng.random(count) < 0.02), -1, latest)
    if plain:
        earliest = latest = _FIRST_DAY + (np.sqrt(rng.random(count)) * _DAYS).astype(np.int64)
    group = np.arange(count)
    partner = np.full(count, -1)
    # Pairs of rows that lie side by side, and as many that lie anywhere.
    pairs = 0 if plain else count // 80
    for first, second in (_near_pairs(rng, pairs), rng.permutation(count)[: 2 * pairs].reshape(2, -1)):
        free = (partner[first] < 0) & (partner[second] < 0) & (first != second)
        one, other = first[free], second[free]
        partner[one], partner[other] = other, one
        group[other] = one
    return Made(
        lon[order],
        lat[order],
        curve[order],
        place[order],
        precision[order],
        rng.choice(kinds, count, p=_falling(kinds)),
        np.where(rng.random(count) < 0.3, rng.choice(combos, count), 0),
        earliest,
        latest,
        rng.random(count) < 0.04,
        np.where(rng.random(count) < 0.5, rng.integers(0, grades, count), -1),
        group,
        partner,
    )


def _near_pairs(rng: np.random.Generator, count: int) -> Ints:
    first = rng.choice(count * 40, count, replace=False) * 2
    return np.stack((first, first + 1))


def _falling(count: int) -> Floats:
    weights = np.power(0.75, np.arange(count, dtype=np.float64))
    return np.asarray(weights / weights.sum())


def _curve(lon: Floats, lat: Floats) -> Ints:
    """Place on the Hilbert curve, as the writer of editions has it."""
    side = (1 << _ORDER) - 1
    x, y = ((lon + 180) / 360 * side).astype(np.int64), ((lat + 90) / 180 * side).astype(np.int64)
    found = np.zeros(len(x), dtype=np.int64)
    step = 1 << (_ORDER - 1)
    while step:
        right, up = (x & step > 0).astype(np.int64), (y & step > 0).astype(np.int64)
        found += step * step * ((3 * right) ^ up)
        turned = (up == 0) & (right == 1)
        x, y = np.where(turned, side - x, x), np.where(turned, side - y, y)
        swapped = up == 0
        x, y = np.where(swapped, y, x), np.where(swapped, x, y)
        step >>= 1
    return found


def _regions(places: list[Any]) -> list[dict[str, Any]]:
    index = world()
    codes = {place.region for place in places} | {place.country for place in places}
    used = UsedRegions(lambda wanted: [(index.get(code), index.polygon(code)) for code in wanted])  # type: ignore[misc]  # all of these are known
    used.learn(codes)
    return list(used.rows(codes))


def _insert(db: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str], rows: list[dict[str, Any]]) -> None:
    db.register("batch", pa.Table.from_pylist(rows, schema=make_schema(columns)))
    db.execute(f"INSERT INTO {table} SELECT {', '.join(columns)} FROM batch")
    db.unregister("batch")


def _rows(made: Made, places: list[Any], combos: Any, start: int, end: int) -> list[dict[str, Any]]:
    taxonomy = load_taxonomy()
    kinds, grades = list(taxonomy.kinds), list(taxonomy.grades)
    scale = list(Precision)
    plain = make_public(
        1, title="@TITLE@", summary=None, aircraft=(), harm=(), citations=(), participants=(), targets=()
    )
    template = make_row(plain, taxonomy, {})
    id_ = template["id"]
    feature = template["feature"].replace(
        dump_json({"type": "Point", "coordinates": [template["lon"], template["lat"]]}), "@PLACE@"
    )
    feature = feature.replace(_dates(*["2022-09-16"] * 3), "@DATES@")
    assert all(mark in feature for mark in ("@PLACE@", "@DATES@"))
    written = {"feature": feature, "detail": dump_json(read_detail(template["detail"]))}
    boxes = {region.code: shapely.bounds(world().polygon(region.code)) for region in world().regions}
    rows = []
    for at in range(start, end):
        place = places[made.place[at]]
        precision = scale[made.precision[at]]
        lon, lat = float(made.lon[at]), float(made.lat[at])
        unknown = precision is Precision.UNKNOWN
        area = {Precision.STATE: place.region, Precision.COUNTRY: place.country}.get(precision)
        drawn = area is None and not unknown
        box: list[float | None] = [lon, lat, lon, lat]
        if area or unknown:
            box = [float(edge) for edge in boxes[area]] if area else [None] * 4
        recorded, certain, possible = combos[made.aircraft[at]]
        title = f"Incident {at} near {place.name}"
        regions = (
            [] if unknown else [place.country] if precision is Precision.COUNTRY else [place.country, place.region]
        )
        group, partner = int(made.group[at]), int(made.partner[at])
        days = [None if day < 0 else int(day) for day in (made.earliest[at], made.latest[at])]
        own = f"{at:032x}"
        first, last = (None if day is None else str(np.datetime64(day, "D")) for day in days)
        claimed = {"type": "Point", "coordinates": [lon, lat]} if precision.claims_point else None
        filled = {
            id_: own,
            "@TITLE@": title.replace('"', "'").replace("\\", ""),
            "@PLACE@": dump_json(claimed),
            "@DATES@": _dates(first if first == last else None, first, last),
        }
        texts = {name: _fill(text, filled) for name, text in written.items()}
        rows.append(
            {
                **template,
                "feature": texts["feature"],
                "detail": pack_text(texts["detail"]),
                "number": at,
                "curve": int(made.curve[at]),
                "id": own,
                "group_id": f"{group:032x}",
                "same_as": [f"{partner:032x}"] if partner >= 0 else [],
                "kind": kinds[made.kind[at]],
                "title": title,
                "place": place.name,
                "extent": "pattern" if made.pattern[at] else "one",
                "date": None,
                "earliest": days[0],
                "latest": days[1],
                "country": regions[0] if regions else None,
                "region": regions[1] if len(regions) > 1 else None,
                "regions": regions,
                "precision": precision.value,
                "precision_rank": precision.rank,
                "lon": lon if precision.claims_point else None,
                "lat": lat if precision.claims_point else None,
                "draw_lon": lon if drawn else None,
                "draw_lat": lat if drawn else None,
                "draw_radius_m": _RADII.get(precision, 2_000.0) if drawn else None,
                "area_code": area,
                **dict(zip(("min_lon", "min_lat", "max_lon", "max_lat"), box, strict=True)),
                "aircraft": recorded,
                "aircraft_certain": certain,
                "aircraft_possible": possible,
                "harm": [{"affected": "total", "outcome": "killed", "least": at % 9, "most": at % 9 + at % 3}]
                if at % 4 == 0
                else [],
                "grade": grades[made.grade[at]] if made.grade[at] >= 0 else None,
                "search": title.lower(),
                "geometry": None,
            }
        )
    return rows


def _dates(date: str | None, earliest: str | None, latest: str | None) -> str:
    return dump_json({"date": date, "earliest": earliest, "latest": latest})[1:-1]


def _fill(text: str, filled: dict[str, str]) -> str:
    for mark, value in filled.items():
        text = text.replace(mark, value)
    return text


if __name__ == "__main__":
    write_many(Path(sys.argv[2]), int(sys.argv[1]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
