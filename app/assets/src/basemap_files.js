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

/**
 * @typedef {object} Cell which part of the base map a file is: a box in the unit square of Mercator
 * @property {string} name of its file, such as "4/2_3_1.json"
 * @property {number} since the zoom from which it is drawn
 * @property {number} west
 * @property {number} north
 * @property {number} east
 * @property {number} south
 */

/** @typedef {{since: number, cells: Cell[]}} WorldMap all files that are drawn from one zoom on */

/**
 * The maps of the world that there are, each in parts, the coarsest first.
 * @param {string[]} files their names
 * @returns {WorldMap[]}
 */
export function readCells(files) {
    /** @type {Map<number, Cell[]>} */
    const found = new Map();
    for (const name of files) {
        const [since, zoom, x, y] = name.split(/[/_.]/).map(Number);
        const side = 2 ** -zoom;
        const cell = { name, since, west: x * side, north: y * side, east: (x + 1) * side, south: (y + 1) * side };
        found.set(since, [...(found.get(since) ?? []), cell]);
    }
    return [...found].map(([since, cells]) => ({ since, cells })).sort((a, b) => a.since - b.since);
}

/**
 * @param {Record<string, any>} file
 * @returns {Part}
 */
export function readPart(file) {
    /** @param {number[]} steps */
    const toPath = (steps) => readPath(steps, file.scale);
    /** @param {string[]} lines */
    const read = (lines) => lines.map((text) => toPath(readLine(text)));
    const land = /** @type {string[]} */ (file.land.flat()).map(readLine);
    return {
        land: land.map(toPath),
        coast: land.flatMap((ring) => outlines(ring, file.box)).map(toPath),
        lakes: read(file.lakes.flat()),
        rivers: read(file.rivers),
        borders: read(file.borders),
        disputed: read(file.disputed),
        unit_borders: read(file.unit_borders),
        names: readNames(file.labels),
    };
}

/**
 * @param {string} text a line as geodata/basemap.py tells, five bits a letter
 * @returns {number[]} x, y of each point
 */
function readLine(text) {
    /** @type {number[]} */
    const points = [];
    let number = 0;
    let bits = 0;
    for (let i = 0; i < text.length; i += 1) {
        const code = text.charCodeAt(i) - 63;
        number |= (code & 31) << bits;
        bits += 5;
        if (code < 32) {
            points.push((points.at(-2) ?? 0) + (number & 1 ? ~(number >> 1) : number >> 1));
            number = bits = 0;
        }
    }
    return points;
}

/**
 * A ring's outline without the parts that run along an edge.
 * @param {number[]} ring
 * @param {number[]} box west, south, east, north
 * @returns {number[][]}
 */
function outlines(ring, [west, south, east, north]) {
    /** @type {number[][]} */
    const lines = [];
    /** @type {number[] | null} */
    let open = null;
    for (let i = 0; i < ring.length; i += 2) {
        const j = (i + 2) % ring.length;
        const [x, y] = [ring[i], ring[i + 1]];
        const cut = (x === ring[j] && (x === west || x === east)) || (y === ring[j + 1] && (y === south || y === north));
        if (cut) {
            open = null;
        } else if (open) {
            open.push(ring[j], ring[j + 1]);
        } else {
            open = [x, y, ring[j], ring[j + 1]];
            lines.push(open);
        }
    }
    return lines;
}

/**
 * @param {number[]} steps x, y of each point
 * @param {number} scale steps in a degree
 * @returns {Path}
 */
function readPath(steps, scale) {
    const points = new Float64Array(steps.length);
    const path = { points, west: Infinity, north: Infinity, east: -Infinity, south: -Infinity };
    for (let i = 0; i < steps.length; i += 2) {
        const x = toX(steps[i] / scale);
        const y = toY(steps[i + 1] / scale);
        points[i] = x;
        points[i + 1] = y;
        path.west = Math.min(path.west, x);
        path.east = Math.max(path.east, x);
        path.north = Math.min(path.north, y);
        path.south = Math.max(path.south, y);
    }
    return path;
}
