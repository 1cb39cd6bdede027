"""Regions of the world: by code, name and point, disputed territory by ISO 3166."""

import time

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.locations import Found
from geodata.points import LonLat
from geodata.regions import Region, RegionIndex, distance_m, world


def codes_at(lon: float, lat: float) -> list[str]:
    return [match.region.code for match in world().at(LonLat(lon, lat))]


@pytest.mark.parametrize(
    ("lon", "lat", "codes"),
    [
        pytest.param(95.40, 22.68, ["MM", "MM-01"], id="Tabayin"),
        pytest.param(96.156, 16.805, ["MM", "MM-06"], id="Yangon"),
        pytest.param(37.62, 55.75, ["RU", "RU-MOW"], id="Moscow, not the oblast around it"),
        pytest.param(38.7, 55.1, ["RU", "RU-MOS"], id="the oblast around Moscow"),
        pytest.param(101.687, 3.141, ["MY", "MY-14"], id="Kuala Lumpur"),
        pytest.param(-58.4, -34.6, ["AR", "AR-C"], id="south and west of zero"),
    ],
)
def test_a_point_is_in_its_country_and_unit(lon: float, lat: float, codes: list[str]) -> None:
    assert codes_at(lon, lat) == codes


@pytest.mark.parametrize(
    ("lon", "lat", "codes"),
    [
        pytest.param(34.10, 44.95, ["UA", "UA-43"], id="Crimea"),
        pytest.param(33.60, 44.60, ["UA", "UA-40"], id="Sevastopol"),
        pytest.param(35.75, 33.02, ["SY", "SY-QU"], id="Golan Heights, held by Israel"),
        pytest.param(35.80, 32.85, ["SY", "SY-QU"], id="southern Golan Heights"),
        pytest.param(-13.20, 27.15, ["EH"], id="Laayoune, held by Morocco"),
        pytest.param(-15.93, 23.72, ["EH"], id="Dakhla, held by Morocco"),
        pytest.param(-11.0, 26.0, ["EH"], id="east of the berm"),
        pytest.param(21.16, 42.66, ["XK"], id="Pristina"),
        pytest.param(121.0, 23.9, ["TW", "TW-NAN"], id="Taiwan"),
        pytest.param(35.20, 31.90, ["PS"], id="Ramallah"),
        pytest.param(44.06, 9.56, ["SO"], id="Hargeisa"),
        pytest.param(33.36, 35.25, ["CY"], id="north of Nicosia"),
    ],
)
def test_contested_territory_goes_by_iso(lon: float, lat: float, codes: list[str]) -> None:
    found = codes_at(lon, lat)
    assert found[0] == codes[0]
    if len(codes) > 1:
        assert found == codes


@pytest.mark.parametrize(
    ("lon", "lat", "country"),
    [
        pytest.param(35.57, 33.0, "IL", id="Rosh Pinna, west of the Jordan"),
        pytest.param(35.53, 32.79, "IL", id="Tiberias"),
        pytest.param(34.6, 46.3, "UA", id="the mainland north of Crimea"),
        pytest.param(37.0, 45.25, "RU", id="Taman, across the strait from Crimea"),
        pytest.param(-9.5, 29.0, "MA", id="Morocco north of the parallel"),
        pytest.param(-8.1, 27.7, "DZ", id="Tindouf"),
    ],
)
def test_what_borders_on_contested_territory_stays(lon: float, lat: float, country: str) -> None:
    assert codes_at(lon, lat)[0] == country


def test_what_iso_gives_to_nobody_has_no_country() -> None:
    found = codes_at(77.1, 35.45)
    assert found == ["NE-KAS-00"]


def test_a_point_just_off_a_coast_goes_to_the_nearest_unit_and_says_so() -> None:
    matches = world().at(LonLat(92.80, 20.12))
    assert [match.region.code for match in matches] == ["MM", "MM-16"]
    assert all(match.how is Found.NEAREST for match in matches)
    assert matches[0].distance_m is not None
    assert 0 < matches[0].distance_m < 25_000


def test_a_point_far_out_at_sea_is_in_no_region() -> None:
    assert world().at(LonLat(88.0, 12.0)) == []


def test_nearest_can_be_refused() -> None:
    assert world().at(LonLat(92.80, 20.12), nearest_within_m=0) == []


def test_one_level_alone() -> None:
    assert [match.region.code for match in world().at(LonLat(95.4, 22.68), level=0)] == ["MM"]


def test_many_points_at_once_agree_with_one_by_one() -> None:
    lons, lats = [95.4, 88.0, 34.1, float("nan")], [22.68, 12.0, 44.95, 1.0]
    numbers = world().at_many(lons, lats)
    assert numbers[1] == numbers[3] == -1
    assert [world().regions[numbers[n]].code for n in (0, 2)] == ["MM-01", "UA-43"]


def test_ten_thousand_points_take_no_more_than_seconds() -> None:
    steps = np.linspace(0, 1, 10_000)
    world().at_many([95.0], [21.0])
    start = time.monotonic()
    world().at_many(93 + 6 * steps, 11 + 16 * steps)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("spelled", "code"),
    [
        ("Rakhine state", "MM-16"),
        ("Kayin state", "MM-13"),
        ("Karen state", "MM-13"),
        ("Ayeyarwady division", "MM-07"),
        ("Ayeyarwady region", "MM-07"),
        ("Kayah state", "MM-12"),
        ("Shan state", "MM-17"),
        ("Mandalay division", "MM-04"),
        ("Mandalay region", "MM-04"),
        ("Yangon division", "MM-06"),
        ("Yangon region", "MM-06"),
        ("Kachin state", "MM-11"),
        ("Mon state", "MM-15"),
        ("Tanintharyi division", "MM-05"),
        ("Tanintharyi region", "MM-05"),
        ("Sagaing district", "MM-01"),
        ("Sagaing division", "MM-01"),
        ("Sagaing region", "MM-01"),
        ("Bago division", "MM-02"),
        ("Bago region", "MM-02"),
        ("Chin state", "MM-14"),
        ("Magwe division", "MM-03"),
        ("Magway  region", "MM-03"),
        ("Naypyidaw Union territory", "MM-18"),
        ("Nay Pyi Taw", "MM-18"),
        ("Arakan", "MM-16"),
        ("Karenni", "MM-12"),
        ("Pegu", "MM-02"),
        ("Irrawaddy Division", "MM-07"),
        ("Tenasserim", "MM-05"),
        ("စစ်ကိုင်းတိုင်းဒေသကြီး", "MM-01"),
        ("MM-01", "MM-01"),
    ],
)
def test_units_of_myanmar_by_every_spelling(spelled: str, code: str) -> None:
    region = world().named(spelled, level=1, within="MM")
    assert region is not None
    assert region.code == code


@pytest.mark.parametrize(
    ("spelled", "code"),
    [
        ("Burma", "MM"),
        ("Myanmar (Burma)", "MM"),
        ("Russia (Soviet Union)", "RU"),
        ("Russian Federation", "RU"),
        ("DR Congo (Zaire)", "CD"),
        ("Yemen (North Yemen)", "YE"),
        ("Bosnia-Herzegovina", "BA"),
        ("Ivory Coast", "CI"),
        ("Kosovo", "XK"),
        ("Georgia", "GE"),
    ],
)
def test_countries_by_the_names_that_datasets_use(spelled: str, code: str) -> None:
    region = world().named(spelled, level=0)
    assert region is not None
    assert region.code == code


def test_a_name_that_several_have_is_nobodys_until_the_country_is_said() -> None:
    assert world().named("Punjab") is None
    in_india = world().named("Punjab", within="IN")
    assert in_india is not None
    assert in_india.code == "IN-PB"


def test_an_unknown_name_is_nobodys() -> None:
    assert world().named("Qwertyland") is None
    assert world().named("") is None
    assert world().named("Region") is None


def test_myanmar_has_fifteen_units_and_fourteen_polygons() -> None:
    units = world().children("MM")
    assert len(units) == 15
    assert [unit.code for unit in units if world().polygon(unit.code) is None] == ["MM-18"]
    assert all(unit.local_name for unit in units)


def test_every_unit_has_a_country_that_is_there_and_every_code_is_unique() -> None:
    index = world()
    assert len({region.code for region in index.regions}) == len(index.regions)
    for region in index.regions:
        if region.level == 1:
            assert region.parent is None or index.get(region.parent) is not None
            assert region.parent == (region.country or None)
    without = {region.name for region in index.regions if region.level == 1 and not region.country}
    assert {"Kashmir", "Spratly Islands"} <= without
    assert len(without) < 8


def test_nearly_all_polygons_are_valid() -> None:
    polygons = [world().polygon(region.code) for region in world().regions]
    valid = [shapely.is_valid(polygon) for polygon in polygons if polygon is not None]
    assert sum(valid) / len(valid) > 0.999


def test_a_country_is_as_large_as_its_units() -> None:
    units = [world().polygon(unit.code) for unit in world().children("MM")]
    whole = world().polygon("MM")
    assert whole is not None
    assert whole.area == pytest.approx(sum(unit.area for unit in units if unit is not None), rel=1e-3)


@settings(deadline=None)  # the first call reads the polygons
@given(st.floats(-180, 180), st.floats(-90, 90))
def test_what_is_found_by_polygon_holds_the_point(lon: float, lat: float) -> None:
    for match in world().at(LonLat(lon, lat)):
        polygon = world().polygon(match.region.code)
        assert polygon is not None
        if match.how is Found.POLYGON and match.region.level == 1:
            assert shapely.intersects_xy(polygon, lon, lat)


def square(west: float, south: float, side: float = 1.0) -> shapely.Polygon:
    return shapely.box(west, south, west + side, south + side)


def test_an_index_of_ones_own_boundaries() -> None:
    regions = [
        Region("P-code", "X1", 1, "Upper State", "", None, "XX"),
        Region("P-code", "X1D1", 2, "Left District", "", "X1", "XX"),
        Region("P-code", "X1T9", 3, "Corner Township", "", "X1D1", "XX"),
    ]
    index = RegionIndex(regions, [square(0, 0, 4), square(0, 0, 2), None], {"X1T9": ["Old Corner"]})
    assert [match.region.code for match in index.at(LonLat(1, 1))] == ["X1", "X1D1"]
    assert [match.region.code for match in index.at(LonLat(3, 3))] == ["X1"]
    old = index.named("old corner township")
    assert old is not None
    assert old.code == "X1T9"
    assert [region.code for region in index.chain(old)] == ["X1", "X1D1", "X1T9"]
    assert index.polygon("X1T9") is None


def test_a_border_point_goes_to_the_first() -> None:
    regions = [Region("own", code, 1, code, "", None, "XX") for code in ("A", "B")]
    index = RegionIndex(regions, [square(0, 0), square(1, 0)])
    assert [match.region.code for match in index.at(LonLat(1.0, 0.5))] == ["A"]


def test_nearest_reaches_across_the_antimeridian() -> None:
    index = RegionIndex([Region("own", "A", 1, "A", "", None, "XX")], [square(-180, 0)])
    matches = index.at(LonLat(179.9, 0.5))
    assert [match.how for match in matches] == [Found.NEAREST]
    assert matches[0].distance_m == pytest.approx(11_119, rel=0.01)


def test_as_many_polygons_as_regions() -> None:
    with pytest.raises(ValueError, match="polygon"):
        RegionIndex([Region("own", "A", 1, "A", "", None, "XX")], [])


def test_distance_is_that_on_the_globe() -> None:
    assert distance_m(LonLat(0, 0), LonLat(1, 0)) == pytest.approx(111_195, rel=1e-3)
    assert distance_m(LonLat(179.5, 0), LonLat(-179.5, 0)) == pytest.approx(111_195, rel=1e-3)
