/**
 * The map's data from the service: asked for when it is wanted, and kept for a while.
 *
 * It draws nothing and selects nothing.
 */

import { readArrow } from "./arrow.js";
import { news } from "./newer.js";
import { Rows } from "./rows.js";
import { SourceError } from "./source.js";

/** @typedef {import("./arrow.js").ArrowTable} ArrowTable */
/** @typedef {import("./grid.js").Window} Window */
/** @typedef {import("./source.js").TextFilter} TextFilter */
/** @typedef {import("./types.js").Areas} Areas */
/** @typedef {import("./types.js").Detail} Detail */
/** @typedef {import("./types.js").Terms} Terms */

/** What is said of one incident that is not there, and of no edition. */
const OF_AN_INCIDENT = new Set(["no_such_incident", "incident_withdrawn"]);
/** What is said of an edition that another state of it has taken the place of. */
const AMENDED = "edition_amended";
const ROWS_A_REQUEST = 100;
/** How many answers to questions about a filter are kept: a few minutes of sliding. */
const MOST_ANSWERS = 80;
const MOST_OUTLINES = 24;

/** Asks the service. What was once fetched stays for a while, since an edition never changes. */
export class FetchedSource {
    /** @param {import("./types.js").UrlsPart} urls */
    constructor(urls) {
        this.urls = urls;
        /** What is of the edition as a whole, by address. @type {Map<string, Promise<any>>} */
        this.held = new Map();
        /** What is of one filter, by address, the oldest first. @type {Map<string, Promise<any>>} */
        this.answers = new Map();
        /** Outlines by address, the oldest first. @type {Map<string, Promise<any>>} */
        this.drawn = new Map();
        /** @type {Map<number, Detail>} */
        this.details = new Map();
    }

    /**
     * Those that come are held by whoever asks: they are large.
     * @param {string} [query] the filter
     * @returns {Promise<Rows>}
     */
    async columns(query = "") {
        return new Rows(readArrow(await this.bytes(withQuery("columns.arrow", query))));
    }

    /**
     * What numbers stand for. Regions that are part of others are called by their codes.
     * @returns {Promise<Terms>}
     */
    terms() {
        return hold(this.held, "terms.json", async () => readTerms(await fetchJSON(`${this.urls.data}terms.json`)));
    }

    /** Has the service say whether the edition still stands as it was: see newer.js. What the browser keeps would not know. */
    async look() {
        await ask(`${this.urls.data}terms.json`, "no-cache").catch(() => null);
    }

    /**
     * The same with all names.
     * @returns {Promise<Terms>}
     */
    async namedTerms() {
        const [terms, { name, local_name: local }] = await Promise.all([this.terms(), this.once(`${this.urls.data}names.json`)]);
        return { ...terms, regions: terms.regions.map((region, at) => ({ ...region, name: name[at], local_name: local[at] })) };
    }

    /**
     * @param {string[] | null} codes
     * @returns {Promise<Areas>}
     */
    async areas(codes) {
        if (codes && !codes.length) {
            return { type: "FeatureCollection", features: [] };
        }
        return this.once(`${this.urls.data}areas.json${codes ? `?region=${codes.map(encodeURIComponent).join(",")}` : ""}`);
    }

    /**
     * Outlines of regions as a map of one scale shows them: of those that incidents are known only to, or of all in use
     * of a level, or of those that are named.
     * @param {number} across
     * @param {Window} window
     * @param {number | string[] | null} [of]
     * @returns {Promise<import("./types.js").Outlines>}
     */
    outlines(across, window, of = null) {
        const asked = of === null ? "" : typeof of === "number" ? `level=${of}` : `area=${of.map(encodeURIComponent).join(",")}`;
        const address = this.urls.data + withQuery("outlines.json", `across=${across}`, `view=${window.join(",")}`, asked);
        return hold(this.drawn, address, () => fetchJSON(address), MOST_OUTLINES);
    }

    /**
     * Squares of the grid that hold what a filter selects.
     * @param {string} query
     * @param {number} across
     * @param {Window} window
     * @returns {Promise<ArrowTable>}
     */
    clusters(query, across, window) {
        const name = withQuery("clusters.arrow", query, `across=${across}&view=${window.join(",")}`);
        return hold(this.answers, name, async () => readArrow(await this.bytes(name)), MOST_ANSWERS);
    }

    /**
     * An answer to a question about a filter.
     * @param {string} name of the question
     * @param {string} query the filter
     * @param {string} [asked] what is asked beside it
     * @returns {Promise<any>}
     */
    answer(name, query, asked = "") {
        const address = `${this.urls.data}${withQuery(name, query, asked)}`;
        return hold(this.answers, address, () => fetchJSON(address), MOST_ANSWERS);
    }

    /**
     * @param {string} name
     * @returns {Promise<ArrayBuffer>}
     */
    async bytes(name) {
        return (await ask(this.urls.data + name)).arrayBuffer();
    }

    /** @param {string} name */
    basemap(name) {
        return this.once(this.urls.basemap + name);
    }

    /**
     * @param {number[]} numbers
     * @returns {Promise<Detail[]>}
     */
    async rows(numbers) {
        const missing = numbers.filter((number) => !this.details.has(number));
        for (let at = 0; at < missing.length; at += ROWS_A_REQUEST) {
            const part = missing.slice(at, at + ROWS_A_REQUEST);
            const answer = await fetchJSON(`${this.urls.data}rows.json?n=${part.join(",")}`);
            for (const detail of answer.rows) {
                this.details.set(detail.number, detail);
            }
        }
        return numbers.flatMap((number) => this.details.get(number) ?? []);
    }

    /**
     * Details of one incident, by its public id.
     * @param {string} id
     * @returns {Promise<Detail>}
     */
    async incident(id) {
        return (await this.once(`${this.urls.data}rows.json?id=${id}`)).rows[0];
    }

    /**
     * @param {TextFilter} filter
     * @returns {Promise<number[]>}
     */
    async matches(filter) {
        const query = new URLSearchParams();
        if (filter.q) {
            query.set("q", filter.q);
        }
        if (filter.bbox) {
            query.set("bbox", filter.bbox.join(","));
        }
        return (await this.answer("matches.json", query.toString())).rows;
    }

    /** @param {string} url */
    once(url) {
        return hold(this.held, url, () => fetchJSON(url));
    }
}

/**
 * @param {string} url
 * @param {RequestCache} [cache]
 * @returns {Promise<Response>}
 */
async function ask(url, cache = "default") {
    let response;
    try {
        response = await fetch(url, { credentials: "omit", cache });
    } catch {
        throw new SourceError("The service cannot be reached. What you see may be incomplete; try again in a moment.");
    }
    news.read(response);
    if (response.status === 410 || response.status === 404) {
        const told = await response.json().then(({ error }) => error, () => null);
        if (told?.code === AMENDED) {
            news.amend();
        }
        if (OF_AN_INCIDENT.has(told?.code)) {
            throw new SourceError(`${told.title}. ${told.what}`);
        }
        throw new SourceError("This edition of the data is no longer offered. Reload the page for the current one.");
    }
    if (!response.ok) {
        throw new SourceError(`The service answered with an error (${response.status}). Try again in a moment.`);
    }
    return response;
}

/**
 * Terms as the service sends them, whose regions are lists by name.
 * @param {any} sent
 * @returns {Terms}
 */
function readTerms(sent) {
    const { code, parent, name, level } = sent.regions;
    /** @type {string[]} */
    const codes = code.map(() => "");
    /** @param {number} at @returns {string} */
    const codeOf = (at) => (codes[at] ||= code[at].startsWith("-") ? codeOf(parent[at]) + code[at] : code[at]);
    /** @param {string | null} one @param {number} at */
    const read = (one, at) => ({
        code: codeOf(at),
        name: one ?? codeOf(at),
        local_name: null,
        level: level[at],
        parent: parent[at] < 0 ? null : codeOf(parent[at]),
    });
    return { ...sent, regions: name.map(read) };
}

/**
 * @param {string} url
 * @returns {Promise<any>}
 */
async function fetchJSON(url) {
    return (await ask(url)).json();
}

/**
 * Gives what is held under a name, or makes and holds it. What failed is not held.
 * @template T
 * @param {Map<string, Promise<T>>} held
 * @param {string} name
 * @param {() => Promise<T>} make
 * @param {number} [most] the oldest ones go when there are more
 * @returns {Promise<T>}
 */
function hold(held, name, make, most = Infinity) {
    const found = held.get(name) ?? make();
    held.delete(name);
    held.set(name, found);
    found.catch(() => held.delete(name));
    if (held.size > most) {
        held.delete(String(held.keys().next().value));
    }
    return found;
}

/**
 * @param {string} name
 * @param {...string} queries
 */
function withQuery(name, ...queries) {
    const query = queries.filter(Boolean).join("&");
    return query ? `${name}?${query}` : name;
}
