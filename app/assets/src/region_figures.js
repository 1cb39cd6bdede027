/**
 * Figures of regions: incidents, incidents by month of the window, people killed; each with its words.
 *
 * It draws nothing. What may have happened at another time fills no region by its rate. Nothing that is known only to a region is dealt out to the parts of it.
 */

import { counted, number } from "./elements.js";
import { toQuery } from "./filter_state.js";
import { sayFound } from "./words.js";

/** @typedef {import("./filter_state.js").State} State */
/** @typedef {import("./look.js").Fill} Fill */
/** @typedef {import("./selection.js").Selection} Selection */

/**
 * @typedef {object} Figure
 * @property {number} value by which the region is filled; 0 leaves it bare
 * @property {boolean} unknown whether most of it is not known
 * @property {string} words which are put together for who reads them: there are thousands of figures, at each step of time
 */

const DAYS_A_MONTH = 30.4375;

/** @type {Record<Exclude<Fill, "off">, string>} */
export const TITLES = { number: "Incidents", rate: "Incidents a month", killed: "People killed, at least" };

/**
 * The figures of the regions that are selected, by code.
 * @param {Exclude<Fill, "off">} fill
 * @param {Selection} selection
 * @param {import("./fetched_source.js").FetchedSource} source
 * @param {State} [state] what is selected
 * @returns {Promise<Map<string, Figure>>}
 */
export async function findFigures(fill, selection, source, state = selection.within) {
    /** @type {[string, Figure][]} */
    const figures = [];
    if (fill === "killed") {
        const sums = await source.answer("harm.json", toQuery(state), "by=region&group=total&outcome=killed");
        for (const [code, sum] of Object.entries(sums)) {
            figures.push([code, sayHarm(sum)]);
        }
    } else if (fill === "rate") {
        // What has no date lies in no month.
        const rated = state.undated ? { ...state, undated: false } : state;
        const isOpen = state.start === null && state.end === null;
        const [possible, certain] = await Promise.all([
            selection.engine.regions(rated, false),
            isOpen ? null : selection.engine.regions(rated, true),
        ]);
        const months = monthsOf(state, selection);
        for (const [code, found] of possible) {
            figures.push([code, sayRate(found, certain ? (certain.get(code)?.incidents ?? 0) : found.incidents, months)]);
        }
    } else {
        for (const [code, found] of await selection.engine.regions(state, false)) {
            figures.push([code, figure(found.incidents, false, () => sayFound(found))]);
        }
    }
    return new Map(figures.filter(([code]) => isChosen(code, state, selection)));
}

/**
 * @param {number} value
 * @param {boolean} unknown
 * @param {() => string} say
 * @returns {Figure}
 */
function figure(value, unknown, say) {
    return {
        value,
        unknown,
        get words() {
            return say();
        },
    };
}

/**
 * Whether a region is chosen, or a part of one that is. The count of what lies above counts all of it: it is no answer
 * where only a part is chosen.
 * @param {string} code
 * @param {State} state
 * @param {Selection} selection
 */
function isChosen(code, { regions }, selection) {
    /** @type {string | null} */
    let at = code;
    while (regions && at !== null && !regions.has(at)) {
        at = selection.region(at)?.parent ?? null;
    }
    return at !== null;
}

/**
 * The chosen regions that are parts of a region of a level that is not: they are filled in its stead.
 * @param {number} level
 * @param {Selection} selection
 */
export function partsBelow(level, selection) {
    const { within } = selection;
    return [...(within.regions ?? [])].filter((code) => {
        const region = selection.region(code);
        return region?.parent && region.level > level && !isChosen(region.parent, within, selection);
    });
}

/**
 * What rates are divided by, and what they leave out.
 * @param {Selection} selection
 */
export function noteRate(selection) {
    const months = monthsOf(selection.within, selection);
    const days = Math.round(months * DAYS_A_MONTH);
    const span = days < 60 ? counted(days, "day") : `${number(Math.round(months))} months`;
    const isOpen = selection.within.start === null && selection.within.end === null;
    return `Over ${span}${isOpen ? ", all that the data span" : "; coloured by what certainly happened then"}. Undated incidents are left out.`;
}

/**
 * @param {State} state
 * @param {Selection} selection
 */
function monthsOf(state, { terms }) {
    const [first, last] = terms?.span ?? [0, 0];
    return Math.max(1, (state.end ?? last) - (state.start ?? first) + 1) / DAYS_A_MONTH;
}

/**
 * @param {import("./counting.js").Found} found what may have happened in these months
 * @param {number} certain incidents that did
 * @param {number} months
 * @returns {Figure}
 */
function sayRate(found, certain, months) {
    return figure(certain / months, 2 * certain < found.incidents, () => {
        const least = sayNumber(certain / months);
        const rate = certain < found.incidents ? `${least} to ${sayNumber(found.incidents / months)}` : least;
        const then = certain < found.incidents ? `, ${number(certain)} certainly then` : "";
        return `${rate} a month, ${sayFound(found)} in all${then}`;
    });
}

/** @param {number} value a rate, as finely as its class */
function sayNumber(value) {
    return value >= 10 ? number(Math.round(value)) : value >= 1 ? value.toFixed(1) : String(Number(value.toPrecision(2)));
}

/**
 * @param {{min: number | null, max: number | null, figures: number, unknown: number}} sum
 * @returns {Figure}
 */
function sayHarm({ min: least, max, figures, unknown }) {
    const min = least ?? 0;
    return figure(min, unknown > figures, () => {
        const range = max === null ? `at least ${number(min)}` : max === min ? number(min) : `${number(min)} to ${number(max)}`;
        const known = figures ? `${range} killed in ${counted(figures, "incident")}` : "no figure given";
        const open = unknown ? `; ${counted(unknown, "incident")} with no figure` : "";
        return `${known}${figures ? open : ` in ${counted(unknown, "incident")}`}`;
    });
}
