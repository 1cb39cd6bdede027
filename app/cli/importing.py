"""`bearing import`: reads a file of others into the ledger, all of it or nothing.

What the cells mean is not its business.
"""

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app.cli.ledger_access import by_option, find_person, reading, writing
from app.cli.targets import check_folder
from app.settings import Settings
from incidents.drafts import TERMS
from incidents.importing.errors import RowsRefused, UnreadableFile
from incidents.importing.files import (
    FORMATS,
    CheckedFile,
    Imported,
    Progress,
    check_file,
    foresee,
    record_file,
    settle_terms,
)
from incidents.importing.findings import Finding, Severity, count_rules, write_report
from incidents.taxonomy import load_taxonomy

_MOST_SHOWN = 10
_TERMS_SAID = {
    "aggregate only": "Its terms: aggregate only. Its records are counted in public, and shown nowhere.",
    "internal": "Its terms: internal. Nothing of it is published.",
}


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "format_key", type=click.Choice(list(FORMATS)), required=True, help="Format of the file.")
@click.option("--dataset-version", metavar="VERSION", help="Version of the dataset, where the file's name has none.")
@click.option(
    "--terms",
    type=click.Choice(TERMS),
    help="What its maker allows: each record in public, counts alone, or neither. By default as with its last version.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing to the ledger.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    callback=check_folder,
    help="Write every error and warning to this CSV file.",
)
@by_option
def import_(
    file: Path,
    format_key: str,
    dataset_version: str | None,
    terms: str | None,
    dry_run: bool,
    report: Path | None,
    by: str | None,
) -> None:
    """Read the incidents in FILE into the ledger: all of them, or none when any row has an error.

    Rows that the ledger has already are left as they are. What is new waits for somebody else's approval.
    """
    if report is not None and report.resolve() == file.resolve():
        msg = "the report would replace the file itself"
        raise click.UsageError(msg)
    if not dry_run and not by:
        msg = "say who does this: --by PERSON, or set BEARING_PERSON"
        raise click.UsageError(msg)
    settings = Settings.from_env()
    if by:
        # A misspelt name shows before the file is read that it would stop.
        with reading(settings) as session:
            find_person(session, by)
    try:
        checked = _check(settings, file, format_key, dataset_version)
    except RowsRefused as refused:
        _save_report(report, refused.findings)
        _tell_refusal(refused.findings, report)
        raise
    except UnreadableFile as fault:
        _save_report(report, [fault.finding])
        raise
    checked, done = _foresee(settings, checked, terms) if dry_run else _record(settings, checked, terms, by)
    _save_report(report, done.findings)
    _tell(checked, done, report, dry_run=dry_run)


def _check(settings: Settings, file: Path, format_key: str, version: str | None) -> CheckedFile:
    # Where the ledger has room for the rows they have room to wait.
    scratch = settings.data_dir if settings.data_dir.is_dir() else None
    taxonomy = load_taxonomy(settings.taxonomy_dir)
    with _progress("Checking") as progress:
        return check_file(
            file, format_key=format_key, version=version, progress=progress, taxonomy=taxonomy, scratch=scratch
        )


def _foresee(settings: Settings, checked: CheckedFile, terms: str | None) -> tuple[CheckedFile, Imported]:
    with reading(settings) as session:
        settled = settle_terms(session, checked, terms)
        return settled, foresee(session, settled)


def _record(
    settings: Settings, checked: CheckedFile, terms: str | None, by: str | None
) -> tuple[CheckedFile, Imported]:
    with writing(settings) as session, _progress("Recording") as progress:
        settled = settle_terms(session, checked, terms)
        return settled, record_file(session, settled, by=find_person(session, by), progress=progress)


@contextmanager
def _progress(label: str) -> Iterator[Progress]:
    """Show a bar on stderr, or its label alone where that is no terminal."""
    with click.progressbar(length=1, label=label, show_pos=True, file=sys.stderr) as bar:
        shown = 0

        def show(done: int, total: int) -> None:
            nonlocal shown
            bar.length = total
            bar.update(done - shown)
            shown = done

        yield show


def _save_report(path: Path | None, findings: Iterable[Finding]) -> None:
    """Write the report beside its place and move it there, so that a reader never finds half of one."""
    if path is None:
        return
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        write_report(file, findings)
    Path(file.name).chmod(0o666 & ~_umask())
    Path(file.name).replace(path)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _tell_refusal(findings: tuple[Finding, ...], report: Path | None) -> None:
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    for finding in errors[:_MOST_SHOWN]:
        where = " ".join(filter(None, (f"row {finding.row}" if finding.row else None, finding.column)))
        click.echo(f"{where}: {finding.rule}; {finding.action}", err=True)
    if len(errors) > _MOST_SHOWN:
        rest = f"and {len(errors) - _MOST_SHOWN:,} more"
        click.echo(f"{rest}: see {report}" if report else f"{rest}: --report FILE writes all of them", err=True)


def _tell(checked: CheckedFile, done: Imported, report: Path | None, *, dry_run: bool) -> None:
    dataset = checked.dataset
    title = f"{dataset.title}, version {dataset.version}" if dataset.version else dataset.title
    click.echo(f"{checked.filename}: {done.rows:,} rows of {title}")
    if dataset.terms != "public":
        click.echo(_TERMS_SAID[dataset.terms])
    click.echo(f"{done.new:>9,} {'would be new' if dry_run else 'new'}")
    click.echo(f"{done.known:>9,} already known")
    if done.differing:
        click.echo(f"{done.differing:>9,} already known with other content: left as they are")
    click.echo(f"{len(done.findings):>9,} warnings{f', in {report}' if report and done.findings else ''}")
    for _, rule, count in count_rules(done.findings):
        click.echo(f"{count:>13,} {rule}")
    if dry_run:
        click.echo("Nothing was written to the ledger.")
    elif done.batch is None:
        click.echo("Nothing was new; the ledger is as it was.")
    elif done.approved:
        click.echo(f"Batch {done.batch} is recorded, and approved by the demonstration ledger itself: bearing publish")
    else:
        click.echo(
            f"Batch {done.batch} is recorded. Somebody else approves it: bearing review approve --batch {done.batch}"
        )
