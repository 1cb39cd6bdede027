"""Makes drafts, public incidents and whole editions quickly, for tests that are about something else.

Nothing in here touches the ledger.
"""

import datetime as dt
import random
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import shapely

from geodata.locations import Found, Location, RegionLink
from geodata.points import LonLat
from geodata.precision import Precision
from geodata.regions import Region
from incidents.drafts import (
    Certainty,
    CitationDraft,
    DatasetDraft,
    EquipmentDraft,
    Extent,
    HarmDraft,
    IncidentDraft,
    Match,
    ParticipationDraft,
    ReferenceDraft,
    SourceDraft,
    Span,
    TargetDraft,
)
from incidents.editions.manifest import Manifest, follow
from incidents.editions.public import PublicIncident
from incidents.editions.reader import EditionStore
from incidents.editions.writer import Aggregate, EditionWriter
from incidents.taxonomy import load_taxonomy

MYANMAR = RegionLink(0, "Myanmar", "ISO 3166-1", "MM", Found.NAMED)
SAGAING = RegionLink(1, "Sagaing", "ISO 3166-2", "MM-01", Found.NAMED)
CHIN = RegionLink(1, "Chin", "ISO 3166-2", "MM-14", Found.NAMED)
KALAY = RegionLink(3, "Kalay township", None, None, Found.NAMED)
SOURCE = SourceDraft(
    "wire", "A report", publisher="A news agency", url="https://news.example/report", published="2022-09-17"
)
UCDP = DatasetDraft(
    "ucdp-ged", "UCDP GED", version="26.1", licence="CC BY 4.0", attribution="Uppsala Conflict Data Program"
)

_REGIONS = {
    "MM": (Region("ISO 3166-1", "MM", 0, "Myanmar", "မြန်မာ", None, "MM"), shapely.box(92, 10, 101, 28.5)),
    "MM-01": (Region("ISO 3166-2", "MM-01", 1, "Sagaing", "စစ်ကိုင်း", "MM", "MM"), shapely.box(94, 21.5, 97, 27)),
    "MM-14": (Region("ISO 3166-2", "MM-14", 1, "Chin", "ချင်း", "MM", "MM"), shapely.box(92.5, 20.5, 94, 24)),
    "MM-18": (Region("ISO 3166-2", "MM-18", 1, "Nay Pyi Taw", "နေပြည်တော်", "MM", "MM"), None),
    "RU": (
        Region("ISO 3166-1", "RU", 0, "Russia", "Россия", None, "RU"),
        shapely.union(shapely.box(30, 50, 180, 70), shapely.box(-180, 62, -170, 68)),
    ),
}


def regions_of(codes: Collection[str]) -> Iterator[tuple[Region, Any]]:
    """Give a small Myanmar of boxes, and Russia on both sides of the antimeridian, as a RegionSource."""
    for code in codes:
        if code in _REGIONS:
            yield _REGIONS[code]


def make_id(number: int) -> str:
    """Give a public id that a test can foretell."""
    return f"{number:032x}"


def make_location(**changes: Any) -> Location:
    """Make a village in Sagaing."""
    values: dict[str, Any] = {
        "precision": Precision.SETTLEMENT,
        "reason": "The gazetteer knows one village of this name there.",
        "method": "gazetteer",
        "point": LonLat(95.4012, 22.6834),
        "radius_m": 2_000.0,
        "regions": (MYANMAR, SAGAING),
    }
    return Location(**(values | changes))


def make_draft(**changes: Any) -> IncidentDraft:
    """Make an airstrike on a village by two Mi-35, with harm, a source and private notes."""
    values: dict[str, Any] = {
        "kind": "airstrike",
        "title": "Airstrike on a village school",
        "location": make_location(),
        "summary": "Helicopters fired at a school.",
        "private_notes": "Call the headmaster before publishing.",
        "date": "2022-09-16",
        "earliest": dt.date(2022, 9, 16),
        "latest": dt.date(2022, 9, 16),
        "place": "Let Yet Kone village, Tabayin",
        "participants": (ParticipationDraft("Myanmar military", "operator"),),
        "targets": (TargetDraft("school"),),
        "aircraft": (EquipmentDraft("mi-35", Span(2, 2), role="air strike"),),
        "harm": (HarmDraft("children", killed=Span(6), source_key="wire"),),
        "citations": (CitationDraft(SOURCE),),
    }
    return IncidentDraft(**(values | changes))


def make_public(
    number: int = 1, *, links: tuple[str, ...] = (), dataset: DatasetDraft | None = None, **changes: Any
) -> PublicIncident:
    """Make a public incident from `make_draft`, without what is private."""
    return PublicIncident(make_id(number), 1, make_draft(private_notes=None, **changes), links, dataset)


def make_random_rows(count: int, seed: int = 1) -> Iterator[PublicIncident]:
    """Make public incidents of all kinds, precisions and dates, the same ones for the same seed."""
    rng = random.Random(seed)  # noqa: S311 - nothing secret hangs on it
    taxonomy = load_taxonomy()
    kinds, types, grades = list(taxonomy.kinds), list(taxonomy.equipment), [None, *taxonomy.grades]
    for number in range(1, count + 1):
        earliest = dt.date(1990, 1, 1) + dt.timedelta(days=rng.randrange(12_000)) if rng.random() < 0.9 else None
        latest = earliest + dt.timedelta(days=rng.choice([0, 0, 0, 6, 30, 364])) if earliest else None
        if rng.random() < 0.05:
            latest = None
        aircraft = tuple(
            EquipmentDraft(rng.choice(types), certainty=rng.choice(list(Certainty)))
            for _ in range(rng.choice([0, 0, 1, 1, 2, 3]))
        )
        yield make_public(
            number,
            links=(make_id(rng.randrange(1, count + 1)),) if rng.random() < 0.05 else (),
            dataset=UCDP if rng.random() < 0.5 else None,
            kind=rng.choice(kinds),
            title=f"Incident {number} {rng.choice(['Mandalay', 'Sittwe', 'Kalay', 'ရန်ကုန်'])}",
            location=_random_location(rng),
            extent=rng.choice([Extent.ONE, Extent.ONE, Extent.ONE, Extent.PATTERN]),
            date=earliest.isoformat() if earliest and earliest == latest else None,
            earliest=earliest,
            latest=latest,
            place=rng.choice(["Kalay", "Tabayin", None]),
            aircraft=aircraft,
            aircraft_match=rng.choice(list(Match)),
            harm=(HarmDraft("civilians", killed=Span(rng.randrange(9)), grade=rng.choice(grades)),),
            references=(ReferenceDraft("ucdp-ged", str(number)),),
        )


def _random_location(rng: random.Random) -> Location:
    precision = rng.choice(list(Precision))
    point = LonLat(round(rng.uniform(92, 101), 4), round(rng.uniform(10, 28), 4))
    regions = {0: (MYANMAR,), 1: (MYANMAR, rng.choice([SAGAING, CHIN]))}
    if precision.claims_point:
        return make_location(precision=precision, point=point, regions=regions[1], radius_m=rng.choice([10.0, 2_000.0]))
    if precision in {Precision.AREA, Precision.TOWNSHIP, Precision.DISTRICT}:
        return make_location(
            precision=precision, point=None, stand_in=point, radius_m=30_000.0, regions=(*regions[1], KALAY)
        )
    links = {Precision.STATE: regions[1], Precision.COUNTRY: regions[0]}.get(precision, ())
    return make_location(
        precision=precision, point=None, radius_m=None, regions=links, reason="As the source says.", method="name"
    )


def make_manifest(name: str = "1", **changes: Any) -> Manifest:
    """Make what a writer is told of an edition; the rows fill in the rest."""
    number, _, amendment = name.partition(".")
    values: dict[str, Any] = {
        "edition": name,
        "number": int(number),
        "amendment": int(amendment or 0),
        "published_at": "2026-01-02T03:04:05+00:00",
        "note": "for a test",
        "demonstration": False,
        "citation": "Bearing, edition of a test.",
        "disclaimer": "Boundaries imply no opinion.",
    }
    return Manifest(**(values | changes))


def write_edition(
    root: Path,
    incidents: Iterable[PublicIncident],
    name: str = "1",
    *,
    before: str | None = None,
    counts: Mapping[Aggregate, int] | None = None,
    **changes: Any,
) -> Manifest:
    """Write an edition's folder and make it the current one.

    before: the edition that it says what it changes of. counts: records without rows, by dataset, region, month, kind.
    """
    root.mkdir(parents=True, exist_ok=True)
    with EditionWriter(root / name, load_taxonomy(), regions_of) as writer:
        writer.add(incidents)
        writer.add_aggregates(counts or {})
        about = make_manifest(name, **changes)
        if before:
            writer.follow(about.number, root / before)
            about = replace(about, **follow(root / before))
        manifest = writer.finish(about)
    link = root / "current.new"
    link.symlink_to(name)
    link.replace(root / "current")
    return manifest


def make_store(root: Path, incidents: Iterable[PublicIncident], name: str = "1", **changes: Any) -> EditionStore:
    """Write an edition, make it the current one, and give the store that has it."""
    write_edition(root, incidents, name, **changes)
    return EditionStore(root)
