/**
 * What a selection comes to in numbers: records, incidents, patterns, and what each switch would give.
 *
 * It changes no filter. The service counts by the same rules, in incidents/editions/tallying.py.
 */

import { PRECISIONS } from "./filter_state.js";
import { AIRCRAFT, BITS, GRADE, KIND, PRECISION, REGION, TIME } from "./filter_tests.js";
import { countSpread } from "./spreading.js";

/** @typedef {import("./filter_state.js").State} State */
/** @typedef {import("./rows.js").Lists} Lists */
/** @typedef {import("./rows.js").Rows} Rows */

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
 * @property {Map<string, Found>} kinds what of a kind meets every other filter; what has nothing may be left out
 * @property {Map<string, Found>} regions the same, by region's code
 * @property {Map<string, {certain: Found, possible: Found}>} aircraft the same, by taxonomy key
 * @property {Map<string, Found>} grades the same, by grade
 * @property {Map<string, Found>} precisions the same, by precision of the place
 * @property {Map<string, number>} lifts rows if one filter alone were lifted, by its name in addresses; "time" for both
 *     ends of the window
 * @property {import("./spreading.js").Spread[]} spread where what is selected is, for each level of regions
 */

/** As long as nothing is known. @type {Readonly<Counts>} */
export const NO_COUNTS = {
    shown: 0,
    total: 0,
    incidents: 0,
    patterns: 0,
    undated: 0,
    beside: [],
    placeless: 0,
    kinds: new Map(),
    regions: new Map(),
    aircraft: new Map(),
    grades: new Map(),
    precisions: new Map(),
    lifts: new Map(),
    spread: [],
};

/**
 * Counts what is selected.
 * @param {Rows} rows
 * @param {Uint8Array} fails of each row, a bit for each filter that it fails
 * @param {Carriers} carriers
 * @param {State} state
 * @returns {Counts}
 */
export function countSelection(rows, fails, carriers, state) {
    const { terms } = rows;
    const sums = { shown: 0, incidents: 0, patterns: 0, undated: 0, placeless: 0 };
    const kinds = new Tally(rows, terms.kinds.length);
    const regions = new Tally(rows, terms.regions.length, rows.regionSets);
    const certain = new Tally(rows, terms.aircraft.length, rows.certainSets);
    const possible = new Tally(rows, terms.aircraft.length, rows.possibleSets);
    const grades = new Tally(rows, terms.grades.length);
    const precisions = new Tally(rows, PRECISIONS.length);
    const beside = new Uint32Array(terms.regions.length);
    const holds = findHolders(rows, state);
    const { kind, pattern, precision, grade, area, regionSet, aircraftSet, x } = rows;
    for (let i = 0; i < fails.length; i += 1) {
        const fail = fails[i];
        if (fail === 0) {
            sums.shown += 1;
            sums.placeless += area[i] < 0 && x[i] < 0 ? 1 : 0;
            if (pattern[i]) {
                sums.patterns += carriers.is[i];
            } else {
                sums.incidents += carriers.is[i];
            }
        } else if (fail & (fail - 1) && fail !== (REGION | PRECISION)) {
            continue;
        }
        if ((fail & ~TIME) === 0 && rows.isUndated(i)) {
            sums.undated += 1;
        }
        if ((fail & ~KIND) === 0) {
            kinds.add(kind[i], i);
        }
        if ((fail & ~REGION) === 0) {
            regions.add(regionSet[i], i);
        }
        if ((fail & ~AIRCRAFT) === 0) {
            certain.add(aircraftSet[i], i);
            possible.add(aircraftSet[i], i);
        }
        if ((fail & ~GRADE) === 0 && grade[i] >= 0) {
            grades.add(grade[i], i);
        }
        if ((fail & ~PRECISION) === 0) {
            precisions.add(precision[i], i);
        }
        if (fail & (REGION | PRECISION) && (fail & ~(REGION | PRECISION)) === 0) {
            if (area[i] >= 0 && (!holds || holds[area[i]])) {
                beside[area[i]] += 1;
            }
        }
    }
    /** @param {string[]} keys @param {Tally} tally @returns {Map<string, Found>} */
    const named = (keys, tally) => new Map(keys.map((key, i) => [key, tally.of(i)]));
    const codes = terms.regions.map(({ code }) => code);
    for (const tally of [regions, certain, possible]) {
        tally.spread();
    }
    return {
        ...sums,
        total: terms.total,
        beside: terms.regions.flatMap(({ code, name }, i) => (beside[i] ? [{ code, name, count: beside[i] }] : [])),
        kinds: named(terms.kinds, kinds),
        regions: named(codes, regions),
        aircraft: new Map(terms.aircraft.map((key, i) => [key, { certain: certain.of(i), possible: possible.of(i) }])),
        grades: named(terms.grades, grades),
        precisions: named(PRECISIONS, precisions),
        lifts: sums.shown ? new Map() : countLifts(rows, fails, state),
        spread: countSpread(rows, fails, carriers, state),
    };
}

/**
 * Counts what is selected by region's code; regions without any are left out.
 * @param {Rows} rows
 * @param {Uint8Array} fails of each row, a bit for each filter that it fails
 * @param {State | null} window in which alone is counted what is dated and certainly happened
 * @returns {Map<string, Found>}
 */
export function countRegions(rows, fails, window) {
    const { earliest, latest, regionSet, terms } = rows;
    const first = window?.start ?? -Infinity;
    const last = window?.end ?? Infinity;
    const tally = new Tally(rows, terms.regions.length, rows.regionSets);
    for (let i = 0; i < fails.length; i += 1) {
        if (fails[i] === 0 && (!window || (earliest[i] >= first && latest[i] <= last && !rows.isUndated(i)))) {
            tally.add(regionSet[i], i);
        }
    }
    tally.spread();
    const counted = terms.regions.map(({ code }, i) => /** @type {[string, Found]} */ ([code, tally.of(i)]));
    return new Map(counted.filter(([, { incidents, patterns }]) => incidents || patterns));
}

/**
 * How many rows would be shown if one of the filters alone were lifted.
 * @param {Rows} rows
 * @param {Uint8Array} fails
 * @param {State} state
 * @returns {Map<string, number>}
 */
function countLifts(rows, fails, state) {
    return new Map(
        Object.entries(BITS).map(([name, bit]) => {
            let found = 0;
            for (let i = 0; i < fails.length; i += 1) {
                if (fails[i] & ~bit) {
                    continue;
                }
                const undated = bit === TIME && rows.isUndated(i);
                found += fails[i] === 0 || (name === "undated" ? undated : !undated || state.undated) ? 1 : 0;
            }
            return [name, found];
        }),
    );
}

/**
 * The selected regions and all above them: 1 at their index. Null when no region is selected.
 * @param {Rows} rows
 * @param {State} state
 */
function findHolders({ terms }, state) {
    if (!state.regions) {
        return null;
    }
    const index = new Map(terms.regions.map(({ code }, i) => [code, i]));
    const holds = new Uint8Array(terms.regions.length);
    for (const code of state.regions) {
        /** @type {string | null} */
        let at = code;
        while (at !== null) {
            const i = index.get(at);
            if (i === undefined || holds[i]) {
                break;
            }
            holds[i] = 1;
            at = terms.regions[i].parent;
        }
    }
    return holds;
}

/**
 * Which rows carry a count: of rows that are the same incident the first selected one that is no pattern, or else the
 * first selected pattern. A row that is like no other carries its own.
 */
export class Carriers {
    /** @param {Rows} rows */
    constructor(rows) {
        this.rows = rows;
        /** 1 where a row, if it is selected, carries a count. */
        this.is = new Uint8Array(rows.total).fill(1);
    }

    /**
     * Finds them anew for what is selected.
     * @param {Uint8Array} fails
     */
    find(fails) {
        const { linkedRows, pattern, group, total } = this.rows;
        const met = new Uint8Array(total);
        for (const wanted of [0, 1]) {
            for (const i of linkedRows) {
                if (pattern[i] === wanted) {
                    this.is[i] = fails[i] === 0 && !met[group[i]] ? 1 : 0;
                    met[group[i]] |= this.is[i];
                }
            }
        }
    }
}

/** Counts incidents and patterns by a key, those that are the same once; or by sets of keys, spread afterwards. */
class Tally {
    /**
     * @param {Rows} rows
     * @param {number} keys
     * @param {Lists} [sets]
     */
    constructor(rows, keys, sets) {
        this.rows = rows;
        this.keys = keys;
        this.sets = sets;
        this.incidents = new Uint32Array(sets ? sets.length : keys);
        this.patterns = new Uint32Array(this.incidents.length);
        /** What linked rows come to, by key. */
        this.linkedIncidents = new Int32Array(keys);
        this.linkedPatterns = new Int32Array(keys);
        /** Whether only patterns were met, by key and group. @type {Map<number, boolean>} */
        this.met = new Map();
    }

    /**
     * @param {number} at key, or set
     * @param {number} i
     */
    add(at, i) {
        if (!this.rows.linked[i]) {
            (this.rows.pattern[i] ? this.patterns : this.incidents)[at] += 1;
        } else if (!this.sets) {
            this.addLinked(at, i);
        } else {
            const { offsets, values } = this.sets;
            for (let one = offsets[at]; one < offsets[at + 1]; one += 1) {
                this.addLinked(values[one], i);
            }
        }
    }

    /**
     * @param {number} key
     * @param {number} i
     */
    addLinked(key, i) {
        const isPattern = this.rows.pattern[i] === 1;
        const met = this.rows.group[i] * this.keys + key;
        const onlyPatterns = this.met.get(met);
        if (onlyPatterns === false || (onlyPatterns && isPattern)) {
            return;
        }
        if (onlyPatterns) {
            // One record of it speaks of a single incident: it is that, and no pattern.
            this.linkedPatterns[key] -= 1;
        }
        this.met.set(met, isPattern);
        (isPattern ? this.linkedPatterns : this.linkedIncidents)[key] += 1;
    }

    /** Turns counts by set into counts by key. */
    spread() {
        const { sets } = this;
        if (!sets) {
            return;
        }
        const incidents = new Uint32Array(this.keys);
        const patterns = new Uint32Array(this.keys);
        for (let set = 0; set < sets.length; set += 1) {
            for (let one = sets.offsets[set]; one < sets.offsets[set + 1]; one += 1) {
                incidents[sets.values[one]] += this.incidents[set];
                patterns[sets.values[one]] += this.patterns[set];
            }
        }
        this.incidents = incidents;
        this.patterns = patterns;
    }

    /**
     * @param {number} key
     * @returns {Found}
     */
    of(key) {
        return {
            incidents: this.incidents[key] + this.linkedIncidents[key],
            patterns: this.patterns[key] + this.linkedPatterns[key],
        };
    }
}
