"""The rows of a file that were found to be without an error, kept on disk until they are recorded.

In memory are their ids and digests alone. It checks nothing.
"""

import struct
import tempfile
import weakref
from array import array
from collections.abc import Iterator
from pathlib import Path

import zstandard

from incidents.drafts import IncidentDraft, read_draft, write_draft

_BLOCK = 500
_LENGTH = struct.Struct("<I")
_DIGEST_BYTES = 32


class CheckedRows:
    """Takes drafts in the order of their rows and gives them back, as often as is asked.

    Their file has no name: it goes with the process, however that ends.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Begin without any. folder: where the file lies; by default where the system wants such files."""
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - the next line says when it is closed
        weakref.finalize(self, self._file.close)
        self._waiting: list[bytes] = []
        self._at: dict[str, int] = {}
        self._numbers = array("L")
        self._digests = bytearray()
        self._packer = zstandard.ZstdCompressor(level=1)

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, id_: str) -> bool:
        return id_ in self._at

    @property
    def ids(self) -> Iterator[str]:
        """Give the ids, in the order of their rows."""
        return iter(self._at)

    def add(self, id_: str, number: int, draft: IncidentDraft) -> None:
        """Keep the draft of a row. id_: of its one reference; number: of the row."""
        (reference,) = draft.references
        self._at[id_] = len(self._numbers)
        self._numbers.append(number)
        self._digests += bytes.fromhex(reference.digest or "").ljust(_DIGEST_BYTES, b"\0")
        self._waiting.append(write_draft(draft))
        if len(self._waiting) == _BLOCK:
            self.close()

    def close(self) -> None:
        """Bring what waits to the file."""
        if self._waiting:
            # Canonical JSON has no line breaks.
            packed = self._packer.compress(b"\n".join(self._waiting))
            self._file.write(_LENGTH.pack(len(packed)) + packed)
            self._waiting.clear()

    def number(self, id_: str) -> int:
        """Give the number of the row that has an id."""
        return self._numbers[self._at[id_]]

    def digest(self, id_: str) -> str:
        """Give the digest of the row that has an id."""
        at = self._at[id_] * _DIGEST_BYTES
        return self._digests[at : at + _DIGEST_BYTES].hex()

    def drafts(self) -> Iterator[IncidentDraft]:
        """Give the drafts, in the order of their rows."""
        unpacker = zstandard.ZstdDecompressor()
        self._file.seek(0)
        while length := self._file.read(_LENGTH.size):
            packed = self._file.read(*_LENGTH.unpack(length))
            for text in unpacker.decompress(packed).split(b"\n"):
                yield read_draft(text)
