"""The feed of new and changed incidents, of the same filters as the map. It says nothing of what is gone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response

from app.atom import TYPE, Entry, Feed, Link
from app.caching import answer
from app.params import parse_page
from app.pictures.words import describe_filter
from app.reading import Asked, Pairs, asked, given_pairs
from app.site import site
from incidents.drafts import TimeSense
from incidents.editions.changes import Dates, find_dates, published_at
from incidents.editions.manifest import Manifest
from incidents.editions.schema import BY_CHANGE
from incidents.errors import BadFilter
from incidents.when import describe_when

feeds = Blueprint("feeds", __name__)

_A_PAGE = 100


@feeds.get("/feed.atom")
def give_feed() -> Response:
    """Give a page of the incidents that the filter selects, what was added or changed last before all others."""
    with asked(beside=("page", "limit")) as question:
        page, limit = parse_page(given_pairs(), usual=_A_PAGE, most=_A_PAGE)
        manifest = question.edition.manifest
        response = answer(question.etag(str(page), str(limit)), TYPE, lambda: _make(question, page, limit))
        if not question.edition.hidden:
            # What is hidden for now leaves the feed before anything has a later date; only the ETag says so.
            changed = datetime.fromisoformat(manifest.amended_at or manifest.published_at).astimezone(UTC)
            response.headers["Last-Modified"] = format_datetime(changed, usegmt=True)
        return response


def _make(question: Asked, page: int, limit: int) -> bytes:
    edition, settings = question.edition, site().settings
    last = max(1, -(-edition.counts(question.filter).matched // limit))
    if page > last:
        raise BadFilter("page", f"the last page is {last}")
    rows = edition.details(question.filter, BY_CHANGE, limit, (page - 1) * limit)
    dates = find_dates(edition, [row["number"] for row in rows])
    entries = [_describe(question, row, dates[row["number"]]) for row in rows]
    regions = {region["code"]: (region["name"], region["local_name"]) for region in edition.known_regions()}
    filtered = describe_filter(question.filter, edition.taxonomy, regions)
    feed = Feed(
        id=_address("/feed.atom", question.to_pairs()),
        title=f"{settings.site_title}: {filtered or 'new and changed incidents'}",
        subtitle=f"What edition {edition.name} and those before it added and changed, the newest first. "
        + _say_amended(edition.manifest)
        + settings.disclaimer
        + (" A demonstration: approved by nobody." if edition.manifest.demonstration else ""),
        updated=max([edition.manifest.amended_at or "", *(entry.updated for entry in entries)])
        or edition.manifest.published_at,
        author=settings.site_title,
        home=f"{settings.public_url}/",
        rights=edition.manifest.licence,
        links=tuple(_links(question, page, last, limit)),
    )
    return feed.to_xml(entries)


def _say_amended(manifest: Manifest) -> str:
    """Tell those who keep entries that some may say what is public no more; which ones would tell what that was."""
    if not manifest.amended_at:
        return ""
    on = describe_when(manifest.amended_at[:10], TimeSense.WITHIN)
    return f"Amended on {on}: entries that were kept from before then may say more than is public now. "


def _describe(question: Asked, row: dict[str, Any], dates: Dates) -> Entry:
    edition = question.edition
    when, where, harm = row["when"]["words"], row["where"]["words"], row["harm"]["words"]
    said = [row["kind_label"], when, where, *([harm[:1].upper() + harm[1:]] if harm else [])]
    if row["extent"] == "pattern":
        said.append("A pattern: it stands for an unknown number of incidents")
    what = "Changed" if dates.changed_in != dates.added_in else "New"
    said.append(f"{what} in edition {dates.changed_in}")
    # An edition whose date is not known any more is older than all that are.
    oldest = min((one.published_at for one in edition.manifest.earlier), default=edition.manifest.published_at)
    path = f"/incidents/{row['id']}"
    return Entry(
        id=_address(path, []),
        address=_address(path, question.edition_pairs),
        title=row["title"],
        summary=". ".join(part.rstrip(".") for part in said if part) + ".",
        published=published_at(edition, dates.added_in) or oldest,
        updated=published_at(edition, dates.changed_in) or oldest,
        categories=((row["kind"], row["kind_label"]),),
    )


def _links(question: Asked, page: int, last: int, limit: int) -> Iterator[Link]:
    pairs = [*question.to_pairs(), *([("limit", str(limit))] if limit != _A_PAGE else [])]

    def at(number: int) -> str:
        return _address("/feed.atom", [*pairs, *([("page", str(number))] if number > 1 else [])])

    yield Link("self", at(page))
    yield Link("alternate", _address("/incidents", question.to_pairs()), "text/html")
    if last > 1:
        yield Link("first", at(1))
        yield Link("last", at(last))
    if page > 1:
        yield Link("previous", at(page - 1))
    if page < last:
        yield Link("next", at(page + 1))


def _address(path: str, pairs: Pairs) -> str:
    return f"{site().settings.public_url}{path}{'?' + urlencode(pairs) if pairs else ''}"
