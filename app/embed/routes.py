"""The embeds: the map, a saved map and one incident as a frame's content. They decide nothing about what is shown."""

from flask import Blueprint, Response, render_template

from app.caching import answer
from app.drawing import draw_incident_map, draw_map
from app.finding import find_incident
from app.maps.view import Mode
from app.params import EMBED_NAMES, EMBED_THEMES, parse_embed, parse_one_of
from app.reading import Asked, asked, asked_of_map, given_pairs
from incidents.editions.tabulating import count_unshown

embed = Blueprint("embed", __name__)

_HTML = "text/html"


@embed.get("/embed")
def show_embed() -> Response:
    """Show the map as a frame's content."""
    with asked(beside=EMBED_NAMES) as question:
        return _show(question)


@embed.get("/embed/<slug>")
def show_saved_map(slug: str) -> Response:
    """Show a saved map as a frame's content."""
    with asked_of_map(slug, beside=EMBED_NAMES) as question:
        return _show(question)


@embed.get("/embed/incidents/<incident_id>")
def show_incident(incident_id: str) -> Response:
    """Show one incident as a frame's content."""
    with asked(beside=("theme",), filtered=False) as question:
        theme = parse_one_of(given_pairs(), "theme", EMBED_THEMES, EMBED_THEMES[0])

        def make() -> str:
            detail = find_incident(question, incident_id)
            drawn = draw_incident_map(question, detail, mode=Mode.EMBED)
            return render_template(
                "embed_incident.html",
                incident=detail,
                pairs=question.to_pairs(),
                pinned=question.pinned,
                theme=theme,
                **drawn,
            )

        return answer(question.etag(theme), _HTML, make)


def _show(question: Asked) -> Response:
    form = parse_embed(given_pairs())

    def make() -> str:
        return render_template(
            "embed.html",
            **draw_map(question, mode=Mode.EMBED, form=form),
            filter_pairs=question.to_pairs(),
            own_pairs=question.own_pairs(),
            saved=question.saved,
            name=question.name,
            said=question.said,
            pinned=question.pinned,
            controls=form.controls,
            unshown=None if "time" in form.controls else count_unshown(question.edition, question.filter),
            theme=form.theme,
        )

    return answer(question.etag(repr(form)), _HTML, make)
