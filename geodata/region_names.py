"""What a name is without the word for its kind: "Sagaing" of "Sagaing Division", "Thilawa" of "Thilawa Port".

It knows words, and no region or place.
"""

import re

# Words for kinds of unit, in English and as English-language sources write those of other languages.
KINDS = (
    "state|region|division|district|province|governorate|prefecture|department|county|canton|municipality|"
    "township|union territory|territory|territories|council|republic|republic of|autonomous region|autonomous republic|"
    "self-administered zone|self-administered division|special region|oblast|oblast'|krai|kray|okrug|raion|rayon|"
    "emirate|parish|island|islands|city|capital city|capital territory|metropolitan|metropolis|wilaya|wilayat|"
    "muhafazat|muhafazah|vilayet|voivodeship|woiwodztwo|area|zone|subdivision|sub-region"
)
_AFTER = re.compile(rf"(?:[\s,]+(?:{KINDS}))+\s*$", re.IGNORECASE)
_BEFORE = re.compile(
    r"^\s*(?:state|province|governorate|republic|department|district|region|division|city|county) of (?:the )?",
    re.IGNORECASE,
)
# Names that are nothing but such a word, as sources of names sometimes have them.
ONLY_KINDS = frozenset("".join(filter(str.isalnum, word)) for word in KINDS.split("|"))
_IN_BRACKETS = re.compile(r"\s*\([^)]*\)\s*")


def without_kind(name: str) -> str:
    """Drop the word for the kind of unit before or after a name. A name that is only such a word stays."""
    shorter = _BEFORE.sub("", _AFTER.sub("", name)).strip()
    return shorter or name


def without_brackets(name: str) -> str:
    """Drop what stands in round brackets: "Myanmar" of "Myanmar (Burma)"."""
    return _IN_BRACKETS.sub(" ", name).strip() or name


_KIND_OF_PLACE = re.compile(
    r"[\s,]+(?:village tract|village|hamlet|town|city|township|district|ward|quarter|port|harbou?r|seaport|"
    r"international airport|airport|air ?base|air force base|airfield|base|camp|area)\s*$",
    re.IGNORECASE,
)


def without_kind_of_place(name: str) -> str:
    """Drop the word for the kind of place: "Let Yet Kone" of "Let Yet Kone village"."""
    return _KIND_OF_PLACE.sub("", name).strip() or name
