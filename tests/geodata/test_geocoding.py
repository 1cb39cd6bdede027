"""Geocoding: a point only where one is claimed, never finer than the source, coarser with the reason."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import UnknownPlace
from geodata.geocoding import locate, name_regions, regions_of, regions_of_many, units_in_doubt
from geodata.locations import Found, Location
from geodata.points import LonLat
from geodata.precision import STAND_IN_RADIUS_M, Precision


def codes(location: Location) -> list[str | None]:
    return [link.code for link in location.regions]


def test_let_yet_kone() -> None:
    found = locate(
        "Let Yet Kone village", within=("Tabayin Township", "Sagaing Region", "Myanmar"), where=Precision.SETTLEMENT
    )
    assert found.precision is Precision.SETTLEMENT
    assert found.point is not None
    assert found.point.lon == pytest.approx(95.4024, abs=0.005)
    assert found.point.lat == pytest.approx(22.6768, abs=0.005)
    assert found.radius_m == 2_000
    assert found.method == "own place"
    assert codes(found) == ["MM", "MM-01", None]
    assert found.regions[-1].name == "Tabayin Township"
    assert found.regions[-1].level == 3


@pytest.mark.parametrize(
    ("place", "within", "lon", "lat", "unit"),
    [
        ("Rangoon", ("Burma",), 96.156, 16.805, "MM-06"),
        ("Yangon", ("Myanmar",), 96.156, 16.805, "MM-06"),
        ("Mandalay", ("Burma",), 96.084, 21.975, "MM-04"),
        ("Naypyidaw", ("Myanmar",), 96.130, 19.745, "MM-18"),
        ("Taunggyi", ("Shan State", "Myanmar"), 97.038, 20.789, "MM-17"),
        ("Moscow", ("Russia",), 37.618, 55.752, "RU-MOW"),
        ("Sochi", ("Russia",), 39.725, 43.597, "RU-KDA"),
        ("Vladivostok", ("Russia",), 131.874, 43.106, "RU-PRI"),
        ("Kuala Lumpur", ("Malaysia",), 101.687, 3.141, "MY-14"),
    ],
)
def test_settlements_of_the_founding_record(
    place: str, within: tuple[str, ...], lon: float, lat: float, unit: str
) -> None:
    found = locate(place, within=within, where=Precision.SETTLEMENT)
    assert found.precision is Precision.SETTLEMENT
    assert found.point is not None
    assert found.point.lon == pytest.approx(lon, abs=0.02)
    assert found.point.lat == pytest.approx(lat, abs=0.02)
    assert codes(found) == [unit[:2], unit]
    assert found.stand_in is None
    assert found.reason


def test_a_city_reaches_further_than_a_village() -> None:
    city = locate("Moscow", within=("Russia",), where=Precision.SETTLEMENT)
    village = locate("Let Yet Kone", within=("Tabayin Township", "Myanmar"), where=Precision.SETTLEMENT)
    assert city.radius_m is not None
    assert village.radius_m is not None
    assert city.radius_m > 4 * village.radius_m


def test_a_port_is_a_site() -> None:
    found = locate("Thilawa Port", within=("Yangon", "Myanmar"), where=Precision.SITE)
    assert found.precision is Precision.SITE
    assert found.point == LonLat(96.25, 16.67)
    assert found.radius_m == 1_000


@pytest.mark.parametrize(
    ("place", "within"), [("Shwedagon Pagoda", ("Rangoon", "Burma")), ("Russian Embassy", ("Yangon", "Myanmar"))]
)
def test_a_site_that_is_not_known_falls_back_to_its_city_and_says_so(place: str, within: tuple[str, ...]) -> None:
    found = locate(place, within=within, where=Precision.SITE)
    assert found.precision is Precision.SETTLEMENT
    assert found.point is not None
    assert found.point.lon == pytest.approx(96.156, abs=0.01)
    assert found.reason.startswith(f"{place} is not in the gazetteer")
    assert "Yangon" in found.reason


@pytest.mark.parametrize("state", ["Chin", "Kachin", "Kayin", "Mon", "Shan"])
def test_a_state_gets_no_point(state: str) -> None:
    found = locate(f"{state} State", within=("Myanmar",), where=Precision.STATE)
    assert found.precision is Precision.STATE
    assert (found.point, found.stand_in, found.radius_m) == (None, None, None)
    assert [link.how for link in found.regions] == [Found.NAMED, Found.NAMED]
    assert found.regions[1].name == f"{state} State"


@pytest.mark.parametrize(("country", "code"), [("Myanmar", "MM"), ("Burma", "MM"), ("Russia", "RU")])
def test_a_country_gets_no_point(country: str, code: str) -> None:
    found = locate(country, where=Precision.COUNTRY)
    assert found.precision is Precision.COUNTRY
    assert codes(found) == [code]
    assert (found.point, found.stand_in) == (None, None)


def test_a_township_without_a_polygon_is_a_disc_and_no_point() -> None:
    found = locate("Tabayin Township", within=("Sagaing Region", "Myanmar"), where=Precision.TOWNSHIP)
    assert found.precision is Precision.TOWNSHIP
    assert found.point is None
    assert found.stand_in is not None
    assert found.radius_m == STAND_IN_RADIUS_M[Precision.TOWNSHIP]
    assert codes(found) == ["MM", "MM-01", None]
    assert "boundary" in found.reason.lower()


def test_a_township_that_nobody_knows_keeps_its_name_and_what_it_lies_in() -> None:
    found = locate("Bogus Township", within=("Sagaing Region", "Myanmar"), where=Precision.TOWNSHIP)
    assert found.precision is Precision.TOWNSHIP
    assert (found.point, found.stand_in, found.radius_m) == (None, None, None)
    assert [link.name for link in found.regions] == ["Myanmar", "Sagaing Region", "Bogus Township"]


def test_a_village_that_nobody_knows_is_somewhere_in_its_township() -> None:
    found = locate("Nowhere", within=("Tabayin Township", "Sagaing Region", "Myanmar"), where=Precision.SETTLEMENT)
    assert found.precision is Precision.TOWNSHIP
    assert found.point is None
    assert found.stand_in is not None
    assert found.reason.startswith("Nowhere is not in the gazetteer")


def test_a_village_that_nobody_knows_is_somewhere_in_its_district() -> None:
    found = locate("Nowhere", within=("Shwebo district", "Sagaing Region", "Myanmar"), where=Precision.SETTLEMENT)
    assert found.precision is Precision.DISTRICT
    assert found.radius_m == STAND_IN_RADIUS_M[Precision.DISTRICT]
    assert [(link.level, link.name) for link in found.regions] == [
        (0, "Myanmar"),
        (1, "Sagaing Region"),
        (2, "Shwebo district"),
    ]


def test_a_village_that_nobody_knows_is_somewhere_in_its_state() -> None:
    found = locate("Nowhere", within=("Chin State", "Myanmar"), where=Precision.SETTLEMENT)
    assert found.precision is Precision.STATE
    assert codes(found) == ["MM", "MM-14"]
    assert found.point is None
    assert "not in the gazetteer" in found.reason


def test_a_near_spelling_is_never_taken_for_the_name() -> None:
    found = locate("Lat Yat Kine", within=("Tabayin Township", "Sagaing Region", "Myanmar"), where=Precision.SETTLEMENT)
    assert found.point is None


def test_namesakes_without_anything_to_choose_by_get_no_point() -> None:
    found = locate("San Isidro", within=("Philippines",), where=Precision.SETTLEMENT)
    assert found.point is None
    assert "several places" in found.reason


def test_no_place_is_unknown() -> None:
    found = locate(None, where=Precision.UNKNOWN)
    assert found.precision is Precision.UNKNOWN
    assert found.regions == ()


def test_a_country_that_nobody_knows_is_refused_without_its_name() -> None:
    with pytest.raises(UnknownPlace) as raised:
        locate("Somewhere Secret", within=("Qwertyland",), where=Precision.SETTLEMENT)
    assert "Secret" not in str(raised.value)
    assert "Qwertyland" not in str(raised.value)


@settings(deadline=None)  # the first call reads the gazetteer
@given(
    st.sampled_from(["Yangon", "Thilawa Port", "Let Yet Kone", "Tabayin Township", "Chin State", "Nowhere", "Myanmar"]),
    st.sampled_from([p for p in Precision if p not in {Precision.SEA, Precision.UNKNOWN}]),
)
def test_nothing_is_ever_finer_than_the_source(place: str, where: Precision) -> None:
    found = locate(place, within=("Sagaing Region", "Myanmar"), where=where)
    assert where.is_at_least(found.precision)
    assert (found.point is not None) <= found.precision.claims_point
    assert (found.stand_in is not None) <= (not found.precision.claims_point)
    assert found.reason.endswith(".")
    assert [link.level for link in found.regions] == sorted(link.level for link in found.regions)


def test_regions_by_name_come_first_and_keep_what_has_no_code() -> None:
    links = name_regions("Myanmar (Burma)", "Magway  region", "Pakokku district")
    assert [(link.level, link.name, link.scheme, link.code, link.how) for link in links] == [
        (0, "Myanmar", "ISO 3166-1", "MM", Found.NAMED),
        (1, "Magway Region", "ISO 3166-2", "MM-03", Found.NAMED),
        (2, "Pakokku district", None, None, Found.NAMED),
    ]


def test_regions_of_names_that_are_missing_or_unknown() -> None:
    assert [link.code for link in name_regions("Myanmar (Burma)", None)] == ["MM"]
    assert name_regions(None, None) == ()
    unknown = name_regions("Myanmar", "Neverland region")[1]
    assert (unknown.level, unknown.name, unknown.code, unknown.scheme) == (1, "Neverland region", None, None)
    assert [link.code for link in name_regions(None, "Sagaing Region")] == ["MM", "MM-01"]


def test_regions_of_a_point_and_of_many_agree() -> None:
    points = [LonLat(95.4, 22.68), LonLat(92.8, 20.12), LonLat(88, 10)]
    many = regions_of_many([p.lon for p in points] + [float("nan")], [p.lat for p in points] + [float("nan")])
    assert many[:3] == [regions_of(point) for point in points]
    assert many[3] == ()
    assert [link.how for link in many[1]] == [Found.NEAREST, Found.NEAREST]


def test_where_the_boundary_of_nay_pyi_taw_is_lacking_the_point_is_in_doubt() -> None:
    assert [unit.code for unit in units_in_doubt(LonLat(96.13, 19.75))] == ["MM-18"]
    # Mandalay's own towns; Shan, next to it; the sea.
    for lon, lat in ((96.08, 21.97), (95.87, 20.88), (97.03, 20.78), (90.0, 10.0)):
        assert units_in_doubt(LonLat(lon, lat)) == ()
