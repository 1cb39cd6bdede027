"""Recalls whole answers before the framework sees a request, for as long as the editions' folder does not change.

It makes no answer and holds no body: it holds heads, and the key under which the store of bodies has the body.
"""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Request

from app.byte_store import ByteStore
from app.caching import HELD
from app.logs import log_answer
from app.settings import Settings
from incidents.editions.reader import CURRENT
from incidents.editions.tombstones import TOMBSTONES, stamp_of
from incidents.saved_maps import SAVED_MAPS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Key = tuple[str, ...]
# Some kilobytes each; a longer question than this is asked once.
_MOST_HEADS, _LONGEST_KEY = 1_000, 1_500
# What an answer hangs on, beside the folder. Whoever asks for a part, or on any other condition, is not answered here.
_KEYS = ("HTTP_HOST", "PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH")
_OTHERS = ("HTTP_RANGE", "HTTP_IF_RANGE")


@dataclass(frozen=True, slots=True)
class _Head:
    """An answer without its body. state: of the folder before it was made. body: its key; None where it has none."""

    state: object
    status: str
    headers: tuple[tuple[str, str], ...]
    route: str
    body: str | None


class Recalling:
    """A WSGI application around another one; threads may share it."""

    def __init__(self, inner: "WSGIApplication", root: Path, store: ByteStore[bytes], settings: Settings) -> None:
        """root: the editions' folder, in which all lies that answers hang on and that may change while this runs."""
        self._inner, self._store, self._settings = inner, store, settings
        self._current = f"{root}/{CURRENT}"
        self._changing = tuple(f"{root}/{name}" for name in (TOMBSTONES, SAVED_MAPS, ""))
        self._heads: OrderedDict[Key, _Head] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer as WSGI has it (PEP 3333)."""
        started = time.perf_counter()
        key = _key_or_none(environ)
        if key is None:
            return self._inner(environ, start_response)
        try:
            # Looked at before the answer is made: one that was made while something changed is then never recalled.
            state = self._look()
        except OSError:
            # Where nothing is published, or the disk does not answer, the application says so.
            return self._inner(environ, start_response)
        with self._lock:
            head = self._heads.get(key)
            if head:
                self._heads.move_to_end(key)
        if head and head.state == state:
            body = self._store.get(head.body) if head.body else b""
            if body is not None:
                reader = Request(environ) if self._settings.log_readers else None
                log_answer("GET", head.route, int(head.status[:3]), started, reader)
                start_response(head.status, list(head.headers))
                return [body]
        return self._inner(environ, self._noting(key, state, environ, start_response))

    def _noting(
        self, key: Key, state: object, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> "StartResponse":
        def note(status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:  # noqa: ANN401 - as it came
            held = environ.get(HELD)
            code = int(status[:3])
            # Of conditions only those are worth a place that hold.
            if held and code == (HTTPStatus.NOT_MODIFIED if "HTTP_IF_NONE_MATCH" in environ else HTTPStatus.OK):
                etag, route = held
                body = etag if code == HTTPStatus.OK else None
                with self._lock:
                    self._heads[key] = _Head(state, status, tuple(headers), route, body)
                    self._heads.move_to_end(key)
                    while len(self._heads) > _MOST_HEADS:
                        self._heads.popitem(last=False)
            return start_response(status, headers, *rest)

        return note

    def _look(self) -> tuple[object, ...]:
        """Say how the folder is: the current edition, what is taken back, saved maps, and which entries there are.

        Raises OSError.
        """
        return (os.readlink(self._current), *map(stamp_of, self._changing))  # noqa: PTH115 - one cheap call per request


def _key_or_none(environ: "WSGIEnvironment") -> Key | None:
    if environ["REQUEST_METHOD"] != "GET" or any(name in environ for name in _OTHERS):
        return None
    key = tuple(environ.get(name, "") for name in _KEYS)
    return key if sum(map(len, key)) <= _LONGEST_KEY else None
