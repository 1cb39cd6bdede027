/**
 * What labels keep clear of: symbols, other labels, names and what lies over the map.
 *
 * It places nothing.
 */

/** @typedef {import("./clusters.js").Glyph} Glyph */

/**
 * @typedef {object} Obstacle a box by its middle
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {boolean} [isName] whether it is a name on the base map: nobody is misled where that is hidden
 */

/** Pixels that a label keeps from a symbol. */
const CLEAR = 5;
/** How bad it is to hide one, in the measure of harm, where 0.4 is a pixel away from the best place. */
export const SYMBOL = 400;
/** Symbols are looked up by squares of so many pixels, and rows of so many squares: a canvas is never as wide. */
const SQUARE = 48;
const COLUMNS = 4096;

/** What labels keep clear of: symbols, and boxes such as other labels. Looked through by squares of the canvas. */
export class Obstacles {
    /**
     * @param {Glyph[]} glyphs
     * @param {Obstacle[]} boxes
     */
    constructor(glyphs, boxes) {
        this.boxes = [...boxes];
        /** Each symbol is in all squares that it reaches into. @type {Map<number, Glyph[]>} */
        this.squares = new Map();
        /** What was in the way last: places that are tried one after another are often hidden by the same. @type {Glyph | null} */
        this.last = null;
        for (const glyph of glyphs) {
            const reach = glyph.radius + CLEAR;
            const [left, right] = [squareOf(glyph.x - reach), squareOf(glyph.x + reach)];
            const [top, bottom] = [squareOf(glyph.y - reach), squareOf(glyph.y + reach)];
            for (let row = top; row <= bottom; row += 1) {
                for (let column = left; column <= right; column += 1) {
                    const held = this.squares.get(row * COLUMNS + column);
                    if (held) {
                        held.push(glyph);
                    } else {
                        this.squares.set(row * COLUMNS + column, [glyph]);
                    }
                }
            }
        }
    }

    /**
     * How much a label would hide at a place; once it is no less than the limit, how much more is not looked at.
     * @param {import("./label_places.js").Size} label
     * @param {number} x
     * @param {number} y
     * @param {number} limit
     */
    hidden({ width, height }, x, y, limit) {
        const [wide, high] = [width / 2, height / 2];
        if (limit <= SYMBOL && this.last && isHidden(this.last, x, y, wide, high)) {
            return SYMBOL;
        }
        let sum = 0;
        for (let at = 0; at < this.boxes.length && sum < limit; at += 1) {
            const box = this.boxes[at];
            const margin = box.isName ? 0 : 6;
            const clear =
                Math.abs(box.x - x) > (box.width + width) / 2 + margin || Math.abs(box.y - y) > (box.height + height) / 2 + margin;
            sum += clear ? 0 : box.isName ? 300 : 1600;
        }
        const [left, right] = [squareOf(x - wide), squareOf(x + wide)];
        const [top, bottom] = [squareOf(y - high), squareOf(y + high)];
        for (let row = top; row <= bottom && sum < limit; row += 1) {
            for (let column = left; column <= right && sum < limit; column += 1) {
                for (const glyph of this.squares.get(row * COLUMNS + column) ?? []) {
                    if (sum < limit && isHidden(glyph, x, y, wide, high)) {
                        const reach = glyph.radius + CLEAR;
                        // In the first of the label's squares that it reaches into, so that it counts once.
                        const isFirst =
                            column === Math.max(left, squareOf(glyph.x - reach)) && row === Math.max(top, squareOf(glyph.y - reach));
                        sum += isFirst ? SYMBOL : 0;
                        this.last = glyph;
                    }
                }
            }
        }
        return sum;
    }
}

/**
 * Whether a label would come too close to a symbol.
 * @param {Glyph} glyph
 * @param {number} x the label's middle
 * @param {number} y
 * @param {number} wide half of its width
 * @param {number} high
 */
function isHidden(glyph, x, y, wide, high) {
    const dx = Math.max(0, Math.abs(glyph.x - x) - wide);
    const dy = Math.max(0, Math.abs(glyph.y - y) - high);
    return dx * dx + dy * dy < (glyph.radius + CLEAR) ** 2;
}

/** @param {number} at along one axis */
function squareOf(at) {
    return Math.floor(at / SQUARE);
}
