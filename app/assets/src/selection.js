/**
 * What is selected of an edition's incidents, and what it comes to in numbers.
 *
 * It draws nothing. It means by each filter what `incidents/filters.py` means by it.
 */

import { later, startOf, toDay, toISO } from "./days.js";
import { NO_END, NO_START, Rows } from "./rows.js";

/** @typedef {import("./types.js").Columns} Columns */
/** @typedef {import("./types.js").FilterPart} FilterPart */
/** @typedef {import("./types.js").RegionTerm} RegionTerm */
/** @typedef {import("./days.js").Unit} Unit */

/**
 * @typedef {object} State null means no filter; an empty set lets nothing through
 * @property {Set<string> | null} kinds
 * @property {Set<string> | null} aircraft each key finds all types below it
 * @property {Set<string> | null} regions codes of any level
 * @property {Set<string> | null} grades
 * @property {string | null} precision this or finer
 * @property {string | null} words
 * @property {[number, number, number, number] | null} bbox
 * @property {number | null} start first day of the window
 * @property {number | null} end last day of the window
 * @property {boolean} undated whether incidents without any date are shown
 */

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
 * @property {Map<string, number>} kinds records of a kind that meet every other filter, those that are one incident once
 * @property {Map<string, number>} regions the same, by region's code
 * @property {Map<string, {certain: number, possible: number}>} aircraft the same, by taxonomy key
 * @property {Map<string, number>} grades the same, by grade
 * @property {Map<string, number>} precisions the same, by precision of the place
 */

/** @typedef {{start: number, end: number, solid: number, light: number, patterns: number}} Bin days inclusive */

export const PRECISIONS = [
    "exact",
    "site",
    "settlement",
    "near",
    "area",
    "township",
    "district",
    "state",
    "country",
    "sea",
    "unknown",
];

/** The rank of the coarsest precision that claims a point. */
export const NEAR = 3;

const KIND = 1;
const AIRCRAFT = 2;
const REGION = 4;
const GRADE = 8;
const PRECISION = 16;
const TIME = 32;
const TEXT = 64;
const EVERYTHING = 127;
/** Set once and for all for rows that are not to be shown, by whatever filter. */
const ONLY = 128;

/** @type {Record<string, number>} which filters a change of state touches */
const TOUCHES = {
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
 * Emits "change" when other rows are selected, "wait" when an answer is being waited for, "failure" (detail: the
 * error) when it did not come. The map emits "pick" (detail: {rows, areaCode?}) through it.
 */
export class Selection extends EventTarget {
    /**
     * @param {Columns} data
     * @param {FilterPart} filter where to begin
     * @param {(filter: {q: string | null, bbox: number[] | null}) => Promise<number[]>} findMatches
     * @param {number[] | null} [only] the only rows that are ever selected
     */
    constructor(data, filter, findMatches, only = null) {
        super();
        this.data = data;
        this.rows = new Rows(data);
        this.findMatches = findMatches;
        /** @type {Map<string, number>} */
        this.regionIndex = new Map(data.regions.map((region, i) => [region.code, i]));
        this.waiting = false;
        /** 1 where the row is selected. */
        this.mask = new Uint8Array(this.rows.total);
        /** 1 where the row counts as an incident: selected, no pattern, and the first of those that are the same. */
        this.counted = new Uint8Array(this.rows.total);
        /** 1 where the row counts as a pattern: selected, and not the same as a selected incident or earlier pattern. */
        this.countedPattern = new Uint8Array(this.rows.total);
        /** Of each row, a bit for each filter that it fails. */
        this.fails = new Uint8Array(this.rows.total);
        if (only) {
            this.fails.fill(ONLY);
            for (const number of only) {
                this.fails[number] = 0;
            }
        }
        for (const number of data.withdrawn ?? []) {
            this.fails[number] = ONLY;
        }
        this.seen = new Uint32Array(this.rows.total);
        this.round = 0;
        this.asked = 0;
        /** @type {State} */
        this.state = fromFilter(filter);
        /** @type {Counts} */
        this.counts = this.apply(EVERYTHING & ~TEXT);
        if (this.state.words || this.state.bbox) {
            for (let i = 0; i < this.rows.total; i += 1) {
                this.fails[i] |= TEXT;
            }
            this.counts = this.apply(0);
            /** Resolves when the first selection is complete. */
            this.ready = this.ask();
        } else {
            this.ready = Promise.resolve();
        }
    }

    /**
     * Changes some of the state. Words and box are asked of whoever holds the texts: until the answer is there the
     * selection stays as it was.
     * @param {Partial<State>} patch
     */
    set(patch) {
        let touched = 0;
        for (const name of Object.keys(patch)) {
            touched |= TOUCHES[name] ?? 0;
        }
        const asks =
            (patch.words !== undefined && patch.words !== this.state.words) ||
            (patch.bbox !== undefined && String(patch.bbox) !== String(this.state.bbox));
        this.state = { ...this.state, ...patch };
        if (touched) {
            this.counts = this.apply(touched);
            this.dispatchEvent(new Event("change"));
        }
        if (asks) {
            this.ask();
        }
    }

    /**
     * How many rows would be shown if one of the filters alone were lifted.
     * @param {string} name a name of the state, or "time" for both ends of the window
     * @returns {number}
     */
    without(name) {
        const bit = name === "time" ? TIME : (TOUCHES[name] ?? TEXT);
        const undatedOnly = name === "undated";
        let found = 0;
        for (let i = 0; i < this.rows.total; i += 1) {
            if (this.fails[i] & ~bit) {
                continue;
            }
            const undated = bit === TIME && this.rows.isUndated(i);
            found += this.fails[i] === 0 || (undatedOnly ? undated : !undated || this.state.undated) ? 1 : 0;
        }
        return found;
    }

    /** Lifts every filter. */
    clear() {
        this.set({ ...fromFilter(null) });
    }

    /** The filter's names that are set at present, such as ["kinds", "start"]. */
    active() {
        const { state } = this;
        const names = /** @type {(keyof State)[]} */ (Object.keys(state)).filter((name) => name !== "undated");
        return [...names.filter((name) => state[name] !== null), ...(state.undated ? [] : ["undated"])];
    }

    /**
     * The selection in the vocabulary of the service's addresses, in its order; "" for everything.
     * An empty set has no word there and is left out.
     */
    toQuery() {
        return toPairs(this.state)
            .map(([name, value]) => `${name}=${encodeURIComponent(value).replace(/%2C/g, ",").replace(/%20/g, "+")}`)
            .join("&");
    }

    /** First and last day that any incident is bounded by, whatever is selected; null when none is dated. */
    span() {
        let first = Infinity;
        let last = -Infinity;
        for (let i = 0; i < this.rows.total; i += 1) {
            const earliest = this.rows.earliest[i];
            const latest = this.rows.latest[i];
            first = Math.min(first, earliest === NO_START ? (latest === NO_END ? Infinity : latest) : earliest);
            last = Math.max(last, latest === NO_END ? (earliest === NO_START ? -Infinity : earliest) : latest);
        }
        return first <= last ? { first, last } : null;
    }

    /**
     * Incidents by time, whatever the window: solid are those that lie wholly in the bin, light those that may lie
     * in it. Those that are the same count once, patterns apart, undated ones not at all.
     * @param {Unit} unit
     * @returns {Bin[]}
     */
    histogram(unit) {
        const span = this.span();
        if (!span) {
            return [];
        }
        /** @type {Bin[]} */
        const bins = [];
        for (let start = startOf(span.first, unit); start <= span.last; start = later(start, unit)) {
            bins.push({ start, end: later(start, unit) - 1, solid: 0, light: 0, patterns: 0 });
        }
        const steps = new Int32Array(bins.length + 1);
        const patternSteps = new Int32Array(bins.length + 1);
        const binOf = binFinder(bins);
        const { rows } = this;
        this.round += 1;
        for (let i = 0; i < rows.total; i += 1) {
            if (this.fails[i] & ~TIME || rows.isUndated(i)) {
                continue;
            }
            const from = rows.earliest[i] === NO_START ? 0 : binOf(rows.earliest[i]);
            const to = rows.latest[i] === NO_END ? bins.length - 1 : binOf(rows.latest[i]);
            if (rows.pattern[i]) {
                patternSteps[from] += 1;
                patternSteps[to + 1] -= 1;
            } else if (this.isFirstOfGroup(i)) {
                if (from === to && rows.earliest[i] !== NO_START && rows.latest[i] !== NO_END) {
                    bins[from].solid += 1;
                } else {
                    steps[from] += 1;
                    steps[to + 1] -= 1;
                }
            }
        }
        let light = 0;
        let patterns = 0;
        bins.forEach((bin, at) => {
            light += steps[at];
            patterns += patternSteps[at];
            bin.light = light;
            bin.patterns = patterns;
        });
        return bins;
    }

    /**
     * Numbers of the selected rows that are known to no more than a region, by its code.
     * @returns {Map<string, number[]>}
     */
    byArea() {
        /** @type {Map<string, number[]>} */
        const areas = new Map();
        for (let i = 0; i < this.rows.total; i += 1) {
            const area = this.rows.area[i];
            if (this.mask[i] && area >= 0) {
                const code = this.data.regions[area].code;
                const numbers = areas.get(code);
                if (numbers) {
                    numbers.push(i);
                } else {
                    areas.set(code, [i]);
                }
            }
        }
        return areas;
    }

    /**
     * Numbers of the selected rows that have no place at all.
     * @returns {number[]}
     */
    placeless() {
        const { rows, mask } = this;
        return Array.from(mask.keys()).filter((i) => mask[i] && rows.area[i] < 0 && Number.isNaN(rows.x[i]));
    }

    /**
     * @param {string} code
     * @returns {RegionTerm | null}
     */
    region(code) {
        return this.data.regions[this.regionIndex.get(code) ?? -1] ?? null;
    }

    /** Asks for the rows that meet words and box. */
    async ask() {
        this.asked += 1;
        const asked = this.asked;
        const { words, bbox } = this.state;
        const { fails } = this;
        try {
            if (words || bbox) {
                this.waiting = true;
                this.dispatchEvent(new Event("wait"));
                const numbers = await this.findMatches({ q: words, bbox });
                if (asked !== this.asked) {
                    return;
                }
                for (let i = 0; i < fails.length; i += 1) {
                    fails[i] |= TEXT;
                }
                for (const number of numbers) {
                    fails[number] &= ~TEXT;
                }
            } else {
                for (let i = 0; i < fails.length; i += 1) {
                    fails[i] &= ~TEXT;
                }
            }
        } catch (error) {
            if (asked === this.asked) {
                this.waiting = false;
                this.dispatchEvent(new CustomEvent("failure", { detail: error }));
            }
            return;
        }
        this.waiting = false;
        this.counts = this.apply(0);
        this.dispatchEvent(new Event("change"));
    }

    /**
     * Tests every row again for the touched filters, then counts.
     * @param {number} touched
     */
    apply(touched) {
        const { fails, rows } = this;
        for (const [bit, test] of this.tests()) {
            if (touched & bit) {
                for (let i = 0; i < rows.total; i += 1) {
                    fails[i] = test(i) ? fails[i] & ~bit : fails[i] | bit;
                }
            }
        }
        for (let i = 0; i < rows.total; i += 1) {
            this.mask[i] = fails[i] ? 0 : 1;
        }
        return this.count();
    }

    /** @returns {[number, (i: number) => boolean][]} */
    tests() {
        const { rows, state, data } = this;
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

    /** @returns {Counts} */
    count() {
        const { rows, fails, data } = this;
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
        const holds = this.holders();
        this.counted.fill(0);
        this.countedPattern.fill(0);
        this.round += 1;
        for (let i = 0; i < rows.total; i += 1) {
            const fail = fails[i];
            if (fail === 0) {
                shown += 1;
                placeless += rows.area[i] < 0 && Number.isNaN(rows.x[i]) ? 1 : 0;
                if (!rows.pattern[i] && this.isFirstOfGroup(i)) {
                    incidents += 1;
                    this.counted[i] = 1;
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
            if (fails[i] === 0 && rows.pattern[i] && this.isFirstOfGroup(i)) {
                patterns += 1;
                this.countedPattern[i] = 1;
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
            kinds: new Map(data.kinds.map((key, i) => [key, kinds.counts[i]])),
            regions: new Map(data.regions.map(({ code }, i) => [code, regions.counts[i]])),
            aircraft: new Map(keys.map((key, i) => [key, { certain: certain.counts[i], possible: possible.counts[i] }])),
            grades: new Map(data.grades.map((key, i) => [key, grades.counts[i]])),
            precisions: new Map(PRECISIONS.map((key, i) => [key, precisions.counts[i]])),
        };
    }

    /** The selected regions and all above them: 1 at their index. Null when no region is selected. */
    holders() {
        if (!this.state.regions) {
            return null;
        }
        const holds = new Uint8Array(this.data.regions.length);
        for (const code of this.state.regions) {
            /** @type {string | null} */
            let at = code;
            while (at !== null) {
                const i = this.regionIndex.get(at);
                if (i === undefined || holds[i]) {
                    break;
                }
                holds[i] = 1;
                at = this.data.regions[i].parent;
            }
        }
        return holds;
    }

    /**
     * Whether no other row of the same incident was met in this round.
     * @param {number} i
     */
    isFirstOfGroup(i) {
        const group = this.rows.group[i];
        if (this.seen[group] === this.round) {
            return false;
        }
        this.seen[group] = this.round;
        return true;
    }
}

/**
 * @param {FilterPart | null} filter
 * @returns {State}
 */
export function fromFilter(filter) {
    /** @param {string[] | undefined} values */
    const set = (values) => (values?.length ? new Set(values) : null);
    return {
        kinds: set(filter?.kind),
        aircraft: set(filter?.aircraft),
        regions: set(filter?.region),
        grades: set(filter?.grade),
        precision: filter?.precision ?? null,
        words: filter?.q || null,
        bbox: filter?.bbox ?? null,
        start: toDay(filter?.from),
        end: toDay(filter?.to),
        undated: filter?.undated ?? true,
    };
}

/**
 * @param {State} state
 * @returns {[string, string][]}
 */
function toPairs(state) {
    /** @type {[string, string][]} */
    const pairs = [];
    const sets = { kind: state.kinds, aircraft: state.aircraft, region: state.regions, grade: state.grades };
    for (const [name, values] of Object.entries(sets)) {
        for (const value of values ?? []) {
            pairs.push([name, value]);
        }
    }
    if (state.start !== null) {
        pairs.push(["from", toISO(state.start)]);
    }
    if (state.end !== null) {
        pairs.push(["to", toISO(state.end)]);
    }
    if (state.precision) {
        pairs.push(["precision", state.precision]);
    }
    if (state.words) {
        pairs.push(["q", state.words]);
    }
    if (state.bbox) {
        pairs.push(["bbox", state.bbox.join(",")]);
    }
    if (!state.undated) {
        pairs.push(["undated", "hide"]);
    }
    return pairs;
}

/**
 * @param {Set<string> | null} values
 * @param {string[]} keys
 * @returns {Uint8Array | null} 1 at the index of each wanted key
 */
function wantedOf(values, keys) {
    return values && Uint8Array.from(keys, (key) => (values.has(key) ? 1 : 0));
}

/** Counts records by the index of a key, those that are the same incident once. */
class Tally {
    /**
     * @param {number} keys
     * @param {Rows} rows
     */
    constructor(keys, rows) {
        this.counts = new Uint32Array(keys);
        this.rows = rows;
        /** Keys and groups met, of linked rows alone: there are few. @type {Set<string>} */
        this.met = new Set();
    }

    /**
     * @param {number} key
     * @param {number} i
     */
    add(key, i) {
        if (this.rows.linked[i]) {
            const met = `${key} ${this.rows.group[i]}`;
            if (this.met.has(met)) {
                return;
            }
            this.met.add(met);
        }
        this.counts[key] += 1;
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

/**
 * @param {Bin[]} bins
 * @returns {(day: number) => number}
 */
function binFinder(bins) {
    const starts = Int32Array.from(bins, (bin) => bin.start);
    return (day) => {
        let low = 0;
        let high = starts.length - 1;
        while (low < high) {
            const middle = (low + high + 1) >> 1;
            if (starts[middle] <= day) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    };
}
