"""The founding record: the events of two articles on Myanmar and Russia, read from their data file to drafts.

It locates each by the project's own geodata. It writes to no ledger.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from geodata.geocoding import locate
from geodata.locations import Location
from geodata.precision import Precision
from incidents.drafts import (
    CitationDraft,
    DatasetDraft,
    EquipmentDraft,
    Extent,
    GoodsDraft,
    HarmDraft,
    IncidentDraft,
    ParticipationDraft,
    ReferenceDraft,
    SourceDraft,
    Span,
    TargetDraft,
    TimeSense,
    TransferDraft,
)
from incidents.importing.digests import digest_of
from incidents.importing.errors import BadFoundingRecord
from incidents.taxonomy import Taxonomy, load_taxonomy
from incidents.when import parse_when

FOUNDING_RECORD = Path(__file__).with_name("founding_record.yaml")

_ROLES = ("operator", "visitor", "host", "party", "navy", "participant", "supplier", "recipient")
_KNOWN = {
    *("id", "kind", "title", "summary", "extent", "occurrences", "date", "time_sense", "reported", "duration"),
    *("place", "within", "where", "spelled", "aircraft", "targets", "harm", "stage", "value_usd", "goods"),
    *("sources", "claimant", "says", "same_as"),
    *_ROLES,
}

_Entry = Mapping[str, Any]


def read_founding_record(
    path: Path = FOUNDING_RECORD, *, taxonomy: Taxonomy | None = None
) -> tuple[DatasetDraft, tuple[IncidentDraft, ...]]:
    """Read the file to its dataset and one draft per entry, in the file's order. taxonomy: by default the shipped one.

    Raises BadFoundingRecord, naming the entry, for a word that the file's own head or the taxonomy does not
    know; BadDate and UnknownPlace as dates and places are read.
    """
    record = yaml.safe_load(path.read_text(encoding="utf-8"))
    dataset = DatasetDraft(**record["dataset"])
    sources = {key: SourceDraft(key=key, **source) for key, source in record["sources"].items()}
    taxonomy = taxonomy or load_taxonomy()
    drafts = []
    for entry in record["incidents"]:
        _check(entry, sources, taxonomy)
        drafts.append(_draft(entry, dataset, sources))
    return dataset, tuple(drafts)


def _check(entry: _Entry, sources: Mapping[str, SourceDraft], taxonomy: Taxonomy) -> None:
    """Refuse words that would otherwise be dropped in silence."""
    equipment = [use["type"] for use in entry.get("aircraft", ())]
    equipment += [key for goods in entry.get("goods", ()) for key in goods.get("types", ())]
    cited = [*entry["sources"], *(harm["source"] for harm in entry.get("harm", ()))]
    cited += [key for says in entry.get("says", ()) for key in says if key != "field"]
    stage = entry.get("stage")
    for word, unknown in {
        "field": entry.keys() - _KNOWN,
        "kind": {entry["kind"]} - taxonomy.kinds.keys(),
        "equipment": set(equipment) - taxonomy.equipment.keys(),
        "target": {_worded(target, "type")["type"] for target in entry.get("targets", ())} - taxonomy.targets.keys(),
        "group": {harm["group"] for harm in entry.get("harm", ())} - taxonomy.harm_groups.keys(),
        "stage": ({stage} if stage else set()) - taxonomy.stages.keys(),
        "source": set(cited) - sources.keys(),
    }.items():
        if unknown:
            msg = f"the founding record's {entry['id']}: unknown {word} {', '.join(sorted(unknown))}"
            raise BadFoundingRecord(msg)


def _draft(entry: _Entry, dataset: DatasetDraft, sources: Mapping[str, SourceDraft]) -> IncidentDraft:
    when = parse_when(entry.get("date"))
    return IncidentDraft(
        kind=entry["kind"],
        title=entry["title"],
        summary=entry.get("summary"),
        location=_locate(entry),
        extent=Extent(entry.get("extent", "one")),
        occurrences=_span(entry.get("occurrences")),
        date=when.edtf,
        earliest=when.earliest,
        latest=when.latest,
        time_sense=TimeSense(entry.get("time_sense", "within")),
        reported=parse_when(entry.get("reported")).edtf,
        duration=entry.get("duration"),
        place=entry.get("place"),
        participants=tuple(
            ParticipationDraft(name=named["name"], role=role, as_spelled=named.get("spelled"))
            for role in _ROLES
            for named in (_worded(given, "name") for given in entry.get(role, ()))
        ),
        targets=tuple(TargetDraft(**_worded(target, "type")) for target in entry.get("targets", ())),
        aircraft=tuple(
            EquipmentDraft(type=use["type"], count=_span(use.get("count")), role=use.get("role"))
            for use in entry.get("aircraft", ())
        ),
        transfer=_transfer(entry),
        harm=tuple(
            HarmDraft(
                group=harm["group"],
                killed=_span(harm.get("killed")),
                injured=_span(harm.get("injured")),
                displaced=_span(harm.get("displaced")),
                claimant=entry.get("claimant"),
                source_key=harm["source"],
            )
            for harm in entry.get("harm", ())
        ),
        citations=_citations(entry, sources),
        references=(ReferenceDraft(dataset=dataset.key, id=entry["id"], digest=digest_of(entry)),),
        same_as=tuple(entry.get("same_as", ())),
    )


def _locate(entry: _Entry) -> Location:
    return locate(entry.get("place"), within=tuple(entry.get("within", ())), where=Precision(entry["where"]))


def _transfer(entry: _Entry) -> TransferDraft | None:
    if entry["kind"] != "arms_transfer":
        return None
    value = _span(entry.get("value_usd"))
    return TransferDraft(
        stage=entry.get("stage"),
        value=value,
        currency="USD" if value.is_known else None,
        goods=tuple(
            GoodsDraft(types=tuple(goods.get("types", ())), what=goods.get("what"), count=_span(goods.get("count")))
            for goods in entry.get("goods", ())
        ),
        claimant=entry.get("claimant"),
    )


def _citations(entry: _Entry, sources: Mapping[str, SourceDraft]) -> tuple[CitationDraft, ...]:
    """Cite each source for the whole, then for each field on which the sources differ, and for a spelling."""
    cited = [CitationDraft(source=sources[key], claimant=entry.get("claimant")) for key in entry["sources"]]
    for says in entry.get("says", ()):
        cited += [
            CitationDraft(source=sources[key], field=says["field"], value=value)
            for key, value in says.items()
            if key != "field"
        ]
    if "spelled" in entry:
        cited.append(CitationDraft(source=sources[entry["sources"][0]], field="place", quote=entry["spelled"]))
    return tuple(cited)


def _span(given: int | _Entry | None) -> Span:
    """Read one number as both bounds, and a mapping's missing bound as not known."""
    if given is None:
        return Span()
    if isinstance(given, int):
        return Span(given, given)
    return Span(given.get("min"), given.get("max"), approximate=bool(given.get("approximate", False)))


def _worded(given: str | _Entry, name: str) -> _Entry:
    return {name: given} if isinstance(given, str) else given
