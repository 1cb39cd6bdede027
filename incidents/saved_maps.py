"""Saved maps: what somebody chose to show under an address of its own, kept in one small file beside the editions.

It opens no edition and knows no ledger. Saving a map makes no edition and lets nothing out: a map shows what editions
hold, which two people have released, so one person may save it.
"""

import dataclasses
import fcntl
import hashlib
import json
import re
import secrets
import threading
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from incidents import clock
from incidents.canonical import canonical_json
from incidents.editions.tombstones import Stamp, stamp_of, write_atomically
from incidents.errors import BadSavedMap, SavedMapsDamaged, UnknownSavedMap

SAVED_MAPS = "maps.json"
FILLS = ("off", "number", "rate", "killed")
CHARTS = ("off", "kind", "aircraft")
BASE_MAPS = ("site", "own")
SLUG_RULE = "1 to 64 small letters, digits and single hyphens between them, such as strikes-2021"
SITE_RULE = "a scheme and a host, such as https://news.example.org or https://*.example.org"

_FORM = 1
_LOCK = ".maps.lock"
_SLUG = re.compile(r"(?=.{1,64}\Z)[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
# It becomes a source of a Content-Security-Policy, where a comma or semicolon would begin another rule.
_SITE = re.compile(r"https?://(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?", re.ASCII)
_SECRET = re.compile(r"[0-9a-f]{32}", re.ASCII)
_LONGEST_TITLE, _LONGEST_TEXT, _MOST_SITES = 200, 4_000, 50


@dataclass(frozen=True, slots=True)
class SavedMap:
    """One of them.

    slug: its name; the address of a listed map ends in it. filter: pairs that `parse_filter` reads, the limits of what
    the map shows. view: zoom/latitude/longitude to begin at, or "" to fit what is shown. regions, chart: what regions
    are filled by and what is charted. base_map: the site's, or Bearing's own without the tiles of a provider.
    edition: number of the edition that it stays with, in its newest amendment; None follows the current one. sites:
    origins that may frame it; none means all. secret_hash: SHA-256 in hex of the secret that the address of an
    unlisted map ends in; None for a listed one. saved_at: UTC, ISO 8601. by: the person's key in the ledger, whose
    name stays there.
    """

    slug: str
    title: str
    text: str = ""
    filter: tuple[tuple[str, str], ...] = ()
    view: str = ""
    regions: str = "off"
    chart: str = "off"
    base_map: str = "site"
    edition: int | None = None
    sites: tuple[str, ...] = ()
    secret_hash: str | None = None
    saved_at: str = ""
    by: int | None = None

    @property
    def listed(self) -> bool:
        """Whether the list of maps has it."""
        return self.secret_hash is None

    @property
    def etag(self) -> str:
        """What its answers hang on, beside the edition and the question."""
        return hashlib.sha256(repr(self).encode("utf-8", "surrogatepass")).hexdigest()

    def check(self) -> None:
        """Raise BadSavedMap, naming the value, for what no map can have."""
        tests: tuple[tuple[str, bool, str], ...] = (
            ("slug", bool(_SLUG.fullmatch(self.slug)), f"must be {SLUG_RULE}"),
            ("title", _is_line(self.title), f"must have 1 to {_LONGEST_TITLE} characters on one line"),
            (
                "text",
                _is_text(self.text),
                f"must have at most {_LONGEST_TEXT:,} characters, none of them a control character",
            ),
            ("regions", self.regions in FILLS, f"must be one of {', '.join(FILLS)}"),
            ("chart", self.chart in CHARTS, f"must be one of {', '.join(CHARTS)}"),
            ("basemap", self.base_map in BASE_MAPS, f"must be one of {', '.join(BASE_MAPS)}"),
            ("edition", self.edition is None or self.edition > 0, "must be an edition's number, or following"),
            ("frame-site", all(_SITE.fullmatch(site) for site in self.sites), f"must be {SITE_RULE}, and nothing more"),
            ("frame-site", len(self.sites) <= _MOST_SITES, f"must be {_MOST_SITES} sites at most"),
        )
        for name, holds, rule in tests:
            if not holds:
                raise BadSavedMap(name, rule)


@dataclass(frozen=True, slots=True)
class Act:
    """That somebody saved or removed a map, and which version of the file that made."""

    version: int
    at: str
    by: int
    what: str
    slug: str


@dataclass(frozen=True, slots=True)
class Book:
    """All of the file. version: how often it was written."""

    version: int = 0
    maps: Mapping[str, SavedMap] = field(default_factory=dict)
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What saving came to.

    replaced: whether there was a map of this name. secret: what the unlisted map's address ends in, told this once;
    None for a listed map, and for one that keeps the address that it had.
    """

    version: int
    replaced: bool
    secret: str | None


class SavedMaps:
    """The file as readers see it, read again whenever it is another one. Threads may share it."""

    def __init__(self, root: Path) -> None:
        """Remember the editions' folder, where the file may not be yet."""
        self._root = root
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None
        self._book = Book()
        self._by_hash: dict[str, SavedMap] = {}

    def find(self, name: str) -> SavedMap:
        """Find a map by what its address ends in: a slug, or the secret of an unlisted one. Raises UnknownSavedMap."""
        book = self._read()
        found = book.maps.get(name)
        if found is None or not found.listed:
            found = self._by_hash.get(hash_secret(name)) if _SECRET.fullmatch(name) else None
        if found is None:
            msg = "There is no such map."
            raise UnknownSavedMap(msg)
        return found

    def listed(self) -> list[SavedMap]:
        """Give the maps that are listed, by title."""
        return sorted((one for one in self._read().maps.values() if one.listed), key=lambda one: one.title.casefold())

    @property
    def etag(self) -> str:
        """What an answer about all of them hangs on."""
        return hashlib.sha256("".join(one.etag for one in self.listed()).encode()).hexdigest()

    def _read(self) -> Book:
        stamp = stamp_of(self._root / SAVED_MAPS)
        with self._lock:
            if stamp != self._stamp:
                self._book = read_book(self._root)
                self._by_hash = {one.secret_hash: one for one in self._book.maps.values() if one.secret_hash}
                self._stamp = stamp
            return self._book


def hash_secret(secret: str) -> str:
    """Give the SHA-256 of a secret; it has 128 random bits, so nobody finds it from this."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def read_book(root: Path) -> Book:
    """Read the file; an absent one is empty. Raises SavedMapsDamaged."""
    try:
        return _parse((root / SAVED_MAPS).read_bytes())[0]
    except FileNotFoundError:
        return Book()


def verify_maps(root: Path) -> list[str]:
    """Compare the file with the digest that stands in it. Gives what is wrong, in sentences."""
    try:
        content = (root / SAVED_MAPS).read_bytes()
        book, digest = _parse(content)
    except FileNotFoundError:
        return []
    except SavedMapsDamaged as error:
        return [str(error)]
    return [] if digest == _digest(book) else [f"{SAVED_MAPS} is not as it was saved"]


def save_map(root: Path, wanted: SavedMap, *, by: int, unlisted: bool = False, new_link: bool = False) -> Kept:
    """Save a map under its slug, in the place of one that is there; whole or not at all.

    unlisted: whether it is to be found by a secret alone; one that was unlisted before keeps its secret, but for
    new_link. Raises BadSavedMap, SavedMapsDamaged.
    """
    wanted.check()
    told: list[str] = []

    def change(book: Book, at: str) -> Mapping[str, SavedMap]:
        before = book.maps.get(wanted.slug)
        hashed = before.secret_hash if before and unlisted and not new_link else None
        if unlisted and hashed is None:
            told.append(secrets.token_hex(16))
            hashed = hash_secret(told[0])
        replaced.append(before is not None)
        made = dataclasses.replace(wanted, secret_hash=hashed, saved_at=at, by=by)
        return {**book.maps, wanted.slug: made}

    replaced: list[bool] = []
    version = _write(root, "save", wanted.slug, by, change)
    return Kept(version, replaced[0], told[0] if told else None)


def remove_map(root: Path, slug: str, *, by: int) -> int:
    """Remove a map; its addresses answer 404 from now on. Gives the file's new version. Raises UnknownSavedMap."""

    def change(book: Book, _at: str) -> Mapping[str, SavedMap]:
        if slug not in book.maps:
            msg = f"there is no saved map {slug!r}: `bearing maps list` names them"
            raise UnknownSavedMap(msg)
        return {name: one for name, one in book.maps.items() if name != slug}

    return _write(root, "remove", slug, by, change)


def _write(root: Path, what: str, slug: str, by: int, change: Callable[[Book, str], Mapping[str, SavedMap]]) -> int:
    with _one_writer(root):
        book = read_book(root)
        at = clock.stamp()
        maps = change(book, at)
        made = Book(book.version + 1, maps, (*book.acts, Act(book.version + 1, at, by, what, slug)))
        document = {"form": _FORM, **_to_json(made), "sha256": _digest(made)}
        write_atomically(root / SAVED_MAPS, json.dumps(document, ensure_ascii=False, indent=1).encode())
        return made.version


def _to_json(book: Book) -> dict[str, Any]:
    return {
        "version": book.version,
        "maps": [dataclasses.asdict(one) for _, one in sorted(book.maps.items())],
        "acts": [dataclasses.asdict(act) for act in book.acts],
    }


def _digest(book: Book) -> str:
    plain = json.loads(json.dumps(_to_json(book)))
    return hashlib.sha256(canonical_json(plain)).hexdigest()


def _parse(content: bytes) -> tuple[Book, str]:
    """Read the file's text, and the digest that stands in it. Raises SavedMapsDamaged."""
    try:
        document = json.loads(content)
        if document["form"] != _FORM:
            msg = f"{SAVED_MAPS} was written by a newer version of Bearing"
            raise SavedMapsDamaged(msg)
        maps = [_to_map(item) for item in document["maps"]]
        acts = tuple(Act(**item) for item in document["acts"])
        return Book(int(document["version"]), {one.slug: one for one in maps}, acts), str(document["sha256"])
    except (ValueError, KeyError, TypeError, BadSavedMap) as error:
        msg = f"{SAVED_MAPS} cannot be read"
        raise SavedMapsDamaged(msg) from error


def _to_map(item: Mapping[str, Any]) -> SavedMap:
    pairs = tuple((str(name), str(text)) for name, text in item["filter"])
    made = SavedMap(**{**item, "filter": pairs, "sites": tuple(item["sites"])})
    made.check()
    return made


def _is_line(text: str) -> bool:
    return bool(text.strip()) and len(text) <= _LONGEST_TITLE and "\n" not in text and _is_clean(text)


def _is_text(text: str) -> bool:
    return len(text) <= _LONGEST_TEXT and _is_clean(text)


def _is_clean(text: str) -> bool:
    """Whether a text has no control character but ends of lines; joiners and marks of direction belong to scripts."""
    return all(letter == "\n" or unicodedata.category(letter) not in {"Cc", "Cs", "Zl", "Zp"} for letter in text)


@contextmanager
def _one_writer(root: Path) -> Iterator[None]:
    root.mkdir(parents=True, exist_ok=True)
    with (root / _LOCK).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
