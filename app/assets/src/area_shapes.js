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
 * @property {Float64Array} box of all rings together
 * @property {number} middle of its largest ring, from west to east
 */

/** Points of an outline that lie closer to each other than this, in pixels, are drawn as one. */
const FINEST = 0.6;

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
    return describe(String(properties.code ?? feature.id), String(properties.name), Number(properties.level ?? 0), rings);
}

/**
 * Regions from the outlines that a map of one scale is given.
 * @param {import("./types.js").Outlines} outlines
 * @returns {Area[]}
 */
export function readOutlines({ side, areas }) {
    return areas
        .filter(([, , , rings]) => rings.length)
        .map(([code, level, name, rings]) => {
            const placed = rings.map((steps) => {
                const ring = new Float64Array(steps.length);
                let [x, y] = [0, 0];
                for (let i = 0; i < steps.length; i += 2) {
                    x += steps[i];
                    y += steps[i + 1];
                    ring[i] = x / side;
                    ring[i + 1] = y / side;
                }
                return ring;
            });
            return describe(code, name, level, placed);
        });
}

/**
 * @param {string} code
 * @param {string} name
 * @param {number} level
 * @param {Float64Array[]} rings
 * @returns {Area}
 */
function describe(code, name, level, rings) {
    const boxes = rings.map(boxOf);
    const largest = boxes.reduce((a, b) => (b[2] - b[0] > a[2] - a[0] ? b : a));
    return {
        code,
        name,
        level,
        rings,
        boxes,
        box: boxOf(boxes.flatMap(([west, north, east, south]) => [west, north, east, south])),
        middle: (largest[0] + largest[2]) / 2,
    };
}

/** @param {ArrayLike<number>} ring */
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
 * Whether a box in the unit square touches a box of the canvas, on one copy of the world.
 * @param {ArrayLike<number>} box west, north, east, south
 * @param {Frame} frame
 * @param {number} copy
 * @param {import("./clip.js").Box} inside
 */
export function touches(box, { scale, left, top }, copy, inside) {
    return (
        (box[2] + copy) * scale - left >= inside.left &&
        (box[0] + copy) * scale - left <= inside.right &&
        box[3] * scale - top >= inside.top &&
        box[1] * scale - top <= inside.bottom
    );
}

/**
 * Whether a region's largest ring is at least so many pixels from side to side.
 * @param {Area} area
 * @param {Frame} frame
 * @param {number} least
 */
export function isAsLarge({ box, boxes }, { scale }, least) {
    /** @param {Float64Array} of */
    const large = (of) => Math.max(of[2] - of[0], of[3] - of[1]) * scale >= least;
    return large(box) && boxes.some(large);
}

/**
 * A region's rings on the canvas, those out of sight left out, and of the others no more points than can be seen.
 * @param {Area} area
 * @param {Frame} frame
 * @param {number} copy
 * @returns {number[][]}
 */
export function ringsOnCanvas(area, frame, copy) {
    const { scale, left, top, width, height } = frame;
    const canvas = { left: 0, top: 0, right: width, bottom: height };
    if (!touches(area.box, frame, copy, canvas)) {
        return [];
    }
    return area.rings.flatMap((ring, at) => {
        const [west, north, east, south] = area.boxes[at];
        if (Math.max(east - west, south - north) * scale < 0.5 || !touches(area.boxes[at], frame, copy, canvas)) {
            return [];
        }
        /** @type {number[]} */
        const points = [];
        let [lastX, lastY] = [Infinity, Infinity];
        for (let i = 0; i < ring.length; i += 2) {
            const x = (ring[i] + copy) * scale - left;
            const y = ring[i + 1] * scale - top;
            if (Math.abs(x - lastX) >= FINEST || Math.abs(y - lastY) >= FINEST || i === ring.length - 2) {
                points.push(x, y);
                lastX = x;
                lastY = y;
            }
        }
        return [points];
    });
}
