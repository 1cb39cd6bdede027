"""What a map is to show, put together by whoever asks for one: frozen, and free of Folium.

It holds no incident: those arrive as data, or as the inline blocks of a file that is saved whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from geodata.bbox import BBox
from incidents.filters import IncidentFilter
from incidents.limits import Limits
from incidents.taxonomy import Taxonomy

BASE_MAP = "Natural Earth; GeoNames (CC BY 4.0)"


def attribute(datasets: Sequence[str]) -> str:
    """Name whose base map and whose data a map shows."""
    return f"{BASE_MAP}. Data: {'; '.join(datasets)}" if datasets else BASE_MAP


class Mode(StrEnum):
    """Where a map stands."""

    PAGE = "page"
    EMBED = "embed"
    FILE = "file"
    NOTEBOOK = "notebook"


@dataclass(frozen=True, slots=True)
class EditionSummary:
    """What a map says of the edition that it shows.

    most: rows that the service gives the columns of when a filter selects no more. published: a time in ISO 8601.
    unshown: in words how many records of the edition are counted only, or "".
    """

    name: str
    number: int
    total: int
    published: str | None = None
    demonstration: bool = False
    most: int = 0
    unshown: str = ""


@dataclass(frozen=True, slots=True)
class MapUrls:
    """Where a page's script finds things; empty in a file. data, basemap and incident end in a slash.

    stays: the query of an incident's address that keeps a reader in the edition; empty where none is asked for by name.
    counted: where those are told of that are counted only.
    """

    data: str = ""
    basemap: str = ""
    table: str = ""
    incident: str = ""
    stays: str = ""
    embed: str = ""
    page: str = ""
    download: str = ""
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Tiles:
    """A tile provider to draw beneath everything: an address with {z}, {x}, {y}, and whom to name for it."""

    url: str
    attribution: str


@dataclass(frozen=True, slots=True)
class MapView:
    """What a map shows and how.

    columns: of the only rows to show (an Arrow file in base64), empty for all that the filter selects. bounds: what the
    map shows first, None where nothing selected has a place. shown: how many rows are selected. outlined: the address
    of features whose outlines it draws, or "". basemap: names of the base map's files. start: where the map begins and
    what it fills and charts, as the fragment of an address has it, or "". limits: beyond which the reader cannot go.
    controls: names of the interface's parts to show; none means all that the mode has. size: CSS width and height of a
    notebook's frame.
    """

    edition: EditionSummary
    taxonomy: Taxonomy
    filter: IncidentFilter = field(default_factory=IncidentFilter)
    urls: MapUrls = field(default_factory=MapUrls)
    mode: Mode = Mode.PAGE
    columns: str = ""
    bounds: BBox | None = None
    shown: int = 0
    outlined: str = ""
    basemap: tuple[str, ...] = ()
    tiles: Tiles | None = None
    start: str = ""
    limits: Limits | None = None
    controls: tuple[str, ...] = ()
    title: str = "Incidents"
    disclaimer: str = ""
    attribution: str = BASE_MAP
    size: tuple[str, str] = ("100%", "640px")
