"""Whether a text gives away a name or a coordinate that is withheld.

It rather finds too much than too little. It decides nothing about what is withheld.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from geodata.names import fold, fold_name
from geodata.points import LonLat

# Words for kinds of place, which name none by themselves.
_KINDS_OF_PLACE = frozenset(
    {
        "air",
        "airbase",
        "airfield",
        "airport",
        "area",
        "army",
        "base",
        "camp",
        "capital",
        "center",
        "centre",
        "city",
        "compound",
        "country",
        "district",
        "division",
        "east",
        "eastern",
        "hamlet",
        "harbor",
        "harbour",
        "hospital",
        "island",
        "lower",
        "monastery",
        "naval",
        "near",
        "north",
        "northern",
        "of",
        "outskirts",
        "park",
        "police",
        "port",
        "post",
        "prefecture",
        "province",
        "quarter",
        "region",
        "river",
        "road",
        "school",
        "sea",
        "south",
        "southern",
        "state",
        "station",
        "street",
        "sub",
        "subdistrict",
        "temple",
        "territory",
        "the",
        "town",
        "township",
        "tract",
        "union",
        "university",
        "upper",
        "village",
        "ward",
        "west",
        "western",
    }
)
_KINDS_BY_LEVEL = {
    0: ("country",),
    1: ("state", "region", "division", "province", "governorate"),
    2: ("district",),
    3: ("township",),
    4: ("village", "town", "city"),
}
_APART = re.compile(
    r"[,;:/|()\[\]{}\n\t\"“”]|\s[-–—]\s|\s(?:in|at|near|of|off|on|between|and|to|from|around)\s", re.IGNORECASE
)
_SQUEEZED_FROM = 5

_NUMBER = r"[-+−]?\d{1,3}[.,·]\d{2,}"
_COORDINATES = (
    re.compile(rf"{_NUMBER}\s*°?\s*[NSEWnsew]?\s*[,;/ ]\s*{_NUMBER}"),
    re.compile(r"\d{1,3}(?:[.,]\d+)?\s*[°º˚]"),
    re.compile(r"\d{1,3}\s*(?:deg|degrees)\b", re.IGNORECASE),
    re.compile(r"\b\d{1,3}(?:[.,]\d+)?\s*[NSEW]\b.{0,12}\b\d{1,3}(?:[.,]\d+)?\s*[NSEW]\b"),
    re.compile(r"\b\d{1,2}\s?[C-HJ-NP-X]\s?[A-HJ-NP-Z]{2}\s?\d{2,5}\s?\d{2,5}\b"),  # MGRS
    re.compile(r"\b[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,4}\b", re.IGNORECASE),  # open location code
    re.compile(r"\bgeo:\s*[-+]?\d", re.IGNORECASE),
)
_DECIMAL = re.compile(r"\d{1,3}[.,·]\d+")
# Degrees within which a lone number is taken for the withheld longitude or latitude: some eleven kilometres.
_NEAR_DEG = 0.1


@dataclass(frozen=True, slots=True)
class Withheld:
    """Names that are withheld, folded, and among them those that are parts of names that stay public.

    told: the whole public names, folded. "Mandalay Region" tells no more than the region; "Mandalay" may be the city.
    """

    names: frozenset[str]
    in_public: frozenset[str]
    told: tuple[str, ...]


def find_withheld(
    texts: Iterable[str | None], public: Iterable[str | None], units: Sequence[tuple[str, int]]
) -> Withheld:
    """Find the names that place texts hold, whole and part by part, but for those that stay public.

    public: texts whose every part stays public. units: regions that stay public by their whole names alone, each with
    its level, as `tells_more` takes them.
    """
    allowed = {fold_name(part) for text in public if text for part in (text, *split_place(text))}
    told = {_plain(form) for name, level in units for form in _forms(name, level)} - {""}
    whole = {fold_name(name) for name in told}
    found = set()
    for text in filter(None, texts):
        found |= {_plain(part) for part in _names(text, whole) if fold_name(part) not in allowed | whole}
        if fold_name(text) in whole - allowed:
            # A region may be called as its city is, and no more: then the city is named by its kind alone.
            found |= {_plain(f"{text} {kind}") for kind in _KINDS_BY_LEVEL[4]}
            found |= {_plain(f"{kind} of {text}") for kind in _KINDS_BY_LEVEL[4]}
    names = frozenset(name for name in found if _names_something(name))
    in_public = frozenset(name for name in names if any(fold_name(name) in form for form in whole))
    return Withheld(names - in_public, in_public, tuple(sorted(told, key=len, reverse=True)))


def mentions(text: str | None, withheld: Withheld) -> bool:
    """Whether a text contains one of the withheld names, however it is spaced, cased or hyphenated."""
    if not text:
        return False
    plain = _plain(text)
    if _contains(plain, withheld.names):
        return True
    if not withheld.in_public:
        return False
    plain = f" {plain} "
    for name in withheld.told:
        plain = plain.replace(f" {name} ", " | ")
    return _contains(plain.strip(), withheld.in_public)


def tells_coordinate(text: str | None, point: LonLat | None = None) -> bool:
    """Whether a text contains what looks like a coordinate, or a number close to the withheld point's."""
    if not text:
        return False
    plain = "".join(_digit(c) for c in unicodedata.normalize("NFKC", text))
    if any(pattern.search(plain) for pattern in _COORDINATES):
        return True
    if point is None:
        return False
    numbers = (float(found.replace(",", ".").replace("·", ".")) for found in _DECIMAL.findall(plain))
    return any(min(abs(n - abs(point.lon)), abs(n - abs(point.lat))) < _NEAR_DEG for n in numbers)


def tells_more(place: str, known: Iterable[tuple[str, int]]) -> bool:
    """Whether a place text says anything beside these names, each given with its level: 0 country to 4 settlement.

    A word for another kind of place makes another place: the town of Sagaing is not the region of that name.
    """
    allowed = set()
    for name, level in known:
        allowed |= {fold_name(_bare(name, level)), *(fold_name(form) for form in _forms(name, level))}
    return any(fold_name(part) not in allowed for part in _APART.split(place) if part and fold_name(part))


def split_place(text: str) -> list[str]:
    """Split a place text into the names in it, each also without its words for a kind of place."""
    parts = [part.strip() for part in _APART.split(text) if part and part.strip()]
    bare = [" ".join(word for word in part.split() if word.casefold() not in _KINDS_OF_PLACE) for part in parts]
    return [part for part in dict.fromkeys((*parts, *bare)) if part and not _is_common_noun(part)]


def _names(text: str, told: Collection[str]) -> list[str]:
    """Give a place text and the names in it, but not the bare name of a part that is a whole public name."""
    parts = [part for part in _APART.split(text) if part and part.strip()]
    return [text, *(name for part in parts if fold_name(part) not in told for name in split_place(part))]


def _bare(name: str, level: int) -> str:
    return " ".join(word for word in name.split() if word.casefold() not in _KINDS_BY_LEVEL.get(level, ()))


def _forms(name: str, level: int) -> list[str]:
    """Give a region's name as it is, and with each word for its kind."""
    return [name, *(f"{_bare(name, level)} {kind}" for kind in _KINDS_BY_LEVEL.get(level, ()))]


def _contains(plain: str, names: Iterable[str]) -> bool:
    padded, squeezed = f" {plain} ", fold_name(plain)
    for name in names:
        close = fold_name(name)
        if f" {name} " in padded:
            return True
        if close and close in squeezed and (len(close) >= _SQUEEZED_FROM or not close.isascii()):
            return True
    return False


def _digit(character: str) -> str:
    """Give a digit of any script as the ASCII one, and all else as it is."""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _plain(text: str) -> str:
    """Fold a text and put one space for all that is neither letter, mark nor digit."""
    return " ".join("".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in fold(text)).split())


def _is_common_noun(part: str) -> bool:
    """Whether a part of a place text is plain lower-case words of a script that has capitals: "two houses"."""
    return part.isascii() and part == part.lower()


def _names_something(name: str) -> bool:
    words = [word for word in name.split() if word not in _KINDS_OF_PLACE]
    return bool(words) and (len("".join(words)) >= 3 or not name.isascii())


def is_number(text: str) -> bool:
    """Whether all of a text is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
