"""Sources of UCDP GED rows: quoted items are split, free text is not."""

from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.importing.ucdp_sources import split_sources


def cells(article: str, *, number: str = "-1", office: str = "", date: str = "") -> dict[str, str]:
    return {"source_article": article, "number_of_sources": number, "source_office": office, "source_date": date}


def test_quoted_items_keep_their_commas_and_semicolons() -> None:
    found = split_sources(
        cells(
            '"The Post,2022-09-19,Six, or seven; nobody knows";"Radio, North,2022-09-20,""Strike"" on school"',
            number="2",
        )
    )
    assert [(source.publisher, source.published, source.title) for source in found] == [
        ("The Post", "2022-09-19", "Six, or seven; nobody knows"),
        ("Radio, North", "2022-09-20", '"Strike" on school'),
    ]


def test_line_breaks_in_an_item_are_spaces() -> None:
    (source,) = split_sources(cells('"The Post,2022-09-19,A headline\r\nof two lines"', number="1"))
    assert source.title == "A headline of two lines"


def test_free_text_stays_one_source() -> None:
    (source,) = split_sources(cells("Situation Report; June 1-18"))
    assert (source.title, source.publisher, source.published) == ("Situation Report; June 1-18", None, None)


def test_unquoted_items_are_split_only_where_the_row_says_how_many() -> None:
    assert len(split_sources(cells("Agency 3/3;Agency 4/3", number="2"))) == 2
    assert len(split_sources(cells("Agency 3/3;Agency 4/3", number="3"))) == 1


def test_office_and_date_fill_in_when_they_run_beside_the_items() -> None:
    found = split_sources(cells('"First report";"Second report"', number="2", office="A;B", date="2022-01-01;soon"))
    assert [(source.publisher, source.published) for source in found] == [("A", "2022-01-01"), ("B", None)]
    found = split_sources(cells('"First report";"Second report"', number="2", office="A;B;C"))
    assert [source.publisher for source in found] == [None, None]


def test_the_same_article_has_the_same_key_in_every_row_and_stands_once() -> None:
    one = split_sources(cells('"The Post,2022-09-19,Strike"', number="1"))
    two = split_sources(cells('"The Post,2022-09-19,Strike";"The Post,2022-09-19,Strike"', number="2"))
    other = split_sources(cells('"The Post,2022-09-20,Strike"', number="1"))
    assert one == two
    assert one[0].key != other[0].key


def test_no_source_is_no_source() -> None:
    assert split_sources(cells("")) == ()
    assert split_sources({}) == ()


@settings(derandomize=True)
@given(st.text(), st.sampled_from(["-1", "1", "2", ""]), st.text(), st.text())
def test_any_text_is_read_without_a_fall_and_words_are_kept(article: str, number: str, office: str, date: str) -> None:
    found = split_sources(cells(article, number=number, office=office, date=date))
    assert bool(found) == bool(article.strip())
    assert all(source.title for source in found)


@settings(derandomize=True)
@given(st.lists(st.tuples(st.text("abc ,;'\"-é", min_size=1), st.dates()), min_size=1, max_size=5))
def test_items_written_as_ucdp_writes_them_come_back(items: list[tuple[str, object]]) -> None:
    written = [f"Post,{day},Word {title}" for title, day in items]
    article = ";".join('"' + item.replace('"', '""') + '"' for item in written)
    found = split_sources(cells(article, number=str(len(items))))
    expected = {(str(day), " ".join(f"Word {title}".split())) for title, day in items}
    assert {(source.published, source.title) for source in found} == expected
