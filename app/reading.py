"""How the public doors read: the edition that a request asks for, held until its answer is sent, and its filter.

It makes no page; it knows no ledger.
"""

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import g, request

from app.caching import make_etag
from app.params import parse_edition, parse_filter_beside, refuse_unknown
from app.site import site
from incidents.editions.reader import Edition
from incidents.filters import IncidentFilter

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks of an edition. pinned: whether it names the edition instead of taking the current one."""

    edition: Edition
    filter: IncidentFilter
    pinned: bool

    @property
    def edition_pairs(self) -> Pairs:
        """The pair that names the edition, by its number, where it is pinned: an amendment keeps its address."""
        return [("edition", str(self.edition.number))] if self.pinned else []

    def to_pairs(self) -> Pairs:
        """Give the filter's pairs, with the edition's where it is pinned: the query of links that stay with it."""
        return [*self.filter.to_pairs(), *self.edition_pairs]

    def etag(self, *more: str) -> str:
        """Make the ETag of an answer that depends on edition, amendment, filter and whatever more there is."""
        # A new ledger numbers its editions from 1 again, so the name alone would not tell two of them apart.
        made = f"{self.edition.etag} {self.edition.manifest.published_at} {self.edition.manifest.history_head}"
        return make_etag(made, request.path, urlencode(self.to_pairs()), *more)


def given_pairs() -> Pairs:
    """Give the request's parameters as pairs of name and text, in their order."""
    return list(request.args.items(multi=True))


@contextmanager
def asked(*, beside: Collection[str] = (), name: str | None = None, filtered: bool = True) -> Iterator[Asked]:
    """Open the edition that the request names, or `name` from its path, and read its filter with that edition's words.

    The path must name an edition as it stands; the parameter `edition` finds it under any name that it ever had.
    beside: names of parameters that the route reads itself. filtered: whether the route takes filters at all.
    Raises BadFilter, EditionNotFound, EditionGone, EditionBusy.
    """
    pairs = given_pairs()
    known = beside if name else ("edition", *beside)
    if not filtered:
        refuse_unknown(pairs, known)
    editions, wanted = site().editions, parse_edition(pairs) if name is None else None
    edition = editions.get_amended(wanted) if wanted else editions.current() if name is None else editions.get(name)
    g.edition, g.pinned = edition, wanted is not None
    selection = parse_filter_beside(pairs, edition.taxonomy, known) if filtered else IncidentFilter()
    yield Asked(edition, selection, pinned=wanted is not None)


def asked_to_hold(*, beside: Collection[str] = (), name: str | None = None) -> tuple[ExitStack, Asked]:
    """Open the same for an answer that is streamed; closing the stack lets the edition go."""
    with ExitStack() as stack:
        opened = stack.enter_context(asked(beside=beside, name=name))
        return stack.pop_all(), opened
