/**
 * The rows of an edition as typed arrays: what selecting and drawing run over.
 *
 * It holds no selection; every array is as long as the edition and is never written again.
 */

/** @typedef {import("./types.js").Columns} Columns */

/** An open beginning and an open end, in day numbers. */
export const NO_START = -2_147_483_648;
export const NO_END = 2_147_483_647;

/** Many small lists in two arrays: those of row i are values[offsets[i]] to values[offsets[i + 1] - 1]. */
export class Lists {
    /** @param {number[][]} lists */
    constructor(lists) {
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
     * Whether one of row i's values is wanted.
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
    /** @param {Columns} data */
    constructor(data) {
        const from = data.columns;
        /** How many rows there are, those among them that were withdrawn since the edition was published. */
        this.total = from.kind.length;
        this.kind = Uint8Array.from(from.kind);
        this.precision = Uint8Array.from(from.precision);
        this.pattern = Uint8Array.from(from.extent);
        /** Number of the first of the rows that are the same incident. */
        this.group = Uint32Array.from(from.group);
        /** 1 where another row is the same incident. */
        this.linked = new Uint8Array(this.total);
        this.group.forEach((first, i) => {
            if (first !== i) {
                this.linked[first] = this.linked[i] = 1;
            }
        });
        this.grade = Int8Array.from(from.grade, (grade) => grade ?? -1);
        this.area = Int16Array.from(from.area, (area) => area ?? -1);
        this.radius = Float32Array.from(from.radius, (radius) => radius ?? Number.NaN);
        this.earliest = Int32Array.from(from.earliest, (day) => day ?? NO_START);
        this.latest = Int32Array.from(from.latest, (day) => day ?? NO_END);
        this.regions = new Lists(from.regions);
        this.certain = new Lists(from.certain);
        this.possible = new Lists(from.possible);
        this.lat = Float64Array.from(from.lat, (lat) => lat ?? Number.NaN);
        /** Place in the unit square of spherical Mercator (EPSG:3857); NaN where a row has none. */
        this.x = Float64Array.from(from.lon, (lon) => (lon === null ? Number.NaN : toX(lon)));
        this.y = Float64Array.from(from.lat, (lat) => (lat === null ? Number.NaN : toY(lat)));
    }

    /**
     * Whether a row has no date at all.
     * @param {number} i
     */
    isUndated(i) {
        return this.earliest[i] === NO_START && this.latest[i] === NO_END;
    }
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
