"""The sources of a UCDP GED row, split into who published what and when.

Nothing is guessed: what an older row gives as one free text stays one source with that text.
"""

import csv
import hashlib
import re
from collections.abc import Mapping

from incidents.drafts import SourceDraft

# An item as newer rows give it: publisher, day, headline, of which the headline may hold commas.
_ITEM = re.compile(r"(?P<office>.*?),\s*(?P<day>\d{4}-\d{2}-\d{2})\s*,\s*(?P<headline>.+)", re.DOTALL)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LONGEST_TITLE = 500


def split_sources(cells: Mapping[str, str]) -> tuple[SourceDraft, ...]:
    """Give the sources that `source_article` names, in its order, each once.

    Newer rows quote each item and join them by semicolons, as in `"Reuters News,2022-09-19,Headline; more"`.
    Rows whose `number_of_sources` is -1 (missing) hold one free text, which may itself contain semicolons.
    Publisher and day come from the item, or from `source_office` and `source_date` when they have as many parts.
    """
    text = cells.get("source_article", "").strip()
    if not text:
        return ()
    items = _items(text, cells.get("number_of_sources", ""))
    offices = _aligned(cells.get("source_office", ""), len(items))
    days = _aligned(cells.get("source_date", ""), len(items))
    found = {}
    for item, office, day in zip(items, offices, days, strict=True):
        source = _source(item, office, day)
        found[source.key] = source
    return tuple(found.values())


def _items(text: str, number: str) -> list[str]:
    if not text.startswith('"'):
        parts = [_line(part) for part in text.split(";")]
        # Only where the row itself says that there are as many is a semicolon known to part items.
        return parts if number == str(len(parts)) and all(parts) else [_line(text)]
    try:
        # Line breaks within an item are the source's own and mean nothing.
        (items,) = csv.reader([_line(text)], delimiter=";", strict=True)
    except (csv.Error, ValueError):
        return [_line(text)]
    return [item.strip() for item in items if item.strip()] or [_line(text)]


def _aligned(text: str, count: int) -> list[str]:
    """Split a column that runs beside the items, or give empty texts when it does not match them one to one."""
    parts = [part.strip() for part in text.split(";")]
    return parts if len(parts) == count else [""] * count


def _source(item: str, office: str, day: str) -> SourceDraft:
    match = _ITEM.fullmatch(item)
    title = match["headline"] if match else item
    publisher = (match["office"].strip() if match else "") or office or None
    published = match["day"] if match else (day if _DAY.fullmatch(day) else None)
    # The key says the same for the same article, in whichever row it is cited.
    key = hashlib.sha256("\n".join((publisher or "", published or "", title)).encode()).hexdigest()[:20]
    return SourceDraft(key=key, title=_shortened(title.strip()), publisher=publisher, published=published)


def _shortened(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE].rstrip()} ..."


def _line(text: str) -> str:
    return " ".join(text.split())
