"""How errors are answered: one JSON shape for data, one page for people.

It decides no status: `errors.STATUS` does, and Werkzeug for what HTTP itself refuses.
"""

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from jinja2 import TemplateNotFound
from markupsafe import escape
from werkzeug.exceptions import HTTPException, RequestedRangeNotSatisfiable

from app.errors import AppError, Status, UntrustedHost, status_of
from app.logs import log_failure
from app.pictures.errors import DrawingFailed, PictureError
from geodata.errors import GeodataError
from incidents.errors import BadFilter, IncidentError

_BY_STATUS = {
    400: Status(400, "bad_request", "That cannot be asked", "Go back to the map and try again."),
    404: Status(404, "not_found", "Nothing is here", "Check the address, or start from the map."),
    405: Status(405, "method_not_allowed", "This can only be read", "Use GET or HEAD."),
    416: Status(416, "no_such_range", "The file ends before that", "Ask for a part that it has, or for all of it."),
    500: Status(500, "failed", "Something went wrong here", "It was noted. Try again in a minute."),
}
_OTHER = Status(400, "refused", "That cannot be answered", "Start from the map.")


def answer_errors(app: Flask) -> None:
    """Make the application answer every error in one shape."""
    app.register_error_handler(HTTPException, _answer_http)
    for family in (AppError, PictureError, IncidentError, GeodataError):
        app.register_error_handler(family, _answer_known)
    app.register_error_handler(Exception, _answer_unforeseen)


def _answer_http(error: HTTPException) -> Response:
    status = error.code or 500
    meaning = _BY_STATUS.get(status, _OTHER)
    response = _answer(status, meaning.code, meaning.title, "", meaning.todo)
    if allowed := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    if isinstance(error, RequestedRangeNotSatisfiable):
        response.headers["Content-Range"] = f"bytes */{error.length}"
    return response


def _answer_known(error: Exception) -> Response:
    meaning = status_of(error)
    if meaning is None:
        return _answer_unforeseen(error)
    code, parameter = meaning.code, None
    if isinstance(error, BadFilter):
        parameter, code = error.name, f"bad_{error.name}" if error.name.isidentifier() else code
    if isinstance(error, DrawingFailed):
        # Asking again may help whoever asked, and yet it is a fault of ours.
        log_failure(error)
    g.refused_host = isinstance(error, UntrustedHost)
    response = _answer(
        meaning.status, code, meaning.title, str(error) if meaning.tells else "", meaning.todo, parameter=parameter
    )
    if meaning.status == 503:
        response.headers["Retry-After"] = "30"
    return response


def _answer_unforeseen(error: Exception) -> Response:
    log_failure(error)
    meaning = _BY_STATUS[500]
    return _answer(500, meaning.code, meaning.title, "", meaning.todo)


def _answer(status: int, code: str, title: str, what: str, todo: str, *, parameter: str | None = None) -> Response:
    told = {"status": status, "code": code, "title": title, "what": what or None, "todo": todo, "parameter": parameter}
    if _wants_json():
        response = jsonify(error=told)
    else:
        response = make_response(_page(told))
        response.mimetype = "text/html"
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept"
    return response


def _page(told: dict[str, object]) -> str:
    if not g.get("refused_host"):
        try:
            return render_template("error.html", error=told, framed=request.blueprint == "embed")
        except TemplateNotFound:
            pass
        # The page that tells of an error must not fail for the same reason as the one that was asked for.
        except Exception as error:  # noqa: BLE001 - whatever it is, the reader gets an answer
            structlog.get_logger().error("error_page_failed", error=type(error).__name__)
    title = escape(told["title"])
    said = "".join(f"<p>{escape(told[name])}</p>" for name in ("what", "todo") if told[name])
    return f"<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1>{said}</html>"


def _wants_json() -> bool:
    if request.blueprint in {"charts", "data", "feeds", "files", "oembed", "pictures"} or request.path.endswith(
        (".json", ".geojson")
    ):
        return True
    if request.path.startswith("/api/") and (format_ := request.args.get("f")):
        return format_ != "html"
    accepted = request.accept_mimetypes
    if request.path.startswith("/api/"):
        return accepted.best_match(["application/json", "text/html"], "application/json") != "text/html"
    return accepted.quality("application/json") > accepted.quality("text/html")
