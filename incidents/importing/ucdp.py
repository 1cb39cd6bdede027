"""UCDP GED: the Georeferenced Event Dataset of the Uppsala Conflict Data Program, one row to one draft.

It follows the GED codebook and reads columns by name alone, since their order changed between versions. It makes
no airstrike of a headline, no village of a description, and no share of a range.
"""

import calendar
import datetime as dt
import re

from geodata.locations import Location
from geodata.precision import Precision
from incidents.drafts import (
    CitationDraft,
    DatasetDraft,
    Extent,
    HarmDraft,
    IncidentDraft,
    ParticipationDraft,
    ReferenceDraft,
    SourceDraft,
    Span,
)
from incidents.importing.digests import digest_of
from incidents.importing.findings import Findings, Place
from incidents.importing.formats import Reader
from incidents.importing.tables import Row
from incidents.importing.ucdp_places import EventPlace, locate_event, names_area
from incidents.importing.ucdp_sources import split_sources
from incidents.taxonomy import Taxonomy, load_taxonomy

KEY = "ucdp-ged"

NEEDED = (
    *("id", "type_of_violence", "side_a", "side_b", "source_article", "where_prec", "where_coordinates"),
    *("adm_1", "adm_2", "latitude", "longitude", "country", "event_clarity", "date_prec", "date_start", "date_end"),
    *("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "best", "high", "low"),
)
_CODES = (
    *("relid", "active_year", "code_status", "type_of_violence", "conflict_dset_id", "conflict_new_id"),
    *("conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name", "side_a_dset_id", "side_a_new_id"),
    *("side_b_dset_id", "side_b_new_id", "number_of_sources", "where_prec", "adm_1", "adm_2", "country"),
    *("country_id", "region", "event_clarity", "date_prec", "deaths_a", "deaths_b", "deaths_civilians"),
    *("deaths_unknown", "best", "high", "low", "gwnoa", "gwnob"),
)
# Read for something else, or found again from what is kept: the year, the point as text, and its grid cell.
_OTHERS = (
    *("year", "source_office", "source_date", "source_headline", "source_original", "where_description"),
    *("geom_wkt", "priogrid_gid"),
)
KNOWN = tuple(dict.fromkeys((*NEEDED, *_CODES, *_OTHERS)))

# Rows that a person found to be an incident of the founding record too.
SAME_AS = {"448773": ("founding-record:let-yet-kone-2022",)}

_KINDS = {1: "armed_clash", 2: "armed_clash", 3: "violence_against_civilians"}
_VIOLENCE = {1: "state-based fighting", 2: "fighting without a state's part in it"}
_VERSION = re.compile(r"(?:ged|v)[ _-]?(?P<year>\d{2})[._]?(?P<minor>\d(?:[._]\d{1,2})?)(?!\d)", re.IGNORECASE)
_SUNDBERG = (
    "Sundberg, Ralph, and Erik Melander (2013): Introducing the UCDP Georeferenced Event Dataset. "
    "Journal of Peace Research 50(4), 523-532"
)
_YEARLY = {
    "23.1": (
        "Davies, Shawn, Therese Pettersson and Magnus Öberg (2023): Organized violence 1989-2022, and the return of "
        "conflict between states. Journal of Peace Research 60(4)"
    ),
}
_SETTLEMENT = re.compile(r"\b(?:town|city|village|villages|ward|quarter)\b", re.IGNORECASE)
_UNIT = re.compile(r"\b(?:township|townships|district|state|region|division|province|territory|zone)\b", re.IGNORECASE)
_COMMON = re.compile(r"^(?:Between|Betweem|Border|Road|Area|Confluence|Eastern|Western|Northern|Southern)\b")


def version_in(filename: str) -> str | None:
    """Read the dataset's version from a file's name, such as GEDEvent_v23_1.csv or ged231.csv; None without one."""
    match = _VERSION.search(filename)
    return f"{match['year']}.{match['minor'].replace('_', '.')}" if match else None


class UCDPFormat:
    """Reads rows of one version of UCDP GED. version: as "23.1", None when nobody said."""

    needed = NEEDED
    known = KNOWN

    def __init__(self, version: str | None, taxonomy: Taxonomy | None = None) -> None:
        self._version = version
        self._kinds = (taxonomy or load_taxonomy()).kinds
        self._source = SourceDraft(
            key=KEY,
            title=f"UCDP Georeferenced Event Dataset (GED){f', version {version}' if version else ''}",
            publisher="Uppsala Conflict Data Program",
            url="https://ucdp.uu.se/downloads/",
            rights="CC BY 4.0",
        )

    def dataset(self) -> DatasetDraft:
        """Give the dataset with its licence and the papers that it asks to be cited."""
        yearly = _YEARLY.get(self._version or "")
        return DatasetDraft(
            key=KEY,
            title="UCDP Georeferenced Event Dataset (GED)",
            version=self._version,
            licence="CC BY 4.0",
            attribution="; ".join(filter(None, ("Uppsala Conflict Data Program", _SUNDBERG, yearly))),
            url="https://ucdp.uu.se/downloads/",
        )

    def draft(self, row: Row, findings: Findings) -> IncidentDraft | None:
        """Read a row; None when it has an error. The findings hold all errors and oddities of it."""
        event_id = row.cells["id"]
        reader = Reader(row, Place(row.number, event_id or None), findings)
        if not re.fullmatch(r"\d+", event_id, re.ASCII):
            reader.refuse("id", "must be a whole number", "give each row the id that UCDP gave it")
        violence = reader.code("type_of_violence", range(1, 4))
        clarity = reader.code("event_clarity", range(1, 3))
        start, end = _days(reader)
        precision_of_date = reader.code("date_prec", range(1, 6))
        harm = _harm(reader)
        place = _place(reader)
        if reader.failed or place is None or start is None or end is None:
            return None
        _check_dates(reader, precision_of_date, start, end)
        if (status := reader.text("code_status")) not in {"", "Clear"}:
            reader.warn("code_status", status, "is not Clear: UCDP still checks this event", "imported as it is")
        location = locate_event(place, reader.warn)
        extent = Extent.PATTERN if clarity == 2 else Extent.ONE
        return IncidentDraft(
            kind=_KINDS[violence],
            title=self._title(_KINDS[violence], extent, place, location),
            summary=_summary(reader, violence, extent),
            private_notes=_private_notes(place, location),
            location=location,
            extent=extent,
            date=_edtf(start, end, precision_of_date),
            earliest=start,
            latest=end,
            place=place.text or None,
            participants=_participants(reader, violence),
            harm=harm,
            citations=self._citations(reader),
            references=(ReferenceDraft(dataset=KEY, id=event_id, digest=digest_of(row.cells)),),
            same_as=SAME_AS.get(event_id, ()),
            source_codes=_source_codes(reader),
        )

    def _title(self, kind: str, extent: Extent, place: EventPlace, location: Location) -> str:
        what = self._kinds[kind].plural if extent == Extent.PATTERN else self._kinds[kind].label
        where = place.text or place.adm_2 or place.adm_1 or place.country
        if _COMMON.match(where):
            where = where[0].lower() + where[1:]
        if names_area(where) or location.precision == Precision.SEA:
            return f"{what}, {where}"
        if location.precision == Precision.NEAR and not _UNIT.search(where):
            return f"{what} near {where}"
        if location.precision.claims_point and not _SETTLEMENT.search(where) and not _UNIT.search(where):
            return f"{what} at {where}"
        return f"{what} in {where}"

    def _citations(self, reader: Reader) -> tuple[CitationDraft, ...]:
        relid = reader.text("relid")
        cited = [
            CitationDraft(
                source=self._source,
                claimant=reader.text("source_original").strip(" ;") or None,
                locator=f"event {reader.text('id')}" + (f" ({relid})" if relid else ""),
            )
        ]
        if described := reader.text("where_description"):
            cited.append(CitationDraft(source=self._source, field="place", value=described))
        if figures := _figures(reader):
            cited.append(CitationDraft(source=self._source, field="harm", value=figures))
        cited += [CitationDraft(source=source) for source in split_sources(reader.cells)]
        return tuple(cited)


def _days(reader: Reader) -> tuple[dt.date | None, dt.date | None]:
    start, end = reader.day("date_start"), reader.day("date_end")
    if start and end and end < start:
        reader.refuse("date_end", "lies before date_start", "correct the dates")
    return start, end


def _check_dates(reader: Reader, precision: int, start: dt.date, end: dt.date) -> None:
    if precision == 1 and start != end:
        reader.warn("date_prec", "1", "says that the day is known, but the dates differ", "kept as the interval")
    if precision in {3, 4, 5} and start == end:
        reader.warn(
            "date_prec", str(precision), "says that the day is not known, but one day is given", "kept as given"
        )
    year = reader.text("year")
    if year and year != str(start.year):
        reader.warn("year", year, "is not the year of date_start", "date_start was taken")


def _edtf(start: dt.date, end: dt.date, precision: int) -> str:
    """Write a day, a whole month or year when the codebook's date_prec says so, otherwise the interval (EDTF)."""
    if start == end:
        return start.isoformat()
    if precision >= 4 and start.day == 1 and end.day == calendar.monthrange(end.year, end.month)[1]:
        if (start.year, start.month) == (end.year, end.month):
            return f"{start:%Y-%m}"
        if start.year == end.year and (start.month, end.month) == (1, 12):
            return f"{start:%Y}"
    return f"{start.isoformat()}/{end.isoformat()}"


def _place(reader: Reader) -> EventPlace | None:
    code = reader.code("where_prec", range(1, 8))
    on_land = code != 7 and any(reader.text(column) for column in ("country", "adm_1", "adm_2"))
    point = reader.point("longitude", "latitude", on_land=on_land)
    if code in {1, 2} and point is None and not reader.failed:
        reader.refuse("latitude", "is blank where where_prec claims a point", "give the coordinates")
    if not reader.text("country") and code not in {0, 7}:
        reader.refuse("country", "is blank", "give the country")
    if reader.failed:
        return None
    return EventPlace(
        code=code,
        text=reader.text("where_coordinates").rstrip("., "),
        country=reader.text("country"),
        adm_1=reader.text("adm_1"),
        adm_2=reader.text("adm_2"),
        point=point,
    )


def _private_notes(place: EventPlace, location: Location) -> str | None:
    """Keep coordinates that stand for a whole unit or sea, which are no point of the incident, for people alone."""
    if place.point is None or location.point or location.stand_in:
        return None
    return f"UCDP's coordinates, which stand for the whole: {place.point.lat} N, {place.point.lon} E."


def _participants(reader: Reader, violence: int) -> tuple[ParticipationDraft, ...]:
    roles = ("perpetrator", "victim") if violence == 3 else ("side_a", "side_b")
    names = (reader.text("side_a"), reader.text("side_b"))
    return tuple(ParticipationDraft(name, role) for name, role in zip(names, roles, strict=True) if name)


def _summary(reader: Reader, violence: int, extent: Extent) -> str:
    side_a, side_b = reader.text("side_a") or "an unnamed side", reader.text("side_b") or "an unnamed side"
    if violence == 3:
        text = f"UCDP records one-sided violence by {side_a} against civilians."
    else:
        text = f"UCDP records {_VIOLENCE[violence]} between {side_a} and {side_b}."
    if extent == Extent.PATTERN:
        text += " The sources tell of it as a whole, so that the single events cannot be told apart."
    return text


def _harm(reader: Reader) -> tuple[HarmDraft, ...]:
    """Claim the total as its range, and each group that has deaths as the number given; nothing is spread.

    A group's zero is claimed for civilians alone, and only where every death of every estimate is placed
    elsewhere; otherwise it means that none was placed there, which is not known to be none.
    """
    low, best, high = (reader.count(column) for column in ("low", "best", "high"))
    parts = {group: reader.count(column) for group, column in _GROUPS.items()}
    note = None if best is None else f"best estimate {best}"
    given = [number for number in (low, best, high) if number is not None]
    if given != sorted(given):
        figures = f"low {low}, best {best}, high {high}"
        reader.warn("best", figures, _disorder(low, best, high), "kept: the range spans all three figures")
        note = f"The source's figures contradict each other: {figures}. The range spans them."
        low, high = min(given), max(given)
    if low is None and high is None:
        low = high = best
    known = [number for number in parts.values() if number is not None]
    if best is not None and len(known) == len(parts) and sum(known) != best:
        reader.warn("best", str(best), "is not the sum of the deaths by group", "both are kept as given")
    claims = []
    if given:
        claims.append(HarmDraft("total", killed=Span(low, high), source_key=KEY, note=note))
    all_placed = high == best and not parts["unknown_status"]
    for group, number in parts.items():
        if number or (number == 0 and group == "civilians" and all_placed):
            claims.append(HarmDraft(group, killed=Span(number, number), source_key=KEY, note="of the best estimate"))
    return tuple(claims)


_GROUPS = {
    "civilians": "deaths_civilians",
    "side_a": "deaths_a",
    "side_b": "deaths_b",
    "unknown_status": "deaths_unknown",
}


def _figures(reader: Reader) -> str | None:
    """Say the estimates of all deaths where they differ, as the source gives them."""
    given = [(name, number) for name in ("low", "best", "high") if (number := reader.text(name))]
    if len({number for _, number in given}) < 2:
        return None
    return f"killed in all, estimates: {', '.join(f'{name} {number}' for name, number in given)}"


def _disorder(low: int | None, best: int | None, high: int | None) -> str:
    wrong = []
    if low is not None and best is not None and low > best:
        wrong.append("low is greater than best")
    if best is not None and high is not None and best > high:
        wrong.append("best is greater than high")
    return " and ".join(wrong) or "low is greater than high"


def _source_codes(reader: Reader) -> dict[str, str]:
    codes = {column: reader.text(column) for column in _CODES}
    if codes["number_of_sources"] == "-1":
        del codes["number_of_sources"]  # -1 is the codebook's word for missing.
    return {column: value for column, value in codes.items() if value}
