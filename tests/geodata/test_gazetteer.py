"""The gazetteer: exact, folded and near names, old names, Burmese, and namesakes told apart by what they lie in."""

import subprocess
import sys

import pytest

from geodata.airports import airport, airports
from geodata.gazetteer import Candidate, gazetteer
from geodata.harbours import harbour, harbours
from geodata.precision import Precision
from geodata.region_names import without_kind_of_place
from geodata.regions import world


def best(text: str, *within: str) -> Candidate:
    found = gazetteer().search(text, within=within)
    assert found, text
    return found[0]


def test_let_yet_kone_in_tabayin() -> None:
    candidate = best("Let Yet Kone", "Tabayin")
    assert candidate.score == 100
    assert candidate.place.point.lon == pytest.approx(95.4024, abs=0.005)
    assert candidate.place.point.lat == pytest.approx(22.6768, abs=0.005)
    assert (candidate.place.region, candidate.place.township) == ("MM-01", "Tabayin")


def test_a_township_goes_by_its_other_names_too() -> None:
    assert best("Letyetkone village", "Depayin Township", "Myanmar").place.id == "own:let-yet-kone"


def test_a_place_in_another_township_is_not_offered() -> None:
    assert gazetteer().search("Let Yet Kone", within=["Myitkyina Township", "Myanmar"]) == []
    elsewhere = gazetteer().search("Let Yet Kone", within=["Kachin State", "Myanmar"])
    assert all(one.how == "near spelling" and one.place.region == "MM-11" for one in elsewhere)


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        ("Rangoon", "Yangon"),
        ("yangon", "Yangon"),
        ("YAN-GON", "Yangon"),
        ("ရန်ကုန်", "Yangon"),
        ("Akyab", "Sittwe"),
        ("Pegu", "Bago"),
        ("Moulmein", "Mawlamyine"),
        ("Bassein", "Pathein"),
        ("Naypyidaw", "Nay Pyi Taw"),
        ("Depayin", "Tabayin"),
        ("Dipeyin", "Tabayin"),
        ("ဒီပဲယင်း", "Tabayin"),
        ("Kyaukpyu", "Kyaukphyu"),
        ("Taunggyi", "Taunggyi"),
        ("Pagan", "Bagan"),
    ],
)
def test_old_other_and_burmese_names(spelled: str, name: str) -> None:
    candidate = best(spelled, "Myanmar")
    assert candidate.place.name == name
    assert candidate.score >= 97


@pytest.mark.parametrize(("spelled", "name"), [("Taungji", "Taunggyi"), ("Mandaley", "Mandalay"), ("Sitwe", "Sittwe")])
def test_near_spellings_are_offered_below_the_sure_ones(spelled: str, name: str) -> None:
    found = gazetteer().search(spelled, within=["Myanmar"])
    assert name in {candidate.place.name for candidate in found}


def test_a_near_spelling_never_scores_like_the_name() -> None:
    near = [one for one in gazetteer().search("Mandaly Cty", within=["Myanmar"]) if one.how == "near spelling"]
    assert near
    assert all(one.score < 96 for one in near)


def test_candidates_come_best_first_and_no_more_than_asked_for() -> None:
    found = gazetteer().search("Yangon", within=["Myanmar"], limit=3)
    assert len(found) == 3
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_a_namesake_is_chosen_by_its_country_and_unit() -> None:
    assert best("Moscow", "Idaho", "United States").place.region == "US-ID"
    assert best("Moscow", "Russia").place.region == "RU-MOW"


def test_nay_pyi_taw_comes_from_the_code_of_the_gazetteer() -> None:
    for name in ("Nay Pyi Taw", "Pyinmana", "Lewe"):
        assert best(name, "Nay Pyi Taw Union Territory", "Myanmar").place.region == "MM-18"


def test_every_place_of_myanmar_lies_in_a_unit_of_it() -> None:
    units = {unit.code for unit in world().children("MM")}
    places = gazetteer().places("MM")
    assert len(places) > 600
    assert {place.region for place in places if place.kind == "settlement"} == units


def test_places_of_crimea_are_in_ukraine() -> None:
    assert best("Simferopol", "Crimea", "Ukraine").place.region == "UA-43"


def test_without_a_country_the_whole_world_is_searched() -> None:
    assert best("Vladivostok").place.region == "RU-PRI"
    found = gazetteer().search("Springfield", limit=5)
    assert [one.place.region for one in found[:1]] == ["US-MO"]
    assert all(one.score >= 97 for one in found)


def test_nothing_is_found_for_nothing() -> None:
    assert gazetteer().search("", within=["Myanmar"]) == []
    assert gazetteer().search("…", within=["Myanmar"]) == []


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Let Yet Kone village", "Let Yet Kone"),
        ("Thilawa Port", "Thilawa"),
        ("Port", "Port"),
        ("Moe Bye town", "Moe Bye"),
    ],
)
def test_the_word_for_the_kind_is_dropped(name: str, bare: str) -> None:
    assert without_kind_of_place(name) == bare


def test_harbours_have_their_un_locode() -> None:
    yangon = harbour("MM RGN")
    assert yangon is not None
    assert (yangon.name, yangon.kind, yangon.precision) == ("Yangon", "harbour", Precision.SITE)
    assert harbour("XXXXX") is None
    assert {place.name for place in harbours()["MM"]} == {"Yangon", "Sittwe", "Pathein", "Mawlamyine"}


def test_airports_and_air_bases_have_their_icao_code() -> None:
    meiktila = airport("vyml")
    assert meiktila is not None
    assert meiktila.kind == "air base"
    assert len(airports()["MM"]) >= 60
    assert airport("ZZZZ") is None


def test_an_air_base_is_found_by_its_town_after_the_town() -> None:
    found = gazetteer().search("Meiktila", within=["Myanmar"])
    assert [one.place.kind for one in found[:2]] == ["settlement", "air base"]


def test_ids_are_unique_in_a_country() -> None:
    ids = [place.id for place in gazetteer().places("MM")]
    assert len(ids) == len(set(ids))


HEAVY = "numpy shapely geopandas pyarrow pandas rapidfuzz"


def loaded_of(modules: str, code: str) -> str:
    """Run code in a fresh interpreter and give which of the modules it has loaded."""
    tell = f"import sys; print([name for name in {modules.split()!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", f"{code}; {tell}"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_light_half_of_the_room_loads_nothing_heavy() -> None:
    light = "from geodata import points, bbox, precision, names, locations, basemap, errors"
    assert loaded_of(HEAVY, light) == "[]"


def test_locating_loads_no_geopandas_and_no_pyarrow() -> None:
    code = (
        "from geodata.geocoding import locate; from geodata.precision import Precision; "
        "locate('Sagaing Region', within=['Myanmar'], where=Precision.STATE)"
    )
    assert loaded_of("geopandas pyarrow pandas", code) == "[]"
