/**
 * The map's data from the blocks inside a page that was saved whole.
 *
 * It draws nothing and selects nothing but by full text, which only who holds the texts can do.
 */

import { fromBase64, readArrow } from "./arrow.js";
import { fold } from "./folding.js";
import { areaMeets, discMeets, partsOf } from "./meeting.js";
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
        const parts = filter.bbox && partsOf(filter.bbox);
        const met = parts && this.meetingAreas(parts);
        const found = [];
        for (let number = 0; number < this.texts.length; number += 1) {
            const text = this.texts[number];
            if ((!met || this.meets(number, parts, met)) && words.every((word) => text.includes(word))) {
                found.push(number);
            }
        }
        return found;
    }

    /**
     * Which areas meet a box and which do not, by their codes.
     * @param {number[][]} parts of the box
     * @returns {Map<string, boolean>}
     */
    meetingAreas(parts) {
        const meets = (/** @type {any} */ { geometry }) => parts.some((part) => areaMeets(geometry, part));
        return new Map(this.data.areas.features.map((area) => [String(area.properties.code), meets(area)]));
    }

    /**
     * Whether a row's place meets a box; one without any place does.
     * @param {number} number
     * @param {number[][]} parts of the box
     * @param {Map<string, boolean>} met
     */
    meets(number, parts, met) {
        const { x, y, radius, area, terms } = this.held;
        const known = met.get(terms.regions[area[number]]?.code);
        if (known !== undefined || x[number] < 0) {
            return known ?? true;
        }
        const lon = roundDegrees(toLon(x[number] / SIDE));
        const lat = roundDegrees(toLat(y[number] / SIDE));
        // Around what is claimed to be a point the radius says how sure that is.
        const reach = this.data.rows[number].where?.point ? 0 : Math.max(0, radius[number]);
        return parts.some((part) => discMeets(lon, lat, reach, part));
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
