/**
 * How many incidents lie in the regions of each level that the map fills, and where the others are.
 *
 * It draws nothing. The service counts by the same rules, in incidents/editions/spreading.py.
 */

import { number } from "./elements.js";

/** @typedef {import("./rows.js").Rows} Rows */

/**
 * @typedef {object} Spread the incidents of a selection, together all of them
 * @property {number} within in a region that is filled, however many of these, by any selected row of the incident; of
 *     the others the row that carries the count decides
 * @property {[string, number][]} areas those that are known only to a region, by its code, the most first, but for a few
 *     alone
 * @property {number} others known only to any other region
 * @property {number} nowhere with a place of their own that is in none of the filled regions
 * @property {number} placeless without any place
 */

/** Of so many levels regions are filled. */
const LEVELS = 3;
const NAMED = 2;

/**
 * Counts what is selected for each level, coarse to fine.
 * @param {Rows} rows
 * @param {Uint8Array} fails
 * @param {import("./counting.js").Carriers} carriers
 * @param {import("./filter_state.js").State} state
 * @returns {Spread[]}
 */
export function countSpread(rows, fails, carriers, state) {
    const { area, group, linkedRows, pattern, regionSet, terms, total, x } = rows;
    const filled = findFilled(rows, state);
    // What the rows of an incident reach together, by its group.
    const reached = new Uint8Array(total);
    for (const i of linkedRows) {
        if (fails[i] === 0 && !pattern[i]) {
            reached[group[i]] |= filled[regionSet[i]];
        }
    }
    const counts = Array.from({ length: LEVELS }, () => ({ within: 0, nowhere: 0, placeless: 0, areas: new Uint32Array(terms.regions.length) }));
    for (let i = 0; i < fails.length; i += 1) {
        if (fails[i] !== 0 || pattern[i] || !carriers.is[i]) {
            continue;
        }
        const bits = filled[regionSet[i]] | reached[group[i]];
        for (let level = 0; level < LEVELS; level += 1) {
            const count = counts[level];
            if (bits & (1 << level)) {
                count.within += 1;
            } else if (area[i] >= 0) {
                count.areas[area[i]] += 1;
            } else if (x[i] < 0) {
                count.placeless += 1;
            } else {
                count.nowhere += 1;
            }
        }
    }
    return counts.map((count) => ({ ...count, ...nameMost(count.areas, terms.regions) }));
}

/**
 * Of each set of regions, a bit for each level of which the map fills one of them. Of chosen regions it fills the parts
 * that are of the level, and those that are finer in its stead.
 * @param {Rows} rows
 * @param {import("./filter_state.js").State} state
 */
function findFilled({ terms, regionSets: { length, offsets, values } }, { regions: chosen }) {
    const parents = new Map(terms.regions.map(({ code, parent }) => [code, parent]));
    const bits = terms.regions.map(({ code, level }) => {
        /** @type {string | null | undefined} */
        let at = code;
        while (chosen && at && !chosen.has(at)) {
            at = parents.get(at);
        }
        const own = 1 << level;
        return chosen?.has(code) ? 2 * own - 1 : at ? own : 0;
    });
    const filled = new Uint8Array(length);
    for (let set = 0; set < length; set += 1) {
        for (let one = offsets[set]; one < offsets[set + 1]; one += 1) {
            filled[set] |= bits[values[one]];
        }
    }
    return filled;
}

/**
 * @param {Uint32Array} counts by index of each region
 * @param {import("./types.js").RegionTerm[]} regions
 * @returns {Pick<Spread, "areas" | "others">}
 */
function nameMost(counts, regions) {
    const all = regions.flatMap(({ code }, at) => (counts[at] ? [/** @type {[string, number]} */ ([code, counts[at]])] : []));
    all.sort((a, b) => b[1] - a[1]);
    return { areas: all.slice(0, NAMED), others: sum(all.slice(NAMED)) };
}

/** @param {[string, number][]} areas */
function sum(areas) {
    return areas.reduce((all, [, count]) => all + count, 0);
}

/**
 * @param {Spread} spread
 * @param {"country" | "region"} sort of what is filled
 * @param {(code: string) => string} nameOf
 * @returns {string} such as "76 incidents: 60 in these regions, 12 known only to Myanmar, 4 without a place."; empty when
 *     nothing is selected
 */
export function saySpread({ within, areas, others, nowhere, placeless }, sort, nameOf) {
    const all = within + sum(areas) + others + nowhere + placeless;
    const parts = [
        `${within ? number(within) : "none"} in these ${sort === "country" ? "countries" : "regions"}`,
        ...areas.map(([code, count]) => `${number(count)} known only to ${nameOf(code)}`),
        others ? `${number(others)} only to other areas` : "",
        nowhere ? `${number(nowhere)} in no ${sort}` : "",
        placeless ? `${number(placeless)} without a place` : "",
    ];
    return all ? `${number(all)} ${all === 1 ? "incident" : "incidents"}: ${parts.filter(Boolean).join(", ")}.` : "";
}
