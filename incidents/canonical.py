"""Canonical JSON (RFC 8785): the one text of a value, so that equal values have equal digests. It digests nothing."""

import json
import re
from typing import Any

import rfc8785

# What the standard library may write otherwise than RFC 8785 section 3.2: whole and very small or large numbers, and
# the order of keys outside the Basic Multilingual Plane. Text that looks like it, but is none, only costs time.
_NUMBER = re.compile(r"[\[:,]-?(?:\d+\.0(?!\d)|\d+(?:\.\d+)?e|\d{16})")
_BEYOND = re.compile(r"[\U00010000-\U0010ffff]")


def canonical_json(value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """Give the canonical text of plain JSON values, in UTF-8. Raises rfc8785.CanonicalizationError, or UnicodeError.

    The standard library writes it six times as fast wherever the two agree, as they do for almost every record.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
    if _is_written_otherwise(value, text):
        return rfc8785.dumps(value)
    return text.encode()


def _is_written_otherwise(value: Any, text: str) -> bool:  # noqa: ANN401 - as above
    """Whether RFC 8785 may write a value otherwise than this text of it."""
    lone = isinstance(value, int | float)
    return lone or bool(_NUMBER.search(text)) or (not text.isascii() and bool(_BEYOND.search(text)))
