/**
 * Tests rows by each filter. Each filter has a bit: a row's bits say which ones it fails.
 *
 * It keeps nothing.
 */

import { PRECISIONS } from "./filter_state.js";
import { NO_END, NO_START } from "./rows.js";

/** @typedef {import("./filter_state.js").State} State */
/** @typedef {import("./rows.js").Lists} Lists */
/** @typedef {import("./rows.js").Rows} Rows */

export const KIND = 1;
export const AIRCRAFT = 2;
export const REGION = 4;
export const GRADE = 8;
export const PRECISION = 16;
export const TIME = 32;
export const TEXT = 64;
/** Set once and for all for rows that are never shown. */
export const WITHDRAWN = 128;

/** Which filter each part of a state belongs to. @type {[keyof State, number][]} */
const PARTS = [
    ["kinds", KIND],
    ["aircraft", AIRCRAFT],
    ["regions", REGION],
    ["grades", GRADE],
    ["precision", PRECISION],
    ["start", TIME],
    ["end", TIME],
    ["undated", TIME],
    ["words", TEXT],
    ["bbox", TEXT],
];

/**
 * The bits of the filters in which two states differ; of all that a state sets when there is no other.
 * @param {State} state
 * @param {State | null} other
 */
export function bitsBetween(state, other) {
    let bits = 0;
    for (const [name, bit] of PARTS) {
        if (!isSame(state[name], other ? other[name] : name === "undated" ? true : null)) {
            bits |= bit;
        }
    }
    return bits;
}

/**
 * The bit of a filter, by the name that the service's addresses have for it; "time" for both ends of the window.
 * @type {Record<string, number>}
 */
export const BITS = {
    kind: KIND,
    aircraft: AIRCRAFT,
    region: REGION,
    grade: GRADE,
    precision: PRECISION,
    time: TIME,
    undated: TIME,
    q: TEXT,
    bbox: TEXT,
};

/**
 * Tests every row again for the filters named by their bits. Words and box are answered by whoever holds the texts.
 * @param {Rows} rows
 * @param {Uint8Array} fails of each row, a bit for each filter that it fails
 * @param {State} state
 * @param {number} bits
 * @param {ArrayLike<number> | null} matches numbers of the rows that meet words and box; null when neither is set
 */
export function testRows(rows, fails, state, bits, matches) {
    const { terms } = rows;
    if (bits & KIND) {
        byTable(fails, KIND, rows.kind, wantedOf(state.kinds, terms.kinds));
    }
    if (bits & AIRCRAFT) {
        const wanted = wantedOf(state.aircraft, terms.aircraft);
        const { certainSets, possibleSets } = rows;
        const sets = wanted && bySet(certainSets, (i) => certainSets.meets(i, wanted) || possibleSets.meets(i, wanted));
        byTable(fails, AIRCRAFT, rows.aircraftSet, sets);
    }
    if (bits & REGION) {
        const codes = terms.regions.map(({ code }) => code);
        const wanted = wantedOf(state.regions, codes);
        byTable(fails, REGION, rows.regionSet, wanted && bySet(rows.regionSets, (i) => rows.regionSets.meets(i, wanted)));
    }
    if (bits & GRADE) {
        // A row without a grade has -1, which is in no table: it fails.
        byTable(fails, GRADE, rows.grade, wantedOf(state.grades, terms.grades));
    }
    if (bits & PRECISION) {
        const coarsest = state.precision === null ? PRECISIONS.length : PRECISIONS.indexOf(state.precision);
        byTable(fails, PRECISION, rows.precision, Uint8Array.from(PRECISIONS, (_, rank) => (rank <= coarsest ? 1 : 0)));
    }
    if (bits & TIME) {
        byTime(fails, rows, state);
    }
    if (bits & TEXT) {
        byMatches(fails, matches);
    }
}

/**
 * @param {Uint8Array} fails
 * @param {number} bit
 * @param {ArrayLike<number>} column
 * @param {Uint8Array | null} passes 1 at each value that passes; null when all do
 */
function byTable(fails, bit, column, passes) {
    for (let i = 0; i < fails.length; i += 1) {
        fails[i] = !passes || passes[column[i]] === 1 ? fails[i] & ~bit : fails[i] | bit;
    }
}

/**
 * @param {Uint8Array} fails
 * @param {Rows} rows
 * @param {State} state
 */
function byTime(fails, { earliest, latest }, state) {
    const start = state.start ?? NO_START;
    const end = state.end ?? NO_END;
    for (let i = 0; i < fails.length; i += 1) {
        const meets =
            earliest[i] <= end &&
            latest[i] >= start &&
            (state.undated || earliest[i] !== NO_START || latest[i] !== NO_END);
        fails[i] = meets ? fails[i] & ~TIME : fails[i] | TIME;
    }
}

/**
 * @param {Uint8Array} fails
 * @param {ArrayLike<number> | null} matches
 */
function byMatches(fails, matches) {
    for (let i = 0; i < fails.length; i += 1) {
        fails[i] = matches ? fails[i] | TEXT : fails[i] & ~TEXT;
    }
    for (let at = 0; matches && at < matches.length; at += 1) {
        fails[matches[at]] &= ~TEXT;
    }
}

/**
 * @param {Lists} sets
 * @param {(i: number) => boolean} test
 */
function bySet(sets, test) {
    return Uint8Array.from({ length: sets.length }, (_, i) => (test(i) ? 1 : 0));
}

/**
 * @param {Set<string> | null} values
 * @param {string[]} keys
 * @returns {Uint8Array | null} 1 at the index of each wanted key
 */
function wantedOf(values, keys) {
    return values && Uint8Array.from(keys, (key) => (values.has(key) ? 1 : 0));
}

/**
 * @param {unknown} one
 * @param {unknown} other
 */
function isSame(one, other) {
    if (one instanceof Set && other instanceof Set) {
        return one.size === other.size && [...one].every((value) => other.has(value));
    }
    return Array.isArray(one) && Array.isArray(other) ? String(one) === String(other) : one === other;
}
