/**
 * Gathers rows into glyphs: a symbol alone, or a ring where symbols would overlap.
 *
 * It draws nothing. The grid that it starts from is fixed to the world, so that panning does not deal anew.
 */

import { NEAR } from "./filter_state.js";

/** @typedef {import("./selection.js").Selection} Selection */
/** @typedef {import("./canvas_layer.js").Frame} Frame */

/**
 * @typedef {object} Glyph
 * @property {number} x on the canvas, in CSS pixels
 * @property {number} y
 * @property {number} radius within which it is drawn
 * @property {number[]} rows numbers of its rows
 * @property {number} count incidents; patterns and further rows of the same incident left out
 * @property {number} patterns
 * @property {number[]} families rows by family, in the order of FAMILIES
 * @property {boolean} coarse whether none of its rows claims a point
 * @property {number[]} spread west, north, east and south of its rows in the unit square of Mercator
 */

export const FAMILIES = ["air", "ground", "people", "diplomacy", "sea", "arms", "other"];

const LARGEST = 40;
const GAP = 2;
/** The least radius of a ring with a number and a wave in it. */
export const WITH_WAVE = 15;

/**
 * Half the width of a symbol alone, by zoom.
 * @param {number} zoom
 */
export function symbolSize(zoom) {
    return Math.round(2 * Math.max(5.5, Math.min(8, 5.5 + (zoom - 3) * 0.4))) / 2;
}

/**
 * Radius of a ring: its area grows with the count.
 * @param {number} count
 */
export function ringRadius(count) {
    return Math.min(LARGEST, Math.sqrt(130 + 1.1 * count));
}

/**
 * @param {Selection} selection
 * @param {number[]} familyOf index into FAMILIES by index of kind
 * @param {Frame} frame
 * @returns {Glyph[]} in reading order
 */
export function layGlyphs(selection, familyOf, frame) {
    const size = symbolSize(frame.zoom);
    const glyphs = frame.copies.flatMap((copy) => gather(selection, familyOf, frame, copy, size));
    return mergeAll(glyphs).sort((a, b) => a.y - b.y || a.x - b.x);
}

/**
 * One glyph for each cell of the grid that has rows.
 * @param {Selection} selection
 * @param {number[]} familyOf
 * @param {Frame} frame
 * @param {number} copy
 * @param {number} size
 */
function gather(selection, familyOf, frame, copy, size) {
    const { mask, counted, countedPattern, rows } = selection;
    const cell = (2 * size) / frame.scale;
    const west = frame.left / frame.scale - copy;
    const north = frame.top / frame.scale;
    const east = west + frame.width / frame.scale;
    const south = north + frame.height / frame.scale;
    const firstColumn = Math.floor(west / cell);
    const firstRow = Math.floor(north / cell);
    const across = Math.floor(east / cell) - firstColumn + 1;
    const down = Math.floor(south / cell) - firstRow + 1;
    const cells = new Int32Array(across * down).fill(-1);
    /** @type {(Glyph & {sumX: number, sumY: number})[]} */
    const glyphs = [];
    const { x, y, area, kind, precision } = rows;
    for (let i = 0; i < mask.length; i += 1) {
        const px = x[i];
        const py = y[i];
        // A row without a place has NaN, which no comparison lets through.
        if (!mask[i] || area[i] >= 0 || !(px >= west && px < east && py >= north && py < south)) {
            continue;
        }
        const at = (Math.floor(py / cell) - firstRow) * across + Math.floor(px / cell) - firstColumn;
        let number = cells[at];
        if (number < 0) {
            number = cells[at] = glyphs.length;
            glyphs.push({
                x: 0,
                y: 0,
                sumX: 0,
                sumY: 0,
                radius: 0,
                rows: [],
                count: 0,
                patterns: 0,
                families: [0, 0, 0, 0, 0, 0, 0],
                coarse: true,
                spread: [px, py, px, py],
            });
        }
        const glyph = glyphs[number];
        glyph.rows.push(i);
        glyph.sumX += px;
        glyph.sumY += py;
        glyph.count += counted[i];
        glyph.patterns += countedPattern[i];
        glyph.families[familyOf[kind[i]]] += 1;
        glyph.coarse = glyph.coarse && precision[i] > NEAR;
        widen(glyph.spread, px, py, px, py);
    }
    for (const glyph of glyphs) {
        glyph.x = (glyph.sumX / glyph.rows.length + copy) * frame.scale - frame.left;
        glyph.y = (glyph.sumY / glyph.rows.length) * frame.scale - frame.top;
        glyph.radius = radiusOf(glyph, rows.precision, size);
    }
    return glyphs;
}

/**
 * @param {Glyph} glyph
 * @param {Uint8Array} precision
 * @param {number} size
 */
function radiusOf(glyph, precision, size) {
    if (glyph.rows.length > 1) {
        return Math.max(ringRadius(glyph.count + glyph.patterns), glyph.patterns ? WITH_WAVE : 0);
    }
    const rank = precision[glyph.rows[0]];
    return rank < 2 ? size : rank === 2 ? size + 1 : size + 4;
}

/**
 * Joins glyphs that overlap, the larger taking in the smaller, until none does.
 * @param {Glyph[]} glyphs
 * @returns {Glyph[]}
 */
function mergeAll(glyphs) {
    let left = glyphs;
    for (let pass = 0; pass < 8; pass += 1) {
        const merged = mergeOnce(left);
        if (merged.length === left.length) {
            return merged;
        }
        left = merged;
    }
    return left;
}

/**
 * @param {Glyph[]} glyphs
 */
function mergeOnce(glyphs) {
    const reach = 2 * LARGEST + GAP;
    /** @type {Map<number, Glyph[]>} */
    const near = new Map();
    /** @type {Glyph[]} */
    const kept = [];
    const order = [...glyphs].sort((a, b) => b.rows.length - a.rows.length || a.rows[0] - b.rows[0]);
    for (const glyph of order) {
        const column = Math.floor(glyph.x / reach);
        const row = Math.floor(glyph.y / reach);
        /** @type {Glyph | null} */
        let host = null;
        let closest = 1;
        for (let dy = -1; dy <= 1; dy += 1) {
            for (let dx = -1; dx <= 1; dx += 1) {
                for (const other of near.get((row + dy) * 4096 + column + dx) ?? []) {
                    const room = other.radius + glyph.radius + (other.rows.length > 1 ? GAP : -GAP);
                    const share = Math.hypot(other.x - glyph.x, other.y - glyph.y) / room;
                    if (share < closest) {
                        closest = share;
                        host = other;
                    }
                }
            }
        }
        if (host) {
            join(host, glyph);
        } else {
            kept.push(glyph);
            const key = row * 4096 + column;
            const list = near.get(key);
            if (list) {
                list.push(glyph);
            } else {
                near.set(key, [glyph]);
            }
        }
    }
    return kept;
}

/**
 * @param {Glyph} host
 * @param {Glyph} guest
 */
function join(host, guest) {
    const total = host.rows.length + guest.rows.length;
    host.x += ((guest.x - host.x) * guest.rows.length) / total;
    host.y += ((guest.y - host.y) * guest.rows.length) / total;
    for (const row of guest.rows) {
        host.rows.push(row);
    }
    host.count += guest.count;
    host.patterns += guest.patterns;
    guest.families.forEach((count, i) => {
        host.families[i] += count;
    });
    host.coarse = host.coarse && guest.coarse;
    widen(host.spread, guest.spread[0], guest.spread[1], guest.spread[2], guest.spread[3]);
    host.radius = Math.max(ringRadius(host.count + host.patterns), host.patterns ? WITH_WAVE : 0);
}

/**
 * @param {number[]} spread
 * @param {number} west
 * @param {number} north
 * @param {number} east
 * @param {number} south
 */
function widen(spread, west, north, east, south) {
    spread[0] = Math.min(spread[0], west);
    spread[1] = Math.min(spread[1], north);
    spread[2] = Math.max(spread[2], east);
    spread[3] = Math.max(spread[3], south);
}
