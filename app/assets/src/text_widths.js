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
     * Width in CSS pixels. The context may have the font afterwards: it is set for what is measured alone, since that
     * takes longer than to know a width.
     * @param {CanvasRenderingContext2D} context
     * @param {string} text
     */
    of(context, text) {
        let width = this.known.get(text);
        if (width === undefined) {
            context.font = this.font;
            width = context.measureText(text).width;
            if (this.known.size >= MOST) {
                this.known.clear();
            }
            this.known.set(text, width);
        }
        return width;
    }
}
