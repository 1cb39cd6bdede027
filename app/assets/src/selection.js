/**
 * What is selected of an edition's incidents, and what it comes to in numbers.
 *
 * It draws nothing. It means by each filter what `incidents/filters.py` means by it.
 */

import { countSelection } from "./counting.js";
import { fromFilter, toPairs } from "./filter_state.js";
import { EVERYTHING, makeTests, ONLY, TEXT, TIME, TOUCHES } from "./filter_tests.js";
import { makeHistogram } from "./histogram.js";
import { NO_END, NO_START, Rows } from "./rows.js";

/** @typedef {import("./counting.js").Counts} Counts */
/** @typedef {import("./filter_state.js").State} State */
/** @typedef {import("./histogram.js").Bin} Bin */
/** @typedef {import("./types.js").Columns} Columns */
/** @typedef {import("./types.js").FilterPart} FilterPart */
/** @typedef {import("./types.js").RegionTerm} RegionTerm */
/** @typedef {import("./days.js").Unit} Unit */

/**
 * Emits "change" when other rows are selected, "wait" when an answer is being waited for, "failure" (detail: the
 * error) when it did not come. The map emits "pick" (detail: {rows, areaCode?, title?}) through it.
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
        return makeHistogram(this, unit);
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
        for (const [bit, test] of makeTests(this)) {
            if (touched & bit) {
                for (let i = 0; i < rows.total; i += 1) {
                    fails[i] = test(i) ? fails[i] & ~bit : fails[i] | bit;
                }
            }
        }
        for (let i = 0; i < rows.total; i += 1) {
            this.mask[i] = fails[i] ? 0 : 1;
        }
        return countSelection(this);
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
