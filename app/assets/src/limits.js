/**
 * The limits of a saved map: a filter that the reader narrows and never widens.
 *
 * The service refuses what reaches beyond; here nothing beyond is offered, asked for, counted or drawn.
 */

import { fromFilter, PRECISIONS, toQuery } from "./filter_state.js";

/** @typedef {import("./filter_state.js").State} State */
/** @typedef {import("./types.js").Terms} Terms */
/** @typedef {import("./types.js").LimitsPart} LimitsPart */
/** @typedef {import("./histogram.js").Bin} Bin */

/** About a kilometre. */
const NEAR_DEG = 0.01;

export class Limits {
    /** @param {LimitsPart} part */
    constructor(part) {
        this.state = fromFilter(part.filter);
        /** Keys that find nothing beyond the limits; null for all. */
        this.regions = part.regions && new Set(part.regions);
        this.aircraft = part.aircraft && new Set(part.aircraft);
        this.total = part.total;
    }

    /**
     * What is left of a state within the limits.
     * @param {State} state
     * @returns {State}
     */
    narrow(state) {
        const held = this.state;
        const words = [...new Set([...(held.words ?? "").split(" "), ...(state.words ?? "").split(" ")])].filter(Boolean);
        /** @type {State} */
        const made = {
            kinds: meet(state.kinds, held.kinds, held.kinds),
            aircraft: meet(state.aircraft, held.aircraft, this.aircraft),
            regions: meet(state.regions, held.regions, this.regions),
            grades: meet(state.grades, held.grades, held.grades),
            precision: finer(state.precision, held.precision),
            words: words.join(" ") || null,
            // A reader's box has been found within the limit's by the service.
            bbox: state.bbox ?? held.bbox,
            start: held.start === null ? state.start : Math.max(held.start, state.start ?? held.start),
            end: held.end === null ? state.end : Math.min(held.end, state.end ?? held.end),
            undated: state.undated && held.undated,
        };
        // A window that lies wholly beyond holds nothing.
        const beyond = made.start !== null && made.end !== null && made.start > made.end;
        return beyond ? { ...made, kinds: new Set(), start: held.start, end: held.end } : made;
    }

    /**
     * What is asked to learn whether an incident lies within, and as little else as can be.
     * @param {import("./types.js").Detail} detail
     */
    queryAround(detail) {
        const nothing = fromFilter(null);
        const point = this.state.bbox ? null : detail.where?.point;
        /** @type {[number, number, number, number] | null} */
        const box = point ? [point[0] - NEAR_DEG, point[1] - NEAR_DEG, point[0] + NEAR_DEG, point[1] + NEAR_DEG] : null;
        const within = box && Math.abs(point[0]) < 179 && Math.abs(point[1]) < 89 ? box : null;
        return toQuery(this.narrow({ ...nothing, kinds: new Set([String(detail.kind)]), bbox: within }));
    }

    /**
     * What there is to choose from.
     * @param {Terms} terms
     * @returns {Terms}
     */
    choices(terms) {
        const { kinds, grades } = this.state;
        return {
            ...terms,
            total: this.total,
            kinds: terms.kinds.filter((key) => kinds?.has(key) ?? true),
            grades: terms.grades.filter((key) => grades?.has(key) ?? true),
            regions: terms.regions.filter(({ code }) => this.regions?.has(code) ?? true),
            aircraft: terms.aircraft.filter((key) => this.aircraft?.has(key) ?? true),
            span: terms.span && this.span(terms.span),
        };
    }

    /**
     * The days of a span that lie within; null when none does.
     * @param {[number, number]} span
     * @returns {[number, number] | null}
     */
    span([first, last]) {
        const start = Math.max(first, this.state.start ?? first);
        const end = Math.min(last, this.state.end ?? last);
        return start <= end ? [start, end] : null;
    }

    /**
     * Whether days from one to another lie within, in part at least.
     * @param {number} first
     * @param {number} last
     */
    meets(first, last) {
        return (this.state.start ?? first) <= last && (this.state.end ?? last) >= first;
    }

    /**
     * Numbers of the map instead of the whole edition's. What lifting one's own filter would bring is not known where
     * the limits filter by the same.
     * @param {import("./counting.js").Counts} counts
     * @returns {import("./counting.js").Counts}
     */
    count(counts) {
        const { state } = this;
        const limited = new Set([
            ...(state.kinds ? ["kind"] : []),
            ...(state.aircraft ? ["aircraft"] : []),
            ...(state.regions ? ["region"] : []),
            ...(state.grades ? ["grade"] : []),
            ...(state.precision ? ["precision"] : []),
            ...(state.words ? ["q"] : []),
            ...(state.bbox ? ["bbox"] : []),
            ...(state.start !== null || state.end !== null ? ["time"] : []),
            ...(state.undated ? [] : ["undated"]),
        ]);
        const lifts = new Map([...counts.lifts].filter(([name]) => !limited.has(name)));
        return { ...counts, total: this.total, lifts };
    }
}

/**
 * @param {Set<string> | null} chosen
 * @param {Set<string> | null} held
 * @param {Set<string> | null} inside the keys that find nothing beyond what is held
 * @returns {Set<string> | null}
 */
function meet(chosen, held, inside) {
    if (!held || !chosen) {
        return held ?? chosen;
    }
    return new Set([...chosen].filter((key) => held.has(key) || inside?.has(key)));
}

/**
 * @param {string | null} one
 * @param {string | null} other
 */
function finer(one, other) {
    return one && other ? PRECISIONS[Math.min(PRECISIONS.indexOf(one), PRECISIONS.indexOf(other))] : (one ?? other);
}
