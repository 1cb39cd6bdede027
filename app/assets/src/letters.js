/**
 * Tells which letters can be shown: empty boxes say nothing, and scripts other than a few know no slant.
 *
 * It draws nothing that a reader sees.
 */

/** Scripts that every browser has letters for, and Burmese, whose letters come with us. */
const AT_HAND = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Myanmar}\P{L}]*$/u;
const SLANTING = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\P{L}]*$/u;
/** No character has this number, nor ever will: a browser draws for it what it draws for letters that it lacks. */
const LACKED = "\uffff";
const SIDE = 24;

/** @type {Map<string, boolean>} */
const known = new Map();
/** @type {CanvasRenderingContext2D | null} */
let slate = null;

/**
 * Whether the browser has every letter of a text.
 * @param {string} text
 */
export function canShow(text) {
    return AT_HAND.test(text) || [...text].every((letter) => AT_HAND.test(letter) || hasLetter(letter));
}

/**
 * Whether a text may be set in italics.
 * @param {string} text
 */
export function canSlant(text) {
    return SLANTING.test(text);
}

/** @param {string} letter */
function hasLetter(letter) {
    let found = known.get(letter);
    if (found === undefined) {
        found = picture(letter) !== picture(LACKED);
        known.set(letter, found);
    }
    return found;
}

/**
 * What a letter looks like, as a text that can be compared.
 * @param {string} letter
 */
function picture(letter) {
    if (!slate) {
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = SIDE;
        slate = canvas.getContext("2d", { willReadFrequently: true });
    }
    if (!slate) {
        return letter;
    }
    slate.clearRect(0, 0, SIDE, SIDE);
    slate.font = "16px system-ui, sans-serif";
    slate.textBaseline = "middle";
    slate.fillText(letter, 2, SIDE / 2);
    return slate.getImageData(0, 0, SIDE, SIDE).data.join();
}
