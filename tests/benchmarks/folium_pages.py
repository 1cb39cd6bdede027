"""Makes the page that stock Folium makes of an edition's points: a program, which can be ended when it is slow.

Arguments: a contender's name, an edition's folder, the file to write. It prints one line of JSON: milliseconds for
making the page, without reading the points, and how many there were. Each kind is a layer of its own with a switch.
"""

import datetime as dt
import itertools
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import folium
import folium.plugins

from incidents.editions.database import DATABASE

# Latitude, longitude, title, day.
Point = tuple[float, float, str, dt.date | None]


def add_markers(web_map: folium.Map, kind: str, points: list[Point]) -> None:
    group = folium.FeatureGroup(name=kind).add_to(web_map)
    for lat, lon, title, _ in points:
        folium.Marker((lat, lon), popup=title).add_to(group)


def add_clusters(web_map: folium.Map, kind: str, points: list[Point]) -> None:
    cluster = folium.plugins.MarkerCluster(name=kind)  # type: ignore[no-untyped-call]  # folium ships no types
    cluster.add_to(web_map)
    for lat, lon, title, _ in points:
        folium.Marker((lat, lon), popup=title).add_to(cluster)


def add_fast_clusters(web_map: folium.Map, kind: str, points: list[Point]) -> None:
    data = [[lat, lon] for lat, lon, _, _ in points]
    folium.plugins.FastMarkerCluster(data, name=kind).add_to(web_map)  # type: ignore[no-untyped-call]  # folium ships no types


def add_geojson(web_map: folium.Map, kind: str, points: list[Point]) -> None:
    folium.GeoJson(to_geojson(points), name=kind, marker=folium.CircleMarker(radius=4)).add_to(web_map)


def add_timestamped(web_map: folium.Map, kind: str, points: list[Point]) -> None:
    del kind
    layer = folium.plugins.TimestampedGeoJson(  # type: ignore[no-untyped-call]  # folium ships no types
        to_geojson([point for point in points if point[3]]), period="P1Y", duration="P1Y", auto_play=False
    )
    layer.add_to(web_map)


def to_geojson(points: list[Point]) -> dict[str, Any]:
    """Make a collection of points; each has its title, its day, and a circle for TimestampedGeoJson to draw."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [lon, lat]},
                "properties": {
                    "title": title,
                    "time": day.isoformat() if day else None,
                    "icon": "circle",
                    "iconstyle": {"radius": 4},
                },
            }
            for lat, lon, title, day in points
        ],
    }


CONTENDERS: dict[str, Callable[[folium.Map, str, list[Point]], None]] = {
    "Marker": add_markers,
    "MarkerCluster": add_clusters,
    "FastMarkerCluster": add_fast_clusters,
    "GeoJson": add_geojson,
    "TimestampedGeoJson": add_timestamped,
}


def read_points(folder: Path) -> Iterator[tuple[str, Point]]:
    """Give the points that the edition claims, with their kinds, kind by kind."""
    with duckdb.connect(folder / DATABASE, read_only=True) as db:
        rows = db.execute(
            "SELECT kind, lat, lon, title, earliest FROM incident WHERE lon IS NOT NULL ORDER BY kind, number"
        ).fetchall()
    for kind, lat, lon, title, day in rows:
        yield kind, (lat, lon, title, day)


def make_page(name: str, layers: dict[str, list[Point]]) -> str:
    """Make the page: no base map, which would come from outside, and the view that holds all points."""
    web_map = folium.Map(tiles=None, maxZoom=18)
    for kind, points in layers.items():
        CONTENDERS[name](web_map, kind, points)
    folium.LayerControl(collapsed=False).add_to(web_map)
    every = list(itertools.chain.from_iterable(layers.values()))
    south, north = min(p[0] for p in every), max(p[0] for p in every)
    west, east = min(p[1] for p in every), max(p[1] for p in every)
    web_map.fit_bounds([(south, west), (north, east)])
    return str(web_map.get_root().render())


def main(name: str, folder: str, out: str) -> None:
    """Make one page and write it."""
    read = itertools.groupby(read_points(Path(folder)), key=lambda row: row[0])
    layers = {kind: [point for _, point in rows] for kind, rows in read}
    if name == "TimestampedGeoJson":
        # One layer: with several, each would have a clock of its own.
        layers = {"incidents": list(itertools.chain.from_iterable(layers.values()))}
    begun = time.perf_counter()
    page = make_page(name, layers)
    took_ms = (time.perf_counter() - begun) * 1000
    Path(out).write_text(page, encoding="utf-8")
    print(json.dumps({"ms": took_ms, "points": sum(map(len, layers.values()))}))


if __name__ == "__main__":
    main(*sys.argv[1:])
