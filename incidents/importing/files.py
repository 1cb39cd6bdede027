"""A file from disk to a batch in the ledger: checked as a whole first, then recorded as a whole or not at all.

It commits nothing: who opened the session does, once, at the end.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.database import is_demonstration
from incidents.drafts import DatasetDraft, IncidentDraft
from incidents.importing.errors import RowsRefused, UnknownFormat, UnreadableFile
from incidents.importing.findings import Finding, Findings, Place
from incidents.importing.formats import Format
from incidents.importing.tables import Table
from incidents.importing.ucdp import UCDPFormat, version_in
from incidents.models import ExternalReference, ImportBatch, Person
from incidents.recording import record_many
from incidents.taxonomy import Taxonomy, load_taxonomy

FORMATS: Mapping[str, Callable[[str | None, Taxonomy], Format]] = {"ucdp": UCDPFormat}

Progress = Callable[[int, int], None]
"""Called now and then with the number of rows done so far, and of all rows."""

_STEP = 200


@dataclass(frozen=True)
class CheckedFile:
    """A file without an error. ids: the digest and the row number of each id in it. findings: warnings alone."""

    filename: str
    sha256: str
    table: Table
    format: Format
    taxonomy: Taxonomy
    ids: Mapping[str, tuple[str | None, int]]
    findings: tuple[Finding, ...]

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return len(self.ids)

    @property
    def dataset(self) -> DatasetDraft:
        """Give the dataset that its rows belong to."""
        return self.format.dataset()

    def drafts(self) -> Iterator[IncidentDraft]:
        """Read its rows once more; they were found to be without an error."""
        findings = Findings()
        for row in self.table.rows(findings):
            draft = self.format.draft(row, findings)
            assert draft is not None  # noqa: S101 - the same bytes were read by the same rules before
            yield draft


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
) -> CheckedFile:
    """Read a whole file by a format's rules; the ledger is not needed for it.

    taxonomy: what its kinds are called, and what its drafts are checked by; by default the shipped one.
    version: the dataset's version; by default what the file's name says. Raises UnknownFormat, UnreadableFile, and
    RowsRefused with the findings of all rows when any of them has an error.
    """
    if format_key not in FORMATS:
        msg = f"{format_key!r} is no format that can be imported; known are {', '.join(FORMATS)}"
        raise UnknownFormat(msg)
    try:
        data = path.read_bytes()
    except OSError as error:
        msg = f"{path.name}: cannot be read: {error.strerror}"
        raise UnreadableFile(msg) from None
    version = version or version_in(path.name)
    taxonomy = taxonomy or load_taxonomy()
    reader = FORMATS[format_key](version, taxonomy)
    findings = Findings()
    try:
        table = Table(data, reader.needed)
        ids = _check_rows(table, reader, findings, progress)
    except UnreadableFile as error:
        msg = f"{path.name}: {error}"
        raise UnreadableFile(msg) from None
    if version is None:
        findings.warning(
            Place(), None, path.name, "the dataset's version is not known", "say it with --dataset-version"
        )
    if findings.errors:
        msg = f"{path.name}: {findings.errors} errors in its rows; nothing was imported"
        raise RowsRefused(msg, findings.all())
    return CheckedFile(path.name, hashlib.sha256(data).hexdigest(), table, reader, taxonomy, ids, findings.all())


def _check_rows(
    table: Table, reader: Format, findings: Findings, progress: Progress | None
) -> dict[str, tuple[str | None, int]]:
    for column in table.columns:
        if column not in reader.known:
            findings.warning(Place(1), column, None, "is no column that this format knows", "it was not read")
    ids: dict[str, tuple[str | None, int]] = {}
    total = table.count_rows() if progress else 0
    for count, row in enumerate(table.rows(findings), start=1):
        draft = reader.draft(row, findings)
        if draft is not None:
            (reference,) = draft.references
            if reference.id in ids:
                findings.error(
                    Place(row.number, reference.id),
                    "id",
                    reference.id,
                    f"stands in row {ids[reference.id][1]} already",
                    "leave one of the two",
                )
            else:
                ids[reference.id] = (reference.digest, row.number)
        if progress and (count % _STEP == 0 or count == total):
            progress(count, total)
    return ids


def foresee(session: Session, file: CheckedFile) -> Imported:
    """Say what recording the file would do, and write nothing."""
    return _summary(file, _known_ids(session, file))


def record_file(session: Session, file: CheckedFile, *, by: Person, progress: Progress | None = None) -> Imported:
    """Record a checked file as one batch whose author is `by`, waiting for somebody else's approval.

    A file that brings nothing new makes no batch. What the ledger knows already is left as it is.
    """
    known = _known_ids(session, file)
    foreseen = _summary(file, known)
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


def _known_ids(session: Session, file: CheckedFile) -> dict[str, str | None]:
    """Give the digests of the ids that the ledger has of the dataset, if the file has them too."""
    query = select(ExternalReference.external_id, ExternalReference.digest).where(
        ExternalReference.dataset == file.dataset.key
    )
    return {key: digest for key, digest in session.execute(query) if key in file.ids}


def _summary(file: CheckedFile, known: Mapping[str, str | None]) -> Imported:
    differing = {key for key, digest in known.items() if digest != file.ids[key][0]}
    findings = Findings()
    for key in differing:
        findings.warning(
            Place(file.ids[key][1], key), None, None, "differs from what the ledger has of it", "left as it is"
        )
    every = sorted((*file.findings, *findings.all()), key=lambda finding: finding.row or 0)
    return Imported(
        rows=file.rows,
        new=file.rows - len(known),
        known=len(known) - len(differing),
        differing=len(differing),
        findings=tuple(every),
    )
