"""Downloads: the incidents in every format, with the same filters, in a stream. It makes none of them."""

import re
from collections.abc import Iterator

from flask import Blueprint, Response, render_template

from app.caching import answer, answer_file, answer_stream
from app.offering import describe_offer
from app.packing import pack_apart
from app.params import parse_flag
from app.reading import Asked, asked, asked_to_hold, given_pairs
from app.site import site
from incidents.editions.compact import dump_json
from incidents.editions.flat import FLAT_COLUMNS
from incidents.exporting.formats import FORMATS, Format

downloads = Blueprint("downloads", __name__)

_LONGEST_NAME = 80


@downloads.get("/incidents.geojson", defaults={"suffix": "geojson"})
@downloads.get("/incidents.csv", defaults={"suffix": "csv"})
@downloads.get("/incidents.xlsx", defaults={"suffix": "xlsx"})
@downloads.get("/incidents.gpkg", defaults={"suffix": "gpkg"})
@downloads.get("/incidents.kml", defaults={"suffix": "kml"})
@downloads.get("/incidents.parquet", defaults={"suffix": "parquet"})
def give_incidents(suffix: str) -> Response:
    """Give the incidents that the filter selects."""
    wanted = FORMATS[suffix]
    stack, question = asked_to_hold(beside=wanted.options)
    try:
        options = {name: parse_flag(given_pairs(), name) for name in wanted.options}
        address = site().settings.public_url
        etag, filename = question.etag(repr(options), dense=wanted.dense), name_file(question, suffix)
        own = question.edition.whole_parquet(question.filter, address) if suffix == "parquet" else None
        if own:
            response = answer_file(etag, wanted.type, own, stack.close, filename=filename)
        else:
            response = answer_stream(
                etag,
                wanted.type,
                lambda: _make(question, wanted, address, options),
                stack.close,
                filename=filename,
                dense=wanted.dense,
            )
    except BaseException:
        stack.close()
        raise
    about = f"{address}/data?edition={question.edition.number}"
    response.headers["Link"] = f'<{about}#licences>; rel="license", <{about}>; rel="cite-as"'
    return response


@downloads.get("/download")
def show_offer() -> Response:
    """Say what can be downloaded of what the filter selects, and how large it is."""
    with asked() as question:

        def make() -> str:
            names = {region["code"]: region["name"] for region in question.edition.known_regions()}
            return render_template(
                "download.html",
                offer=describe_offer(question),
                pairs=question.to_pairs(),
                taxonomy=question.edition.taxonomy,
                names=names,
                columns=FLAT_COLUMNS,
            )

        return answer(question.etag(), "text/html", make)


@downloads.get("/download.json")
def give_offer() -> Response:
    """Give the same for the dialog."""
    with asked() as question:
        return answer(question.etag(), "application/json", lambda: dump_json(describe_offer(question)))


def _make(question: Asked, wanted: Format, address: str, options: dict[str, bool]) -> Iterator[bytes]:
    """Begin to make a file: in a process of its own, if it must be whole first and the service has such processes."""
    if wanted.built and site().draughtsman:
        return pack_apart(site().editions.root, question.edition, wanted, question.filter, address)
    return wanted.blocks(question.edition, question.filter, address, **options)


def name_file(question: Asked, suffix: str) -> str:
    """Name a file for its edition and filter: "bearing-edition-7-airstrike.csv"."""
    said = [value for name, value in question.filter.to_pairs() if name not in {"q", "bbox", "undated"}]
    more = [name for name, _ in question.filter.to_pairs() if name in {"q", "bbox", "undated"}]
    words = ["bearing-edition", question.edition.name, *said, *more]
    whole = re.sub(r"[^a-z0-9.]+", "-", "-".join(words).lower()).strip("-.")
    return f"{whole[:_LONGEST_NAME].rstrip('-.')}.{suffix}"
