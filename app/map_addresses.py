"""The address of a map, as a reader copies it from the browser, taken apart into what a saved map is made of.

It asks nobody: whether the filter means anything is for whoever knows the edition.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from app.params import EMBED_NAMES, PAGING_NAMES, parse_edition_name, parse_view
from incidents.errors import BadFilter, BadSavedMap
from incidents.filters import FILTER_NAMES
from incidents.saved_maps import CHARTS, FILLS

# Pages that show what a filter selects. Others, a saved map's among them, have more to them than their address says.
_PAGES = ("", "/", "/incidents", "/embed")
_BESIDE = {*EMBED_NAMES, *PAGING_NAMES}
_MOST_PAIRS = 500

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class MapAddress:
    """What an address says. view: zoom/latitude/longitude, or "". edition: its number; None where none is named."""

    filter: Pairs
    view: str = ""
    regions: str = "off"
    chart: str = "off"
    edition: int | None = None


def parse_map_address(text: str) -> MapAddress:
    """Take apart the address of the map, its table or its embed, with the state behind the #. Raises BadSavedMap."""
    try:
        parts = urlsplit(text.strip())
        pairs = parse_query(parts.query)
    except ValueError as error:
        raise BadSavedMap("from-url", f"is no address that can be read ({error})") from None
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise BadSavedMap("from-url", "must be a whole address, such as https://map.example.org/?kind=airstrike")
    if parts.path not in _PAGES:
        raise BadSavedMap(
            "from-url", f"{parts.path[:60]} is not the map: open the map with the filter that you want, and copy that"
        )
    for name, _ in pairs:
        if name not in FILTER_NAMES and name != "edition" and name not in _BESIDE:
            raise BadSavedMap("from-url", f"{name[:40]!r} is nothing that a map's address says")
    state = dict(part.partition("=")[::2] for part in parts.fragment.split("&"))
    # An embed has in its query what the map has behind the #.
    state = dict(pairs) | state
    spot = next((key for key in state if "/" in key), "") or state.get("map", "") or state.get("view", "")
    edition = state.get("edition", "")
    return MapAddress(
        filter=[pair for pair in pairs if pair[0] in FILTER_NAMES],
        view=parse_start(spot, "from-url"),
        regions=state.get("regions", "off") if state.get("regions") in FILLS else "off",
        chart=state.get("chart", "off") if state.get("chart") in CHARTS else "off",
        edition=parse_number(edition, "from-url") if edition else None,
    )


def parse_query(text: str) -> Pairs:
    """Read the query of an address, with or without its question mark. Raises ValueError."""
    query = text.strip().removeprefix("?")
    return parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=_MOST_PAIRS)


def parse_start(text: str, name: str) -> str:
    """Read where a map begins, and give it in one form; "" stays that. Raises BadSavedMap, naming the value."""
    try:
        view = parse_view([("view", text)])
    except BadFilter as error:
        raise BadSavedMap(name, error.reason) from None
    return view.to_text() if view else ""


def parse_number(text: str, name: str) -> int:
    """Read the number of an edition, an amendment's being its edition's. Raises BadSavedMap, naming the value."""
    try:
        return int(parse_edition_name(text).partition(".")[0])
    except BadFilter as error:
        raise BadSavedMap(name, error.reason) from None
