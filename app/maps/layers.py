"""The layers of a map as Folium elements: each says in JSON what the page's script is to build.

None writes markup or script, so nothing of an incident can ever run.
"""

from typing import Any

from branca.element import MacroElement

from app.maps.view import Tiles
from incidents.taxonomy import Taxonomy


class MapLayer(MacroElement):
    """A layer. Its name is its id, so that the same view gives the same document, byte by byte."""

    def __init__(self, name: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca types its classes in part
        self._name = name

    def get_name(self) -> str:
        """Give the name, which branca would lengthen by a random id."""
        return self._name

    def describe(self) -> dict[str, Any]:
        """Give the layer's part of the view."""
        return {}


class BaseMap(MapLayer):
    """Land, water, borders and names from files of our own."""

    def __init__(self, files: tuple[str, ...]) -> None:
        super().__init__("basemap")
        self.files = files

    def describe(self) -> dict[str, Any]:
        """Name the files that exist, so that the script asks for no others."""
        return {"basemap": {"files": list(self.files)}}


class TileLayer(MapLayer):
    """Pictures of a provider that the operator chose, beneath everything."""

    def __init__(self, tiles: Tiles) -> None:
        super().__init__("tiles")
        self.tiles = tiles

    def describe(self) -> dict[str, Any]:
        """Give address and attribution."""
        return {"tiles": {"url": self.tiles.url, "attribution": self.tiles.attribution}}


class EventsLayer(MapLayer):
    """Incidents with a place of their own, as symbols by kind, rings where symbols would overlap, circles and discs."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        super().__init__("events")
        self.taxonomy = taxonomy

    def describe(self) -> dict[str, Any]:
        """Give the words for kinds, aircraft, precision and grades."""
        taxonomy = self.taxonomy
        return {
            "taxonomy": {
                "kinds": [
                    {"key": kind.key, "label": kind.label, "plural": kind.plural, "family": kind.family}
                    for kind in taxonomy.kinds.values()
                ],
                "equipment": [
                    {"key": node.key, "label": node.label, "parent": node.parent}
                    for node in taxonomy.equipment.values()
                ],
                "precision": [
                    {
                        "key": term.key,
                        "label": term.label,
                        "meaning": term.description,
                        "floor": taxonomy.say_floor(term.key),
                    }
                    for term in taxonomy.precision.values()
                ],
                "grades": [{"key": term.key, "label": term.label} for term in taxonomy.grades.values()],
            }
        }


class AreasLayer(MapLayer):
    """Incidents known to no more than a region: its area hatched, with a count in words."""

    def __init__(self) -> None:
        super().__init__("areas")


class TimeBar(MapLayer):
    """The time slider with its histogram."""

    def __init__(self) -> None:
        super().__init__("timebar")
