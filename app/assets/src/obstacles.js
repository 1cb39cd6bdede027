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
const NAME = 300;
const BOX = 1600;
/** Pixels that a label keeps from a box that is no name. */
const APART = 6;
/** Symbols are looked up by squares of so many pixels, and rows of so many squares: a canvas is never as wide. */
const SQUARE = 48;
const COLUMNS = 4096;
/** Symbols are marked at points so far apart: less than a label is high. */
const STEP = 8;
const HAIR = 1e-6;

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
        this.cover = new Cover(glyphs, boxes);
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
     * The places, row by row, at which a label may hide nothing: all others hide something.
     * @param {import("./label_places.js").Size} label
     * @param {number[]} xs of its middle
     * @param {number[]} ys
     * @returns {Uint8Array} 1 for each of them
     */
    openAt({ width, height }, xs, ys) {
        return this.cover.openAt(xs, ys, width / 2, height / 2);
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
            const margin = marginOf(box);
            const clear =
                Math.abs(box.x - x) > (box.width + width) / 2 + margin || Math.abs(box.y - y) > (box.height + height) / 2 + margin;
            sum += clear ? 0 : box.isName ? NAME : BOX;
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

/** @param {Obstacle} box */
function marginOf({ isName }) {
    return isName ? 0 : APART;
}

/** Points of the canvas that a label would hide something at: by them most places for it are known at once to be none. */
class Cover {
    /**
     * @param {Glyph[]} glyphs
     * @param {Obstacle[]} boxes
     */
    constructor(glyphs, boxes) {
        // A hair less, so that rounding marks no point that is just clear.
        const discs = glyphs.map(({ x, y, radius }) => ({ x, y, reach: radius + CLEAR - HAIR }));
        const sides = boxes.map((box) => {
            const [wide, high] = [box.width, box.height].map((length) => length / 2 + marginOf(box) - HAIR);
            return { left: box.x - wide, right: box.x + wide, top: box.y - high, bottom: box.y + high };
        });
        let [left, top, right, bottom] = [0, 0, 0, 0];
        for (const { x, y, reach } of discs) {
            left = Math.min(left, x - reach);
            top = Math.min(top, y - reach);
            right = Math.max(right, x + reach);
            bottom = Math.max(bottom, y + reach);
        }
        /** The first point's column and row, and how many there are, with one before the first. */
        this.west = Math.floor(left / STEP) - 1;
        this.north = Math.floor(top / STEP) - 1;
        this.columns = Math.ceil(right / STEP) - this.west + 1;
        this.rows = Math.ceil(bottom / STEP) - this.north + 1;
        /** How many points above and left of each are covered, itself among them. */
        this.sums = new Int32Array(this.columns * this.rows);
        for (const { x, y, reach } of discs) {
            for (let row = Math.ceil((y - reach) / STEP); row * STEP <= y + reach; row += 1) {
                const half = Math.sqrt(Math.max(0, reach * reach - (row * STEP - y) ** 2));
                this.mark(row, x - half, x + half);
            }
        }
        for (const side of sides) {
            const last = Math.min(this.north + this.rows - 1, Math.floor(side.bottom / STEP));
            for (let row = Math.max(this.north + 1, Math.ceil(side.top / STEP)); row <= last; row += 1) {
                this.mark(row, side.left, side.right);
            }
        }
        this.addUp();
    }

    /**
     * @param {number} row
     * @param {number} left
     * @param {number} right
     */
    mark(row, left, right) {
        const { sums, columns, west, north } = this;
        const line = (row - north) * columns - west;
        const last = Math.min(west + columns - 1, Math.floor(right / STEP));
        for (let column = Math.max(west + 1, Math.ceil(left / STEP)); column <= last; column += 1) {
            sums[line + column] = 1;
        }
    }

    addUp() {
        const { sums, columns } = this;
        for (let at = columns; at < sums.length; at += 1) {
            sums[at] += at % columns ? sums[at - 1] + sums[at - columns] - sums[at - columns - 1] : 0;
        }
    }

    /**
     * Which of the boxes around some places have no covered point in them.
     * @param {number[]} xs
     * @param {number[]} ys
     * @param {number} wide half of the boxes' width
     * @param {number} high
     */
    openAt(xs, ys, wide, high) {
        const { sums, columns, rows, west, north } = this;
        const open = new Uint8Array(xs.length * ys.length);
        // The last points before each box, and the last ones in it.
        const [befores, lasts] = edgesOf(xs, wide, west, columns);
        const [aboves, bottoms] = edgesOf(ys, high, north, rows);
        let place = 0;
        for (let row = 0; row < ys.length; row += 1) {
            const [above, bottom] = [aboves[row] * columns, bottoms[row] * columns];
            for (let column = 0; column < xs.length; column += 1) {
                const [before, last] = [befores[column], lasts[column]];
                const covered = sums[bottom + last] - sums[bottom + before] - sums[above + last] + sums[above + before];
                open[place] = covered ? 0 : 1;
                place += 1;
            }
        }
        return open;
    }
}

/**
 * @param {number[]} middles
 * @param {number} half
 * @param {number} first
 * @param {number} length
 */
function edgesOf(middles, half, first, length) {
    const befores = new Int32Array(middles.length);
    const lasts = new Int32Array(middles.length);
    for (let at = 0; at < middles.length; at += 1) {
        befores[at] = Math.max(0, Math.min(length - 1, Math.ceil((middles[at] - half) / STEP) - 1 - first));
        lasts[at] = Math.max(0, Math.min(length - 1, Math.floor((middles[at] + half) / STEP) - first));
    }
    return [befores, lasts];
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
