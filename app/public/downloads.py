"""Downloads: the incidents in every format, with the same filters, in a stream. It makes none of them."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress

from flask import Blueprint, Response, render_template

from app.caching import answer, answer_file, answer_spooled, answer_stream, asks_for_parts, is_held
from app.offering import describe_offer, tell_size
from app.packing import pack_apart
from app.params import parse_flag
from app.reading import Asked, asked, asked_to_hold, given_pairs
from app.site import MOST_SPOOLED_BYTES, site
from app.spooling import TooLarge, spool
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
        response = _give(question, wanted, options, stack.close)
    except BaseException:
        stack.close()
        raise
    about = f"{site().settings.public_url}/data?edition={question.edition.number}"
    response.headers["Link"] = f'<{about}#licences>; rel="license", <{about}>; rel="cite-as"'
    return response


def _give(question: Asked, wanted: Format, options: dict[str, bool], close: Callable[[], None]) -> Response:
    """Send the edition's own file, a part of one that is not large, or what is made while it is sent."""
    address, filename = site().settings.public_url, name_file(question, wanted.suffix)
    own = question.edition.whole_parquet(question.filter, address) if wanted.suffix == "parquet" else None
    parts = asks_for_parts(dense=wanted.dense)
    etag = question.etag(repr(options), dense=wanted.dense or parts)
    if own:
        return answer_file(etag, wanted.type, own, close, filename=filename)

    def make() -> Iterator[bytes]:
        return _make(question, wanted, address, options)

    if parts and not is_held(etag) and tell_size(question, wanted).bytes <= MOST_SPOOLED_BYTES:
        # Where it is larger than was told, or there is no room for it, it has no parts.
        with suppress(TooLarge, OSError):
            file = site().spooled.get_or_make(etag, lambda: spool(make(), MOST_SPOOLED_BYTES))
            return answer_spooled(etag, wanted.type, file, close, filename=filename)
    etag = question.etag(repr(options), dense=wanted.dense)
    return answer_stream(etag, wanted.type, make, close, filename=filename, dense=wanted.dense)


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
