/**
 * The boundaries of regions, ready to be drawn: as rings in the unit square of Mercator, and on a canvas.
 *
 * It draws nothing and counts nothing.
 */

import { toX, toY } from "./rows.js";

/** @typedef {import("./canvas_layer.js").Frame} Frame */

/**
 * @typedef {object} Area a region's boundary in the unit square of Mercator
 * @property {string} code
 * @property {string} name
 * @property {number} level 0 for a country
 * @property {Float64Array[]} rings
 * @property {Float64Array[]} boxes of each ring: west, north, east, south
 * @property {number} middle of its largest ring, from west to east
 */

/**
 * @param {import("./types.js").AreaFeature} feature
 * @returns {Area | null}
 */
export function makeArea(feature) {
    const { geometry, properties } = feature;
    if (!geometry) {
        return null;
    }
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    const rings = polygons.flat().map((ring) => {
        const flat = new Float64Array(ring.length * 2);
        ring.forEach(([lon, lat], i) => {
            flat[2 * i] = toX(lon);
            flat[2 * i + 1] = toY(lat);
        });
        return flat;
    });
    const boxes = rings.map(boxOf);
    const largest = boxes.reduce((a, b) => (b[2] - b[0] > a[2] - a[0] ? b : a));
    return {
        code: String(properties.code ?? feature.id),
        name: String(properties.name),
        level: Number(properties.level ?? 0),
        rings,
        boxes,
        middle: (largest[0] + largest[2]) / 2,
    };
}

/** @param {Float64Array} ring */
function boxOf(ring) {
    const box = Float64Array.of(Infinity, Infinity, -Infinity, -Infinity);
    for (let i = 0; i < ring.length; i += 2) {
        box[0] = Math.min(box[0], ring[i]);
        box[1] = Math.min(box[1], ring[i + 1]);
        box[2] = Math.max(box[2], ring[i]);
        box[3] = Math.max(box[3], ring[i + 1]);
    }
    return box;
}

/**
 * A region's rings on the canvas, those out of sight left out.
 * @param {Area} area
 * @param {Frame} frame
 * @param {number} copy
 * @returns {number[][]}
 */
export function ringsOnCanvas(area, frame, copy) {
    const { scale, left, top, width, height } = frame;
    return area.rings.flatMap((ring, at) => {
        const [west, north, east, south] = area.boxes[at];
        const out =
            (east + copy) * scale < left ||
            (west + copy) * scale > left + width ||
            south * scale < top ||
            north * scale > top + height ||
            Math.max(east - west, south - north) * scale < 1;
        if (out) {
            return [];
        }
        /** @type {number[]} */
        const points = [];
        for (let i = 0; i < ring.length; i += 2) {
            points.push((ring[i] + copy) * scale - left, ring[i + 1] * scale - top);
        }
        return [points];
    });
}
