"""The embed's one page. It takes the map's filters."""

from flask import Blueprint, Response, render_template

from app.caching import answer
from app.drawing import draw_map
from app.maps.view import Mode
from app.reading import asked

embed = Blueprint("embed", __name__)


@embed.get("/embed")
def show_embed() -> Response:
    """Show the map as a frame's content."""
    with asked() as question:
        return answer(
            question.etag(),
            "text/html",
            lambda: render_template(
                "embed.html",
                **draw_map(question, mode=Mode.EMBED),
                filter_pairs=question.to_pairs(),
                pinned=question.pinned,
            ),
        )
