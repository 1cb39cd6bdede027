"""Atom documents (RFC 4287) of entries, with links to their other pages (RFC 5005). It knows no edition and no request.

The standard library writes them: it escapes all text, and a feed has no more structure than that takes.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

_ATOM = "http://www.w3.org/2005/Atom"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
TYPE = "application/atom+xml"
# What no XML document may hold, not even escaped (XML 1.0, section 2.2).
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. id: an address that never changes. address: of its page. Times are UTC in ISO 8601.

    categories: pairs of a key and what people call it.
    """

    id: str
    address: str
    title: str
    summary: str
    published: str
    updated: str
    categories: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the feed: `self`, `alternate`, `first`, `previous`, `next` or `last`."""

    rel: str
    address: str
    type: str = TYPE


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, or a page of one. id: the same on all of its pages, whatever they hold."""

    id: str
    title: str
    subtitle: str
    updated: str
    author: str
    home: str
    rights: str
    links: tuple[Link, ...]

    def to_xml(self, entries: Iterable[Entry]) -> bytes:
        """Write it with its entries, in their order."""
        root = ET.Element("feed", {"xmlns": _ATOM, _XML_LANG: "en"})
        for name, text in (("id", self.id), ("title", self.title), ("subtitle", self.subtitle)):
            _say(root, name, text)
        _say(root, "updated", self.updated)
        author = ET.SubElement(root, "author")
        _say(author, "name", self.author)
        _say(author, "uri", self.home)
        _say(root, "rights", self.rights)
        _say(root, "generator", "Bearing")
        for link in self.links:
            ET.SubElement(root, "link", {"rel": link.rel, "type": link.type, "href": link.address})
        for entry in entries:
            _write(root, entry)
        ET.indent(root, " ")
        document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
        return document + b"\n"


def _write(root: ET.Element, entry: Entry) -> None:
    element = ET.SubElement(root, "entry")
    for name, text in (
        ("id", entry.id),
        ("title", entry.title),
        ("published", entry.published),
        ("updated", entry.updated),
        ("summary", entry.summary),
    ):
        _say(element, name, text)
    ET.SubElement(element, "link", {"rel": "alternate", "type": "text/html", "href": entry.address})
    for term, label in entry.categories:
        ET.SubElement(element, "category", {"term": term, "label": label})


def _say(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _ILLEGAL.sub("\ufffd", text)
