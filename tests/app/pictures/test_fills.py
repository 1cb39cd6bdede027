"""Pictures fill regions and chart time as the browser's map does, and count nothing that is taken back."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from matplotlib.colors import to_rgb

from app.pictures.bars import find_bars
from app.pictures.filling import COLOURS
from app.pictures.fills import LEVELS, STRENGTHS, TITLES, name_class, say_rate, strength_of
from app.pictures.frames import to_x, to_y
from app.pictures.maps import DrawnMap
from app.pictures.palette import PALETTES
from app.pictures.picture import View
from app.pictures.surveys import Surveyor
from geodata.points import LonLat
from geodata.precision import Precision
from incidents.drafts import Extent, HarmDraft, Span
from incidents.editions.edition import Edition
from incidents.filters import IncidentFilter, parse_filter
from tests.app.pictures.conftest import Draw, Pixels
from tests.app.pictures.test_palette import SOURCES
from tests.factories import CHIN, MYANMAR, SAGAING, make_id, make_location, make_public, make_store, write_edition

# In Sagaing, in Chin, and in Myanmar outside of both; nothing is drawn there.
IN_SAGAING, IN_CHIN, ELSEWHERE = LonLat(96.4, 26.2), LonLat(93.2, 23.6), LonLat(98.0, 22.2)
SAGAING_HAS, CHIN_HAS = 12, 3
# With two that are known only to it.
MYANMAR_HAS = SAGAING_HAS + CHIN_HAS + 2
CLOSE, FAR = View(5.5, 23.5, 95.5), View(4, 20, 96)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edition]:
    """Open an edition of strikes in two states, one of which has figures of harm, and two known only to the country."""
    with make_store(tmp_path_factory.mktemp("filled"), _rows()).reading(None) as held:
        yield held


def _rows() -> list[Any]:
    def place(point: LonLat | None, *regions: Any) -> Any:
        precision = Precision.SITE if point else Precision.COUNTRY
        return make_location(precision=precision, point=point, radius_m=10.0 if point else None, regions=regions)

    chin, sagaing = place(LonLat(93.0, 21.0), MYANMAR, CHIN), place(LonLat(95.0, 22.0), MYANMAR, SAGAING)
    return [
        *(_row(at, sagaing, kind="shelling", harm=(_killed(2),)) for at in range(1, 1 + SAGAING_HAS)),
        *(_row(20 + at, chin, harm=()) for at in range(CHIN_HAS)),
        *(_row(30 + at, place(None, MYANMAR), harm=()) for at in range(2)),
    ]


def _row(number: int, location: Any, **changes: Any) -> Any:
    return make_public(number, location=location, **changes)


def _killed(least: int) -> HarmDraft:
    return HarmDraft("total", killed=Span(least))


@pytest.fixture
def draw_filled(draw: Draw, filled: Edition) -> Callable[..., tuple[DrawnMap, Pixels]]:
    """Give a function that draws the edition."""

    def drawn(*chosen: tuple[str, str], **shape: Any) -> tuple[DrawnMap, Pixels]:
        return draw(chosen, **{"of": filled, "view": CLOSE, **shape})

    return drawn


def colour_at(drawn: DrawnMap, pixels: Pixels, point: LonLat) -> str:
    x, y = drawn.frame.place(to_x(point.lon), to_y(point.lat))
    return pixels.at(x, y)


def colours_at(drawn: DrawnMap, pixels: Pixels, point: LonLat) -> set[str]:
    """Give the colours right of a point, as far as lines of a hatch lie apart."""
    x, y = drawn.frame.place(to_x(point.lon), to_y(point.lat))
    return {pixels.at(x + step, y) for step in range(15)}


def mixed(theme: str, strength: float) -> str:
    """Give the land's colour under the fill's."""
    land, fill = (to_rgb(colour) for colour in (PALETTES[theme].land, COLOURS[theme]))
    parts = [round(255 * (strength * over + (1 - strength) * under)) for over, under in zip(fill, land, strict=True)]
    return f"#{parts[0]:02X}{parts[1]:02X}{parts[2]:02X}"


def is_near(one: str, other: str) -> bool:
    return all(abs(int(one[at : at + 2], 16) - int(other[at : at + 2], 16)) <= 2 for at in (1, 3, 5))


def test_figures_and_colours_are_those_of_the_browser() -> None:
    classes = (SOURCES / "region_classes.js").read_text("utf-8")
    figures, panel = ((SOURCES / name).read_text("utf-8") for name in ("region_figures.js", "regions_panel.js"))
    found = dict(re.findall(r'(light|dark): \{ fill: "(#\w+)"', classes))
    assert found == dict(COLOURS)
    for theme, hatch in re.findall(r'(light|dark): \{ fill: "#\w+", hatch: "(#\w+)"', classes):
        assert PALETTES[theme].hatch == hatch
    assert re.search(r"STRENGTHS = \[(.+)\]", classes)[1] == ", ".join(f"{one:g}" for one in STRENGTHS)  # type: ignore[index]
    assert re.search(r"LEVELS = \[(.+)\]", panel)[1] == ", ".join(f"{one:g}" for one in LEVELS)  # type: ignore[index]
    assert dict(re.findall(r'(number|rate|killed): "([^"]+)"', figures.partition("TITLES")[2])) == TITLES


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_regions_are_filled_by_how_much_is_in_them(
    draw_filled: Callable[..., tuple[DrawnMap, Pixels]], filled: Edition, theme: str
) -> None:
    plain, bare = draw_filled(theme=theme)
    drawn, pixels = draw_filled(theme=theme, regions="number")
    fill = Surveyor(filled, IncidentFilter()).fill("number", drawn.frame)
    assert [(one.code, one.figure.value) for one in fill.regions] == [("MM-01", SAGAING_HAS), ("MM-14", CHIN_HAS)]
    assert colour_at(plain, bare, IN_SAGAING) == PALETTES[theme].land
    assert is_near(colour_at(drawn, pixels, IN_SAGAING), mixed(theme, STRENGTHS[-1]))
    assert list(fill.limits) == [1, 2, 4, 7]
    assert is_near(colour_at(drawn, pixels, IN_CHIN), mixed(theme, strength_of(fill.limits, 1)))
    assert fill.notes == (f"{MYANMAR_HAS} incidents: {MYANMAR_HAS - 2} in these regions, 2 known only to Myanmar.",)
    assert f"Sagaing: {SAGAING_HAS} incidents; Chin: {CHIN_HAS} incidents" in drawn.words
    legend = (drawn.frame.box[2] + 10, drawn.frame.box[1], 1190, 600)
    assert any(pixels.holds(mixed_exactly, legend) for mixed_exactly in _around(mixed(theme, STRENGTHS[-1])))
    assert not any(bare.holds(mixed_exactly, legend) for mixed_exactly in _around(mixed(theme, STRENGTHS[-1])))


def _around(colour: str) -> Iterator[str]:
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    for red in (-1, 0, 1):
        for green in (-1, 0, 1):
            for blue in (-1, 0, 1):
                yield f"#{parts[0] + red:02X}{parts[1] + green:02X}{parts[2] + blue:02X}"


def test_the_key_accounts_for_every_incident(tmp_path: Path, draw: Draw) -> None:
    every = MYANMAR_HAS + 2
    at_sea = make_location(precision=Precision.SITE, point=LonLat(93.0, 17.0), radius_m=10.0, regions=(MYANMAR,))
    nowhere = make_location(precision=Precision.UNKNOWN, point=None, radius_m=None, regions=())
    write_edition(tmp_path, [*_rows(), _row(40, at_sea), _row(41, nowhere), _row(42, at_sea, extent=Extent.PATTERN)])
    edition = Edition(tmp_path / "1")
    try:
        for view, account in (
            (CLOSE, f"{every - 4} in these regions, 2 known only to Myanmar, 1 in no region, 1 without a place."),
            (FAR, f"{every - 1} in these countries, 1 without a place."),
        ):
            drawn, _ = draw(of=edition, view=view, regions="number")
            fill = Surveyor(edition, IncidentFilter()).fill("number", drawn.frame)
            assert fill.notes == (f"{every} incidents: {account}",)
            assert fill.notes[0] in drawn.words
    finally:
        edition.close()


def test_farther_off_countries_are_filled(draw_filled: Callable[..., tuple[DrawnMap, Pixels]], filled: Edition) -> None:
    drawn, _ = draw_filled(view=FAR, regions="number")
    fill = Surveyor(filled, IncidentFilter()).fill("number", drawn.frame)
    assert [(one.code, one.figure.value) for one in fill.regions] == [("MM", MYANMAR_HAS)]
    assert fill.notes == (f"{MYANMAR_HAS} incidents: {MYANMAR_HAS} in these countries.",)


def test_a_chosen_region_alone_is_filled(draw_filled: Callable[..., tuple[DrawnMap, Pixels]], filled: Edition) -> None:
    chosen = parse_filter([("region", "MM-14")], filled.taxonomy)
    drawn, pixels = draw_filled(("region", "MM-14"), regions="number")
    fill = Surveyor(filled, chosen).fill("number", drawn.frame)
    assert [one.code for one in fill.regions] == ["MM-14"]
    assert colour_at(drawn, pixels, IN_SAGAING) == PALETTES["light"].land


def test_a_chosen_part_of_a_country_is_filled_in_its_stead(
    draw_filled: Callable[..., tuple[DrawnMap, Pixels]], filled: Edition
) -> None:
    chosen = parse_filter([("region", "MM-14")], filled.taxonomy)
    drawn, pixels = draw_filled(("region", "MM-14"), view=FAR, regions="number")
    fill = Surveyor(filled, chosen).fill("number", drawn.frame)
    assert [(one.code, one.figure.value) for one in fill.regions] == [("MM-14", CHIN_HAS)]
    assert fill.title == "Incidents, by region"
    assert is_near(colour_at(drawn, pixels, IN_CHIN), mixed("light", strength_of(fill.limits, len(fill.limits) - 1)))
    # With all of the country chosen, it is filled as one.
    both = parse_filter([("region", "MM-14,MM")], filled.taxonomy)
    assert [one.code for one in Surveyor(filled, both).fill("number", drawn.frame).regions] == ["MM"]


def test_a_region_most_of_which_is_not_known_is_hatched_and_not_bare(
    draw_filled: Callable[..., tuple[DrawnMap, Pixels]], filled: Edition
) -> None:
    drawn, pixels = draw_filled(regions="killed")
    fill = Surveyor(filled, IncidentFilter()).fill("killed", drawn.frame)
    figures = {one.code: one.figure for one in fill.regions}
    assert (figures["MM-01"].value, figures["MM-01"].unknown) == (2 * SAGAING_HAS, False)
    assert (figures["MM-14"].value, figures["MM-14"].unknown) == (0, True)
    assert figures["MM-14"].words == f"no figure given in {CHIN_HAS} incidents"
    assert len(colours_at(drawn, pixels, IN_CHIN)) > 2, "no hatching"
    assert "of people in all and not of groups" in fill.notes[0]


@pytest.mark.parametrize("by", TITLES)
def test_among_filled_regions_a_hatch_is_what_their_key_says_and_nothing_else(
    draw_filled: Callable[..., tuple[DrawnMap, Pixels]], by: str
) -> None:
    """Two incidents are known only to the country, which is hatched where no region is filled."""
    plain, bare = draw_filled()
    assert len(colours_at(plain, bare, ELSEWHERE)) > 2
    drawn, pixels = draw_filled(regions=by)
    assert [len(colours_at(drawn, pixels, point)) for point in (IN_SAGAING, ELSEWHERE)] == [1, 1]
    # Its count and its outline stay, and the legend has the outline in the hatch's place.
    assert (
        [label.text for label in drawn.labels] == [label.text for label in plain.labels] == ["2 known only to Myanmar"]
    )
    assert drawn.to_svg().count(b'stroke-dasharray="4,3"') == plain.to_svg().count(b'stroke-dasharray="4,3"') == 2


def test_rates_are_by_the_months_of_the_window(filled: Edition, draw_filled: Callable[..., Any]) -> None:
    chosen = parse_filter([("from", "2022"), ("to", "2022")], filled.taxonomy)
    frame = draw_filled()[0].frame
    fill = Surveyor(filled, chosen).fill("rate", frame)
    assert fill.regions[0].figure.value == pytest.approx(SAGAING_HAS / (365 / 30.4375))
    assert fill.regions[0].figure.words == f"1.0 a month, {SAGAING_HAS} incidents in all"


@pytest.mark.parametrize(
    ("incidents", "months", "rate"),
    [(0, 1, "0"), (3, 2000, "0.0015"), (1, 10, "0.1"), (35, 10, "3.5"), (120, 10, "12")],
)
def test_a_rate_is_said_as_finely_as_the_key_tells_it_apart(incidents: int, months: float, rate: str) -> None:
    assert say_rate(incidents, 0, incidents, months).words.startswith(f"{rate} a month, ")


def test_what_may_have_happened_at_another_time_fills_no_region_by_its_rate(
    tmp_path: Path, draw_filled: Callable[..., Any]
) -> None:
    """Two incidents of one day and six of some time in a century: their rate in a month is by the two."""
    days = [(dt.date(2022, 9, 16),) * 2] * 2 + [(dt.date(1950, 1, 1), dt.date(2049, 12, 31))] * 6
    place = make_location(point=IN_SAGAING, regions=(MYANMAR, SAGAING))
    write_edition(
        tmp_path,
        (
            make_public(at, location=place, date=f"{first}/{last}", earliest=first, latest=last)
            for at, (first, last) in enumerate(days)
        ),
    )
    frame = draw_filled()[0].frame
    edition = Edition(tmp_path / "1")
    try:
        assert edition.certain_by_region() == {"MM": (8, 0), "MM-01": (8, 0)}
        for window, figure, unknown, words in (
            ("2022-09", 2, True, "2.0 to 8.1 a month, 8 incidents in all, 2 certainly then"),
            ("2022-10", 0, True, "0 to 5.9 a month, 6 incidents in all, 0 certainly then"),
        ):
            chosen = parse_filter([("from", window), ("to", window)], edition.taxonomy)
            fill = Surveyor(edition, chosen).fill("rate", frame)
            assert fill.regions[0].figure.value == pytest.approx(figure * 30.4375 / 30, abs=0.001)
            assert (fill.regions[0].figure.unknown, fill.regions[0].figure.words) == (unknown, words)
            assert fill.unknown == "Most may be of another time"
        # Over all time they certainly happened.
        fill = Surveyor(edition, IncidentFilter()).fill("rate", frame)
        assert (fill.unknown, fill.regions[0].figure.words) == ("", "0.0067 a month, 8 incidents in all")
    finally:
        edition.close()


def test_what_is_taken_back_fills_and_charts_nothing(tmp_path: Path, draw: Draw) -> None:
    write_edition(tmp_path, _rows())
    chin = [make_id(20 + at) for at in range(CHIN_HAS)]
    with_it, without = Edition(tmp_path / "1"), Edition(tmp_path / "1", hidden=chin)
    try:
        for edition, codes in ((with_it, ["MM-01", "MM-14"]), (without, ["MM-01"])):
            drawn, pixels = draw(of=edition, view=CLOSE, regions="number", chart="kind")
            surveyor = Surveyor(edition, IncidentFilter())
            assert [one.code for one in surveyor.fill("number", drawn.frame).regions] == codes
            assert ("Chin" in drawn.words) == (len(codes) == 2)
            assert (colour_at(drawn, pixels, IN_CHIN) == PALETTES["light"].land) == (len(codes) == 1)
            (row,) = surveyor.bars("kind").rows
            assert sum(row.families["ground"]) == SAGAING_HAS
            assert sum(row.families.get("air", ())) == (CHIN_HAS + 2 if len(codes) == 2 else 2)
    finally:
        with_it.close()
        without.close()


def test_a_chart_stands_beneath_the_map(draw_filled: Callable[..., tuple[DrawnMap, Pixels]], filled: Edition) -> None:
    plain, bare = draw_filled()
    for by in ("kind", "aircraft"):
        drawn, pixels = draw_filled(chart=by)
        left, _, right, bottom = drawn.frame.box
        beneath = (left, bottom + 6, right, plain.frame.box[3])
        assert bottom < plain.frame.box[3] - 60
        family = PALETTES["light"].families["air"]
        assert pixels.holds(family, beneath)
        assert not bare.holds(family, beneath)
        assert "Chart: Incidents by month" in drawn.words
    (row,) = find_bars(filled, IncidentFilter(), "kind").rows
    assert {family: sum(counts) for family, counts in row.families.items()} == {
        "air": CHIN_HAS + 2,
        "ground": SAGAING_HAS,
    }
    assert [one.label for one in find_bars(filled, IncidentFilter(), "aircraft").rows] == ["Mi-35"]


def test_a_small_picture_keeps_its_map(draw_filled: Callable[..., tuple[DrawnMap, Pixels]]) -> None:
    for height in (360, 420, 500):
        drawn, _ = draw_filled(chart="kind", regions="number", width=480, height=height)
        left, top, right, bottom = drawn.frame.box
        assert bottom - top > 0.31 * height
        assert right - left >= 200


def test_the_same_question_has_the_same_bytes(draw_filled: Callable[..., tuple[DrawnMap, Pixels]]) -> None:
    svgs = {draw_filled(regions="killed", chart="kind")[0].to_svg() for _ in range(2)}
    assert len(svgs) == 1
    assert b"style=" not in svgs.pop()


def test_nothing_to_fill_or_chart_is_said(draw_filled: Callable[..., tuple[DrawnMap, Pixels]]) -> None:
    drawn, _ = draw_filled(("kind", "protest"), regions="number", chart="kind")
    assert "None has any" in drawn.words
    assert "Chart" not in drawn.words


def test_classes_are_named_by_the_least_they_stand_for() -> None:
    assert [name_class([1, 10, 50], at) for at in range(3)] == ["1", "10", "50+"]
    assert [name_class([0.04, 0.1, 1], at) for at in range(3)] == ["< 0.1", "0.1", "1+"]
    assert strength_of([1], 0) == STRENGTHS[2]
