"""Answers of the API: JSON or HTML as the reader prefers, with links to the other; kept as the site's others are.

It knows no collection.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from flask import Response, render_template, request

from app.api.questions import given_without, prefers_html, with_changes
from app.caching import answer
from app.reading import Asked
from app.site import site
from incidents.editions.compact import dump_json

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA = "application/schema+json"

Link = dict[str, str]


def address(*parts: str, question: Asked | None = None, **query: str) -> str:
    """Give an absolute address below /api/, within the edition that the question is pinned to."""
    pairs = question.edition_pairs if question else []
    text = urlencode([*pairs, *query.items()])
    path = "/".join(quote(part, safe="") for part in parts)
    return f"{site().settings.public_url}/api/{path}{'?' + text if text else ''}"


def link(href: str, rel: str, type_: str, title: str) -> Link:
    """Give a link as OGC API has it."""
    return {"href": href, "rel": rel, "type": type_, "title": title}


def own_links(type_: str = JSON) -> list[Link]:
    """Give the links of an answer to itself and to its other encoding. type_: of the machine's encoding."""
    here = f"{site().settings.public_url}{quote(request.path)}"
    as_asked = given_without(("f",))
    person = f"{here}?{urlencode(with_changes({'f': 'html'}))}"
    if prefers_html():
        machine = f"{here}?{urlencode([*as_asked, ('f', 'json')])}"
        return [
            link(person, "self", HTML, "This page"),
            link(machine, "alternate", type_, "The same for programs"),
        ]
    return [
        link(f"{here}{'?' + urlencode(as_asked) if as_asked else ''}", "self", type_, "This document"),
        link(person, "alternate", HTML, "The same as a page"),
    ]


def answer_either(
    question: Asked, describe: Callable[[], dict[str, Any]], template: str, *, type_: str = JSON, **beside: object
) -> Response:
    """Answer with a description as JSON, or as a page that a template makes of it.

    beside: what the template gets besides `described` and `pairs`.
    """
    html = prefers_html()
    etag = question.etag(request.query_string.decode("latin-1"), "html" if html else type_)

    def make() -> str:
        described = describe()
        if not html:
            return dump_json(described)
        return render_template(template, described=described, pairs=question.to_pairs(), **beside)

    response = answer(etag, HTML if html else JSON, make)
    if not html and type_ != JSON:
        response.headers["Content-Type"] = type_
    return vary(response)


def vary(response: Response) -> Response:
    """Say that the answer depends on the encodings that the reader prefers."""
    response.headers["Vary"] = "Accept, Accept-Encoding"
    return response
