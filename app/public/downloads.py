"""Downloads: the incidents in every format, with the same filters, in a stream. It makes none of them."""

import re
from collections.abc import Iterator

from flask import Blueprint, Response

from app.caching import answer_stream
from app.packing import pack_apart
from app.params import parse_flag
from app.reading import Asked, asked_to_hold, given_pairs
from app.site import site
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
        response = answer_stream(
            question.etag(repr(options)),
            wanted.type,
            lambda: _make(question, wanted, address, options),
            stack.close,
            filename=name_file(question, suffix),
            dense=wanted.dense,
        )
    except BaseException:
        stack.close()
        raise
    about = f"{address}/data?edition={question.edition.number}"
    response.headers["Link"] = f'<{about}#licences>; rel="license", <{about}>; rel="cite-as"'
    return response


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
