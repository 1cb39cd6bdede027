"""The page of the data as a whole: what it is, how to cite it, what each edition changed, and where to get all of it.

It shows what manifests say and what an edition's rows say of themselves; it compares no editions.
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, render_template
from markupsafe import Markup

from app.caching import answer
from app.citing import Citation, Distribution, dump_in_script
from app.page_frame import describe_amendment
from app.params import parse_one_of, parse_page
from app.reading import Asked, asked, given_pairs
from app.site import site
from incidents.drafts import TimeSense
from incidents.editions.changes import CHANGES, count_changes, list_changes
from incidents.editions.compact import dump_json
from incidents.editions.errors import EditionDamaged
from incidents.editions.manifest import Earlier, Manifest, read_manifest
from incidents.errors import BadFilter
from incidents.exporting.formats import FORMATS
from incidents.when import describe_when

editions = Blueprint("editions", __name__)

_HTML = "text/html"
_MOST_A_PAGE = 100
_EACH_RECORD = (
    "A record says what is reported to have happened, where and when, as closely as its sources do and no closer, and "
    "according to whom; figures of harm are ranges. A pattern stands for an unknown number of incidents."
)
_AREAS = ("Areas", "application/geo+json", "/regions.geojson", "The areas that records are known only to, as GeoJSON.")


@editions.get("/data")
def show_data() -> Response:
    """Show what the data is, and all that is needed to cite it, check it and take it along."""
    with asked(filtered=False) as question:

        def make() -> str:
            edition = question.edition
            manifest, citation = edition.manifest, _citation(question)
            files = list(_list_files(question))
            described = citation.to_schema_org(_describe(manifest), files)
            return render_template(
                "data.html",
                manifest=manifest,
                changes=count_changes(edition),
                citation=citation,
                editions=list(_list_editions(question)),
                downloads=files,
                described=Markup(dump_in_script(described)),  # noqa: S704 - what could end the element is escaped
                taxonomy=edition.taxonomy,
                pairs=question.to_pairs(),
                period=_period(manifest),
                own_file=_own_file(question),
            )

        # What was taken back from an older edition, or pruned, is said here too.
        return answer(question.etag(*site().editions.names()), _HTML, make)


@editions.get("/data/changes")
def show_changes() -> Response:
    """Show, page by page, which incidents an edition added or changed."""
    with asked(beside=("what", "page", "limit"), filtered=False) as question:
        what = parse_one_of(given_pairs(), "what", CHANGES, CHANGES[0])
        page, limit = parse_page(given_pairs(), usual=50, most=_MOST_A_PAGE)

        def make() -> str:
            edition = question.edition
            counts = count_changes(edition)
            last = max(1, -(-counts[what] // limit))
            if page > last:
                raise BadFilter("page", f"the last page is {last}")
            kept = _kept()
            before = max((one.number for one in edition.manifest.earlier), default=None)
            return render_template(
                "changes.html",
                what=what,
                counts=counts,
                rows=list_changes(edition, what, limit, (page - 1) * limit),
                before=before if before in kept else None,
                page=page,
                pages=last,
                limit=limit,
                pairs=question.to_pairs(),
            )

        return answer(question.etag(what, str(page), str(limit), *site().editions.names()), _HTML, make)


@editions.get("/data/citation.txt", defaults={"format_": "txt"})
@editions.get("/data/citation.bib", defaults={"format_": "bib"})
@editions.get("/data/citation.json", defaults={"format_": "json"})
def give_citation(format_: str) -> Response:
    """Give how to cite the edition: as a sentence, BibTeX or CSL-JSON."""
    with asked(filtered=False) as question:
        citation = _citation(question)
        type_, make = {
            "txt": ("text/plain", lambda: citation.to_text() + "\n"),
            "bib": ("application/x-bibtex", citation.to_bibtex),
            "json": ("application/vnd.citationstyles.csl+json", citation.to_csl),
        }[format_]
        response = answer(question.etag(), type_, make)
        response.headers["Content-Disposition"] = f'inline; filename="{citation.key}.{format_}"'
        return response


@editions.get("/data/manifest.json")
def give_manifest() -> Response:
    """Give the edition's manifest: its counts, licences and amendments, and the SHA-256 of each of its files."""
    with asked(filtered=False) as question:
        manifest = question.edition.manifest
        return answer(question.etag(), "application/json", lambda: dump_json(asdict(manifest)))


def _citation(question: Asked) -> Citation:
    settings = site().settings
    # By the number, which outlives every amendment.
    permalink = f"{settings.public_url}/data?edition={question.edition.number}"
    return Citation(question.edition.manifest, settings.site_title, settings.public_url, permalink)


def _list_files(question: Asked) -> Iterator[Distribution]:
    """Give the files that hold the whole edition."""
    files = [(one.name, one.type, f"/incidents.{one.suffix}", one.says) for one in FORMATS.values()]
    for name, type_, path, says in (*files, _AREAS):
        path_and_query = f"{path}?edition={question.edition.number}"
        yield Distribution(name, type_, path_and_query, site().settings.public_url + path_and_query, says)


def _own_file(question: Asked) -> str | None:
    """Give the SHA-256 of the file of all rows, in hex, where it is the edition's own that is given."""
    own = question.edition.whole_parquet(question.filter, site().settings.public_url)
    return question.edition.manifest.files[own.name]["sha256"] if own else None


def _kept() -> dict[int, Manifest]:
    """Give the manifests of all editions that can be read, by number."""
    found = {}
    for name in site().editions.names():
        try:
            manifest = read_manifest(site().editions.root / name)
        except EditionDamaged:
            continue
        found[manifest.number] = manifest
    return found


def _list_editions(question: Asked) -> Iterator[dict[str, Any]]:
    """Describe the edition and all before it, the newest first, those that are not kept any more as well."""
    own, kept = question.edition.manifest, _kept()
    known: dict[int, Manifest | Earlier] = {one.number: one for one in own.earlier}
    known |= {number: manifest for number, manifest in kept.items() if number < own.number}
    known[own.number] = own
    for number, said in sorted(known.items(), reverse=True):
        whole = said if isinstance(said, Manifest) else None
        yield {
            "number": number,
            "name": whole.edition if whole else str(number),
            "published": describe_when(said.published_at[:10], TimeSense.WITHIN),
            "at": said.published_at,
            "note": said.note,
            "rows": said.rows,
            "added": said.added,
            "changed": said.changed,
            "removed": said.removed,
            "removed_for": said.removed_for,
            "amendments": [describe_amendment(item) for item in whole.amendments] if whole else [],
            "head": whole.history_head if whole else None,
            "length": whole.history_length if whole else None,
            "kept": whole is not None,
            "first": number == min(known),
        }


def _describe(manifest: Manifest) -> str:
    """Say in a few sentences what the edition holds, for catalogues."""
    settings = site().settings
    counted = f"{manifest.incidents:,} incidents and {manifest.patterns:,} patterns, in {manifest.rows:,} records"
    said = [f"Edition {manifest.edition} of {settings.site_title}: {counted}.", _EACH_RECORD]
    if period := _period(manifest):
        said.append(f"They are dated {period}.")
    if manifest.aggregate_only:
        said.append(f"{manifest.aggregate_only:,} further records may be counted only.")
    if manifest.demonstration:
        said.append("This is a demonstration: the records were approved by nobody.")
    else:
        said.append("Each record was written by one person and approved by another.")
    return " ".join(said)


def _period(manifest: Manifest) -> str:
    """Give the years from the earliest to the latest known day, as bounds of dates are no dates that anybody gave."""
    return " to ".join(dict.fromkeys(day[:4] for day in (manifest.first, manifest.last) if day))
