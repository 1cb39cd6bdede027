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
    /** What a symbol's middle keeps so far from: all that is drawn, and each symbol that has its seat. */
    const taken = glyphs.map((glyph) => ({ whose: glyph, x: glyph.x, y: glyph.y, clear: glyph.radius + half + CLEAR }));
    /** @type {Map<Glyph, Seat>} */
    const seats = new Map();
    for (const { glyph, reach } of discs) {
        // Most of it is nowhere near the edge.
        const near = taken.filter((other) => {
            const away = squared(other, glyph);
            return away <= (reach + other.clear) ** 2 && away >= Math.max(0, reach - other.clear) ** 2 && other.whose !== glyph;
        });
        const isFree = (/** @type {Seat} */ seat) => near.every((other) => squared(other, seat) >= other.clear ** 2);
        const places = Array.from({ length: PLACES }, (_, nth) => {
            const turn = (((nth % 2 ? 1 : -1) * Math.ceil(nth / 2)) / PLACES) * 2 * Math.PI;
            return { x: glyph.x + reach * Math.sin(turn), y: glyph.y - reach * Math.cos(turn) };
        });
        const seat = places.find(isFree) ?? places[0];
        seats.set(glyph, seat);
        taken.push({ whose: glyph, ...seat, clear: 2 * half + CLEAR });
    }
    return seats;
}

/**
 * The square of how far apart two places are.
 * @param {Seat} one
 * @param {Seat} other
 */
function squared(one, other) {
    return (one.x - other.x) ** 2 + (one.y - other.y) ** 2;
}
