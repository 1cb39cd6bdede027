import itertools
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geodata.bbox import BBox
from geodata.locations import Location
from geodata.names import fold
from geodata.precision import Precision
from incidents.drafts import Certainty, EquipmentDraft, Extent, IncidentDraft, Match, TargetDraft, TimeSense
from incidents.editions.edition import Edition
from incidents.editions.errors import EditionDamaged
from incidents.editions.public import PublicIncident
from incidents.editions.reader import SORTS, EditionStore
from incidents.filters import NONE, REPEATABLE, IncidentFilter
from incidents.taxonomy import load_taxonomy
from tests.factories import (
    CHIN,
    KALAY,
    MYANMAR,
    SAGAING,
    UCDP,
    make_id,
    make_location,
    make_public,
    make_random_rows,
    make_store,
    write_edition,
)

ROWS = tuple(make_random_rows(400, seed=7))


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return make_store(tmp_path_factory.mktemp("editions"), ROWS).current()


def open_one(tmp_path: Path, *incidents: PublicIncident) -> Edition:
    return make_store(tmp_path / "editions", incidents).current()


def place(precision: Precision, **changes: Any) -> Location:
    return make_location(**({"precision": precision, "point": None, "radius_m": None} | changes))


# What a filter means, a second time and in plain Python.


def matches(row: PublicIncident, filter_: IncidentFilter, aircraft: set[str], text: str) -> bool:
    """Say whether a row matches. aircraft: all that its own may be; text: what words are sought in."""
    draft = row.draft
    grades = [claim.grade for claim in draft.harm if claim.chosen and claim.grade]
    codes = {link.code for link in draft.location.regions if link.code}
    dated = draft.earliest is not None or draft.latest is not None
    return (
        (not filter_.kind or draft.kind in filter_.kind)
        and (not filter_.aircraft or bool(aircraft & set(filter_.aircraft)))
        and (not filter_.region or bool(codes & set(filter_.region)))
        and (not filter_.grade or bool(set(grades) & set(filter_.grade)))
        and (filter_.start is None or draft.latest is None or draft.latest >= filter_.start)
        and (filter_.end is None or draft.earliest is None or draft.earliest <= filter_.end)
        and (filter_.undated or dated)
        and (filter_.precision is None or draft.location.precision.rank <= filter_.precision.rank)
        and all(word in text for word in filter_.words)
        and (filter_.bbox is None or meets(draft.location, filter_.bbox))
    )


def divide(draft: IncidentDraft) -> tuple[set[str], set[str]]:
    taxonomy = load_taxonomy()
    certain: set[str] = set()
    everything: set[str] = set()
    uses = [use for use in draft.aircraft if use.certainty is not Certainty.DENIED]
    for node in taxonomy.equipment:
        below = [use.type == node or node in taxonomy.ancestors(use.type) for use in uses]
        if not any(below):
            continue
        everything.add(node)
        known = [use.certainty is Certainty.KNOWN for use in uses]
        if draft.aircraft_match is Match.ANY:
            sure = all(below) and all(known)
        else:
            sure = any(one and is_known for one, is_known in zip(below, known, strict=True))
        if sure:
            certain.add(node)
    return certain, everything - certain


def searchable(draft: IncidentDraft) -> str:
    taxonomy = load_taxonomy()
    local = {"MM": "မြန်မာ", "MM-01": "စစ်ကိုင်း", "MM-14": "ချင်း"}
    parts = [draft.title, draft.summary, draft.place, taxonomy.kinds[draft.kind].label]
    parts += [name for link in draft.location.regions for name in (link.name, local.get(link.code or ""))]
    parts += [taxonomy.equipment[use.type].label for use in draft.aircraft]
    parts += [name for person in draft.participants for name in (person.name, person.as_spelled)]
    parts += [name for hit in draft.targets for name in (hit.words, taxonomy.targets[hit.type].label)]
    parts += [citation.source.title for citation in draft.citations]
    parts += [citation.source.publisher for citation in draft.citations]
    parts += [reference.text for reference in draft.references]
    return fold("\n".join(part for part in parts if part))


def meets(location: Location, box: BBox) -> bool:
    extent = extent_of(location)
    if extent is None:
        return True
    west, south, east, north = extent
    return any(
        west <= part.east and east >= part.west and south <= part.north and north >= part.south for part in box.parts()
    )


def extent_of(location: Location) -> tuple[float, float, float, float] | None:
    import math

    boxes = {"MM": (92.0, 10.0, 101.0, 28.5), "MM-01": (94.0, 21.5, 97.0, 27.0), "MM-14": (92.5, 20.5, 94.0, 24.0)}
    if location.precision.claims_point and location.point:
        return (location.point.lon, location.point.lat, location.point.lon, location.point.lat)
    if location.stand_in:
        reach = location.radius_m or 0
        high = reach / 111_195
        wide = math.degrees(math.asin(math.sin(reach / 6_371_009) / math.cos(math.radians(location.stand_in.lat))))
        lon, lat = location.stand_in.lon, location.stand_in.lat
        return (lon - wide, lat - high, lon + wide, lat + high)
    codes = [link.code for link in location.regions if link.code]
    return boxes[codes[-1]] if codes else None


def random_filters() -> Iterator[IncidentFilter]:
    import datetime as dt

    rng = random.Random(11)  # noqa: S311 - chooses examples
    taxonomy = load_taxonomy()
    makers: list[Callable[[], dict[str, Any]]] = [
        lambda: {"kind": tuple(rng.sample(list(taxonomy.kinds), rng.randint(1, 3)))},
        lambda: {"aircraft": tuple(rng.sample(list(taxonomy.equipment), rng.randint(1, 8)))},
        lambda: {"region": (rng.choice(["MM", "MM-01", "MM-14", "XX"]),)},
        lambda: {"grade": tuple(rng.sample(list(taxonomy.grades), 2))},
        lambda: {"start": dt.date(1990, 1, 1) + dt.timedelta(days=rng.randrange(12_000))},
        lambda: {"end": dt.date(1990, 1, 1) + dt.timedelta(days=rng.randrange(12_000))},
        lambda: {"undated": False},
        lambda: {"precision": rng.choice(list(Precision))},
        lambda: {"words": tuple(rng.sample(["mandalay", "kala", "ရန်ကုန်", "school", "စစ်ကိုင်း", "mi-", "12"], 2))},
        lambda: {"bbox": BBox(rng.uniform(90, 97), rng.uniform(8, 20), rng.uniform(97, 103), rng.uniform(20, 30))},
        lambda: {"bbox": BBox(rng.uniform(97, 103), rng.uniform(8, 20), rng.uniform(90, 97), rng.uniform(20, 30))},
        lambda: {rng.choice(REPEATABLE): NONE},
    ]
    yield IncidentFilter()
    for maker in makers:
        for _ in range(6):
            yield IncidentFilter(**maker())
    for _ in range(60):
        chosen: dict[str, Any] = {}
        for maker in rng.sample(makers, 3):
            chosen |= maker()
        yield IncidentFilter(**chosen)


def test_filters_find_what_plain_python_finds(edition: Edition) -> None:
    numbers = {detail["id"]: detail["number"] for detail in edition.details(limit=1_000)}
    known = [(row, set.union(*divide(row.draft)), searchable(row.draft)) for row in ROWS]
    found_something = 0
    for filter_ in random_filters():
        expected = sorted(numbers[row.id] for row, may_be, text in known if matches(row, filter_, may_be, text))
        assert edition.matches(filter_) == expected, filter_
        assert edition.counts(filter_).matched == len(expected)
        assert len(list(parse_features(edition, filter_))) == len(expected)
        found_something += 0 < len(expected) < len(ROWS)
    assert found_something > 60


def parse_features(edition: Edition, filter_: IncidentFilter | None = None) -> list[dict[str, Any]]:
    blocks = b",".join(edition.features(filter_ or IncidentFilter(), "https://map.example"))
    features: list[dict[str, Any]] = json.loads(b"[" + blocks + b"]")
    return features


def test_counts_tell_incidents_from_patterns_and_count_linked_records_once(tmp_path: Path) -> None:
    edition = open_one(
        tmp_path,
        make_public(1, links=(make_id(2),)),
        make_public(2, links=(make_id(3), make_id(99))),
        make_public(3),
        make_public(4, extent=Extent.PATTERN),
        make_public(5),
    )
    counts = edition.counts()
    assert (counts.total, counts.matched, counts.incidents, counts.patterns) == (5, 5, 2, 1)
    assert edition.facets()["kind"] == {"airstrike": {"incidents": 2, "patterns": 1}}, "a pattern is not one incident"
    one = edition.detail(make_id(1))
    assert one is not None
    assert [other["id"] for other in one["same_as"]] == [make_id(2), make_id(3)]


def test_details_can_be_sorted_and_paged(edition: Edition) -> None:
    for sort in SORTS:
        pages = [edition.details(sort=sort, limit=150, offset=offset) for offset in (0, 150, 300)]
        ids = [detail["id"] for page in pages for detail in page]
        assert sorted(ids) == sorted(row.id for row in ROWS), sort
    dated = [detail["when"]["earliest"] for detail in edition.details(sort="date", limit=400)]
    known = [day for day in dated if day]
    assert known == sorted(known)
    assert dated[len(known) :] == [None] * (len(dated) - len(known)), "what is undated comes last"
    with pytest.raises(KeyError):
        edition.details(sort="number; DROP TABLE incident")


def test_details_by_number_come_as_asked(edition: Edition) -> None:
    assert [detail["number"] for detail in edition.details_by_number([5, 2, 5, 399, 400, -1])] == [5, 2, 399]
    assert edition.detail("0" * 31 + "x") is None


def test_numbers_follow_a_curve_so_that_neighbours_are_near(edition: Edition) -> None:
    features = parse_features(edition)
    points = [f["geometry"]["coordinates"] for f in features if f["geometry"]]
    along = sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in itertools.pairwise(points))
    shuffled = points.copy()
    random.Random(1).shuffle(shuffled)  # noqa: S311 - any order will do
    anyhow = sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in itertools.pairwise(shuffled))
    assert along < anyhow / 4


def test_a_point_stands_only_where_one_is_claimed(edition: Edition) -> None:
    places = {row.id: row.draft.location for row in ROWS}
    for feature in parse_features(edition):
        location = places[feature["id"]]
        if location.precision.claims_point:
            assert location.point is not None
            assert feature["geometry"]["coordinates"] == [location.point.lon, location.point.lat]
            assert "bbox" not in feature
        else:
            assert feature["geometry"] is None
            assert feature["properties"]["coordinate_uncertainty_m"] is None
            assert ("bbox" in feature) == (extent_of(location) is not None)


def test_the_properties_of_a_feature_are_the_contract(tmp_path: Path) -> None:
    edition = open_one(tmp_path, make_public(1, dataset=UCDP))
    (feature,) = parse_features(edition)
    properties = feature["properties"]
    assert list(properties) == [
        "kind",
        "title",
        "summary",
        "date",
        "earliest",
        "latest",
        "time_sense",
        "extent",
        "occurrences_min",
        "occurrences_max",
        "place",
        "country",
        "region",
        "regions",
        "precision",
        "precision_source",
        "coordinate_uncertainty_m",
        "generalised",
        "withheld",
        "aircraft",
        "aircraft_match",
        "participants",
        "transfer",
        "harm",
        "grade",
        "sources",
        "contradictions",
        "dataset",
        "references",
        "same_as",
        "edition",
        "url",
    ]
    assert properties["region"] == "MM-01"
    assert properties["regions"][1] == {"level": 1, "scheme": "ISO 3166-2", "code": "MM-01", "name": "Sagaing"}
    assert properties["aircraft"] == [
        {"type": "mi-35", "count_min": 2, "count_max": 2, "role": "air strike", "certainty": "known"}
    ]
    (harm,) = properties["harm"]
    assert (harm["killed_min"], harm["killed_max"], harm["injured_min"]) == (6, None, None), "unknown is null, never 0"
    assert properties["edition"] == "1"
    assert properties["url"] == f"https://map.example/incidents/{make_id(1)}"


def test_text_that_means_something_elsewhere_stays_text(tmp_path: Path) -> None:
    nasty = '"],"url":"x"}}, \\" \u2028 </script> ${1} \' ; DROP TABLE incident'
    edition = open_one(tmp_path, make_public(1, title=nasty, place=nasty))
    (feature,) = parse_features(edition)
    assert feature["properties"]["title"] == nasty
    assert edition.details()[0]["title"] == nasty
    assert edition.counts(IncidentFilter(words=("'",))).matched == 1
    assert edition.counts(IncidentFilter(words=("%",))).matched == 0


def test_columns_say_what_the_browser_draws(edition: Edition) -> None:
    columns = edition.rows
    terms = columns.terms
    assert (terms.edition, terms.total) == ("1", 400)
    assert {len(column) for column in columns.arrays().values()} == {400}
    details = {detail["number"]: detail for detail in edition.details(limit=1_000)}
    rows = {row.id: row.draft for row in ROWS}
    for number in range(0, 400, 7):
        detail = details[number]
        draft = rows[detail["id"]]
        certain, possible = divide(draft)
        assert terms.kinds[columns.kind[number]] == draft.kind
        assert columns.precision[number] == draft.location.precision.rank
        assert columns.pattern[number] == int(draft.extent is Extent.PATTERN)
        drawn = draft.location.point or draft.location.stand_in
        assert columns.x[number] == (round((drawn.lon + 180) / 360 * 2**31) if drawn else -1)
        assert columns.radius[number] == (draft.location.radius_m if drawn else -1)
        aircraft = terms.aircraft_sets[columns.aircraft_set[number]]
        assert {terms.aircraft[i] for i in aircraft.certain} == certain
        assert {terms.aircraft[i] for i in aircraft.possible} == possible
        codes = [link.code for link in draft.location.regions if link.code]
        assert [terms.regions[i].code for i in terms.region_sets[columns.region_set[number]]] == codes
        assert columns.group[number] <= number
        linked = {number, *(other["number"] for other in details.values() if other["id"] in same(detail))}
        assert columns.group[number] == min(linked)


def same(detail: dict[str, Any]) -> set[str]:
    return {other["id"] for other in detail["same_as"]}


def test_areas_are_the_regions_that_stand_for_places(tmp_path: Path) -> None:
    edition = open_one(
        tmp_path,
        make_public(1, location=place(Precision.STATE)),
        make_public(2, location=place(Precision.STATE), extent=Extent.PATTERN),
        make_public(3, location=place(Precision.COUNTRY, regions=(MYANMAR,)), kind="protest"),
        make_public(4, location=place(Precision.STATE, regions=(MYANMAR, CHIN)), kind="protest"),
        make_public(5),
    )
    areas = {area["id"]: area for area in map(json.loads, edition.areas())}
    assert set(areas) == {"MM", "MM-01", "MM-14"}
    assert (areas["MM-01"]["properties"]["records"], areas["MM-01"]["properties"]["patterns"]) == (2, 1)
    assert areas["MM-01"]["geometry"]["type"] == "Polygon"
    assert areas["MM-01"]["bbox"] == [94.0, 21.5, 97.0, 27.0]
    protests = {json.loads(area)["id"] for area in edition.areas(IncidentFilter(kind=("protest",)))}
    assert protests == {"MM", "MM-14"}


def test_a_township_without_a_boundary_is_never_its_parent_area(tmp_path: Path) -> None:
    from geodata.points import LonLat

    township = place(
        Precision.TOWNSHIP, regions=(MYANMAR, SAGAING, KALAY), stand_in=LonLat(94.0, 23.2), radius_m=30_000.0
    )
    edition = open_one(tmp_path, make_public(1, location=township, place="Kalay township"))
    assert list(edition.areas()) == []
    detail = edition.details()[0]
    assert detail["where"]["words"] == "somewhere in Kalay township, Sagaing"
    assert detail["where"]["point"] is None
    assert detail["where"]["disc_m"] == 30_000.0


def test_a_region_without_a_polygon_falls_back_on_what_is_around_it(tmp_path: Path) -> None:
    capital = replace(SAGAING, code="MM-18", name="Nay Pyi Taw")
    edition = open_one(tmp_path, make_public(1, location=place(Precision.STATE, regions=(MYANMAR, capital))))
    assert [json.loads(area)["id"] for area in edition.areas()] == ["MM"]
    assert edition.details()[0]["where"]["words"].startswith("Let Yet Kone village")
    assert edition.counts(IncidentFilter(region=("MM-18",))).matched == 1


@pytest.mark.parametrize(
    ("precision", "changes", "words"),
    [
        (Precision.STATE, {"place": "Chin State"}, "Chin State, place not known more closely"),
        (Precision.COUNTRY, {"place": None}, "Myanmar, place not known more closely"),
        (Precision.SEA, {"place": None}, "at sea"),
        (Precision.UNKNOWN, {"place": None}, "place not known"),
        (Precision.DISTRICT, {"place": "Pyay"}, "somewhere in Pyay district"),
        (Precision.AREA, {"place": "The road to Kalay"}, "The road to Kalay; extent not known"),
    ],
)
def test_coarse_places_in_words(tmp_path: Path, precision: Precision, changes: dict[str, Any], words: str) -> None:
    regions = () if precision in {Precision.UNKNOWN, Precision.SEA} else (MYANMAR,)
    edition = open_one(tmp_path, make_public(1, location=place(precision, regions=regions), **changes))
    assert edition.details()[0]["where"]["words"] == words


@pytest.mark.parametrize(
    ("place_name", "townships", "words"),
    [
        ("Tamu - Kalay highway (Tamu township)", ["Tamu"], "Tamu - Kalay highway, somewhere in Tamu township, Sagaing"),
        ("Mayu River", ["Tamu"], "Mayu River, somewhere in Tamu township, Sagaing"),
        ("Tamu", ["Tamu"], "somewhere in Tamu township, Sagaing"),
        (None, ["Mogok", "Mongmit"], "somewhere in Mogok or Mongmit township, Sagaing"),
        (
            "Between Mogok and Mongmit Townships",
            ["Mogok", "Mongmit"],
            "Between Mogok and Mongmit Townships, somewhere in Mogok or Mongmit township, Sagaing",
        ),
    ],
)
def test_what_lies_somewhere_in_a_township(
    tmp_path: Path, place_name: str | None, townships: list[str], words: str
) -> None:
    units = tuple(replace(KALAY, code=None, name=f"{name} township") for name in townships)
    location = place(Precision.TOWNSHIP, regions=(MYANMAR, SAGAING, *units))
    edition = open_one(tmp_path, make_public(1, location=location, place=place_name))
    assert edition.details()[0]["where"]["words"] == words


def test_a_circle_across_two_townships_is_in_neither_by_its_words(tmp_path: Path) -> None:
    units = tuple(replace(KALAY, code=None, name=f"{name} township") for name in ("Loikaw", "Shadaw"))
    location = make_location(precision=Precision.NEAR, radius_m=25_000.0, regions=(MYANMAR, SAGAING, *units))
    said, unsaid = (
        make_public(1, location=location, place="Border between Loikaw and Shadaw townships"),
        make_public(2, location=location, place="The bridge"),
    )
    words = {detail["id"]: detail["where"]["words"] for detail in open_one(tmp_path, said, unsaid).details()}
    assert words == {
        make_id(1): "near Border between Loikaw and Shadaw townships, Sagaing (within about 25 km)",
        make_id(2): "near The bridge, Loikaw or Shadaw township, Sagaing (within about 25 km)",
    }


def test_what_was_hit_is_found_by_its_name_and_by_the_words_of_a_source(tmp_path: Path) -> None:
    hit = (TargetDraft("medical_facility"), TargetDraft("home", "a widow's hut"))
    edition = open_one(tmp_path, make_public(1, targets=hit), make_public(2, targets=()))
    for words in (("medical", "facility"), ("widow's",)):
        assert edition.counts(IncidentFilter(words=words)).matched == 1


def test_claimed_points_in_words(tmp_path: Path) -> None:
    near = make_location(precision=Precision.NEAR, radius_m=25_000.0)
    edition = open_one(tmp_path, make_public(1), make_public(2, location=near, place="Tabayin"))
    words = {detail["id"]: detail["where"]["words"] for detail in edition.details()}
    assert words == {
        make_id(1): "Let Yet Kone village, Tabayin, Sagaing (within about 2 km)",
        make_id(2): "near Tabayin, Sagaing (within about 25 km)",
    }


def test_sources_that_contradict_each_other_are_both_shown(tmp_path: Path) -> None:
    from incidents.drafts import CitationDraft, SourceDraft

    one, other = SourceDraft("a", "A"), SourceDraft("b", "B")
    citations = (
        CitationDraft(one, "date", "1 March 2021"),
        CitationDraft(other, "date", "February 2021"),
        CitationDraft(one, "place", "Yangon"),
        CitationDraft(other, "place", "Yangon"),
        CitationDraft(other),
    )
    edition = open_one(tmp_path, make_public(1, citations=citations))
    assert edition.details()[0]["contradictions"] == [
        {
            "field": "date",
            "values": [
                {"source": "a", "source_title": "A", "value": "1 March 2021"},
                {"source": "b", "source_title": "B", "value": "February 2021"},
            ],
        }
    ]
    (feature,) = parse_features(edition)
    assert feature["properties"]["contradictions"] == [
        {"field": "date", "source": "A", "value": "1 March 2021"},
        {"field": "date", "source": "B", "value": "February 2021"},
    ]
    (flat,) = (row for table in edition.flat_rows() for row in table.to_pylist())
    assert flat["contradictions"] == ["date: 1 March 2021; A", "date: February 2021; B"]


@pytest.mark.parametrize(
    ("match", "uses", "certain", "possible"),
    [
        (Match.ALL, [("mi-35", Certainty.KNOWN)], {"mi-35", "mi-24", "helicopter"}, set()),
        (Match.ALL, [("mi-35", Certainty.SUSPECTED)], set(), {"mi-35", "helicopter"}),
        (Match.ALL, [("mi-35", Certainty.DENIED)], set(), set()),
        (Match.ANY, [("mi-35", Certainty.KNOWN), ("mi-17", Certainty.KNOWN)], {"helicopter"}, {"mi-35", "mi-17"}),
        (Match.ANY, [("mi-35", Certainty.KNOWN), ("mi-24", Certainty.KNOWN)], {"mi-24"}, {"mi-35"}),
        (Match.ANY, [("mi-35", Certainty.KNOWN), ("mi-17", Certainty.SUSPECTED)], set(), {"helicopter", "mi-17"}),
        (Match.ALL, [("helicopter", Certainty.KNOWN)], {"helicopter"}, set()),
    ],
)
def test_aircraft_are_certain_or_possible(
    tmp_path: Path, match: Match, uses: list[tuple[str, Certainty]], certain: set[str], possible: set[str]
) -> None:
    aircraft = tuple(EquipmentDraft(type_, certainty=certainty) for type_, certainty in uses)
    edition = open_one(tmp_path, make_public(1, aircraft=aircraft, aircraft_match=match))
    facets = edition.facets()["aircraft"]
    sure = {key for key, count in facets.items() if count["certain"]["incidents"]}
    maybe = {key for key, count in facets.items() if count["possible"]["incidents"]}
    assert certain <= sure
    assert possible <= maybe
    assert not sure & maybe
    assert "mi-35p" not in sure | maybe, "a generic type is no match of its sub-types"


def test_facets_say_what_choosing_a_value_would_give(edition: Edition) -> None:
    filter_ = IncidentFilter(kind=("airstrike",), region=("MM-01",))
    facets = edition.facets(filter_)
    for kind, count in facets["kind"].items():
        counts = edition.counts(IncidentFilter(kind=(kind,), region=("MM-01",)))
        assert count == {"incidents": counts.incidents, "patterns": counts.patterns}
    assert len(facets["kind"]) > 5
    for region, count in facets["region"].items():
        counts = edition.counts(IncidentFilter(kind=("airstrike",), region=(region,)))
        assert count == {"incidents": counts.incidents, "patterns": counts.patterns}


def test_an_empty_edition_answers_everything(tmp_path: Path) -> None:
    edition = open_one(tmp_path)
    assert edition.counts().total == 0
    assert edition.details() == []
    assert list(edition.features()) == []
    assert list(edition.areas()) == []
    assert edition.rows.terms.total == 0
    assert edition.manifest.bounds is None
    assert edition.facets()["kind"] == {}


def test_the_manifest_counts_what_is_inside(edition: Edition) -> None:
    manifest = edition.manifest
    counts = edition.counts()
    assert (manifest.rows, manifest.incidents, manifest.patterns) == (counts.total, counts.incidents, counts.patterns)
    ((licence),) = manifest.licences
    assert licence.rows == sum(row.dataset is not None for row in ROWS)
    assert set(manifest.files) == {
        "columns.arrow",
        "columns.arrow.gz",
        "features.json",
        "features.npy",
        "harm.arrow",
        "incidents.duckdb",
        "incidents.parquet",
        "regions.parquet",
        "taxonomy.json",
    }


def test_the_same_rows_make_the_same_texts(tmp_path: Path) -> None:
    one = make_store(tmp_path / "one", ROWS[:50]).current()
    other = make_store(tmp_path / "other", reversed(ROWS[:50])).current()
    assert one.packed_columns() == other.packed_columns()
    assert list(one.features()) == list(other.features())


def test_the_parquet_file_is_valid_geoparquet(edition: Edition, tmp_path: Path) -> None:
    import geopandas as gpd
    import pyarrow.parquet as pq

    write_edition(tmp_path / "editions", ROWS)
    path = tmp_path / "editions" / "1" / "incidents.parquet"
    geo = json.loads(pq.read_schema(path).metadata[b"geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    assert geo["columns"]["geometry"]["encoding"] == "WKB"
    frame = gpd.read_parquet(path)
    assert len(frame) == len(ROWS)
    assert frame.crs == "OGC:CRS84"
    points = {row.id: row.draft.location for row in ROWS if row.draft.location.precision.claims_point}
    with_point = frame[frame.geometry.notna()]
    assert set(with_point.id) == set(points)
    for id_, lon, lat in zip(with_point.id, with_point.geometry.x, with_point.geometry.y, strict=True):
        point = points[id_].point
        assert point is not None
        assert (lon, lat) == (point.lon, point.lat)
    assert {"policy", "revision", "search", "detail"}.isdisjoint(frame.columns)
    assert {"url", "edition", "precision", "coordinate_uncertainty_m", "sources"} <= set(frame.columns)


def test_the_collection_opens_in_geopandas(edition: Edition, tmp_path: Path) -> None:
    import geopandas as gpd

    from incidents.exporting.geojson import area_blocks, collection_blocks

    file = tmp_path / "incidents.geojson"
    file.write_bytes(b"".join(collection_blocks(edition, IncidentFilter(kind=("airstrike",)), "https://map.example")))
    document = json.loads(file.read_text())
    assert {"licence", "citation", "disclaimer", "attribution"} <= set(document)
    assert document["filter"] == {"kind": "airstrike"}
    frame = gpd.read_file(file)
    assert len(frame) == edition.counts(IncidentFilter(kind=("airstrike",))).matched
    areas = json.loads(b"".join(area_blocks(edition)))
    assert {area["geometry"]["type"] for area in areas["features"]} == {"Polygon"}


def test_the_file_cannot_be_used_to_reach_others(edition: Edition) -> None:
    import duckdb

    for question in (
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY incident TO '/tmp/stolen.csv'",
        "ATTACH '/tmp/other.duckdb'",
        "SET enable_external_access = true",
        "DELETE FROM incident",
        "INSTALL httpfs",
    ):
        with edition._database.asking() as cursor, pytest.raises(duckdb.Error):
            cursor.execute(question)


def test_reading_needs_no_heavy_library() -> None:
    import subprocess
    import sys

    heavy = ("geopandas", "shapely", "pyarrow.parquet", "pandas", "sqlalchemy", "pysqlite3", "incidents.models", "edtf")
    code = (
        "import sys; import incidents.editions.reader, incidents.exporting.geojson; "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_damaged_folder_is_said_to_be_damaged(tmp_path: Path) -> None:
    root = tmp_path / "editions"
    write_edition(root, [make_public(1)])
    (root / "1" / "incidents.duckdb").write_bytes(b"not a database")
    with pytest.raises(EditionDamaged):
        EditionStore(root).current()
    (root / "1" / "manifest.json").write_text("{}")
    with pytest.raises(EditionDamaged):
        EditionStore(root).current()


def test_time_sense_is_kept(tmp_path: Path) -> None:
    edition = open_one(tmp_path, make_public(1, time_sense=TimeSense.THROUGHOUT, date="2009/2012"))
    assert edition.details()[0]["when"]["sense"] == "throughout"
    assert "2009" in edition.details()[0]["when"]["words"]


@pytest.mark.parametrize("sayer", [1, 2])
def test_nothing_links_to_a_record_whose_place_was_coarsened(tmp_path: Path, sayer: int) -> None:
    """The other record of the same incident would tell the place that this one withholds."""
    links = {sayer: (make_id(3 - sayer),)}
    coarse = replace(make_public(1, links=links.get(1, ())), generalised="Given as the state only.")
    edition = open_one(tmp_path, coarse, make_public(2, links=links.get(2, ())))
    assert [detail["same_as"] for detail in edition.details()] == [[], []]
    assert edition.counts().incidents == 2
