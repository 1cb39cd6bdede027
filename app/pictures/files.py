"""A map as the bytes of a file: the one way in for who wants nothing but that, in this process or in another."""

from app.pictures.maps import Surveyed, draw_map
from app.pictures.picture import MapPicture

FORMATS = ("png", "svg")


def draw_file(surveyor: Surveyed, picture: MapPicture, format_: str) -> bytes:
    """Draw a map as "png" or "svg". Raises DrawingTooSlow, and what the surveyor raises."""
    drawn = draw_map(surveyor, picture)
    return drawn.to_svg() if format_ == "svg" else drawn.to_png()
