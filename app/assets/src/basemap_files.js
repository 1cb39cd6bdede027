/**
 * Reads the files of the base map: from steps in degrees to paths in the unit square of Mercator.
 *
 * The format is described in geodata/basemap.py. It draws nothing.
 */

import { readNames } from "./place_names.js";
import { toX, toY } from "./rows.js";

/** @typedef {import("./place_names.js").PlaceName} PlaceName */

/** @typedef {{points: Float64Array, west: number, north: number, east: number, south: number}} Path */

/**
 * @typedef {object} Part the contents of one file, in the unit square of Mercator
 * @property {Path[]} land rings, holes among them: they are filled by the even-odd rule
 * @property {Path[]} coast the rings' outlines, without the cuts along the edges of a cell or of the world
 * @property {Path[]} lakes
 * @property {Path[]} rivers
 * @property {Path[]} borders
 * @property {Path[]} disputed
 * @property {Path[]} unit_borders
 * @property {PlaceName[]} names
 */

const CELL_DEG = 10;
/** Cells reach over their edges by this much, so that no seam shows. */
const OVERLAP_DEG = 0.02;

/**
 * Where a fine file's cell lies: its name holds the tens of degrees of its south-west corner.
 * @param {string} name such as "fine/9_2.json"
 */
export function cellOf(name) {
    const found = /^fine\/(-?\d+)_(-?\d+)\.json$/.exec(name);
    if (!found) {
        return null;
    }
    const lon = CELL_DEG * Number(found[1]);
    const lat = CELL_DEG * Number(found[2]);
    return { lon, lat, west: toX(lon), east: toX(lon + CELL_DEG), north: toY(lat + CELL_DEG), south: toY(lat) };
}

/**
 * @param {Record<string, any>} file
 * @param {string} name
 * @returns {Part}
 */
export function readPart(file, name) {
    const cell = cellOf(name);
    const edges = cell
        ? [cell.lon - OVERLAP_DEG, cell.lon + CELL_DEG + OVERLAP_DEG, cell.lat - OVERLAP_DEG, cell.lat + CELL_DEG + OVERLAP_DEG]
        : [-180, 180, -90, 90];
    /** @param {number[][] | undefined} lines */
    const read = (lines) => (lines ?? []).map((flat) => readPath(toDegrees(flat, file.scale)));
    const land = /** @type {number[][]} */ ((file.land ?? []).flat()).map((flat) => toDegrees(flat, file.scale));
    return {
        land: land.map(readPath),
        coast: land.flatMap((ring) => outlines(ring, edges)).map(readPath),
        lakes: read((file.lakes ?? []).flat()),
        rivers: read(file.rivers),
        borders: read(file.borders),
        disputed: read(file.disputed),
        unit_borders: read(file.unit_borders),
        names: readNames(file.labels ?? []),
    };
}

/**
 * @param {number[]} deltas x, y of the first point, then steps, in 1/scale degrees
 * @param {number} scale
 * @returns {number[]} lon, lat of each point
 */
function toDegrees(deltas, scale) {
    const degrees = [];
    let x = 0;
    let y = 0;
    for (let i = 0; i < deltas.length; i += 2) {
        x += deltas[i];
        y += deltas[i + 1];
        degrees.push(x / scale, y / scale);
    }
    return degrees;
}

/**
 * A ring's outline without the parts that run along an edge.
 * @param {number[]} ring
 * @param {number[]} edges west, east, south, north, in degrees
 * @returns {number[][]}
 */
function outlines(ring, [west, east, south, north]) {
    /** @type {number[][]} */
    const lines = [];
    /** @type {number[] | null} */
    let open = null;
    /**
     * @param {number} a
     * @param {number} b
     * @param {number} edge
     */
    const along = (a, b, edge) => Math.abs(a - edge) < 0.0015 && Math.abs(b - edge) < 0.0015;
    for (let i = 0; i < ring.length; i += 2) {
        const j = (i + 2) % ring.length;
        const cut =
            along(ring[i], ring[j], west) ||
            along(ring[i], ring[j], east) ||
            along(ring[i + 1], ring[j + 1], south) ||
            along(ring[i + 1], ring[j + 1], north);
        if (cut) {
            open = null;
        } else if (open) {
            open.push(ring[j], ring[j + 1]);
        } else {
            open = [ring[i], ring[i + 1], ring[j], ring[j + 1]];
            lines.push(open);
        }
    }
    return lines;
}

/**
 * @param {number[]} degrees lon, lat of each point
 * @returns {Path}
 */
function readPath(degrees) {
    const points = new Float64Array(degrees.length);
    const path = { points, west: Infinity, north: Infinity, east: -Infinity, south: -Infinity };
    for (let i = 0; i < degrees.length; i += 2) {
        const x = toX(degrees[i]);
        const y = toY(degrees[i + 1]);
        points[i] = x;
        points[i + 1] = y;
        path.west = Math.min(path.west, x);
        path.east = Math.max(path.east, x);
        path.north = Math.min(path.north, y);
        path.south = Math.max(path.south, y);
    }
    return path;
}
