/**
 * Answers by asking the service: see engines.js. Nothing of the edition's size is held in the browser.
 *
 * It draws nothing.
 */

import { NOTHING } from "./counting.js";
import { later } from "./days.js";
import { PAGE } from "./engines.js";
import { PRECISIONS, toQuery, withoutWindow } from "./filter_state.js";
import { edgesOf, FAMILIES, placeHigh, placeMean, stepsOf } from "./gathering.js";
import { holds, widen, widthOf, windowsOf } from "./grid.js";

/** @typedef {import("./arrow.js").ArrowTable} ArrowTable */
/** @typedef {import("./counting.js").Found} Found */
/** @typedef {import("./engines.js").Engine} Engine */
/** @typedef {import("./gathering.js").Cells} Cells */
/** @typedef {import("./engines.js").Picture} Picture */
/** @typedef {import("./grid.js").Grid} Grid */
/** @typedef {import("./grid.js").Window} Window */

const PAUSE_MS = 250;
/** By how many squares more than are in sight is asked for, on each side. */
const SETTLING = 1;
/** Pictures that are kept as they were read: what was foreseen, and a few that were just left. */
const MOST_PICTURES = 8;

/** @implements {Engine} */
export class ServedEngine {
    /** @param {import("./fetched_source.js").FetchedSource} source */
    constructor(source) {
        this.source = source;
        this.pause = PAUSE_MS;
        /** Whether regions are counted down to the finest: the first view has need of countries alone. */
        this.whole = false;
        /** What was asked for last, the latest last. @type {{query: string, grid: Grid, picture: Promise<Picture>}[]} */
        this.held = [];
    }

    /** @type {Engine["picture"]} */
    async picture(state, grid) {
        const query = toQuery(state);
        // A map that has become smaller, or that was moved where all is in sight, is asked for nothing anew.
        const found = this.held.find((one) => one.query === query && holds(one.grid, grid));
        if (found) {
            return found.picture;
        }
        const wide = widen(grid, SETTLING);
        const asked = { query, grid: wide, picture: this.ask(query, wide) };
        this.held.push(asked);
        if (this.held.length > MOST_PICTURES) {
            this.held.shift();
        }
        asked.picture.catch(() => {
            this.held = this.held.filter((one) => one !== asked);
        });
        return asked.picture;
    }

    /**
     * @param {string} query
     * @param {Grid} grid
     * @returns {Promise<Picture>}
     */
    async ask(query, grid) {
        const windows = windowsOf(grid);
        // What is known only to regions comes with every answer, so one is asked for even where no square is in sight.
        const asked = windows.length ? windows : /** @type {Window[]} */ ([[0, 0, 0, 0]]);
        const [terms, ...tables] = await Promise.all([
            this.source.terms(),
            ...asked.map((window) => this.source.clusters(query, grid.across, window)),
        ]);
        const { meta } = tables[0];
        return {
            across: grid.across,
            parts: windows.length ? tables.map((table, at) => readCells(table, grid.across, asked[at])) : [],
            // Each says of the regions around its own squares; what two of them say is the same.
            areas: new Map(tables.flatMap((table) => readAreas(table, terms.regions))),
            kinds: meta.kinds,
        };
    }

    /** @type {Engine["tallies"]} */
    async tallies(state) {
        const { whole } = this;
        const asked = this.source.answer("tallies.json", toQuery(state), whole ? "" : "level=0");
        const [found, terms] = await Promise.all([asked, this.source.terms()]);
        const [incidents, patterns] = found.regions;
        const counted = whole ? terms.regions : terms.regions.filter(({ level }) => level === 0);
        const regions = counted.flatMap(({ code }, at) =>
            incidents[at] || patterns[at] ? [[code, { incidents: incidents[at], patterns: patterns[at] }]] : [],
        );
        return {
            ...found,
            kinds: readFound(found.kinds),
            regions: new Map(/** @type {[string, Found][]} */ (regions)),
            aircraft: new Map(
                Object.entries(found.aircraft).map(([key, { certain, possible }]) => [
                    key,
                    { certain: toFound(certain), possible: toFound(possible) },
                ]),
            ),
            grades: readFound(found.grades),
            precisions: new Map(PRECISIONS.map((key) => [key, toFound(found.precisions[key])])),
            lifts: new Map(Object.entries(found.lifts)),
        };
    }

    /** @type {Engine["regions"]} */
    async regions(state, certain) {
        return readFound(await this.source.answer(certain ? "certain.json" : "found.json", toQuery(state)));
    }

    /** @type {Engine["histogram"]} */
    async histogram(state, unit) {
        // They do not heed the window: one answer serves every one.
        const found = await this.source.answer("histogram.json", toQuery(withoutWindow(state)), `unit=${unit}`);
        return found.bins.map((/** @type {number[]} */ [start, end, solid, light, patterns]) => ({
            start,
            end,
            solid,
            light,
            patterns,
        }));
    }

    /** @type {Engine["series"]} */
    async series(state, by, unit) {
        const found = await this.source.answer("series.json", toQuery(withoutWindow(state)), `by=${by}&unit=${unit}`);
        const last = found.starts[found.starts.length - 1];
        return { edges: found.starts.length ? [...found.starts, later(last, unit)] : [], lines: found.series };
    }

    /** @type {Engine["members"]} */
    async members(state, where, page) {
        const asked = new URLSearchParams({ page: String(page + 1), limit: String(PAGE) });
        if ("within" in where) {
            asked.set("within", where.within.join(","));
        } else if ("areas" in where) {
            where.areas.forEach((code) => asked.append("area", code));
        } else {
            asked.set("placeless", "1");
        }
        return this.source.answer("members.json", toQuery(state), asked.toString());
    }
}

/**
 * Works out what the service leaves out: see `Clusters.to_bytes` in incidents/editions/clustering.py.
 * @param {ArrowTable} table
 * @param {number} across
 * @param {Window} window
 * @returns {Cells}
 */
function readCells(table, across, window) {
    const [left, top] = window;
    const columns = widthOf(across, window);
    const length = table.length - table.meta.areas;
    const { mean, spread } = stepsOf(across);
    const names = ["step", "further", "patterns", "coarse", "precision", "radius", "first", "kind", "pattern", "earliest", "latest"];
    const given = Object.fromEntries(names.map((name) => [name, table.column(name)]));
    const families = FAMILIES.map((name) => table.column(name));
    const places = ["x", "mean_x", "west", "east", "y", "mean_y", "north", "south"].map((name) => table.column(name));
    const [column, row, records, count, x, y, west, north, east, south] = Array.from({ length: 10 }, () => new Int32Array(length));
    const axes = /** @type {const} */ ([
        [column, x, west, east, 0],
        [row, y, north, south, 4],
    ]);
    let cell = 0;
    for (let at = 0; at < length; at += 1) {
        cell += given.step[at];
        column[at] = (left + (cell % columns)) % across;
        row[at] = top + Math.floor(cell / columns);
        for (const counts of families) {
            records[at] += counts[at];
        }
        count[at] = records[at] - given.further[at] - given.patterns[at];
        // Rows in one place are said by that place alone.
        const apart = places[0][at] === 0;
        for (const [line, middle, low, high, from] of axes) {
            const { least, most } = edgesOf(line[at], across);
            if (apart) {
                middle[at] = placeMean(places[from + 1][at], least, most, mean);
                low[at] = least + places[from + 2][at] * spread;
                high[at] = placeHigh(places[from + 3][at], least, most, spread);
            } else {
                middle[at] = low[at] = high[at] = least + places[from][at] - 1;
            }
        }
    }
    const { patterns, coarse, precision, radius, first, kind, pattern, earliest, latest } = given;
    const of = { patterns, coarse, precision, radius, first, kind, pattern, earliest, latest };
    return { length, column, row, records, count, families, x, y, west, north, east, south, ...of };
}

/**
 * What is known only to regions, by their codes: the last rows of an answer.
 * @param {ArrowTable} table
 * @param {import("./types.js").RegionTerm[]} regions
 * @returns {[string, import("./gathering.js").AreaSum][]}
 */
function readAreas(table, regions) {
    const [step, further, patternsOf, ...counts] = ["step", "further", "patterns", ...FAMILIES].map((name) => table.column(name));
    const first = table.length - table.meta.areas;
    let place = 0;
    return Array.from({ length: table.meta.areas }, (_, nth) => {
        const at = first + nth;
        place += step[at];
        const families = counts.map((counted) => counted[at]);
        const records = families.reduce((sum, counted) => sum + counted, 0);
        const patterns = patternsOf[at];
        return [regions[place].code, { records, count: records - further[at] - patterns, patterns, families }];
    });
}

/**
 * @param {[number, number] | undefined} pair
 * @returns {Found}
 */
function toFound(pair) {
    return pair ? { incidents: pair[0], patterns: pair[1] } : NOTHING;
}

/**
 * @param {Record<string, [number, number]>} pairs
 * @returns {Map<string, Found>}
 */
function readFound(pairs) {
    return new Map(Object.entries(pairs).map(([key, pair]) => [key, toFound(pair)]));
}
