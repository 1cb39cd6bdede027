/**
 * The grid that symbols are gathered by: squares fixed to the world, as wide as a symbol, so that panning deals nothing
 * anew. The service has the same grid.
 *
 * It knows no incident.
 */

/** @typedef {import("./canvas_layer.js").Frame} Frame */

/**
 * @typedef {object} Grid the squares that a canvas shows, counted on over the antimeridian
 * @property {number} across squares from side to side of the world
 * @property {number} west first column; negative, or beyond `across`, on a further copy of the world
 * @property {number} east last column
 * @property {number} north first row
 * @property {number} south last row
 */

/**
 * @typedef {[number, number, number, number]} Window first column, first row, last column, last row, in the world; it
 *     goes over the antimeridian when the first column is greater than the last
 */

/** @typedef {{squares: number, outlines: number}} Coarseness see `coarsenessOf` */

/** The service gives no more squares at once. */
const MOST_SQUARES = 40_000;
/** Units of the service's outlines in a square, and the most squares from side to side of the world. */
const OUTLINE_PIXELS = 64;
const FINEST_OUTLINES = 4096;
/** The least that a pixel may be of an outline's unit. */
const COARSEST = 0.66;
const FEW = 3000;
/** Of maps of more than so many pixels, about those of screens of 1920, 2560 and 3840 pixels. */
const LARGER = [
    { pixels: 1_000_000, squares: 1.5, outlines: 1.4 },
    { pixels: 2_000_000, squares: 2, outlines: 1.4 },
    { pixels: 4_500_000, squares: 3, outlines: 2 },
];

/**
 * Half the width of a symbol alone, by zoom.
 * @param {number} zoom
 */
export function symbolSize(zoom) {
    return Math.round(2 * Math.max(5.5, Math.min(8, 5.5 + (zoom - 3) * 0.4))) / 2;
}

/**
 * How many times wider than a symbol squares are, and how many times coarser than a pixel outlines: on a large map of
 * many incidents more, so that what it asks for is about as many bytes as what a small one does. No more incidents than
 * FEW are ever so many.
 * @param {{x: number, y: number}} size of the map, in CSS pixels
 * @param {number} total records
 * @returns {Coarseness}
 */
export function coarsenessOf({ x, y }, total) {
    const larger = total > FEW ? LARGER.filter(({ pixels }) => x * y > pixels) : [];
    return larger.at(-1) ?? { squares: 1, outlines: 1 };
}

/**
 * @param {Pick<Frame, "zoom" | "scale" | "left" | "top" | "width" | "height">} frame
 * @param {Coarseness} coarseness
 * @returns {Grid}
 */
export function gridOf(frame, { squares }) {
    const across = Math.round(frame.scale / (2 * symbolSize(frame.zoom) * squares));
    const square = frame.scale / across;
    return {
        across,
        west: Math.floor(frame.left / square),
        east: Math.floor((frame.left + frame.width) / square),
        north: Math.max(0, Math.floor(frame.top / square)),
        south: Math.min(across - 1, Math.floor((frame.top + frame.height) / square)),
    };
}

/**
 * The squares that outlines are asked for by: about as wide as the service's pixels for one of them, and few sizes of
 * them, so that a small change of scale asks for nothing anew.
 * @param {Pick<Frame, "scale" | "left" | "top" | "width" | "height">} frame
 * @param {Coarseness} coarseness
 * @returns {Grid}
 */
export function outlineGridOf({ scale, left, top, width, height }, { outlines }) {
    let across = 1;
    while (across * OUTLINE_PIXELS * outlines < scale * COARSEST && across < FINEST_OUTLINES) {
        // 1, 2, 3, 4, 6, 8, 12 and so on.
        across = across === 1 ? 2 : Number.isInteger(Math.log2(across)) ? across * 1.5 : (across / 3) * 4;
    }
    const square = scale / across;
    return {
        across,
        west: Math.floor(left / square),
        east: Math.floor((left + width) / square),
        north: Math.max(0, Math.floor(top / square)),
        south: Math.min(across - 1, Math.floor((top + height) / square)),
    };
}

/**
 * What to ask of the world to fill a grid: one window, or several where the service's limit parts it. No square is
 * in two of them.
 * @param {Grid} grid
 * @returns {Window[]}
 */
export function windowsOf({ across, west, east, north, south }) {
    const first = ((west % across) + across) % across;
    const last = first + Math.min(across, east - west + 1) - 1;
    const to = last % across;
    const windows = /** @type {Window[]} */ ([]);
    const rows = Math.max(1, Math.floor(MOST_SQUARES / (last - first + 1)));
    for (let row = north; row <= south; row += rows) {
        windows.push([first, row, to, Math.min(south, row + rows - 1)]);
    }
    return windows;
}

/**
 * A grid with some squares more on each side: with one, a map whose frame settles by a few pixels has them already.
 * @param {Grid} grid
 * @param {number} more
 * @returns {Grid}
 */
export function widen({ across, west, east, north, south }, more) {
    return {
        across,
        west: west - more,
        east: east + more,
        north: Math.max(0, north - more),
        south: Math.min(across - 1, south + more),
    };
}

/**
 * Whether all squares of a grid are squares of another one too.
 * @param {Grid} whole
 * @param {Grid} part
 */
export function holds(whole, part) {
    const all = whole.east - whole.west + 1 >= whole.across;
    return (
        whole.across === part.across &&
        whole.north <= part.north &&
        whole.south >= part.south &&
        (all || (whole.west <= part.west && whole.east >= part.east))
    );
}

/**
 * How many columns a window has.
 * @param {number} across
 * @param {Window} window
 */
export function widthOf(across, [west, , east]) {
    return ((east - west + across) % across) + 1;
}
