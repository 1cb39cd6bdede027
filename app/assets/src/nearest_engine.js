/**
 * Answers from the rows that are in the browser where they hold what is asked for, and else by asking the service: see
 * engines.js. It has the rows of a filter come behind the picture, where they are few enough.
 *
 * It counts and gathers nothing itself: see local_engine.js and served_engine.js.
 */

import { fromFilter, narrows, toQuery, withoutWindow } from "./filter_state.js";
import { Latest } from "./latest.js";

/** @typedef {import("./engines.js").Engine} Engine */
/** @typedef {import("./filter_state.js").State} State */
/** @typedef {import("./local_engine.js").LocalEngine} LocalEngine */
/** @typedef {import("./selection.js").Selection} Selection */

const EVERYTHING = fromFilter(null);

/** @implements {Engine} */
export class NearestEngine {
    /**
     * @param {import("./served_engine.js").ServedEngine} served
     * @param {(query: string) => Promise<LocalEngine>} load makes an engine of the rows that a filter selects
     * @param {number} most rows that are loaded
     */
    constructor(served, load, most) {
        this.served = served;
        this.load = load;
        this.most = most;
        /** The rows that are here, and the filter that they are all of. @type {{local: LocalEngine, held: State} | null} */
        this.here = null;
        /** @type {Latest<void>} */
        this.bringing = new Latest();
    }

    get pause() {
        return this.whole?.pause ?? this.served.pause;
    }

    /** What answers from all of the edition's rows, if it is here. @type {LocalEngine | null} */
    get whole() {
        return this.here && narrows(EVERYTHING, this.here.held) ? this.here.local : null;
    }

    /** @type {Engine["picture"]} */
    picture(state, grid) {
        return this.ask(state, (engine, asked) => engine.picture(asked, grid));
    }

    /** @type {Engine["tallies"]} */
    tallies(state) {
        // They tell what each other choice would give, too, which only all rows know.
        return (this.whole ?? this.served).tallies(state);
    }

    /** @type {Engine["regions"]} */
    regions(state, certain) {
        return this.ask(state, (engine, asked) => engine.regions(asked, certain));
    }

    /** @type {Engine["histogram"]} */
    histogram(state, unit) {
        return this.ask(state, (engine, asked) => engine.histogram(asked, unit), withoutWindow(state));
    }

    /** @type {Engine["series"]} */
    series(state, by, unit) {
        return this.ask(state, (engine, asked) => engine.series(asked, by, unit), withoutWindow(state));
    }

    /** @type {Engine["members"]} */
    members(state, where, page) {
        return this.ask(state, (engine, asked) => engine.members(asked, where, page));
    }

    /**
     * Asks whoever is nearest.
     * @template T
     * @param {State} state
     * @param {(engine: Engine, asked: State) => T} ask
     * @param {State} [counted] what the answer speaks of, if that is more than the state selects
     * @returns {T}
     */
    ask(state, ask, counted = state) {
        const { here, whole } = this;
        if (whole) {
            return ask(whole, state);
        }
        if (here && narrows(counted, here.held)) {
            // All rows here have the words and lie in the box.
            return ask(here.local, { ...state, words: null, bbox: null });
        }
        return ask(this.served, state);
    }

    /**
     * From now on has rows come behind what is shown: of all of the edition, or of what is selected whatever the window.
     * Resolves when the first of them are there or cannot be had.
     * @param {Selection} selection
     * @param {number} total rows of the edition
     */
    async follow(selection, total) {
        if (total <= this.most) {
            await this.bring(EVERYTHING, total);
            return;
        }
        const bring = () => this.bring(selection.everWithin);
        selection.addEventListener("counts", bring);
        await bring();
    }

    /**
     * Has the rows of a filter come, if they are few enough and not here. They give the same answers sooner: if they
     * cannot be had, nothing is lost.
     * @param {State} state
     * @param {number} [rows] how many they are, if that is known
     */
    async bring(state, rows) {
        const fetch = async () => {
            if (this.here && narrows(state, this.here.held)) {
                return;
            }
            const shown = rows ?? (await this.served.tallies(state)).shown;
            if (shown > 0 && shown <= this.most) {
                this.here = { local: await this.load(toQuery(state)), held: state };
            }
        };
        await this.bringing.ask(fetch).catch(() => null);
    }
}
