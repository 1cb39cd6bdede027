/**
 * Answers by asking the service: see engines.js. Nothing of the edition's size is held in the browser.
 *
 * It draws nothing.
 */

import { NOTHING } from "./counting.js";
import { later } from "./days.js";
import { PAGE } from "./engines.js";
import { PRECISIONS, toQuery } from "./filter_state.js";
import { FAMILIES } from "./gathering.js";
import { holds, widen, widthOf, windowsOf } from "./grid.js";

/** @typedef {import("./arrow.js").ArrowTable} ArrowTable */
/** @typedef {import("./counting.js").Found} Found */
/** @typedef {import("./engines.js").Engine} Engine */
/** @typedef {import("./gathering.js").Cells} Cells */
/** @typedef {import("./engines.js").Picture} Picture */
/** @typedef {import("./grid.js").Grid} Grid */
/** @typedef {import("./grid.js").Window} Window */

const PAUSE_MS = 60;
/** Pictures that are kept as they were read: what was foreseen, and a few that were just left. */
const MOST_PICTURES = 8;

/** @implements {Engine} */
export class ServedEngine {
    /** @param {import("./source.js").FetchedSource} source */
    constructor(source) {
        this.source = source;
        this.pause = PAUSE_MS;
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
        const wide = widen(grid);
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
        const tables = await Promise.all(asked.map((window) => this.source.clusters(query, grid.across, window)));
        const { meta } = tables[0];
        return {
            across: grid.across,
            parts: windows.length ? tables.map((table, at) => readCells(table, grid.across, asked[at])) : [],
            areas: new Map(
                meta.areas.map((/** @type {[string, ...number[]]} */ [code, records, count, patterns, ...families]) => [
                    code,
                    { records, count, patterns, families },
                ]),
            ),
            kinds: meta.kinds,
        };
    }

    /** @type {Engine["tallies"]} */
    async tallies(state) {
        const found = await this.source.answer("tallies.json", toQuery(state));
        return {
            ...found,
            kinds: readFound(found.kinds),
            regions: readFound(found.regions),
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

    /** @type {Engine["histogram"]} */
    async histogram(state, unit) {
        const found = await this.source.answer("histogram.json", withoutWindow(state), `unit=${unit}`);
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
        const found = await this.source.answer("series.json", withoutWindow(state), `by=${by}&unit=${unit}`);
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
 * The filter without what these answers do not heed, its window: one answer serves every window.
 * @param {import("./filter_state.js").State} state
 */
function withoutWindow(state) {
    return toQuery({ ...state, start: null, end: null, undated: true });
}

/**
 * @param {ArrowTable} table
 * @param {number} across
 * @param {Window} window
 * @returns {Cells}
 */
function readCells(table, across, window) {
    const [west, north] = window;
    const columns = widthOf(across, window);
    const cell = table.column("cell");
    return {
        length: table.length,
        column: Int32Array.from(cell, (at) => (west + (at % columns)) % across),
        row: Int32Array.from(cell, (at) => north + Math.floor(at / columns)),
        records: table.column("rows"),
        count: table.column("count"),
        patterns: table.column("patterns"),
        families: FAMILIES.map((name) => table.column(name)),
        x: table.column("x"),
        y: table.column("y"),
        west: table.column("west"),
        north: table.column("north"),
        east: table.column("east"),
        south: table.column("south"),
        coarse: table.column("coarse"),
        first: table.column("first"),
        kind: table.column("kind"),
        precision: table.column("precision"),
        pattern: table.column("pattern"),
        radius: table.column("radius"),
        earliest: table.column("earliest"),
        latest: table.column("latest"),
    };
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
