/**
 * Where symbols of what lies somewhere in a disc ride on its edge: at the top, or else as near to it as they are free.
 *
 * It draws nothing. The service's pictures have the same seats: see app/pictures/seats.py.
 */

/** @typedef {import("./clusters.js").Glyph} Glyph */
/** @typedef {{x: number, y: number}} Seat */

/** Of so many places along the edge the first free one is taken, turn and turn about from the top. */
const PLACES = 24;
/** Pixels between two symbols; a ring may be as much wider for the sake of its number. */
const CLEAR = 4;

/**
 * @param {{glyph: Glyph, reach: number}[]} discs reach: their radius in pixels
 * @param {Glyph[]} glyphs all that are drawn
 * @param {number} half pixels from a symbol's middle to its sides
 * @returns {Map<Glyph, Seat>} the top where no place is free
 */
export function findSeats(discs, glyphs, half) {
    /** @type {Map<Glyph, Seat>} */
    const seats = new Map();
    for (const { glyph, reach } of discs) {
        // Most of what is drawn is nowhere near the edge.
        const near = glyphs.filter((other) => other !== glyph && Math.abs(Math.hypot(other.x - glyph.x, other.y - glyph.y) - reach) < other.radius + half + CLEAR);
        const isFree = (/** @type {Seat} */ { x, y }) =>
            near.every((other) => Math.hypot(other.x - x, other.y - y) >= other.radius + half + CLEAR) &&
            [...seats.values()].every((other) => Math.hypot(other.x - x, other.y - y) >= 2 * half + CLEAR);
        const places = Array.from({ length: PLACES }, (_, nth) => {
            const turn = (((nth % 2 ? 1 : -1) * Math.ceil(nth / 2)) / PLACES) * 2 * Math.PI;
            return { x: glyph.x + reach * Math.sin(turn), y: glyph.y - reach * Math.cos(turn) };
        });
        seats.set(glyph, places.find(isFree) ?? places[0]);
    }
    return seats;
}
