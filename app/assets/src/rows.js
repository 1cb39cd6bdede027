/**
 * The rows of an edition, or those that a filter selects, as typed arrays: what selecting and drawing run over in the
 * browser.
 *
 * It holds no selection; every array has an element for each row and is never written again.
 */

/** @typedef {import("./arrow.js").ArrowTable} ArrowTable */
/** @typedef {import("./types.js").Terms} Terms */

/** An open beginning and an open end, in day numbers. */
export const NO_START = -2_147_483_648;
export const NO_END = 2_147_483_647;

/** The side of Mercator's square, in the units that places are given in. */
export const SIDE = 2 ** 31;

/** Many small lists in two arrays: those of number i are values[offsets[i]] to values[offsets[i + 1] - 1]. */
export class Lists {
    /** @param {number[][]} lists */
    constructor(lists) {
        this.length = lists.length;
        this.offsets = new Uint32Array(lists.length + 1);
        for (let i = 0; i < lists.length; i += 1) {
            this.offsets[i + 1] = this.offsets[i] + lists[i].length;
        }
        this.values = new Uint16Array(this.offsets[lists.length]);
        let at = 0;
        for (const list of lists) {
            this.values.set(list, at);
            at += list.length;
        }
    }

    /**
     * Whether one of list i's values is wanted.
     * @param {number} i
     * @param {Uint8Array} wanted 1 where the value is wanted
     */
    meets(i, wanted) {
        for (let at = this.offsets[i]; at < this.offsets[i + 1]; at += 1) {
            if (wanted[this.values[at]]) {
                return true;
            }
        }
        return false;
    }
}

export class Rows {
    /** @param {ArrowTable} table */
    constructor(table) {
        const { meta } = table;
        /** How many rows there are, those among them that were withdrawn since the edition was published. */
        this.total = table.length;
        this.kind = table.column("kind");
        this.precision = table.column("precision");
        this.pattern = table.column("pattern");
        /** Place in the square of spherical Mercator (EPSG:3857), in parts of SIDE; -1 where a row has none. */
        this.x = table.column("x");
        this.y = table.column("y");
        /** In metres; -1 where none is known. */
        this.radius = table.column("radius");
        /** Index of the region that a row is known only to; -1 where it has a place of its own or none. */
        this.area = table.column("area");
        this.earliest = table.column("earliest");
        this.latest = table.column("latest");
        this.grade = table.column("grade");
        /** Their numbers in the edition; null where those are their places here. */
        this.numbers = table.names.includes("number") ? table.column("number") : null;
        /** Place of the first of the rows that are the same incident. */
        this.group = table.column("group");
        /** Rows that lie in the same regions share a set of them, and aircraft likewise. */
        this.regionSet = table.column("region_set");
        this.aircraftSet = table.column("aircraft_set");
        this.regionSets = new Lists(meta.region_sets);
        /** @type {{certain: number[], possible: number[]}[]} */
        const aircraft = meta.aircraft_sets;
        this.certainSets = new Lists(aircraft.map(({ certain }) => certain));
        this.possibleSets = new Lists(aircraft.map(({ possible }) => possible));
        /** @type {number[]} */
        this.withdrawn = meta.withdrawn ?? [];
        /** 1 where another row is the same incident. */
        this.linked = new Uint8Array(this.total);
        for (let i = 0; i < this.total; i += 1) {
            if (this.group[i] !== i) {
                this.linked[this.group[i]] = this.linked[i] = 1;
            }
        }
        /** Numbers of those rows, ascending: there are few. */
        this.linkedRows = Array.from(this.linked.keys()).filter((i) => this.linked[i]);
        /** @type {Terms} */
        this.terms = { ...meta, span: meta.span ?? spanOf(this) };
    }

    /**
     * The number of a row in the edition.
     * @param {number} i
     */
    numberOf(i) {
        return this.numbers ? this.numbers[i] : i;
    }

    /**
     * Whether a row has no date at all.
     * @param {number} i
     */
    isUndated(i) {
        return this.earliest[i] === NO_START && this.latest[i] === NO_END;
    }
}

/**
 * First and last day that any row is bounded by; null when none is dated.
 * @param {Rows} rows
 * @returns {[number, number] | null}
 */
function spanOf({ earliest, latest, total }) {
    let first = Infinity;
    let last = -Infinity;
    for (let i = 0; i < total; i += 1) {
        const start = earliest[i] === NO_START ? latest[i] : earliest[i];
        const end = latest[i] === NO_END ? earliest[i] : latest[i];
        if (start !== NO_END) {
            first = Math.min(first, start);
            last = Math.max(last, end);
        }
    }
    return first <= last ? [first, last] : null;
}

/** @param {number} lon */
export function toX(lon) {
    return (lon + 180) / 360;
}

/** @param {number} lat */
export function toY(lat) {
    const sine = Math.sin((Math.max(-85.051, Math.min(85.051, lat)) * Math.PI) / 180);
    return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

/** @param {number} x */
export function toLon(x) {
    return x * 360 - 180;
}

/** @param {number} y */
export function toLat(y) {
    return (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
}
