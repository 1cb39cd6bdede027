"""Redaction: what of an approved incident the public may learn, by embargo, dataset terms and location policy.

It knows nothing of editions' files or of the ledger's tables; publishing asks it, incident by incident.
"""

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from geodata.locations import Location, RegionLink
from geodata.points import LonLat
from geodata.precision import STAND_IN_RADIUS_M, USUAL_UNCERTAINTY_M, Precision
from incidents.approved import Approval, ApprovedIncident
from incidents.drafts import CitationDraft, IncidentDraft, SourceDraft, TransferDraft
from incidents.editions.public import PublicIncident
from incidents.errors import IncidentError
from incidents.mentions import Withheld, find_withheld, mentions, tells_coordinate, tells_more
from incidents.policies import LocationPolicy, PolicyRule, coarseness, make_policy

_KM_PER_DEG = 111.195
_ENDING = re.compile(r"(?P<what>.+?)(?:,| in| at| near) (?P<where>.+)")
_PLACE_CODE = re.compile(
    r"where|loc|place|adm|lat|lon|geo|coord|town|village|site|region|district|state", re.IGNORECASE
)
_STATE_CODE = re.compile(r"adm(?:in)?_?1|state|region|province", re.IGNORECASE)
_FINEST_LEVEL = {PolicyRule.TOWNSHIP: 3, PolicyRule.STATE: 1, PolicyRule.WITHHELD: -1}
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


class LeftOut(StrEnum):
    """Why an approved incident is in no edition."""

    WITHDRAWN = "withdrawn"
    EMBARGOED = "embargoed"
    INTERNAL = "internal"
    AGGREGATE_ONLY = "aggregate only"


class World(Protocol):
    """What coarsening needs to know of the world."""

    def settlement(self, place: str | None, within: Sequence[str], near: LonLat) -> tuple[str, LonLat] | None:
        """Give the name and point of the settlement that a place text means, if it lies near the point."""

    def other_names(self, place: str, within: Sequence[str]) -> tuple[str, ...]:
        """Give the other names of a place."""

    def township_centre(self, name: str, within: Sequence[str]) -> LonLat | None:
        """Give where a township's disc stands, whatever happened where in it."""

    def region_codes(self, points: Sequence[LonLat]) -> frozenset[tuple[int, str]]:
        """Give level and code of every region that one of the points lies in."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A square of the world's grid: its middle, the distance to its corners in metres, and points all over it."""

    centre: LonLat
    reach_m: float
    grid: tuple[LonLat, ...]


def why_left_out(approved: Approval | ApprovedIncident, today: dt.date) -> LeftOut | None:
    """Say why an incident is in no edition of this day, or None if it is in. Unknown dataset terms are internal."""
    if approved.withdrawn:
        return LeftOut.WITHDRAWN
    terms = approved.dataset.terms if approved.dataset else "public"
    if terms not in {"public", "aggregate only"}:
        return LeftOut.INTERNAL
    if approved.embargo_until is not None and today < approved.embargo_until:
        return LeftOut.EMBARGOED
    return LeftOut.AGGREGATE_ONLY if terms == "aggregate only" else None


def redact(approved: ApprovedIncident, world: World) -> PublicIncident:
    """Take out what is private and coarsen the whole record by its location policy.

    Raises NotFitToPublish when the title, the summary or the words about the dataset give away what is withheld.
    """
    draft = replace(
        approved.draft,
        private_notes=None,
        references=tuple(replace(reference, digest=None) for reference in approved.draft.references),
        same_as=(),
    )
    public = PublicIncident(
        approved.id, approved.revision, draft, approved.same_as, approved.dataset, write_policy(approved.policy)
    )
    policy = approved.policy or LocationPolicy(PolicyRule.EXACT)
    if policy.rule == PolicyRule.EXACT:
        return public
    # Whatever is coarse enough already is scrubbed too: place text, codes and quotes may say more than the location.
    scrubbed = _scrub(approved, draft, *coarsen(draft, policy, world), world)
    as_recorded = (scrubbed.location, scrubbed.place) == (draft.location, draft.place)
    return replace(
        public,
        draft=scrubbed,
        links=(),
        generalised=None if as_recorded else scrubbed.location.reason,
        withheld="place as recorded, source's own codes and references, titles and addresses of sources, quotes",
    )


def write_policy(policy: LocationPolicy | None) -> str | None:
    """Write a policy as text: "township", "cell:10"; None for none."""
    if policy is None or policy.rule == PolicyRule.EXACT:
        return None
    return f"{policy.rule.value}:{policy.cell_km}" if policy.cell_km else policy.rule.value


def is_coarser(policy: LocationPolicy | None, shown: str | None) -> bool:
    """Whether a policy lets out less than the one, written by `write_policy`, that a row was made under."""
    return _coarseness(write_policy(policy)) > _coarseness(shown)


def _coarseness(policy: str | None) -> tuple[int, int]:
    rule, _, size_km = (policy or PolicyRule.EXACT.value).partition(":")
    return coarseness(make_policy(rule, int(size_km) if size_km else None))


def coarsen(draft: IncidentDraft, policy: LocationPolicy, world: World) -> tuple[Location, str | None]:
    """Give location and place name as the policy lets them out; the draft's own where they are coarse enough."""
    location, rule = draft.location, policy.rule
    if rule == PolicyRule.EXACT:
        return location, draft.place
    if rule == PolicyRule.SETTLEMENT:
        return _to_settlement(draft, world)
    if rule == PolicyRule.CELL and location.precision.claims_point and location.point:
        return _to_cell(location, policy.cell_km or 50, world), None
    # An area may be narrower than any cell, and has no point to put into one.
    return _to_unit(draft, PolicyRule.TOWNSHIP if rule == PolicyRule.CELL else rule, world)


def find_cell(point: LonLat, size_km: int) -> Cell:
    """Find the square of the world's grid that a point lies in.

    Rows of equal height from the south pole; in each, equal squares from 180 degrees west, as many as come nearest
    to the size. The same for every incident, so that several tell no more than one.
    """
    height = size_km / _KM_PER_DEG
    row = math.floor((point.lat + 90) / height)
    south, north = row * height - 90, min((row + 1) * height - 90, 90.0)
    middle = (south + north) / 2
    columns = max(1, round(360 * math.cos(math.radians(middle)) / height))
    width = 360 / columns
    column = min(math.floor((point.lon + 180) / width), columns - 1)
    west, east = column * width - 180, min((column + 1) * width - 180, 180.0)
    widest = math.cos(math.radians(0 if south < 0 < north else min(abs(south), abs(north))))
    reach_m = math.hypot((north - south) / 2, width / 2 * widest) * _KM_PER_DEG * 1000
    steps = (0.0, 0.25, 0.5, 0.75, 1.0)
    grid = tuple(LonLat(west + (east - west) * x, south + (north - south) * y) for x in steps for y in steps)
    return Cell(LonLat(round((west + east) / 2, 5), round(middle, 5)), math.ceil(reach_m / 100) * 100.0, grid)


def _to_settlement(draft: IncidentDraft, world: World) -> tuple[Location, str | None]:
    location = draft.location
    around = location.point or location.stand_in
    found = world.settlement(draft.place, _chain(location.regions), around) if around else None
    if location.precision.rank >= Precision.SETTLEMENT.rank:
        # The location says no more; the text may, such as a house in the settlement.
        known = [*_units(location.regions), *([(found[0], 4)] if found else [])]
        if location.stand_in:
            # The middle of a disc may be wherever the source's coordinates lie.
            location = replace(location, stand_in=None, radius_m=None)
        return location, found[0] if found and draft.place and tells_more(draft.place, known) else draft.place
    if location.point is None:
        return _to_unit(draft, PolicyRule.TOWNSHIP, world)
    if found is None:
        return _to_cell(location, 5, world), None
    name, centre = found
    return (
        Location(
            Precision.SETTLEMENT,
            "Given as the settlement only.",
            "generalised",
            point=centre,
            radius_m=USUAL_UNCERTAINTY_M[Precision.SETTLEMENT],
            regions=_without_distance(location.regions),
        ),
        name,
    )


def _to_cell(location: Location, size_km: int, world: World) -> Location:
    """Keep only those regions that hold every part of the cell, lest a border tell in which part it was."""
    assert location.point  # noqa: S101 - tells the type checker what callers have seen to
    cell = find_cell(location.point, size_km)
    around = world.region_codes(cell.grid)
    kept = [
        link
        for link in location.regions
        if link.level <= 1 and link.code and all(code == link.code for level, code in around if level == link.level)
    ]
    # The place is as far from the point in the cell as it ever was.
    reach_m = cell.reach_m + (location.radius_m or 0)
    return Location(
        Precision.NEAR,
        f"Given as a square of {size_km} km only.",
        "generalised",
        point=cell.centre,
        radius_m=math.ceil(reach_m / 100) * 100.0,
        regions=_without_distance(kept),
    )


def _to_unit(draft: IncidentDraft, rule: PolicyRule, world: World) -> tuple[Location, str | None]:
    """Keep a township, a state, or nothing; where the unit itself is not known, the next one above it."""
    location = draft.location
    kept = _without_distance([link for link in location.regions if link.level <= _FINEST_LEVEL[rule]])
    floor = {PolicyRule.TOWNSHIP: Precision.TOWNSHIP, PolicyRule.STATE: Precision.STATE}.get(rule, Precision.UNKNOWN)
    is_coarse = rule != PolicyRule.WITHHELD and location.precision.rank >= floor.rank
    says_no_more = not draft.place or not tells_more(draft.place, _units(kept))
    if is_coarse and says_no_more and kept == location.regions and not (location.point or location.stand_in):
        return location, draft.place
    if not kept:
        if is_coarse and location.precision == Precision.SEA:
            return Location(Precision.SEA, "Given as at sea only.", "generalised"), None
        return Location(Precision.UNKNOWN, "The place is withheld.", "generalised"), None
    unit = kept[-1]
    precision = {3: Precision.TOWNSHIP, 2: Precision.DISTRICT, 1: Precision.STATE, 0: Precision.COUNTRY}[unit.level]
    if location.precision.rank > precision.rank:
        precision = location.precision
    centre = None
    if precision in {Precision.TOWNSHIP, Precision.DISTRICT}:
        centre = world.township_centre(unit.name, _chain(kept[:-1]))
    return (
        Location(
            precision,
            f"Given as the {precision.value} only." if precision != Precision.UNKNOWN else "The place is withheld.",
            "generalised",
            stand_in=centre,
            radius_m=STAND_IN_RADIUS_M[precision] if centre else None,
            regions=kept,
        ),
        unit.name,
    )


def _scrub(
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
    kept = _units(location.regions)
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
        and not _is_number(value)
        and not (_STATE_CODE.fullmatch(key) and units and not tells_more(value, units))
    ]
    if draft.place:
        hidden += world.other_names(draft.place, _chain(draft.location.regions))
    named_so = [*_units(draft.location.regions), *((name, 4) for name in (draft.place, *hidden) if name)]
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


def _chain(regions: Sequence[RegionLink]) -> tuple[str, ...]:
    """Give the names of regions fine to coarse, as geocoding takes them."""
    return tuple(link.name for link in sorted(regions, key=lambda link: -link.level))


def _units(regions: Sequence[RegionLink]) -> list[tuple[str, int]]:
    return [(link.name, link.level) for link in regions]


def _without_distance(regions: Sequence[RegionLink]) -> tuple[RegionLink, ...]:
    """Leave out how far a border is: with a few of them one could take a bearing."""
    return tuple(replace(link, distance_m=None) for link in sorted(regions, key=lambda link: link.level))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
