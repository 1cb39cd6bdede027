"""Places by name: populated places of the world, harbours, airports and places of our own.

It offers candidates with scores. It does not decide which one a source means, nor how closely: geocoding does.
"""

import csv
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from rapidfuzz import fuzz, process

from geodata.airports import airports
from geodata.harbours import harbours
from geodata.names import fold_name
from geodata.places import Place
from geodata.points import LonLat
from geodata.precision import Precision
from geodata.region_names import without_brackets, without_kind, without_kind_of_place
from geodata.regions import distance_m, world

DATA = Path(__file__).with_name("data")

# Scores of a candidate: its name as asked for, another name of it, a near spelling (times its likeness).
SAME_NAME = 100.0
OTHER_NAME = 97.0
NEAR_SPELLING = 0.95
# Below this likeness (0-100, Levenshtein) two spellings are not offered for each other.
LEAST_LIKENESS = 75.0
# A place whose township or district is not known may be in one that is named when it lies so near to the town of that
# name, in metres: about twice the radius of a mean township or district of Myanmar.
TOWNSHIP_REACH_M = 60_000.0
DISTRICT_REACH_M = 110_000.0

# Accents, once they are apart from their letters.
_MARKS = re.compile("[\u0300-\u036f]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may be meant. score: 0-100. how: "name", "other name" or "near spelling"."""

    place: Place
    score: float
    how: str


class _Within:
    """One name of the chain that a place must lie in: a region, or the township of a place."""

    def __init__(self, name: str, country: str, towns: Iterable[Place]) -> None:
        self.region = world().named(name, within=country) or world().named(name)
        self.towns = tuple(towns)
        self.keys = {fold_name(name), fold_name(without_kind(name))}.union(*(town.keys for town in self.towns))
        self.reach_m = DISTRICT_REACH_M if name.strip().lower().endswith("district") else TOWNSHIP_REACH_M

    @property
    def is_known(self) -> bool:
        """Whether it tells anything."""
        return self.region is not None or bool(self.towns)

    def holds(self, place: Place) -> bool:
        """Whether a place lies in it, as far as can be told."""
        if self.region is not None and self.region.code in {place.country, place.region}:
            return True
        if place.township and self.reach_m == TOWNSHIP_REACH_M:
            return fold_name(place.township) in self.keys
        return any(distance_m(town.point, place.point) <= self.reach_m for town in self.towns)


class Gazetteer:
    """Places by country, each country's read when first asked for."""

    def __init__(self, archive: Path, own: Path) -> None:
        """Read the places of our own; the rest later."""
        self._archive = archive
        self.own = tuple(_read_own(own))
        self._loaded: dict[str, _Table] = {}

    @cached_property
    def countries(self) -> tuple[str, ...]:
        """Codes of the countries that have places."""
        with zipfile.ZipFile(self._archive) as packed:
            return tuple(name.removesuffix(".tsv") for name in packed.namelist())

    def places(self, country: str) -> tuple[Place, ...]:
        """Give all places of a country (alpha-2), those of our own first."""
        return self._table(country).places

    def search(self, text: str, within: Sequence[str] = (), limit: int = 10) -> list[Candidate]:
        """Give the places that a name may mean, best first.

        within: names of units that the place must lie in, fine to coarse, such as ("Tabayin Township", "Myanmar");
        a name among them that is known to nobody rules nothing out. Without a country among them every country is
        searched: for near spellings too when no place has the name, which takes seconds and some hundred MB once.
        """
        countries = self._countries_of(within)
        if len(countries) > 1:
            if within:
                # A town that another country has is none of this one's.
                countries = self._knowing(within) or countries
            mentioning = [country for country in self._mentioning(text) if country in countries]
            sure = [one for one in self._search(text, within, mentioning) if one.score >= OTHER_NAME]
            if sure:
                return sure[:limit]
        return self._search(text, within, countries)[:limit]

    def _search(self, text: str, within: Sequence[str], countries: Sequence[str]) -> list[Candidate]:
        found: dict[str, Candidate] = {}
        for country in countries:
            table = self._table(country)
            known = [part for part in self._chain(within, country) if part.is_known]
            for name in _variants(text):
                for candidate in table.candidates(name):
                    place = candidate.place
                    better = place.id not in found or found[place.id].score < candidate.score
                    if better and all(part.holds(place) for part in known):
                        found[place.id] = candidate
        return _without_doubles(sorted(found.values(), key=_rank))

    def _mentioning(self, text: str) -> list[str]:
        """Give the countries in whose table the name stands as it is written, which is quick to tell."""
        names = [name.casefold() for name in _variants(text) if name.strip()]
        keys = set(map(fold_name, names))
        countries = {place.country for place in self.own if keys & place.keys}
        with zipfile.ZipFile(self._archive) as packed:
            for member in packed.namelist():
                content = packed.read(member).decode().casefold()
                if any(name in content for name in names):
                    countries.add(member.removesuffix(".tsv"))
        return sorted(countries)

    def unknown_within(self, within: Sequence[str]) -> list[str]:
        """Give the names of a chain that neither a region nor a place has, so that nothing can be chosen by them."""
        countries = self._countries_of(within)
        if len(countries) > 1:
            # Reading every country's table would take seconds and memory, so only those that may have a name are.
            countries = self._knowing(within) or countries[:1]
        return [
            name
            for number, name in enumerate(within)
            if not any(self._chain(within, country)[number].is_known for country in countries)
        ]

    def units_like(self, name: str, within: Sequence[str] = ()) -> list[str]:
        """Give the names of regions, and of settlements of the country that a chain names, that are spelled nearly so.

        The likeliest come first, five at most.
        """
        keys = {region.name: fold_name(without_kind(region.name)) for region in world().regions}
        asked = fold_name(without_kind(name))
        near = process.extract(asked, keys, scorer=fuzz.ratio, score_cutoff=LEAST_LIKENESS, limit=5)
        found = {region: likeness for _, likeness, region in near}
        countries = self._countries_of([one for one in within if one != name])
        for candidate in self._table(countries[0]).candidates(name) if len(countries) == 1 else ():
            found[candidate.place.name] = max(candidate.score, found.get(candidate.place.name, 0.0))
        return sorted(found, key=lambda one: (-found[one], one))[:5]

    def _knowing(self, names: Sequence[str]) -> list[str]:
        """Give the countries that have a region of one of the names, or in whose table it stands, accents aside."""
        spellings = {_without_marks(spelling) for name in names for spelling in (name, without_kind(name))} - {""}
        countries = []
        with zipfile.ZipFile(self._archive) as packed:
            for country in self.countries:
                content = _without_marks(packed.read(f"{country}.tsv").decode())
                if any(spelling in content for spelling in spellings) or any(
                    world().named(name, within=country) for name in names
                ):
                    countries.append(country)
        return countries

    def _chain(self, within: Sequence[str], country: str) -> list[_Within]:
        return [_Within(name, country, self._table(country).towns(name)) for name in within]

    def _countries_of(self, within: Sequence[str]) -> Sequence[str]:
        """Tell from the chain which countries to search."""
        for name in reversed(within):
            region = world().named(name, level=0) or world().named(name)
            if region is not None and region.country:
                return (region.country,)
        named = {
            place.country
            for name in within
            for place in self.own
            if {fold_name(name), fold_name(without_kind(name))} & place.keys
        }
        return tuple(sorted(named)) or self.countries

    def _table(self, country: str) -> "_Table":
        if country not in self._loaded:
            own = [place for place in self.own if place.country == country]
            ports = harbours().get(country, ())
            fields = airports().get(country, ())
            # A row of our own stands for that of the same id.
            ours = {place.id for place in own}
            rest = (place for place in _read_country(self._archive, country) if place.id not in ours)
            self._loaded[country] = _Table((*own, *rest, *ports, *fields))
        return self._loaded[country]


class _Table:
    """The places of one country, by folded name."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = tuple(places)
        self._by_key: dict[str, list[int]] = {}
        for number, place in enumerate(self.places):
            for key in place.keys:
                self._by_key.setdefault(key, []).append(number)
        self._all = list(self._by_key)

    def candidates(self, name: str) -> Iterator[Candidate]:
        """Give those of the name, or where there are none those of near spellings."""
        asked = fold_name(name)
        if not asked:
            return
        exact = self._by_key.get(asked, ())
        for number in exact:
            place = self.places[number]
            own = asked in {fold_name(place.name), fold_name(place.local_name)}
            yield Candidate(place, SAME_NAME if own else OTHER_NAME, "name" if own else "other name")
        for key, likeness, _ in process.extract(
            asked, self._all, scorer=fuzz.ratio, score_cutoff=LEAST_LIKENESS, limit=20
        ):
            if key != asked:
                for number in self._by_key[key]:
                    yield Candidate(self.places[number], round(likeness * NEAR_SPELLING, 1), "near spelling")

    def towns(self, name: str) -> list[Place]:
        """Give the settlements of a township's name."""
        keys = (fold_name(name), fold_name(without_kind(name)))
        numbers = {number for key in keys for number in self._by_key.get(key, ())}
        return [self.places[number] for number in sorted(numbers) if self.places[number].kind == "settlement"]


@cache
def gazetteer() -> Gazetteer:
    """Give the gazetteer that is shipped."""
    return Gazetteer(DATA / "places.zip", DATA / "places_own.csv")


def _variants(text: str) -> Iterable[str]:
    """Give the names to look for: as written, without brackets, without the word for the kind of place."""
    return dict.fromkeys((text, without_brackets(text), without_kind_of_place(text)))


def _without_marks(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())).strip()


def is_ours(place: Place) -> bool:
    """Whether a place stands in places_own.csv."""
    return any(place is own for own in gazetteer().own)


def _rank(candidate: Candidate) -> tuple[float, bool, bool, int, str]:
    place = candidate.place
    return (
        -candidate.score,
        not place.id.startswith("own:"),
        place.kind != "settlement",
        -(place.population or 0),
        place.id,
    )


def _without_doubles(ranked: Iterable[Candidate]) -> list[Candidate]:
    """Leave out what stands a second time, from another source, within a kilometre of the better one."""
    kept: list[Candidate] = []
    for candidate in ranked:
        twice = any(
            other.place.kind == candidate.place.kind
            and other.place.keys & candidate.place.keys
            and distance_m(other.place.point, candidate.place.point) < 1_500
            for other in kept
        )
        if not twice:
            kept.append(candidate)
    return kept


def _read_own(path: Path) -> Iterator[Place]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Place(
                id=row["id"],
                name=row["name"],
                local_name=row["local_name"],
                kind=row["kind"],
                country=row["country"],
                region=row["region"] or None,
                point=LonLat(float(row["lon"]), float(row["lat"])),
                population=int(row["population"]) if row["population"] else None,
                precision=Precision(row["precision"]),
                source=row["source"],
                township=row["township"] or None,
                aliases=tuple(filter(None, row["aliases"].split("|"))),
            )


def _read_country(archive: Path, country: str) -> Iterator[Place]:
    with zipfile.ZipFile(archive) as packed:
        if f"{country}.tsv" not in packed.namelist():
            return
        text = packed.read(f"{country}.tsv").decode()
    for line in text.splitlines():
        number, name, local, region, lon, lat, population, aliases = line.split("\t")
        yield Place(
            id=f"geonames:{number}",
            name=name,
            local_name=local,
            kind="settlement",
            country=country,
            region=region or None,
            point=LonLat(float(lon), float(lat)),
            population=int(population) if population else None,
            precision=Precision.SETTLEMENT,
            source="GeoNames (CC BY 4.0)",
            aliases=tuple(filter(None, aliases.split("|"))),
        )
