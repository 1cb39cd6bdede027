"""The fonts that pictures are drawn with: Noto Sans, Noto Sans Myanmar, and DejaVu Sans for what those lack.

It draws nothing. No font of the machine is used, so that a picture is the same wherever it is drawn.
"""

import logging
import unicodedata
from collections.abc import Collection
from functools import cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.font_manager import FontProperties

FOLDER = Path(__file__).parent.parent / "static" / "built"
FAMILIES = ("Noto Sans", "Noto Sans Myanmar", "DejaVu Sans")
_FILES = (
    "noto-sans-400.ttf",
    "noto-sans-400-italic.ttf",
    "noto-sans-600.ttf",
    "noto-sans-myanmar-400.ttf",
    "noto-sans-myanmar-600.ttf",
)
_MISSING = "\u25a1"
_JOINERS = {"\u200b", "\u200c", "\u200d"}


@cache
def load_fonts() -> tuple[str, ...]:
    """Make our fonts, and Matplotlib's own, the only ones that are found; give the families that are there."""
    # It would say of each weight that a font lacks which one it took instead.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    manager = font_manager.fontManager
    own = Path(font_manager.__file__).parent / "mpl-data"
    manager.ttflist = [entry for entry in manager.ttflist if Path(entry.fname).is_relative_to(own)]
    for name in _FILES:
        if (FOLDER / name).is_file():
            manager.addfont(FOLDER / name)
    there = {entry.name for entry in manager.ttflist}
    return tuple(family for family in FAMILIES if family in there)


@cache
def font(weight: int = 400, *, italic: bool = False) -> FontProperties:
    """Give a font by its weight, 400 or 600."""
    return FontProperties(family=list(load_fonts()), weight=weight, style="italic" if italic else "normal")


@cache
def known_characters() -> Collection[int]:
    """Give the code points that any of the fonts has."""
    known: set[int] = set()
    for family in load_fonts():
        found = font_manager.findfont(FontProperties(family=family), fallback_to_default=False)
        known |= font_manager.get_font(found).get_charmap().keys()
    return frozenset(known)


def can_draw(text: str) -> bool:
    """Whether the fonts have every character of a text."""
    known = known_characters()
    return all(ord(character) in known or character in _JOINERS for character in text)


def drawable(text: str) -> str:
    """Put a text on one line, without control characters, and a hollow square for each character that no font has."""
    known = known_characters()
    kept = []
    for character in " ".join(unicodedata.normalize("NFC", text).split()):
        if character in _JOINERS and ord(character) in known:
            kept.append(character)
        elif unicodedata.category(character)[0] != "C":
            kept.append(character if ord(character) in known else _MISSING)
    return "".join(kept)
