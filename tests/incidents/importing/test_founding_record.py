"""The founding record as its file has it: nothing lost, nothing made up, nothing more precise than its source."""

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from geodata.precision import Precision
from incidents.drafts import Extent, IncidentDraft, Span, TimeSense, read_draft, write_draft
from incidents.importing.errors import BadFoundingRecord
from incidents.importing.founding_record import FOUNDING_RECORD, read_founding_record
from incidents.taxonomy import load_taxonomy


@pytest.fixture(scope="module")
def record() -> dict[str, IncidentDraft]:
    _, drafts = read_founding_record()
    return {draft.references[0].id: draft for draft in drafts}


def test_every_entry_is_there_once_with_its_reference_and_its_sources(record: dict[str, IncidentDraft]) -> None:
    dataset, drafts = read_founding_record()
    assert len(drafts) == len(record) == 76
    assert dataset.key == "founding-record"
    assert {draft.references[0].dataset for draft in drafts} == {"founding-record"}
    assert all(draft.citations for draft in drafts)
    assert Counter(draft.extent for draft in drafts) == {Extent.ONE: 57, Extent.PATTERN: 19}
    assert len({draft.title for draft in drafts if draft.extent == Extent.ONE}) == 57


def test_reading_it_twice_gives_the_same(record: dict[str, IncidentDraft]) -> None:
    assert list(record.values()) == list(read_founding_record()[1])


def test_every_draft_survives_as_a_revision(record: dict[str, IncidentDraft]) -> None:
    assert all(read_draft(write_draft(draft)) == draft for draft in record.values())


def test_no_place_is_finer_than_its_source_says_and_none_is_lost(record: dict[str, IncidentDraft]) -> None:
    found = Counter(draft.location.precision for draft in record.values())
    assert found[Precision.UNKNOWN] == 1
    assert found[Precision.STATE] == 7
    assert not found[Precision.EXACT]
    for draft in record.values():
        assert (draft.location.point is not None) == draft.location.precision.claims_point
        assert draft.location.reason


def test_let_yet_kone(record: dict[str, IncidentDraft]) -> None:
    strike = record["let-yet-kone-2022"]
    assert strike.title == "Airstrike on Let Yet Kone village"
    assert strike.location.precision == Precision.SETTLEMENT
    assert strike.location.point is not None
    assert abs(strike.location.point.lon - 95.4024) < 0.01
    assert abs(strike.location.point.lat - 22.6768) < 0.01
    assert [(use.type, use.count) for use in strike.aircraft] == [("mi-17", Span(2, None)), ("mi-35", Span(2, 2))]
    (claim,) = strike.harm
    assert (claim.group, claim.killed, claim.injured) == ("children", Span(6, None), Span())
    assert {target.type for target in strike.targets} == {"school", "monastery"}
    assert strike.duration == "about an hour"
    assert [link.code for link in strike.location.regions if link.level <= 1] == ["MM", "MM-01"]


@pytest.mark.parametrize(
    ("entry", "date", "earliest", "latest", "sense"),
    [
        ("medvedev-2014", "2014-11", dt.date(2014, 11, 1), dt.date(2014, 11, 30), TimeSense.WITHIN),
        ("yak130-chin", "2021-02/", dt.date(2021, 2, 1), None, TimeSense.REPEATEDLY),
        ("su30-contract", "../2023", None, dt.date(2023, 12, 31), TimeSense.WITHIN),
        ("asean-coordinator", "2009/2012", dt.date(2009, 1, 1), dt.date(2012, 12, 31), TimeSense.THROUGHOUT),
        ("institute-1955", "1955~", dt.date(1955, 1, 1), dt.date(1955, 12, 31), TimeSense.WITHIN),
        ("mah-moscow-six", None, None, None, TimeSense.REPEATEDLY),
        ("service-centre", None, None, None, TimeSense.WITHIN),
    ],
)
def test_dates_keep_their_precision(  # one row of a table
    record: dict[str, IncidentDraft],
    entry: str,
    date: str | None,
    earliest: dt.date | None,
    latest: dt.date | None,
    sense: TimeSense,
) -> None:
    draft = record[entry]
    assert (draft.date, draft.earliest, draft.latest, draft.time_sense) == (date, earliest, latest, sense)


def test_goods_are_transfers_and_never_took_part(record: dict[str, IncidentDraft]) -> None:
    transfers = [draft for draft in record.values() if draft.kind == "arms_transfer"]
    assert len(transfers) == 20
    assert all(draft.transfer is not None and not draft.aircraft for draft in transfers)
    assert all(draft.transfer is None for draft in record.values() if draft.kind != "arms_transfer")
    together = record["mi24-mi35-bought"].transfer
    assert together is not None
    assert [(goods.types, goods.count) for goods in together.goods] == [(("mi-24", "mi-35p"), Span(10, 10))]
    secret = record["secret-code-2014"].transfer
    assert secret is not None
    assert secret.value == Span(None, 8_000_000)
    assert secret.currency == "USD"


@pytest.mark.parametrize(
    ("entry", "field", "values"),
    [
        ("coup-2021", "date", {"rfa": "February 2021", "globalsecurity": "1 March 2021"}),
        (
            "shoigu-2021",
            "date",
            {"globalsecurity": "a week before the coup, which this source dates to 1 March 2021", "rfa": "2021"},
        ),
        (
            "transfers-since-coup",
            "transfer",
            {"globalsecurity": "at least 406 million US dollars", "rfa": "406 million US dollars"},
        ),
    ],
)
def test_sources_that_contradict_each_other_both_speak(
    record: dict[str, IncidentDraft], entry: str, field: str, values: dict[str, str]
) -> None:
    citations = [citation for citation in record[entry].citations if citation.field == field]
    assert {citation.source.key: citation.value for citation in citations} == values


def test_spellings_claimants_occurrences_and_reported_dates_are_kept(record: dict[str, IncidentDraft]) -> None:
    assert record["sochi-2016"].participants[0].as_spelled == "Thin Zhuo"
    assert any(citation.quote == "Taungji" for citation in record["soviet-hospital"].citations)
    assert record["kim-2022"].citations[0].claimant == "some news outlets in Myanmar"
    assert record["mah-moscow-six"].occurrences == Span(6, 6)
    assert record["mortar-2023"].reported == "2023-07"
    displaced = record["rohingya-2017"].harm[0].displaced
    assert displaced == Span(750_000, 750_000, approximate=True)


def test_every_word_is_in_the_taxonomy(record: dict[str, IncidentDraft]) -> None:
    taxonomy = load_taxonomy()
    for draft in record.values():
        assert draft.kind in taxonomy.kinds
        assert {part.role for part in draft.participants} <= taxonomy.roles.keys()


def test_an_unknown_word_is_refused_by_the_entrys_name(tmp_path: Path) -> None:
    text = FOUNDING_RECORD.read_text(encoding="utf-8")
    for old, new, said in [
        ("kind: airstrike", "kind: airstirke", "let-yet-kone-2022: unknown kind airstirke"),
        ("{type: mi-17,", "{type: mi-170,", "let-yet-kone-2022: unknown equipment mi-170"),
        ("duration: about an hour", "durration: about an hour", "let-yet-kone-2022: unknown field durration"),
    ]:
        path = tmp_path / "record.yaml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(BadFoundingRecord, match=said):
            read_founding_record(path)
