/**
 * Tests rows by each filter of a selection. Each filter has a bit: a row's bits say which ones it fails.
 *
 * It keeps nothing.
 */

import { PRECISIONS } from "./filter_state.js";
import { NO_END, NO_START } from "./rows.js";

/** @typedef {import("./selection.js").Selection} Selection */

export const KIND = 1;
export const AIRCRAFT = 2;
export const REGION = 4;
export const GRADE = 8;
export const PRECISION = 16;
export const TIME = 32;
export const TEXT = 64;
export const EVERYTHING = 127;
/** Set once and for all for rows that are not to be shown, by whatever filter. */
export const ONLY = 128;

/** @type {Record<string, number>} which filters a change of state touches */
export const TOUCHES = {
    kinds: KIND,
    aircraft: AIRCRAFT,
    regions: REGION,
    grades: GRADE,
    precision: PRECISION,
    start: TIME,
    end: TIME,
    undated: TIME,
};

/**
 * For each filter its bit and its test of a row.
 * @param {Selection} selection
 * @returns {[number, (i: number) => boolean][]}
 */
export function makeTests({ rows, state, data }) {
    const kinds = wantedOf(state.kinds, data.kinds);
    const aircraft = wantedOf(state.aircraft, data.aircraft);
    const grades = wantedOf(state.grades, data.grades);
    const regions = wantedOf(
        state.regions,
        data.regions.map((region) => region.code),
    );
    const coarsest = state.precision === null ? PRECISIONS.length : PRECISIONS.indexOf(state.precision);
    const start = state.start ?? NO_START;
    const end = state.end ?? NO_END;
    return [
        [KIND, (i) => !kinds || kinds[rows.kind[i]] === 1],
        [AIRCRAFT, (i) => !aircraft || rows.certain.meets(i, aircraft) || rows.possible.meets(i, aircraft)],
        [REGION, (i) => !regions || rows.regions.meets(i, regions)],
        [GRADE, (i) => !grades || (rows.grade[i] >= 0 && grades[rows.grade[i]] === 1)],
        [PRECISION, (i) => rows.precision[i] <= coarsest],
        [
            TIME,
            (i) => rows.earliest[i] <= end && rows.latest[i] >= start && (state.undated || !rows.isUndated(i)),
        ],
    ];
}

/**
 * @param {Set<string> | null} values
 * @param {string[]} keys
 * @returns {Uint8Array | null} 1 at the index of each wanted key
 */
function wantedOf(values, keys) {
    return values && Uint8Array.from(keys, (key) => (values.has(key) ? 1 : 0));
}
