"""Writes a file in the form of UCDP GED with as many made-up rows as asked for, always the same for the same seed.

No row is anybody's: places, sides and headlines are put together from syllables and common words. The shares of
precisions, sources and blank cells are those of the real dataset. As a program: ROWS FILE [SEED].
"""

import csv
import datetime as dt
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from geodata.regions import RegionIndex, world

COLUMNS = (
    *("id", "relid", "year", "active_year", "code_status", "type_of_violence", "conflict_dset_id", "conflict_new_id"),
    *("conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name", "side_a_dset_id", "side_a_new_id", "side_a"),
    *("side_b_dset_id", "side_b_new_id", "side_b", "number_of_sources", "source_article", "source_office"),
    *("source_date", "source_headline", "source_original", "where_prec", "where_coordinates", "where_description"),
    *("adm_1", "adm_2", "latitude", "longitude", "geom_wkt", "priogrid_gid", "country", "country_id", "region"),
    *("event_clarity", "date_prec", "date_start", "date_end", "deaths_a", "deaths_b", "deaths_civilians"),
    *("deaths_unknown", "best", "high", "low", "gwnoa", "gwnob"),
)
_COUNTRIES = ("MM", "AF", "SY", "UA", "ET", "CD", "NG", "SO", "YE", "CO", "MX", "IQ", "PH", "ML")
_PLACES, _CONFLICTS, _HEADLINES = 3_000, 120, 40_000
_SYLLABLES = [
    "ka",
    "ba",
    "do",
    "mi",
    "ra",
    "tun",
    "sen",
    "lo",
    "hta",
    "wai",
    "qa",
    "rif",
    "zu",
    "mar",
    "gol",
    "den",
    "pe",
    "sha",
    "yin",
    "ko",
    "bel",
    "tan",
    "or",
    "esh",
]
_WORDS = [
    "troops",
    "resistance",
    "convoy",
    "village",
    "district",
    "army",
    "clash",
    "night",
    "market",
    "bridge",
    "river",
    "road",
    "column",
    "post",
    "checkpoint",
    "people",
    "report",
    "shelling",
    "ambush",
    "civilians",
    "wounded",
    "killed",
    "during",
    "attack",
    "near",
    "town",
    "forces",
    "claim",
    "fighters",
    "after",
]
_OFFICES = ("Valley News", "Agence du Sud", "The Daily Herald", "Radio Delta", "Reporters' Network", "Plain Times")
_FIRST = dt.date(1989, 1, 1)


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    unit: str
    district: str
    country: str
    lon: float
    lat: float


def write_ucdp_file(path: Path, rows: int, *, seed: int = 1) -> None:
    """Write the file, in bounded memory."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_rows(rows, random.Random(seed)))  # noqa: S311 - nothing secret hangs on it


def _rows(rows: int, rng: random.Random) -> Iterator[Sequence[object]]:
    places = list(_places(rng, world()))
    sides = [(f"Government of {_name(rng, 2)}", f"{_name(rng, 3)} Front", number) for number in range(_CONFLICTS)]
    # As in the real file, several events cite one article.
    headlines = [" ".join(rng.choices(_WORDS, k=rng.randrange(6, 16))).capitalize() for _ in range(_HEADLINES)]
    for number in range(rows):
        place = places[min(int(rng.expovariate(1 / 500)), len(places) - 1)]
        yield _row(number, rng, place, rng.choice(sides), headlines)


def _row(
    number: int, rng: random.Random, place: _Place, sides: tuple[str, str, int], headlines: Sequence[str]
) -> Sequence[object]:
    government, front, conflict = sides
    violence = rng.choices((1, 2, 3), (67, 2, 31))[0]
    front = "Civilians" if violence == 3 else front
    where = rng.choices((1, 2, 3, 4, 5, 6), (20, 20, 10, 10, 37, 3))[0]
    day = _FIRST + dt.timedelta(days=rng.randrange(12_700))
    date_prec = rng.choices((1, 2, 3, 4, 5), (85, 8, 1, 5, 1))[0]
    end = day + dt.timedelta(days=(0, rng.randrange(1, 6), 6, 29, 120)[date_prec - 1])
    deaths = [int(rng.expovariate(0.5)) if rng.random() < 0.4 else 0 for _ in range(4)]
    best = sum(deaths)
    high, low = best + rng.choice((0, 0, 0, 5, 12)), max(0, best - rng.choice((0, 0, 0, 1, 4)))
    sources, article, offices, days, heads = _sources(rng, day, headlines)
    named = {
        1: f"{place.name} town",
        2: f"{place.name} village",
        3: place.district,
        4: place.unit,
        5: rng.choice((f"{place.name} township", f"Road between {place.name} and {place.unit}")),
        6: place.country,
    }[where]
    lat, lon = place.lat, place.lon
    return (
        *(100_000 + number, f"GEN-{day.year}-{violence}-{conflict}-{number}", day.year, "True", "Clear", violence),
        *(conflict, conflict + 300, f"{government}: {front}", conflict, conflict + 800, f"{government} - {front}"),
        *(conflict, conflict, government, conflict + 100, conflict + 100, front),
        *(sources, article, offices, days, heads),
        rng.choice(("", "", "local residents", "a spokesman of the front", "police", "aid workers in the area")),
        *(where, named, f"{named}\n\n{place.name} in {place.district}" if where < 6 else "", place.unit),
        *(place.district if where in {1, 2, 3, 5} else "", lat, lon, f"POINT ({lon} {lat})", 150_000 + conflict),
        *(place.country, conflict, "Asia", rng.choices((1, 2), (91, 9))[0], date_prec, day.isoformat()),
        *(end.isoformat(), *deaths, best, high, low, conflict, ""),
    )


def _sources(rng: random.Random, day: dt.date, headlines: Sequence[str]) -> tuple[int, str, str, str, str]:
    if rng.random() < 0.29:
        return -1, f"{rng.choice(_OFFICES)} {day.isoformat()}", "", "", ""
    count = rng.choices((1, 2, 3, 5), (75, 16, 6, 3))[0]
    items = [
        (rng.choice(_OFFICES), (day + dt.timedelta(days=rng.randrange(5))).isoformat(), rng.choice(headlines))
        for _ in range(count)
    ]
    article = ";".join(f'"{",".join(item)}"' for item in items)
    return (count, article, *(";".join(column) for column in zip(*items, strict=True)))  # type: ignore[return-value]


def _places(rng: random.Random, index: RegionIndex) -> Iterator[_Place]:
    """Scatter places over first-level units; the first ones get most of the events, as in the real dataset."""
    units = [unit for code in _COUNTRIES for unit in index.children(code) if index.polygon(unit.code) is not None]
    made = 0
    while made < _PLACES:
        unit = rng.choice(units)
        polygon = index.polygon(unit.code)
        assert polygon is not None
        west, south, east, north = polygon.bounds
        lon, lat = round(rng.uniform(west, east), 6), round(rng.uniform(south, north), 6)
        if index.regions[index.at_many([lon], [lat])[0]].code != unit.code:
            continue
        country = index.get(unit.country)
        assert country is not None
        made += 1
        yield _Place(_name(rng, 3), unit.name, f"{_name(rng, 2)} district", country.name, lon, lat)


def _name(rng: random.Random, syllables: int) -> str:
    return "".join(rng.choices(_SYLLABLES, k=syllables)).capitalize()


if __name__ == "__main__":
    write_ucdp_file(Path(sys.argv[2]), int(sys.argv[1]), seed=int(sys.argv[3]) if len(sys.argv) > 3 else 1)
