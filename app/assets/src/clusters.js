/**
 * Lays glyphs for squares of the grid: a symbol alone, or a ring where symbols would overlap.
 *
 * It draws nothing, and knows no row but the first of a square.
 */

import { symbolSize } from "./grid.js";
import { SIDE } from "./rows.js";

/** @typedef {import("./canvas_layer.js").Frame} Frame */
/** @typedef {import("./engines.js").Picture} Picture */
/** @typedef {import("./gathering.js").Cells} Cells */
/** @typedef {import("./grid.js").Grid} Grid */

/**
 * @typedef {object} Glyph
 * @property {number} x on the canvas, in CSS pixels
 * @property {number} y
 * @property {number} radius within which it is drawn
 * @property {number} records rows
 * @property {number} count incidents; patterns and further rows of the same incident left out
 * @property {number} patterns
 * @property {number[]} families rows by family, in the order of FAMILIES
 * @property {boolean} coarse whether none of its rows claims a point
 * @property {[number, number, number, number]} spread west, north, east and south of its rows, in parts of SIDE
 * @property {Cells} cells where its first square is
 * @property {number} at of its first square there
 * @property {number[]} squares all its squares, see `squareOf`
 */

const LARGEST = 60;
/** Up to this radius, of some 1,300, a ring's area grows with the count; of ten times as many it is then so much wider. */
const STEADY = 40;
const BEYOND = 5;
const GAP = 2;
/** Squares are heeded so many pixels beyond the canvas. */
const AROUND = 4 * LARGEST;
/** Glyphs are looked up by squares of the canvas, and rows of so many: it is never as wide. */
const COLUMNS = 4096;
/** The least radius of a ring with a number and a wave in it. */
export const WITH_WAVE = 15;

/**
 * Radius of a ring: its area grows with the count, and beyond some 1,300 its radius with the count's logarithm.
 * @param {number} count
 */
export function ringRadius(count) {
    const radius = Math.sqrt(130 + 1.1 * count);
    return radius <= STEADY ? radius : Math.min(LARGEST, STEADY + 2 * BEYOND * Math.log10(radius / STEADY));
}

/**
 * The number of the square that a place lies in.
 * @param {number} across
 * @param {number} x in parts of SIDE
 * @param {number} y
 */
export function squareOf(across, x, y) {
    return Math.floor((y * across) / SIDE) * across + Math.floor((x * across) / SIDE);
}

/**
 * @param {Picture} picture
 * @param {Grid} grid which squares: an answer may have more of them
 * @param {Frame} frame
 * @returns {Glyph[]} in reading order
 */
export function layGlyphs(picture, grid, frame) {
    // Where all columns are there, a ring at the canvas's edge counts what its copies elsewhere do.
    const around = grid.east - grid.west + 1 >= grid.across ? AROUND : 0;
    /** @type {number[]} */
    const copies = [];
    for (let copy = Math.floor((frame.left - around) / frame.scale); copy <= (frame.left + frame.width + around) / frame.scale; copy += 1) {
        copies.push(copy);
    }
    const more = Math.ceil((around * grid.across) / frame.scale);
    const wide = { ...grid, west: grid.west - more, east: grid.east + more };
    const glyphs = picture.parts.flatMap((cells) => copies.flatMap((copy) => layCells(cells, wide, frame, copy)));
    return mergeAll(glyphs).filter((glyph) => isOn(glyph, frame)).sort((a, b) => a.y - b.y || a.x - b.x);
}

/**
 * Whether a glyph reaches into the canvas.
 * @param {Glyph} glyph
 * @param {Frame} frame
 */
function isOn({ x, y, radius }, { width, height }) {
    return x > -radius && y > -radius && x < width + radius && y < height + radius;
}

/**
 * One glyph for each square that is in sight on a copy of the world, or so close that a ring in sight may take it in.
 * @param {Cells} cells
 * @param {Grid} grid
 * @param {Frame} frame
 * @param {number} copy
 */
function layCells(cells, grid, frame, copy) {
    const size = symbolSize(frame.zoom);
    const { across, north, south } = grid;
    const west = grid.west - copy * across;
    const east = grid.east - copy * across;
    /** @type {Glyph[]} */
    const glyphs = [];
    for (let at = 0; at < cells.length; at += 1) {
        const out = cells.column[at] < west || cells.column[at] > east || cells.row[at] < north || cells.row[at] > south;
        if (out) {
            continue;
        }
        const records = cells.records[at];
        const count = cells.count[at];
        const patterns = cells.patterns[at];
        glyphs.push({
            x: (cells.x[at] / SIDE + copy) * frame.scale - frame.left,
            y: (cells.y[at] / SIDE) * frame.scale - frame.top,
            radius: records > 1 ? sizeOfRing(count, patterns) : sizeOfOne(cells.precision[at], size),
            records,
            count,
            patterns,
            families: cells.families.map((counts) => counts[at]),
            coarse: cells.coarse[at] === 1,
            spread: [cells.west[at], cells.north[at], cells.east[at], cells.south[at]],
            cells,
            at,
            squares: [cells.row[at] * across + cells.column[at]],
        });
    }
    return glyphs;
}

/**
 * @param {number} rank of the precision
 * @param {number} size
 */
function sizeOfOne(rank, size) {
    return rank < 2 ? size : rank === 2 ? size + 1 : size + 4;
}

/**
 * @param {number} count
 * @param {number} patterns
 */
function sizeOfRing(count, patterns) {
    return Math.max(ringRadius(count + patterns), patterns ? WITH_WAVE : 0);
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
    const order = [...glyphs].sort((a, b) => b.records - a.records || a.squares[0] - b.squares[0]);
    for (const glyph of order) {
        const column = Math.floor(glyph.x / reach);
        const row = Math.floor(glyph.y / reach);
        const host = nearestHost(glyph, near, column, row);
        if (host) {
            join(host, glyph);
        } else {
            kept.push(glyph);
            const key = row * COLUMNS + column;
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
 * The glyph that another overlaps, of several the one that it overlaps most. This is asked of each of thousands, some
 * times over for one picture.
 * @param {Glyph} glyph
 * @param {Map<number, Glyph[]>} near by squares of the canvas
 * @param {number} column
 * @param {number} row
 * @returns {Glyph | null}
 */
function nearestHost({ x, y, radius }, near, column, row) {
    /** @type {Glyph | null} */
    let host = null;
    let closest = 1;
    for (let key = (row - 1) * COLUMNS + column; key <= (row + 1) * COLUMNS + column; key += COLUMNS) {
        for (let at = key - 1; at <= key + 1; at += 1) {
            const held = near.get(at);
            if (!held) {
                continue;
            }
            for (let nth = 0; nth < held.length; nth += 1) {
                const other = held[nth];
                const room = other.radius + radius + (other.records > 1 ? GAP : -GAP);
                const aside = other.x - x;
                const below = other.y - y;
                // The square of how far apart they are, of the room that they need.
                const share = (aside * aside + below * below) / (room * room);
                if (share < closest) {
                    closest = share;
                    host = other;
                }
            }
        }
    }
    return host;
}

/**
 * @param {Glyph} host
 * @param {Glyph} guest
 */
function join(host, guest) {
    const records = host.records + guest.records;
    host.x += ((guest.x - host.x) * guest.records) / records;
    host.y += ((guest.y - host.y) * guest.records) / records;
    host.records = records;
    host.count += guest.count;
    host.patterns += guest.patterns;
    guest.families.forEach((count, i) => {
        host.families[i] += count;
    });
    host.coarse = host.coarse && guest.coarse;
    host.squares.push(...guest.squares);
    const [west, north, east, south] = guest.spread;
    const { spread } = host;
    host.spread = [
        Math.min(spread[0], west),
        Math.min(spread[1], north),
        Math.max(spread[2], east),
        Math.max(spread[3], south),
    ];
    host.radius = sizeOfRing(host.count, host.patterns);
}
