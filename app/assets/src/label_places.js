/**
 * Finds a place for a label: in its region or beside it, where it hides the least.
 *
 * It draws nothing and knows no count.
 */

import { ringsOnCanvas } from "./area_shapes.js";
import { clipRing } from "./clip.js";

/** @typedef {import("./area_labels.js").Label} Label */
/** @typedef {import("./area_shapes.js").Area} Area */
/** @typedef {import("./canvas_layer.js").Frame} Frame */
/** @typedef {import("./clusters.js").Glyph} Glyph */

/**
 * @typedef {object} Obstacle a box by its middle
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {boolean} [isName] whether it is a name on the base map: nobody is misled where that is hidden
 */

const SMALL = 64;
/** Points are looked for on a grid of this many by as many. */
const PARTS = 12;

/**
 * Puts a label inside its region, or beside it with a line that leads there, where it hides the least.
 * @param {Label} label
 * @param {{x: number, y: number}[]} inside points of the region
 * @param {Frame} frame
 * @param {Glyph[]} glyphs
 * @param {Obstacle[]} others
 * @param {number} reach how far from the region's box it may lie
 * @returns {boolean} whether it hides nothing there
 */
export function placeLabel(label, inside, frame, glyphs, others, reach) {
    const box = innerBox(frame);
    const [left, right] = span(inside.map(({ x }) => x), label.width / 2 + reach, box.left + label.width / 2, box.right - label.width / 2);
    const [top, bottom] = span(inside.map(({ y }) => y), label.height / 2 + reach, box.top + label.height / 2, box.bottom - label.height / 2);
    const middle = preferred(inside, box);
    const across = 20;
    const down = 30;
    const least = { harm: Infinity, hides: 0, x: 0, y: 0, away: 0, to: middle };
    for (let row = 0; row <= down; row += 1) {
        for (let column = 0; column <= across; column += 1) {
            const x = left + ((right - left) * column) / across;
            const y = top + ((bottom - top) * row) / down;
            const { away, to } = nearest(inside, x, y, label);
            const harm = 3 * away + 0.4 * Math.hypot(x - middle.x, y - middle.y);
            if (harm < least.harm) {
                const hides = hidden(label, { x, y }, glyphs, others);
                if (harm + hides < least.harm) {
                    Object.assign(least, { harm: harm + hides, hides, x, y, away, to });
                }
            }
        }
    }
    label.x = Math.round(least.x);
    label.y = Math.round(least.y);
    label.from = least.away > 4 ? least.to : null;
    return least.hides === 0;
}

/**
 * From where to where a label's middle may lie along one axis: about its region, and within the view.
 * @param {number[]} values the region's points along the axis
 * @param {number} around
 * @param {number} first
 * @param {number} last
 * @returns {[number, number]}
 */
function span(values, around, first, last) {
    const within = (/** @type {number} */ at) => Math.max(first, Math.min(last, at));
    return [within(Math.min(...values) - around), within(Math.max(...values) + around)];
}

/**
 * Where labels may lie: the view without a margin.
 * @param {Frame} frame
 */
function innerBox({ view }) {
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
    if (right - left < 2 && bottom - top < 2) {
        return [];
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
 * Where a label would best lie: in the middle of its region, or at the top of a view that the region fills.
 * @param {{x: number, y: number}[]} points
 * @param {import("./clip.js").Box} box
 */
function preferred(points, box) {
    const x = points.reduce((sum, point) => sum + point.x, 0) / points.length;
    const y = points.reduce((sum, point) => sum + point.y, 0) / points.length;
    const top = Math.min(...points.map((point) => point.y));
    const fills = points.length > 0.9 * PARTS * PARTS && top < box.top + (box.bottom - box.top) / 8;
    return fills ? { x: (box.left + box.right) / 2, y: box.top } : { x, y };
}

/**
 * The nearest of a region's points, and how far it is from the edge of a label at x, y.
 * @param {{x: number, y: number}[]} points
 * @param {number} x
 * @param {number} y
 * @param {Label} label
 */
function nearest(points, x, y, label) {
    let away = Infinity;
    let to = points[0];
    for (const point of points) {
        const dx = Math.max(0, Math.abs(point.x - x) - label.width / 2);
        const dy = Math.max(0, Math.abs(point.y - y) - label.height / 2);
        const distance = dx * dx + dy * dy;
        if (distance < away) {
            away = distance;
            to = point;
        }
    }
    return { away: Math.sqrt(away), to };
}

/**
 * How much a label would hide at a place.
 * @param {Label} label
 * @param {{x: number, y: number}} at
 * @param {Glyph[]} glyphs
 * @param {Obstacle[]} others
 */
function hidden(label, at, glyphs, others) {
    let sum = 0;
    for (const glyph of glyphs) {
        const dx = Math.max(0, Math.abs(glyph.x - at.x) - label.width / 2);
        const dy = Math.max(0, Math.abs(glyph.y - at.y) - label.height / 2);
        if (dx * dx + dy * dy < (glyph.radius + 5) ** 2) {
            sum += 400;
        }
    }
    for (const other of others) {
        const margin = other.isName ? 0 : 6;
        const clear =
            Math.abs(other.x - at.x) > (other.width + label.width) / 2 + margin ||
            Math.abs(other.y - at.y) > (other.height + label.height) / 2 + margin;
        sum += clear ? 0 : other.isName ? 300 : 1600;
    }
    return sum;
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
