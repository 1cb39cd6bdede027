"""How a request becomes a picture: one drawing at a time in each process, after a short wait, and for so long at most.

It draws nothing: `app.pictures` does, which is loaded when the first picture is asked for.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.errors import DrawingBusy
from app.maps.view import attribute
from app.pictures.picture import MapPicture, Shape
from app.reading import Asked
from app.site import site

WAIT_S = 3.0
_turn = threading.Lock()


@contextmanager
def drawing_turn(wait_s: float = WAIT_S) -> Iterator[None]:
    """Wait for the turn to draw. Raises DrawingBusy."""
    if not _turn.acquire(timeout=wait_s):
        msg = "Other pictures are being drawn."
        raise DrawingBusy(msg)
    try:
        yield
    finally:
        _turn.release()


def picture_map(question: Asked, shape: Shape, format_: str) -> bytes:
    """Draw what was asked for. format_: "png" or "svg". Raises DrawingBusy, DrawingTooSlow."""
    return _draw(question, _frame(question, shape, title=site().settings.site_title), format_)


def picture_incident(question: Asked, detail: dict[str, Any], shape: Shape, format_: str) -> bytes:
    """Draw the one incident of a detail. Raises as `picture_map`."""
    said = (f"{detail['kind_label']}. {detail['when']['words']}.", f"{detail['where']['words']}.")
    picture = _frame(question, shape, title=detail["title"], said=said, only=(detail["number"],))
    return _draw(question, picture, format_)


def _frame(question: Asked, shape: Shape, **rest: Any) -> MapPicture:  # noqa: ANN401 - fields of MapPicture
    return MapPicture(
        shape=shape,
        credits=attribute(question.edition.manifest.credits),
        disclaimer=site().settings.disclaimer,
        **rest,
    )


def _draw(question: Asked, picture: MapPicture, format_: str) -> bytes:
    with drawing_turn():
        from app.pictures.maps import draw_map  # noqa: PLC0415 - see the module's sentence

        drawn = draw_map(question.edition, question.filter, picture)
        return drawn.to_svg() if format_ == "svg" else drawn.to_png()
