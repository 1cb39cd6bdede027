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
from flask import Flask, Response, g, request

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
    log = structlog.get_logger()

    @app.before_request
    def note_start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def tell(response: Response) -> Response:
        if request.endpoint == "healthz" and response.status_code == HTTPStatus.OK:
            return response  # Whoever asks that asks it every few seconds.
        told: dict[str, object] = {
            "method": request.method if request.method in {"GET", "HEAD"} else "other",
            "route": request.url_rule.rule if request.url_rule else None,
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.started) * 1000, 1) if "started" in g else None,
        }
        if settings.log_readers:
            told |= {
                "address": request.remote_addr,
                "path": without_names(request.path),
                # An address to be embedded may be an unlisted map's.
                "query": request.query_string.decode("latin-1") if request.path != "/oembed" else "",
                "referrer": request.referrer and without_names(request.referrer),
            }
        # A full disk, or a reader of the log who went away, stops no answer.
        with contextlib.suppress(OSError, ValueError):
            log.info("answered", **told)
        return response


def without_names(address: str) -> str:
    """Leave out what follows in the address of a saved map: that of an unlisted one is a secret."""
    return re.sub(r"(/(?:maps|embed)/).*", r"\1...", address, flags=re.IGNORECASE | re.DOTALL)


def log_failure(error: BaseException) -> None:
    """Log an error that nobody foresaw: its type and where it arose, not its message, which may quote a query."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    where = [f"{Path(frame.filename).parent.name}/{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
    with contextlib.suppress(OSError, ValueError):
        structlog.get_logger().error("failed", error=type(error).__name__, where=where)
