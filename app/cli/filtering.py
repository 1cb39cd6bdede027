"""The filter as options of a command: the same names and values as in a page's address.

What they mean is the filter's to say.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from incidents.editions.reader import Edition
from incidents.filters import REPEATABLE, IncidentFilter

_Command = TypeVar("_Command", bound=Callable[..., Any])

_OPTIONS = {
    "kind": "Kind of incident; may be repeated; none: nothing.",
    "aircraft": "Aircraft or system, with all below it; may be repeated; none: nothing.",
    "region": "Code of a region, such as MM-01; may be repeated; none: nothing.",
    "from": "First day, month or year.",
    "to": "Last day, month or year.",
    "grade": "Grade of harm reporting; may be repeated; none: nothing.",
    "precision": "Places known this closely or closer.",
    "q": "Words that must all occur.",
    "bbox": "west,south,east,north in degrees.",
    "undated": "show or hide incidents without a date.",
}


def filter_options(command: _Command) -> _Command:
    """Add the filter's options; the command gets them as keyword arguments `filter_<name>`."""
    for name, sentence in reversed(_OPTIONS.items()):
        option = click.option(f"--{name}", f"filter_{name}", multiple=name in REPEATABLE, metavar="TEXT", help=sentence)
        command = option(command)
    return command


def read_filter(options: dict[str, Any], edition: Edition) -> IncidentFilter:
    """Read what `filter_options` gave. Raises BadFilter."""
    pairs: list[tuple[str, str]] = []
    for name in _OPTIONS:
        given = options.get(f"filter_{name}")
        pairs += [(name, value) for value in given] if isinstance(given, tuple) else [(name, given)] if given else []
    return edition.parse_filter(pairs)
