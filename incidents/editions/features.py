"""The GeoJSON feature of a public incident (RFC 7946), finished but for what depends on its edition and address.

Its properties are a stable contract with those who export and embed: names are added, never changed.
"""

import math
from typing import Any

from geodata.bbox import BBox
from geodata.points import LonLat
from incidents.drafts import Certainty, Span
from incidents.editions.compact import dump_json
from incidents.editions.details import choose_grade, collect_sources, find_contradictions
from incidents.editions.public import PublicIncident
from incidents.taxonomy import Taxonomy


def make_feature(incident: PublicIncident, extent: BBox | None, taxonomy: Taxonomy) -> str:
    """Make the feature's text, to whose properties the reader adds `same_as`, `edition` and `url`.

    geometry is a Point only where a point is claimed; else null, with the area's extent as the `bbox` member.
    """
    draft = incident.draft
    point = claimed_point(incident)
    feature: dict[str, Any] = {"type": "Feature", "id": incident.id}
    if point is None and extent is not None:
        feature["bbox"] = [extent.west, extent.south, extent.east, extent.north]
    feature["geometry"] = None if point is None else {"type": "Point", "coordinates": [point.lon, point.lat]}
    codes = {link.level: link.code for link in draft.location.regions if link.code}
    feature["properties"] = {
        "kind": draft.kind,
        "title": draft.title,
        "summary": draft.summary,
        "date": draft.date,
        "earliest": draft.earliest.isoformat() if draft.earliest else None,
        "latest": draft.latest.isoformat() if draft.latest else None,
        "time_sense": draft.time_sense.value,
        "extent": draft.extent.value,
        "occurrences_min": draft.occurrences.minimum,
        "occurrences_max": draft.occurrences.maximum,
        "place": draft.place,
        "country": codes.get(0),
        "region": codes.get(1),
        "regions": [
            {"level": link.level, "scheme": link.scheme, "code": link.code, "name": link.name}
            for link in draft.location.regions
        ],
        "precision": draft.location.precision.value,
        "precision_source": draft.location.method,
        "coordinate_uncertainty_m": draft.location.radius_m if point else None,
        "generalised": incident.generalised,
        "withheld": incident.withheld,
        "aircraft": [
            {
                "type": use.type,
                **_range("count", use.count),
                "role": use.role,
                "certainty": use.certainty.value,
            }
            for use in draft.aircraft
        ],
        "aircraft_match": draft.aircraft_match.value,
        "participants": [
            {"name": person.name, "role": person.role, "certainty": person.certainty.value}
            for person in draft.participants
        ],
        "transfer": _transfer(incident),
        "harm": [
            {
                "group": claim.group,
                **_range("killed", claim.killed),
                **_range("injured", claim.injured),
                **_range("displaced", claim.displaced),
                "claimant": claim.claimant,
                "chosen": claim.chosen,
                "grade": claim.grade,
            }
            for claim in draft.harm
        ],
        "grade": choose_grade(draft, taxonomy),
        "sources": [
            {
                "title": source.title,
                "publisher": source.publisher,
                "author": source.author,
                "url": source.url,
                "published": source.published,
            }
            for source in collect_sources(draft)
        ],
        "contradictions": [
            {"field": found["field"], "source": said["source_title"], "value": said["value"]}
            for found in find_contradictions(draft.citations)
            for said in found["values"]
        ],
        "dataset": incident.dataset.key if incident.dataset else None,
        "references": [reference.text for reference in draft.references],
    }
    return dump_json(feature)


def claimed_point(incident: PublicIncident) -> LonLat | None:
    """Give the point, where the precision says that one is claimed."""
    location = incident.draft.location
    return location.point if location.precision.claims_point else None


def disc_extent(centre: LonLat, radius_m: float) -> BBox:
    """Give the box around a disc on the sphere; the whole band of longitudes where it meets a pole.

    West is greater than east where it crosses 180 degrees (RFC 7946 section 5.2).
    """
    south, north = centre.lat - radius_m / 111_195, centre.lat + radius_m / 111_195
    if south <= -90 or north >= 90:
        return BBox(-180, max(south, -90), 180, min(north, 90))
    half = math.degrees(math.asin(min(1.0, math.sin(radius_m / 6_371_009) / math.cos(math.radians(centre.lat)))))
    west, east = centre.lon - half, centre.lon + half
    if west < -180:
        west += 360
    if east > 180:
        east -= 360
    return BBox(round(west, 5), round(south, 5), round(east, 5), round(north, 5))


def divide_aircraft(incident: PublicIncident, taxonomy: Taxonomy) -> tuple[list[str], list[str]]:
    """Give the keys, with all above them, whose part is certain, and those whose part is possible.

    Certain: known and all took part, or any one of them did and every one lies below the key. Possible: one of
    several that may have, or a suspected part. Denied: neither. No key is in both.
    """
    uses = [use for use in incident.draft.aircraft if use.certainty != Certainty.DENIED]
    if not uses:
        return [], []
    lines = [{use.type, *taxonomy.ancestors(use.type)} for use in uses]
    everything = set().union(*lines)
    known = [line for use, line in zip(uses, lines, strict=True) if use.certainty == Certainty.KNOWN]
    if incident.draft.aircraft_match == "any":
        certain = set.intersection(*lines) if lines and len(known) == len(lines) else set()
    else:
        certain = set().union(*known)
    return sorted(certain), sorted(everything - certain)


def _range(name: str, span: Span) -> dict[str, int | None]:
    return {f"{name}_min": span.minimum, f"{name}_max": span.maximum}


def _transfer(incident: PublicIncident) -> dict[str, Any] | None:
    transfer = incident.draft.transfer
    if transfer is None:
        return None
    return {
        "stage": transfer.stage,
        **_range("value", transfer.value),
        "currency": transfer.currency,
        "claimant": transfer.claimant,
        "goods": [
            {"types": list(item.types), "what": item.what, **_range("count", item.count)} for item in transfer.goods
        ],
    }
