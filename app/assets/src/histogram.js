/**
 * Sorts incidents into bins of time, whatever the window: all together, or by kind, aircraft or region.
 *
 * It draws no bar.
 */

import { later, startOf } from "./days.js";
import { TIME } from "./filter_tests.js";
import { NO_END, NO_START } from "./rows.js";

/** @typedef {import("./days.js").Unit} Unit */
/** @typedef {import("./rows.js").Rows} Rows */

/**
 * @typedef {object} Bin
 * @property {number} start first day
 * @property {number} end last day
 * @property {number} solid incidents that lie wholly in it
 * @property {number} light incidents that may lie in it
 * @property {number} patterns
 */

/**
 * @typedef {object} Steps what lies in each bin
 * @property {number[]} solid
 * @property {number[]} light
 * @property {number[]} patterns
 */

/**
 * The first days of all bins between two days.
 * @param {[number, number] | null} span
 * @param {Unit} unit
 * @returns {number[]} one more than there are bins: the last is where the last bin ends
 */
export function binEdges(span, unit) {
    if (!span) {
        return [];
    }
    const edges = [startOf(span[0], unit)];
    while (edges[edges.length - 1] <= span[1]) {
        edges.push(later(edges[edges.length - 1], unit));
    }
    return edges;
}

/**
 * Incidents by time; those that are the same count once, by their first dated row; undated ones not at all.
 * @param {Rows} rows
 * @param {Uint8Array} fails
 * @param {Unit} unit
 * @returns {Bin[]}
 */
export function makeHistogram(rows, fails, unit) {
    const edges = binEdges(rows.terms.span, unit);
    const [found] = sortIntoBins(rows, fails, edges, TIME, null);
    return edges.slice(1).map((next, at) => ({
        start: edges[at],
        end: next - 1,
        solid: found.solid[at],
        light: found.light[at],
        patterns: found.patterns[at],
    }));
}

/**
 * Sorts rows into bins, by keys: those of row i are `keys.values[...]` of its set, or one key for all.
 * @param {Rows} rows
 * @param {Uint8Array} fails
 * @param {number[]} edges see `binEdges`
 * @param {number} lifted bits of the filters that are not heeded
 * @param {{count: number, of: ArrayLike<number>, sets: import("./rows.js").Lists | null} | null} keys
 * @returns {Steps[]} by key
 */
export function sortIntoBins(rows, fails, edges, lifted, keys) {
    const count = keys?.count ?? 1;
    const bins = Math.max(0, edges.length - 1);
    const solid = Array.from({ length: count }, () => new Int32Array(bins));
    const steps = Array.from({ length: count }, () => new Int32Array(bins + 1));
    const patternSteps = Array.from({ length: count }, () => new Int32Array(bins + 1));
    const binOf = binFinder(edges.slice(0, bins));
    const { earliest, latest, pattern, linked, group } = rows;
    /** @type {Set<number>} */
    const met = new Set();
    for (let i = 0; bins && i < fails.length; i += 1) {
        const opens = earliest[i] === NO_START;
        const ends = latest[i] === NO_END;
        if (fails[i] & ~lifted || (opens && ends)) {
            continue;
        }
        const from = opens ? 0 : binOf(earliest[i]);
        const to = ends ? bins - 1 : latest[i] === earliest[i] ? from : binOf(latest[i]);
        const sets = keys?.sets;
        const own = keys ? keys.of[i] : 0;
        const first = sets ? sets.offsets[own] : 0;
        const last = sets ? sets.offsets[own + 1] : 1;
        for (let one = first; one < last; one += 1) {
            const key = sets ? sets.values[one] : own;
            if (key < 0) {
                continue;
            }
            if (pattern[i]) {
                patternSteps[key][from] += 1;
                patternSteps[key][to + 1] -= 1;
                continue;
            }
            if (linked[i]) {
                if (met.has(group[i] * count + key)) {
                    continue;
                }
                met.add(group[i] * count + key);
            }
            if (from === to && !opens && !ends) {
                solid[key][from] += 1;
            } else {
                steps[key][from] += 1;
                steps[key][to + 1] -= 1;
            }
        }
    }
    return solid.map((counts, key) => ({
        solid: [...counts],
        light: summed(steps[key], bins),
        patterns: summed(patternSteps[key], bins),
    }));
}

/**
 * Some of the bins, neighbours.
 * @param {import("./engines.js").Series} series
 * @param {number} from the first of them
 * @param {number} until the one after the last
 * @returns {import("./engines.js").Series}
 */
export function cutSeries({ edges, lines }, from, until) {
    /** @param {Steps} steps */
    const cut = ({ solid, light, patterns }) => ({
        solid: solid.slice(from, until),
        light: light.slice(from, until),
        patterns: patterns.slice(from, until),
    });
    return {
        edges: until > from ? edges.slice(from, until + 1) : [],
        lines: lines.map((line) => ({ ...line, ...cut(line), possible: line.possible && cut(line.possible) })),
    };
}

/**
 * @param {Int32Array} steps
 * @param {number} length
 */
function summed(steps, length) {
    let sum = 0;
    return Array.from({ length }, (_, at) => (sum += steps[at]));
}

/**
 * @param {number[]} starts
 * @returns {(day: number) => number}
 */
function binFinder(starts) {
    const first = starts[0] ?? 0;
    const days = (starts[starts.length - 1] ?? first) - first + 1;
    const most = starts.length - 1;
    // A table from day to bin, where the days are not absurdly many.
    if (days < 400_000) {
        const table = new Int32Array(Math.max(0, days));
        starts.forEach((start, at) => table.fill(at, start - first));
        return (day) => (day < first ? 0 : day - first < days ? table[day - first] : most);
    }
    return (day) => {
        let low = 0;
        let high = most;
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
