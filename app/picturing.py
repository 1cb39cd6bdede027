"""How a request becomes a picture: asked of the process that draws where there is one, else drawn here.

Either way one drawing at a time, after a short wait, and for so long at most. It draws nothing itself.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.draughtsman import WAIT_S
from app.maps.view import attribute
from app.pictures.errors import DrawingBusy
from app.pictures.picture import MapPicture, Shape
from app.reading import Asked
from app.site import site
from incidents.editions.tabulating import count_unshown

_turn = threading.Lock()


@contextmanager
def drawing_turn(wait_s: float = WAIT_S) -> Iterator[None]:
    """Wait for the turn to draw in this process. Raises DrawingBusy."""
    if not _turn.acquire(timeout=wait_s):
        msg = "Other pictures are being drawn."
        raise DrawingBusy(msg)
    try:
        yield
    finally:
        _turn.release()


def picture_map(question: Asked, shape: Shape, format_: str) -> bytes:
    """Draw what was asked for. format_: "png" or "svg". Raises DrawingBusy, DrawingTooSlow."""
    title = question.saved.title if question.saved else site().settings.site_title
    unshown = count_unshown(question.edition, question.filter).words
    return _draw(question, _frame(question, shape, title=title, unshown=unshown), format_)


def picture_incident(question: Asked, detail: dict[str, Any], shape: Shape, format_: str) -> bytes:
    """Draw the one incident of a detail. Raises as `picture_map`."""
    said = (f"{detail['kind_label']}. {detail['when']['words']}.", f"{detail['where']['words']}.")
    picture = _frame(question, shape, title=detail["title"], said=said)
    return _draw(question, picture, format_, only=detail["number"])


def _frame(question: Asked, shape: Shape, **rest: Any) -> MapPicture:  # noqa: ANN401 - fields of MapPicture
    return MapPicture(
        shape=shape,
        credits=attribute(question.edition.manifest.credits),
        disclaimer=site().settings.disclaimer,
        **rest,
    )


def _draw(question: Asked, picture: MapPicture, format_: str, only: int | None = None) -> bytes:
    # Loaded when the first picture is asked for: it is much that a service without pictures need not hold.
    from app.pictures.surveys import Surveyor  # noqa: PLC0415

    surveyor = Surveyor(question.edition, question.filter, only, picture.shape)
    if draughtsman := site().draughtsman:
        task = "app.pictures.files:draw_file"
        return draughtsman.order(task, picture, format_, surveyor=surveyor, seconds=picture.seconds)
    with drawing_turn():
        from app.pictures.files import draw_file  # noqa: PLC0415

        return draw_file(surveyor, picture, format_)
