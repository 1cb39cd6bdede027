"""What is on the canvas: symbols where a point is claimed, circles of their true size, and never a pin for an area."""

import math
import random
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from app.pictures.glyphs import reach_of, symbol_size
from app.pictures.seats import find_seats
from geodata.points import LonLat
from geodata.precision import Precision
from geodata.regions import world
from tests.app.pictures.test_seats import FRAME, make_glyph
from tests.browser.conftest import Watched, serving_editions, wait_until
from tests.browser.map.conftest import (
    CROWD_AT,
    EXACT,
    NEAR,
    PATTERN,
    SETTLEMENT,
    TOWNSHIP,
    TOWNSHIP_M,
    Open,
    click_middle,
    in_area,
    ink,
    make,
    pixel,
    position,
)
from tests.factories import MYANMAR, write_edition

pytestmark = pytest.mark.browser

SEATS = """async ([scenes, half]) => {
    const { findSeats } = await import("/src/seats.js");
    return scenes.map(({ glyphs, reaches }) => {
        const discs = Object.entries(reaches).map(([at, reach]) => ({ glyph: glyphs[at], reach }));
        return [...findSeats(discs, glyphs, half)].map(([glyph, { x, y }]) => [glyphs.indexOf(glyph), x, y]);
    });
}"""
AIR, GROUND = (0xD8, 0x57, 0x05, 255), (0x48, 0x05, 0x19, 255)


def pixels_of(metres: float, point: LonLat, zoom: float) -> float:
    """How many CSS pixels a distance has on the map."""
    return metres * 256 * 2**zoom / (40_075_016.686 * math.cos(math.radians(point.lat)))


def test_exact_place_is_a_crisp_symbol(open_map: Open) -> None:
    page = open_map(f"/{position(EXACT, 9)}")
    assert pixel(page, "events") == AIR
    edge = [pixel(page, "events", dx) for dx in range(12)]
    assert max(min(rgb) * (alpha > 80) for *rgb, alpha in edge) > 235, "a white edge parts it from the ground"
    assert pixel(page, "events", 12)[3] == 0, "nothing glows around it"


def test_settlement_is_soft(open_map: Open) -> None:
    page = open_map(f"/{position(SETTLEMENT, 8)}")
    assert pixel(page, "events", 0, 2) == GROUND
    alphas = [pixel(page, "events", dx)[3] for dx in (9, 11, 13, 15)]
    assert alphas == sorted(alphas, reverse=True)
    assert 0 < alphas[1] < 200


@pytest.mark.parametrize("zoom", [8, 9, 10])
def test_near_is_a_circle_of_its_true_radius(open_map: Open, zoom: float) -> None:
    page = open_map(f"/{position(NEAR, zoom)}")
    radius = pixels_of(25_000, NEAR, zoom)
    around = range(0, 360, 5)
    hit = [max(pixel_at(page, radius + step, angle) for step in (-1, 0, 1)) for angle in around]
    assert min(hit) > 60, "an unbroken line lies there"
    beyond = [pixel_at(page, radius + 6, angle) for angle in around]
    assert max(beyond) == 0


def pixel_at(page: Page, radius: float, angle: float) -> int:
    """Read how strongly a pixel is painted, by its distance and direction from the middle."""
    turned = math.radians(angle)
    return pixel(page, "events", radius * math.cos(turned), radius * math.sin(turned))[3]


def test_township_without_boundary_is_a_disc_and_no_pin(open_map: Open) -> None:
    page = open_map(f"/{position(TOWNSHIP, 9)}")
    radius = pixels_of(TOWNSHIP_M, TOWNSHIP, 9)
    middle = pixel(page, "events")
    assert 0 < middle[3] < 60, "the disc alone is in the middle"
    assert max(pixel(page, "events", dx)[3] for dx in range(-10, 11)) < 60
    assert pixel(page, "events", 0, -radius)[3] == 255, "the symbol rides on the edge"
    edge = [max(pixel_at(page, radius + step, angle) for step in (-1, 0, 1)) for angle in range(0, 250, 5)]
    assert sum(alpha > 60 for alpha in edge) > len(edge) / 3, "a dashed line lies there"
    assert sum(alpha < 60 for alpha in edge) > len(edge) / 8, "with gaps in it"
    assert max(pixel_at(page, radius + 12, angle) for angle in range(0, 250, 10)) == 0


def test_a_symbol_on_the_edge_of_its_disc_is_picked_and_marked_there(watched: Watched, tmp_path: Path) -> None:
    # The middle of the narrow disc lies nearer to the wide one's symbol than the middle of the wide one does.
    beside = LonLat(TOWNSHIP.lon + 0.11, TOWNSHIP.lat + 0.27)
    discs = {"Wide": (TOWNSHIP, TOWNSHIP_M), "Narrow": (beside, 20_000.0)}
    rows = [
        make(number, "armed_clash", in_area(Precision.TOWNSHIP, MYANMAR, stand_in=point, radius_m=radius), title)
        for number, (title, (point, radius)) in enumerate(discs.items())
    ]
    write_edition(tmp_path / "editions", rows)
    top = -pixels_of(TOWNSHIP_M, TOWNSHIP, 9)

    def is_marked(page: Page, aside: float = 0) -> bool:
        return max(pixel(page, "events", aside, top + below)[3] for below in range(12, 20)) > 200

    with serving_editions(tmp_path) as served:
        watched.hosts = (served, "data:")
        page = watched.open(f"{served}/{position(TOWNSHIP, 9)}")
        assert pixel(page, "events", 0, top)[3] == 255
        assert not is_marked(page)
        click_middle(page, 0, top)
        expect(page.locator("#panel h2")).to_have_text("Wide")
        # The panel takes its room from the map, whose middle is then further west.
        aside = page.locator("#panel").evaluate("(panel) => panel.getBoundingClientRect().width") / 2
        wait_until(page, lambda: is_marked(page, aside))
        # It still asks for what may come next, of a service that is about to end.
        page.close()


def test_pattern_is_open_with_a_wave(open_map: Open) -> None:
    page = open_map(f"/{position(PATTERN, 9)}")
    middle = pixel(page, "events")
    assert middle[:3] == (255, 255, 255), "the symbol is hollow"
    below = [pixel(page, "events", dx, dy) for dx in range(-8, 9) for dy in range(10, 16)]
    assert any(red < 120 and alpha > 200 for red, _, _, alpha in below), "a wave lies below it"


def test_crowd_in_one_place_is_a_ring_with_its_count(open_map: Open) -> None:
    page = open_map(f"/{position(CROWD_AT, 12)}")
    ring = [pixel(page, "events", dx) for dx in range(6, 15)]
    assert AIR in ring
    inside = {pixel(page, "events", dx, dy)[:3] for dx in (-6, 5) for dy in (-3, 0, 3)}
    assert (255, 255, 255) in inside, "the count stands on the panel's colour"


@pytest.mark.parametrize("zoom", [5, 7])
def test_area_is_hatched_and_never_a_pin(open_map: Open, zoom: float) -> None:
    polygon = world().polygon("MM-01")
    assert polygon
    middle = polygon.representative_point()
    page = open_map(f"/?kind=displacement{position(LonLat(round(middle.x, 4), round(middle.y, 4)), zoom)}")
    assert ink(page, "events", 250) == 0, "no symbol stands for what is known to an area"
    hatched = ink(page, "areas", 60)
    assert 200 < hatched < 120 * 120 / 2, "lines, neither nothing nor a fill"
    assert ink(page, "counts", 320) > 1000, "a count in words"


def test_areas_follow_the_filter(open_map: Open) -> None:
    page = open_map("/?kind=airstrike")
    assert ink(page, "areas", 300) == 0
    assert ink(page, "counts", 300) == 0


def test_dark_colours_follow_the_system(open_map: Open) -> None:
    page = open_map(f"/{position(EXACT, 9)}", color_scheme="dark")
    assert pixel(page, "events") == (0xE5, 0x81, 0x43, 255)
    land = pixel(page, "tile", 60, 60)
    assert max(land[:3]) < 0x60


def test_colours_turn_with_the_readers_choice(open_map: Open) -> None:
    page = open_map(f"/{position(EXACT, 9)}")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    wait_until(page, lambda: pixel(page, "events") == (0xE5, 0x81, 0x43, 255))


def test_land_and_water_are_drawn(open_map: Open) -> None:
    page = open_map(f"/{position(LonLat(90.0, 15.0), 6)}")
    assert pixel(page, "tile", 5, 5) == (0xDC, 0xE6, 0xEE, 255)
    page = open_map(f"/{position(LonLat(95.3, 21.3), 9)}")
    page.wait_for_load_state("networkidle")
    found = {pixel(page, "tile", dx, dy) for dx in range(-40, 41, 8) for dy in range(-40, 41, 8)}
    assert (0xF4, 0xF1, 0xEA, 255) in found


@pytest.mark.parametrize("ratio", [1, 2])
def test_canvas_is_as_sharp_as_the_screen(open_map: Open, ratio: int) -> None:
    page = open_map("/", device_scale_factor=ratio)
    measured = page.evaluate(
        """() => {
            const canvas = document.querySelector(".leaflet-events-pane canvas");
            return canvas.width / canvas.getBoundingClientRect().width;
        }"""
    )
    assert measured == pytest.approx(ratio, rel=0.01)


def test_land_at_180_degrees_is_filled(open_map: Open) -> None:
    """Copies of the world lap over each other there."""
    page = open_map("/#3/68/180")
    land = pixel(page, "tile", -60)
    water = pixel(page, "tile", 0, 60)
    assert land != water
    assert [pixel(page, "tile", dx) for dx in (-8, -4, 0, 4)] == [land] * 4


def test_symbols_ride_where_they_do_on_the_services_pictures(modules: Page) -> None:
    rng = random.Random(9)  # noqa: S311 - chooses examples
    scenes = []
    for _ in range(40):
        rings = [
            make_glyph(rng.uniform(0, 400), rng.uniform(0, 300), 9, rng.uniform(8, 50))
            for _ in range(rng.randrange(30))
        ]
        discs = [
            make_glyph(rng.uniform(0, 400), rng.uniform(0, 300), radius_m=rng.uniform(9_000, 40_000))
            for _ in range(rng.randrange(1, 8))
        ]
        scenes.append(rng.sample([*rings, *discs], len(rings) + len(discs)))
    seats = [find_seats(scene, FRAME) for scene in scenes]
    asked = [
        {
            "glyphs": [{"x": one.x, "y": one.y, "radius": one.radius} for one in scene],
            "reaches": {at: reach_of(scene[at], FRAME) for at in found},
        }
        for scene, found in zip(scenes, seats, strict=True)
    ]
    told = modules.evaluate(SEATS, [asked, symbol_size(FRAME.zoom)])
    for found, there in zip(seats, told, strict=True):
        assert [at for at, _, _ in there] == list(found)
        assert np.allclose([[x, y] for _, x, y in there], [*found.values()])
    tops = [
        math.isclose(x, scene[at].x) for scene, found in zip(scenes, seats, strict=True) for at, (x, _) in found.items()
    ]
    assert 20 < sum(tops) < len(tops) - 20
