# ruff: noqa: ARG002 - the small worlds answer whatever they are asked
import datetime as dt
import gzip
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.locations import Found, Location, RegionLink
from geodata.points import LonLat
from geodata.precision import Precision
from incidents.approved import ApprovedIncident
from incidents.coarsening import find_cell
from incidents.drafts import (
    DatasetDraft,
    IncidentDraft,
    ParticipationDraft,
    ReferenceDraft,
)
from incidents.editions.packing import read_detail
from incidents.editions.reader import EditionStore
from incidents.policies import LocationPolicy, PolicyRule
from incidents.redaction import (
    LeftOut,
    is_coarser,
    redact,
    why_left_out,
    write_policy,
)
from incidents.scrubbing import NotFitToPublish
from tests.factories import MYANMAR, SAGAING, make_draft, make_id, make_location, make_store
from tests.marked import make_marked_draft

TODAY = dt.date(2026, 1, 2)
CENTRE = LonLat(95.0, 22.5)
POLICIES = (
    LocationPolicy(PolicyRule.SETTLEMENT),
    LocationPolicy(PolicyRule.CELL, 10),
    LocationPolicy(PolicyRule.TOWNSHIP),
    LocationPolicy(PolicyRule.STATE),
    LocationPolicy(PolicyRule.WITHHELD),
)
COARSE = POLICIES[1:]


class SmallWorld:
    """A world of one settlement, one township and two states, parted at 96 degrees east."""

    def settlement(self, place: str | None, within: Sequence[str], near: LonLat) -> tuple[str, LonLat] | None:
        known = bool(place and "Kone" in place and abs(near.lat - 22.7) < 0.2)
        return ("Let Yet Kone", LonLat(95.41, 22.69)) if known else None

    def other_names(self, place: str, within: Sequence[str]) -> tuple[str, ...]:
        return ("လက်ယက်ကုန်း", "Letyetkon") if "Kone" in place else ()

    def township_centre(self, name: str, within: Sequence[str]) -> LonLat | None:
        return CENTRE if "Tabayin" in name else None

    def region_codes(self, points: Sequence[LonLat]) -> frozenset[tuple[int, str]]:
        return frozenset((1, "MM-01" if point.lon < 96 else "MM-04") for point in points) | {(0, "MM")}


WORLD = SmallWorld()
TABAYIN = RegionLink(3, "Tabayin Township", None, None, Found.NAMED)


def approve(draft: IncidentDraft, policy: LocationPolicy | None = None, **changes: Any) -> ApprovedIncident:
    values: dict[str, Any] = {
        "id": make_id(1),
        "revision": 1,
        "draft": draft,
        "policy": policy,
        "embargo_until": None,
        "withdrawn": False,
        "dataset": None,
        "same_as": (),
    }
    return ApprovedIncident(**(values | changes))


def village(**changes: Any) -> Location:
    return make_location(point=LonLat(95.4012, 22.6834), regions=(MYANMAR, SAGAING, TABAYIN), **changes)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"withdrawn": True}, LeftOut.WITHDRAWN),
        ({"embargo_until": TODAY}, None),
        ({"embargo_until": TODAY + dt.timedelta(1)}, LeftOut.EMBARGOED),
        ({"dataset": DatasetDraft("a", "A")}, None),
        ({"dataset": DatasetDraft("a", "A", terms="internal")}, LeftOut.INTERNAL),
        ({"dataset": DatasetDraft("a", "A", terms="aggregate only")}, LeftOut.AGGREGATE_ONLY),
        ({"dataset": DatasetDraft("a", "A", terms="Public, I think")}, LeftOut.INTERNAL),
        # What may not even be counted is not counted.
        ({"dataset": DatasetDraft("a", "A", terms="aggregate only"), "withdrawn": True}, LeftOut.WITHDRAWN),
        (
            {"dataset": DatasetDraft("a", "A", terms="aggregate only"), "embargo_until": dt.date(2030, 1, 1)},
            LeftOut.EMBARGOED,
        ),
    ],
)
def test_why_something_is_left_out(changes: dict[str, Any], expected: LeftOut | None) -> None:
    assert why_left_out(approve(make_draft(), **changes), TODAY) is expected


def test_what_is_private_is_dropped_without_any_policy() -> None:
    draft = make_draft(references=(ReferenceDraft("ucdp-ged", "1", "a" * 64),), same_as=("mine:1",))
    public = redact(approve(draft), WORLD)
    assert public.draft.private_notes is None
    assert public.draft.references == (ReferenceDraft("ucdp-ged", "1"),)
    assert public.draft.same_as == ()
    assert (public.generalised, public.withheld) == (None, None)
    assert public.draft.location == draft.location


def test_no_more_decimals_are_published_than_a_place_can_have() -> None:
    draft = make_draft(location=make_location(point=LonLat(-60.7000000001, -3.3999999999999995)))
    assert redact(approve(draft), WORLD).draft.location.point == LonLat(-60.7, -3.4)


@pytest.mark.parametrize(
    ("policy", "precision", "place", "codes"),
    [
        (LocationPolicy(PolicyRule.EXACT), "settlement", "Let Yet Kone village, Tabayin", {"MM", "MM-01"}),
        (LocationPolicy(PolicyRule.SETTLEMENT), "settlement", "Let Yet Kone village, Tabayin", {"MM", "MM-01"}),
        (LocationPolicy(PolicyRule.CELL, 10), "near", None, {"MM", "MM-01"}),
        (LocationPolicy(PolicyRule.TOWNSHIP), "township", "Tabayin Township", {"MM", "MM-01"}),
        (LocationPolicy(PolicyRule.STATE), "state", "Sagaing", {"MM", "MM-01"}),
        (LocationPolicy(PolicyRule.WITHHELD), "unknown", None, set()),
    ],
)
def test_policies_on_a_village(policy: LocationPolicy, precision: str, place: str | None, codes: set[str]) -> None:
    public = redact(approve(make_draft(location=village()), policy), WORLD)
    location = public.draft.location
    assert (location.precision.value, public.draft.place) == (precision, place)
    assert {link.code for link in location.regions if link.code} == codes
    assert (public.generalised is None) == (precision == "settlement")
    if policy.rule is PolicyRule.TOWNSHIP:
        assert (location.point, location.stand_in) == (None, CENTRE), "the disc stands where it always stands"


def test_a_site_is_given_as_its_settlement_or_as_a_cell() -> None:
    policy = LocationPolicy(PolicyRule.SETTLEMENT)
    site = village(precision=Precision.SITE)
    named = redact(approve(make_draft(location=site, place="School in Let Yet Kone"), policy), WORLD).draft
    assert (named.place, named.location.point) == ("Let Yet Kone", LonLat(95.41, 22.69))
    assert named.location.precision is Precision.SETTLEMENT
    other = redact(approve(make_draft(location=site, place="A school"), policy), WORLD).draft
    assert (other.place, other.location.precision) == (None, Precision.NEAR)
    assert other.location.point not in {site.point, None}


def test_what_is_coarse_already_stays_as_it_is() -> None:
    state = make_location(precision=Precision.STATE, point=None, radius_m=None)
    draft = make_draft(location=state, place="Sagaing Region")
    for policy in COARSE[:3]:
        public = redact(approve(draft, policy), WORLD)
        assert (public.draft.location, public.generalised) == (state, None)
    assert redact(approve(draft, COARSE[3]), WORLD).draft.place is None


def test_a_township_s_name_is_dropped_from_what_is_known_to_a_state() -> None:
    """A source may give a district for what it places in a state only."""
    state = make_location(
        precision=Precision.STATE, point=None, radius_m=None, regions=(MYANMAR, SAGAING, replace(TABAYIN, level=2))
    )
    public = redact(approve(make_draft(location=state, place="Near Tabayin"), LocationPolicy(PolicyRule.STATE)), WORLD)
    assert [link.name for link in public.draft.location.regions] == ["Myanmar", "Sagaing"]
    assert public.draft.place == "Sagaing"


def test_coarsened_records_are_linked_to_no_other() -> None:
    incident = approve(make_draft(location=village()), LocationPolicy(PolicyRule.STATE), same_as=(make_id(2),))
    assert redact(incident, WORLD).links == ()


@pytest.mark.parametrize(
    "text",
    [
        "Airstrike on Let Yet Kone",
        "Airstrike on LETYETKONE village",
        "Let-Yet-Kone's school",
        "လက်ယက်ကုန်း ကျောင်း",
        "Attack on Letyetkon",
        "Strike at the monastery in Letyetkon on the full moon",
        "Strike at 22.6834, 95.4012",
        "Strike at 22.7 N 95.4 E",
        "22°41'N 95°24'E",
        "၂၂.၆၈၃၄, ၉၅.၄၀၁၂",
        "about 22.68 by 95.4",
        "46Q GJ 4605 1203",
        "see 7MR9M9M2+9F",
    ],
)
@pytest.mark.parametrize("field", ["title", "summary"])
def test_titles_and_summaries_that_give_the_place_away_are_refused(field: str, text: str) -> None:
    draft = make_draft(location=village(), **{field: text})
    with pytest.raises(NotFitToPublish) as refused:
        redact(approve(draft, LocationPolicy(PolicyRule.STATE)), WORLD)
    assert text not in str(refused.value)
    assert make_id(1) in str(refused.value)
    assert refused.value.parts == (field,), "one is told which to change"


@pytest.mark.parametrize(
    "text",
    [
        "Airstrike on a village in Sagaing",
        "13 civilians, among them 7 children, were killed on 16 September 2022",
        "2 Mi-35 and a Mi-17 at 13:00, for 1.5 hours",
        "A school in the north",
    ],
)
def test_texts_that_give_nothing_away_are_kept(text: str) -> None:
    draft = make_draft(location=village(), title=text, summary=text)
    assert redact(approve(draft, LocationPolicy(PolicyRule.STATE)), WORLD).draft.summary == text


def test_names_that_stay_public_may_stand_in_the_title() -> None:
    draft = make_draft(location=village(), title="Airstrike in Tabayin township", summary="In Myanmar, in Sagaing.")
    shown = redact(approve(draft, LocationPolicy(PolicyRule.TOWNSHIP)), WORLD).draft
    assert (shown.title, shown.summary) == (draft.title, draft.summary)


MANDALAY = RegionLink(1, "Mandalay Region", "ISO 3166-2", "MM-04", Found.NAMED)


def in_the_city(**changes: Any) -> ApprovedIncident:
    """Make an approved incident in the city of Mandalay, in the region of that name, given as the region."""
    location = make_location(point=LonLat(96.0891, 21.9588), regions=(MYANMAR, MANDALAY))
    values: dict[str, Any] = {"place": "Mandalay", "title": "A visit", "summary": None, "location": location}
    return approve(make_draft(**values | changes), LocationPolicy(PolicyRule.STATE))


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("Mandalay", "Visit to Mandalay on a Monday"),
        ("Mandalay city", "A hotel in MANDALAY, built in 1960"),
        ("Mandalay, Mandalay Region", "From Mandalay city in Mandalay Region"),
        ("A hotel, Mandalay", "Mandalay-Region's capital Mandalay was visited"),
        ("Mandalay", "The town of Mandalay was hit"),
        ("Mandalay", "the Mandalay/Yangon road was hit"),
    ],
)
@pytest.mark.parametrize("field", ["title", "summary", "dataset"])
def test_a_settlement_is_withheld_though_its_region_has_its_name(place: str, text: str, field: str) -> None:
    incident = in_the_city(place=place, **({field: text} if field != "dataset" else {}))
    if field == "dataset":
        incident = replace(incident, dataset=DatasetDraft("a", text))
    with pytest.raises(NotFitToPublish):
        redact(incident, WORLD)


@pytest.mark.parametrize("words", ["{} was hit", "The city of {} was hit", "A hotel in {}, built in 1960"])
def test_the_place_is_withheld_in_every_language(words: str) -> None:
    class Aliases(SmallWorld):
        def other_names(self, place: str, within: Sequence[str]) -> tuple[str, ...]:
            return ("Mandalay", "မန္တလေး", "Мандалай")

    for name in ("Mandalay", "မန္တလေး", "Мандалай"):
        with pytest.raises(NotFitToPublish):
            redact(in_the_city(place="Mandalay city", summary=words.format(name)), Aliases())


def test_a_title_that_ends_with_the_city_ends_with_the_region() -> None:
    for title in ("Two guests in Mandalay", "Two guests, Mandalay", "Two guests at Mandalay city"):
        shown = redact(in_the_city(title=title), WORLD).draft
        assert (shown.title, shown.place) == ("Two guests, Mandalay Region", "Mandalay Region")


def test_the_region_s_whole_name_tells_no_more_than_the_region() -> None:
    text = "Mandalay Region, once the Mandalay division: visitors in mandalay region"
    shown = redact(in_the_city(title=text, summary=text), WORLD).draft
    assert (shown.title, shown.summary) == (text, text)


def test_where_the_region_is_called_as_the_city_is_the_city_is_named_by_its_kind() -> None:
    link = replace(MANDALAY, name="Mandalay")
    location = make_location(point=LonLat(96.0891, 21.9588), regions=(MYANMAR, link))
    for text in ("A visit in Mandalay city, last year", "The town of Mandalay was hit"):
        with pytest.raises(NotFitToPublish):
            redact(in_the_city(location=location, summary=text), WORLD)
    assert redact(in_the_city(location=location, summary="In Mandalay then."), WORLD).draft.summary


def test_what_names_the_city_is_dropped_from_the_whole_record() -> None:
    named = make_marked_draft(
        lambda _field: "seen in Mandalay",
        key="mandalay-1",
        location=make_location(point=LonLat(96.0891, 21.9588), regions=(MYANMAR, MANDALAY)),
        title="A visit",
        summary=None,
        place="Mandalay",
        participants=(ParticipationDraft("Mandalay militia", "target"),),
    )
    shown = redact(approve(named, LocationPolicy(PolicyRule.STATE)), WORLD)
    assert "Mandalay" in str(named.harm) + str(named.citations)
    assert "Mandalay" not in str(shown.draft).replace("Mandalay Region", "")
    assert shown.draft.place == "Mandalay Region"


def test_a_source_s_code_of_the_region_withholds_nothing() -> None:
    codes = {"adm_1": "Mandalay", "adm_2": "Kyaukse"}
    shown = redact(in_the_city(place="Belin", source_codes=codes, summary="Guests from Mandalay."), WORLD).draft
    assert shown.summary == "Guests from Mandalay."
    with pytest.raises(NotFitToPublish):
        redact(in_the_city(place="Belin", source_codes=codes | {"adm_2": "Mandalay"}, summary="In Mandalay."), WORLD)


@pytest.mark.parametrize(
    ("title", "rule", "public"),
    [
        ("Airstrike in Tabayin", PolicyRule.STATE, "Airstrike, Sagaing"),
        ("Airstrike near let yet kone", PolicyRule.STATE, "Airstrike, Sagaing"),
        ("Airstrike, Let Yet Kone", PolicyRule.TOWNSHIP, "Airstrike, Tabayin Township"),
        ("Airstrike at Let Yet Kone", PolicyRule.WITHHELD, "Airstrike"),
    ],
)
def test_a_title_that_ends_with_the_place_ends_with_the_public_one(title: str, rule: PolicyRule, public: str) -> None:
    draft = make_draft(location=village(), place="Let Yet Kone", title=title, summary=None)
    assert redact(approve(draft, LocationPolicy(rule)), WORLD).draft.title == public


def test_a_country_that_stays_public_may_be_called_as_the_source_calls_it() -> None:
    draft = make_draft(
        location=village(),
        place="Let Yet Kone, Myanmar (Burma)",
        title="Airstrike by the Government of Burma",
        summary=None,
        source_codes={"country": "Myanmar (Burma)"},
    )
    assert redact(approve(draft, LocationPolicy(PolicyRule.STATE)), WORLD).draft.title == draft.title
    with pytest.raises(NotFitToPublish):
        redact(approve(draft, LocationPolicy(PolicyRule.WITHHELD)), WORLD)


def test_a_title_that_names_the_place_twice_is_refused() -> None:
    draft = make_draft(location=village(), place="Let Yet Kone", title="Let Yet Kone school hit in Let Yet Kone")
    with pytest.raises(NotFitToPublish):
        redact(approve(draft, LocationPolicy(PolicyRule.STATE)), WORLD)


def test_a_cell_over_a_border_names_neither_side() -> None:
    near_border = make_location(point=LonLat(95.999, 22.6834))
    public = redact(approve(make_draft(location=near_border, place=None), LocationPolicy(PolicyRule.CELL, 10)), WORLD)
    assert [link.code for link in public.draft.location.regions] == ["MM"]


def test_how_far_a_border_is_is_not_told() -> None:
    links = (MYANMAR, replace(SAGAING, how=Found.NEAREST, distance_m=1234.0))
    draft = make_draft(location=make_location(regions=links))
    for policy in COARSE[:3]:
        location = redact(approve(draft, policy), WORLD).draft.location
        assert {link.distance_m for link in location.regions} <= {None}


points = st.builds(LonLat, st.floats(-180, 180), st.floats(-90, 90))


@given(points, st.integers(1, 50))
def test_cells_are_the_same_for_all_points_in_them(point: LonLat, size_km: int) -> None:
    cell = find_cell(point, size_km)
    assert -180 <= cell.centre.lon <= 180
    assert -90 <= cell.centre.lat <= 90
    again = find_cell(cell.centre, size_km)
    assert again.centre == cell.centre, "the middle of a cell lies in it"
    assert distance_m(point, cell.centre) <= cell.reach_m * 1.01
    assert cell.reach_m <= size_km * 1000 * 1.6


def distance_m(one: LonLat, other: LonLat) -> float:
    import math

    a, b = math.radians(one.lat), math.radians(other.lat)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(other.lon - one.lon) / 2) ** 2
    return 2 * 6_371_009 * math.asin(math.sqrt(min(1.0, half)))


def test_policies_are_ordered_by_how_much_they_let_out() -> None:
    cells = LocationPolicy(PolicyRule.CELL, 5), LocationPolicy(PolicyRule.CELL, 10)
    ladder = (None, POLICIES[0], *cells, *POLICIES[2:])
    for rank, policy in enumerate(ladder):
        for other_rank, other in enumerate(ladder):
            assert is_coarser(policy, write_policy(other)) == (rank > other_rank)
    assert write_policy(LocationPolicy(PolicyRule.EXACT)) is None


# A withheld name or coordinate stands in no file of the edition, wherever in the record it stood.

CANARY = "Zyqwtown"
# Six decimals, so that no other number of an edition is the same by chance.
withheld_points = st.builds(
    LonLat,
    st.integers(930_101, 968_999).map(lambda number: round(number / 10_000 + 0.000037, 6)),
    st.integers(216_001, 268_999).map(lambda number: round(number / 10_000 + 0.000037, 6)),
)
spellings = st.sampled_from([CANARY, CANARY.upper(), "Zyqw-Town", "Zyqw Town", f"{CANARY} village"])


@st.composite
def tell_tale_drafts(draw: st.DrawFn) -> IncidentDraft:
    """Make a record that gives its place away in every field but title and summary."""
    point = draw(withheld_points)
    name = draw(spellings)
    said = draw(
        st.sampled_from(
            [
                f"near {name}",
                f"{point.lat}, {point.lon}",
                f"{point.lat:.4f}N {point.lon:.4f}E",
                f"{name} ({point.lon:.5f})",
            ]
        )
    )
    precision = draw(st.sampled_from([Precision.EXACT, Precision.SITE, Precision.SETTLEMENT, Precision.NEAR]))
    return make_marked_draft(
        lambda _field: said,
        key=f"{CANARY}-2022",
        location=Location(
            precision,
            f"Found at {said}.",
            "source coordinates",
            point=point,
            radius_m=100.0,
            regions=(MYANMAR, SAGAING, RegionLink(4, name, "own", f"own-{CANARY}", Found.POLYGON, 12.5)),
        ),
        published=said,
        title="An airstrike",
        summary="Something happened.",
        place=f"{name}, Sagaing",
        participants=(
            ParticipationDraft(f"{name} Defence Force", "target", as_spelled=said),
            ParticipationDraft("Myanmar military", "operator", as_spelled=said),
        ),
        source_codes={"where_coordinates": said, "latitude": str(point.lat), "longitude": str(point.lon), "x": said},
    )


def assert_nowhere(drafts: Iterable[IncidentDraft], folder: Path) -> None:
    """Look for the places of drafts, and for the name of all of them, in every file of an edition."""
    texts = [(text, text.casefold().replace("-", "").replace(" ", "")) for text in everything_in(folder)]
    points = {draft.location.point for draft in drafts}
    for text, folded in texts:
        assert CANARY.casefold() not in folded
        for point in points:
            assert point is not None
            for number in (point.lon, point.lat):
                assert f"{number:.4f}" not in text
                assert repr(number) not in text


def coarsened(draft: IncidentDraft, precision: Precision) -> IncidentDraft:
    """Locate a draft no closer than this, whatever its texts say."""
    point = draft.location.point
    near = precision == Precision.NEAR
    units = {Precision.SEA: (), Precision.UNKNOWN: (), Precision.COUNTRY: (MYANMAR,)}.get(precision, (MYANMAR, SAGAING))
    coarse = replace(
        draft.location,
        precision=precision,
        point=point if near else None,
        stand_in=point if precision in {Precision.AREA, Precision.TOWNSHIP, Precision.DISTRICT} else None,
        radius_m=25_000.0 if near else None,
        regions=units,
    )
    return replace(draft, location=coarse)


@pytest.mark.parametrize("policy", COARSE, ids=str)
@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(draft=tell_tale_drafts())
def test_a_place_text_that_says_more_than_a_coarse_location_stands_in_no_file(
    policy: LocationPolicy, draft: IncidentDraft, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What the researcher could not locate may still be named in the place's text, in codes and in quotes."""
    root = tmp_path_factory.mktemp("editions")
    known = [coarsened(draft, precision) for precision in list(Precision)[3:]]
    make_store(root, [redact(approve(one, policy, id=make_id(at)), NoWorld()) for at, one in enumerate(known)])
    assert EditionStore(root).current().counts().total == len(known)
    assert_nowhere([draft], root / "1")


def test_a_place_of_the_region_s_name_is_another_place() -> None:
    state = make_location(precision=Precision.STATE, point=None, radius_m=None, reason="As the source says.")
    for place, shown in (("Sagaing Region", "Sagaing Region"), ("Sagaing town", "Sagaing"), ("a house", "Sagaing")):
        public = redact(approve(make_draft(location=state, place=place), LocationPolicy(PolicyRule.STATE)), WORLD)
        assert public.draft.place == shown
        assert (public.generalised is None) == (place == shown)


def test_a_house_is_given_as_its_settlement_however_closely_the_record_says_it_is_known() -> None:
    policy = LocationPolicy(PolicyRule.SETTLEMENT)
    draft = make_draft(location=village(), place="House of U Tin in Let Yet Kone village")
    public = redact(approve(draft, policy, same_as=(make_id(2),)), WORLD)
    assert public.draft.place == "Let Yet Kone"
    assert (public.draft.source_codes, public.draft.references, public.links) == ({}, (), ())


def test_a_cell_reaches_as_far_as_the_place_may_be_from_its_point() -> None:
    near = village(precision=Precision.NEAR, radius_m=25_000.0)
    location = redact(approve(make_draft(location=near), LocationPolicy(PolicyRule.CELL, 1)), WORLD).draft.location
    assert near.point is not None
    cell = find_cell(near.point, 1)
    assert (location.point, location.radius_m) == (cell.centre, cell.reach_m + 25_000.0)


class NoWorld(SmallWorld):
    """A world that does not know the place at all."""

    def settlement(self, place: str | None, within: Sequence[str], near: LonLat) -> tuple[str, LonLat] | None:
        return None


@pytest.mark.parametrize("policy", COARSE, ids=str)
@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(drafts=st.lists(tell_tale_drafts(), min_size=4, max_size=4))
def test_a_withheld_place_stands_in_no_file(
    policy: LocationPolicy, drafts: list[IncidentDraft], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("editions")
    make_store(root, [redact(approve(one, policy, id=make_id(at)), NoWorld()) for at, one in enumerate(drafts)])
    assert EditionStore(root).current().counts().total == len(drafts)
    assert_nowhere(drafts, root / "1")


def everything_in(folder: Path) -> Iterator[str]:
    """Give all text in an edition's files: raw bytes, unpacked, and every value of every table and column."""
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        yield path.name
        yield content.decode("latin-1")
        yield content.decode("utf-8", errors="ignore")
        if path.suffix == ".gz":
            yield gzip.decompress(content).decode("latin-1")
        if path.suffix == ".arrow":
            columns = pa.ipc.open_file(path).read_all()
            yield str(columns.schema.metadata)
            if "x" in columns.column_names:
                yield from map(_say_point, columns["x"].to_pylist(), columns["y"].to_pylist())
        if path.suffix == ".parquet":
            yield json.dumps(pq.read_table(path).to_pylist(), default=str, ensure_ascii=False)
            yield str(pq.read_schema(path).metadata)
        if path.suffix == ".duckdb":
            with duckdb.connect(path, read_only=True) as db:
                for (table,) in db.execute("SHOW TABLES").fetchall():
                    yield str(db.execute(f"SELECT * FROM {table}").fetchall())
                for (packed,) in db.execute("SELECT detail FROM incident").fetchall():
                    yield json.dumps(read_detail(packed), ensure_ascii=False)


def _say_point(x: int, y: int) -> str:
    """Say where a row is drawn, from its place in the unit square of spherical Mercator times 2^31."""
    if x < 0:
        return "nowhere"
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / 2**31))))
    return f"{x / 2**31 * 360 - 180:.5f} {lat:.5f}"


def test_the_search_for_a_canary_would_find_one(tmp_path: Path) -> None:
    """The test above proves nothing if it cannot fail."""
    draft = make_draft(place=f"{CANARY}, Sagaing", location=village())
    make_store(tmp_path, [redact(approve(draft), WORLD)])
    texts = list(everything_in(tmp_path / "1"))
    assert sum(CANARY in text for text in texts) >= 2
    assert any("95.4012" in text for text in texts)


def test_the_shipped_world_knows_other_names_and_centres() -> None:
    from incidents.surroundings import ShippedWorld

    world = ShippedWorld()
    within = ("Tabayin Township", "Sagaing Region", "Myanmar")
    found = world.settlement("School in Let Yet Kone village", within, LonLat(95.40, 22.68))
    assert found is not None
    assert found[0] == "Let Yet Kone"
    assert world.settlement("School in Let Yet Kone village", within, LonLat(97.0, 20.0)) is None
    assert world.other_names("Let Yet Kone village", within)
    centre = world.township_centre("Tabayin Township", ("Sagaing Region", "Myanmar"))
    assert centre is not None
    assert centre != found[1]
    assert (1, "MM-01") in world.region_codes([LonLat(95.40, 22.68)])


def test_a_dataset_that_names_the_withheld_place_is_refused() -> None:
    named = DatasetDraft("kone", "Strikes on Let Yet Kone")
    for dataset in (named, replace(named, title="Strikes", attribution="Let Yet Kone Watch")):
        with pytest.raises(NotFitToPublish):
            redact(approve(make_draft(title="Airstrike"), LocationPolicy(PolicyRule.STATE), dataset=dataset), WORLD)
    fine = replace(named, key="own", title="Strikes")
    assert (
        redact(approve(make_draft(title="Airstrike"), LocationPolicy(PolicyRule.STATE), dataset=fine), WORLD).dataset
        == fine
    )
