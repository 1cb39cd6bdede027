"""The Folium document of a map: one element, one block of JSON, and one script that is the same for every map.

Folium's own page is not used: it carries inline script and style, random ids and links to other hosts, and it
pastes texts into script.
"""

import json
from html import escape
from pathlib import Path
from typing import Any

import folium
from branca.element import Figure
from folium.template import Template

from app.maps.layers import MapLayer
from app.maps.saving import Inlined, save, write_document
from app.maps.view import MapView
from incidents.filters import IncidentFilter
from incidents.limits import Limits


def to_json_block(value: object) -> str:
    """Write JSON that may stand inside a script element: nothing in it can end the element or open a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


class WebMap(folium.Map):
    """A map whose layers are of `app.maps.layers`. Make it with `app.maps.build.build_map`."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - as folium declares it
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    _template = Template(
        """
        {%- macro html(this, kwargs) -%}
        <div class="bearing" id="map"></div>
        <script type="application/json" id="bearing-view">{{ this.view_json() }}</script>
        {%- endmacro -%}
        """
    )

    def __init__(self, view: MapView) -> None:
        super().__init__(tiles=None, maxZoom=18)
        self.view = view
        self._name = "map"
        self._id = "bearing"
        # What a notebook shows and a file holds beside the view; pages fetch it instead.
        self.inlined: Inlined | None = None

    def add_child(self, child: Any, name: str | None = None, index: int | None = None) -> Any:  # noqa: ANN401 - as branca has it
        """Add a layer; folium's own, which write script and markup, are refused. Raises TypeError."""
        if not isinstance(child, MapLayer):
            msg = f"a WebMap draws layers of app.maps.layers, not {type(child).__name__}"
            raise TypeError(msg)
        return super().add_child(child, name=name, index=index)

    def view_json(self) -> str:
        """Write the view as the page's script reads it."""
        return to_json_block(self.describe())

    def describe(self) -> dict[str, Any]:
        """Give the view as plain values: its own and those of its layers."""
        view = self.view
        edition = view.edition
        bounds = view.bounds
        described: dict[str, Any] = {
            "edition": edition.name,
            "number": edition.number,
            "published": edition.published,
            "demonstration": edition.demonstration,
            "total": edition.total,
            "most": edition.most,
            "unshown": edition.unshown,
            "bounds": [bounds.west, bounds.south, bounds.east, bounds.north] if bounds else None,
            "filter": _describe_filter(view.filter),
            "limits": _describe_limits(view.limits) if view.limits else None,
            "start": view.start,
            "shown": view.shown,
            "outlined": view.outlined,
            "columns": view.columns,
            "urls": {name: getattr(view.urls, name) for name in view.urls.__slots__},
            "mode": view.mode.value,
            "controls": list(view.controls),
            "title": view.title,
            "disclaimer": view.disclaimer,
            "attribution": view.attribution,
            "tiles": None,
            "layers": [],
        }
        for child in self._children.values():
            assert isinstance(child, MapLayer)  # noqa: S101 - tells the type checker what `add_child` has let in
            described["layers"].append(child.get_name())
            described.update(child.describe())
        return described

    def fragment(self) -> str:
        """Give the markup for a page: the element and the view. The page itself links script and style."""
        return str(self._template.module.html(self, {}))

    def to_document(self) -> str:
        """Give a whole page that needs nothing beside it. Raises NothingInlined, AssetsMissing."""
        return write_document(self.fragment(), self.view, self.inlined)

    def save_self_contained(self, path: Path) -> int:
        """Write the whole page to a file, all of it or nothing, and give its size in bytes."""
        return save(path, self.to_document())

    def render(self, **_kwargs: object) -> str:
        """Put the document into the figure, as folium's `save` and branca's figures expect, and give it."""
        document = self.to_document()
        figure = self.get_root()
        if isinstance(figure, Figure):
            # The figure's own page would carry inline script and random ids.
            figure._template = Template("{{ this.document }}")  # noqa: SLF001 - branca keeps an element's template there
            figure.document = document  # type: ignore[attr-defined]  # for the template alone
        return document

    def _repr_html_(self, **_kwargs: object) -> str:
        """Show the map in a notebook: a frame that holds the whole page and may do nothing but run its own script."""
        width, height = self.view.size
        return (
            f'<iframe title="{escape(self.view.title)}" sandbox="allow-scripts allow-popups" width="{escape(width)}"'
            f' height="{escape(height)}" style="border:0" srcdoc="{escape(self.to_document())}"></iframe>'
        )


def _describe_limits(limits: Limits) -> dict[str, Any]:
    return {
        "filter": _describe_filter(limits.filter),
        "regions": limits.regions,
        "aircraft": limits.aircraft,
        "total": limits.total,
    }


def _describe_filter(chosen: IncidentFilter) -> dict[str, Any]:
    box = chosen.bbox
    return {
        "kind": list(chosen.kind),
        "aircraft": list(chosen.aircraft),
        "region": list(chosen.region),
        "grade": list(chosen.grade),
        "from": chosen.start.isoformat() if chosen.start else None,
        "to": chosen.end.isoformat() if chosen.end else None,
        "undated": chosen.undated,
        "precision": chosen.precision.value if chosen.precision else None,
        "q": " ".join(chosen.words) or None,
        "bbox": [box.west, box.south, box.east, box.north] if box else None,
    }
