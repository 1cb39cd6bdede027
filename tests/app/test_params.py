from collections.abc import Iterable

import pytest

from app.params import (
    PAGING_NAMES,
    Paging,
    parse_edition,
    parse_edition_name,
    parse_filter_beside,
    parse_paging,
    parse_rows,
    parse_spot,
    refuse_unknown,
)
from incidents.errors import BadFilter
from incidents.filters import IncidentFilter, parse_filter
from incidents.taxonomy import load_taxonomy

SORTS = ("-date", "date", "title")


@pytest.mark.parametrize("name", ["7", "7.1", "123456789.1"])
def test_edition_names(name: str) -> None:
    assert parse_edition([("edition", name), ("kind", "x")]) == name


@pytest.mark.parametrize(
    "name", ["0", "07", "7.", "7.0", ".1", "7/../8", "../7", "seven", "7.1.1", "٧", "7\n", "1234567890"]
)
def test_what_is_no_edition_name(name: str) -> None:
    with pytest.raises(BadFilter) as caught:
        parse_edition_name(name)
    assert caught.value.name == "edition"


def test_no_edition_is_the_current_one() -> None:
    assert parse_edition([]) is None
    assert parse_edition([("edition", " ")]) is None


def test_an_edition_twice_is_refused() -> None:
    with pytest.raises(BadFilter, match="more than once"):
        parse_edition([("edition", "1"), ("edition", "2")])


def test_the_filter_leaves_what_is_beside_it_and_refuses_the_rest() -> None:
    def parse(pairs: Iterable[tuple[str, str]]) -> IncidentFilter:
        return parse_filter(pairs, load_taxonomy())

    pairs = [("kind", "airstrike"), ("edition", "1")]
    assert parse_filter_beside(pairs, parse, ("edition",)).kind == ("airstrike",)
    with pytest.raises(BadFilter) as caught:
        parse_filter_beside([*pairs, ("sort", "date")], parse, ("edition",))
    assert caught.value.name == "sort"


def test_a_name_that_nobody_knows_is_cut_before_it_is_repeated() -> None:
    with pytest.raises(BadFilter) as caught:
        refuse_unknown([("x" * 5000, "")])
    assert len(str(caught.value)) < 100


def test_paging() -> None:
    pairs = [("sort", "title"), ("page", "3"), ("limit", "20"), ("kind", "airstrike")]
    paging = parse_paging(pairs, SORTS, "-date")
    assert (paging, paging.offset) == (Paging("title", 3, 20), 40)
    assert parse_paging(paging.to_pairs(), SORTS, "-date") == paging
    assert parse_paging([], SORTS, "-date") == Paging("-date", 1, 50)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sort", "-title"),
        ("sort", "title; DROP TABLE incident"),
        ("page", "0"),
        ("page", "-1"),
        ("page", "1e3"),
        ("page", "²"),
        ("page", "99999999"),
        ("limit", "501"),
        ("limit", "0"),
        ("limit", "ten"),
    ],
)
def test_bad_paging_is_refused_by_name(name: str, text: str) -> None:
    assert name in PAGING_NAMES
    with pytest.raises(BadFilter) as caught:
        parse_paging([(name, text)], SORTS, "-date")
    assert caught.value.name == name


def test_rows() -> None:
    assert parse_rows([("n", "5,0"), ("n", "5")], 6) == [5, 0]


@pytest.mark.parametrize(
    "text", ["", "6", "-1", "1,,2", "a", "1 2", "0x1", "99999999999", ",".join(map(str, range(501)))]
)
def test_rows_that_are_none(text: str) -> None:
    with pytest.raises(BadFilter) as caught:
        parse_rows([("n", text)], 6 if text.count(",") < 500 else 1000)
    assert caught.value.name == "n"


def test_rows_of_an_empty_edition() -> None:
    with pytest.raises(BadFilter):
        parse_rows([("n", "0")], 0)


def test_areas_may_be_repeated_or_joined() -> None:
    for pairs in ([("area", "UA"), ("area", "RU")], [("area", "UA,RU")], [("area", "UA, RU"), ("area", "UA")]):
        assert parse_spot(pairs).areas == ("UA", "RU")
    for text in ("", "UA,", "UA,../etc"):
        with pytest.raises(BadFilter) as caught:
            parse_spot([("area", text)])
        assert caught.value.name == "area"
