"""Canonical JSON is what RFC 8785 says, whichever way it was written."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from incidents.canonical import _is_written_otherwise, canonical_json
from incidents.drafts import to_payload
from tests.factories import make_draft

NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
    max_leaves=20,
)


@given(VALUES)
def test_any_value_has_its_canonical_text(value: object) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)  # type: ignore[arg-type]  # JSON is what was drawn


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (
            [95.0, -0.0, 1e21, 1e-7, 0.000001, 5e-05, 1e16, 95.4012],
            "[95,0,1e+21,1e-7,0.000001,0.00005,10000000000000000,95.4012]",
        ),
        ({"\ue000": 1, "\U0001f600": 2, "a": 3}, '{"a":3,"\U0001f600":2,"\ue000":1}'),
        ('\u2028 \x7f \x1f " \\ /', '"\u2028 \x7f \\u001f \\" \\\\ /"'),
        ({"b": [], "a": {}}, '{"a":{},"b":[]}'),
    ],
)
def test_where_libraries_differ_the_standard_holds(value: object, text: str) -> None:
    assert canonical_json(value).decode() == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", 2**53])
def test_what_has_no_canonical_text_is_refused(value: object) -> None:
    with pytest.raises((ValueError, UnicodeError)):
        canonical_json(value)


def test_a_draft_takes_the_fast_way_and_comes_out_the_same() -> None:
    payload = to_payload(make_draft())
    assert canonical_json(payload) == rfc8785.dumps(payload)
    assert not _is_written_otherwise(payload, canonical_json(payload).decode())
