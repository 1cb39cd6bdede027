"""Compression of answers: gzip for text, whole or in a stream. It stores nothing and knows no route."""

import gzip
import zlib
from collections.abc import Iterable, Iterator

from isal import isal_zlib

# Below this many bytes the headers weigh as much as what compression saves.
LEAST_BYTES = 600
# Level 9 for what never changes, 6 for what is kept and sent again; 1 for streams, which are made anew for each reader,
# and, of other levels, for what is seldom sent again.
_LASTING_LEVEL = 9
_KEPT_LEVEL = 6
_QUICK_LEVEL = 1
_STREAM_LEVEL = 1
_GZIP_WINDOW = 31
# A column of an answer has few values, each another's: what is packed a piece at a time is packed by codes of its own.
_PIECE = 16_384


def compress(body: bytes, *, quick: bool = False, lasting: bool = False) -> bytes:
    """Compress a whole body; the same body gives the same bytes.

    quick: in a tenth of the time, and to a twentieth more bytes, for what is made anew for nearly every request.
    lasting: as small as it gets, for what readers keep.
    """
    if quick:
        machine = isal_zlib.compressobj(_QUICK_LEVEL, isal_zlib.DEFLATED, _GZIP_WINDOW)
        pieces = (body[at : at + _PIECE] for at in range(0, len(body), _PIECE))
        packed = [machine.compress(piece) + machine.flush(isal_zlib.Z_SYNC_FLUSH) for piece in pieces]
        return b"".join([*packed, machine.flush()])
    return gzip.compress(body, _LASTING_LEVEL if lasting else _KEPT_LEVEL, mtime=0)


def compress_stream(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Compress blocks as they come, holding none of them back longer than the compressor's window."""
    machine = zlib.compressobj(_STREAM_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)
    for block in blocks:
        if packed := machine.compress(block):
            yield packed
    yield machine.flush()
