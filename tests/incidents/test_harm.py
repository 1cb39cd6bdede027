"""Harm in words and in sums."""

import pytest

from incidents.drafts import HarmDraft, Span
from incidents.harm import HarmSum, bound_harm, describe_claim, describe_harm, describe_span, describe_sum
from incidents.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Span(), None),
        (Span(0), None),
        (Span(0, 0), "0"),
        (Span(6), "at least 6"),
        (Span(None, 8), "at most 8"),
        (Span(0, 8), "0 to 8"),
        (Span(13, 18), "13 to 18"),
        (Span(2, 2), "2"),
        (Span(750_000, 750_000, approximate=True), "about 750,000"),
        (Span(6, approximate=True), "at least about 6"),
    ],
)
def test_a_count_is_said_as_it_is_known(span: Span, words: str | None) -> None:
    assert describe_span(span) == words


def test_let_yet_kone_counts_children_and_says_that_others_are_not_known() -> None:
    words = describe_harm([HarmDraft("children", killed=Span(6))], TAXONOMY)
    assert words == "children: at least 6 killed; others: not known"


def test_a_claim_that_counts_everybody_leaves_nobody_out() -> None:
    claims = [HarmDraft("total", Span(13, 18)), HarmDraft("civilians", Span(13, 13))]
    assert describe_harm(claims, TAXONOMY) == "in all: 13 to 18 killed; civilians: 13 killed"


def test_a_claim_that_was_not_chosen_is_not_said() -> None:
    claims = [HarmDraft("total", Span(13, 18)), HarmDraft("total", Span(99), chosen=False)]
    assert describe_harm(claims, TAXONOMY) == "in all: 13 to 18 killed"
    assert describe_harm([HarmDraft("total", Span(99), chosen=False)], TAXONOMY) is None


def test_a_claim_without_a_figure_says_so() -> None:
    assert describe_claim(HarmDraft("women"), TAXONOMY) == "women: not known"
    both = HarmDraft("women", killed=Span(1, 1), injured=Span(2))
    assert describe_claim(both, TAXONOMY) == "women: 1 killed, at least 2 injured"


def test_a_sum_is_a_range_and_says_how_many_have_no_figure() -> None:
    found = HarmSum(Span(19, 24), counted=3, unknown=2)
    assert describe_sum(found) == "19 to 24 killed in 3 incidents; 2 incidents with no figure"


def test_a_sum_over_a_lower_bound_has_no_upper_one() -> None:
    assert describe_sum(HarmSum(Span(7), 2, 0)) == "at least 7 killed in 2 incidents"


def test_nothing_known_is_not_zero() -> None:
    assert describe_sum(HarmSum(Span(), 0, 2)) == "2 incidents with no figure"
    assert describe_sum(HarmSum(Span(), 0, 0)) == "no incidents"


def test_two_chosen_claims_of_one_incident_speak_of_the_same_people() -> None:
    claims = [HarmDraft("civilians", Span(13, 13)), HarmDraft("civilians", Span(6, 18)), HarmDraft("women", Span(4))]
    assert bound_harm(claims, "civilians", "killed") == Span(6, 18)


@pytest.mark.parametrize(
    ("spans", "bounds"),
    [
        ([Span(None, 3)], Span(None, 3)),
        ([Span(0, 3)], Span(0, 3)),
        ([Span(2, 2), Span(None, 3)], Span(None, 3)),
        ([Span(2), Span(1, 4)], Span(1)),
        ([Span(2), Span(None, 4)], Span()),
        ([Span(), Span(1, 4)], Span(1, 4)),
        ([Span()], None),
        ([], None),
    ],
)
def test_a_bound_is_one_that_every_claim_with_a_figure_gives(spans: list[Span], bounds: Span | None) -> None:
    assert bound_harm([HarmDraft("civilians", span) for span in spans], "civilians", "killed") == bounds
