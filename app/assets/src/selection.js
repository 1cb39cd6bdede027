/**
 * What is selected of an edition's incidents: the filter, and what it comes to in numbers.
 *
 * It draws nothing and counts nothing: an engine answers, from the rows in the browser or by asking the service.
 */

import { NO_COUNTS } from "./counting.js";
import { fromFilter, toQuery } from "./filter_state.js";
import { cutSeries } from "./histogram.js";
import { Input, nameInput } from "./input.js";
import { Latest } from "./latest.js";
import { Limits } from "./limits.js";
import { painted } from "./painted.js";

/** @typedef {import("./engines.js").Engine} Engine */
/** @typedef {import("./counting.js").Counts} Counts */
/** @typedef {import("./filter_state.js").State} State */
/** @typedef {import("./types.js").FilterPart} FilterPart */
/** @typedef {import("./types.js").RegionTerm} RegionTerm */
/** @typedef {import("./types.js").Terms} Terms */

/** From when on a reader is told that an answer is being waited for. */
export const PATIENCE_MS = 150;

/**
 * Emits "change" when the filter is another one, "terms" when all regions' names are there, "counts" when the numbers
 * for it are there, "wait" when waiting for an answer begins or ends, "failure" (detail: the error) when one did not
 * come. The map emits "pick" (detail: a Picked, see panel.js) through it.
 */
export class Selection extends EventTarget {
    /**
     * @param {Engine} engine
     * @param {FilterPart | null} filter where to begin
     * @param {import("./types.js").LimitsPart | null} [limits] of a saved map
     */
    constructor(engine, filter, limits = null) {
        super();
        this.engine = engine;
        /** @type {State} */
        this.state = fromFilter(filter);
        this.limits = limits && new Limits(limits);
        /** The state that `within` was made of, and that. @type {[State, State] | null} */
        this.narrowed = null;
        /** What the edition's numbers stand for; null until that is there. @type {Terms | null} */
        this.terms = null;
        /** Whether regions that are part of others have their names there. */
        this.named = false;
        /** @type {Map<string, RegionTerm>} */
        this.regions = new Map();
        /** Names that several of these regions have. @type {Set<string>} */
        this.shared = new Set();
        this.namedRegions = this.regions;
        /** Of the filter when they were last there. @type {Counts} */
        this.counts = NO_COUNTS;
        /** Of which state they are. @type {State | null} */
        this.counted = null;
        this.waiting = false;
        /** What the reader did last; null before anything. @type {Input | null} */
        this.input = null;
        /** When the filter changed last, on the page's clock. */
        this.changedAt = -Infinity;
        /** @type {Latest<Counts>} */
        this.counting = new Latest();
        /** Answers that are being waited for. */
        this.open = 0;
        /** What the map shows at present. @type {import("./grid.js").Grid | null} */
        this.grid = null;
        /** What there is to draw now, on its way or there. @type {Promise<any>} */
        this.drawing = Promise.resolve();
        /** @type {Latest<any>} */
        this.foreseeing = new Latest();
        /** What is asked for with each picture that is foreseen. @type {((state: State) => Promise<any>) | null} */
        this.alongside = null;
    }

    /** @param {Terms} terms */
    setTerms(terms) {
        this.terms = this.limits?.choices(terms) ?? terms;
        this.regions = new Map(terms.regions.map((region) => [region.code, region]));
    }

    /**
     * Takes the same with all names, which are written from now on where codes stood.
     * @param {Terms} terms
     */
    nameTerms(terms) {
        this.setTerms(terms);
        this.named = true;
        this.dispatchEvent(new Event("terms"));
        this.dispatchEvent(new Event("counts"));
    }

    /**
     * Changes some of the state. What is drawn and counted follows: first the map, then the numbers.
     * @param {Partial<State>} patch
     * @param {string} [input] what the reader did
     */
    set(patch, input = nameInput(patch)) {
        this.state = { ...this.state, ...patch };
        this.input = new Input(input);
        this.changedAt = performance.now();
        this.dispatchEvent(new Event("change"));
        this.countSoon();
    }

    /** The reader's filter within the limits: what everything is asked by. */
    get within() {
        const { state, limits } = this;
        if (!limits) {
            return state;
        }
        if (this.narrowed?.[0] !== state) {
            this.narrowed = [state, limits.narrow(state)];
        }
        return this.narrowed[1];
    }

    /** The same, whatever the reader's window. */
    get everWithin() {
        const held = this.limits?.state;
        return { ...this.within, start: held?.start ?? null, end: held?.end ?? null, undated: held?.undated ?? true };
    }

    /** Asks for the numbers once the map is drawn and nothing has changed for a moment. */
    async countSoon() {
        if (await this.isStill()) {
            this.count();
        }
    }

    /**
     * Waits until what there is to draw now is there and drawn, and the reader has rested for a moment: what stands
     * beside the map keeps neither this picture of it waiting nor the next one.
     * @returns {Promise<boolean>} whether nothing else was chosen meanwhile
     */
    async isStill() {
        const { state } = this;
        // The map asks within the same turn in which the filter changes.
        await null;
        await this.drawing;
        await painted(this.changedAt + this.engine.pause);
        return state === this.state;
    }

    /** Asks everything again, after a failure. */
    again() {
        this.set({});
    }

    /** Lifts every filter. */
    clear() {
        this.set(fromFilter(null));
    }

    /** Asks for the numbers. Resolves when they are there, or later ones were asked for. */
    async count() {
        const { state, within } = this;
        const counts = await this.answer(() => this.counting.ask(() => this.engine.tallies(within))).catch(() => null);
        // Numbers of another filter than the present one would stand beside the wrong switches.
        if (counts && state === this.state) {
            this.counts = this.limits?.count(counts) ?? counts;
            this.counted = state;
            this.dispatchEvent(new Event("counts"));
        }
    }

    /**
     * What there is to draw. Rejects when it did not come, which readers have then been told.
     * @param {import("./grid.js").Grid} grid
     */
    picture(grid) {
        this.grid = grid;
        const answer = this.answer(() => this.engine.picture(this.within, grid));
        this.drawing = answer.catch(() => null);
        return answer;
    }

    /**
     * Has what there would be to draw after a change asked for, once what is drawn now is on the screen. Nobody waits for
     * it, and where the answer takes no while nothing is asked.
     * @param {Partial<State>} patch
     * @param {import("./grid.js").Grid | null} grid where the map would show it
     */
    foresee(patch, grid = this.grid) {
        if (grid && this.engine.pause) {
            this.foreseeing
                .ask(async () => {
                    await this.drawing;
                    await painted();
                    const next = { ...this.state, ...patch };
                    const state = this.limits?.narrow(next) ?? next;
                    return Promise.all([this.engine.picture(state, grid), this.alongside?.(state)]);
                })
                .catch(() => null);
        }
    }

    /**
     * Bars of incidents by time, whatever the window.
     * @param {import("./days.js").Unit} unit
     */
    async histogram(unit) {
        const bins = await this.answer(() => this.engine.histogram(this.within, unit));
        return this.limits ? bins.filter(({ start, end }) => this.limits?.meets(start, end)) : bins;
    }

    /**
     * @param {"kind" | "aircraft"} by
     * @param {import("./days.js").Unit} unit
     */
    async series(by, unit) {
        const found = await this.answer(() => this.engine.series(this.within, by, unit));
        const { limits } = this;
        if (!limits) {
            return found;
        }
        const { edges } = found;
        const kept = edges.slice(1).flatMap((next, at) => (limits.meets(edges[at], next - 1) ? [at] : []));
        return cutSeries(found, kept[0] ?? 0, (kept[kept.length - 1] ?? -1) + 1);
    }

    /**
     * A page of the selected incidents of a place, newest first.
     * @param {import("./engines.js").Where} where
     * @param {number} page from 0
     */
    members(where, page) {
        return this.engine.members(this.within, where, page);
    }

    /** What is selected, in the vocabulary of the service's addresses, in its order; "" for everything. */
    toQuery() {
        return toQuery(this.within);
    }

    /** The same for the address of this very map, which has its limits already. */
    toOwnQuery() {
        return toQuery(this.state);
    }

    /**
     * @param {string} code
     * @returns {RegionTerm | null}
     */
    region(code) {
        return this.regions.get(code) ?? null;
    }

    /**
     * A region's name, with that of what it is a part of where others are called the same; its code where it has none.
     * @param {string} code
     */
    nameOf(code) {
        const region = this.region(code);
        const parent = this.region(region?.parent ?? "");
        if (this.namedRegions !== this.regions) {
            this.namedRegions = this.regions;
            this.shared = findShared([...this.regions.values()].map(({ name }) => name));
        }
        return region && parent && this.shared.has(region.name) ? `${region.name} (${parent.name})` : (region?.name ?? code);
    }

    /**
     * Waits for an answer; says so when it takes its time, and when it does not come.
     * @template T
     * @param {() => Promise<T>} ask
     * @returns {Promise<T>}
     */
    async answer(ask) {
        try {
            return await this.during(ask);
        } catch (error) {
            this.dispatchEvent(new CustomEvent("failure", { detail: error }));
            throw error;
        }
    }

    /**
     * The same where whoever asks says itself that it did not come.
     * @template T
     * @param {() => Promise<T>} ask
     * @returns {Promise<T>}
     */
    async during(ask) {
        const late = window.setTimeout(() => this.wait(true), PATIENCE_MS);
        this.open += 1;
        try {
            return await ask();
        } finally {
            clearTimeout(late);
            this.open -= 1;
            if (!this.open) {
                this.wait(false);
            }
        }
    }

    /** @param {boolean} waiting */
    wait(waiting) {
        if (waiting !== this.waiting) {
            this.waiting = waiting;
            this.dispatchEvent(new Event("wait"));
        }
    }
}

/**
 * What occurs more than once.
 * @param {string[]} names
 */
function findShared(names) {
    const once = new Set();
    return new Set(names.filter((name) => once.has(name) || !once.add(name)));
}
