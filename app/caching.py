"""How answers are kept: by readers, through ETag and max-age, and by this process, in a bounded store of bytes.

It knows no edition by itself; whoever answers says what the answer depends on.
"""

import gzip
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path
from typing import BinaryIO

from flask import Response, g, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import quote_etag

from app.compressing import LEAST_BYTES, compress, compress_stream
from app.site import site
from incidents.editions.reader import Edition

# What is packed by its own format already.
_DENSE = ("image/png",)
_PAGE = "text/html"
_PIECE = 1 << 20
# In a request's environment: the key of the held body that it is answered with, and the route.
HELD = "bearing.held"
# Who holds a page open for long learns from its next answer that another edition is out.
NEWER = "Bearing-Newer-Edition"
IMMUTABLE = "public, max-age=31536000, immutable"


def accepts_gzip() -> bool:
    """Whether the reader takes gzip."""
    return bool(request.accept_encodings.quality("gzip"))


def make_etag(*parts: str, dense: bool = False) -> str:
    """Make a strong ETag of everything that the answer's bytes depend on, the encoding included.

    dense: whether it is packed by its own format, and the same for every reader.
    """
    parts = (site().release, "gzip" if accepts_gzip() and not dense else "identity", *parts)
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def answer(
    etag: str, mimetype: str, make: Callable[[], str | bytes], *, keep: str | None = None, quick: bool = False
) -> Response:
    """Answer 304 when the reader has it, with the held body when this process has it, else with what `make` makes.

    keep: the Cache-Control to send; the setting's max-age when None. quick: see `compress`.
    """
    if mimetype == _PAGE:
        # Every page of an older edition says which one is the newest.
        etag = make_etag(etag, site().editions.current_name())
    if request.url_rule:
        request.environ[HELD] = etag, request.url_rule.rule
    if is_held(etag):
        return _finish(Response(status=304), etag, keep)
    packed = accepts_gzip()

    def make_body() -> bytes:
        made = make()
        whole = made.encode() if isinstance(made, str) else made
        if not packed or len(whole) < LEAST_BYTES or mimetype in _DENSE:
            return whole
        return compress(whole, quick=quick, lasting=keep == IMMUTABLE)

    body = site().store.get_or_make(etag, make_body)
    if not packed and "Range" in request.headers:
        return _finish(_answer_body_part(etag, mimetype, body), etag, keep)
    response = Response(body, mimetype=mimetype)
    # The key of a held body names the encoding that was asked for; whether it was worth it shows in the bytes.
    if packed and body.startswith(b"\x1f\x8b"):
        response.headers["Content-Encoding"] = "gzip"
    return _finish(response, etag, keep)


def answer_packed(etag: str, mimetype: str, packed: bytes, *, keep: str | None = None) -> Response:
    """Answer with a body that is already gzip; it is unpacked for the rare reader that takes none."""
    if is_held(etag):
        return _finish(Response(status=304), etag, keep)
    if accepts_gzip():
        response = Response(packed, mimetype=mimetype)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = Response(gzip.decompress(packed), mimetype=mimetype)
    return _finish(response, etag, keep)


def answer_stream(
    etag: str,
    mimetype: str,
    blocks: Callable[[], Iterable[bytes]],
    close: Callable[[], None],
    *,
    filename: str | None = None,
    weak: bool = False,
    dense: bool = False,
    few: bool = False,
) -> Response:
    """Answer with blocks of bytes as they are made; `close` runs after the last byte, or when the reader goes away.

    weak: whether the same answer may have other bytes, such as the time at which it is made.
    dense: whether it is packed by its own format. few: whether all of it may be held at once, so that its length is
    told and it is sent as one piece.
    """
    if is_held(etag):
        close()
        return _finish(Response(status=304), etag, None, weak=weak)
    # To a mere question for the head an iterator answers, too: of an empty tuple the length would be told.
    made: Iterable[bytes] = blocks() if request.method != "HEAD" else iter(())
    packed = accepts_gzip() and not dense
    if few and not packed and request.method != "HEAD":
        made = [b"".join(made)]
    response = Response(compress_stream(made) if packed else made, mimetype=mimetype)
    response.call_on_close(close)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return _finish(_name(response, filename), etag, None, weak=weak)


def answer_file(
    etag: str, mimetype: str, path: Path, close: Callable[[], None], *, filename: str | None = None
) -> Response:
    """Answer with a file that is packed by its own format, or with the part of it that is asked for.

    close: as `answer_stream` has it. Raises RequestedRangeNotSatisfiable, and OSError where the file cannot be read.
    """
    if is_held(etag):
        close()
        return _finish(Response(status=304), etag, None)
    part = _find_part(etag, path.stat().st_size)
    file = path.open("rb")
    response = _answer_part(part, mimetype, _read(file, part))
    response.call_on_close(file.close)
    response.call_on_close(close)
    return _finish(_name(response, filename), etag, None)


def answer_spooled(
    etag: str, mimetype: str, file: mmap, close: Callable[[], None], *, filename: str | None = None
) -> Response:
    """Answer with a file that was made for its parts, or with the part of it that is asked for.

    etag: of the file as it is, not packed. close: as above. Raises RequestedRangeNotSatisfiable.
    """
    response = _answer_body_part(etag, mimetype, file)
    response.call_on_close(close)
    return _finish(_name(response, filename), etag, None)


def asks_for_parts(*, dense: bool) -> bool:
    """Whether the reader asks for a part, or first for the length, as GDAL does before it reads a file from afar.

    dense: as `make_etag` has it; what is packed on its way has no length beforehand.
    """
    return "Range" in request.headers or (request.method == "HEAD" and (dense or not accepts_gzip()))


@dataclass(frozen=True, slots=True)
class _Part:
    """Of so many bytes the first one to send, and the one behind the last. some: whether that is less than all."""

    begin: int
    end: int
    size: int
    some: bool


def _answer_body_part(etag: str, mimetype: str, body: bytes | mmap) -> Response:
    part = _find_part(etag, len(body))
    cuts = range(part.begin, part.end, _PIECE)
    return _answer_part(part, mimetype, (body[at : min(at + _PIECE, part.end)] for at in cuts))


def _answer_part(part: _Part, mimetype: str, pieces: Iterator[bytes]) -> Response:
    response = Response(pieces, status=206 if part.some else 200, mimetype=mimetype)
    response.content_length = part.end - part.begin
    response.headers["Accept-Ranges"] = "bytes"
    if part.some:
        response.headers["Content-Range"] = f"bytes {part.begin}-{part.end - 1}/{part.size}"
    return response


def _find_part(etag: str, size: int) -> _Part:
    """Find the part that is asked for (RFC 9110, 14).

    Several parts at once are answered with all, as is a part of what is another file by now.
    """
    whole = _Part(0, size, size, some=False)
    asked, same = request.range, quote_etag(etag)
    if request.method != "GET" or not asked or asked.units != "bytes" or len(asked.ranges) != 1:
        return whole
    if request.headers.get("If-Range", same) != same:
        return whole
    begin, end = asked.ranges[0]
    begin, end = max(0, begin + size) if begin < 0 else begin, size if end is None else min(end, size)
    if begin >= end:
        raise RequestedRangeNotSatisfiable(size)
    return _Part(begin, end, size, some=True)


def _read(file: BinaryIO, part: _Part) -> Iterator[bytes]:
    with file:
        file.seek(part.begin)
        size = part.end - part.begin
        while size and (piece := file.read(min(size, _PIECE))):
            size -= len(piece)
            yield piece


def is_held(etag: str) -> bool:
    """Whether the reader has this answer already; a proxy that packs it makes its ETag weak (RFC 9110, 13.1.2)."""
    return request.if_none_match.contains_weak(etag)


def _name(response: Response, filename: str | None) -> Response:
    if filename:
        response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    return response


def _finish(response: Response, etag: str, keep: str | None, *, weak: bool = False) -> Response:
    if newer := _newer_or_none():
        response.headers[NEWER] = newer
    response.set_etag(etag, weak=weak)
    response.headers["Cache-Control"] = keep or f"public, max-age={site().settings.cache_seconds}"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def _newer_or_none() -> str | None:
    """Give the number of the current edition to who asks for an earlier one; None to everybody else."""
    edition: Edition | None = g.get("edition")
    if edition is None or (name := site().editions.current_name()) == edition.name:
        return None
    number, _, _ = name.partition(".")
    return number if int(number) > edition.number else None
