"""Precision of place from the code and the text together; regions by their names before the point."""

from collections.abc import Callable

import pytest

from geodata.locations import Found, Location
from geodata.points import LonLat
from geodata.precision import Precision
from incidents.importing.ucdp_places import EventPlace, locate_event, names_area, townships_in

MONYWA = LonLat(95.1358, 22.1086)
Locate = Callable[..., tuple[Location, list[str | None]]]


@pytest.fixture
def locate() -> Locate:
    def locate_row(
        code: int,
        text: str,
        adm_1: str = "Sagaing region",
        adm_2: str = "Monywa district",
        point: LonLat | None = MONYWA,
        country: str = "Myanmar (Burma)",
    ) -> tuple[Location, list[str | None]]:
        noted: list[str | None] = []
        found = locate_event(
            EventPlace(code, text, country, adm_1, adm_2, point), lambda column, *_rest: noted.append(column)
        )
        return found, noted

    return locate_row


@pytest.mark.parametrize(
    ("code", "text", "adm_1", "adm_2", "precision"),
    [
        (1, "Monywa town", "Sagaing region", "Monywa district", Precision.SETTLEMENT),
        (1, "Nagar bridge", "Sagaing region", "Monywa district", Precision.SETTLEMENT),
        (2, "Monywa town", "Sagaing region", "Monywa district", Precision.NEAR),
        (2, "Insein township", "Yangon region", "", Precision.NEAR),
        (2, "Shan State (North)", "Shan state", "", Precision.STATE),
        (2, "Mandalay town", "Mandalay region", "", Precision.NEAR),
        (3, "Hpa-an district", "Kayin state", "Hpa-an district", Precision.DISTRICT),
        (4, "Shan state", "Shan state", "", Precision.STATE),
        (5, "Kalay township", "Sagaing region", "Kale district", Precision.TOWNSHIP),
        (5, "Kalay Township", "", "", Precision.TOWNSHIP),
        (5, "Ayeyarwady river (Katha township)", "Sagaing region", "Katha district", Precision.TOWNSHIP),
        (5, "Between Yesagyo and Myaung townships", "", "", Precision.TOWNSHIP),
        (5, "Matupi - Mindat highway", "Chin state", "", Precision.AREA),
        (5, "Lashio-Muse road", "Shan state", "Muse district", Precision.AREA),
        (5, "Naf river", "Rakhine state", "Maungdaw district", Precision.AREA),
        (5, "Thai Border East", "", "", Precision.AREA),
        (5, "Border between Chin state and Magway region", "", "", Precision.AREA),
        (5, "Christie Island", "Tanintharyi division", "", Precision.AREA),
        (5, "Sin Inn village", "Mon state", "Mawlamyine district", Precision.DISTRICT),
        (5, "Northern Shan state", "Shan state", "", Precision.STATE),
        (5, "Northern Arakan state", "", "", Precision.STATE),
        (5, "the north", "", "", Precision.COUNTRY),
        (6, "Myanmar (Burma)", "", "", Precision.COUNTRY),
        (7, "Andaman sea", "", "", Precision.SEA),
    ],
)
def test_precision_comes_from_code_and_text(
    locate: Locate, code: int, text: str, adm_1: str, adm_2: str, precision: Precision
) -> None:
    found, _ = locate(code, text, adm_1, adm_2)
    assert found.precision == precision
    assert f"where_prec {code}" in found.reason


def test_only_codes_1_and_2_have_a_point_and_units_smaller_than_a_state_a_stand_in(locate: Locate) -> None:
    for code, text in [
        (1, "A town"),
        (2, "A town"),
        (3, "A district"),
        (4, "A state"),
        (5, "A township"),
        (5, "A road"),
    ]:
        found, _ = locate(code, text)
        assert (found.point is not None) == (code in {1, 2})
        assert (found.stand_in is not None) == (code in {3, 5})
    for code in (4, 6, 7):
        found, _ = locate(code, "Sagaing region")
        assert found.point is None
        assert found.stand_in is None
        assert found.radius_m is None


def test_how_far_off_the_true_place_may_be(locate: Locate) -> None:
    assert locate(1, "Chantha village")[0].radius_m == 2_000
    assert locate(1, "Monywa town")[0].radius_m == 5_000
    assert locate(2, "Monywa town")[0].radius_m == 25_000
    assert locate(5, "Kalay township")[0].radius_m == 30_000
    assert locate(5, "Kalay township", point=None)[0].radius_m is None


@pytest.mark.parametrize(
    ("adm_1", "code"),
    [
        ("Sagaing region", "MM-01"),
        ("Sagaing division", "MM-01"),
        ("Sagaing district", "MM-01"),
        ("Magway  region", "MM-03"),
        ("Magwe division", "MM-03"),
        ("Karen state", "MM-13"),
        ("Kayin state", "MM-13"),
        ("Naypyidaw Union territory", "MM-18"),
        ("Bago division", "MM-02"),
        ("Tanintharyi division", "MM-05"),
    ],
)
def test_units_are_found_by_their_names_in_every_spelling(locate: Locate, adm_1: str, code: str) -> None:
    found, noted = locate(4, adm_1, adm_1, "")
    assert [(link.level, link.code, link.how) for link in found.regions] == [
        (0, "MM", Found.NAMED),
        (1, code, Found.NAMED),
    ]
    assert not noted


def test_a_name_goes_before_the_point(locate: Locate) -> None:
    """The point lies in Sagaing, the row says Shan: the row's name stands."""
    found, _ = locate(1, "A village", "Shan state")
    assert [link.code for link in found.regions if link.level == 1] == ["MM-17"]


def test_the_point_stands_in_for_a_missing_name_where_a_point_is_claimed(locate: Locate) -> None:
    found, noted = locate(1, "Monywa town", "", "")
    assert [(link.code, link.how) for link in found.regions if link.level == 1] == [("MM-01", Found.POLYGON)]
    assert not noted
    found, _ = locate(5, "Mandalay - Yangon highway", "", "")
    assert [link.code for link in found.regions] == ["MM"]


def test_a_point_beyond_the_border_does_not_move_the_event_to_another_country(locate: Locate) -> None:
    found, noted = locate(2, "Moei river", "", "", point=LonLat(98.57, 16.72))
    assert [link.code for link in found.regions] == ["MM"]
    assert noted == ["country"]


def test_a_finding_shows_the_country_as_the_row_writes_it() -> None:
    noted: list[tuple[str | None, ...]] = []
    for point, text in ((LonLat(98.57, 16.72), ""), (LonLat(88.0, 13.0), "Sagaing region")):
        locate_event(
            EventPlace(2, "A place", "Myanmar (Burma)", text, "", point), lambda *parts: noted.append(parts[:3])
        )
    assert noted == [
        ("country", "Myanmar (Burma)", "the point lies in another country than the one named"),
        ("country", "Myanmar (Burma)", "the point lies in no country, and more than 50 km from the one named"),
    ]


def test_the_point_0_0_and_points_off_the_coast_are_no_fault_at_sea(locate: Locate) -> None:
    assert locate(7, "Gulf of Guinea", "", "", point=LonLat(0.0, 0.0))[1] == []
    # 30 km off Sittwe.
    assert locate(1, "An island", "Rakhine state", "", point=LonLat(92.62, 20.0))[1] == []


def test_an_unknown_unit_is_told(locate: Locate) -> None:
    assert locate(4, "Nowhere region", "Nowhere region", "")[1] == ["adm_1"]
    assert locate(6, "Nowhere", "", "", country="Nowhere")[1] == ["country"]


def test_a_unit_found_by_a_point_where_a_boundary_is_lacking_is_told(locate: Locate) -> None:
    found, noted = locate(1, "A village", "", "", point=LonLat(96.13, 19.75))
    assert [link.code for link in found.regions] == ["MM", "MM-04"]
    assert noted == ["adm_1"]
    assert locate(1, "A village", "", "", point=LonLat(96.08, 21.97))[1] == []


def test_a_part_of_a_unit_is_known_to_that_unit(locate: Locate) -> None:
    found, noted = locate(5, "Northern Arakan state", "", "")
    assert [link.code for link in found.regions] == ["MM", "MM-16"]
    assert not noted


def test_townships_and_districts_are_known_by_their_names(locate: Locate) -> None:
    found, _ = locate(5, "Kalay township", "Sagaing region", "Kale district")
    assert [(link.level, link.name) for link in found.regions][2:] == [(2, "Kale district"), (3, "Kalay township")]


def test_the_open_sea_lies_in_no_country(locate: Locate) -> None:
    assert locate(7, "Bay of Bengal", "", "")[0].regions == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Kalay township", ("Kalay township",)),
        ("Kyauktaga  township", ("Kyauktaga township",)),
        ("Yangon - Mandalay highway (Kyauktaga  township)", ("Kyauktaga township",)),
        ("Between Yesagyo and Myaung townships", ("Yesagyo township", "Myaung township")),
        ("Road between Hpruso and Bawlakhe townships", ("Hpruso township", "Bawlakhe township")),
        ("betweem Pa-an township and Bilin township", ("Pa-an township", "Bilin township")),
        (
            "Between Buthidaung Township (Rakhine State) and Paletwa Township (Chin State)",
            ("Buthidaung township", "Paletwa township"),
        ),
        ("Kya In Seik Gyi township", ("Kya In Seik Gyi township",)),
        ("In Tamu township", ("Tamu township",)),
        ("Kalay town", ()),
        ("township", ()),
        ("", ()),
    ],
)
def test_townships_are_read_from_the_text(text: str, names: tuple[str, ...]) -> None:
    assert townships_in(text) == names


@pytest.mark.parametrize("text", ["Myawaddy town", "Riverside village", "Shan state", "Hillview town", "Laukkaing"])
def test_names_that_only_look_like_areas_are_none(text: str) -> None:
    assert not names_area(text)
