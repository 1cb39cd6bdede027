"""The digest of a row as its source gives it, by which a later import tells whether the source changed it.

It says nothing of what the row means.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

_WRITER = msgspec.json.Encoder(order="sorted")


def digest_of(row: Mapping[str, Any]) -> str:
    """Give the SHA-256, in hex, of the row's named cells: the order of its columns does not matter."""
    return hashlib.sha256(_WRITER.encode(row)).hexdigest()
