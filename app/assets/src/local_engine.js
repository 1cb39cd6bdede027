/**
 * Answers from the rows that are in the browser: see engines.js.
 *
 * It draws nothing. Full text is asked of whoever holds the texts.
 */

import { Carriers, countRegions, countSelection } from "./counting.js";
import { PAGE } from "./engines.js";
import { toQuery } from "./filter_state.js";
import { bitsBetween, testRows, TEXT, TIME, WITHDRAWN } from "./filter_tests.js";
import { FAMILIES, gatherAreas, gatherCells } from "./gathering.js";
import { windowsOf } from "./grid.js";
import { binEdges, makeHistogram, sortIntoBins } from "./histogram.js";
import { NO_END, NO_START } from "./rows.js";

/** @typedef {import("./engines.js").Engine} Engine */
/** @typedef {import("./filter_state.js").State} State */
/** @typedef {import("./rows.js").Rows} Rows */

/** How many texts that were looked for are remembered with what they found. */
const MOST_TEXTS = 8;
/** Of more rows than this what stands beside the map is counted when the reader rests, and what comes next foreseen. */
const MANY_ROWS = 20_000;
const PAUSE_MS = 250;
/** Pictures that are kept: what was foreseen, and a few that were just left. */
const MOST_PICTURES = 4;

/** @implements {Engine} */
export class LocalEngine {
    /**
     * @param {Rows} rows
     * @param {import("./types.js").TaxonomyPart} taxonomy
     * @param {Pick<import("./source.js").Source, "rows" | "matches">} source
     */
    constructor(rows, taxonomy, source) {
        this.rows = rows;
        this.source = source;
        this.pause = rows.total > MANY_ROWS ? PAUSE_MS : 0;
        this.familyOf = familiesOf(rows.terms.kinds, taxonomy);
        /** Of each row, a bit for each filter that it fails. */
        this.fails = new Uint8Array(rows.total);
        for (const number of rows.withdrawn) {
            this.fails[number] = WITHDRAWN;
        }
        this.carriers = new Carriers(rows);
        this.carriers.find(this.fails);
        /** What the bits speak of at present. @type {State | null} */
        this.state = null;
        /** @type {Map<string, Promise<number[]>>} */
        this.texts = new Map();
        /** By what was asked, the oldest first. @type {Map<string, import("./engines.js").Picture>} */
        this.pictures = new Map();
        /** What lies in regions, likewise. @type {Map<string, Map<string, import("./counting.js").Found>>} */
        this.lying = new Map();
    }

    /** @type {Engine["picture"]} */
    async picture(state, grid) {
        const asked = `${toQuery(state)} ${Object.values(grid).join(" ")}`;
        const held = this.pictures.get(asked);
        if (held) {
            return held;
        }
        await this.select(state);
        const { rows, fails, carriers, familyOf } = this;
        const picture = {
            across: grid.across,
            parts: windowsOf(grid).map((window) => gatherCells(rows, fails, carriers, familyOf, grid.across, window)),
            areas: gatherAreas(rows, fails, carriers, familyOf),
            kinds: rows.terms.kinds,
        };
        this.pictures.set(asked, picture);
        if (this.pictures.size > MOST_PICTURES) {
            this.pictures.delete(String(this.pictures.keys().next().value));
        }
        return picture;
    }

    /** @type {Engine["tallies"]} */
    async tallies(state) {
        await this.select(state);
        const counts = countSelection(this.rows, this.fails, this.carriers, state);
        if (!counts.shown && state.words && state.bbox) {
            // Words and box are answered together; what one of them alone leaves has to be asked.
            counts.lifts.set("q", await this.countText(state, { ...state, words: null }));
            counts.lifts.set("bbox", await this.countText(state, { ...state, bbox: null }));
        }
        return counts;
    }

    /**
     * How many rows a state selects with the words and box of another.
     * @param {State} state
     * @param {State} other
     */
    async countText(state, other) {
        const matches = await this.findText(other);
        await this.select(state);
        return matches.reduce((sum, row) => sum + ((this.fails[row] & ~TEXT) === 0 ? 1 : 0), 0);
    }

    /** @type {Engine["regions"]} */
    async regions(state, certain) {
        const asked = `${toQuery(state)} ${certain}`;
        const held = this.lying.get(asked);
        if (held) {
            return held;
        }
        await this.select(state);
        const found = countRegions(this.rows, this.fails, certain ? state : null);
        this.lying.set(asked, found);
        if (this.lying.size > MOST_PICTURES) {
            this.lying.delete(String(this.lying.keys().next().value));
        }
        return found;
    }

    /** @type {Engine["histogram"]} */
    async histogram(state, unit) {
        await this.select(state);
        return makeHistogram(this.rows, this.fails, unit);
    }

    /** @type {Engine["series"]} */
    async series(state, by, unit) {
        await this.select(state);
        const { rows, fails } = this;
        const { terms } = rows;
        const edges = binEdges(terms.span, unit);
        const [names, keys] =
            by === "kind"
                ? [terms.kinds, { count: terms.kinds.length, of: rows.kind, sets: null }]
                : [terms.aircraft, { count: terms.aircraft.length, of: rows.aircraftSet, sets: rows.certainSets }];
        const lines = sortIntoBins(rows, fails, edges, TIME, keys);
        const possible = by === "aircraft" ? sortIntoBins(rows, fails, edges, TIME, { ...keys, sets: rows.possibleSets }) : [];
        return { edges, lines: lines.map((line, at) => ({ ...line, key: names[at], possible: possible[at] })) };
    }

    /** @type {Engine["members"]} */
    async members(state, where, page) {
        await this.select(state);
        const { rows, fails, carriers } = this;
        const isIn = this.testOf(where);
        const found = [];
        const counts = { incidents: 0, patterns: 0 };
        for (let i = 0; i < rows.total; i += 1) {
            if (fails[i] === 0 && isIn(i)) {
                found.push(i);
                counts[rows.pattern[i] ? "patterns" : "incidents"] += carriers.is[i];
            }
        }
        found.sort((a, b) => this.dayOf(b) - this.dayOf(a) || a - b);
        const numbers = found.slice(page * PAGE, (page + 1) * PAGE).map((i) => rows.numberOf(i));
        return { total: found.length, ...counts, rows: await this.source.rows(numbers) };
    }

    /**
     * @param {import("./engines.js").Where} where
     * @returns {(i: number) => boolean}
     */
    testOf(where) {
        const { x, y, area, terms } = this.rows;
        if ("within" in where) {
            const [west, north, east, south] = where.within;
            return (i) => area[i] < 0 && x[i] >= west && x[i] <= east && y[i] >= north && y[i] <= south;
        }
        if ("areas" in where) {
            const codes = new Set(where.areas);
            const wanted = terms.regions.map(({ code }) => codes.has(code));
            return (i) => area[i] >= 0 && wanted[area[i]];
        }
        return (i) => area[i] < 0 && x[i] < 0;
    }

    /**
     * By which a list is sorted: the first day, or the last where the first is open.
     * @param {number} row
     */
    dayOf(row) {
        const { earliest, latest } = this.rows;
        return earliest[row] !== NO_START ? earliest[row] : latest[row] !== NO_END ? latest[row] : -Infinity;
    }

    /**
     * Brings the rows' bits to a state. What comes after it in the same turn speaks of that state.
     * @param {State} state
     */
    async select(state) {
        const matches = state.words || state.bbox ? await this.findText(state) : null;
        const bits = bitsBetween(state, this.state);
        if (bits) {
            testRows(this.rows, this.fails, state, bits, bits & TEXT ? matches : null);
            this.carriers.find(this.fails);
        }
        this.state = state;
    }

    /** @param {State} state */
    findText({ words, bbox }) {
        const key = JSON.stringify([words, bbox]);
        let found = this.texts.get(key);
        if (!found) {
            found = this.source.matches({ q: words, bbox });
            found.catch(() => this.texts.delete(key));
            this.texts.set(key, found);
            if (this.texts.size > MOST_TEXTS) {
                this.texts.delete(String(this.texts.keys().next().value));
            }
        }
        return found;
    }
}

/**
 * Of each kind, by its index, the index of its family in FAMILIES.
 * @param {string[]} kinds
 * @param {import("./types.js").TaxonomyPart} taxonomy
 */
export function familiesOf(kinds, taxonomy) {
    const families = new Map(taxonomy.kinds.map(({ key, family }) => [key, FAMILIES.indexOf(family)]));
    return kinds.map((key) => {
        const family = families.get(key) ?? -1;
        return family < 0 ? FAMILIES.length - 1 : family;
    });
}
