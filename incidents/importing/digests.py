"""The digest of a row as its source gives it, by which a later import tells whether the source changed it.

It says nothing of what the row means.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def digest_of(row: Mapping[str, Any]) -> str:
    """Give the SHA-256, in hex, of the row's named cells: the order of its columns does not matter."""
    text = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
