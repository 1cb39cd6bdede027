"""Dates: what EDTF text bounds, and how it is said."""

import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.drafts import TimeSense
from incidents.errors import BadDate
from incidents.when import When, describe_time, describe_when, parse_when


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2022-09-16", "2022-09-16", "2022-09-16"),
        ("2014-11", "2014-11-01", "2014-11-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("1948", "1948-01-01", "1948-12-31"),
        ("1955~", "1955-01-01", "1955-12-31"),
        ("2023-11~", "2023-11-01", "2023-11-30"),
        ("2016?", "2016-01-01", "2016-12-31"),
        ("2016%", "2016-01-01", "2016-12-31"),
        ("2009/2012", "2009-01-01", "2012-12-31"),
        ("2000~/2023", "2000-01-01", "2023-12-31"),
        ("2022-11?/2023-11~", "2022-11-01", "2023-11-30"),
        ("2021-02/", "2021-02-01", None),
        ("2021-02/..", "2021-02-01", None),
        ("../2023", None, "2023-12-31"),
        ("/2016", None, "2016-12-31"),
        ("201X", "2010-01-01", "2019-12-31"),
        ("2004-06-XX", "2004-06-01", "2004-06-30"),
        ("2021-22", "2021-01-01", "2022-02-28"),
        ("2021-33", "2021-01-01", "2021-03-31"),
        ("{1667,1668}", "1667-01-01", "1668-12-31"),
        ("9999-12-31", "9999-12-31", "9999-12-31"),
        ("9999", "9999-01-01", "9999-12-31"),
    ],
)
def test_bounds_are_the_strict_ones(text: str, earliest: str | None, latest: str | None) -> None:
    assert parse_when(text) == When(text, earliest and day(earliest), latest and day(latest))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", [None, "", "  "])
def test_no_date_is_no_date(text: str | None) -> None:
    assert parse_when(text) == When(None, None, None)


@pytest.mark.parametrize(
    "text",
    ["2021-13", "2021-02-30", "0000", "-0333", "Y17000", "yesterday", "16.9.2022", "2021-2", "..", "/", "../..",
     "2023/2020", "2021/2022/2023", "2022-09-16T12:00:00", "2021-02-29", "2004-06-uu", "20211-01", "٢٠٢١", "2" * 101],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(BadDate):
        parse_when(text)
    with pytest.raises(BadDate):
        describe_when(text)


@pytest.mark.parametrize(
    ("text", "sense", "words"),
    [
        (None, "within", "date not given"),
        (None, "repeatedly", "repeatedly, date not given"),
        ("2022-09-16", "within", "16 September 2022"),
        ("2022-09-16", "repeatedly", "repeatedly on 16 September 2022"),
        ("2022-09-16", "throughout", "throughout 16 September 2022"),
        ("2014-11", "within", "some day in November 2014"),
        ("2017", "repeatedly", "repeatedly in 2017"),
        ("1948", "within", "some time in 1948"),
        ("1955~", "within", "about 1955"),
        ("2023-11~", "within", "about November 2023"),
        ("2016?", "within", "some time in 2016 (uncertain)"),
        ("2009/2012", "within", "between 2009 and 2012"),
        ("2009/2012", "throughout", "throughout 2009 to 2012"),
        ("2021-02/2023~", "repeatedly", "repeatedly between February 2021 and about 2023"),
        ("2021-02/", "throughout", "since February 2021, end not known"),
        ("2021-02/", "repeatedly", "repeatedly since February 2021, end not known"),
        ("2021-02/", "within", "some time since February 2021, end not known"),
        ("2021-02/..", "throughout", "since February 2021, still going on"),
        ("../2016?", "within", "some time up to 2016 (uncertain)"),
        ("/2016", "within", "some time up to 2016, beginning not known"),
        ("2021-24", "within", "some time in winter 2021"),
        ("201X", "within", "some time in the years 2010 to 2019"),
    ],
)
def test_a_date_is_said_as_it_is_known(text: str | None, sense: str, words: str) -> None:
    assert describe_when(text, TimeSense(sense)) == words


DATES = st.dates(min_value=dt.date(1, 1, 1))


@st.composite
def plain(draw: st.DrawFn) -> tuple[str, dt.date]:
    """Draw a date as a day, a month or a year, and a day that lies in it."""
    inside = draw(DATES)
    return draw(
        st.sampled_from([f"{inside:%Y-%m-%d}".zfill(10), f"{inside:%Y-%m}".zfill(7), f"{inside:%Y}".zfill(4)])
    ), inside


@given(plain(), st.sampled_from(["", "~", "?", "%"]))
def test_a_date_contains_its_days_and_marks_never_widen_it(date: tuple[str, dt.date], mark: str) -> None:
    text, inside = date
    when = parse_when(text + mark)
    assert when.earliest is not None
    assert when.latest is not None
    assert when.earliest <= inside <= when.latest
    assert (when.earliest, when.latest) == (parse_when(text).earliest, parse_when(text).latest)


@given(plain(), plain())
def test_an_interval_spans_both_ends_or_is_refused(one: tuple[str, dt.date], two: tuple[str, dt.date]) -> None:
    first, last = parse_when(one[0]), parse_when(two[0])
    assert first.earliest
    assert last.latest
    text = f"{one[0]}/{two[0]}"
    if last.latest < first.earliest:
        with pytest.raises(BadDate):
            parse_when(text)
    else:
        assert parse_when(text) == When(text, first.earliest, last.latest)


@given(plain(), st.sampled_from(list(TimeSense)))
def test_a_coarse_date_never_names_a_day(date: tuple[str, dt.date], sense: TimeSense) -> None:
    text, _ = date
    words = describe_when(text, sense)
    if len(text) == 4:
        assert not any(month in words for month in ("January", "December"))
    assert (words[0].isdigit() and sense == TimeSense.WITHIN) == (len(text) == 10 and sense == TimeSense.WITHIN)


@pytest.mark.parametrize(
    ("words", "earliest", "latest", "zone", "said"),
    [
        (None, None, None, None, None),
        ("about one", None, None, None, "about one"),
        (None, dt.time(13, 5), dt.time(13, 5), "Asia/Yangon", "13:05 (Asia/Yangon)"),
        ("after lunch", dt.time(13), dt.time(15), None, "between 13:00 and 15:00; “after lunch”"),
        (None, dt.time(23, 30), dt.time(1, 5, 9), "+06:30", "between 23:30 and 01:05:09 (+06:30)"),
    ],
)
def test_a_time_of_day_is_said_as_closely_as_it_is_known(
    words: str | None, earliest: dt.time | None, latest: dt.time | None, zone: str | None, said: str | None
) -> None:
    assert describe_time(words, earliest, latest, zone) == said


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_a_bad_date(text: str) -> None:
    try:
        when = parse_when(text)
    except BadDate:
        return
    assert when.earliest is None or when.latest is None or when.earliest <= when.latest
    assert describe_when(text)


def test_plain_dates_are_fast() -> None:
    texts = [f"{2000 + n % 25}-{n % 12 + 1:02}-{n % 28 + 1:02}" for n in range(10_000)]
    began = time.perf_counter()
    for text in texts:
        parse_when(text)
    assert time.perf_counter() - began < 2  # The grammar of the package takes 5 ms each: 50 s.
