"""Scrubbing: taking out of a whole record whatever gives away the place that its location policy withholds.

Where it lies instead is `coarsening`'s; when it is done, and what else stays private, is `redaction`'s.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from geodata.locations import Location
from incidents.approved import ApprovedIncident
from incidents.coarsening import World, chain, name_units
from incidents.drafts import CitationDraft, IncidentDraft, SourceDraft, TransferDraft
from incidents.errors import IncidentError
from incidents.mentions import Withheld, find_withheld, is_number, mentions, tells_coordinate, tells_more

_ENDING = re.compile(r"(?P<what>.+?)(?:,| in| at| near) (?P<where>.+)")
_PLACE_CODE = re.compile(
    r"where|loc|place|adm|lat|lon|geo|coord|town|village|site|region|district|state", re.IGNORECASE
)
_STATE_CODE = re.compile(r"adm(?:in)?_?1|state|region|province", re.IGNORECASE)
_SOURCE_WITHHELD = "Source withheld"


class NotFitToPublish(IncidentError):
    """A title, a summary or what is said of the dataset gives away what the location policy withholds."""

    def __init__(self, id_: str, parts: tuple[str, ...]) -> None:
        """Name the incident and which of title, summary and dataset it is, never its words."""
        super().__init__(
            f"the {' and the '.join(parts)} of {id_} give away the place that its location policy withholds"
            if len(parts) > 1
            else f"the {parts[0]} of {id_} gives away the place that its location policy withholds"
        )
        self.parts = parts


def scrub(
    approved: ApprovedIncident, draft: IncidentDraft, location: Location, place: str | None, world: World
) -> IncidentDraft:
    """Drop from the whole record what gives the old location away. Raises NotFitToPublish."""
    withheld, named_so = _find_withheld(draft, location, place, world)
    point = draft.location.point or draft.location.stand_in
    if point == location.point:
        point = None

    def gives_away(text: str | None) -> bool:
        return mentions(text, withheld) or tells_coordinate(text, point)

    def kept(text: str | None) -> str | None:
        return None if gives_away(text) else text

    dataset = approved.dataset
    named = (dataset.key, dataset.title, dataset.attribution, dataset.url) if dataset else ()
    title = _retitle(draft.title, named_so, place) if gives_away(draft.title) else draft.title
    texts = {"title": (title,), "summary": (draft.summary,), "dataset": named}
    if parts := tuple(part for part, said in texts.items() if any(gives_away(text) for text in said)):
        raise NotFitToPublish(approved.id, parts)
    if gives_away(location.reason):
        location = replace(location, reason=f"Given as the {location.precision.value} only.")
    citations, keys = _scrub_citations(draft.citations, gives_away=gives_away)
    return replace(
        draft,
        title=title,
        location=location,
        place=None if tells_coordinate(place) else place,
        time_of_day=kept(draft.time_of_day),
        # Even a zone tells of a place that is wholly withheld.
        time_zone=kept(draft.time_zone) if location.regions else None,
        duration=kept(draft.duration),
        participants=tuple(
            replace(one, as_spelled=kept(one.as_spelled), source_key=keys.get(one.source_key or ""))
            for one in draft.participants
            if not gives_away(one.name)
        ),
        targets=tuple(replace(target, words=kept(target.words)) for target in draft.targets),
        aircraft=tuple(replace(use, role=kept(use.role)) for use in draft.aircraft),
        transfer=_scrub_transfer(draft.transfer, gives_away=gives_away),
        harm=tuple(
            replace(
                claim,
                claimant=kept(claim.claimant),
                source_key=keys.get(claim.source_key or ""),
                note=kept(claim.note),
            )
            for claim in draft.harm
        ),
        citations=citations,
        references=(),
        source_codes={},
    )


def _find_withheld(
    draft: IncidentDraft, location: Location, place: str | None, world: World
) -> tuple[Withheld, list[tuple[str, int]]]:
    """Find the names that are withheld; give also all names of the place as recorded, as `tells_more` takes them."""
    kept = name_units(location.regions)
    units = [(name, level) for name, level in kept if level > 0]
    # Every part of the name of a country or of a settlement that stays public is public: nothing finer is called so.
    public: list[str | None] = [name for name, level in kept if level == 0]
    if public:
        # Sources have names of their own for countries: Myanmar (Burma).
        public.append(draft.source_codes.get("country"))
    is_kept = place == draft.place and location.precision == draft.location.precision
    if is_kept or place not in dict(kept):
        public.append(place)
    hidden = [] if is_kept else [draft.place]
    hidden += [link.name for link in draft.location.regions if (link.name, link.level) not in kept]
    hidden += [
        value
        for key, value in draft.source_codes.items()
        if _PLACE_CODE.search(key)
        and not is_number(value)
        and not (_STATE_CODE.fullmatch(key) and units and not tells_more(value, units))
    ]
    if draft.place:
        hidden += world.other_names(draft.place, chain(draft.location.regions))
    named_so = [*name_units(draft.location.regions), *((name, 4) for name in (draft.place, *hidden) if name)]
    return find_withheld(hidden, public, units), named_so


def _retitle(title: str, hidden: Sequence[tuple[str, int]], place: str | None) -> str:
    """Put the public place where a title ends with the hidden one alone, as those of imported incidents do.

    hidden: names and their levels, as `tells_more` takes them.
    """
    found = _ENDING.fullmatch(title)
    if not found or (
        found["where"].casefold() not in {name.casefold() for name, _ in hidden} and tells_more(found["where"], hidden)
    ):
        return title
    return f"{found['what']}, {place}" if place else found["what"]


class _GivesAway(Protocol):
    def __call__(self, text: str | None) -> bool: ...


def _scrub_citations(
    citations: Sequence[CitationDraft], *, gives_away: _GivesAway
) -> tuple[tuple[CitationDraft, ...], dict[str, str]]:
    """Keep who published and when, under new keys: a title or an address of a report leads to the place."""
    sources: dict[str, SourceDraft] = {}
    for citation in citations:
        old = citation.source
        if old.key not in sources:
            publisher = None if gives_away(old.publisher) else old.publisher
            sources[old.key] = SourceDraft(
                key=f"source-{len(sources) + 1}",
                title=publisher or _SOURCE_WITHHELD,
                publisher=publisher,
                published=None if gives_away(old.published) else old.published,
            )
    kept = tuple(
        CitationDraft(
            sources[citation.source.key],
            citation.field,
            value=None if gives_away(citation.value) else citation.value,
            claimant=None if gives_away(citation.claimant) else citation.claimant,
        )
        for citation in citations
        if citation.field not in {"place", "location", "coordinates", "region"} and not gives_away(citation.field)
    )
    return kept, {old: source.key for old, source in sources.items()}


def _scrub_transfer(transfer: TransferDraft | None, *, gives_away: _GivesAway) -> TransferDraft | None:
    if transfer is None:
        return None
    return replace(
        transfer,
        claimant=None if gives_away(transfer.claimant) else transfer.claimant,
        goods=tuple(replace(item, what=None if gives_away(item.what) else item.what) for item in transfer.goods),
    )
