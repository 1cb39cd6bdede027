/**
 * How wide texts of one font are: measured once each, since the same counts and names stand in one picture after another.
 *
 * It draws nothing.
 */

const MOST = 2000;

export class TextWidths {
    /** @param {string} font as a canvas has it */
    constructor(font) {
        this.font = font;
        /** @type {Map<string, number>} */
        this.known = new Map();
    }

    /**
     * Width in CSS pixels. The context has the font afterwards.
     * @param {CanvasRenderingContext2D} context
     * @param {string} text
     */
    of(context, text) {
        context.font = this.font;
        let width = this.known.get(text);
        if (width === undefined) {
            width = context.measureText(text).width;
            if (this.known.size >= MOST) {
                this.known.clear();
            }
            this.known.set(text, width);
        }
        return width;
    }
}
