/**
 * Draws the outlines of what a page is about beneath the symbols: the boundary of a region, the area of a record.
 *
 * It hatches and counts nothing: areas_layer.js does that for what is known to no more than an area.
 */

import * as L from "leaflet";

/** @typedef {import("./types.js").View} View */
/** @typedef {[number, number]} LonLat */

/**
 * Has the features of the view's address come, and draws those that have an area; without them the map stays as it is.
 * @param {View} view
 * @param {L.Map} map
 */
export async function drawOutlined(view, map) {
    const response = await fetch(view.outlined, { credentials: "omit" }).catch(() => null);
    if (!response?.ok) {
        return;
    }
    const found = await response.json();
    // Over the antimeridian what lies east of it stands on the next copy of the world.
    const { bounds } = view;
    const turned = bounds && bounds[0] > bounds[2] ? (bounds[0] + bounds[2]) / 2 : -Infinity;
    /** @param {LonLat} position @returns {[number, number]} */
    const place = ([lon, lat]) => [lat, lon < turned ? lon + 360 : lon];
    map.createPane("outlined").classList.add("bearing-outlined");
    for (const feature of found.features ?? [found]) {
        for (const polygon of polygonsOf(feature.geometry)) {
            const rings = polygon.map((ring) => ring.map(place));
            const looks = { pane: "outlined", interactive: false, smoothFactor: 0.5 };
            L.polygon(rings, { ...looks, stroke: false, className: "bearing-outlined__area" }).addTo(map);
            const lines = polygon.flatMap((ring) => withoutSeam(ring).map((line) => line.map(place)));
            L.polyline(lines, { ...looks, className: "bearing-outlined__line" }).addTo(map);
        }
    }
}

/**
 * @param {{type: string, coordinates: any} | null} geometry
 * @returns {LonLat[][][]}
 */
function polygonsOf(geometry) {
    return geometry?.type === "Polygon" ? [geometry.coordinates] : geometry?.type === "MultiPolygon" ? geometry.coordinates : [];
}

/**
 * The parts of a ring that are a boundary: where it is cut at the antimeridian there is none.
 * @param {LonLat[]} ring
 */
function withoutSeam(ring) {
    /** @type {LonLat[][]} */
    const lines = [[ring[0]]];
    for (let at = 1; at < ring.length; at += 1) {
        if (Math.abs(ring[at][0]) === 180 && ring[at][0] === ring[at - 1][0]) {
            lines.push([ring[at]]);
        } else {
            lines[lines.length - 1].push(ring[at]);
        }
    }
    return lines.filter((line) => line.length > 1);
}
