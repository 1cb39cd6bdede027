"""Canonical JSON is what RFC 8785 says, whichever way it was written."""

from dataclasses import replace

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from geodata.locations import Location
from geodata.points import LonLat
from geodata.precision import Precision
from incidents.canonical import canonical_json
from incidents.drafts import IncidentDraft, Span, TransferDraft, read_draft, to_payload, write_draft
from tests.factories import SAGAING, make_draft, make_location

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


DEGREES = st.floats(-90, 90) | st.integers(-90, 90).map(float) | st.sampled_from([0.0, -0.0, 1e-7, 5e-324])
METRES = st.none() | st.floats(0, 1e300, allow_nan=False) | st.integers(0, 2**60).map(float)
TEXTS = st.text() | st.sampled_from(['"lat":5.0,', '\\"lat":5.0}', '"radius_m":2000.0', "\x7f\u2028\x00\U0001f600"])


@given(DEGREES, DEGREES, METRES, METRES, TEXTS, st.dictionaries(TEXTS, TEXTS, max_size=3), st.integers(0, 2**53 - 1))
def test_a_draft_has_its_canonical_text_and_comes_back_from_it(
    lon: float, lat: float, radius_m: float, distance_m: float, words: str, codes: dict[str, str], value: int
) -> None:
    region = replace(SAGAING, name=words, distance_m=distance_m)
    location = make_location(point=LonLat(lon, lat), stand_in=LonLat(lat, lon), radius_m=radius_m, regions=(region,))
    transfer = TransferDraft(value=Span(value, value))
    draft = make_draft(location=location, summary=words, source_codes=codes, transfer=transfer)
    assert write_draft(draft) == rfc8785.dumps(to_payload(draft))
    assert read_draft(write_draft(draft)) == draft
    assert read_draft(write_draft(draft).decode()) == draft


def test_a_draft_that_has_no_canonical_text_is_refused() -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the library's own
        write_draft(make_draft(transfer=TransferDraft(value=Span(2**53))))
    with pytest.raises(UnicodeError):
        write_draft(make_draft(summary="\ud800"))


def test_what_a_draft_lacks_is_its_default_and_what_it_has_too_much_is_passed_over() -> None:
    text = b'{"kind":"airstrike","title":"x","location":{"precision":"sea","reason":"r","method":"m"},"mood":"bad"}'
    assert read_draft(text) == IncidentDraft("airstrike", "x", Location(Precision.SEA, "r", "m"))
