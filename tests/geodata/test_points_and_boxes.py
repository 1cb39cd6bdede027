"""Points, boxes, precision and names: the small types that everything else stands on."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geodata.bbox import BBox, parse_bbox
from geodata.errors import BadBBox, BadPoint
from geodata.names import fold, fold_name
from geodata.points import LonLat
from geodata.precision import STAND_IN_RADIUS_M, USUAL_UNCERTAINTY_M, Precision
from geodata.region_names import without_brackets, without_kind


@pytest.mark.parametrize(
    ("lon", "lat"), [(181, 0), (-180.1, 0), (0, 90.1), (0, -91), (float("nan"), 0), (0, float("inf"))]
)
def test_what_is_no_point_is_refused_without_telling_it(lon: float, lat: float) -> None:
    with pytest.raises(BadPoint) as raised:
        LonLat(lon, lat)
    assert not {"181", "180.1", "90.1", "91", "nan", "inf"} & set(str(raised.value).split())


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_every_place_on_earth_is_a_point(lon: float, lat: float) -> None:
    assert LonLat(lon, lat) == LonLat(lon, lat)


@pytest.mark.parametrize(
    "text",
    ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "0,5,1,4", "0,0,181,1", "0,-91,1,1", "nan,0,1,1", "1_0,2,30,4", "١,2,3,4"],
)
def test_what_is_no_box_is_refused(text: str) -> None:
    with pytest.raises(BadBBox):
        parse_bbox(text)


def test_a_box_over_the_antimeridian_is_two() -> None:
    box = parse_bbox("170,-20,-170,-10")
    assert box.crosses_antimeridian
    assert [*box.parts()] == [BBox(170, -20, 180, -10), BBox(-180, -20, -170, -10)]
    assert [*parse_bbox("92,9,102,29").parts()] == [BBox(92, 9, 102, 29)]


@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90))
def test_parts_never_cross(west: float, south: float, east: float, north: float) -> None:
    if south <= north:
        assert not any(part.crosses_antimeridian for part in BBox(west, south, east, north).parts())


def test_precision_is_one_scale_from_fine_to_coarse() -> None:
    assert [p.rank for p in Precision] == list(range(11))
    assert Precision.SETTLEMENT.is_at_least(Precision.STATE)
    assert not Precision.STATE.is_at_least(Precision.SETTLEMENT)
    assert {p for p in Precision if p.claims_point} == set(USUAL_UNCERTAINTY_M)
    assert not any(p.claims_point for p in STAND_IN_RADIUS_M)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Nay Pyi Taw", "Naypyitaw"), ("Hpa-an", "HPAAN"), ("Taūnjī", "Taunji"), ("Ｙangon", "yangon"), ("ရန်ကုန်", "ရန်ကုန်")],
)
def test_names_fold_to_one(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


def test_burmese_signs_are_letters() -> None:
    assert fold_name("ကျောက်ဖြူ") != fold_name("ကျောကဖြ")


@given(st.text())
@example("𝐒ſ™")  # Capitals only once they are decomposed.
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold_name(fold_name(text)) == fold_name(text)
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_short_way_for_ascii_is_the_long_way(text: str) -> None:
    assert fold_name(text) == fold_name(text + "é").removesuffix("e")


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Sagaing Region", "Sagaing"),
        ("Magway  region", "Magway"),
        ("Naypyidaw Union territory", "Naypyidaw"),
        ("State of Palestine", "Palestine"),
        ("Region", "Region"),
        ("Sagaing", "Sagaing"),
    ],
)
def test_the_kind_of_a_region_is_dropped(name: str, bare: str) -> None:
    assert without_kind(name) == bare


def test_brackets_are_dropped() -> None:
    assert without_brackets("Myanmar (Burma)") == "Myanmar"
    assert without_brackets("(all)") == "(all)"
