"""Logs: one line of JSON on stderr for each thing that happened.

They say nothing of incidents and, unless the operator asks for it, nothing of readers: no address, no referrer, no
path, no query.
"""

import contextlib
import re
import sys
import time
import traceback
from http import HTTPStatus
from pathlib import Path

import structlog
from flask import Flask, Request, Response, g, request

from app.settings import Settings


def configure_logs() -> None:
    """Make structlog write lines of JSON to stderr."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=_log_to_stderr,
    )


def _log_to_stderr(*_: object) -> structlog.PrintLogger:
    # Asked for each line, so that it is the stderr of now.
    return structlog.PrintLogger(sys.stderr)


def log_answers(app: Flask, settings: Settings) -> None:
    """Log each answer by its route, never by its address."""

    @app.before_request
    def note_start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def tell(response: Response) -> Response:
        if request.endpoint == "healthz" and response.status_code == HTTPStatus.OK:
            return response  # Whoever asks that asks it every few seconds.
        route = request.url_rule.rule if request.url_rule else None
        reader = request if settings.log_readers else None
        log_answer(request.method, route, response.status_code, g.get("started"), reader)
        return response


def log_answer(method: str, route: str | None, status: int, started: float | None, reader: Request | None) -> None:
    """Log one answer. started: when the request came, by `time.perf_counter`. reader: where readers are logged, too."""
    told: dict[str, object] = {
        "method": method if method in {"GET", "HEAD"} else "other",
        "route": route,
        "status": status,
        "ms": None if started is None else round((time.perf_counter() - started) * 1000, 1),
    }
    if reader:
        told |= {
            "address": reader.remote_addr,
            "path": without_names(reader.path),
            # An address to be embedded may be an unlisted map's.
            "query": reader.query_string.decode("latin-1") if reader.path != "/oembed" else "",
            "referrer": reader.referrer and without_names(reader.referrer),
        }
    # A full disk, or a reader of the log who went away, stops no answer.
    with contextlib.suppress(OSError, ValueError):
        structlog.get_logger().info("answered", **told)


def without_names(address: str) -> str:
    """Leave out what follows in the address of a saved map: that of an unlisted one is a secret."""
    return re.sub(r"(/(?:maps|embed)/).*", r"\1...", address, flags=re.IGNORECASE | re.DOTALL)


def log_failure(error: BaseException) -> None:
    """Log an error that nobody foresaw: its type and where it arose, not its message, which may quote a query."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    where = [f"{Path(frame.filename).parent.name}/{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
    with contextlib.suppress(OSError, ValueError):
        structlog.get_logger().error("failed", error=type(error).__name__, where=where)
