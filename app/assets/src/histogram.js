/**
 * Sorts a selection's incidents into bins of time.
 *
 * It draws no bar.
 */

import { later, startOf } from "./days.js";
import { TIME } from "./filter_tests.js";
import { NO_END, NO_START } from "./rows.js";

/** @typedef {import("./days.js").Unit} Unit */
/** @typedef {import("./selection.js").Selection} Selection */

/** @typedef {{start: number, end: number, solid: number, light: number, patterns: number}} Bin days inclusive */

/**
 * Incidents by time, whatever the window: see `Selection.histogram`.
 * @param {Selection} selection
 * @param {Unit} unit
 * @returns {Bin[]}
 */
export function makeHistogram(selection, unit) {
    const span = selection.span();
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
    const { rows } = selection;
    selection.round += 1;
    for (let i = 0; i < rows.total; i += 1) {
        if (selection.fails[i] & ~TIME || rows.isUndated(i)) {
            continue;
        }
        const from = rows.earliest[i] === NO_START ? 0 : binOf(rows.earliest[i]);
        const to = rows.latest[i] === NO_END ? bins.length - 1 : binOf(rows.latest[i]);
        if (rows.pattern[i]) {
            patternSteps[from] += 1;
            patternSteps[to + 1] -= 1;
        } else if (selection.isFirstOfGroup(i)) {
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
