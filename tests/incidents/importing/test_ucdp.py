"""UCDP GED rows become drafts by the codebook; what is odd is told, what is wrong stops the import."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.precision import Precision
from incidents.checking import check_draft
from incidents.drafts import Extent, IncidentDraft, Span, read_draft, to_payload, write_draft
from incidents.importing.findings import Finding, Findings
from incidents.importing.tables import Row, Table
from incidents.importing.ucdp import KNOWN, NEEDED, UCDPFormat, version_in
from incidents.taxonomy import load_taxonomy

Rows = list[dict[str, str]]
Read = Callable[..., tuple[IncidentDraft | None, tuple[Finding, ...]]]


@pytest.fixture
def read(ucdp_rows: Rows) -> Read:
    """Read one made-up row, found by its where_coordinates, with cells changed."""

    def read_row(where: str, **changed: str) -> tuple[IncidentDraft | None, tuple[Finding, ...]]:
        (cells,) = (row for row in ucdp_rows if row["where_coordinates"] == where)
        findings = Findings()
        draft = UCDPFormat("23.1").draft(Row(2, {**cells, **changed}), findings)
        return draft, findings.all()

    return read_row


@pytest.fixture
def draft(read: Read) -> Callable[..., IncidentDraft]:
    """Read one made-up row that must have no error."""

    def draft_row(where: str, **changed: str) -> IncidentDraft:
        found, findings = read(where, **changed)
        assert found is not None, findings
        return found

    return draft_row


def deaths(draft: IncidentDraft) -> dict[str, Span]:
    return {claim.group: claim.killed for claim in draft.harm}


def test_all_rows_are_read_and_survive_as_a_revision(ucdp_rows: Rows, make_csv: Callable[..., bytes]) -> None:
    findings = Findings()
    table = Table(io.BytesIO(make_csv(ucdp_rows)), NEEDED)
    drafts = [UCDPFormat("23.1").draft(row, findings) for row in table.rows(findings)]
    assert findings.errors == 0
    assert len(drafts) == len(ucdp_rows) == 31
    assert all(draft is not None and read_draft(write_draft(draft)) == draft for draft in drafts)
    assert set(table.columns) == set(KNOWN)


def test_columns_are_found_by_name_in_whatever_order(ucdp_rows: Rows, make_csv: Callable[..., bytes]) -> None:
    def read_all(data: bytes) -> list[IncidentDraft | None]:
        findings = Findings()
        return [UCDPFormat("23.1").draft(row, findings) for row in Table(io.BytesIO(data), NEEDED).rows(findings)]

    columns = list(ucdp_rows[0])
    assert read_all(make_csv(ucdp_rows, columns[::-1])) == read_all(make_csv(ucdp_rows))


def test_older_files_with_fewer_columns_are_read(ucdp_rows: Rows, make_csv: Callable[..., bytes]) -> None:
    findings = Findings()
    table = Table(io.BytesIO(make_csv(ucdp_rows, NEEDED)), NEEDED)
    assert all(UCDPFormat("19.1").draft(row, findings) for row in table.rows(findings))
    assert findings.errors == 0


@pytest.mark.parametrize(
    ("code", "kind", "roles"),
    [
        ("1", "armed_clash", ["side_a", "side_b"]),
        ("2", "armed_clash", ["side_a", "side_b"]),
        ("3", "violence_against_civilians", ["perpetrator", "victim"]),
    ],
)
def test_kinds_come_from_the_type_of_violence(
    draft: Callable[..., IncidentDraft], code: str, kind: str, roles: list[str]
) -> None:
    found = draft("Monywa town", type_of_violence=code)
    assert found.kind == kind
    assert [part.role for part in found.participants] == roles
    assert set(roles) <= load_taxonomy().roles.keys()


def test_a_headline_makes_no_airstrike(draft: Callable[..., IncidentDraft]) -> None:
    found = draft(
        "Monywa town", source_article='"Post,2022-01-01,Airstrike by Mi-35 kills ten"', source_headline="Airstrike"
    )
    assert found.kind == "armed_clash"
    assert found.aircraft == ()
    assert found.targets == ()


def test_clarity_2_is_a_pattern(draft: Callable[..., IncidentDraft]) -> None:
    assert draft("Hpakant township").extent == Extent.PATTERN
    assert draft("Hpakant township").title == "Armed clashes in Hpakant township"
    assert draft("Hpakant township", event_clarity="1").extent == Extent.ONE


@pytest.mark.parametrize(
    ("where", "date"),
    [
        ("Monywa town", "2021-06-01"),
        ("Loikaw town", "2021-12-24/2021-12-26"),
        ("Hpakant township", "2022-08-09/2022-08-15"),
        ("Karen state", "1995-01"),
        ("Thai Border East", "1990-01-26/1990-02-25"),
        ("Shan state", "2007-03-01/2007-12-31"),
    ],
)
def test_dates_keep_their_precision(draft: Callable[..., IncidentDraft], where: str, date: str) -> None:
    assert draft(where).date == date


def test_a_whole_year_is_a_year(draft: Callable[..., IncidentDraft]) -> None:
    found = draft("Shan state", date_start="2007-01-01", date_end="2007-12-31")
    assert (found.date, found.earliest, found.latest) == ("2007", dt.date(2007, 1, 1), dt.date(2007, 12, 31))


@pytest.mark.parametrize("suffix", [" 00:00:00.000", "T00:00:00", "T00:00:00Z", " 00:00"])
def test_the_time_of_a_date_is_dropped(draft: Callable[..., IncidentDraft], suffix: str) -> None:
    found = draft("Monywa town", date_start="2021-06-01" + suffix, date_end="2021-06-01" + suffix)
    assert found.date == "2021-06-01"


def test_deaths_are_a_range_in_all_and_points_by_group(draft: Callable[..., IncidentDraft]) -> None:
    found = draft("Letyetkone village")
    assert deaths(found) == {"total": Span(13, 18), "civilians": Span(13, 13)}
    found = draft("Monywa town", high="7")
    assert deaths(found) == {"total": Span(3, 7), "side_a": Span(2, 2), "side_b": Span(1, 1)}
    assert deaths(found).keys() <= load_taxonomy().harm_groups.keys()


def test_a_zero_is_claimed_only_where_the_row_leaves_no_room(draft: Callable[..., IncidentDraft]) -> None:
    assert deaths(draft("Monywa town"))["civilians"] == Span(0, 0)
    assert "civilians" not in deaths(draft("Monywa town", high="7"))
    assert "civilians" not in deaths(draft("Loikaw town", low="4", high="4"))


def test_blank_deaths_are_unknown_and_not_zero(draft: Callable[..., IncidentDraft]) -> None:
    blank = dict.fromkeys(("low", "best", "high", "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown"), "")
    assert draft("Monywa town", **blank).harm == ()
    assert deaths(draft("Monywa town", **{**blank, "low": "2"})) == {"total": Span(2, None)}
    assert deaths(draft("Monywa town", **{**blank, "best": "5"})) == {"total": Span(5, 5)}


@pytest.mark.parametrize(
    ("low", "best", "high", "span", "rule"),
    [
        ("46", "37", "50", Span(37, 50), "low is greater than best"),
        ("0", "10", "4", Span(0, 10), "best is greater than high"),
        ("46", "37", "31", Span(31, 46), "low is greater than best and best is greater than high"),
    ],
)
def test_figures_that_contradict_each_other_are_kept_and_told(
    read: Read, low: str, best: str, high: str, span: Span, rule: str
) -> None:
    found, findings = read("Paletwa township", low=low, best=best, high=high, deaths_unknown=best)
    assert found is not None
    assert deaths(found)["total"] == span
    assert f"low {low}, best {best}, high {high}" in (found.harm[0].note or "")
    assert {name: found.source_codes[name] for name in ("low", "best", "high")} == {
        "low": low,
        "best": best,
        "high": high,
    }
    assert [finding.rule for finding in findings] == [rule]


def test_estimates_that_differ_are_cited_as_they_are(draft: Callable[..., IncidentDraft]) -> None:
    def cited(found: IncidentDraft) -> list[str | None]:
        return [citation.value for citation in found.citations if citation.field == "harm"]

    assert cited(draft("Letyetkone village")) == ["killed in all, estimates: low 13, best 13, high 18"]
    assert cited(draft("Rathedaung township")) == ["killed in all, estimates: low 46, best 37, high 31"]
    assert cited(draft("Monywa town")) == []


def test_groups_that_do_not_add_up_are_told(read: Read) -> None:
    _, findings = read("Monywa town", deaths_a="1")
    assert [finding.rule for finding in findings] == ["is not the sum of the deaths by group"]


def test_the_sources_own_codes_are_kept_and_missing_ones_left_out(draft: Callable[..., IncidentDraft]) -> None:
    codes = draft("Letyetkone village").source_codes
    assert codes["where_prec"] == "1"
    assert codes["relid"].startswith("MYA-2022")
    assert codes["number_of_sources"] == "2"
    assert "gwnob" not in codes
    codes = draft("Moei river").source_codes
    assert "number_of_sources" not in codes


@pytest.mark.parametrize("where", ["Shan state", "Myanmar (Burma)", "Andaman sea"])
def test_coordinates_that_stand_for_a_whole_unit_are_for_people_alone(
    draft: Callable[..., IncidentDraft], ucdp_rows: Rows, where: str
) -> None:
    found = draft(where)
    (latitude,) = (row["latitude"] for row in ucdp_rows if row["where_coordinates"] == where)
    assert latitude in (found.private_notes or "")
    public: dict[str, Any] = {**to_payload(found), "private_notes": None}
    assert latitude not in repr(public)


def test_the_description_is_cited_and_locates_nothing(draft: Callable[..., IncidentDraft]) -> None:
    found = draft("Kalay township", where_description="Monywa town")
    assert found.location.precision == Precision.TOWNSHIP
    (cited,) = (citation for citation in found.citations if citation.field == "place")
    assert cited.value == "Monywa town"


def test_the_dataset_and_every_article_are_cited(draft: Callable[..., IncidentDraft]) -> None:
    found = draft("Letyetkone village")
    assert [citation.source.title for citation in found.citations if citation.field == "incident"] == [
        "UCDP Georeferenced Event Dataset (GED), version 23.1",
        "School struck, six children dead",
        "Eleven dead; many hurt, says radio",
    ]
    assert found.citations[0].claimant == "locals"
    assert found.citations[0].locator == "event 448773 (MYA-2022-1-222-1)"


def test_let_yet_kone_is_the_founding_records(draft: Callable[..., IncidentDraft]) -> None:
    assert draft("Letyetkone village").same_as == ("founding-record:let-yet-kone-2022",)
    assert draft("Letyetkone village", id="448774").same_as == ()


def test_the_reference_changes_with_the_row_and_not_with_the_order_of_its_columns(
    read: Read, draft: Callable[..., IncidentDraft], ucdp_rows: Rows
) -> None:
    (reference,) = draft("Monywa town").references
    assert reference.text == f"ucdp-ged:{ucdp_rows[1]['id']}"
    assert draft("Monywa town", high="4").references[0].digest != reference.digest
    backwards: Mapping[str, str] = dict(reversed(ucdp_rows[1].items()))
    again = UCDPFormat("24.1").draft(Row(9, backwards), Findings())
    assert again is not None
    assert again.references == (reference,)


@pytest.mark.parametrize(
    ("where", "title"),
    [
        ("Letyetkone village", "Armed clash in Letyetkone village"),
        ("Mung Lai Hkyet IDP camp", "Violence against civilians at Mung Lai Hkyet IDP camp"),
        ("Loikaw town", "Armed clash near Loikaw town"),
        ("Insein township", "Violence against civilians in Insein township"),
        ("Moei river", "Armed clash, Moei river"),
        ("Kalay township", "Armed clash in Kalay township"),
        ("Between Yesagyo and Myaung townships", "Armed clash, between Yesagyo and Myaung townships"),
        ("Thai Border East", "Armed clash, Thai Border East"),
        ("Magway region", "Armed clashes in Magway region"),
        ("Andaman sea", "Violence against civilians, Andaman sea"),
    ],
)
def test_titles_are_for_readers(read: Read, ucdp_rows: Rows, where: str, title: str) -> None:
    (row,) = (row for row in ucdp_rows if " ".join(row["where_coordinates"].split()) == where)
    found = UCDPFormat(None).draft(Row(2, row), Findings())
    assert found is not None
    assert found.title == title


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"id": ""}, "id"),
        ({"id": "MYA-1"}, "id"),
        ({"type_of_violence": "4"}, "type_of_violence"),
        ({"type_of_violence": ""}, "type_of_violence"),
        ({"event_clarity": "0"}, "event_clarity"),
        ({"where_prec": "8"}, "where_prec"),
        ({"where_prec": "1.5"}, "where_prec"),
        ({"date_prec": "x"}, "date_prec"),
        ({"date_start": "01/06/2021"}, "date_start"),
        ({"date_start": ""}, "date_start"),
        ({"date_end": "2021-02-30"}, "date_end"),
        ({"date_end": "2021-05-31"}, "date_end"),
        ({"latitude": "nan"}, "latitude"),
        ({"longitude": "NaN"}, "longitude"),
        ({"longitude": "inf"}, "longitude"),
        ({"latitude": "95.1", "longitude": "22.1"}, "latitude"),
        ({"latitude": "north"}, "latitude"),
        ({"latitude": "", "longitude": ""}, "latitude"),
        ({"latitude": ""}, "latitude"),
        ({"latitude": "0.0", "longitude": "0"}, "latitude"),
        ({"latitude": "-0", "longitude": "0.000", "where_prec": "5"}, "latitude"),
        ({"best": "-1"}, "best"),
        ({"best": "many"}, "best"),
        ({"best": "9999999999"}, "best"),
        ({"best": "1e3"}, "best"),
        ({"best": "３"}, "best"),
        ({"deaths_a": "2.5"}, "deaths_a"),
        ({"country": ""}, "country"),
    ],
)
def test_a_wrong_cell_is_an_error_that_names_it(read: Read, changed: dict[str, str], column: str) -> None:
    found, findings = read("Monywa town", **changed)
    assert found is None
    assert [(finding.severity, finding.row, finding.column) for finding in findings if finding.severity == "error"] == [
        ("error", 2, column)
    ]
    assert all(finding.rule and finding.action for finding in findings)


def test_at_sea_the_point_0_0_is_a_place(read: Read) -> None:
    found, _ = read("Monywa town", where_prec="7", latitude="0", longitude="0")
    assert found is not None


@settings(derandomize=True, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_a_cell_holds_a_row_is_read_or_its_error_told(ucdp_rows: Rows, data: st.DataObject) -> None:
    cells = dict(data.draw(st.sampled_from(ucdp_rows)))
    numbers = st.one_of(st.integers().map(str), st.floats().map(str), st.dates().map(str))
    for column in data.draw(st.lists(st.sampled_from(sorted(cells)), min_size=1, max_size=6, unique=True)):
        cells[column] = data.draw(st.one_of(numbers, st.text(max_size=30), st.just(""))).strip()
    findings = Findings()
    found = UCDPFormat("23.1").draft(Row(2, cells), findings)
    assert (found is None) == (findings.errors > 0)
    if found is not None:
        check_draft(found, load_taxonomy())
        assert read_draft(write_draft(found)) == found
        assert all(claim.killed.is_known for claim in found.harm)


def test_all_errors_of_a_row_are_told_at_once(read: Read) -> None:
    found, findings = read("Monywa town", best="x", date_start="x", where_prec="9", latitude="x")
    assert found is None
    assert {finding.column for finding in findings} == {"best", "date_start", "where_prec", "latitude"}


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"date_prec": "1", "date_end": "2021-06-03"}, "date_prec"),
        ({"date_prec": "4"}, "date_prec"),
        ({"year": "2020"}, "year"),
        ({"code_status": "Check dates"}, "code_status"),
        ({"adm_1": "Nowhere region"}, "adm_1"),
        ({"latitude": "13.0", "longitude": "88.0"}, "country"),
    ],
)
def test_what_is_odd_is_told_and_imported(read: Read, changed: dict[str, str], column: str) -> None:
    found, findings = read("Monywa town", **changed)
    assert found is not None
    assert [(finding.severity, finding.column) for finding in findings] == [("warning", column)]


def test_whole_numbers_written_with_a_point_are_whole(draft: Callable[..., IncidentDraft]) -> None:
    found = draft("Monywa town", best="3.0", low="3.0", high="3.0", type_of_violence="1.0", where_prec="1.0")
    assert deaths(found)["total"] == Span(3, 3)


@pytest.mark.parametrize(
    ("filename", "version"),
    [
        ("GEDEvent_v23_1.csv", "23.1"),
        ("GEDEvent_v26_0_7.csv", "26.0.7"),
        ("ged231.csv", "23.1"),
        ("ged251-csv.csv", "25.1"),
        ("ucdp-ged-myanmar.csv", None),
        ("events-v2.csv", None),
    ],
)
def test_the_version_is_read_from_the_files_name(filename: str, version: str | None) -> None:
    assert version_in(filename) == version


def test_the_dataset_says_its_licence_and_whom_to_cite() -> None:
    dataset = UCDPFormat("23.1").dataset()
    assert (dataset.key, dataset.version, dataset.licence, dataset.terms) == ("ucdp-ged", "23.1", "CC BY 4.0", "public")
    assert "Sundberg" in (dataset.attribution or "")
    assert "Melander (2013)" in (dataset.attribution or "")
    assert "Davies" in (dataset.attribution or "")
    assert UCDPFormat(None).dataset().version is None


def test_the_made_up_rows_have_the_columns_of_version_23_1(ucdp_rows: Rows) -> None:
    text = io.StringIO()
    csv.DictWriter(text, list(ucdp_rows[0])).writeheader()
    assert len(ucdp_rows[0]) == 49
    assert text.getvalue().startswith("id,relid,year,active_year,code_status,type_of_violence,")
