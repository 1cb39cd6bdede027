/**
 * Where the map's data comes from: the service's files, or the blocks inside a self-contained page.
 *
 * It draws nothing and selects nothing but by full text, which only who holds the texts can do.
 */

/** @typedef {import("./types.js").View} View */
/** @typedef {import("./types.js").Columns} Columns */
/** @typedef {import("./types.js").Areas} Areas */
/** @typedef {import("./types.js").Detail} Detail */
/** @typedef {{q: string | null, bbox: number[] | null}} TextFilter */

/**
 * @typedef {object} Source
 * @property {() => Promise<Columns>} columns every row's typed columns
 * @property {() => Promise<Areas>} areas polygons of the regions that incidents are known only to
 * @property {(numbers: number[]) => Promise<Detail[]>} rows details of rows, in the order asked for
 * @property {(filter: TextFilter) => Promise<number[]>} matches numbers of the rows that meet words and box
 * @property {(name: string) => Promise<any>} basemap one file of the base map
 */

/** The service did not answer, or not with what was asked for. Its message is for readers. */
export class SourceError extends Error {}

const ROWS_A_REQUEST = 100;

/** Asks the service. What was once fetched stays, since an edition never changes. */
export class FetchedSource {
    /** @param {import("./types.js").UrlsPart} urls */
    constructor(urls) {
        this.urls = urls;
        /** @type {Map<string, Promise<any>>} */
        this.held = new Map();
        /** @type {Map<number, Detail>} */
        this.details = new Map();
    }

    /** @returns {Promise<Columns>} */
    columns() {
        return this.once(this.urls.columns);
    }

    /** @returns {Promise<Areas>} */
    areas() {
        return this.once(this.urls.areas);
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
            const answer = await fetchJSON(withQuery(this.urls.rows, `n=${part.join(",")}`));
            for (const detail of Array.isArray(answer) ? answer : answer.rows) {
                this.details.set(detail.number, detail);
            }
        }
        return numbers.flatMap((number) => this.details.get(number) ?? []);
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
        const answer = await this.once(withQuery(this.urls.matches, query.toString()));
        return Array.isArray(answer) ? answer : answer.rows;
    }

    /** @param {string} url */
    once(url) {
        const held = this.held.get(url);
        if (held) {
            return held;
        }
        const asked = fetchJSON(url);
        this.held.set(url, asked);
        asked.catch(() => this.held.delete(url));
        return asked;
    }
}

/** Reads the blocks of a page that was saved whole. It asks nobody. */
export class InlineSource {
    /** @param {{columns: Columns, areas: Areas, rows: Detail[], basemap: Record<string, any>}} data */
    constructor(data) {
        this.data = data;
        /** @type {string[] | null} */
        this.texts = null;
    }

    async columns() {
        return this.data.columns;
    }

    async areas() {
        return this.data.areas;
    }

    /** @param {number[]} numbers */
    async rows(numbers) {
        return numbers.flatMap((number) => this.data.rows[number] ?? []);
    }

    /** @param {string} name */
    async basemap(name) {
        const file = this.data.basemap[name];
        if (!file) {
            throw new SourceError("This part of the base map is not in the saved file.");
        }
        return file;
    }

    /**
     * @param {TextFilter} filter
     * @returns {Promise<number[]>}
     */
    async matches(filter) {
        this.texts ??= this.data.rows.map(textOf);
        const words = fold(filter.q ?? "").split(" ");
        const { lon, lat, area } = this.data.columns.columns;
        const extents = filter.bbox ? await this.extents() : null;
        const found = [];
        for (let number = 0; number < this.texts.length; number += 1) {
            const text = this.texts[number];
            const region = this.data.columns.regions[area[number] ?? -1];
            const extent = region && extents?.get(region.code);
            const x = lon[number];
            const y = lat[number];
            const place = extent ?? (x !== null && y !== null ? [x, y, x, y] : null);
            const inside = !filter.bbox || !place || meets(place, filter.bbox);
            if (inside && words.every((word) => text.includes(word))) {
                found.push(number);
            }
        }
        return found;
    }

    /** @returns {Promise<Map<string, number[]>>} */
    async extents() {
        const extents = new Map();
        for (const feature of (await this.areas()).features) {
            const box = [Infinity, Infinity, -Infinity, -Infinity];
            widen(box, feature.geometry?.coordinates ?? []);
            extents.set(String(feature.properties.code), box);
        }
        return extents;
    }
}

/**
 * The source of a page: its inline data where it has some, the service otherwise.
 * @param {View} view
 * @param {Document} page
 * @returns {Source}
 */
export function openSource(view, page) {
    const block = page.getElementById("bearing-data");
    return block ? new InlineSource(JSON.parse(block.textContent ?? "")) : new FetchedSource(view.urls);
}

/**
 * Text as searching compares it: the same folding as the service's.
 * @param {string} text
 * @returns {string}
 */
export function fold(text) {
    return text
        .toLowerCase()
        .normalize("NFKD")
        .replace(/(?![\u1000-\u109f])\p{Mn}/gu, "")
        .normalize("NFC")
        .split(/\s+/u)
        .filter(Boolean)
        .join(" ");
}

/**
 * @param {string} url
 * @returns {Promise<any>}
 */
async function fetchJSON(url) {
    let response;
    try {
        response = await fetch(url, { credentials: "omit" });
    } catch {
        throw new SourceError("The service cannot be reached. What you see may be incomplete; try again in a moment.");
    }
    if (response.status === 410 || response.status === 404) {
        throw new SourceError("This edition of the data is no longer offered. Reload the page for the current one.");
    }
    if (!response.ok) {
        throw new SourceError(`The service answered with an error (${response.status}). Try again in a moment.`);
    }
    return response.json();
}

/**
 * @param {string} url
 * @param {string} query
 */
function withQuery(url, query) {
    return query ? `${url}?${query}` : url;
}

/**
 * What full text is looked for in: the same as in the service.
 * @param {Detail} detail
 * @returns {string}
 */
function textOf(detail) {
    /** @param {any[] | null | undefined} list @param {string[]} names */
    const each = (list, names) => (list ?? []).flatMap((item) => names.map((name) => item[name]));
    const texts = [
        detail.title,
        detail.summary,
        detail.where?.place,
        detail.kind_label,
        ...each(detail.where?.regions, ["name", "local_name"]),
        ...each(detail.aircraft?.uses, ["label"]),
        ...(detail.transfer?.goods ?? []).flatMap((/** @type {any} */ item) => [item.what, ...(item.labels ?? [])]),
        ...each(detail.participants, ["name", "as_spelled"]),
        ...each(detail.targets, ["words"]),
        ...each(detail.sources, ["title", "publisher", "author"]),
        ...(detail.references ?? []),
    ];
    return fold(texts.filter((text) => typeof text === "string").join("\n"));
}

/**
 * @param {number[]} place
 * @param {number[]} box west greater than east: it crosses the antimeridian
 */
function meets(place, box) {
    const [west, south, east, north] = box;
    const level = place[1] <= north && place[3] >= south;
    return level && (west <= east ? place[0] <= east && place[2] >= west : place[0] <= east || place[2] >= west);
}

/**
 * @param {number[]} box
 * @param {any} coordinates
 */
function widen(box, coordinates) {
    if (typeof coordinates[0] === "number") {
        box[0] = Math.min(box[0], coordinates[0]);
        box[1] = Math.min(box[1], coordinates[1]);
        box[2] = Math.max(box[2], coordinates[0]);
        box[3] = Math.max(box[3], coordinates[1]);
    } else {
        for (const part of coordinates) {
            widen(box, part);
        }
    }
}
