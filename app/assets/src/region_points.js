/**
 * The part of a region that is in sight, as the points of a grid that lie in it: what a label is put among.
 *
 * It places nothing.
 */

import { ringsOnCanvas } from "./area_shapes.js";
import { clipRing } from "./clip.js";

/** @typedef {import("./area_shapes.js").Area} Area */
/** @typedef {import("./canvas_layer.js").Frame} Frame */

const SMALL = 64;
/** Points are looked for on a grid of this many by as many. */
export const PARTS = 12;

/**
 * Where labels may lie: the view without a margin.
 * @param {Frame} frame
 */
export function innerBox({ view }) {
    return { left: view.left + 8, top: view.top + 8, right: view.right - 8, bottom: view.bottom - 8 };
}

/**
 * Whether a region is too small on the screen to be told from its neighbours.
 * @param {{x: number, y: number}[]} points
 */
export function isSmall(points) {
    const xs = points.map(({ x }) => x);
    const ys = points.map(({ y }) => y);
    return Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)) < SMALL;
}

/**
 * Points of a grid that lie in the visible part of a region; one at least when any of it is in view.
 * @param {Area} area
 * @param {Frame} frame
 * @returns {{x: number, y: number}[]}
 */
export function pointsInside(area, frame) {
    const box = innerBox(frame);
    const middle = (box.left + box.right) / 2;
    /** @param {number} copy */
    const away = (copy) => Math.abs((area.middle + copy) * frame.scale - frame.left - middle);
    // Where the world stands in view more than once, the label belongs to the copy nearest the middle.
    const copies = [...frame.copies].sort((a, b) => away(a) - away(b));
    const rings = copies
        .map((copy) =>
            ringsOnCanvas(area, frame, copy)
                .map((ring) => clipRing(ring, box))
                .filter((ring) => ring.length),
        )
        .find((found) => found.length);
    if (!rings) {
        return [];
    }
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const ring of rings) {
        for (let i = 0; i < ring.length; i += 2) {
            left = Math.min(left, ring[i]);
            right = Math.max(right, ring[i]);
            top = Math.min(top, ring[i + 1]);
            bottom = Math.max(bottom, ring[i + 1]);
        }
    }
    const points = [];
    for (let row = 0; row < PARTS; row += 1) {
        for (let column = 0; column < PARTS; column += 1) {
            const x = left + ((right - left) * (column + 0.5)) / PARTS;
            const y = top + ((bottom - top) * (row + 0.5)) / PARTS;
            if (isInside(x, y, rings)) {
                points.push({ x, y });
            }
        }
    }
    return points.length ? points : [{ x: (left + right) / 2, y: (top + bottom) / 2 }];
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number[][]} rings
 */
function isInside(x, y, rings) {
    let inside = false;
    for (const ring of rings) {
        for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
            const above = ring[i + 1] > y;
            if (above !== ring[j + 1] > y) {
                const at = ((ring[j] - ring[i]) * (y - ring[i + 1])) / (ring[j + 1] - ring[i + 1]) + ring[i];
                inside = x < at ? !inside : inside;
            }
        }
    }
    return inside;
}
