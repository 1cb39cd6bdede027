"""An edition of which a test knows where everything lies, and a way to draw it."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from app.pictures.maps import DrawnMap, draw_map
from app.pictures.picture import MapPicture, Shape
from app.pictures.surveys import Surveyor
from geodata.points import LonLat
from geodata.precision import Precision
from incidents.drafts import Extent
from incidents.editions.edition import Edition
from incidents.filters import parse_filter
from tests.factories import CHIN, MYANMAR, make_location, make_public, make_store

SITE = LonLat(95.0, 22.0)
NEAR = LonLat(99.0, 18.0)
DISC = LonLat(97.5, 25.0)
CROWD = LonLat(98.0, 14.0)
# Known to a state alone, and to nothing at all.
IN_CHIN, NOWHERE = 2, 1
MANY = 12


@dataclass(frozen=True)
class Pixels:
    """A picture's pixels, by row and column, red, green and blue."""

    values: NDArray[np.uint8]

    def at(self, x: float, y: float) -> str:
        """Give the colour at a point as #RRGGBB."""
        red, green, blue = self.values[round(y), round(x)]
        return f"#{red:02X}{green:02X}{blue:02X}"

    def holds(self, colour: str, box: tuple[float, float, float, float]) -> bool:
        """Whether any pixel of a box (left, top, right, bottom) has a colour."""
        left, top, right, bottom = (round(edge) for edge in box)
        wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        return bool((self.values[top:bottom, left:right] == wanted).all(axis=2).any())


Draw = Callable[..., tuple[DrawnMap, Pixels]]


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edition]:
    """Open an edition of a strike at a site, two coarser ones, a crowd, and what is known to a state or to nothing."""
    crowd = _point(CROWD, Precision.SITE, 10.0)
    rows = [
        make_public(1, location=_point(SITE, Precision.SITE, 10.0)),
        make_public(2, kind="shelling", location=_point(NEAR, Precision.NEAR, 30_000.0)),
        make_public(
            3,
            kind="port_call",
            location=make_location(
                precision=Precision.DISTRICT, point=None, stand_in=DISC, radius_m=40_000.0, regions=(MYANMAR,)
            ),
        ),
        *(make_public(10 + at, kind="diplomatic_visit", location=crowd) for at in range(MANY)),
        make_public(30, kind="diplomatic_visit", extent=Extent.PATTERN, location=crowd),
        *(make_public(40 + at, location=_state()) for at in range(IN_CHIN)),
        make_public(50, location=make_location(precision=Precision.UNKNOWN, point=None, radius_m=None, regions=())),
    ]
    store = make_store(tmp_path_factory.mktemp("pictured"), rows)
    with store.reading(None) as held:
        yield held


@pytest.fixture(scope="session")
def draw(edition: Edition) -> Draw:
    """Give a function that draws the edition: keywords of a shape, and pairs of a filter as `chosen`."""

    def drawn(
        chosen: tuple[tuple[str, str], ...] = (), *, only: int | None = None, of: Edition = edition, **shape: Any
    ) -> tuple[DrawnMap, Pixels]:
        surveyor = Surveyor(of, parse_filter(chosen, of.taxonomy), only)
        picture = MapPicture("A record", Shape(**shape), credits="Natural Earth", disclaimer="No opinion.")
        made = draw_map(surveyor, picture)
        return made, read_png(made.to_png())

    return drawn


def read_png(content: bytes) -> Pixels:
    """Read a picture."""
    with Image.open(io.BytesIO(content)) as image:
        return Pixels(np.asarray(image.convert("RGB")))


def _point(point: LonLat, precision: Precision, radius_m: float) -> Any:
    return make_location(precision=precision, point=point, radius_m=radius_m, regions=(MYANMAR,))


def _state() -> Any:
    return make_location(precision=Precision.STATE, point=None, radius_m=None, regions=(MYANMAR, CHIN))
