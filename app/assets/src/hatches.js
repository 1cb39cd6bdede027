/**
 * Lines that fill areas, as patterns that are fixed to the world: to stroke them for each area anew takes far longer.
 *
 * It knows no area, and not what its lines stand for.
 */

/** @typedef {import("./canvas_layer.js").Frame} Frame */

/**
 * @typedef {object} Lines
 * @property {number} step CSS pixels from one line to the next, along a row of them
 * @property {number[]} turns 1 for those that rise to the right, -1 for those that fall
 * @property {number} width CSS pixels
 */

export class Hatches {
    constructor() {
        /** By lines, colour and sharpness. @type {Map<string, CanvasPattern | null>} */
        this.made = new Map();
    }

    /**
     * @param {CanvasRenderingContext2D} context
     * @param {Frame} frame
     * @param {Lines} lines
     * @param {string} colour
     * @returns {CanvasPattern | null} null where the browser makes none
     */
    of(context, { left, top, ratio }, lines, colour) {
        const { step, turns, width } = lines;
        const key = [step, ...turns, width, colour, ratio].join(" ");
        let hatch = this.made.get(key);
        if (hatch === undefined) {
            hatch = makeHatch(context, ratio, lines, colour);
            this.made.set(key, hatch);
        }
        hatch?.setTransform(new DOMMatrix().translate(-(left % step), -(top % step)).scale(step / sideOf(step, ratio)));
        return hatch;
    }
}

/**
 * One square of lines, repeated.
 * @param {CanvasRenderingContext2D} context
 * @param {number} ratio device pixels to a CSS pixel
 * @param {Lines} lines
 * @param {string} colour
 */
function makeHatch(context, ratio, { step, turns, width }, colour) {
    const tile = document.createElement("canvas");
    const side = sideOf(step, ratio);
    tile.width = side;
    tile.height = side;
    const pen = tile.getContext("2d");
    if (!pen) {
        return null;
    }
    pen.strokeStyle = colour;
    pen.lineWidth = (width * side) / step;
    pen.beginPath();
    for (const turn of turns) {
        // The line through the middle, and the corners of its neighbours.
        for (const at of [-side, 0, side]) {
            pen.moveTo(at - side, turn > 0 ? 2 * side : -side);
            pen.lineTo(at + 2 * side, turn > 0 ? -side : 2 * side);
        }
    }
    pen.stroke();
    return context.createPattern(tile, "repeat");
}

/**
 * @param {number} step
 * @param {number} ratio
 * @returns {number} whole device pixels
 */
function sideOf(step, ratio) {
    return Math.max(1, Math.round(step * ratio));
}
