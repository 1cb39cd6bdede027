"""Recording: what somebody says about incidents goes into the ledger, one at a time or in bulk, and may be corrected.

Nothing here approves, but in a demonstration ledger, and nothing here commits.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from incidents import clock, history
from incidents.bulk import insert_rows, take_keys
from incidents.checking import check_draft
from incidents.database import is_demonstration
from incidents.drafts import DatasetDraft, IncidentDraft, to_payload, write_draft
from incidents.errors import BadDraft, DuplicateReference
from incidents.models import Dataset, ExternalReference, ImportBatch, Incident, Person, TaxonomyKey
from incidents.rows import incident_columns, take_parts_away, write_parts
from incidents.taxonomy import Taxonomy, load_taxonomy

_BLOCK = 1_000
_VOCABULARIES = ("kinds", "roles", "targets", "equipment", "stages", "harm_groups")


def record(
    session: Session,
    draft: IncidentDraft,
    *,
    by: Person,
    dataset: DatasetDraft | None = None,
    taxonomy: Taxonomy | None = None,
) -> Incident:
    """Record one incident; it waits for approval, but in a demonstration ledger.

    Raises BadDraft, BadDate, and DuplicateReference when another incident has one of its references.
    """
    taxonomy = taxonomy or load_taxonomy()
    check_draft(draft, taxonomy)
    taken = _known_references(session, [draft])
    if taken:
        (dataset_key, key), _ = taken.popitem()
        msg = f"the ledger already has {dataset_key}:{key}"
        raise DuplicateReference(msg)
    with history.act(session, by) as link:
        learn_keys(session, taxonomy)
        row = _dataset_row(session, dataset) if dataset else None
        about = _Bulk(row, None, is_demonstration(session), link)
        (incident,) = _write(session, [draft], about)
    return session.get_one(Incident, incident)


def record_many(  # noqa: PLR0913 - what a batch says of its file
    session: Session,
    drafts: Iterable[IncidentDraft],
    *,
    by: Person,
    dataset: DatasetDraft,
    file_hash: str,
    filename: str,
    progress: Callable[[int], None] | None = None,
    taxonomy: Taxonomy | None = None,
    mapping: Mapping[str, Any] | None = None,
) -> ImportBatch:
    """Record the rows of a file, all of them or, when anything is raised, none.

    A row whose reference in this dataset is known is left as it is: counted as unchanged when the digests are
    equal, else named in the batch's `differing`. The history gets one link for all. progress: called with the number
    of rows that are done. mapping: what the file was read by, as plain JSON values. Where nothing was new, nothing is
    written and the batch has no number.
    Raises what `record` raises.
    """
    taxonomy = taxonomy or load_taxonomy()
    row = _dataset_row(session, dataset)
    batch = ImportBatch(
        dataset_id=row.id,
        filename=filename,
        file_hash=file_hash,
        person_id=by.id,
        imported_at=clock.now(),
        recorded=0,
        unchanged=0,
        mapping=dict(mapping) if mapping is not None else None,
        differing=[],
    )
    differing: list[str] = []
    given, done = iter(drafts), 0
    with history.act(session, by) as link:
        learn_keys(session, taxonomy)
        demonstration = is_demonstration(session)
        while block := list(islice(given, _BLOCK)):
            for draft in block:
                check_draft(draft, taxonomy)
            new = list(_unknown(session, block, dataset.key, batch, differing))
            if new:
                session.add(batch)
                session.flush()  # The incidents name their batch by its key.
                _write(session, new, _Bulk(row, batch.id, demonstration, link))
            batch.recorded += len(new)
            done += len(block)
            if progress is not None:
                progress(done)
    batch.differing = differing
    return batch


def correct(
    session: Session, incident: Incident, draft: IncidentDraft, *, by: Person, taxonomy: Taxonomy | None = None
) -> None:
    """Say an incident otherwise. What is approved stays public until somebody approves the correction.

    Raises BadDraft, BadDate, and DuplicateReference when another incident has one of its references.
    """
    taxonomy = taxonomy or load_taxonomy()
    check_draft(draft, taxonomy)
    for (dataset_key, key), (owner, _) in _known_references(session, [draft]).items():
        if owner != incident.id:
            msg = f"another incident has {dataset_key}:{key}"
            raise DuplicateReference(msg)
    dataset = session.get_one(Dataset, incident.dataset_id) if incident.dataset_id else None
    with history.act(session, by) as link:
        learn_keys(session, taxonomy)
        number = incident.last_number + 1
        for name, value in incident_columns(draft).items():
            setattr(incident, name, value)
        incident.revision = incident.last_number = number
        incident.status = "submitted"
        take_parts_away(session, incident.id)
        write_parts(session, [(incident.id, number, draft)], dataset.key if dataset else "")
        said = [history.Entry(incident.id, incident.public_id, number, "correct", write_draft(draft))]
        if is_demonstration(session):
            incident.last_number = number + 1
            incident.status, incident.approved_revision = "approved", number
            said.append(_self_approval(incident.id, incident.public_id, number))
        link.add(said)
    session.flush()  # Whoever asks the ledger next finds the correction.


def learn_keys(session: Session, taxonomy: Taxonomy) -> None:
    """Let the ledger know the keys of a taxonomy; it refuses all others."""
    known = {(name, key) for name, key in session.execute(select(TaxonomyKey.vocabulary, TaxonomyKey.key))}
    own = {(name, key) for name in _VOCABULARIES for key in getattr(taxonomy, name)}
    if new := sorted(own - known):
        session.execute(insert(TaxonomyKey), [{"vocabulary": name, "key": key} for name, key in new])


@dataclass(frozen=True, slots=True)
class _Bulk:
    """What all rows of one act share."""

    dataset: Dataset | None
    batch: int | None
    demonstration: bool
    link: history.LinkWriter


def _write(session: Session, drafts: Sequence[IncidentDraft], about: _Bulk) -> list[int]:
    """Write new incidents with all that belongs to them and their first revisions; gives their keys."""
    first = {"revision": 1, "withdrawn": False, "first_recorded_at": about.link.at}
    first |= {"dataset_id": about.dataset.id if about.dataset else None, "import_batch_id": about.batch}
    if about.demonstration:
        first |= {"status": "approved", "approved_revision": 1, "last_number": 2}
    else:
        first |= {"status": "submitted", "approved_revision": None, "last_number": 1}
    ids = [secrets.token_hex(16) for _ in drafts]
    table = cast("Table", Incident.__table__)
    said = list(zip(take_keys(session, table, len(ids)), ids, drafts, strict=True))
    insert_rows(
        session, table, [{"id": key, "public_id": id_, **incident_columns(draft), **first} for key, id_, draft in said]
    )
    scope = about.dataset.key if about.dataset else ""
    write_parts(session, [(key, 1, draft) for key, _, draft in said], scope)
    about.link.add([history.Entry(key, id_, 1, "record", write_draft(draft)) for key, id_, draft in said])
    if about.demonstration:
        about.link.add([_self_approval(key, id_, 1) for key, id_, _ in said])
    return [key for key, _, _ in said]


def _self_approval(incident: int, public_id: str, number: int) -> history.Entry:
    return history.Entry(incident, public_id, number + 1, "demonstration", approves=number)


def _unknown(
    session: Session, drafts: Sequence[IncidentDraft], dataset: str, batch: ImportBatch, differing: list[str]
) -> Iterator[IncidentDraft]:
    """Give the drafts that are new, and count the others."""
    known = _known_references(session, drafts)
    for draft in drafts:
        own = [reference for reference in draft.references if reference.dataset == dataset]
        there = next((reference for reference in own if (dataset, reference.id) in known), None)
        if there is not None:
            if known[dataset, there.id][1] == there.digest:
                batch.unchanged += 1
            else:
                differing.append(there.text)
            continue
        for reference in draft.references:
            if (reference.dataset, reference.id) in known:
                msg = f"another incident has {reference.text}"
                raise DuplicateReference(msg)
            known[reference.dataset, reference.id] = (0, reference.digest)
        yield draft


def _known_references(
    session: Session, drafts: Iterable[IncidentDraft]
) -> dict[tuple[str, str], tuple[int, str | None]]:
    """Find which references of these drafts the ledger has: incident key and row digest by (dataset, id)."""
    wanted: dict[str, list[str]] = {}
    for draft in drafts:
        for reference in draft.references:
            wanted.setdefault(reference.dataset, []).append(reference.id)
    found: dict[tuple[str, str], tuple[int, str | None]] = {}
    for dataset, keys in wanted.items():
        query = select(ExternalReference).where(
            ExternalReference.dataset == dataset, ExternalReference.external_id.in_(keys)
        )
        for row in session.scalars(query):
            found[dataset, row.external_id] = (row.incident_id, row.digest)
    return found


def _dataset_row(session: Session, draft: DatasetDraft) -> Dataset:
    """Find or write a dataset. Raises BadDraft when it is known with other terms or another licence."""
    version = draft.version or ""
    row = session.scalars(select(Dataset).where(Dataset.key == draft.key, Dataset.version == version)).first()
    if row is None:
        row = Dataset(**{**to_payload(draft), "version": version})
        session.add(row)
        session.flush()  # The incidents name it by its key.
    elif (row.terms, row.licence) != (draft.terms, draft.licence):
        msg = f"the dataset {draft.key} {version} is known with other terms or another licence"
        raise BadDraft(msg)
    return row
