"""JSON as short as it gets.

It knows nothing of what it writes.
"""

import json
from typing import Any


def dump_json(value: Any) -> str:  # noqa: ANN401 - JSON is Any
    """Write JSON without spaces, in UTF-8, keys in the order given. Raises ValueError for what JSON cannot say."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
