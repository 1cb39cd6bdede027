/**
 * What is shown beside the symbols: regions filled by a figure, a chart, and by what the time bar steps. It goes with
 * the address, in the fragment.
 *
 * It holds no filter: those are the selection's, and the service knows them; how a map looks is the reader's own affair.
 */

export const FILLS = /** @type {const} */ (["off", "number", "rate", "killed"]);
export const CHARTS = /** @type {const} */ (["off", "kind", "aircraft"]);
export const STEPS = /** @type {const} */ (["day", "month", "year"]);

/** @typedef {typeof FILLS[number]} Fill none, incidents, incidents by month of the window, people killed */
/** @typedef {typeof CHARTS[number]} Chart none, or incidents by time and by this */
/** @typedef {typeof STEPS[number]} Step */

/** Emits "change". */
export class Look extends EventTarget {
    /** @param {string} fragment such as "#6/21.9/96.1&regions=rate&chart=kind" */
    constructor(fragment) {
        super();
        /** @type {Fill} */
        this.regions = "off";
        /** @type {Chart} */
        this.chart = "off";
        /** @type {Step | null} null for what fits the time that is shown */
        this.step = null;
        this.read(fragment);
    }

    /** @param {string} fragment */
    read(fragment) {
        const given = readNames(fragment);
        /** @param {string} name what is given more than once is left aside, as what is none of the words is */
        const only = (name) => (given.getAll(name).length === 1 ? given.get(name) : null);
        const regions = FILLS.find((name) => name === only("regions")) ?? "off";
        const chart = CHARTS.find((name) => name === only("chart")) ?? "off";
        const step = STEPS.find((name) => name === only("step")) ?? null;
        this.set({ regions, chart, step });
    }

    /** @param {{regions?: Fill, chart?: Chart, step?: Step | null}} patch */
    set({ regions = this.regions, chart = this.chart, step = this.step }) {
        if (regions !== this.regions || chart !== this.chart || step !== this.step) {
            this.step = step;
            this.regions = regions;
            this.chart = chart;
            this.dispatchEvent(new Event("change"));
        }
    }

    /** What of a fragment says it, such as "regions=rate"; "" for a map of symbols alone. */
    write() {
        const said = { regions: this.regions, chart: this.chart, step: this.step ?? "off" };
        const set = Object.entries(said).filter(([, value]) => value !== "off");
        return set.map(([name, value]) => `${name}=${value}`).join("&");
    }
}

/**
 * What a fragment asks for that there is not, in words for readers.
 * @param {string} fragment
 */
export function refusedLook(fragment) {
    const given = readNames(fragment);
    const known = Object.entries({ regions: FILLS, chart: CHARTS, step: STEPS });
    const repeated = known.filter(([name]) => given.getAll(name).length > 1);
    const wrong = known
        .filter(([name]) => given.getAll(name).length < 2)
        .filter(([name, words]) => given.has(name) && !words.some((word) => word === given.get(name)))
        .map(([name, words]) => `“${name}” must be one of ${words.join(", ")}`);
    return [...repeated.map(([name]) => `“${name}” can be given once only`), ...wrong];
}

/** @param {string} fragment */
function readNames(fragment) {
    return new URLSearchParams(fragment.replace(/^#/, ""));
}
