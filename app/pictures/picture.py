"""How a picture is asked for: its size, theme and view, and the limits of these. It draws nothing and loads little."""

from dataclasses import dataclass

LEAST_WIDTH, MOST_WIDTH = 480, 2400
LEAST_HEIGHT, MOST_HEIGHT = 360, 1600
USUAL_WIDTH, USUAL_HEIGHT = 1200, 630
RATIOS = (1.0, 1.5, 2.0, 3.0)
THEMES = ("light", "dark")
DEEPEST = 18.0

# Left, top, right and bottom; or west, north, east and south.
Box = tuple[float, float, float, float]
_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class View:
    """Where a picture stands: zoom as on web maps, and its middle in degrees."""

    zoom: float
    lat: float
    lon: float

    def to_text(self) -> str:
        """Give it as addresses have it: zoom/latitude/longitude."""
        return "/".join(f"{value:.6f}".rstrip("0").rstrip(".") for value in (self.zoom, self.lat, self.lon))


@dataclass(frozen=True, slots=True)
class Shape:
    """The form of a picture. width, height: in its own pixels. ratio: its pixels to a CSS pixel.

    view: where it stands; None fits what is shown. regions: by which figure they are filled, of FILLS. chart: of what
    there is a chart over time beneath the map, of CHARTS, where there is room for one.
    """

    width: int = USUAL_WIDTH
    height: int = USUAL_HEIGHT
    ratio: float = 1.0
    theme: str = "light"
    view: View | None = None
    regions: str = "off"
    chart: str = "off"


@dataclass(frozen=True, slots=True)
class MapPicture:
    """A map that is to be drawn.

    said: lines beneath the title in place of the filter's words. unshown: how many more are counted only. credits,
    disclaimer: whom the map is owed to, and what its boundaries do not mean. seconds: how long drawing may take.
    """

    title: str
    shape: Shape = Shape()
    said: tuple[str, ...] | None = None
    unshown: str = ""
    credits: str = ""
    disclaimer: str = ""
    seconds: float = _SECONDS
