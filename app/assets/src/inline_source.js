/**
 * The map's data from the blocks inside a page that was saved whole.
 *
 * It draws nothing and selects nothing but by full text, which only who holds the texts can do.
 */

import { fromBase64, readArrow } from "./arrow.js";
import { fold } from "./folding.js";
import { Rows, SIDE, toLat, toLon } from "./rows.js";
import { SourceError } from "./source.js";

/** @typedef {import("./source.js").TextFilter} TextFilter */
/** @typedef {import("./types.js").Areas} Areas */
/** @typedef {import("./types.js").Detail} Detail */

/** Reads the blocks of a page that was saved whole. It asks nobody. */
export class InlineSource {
    /** @param {{columns: string, areas: Areas, rows: Detail[], basemap: Record<string, any>}} data columns: base64 */
    constructor(data) {
        this.data = data;
        this.held = new Rows(readArrow(fromBase64(data.columns)));
        /** @type {string[] | null} */
        this.texts = null;
    }

    async columns() {
        return this.held;
    }

    async areas() {
        return this.data.areas;
    }

    /** @param {number[]} numbers */
    async rows(numbers) {
        return numbers.flatMap((number) => this.data.rows[number] ?? []);
    }

    /**
     * @param {string} id
     * @returns {Promise<Detail>}
     */
    async incident(id) {
        const found = this.data.rows.find((detail) => detail.id === id);
        if (!found) {
            throw new SourceError("This file has no such incident.");
        }
        return found;
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
        const { x, y, area, terms } = this.held;
        const extents = filter.bbox ? await this.extents() : null;
        const found = [];
        for (let number = 0; number < this.texts.length; number += 1) {
            const text = this.texts[number];
            const region = terms.regions[area[number]];
            const extent = region && extents?.get(region.code);
            const lon = roundDegrees(toLon(x[number] / SIDE));
            const lat = roundDegrees(toLat(y[number] / SIDE));
            const place = extent ?? (x[number] < 0 ? null : [lon, lat, lon, lat]);
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
        for (const feature of this.data.areas.features) {
            const box = [Infinity, Infinity, -Infinity, -Infinity];
            widen(box, feature.geometry?.coordinates ?? []);
            extents.set(String(feature.properties.code), box);
        }
        return extents;
    }
}

/**
 * Degrees with the digits that places are published with.
 * @param {number} degrees
 */
function roundDegrees(degrees) {
    return Math.round(degrees * 1e5) / 1e5;
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
