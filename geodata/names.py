"""How names and texts are compared: folded, so that case, accents, spaces and hyphens do not part what is one."""

import unicodedata
from functools import lru_cache

_MOST_REMEMBERED = 20_000


def fold(text: str) -> str:
    """Reduce text to what searching compares.

    Compatibility forms, no case, no combining marks but those of the Myanmar script (which are letters there),
    single spaces.
    """
    if text.isascii():
        # Most texts are, and nothing of it decomposes.
        return " ".join(text.lower().split())
    # Some letters have a case of their own only once they are decomposed, and others decompose once they have none.
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(c for c in parts if c < "\x80" or unicodedata.category(c) != "Mn" or "\u1000" <= c <= "\u109f")
    return " ".join(unicodedata.normalize("NFC", kept).split())


@lru_cache(maxsize=_MOST_REMEMBERED)
def fold_often(text: str) -> str:
    """Give what `fold` gives, for texts that come again and again, such as names of regions and publishers."""
    return fold(text)


def fold_name(text: str) -> str:
    """Reduce a name to what a gazetteer compares: folded, and without spaces, hyphens and punctuation."""
    if text.isascii():
        return "".join(filter(str.isalnum, text.lower()))
    return "".join(c for c in fold(text) if c.isalnum() or unicodedata.category(c) in {"Mn", "Mc"})
