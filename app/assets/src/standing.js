/**
 * Where the map stands at first: on what is selected, as closely as that allows.
 *
 * Points lead. An area is gone to when it is a part of a country, or when more are known only to it than there are
 * points: a country that one incident is known only to would otherwise push all others together.
 */

import * as L from "leaflet";
import { toLat, toLon } from "./rows.js";

/** @typedef {import("./selection.js").Selection} Selection */
/** @typedef {import("./types.js").Areas} Areas */

const NEAREST = 10;
/** Among so many, a hundredth that lies far off at either side does not push the rest together. */
const MANY = 500;
const FAR = 0.01;
/** One incident alone is shown with enough around it to know where that is. */
const NEAREST_OF_ONE = 8;

/**
 * @param {L.Map} map
 * @param {Selection} selection
 * @param {Areas | null} areas null while they are not there yet
 * @returns {boolean} whether there was anything to go to
 */
export function standOnSelected(map, selection, areas) {
    const { bounds, points } = boundsOfPoints(selection);
    if (areas) {
        const held = [...selection.byArea()];
        const kept = held.filter(([code, rows]) => (selection.region(code)?.level ?? 0) > 0 || rows.length > points);
        const wanted = new Set((kept.length || points ? kept : held).map(([code]) => code));
        for (const feature of areas.features) {
            const box = wanted.has(String(feature.properties.code)) ? boundsOf(feature.geometry?.coordinates ?? []) : null;
            if (box) {
                bounds.extend(box);
            }
        }
    }
    if (!bounds.isValid()) {
        return false;
    }
    const small = Math.min(map.getSize().x, map.getSize().y) < 420;
    const pad = small ? 24 : 48;
    const maxZoom = selection.counts.shown === 1 ? NEAREST_OF_ONE : NEAREST;
    map.fitBounds(bounds, { padding: [pad, pad], maxZoom, animate: false });
    return true;
}

/**
 * The box of the points with their radii; of many, the box of nearly all.
 * @param {Selection} selection
 * @returns {{bounds: L.LatLngBounds, points: number}}
 */
function boundsOfPoints({ mask, rows }) {
    const numbers = Array.from(mask.keys()).filter((i) => mask[i] && rows.area[i] < 0 && rows.x[i] >= 0);
    const far = numbers.length >= MANY ? Math.floor(numbers.length * FAR) : 0;
    const [west, east] = withoutEnds(Float64Array.from(numbers, (i) => rows.x[i]), far);
    const [north, south] = withoutEnds(Float64Array.from(numbers, (i) => rows.y[i]), far);
    const bounds = L.latLngBounds([]);
    for (const i of numbers) {
        if (rows.x[i] >= west && rows.x[i] <= east && rows.y[i] >= north && rows.y[i] <= south) {
            const place = L.latLng(toLat(rows.y[i]), toLon(rows.x[i]));
            bounds.extend(rows.radius[i] > 0 ? place.toBounds(2 * rows.radius[i]) : place);
        }
    }
    return { bounds, points: numbers.length };
}

/**
 * Least and greatest when so many at either end are left out.
 * @param {Float64Array} values
 * @param {number} far
 */
function withoutEnds(values, far) {
    values.sort();
    return [values[far], values[values.length - 1 - far]];
}

/**
 * The box of a polygon's coordinates; one that would go round the world is taken across the antimeridian.
 * @param {any} coordinates
 * @returns {L.LatLngBounds | null}
 */
function boundsOf(coordinates) {
    const points = /** @type {[number, number][]} */ (coordinates.flat(coordinates.length && typeof coordinates[0][0][0] === "number" ? 1 : 2));
    if (!points.length) {
        return null;
    }
    const plain = points.map(([lon]) => lon);
    const turned = plain.map((lon) => (lon < 0 ? lon + 360 : lon));
    const [west, east] = [rangeOf(plain), rangeOf(turned)].sort((a, b) => a[1] - a[0] - (b[1] - b[0]))[0];
    const [south, north] = rangeOf(points.map(([, lat]) => lat));
    return L.latLngBounds([south, west], [north, east]);
}

/**
 * @param {number[]} values
 * @returns {[number, number]} least and greatest
 */
function rangeOf(values) {
    return values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
}
