"""What a map's picture shows: everything where it lies and as closely as it is known, and nothing else."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from app.pictures import maps
from app.pictures.areas import lay_labels, see_areas
from app.pictures.canvas import vertices
from app.pictures.errors import DrawingTooSlow
from app.pictures.frames import stand, to_x, to_y
from app.pictures.maps import DrawnMap, _legend, draw_map
from app.pictures.outlines import Area, Shapes
from app.pictures.palette import PALETTES
from app.pictures.picture import MapPicture, Shape, View
from app.pictures.surveys import Surveyor
from geodata.points import LonLat
from geodata.precision import Precision
from incidents.editions.edition import Edition
from incidents.editions.shapes import RegionShape
from incidents.filters import IncidentFilter
from tests.app.pictures.conftest import CROWD, DISC, IN_CHIN, MANY, NEAR, NOWHERE, SITE, Draw
from tests.factories import make_id, make_location, make_public, write_edition

LIGHT = PALETTES["light"]
WIDE = View(5.5, 20, 96)
TOTAL = 3 + MANY + 1 + IN_CHIN + NOWHERE


def where(drawn: DrawnMap, point: LonLat) -> tuple[float, float]:
    """Give where a point lies on the sheet."""
    return drawn.frame.place(to_x(point.lon), to_y(point.lat))


def test_a_symbol_has_its_kinds_colour_where_it_lies(draw: Draw) -> None:
    drawn, pixels = draw(view=WIDE)
    assert pixels.at(*where(drawn, SITE)) == LIGHT.families["air"]
    assert pixels.at(*where(drawn, NEAR)) == LIGHT.families["ground"]


def test_dark_is_another_palette(draw: Draw) -> None:
    drawn, pixels = draw(view=WIDE, theme="dark")
    assert pixels.at(*where(drawn, SITE)) == PALETTES["dark"].families["air"]
    assert pixels.at(2, 2) == PALETTES["dark"].panel


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_ratio_draws_the_same_sheet_with_more_pixels(draw: Draw, ratio: float) -> None:
    drawn, pixels = draw(view=WIDE, width=round(800 * ratio), height=round(600 * ratio), ratio=ratio)
    assert pixels.values.shape == (round(600 * ratio), round(800 * ratio), 3)
    x, y = where(drawn, SITE)
    assert pixels.at(x * ratio, y * ratio) == LIGHT.families["air"]


def test_what_is_known_to_a_district_has_no_mark_in_its_middle(draw: Draw) -> None:
    drawn, pixels = draw(view=View(7, 25, 97.5))
    x, y = where(drawn, DISC)
    assert not pixels.holds(LIGHT.families["sea"], (x - 6, y - 6, x + 7, y + 7))
    reach = drawn.frame.pixels(40_000, to_y(DISC.lat))
    assert pixels.holds(LIGHT.families["sea"], (x - 8, y - reach - 8, x + 8, y - reach + 8))


def test_many_at_one_place_are_a_ring_with_their_number(draw: Draw) -> None:
    drawn, pixels = draw(view=WIDE)
    ring = max(drawn.glyphs, key=lambda glyph: glyph.rows)
    assert (ring.rows, ring.count, ring.patterns) == (MANY + 1, MANY, 1)
    assert (ring.x, ring.y) == pytest.approx(where(drawn, CROWD), abs=0.01)
    # The ring itself has the family's colour, its inside the panel's.
    assert pixels.at(ring.x - ring.radius + 2, ring.y) == LIGHT.families["diplomacy"]
    assert pixels.at(ring.x, ring.y - ring.radius + 6) == LIGHT.panel


def test_a_state_is_hatched_with_a_count_in_words_and_no_pin(draw: Draw) -> None:
    drawn, pixels = draw(chosen=(("region", "MM-14"),))
    assert [label.text for label in drawn.labels] == [f"{IN_CHIN} known only to Chin"]
    assert not drawn.glyphs
    left, top, right, bottom = drawn.frame.box
    box = (left + 2, top + 2, right - 2, bottom - 2)
    assert not pixels.holds(LIGHT.families["air"], box)
    x, y = drawn.frame.place(to_x(93.2), to_y(23.2))
    lines = [pixels.at(x + step, y) for step in range(24)]
    assert LIGHT.land in lines
    assert len(set(lines)) > 2, "no hatching"
    outside = drawn.frame.place(to_x(94.6), to_y(22.2))
    assert {pixels.at(outside[0] + step, outside[1]) for step in range(12)} == {LIGHT.land}


@pytest.mark.parametrize("codes", [("MM",), ("MM-14",), ("MM-14", "MM-01"), ("MM", "MM-14")])
def test_a_label_says_whether_the_whole_is_meant_or_parts(codes: tuple[str, ...]) -> None:
    names = {"MM": "Myanmar", "MM-14": "Chin", "MM-01": "Sagaing"}
    parents = {code: (name, None if code == "MM" else "MM") for code, name in names.items()}
    frame = stand(View(4, 20, 96), (0, 0, 1000, 700))
    # Of no size to speak of, so that parts are counted with the whole.
    areas = [
        square(code, names[code], parents[code][1], 0.75, 0.44 + 0.004 * at, 0.003) for at, code in enumerate(codes)
    ]
    (label,), aside = lay_labels(frame, see_areas(areas, frame), [], parents)
    where = {1: names[codes[0]], 2: "Myanmar or parts of it" if "MM" in codes else "parts of Myanmar"}[len(codes)]
    assert (label.text, aside) == (f"{len(codes)} known only to {where}", [])


def test_a_label_stands_on_the_same_copy_of_the_world_as_its_region() -> None:
    frame = stand(View(1, 20, 150), (0, 0, 1200, 500))
    assert len(frame.copies()) > 2
    for west in (0.02, 0.3, 0.55, 0.93):
        (sight,) = see_areas([square("XX", "Nowhere", None, west, 0.45, 0.05)], frame)
        assert np.ptp(sight.points[:, 0]) < 0.05 * frame.scale
        # All copies of it are hatched.
        assert np.ptp(vertices(sight.path)[:, 0]) > frame.scale
        (label,), _ = lay_labels(frame, [sight], [], {"XX": ("Nowhere", None)})
        x, _ = frame.place(west + 0.025, 0.475)
        assert abs(label.x - x) < label.width


def test_a_region_too_small_to_be_seen_as_one_is_counted_and_not_hatched() -> None:
    frame = stand(View(4, 20, 96), (0, 0, 1000, 700))
    # A unit of 25 pixels and one of 29; countries of 9 and of 12; one beyond the edge.
    seen = see_areas(
        [
            square("AA-1", "Small", "AA", 0.75, 0.44, 25 / 4096),
            square("AA-2", "Large", "AA", 0.76, 0.44, 29 / 4096),
            square("BB", "Small", None, 0.77, 0.44, 9 / 4096),
            square("CC", "Large", None, 0.78, 0.44, 12 / 4096),
            square("DD", "Beyond", None, 0.2, 0.44, 12 / 4096),
        ],
        frame,
    )
    assert [bool(len(vertices(sight.path))) for sight in seen] == [False, True, False, True, False]
    assert [bool(len(sight.points)) for sight in seen] == [True, True, True, True, False]


def test_outlines_that_no_picture_shows_are_not_read(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {area.code: area for area in Surveyor(edition, IncidentFilter()).survey().areas}
    read: list[str] = []
    shapes = edition.region_shapes

    def give(codes: list[str]) -> Iterator[RegionShape]:
        read.extend(sorted(codes))
        return shapes(codes)

    monkeypatch.setattr(edition, "region_shapes", give)
    for zoom, drawn in ((1.0, []), (9.0, sorted(whole))):
        read.clear()
        shape = Shape(480, 360, view=View(zoom, 21, 96))
        found = Surveyor(edition, IncidentFilter(), shape=shape).survey().areas
        assert read == drawn
        assert [(one.code, one.rows, one.incidents) for one in found] == [
            (one.code, one.rows, one.incidents) for one in whole.values()
        ]
        for one in found:
            assert np.allclose(one.rings.size, whole[one.code].rings.size, rtol=0.05)


def square(code: str, name: str, parent: str | None, west: float, north: float, side: float) -> Area:
    """Make a square region that one incident is known only to, in parts of the world's width."""
    ring = np.array([[west, north], [west, north + side], [west + side, north + side], [west + side, north]])
    return Area(code, name, 1 if parent else 0, parent, 1, 1, 0, Shapes.of([ring]))


def test_it_says_how_many_of_how_many_are_shown(draw: Draw) -> None:
    drawn, _ = draw()
    assert f"{TOTAL} of {TOTAL} shown: {TOTAL - 1} incidents and 1 pattern." in drawn.words
    assert f"{NOWHERE} with no place known" in drawn.words
    few, _ = draw(chosen=(("kind", "airstrike"),))
    assert few.words.startswith(f"Airstrikes. {1 + IN_CHIN + NOWHERE} of {TOTAL} shown")
    assert "Edition 1, 2 January 2026" in few.words


def test_what_lies_beyond_the_edges_is_said(draw: Draw) -> None:
    drawn, _ = draw(view=View(10, 22, 95))
    assert sum(glyph.rows for glyph in drawn.glyphs) == 1
    assert f"{2 + MANY + 1} records beyond its edges; {IN_CHIN} known only to Chin" in drawn.words


def test_an_empty_selection_is_a_map_that_says_so(draw: Draw) -> None:
    drawn, _ = draw(chosen=(("kind", "protest"),))
    assert not drawn.glyphs
    assert drawn.words.startswith(f"Protests. 0 of {TOTAL} shown: 0 incidents.")


def test_every_row_is_on_the_map_or_said_not_to_be(draw: Draw) -> None:
    for view in (None, WIDE, View(7, 15, 98), View(3, 0, -60)):
        drawn, _ = draw(view=view)
        told = sum(
            int(count) for count in re.findall(r"(\d+) (?:records? beyond|known only|with no place)", drawn.words)
        )
        assert sum(glyph.rows for glyph in drawn.glyphs) + sum(label.rows for label in drawn.labels) + told == TOTAL


def test_one_incident_alone(draw: Draw, edition: Edition) -> None:
    number = next(row["number"] for row in edition.details() if row["id"] == make_id(2))
    drawn, pixels = draw(only=number)
    assert [glyph.first.first for glyph in drawn.glyphs] == [number]
    assert pixels.at(*where(drawn, NEAR)) == LIGHT.families["ground"]
    assert drawn.frame.zoom <= 8


def test_one_incident_of_a_state_alone(draw: Draw, edition: Edition) -> None:
    number = next(row["number"] for row in edition.details() if row["id"] == make_id(40))
    drawn, _ = draw(only=number)
    assert [label.text for label in drawn.labels] == ["1 known only to Chin"]


def test_no_label_hides_a_symbol(draw: Draw) -> None:
    for width, height in ((480, 360), (1200, 630), (600, 900)):
        drawn, _ = draw(width=width, height=height)
        for label in drawn.labels:
            for glyph in drawn.glyphs:
                dx = max(0, abs(glyph.x - label.x) - label.width / 2)
                dy = max(0, abs(glyph.y - label.y) - 13)
                assert dx**2 + dy**2 >= glyph.radius**2


def test_symbols_lie_over_lines_that_lead_to_labels(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def note(name: str, do: Callable[..., None]) -> Callable[..., None]:
        def done(*arguments: object) -> None:
            order.append(name)
            do(*arguments)

        return done

    for name in ("draw_leads", "draw_marks", "draw_labels"):
        monkeypatch.setattr(maps, name, note(name, getattr(maps, name)))
    drawn, _ = draw(view=WIDE)
    assert order == ["draw_leads", "draw_marks", "draw_labels"]
    assert any(label.start for label in drawn.labels)


def test_no_two_glyphs_overlap(draw: Draw) -> None:
    for view in (None, WIDE, View(2, 20, 60)):
        glyphs = draw(view=view)[0].glyphs
        for at, one in enumerate(glyphs):
            for other in glyphs[at + 1 :]:
                room = one.radius + other.radius - 4
                assert (one.x - other.x) ** 2 + (one.y - other.y) ** 2 >= room**2


@pytest.mark.parametrize("size", [{}, {"width": 600, "height": 900}, {"width": 480, "height": 360}])
def test_the_same_question_has_the_same_bytes(edition: Edition, size: dict[str, Any]) -> None:
    def files() -> tuple[bytes, bytes]:
        drawn = draw_map(Surveyor(edition, IncidentFilter()), MapPicture("A record", Shape(**size)))
        return drawn.to_png(), drawn.to_svg()

    assert files() == files()


def test_an_svg_needs_no_style_and_runs_nothing(draw: Draw) -> None:
    svg = draw(view=WIDE)[0].to_svg().decode()
    root = ET.fromstring(svg)  # noqa: S314 - our own
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "g", "path", "defs", "clipPath", "rect", "use"}
    assert not [element for element in root.iter() if "style" in element.attrib]
    assert not re.search(r"(?<!xmlns=\")(?<!xlink=\")https?://", svg)
    assert f'fill="{LIGHT.families["air"].lower()}"' in svg
    assert root.attrib["viewBox"] == "0 0 1200 630"
    words = {
        element.tag.rpartition("}")[2]: element.text for element in root if element.tag.endswith(("title", "desc"))
    }
    assert words["title"] == "A record"
    assert words["desc"]
    assert f"of {TOTAL} shown" in words["desc"]


def test_what_is_withheld_or_taken_back_is_nowhere(tmp_path: Path, draw: Draw) -> None:
    secret = LonLat(96.7654, 21.1234)
    rows = [
        make_public(number, location=make_location(precision=Precision.SITE, point=point, radius_m=10.0))
        for number, point in ((1, SITE), (2, secret))
    ]
    write_edition(tmp_path, rows)
    view = View(6, 21.5, 96)
    whole = Edition(tmp_path / "1")
    rest = Edition(tmp_path / "1", hidden=[make_id(2)])
    shown, pixels = draw(of=whole, view=view)
    assert pixels.at(*where(shown, secret)) == LIGHT.families["air"]
    drawn, pixels = draw(of=rest, view=view)
    x, y = where(drawn, secret)
    assert not pixels.holds(LIGHT.families["air"], (x - 12, y - 12, x + 13, y + 13))
    assert "1 of 1 shown: 1 incident." in drawn.words
    assert len(drawn.glyphs) == 1
    fitted, _ = draw(of=rest)
    middle = fitted.frame.middle
    assert middle == pytest.approx((to_x(SITE.lon), to_y(SITE.lat)), abs=1e-4), "the view tells where the other was"
    whole.close()
    rest.close()


def test_a_drawing_that_takes_too_long_is_given_up(edition: Edition) -> None:
    with pytest.raises(DrawingTooSlow):
        draw_map(Surveyor(edition, IncidentFilter()), MapPicture("A record", seconds=-1))
    drawn = draw_map(Surveyor(edition, IncidentFilter()), MapPicture("A record"))
    drawn.canvas.until = 0.0
    for watch in drawn.canvas.figure.artists:
        if hasattr(watch, "until"):
            watch.until = 0.0
    with pytest.raises(DrawingTooSlow):
        drawn.to_png()
    with pytest.raises(DrawingTooSlow):
        drawn.to_svg()


def test_titles_are_text_and_nothing_else(edition: Edition) -> None:
    title = '<script>alert(1)</script> $\\frac{1}{2}$ \u202eعنوان & "x" 中'
    drawn = draw_map(Surveyor(edition, IncidentFilter()), MapPicture(title, Shape(), said=(title, title)))
    root = ET.fromstring(drawn.to_svg())  # noqa: S314 - our own
    assert root[0].text == title
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    assert drawn.to_png()


def test_a_name_of_three_hundred_characters_leaves_room_for_the_map(edition: Edition) -> None:
    picture = MapPicture("A very long name " * 20, Shape(480, 360), said=("Somewhere " * 40,) * 2, credits="Owed " * 30)
    drawn = draw_map(Surveyor(edition, IncidentFilter()), replace(picture, disclaimer="No opinion. " * 8))
    left, top, right, bottom = drawn.frame.box
    assert bottom - top >= 70
    assert right - left > 200


@pytest.mark.parametrize(("filled", "sign"), [(False, "hatched"), (True, "outlined")])
def test_the_legend_has_the_sign_that_regions_are_drawn_with(edition: Edition, *, filled: bool, sign: str) -> None:
    found = Surveyor(edition, IncidentFilter()).survey()
    entry = _legend(found, ["hatched"], filled=filled)[-1]
    assert (entry.sign, entry.label) == (sign, "Known only to the region")


@pytest.mark.parametrize(
    ("incidents", "patterns", "said"),
    [(1, 9, "1 and 9 patterns"), (0, 1, "1 pattern"), (5_044, 0, "5,044"), (0, 0, "0")],
)
def test_the_legend_adds_no_pattern_to_incidents(edition: Edition, incidents: int, patterns: int, said: str) -> None:
    found = replace(Surveyor(edition, IncidentFilter()).survey(), kinds={"airstrike": (incidents, patterns)})
    (entry,) = _legend(found, ())
    assert (entry.label, entry.amount) == ("Airstrike", said)
