/**
 * Gathers an edition's rows into the squares of a grid, and counts those that are known only to a region.
 *
 * It lays no symbol. The service answers the same questions with the same squares: see served_engine.js.
 */

import { NEAR } from "./filter_state.js";
import { widthOf } from "./grid.js";
import { SIDE } from "./rows.js";

/** @typedef {import("./counting.js").Carriers} Carriers */
/** @typedef {import("./grid.js").Window} Window */
/** @typedef {import("./rows.js").Rows} Rows */

export const FAMILIES = ["air", "ground", "people", "diplomacy", "sea", "arms", "other"];

/** @typedef {Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float64Array} Numbers */

/**
 * @typedef {object} Cells squares that hold rows; each array has one element a square
 * @property {number} length
 * @property {Numbers} column in the world's grid
 * @property {Numbers} row in the world's grid
 * @property {Numbers} records rows in it
 * @property {Numbers} count incidents; patterns and further rows of the same incident left out
 * @property {Numbers} patterns
 * @property {Numbers[]} families rows by family, in the order of FAMILIES
 * @property {Numbers} x mean of its rows, in parts of SIDE
 * @property {Numbers} y
 * @property {Numbers} west spread of its rows
 * @property {Numbers} north
 * @property {Numbers} east
 * @property {Numbers} south
 * @property {Numbers} coarse 1 when none of its rows claims a point
 * @property {Numbers} precision of its rows when they lie in one place: of the first of them; or else 0
 * @property {Numbers} radius
 * @property {Numbers} first of its row when it has one alone: its number; or else 0
 * @property {Numbers} kind
 * @property {Numbers} pattern
 * @property {Numbers} earliest
 * @property {Numbers} latest
 */

/**
 * @typedef {object} AreaSum what is known only to a region
 * @property {number} records rows
 * @property {number} count incidents
 * @property {number} patterns
 * @property {number[]} families rows by family
 */

/** Bits of a square's width that are left of means and of spreads. */
const MEAN_BITS = 6;
const SPREAD_BITS = 5;
const AXES = /** @type {const} */ ([
    ["x", "west", "east", "column"],
    ["y", "north", "south", "row"],
]);

const NAMES = /** @type {const} */ ([
    "column",
    "row",
    "records",
    "count",
    "patterns",
    "x",
    "y",
    "west",
    "north",
    "east",
    "south",
    "coarse",
    "first",
    "kind",
    "precision",
    "pattern",
    "radius",
    "earliest",
    "latest",
]);

/**
 * @param {Rows} rows
 * @param {Uint8Array} fails
 * @param {Carriers} carriers
 * @param {number[]} familyOf index into FAMILIES by index of kind
 * @param {number} across
 * @param {Window} window
 * @returns {Cells}
 */
export function gatherCells(rows, fails, carriers, familyOf, across, window) {
    const [west, north, , south] = window;
    const columns = widthOf(across, window);
    const most = Math.min(rows.total, columns * (south - north + 1));
    const at = new Int32Array(columns * (south - north + 1)).fill(-1);
    const cells = /** @type {any} */ ({ length: 0 });
    for (const name of NAMES) {
        cells[name] = name === "x" || name === "y" ? new Float64Array(most) : new Int32Array(most);
    }
    const families = FAMILIES.map(() => new Int32Array(most));
    const perUnit = across / SIDE;
    const { area, kind, precision, pattern } = rows;
    const { is } = carriers;
    // What every row adds to, found once for all of them.
    const { records, count, patterns, x, y, coarse, west: westmost, east: eastmost, north: northmost, south: southmost } = cells;
    let length = 0;
    for (let i = 0; i < fails.length; i += 1) {
        const px = rows.x[i];
        if (fails[i] !== 0 || px < 0 || area[i] >= 0) {
            continue;
        }
        const py = rows.y[i];
        const column = Math.floor(px * perUnit);
        const row = Math.floor(py * perUnit);
        const from = column < west ? column - west + across : column - west;
        if (from >= columns || row < north || row > south) {
            continue;
        }
        const place = (row - north) * columns + from;
        let cell = at[place];
        if (cell < 0) {
            cell = at[place] = length;
            length += 1;
            cells.column[cell] = column;
            cells.row[cell] = row;
            westmost[cell] = eastmost[cell] = px;
            northmost[cell] = southmost[cell] = py;
            coarse[cell] = 1;
            cells.first[cell] = rows.numberOf(i);
            cells.kind[cell] = kind[i];
            cells.precision[cell] = precision[i];
            cells.pattern[cell] = pattern[i];
            cells.radius[cell] = rows.radius[i];
            cells.earliest[cell] = rows.earliest[i];
            cells.latest[cell] = rows.latest[i];
        }
        records[cell] += 1;
        (pattern[i] ? patterns : count)[cell] += is[i];
        families[familyOf[kind[i]]][cell] += 1;
        x[cell] += px;
        y[cell] += py;
        coarse[cell] &= precision[i] > NEAR ? 1 : 0;
        westmost[cell] = Math.min(westmost[cell], px);
        eastmost[cell] = Math.max(eastmost[cell], px);
        northmost[cell] = Math.min(northmost[cell], py);
        southmost[cell] = Math.max(southmost[cell], py);
    }
    for (let cell = 0; cell < length; cell += 1) {
        x[cell] = Math.floor(x[cell] / records[cell]);
        y[cell] = Math.floor(y[cell] / records[cell]);
    }
    roundSpread(cells, length, across);
    for (const name of NAMES) {
        cells[name] = cells[name].slice(0, length);
    }
    return { ...cells, length, families: families.map((counts) => counts.slice(0, length)) };
}

/**
 * Rounds means, and the spread outwards within the square, where rows do not all lie in one place, and leaves out what is
 * said of one row alone where there are more: as the service does, whose answers become smaller by it. It is a fifth of
 * a pixel.
 * @param {any} cells
 * @param {number} length
 * @param {number} across
 */
function roundSpread(cells, length, across) {
    const { mean, spread } = stepsOf(across);
    for (let cell = 0; cell < length; cell += 1) {
        if (cells.records[cell] > 1) {
            cells.first[cell] = cells.kind[cell] = cells.pattern[cell] = cells.earliest[cell] = cells.latest[cell] = 0;
        }
        if (cells.west[cell] === cells.east[cell] && cells.north[cell] === cells.south[cell]) {
            continue;
        }
        cells.precision[cell] = cells.radius[cell] = 0;
        for (const [middle, low, high, line] of AXES) {
            const { least, most } = edgesOf(cells[line][cell], across);
            cells[middle][cell] = placeMean(Math.floor((cells[middle][cell] - least) / mean), least, most, mean);
            cells[low][cell] = least + Math.floor((cells[low][cell] - least) / spread) * spread;
            cells[high][cell] = placeHigh(Math.floor((cells[high][cell] - least) / spread), least, most, spread);
        }
    }
}

/**
 * The steps that means and spreads in a grid's squares are rounded to, in parts of SIDE.
 * @param {number} across
 */
export function stepsOf(across) {
    const bits = 32 - Math.clz32(Math.ceil(SIDE / across) - 1);
    return { mean: 2 ** Math.max(0, bits - MEAN_BITS), spread: 2 ** Math.max(0, bits - SPREAD_BITS) };
}

/**
 * The first and the last place in a column or row.
 * @param {number} line
 * @param {number} across
 */
export function edgesOf(line, across) {
    return { least: Math.ceil((line * SIDE) / across), most: Math.ceil(((line + 1) * SIDE) / across) - 1 };
}

/**
 * Where a mean of so many steps stands.
 * @param {number} steps
 * @param {number} least
 * @param {number} most
 * @param {number} step
 */
export function placeMean(steps, least, most, step) {
    return Math.min(most, least + steps * step + Math.floor(step / 2));
}

/**
 * Where a spread ends that reaches into the step after so many.
 * @param {number} steps
 * @param {number} least
 * @param {number} most
 * @param {number} step
 */
export function placeHigh(steps, least, most, step) {
    return Math.min(most, least + (steps + 1) * step - 1);
}

/**
 * @param {Rows} rows
 * @param {Uint8Array} fails
 * @param {Carriers} carriers
 * @param {number[]} familyOf
 * @returns {Map<string, AreaSum>} by region's code
 */
export function gatherAreas(rows, fails, carriers, familyOf) {
    const { area, kind, pattern, terms } = rows;
    /** @type {(AreaSum | undefined)[]} */
    const sums = new Array(terms.regions.length);
    for (let i = 0; i < fails.length; i += 1) {
        if (fails[i] === 0 && area[i] >= 0) {
            const sum = (sums[area[i]] ??= { records: 0, count: 0, patterns: 0, families: FAMILIES.map(() => 0) });
            sum.records += 1;
            sum[pattern[i] ? "patterns" : "count"] += carriers.is[i];
            sum.families[familyOf[kind[i]]] += 1;
        }
    }
    return new Map(sums.flatMap((sum, i) => (sum ? [[terms.regions[i].code, sum]] : [])));
}
