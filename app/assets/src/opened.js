/**
 * What the panel shows, as the page's address says it: an incident, a place's list, or both, the one out of the other.
 *
 * It shows nothing. The names are those of the service's own addresses: `incident` is a public id; `within` (west,
 * north, east, south in parts of SIDE), `area`, any number, and `placeless` say whose list it is, and `page` which part
 * of that.
 */

import { SIDE } from "./rows.js";

/** @typedef {import("./engines.js").Where} Where */

/**
 * @typedef {object} Shown
 * @property {string | null} incident its public id
 * @property {Where | null} where of the list
 * @property {number} page of the list, from 0
 */

const ID = /^[0-9a-f]{32}$/;
const CODE = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;
const WHOLE = /^\d{1,7}$/;
/** The service lists what is known only to so many regions at once. */
export const MOST_AREAS = 200;

/** Emits "change" when the reader opened or closed something, "return" when the address says what is to be shown,
 * "refused" (detail: sentences) when it asks for what cannot be. */
export class Opened extends EventTarget {
    constructor() {
        super();
        /** @type {Shown | null} */
        this.shown = null;
        /** Whether a code is that of a region in the edition, once its regions are there. @type {(code: string) => boolean} */
        this.isRegion = () => true;
    }

    /** @param {Shown | null} shown */
    set(shown) {
        if (writeShown(shown) !== writeShown(this.shown)) {
            this.shown = shown;
            this.dispatchEvent(new Event("change"));
        }
    }

    /**
     * @param {string} fragment such as "#6/21.9/96.1&area=MM-01"
     * @param {string[]} refused what of it cannot be shown, in words for readers
     */
    read(fragment, refused) {
        if (refused.length) {
            this.dispatchEvent(new CustomEvent("refused", { detail: refused }));
        }
        const { shown } = readShown(fragment, this.isRegion);
        if (writeShown(shown) !== writeShown(this.shown)) {
            this.shown = shown;
            this.dispatchEvent(new Event("return"));
        }
    }

    /** What of a fragment says it; "" for a closed panel. */
    write() {
        return writeShown(this.shown);
    }
}

/**
 * What a fragment asks to be shown, and what in it cannot be, in words for readers.
 * @param {string} fragment
 * @param {(code: string) => boolean} [isRegion]
 * @returns {{shown: Shown | null, refused: string[]}}
 */
export function readShown(fragment, isRegion = () => true) {
    const given = new URLSearchParams(fragment.replace(/^#/, ""));
    /** @type {string[]} */
    const refused = [];
    /**
     * @template T
     * @param {string} name
     * @param {(text: string) => T | null} read
     * @param {string} must
     * @returns {T | null}
     */
    const take = (name, read, must) => {
        const texts = given.getAll(name);
        if (texts.length > 1 && name !== "area") {
            refused.push(`“${name}” can be given once only`);
            return null;
        }
        const text = texts.length ? texts.join(",") : null;
        const value = text === null ? null : read(text);
        if (text !== null && value === null) {
            refused.push(`“${name}” ${must}`);
        }
        return value;
    };
    const incident = take("incident", (text) => (ID.test(text) ? text : null), "must be an incident’s id, 32 digits and letters from a to f");
    const places = [
        take("within", readWithin, "must be four whole numbers: west, north, east, south"),
        take("area", (text) => readAreas(text, isRegion), `must be codes of regions in this edition, ${MOST_AREAS} at most`),
        take("placeless", (text) => (text === "1" ? /** @type {Where} */ ({ placeless: true }) : null), "must be 1"),
    ].filter((where) => where !== null);
    if (places.length > 1) {
        refused.push("only one of “within”, “area” and “placeless” can be listed");
    }
    const page = take("page", (text) => (WHOLE.test(text) && Number(text) > 0 ? Number(text) : null), "must be a number from 1");
    const where = places[0] ?? null;
    const shown = incident || where ? { incident, where, page: where && page ? page - 1 : 0 } : null;
    return { shown, refused };
}

/** @param {Shown | null} shown */
function writeShown(shown) {
    if (!shown) {
        return "";
    }
    const { incident, where, page } = shown;
    const place = !where ? "" : "within" in where ? `within=${where.within.join(",")}` : "areas" in where ? `area=${where.areas.join(",")}` : "placeless=1";
    return [place, place && page ? `page=${page + 1}` : "", incident ? `incident=${incident}` : ""].filter(Boolean).join("&");
}

/**
 * @param {string} text
 * @returns {Where | null}
 */
function readWithin(text) {
    const numbers = text.split(",").map((part) => (/^\d{1,10}$/.test(part) ? Number(part) : NaN));
    const [west, north, east, south] = numbers;
    const fits = numbers.length === 4 && numbers.every((edge) => edge >= 0 && edge < SIDE) && north <= south;
    return fits ? { within: [west, north, east, south] } : null;
}

/**
 * @param {string} text
 * @param {(code: string) => boolean} isRegion
 * @returns {Where | null}
 */
function readAreas(text, isRegion) {
    const areas = [...new Set(text.split(","))];
    return areas.length <= MOST_AREAS && areas.every((code) => CODE.test(code) && isRegion(code)) ? { areas } : null;
}
