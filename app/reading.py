"""How the public doors read: the edition that a request asks for, held until its answer is sent, and its filter.

It makes no page; it knows no ledger.
"""

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes, urlencode

from flask import g, request

from app.caching import make_etag
from app.params import parse_edition, parse_filter_beside, refuse_unknown, without_tags
from app.security import SHARED
from app.site import site
from incidents.editions.errors import EditionNotFound
from incidents.editions.reader import Edition
from incidents.errors import BadFilter, PinnedEditionGone, SavedMapOutdated
from incidents.filters import IncidentFilter, parse_filter
from incidents.limits import Limits, find_limits, narrow, own_part
from incidents.saved_maps import SavedMap

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks of an edition.

    pinned: whether it names the edition instead of taking the current one. saved: the saved map that it asks for,
    whose address ends in `name`; limits: that map's; said: what of the request they took away.
    """

    edition: Edition
    filter: IncidentFilter
    pinned: bool
    saved: SavedMap | None = None
    name: str = ""
    limits: Limits | None = None
    said: tuple[str, ...] = ()

    @property
    def edition_pairs(self) -> Pairs:
        """The pair that names the edition, by its number, where it is pinned: an amendment keeps its address."""
        return [("edition", str(self.edition.number))] if self.pinned else []

    def to_pairs(self) -> Pairs:
        """Give the filter's pairs, with the edition's where it is pinned: the query of links that stay with it."""
        return [*self.filter.to_pairs(), *self.edition_pairs]

    def own_pairs(self) -> Pairs:
        """Give the pairs that the address of the map itself needs: a saved one has its limits and edition already."""
        return own_part(self.limits.filter, self.filter).to_pairs() if self.limits else self.to_pairs()

    def etag(self, *more: str, dense: bool = False) -> str:
        """Make the ETag of an answer that depends on edition, amendment, filter and whatever more there is.

        dense: as `make_etag` has it.
        """
        # A new ledger numbers its editions from 1 again, so the name alone would not tell two of them apart.
        made = f"{self.edition.etag} {self.edition.manifest.published_at} {self.edition.manifest.history_head}"
        saved = (self.saved.etag, *self.said) if self.saved else ()
        return make_etag(made, request.path, urlencode(self.to_pairs()), *saved, *more, dense=dense)


def given_pairs() -> Pairs:
    """Give the request's parameters as pairs of name and text, in their order. Raises BadFilter for what is no text.

    To pages people come by links to which others have put their tags; programs ask for data as they mean it.
    """
    if (given := g.get("given_pairs")) is not None:
        return list(given)
    for part in request.query_string.split(b"&"):
        try:
            unquote_to_bytes(part).decode()
        except UnicodeDecodeError:
            # Read by Werkzeug, it would be taken for the signs that it was written with.
            name = part.partition(b"=")[0].decode(errors="replace")
            raise BadFilter(name[:40], "contains what is not UTF-8") from None
    pairs = list(request.args.items(multi=True))
    g.given_pairs = pairs if request.blueprint in SHARED else without_tags(pairs)
    return list(g.given_pairs)


@contextmanager
def asked(
    *, beside: Collection[str] = (), name: str | None = None, filtered: bool = True, pairs: Pairs | None = None
) -> Iterator[Asked]:
    """Open the edition that the request names, or `name` from its path, and read its filter with that edition's words.

    The path must name an edition as it stands; the parameter `edition` finds it under any name that it ever had.
    beside: names of parameters that the route reads itself. filtered: whether the route takes filters at all.
    pairs: those of another address than the request's. Raises BadFilter, EditionNotFound, EditionGone, EditionBusy.
    """
    pairs = given_pairs() if pairs is None else pairs
    known = beside if name else ("edition", *beside)
    if not filtered:
        refuse_unknown(pairs, known)
    editions, wanted = site().editions, parse_edition(pairs) if name is None else None
    edition = editions.get_amended(wanted) if wanted else editions.current() if name is None else editions.get(name)
    g.edition, g.pinned = edition, wanted is not None
    selection = parse_filter_beside(pairs, edition.parse_filter, known) if filtered else IncidentFilter()
    yield Asked(edition, selection, pinned=wanted is not None)


@contextmanager
def asked_of_map(name: str, *, beside: Collection[str] = (), pairs: Pairs | None = None) -> Iterator[Asked]:
    """Open the edition of a saved map, by what its address ends in, and narrow its filter by the request's.

    Raises UnknownSavedMap, PinnedEditionGone, SavedMapOutdated, BadFilter also for what reaches beyond the map's
    limits, and as `asked`.
    """
    saved = site().maps.find(name)
    # Before anything else is found wrong, so that errors are as secret, and as little framed, as the map.
    g.saved_map = saved
    pairs = given_pairs() if pairs is None else pairs
    if any(given == "edition" for given, _ in pairs):
        raise BadFilter("edition", "cannot be chosen here: this map has its own")
    edition = g.edition = open_edition_of(saved)
    limits = read_limits(saved, edition)
    narrowed = narrow(limits, parse_filter_beside(pairs, edition.parse_filter, beside))
    yield Asked(edition, narrowed.filter, saved.edition is not None, saved, name, limits, narrowed.said)


def read_limits(saved: SavedMap, edition: Edition) -> Limits:
    """Read what a saved map shows at most. Raises SavedMapOutdated."""
    try:
        return find_limits(edition, parse_filter(saved.filter, edition.taxonomy))
    except BadFilter as error:
        msg = f"{saved.slug}: {error}"
        raise SavedMapOutdated(msg) from error


def open_edition_of(saved: SavedMap) -> Edition:
    """Give the edition of a saved map: the current one, or the one that it stays with. Raises PinnedEditionGone."""
    editions = site().editions
    if saved.edition is None:
        return editions.current()
    try:
        return editions.get_amended(str(saved.edition))
    except EditionNotFound as error:
        msg = f"It stays with edition {saved.edition}, which is no longer kept."
        raise PinnedEditionGone(msg) from error


def asked_to_hold(*, beside: Collection[str] = (), name: str | None = None) -> tuple[ExitStack, Asked]:
    """Open the same for an answer that is streamed; closing the stack lets the edition go."""
    with ExitStack() as stack:
        opened = stack.enter_context(asked(beside=beside, name=name))
        return stack.pop_all(), opened
