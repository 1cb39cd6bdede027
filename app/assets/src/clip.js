/**
 * Cuts rings and lines to a box, so that the canvas is never handed coordinates far outside it.
 *
 * It knows no map: only flat arrays x0, y0, x1, y1 ...
 */

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

/**
 * Cuts a closed ring (Sutherland and Hodgman 1974). The cut runs along the box, so give it some margin.
 * @param {number[]} ring
 * @param {Box} box
 * @returns {number[]} empty when nothing is left
 */
export function clipRing(ring, box) {
    let left = cut(ring, 0, box.left, 1);
    left = cut(left, 0, box.right, -1);
    left = cut(left, 1, box.top, 1);
    return cut(left, 1, box.bottom, -1);
}

/**
 * @param {number[]} ring
 * @param {0 | 1} axis
 * @param {number} limit
 * @param {1 | -1} sign 1 keeps what is larger
 */
function cut(ring, axis, limit, sign) {
    /** @type {number[]} */
    const kept = [];
    const length = ring.length;
    for (let i = 0; i < length; i += 2) {
        const j = (i + length - 2) % length;
        const here = (ring[i + axis] - limit) * sign;
        const before = (ring[j + axis] - limit) * sign;
        if (here >= 0 !== before >= 0) {
            const share = before / (before - here);
            kept.push(ring[j] + (ring[i] - ring[j]) * share, ring[j + 1] + (ring[i + 1] - ring[j + 1]) * share);
        }
        if (here >= 0) {
            kept.push(ring[i], ring[i + 1]);
        }
    }
    return kept;
}

/**
 * The parts of a line whose steps come near the box.
 * @param {number[]} line
 * @param {Box} box
 * @returns {number[][]}
 */
export function clipLine(line, box) {
    /** @type {number[][]} */
    const parts = [];
    /** @type {number[] | null} */
    let part = null;
    for (let i = 2; i < line.length; i += 2) {
        const out =
            Math.max(line[i - 2], line[i]) < box.left ||
            Math.min(line[i - 2], line[i]) > box.right ||
            Math.max(line[i - 1], line[i + 1]) < box.top ||
            Math.min(line[i - 1], line[i + 1]) > box.bottom;
        if (out) {
            part = null;
        } else if (part) {
            part.push(line[i], line[i + 1]);
        } else {
            part = [line[i - 2], line[i - 1], line[i], line[i + 1]];
            parts.push(part);
        }
    }
    return parts;
}
