/**
 * What a selection comes to in numbers: records, incidents, patterns, and what each switch would give.
 *
 * It changes no filter.
 */

import { PRECISIONS } from "./filter_state.js";
import { AIRCRAFT, GRADE, KIND, PRECISION, REGION, TIME } from "./filter_tests.js";

/** @typedef {import("./rows.js").Rows} Rows */
/** @typedef {import("./selection.js").Selection} Selection */

/**
 * @typedef {object} Found
 * @property {number} incidents those that are the same counted once
 * @property {number} patterns those of which no record is an incident, those that are the same counted once
 */

/** @type {Readonly<Found>} */
export const NOTHING = { incidents: 0, patterns: 0 };

/**
 * @typedef {object} Counts
 * @property {number} shown rows, patterns among them
 * @property {number} total rows of the edition
 * @property {number} incidents shown, patterns left out, those that are the same counted once
 * @property {number} patterns shown ones, those that are the same counted once and left out where one is an incident
 * @property {number} undated rows without any date that meet everything but the window; shown when `state.undated`
 * @property {{code: string, name: string, count: number}[]} beside rows that the region or the precision filter
 *     leaves out only because they are known to no more than this region, which holds what is selected
 * @property {number} placeless shown rows without any place
 * @property {Map<string, Found>} kinds what of a kind meets every other filter
 * @property {Map<string, Found>} regions the same, by region's code
 * @property {Map<string, {certain: Found, possible: Found}>} aircraft the same, by taxonomy key
 * @property {Map<string, Found>} grades the same, by grade
 * @property {Map<string, Found>} precisions the same, by precision of the place
 */

/**
 * Counts what is selected, and marks the rows that count.
 * @param {Selection} selection
 * @returns {Counts}
 */
export function countSelection(selection) {
    const { rows, fails, data } = selection;
    let shown = 0;
    let incidents = 0;
    let patterns = 0;
    let undated = 0;
    let placeless = 0;
    const kinds = new Tally(data.kinds.length, rows);
    const regions = new Tally(data.regions.length, rows);
    const certain = new Tally(data.aircraft.length, rows);
    const possible = new Tally(data.aircraft.length, rows);
    const grades = new Tally(data.grades.length, rows);
    const precisions = new Tally(PRECISIONS.length, rows);
    const beside = new Uint32Array(data.regions.length);
    const holds = findHolders(selection);
    selection.counted.fill(0);
    selection.countedPattern.fill(0);
    selection.round += 1;
    for (let i = 0; i < rows.total; i += 1) {
        const fail = fails[i];
        if (fail === 0) {
            shown += 1;
            placeless += rows.area[i] < 0 && Number.isNaN(rows.x[i]) ? 1 : 0;
            if (!rows.pattern[i] && selection.isFirstOfGroup(i)) {
                incidents += 1;
                selection.counted[i] = 1;
            }
        } else if (fail & (fail - 1) && fail !== (REGION | PRECISION)) {
            continue;
        }
        if ((fail & ~TIME) === 0 && rows.isUndated(i)) {
            undated += 1;
        }
        if ((fail & ~KIND) === 0) {
            kinds.add(rows.kind[i], i);
        }
        if ((fail & ~REGION) === 0) {
            regions.addAll(rows.regions, i);
        }
        if ((fail & ~AIRCRAFT) === 0) {
            certain.addAll(rows.certain, i);
            possible.addAll(rows.possible, i);
        }
        if ((fail & ~GRADE) === 0 && rows.grade[i] >= 0) {
            grades.add(rows.grade[i], i);
        }
        if ((fail & ~PRECISION) === 0) {
            precisions.add(rows.precision[i], i);
        }
        if (fail & (REGION | PRECISION) && (fail & ~(REGION | PRECISION)) === 0) {
            const area = rows.area[i];
            if (area >= 0 && (!holds || holds[area])) {
                beside[area] += 1;
            }
        }
    }
    for (let i = 0; i < rows.total; i += 1) {
        if (fails[i] === 0 && rows.pattern[i] && selection.isFirstOfGroup(i)) {
            patterns += 1;
            selection.countedPattern[i] = 1;
        }
    }
    const keys = data.aircraft;
    return {
        shown,
        total: data.total,
        incidents,
        patterns,
        undated,
        placeless,
        beside: data.regions.flatMap(({ code, name }, i) => (beside[i] ? [{ code, name, count: beside[i] }] : [])),
        kinds: new Map(data.kinds.map((key, i) => [key, kinds.of(i)])),
        regions: new Map(data.regions.map(({ code }, i) => [code, regions.of(i)])),
        aircraft: new Map(keys.map((key, i) => [key, { certain: certain.of(i), possible: possible.of(i) }])),
        grades: new Map(data.grades.map((key, i) => [key, grades.of(i)])),
        precisions: new Map(PRECISIONS.map((key, i) => [key, precisions.of(i)])),
    };
}

/**
 * The selected regions and all above them: 1 at their index. Null when no region is selected.
 * @param {Selection} selection
 */
function findHolders({ state, data, regionIndex }) {
    if (!state.regions) {
        return null;
    }
    const holds = new Uint8Array(data.regions.length);
    for (const code of state.regions) {
        /** @type {string | null} */
        let at = code;
        while (at !== null) {
            const i = regionIndex.get(at);
            if (i === undefined || holds[i]) {
                break;
            }
            holds[i] = 1;
            at = data.regions[i].parent;
        }
    }
    return holds;
}

/** Counts incidents and patterns by the index of a key, those that are the same once. */
class Tally {
    /**
     * @param {number} keys
     * @param {Rows} rows
     */
    constructor(keys, rows) {
        this.incidents = new Uint32Array(keys);
        this.patterns = new Uint32Array(keys);
        this.rows = rows;
        /** Whether only patterns were met, by key and group, of linked rows alone: there are few. @type {Map<string, boolean>} */
        this.met = new Map();
    }

    /**
     * @param {number} key
     * @param {number} i
     */
    add(key, i) {
        const isPattern = this.rows.pattern[i] === 1;
        if (this.rows.linked[i]) {
            const met = `${key} ${this.rows.group[i]}`;
            const onlyPatterns = this.met.get(met);
            if (onlyPatterns === false || (onlyPatterns && isPattern)) {
                return;
            }
            if (onlyPatterns) {
                // One record of it speaks of a single incident: it is that, and no pattern.
                this.patterns[key] -= 1;
            }
            this.met.set(met, isPattern);
        }
        (isPattern ? this.patterns : this.incidents)[key] += 1;
    }

    /**
     * @param {number} key
     * @returns {Found}
     */
    of(key) {
        return { incidents: this.incidents[key], patterns: this.patterns[key] };
    }

    /**
     * @param {import("./rows.js").Lists} lists
     * @param {number} i
     */
    addAll(lists, i) {
        for (let at = lists.offsets[i]; at < lists.offsets[i + 1]; at += 1) {
            this.add(lists.values[at], i);
        }
    }
}
