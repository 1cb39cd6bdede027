"""Builds the map of a view: its layers in drawing order. What a map *is* stands in web_map.py."""

from app.maps.layers import AreasLayer, BaseMap, EventsLayer, TileLayer, TimeBar
from app.maps.view import MapView
from app.maps.web_map import WebMap


def build_map(view: MapView) -> WebMap:
    """Build the map of a view. The same view gives the same document, byte by byte."""
    web_map = WebMap(view)
    if view.tiles:
        TileLayer(view.tiles).add_to(web_map)
    BaseMap(view.basemap).add_to(web_map)
    AreasLayer().add_to(web_map)
    EventsLayer(view.taxonomy).add_to(web_map)
    if not view.controls or "timebar" in view.controls:
        TimeBar().add_to(web_map)
    return web_map
