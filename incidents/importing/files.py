"""A file from disk to a batch in the ledger: checked as a whole first, then recorded as a whole or not at all.

It commits nothing: who opened the session does, once, at the end.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.database import is_demonstration
from incidents.drafts import DatasetDraft, IncidentDraft
from incidents.errors import BadDraft
from incidents.importing.checked import CheckedRows
from incidents.importing.errors import RowsRefused, UnknownFormat, UnreadableFile
from incidents.importing.findings import Finding, Findings, Place
from incidents.importing.formats import Format
from incidents.importing.tables import Table
from incidents.importing.ucdp import UCDPFormat, version_in
from incidents.models import Dataset, ExternalReference, ImportBatch, Person
from incidents.recording import record_many
from incidents.taxonomy import Taxonomy, load_taxonomy

FORMATS: Mapping[str, Callable[[str | None, Taxonomy], Format]] = {"ucdp": UCDPFormat}

Progress = Callable[[int, int], None]
"""Called now and then with the number of rows done so far, and of all rows."""

_STEP = 200
_BLOCK = 1_000


@dataclass(frozen=True)
class CheckedFile:
    """A file without an error. findings: warnings alone. mapping: the format, its columns that the file has, others."""

    filename: str
    sha256: str
    dataset: DatasetDraft
    taxonomy: Taxonomy
    checked: CheckedRows
    findings: tuple[Finding, ...]
    mapping: Mapping[str, Any]

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return len(self.checked)

    def drafts(self) -> Iterator[IncidentDraft]:
        """Give what its rows say."""
        return self.checked.drafts()


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do. batch: its number, None when nothing was written.

    new: rows that became incidents. known: rows that the ledger had already, just so. differing: rows that it had
    with other content, which were left as they are. findings: all warnings. approved: whether the ledger is a
    demonstration that approved the batch by itself.
    """

    rows: int
    new: int
    known: int
    differing: int
    findings: tuple[Finding, ...]
    batch: int | None = None
    approved: bool = False


def check_file(
    path: Path,
    *,
    format_key: str,
    version: str | None = None,
    progress: Progress | None = None,
    taxonomy: Taxonomy | None = None,
    scratch: Path | None = None,
) -> CheckedFile:
    """Read a whole file by a format's rules; the ledger is not needed for it. Memory holds ids and findings alone.

    taxonomy: what its kinds are called, and what its drafts are checked by; by default the shipped one.
    version: the dataset's version; by default what the file's name says. scratch: the folder on whose disk the rows
    wait to be recorded. Raises UnknownFormat, UnreadableFile, and RowsRefused with the findings of all rows when any
    of them has an error.
    """
    if format_key not in FORMATS:
        msg = f"{format_key!r} is no format that can be imported; known are {', '.join(FORMATS)}"
        raise UnknownFormat(msg)
    version = version or version_in(path.name)
    taxonomy = taxonomy or load_taxonomy()
    reader = FORMATS[format_key](version, taxonomy)
    findings = Findings()
    checked = CheckedRows(scratch)
    try:
        with path.open("rb") as file:
            table = Table(file, reader.needed)
            _check_rows(table, reader, findings, checked, progress)
    except UnreadableFile as error:
        raise error.of(path.name) from None
    except OSError as error:
        rule = f"cannot be read: {error.strerror}"
        raise UnreadableFile(rule, "look at its path and permissions", filename=path.name) from None
    if version is None:
        findings.warning(
            Place(), None, path.name, "the dataset's version is not known", "say it with --dataset-version"
        )
    if findings.errors:
        msg = f"{path.name}: {findings.errors} errors in its rows; nothing was imported"
        raise RowsRefused(msg, findings.all())
    mapping = {
        "format": format_key,
        "columns": [column for column in table.columns if column in reader.known],
        "not_read": [column for column in table.columns if column not in reader.known],
    }
    return CheckedFile(path.name, table.sha256, reader.dataset(), taxonomy, checked, findings.all(), mapping)


def _check_rows(
    table: Table, reader: Format, findings: Findings, checked: CheckedRows, progress: Progress | None
) -> None:
    for column in table.columns:
        if column not in reader.known:
            findings.warning(Place(1), column, None, "is no column that this format knows", "it was not read")
    total = table.count_rows() if progress else 0
    for count, row in enumerate(table.rows(findings), start=1):
        draft = reader.draft(row, findings)
        if draft is not None:
            (reference,) = draft.references
            if reference.id in checked:
                findings.error(
                    Place(row.number, reference.id),
                    "id",
                    reference.id,
                    f"stands in row {checked.number(reference.id)} already",
                    "leave one of the two",
                )
            else:
                checked.add(reference.id, row.number, draft)
        if progress and (count % _STEP == 0 or count == total):
            progress(count, total)
    checked.close()


def settle_terms(session: Session, file: CheckedFile, wanted: str | None = None) -> CheckedFile:
    """Give the file with the terms that its dataset's maker agreed to.

    wanted: one of `TERMS`; where nothing is said, those of the dataset's version that the ledger had last, so that a
    new version is not let out by forgetting, else the format's own. Raises BadDraft where this version is in the
    ledger on other terms already.
    """
    query = select(Dataset.version, Dataset.terms).where(Dataset.key == file.dataset.key).order_by(Dataset.id)
    known = {row.version: row.terms for row in session.execute(query)}
    version, latest = file.dataset.version or "", next(reversed(known.values()), file.dataset.terms)
    terms = wanted or known.get(version, latest)
    if known.get(version, terms) != terms:
        msg = (
            f"the ledger has the dataset {f'{file.dataset.key} {version}'.strip()} as {known[version]}, and "
            f"importing changes no terms: leave out --terms {terms}, and take back what must not be shown"
        )
        raise BadDraft(msg)
    return replace(file, dataset=replace(file.dataset, terms=terms))


def foresee(session: Session, file: CheckedFile) -> Imported:
    """Say what recording the file would do, and write nothing."""
    known = _known_ids(session, file)
    differing = [key for key, digest in known if digest != file.checked.digest(key)]
    return _summary(file, known=len(known) - len(differing), differing=differing)


def record_file(session: Session, file: CheckedFile, *, by: Person, progress: Progress | None = None) -> Imported:
    """Record a checked file as one batch whose author is `by`, waiting for somebody else's approval.

    A file that brings nothing new makes no batch. What the ledger knows already is left as it is.
    """
    foreseen = foresee(session, file)
    if not foreseen.new:
        return foreseen
    batch: ImportBatch = record_many(
        session,
        file.drafts(),
        by=by,
        dataset=file.dataset,
        file_hash=file.sha256,
        filename=file.filename,
        taxonomy=file.taxonomy,
        mapping=file.mapping,
        progress=None if progress is None else lambda done: progress(done, file.rows),
    )
    # Counted by who held the lock: somebody else may have imported the same file just before.
    return replace(
        foreseen,
        new=batch.recorded,
        known=batch.unchanged,
        differing=len(batch.differing),
        batch=batch.id,
        approved=is_demonstration(session),
    )


def _known_ids(session: Session, file: CheckedFile) -> list[tuple[str, str | None]]:
    """Give the digests of those of the file's ids that the ledger has of the dataset."""
    found: list[tuple[str, str | None]] = []
    ids = iter(file.checked.ids)
    while block := list(islice(ids, _BLOCK)):
        query = select(ExternalReference.external_id, ExternalReference.digest).where(
            ExternalReference.dataset == file.dataset.key, ExternalReference.external_id.in_(block)
        )
        found += [(key, digest) for key, digest in session.execute(query)]
    return found


def _summary(file: CheckedFile, *, known: int, differing: Iterable[str]) -> Imported:
    findings = Findings()
    for key in differing:
        findings.warning(
            Place(file.checked.number(key), key), None, None, "differs from what the ledger has of it", "left as it is"
        )
    told = findings.all()
    every = sorted((*file.findings, *told), key=lambda finding: finding.row or 0)
    return Imported(
        rows=file.rows, new=file.rows - known - len(told), known=known, differing=len(told), findings=tuple(every)
    )
