"""The features of a collection and one of them, as GeoJSON in a stream or as a page with a map.

It finds none itself: `incidents.editions.items` does.
"""

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from app.api.answers import GEOJSON, HTML, JSON, Link, address, link, own_links, vary
from app.api.collections import find_collection
from app.api.parameters import FEATURE_PARAMETERS, items_parameters
from app.api.questions import (
    PageAsked,
    Token,
    asked_of_edition,
    hold_edition,
    parse_crs,
    parse_page,
    prefers_html,
    with_changes,
)
from app.caching import answer, answer_stream, is_held
from app.drawing import draw_regions_map, draw_rows_map
from app.errors import FeatureNotFound
from app.params import refuse_unknown
from app.reading import Asked, given_pairs
from app.site import site
from app.withdrawals import refuse_missing
from geodata.crs import CRS
from incidents.editions.catalogue import Collection
from incidents.editions.compact import dump_json
from incidents.editions.items import Items, Page, Selection
from incidents.editions.tabulating import Unshown, count_unshown
from incidents.filters import IncidentFilter

features = Blueprint("api_features", __name__)

# As many symbols as a page of the table may have rows.
_MOST_DRAWN = 500
# About a megabyte.
_FEW = 1_000
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


@features.get("/api/collections/<collection_id>/items")
def give_items(collection_id: str) -> Response:
    """Give a page of the collection's features."""
    stack, question = hold_edition()
    try:
        collection = find_collection(question, collection_id)
        refuse_unknown(given_pairs(), items_parameters(collection))
        asked = parse_page(collection, question.edition)
        items = Items(question.edition, collection)
        if prefers_html():
            with stack:
                return _content_crs(_show_items(question, collection, items, asked), asked.crs)
        etag = _etag(question, GEOJSON)
        page = Page((), 0, more=False) if is_held(etag) else _find(items, asked)
        head = _describe_page(question, collection, page)
        blocks = items.write(page.keys, asked.crs, site().settings.public_url)
        # Each answer says when it was made, so that no two need have the same bytes.
        few = len(page.keys) <= _FEW
        response = answer_stream(etag, GEOJSON, lambda: _write(head, blocks), stack.close, weak=True, few=few)
    except BaseException:
        stack.close()
        raise
    return _content_crs(vary(response), asked.crs)


@features.get("/api/collections/<collection_id>/items/<feature_id>")
def give_item(collection_id: str, feature_id: str) -> Response:
    """Give one feature."""
    with asked_of_edition(FEATURE_PARAMETERS) as question:
        collection = find_collection(question, collection_id)
        crs = parse_crs("crs")
        items = Items(question.edition, collection)
        html = prefers_html()

        def make() -> str:
            key = _find_one(question, collection, items, feature_id)
            (whole,) = items.write([key], CRS.CRS84 if html else crs, site().settings.public_url)
            text = whole.decode()
            if not html:
                return f'{text[:-1]},"links":{dump_json(_feature_links(question, collection))}}}'
            return _draw_item(question, collection, key, text)

        response = answer(_etag(question, HTML if html else GEOJSON), HTML if html else GEOJSON, make)
        return _content_crs(vary(response), crs)


def _etag(question: Asked, encoding: str) -> str:
    return question.etag(request.query_string.decode("latin-1"), encoding)


def _content_crs(response: Response, crs: CRS) -> Response:
    # OGC API - Features part 2, 6.2.
    response.headers["Content-Crs"] = f"<{crs.uri}>"
    return response


def _find(items: Items, asked: PageAsked) -> Page:
    return items.find(asked.selection, after=asked.after, limit=asked.limit)


def _find_one(question: Asked, collection: Collection, items: Items, feature_id: str) -> int:
    known = collection.of_regions or _ID.fullmatch(feature_id)
    key = items.find_one(feature_id) if known and "\x00" not in feature_id else None
    if key is not None:
        return key
    if not collection.of_regions and question.edition.detail(feature_id) is None:
        refuse_missing(question.edition, feature_id)
    msg = f"The collection {collection.id} of edition {question.edition.name} has no such feature."
    raise FeatureNotFound(msg)


def _next(question: Asked, page: Page, type_: str) -> list[Link]:
    if not page.more:
        return []
    token = Token(question.edition.name, page.keys[-1]).to_text()
    query = urlencode(with_changes({"after": token}))
    return [link(f"{site().settings.public_url}{request.path}?{query}", "next", type_, "The next page")]


def _collection_link(question: Asked, collection: Collection) -> Link:
    here = address("collections", collection.id, question=question)
    return link(here, "collection", JSON, collection.title)


def _feature_links(question: Asked, collection: Collection) -> list[Link]:
    return [*own_links(GEOJSON), _collection_link(question, collection)]


def _describe_page(question: Asked, collection: Collection, page: Page) -> dict[str, Any]:
    manifest = question.edition.manifest
    return {
        "type": "FeatureCollection",
        "timeStamp": dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "numberMatched": page.matched,
        "numberReturned": len(page.keys),
        "edition": manifest.edition,
        "licence": manifest.licence,
        "attribution": list(manifest.attribution),
        "citation": manifest.cite(site().settings.public_url),
        "links": [*own_links(GEOJSON), *_next(question, page, GEOJSON), _collection_link(question, collection)],
    }


def _write(head: dict[str, Any], blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Give a page in UTF-8, piece by piece."""
    yield (dump_json(head)[:-1] + ',"features":[').encode()
    joint = b""
    for block in blocks:
        yield joint + block
        joint = b","
    yield b"]}\n"


def _show_items(question: Asked, collection: Collection, items: Items, asked: PageAsked) -> Response:
    def make() -> str:
        page = _find(items, asked)
        shown = list(page.keys)
        rows: list[dict[str, Any]] = []
        if collection.of_regions:
            rows = _regions(items, shown)
            drawn = draw_regions_map(question, [row["code"] for row in rows][:_MOST_DRAWN], outlined=_as_json())
        else:
            rows = question.edition.details_by_number(shown)
            drawn = draw_rows_map(question, shown[:_MOST_DRAWN], outlined=_as_json() if collection.of_areas else "")
        return render_template(
            "api/items.html",
            collection=collection,
            page=page,
            unshown=_count_unshown(question, collection, asked.selection),
            rows=rows,
            drawn=min(len(shown), _MOST_DRAWN),
            links=[*own_links(GEOJSON), *_next(question, page, HTML)],
            given=given_pairs(),
            pairs=question.to_pairs(),
            **drawn,
        )

    return vary(answer(_etag(question, HTML), HTML, make))


def _as_json() -> str:
    """Give the address of the same as GeoJSON in degrees, from which a page's map draws outlines."""
    kept = [pair for pair in with_changes({"f": "json"}) if pair[0] != "crs"]
    return f"{request.path}?{urlencode(kept)}"


def _count_unshown(question: Asked, collection: Collection, selection: Selection) -> Unshown:
    """Count what is in no feature beside those selected, where region, month and kind alone are asked for."""
    if collection.of_regions:
        return Unshown(0, 0)
    if selection.condition or collection.filter is None:
        return count_unshown(question.edition)
    chosen = IncidentFilter()
    for one in selection.filters:
        if (chosen.start or chosen.end) and (one.start or one.end):
            # What meets two windows need not lie where both are open.
            return count_unshown(question.edition)
        given = {part.name: getattr(one, part.name) for part in fields(one) if getattr(one, part.name) != part.default}
        chosen = replace(chosen, **given)
    if collection.kind:
        # A collection of one kind takes no other.
        chosen = replace(chosen, kind=(collection.kind,))
    return count_unshown(question.edition, chosen)


def _regions(items: Items, keys: Sequence[int]) -> list[dict[str, Any]]:
    return [feature["properties"] for block in items.write(keys) for feature in json.loads(b"[%b]" % block)]


def _draw_item(question: Asked, collection: Collection, key: int, text: str) -> str:
    if collection.of_regions:
        row = json.loads(text)["properties"]
        drawn = draw_regions_map(question, [row["code"]], outlined=_as_json())
    else:
        (row,) = question.edition.details_by_number([key])
        drawn = draw_rows_map(question, [key], outlined=_as_json() if collection.of_areas else "")
    return render_template(
        "api/item.html",
        collection=collection,
        row=row,
        links=_feature_links(question, collection),
        pairs=question.to_pairs(),
        **drawn,
    )
