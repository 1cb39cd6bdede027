"""JSON as short as it gets.

It knows nothing of what it writes.
"""

from typing import Any

import msgspec

_WRITER = msgspec.json.Encoder()


def dump_json(value: Any) -> str:  # noqa: ANN401 - JSON is Any
    """Write JSON without spaces, in UTF-8, keys in the order given. What is no number is null."""
    return _WRITER.encode(value).decode()
