/**
 * What a filter is in the browser, and the same in the service's words.
 *
 * It selects nothing; the names and their meaning are those of `incidents/filters.py`.
 */

import { readEdge, toDay, toISO } from "./days.js";

/** @typedef {import("./types.js").FilterPart} FilterPart */

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

/** The scale of `geodata/precision.py`, finest first: the index is the rank. */
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

/** The service's word for nothing of a sort: an empty set. */
const NONE = "none";

/**
 * @param {FilterPart | null} filter
 * @returns {State}
 */
export function fromFilter(filter) {
    /** @param {string[] | undefined} values */
    const set = (values) => (values?.length ? new Set(values.filter((value) => value !== NONE)) : null);
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
 * The same whatever the window.
 * @param {State} state
 * @returns {State}
 */
export function withoutWindow(state) {
    return { ...state, start: null, end: null, undated: true };
}

/**
 * Whether all that a state selects is among what another one selects, as far as rows can tell that know no texts.
 * @param {State} state
 * @param {State} other
 */
export function narrows(state, other) {
    const inSets = /** @type {const} */ (["kinds", "aircraft", "regions", "grades"]).every((name) => {
        const [values, all] = [state[name], other[name]];
        return !all || (values && [...values].every((value) => all.has(value)));
    });
    const inTime =
        (other.start === null || (state.start !== null && state.start >= other.start)) &&
        (other.end === null || (state.end !== null && state.end <= other.end)) &&
        (other.undated || !state.undated);
    const rank = PRECISIONS.indexOf(state.precision ?? PRECISIONS[PRECISIONS.length - 1]);
    const isAsFine = !other.precision || rank <= PRECISIONS.indexOf(other.precision);
    return inSets && inTime && isAsFine && state.words === other.words && String(state.bbox) === String(other.bbox);
}

/**
 * @param {State} state
 * @returns {[string, string][]}
 */
export function toPairs(state) {
    /** @type {[string, string][]} */
    const pairs = [];
    const sets = { kind: state.kinds, aircraft: state.aircraft, region: state.regions, grade: state.grades };
    for (const [name, values] of Object.entries(sets)) {
        for (const value of values?.size === 0 ? [NONE] : values ?? []) {
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
 * A state in the vocabulary of the service's addresses, in its order; "" for everything.
 * @param {State} state
 */
export function toQuery(state) {
    return toPairs(state)
        .map(([name, value]) => `${name}=${encodeURIComponent(value).replace(/%2C/g, ",").replace(/%20/g, "+")}`)
        .join("&");
}

/**
 * A state from an address that the service has already understood.
 * @param {string} search
 * @returns {State}
 */
export function fromQuery(search) {
    const given = new URLSearchParams(search);
    /** @param {string} name */
    const all = (name) => given.getAll(name).flatMap((text) => text.split(",")).filter(Boolean);
    const box = (given.get("bbox") ?? "").split(",").map(Number);
    return {
        ...fromFilter({
            kind: all("kind"),
            aircraft: all("aircraft"),
            region: all("region"),
            grade: all("grade"),
            from: null,
            to: null,
            undated: given.get("undated") !== "hide",
            precision: given.get("precision") || null,
            q: given.get("q"),
            bbox: box.length === 4 ? /** @type {[number, number, number, number]} */ (box) : null,
        }),
        start: readEdge(given.get("from") ?? "", "start") ?? null,
        end: readEdge(given.get("to") ?? "", "end") ?? null,
    };
}
