"""Harm in words, and chosen claims of one group added over incidents. Groups are never added to each other.

A figure that nobody gives is not known, and never zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from incidents.drafts import HarmDraft, Span
from incidents.taxonomy import Taxonomy

Suffering = Literal["killed", "injured", "displaced"]
OUTCOMES: tuple[Suffering, ...] = ("killed", "injured", "displaced")


@dataclass(frozen=True, slots=True)
class HarmSum:
    """Harm of one kind to one group over incidents: a range, over how many with a figure, and how many without."""

    total: Span
    counted: int
    unknown: int


def describe_span(span: Span) -> str | None:
    """Say a count: "2", "at least 6", "at most 9", "about 3 to 5"; None where nothing is known.

    "At least 0" says nothing; "0" only where a source says none.
    """
    least, most = span.minimum, span.maximum
    about = "about " if span.approximate else ""
    if most is None:
        return f"at least {about}{least:,}" if least else None
    if least is None:
        return f"at most {about}{most:,}"
    return f"{about}{most:,}" if least == most else f"{about}{least:,} to {most:,}"


def describe_claim(claim: HarmDraft, taxonomy: Taxonomy) -> str:
    """Say one claim: "children: at least 6 killed"."""
    said = [f"{describe_span(span)} {what}" for what in OUTCOMES if _says(span := _of(claim, what))]
    return f"{taxonomy.harm_groups[claim.group].label}: {', '.join(said) or 'not known'}"


def describe_harm(claims: Iterable[HarmDraft], taxonomy: Taxonomy) -> str | None:
    """Say the claims that stand: "children: at least 6 killed; others: not known". None where there are none.

    Only a claim that counts everybody leaves nobody out.
    """
    chosen = [claim for claim in claims if claim.chosen]
    if not chosen:
        return None
    said = [describe_claim(claim, taxonomy) for claim in chosen]
    if all(claim.group != "total" for claim in chosen):
        said.append("others: not known")
    return "; ".join(said)


def bound_harm(claims: Iterable[HarmDraft], group: str, what: Suffering) -> Span | None:
    """Give the lowest and the highest figure of one incident's chosen claims for a group, or None without any.

    Without a bound in any of them there is none: what is at most 3 may be any number up to 3, and none was said.
    """
    known = [span for claim in claims if claim.chosen and claim.group == group and _says(span := _of(claim, what))]
    if not known:
        return None
    lower = [span.minimum for span in known if span.minimum is not None]
    upper = [span.maximum for span in known if span.maximum is not None]
    return Span(
        min(lower) if len(lower) == len(known) else None,
        max(upper) if len(upper) == len(known) else None,
        approximate=any(span.approximate for span in known),
    )


def describe_sum(found: HarmSum, what: Suffering = "killed") -> str:
    """Say a sum: "19 to 24 killed in 3 incidents; 2 incidents with no figure"."""
    said = []
    if words := describe_span(found.total):
        said.append(f"{words} {what} in {_incidents(found.counted)}")
    unknown = found.unknown + (0 if said else found.counted)
    if unknown:
        said.append(f"{_incidents(unknown)} with no figure")
    return "; ".join(said) or "no incidents"


def _of(claim: HarmDraft, what: Suffering) -> Span:
    if what == "killed":
        return claim.killed
    return claim.injured if what == "injured" else claim.displaced


def _says(span: Span) -> bool:
    """Whether `describe_span` has words for it."""
    return span.maximum is not None or bool(span.minimum)


def _incidents(number: int) -> str:
    return f"{number:,} incident{'' if number == 1 else 's'}"
