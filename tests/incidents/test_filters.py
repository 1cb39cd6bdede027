"""What the filter's words mean where a selection is empty on purpose."""

import pytest

from incidents.errors import BadFilter
from incidents.filters import NONE, REPEATABLE, IncidentFilter, parse_filter
from incidents.taxonomy import load_taxonomy


@pytest.mark.parametrize("name", REPEATABLE)
def test_none_is_a_value_that_lets_nothing_through(name: str) -> None:
    found = parse_filter([(name, "none"), ("from", "2022")], load_taxonomy())
    assert getattr(found, name) == NONE
    assert found.is_closed()
    assert not found.is_empty()
    assert (name, "none") in found.to_pairs()
    assert parse_filter(found.to_pairs(), load_taxonomy()) == found
    assert parse_filter([(name, "none,"), (name, "none"), ("from", "2022")], load_taxonomy()) == found


@pytest.mark.parametrize(
    ("name", "other"), [("kind", "airstrike"), ("aircraft", "mi-24"), ("region", "MM-01"), ("grade", "confirmed")]
)
def test_none_beside_another_value_is_refused(name: str, other: str) -> None:
    for pairs in ([(name, f"none,{other}")], [(name, other), (name, "none")]):
        with pytest.raises(BadFilter, match="stands alone") as caught:
            parse_filter(pairs, load_taxonomy())
        assert caught.value.name == name


@pytest.mark.parametrize("pairs", [[("kind", "None")], [("precision", "none")], [("from", "none")], [("bbox", "none")]])
def test_none_is_no_other_word(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(BadFilter):
        parse_filter(pairs, load_taxonomy())


def test_what_is_no_text_is_refused_and_what_is_empty_is_not_given() -> None:
    with pytest.raises(BadFilter, match="UTF-8") as caught:
        parse_filter([("q", "Yangon\ufffd")], load_taxonomy())
    assert caught.value.name == "q"
    empty = [(name, "") for name in ("kind", "from", "to", "bbox", "q", "precision")]
    assert parse_filter(empty, load_taxonomy()) == IncidentFilter()


def test_a_filter_without_none_is_open() -> None:
    assert not IncidentFilter().is_closed()
    assert not IncidentFilter(kind=("airstrike",), region=("MM-01",)).is_closed()
