"""Maps as still pictures, PNG and SVG, of the same filters as the map. Any page may show them."""

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, Response

from app.caching import answer
from app.finding import find_incident
from app.params import PICTURE_NAMES, SHAPE_NAMES, parse_shape, parse_view
from app.pictures.picture import Shape
from app.picturing import picture_incident, picture_map
from app.reading import Asked, asked, asked_of_map, given_pairs
from incidents.saved_maps import SavedMap

pictures = Blueprint("pictures", __name__)

_TYPES = {"png": "image/png", "svg": "image/svg+xml"}


@pictures.get("/map.png", defaults={"format_": "png"})
@pictures.get("/map.svg", defaults={"format_": "svg"})
def give_map(format_: str) -> Response:
    """Give the map as a picture."""
    with asked(beside=PICTURE_NAMES) as question:
        shape = parse_shape(given_pairs())
        return _give(question, shape, format_, lambda: picture_map(question, shape, format_))


@pictures.get("/maps/<slug>.png", defaults={"format_": "png"})
@pictures.get("/maps/<slug>.svg", defaults={"format_": "svg"})
def give_saved_map(slug: str, format_: str) -> Response:
    """Give a saved map as a picture."""
    with asked_of_map(slug, beside=PICTURE_NAMES) as question:
        shape = parse_shape(given_pairs())
        if question.saved:
            shape = _as_saved(shape, question.saved)
        return _give(question, shape, format_, lambda: picture_map(question, shape, format_))


def _give(question: Asked, shape: Shape, format_: str, make: Callable[[], bytes]) -> Response:
    """Answer with the picture; a PNG is the same for readers who take gzip and who do not."""
    return answer(question.etag(repr(shape), dense=format_ == "png"), _TYPES[format_], make)


def _as_saved(shape: Shape, saved: SavedMap) -> Shape:
    """Give a picture what its address leaves to the saved map: where it stands, what it fills and what it charts."""
    given = {name for name, _ in given_pairs()}
    if saved.view and not shape.view:
        shape = replace(shape, view=parse_view([("view", saved.view)]))
    return replace(
        shape,
        regions=shape.regions if "regions" in given else saved.regions,
        chart=shape.chart if "chart" in given else saved.chart,
    )


@pictures.get("/incidents/<incident_id>/map.png", defaults={"format_": "png"})
@pictures.get("/incidents/<incident_id>/map.svg", defaults={"format_": "svg"})
def give_incident_map(incident_id: str, format_: str) -> Response:
    """Give the map of one incident as a picture."""
    with asked(beside=SHAPE_NAMES, filtered=False) as question:
        shape = parse_shape(given_pairs())

        def make() -> bytes:
            return picture_incident(question, find_incident(question, incident_id), shape, format_)

        return _give(question, shape, format_, make)
